// Small dense and sparse algebra for what surrounds a solve; the solve itself is native.
import { addon } from './addon.js';
import { eachEntry } from './entries.js';
import type { Matrix, SparseMatrix } from './matrix.js';

export { eachEntry };

/** A x. */
export function multiply(A: Matrix | SparseMatrix, x: Float64Array): Float64Array {
  const y = new Float64Array(A.rows);
  eachEntry(A, (i, j, value) => {
    y[i] = (y[i] as number) + value * (x[j] as number);
  });
  return y;
}

/** Entries (i, i) of a square matrix. */
export function diagonalOf(matrix: Matrix | SparseMatrix): Float64Array {
  const n = matrix.rows;
  if ('data' in matrix) return Float64Array.from({ length: n }, (_, i) => matrix.data[i * n + i] as number);
  const diagonal = new Float64Array(n);
  for (let j = 0; j < n; ++j) {
    for (let k = matrix.offsets[j] as number; k < (matrix.offsets[j + 1] as number); ++k) {
      if (matrix.indices[k] === j) diagonal[j] = matrix.values[k] as number;
    }
  }
  return diagonal;
}

/** A sparse matrix by rows if it was by columns, and the other way round; indices of each line come in order. */
export function transposeStorage(matrix: SparseMatrix): SparseMatrix {
  return addon().transposeStorage(matrix);
}

/** [A b]. */
export function appendColumn(A: Matrix | SparseMatrix, b: Float64Array): Matrix | SparseMatrix {
  const columns = A.columns + 1;
  if ('data' in A) {
    const data = new Float64Array(A.rows * columns);
    for (let i = 0, from = 0, to = 0; i < A.rows; ++i) {
      for (let j = 0; j < A.columns; ++j) data[to++] = A.data[from++] as number;
      data[to++] = b[i] as number;
    }
    return { data, rows: A.rows, columns };
  }
  const { rows, offsets, indices, values } = A.format === 'csc' ? A : transposeStorage(A);
  return {
    format: 'csc',
    rows,
    columns,
    offsets: joined(new Int32Array(offsets.length + 1), offsets, [indices.length + rows]),
    indices: joined(new Int32Array(indices.length + rows), indices, [...b.keys()]),
    values: joined(new Float64Array(values.length + rows), values, b),
  };
}

function joined<T extends Int32Array | Float64Array>(to: T, first: ArrayLike<number>, second: ArrayLike<number>): T {
  to.set(first);
  to.set(second, first.length);
  return to;
}

export function supportOf(x: Float64Array): Int32Array {
  return Int32Array.from([...x.keys()].filter((i) => x[i] !== 0));
}

export const dot = (x: Float64Array, y: Float64Array): number =>
  x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
export const squares = (x: Float64Array): number => dot(x, x);
export const norm = (x: Float64Array): number => Math.sqrt(squares(x));

export function pNorm(x: Float64Array, p: number): number {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (p === Number.POSITIVE_INFINITY || largest === 0) return largest;
  return largest * x.reduce((sum, value) => sum + Math.abs(value / largest) ** p, 0) ** (1 / p);
}

export function residual(A: Matrix | SparseMatrix, x: Float64Array, b: Float64Array): Float64Array {
  return multiply(A, x).map((value, i) => value - (b[i] as number));
}

export function rowOf(A: Matrix | SparseMatrix, row: number): Float64Array {
  if ('data' in A) return Float64Array.from(A.data.subarray(row * A.columns, (row + 1) * A.columns));
  const found = new Float64Array(A.columns);
  eachEntry(A, (i, j, value) => {
    if (i === row) found[j] = value;
  });
  return found;
}

/** Means of the columns, over the rows of which `counts` says so. */
export function meansOf(X: Matrix, counts: (row: number) => boolean = () => true): Float64Array {
  const means = new Float64Array(X.columns);
  let rows = 0;
  for (let i = 0; i < X.rows; ++i) {
    if (!counts(i)) continue;
    ++rows;
    for (let j = 0; j < X.columns; ++j) means[j] = (means[j] as number) + (X.data[i * X.columns + j] as number);
  }
  return means.map((sum) => sum / rows);
}

/** Each row less the mean of its group, times `scale`. */
export function centred(X: Matrix, means: readonly Float64Array[], group: (row: number) => number, scale = 1): Matrix {
  const data = new Float64Array(X.data.length);
  for (let i = 0; i < X.rows; ++i) {
    const mean = means[group(i)] as Float64Array;
    for (let j = 0; j < X.columns; ++j) {
      const at = i * X.columns + j;
      data[at] = scale * ((X.data[at] as number) - (mean[j] as number));
    }
  }
  return { ...X, data };
}

export function toDense(A: Matrix | SparseMatrix): Matrix {
  const { rows, columns } = A;
  const data = new Float64Array(rows * columns);
  eachEntry(A, (i, j, value) => {
    data[i * columns + j] = value;
  });
  return { data, rows, columns };
}
