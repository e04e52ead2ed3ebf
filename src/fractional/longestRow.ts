// Where principal and independent components begin.
import { diagonalOf, eachEntry, rowOf } from '../core/algebra.js';
import { rangeError } from '../core/argumentError.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { solvePositiveDefinite } from '../core/positiveDefinite.js';

/**
 * The row g with the largest g^T Q^-1 g, as Q^-1 g: the best x for p = Infinity (`optimal`). Where that takes long, or is not
 * `exact`ly needed, the largest by the diagonal of Q.
 */
export async function longestRow(
  G: Matrix | SparseMatrix,
  exact: boolean,
  Q: Matrix | SparseMatrix | undefined,
): Promise<{ x: Float64Array; optimal: boolean }> {
  const { rows: m, columns: n } = G;
  const optimal = exact && (Q === undefined || n ** 3 / 3 + m * n ** 2 <= 1e8);
  const solved = optimal && Q ? await solvePositiveDefinite(Q, G) : undefined;
  const scale = Q && !solved ? diagonalOf(Q) : new Float64Array(n).fill(1);
  const lengths = new Float64Array(m);
  eachEntry(G, (i, j, value) => {
    const square = solved ? value * (solved.data[i * n + j] as number) : value ** 2 / (scale[j] as number);
    lengths[i] = (lengths[i] as number) + square;
  });
  const longest = lengths.reduce((best, length, i) => (length > (lengths[best] as number) ? i : best), 0);
  if (lengths[longest] === 0) throw rangeError('G: expected an entry that is not 0');
  if (solved) return { x: rowOf(solved, longest), optimal };
  return { x: rowOf(G, longest).map((value, j) => value / (scale[j] as number)), optimal };
}
