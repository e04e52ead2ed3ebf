// Entries of x that are missing, and the means of the rows that a network is trained on in their places.
import type { Matrix } from '../core/matrix.js';
import { columnMeans, filled, filledInPieces } from '../core/missing.js';
import { isLarge } from '../core/operand.js';
import type { Encoded } from './problem.js';

/** The matrix of a solve, and the means of its rows where missing entries are imputed. */
export interface Inputs {
  x: Matrix;
  means?: Float64Array;
}

/** The matrix of a solve. A large one is filled in pieces, between which other events are served. */
export function inputsOf({ x, missing, weights, rows, options }: Encoded): Inputs | Promise<Inputs> {
  if (!missing) return { x };
  const data = { x, missing };
  const means = columnMeans(data, rows ? weightsOfRows(rows, x.rows, weights) : weights);
  if (missing.length === 0) return { x, means };
  if (!isLarge(x)) return { x: filled(data, means) as Matrix, means };
  return filledInPieces(data, means, options.signal).then((filled) => ({ x: filled as Matrix, means }));
}

/** The weights of some rows, 0 for the others. */
function weightsOfRows(rows: Int32Array, count: number, weights: Float64Array | undefined): Float64Array {
  const some = new Float64Array(count);
  for (const row of rows) some[row] = weights ? (weights[row] as number) : 1;
  return some;
}
