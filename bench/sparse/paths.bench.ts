// Paths of 100 lambdas beside glmnet and scikit-learn: processor seconds of one thread, and the largest gap of twelve models of each path
// by code of its own (test/problems/sparse.ts). All take the same lambdas, in turn.
//
//   npm run bench -- sparse/paths [problem ...] [--rounds 3] [--quick]
//   npm run bench -- sparse/paths --equal [problem ...] [--rounds 3] [--quick] [--most 60] [--gap 1e-6] [--tolerance 1e-6]
//   npm run bench -- sparse/paths --drawn [--seed 1] [--rounds 3] [--quick] [--equal]
//
// With --equal the others' tolerances are tightened by 100 at a time until the gap is at most --gap, or until the next would take longer than
// --most processor seconds; it prints the last of each. --tolerance is ours. With --drawn the problems are those of bench/sparse/drawn.ts, whose gaps are of all models; it prints them.
// Writes bench/sparse/page.md and bench/sparse/paths.results.json where all problems are measured. --quick leaves scikit-learn out, and
// writes nothing. Without ../shared/problems/sparse (or what NONCONVEX_PROBLEMS says) there is nothing to do; without an R that has glmnet,
// or a Python that has scikit-learn, these are left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { elasticNet, sparsePath } from '../../src/sparse/index.js';
import {
  certified,
  isAvailable,
  type LargeProblem,
  lambdasOf,
  largeProblem,
  type ProblemName,
  problemNames,
} from '../../test/problems/sparse.js';
import { root, withFolder } from '../shared/native.js';
import { Python } from '../shared/python.js';
import { startR } from '../shared/r.js';
import { describe, environment, median, short, table, writeResults, writeSection } from '../shared/report.js';
import type { Script } from '../shared/script.js';
import { drawnNames, drawnProblem } from './drawn.js';

const quick = process.argv.includes('--quick');
const roundsAt = process.argv.indexOf('--rounds');
const rounds = roundsAt > 0 ? Number(process.argv[roundsAt + 1]) : 3;
const folder = process.env.NONCONVEX_PROBLEMS ? dirname(process.env.NONCONVEX_PROBLEMS) : join(root, '..', 'shared');
const named = process.argv.slice(2).filter((word): word is ProblemName => problemNames.includes(word as ProblemName));
const drawn = process.argv.includes('--drawn');
const equal = process.argv.includes('--equal');
const mostAt = process.argv.indexOf('--most');
/** Processor seconds that a path of others is expected to take at most with --equal. */
const most = mostAt > 0 ? Number(process.argv[mostAt + 1]) : 60;
/** The number behind a name in the command line. */
const numberOf = (name: string, usual: number): number =>
  process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : usual;
/** The gap, and how much longer a path has taken with a tolerance of a hundredth. */
const [equalGap, longer, tightest] = [numberOf('--gap', 1e-6), 6, 1e-17];
const tolerance = numberOf('--tolerance', 1e-6);
const seedAt = process.argv.indexOf('--seed');
const seed = seedAt > 0 ? Number(process.argv[seedAt + 1]) : 1;
const wanted: readonly string[] = drawn ? drawnNames : named.length > 0 ? named : problemNames;

/** Models along the lambdas. */
interface Path {
  seconds: number;
  fitted: number;
  intercepts: Float64Array;
  offsets: Int32Array;
  indices: Int32Array;
  values: Float64Array;
}

interface Way {
  name: string;
  /** Rounds, at most: one for what takes minutes. */
  most: number;
  run(problem: LargeProblem, lambdas: Float64Array): Promise<Path | undefined>;
  /** The first of tolerances that are tightened until the gap is small enough, with how to run it. */
  tighten?: { from: number; run(thresh: number): Way['run'] };
}

interface Measured {
  problem: string;
  way: string;
  seconds: number;
  gap: number;
  fitted: number;
}

const note = (text: string): void => console.error(`  ${text}`);

if (drawn || isAvailable(folder)) await main();
else console.log('The problems with known optima are not here (../shared/problems/sparse).');

