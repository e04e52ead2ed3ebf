// Assignments beside SciPy's linear_sum_assignment, which follows shortest augmenting paths in C++ too: processor time of one thread and sums.
//
//   npm run bench -- discrete/assign            into bench/discrete/assign.md and bench/discrete/assign.results.json
//   npm run bench -- discrete/assign 500        sizes up to this one; nothing is written
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assign } from '../../src/discrete/index.js';
import { Python } from '../shared/python.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';

/** Numbers in (0, 1). */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

type Draw = (n: number, m: number, uniform: () => number) => Float64Array;

const each = (value: (uniform: () => number) => number): Draw => {
  return (n, m, uniform) => Float64Array.from({ length: n * m }, () => value(uniform));
};

/** Distances between random points of the unit square. */
const distances: Draw = (n, m, uniform) => {
  const points = (count: number) => Array.from({ length: count }, () => [uniform(), uniform()] as const);
  const [from, to] = [points(n), points(m)];
  return Float64Array.from({ length: n * m }, (_, k) => {
    const [a, b] = [from[Math.floor(k / m)] as readonly [number, number], to[k % m] as readonly [number, number]];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  });
};

/** Products, whose shortest paths go through all rows that have a column. */
const products: Draw = (n, m) =>
  Float64Array.from({ length: n * m }, (_, k) => (Math.floor(k / m) + 1) * ((k % m) + 1));

const draws: Record<string, Draw> = {
  'real, 0 to 1': each((uniform) => uniform()),
  'integers, 1 to 100': each((uniform) => 1 + Math.floor(100 * uniform())),
  'integers, 1 to 5': each((uniform) => 1 + Math.floor(5 * uniform())),
  'integers, 1 to 10^6': each((uniform) => 1 + Math.floor(1e6 * uniform())),
  '90 % forbidden': each((uniform) => (uniform() < 0.9 ? Infinity : uniform())),
  'distances in the plane': distances,
  'i times j': products,
};
const cases: [string, number, number][] = [
  ...Object.keys(draws).map((name): [string, number, number] => [name, 500, 500]),
  ...Object.keys(draws).map((name): [string, number, number] => [name, 2000, 2000]),
  ['real, 0 to 1', 2000, 5000],
  ['real, 0 to 1', 5000, 2000],
  ['distances in the plane', 2000, 5000],
  ...['real, 0 to 1', 'integers, 1 to 100', 'integers, 1 to 5', 'distances in the plane', '90 % forbidden'].map(
    (name): [string, number, number] => [name, 5000, 5000],
  ),
];
const repeats = 3;

async function timed<T>(solve: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const before = process.cpuUsage();
  const result = await solve();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (user + system) / 1e6 };
}

const most = Number(process.argv[2] ?? Infinity);
const folder = mkdtempSync(join(tmpdir(), 'nonconvex-assign-'));
const python = await Python.start('bench/discrete/scipy_assign.py');
if (!python) throw new Error('SciPy is not installed');
const rows: string[][] = [];
const results: object[] = [];
for (const [name, n, m] of cases.filter(([, a, b]) => Math.max(a, b) <= most)) {
  const data = (draws[name] as Draw)(n, m, uniforms(n + m));
  const path = join(folder, 'costs');
  writeFileSync(path, new Uint8Array(data.buffer));
  await python.ask({ path, rows: n, columns: m });
  let [ours, theirs] = [Infinity, Infinity];
  let [sum, bound, theirSum] = [0, 0, 0];
  for (let k = 0; k < repeats; ++k) {
    const answer = (await python.ask({})) as { seconds: number; sum: number };
    theirs = Math.min(theirs, answer.seconds);
    theirSum = answer.sum;
    const { result, seconds } = await timed(() => assign({ data, rows: n, columns: m }, { threads: 1 }));
    ours = Math.min(ours, seconds);
    [sum, bound] = [result.objective as number, result.certificate.lowerBound as number];
    if (result.status !== 'solved') throw new Error(`${name}: ${result.status}`);
  }
  const same = Math.abs(sum - theirSum) <= 1e-9 * Math.abs(theirSum);
  rows.push([
    ...[name, `${n} x ${m}`, short(ours), short(theirs), (theirs / ours).toFixed(1)],
    ...[sum.toPrecision(9), (sum - bound).toExponential(1), same ? 'yes' : 'no'],
  ]);
  results.push({ name, rows: n, columns: m, seconds: ours, scipySeconds: theirs, sum, bound, same });
  console.log(rows.at(-1)?.join('  '));
}
python.end();
rmSync(folder, { recursive: true });
const head = [
  'costs',
  'size',
  'CPU s',
  "SciPy's CPU s",
  'times faster',
  'sum',
  'sum - bound',
  "SciPy's sum is the same",
];
console.log(`\n${table(head, rows)}`);
if (most === Infinity) {
  writeResults('discrete/assign', { environment: environment(), scipy: python.greeting.version, results });
  writeSection(
    'bench/discrete/assign.md',
    'assignments',
    `${describe(environment())}; SciPy ${python.greeting.version}

The least processor time of ${repeats} solves on one thread, in turn with SciPy's. Ours has the copy of the costs that a solve takes and the proof of the bound in it.

${table(head, rows)}`,
  );
}
