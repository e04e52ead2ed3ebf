// Penalties that select columns: small frozen objects from functions that check what they are given.
import { checkMembers, checkNumber, checkVector, show } from '../core/check.js';
import type { SparseOptions } from '../generated/sparse.js';
import { checkFraction, checkOpenFraction } from './fractions.js';

/** A penalty made by one of the functions of this file, such as {@link lasso} or {@link mcp}. */
export interface SparsePenalty {
  readonly kind: 'elasticNet' | NonNullable<SparseOptions['penalty']>;
  /** Share of the part that selects; the rest is that of the squares. */
  readonly alpha: number;
  /** The size of a coefficient from which on the penalty is constant, in lambdas. */
  readonly gamma?: number;
  /** Weight of the squares of coefficients beside the number of them, halved. */
  readonly ridge?: number;
  /** The largest coefficient that is allowed, of columns as they are penalised. */
  readonly largest?: number;
  /** Level of the false discovery rate that weights are made for. */
  readonly q?: number;
  /** Weights of the sizes of coefficients, the largest first, or what they are beside 1 for each smaller size. */
  readonly weights?: readonly number[] | { readonly pairs: number };
}

export interface GroupLassoOptions {
  /** Share of the norm, above 0 and at most 1; the rest is lambda (1 - alpha) f_g ||b_g||^2 / 2. Default 1. */
  alpha?: number | undefined;
}

export interface NonConvexPenaltyOptions {
  /** The size of a coefficient from which on the penalty is constant, in lambdas: above 1 for {@link mcp} (default 3), above 2 for {@link scad} (default 3.7). */
  gamma?: number | undefined;
  /** Share of the part that selects, above 0 and at most 1; the rest is lambda (1 - alpha) b^2 / 2. Default 1. */
  alpha?: number | undefined;
}

/** lambda |b| for each coefficient b. */
export function lasso(): SparsePenalty {
  return Object.freeze({ kind: 'lasso', alpha: 1 });
}

/**
 * lambda (alpha |b| + (1 - alpha) b^2 / 2) for each coefficient b, with alpha from 0, which is ridge regression, to 1, the lasso.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function elasticNet(alpha: number): SparsePenalty {
  return Object.freeze({ kind: 'elasticNet', alpha: checkFraction('alpha', alpha, false) });
}

/**
 * The minimax concave penalty of C.-H. Zhang (2010): with l = lambda alpha, l |b| - b^2 / (2 gamma) up to |b| = gamma l, constant beyond.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function mcp(options: NonConvexPenaltyOptions = {}): SparsePenalty {
  return nonConvex('mcp', options, 3, 1);
}

/**
 * The smoothly clipped absolute deviation of Fan and Li (2001): with l = lambda alpha, l |b| up to |b| = l, constant from gamma l on, and a
 * parabola between.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function scad(options: NonConvexPenaltyOptions = {}): SparsePenalty {
  return nonConvex('scad', options, 3.7, 2);
}

/**
 * lambda alpha sqrt(|b|), the lq penalty with q = 1/2 of Xu et al. (2012). A coefficient is 0 or at once of a size, and shrinks the less the
 * larger it is. Its lambdas compare with those of no other penalty.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function lq(options: Pick<NonConvexPenaltyOptions, 'alpha'> = {}): SparsePenalty {
  const { alpha = 1 } = checkMembers('options', options, ['alpha'], 'option');
  return Object.freeze({ kind: 'lq', alpha: checkFraction('alpha', alpha, true) });
}

export interface BestSubsetOptions {
  /** Weight lambda_2 >= 0 of the squares: lambda_2 b^2 / 2 for each coefficient. With one the bound is of coefficients of any size. Default 0. */
  ridge?: number | undefined;
  /**
   * The largest size of a coefficient, of columns as they are penalised. Default: none with a ridge or where the columns are independent, else
   * 1.5 times the largest that was found, which `largest` of the fit then says.
   */
  largest?: number | undefined;
}

/**
 * lambda for each coefficient that is not 0, and `ridge` b^2 / 2: the best subset of the columns, with a bound by branch and bound of what
 * any other could reach. For family `'gaussian'`. With a `size`, `sizes` or `maxSize` instead of lambda it is the best subset of at most so
 * many columns, and a column costs nothing.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function bestSubset(options: BestSubsetOptions = {}): SparsePenalty {
  const { ridge, largest } = checkMembers('options', options, ['ridge', 'largest'], 'option');
  return Object.freeze({
    kind: 'bestSubset',
    alpha: 1,
    ...(ridge !== undefined && { ridge: checkNumber('ridge', ridge, { lower: 0 }) }),
    ...(largest !== undefined && { largest: checkNumber('largest', largest, { lower: 0, open: true }) }),
  });
}

export interface SlopeOptions {
  /** Level in (0, 1) of the false discovery rate that the weights are made for, the quantiles of the normal distribution at 1 - k q / (2 p). Default 0.1. */
  q?: number | undefined;
  /** Weights of your own, one for each column of x, that do not rise. */
  weights?: ArrayLike<number> | undefined;
}

