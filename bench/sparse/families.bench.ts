// Paths of families and penalties that bench/sparse/paths.bench.ts has not: processor seconds of one thread, with the largest gap that is
// certified; beside glmnet where that has the same, with the objective that it ends above ours by, over the null deviance. MCP and SCAD of
// `correlated` stand beside what ncvreg took on another machine, in units of the time that glmnet's default takes there and here.
//
//   npm run bench -- sparse/families [--rounds 3]
//
// Writes bench/sparse/page.md and bench/sparse/families.results.json. Groups of linear models need ../shared/problems/sparse (or what
// NONCONVEX_PROBLEMS says) and are left out without; so is glmnet without an R that has it.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  cox,
  groupLasso,
  groupMcp,
  lasso,
  mcp,
  type SparsePath,
  scad,
  slope,
  sparsePath,
} from '../../src/sparse/index.js';
import { groupProblem, isAvailable, lambdasOf, largeProblem } from '../../test/problems/sparse.js';
import { root, withFolder } from '../shared/native.js';
import { startR } from '../shared/r.js';
import { normals, uniforms } from '../shared/random.js';
import { describe, environment, median, short, table, writeResults, writeSection } from '../shared/report.js';
import type { Script } from '../shared/script.js';

const roundsAt = process.argv.indexOf('--rounds');
const rounds = roundsAt > 0 ? Number(process.argv[roundsAt + 1]) : 3;
const folder = process.env.NONCONVEX_PROBLEMS ? dirname(process.env.NONCONVEX_PROBLEMS) : join(root, '..', 'shared');

/** Seconds that ncvreg took for these paths to 1e-7, on a machine where glmnet's default took `glmnet` for the lasso path. */
const planned = { glmnet: 0.9, mcp: 33, scad: 87 };

interface Measured {
  problem: string;
  way: string;
  seconds: number;
  /** Certified for ours, or the violation over lambdaMax; of glmnet the objective above ours over the null deviance. */
  gap: number;
}

/** A problem, and the arrays of it that glmnet reads where it has the family. */
interface Race {
  name: string;
  solve(): Promise<SparsePath>;
  family?: 'multinomial' | 'cox';
  arrays?: Record<string, Float64Array>;
  rows?: number;
  columns?: number;
  sparse?: boolean;
}

/** Rows of independent normal columns, and the linear prediction of ten of them. */
function drawn(seed: number, rows: number, columns: number) {
  const normal = normals(seed);
  const data = Float64Array.from({ length: rows * columns }, () => normal());
  const t = Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < 10; ++k) sum += (k % 2 ? -0.5 : 0.5) * (data[i * columns + 7 * k] as number);
    return sum;
  });
  return { normal, data, t, x: { data, rows, columns } };
}

const settings = { lambdas: { count: 50, ratio: 0.1 }, standardize: false, threads: 1 };

function multinomial(): Race {
  const [rows, columns] = [300, 1000];
  const { normal, data, t, x } = drawn(1, rows, columns);
  const y = t.map((value) => (value + normal() > 0.7 ? 2 : value + normal() > -0.7 ? 1 : 0));
  return {
    ...{ name: `multinomial lasso, ${rows} x ${columns}, 3 classes`, family: 'multinomial', rows, columns },
    arrays: { x: data, y },
    solve: () => sparsePath({ x, y }, { ...settings, family: 'multinomial', penalty: lasso() }),
  };
}

function survival(): Race {
  const [rows, columns] = [500, 1000];
  const { data, t, x } = drawn(2, rows, columns);
  const uniform = uniforms(12);
  const time = t.map((value) => -Math.log(uniform() + 1e-12) * Math.exp(-value));
  const event = time.map(() => Number(uniform() < 0.7));
  return {
    ...{ name: `Cox lasso, ${rows} x ${columns}`, family: 'cox', rows, columns },
    arrays: { x: data, y: time, event },
    solve: () =>
      sparsePath({ x, y: { time, event } }, { ...settings, family: cox({ ties: 'breslow' }), penalty: lasso() }),
  };
}

/** A few entries in each column, as of events of which most rows have few. */
function sparseSurvival(): Race {
  const [rows, columns, share] = [3000, 4000, 0.01];
  const [uniform, normal] = [uniforms(4), normals(5)];
  const offsets = new Int32Array(columns + 1);
  const [indices, values]: [number[], number[]] = [[], []];
  const t = new Float64Array(rows);
  for (let j = 0; j < columns; ++j) {
    for (let i = 0; i < rows; ++i) {
      if (uniform() >= share) continue;
      const value = 1 + Math.abs(normal());
      indices.push(i);
      values.push(value);
      if (j % 100 === 7) t[i] = (t[i] as number) + (j % 200 === 7 ? 0.5 : -0.5) * value;
    }
    offsets[j + 1] = indices.length;
  }
  const time = t.map((value) => -Math.log(uniform() + 1e-12) * Math.exp(-value));
  const event = time.map(() => Number(uniform() < 0.7));
  const entries = { indices: Int32Array.from(indices), values: Float64Array.from(values) };
  const x = { format: 'csc', rows, columns, offsets, ...entries } as const;
  return {
    ...{ name: `Cox lasso, sparse, ${rows} x ${columns}`, family: 'cox', rows, columns, sparse: true },
    arrays: {
      ...{ y: time, event, offsets: Float64Array.from(offsets) },
      ...{ indices: Float64Array.from(indices), values: entries.values },
    },
    solve: () =>
      sparsePath({ x, y: { time, event } }, { ...settings, family: cox({ ties: 'breslow' }), penalty: lasso() }),
  };
}

