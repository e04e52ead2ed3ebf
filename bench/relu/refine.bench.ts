// Refinement of the six problems with known optima of their sampled programs, beside the best networks known and Adam of
// PyTorch, and of data that planted networks made.
//
//   npm run bench -- relu/refine            some minutes; rewrites two tables of docs/relu-refinement.md, docs/images/relu-refine.svg and
//                                           bench/relu/refine.results.json
//   npm run bench -- relu/refine synth 0.01    one problem, round by round; writes nothing
//
// `bestOfLocalRuns` of best-known.json: the best of 50 runs of L-BFGS (digits: 16) on networks of 50 to 200 neurons.
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { matrix, type ReluProgress, trainReluNetwork } from '../../src/index.js';
import { root } from '../shared/native.js';
import { normals } from '../shared/random.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';
import { type AdamRun, bestOf, runAdam } from './adam.js';
import { chartRefinement } from './charts.js';
import { type Problem, readProblems } from './problems.js';

interface Known {
  objective: number;
  bestOfLocalRuns: number;
  localRuns: number;
}

interface Run {
  name: string;
  known: Known;
  sampled: number;
  rounds: { seconds: number; cpu: number; objective: number; estimatedLowerBound: number | undefined }[];
  objective: number;
  gap: number;
  estimatedGap: number;
  neurons: number;
  seconds: number;
  /** Seconds of the processor, of both threads. */
  cpu: number;
  adam: AdamRun[];
}

const epochs = 300;
const sizes: [n: number, d: number, neurons: number][] = [
  [200, 5, 4],
  [300, 10, 6],
  [500, 20, 10],
];
const plantedText =
  'Values of planted networks on normal data, lambda = 0.001 n: the objective of the planted network, and what refinement finds.';

