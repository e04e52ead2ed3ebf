// Bounds for networks of any width, certified by branch and bound, beside the best of a hundred local runs.
//
//   npm run bench -- relu/global              about twenty minutes; rewrites a table of docs/relu.md and bench/relu/global.results.json
//   npm run bench -- relu/global 4 0.001      three instances with four columns alone
//
// Problems: 100 rows of d columns, one of them constant and the others normal, and a planted network of ten neurons with noise.
// Local runs: test/reference/local_runs.py, which needs SciPy and shares nothing with the solver. They take most of the time, and are
// taken from the results of an earlier time where it had the problem.
import { existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { trainReluNetwork } from '../../src/index.js';
import { root } from '../shared/native.js';
import { Python } from '../shared/python.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';

interface Run {
  d: number;
  perRow: number;
  instance: number;
  objective: number;
  lowerBound: number;
  gap: number;
  certificate: string;
  neurons: number;
  nodes: number;
  seconds: number;
  /** The best of the local runs. */
  local: number | undefined;
}

const rows = 100;
const instances = [1, 2, 3];
const bars: Record<number, number> = { 2: 1e-4, 3: 1e-4, 4: 1e-3, 5: 1e-2 };
const load = loadavg()[0];
const [columns, weight] = process.argv.slice(2).map(Number);

const python = await Python.start('test/reference/local_runs.py');
if (!python) console.error('without local runs, as /usr/bin/python3 with python3-scipy is not installed');
const path = join(root, 'bench/relu/global.results.json');
const earlier = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { runs: Run[] }).runs : [];
const runs: Run[] = [];
for (const d of columns ? [columns] : Object.keys(bars).map(Number)) {
  for (const perRow of weight ? [weight] : [1e-2, 1e-3]) {
    for (const instance of instances) {
      runs.push(await solve(d, perRow, instance));
      writeResults('relu/global', { environment: environment(), runs: allRuns() });
    }
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

async function solve(d: number, perRow: number, instance: number): Promise<Run> {
  const { x, y } = planted(d, instance);
  const lambda = perRow * rows;
  const result = await trainReluNetwork(
    { x, y },
    { task: 'regression', lambda, patterns: 'refine', threads: 2, tolerance: d <= 3 ? 2e-5 : 1e-4 },
  );
  const local = await bestOfLocalRuns({ d, perRow, instance }, { x: x.map((row) => [...row, 1]), y, lambda });
  const { objective, lowerBound, gap, certificate, activeNeurons, estimate, seconds } = result;
  const run = {
    d,
    perRow,
    instance,
    objective,
    lowerBound,
    gap,
    certificate: certificate.over ?? 'global',
    neurons: activeNeurons,
    seconds,
    local,
  };
  console.error(
    `  d = ${d}, lambda ${perRow} n, ${instance}: gap ${gap.toExponential(1)}, ${short(seconds)} s; bound ${lowerBound.toPrecision(7)}, ` +
      `objective ${objective.toPrecision(7)}, best of local runs ${local?.toPrecision(7)}`,
  );
  if (certificate.over !== undefined) console.error('  no bound for all networks');
  if (local && local < lowerBound) throw new Error(`a local run ended at ${local}, below the bound ${lowerBound}`);
  return { ...run, nodes: estimate?.nodes ?? 0 };
}

async function bestOfLocalRuns(
  { d, perRow, instance }: Pick<Run, 'd' | 'perRow' | 'instance'>,
  problem: object,
): Promise<number | undefined> {
  const known = earlier.find((run) => run.d === d && run.perRow === perRow && run.instance === instance)?.local;
  if (known !== undefined) return known;
  const answer = await python?.ask({ ...problem, runs: 100, seed: instance });
  return answer?.best as number | undefined;
}

/** Runs of an earlier time, with those of this one in their place. */
function allRuns(): Run[] {
  const key = ({ d, perRow, instance }: Run) => `${d} ${perRow} ${instance}`;
  const fresh = new Set(runs.map(key));
  const order = (a: Run, b: Run) => a.d - b.d || b.perRow - a.perRow || a.instance - b.instance;
  return [...earlier.filter((run) => !fresh.has(key(run))), ...runs].sort(order);
}

function report(): void {
  const where = environment();
  const version = python ? `, SciPy ${String(python.greeting.version)}` : '';
  const text = [
    `${rows} rows of d columns, the bias's constant one included, y of a planted network of ten neurons with noise, lambda = 0.01 n or 0.001 n, tolerance 2e-5 up to three columns, then 1e-4, ` +
      `two threads; three instances each, gaps and seconds of all, nodes the most; the machine's load at the start was ${short(load)}. "Local" is how far the best of 100 runs of L-BFGS on 20 to 100 ` +
      `neurons ended above the bound and above our objective: never below the bound. ${describe(where).replace('; Node', `${version}; Node`)}.`,
    table(
      [
        'd',
        'lambda / n',
        'certified gaps',
        'wanted',
        'seconds',
        'nodes',
        'neurons',
        'local above the bound',
        'local above ours',
      ],
      groups().map((group) => {
        const { d, perRow } = group[0] as Run;
        const each = (f: (run: Run) => string) => group.map(f).join(', ');
        const above = (run: Run, value: number) => (run.local ? (run.local / value - 1).toExponential(0) : '-');
        return [
          String(d),
          String(perRow),
          each((run) => Math.max(0, run.gap).toExponential(0)),
          (bars[d] ?? Number.NaN).toExponential(0),
          each((run) => short(run.seconds)),
          Math.max(...group.map((run) => run.nodes)).toLocaleString('en'),
          each((run) => String(run.neurons)),
          each((run) => above(run, run.lowerBound)),
          each((run) => above(run, run.objective)),
        ];
      }),
      0,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  writeSection('docs/relu.md', 'reluGlobal', text);
}

function groups(): Run[][] {
  const all = allRuns();
  const keys = new Set(all.map(({ d, perRow }) => `${d} ${perRow}`));
  return Array.from(keys, (key) => all.filter(({ d, perRow }) => `${d} ${perRow}` === key));
}
