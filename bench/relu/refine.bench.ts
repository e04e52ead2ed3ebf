// Refinement of the six problems with known optima of their sampled programs, beside the best networks known.
//
//   npm run bench -- relu/refine            about four minutes; rewrites a table of docs/relu.md and bench/relu/refine.results.json
//   npm run bench -- relu/refine synth 0.01    one problem, round by round; writes nothing
//
// `bestOfLocalRuns` of best-known.json: the best of 50 runs of L-BFGS (digits: 16) on networks of 50 to 200 neurons.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReluProgress, trainReluNetwork } from '../../src/index.js';
import { root } from '../shared/native.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';
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
  rounds: { seconds: number; objective: number; estimatedLowerBound: number | undefined }[];
  objective: number;
  gap: number;
  estimatedGap: number;
  neurons: number;
  seconds: number;
}

const [name, lambda] = process.argv.slice(2);
const chosen = readProblems().filter((p) => name === undefined || p.name === `${name} ${lambda}`);
if (chosen.length === 0) {
  console.error('skipped: the problems are not there, or none has that name and lambda');
} else {
  const runs: Run[] = [];
  for (const problem of chosen) runs.push(await solve(problem));
  const where = environment();
  const text = [
    `One run each of \`patterns: 'refine'\`, two threads; "below it after" are the seconds to the first report below the best of the local ` +
      `runs, and "within 0.1 % after" those to within 1e-3 of the best network known before. ${describe(where)}.`,
    table(
      [
        'problem',
        '50 patterns',
        'best of local runs',
        'below it after',
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
        run.known.objective.toPrecision(6),
        secondsTo(run, run.known.objective * 1.001),
        run.objective.toPrecision(6),
        short(run.seconds),
        run.estimatedGap.toExponential(0),
        String(run.neurons),
      ]),
      1,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (name === undefined) {
    writeResults('relu/refine', { environment: where, runs });
    writeSection('docs/relu.md', 'reluRefine', text);
  }
}

function secondsTo(run: Run, objective: number): string {
  const found = run.rounds.find((round) => round.objective <= objective);
  return found ? `${short(found.seconds)} s` : '-';
}

async function solve({ name, lambda, x, y, beta, optimum }: Problem): Promise<Run> {
  const folder = process.env.NONCONVEX_PROBLEMS ?? join(root, '..', 'shared', 'problems');
  const best = JSON.parse(readFileSync(join(folder, 'relu', 'best-known.json'), 'utf8')) as {
    problems: Record<string, Record<string, Known>>;
  };
  const known = best.problems[name.split(' ')[0] as string]?.[String(lambda)] as Known;
  const rounds: Run['rounds'] = [];
  const onProgress = ({ seconds, objective, estimatedLowerBound, violation }: ReluProgress) => {
    console.error(
      `  ${name}: ${short(seconds)} s, ${objective?.toPrecision(7)}, violation ${violation?.toPrecision(4)}`,
    );
    rounds.push({ seconds, objective: objective as number, estimatedLowerBound });
  };
  const result = await trainReluNetwork(
    { x, y },
    { task: 'regression', bias: false, beta, patterns: 'refine', threads: 2, onProgress },
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
  };
}
