// Bounds for networks of any width, certified by branch and bound, beside the best of a hundred local runs.
//
//   npm run bench -- relu/global              about ten minutes; rewrites a table of docs/relu.md and bench/relu/global.results.json
//   npm run bench -- relu/global 4 0.001      three instances with four columns; writes nothing
//
// Problems: 100 rows of d columns, one of them constant and the others normal, and a planted network of ten neurons with noise.
// Local runs: test/reference/local_runs.py, which needs SciPy and shares nothing with the solver.
import { trainReluNetwork } from '../../src/index.js';
import { Python } from '../shared/python.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';

interface Run {
  d: number;
  lambda: number;
  instance: number;
  objective: number;
  lowerBound: number;
  gap: number;
  certificate: string;
  neurons: number;
  nodes: number;
  seconds: number;
  local: { best: number; median: number; seconds: number } | undefined;
}

const rows = 100;
const instances = [1, 2, 3];
const bars: Record<number, number> = { 2: 1e-4, 3: 1e-4, 4: 1e-3, 5: 1e-2 };
const [columns, weight] = process.argv.slice(2).map(Number);

const python = await Python.start('test/reference/local_runs.py');
if (!python) console.error('without local runs, as /usr/bin/python3 with python3-scipy is not installed');
const runs: Run[] = [];
for (const d of columns ? [columns] : Object.keys(bars).map(Number)) {
  for (const lambda of weight ? [weight] : [1e-2, 1e-3]) {
    for (const instance of instances) runs.push(await solve(d, lambda, instance));
  }
}
python?.end();
report();

/** A planted network of ten neurons and noise; x without its constant column. */
function planted(d: number, seed: number) {
  let state = 1234567 + 7919 * seed;
  const uniform = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const numbers = (count: number) => Array.from({ length: count }, normal);
  const x = Array.from({ length: rows }, () => numbers(d - 1));
  const hidden = Array.from({ length: 10 }, () => numbers(d).map((u) => u / Math.sqrt(d)));
  const output = numbers(hidden.length);
  const y = x.map((row) => {
    const z = hidden.map((u) => [...row, 1].reduce((sum, value, i) => sum + value * (u[i] as number), 0));
    return z.reduce((sum, value, j) => sum + (output[j] as number) * Math.max(0, value), 0.1 * normal());
  });
  return { x, y };
}

async function solve(d: number, lambda: number, instance: number): Promise<Run> {
  const { x, y } = planted(d, instance);
  const beta = lambda * rows;
  const result = await trainReluNetwork({ x, y }, { task: 'regression', beta, patterns: 'refine', threads: 2 });
  const question = { x: x.map((row) => [...row, 1]), y, beta, runs: 100, seed: instance };
  const local = (await python?.ask(question)) as Run['local'];
  const { objective, lowerBound, gap, certificate, activeNeurons, estimate, seconds } = result;
  const run = { d, lambda, instance, objective, lowerBound, gap, certificate, neurons: activeNeurons, seconds, local };
  console.error(
    `  d = ${d}, lambda ${lambda}, ${instance}: gap ${gap.toExponential(1)}, ${short(seconds)} s; bound ${lowerBound.toPrecision(7)}, ` +
      `objective ${objective.toPrecision(7)}, best of local runs ${local?.best.toPrecision(7)}`,
  );
  if (certificate !== 'global') console.error('  no bound for all networks');
  if (local && local.best < lowerBound)
    throw new Error(`a local run ended at ${local.best}, below the bound ${lowerBound}`);
  return { ...run, nodes: estimate?.nodes ?? 0 };
}

function report(): void {
  const where = environment();
  const version = python ? `, SciPy ${String(python.greeting.version)}` : '';
  const text = [
    `${rows} rows of d columns, the bias's constant one included, y of a planted network of ten neurons with noise, beta = lambda n, tolerance 1e-4, ` +
      `two threads; three instances each, gaps and seconds of all, nodes the most. "Local" is how far the best of 100 runs of L-BFGS on 20 to 100 ` +
      `neurons ended above the bound and above our objective: never below the bound. ${describe(where).replace('; Node', `${version}; Node`)}.`,
    table(
      [
        'd',
        'lambda',
        'certified gaps',
        'wanted',
        'seconds',
        'nodes',
        'neurons',
        'local above the bound',
        'local above ours',
        's of local runs',
      ],
      groups().map((group) => {
        const { d, lambda } = group[0] as Run;
        const each = (f: (run: Run) => string) => group.map(f).join(', ');
        const above = (run: Run, value: number) => (run.local ? (run.local.best / value - 1).toExponential(0) : '-');
        return [
          String(d),
          String(lambda),
          each((run) => Math.max(0, run.gap).toExponential(0)),
          (bars[d] ?? Number.NaN).toExponential(0),
          each((run) => short(run.seconds)),
          Math.max(...group.map((run) => run.nodes)).toLocaleString('en'),
          each((run) => String(run.neurons)),
          each((run) => above(run, run.lowerBound)),
          each((run) => above(run, run.objective)),
          each((run) => (run.local ? short(run.local.seconds) : '-')),
        ];
      }),
      0,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (columns) return;
  writeResults('relu/global', { environment: where, runs });
  writeSection('docs/relu.md', 'reluGlobal', text);
}

function groups(): Run[][] {
  const keys = new Set(runs.map(({ d, lambda }) => `${d} ${lambda}`));
  return Array.from(keys, (key) => runs.filter(({ d, lambda }) => `${d} ${lambda}` === key));
}
