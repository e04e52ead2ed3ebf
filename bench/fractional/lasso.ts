// The lasso, min 1/2 ||A x - b||^2 + lambda ||x||_1, beside scikit-learn's: seconds to the same duality gap.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { l1, leastSquares, minimizeDifference } from '../../src/fractional/index.js';
import { type Matrix, matrix, type SparseMatrix } from '../../src/index.js';
import { Python } from '../shared/python.js';
import { normals, sample, uniforms } from '../shared/random.js';
import { median } from '../shared/report.js';
import { bytesOf, multiply, multiplyTransposed, noisyImage, norm, writeSparse } from './problems.js';

/** The gap at which both stop, relative to 1/2 ||b||^2. */
export const target = 1e-6;

interface Data {
  name: string;
  A: Matrix | SparseMatrix;
  b: Float64Array;
  /** Relative to the least lambda whose solution is 0. */
  penalties: number[];
}

/** The quickest way of each to the gap: medians of seconds. */
export interface LassoResult {
  name: string;
  /** lambda over the least one whose solution is 0. */
  penalty: number;
  nonzeros: number;
  ours: Found;
  /** Given the matrix by rows, as ours is; then by columns, as it likes it best. */
  theirs: Found;
  theirsByColumns: Found;
  /** The difference of the two objectives over their size. */
  difference: number;
}

interface Found {
  tolerance: number;
  /** True if the solve used A^T A. */
  gram: boolean;
  seconds: number;
  /** Seconds before the first sweep, of ours; not known of theirs. */
  setUp: number;
  gap: number;
}

interface Solved {
  x: ArrayLike<number>;
  seconds: number;
  setUp?: number;
}

export interface LassoRace {
  version: string;
  rounds: number;
  results: LassoResult[];
}

/** Undefined where there is no Python with scikit-learn. */
export async function raceLasso(
  e2006: SparseMatrix | undefined,
  folder: string,
  rounds: number,
  note: (text: string) => void,
): Promise<LassoRace | undefined> {
  const python = await Python.start('bench/fractional/lasso.py');
  if (!python) return undefined;
  try {
    const results: LassoResult[] = [];
    for (const data of problems(e2006)) {
      const path = join(folder, 'lasso');
      const kind = 'data' in data.A ? 'dense' : 'sparse';
      if ('data' in data.A) {
        const { rows, columns, data: values } = data.A;
        writeFileSync(path, Buffer.concat([Int32Array.of(rows, columns), values, data.b].map(bytesOf)));
      } else {
        writeSparse(path, data.A, data.b);
      }
      await python.ask({ path, kind });
      for (const penalty of data.penalties) {
        note(`lasso: ${data.name}, penalty ${penalty}`);
        results.push(await compare(data, penalty, python, rounds));
      }
    }
    return { version: String(python.greeting.version), rounds, results };
  } finally {
    python.end();
  }
}

function problems(e2006: SparseMatrix | undefined): Data[] {
  const random = (m: number, n: number, seed: number): Data => {
    const normal = normals(seed);
    const A = matrix(
      m,
      n,
      Float64Array.from({ length: m * n }, () => normal()),
    );
    const b = noisyImage(A, sample(n, Math.round(n / 20), uniforms(seed)), normal, 0.1 / Math.sqrt(m));
    return { name: `normal ${m} x ${n}`, A, b, penalties: [0.1, 0.01] };
  };
  const list = [random(1000, 2048, 1), random(10000, 500, 2)];
  if (e2006) {
    const b = noisyImage(e2006, sample(e2006.columns, 100, uniforms(3)), normals(3), 0.1 / Math.sqrt(e2006.rows));
    list.push({ name: `e2006 ${e2006.rows} x ${e2006.columns}`, A: e2006, b, penalties: [0.1, 0.01, 0.001] });
  }
  return list;
}

