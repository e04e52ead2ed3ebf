// Systems with a positive definite matrix, solved beside JavaScript's thread.
import { addon } from './addon.js';
import { toDense } from './algebra.js';
import { fromNative } from './error.js';
import type { Matrix, SparseMatrix } from './matrix.js';

/**
 * Q^-1 b for each row b of B, by a Cholesky factorisation.
 * @throws (rejects) RangeError where Q is not positive definite.
 */
export async function solvePositiveDefinite(
  Q: Matrix | SparseMatrix,
  B: Matrix | SparseMatrix,
): Promise<Matrix & { data: Float64Array }> {
  const request = { Q: 'data' in Q ? Q : toDense(Q), B: 'data' in B ? B : toDense(B) };
  try {
    const { x } = (await addon().solvePositiveDefinite(request).promise) as { x: Float64Array };
    return { data: x, rows: B.rows, columns: B.columns };
  } catch (error) {
    throw fromNative(error);
  }
}