const load = loadavg()[0] as number;
const [name, perRow] = process.argv.slice(2);
const chosen = readProblems().filter((p) => name === undefined || p.name === `${name} ${perRow}`);
if (chosen.length === 0) {
  console.error('skipped: the problems are not there, or none has that name and lambda of a row');
} else {
  const runs: Run[] = [];
  for (const problem of chosen) runs.push(await solve(problem));
  const plants: Plant[] = [];
  if (name === undefined) for (const size of sizes) plants.push(await plant(...size));
  const where = environment();
  const text = [
    `One run each of \`patterns: 'refine'\`, two threads, in brackets the processor's seconds of both, which say more where the machine is busy: its load ` +
      `at the start was ${short(load)}. "below it after" are the seconds to the first report below the best of the local runs, and "within 0.1 % after" those to within 1e-3 of the best network known before. Adam: PyTorch, one thread, 200 neurons, ${epochs} epochs of batches of 50, the better of two rates. ${describe(where)}.`,
    table(
      [
        'problem',
        '50 patterns',
        'best of local runs',
        'below it after',
        'Adam (seconds)',
        'best known',
        'within 0.1 % after',
        'end',
        'seconds',
        'estimated gap',
        'neurons',
      ],
      runs.map((run) => [
        run.name,
        short(run.sampled),
        `${run.known.bestOfLocalRuns.toPrecision(6)} (${run.known.localRuns})`,
        secondsTo(run, run.known.bestOfLocalRuns),
        adamCell(bestOf(run.adam)),
        run.known.objective.toPrecision(6),
        secondsTo(run, run.known.objective * 1.001),
        run.objective.toPrecision(6),
        took(run),
        run.estimatedGap.toExponential(0),
        String(run.neurons),
      ]),
      1,
    ),
    ...(plants.length === 0 ? [] : [plantedText, plantedTable(plants)]),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (name === undefined) {
    // Seconds of a busy machine make no picture.
    if (load < 4)
      await chartRefinement(
        join(root, 'docs', 'images', 'relu-refine.svg'),
        runs,
        `one run each; ${where.cpu}, two threads`,
      );
    writeResults('relu/refine', { environment: where, runs, plants });
    writeSection('docs/relu-refinement.md', 'reluRefine', text);
  }
}

function secondsTo(run: Run, objective: number): string {
  const found = run.rounds.find((round) => round.objective <= objective);
  return found ? took(found) : '-';
}

function took({ seconds, cpu }: { seconds: number; cpu: number }): string {
  return `${short(seconds)} s (${short(cpu)})`;
}

/** The processor's seconds since. */
function processorSeconds(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
}

async function solve({ name, perRow, x, y, lambda, optimum }: Problem): Promise<Run> {
  const folder = process.env.NONCONVEX_PROBLEMS ?? join(root, '..', 'shared', 'problems');
  const best = JSON.parse(readFileSync(join(folder, 'relu', 'best-known.json'), 'utf8')) as {
    problems: Record<string, Record<string, Known>>;
  };
  const known = best.problems[name.split(' ')[0] as string]?.[String(perRow)] as Known;
  const rounds: Run['rounds'] = [];
  const cpu = processorSeconds();
  const onProgress = ({ seconds, objective, estimatedLowerBound, violation }: ReluProgress) => {
    console.error(
      `  ${name}: ${short(seconds)} s, ${objective?.toPrecision(7)}, violation ${violation?.toPrecision(4)}`,
    );
    rounds.push({ seconds, cpu: cpu(), objective: objective as number, estimatedLowerBound });
  };
  const result = await trainReluNetwork(
    { x, y },
    { task: 'regression', bias: false, lambda, patterns: 'refine', threads: 2, onProgress },
  );
  return {
    name,
    known,
    sampled: optimum,
    rounds,
    objective: result.objective,
    gap: result.gap,
    estimatedGap: result.estimate?.gap as number,
    neurons: result.activeNeurons,
    seconds: result.seconds,
    cpu: cpu(),
    adam: await runAdam({ x, y }, { lambda, width: 200, epochs, batch: 50 }),
  };
}

function adamCell(run: AdamRun | undefined): string {
  return run ? `${run.objective.toPrecision(6)} (${short(run.seconds)})` : '-';
}

/** A network with normal weights, and what refinement makes of the values that it has on normal data. */
interface Plant {
  n: number;
  d: number;
  neurons: number;
  objective: number;
  found: number;
  estimatedLowerBound: number;
  foundNeurons: number;
  seconds: number;
  cpu: number;
}

async function plant(n: number, d: number, neurons: number): Promise<Plant> {
  const normal = normals(n + d + neurons);
  const x = matrix(n, d, Float64Array.from({ length: n * d }, normal));
  const y = new Float64Array(n);
  let penalty = 0;
  for (let j = 0; j < neurons; ++j) {
    const u = Array.from({ length: d }, normal);
    const sign = j % 2 === 0 ? 1 : -1;
    penalty += Math.hypot(...u);
    for (let k = 0; k < n; ++k) {
      const product = u.reduce((sum, weight, i) => sum + weight * (x.data[k * d + i] as number), 0);
      y[k] = (y[k] as number) + sign * Math.max(0, product);
    }
  }
  const lambda = 1e-3 * n;
  const cpu = processorSeconds();
  const result = await trainReluNetwork(
    { x, y },
    { task: 'regression', bias: false, lambda, patterns: 'refine', threads: 2 },
  );
  return {
    n,
    d,
    neurons,
    // The loss of the planted network is 0.
    objective: lambda * penalty,
    found: result.objective,
    estimatedLowerBound: result.estimate?.lowerBound as number,
    foundNeurons: result.activeNeurons,
    seconds: result.seconds,
    cpu: cpu(),
  };
}

function plantedTable(plants: readonly Plant[]): string {
  return table(
    ['n x d', 'planted neurons', 'planted objective', 'found', 'estimated lower bound', 'neurons', 'seconds'],
    plants.map((p) => [
      `${p.n} x ${p.d}`,
      String(p.neurons),
      p.objective.toPrecision(6),
      p.found.toPrecision(6),
      p.estimatedLowerBound.toPrecision(6),
      String(p.foundNeurons),
      took(p),
    ]),
  );
}
