// The problems of G. Yuan, "Coordinate descent methods for fractional minimization", ICML 2023, section 6, on random
// sub-matrices of e2006.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Matrix, matrix, readMatrixMarket, type SparseMatrix } from '../../src/index.js';
import { root } from '../shared/native.js';
import { normals, sample, uniforms } from '../shared/random.js';

export interface Size {
  m: number;
  n: number;
}

/** Sizes in both tables of the paper. */
export const sizes: readonly Size[] = [
  { m: 1000, n: 1024 },
  { m: 1000, n: 2048 },
  { m: 1024, n: 1000 },
  { m: 2048, n: 1000 },
];

export type Kind = 'recovery' | 'ica';

/**
 * `recovery`: min (1/2 ||G x - y||^2 + gamma ||x||_1) / (gamma topk(x)); `ica`: min ||x||^2 / ||G x||_4^2.
 */
export interface Problem extends Size {
  kind: Kind;
  G: Matrix;
  y: Float64Array;
  gamma: number;
  k: number;
  start: Float64Array;
}

/** The data, or undefined where the file is absent. */
export async function readE2006(): Promise<SparseMatrix | undefined> {
  const folder = process.env.NONCONVEX_DATA ?? join(root, '..', 'shared', 'data');
  const path = join(folder, 'e2006-5000x10000.mtx.gz');
  return existsSync(path) ? ((await readMatrixMarket(path)) as SparseMatrix) : undefined;
}

/** A problem as the author's code makes it: noise of 1e-5 on all entries, Frobenius norm 1; 100 true entries, of normal size. */
export function makeProblem(kind: Kind, all: SparseMatrix, { m, n }: Size, seed: number): Problem {
  const normal = normals(2 * seed + 1);
  const uniform = uniforms(2 * seed + 2);
  const G = dense(all, sample(all.rows, m, uniform), sample(all.columns, n, uniform));
  for (let i = 0; i < m * n; ++i) G.data[i] = (G.data[i] as number) + 1e-5 * normal();
  const size = norm(G.data);
  for (let i = 0; i < m * n; ++i) G.data[i] = (G.data[i] as number) / size;
  const recovery = kind === 'recovery';
  const y = recovery ? noisyImage(G, sample(n, 100, uniform), normal) : new Float64Array(m);
  const start = Float64Array.from({ length: n }, () => (recovery ? 0.1 : 1) * normal());
  return { kind, m, n, G, y, gamma: 0.1 / m, k: recovery ? 100 : 0, start };
}

function dense(all: SparseMatrix, rows: readonly number[], columns: readonly number[]): Matrix {
  const place = new Int32Array(all.rows).fill(-1);
  rows.forEach((row, i) => {
    place[row] = i;
  });
  const G = matrix(rows.length, columns.length, new Float64Array(rows.length * columns.length));
  columns.forEach((column, j) => {
    for (let k = all.offsets[column] as number; k < (all.offsets[column + 1] as number); ++k) {
      const i = place[all.indices[k] as number] as number;
      if (i >= 0) G.data[i * columns.length + j] = all.values[k] as number;
    }
  });
  return G;
}

/** y = G x + `noise` ||G x|| e for normal e and normal x_j, j in `support`. */
export function noisyImage(
  G: Matrix | SparseMatrix,
  support: readonly number[],
  normal: () => number,
  noise = 0.1,
): Float64Array {
  const x = new Float64Array(G.columns);
  for (const j of support) x[j] = normal();
  const y = multiply(G, x);
  const size = norm(y);
  return y.map((value) => value + noise * size * normal());
}

/** A x */
export function multiply(A: Matrix | SparseMatrix, x: ArrayLike<number>): Float64Array {
  const out = new Float64Array(A.rows);
  forEntries(A, (i, j, value) => {
    out[i] = (out[i] as number) + value * (x[j] as number);
  });
  return out;
}

/** A^T r */
export function multiplyTransposed(A: Matrix | SparseMatrix, r: Float64Array): Float64Array {
  const out = new Float64Array(A.columns);
  forEntries(A, (i, j, value) => {
    out[j] = (out[j] as number) + value * (r[i] as number);
  });
  return out;
}

function forEntries(A: Matrix | SparseMatrix, f: (i: number, j: number, value: number) => void): void {
  if ('data' in A) {
    for (let i = 0; i < A.rows; ++i) {
      for (let j = 0; j < A.columns; ++j) f(i, j, A.data[i * A.columns + j] as number);
    }
  } else {
    for (let j = 0; j < A.columns; ++j) {
      for (let k = A.offsets[j] as number; k < (A.offsets[j + 1] as number); ++k) {
        f(A.indices[k] as number, j, A.values[k] as number);
      }
    }
  }
}

export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; ++i) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** Writes what bench/native/fractional_baselines.cpp reads, which says how. */
export function writeProblem(path: string, { m, n, k, gamma, G, y, start }: Problem): void {
  const parts = [Int32Array.of(m, n, k), Float64Array.of(gamma), G.data, y, start];
  writeFileSync(path, Buffer.concat(parts.map(bytesOf)));
}

/** Writes what bench/native/fractional_throughput.cpp reads, which says how. */
export function writeSparse(path: string, A: SparseMatrix, b: Float64Array): void {
  const parts = [Int32Array.of(A.rows, A.columns, A.values.length), A.offsets, A.indices, A.values, b];
  writeFileSync(path, Buffer.concat(parts.map(bytesOf)));
}

export function bytesOf(array: Int32Array | Float64Array | Float32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