function groupedSurvival(): Race {
  const [rows, columns] = [500, 1000];
  const { t, x } = drawn(2, rows, columns);
  const uniform = uniforms(12);
  const time = t.map((value) => -Math.log(uniform() + 1e-12) * Math.exp(-value));
  const event = time.map(() => Number(uniform() < 0.7));
  const groups = Array.from({ length: columns }, (_, j) => Math.floor(j / 5));
  return {
    name: `Cox group lasso, ${rows} x ${columns} in groups of 5`,
    solve: () => sparsePath({ x, y: { time, event }, groups }, { ...settings, family: cox(), penalty: groupLasso() }),
  };
}

function sorted(): Race {
  const [rows, columns] = [300, 1000];
  const { normal, t, x } = drawn(3, rows, columns);
  const y = t.map((value) => value + normal());
  return {
    name: `SLOPE (q 0.1), ${rows} x ${columns}`,
    solve: () => sparsePath({ x, y }, { ...settings, penalty: slope({ q: 0.1 }) }),
  };
}

async function grouped(): Promise<Race[]> {
  const { x, y, groups } = await groupProblem(folder);
  return [groupLasso(), groupMcp()].map((penalty) => ({
    name: `${penalty.kind}, \`groups\`: 1000 x 4000 in groups of 5`,
    solve: () => sparsePath({ x, y, groups }, { ...settings, penalty }),
  }));
}

/** The problem as it is given, or with its columns as ncvreg takes them. */
const nameOfCorrelated = (standardize: boolean): string =>
  `\`correlated\` ${standardize ? 'standardised' : 'as given'}`;

async function selected(): Promise<Race[]> {
  const { x, y, reference } = await largeProblem('correlated', folder);
  const lambdas = lambdasOf(reference);
  return [false, true].flatMap((standardize) =>
    [mcp(), scad()].map((penalty) => ({
      name: `${penalty.kind}, ${nameOfCorrelated(standardize)}: 1000 x 10000, 100 lambdas down to 0.01`,
      solve: () => sparsePath({ x, y }, { lambdas, penalty, standardize, threads: 1 }),
    })),
  );
}

/** Two classes that sparse columns with entries of very different sizes nearly tell apart. */
function separable(): Race[] {
  const [rows, columns] = [1500, 800];
  const [uniform, normal] = [uniforms(6), normals(7)];
  const offsets = new Int32Array(columns + 1);
  const [indices, values]: [number[], number[]] = [[], []];
  const t = new Float64Array(rows);
  for (let j = 0; j < columns; ++j) {
    for (let i = 0; i < rows; ++i) {
      if (uniform() >= Math.min(0.3, 8 / (j + 10) + 0.004)) continue;
      const value = Math.ceil(Math.exp(1.5 * normal()));
      indices.push(i);
      values.push(value);
      if (j % 55 === 3) t[i] = (t[i] as number) + (j % 2 ? 1 : -1) * Math.log1p(value);
    }
    offsets[j + 1] = indices.length;
  }
  const y = t.map((value) => Number(uniform() < 1 / (1 + Math.exp(-value))));
  const entries = { indices: Int32Array.from(indices), values: Float64Array.from(values) };
  const x = { format: 'csc', rows, columns, offsets, ...entries } as const;
  return [mcp(), scad()].map((penalty) => ({
    name: `${penalty.kind}, classes nearly told apart, sparse, ${rows} x ${columns}, 100 lambdas`,
    solve: () => sparsePath({ x, y }, { family: 'binomial', penalty, standardize: false, threads: 1, timeLimit: 60 }),
  }));
}

