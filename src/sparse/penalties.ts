// Penalties that select columns: small frozen objects from functions that check what they are given.
import { rangeError } from '../core/argumentError.js';
import { checkMembers, checkNumber, checkObject, checkVector, show } from '../core/check.js';
import type { SettingsOf } from '../core/makers.js';
import * as made from '../generated/sparseChoices.js';
import { checkFraction, checkOpenFraction } from './fractions.js';

/** Weights of the sizes of coefficients, the largest first, or what they are beside 1 for each smaller size. */
interface WithWeights {
  readonly weights?: readonly number[] | { readonly pairs: number };
}

/** The name of a penalty, or one with its settings, made by one of the functions of this file, such as {@link lasso} or {@link mcp}. */
export type SparsePenalty = made.SparsePenalty | (ReturnType<typeof made.slope> & WithWeights);

export type NonConvexPenaltySettings = SettingsOf<typeof made.mcp>;
export type BestSubsetSettings = SettingsOf<typeof made.bestSubset>;

/** lambda |b| for each coefficient b; with a share `alpha` below 1 the {@link elasticNet}. */
export const lasso = made.lasso;

/**
 * lambda (alpha |b| + (1 - alpha) b^2 / 2) for each coefficient b, with alpha from 0, which is ridge regression, to 1, the lasso.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function elasticNet(alpha: number): ReturnType<typeof lasso> {
  return lasso({ alpha: checkFraction('alpha', alpha, false) });
}

/**
 * The minimax concave penalty of C.-H. Zhang (2010): with l = lambda alpha, l |b| - b^2 / (2 gamma) up to |b| = gamma l, constant beyond.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function mcp(settings: NonConvexPenaltySettings = {}): ReturnType<typeof made.mcp> {
  return checked(made.mcp(settings), 1);
}

/**
 * The smoothly clipped absolute deviation of Fan and Li (2001): with l = lambda alpha, l |b| up to |b| = l, constant from gamma l on, and a
 * parabola between.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function scad(settings: NonConvexPenaltySettings = {}): ReturnType<typeof made.scad> {
  return checked(made.scad(settings), 2);
}

/**
 * lambda alpha sqrt(|b|), the lq penalty with q = 1/2 of Xu et al. (2012). A coefficient is 0 or at once of a size, and shrinks the less the
 * larger it is. Its lambdas compare with those of no other penalty.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function lq(settings: SettingsOf<typeof made.lq> = {}): ReturnType<typeof made.lq> {
  return checked(made.lq(settings));
}

/**
 * lambda for each coefficient that is not 0, and `ridge` b^2 / 2: the best subset of the columns, with a bound by branch and bound of what
 * any other could reach. For family `'gaussian'`. With a `size` or `sizes` instead of lambda it is the best subset of at most so
 * many columns, and a column costs nothing.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function bestSubset(settings: BestSubsetSettings = {}): ReturnType<typeof made.bestSubset> {
  const penalty = made.bestSubset(settings);
  const { ridge, largest } = penalty;
  if (ridge !== undefined) checkNumber('ridge', ridge, { lower: 0 });
  if (largest !== undefined) checkNumber('largest', largest, { lower: 0, open: true });
  return penalty;
}

export interface SlopeSettings extends SettingsOf<typeof made.slope> {
  /** Weights of your own, one for each column of x, that do not rise. */
  weights?: ArrayLike<number> | undefined;
}

