// Sparse generalised eigenvectors.
import { diagonalOf, dot, multiply, supportOf } from '../../core/algebra.js';
import { rangeError } from '../../core/argumentError.js';
import { checkMembers, checkNumber } from '../../core/check.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../../core/matrix.js';
import { toSymmetric } from '../../core/operand.js';
import { checkOptions } from '../../core/settingNames.js';
import { rescaled, timesTwo } from '../scale.js';
import { type FractionalResult, type FractionalSettings, minimizeRatio, naming } from '../solver.js';
import { l1Squared, quadratic } from '../terms.js';

export interface SparseGeneralizedEigenData {
  /** n x n, symmetric, positive semidefinite, dense or sparse. */
  W: MatrixLike | SparseMatrix;
  /** n x n, likewise. */
  B: MatrixLike | SparseMatrix;
}

/** The settings are those of {@link minimizeRatio}, but for `restarts`: 4, as they end at different points. */
export interface SparseGeneralizedEigenOptions extends FractionalSettings {
  /** Weight of ||x||_1^2, >= 0; 0 gives the eigenvector itself. */
  lambda: number;
}

export interface SparseGeneralizedEigenResult extends FractionalResult {
  /** x^T W x / x^T B x. */
  eigenvalue: number;
  /** Indices of the entries of x that are not 0, in order. */
  support: Int32Array;
}

/**
 * A sparse x for the smallest generalised eigenvalue of W and B:
 *
 *     minimise  (x^T W x + lambda ||x||_1^2) / (x^T B x)
 *
 * The ratio does not depend on the length of x, which is given with x^T B x = 1. The penalty is the square of the 1-norm for that
 * reason: the norm itself would vanish against the rest for long x. For the largest eigenvalue of B x = mu W x take 1 / eigenvalue:
 * with W the identity and B a covariance matrix, that is sparse principal component analysis.
 *
 * ```ts
 * const { x, eigenvalue, support } = await sparseGeneralizedEigen({ W, B }, { lambda: 0.1 });
 * ```
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function sparseGeneralizedEigen(
  data: SparseGeneralizedEigenData,
  options: SparseGeneralizedEigenOptions,
): Promise<SparseGeneralizedEigenResult> {
  const { lambda, restarts = 4, ...settings } = checkOptions('fractional', options, ['lambda']);
  const { W, B } = checkMembers('data', data, ['W', 'B']);
  const [w, b] = [toSymmetric('W', W), toSymmetric('B', B)];
  if (w.rows !== b.rows) {
    throw rangeError(`B: expected ${w.rows} x ${w.rows} as W is, got ${b.rows} x ${b.rows}`);
  }
  const weight = checkNumber('lambda', lambda, { lower: 0 });
  const ratio = {
    numerator: [quadratic(w), l1Squared(weight / 2)],
    denominator: quadratic(b),
    start: eigenStart(w, b, weight),
  };
  const result = await naming(
    { 'numerator[0]': 'W', denominator: 'B' },
    minimizeRatio(ratio, { ...settings, restarts }),
  );
  const { x } = result;
  const length = Math.sqrt(dot(x, multiply(b, x)));
  const scaled = rescaled(timesTwo(result), length);
  return { ...scaled, eigenvalue: dot(scaled.x, multiply(w, scaled.x)), support: supportOf(x) };
}

/** D^-1 B e_i, with D the diagonal of the numerator and i the best single coordinate: the first step of the power method. */
function eigenStart(W: Matrix | SparseMatrix, B: Matrix | SparseMatrix, lambda: number): Float64Array {
  const [above, below] = [diagonalOf(W).map((value) => value + lambda || 1), diagonalOf(B)];
  const gain = (i: number) => (below[i] as number) / (above[i] as number);
  const best = below.reduce((found, _, i) => (gain(i) > gain(found) ? i : found), 0);
  if (!(gain(best) > 0)) throw rangeError('B: expected an entry > 0 on the diagonal');
  const unit = new Float64Array(B.rows);
  unit[best] = 1;
  return multiply(B, unit).map((value, i) => value / (above[i] as number));
}
