// Sparse solutions of linear equations, by the ratio to the largest entries.
import { eachEntry, norm, residual, supportOf } from '../../core/algebra.js';
import { rangeError } from '../../core/argumentError.js';
import { checkInteger, checkMembers, checkNumber, checkOneOf, show } from '../../core/check.js';
import type { MatrixLike, SparseMatrix } from '../../core/matrix.js';
import { checkOptions } from '../../core/settingNames.js';
import { type FractionalResult, type FractionalSettings, minimizeRatio } from '../solver.js';
import { type LeastSquares, l1 as l1Penalty, leastSquares, norm2, topK } from '../terms.js';

export interface SparseRecoveryData {
  /** m x n, dense or sparse. */
  A: MatrixLike | SparseMatrix;
  /** m numbers, not all 0. */
  b: ArrayLike<number>;
}

export interface SparseRecoveryOptions extends FractionalSettings {
  /** `'topK'` where `k` is given, else `'l1l2'`, unless set. */
  penalty?: 'topK' | 'l1l2' | undefined;
  /** Entries that may be other than 0 for free, for `'topK'`: 1 <= k <= n. It is no limit: x may have more. Left out: `'l1l2'`. */
  k?: number | undefined;
  /**
   * Weight of ||x||_1, > 0. It trades fit for sparsity as in the lasso, whose solution is 0 from max |A^T b| on. With noise: at least
   * 3 to 5 times its standard deviation, for columns of length 1. Very small ones take many iterations. Default: 0.1 max |A^T b|.
   */
  lambda?: number | undefined;
}

export interface SparseRecoveryResult extends FractionalResult {
  /** Indices of the entries of x that are not 0, in order. */
  support: Int32Array;
  /** ||A x - b||. */
  residualNorm: number;
  /** The weight of ||x||_1 that was taken. */
  lambda: number;
}

/**
 * A sparse x with A x about b, by a ratio that does not shrink what it keeps:
 *
 *     minimise  (1/2 ||A x - b||^2 + lambda ||x||_1) / (lambda topK(x))          penalty 'topK'
 *     minimise  (1/2 ||A x - b||^2 + lambda ||x||_1) / (lambda ||x||_2)          penalty 'l1l2'
 *
 * where topK(x) is the sum of the k largest |x_i|. The first is 1 exactly where x has at most k entries other than 0 and
 * A x = b, and larger elsewhere; it needs k, which the second does not.
 *
 * ```ts
 * const { x, support } = await sparseRecovery({ A, b }, { k: 10, lambda: 0.01 });
 * ```
 *
 * It begins at the lasso's solution, min 1/2 ||A x - b||^2 + lambda ||x||_1, unless there is a `warmStart`.
 *
 * G. Yuan, "Coordinate descent methods for fractional minimization", ICML 2023 (top-k); Y. Rahimi, C. Wang, H. Dong, Y. Lou, "A
 * scale-invariant approach for sparse signal recovery", SIAM J. Sci. Comput. 41(6), 2019 (l1/l2).
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function sparseRecovery(
  data: SparseRecoveryData,
  options: SparseRecoveryOptions = {},
): Promise<SparseRecoveryResult> {
  const {
    k,
    lambda,
    penalty = k === undefined ? 'l1l2' : 'topK',
    ...settings
  } = checkOptions('fractional', options, ['k', 'lambda', 'penalty']);
  const { A, b } = checkMembers('data', data, ['A', 'b']);
  const fit = leastSquares(A, b);
  if (fit.b.every((value) => value === 0)) throw rangeError('b: expected a number that is not 0');
  const entries: ArrayLike<number> = 'values' in fit.matrix ? fit.matrix.values : fit.matrix.data;
  if (Array.prototype.every.call(entries, (value) => value === 0)) {
    throw rangeError('A: expected an entry that is not 0');
  }
  const scale = checkNumber('lambda', lambda ?? 0.1 * largestProduct(fit), { lower: 0, open: true });
  checkOneOf('penalty', penalty, ['topK', 'l1l2']);
  if (penalty === 'l1l2' && k !== undefined) {
    throw rangeError(`k = ${show(k)}: expected none with penalty 'l1l2'`);
  }
  const denominator = penalty === 'topK' ? topK(checkInteger('k', k, 1), { scale }) : norm2({ scale });
  const result = await minimizeRatio({ numerator: [fit, l1Penalty(scale)], denominator }, settings);
  const residualNorm = norm(residual(fit.matrix, result.x, fit.b));
  return { ...result, support: supportOf(result.x), residualNorm, lambda: scale };
}

/** max |A^T b|, from which on the lasso's solution is 0. */
function largestProduct({ matrix, b }: LeastSquares): number {
  const products = new Float64Array(matrix.columns);
  eachEntry(matrix, (i, j, value) => {
    products[j] = (products[j] as number) + value * (b[i] as number);
  });
  return products.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
