import { dot, multiply } from '../../core/algebra.js';
import { rangeError } from '../../core/argumentError.js';
import { checkMembers, checkNumber, checkVector } from '../../core/check.js';
import type { Matrix, MatrixLike } from '../../core/matrix.js';
import { toSymmetric } from '../../core/operand.js';
import { checkOptions } from '../../core/settingNames.js';
import { withinBounds } from '../activeSet.js';
import { checkedBounds, checkScale, type Market, noReturn, ratioOf, resultAt } from '../portfolio.js';
import type { Limited } from '../sequence.js';
import { type FractionalResult, type FractionalSettings, minimizeRatio, naming } from '../solver.js';

/**
 * The settings are those of {@link minimizeRatio}, but for `maxIterations`: 100,000, as strongly correlated assets take many.
 * A `warmStart` beyond the bounds is not used.
 */
export interface MaxSharpeData {
  /** n expected returns. */
  mu: ArrayLike<number>;
  /** n x n, their covariance, of the same period: a ratio of monthly numbers is a monthly ratio. */
  Sigma: MatrixLike;
}

export interface MaxSharpeOptions extends FractionalSettings {
  /**
   * lower_i <= w_i <= upper_i, each one number for all or n of them. Default: lower 0, so no short positions, and upper Infinity.
   * Possible are lower bounds that are all finite, upper bounds that are all finite, or, with lower -Infinity and upper
   * Infinity, no bounds at all.
   */
  bounds?:
    | { lower?: number | ArrayLike<number> | undefined; upper?: number | ArrayLike<number> | undefined }
    | undefined;
  /**
   * Weight of ||w||_1^2 against the variance, >= 0: a price of gross exposure, which without short positions is 1. Not with bounds
   * other than none where a lower one is negative. Default: 0.
   */
  lambda?: number | undefined;
  /** Return of what has no risk, in the unit of mu, which returns are compared with. Default: 0. */
  riskFree?: number | undefined;
}

export interface MaxSharpeResult extends FractionalResult {
  /** n numbers that sum to 1, within the bounds. The same as `x`. */
  weights: Float64Array;
  /** mu^T w. */
  expectedReturn: number;
  /** sqrt(w^T Sigma w). */
  volatility: number;
  /** (mu^T w - riskFree) / volatility: what is maximised, without `lambda`. */
  ratio: number;
}

/**
 * The portfolio with the largest Sharpe ratio:
 *
 *     maximise    (mu^T w - riskFree) / sqrt(w^T Sigma w + lambda ||w||_1^2)
 *     subject to  sum_i w_i = 1,  lower <= w <= upper
 *
 * ```ts
 * const { weights, ratio } = await maxSharpe({ mu, Sigma });                                  // long only
 * const capped = await maxSharpe({ mu, Sigma }, { bounds: { upper: 0.1 } });                  // at most a tenth each
 * const free = await maxSharpe({ mu, Sigma }, { bounds: { lower: -Infinity }, lambda: 0.001 });   // any short positions
 * ```
 *
 * The inverse of the squared ratio does not depend on the length of w, so with w >= 0 it is minimised for any sum and then scaled. So
 * it is with other bounds that are one for each asset, after a linear change of variables; where assets have two, it is solved for
 * those that are held at the farther one, until these are the right ones. All portfolios returned are within the bounds, and the
 * optimum is global. Without bounds it may not be attained, as shorting the best mixture at ever larger size comes ever closer to
 * it: then the status is `'unbounded'`, and the weights sum to -1 or 0.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value: bounds that no weights satisfy or that are
 * not possible, no portfolio with a return above `riskFree`; and as {@link minimizeRatio} does.
 */
export async function maxSharpe(data: MaxSharpeData, options: MaxSharpeOptions = {}): Promise<MaxSharpeResult> {
  const { bounds = {}, lambda = 0, riskFree = 0, maxIterations = 100_000, ...others } = checkedOptions(options);
  const { mu, Sigma } = checkMembers('data', data, ['mu', 'Sigma']);
  const settings = { maxIterations, ...others };
  const returns = checkVector('mu', mu);
  const n = returns.length;
  const covariance = toSymmetric('Sigma', Sigma) as Matrix;
  if (covariance.rows !== n) {
    throw rangeError(`Sigma: expected ${n} x ${n} for ${n} numbers mu, got ${covariance.rows} x ${covariance.rows}`);
  }
  const market: Market = {
    excess: returns.map((value) => value - checkNumber('riskFree', riskFree)),
    covariance,
    exposure: checkNumber('lambda', lambda, { lower: 0 }),
  };
  checkScale('mu', market.excess);
  checkScale('Sigma', covariance.data);
  const polytope = checkedBounds(bounds, n);
  if (market.exposure > 0 && polytope !== 'none' && polytope.lower.some((low) => low < 0)) {
    throw rangeError(`lambda = ${lambda}: expected 0 with lower bounds below 0, unless there are no bounds at all`);
  }
  const found = await (polytope === 'none'
    ? withoutBounds(market, settings)
    : withinBounds(market, polytope, settings));

  const { x } = found;
  const volatility = Math.sqrt(Math.max(0, dot(x, multiply(covariance, x))));
  return {
    ...found,
    weights: x,
    expectedReturn: dot(returns, x),
    volatility,
    ratio: dot(market.excess, x) / volatility,
  };
}

function checkedOptions(options: MaxSharpeOptions): MaxSharpeOptions {
  return checkOptions('fractional', options, ['bounds', 'lambda', 'riskFree']);
}

async function withoutBounds(market: Market, settings: Limited): Promise<FractionalResult> {
  const { excess, covariance } = market;
  const n = excess.length;
  if (excess.every((value) => value === 0)) throw noReturn(0);
  // Each asset as if it were alone.
  const start = excess.map((value, i) => value / ((covariance.data[i * n + i] as number) || 1));
  const result = await naming({ 'numerator[0]': 'Sigma' }, minimizeRatio({ ...ratioOf(market), start }, settings));
  const sum = result.x.reduce((total, value) => total + value, 0);
  const gross = result.x.reduce((total, value) => total + Math.abs(value), 0);
  if (sum > 1e-12 * gross) {
    return resultAt(
      result.x.map((value) => value / sum),
      market,
      result,
    );
  }
  const scale = sum < -1e-12 * gross ? -sum : gross;
  const short = resultAt(
    result.x.map((value) => value / scale),
    market,
    result,
  );
  const message = `No weights that sum to 1 attain the largest ratio: the best mixture sums to ${sum / gross} for a gross exposure of 1.`;
  return { ...short, status: 'unbounded', message, certificate: { kind: 'none' } };
}