async function main(): Promise<void> {
  const glmnet = await startR('bench/sparse/glmnet.R');
  const scikit = quick ? undefined : await Python.start('bench/sparse/scikit.py');
  const measured: Measured[] = [];
  const floors: Record<string, number> = {};
  const bandwidth = bytesPerSecond();
  await withFolder(async (path) => {
    for (const name of wanted) {
      note(`${name}: data`);
      const problem = await (drawn ? drawnProblem(name, seed) : largeProblem(name as ProblemName, folder));
      const lambdas = lambdasOf(problem.reference);
      write(path, problem, lambdas);
      const anchors = [glmnet, scikit].filter((script) => script !== undefined);
      for (const script of anchors) await script.ask({ path, ...shapeOf(problem) });
      floors[name] = (problem.columns.size * ('data' in problem.x ? 8 : 12)) / bandwidth;
      measured.push(...(await race(problem, lambdas, waysOf(path, glmnet, scikit))));
    }
  });
  glmnet?.end();
  scikit?.end();
  const where = environment();
  const versions = `glmnet ${glmnet?.greeting.version ?? '-'}, scikit-learn ${scikit?.greeting.version ?? '-'}`;
  const text = sectionOf(measured, floors, bandwidth, `${describe(where)}; ${versions}; ${rounds} rounds`);
  console.log(text);
  if (drawn || quick || equal || named.length > 0) return;
  writeSection('bench/sparse/page.md', 'paths', text);
  writeResults('sparse/paths', { ...where, versions, rounds, bandwidth, floors, measured });
}

function waysOf(path: string, glmnet: Script | undefined, scikit: Script | undefined): Way[] {
  const asked = (script: Script, thresh: number) => async (problem: LargeProblem) => {
    const { family, alpha } = problem;
    const { seconds, fitted } = await script.ask({ path, family, alpha, thresh });
    return { seconds: Number(seconds), fitted: Number(fitted), ...foundIn(path) };
  };
  const ways: Way[] = [{ name: 'ours', most: rounds, run: ours }];
  if (equal) {
    if (glmnet) ways.push(tightened('glmnet', 1e-7, (thresh) => asked(glmnet, thresh)));
    const run =
      (thresh: number): Way['run'] =>
      async (problem) =>
        scikit && takesLasso(problem) ? asked(scikit, thresh)(problem) : undefined;
    if (scikit) ways.push(tightened('scikit-learn', 1e-4, run));
    return ways;
  }
  if (glmnet) {
    ways.push({ name: 'glmnet, its default (1e-7)', most: rounds, run: asked(glmnet, 1e-7) });
    ways.push({ name: 'glmnet, 1e-9', most: 1, run: asked(glmnet, 1e-9) });
  }
  if (scikit) {
    const run = asked(scikit, 1e-4);
    ways.push({
      ...{ name: 'scikit-learn, its default (1e-4)', most: 1 },
      run: async (problem) => (takesLasso(problem) ? run(problem) : undefined),
    });
  }
  return ways;
}

/** Returns true if scikit-learn has the family and penalty of a problem. */
function takesLasso({ family, alpha }: LargeProblem): boolean {
  return family !== 'poisson' && alpha === 1;
}

function tightened(name: string, from: number, run: (thresh: number) => Way['run']): Way {
  return { ...{ name, most: 1, run: run(from) }, tighten: { from, run } };
}

async function ours({ x, y, family, alpha }: LargeProblem, lambdas: Float64Array): Promise<Path> {
  const begin = process.cpuUsage();
  const path = await sparsePath(
    { x, y },
    { family, lambdas, penalty: elasticNet(alpha), standardize: false, threads: 1, tolerance },
  );
  const { user, system } = process.cpuUsage(begin);
  const { intercepts, coefficients } = path;
  return { seconds: (user + system) / 1e6, fitted: path.lambda.length, intercepts, ...coefficients };
}

async function race(problem: LargeProblem, lambdas: Float64Array, ways: readonly Way[]): Promise<Measured[]> {
  const seconds = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  const last = new Map<string, Path>();
  const found: Measured[] = [];
  for (const way of ways) if (way.tighten) found.push(...(await toEqualGap(problem, lambdas, way.name, way.tighten)));
  for (let round = 0; round < rounds; ++round) {
    for (const { name, most, run, tighten } of ways) {
      if (round >= most || tighten) continue;
      note(`${problem.name}: ${name}`);
      const path = await run(problem, lambdas);
      if (!path) continue;
      seconds.get(name)?.push(path.seconds);
      last.set(name, path);
    }
  }
  const plain = Array.from(last, ([way, path]) => ({
    ...{ problem: problem.name, way, fitted: path.fitted },
    seconds: median(seconds.get(way) ?? []),
    gap: gapOf(problem, lambdas, path),
  }));
  return [...plain, ...found];
}

