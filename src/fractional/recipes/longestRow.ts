// Where principal and independent components begin.
import { backward, cholesky, diagonalOf, eachEntry, forward, rowOf, squares, toDense } from '../../core/algebra.js';
import type { Matrix, SparseMatrix } from '../../core/matrix.js';

/**
 * The row g with the largest g^T Q^-1 g, as Q^-1 g: the best x for p = Infinity (`optimal`). Where that takes long, or is not
 * `exact`ly needed, the largest by the diagonal of Q.
 */
export function longestRow(
  G: Matrix | SparseMatrix,
  exact: boolean,
  Q: Matrix | SparseMatrix | undefined,
): { x: Float64Array; optimal: boolean } {
  const { rows: m, columns: n } = G;
  const optimal = exact && (Q === undefined || n ** 3 / 3 + m * n ** 2 <= 1e8);
  const L = optimal && Q ? cholesky(Q) : undefined;
  const scale = Q && !L ? diagonalOf(Q) : new Float64Array(n).fill(1);
  const lengths = new Float64Array(m);
  if (L) {
    const dense = toDense(G);
    for (let i = 0; i < m; ++i) lengths[i] = squares(forward(L, rowOf(dense, i)));
  } else {
    eachEntry(G, (i, j, value) => {
      lengths[i] = (lengths[i] as number) + value ** 2 / (scale[j] as number);
    });
  }
  const longest = lengths.reduce((best, length, i) => (length > (lengths[best] as number) ? i : best), 0);
  if (lengths[longest] === 0) throw new RangeError('G: expected an entry that is not 0');
  const g = rowOf(G, longest);
  return { x: L ? backward(L, forward(L, g)) : g.map((value, j) => value / (scale[j] as number)), optimal };
}
