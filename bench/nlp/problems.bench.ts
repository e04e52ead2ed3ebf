// Problem families with kernels of their own, beside Ipopt's C API with the same kernels as callbacks: constrained logistic regression
// on LIBSVM's data sets and on made-up ones of the same kinds, and optimal control on a grid.
//
//   npm run bench -- nlp/problems            all of it (about five minutes), into bench/nlp/page.md and bench/nlp/problems.results.json
//   npm run bench -- nlp/problems --quick    a short look
//
// Data sets come from ../shared/data, or where NONCONVEX_DATA says. What is not there, such as Ipopt's library (Debian:
// coinor-libipopt-dev), is left out, and then nothing is written.
import { join } from 'node:path';
import { minimize } from '../../src/index.js';
import type { RegressionProgram } from '../../src/nlp/index.js';
import { type Machine, measureMachine } from '../relu/floor.js';
import { buildPrograms, withFolder } from '../shared/native.js';
import { describe, environment, logSlope, median, short, table, writeResults, writeSection } from '../shared/report.js';
import { type Evaluation, measureEvaluations } from './floor.js';
import { lookAlike, lookAlikes } from './lookalikes.js';
import { hasIpoptLibrary, type Pair, raceNative } from './others.js';
import { type DataSet, dataSets, problemOf, readDataSet, writeDataSet } from './regression.js';

const quick = process.argv.includes('--quick');
const sides = quick ? [32, 64] : [64, 128, 256, 512];

const note = (text: string): void => console.error(`  ${text}`);
const milli = (value: number | undefined) => short(1e3 * (value ?? Number.NaN));

/** Pairs by number of threads. */
type Pairs = Record<number, Pair>;

interface Regression {
  set: DataSet;
  pairs: Pairs;
  evaluation: Evaluation;
  /** Seconds in Node: making the problem, its first solve, the next one. */
  node: { making: number; first: number; again: number };
}

await main();

async function main(): Promise<void> {
  const where = environment();
  note('building the C++ programs');
  buildPrograms(['machine', 'newton_evaluation']);
  if (!hasIpoptLibrary()) {
    console.log('Ipopt is not installed (coinor-libipopt-dev): there is nothing to compare with.');
    return;
  }
  buildPrograms(['ipopt_nl']);
  const threads = where.threads > 1 ? [1, where.threads] : [1];
  const machine = measureMachine(where.threads, []);
  await withFolder(async (folder) => {
    const regressions: Regression[] = [];
    for (const name of dataSets) {
      const set = await readDataSet(name);
      if (set) regressions.push(await regression(set, threads, folder));
      else console.log(`The data set ${name} is not here (../shared/data).`);
    }
    const others = lookAlikes.map((name) => likeness(lookAlike(name), threads, folder));
    const controls = sides.map((side) => ({ side, pairs: control(side, threads) }));
    const sections = [
      describe(where),
      regressionSection(regressions, machine),
      likenessSection(others),
      controlSection(controls),
    ];
    console.log(`\n${sections.join('\n\n')}\n`);
    if (quick || regressions.length < dataSets.length) return;
    writeResults('nlp/problems', {
      environment: where,
      regressions: regressions.map(({ set, ...rest }) => ({ name: set.name, rows: set.x.rows, ...rest })),
      likenesses: others,
      controls,
    });
    writeSection('bench/nlp/page.md', 'families', sections.join('\n\n'));
  });
}

function race(model: string, threads: readonly number[], seconds: number): Pairs {
  return Object.fromEntries(threads.map((count) => [count, raceNative([model], seconds, count)[0] as Pair]));
}

async function regression(set: DataSet, threads: readonly number[], folder: string): Promise<Regression> {
  note(set.name);
  const path = join(folder, set.name);
  writeDataSet(set, path);
  const model = `regression:${path}`;
  const [evaluation] = measureEvaluations([model]);
  const node = { making: [] as number[], first: [] as number[], again: [] as number[] };
  const timed = async (problem: RegressionProgram) => {
    const begin = performance.now();
    const result = await minimize(problem);
    if (result.status !== 'solved') throw new Error(`${set.name}: ${result.message}`);
    return (performance.now() - begin) / 1e3;
  };
  for (let round = 0; round < (quick ? 3 : 15); ++round) {
    const begin = performance.now();
    const problem = problemOf(set);
    node.making.push((performance.now() - begin) / 1e3);
    node.first.push(await timed(problem));
    node.again.push(await timed(problem));
  }
  return {
    set,
    pairs: race(model, threads, quick ? 0.5 : 2),
    evaluation: { ...(evaluation as Evaluation), title: set.name },
    node: { making: median(node.making), first: median(node.first), again: median(node.again) },
  };
}

interface Likeness {
  name: string;
  rows: number;
  columns: number;
  entries: number;
  pairs: Pairs;
}

function likeness(set: DataSet, threads: readonly number[], folder: string): Likeness {
  note(`like ${set.name}`);
  const path = join(folder, 'like');
  writeDataSet(set, path);
  const { rows, columns, values } = set.x;
  const pairs = race(`regression:${path}`, threads, quick ? 0.2 : 1.5);
  return { name: set.name, rows, columns, entries: values.length, pairs };
}

function control(side: number, threads: readonly number[]): Pairs {
  note(`control, N = ${side}`);
  return race(`poisson:${side}`, threads, quick ? 0.5 : 2);
}

