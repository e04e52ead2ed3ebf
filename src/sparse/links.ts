// Linear predictions of some rows by all models of a path.
import { transposeStorage } from '../core/algebra.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { pauses } from '../core/yieldingLoops.js';
import type { SparseAnswer } from './problem.js';

/**
 * Linear predictions of the rows by each model of a path, for `count` lambdas: lambda after lambda, a number for each row, of several
 * responses one response after the other. The last model
 * stands for lambdas that were not fitted. Other events are served now and then.
 */
export async function linksAlong(
  x: Matrix | SparseMatrix,
  rows: Int32Array,
  offset: Float64Array | undefined,
  { lambda, intercepts, offsets, indices, values }: SparseAnswer,
  count: number,
): Promise<Float64Array> {
  const responses = lambda.length > 0 ? intercepts.length / lambda.length : 1;
  const size = rows.length * responses;
  const links = new Float64Array(size * count).fill(Number.NaN);
  const add = adderOf(x, rows);
  const shifts = offset
    ? Float64Array.from(
        { length: size },
        (_, i) => offset[Math.floor(i / rows.length) * x.rows + (rows[i % rows.length] as number)] as number,
      )
    : undefined;
  const pause = pauses();
  for (let k = 0; k < count && lambda.length > 0; ++k) {
    const of = links.subarray(k * size, (k + 1) * size);
    if (k >= lambda.length) {
      of.set(links.subarray((k - 1) * size, k * size));
      continue;
    }
    const parts = Array.from({ length: responses }, (_, r) => of.subarray(r * rows.length, (r + 1) * rows.length));
    parts.forEach((part, r) => {
      part.fill(intercepts[k * responses + r] as number);
    });
    for (let l = offsets[k] as number; l < (offsets[k + 1] as number); ++l) {
      const place = indices[l] as number;
      add(parts[Math.floor(place / x.columns)] as Float64Array, place % x.columns, values[l] as number);
    }
    if (shifts) for (let i = 0; i < of.length; ++i) of[i] = (of[i] as number) + (shifts[i] as number);
    const due = pause();
    if (due) await due;
  }
  return links;
}

/** Adds a multiple of a column's entries in the rows. */
export type Adder = (to: Float64Array, j: number, factor: number) => void;

export function adderOf(x: Matrix | SparseMatrix, rows: Int32Array): Adder {
  return 'data' in x ? denseAdder(x, rows) : sparseAdder(x, rows);
}

function denseAdder({ data, columns }: Matrix, rows: Int32Array): Adder {
  // The rows of columns that models have, so that each of these is read in one piece.
  const copies = new Map<number, Float64Array>();
  const copyOf = (j: number): Float64Array => {
    const copy = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; ++i) copy[i] = data[(rows[i] as number) * columns + j] as number;
    copies.set(j, copy);
    return copy;
  };
  return (to, j, factor) => {
    const column = copies.get(j) ?? copyOf(j);
    for (let i = 0; i < to.length; ++i) to[i] = (to[i] as number) + factor * (column[i] as number);
  };
}

function sparseAdder(x: SparseMatrix, rows: Int32Array): Adder {
  const { offsets, indices, values } = x.format === 'csc' ? x : transposeStorage(x);
  const place = new Int32Array(x.rows).fill(-1);
  rows.forEach((row, i) => {
    place[row] = i;
  });
  return (to, j, factor) => {
    for (let k = offsets[j] as number; k < (offsets[j + 1] as number); ++k) {
      const i = place[indices[k] as number] as number;
      if (i >= 0) to[i] = (to[i] as number) + factor * (values[k] as number);
    }
  };
}