/**
 * SLOPE, the sorted l1 norm of Bogdan et al. (2015): lambda sum_k w_k |b|_(k), the largest coefficient with the largest weight. Columns that
 * are much alike get coefficients of one size.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function slope(settings: SlopeSettings = {}): ReturnType<typeof made.slope> & WithWeights {
  const { weights, ...others } = checkMembers('settings', settings, ['q', 'weights'], 'setting');
  if (others.q !== undefined && weights !== undefined) {
    throw rangeError(`q = ${show(others.q)}: expected none beside weights`);
  }
  if (others.q !== undefined) checkOpenFraction('q', others.q);
  return Object.freeze({ ...made.slope(others), ...(weights && { weights: Object.freeze(fallingWeights(weights)) }) });
}

function fallingWeights(weights: ArrayLike<number>): number[] {
  const falling = Array.from(checkVector('weights', weights, { lower: 0 }));
  if (!((falling[0] ?? 0) > 0)) throw rangeError(`weights[0] = ${falling[0]}: expected a number > 0`);
  falling.forEach((weight, k) => {
    const before = k > 0 ? (falling[k - 1] as number) : weight;
    if (weight > before) throw rangeError(`weights[${k}] = ${weight}: expected at most weights[${k - 1}] = ${before}`);
  });
  return falling;
}

/**
 * OSCAR of Bondell and Reich (2008): lambda (sum_j |b_j| + c sum_{j < k} max(|b_j|, |b_k|)), which is SLOPE with weights 1 + c (p - k).
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function oscar(settings: { c?: number | undefined } = {}): ReturnType<typeof made.slope> & WithWeights {
  const { c = 0.1 } = checkMembers('settings', settings, ['c'], 'setting');
  return Object.freeze({ kind: 'slope', weights: { pairs: checkNumber('c', c, { lower: 0 }) } });
}

/**
 * The fused lasso of Tibshirani et al. (2005): lambda (alpha sum_j |b_j| + (1 - alpha) sum_j |b_{j+1} - b_j|), for columns in an order, such
 * as times or places: neighbours get the same coefficient. Usually with `standardize: false`.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function fused(settings: SettingsOf<typeof made.fused> = {}): ReturnType<typeof made.fused> {
  return checked(made.fused({ alpha: 0.5, ...checkObject('settings', settings) }));
}

/**
 * lambda f_g ||b_g|| for each group g of coefficients, which is 0 as a whole or not at all: the groups of the data with one response; each
 * column's coefficients of all responses or classes with several. f_g is the root of the number of columns unless `penaltyFactor` says
 * otherwise. Groups are not made orthonormal.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function groupLasso(settings: SettingsOf<typeof made.groupLasso> = {}): ReturnType<typeof made.groupLasso> {
  return checked(made.groupLasso(settings));
}

/**
 * lambda ((1 - alpha) f_g ||b_g|| + alpha ||b_g||_1) for each group, with alpha from 0, the group lasso, to 1, the lasso: groups are 0, and
 * coefficients within groups.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function sparseGroupLasso(alpha: number): ReturnType<typeof made.sparseGroupLasso> {
  return made.sparseGroupLasso({ alpha: checkFraction('alpha', alpha, false) });
}

/**
 * The minimax concave penalty {@link mcp} of the norm of each group's coefficients, with l = lambda alpha f_g.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function groupMcp(settings: NonConvexPenaltySettings = {}): ReturnType<typeof made.groupMcp> {
  return checked(made.groupMcp(settings), 1);
}

/**
 * The smoothly clipped absolute deviation {@link scad} of the norm of each group's coefficients, with l = lambda alpha f_g.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function groupScad(settings: NonConvexPenaltySettings = {}): ReturnType<typeof made.groupScad> {
  return checked(made.groupScad(settings), 2);
}

/**
 * The penalty {@link lq} of the norm of each group's coefficients, with l = lambda alpha f_g: groups are 0 or at once of a size.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function groupLq(settings: SettingsOf<typeof made.groupLq> = {}): ReturnType<typeof made.groupLq> {
  return checked(made.groupLq(settings));
}

/** A penalty whose share is above 0 and whose `gamma` is above `least`. */
function checked<Penalty extends { readonly alpha?: number | undefined; readonly gamma?: number | undefined }>(
  penalty: Penalty,
  least = 0,
): Penalty {
  const { alpha, gamma } = penalty;
  if (alpha !== undefined) checkFraction('alpha', alpha, true);
  if (gamma !== undefined) checkNumber('gamma', gamma, { lower: least, open: true });
  return penalty;
}