function raceRows(name: string, pairs: Pairs): string[][] {
  return Object.entries(pairs).map(([count, { ours, ipopt }]) => [
    name,
    count,
    String(ours.n),
    String(ours.m),
    String(ours.iterations),
    milli(ours.seconds),
    milli(ours.derivatives),
    milli(ours.linearAlgebra),
    String(ipopt.iterations),
    milli(ipopt.seconds),
    milli(ipopt.derivatives),
    short(ipopt.seconds / ours.seconds),
    ours.residual.toExponential(1),
    ipopt.residual.toExponential(1),
    ours.solved && ipopt.solved ? short(Math.abs(ours.objective - ipopt.objective)) : 'not solved by both',
  ]);
}

function raceHead(name: string): string[] {
  return [
    ...[name, 'threads', 'n', 'm', 'ours: its', 'ours, ms', 'derivatives', 'linear algebra'],
    ...['Ipopt: its', 'Ipopt, ms', 'callbacks', 'ratio', 'residual', "Ipopt's", 'f apart'],
  ];
}

function regressionSection(regressions: readonly Regression[], { bandwidths, squares }: Machine): string {
  const one = <T extends { threads: number }>(list: readonly T[]) => list.filter(({ threads }) => threads === 1);
  const bandwidth = (bytes: number) => {
    const measured = one(bandwidths);
    return (measured.filter((entry) => entry.bytes <= bytes).at(-1) ?? measured[0])?.readBandwidth ?? Number.NaN;
  };
  const peak = Math.max(...one(squares).map(({ gemmRate }) => gemmRate));
  const pairsOfEntries = ({ x }: DataSet) => {
    let sum = 0;
    for (let i = 0; i < x.rows; ++i) {
      const size = (x.offsets[i + 1] as number) - (x.offsets[i] as number);
      sum += size * (size + 1);
    }
    return sum;
  };
  return [
    'Logistic regression with 10 random linear equations and ||x||^2 = 1, from x = (1, ..., 1): solves in C++ in turn with `IpoptSolve` ' +
      '(MUMPS, one thread), to a KKT residual of 1e-8, medians. Both call the same kernels, on as many threads as the column says. ' +
      'Our time includes moving the start to the equations, which needs no pass over the data. Residuals are max(||grad L||, ||c||) of ' +
      'the problem as given, computed here for both.',
    table(
      raceHead('data'),
      regressions.flatMap(({ set, pairs }) => raceRows(set.name, pairs)),
    ),
    'The kernels, one thread, and the hardware limits: the data read once at the bandwidth of arrays of that size; the products of all pairs of ' +
      `entries of a row at the rate of large products (${short(peak / 1e9)} GFlop/s). What rows have in common is computed once, so the ` +
      'kernels may be below what reading every entry takes. Then Node on all threads: making the problem, its first solve, in which the ' +
      'data are analysed, and the next one.',
    table(
      [
        'data',
        'rows',
        'entries',
        'f, gradient, ms',
        'reading, ms',
        'Hessian, ms',
        'pairs, ms',
        'Node: making, ms',
        'first solve, ms',
        'next, ms',
      ],
      regressions.map(({ set, evaluation: e, node }) => [
        set.name,
        String(set.x.rows),
        String(set.x.values.length),
        milli(e.withGradient),
        milli(e.dataBytes / bandwidth(e.dataBytes)),
        milli(e.withHessian - e.values),
        milli(pairsOfEntries(set) / peak),
        milli(node.making),
        milli(node.first),
        milli(node.again),
      ]),
    ),
  ].join('\n\n');
}

function likenessSection(likenesses: readonly Likeness[]): string {
  const rows = likenesses.flatMap(({ name, rows, columns, entries, pairs }) =>
    Object.entries(pairs).map(([count, { ours, ipopt }]) => [
      name,
      String(rows),
      String(columns),
      String(entries),
      count,
      String(ours.iterations),
      String(ours.hessians),
      milli(ours.seconds),
      String(ipopt.iterations),
      String(ipopt.hessians),
      milli(ipopt.seconds),
      short(ipopt.seconds / ours.seconds),
      ours.residual.toExponential(1),
      ours.solved && ipopt.solved ? short(ours.objective - ipopt.objective) : 'not solved by both',
    ]),
  );
  return [
    'The same problem with made-up data of the sizes and kinds of well-known data sets (`bench/nlp/lookalikes.ts`), likewise. ' +
      'Hessians are those over all rows; ours may begin on a sample of the rows, whose time is in ours.',
    table(
      [
        ...['like', 'rows', 'n', 'entries', 'threads', 'ours: its', 'Hessians', 'ours, ms'],
        ...['Ipopt: its', 'Hessians', 'Ipopt, ms', 'ratio', 'residual', "f less Ipopt's"],
      ],
      rows,
    ),
  ].join('\n\n');
}

function controlSection(controls: readonly { side: number; pairs: Pairs }[]): string {
  const slope = (of: (pair: Pair) => number) =>
    logSlope(controls.map(({ pairs }) => [(pairs[1] as Pair).ours.n, of(pairs[1] as Pair)])).toFixed(2);
  return [
    'Optimal control on an N x N grid, `poissonControl(N)`: likewise.',
    table(
      raceHead('N'),
      controls.flatMap(({ side, pairs }) => raceRows(String(side), pairs)),
    ),
    `Slopes of time against n, one thread, both logarithmic: ours ${slope(({ ours }) => ours.seconds)}, Ipopt ` +
      `${slope(({ ipopt }) => ipopt.seconds)}.`,
  ].join('\n\n');
}