/** Processor seconds of glmnet's default for the lasso path of `correlated`. */
async function secondsOfGlmnet(path: string): Promise<number | undefined> {
  const glmnet = await startR('bench/sparse/glmnet.R');
  if (!glmnet) return undefined;
  const { columns, y, reference } = await largeProblem('correlated', folder);
  const arrays = { X: columns.dense(), y, lambdas: lambdasOf(reference) };
  for (const [name, array] of Object.entries(arrays)) {
    writeFileSync(join(path, `${name}.bin`), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  await glmnet.ask({ path, rows: columns.rows, columns: columns.count, dense: true });
  const seconds: number[] = [];
  for (let round = 0; round < rounds; ++round) {
    seconds.push(Number((await glmnet.ask({ path, family: 'gaussian', alpha: 1, thresh: 1e-7 })).seconds));
  }
  glmnet.end();
  return median(seconds);
}

/** The row of ncvreg: its planned times over ours, each in units of glmnet's. */
function besideNcvreg(measured: readonly Measured[], glmnet: number): string[] {
  const ratio = (kind: 'mcp' | 'scad', standardize: boolean): string => {
    const begin = `${kind}, ${nameOfCorrelated(standardize)}`;
    const ours = measured.find(({ problem }) => problem.startsWith(begin))?.seconds ?? Number.NaN;
    return short((planned[kind] * glmnet) / planned.glmnet / ours);
  };
  return [
    '',
    `ncvreg is not run: it took ${planned.mcp} s (MCP) and ${planned.scad} s (SCAD) for these paths to 1e-7 on another machine, where glmnet's default took`,
    `${planned.glmnet} s for the lasso path of \`correlated\`. Here, in the same run, that took ${short(glmnet)} s. So scaled, ncvreg's planned times are`,
    `${ratio('mcp', false)} (MCP) and ${ratio('scad', false)} (SCAD) times ours for the problem as it is given, whose values the tests hold, and`,
    `${ratio('mcp', true)} and ${ratio('scad', true)} times ours with columns standardised, which ncvreg always does.`,
  ];
}

async function main(): Promise<void> {
  const glmnet = await startR('bench/sparse/families.R');
  const races = [multinomial(), survival(), sparseSurvival(), groupedSurvival(), sorted(), ...separable()];
  if (isAvailable(folder)) races.push(...(await grouped()), ...(await selected()));
  const measured: Measured[] = [];
  let scale: number | undefined;
  await withFolder(async (path) => {
    if (isAvailable(folder)) scale = await secondsOfGlmnet(path);
    for (const race of races) measured.push(...(await run(race, path, glmnet)));
  });
  glmnet?.end();
  const where = { ...environment(), glmnet: String(glmnet?.greeting.version ?? '-'), rounds };
  const text = [
    `${describe(where)}; glmnet ${where.glmnet}; ${rounds} rounds`,
    '',
    `Paths of ${settings.lambdas.count} lambdas down to a tenth of lambdaMax. Medians of processor seconds of one thread. The gap is the largest that is`,
    'certified; of penalties that are not convex the largest violation over lambdaMax; of glmnet, by how much its objective is above ours at',
    'most, over the null deviance.',
    '',
    table(
      ['problem', 'method', 'seconds', 'gap'],
      measured.map(({ problem, way, seconds, gap }) => [problem, way, short(seconds), gap.toExponential(1)]),
      2,
    ),
    ...(scale === undefined ? [] : besideNcvreg(measured, scale)),
  ].join('\n');
  console.log(text);
  writeSection('bench/sparse/page.md', 'families', text);
  writeResults('sparse/families', { ...where, measured, planned, secondsOfGlmnet: scale });
}

async function run(race: Race, path: string, glmnet: Script | undefined): Promise<Measured[]> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  let [gap, above] = [0, 0];
  for (let round = 0; round < rounds; ++round) {
    console.error(`  ${race.name}`);
    const begin = process.cpuUsage();
    const found = await race.solve();
    const { user, system } = process.cpuUsage(begin);
    ours.push((user + system) / 1e6);
    gap = Math.max(...(Number.isNaN(found.gap[0]) ? found.violation : found.gap));
    if (!glmnet || !race.family) continue;
    const arrays = { ...race.arrays, lambdas: Float64Array.from(found.lambda) };
    for (const [name, array] of Object.entries(arrays)) {
      writeFileSync(join(path, `${name}.bin`), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    }
    const { family, rows, columns, sparse = false } = race;
    const answer = await glmnet.ask({ path, family, rows, columns, sparse, thresh: 1e-7 });
    theirs.push((answer.seconds as number[])[0] as number);
    above = excess(found, rows as number, answer.deviances as number[], answer.sizes as number[]);
  }
  const rowsOf: Measured[] = [{ problem: race.name, way: 'ours', seconds: median(ours), gap }];
  if (theirs.length > 0) {
    rowsOf.push({ problem: race.name, way: 'glmnet, its default (1e-7)', seconds: median(theirs), gap: above });
  }
  return rowsOf;
}

/** How far other models along the same lambdas are above these at most, in objective over the null deviance. */
function excess(path: SparsePath, rows: number, deviances: readonly number[], sizes: readonly number[]): number {
  const { offsets, values } = path.coefficients;
  const each = Array.from(path.lambda.subarray(0, deviances.length), (lambda, k) => {
    const size = values.subarray(offsets[k], offsets[k + 1]).reduce((sum, b) => sum + Math.abs(b), 0);
    const loss = ((deviances[k] as number) - (path.deviance[k] as number)) / 2 / rows;
    return (loss + lambda * ((sizes[k] as number) - size)) / (path.nullDeviance / 2 / rows);
  });
  return Math.max(...each);
}

await main();
