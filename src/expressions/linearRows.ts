// Linear equations A x = b that come with a problem family.
import { eachEntry } from '../core/algebra.js';
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

/**
 * The least ||x||^2 with A x = b, by orthogonalising the rows. Not worked out, and undefined, where that were the work of a solve.
 * @throws RangeError for a row that contradicts those before it.
 */
export function leastNorm({ A, b }: LinearRows): number | undefined {
  const { rows: m, columns: n } = A;
  const affordable = 3e7;
  if (m * m * n > affordable) return undefined;
  const rows = Array.from({ length: m }, () => new Float64Array(n));
  eachEntry(A, (i, j, value) => {
    (rows[i] as Float64Array)[j] = value;
  });
  const basis: { q: Float64Array; right: number }[] = [];
  let squared = 0;
  rows.forEach((row, i) => {
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    for (let j = 0; j < n; ++j) row[j] = (row[j] as number) / largest;
    let right = (b[i] as number) / largest;
    const size = Math.sqrt(dot(row, row));
    let terms = Math.abs(right); // what has been added up, for its rounding
    for (let pass = 0; pass < 2; ++pass) {
      for (const { q, right: other } of basis) {
        const along = dot(q, row);
        for (let j = 0; j < n; ++j) row[j] = (row[j] as number) - along * (q[j] as number);
        right -= along * other;
        terms += Math.abs(along * other);
      }
    }
    const left = Math.sqrt(dot(row, row));
    if (left > 1e-10 * size) {
      basis.push({ q: row.map((value) => value / left), right: right / left });
      squared += (right / left) ** 2;
    } else if (Math.abs(right) > 1e-8 * Math.max(terms, size)) {
      throw new RangeError(
        `b[${i}] = ${b[i]}: row ${i} of A depends on those before it, which make it ${(b[i] as number) - largest * right}`,
      );
    }
  });
  return squared;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; ++j) sum += (a[j] as number) * (b[j] as number);
  return sum;
}