async function compare({ name, A, b }: Data, penalty: number, python: Python, rounds: number) {
  const lambda = penalty * largest(multiplyTransposed(A, b));
  const most = (target * norm(b) ** 2) / 2;
  const gapOf = ({ x }: Solved) => gap(A, b, lambda, x).gap;
  const ours = (tolerance: number, gram: boolean) => solveOurs(A, b, lambda, tolerance, gram);
  const theirs = (columns: boolean) => async (tol: number, gram: boolean) =>
    (await python.ask({ lambda, tol, columns, gram })) as unknown as Solved;
  // Both ways of each: with A^T A and without, each with the loosest tolerance that is enough.
  const grams = 'data' in A && A.rows > A.columns ? [false, true] : [false];
  const ways = await Promise.all(
    [ours, theirs(false), theirs(true)].map(async (solve) => ({ solve, list: [] as Way[] })),
  );
  for (const { solve, list } of ways) {
    for (const gram of grams) list.push({ gram, ...(await loosest(solve, gram, gapOf, most)), seconds: [], setUp: [] });
  }
  for (let round = 0; round < rounds; ++round) {
    for (const { solve, list } of ways) {
      for (const way of list) {
        const { seconds, setUp = Number.NaN } = await solve(way.tolerance, way.gram);
        way.seconds.push(seconds);
        way.setUp.push(setUp);
      }
    }
  }
  const [a, r, c] = ways.map(({ list }) => best(list)) as [Way, Way, Way];
  const value = (way: Way) => gap(A, b, lambda, way.x).objective;
  return {
    name,
    penalty,
    nonzeros: Array.from(a.x).filter((entry) => entry !== 0).length,
    ours: found(a),
    theirs: found(r),
    theirsByColumns: found(c),
    difference: (value(a) - value(r)) / value(r),
  };
}

interface Way {
  gram: boolean;
  tolerance: number;
  gap: number;
  x: ArrayLike<number>;
  seconds: number[];
  setUp: number[];
}

const best = (ways: readonly Way[]): Way =>
  ways.reduce((least, way) => (median(way.seconds) < median(least.seconds) ? way : least));
const found = ({ gram, tolerance, gap, seconds, setUp }: Way): Found => {
  return { gram, tolerance, gap, seconds: median(seconds), setUp: median(setUp) };
};

/** The first of 1e-1, 3e-2, 1e-2, ... that leads to the gap. */
async function loosest(
  solve: (tolerance: number, gram: boolean) => Promise<Solved>,
  gram: boolean,
  gapOf: (solved: Solved) => number,
  most: number,
): Promise<{ tolerance: number; gap: number; x: ArrayLike<number> }> {
  for (let power = -2; power >= -28; --power) {
    const tolerance = 10 ** (power / 2);
    const solved = await solve(tolerance, gram);
    const gap = gapOf(solved);
    if (gap <= most) return { tolerance, gap, x: solved.x };
  }
  throw new Error(`no tolerance leads to a gap of ${most}`);
}

/** Wall time of the call, everything included. */
async function solveOurs(
  A: Matrix | SparseMatrix,
  b: Float64Array,
  lambda: number,
  tolerance: number,
  gram: boolean,
): Promise<Solved> {
  const begin = performance.now();
  const { x, seconds, history } = await minimizeDifference(
    { convex: [leastSquares(A, b), l1(lambda)], start: new Float64Array(A.columns) },
    { threads: 1, tolerance, gram: gram ? 'always' : 'never' },
  );
  const wall = (performance.now() - begin) / 1e3;
  return { x, seconds: wall, setUp: wall - seconds + (history[0]?.seconds ?? 0) };
}

/** 1/2 ||r||^2 + lambda ||x||_1 less the dual value at r = b - A x, scaled so that ||A^T r||_inf <= lambda. */
function gap(
  A: Matrix | SparseMatrix,
  b: Float64Array,
  lambda: number,
  x: ArrayLike<number>,
): { objective: number; gap: number } {
  const image = multiply(A, x);
  const r = b.map((value, i) => value - (image[i] as number));
  const scale = Math.min(1, lambda / largest(multiplyTransposed(A, r)));
  const objective = norm(r) ** 2 / 2 + lambda * Array.from(x).reduce((sum, value) => sum + Math.abs(value), 0);
  const dual = norm(b) ** 2 / 2 - norm(b.map((value, i) => value - scale * (r[i] as number))) ** 2 / 2;
  return { objective, gap: objective - dual };
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