/** The path with the first tolerance that brings it to the gap, or the last that was tried. */
async function toEqualGap(
  problem: LargeProblem,
  lambdas: Float64Array,
  name: string,
  { from, run }: NonNullable<Way['tighten']>,
): Promise<Measured[]> {
  for (let thresh = from; ; thresh /= 100) {
    note(`${problem.name}: ${name}, ${thresh.toExponential(0)}`);
    const path = await run(thresh)(problem, lambdas);
    if (!path) return [];
    const gap = gapOf(problem, lambdas, path);
    if (gap > equalGap && thresh / 100 >= tightest && longer * path.seconds <= most) continue;
    const way = `${name}, ${thresh.toExponential(0)}`;
    return [{ ...{ problem: problem.name, way, fitted: path.fitted, gap }, seconds: path.seconds }];
  }
}

/** The largest gap of the models that the reference has. */
function gapOf(problem: LargeProblem, lambdas: Float64Array, path: Path): number {
  const gaps = problem.reference.points
    .filter(({ k }) => k < path.fitted)
    .map(({ k }) => {
      const [from, to] = [path.offsets[k], path.offsets[k + 1]];
      const point = {
        intercept: path.intercepts[k] as number,
        support: path.indices.subarray(from, to),
        values: path.values.subarray(from, to),
      };
      return certified(problem, lambdas[k] as number, point).gap;
    });
  return Math.max(...gaps);
}

function shapeOf({ x }: LargeProblem): { rows: number; columns: number; dense: boolean } {
  return { rows: x.rows, columns: x.columns, dense: 'data' in x };
}

function write(path: string, { x, y, columns }: LargeProblem, lambdas: Float64Array): void {
  const arrays: Record<string, Float64Array | Int32Array> = { y, lambdas };
  if ('data' in x) arrays.X = columns.dense();
  else Object.assign(arrays, { offsets: x.offsets, indices: x.indices, values: x.values });
  for (const [name, array] of Object.entries(arrays)) {
    writeFileSync(join(path, `${name}.bin`), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
}

function foundIn(path: string): Omit<Path, 'seconds' | 'fitted'> {
  const bytes = (name: string): ArrayBuffer => {
    const { buffer, byteOffset, byteLength } = readFileSync(join(path, `${name}.found`));
    return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  };
  return {
    intercepts: new Float64Array(bytes('intercepts')),
    offsets: new Int32Array(bytes('offsets')),
    indices: new Int32Array(bytes('indices')),
    values: new Float64Array(bytes('values')),
  };
}

/** The bytes that a copy of much memory reads and writes in a second. */
function bytesPerSecond(): number {
  const size = 1 << 28;
  const [from, to] = [new Uint8Array(size).fill(1), new Uint8Array(size)];
  const times = [0, 1, 2].map(() => {
    const begin = performance.now();
    to.set(from);
    return (performance.now() - begin) / 1e3;
  });
  return (2 * size) / Math.min(...times);
}

function sectionOf(
  measured: readonly Measured[],
  floors: Record<string, number>,
  bandwidth: number,
  where: string,
): string {
  const of = (problem: string) => measured.find((each) => each.problem === problem && each.way === 'ours');
  const rows = measured.map(({ problem, way, seconds, gap, fitted }) => [
    problem,
    way,
    short(seconds),
    short(seconds / (of(problem)?.seconds ?? Number.NaN)),
    gap.toExponential(1),
    String(fitted),
    way === 'ours' ? short(floors[problem]) : '',
  ]);
  return [
    where,
    '',
    `Medians of processor seconds of one thread, the copies of the data included; the largest gap of ${drawn ? 'all' : 'twelve'} models of the path, relative to`,
    `the null deviance. The hardware limit is one pass over the data at ${short(bandwidth / 1e9)} GB/s, which a copy of memory has here.`,
    '',
    table(['problem', 'method', 'seconds', 'ours = 1', 'gap', 'lambdas', 'hardware limit, s'], rows, 2),
  ].join('\n');
}
