// Linear equations A x = b that come with a problem family.
import { checkVector } from '../core/check.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../core/matrix.js';
import { toOperand } from '../core/operand.js';

export interface LinearRows {
  A: Matrix | SparseMatrix;
  b: Float64Array;
}

/** A with n columns and b with a number for each row; both or none. */
export function checkLinearRows(
  A: MatrixLike | SparseMatrix | undefined,
  b: ArrayLike<number> | undefined,
  n: number,
): LinearRows | undefined {
  if (A === undefined && b === undefined) return undefined;
  if (A === undefined) throw new TypeError('A = undefined: expected a matrix, as there is b');
  const matrix = toOperand('A', A);
  if (matrix.columns !== n)
    throw new RangeError(`A: expected ${n} columns, one for each unknown, got ${matrix.columns}`);
  if (matrix.rows > n) throw new RangeError(`A: expected no more rows than the ${n} unknowns, got ${matrix.rows}`);
  const right = checkVector('b', b, { length: matrix.rows, per: 'one for each row of A' }).slice();
  return { A: matrix, b: right };
}

/** Rows that do not change with the arrays of the user, for an addon that reads them later. */
export function ownRows(rows: LinearRows | undefined): LinearRows | undefined {
  if (rows === undefined) return undefined;
  const { A, b } = rows;
  if ('data' in A) return { A: { ...A, data: A.data.slice() }, b };
  return { A: { ...A, offsets: A.offsets.slice(), indices: A.indices.slice(), values: A.values.slice() }, b };
}
