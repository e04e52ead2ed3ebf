// Orthogonal factors of a matrix by Householder's reflections, with columns in the order of their lengths.
import type { Steps } from '../core/yieldingLoops.js';

/** A matrix by its columns. */
export type ColumnsOf = Float64Array[];

export interface Factors {
  /** The factored columns, in their new order: R up to the diagonal, reflections below. */
  columns: ColumnsOf;
  /** The diagonal of R, of which as many entries as `rank` count. */
  diagonal: Float64Array;
  /** The column of the matrix that stands at each place. */
  order: Int32Array;
  rank: number;
}

/** rounding: a length below this share of the longest column, times the larger dimension, is none. */
const relative = 2 ** -50;

const product = (a: Float64Array, b: Float64Array, from: number): number => {
  let sum = 0;
  for (let i = from; i < a.length; ++i) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** x - (2 v^T x / v^T v) v, v the entries of a column from `from` on. */
function reflect(v: Float64Array, from: number, x: Float64Array): void {
  const square = product(v, v, from);
  if (square === 0) return;
  const factor = (2 * product(v, x, from)) / square;
  for (let i = from; i < x.length; ++i) x[i] = (x[i] as number) - factor * (v[i] as number);
}

/** A P = Q R of columns that are overwritten; pauses after each column. */
export function* factor(columns: ColumnsOf, rows: number): Steps<Factors> {
  const count = columns.length;
  const diagonal = new Float64Array(Math.min(rows, count));
  const order = Int32Array.from(columns.keys());
  let least = 0;
  for (let k = 0; k < diagonal.length; ++k) {
    const lengths = columns.slice(k).map((column) => Math.sqrt(product(column, column, k)));
    const place = k + lengths.indexOf(Math.max(...lengths));
    const length = lengths[place - k] as number;
    if (k === 0) least = relative * Math.max(rows, count) * length;
    if (!(length > least)) return { columns, diagonal, order, rank: k };
    [columns[k], columns[place]] = [columns[place] as Float64Array, columns[k] as Float64Array];
    [order[k], order[place]] = [order[place] as number, order[k] as number];
    const v = columns[k] as Float64Array;
    diagonal[k] = (v[k] as number) > 0 ? -length : length;
    v[k] = (v[k] as number) - (diagonal[k] as number);
    for (let j = k + 1; j < count; ++j) reflect(v, k, columns[j] as Float64Array);
    yield;
  }
  return { columns, diagonal, order, rank: diagonal.length };
}

/** Orthonormal columns of length `rows` that are orthogonal to all that were factored. */
export function* complement({ columns, rank }: Factors, rows: number): Steps<ColumnsOf> {
  const made: ColumnsOf = [];
  for (let j = rank; j < rows; ++j) {
    const column = new Float64Array(rows);
    column[j] = 1;
    for (let k = rank - 1; k >= 0; --k) reflect(columns[k] as Float64Array, k, column);
    made.push(column);
    yield;
  }
  return made;
}

/** Solves R t = right for the first `right.length` columns; overwrites right. */
export function solveUpper({ columns, diagonal }: Factors, right: Float64Array): Float64Array {
  for (let k = right.length - 1; k >= 0; --k) {
    let value = right[k] as number;
    for (let j = k + 1; j < right.length; ++j)
      value -= ((columns[j] as Float64Array)[k] as number) * (right[j] as number);
    right[k] = value / (diagonal[k] as number);
  }
  return right;
}

/** The lower triangular L with S = L L^T as the factors of S' upper one; undefined unless S is positive definite. */
export function* cholesky(S: ColumnsOf): Steps<Factors | undefined> {
  const count = S.length;
  const diagonal = new Float64Array(count);
  for (let j = 0; j < count; ++j) {
    const column = S[j] as Float64Array;
    for (let i = 0; i <= j; ++i) {
      const other = S[i] as Float64Array;
      let value = column[i] as number;
      for (let k = 0; k < i; ++k) value -= (column[k] as number) * (other[k] as number);
      if (i < j) column[i] = value / (diagonal[i] as number);
      else if (!(value > relative * count * Math.abs(column[j] as number))) return undefined;
      else diagonal[j] = Math.sqrt(value);
    }
    yield;
  }
  return { columns: S, diagonal, order: Int32Array.from(S.keys()), rank: count };
}
