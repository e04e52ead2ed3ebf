// Inner solvers of the constrained Newton method on tall logistic regressions under ten linear equations: how they grow, where a
// sketched preconditioner begins to pay, and what the paper's own projections take.
//
//   npm run bench -- nlp/inner            about two minutes; rewrites the picture of docs/nlp-linear-algebra.md, bench/nlp/inner.results.json
//   npm run bench -- nlp/inner --large    about four minutes more, 5 GB: 80,000 x 2,000 and 200,000 x 2,000 beside
//   npm run bench -- nlp/inner --quick    small sizes, writes nothing
//   npm run bench -- nlp/inner ROWS COLUMNS CONDITION    one more problem, such as 200000 2000 1e3
import { join } from 'node:path';
import { logisticRegression, type RegressionProgram } from '../../src/nlp/index.js';
import { minimize, type NlpSettings } from '../../test/flat.js';
import { type Machine, measureMachine } from '../relu/floor.js';
import { buildPrograms, root } from '../shared/native.js';
import { normals, uniforms } from '../shared/random.js';
import { describe, environment, logSlope, short, table, writeResults } from '../shared/report.js';
import { chartInner } from './charts.js';

const quick = process.argv.includes('--quick');
const large = process.argv.includes('--large');
const given = process.argv
  .slice(2)
  .filter((argument) => !argument.startsWith('--'))
  .map(Number);
const where = environment();

const solvers = {
  exact: { inner: 'exact' },
  sketched: { inner: 'krylov', preconditioner: 'sketch' },
  diagonal: { inner: 'krylov', preconditioner: 'diagonal' },
  block: { inner: 'sketch', innerSteps: 20000 },
  kaczmarz: { inner: 'sketch', sketch: 'kaczmarz', sketchMemory: 0, innerSteps: 200000 },
} as const satisfies Record<string, NlpSettings>;
type Name = keyof typeof solvers;

/** Columns of lengths from 1 down to 1 / condition, mixed by a reflection; in single precision where it is large. */
function problem(rows: number, columns: number, condition: number): RegressionProgram {
  const normal = normals(columns);
  const uniform = uniforms(rows);
  const data = rows * columns > 1e8 ? new Float32Array(rows * columns) : new Float64Array(rows * columns);
  const v = Float64Array.from({ length: columns }, normal);
  const factor = 2 / v.reduce((sum, value) => sum + value * value, 0);
  const lengths = Float64Array.from({ length: columns }, (_, j) => Math.sqrt(12) * condition ** (-j / (columns - 1)));
  const truth = Float64Array.from({ length: columns }, normal);
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; ++i) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    let along = 0;
    for (let j = 0; j < columns; ++j) {
      row[j] = (uniform() - 0.5) * (lengths[j] as number);
      along += (row[j] as number) * (v[j] as number);
    }
    let t = 0;
    for (let j = 0; j < columns; ++j) {
      row[j] = (row[j] as number) - factor * along * (v[j] as number);
      t += (row[j] as number) * (truth[j] as number);
    }
    y[i] = Number(uniform() < 1 / (1 + Math.exp(-t)));
  }
  const A = Array.from({ length: 10 }, () => Float64Array.from({ length: columns }, normal));
  return logisticRegression({ x: { data, rows, columns }, y, A, b: Float64Array.from({ length: 10 }, normal) });
}

interface Run {
  rows: number;
  columns: number;
  condition: number;
  name: Name;
  status: string;
  seconds: number;
  iterations: number;
  steps: number;
  fallbacks: number;
  hessians: number;
}

/** The fastest of some rounds, the solvers one after the other in each. */
async function race(rows: number, columns: number, condition: number, names: readonly Name[], rounds: number) {
  console.error(`  ${rows} x ${columns}, condition ${condition}`);
  const regression = problem(rows, columns, condition);
  const best = new Map<Name, Run>();
  for (let round = 0; round < rounds; ++round) {
    for (const name of names) {
      const { status, seconds, iterations, counts } = await minimize(regression, {
        ...solvers[name],
        sampleStart: false,
        reuseHessian: false,
        tolerance: 1e-8,
      });
      const { innerSteps: steps, fallback: fallbacks, hessian: hessians } = counts;
      const run = { rows, columns, condition, name, status, seconds, iterations, steps, fallbacks, hessians };
      if (seconds < (best.get(name)?.seconds ?? Number.POSITIVE_INFINITY)) best.set(name, run);
    }
  }
  return names.map((name) => best.get(name) as Run);
}

/** Hessians as products of matrices, or passes over the data for every product, whichever the run was made of. */
function floorOf({ rows, columns, steps, hessians }: Run, machine: Machine): number {
  const rate = Math.max(...machine.squares.map(({ gemmRate }) => gemmRate));
  const bandwidth = Math.max(
    ...machine.bandwidths.filter(({ bytes }) => bytes > 1e8).map((entry) => entry.readBandwidth),
  );
  const byProducts = steps > 0 && hessians <= 1 ? (steps * 8 * rows * columns) / bandwidth : 0;
  return (hessians * rows * columns * (columns + 1)) / rate + byProducts;
}

async function main(): Promise<void> {
  buildPrograms(['machine']);
  const machine = measureMachine(where.threads, []);
  const runs: Run[] = [];
  if (given.length === 3) {
    const [rows, columns, condition] = given as [number, number, number];
    runs.push(...(await race(rows, columns, condition, ['exact', 'sketched'], 1)));
  } else {
    const sizes = quick ? [60, 125, 250] : [125, 250, 500, 1000];
    for (const columns of sizes) {
      const small = columns <= 250;
      const names: Name[] = small ? ['exact', 'sketched', 'diagonal', 'block', 'kaczmarz'] : ['exact', 'sketched'];
      for (const condition of [1, 1e3, 1e6])
        runs.push(...(await race(40 * columns, columns, condition, names, small ? 3 : 1)));
    }
    for (const rows of large ? [80000, 200000] : []) {
      runs.push(...(await race(rows, 2000, 1e3, ['exact', 'sketched'], 1)));
    }
  }
  const text = (run: Run) => [
    `${run.rows} x ${run.columns}`,
    run.condition.toExponential(0),
    run.name,
    run.status,
    String(run.iterations),
    String(run.steps),
    String(run.fallbacks),
    String(run.hessians),
    short(run.seconds),
    short(floorOf(run, machine)),
  ];
  const head = [
    'data',
    'condition',
    'inner solver',
    'status',
    'iterations',
    'steps',
    'given up',
    'Hessians',
    's',
    'hardware limit, s',
  ];
  console.log(`${describe(where)}\n\n${table(head, runs.map(text), 4)}\n`);
  if (!quick && given.length === 0) {
    const floors = runs.map((run) => ({ ...run, floor: floorOf(run, machine) }));
    writeResults('nlp/inner', { environment: where, runs: floors });
    const square = runs.filter(({ rows, columns }) => rows === 40 * columns);
    await chartInner(join(root, 'docs', 'images', 'newton-inner.svg'), square, describe(where));
  }
  for (const condition of [1, 1e3, 1e6]) {
    for (const name of Object.keys(solvers) as Name[]) {
      const points = runs.filter((run) => run.name === name && run.condition === condition);
      if (points.length < 2) continue;
      const slope = logSlope(points.map(({ columns, seconds, iterations }) => [columns, seconds / iterations]));
      console.log(
        `${name}, condition ${condition.toExponential(0)}: time of an iteration grows as n^${slope.toFixed(2)}, M = 40 n`,
      );
    }
  }
}

await main();
