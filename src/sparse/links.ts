// Linear predictions of some rows by all models of a path.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { transposeStorage } from '../core/algebra.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import type { SparseAnswer } from './problem.js';

/** Milliseconds of computing between two turns of the event loop. */
const slice = 10;

/**
 * Linear predictions of the rows by each model, without offsets: row after row, a number for each lambda. Other events are served now and
 * then.
 */
export async function linksAlong(
  x: Matrix | SparseMatrix,
  rows: Int32Array,
  answer: SparseAnswer,
): Promise<Float64Array> {
  const { lambdas, intercepts } = answer;
  const count = lambdas.length;
  const links = new Float64Array(rows.length * count);
  const add = 'data' in x ? denseAdder(x, rows) : sparseAdder(x, rows);
  const column = new Float64Array(rows.length);
  let turn = performance.now();
  for (let k = 0; k < count; ++k) {
    column.fill(intercepts[k] as number);
    for (let l = answer.offsets[k] as number; l < (answer.offsets[k + 1] as number); ++l) {
      add(column, answer.indices[l] as number, answer.values[l] as number);
    }
    for (let i = 0; i < rows.length; ++i) links[i * count + k] = column[i] as number;
    if (performance.now() - turn < slice) continue;
    await nextTurn();
    turn = performance.now();
  }
  return links;
}

/** Adds a multiple of a column's entries in the rows. */
type Adder = (to: Float64Array, j: number, factor: number) => void;

function denseAdder({ data, columns }: Matrix, rows: Int32Array): Adder {
  // The rows by columns, so that each column is read in one piece.
  const copy = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    for (let j = 0; j < columns; ++j) copy[j * rows.length + i] = data[row * columns + j] as number;
  });
  return (to, j, factor) => {
    const from = j * rows.length;
    for (let i = 0; i < to.length; ++i) to[i] = (to[i] as number) + factor * (copy[from + i] as number);
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
