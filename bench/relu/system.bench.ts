// The three ways to the n x n system of a ReLU network, where there are many rows: seconds, memory and what the solve reached.
//
//   npm run bench -- relu/system            about a minute; rewrites the table of docs/relu-methods.md and bench/relu/system.results.json
//   npm run bench -- relu/system --quick    a twentieth of the rows, writes nothing
//   npm run bench -- relu/system N D ACTIVATION LOSS INNER    one more problem, such as 3000 64 gated squared exact
//
// Each solve has a process of its own, whose most memory is what the table says.
import { execFileSync } from 'node:child_process';
import { type ReluSettings, trainReluNetwork } from '../../test/flat.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';
import { teacher } from './scaling.js';

interface Problem extends Pick<ReluSettings, 'activation' | 'loss' | 'inner'> {
  n: number;
  d: number;
}

interface Run {
  way: 'rows' | 'weights' | 'products';
  status: string;
  iterations: number;
  innerSteps: number;
  gap: number;
  /** Seconds since the solve began, set-up included. */
  seconds: number;
  /** Seconds of all cores together. */
  cpuSeconds: number;
  megabytes: number;
}

const P = 50;
const problems: readonly Problem[] = [
  { n: 20000, d: 64, activation: 'gated', loss: 'squared', inner: 'auto' },
  { n: 20000, d: 64, activation: 'gated', loss: 'squared', inner: 'krylov' },
  { n: 20000, d: 64, activation: 'gated', loss: 'logistic', inner: 'auto' },
  { n: 20000, d: 20, activation: 'relu', loss: 'squared', inner: 'auto' },
  { n: 20000, d: 300, activation: 'gated', loss: 'squared', inner: 'auto' },
  { n: 50000, d: 64, activation: 'gated', loss: 'squared', inner: 'auto' },
];

const [first, ...rest] = process.argv.slice(2);
if (first === '--one') console.log(JSON.stringify(await solve(JSON.parse(rest[0] as string) as Problem)));
else main();

function main(): void {
  const where = environment();
  const quick = first === '--quick';
  const given = first !== undefined && !quick;
  const list = given ? [problemOf([first, ...rest])] : problems.map((p) => (quick ? { ...p, n: p.n / 20 } : p));
  const runs = list.map((problem) => {
    console.error(`  n = ${problem.n}, d = ${problem.d}, ${problem.activation}, ${problem.loss}, ${problem.inner}`);
    const self = [process.argv[1] as string, '--one', JSON.stringify(problem)];
    return { ...problem, ...(JSON.parse(execFileSync(process.execPath, self, { encoding: 'utf8' })) as Run) };
  });
  const text = [
    `One run each, normal data with column j scaled by j^-0.7, P = ${P}, lambda = 0.001 n; set-up included; the most memory of the ` +
      `process, where a factor of 20,000 rows alone would take 6,400 MB. ${describe(where)}.`,
    table(
      ['n', 'd', 'network', 'inner', 'way', 'status', 'iterations', 'gap', 'seconds', 'CPU s', 'MB'],
      runs.map((run) => [
        run.n.toLocaleString('en'),
        String(run.d),
        `${run.activation}, ${run.loss}`,
        String(run.inner),
        run.way === 'products' ? `products, ${short(run.innerSteps / run.iterations)} an iteration` : run.way,
        run.status,
        String(run.iterations),
        run.gap.toExponential(0),
        short(run.seconds),
        short(run.cpuSeconds),
        run.megabytes.toFixed(0),
      ]),
      6,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (quick || given) return;
  writeResults('relu/system', { environment: where, runs });
  writeSection('docs/relu-methods.md', 'reluSystem', text);
}

function problemOf([n, d, activation, loss, inner]: readonly string[]): Problem {
  return { n: Number(n), d: Number(d), activation, loss, inner } as Problem;
}

async function solve({ n, d, activation, loss, inner }: Problem): Promise<Run> {
  const { x, y } = teacher(n, d, 0.7);
  const before = process.cpuUsage();
  const { status, iterations, innerSteps, gap, seconds } = await trainReluNetwork(
    { x, y: loss === 'squared' ? y : y.map((value) => Number(value > 0)) },
    { activation, loss, inner, lambda: 1e-3 * n, bias: false, patterns: { sample: P } },
  );
  const { user, system } = process.cpuUsage(before);
  return {
    way: innerSteps ? 'products' : 2 * d * P <= n ? 'weights' : 'rows',
    status,
    iterations,
    innerSteps: innerSteps ?? 0,
    gap,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    megabytes: process.resourceUsage().maxRSS / 1024,
  };
}
