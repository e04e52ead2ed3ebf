// Linear equations A x = b and inequalities that come with a problem family.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkBounds } from '../core/bounds.js';
import { checkVector } from '../core/check.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../core/matrix.js';
import { toOperand } from '../core/operand.js';

export interface LinearRows {
  A: Matrix | SparseMatrix;
  b: Float64Array;
}

/** A with n columns and b with a number for each row; both or none. `read` checks a matrix argument. */
export function checkLinearRows(
  A: MatrixLike | SparseMatrix | undefined,
  b: ArrayLike<number> | undefined,
  n: number,
  read = toOperand,
): LinearRows | undefined {
  if (A === undefined && b === undefined) return undefined;
  if (A === undefined) throw typeError('A = undefined: expected a matrix, as there is b');
  const matrix = read('A', A);
  if (matrix.columns !== n) throw rangeError(`A: expected ${n} columns, one for each unknown, got ${matrix.columns}`);
  if (matrix.rows > n) throw rangeError(`A: expected no more rows than the ${n} unknowns, got ${matrix.rows}`);
  const right = checkVector('b', b, { length: matrix.rows, per: 'one for each row of A' }).slice();
  return { A: matrix, b: right };
}

/** Linear inequalities lower <= G x <= upper, infinite where there is no side. */
export interface InequalityRows {
  G: Matrix | SparseMatrix;
  lower: Float64Array;
  upper: Float64Array;
}

/** G with n columns and a side for each row, at least on one side; all or none. `read` checks a matrix argument. */
export function checkInequalityRows(
  given: {
    G?: MatrixLike | SparseMatrix | undefined;
    atMost?: number | ArrayLike<number> | undefined;
    atLeast?: number | ArrayLike<number> | undefined;
  },
  n: number,
  read = toOperand,
): InequalityRows | undefined {
  const { G, atMost, atLeast } = given;
  if (G === undefined) {
    const side = atMost !== undefined ? 'atMost' : 'atLeast';
    if (given[side] === undefined) return undefined;
    throw typeError(`G = undefined: expected a matrix, as there is ${side}`);
  }
  if (atMost === undefined && atLeast === undefined) {
    throw typeError('atMost = undefined: expected numbers, or atLeast, as there is G');
  }
  const matrix = read('G', G);
  if (matrix.columns !== n) throw rangeError(`G: expected ${n} columns, one for each unknown, got ${matrix.columns}`);
  const sides = checkBounds({ name: 'atLeast', value: atLeast }, { name: 'atMost', value: atMost }, [matrix.rows]);
  return { G: matrix, ...sides };
}

/** Rows that do not change with the arrays of the user, for an addon that reads them later. */
export function ownRows(rows: LinearRows | undefined): LinearRows | undefined {
  if (rows === undefined) return undefined;
  const { A, b } = rows;
  if ('data' in A) return { A: { ...A, data: A.data.slice() }, b };
  return { A: { ...A, offsets: A.offsets.slice(), indices: A.indices.slice(), values: A.values.slice() }, b };
}