/**
 * SLOPE, the sorted l1 norm of Bogdan et al. (2015): lambda sum_k w_k |b|_(k), the largest coefficient with the largest weight. Columns that
 * are much alike get coefficients of one size.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function slope(options: SlopeOptions = {}): SparsePenalty {
  const { q, weights } = checkMembers('options', options, ['q', 'weights'], 'option');
  if (q !== undefined && weights !== undefined) throw new RangeError(`q = ${show(q)}: expected none beside weights`);
  return Object.freeze({
    kind: 'slope',
    alpha: 1,
    ...(q !== undefined && { q: checkOpenFraction('q', q) }),
    ...(weights !== undefined && { weights: Object.freeze(fallingWeights(weights)) }),
  });
}

function fallingWeights(weights: ArrayLike<number>): number[] {
  const falling = Array.from(checkVector('weights', weights, { lower: 0 }));
  if (!((falling[0] ?? 0) > 0)) throw new RangeError(`weights[0] = ${falling[0]}: expected a number > 0`);
  falling.forEach((weight, k) => {
    const before = k > 0 ? (falling[k - 1] as number) : weight;
    if (weight > before)
      throw new RangeError(`weights[${k}] = ${weight}: expected at most weights[${k - 1}] = ${before}`);
  });
  return falling;
}

/**
 * OSCAR of Bondell and Reich (2008): lambda (sum_j |b_j| + c sum_{j < k} max(|b_j|, |b_k|)), which is SLOPE with weights 1 + c (p - k).
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function oscar(options: { c?: number | undefined } = {}): SparsePenalty {
  const { c = 0.1 } = checkMembers('options', options, ['c'], 'option');
  return Object.freeze({ kind: 'slope', alpha: 1, weights: { pairs: checkNumber('c', c, { lower: 0 }) } });
}

/**
 * The fused lasso of Tibshirani et al. (2005): lambda (alpha sum_j |b_j| + (1 - alpha) sum_j |b_{j+1} - b_j|), for columns in an order, such
 * as times or places: neighbours get the same coefficient. Usually with `standardize: false`.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function fused(options: { alpha?: number | undefined } = {}): SparsePenalty {
  const { alpha = 0.5 } = checkMembers('options', options, ['alpha'], 'option');
  return Object.freeze({ kind: 'fused', alpha: checkFraction('alpha', alpha, true) });
}

/**
 * lambda f_g ||b_g|| for each group g of coefficients, which is 0 as a whole or not at all: the groups of the data with one response; each
 * column's coefficients of all responses or classes with several. f_g is the root of the number of columns unless `penaltyFactor` says
 * otherwise. Groups are not made orthonormal.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function groupLasso(options: GroupLassoOptions = {}): SparsePenalty {
  const { alpha = 1 } = checkMembers('options', options, ['alpha'], 'option');
  return Object.freeze({ kind: 'groupLasso', alpha: checkFraction('alpha', alpha, true) });
}

/**
 * lambda ((1 - alpha) f_g ||b_g|| + alpha ||b_g||_1) for each group, with alpha from 0, the group lasso, to 1, the lasso: groups are 0, and
 * coefficients within groups.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function sparseGroupLasso(alpha: number): SparsePenalty {
  return Object.freeze({ kind: 'sparseGroupLasso', alpha: checkFraction('alpha', alpha, false) });
}

/**
 * The minimax concave penalty {@link mcp} of the norm of each group's coefficients, with l = lambda alpha f_g.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function groupMcp(options: NonConvexPenaltyOptions = {}): SparsePenalty {
  return nonConvex('groupMcp', options, 3, 1);
}

/**
 * The smoothly clipped absolute deviation {@link scad} of the norm of each group's coefficients, with l = lambda alpha f_g.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function groupScad(options: NonConvexPenaltyOptions = {}): SparsePenalty {
  return nonConvex('groupScad', options, 3.7, 2);
}

function nonConvex(
  kind: 'mcp' | 'scad' | 'groupMcp' | 'groupScad',
  options: NonConvexPenaltyOptions,
  usual: number,
  lower: number,
): SparsePenalty {
  const { gamma = usual, alpha = 1 } = checkMembers('options', options, ['gamma', 'alpha'], 'option');
  return Object.freeze({
    kind,
    alpha: checkFraction('alpha', alpha, true),
    gamma: checkNumber('gamma', gamma, { lower, open: true }),
  });
}
