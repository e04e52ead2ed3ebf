// How time grows with rows, columns and nonzeros, one at a time, and what a second thread brings to several starts.
import { l1, leastSquares, topK } from '../../src/fractional/index.js';
import { type Matrix, matrix, minimizeRatio, type SparseMatrix } from '../../src/index.js';
import { normals, sample, uniforms } from '../shared/random.js';
import { median } from '../shared/report.js';
import { noisyImage, type Problem } from './problems.js';
import { ratioOf } from './race.js';

export const axes = ['m', 'n', 'nnz'] as const;
export type Axis = (typeof axes)[number];
export const base = { m: 1000, n: 1000, sparseRows: 20000, sparseColumns: 5000 };
export const steps: Record<Axis, readonly number[]> = {
  m: [250, 500, 1000, 2000, 4000, 8000],
  n: [250, 500, 1000, 2000, 4000, 8000],
  nnz: [50000, 100000, 200000, 400000, 800000, 1600000],
};

export interface Measurement {
  size: number;
  /** Seconds, of a sweep through all coordinates. */
  sweep: number;
  /** Before the first sweep: the data checked and copied. */
  setUp: number;
  /** Seconds of a whole solve, to a tolerance of 1e-4. */
  solve: number;
  sweeps: number;
}

export async function scaling(quick: boolean, note: (text: string) => void): Promise<Record<Axis, Measurement[]>> {
  const results: Record<Axis, Measurement[]> = { m: [], n: [], nnz: [] };
  for (const axis of axes) {
    for (const size of quick ? steps[axis].slice(0, 3) : steps[axis]) {
      note(`scaling: ${axis} = ${size}`);
      const A =
        axis === 'nnz' ? sparseMatrix(size) : denseMatrix(axis === 'm' ? size : base.m, axis === 'n' ? size : base.n);
      results[axis].push(await measure(A, size));
    }
  }
  return results;
}

/** Sparse recovery: one entry in fifty is not 0, a tenth of noise; the start is dense. */
async function measure(A: Matrix | SparseMatrix, size: number): Promise<Measurement> {
  const n = A.columns;
  const normal = normals(7);
  const y = noisyImage(A, sample(n, Math.round(n / 50), uniforms(7)), normal, 0.1 / Math.sqrt(A.rows));
  const gamma = 0.01;
  const problem = {
    numerator: [leastSquares(A, y), l1(gamma)],
    denominator: topK(Math.round(n / 50), { scale: gamma }),
    start: Float64Array.from({ length: n }, () => 0.1 * normal()),
  };
  const sweeps = 8;
  const counted = await minimizeRatio(problem, {
    threads: 1,
    tolerance: 0,
    maxIterations: sweeps,
    activeSet: false,
    gram: 'never',
  });
  const reports = counted.history.map((report) => report.seconds);
  // The first sweep brings the matrix into the cache.
  const times = reports.slice(2).map((seconds, i) => seconds - (reports[i + 1] as number));
  const begin = performance.now();
  const solved = await minimizeRatio(problem, { threads: 1, tolerance: 1e-4, timeLimit: 30 });
  return {
    size,
    sweep: median(times),
    setUp: reports[0] ?? Number.NaN,
    solve: (performance.now() - begin) / 1e3,
    sweeps: solved.sweeps,
  };
}

function denseMatrix(m: number, n: number): Matrix {
  const normal = normals(5);
  return matrix(
    m,
    n,
    Float64Array.from({ length: m * n }, () => normal() / Math.sqrt(m)),
  );
}

function sparseMatrix(nonzeros: number): SparseMatrix {
  const { sparseRows: rows, sparseColumns: columns } = base;
  const each = Math.round(nonzeros / columns);
  const normal = normals(5);
  const uniform = uniforms(6);
  const indices = new Int32Array(each * columns);
  const stride = Math.floor(rows / each);
  // One entry in each of `each` strips of rows.
  for (let j = 0; j < columns; ++j) {
    for (let k = 0; k < each; ++k) indices[j * each + k] = k * stride + Math.floor(uniform() * stride);
  }
  return {
    format: 'csc',
    rows,
    columns,
    offsets: Int32Array.from({ length: columns + 1 }, (_, j) => j * each),
    indices,
    values: Float64Array.from({ length: each * columns }, () => normal() / Math.sqrt(each)),
  };
}

export interface MultiStart {
  name: string;
  /** Medians of seconds, by number of threads. */
  seconds: Record<number, number>;
  identical: boolean;
  best: number;
  worst: number;
}

/** Eight starts, on one thread and on more. */
export async function multiStart(
  problem: Problem,
  name: string,
  threads: readonly number[],
  rounds: number,
): Promise<MultiStart> {
  const seconds = new Map<number, number[]>(threads.map((count) => [count, []]));
  const answers: string[] = [];
  let ends: number[] = [];
  for (let round = 0; round < rounds; ++round) {
    for (const count of threads) {
      const result = await minimizeRatio(
        { ...ratioOf(problem), start: problem.start },
        { restarts: 7, threads: count },
      );
      seconds.get(count)?.push(result.seconds);
      ends = result.starts.map(({ objective }) => objective);
      answers.push(JSON.stringify([Array.from(result.x), ends]));
    }
  }
  return {
    name,
    seconds: Object.fromEntries([...seconds].map(([count, list]) => [count, median(list)])),
    identical: answers.every((answer) => answer === answers[0]),
    best: Math.min(...ends),
    worst: Math.max(...ends),
  };
}
