import { dot, multiply } from '../algebra.js';
import { checkNumber, checkNumbers, checkObject, checkVector } from '../check.js';
import { fractionalDefaults } from '../generated/settings.js';
import { type Matrix, type MatrixLike, toSymmetric } from '../matrix.js';
import {
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  type FractionalStart,
  minimizeRatio,
} from './fractional.js';
import { at, l1Squared, linearSquared, nonNegative, quadratic } from './fractionalTerms.js';

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
  l1?: number | undefined;
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
  /** (mu^T w - riskFree) / volatility: what is maximised, without `l1`. */
  ratio: number;
}

/**
 * The portfolio with the largest Sharpe ratio:
 *
 *     maximise    (mu^T w - riskFree) / sqrt(w^T Sigma w + l1 ||w||_1^2)
 *     subject to  sum_i w_i = 1,  lower <= w <= upper
 *
 * mu are n expected returns and Sigma is their n x n covariance, of the same period: a ratio of monthly numbers is a
 * monthly ratio.
 *
 * ```ts
 * const { weights, ratio } = await maxSharpe(mu, Sigma);                                  // long only
 * const capped = await maxSharpe(mu, Sigma, { bounds: { upper: 0.1 } });                  // at most a tenth each
 * const free = await maxSharpe(mu, Sigma, { bounds: { lower: -Infinity }, l1: 0.001 });   // any short positions
 * ```
 *
 * The inverse of the squared ratio does not depend on the length of w, so without other bounds than w >= 0 it is minimised for
 * any sum and then scaled. Other bounds are a polytope, and w is a mixture of its corners with weights >= 0, which are scaled
 * just so: the corners that count are found one after the other (simplicial decomposition), and every portfolio on the way is
 * within the bounds. The optimum is global. Where it is not attained, as shorting the best mixture at ever larger size comes ever
 * closer to it, the status is `'unbounded'`, and the weights sum to -1 or 0.
 *
 * B. von Hohenbalken, "Simplicial decomposition in nonlinear programming algorithms", Mathematical Programming 13, 1977.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value: bounds that no weights satisfy or that are
 * not possible, no portfolio with a return above `riskFree`; and as {@link minimizeRatio} does.
 */
export async function maxSharpe(
  mu: ArrayLike<number>,
  Sigma: MatrixLike,
  options: MaxSharpeOptions = {},
): Promise<MaxSharpeResult> {
  const { bounds = {}, l1 = 0, riskFree = 0, ...settings } = checkObject('options', options);
  const returns = checkVector('mu', mu);
  const n = returns.length;
  const covariance = toSymmetric('Sigma', Sigma) as Matrix;
  if (covariance.rows !== n) {
    throw new RangeError(
      `Sigma: expected ${n} x ${n} for ${n} numbers mu, got ${covariance.rows} x ${covariance.rows}`,
    );
  }
  const market: Market = {
    excess: returns.map((value) => value - checkNumber('riskFree', riskFree)),
    covariance,
    exposure: checkNumber('l1', l1, { lower: 0 }),
  };
  const polytope = checkedBounds(bounds, n);
  if (market.exposure > 0 && polytope !== 'none' && polytope.lower.some((low) => low < 0)) {
    throw new RangeError(`l1 = ${l1}: expected 0 with lower bounds below 0, unless there are no bounds at all`);
  }
  const found = await (polytope === 'none'
    ? withoutBounds(market, settings)
    : polytope.longOnly
      ? longOnly(market, settings)
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

interface Market {
  /** mu - riskFree. */
  excess: Float64Array;
  covariance: Matrix;
  /** Weight of ||w||_1^2. */
  exposure: number;
}

interface Polytope {
  lower: Float64Array;
  upper: Float64Array;
  /** No more than w >= 0. */
  longOnly: boolean;
}

function checkedBounds(bounds: NonNullable<MaxSharpeOptions['bounds']>, n: number): Polytope | 'none' {
  for (const name of Object.keys(checkObject('bounds', bounds))) {
    if (name !== 'lower' && name !== 'upper') throw new TypeError(`bounds.${name}: expected lower or upper`);
  }
  const { lower = 0, upper = Number.POSITIVE_INFINITY } = bounds;
  const vector = (name: string, value: unknown): Float64Array => {
    const numbers = checkNumbers(name, value, { infinite: true });
    if (typeof numbers === 'number') return new Float64Array(n).fill(numbers);
    if (numbers.length === n) return numbers;
    throw new RangeError(`${name}: expected ${n} numbers, as many as mu, got ${numbers.length}`);
  };
  const [low, high] = [vector('bounds.lower', lower), vector('bounds.upper', upper)];
  const [least, most] = [low, high].map((each) => each.reduce((sum, value) => sum + value, 0)) as [number, number];
  low.forEach((value, i) => {
    if (!(value <= (high[i] as number))) {
      throw new RangeError(`bounds.lower[${i}] = ${value}: expected at most bounds.upper[${i}], ${high[i]}`);
    }
  });
  if (!(least <= 1 + 1e-12 && most >= 1 - 1e-12)) {
    throw new RangeError(`bounds: no weights within them sum to 1: lower ones sum to ${least}, upper ones to ${most}`);
  }
  if (
    low.every((value) => value === Number.NEGATIVE_INFINITY) &&
    high.every((value) => value === Number.POSITIVE_INFINITY)
  ) {
    return 'none';
  }
  if (!Number.isFinite(least) && !Number.isFinite(most)) {
    throw new RangeError('bounds: expected all lower ones to be finite, or all upper ones, or no bounds at all');
  }
  const longOnly = low.every((value) => value === 0) && high.every((value) => value >= 1);
  return { lower: low, upper: high, longOnly };
}

/** (x^T Sigma x + exposure ||x||_1^2) / (excess^T x)^2, by halves, as `quadratic` has 1/2 in it. */
function ratioOf({ excess, covariance, exposure }: Market): Pick<FractionalProblem, 'numerator' | 'denominator'> {
  return {
    numerator: [quadratic(covariance), l1Squared(exposure / 2)],
    denominator: linearSquared(excess.map((value) => value * Math.SQRT1_2)),
  };
}

/** The result at w. All minima are global: the numerator is the square of a norm, the denominator that of a linear function. */
function resultAt(
  w: Float64Array,
  { excess, covariance, exposure }: Market,
  result: FractionalResult,
): FractionalResult {
  const gross = w.reduce((sum, value) => sum + Math.abs(value), 0);
  const numerator = dot(w, multiply(covariance, w)) + exposure * gross ** 2;
  const denominator = dot(excess, w) ** 2;
  return { ...result, x: w, numerator, denominator, objective: numerator / denominator, certificate: 'global' };
}

async function longOnly(market: Market, settings: FractionalSettings): Promise<FractionalResult> {
  const best = largest(market.excess);
  if (!((market.excess[best] as number) > 0)) throw noReturn(market.excess[best] as number);
  const { numerator, denominator } = ratioOf(market);
  const start = unit(best, market.excess.length);
  const result = await minimizeRatio({ numerator: [...numerator, nonNegative()], denominator, start }, settings);
  const sum = result.x.reduce((total, value) => total + value, 0);
  return resultAt(
    result.x.map((value) => value / sum),
    market,
    result,
  );
}

async function withoutBounds(market: Market, settings: FractionalSettings): Promise<FractionalResult> {
  const { excess, covariance } = market;
  const n = excess.length;
  if (excess.every((value) => value === 0)) throw noReturn(0);
  // Each asset as if it were alone.
  const start = excess.map((value, i) => value / ((covariance.data[i * n + i] as number) || 1));
  const result = await minimizeRatio({ ...ratioOf(market), start }, settings);
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
  return { ...short, status: 'unbounded', message };
}

/**
 * Simplicial decomposition: minimise over mixtures of some corners, then add the corner that a linear model likes best, until
 * there is none better. For w the best mixture and s its ratio of risk to return, risk(v) - s return(v) >= (grad risk(w) - s excess)^T v
 * for all v, so w is the best of all once no corner has less than 0 there.
 */
async function withinBounds(
  market: Market,
  polytope: Polytope,
  settings: FractionalSettings,
): Promise<FractionalResult> {
  const { excess, covariance, exposure } = market;
  const corner = (v: Float64Array): Corner => ({ v, product: multiply(covariance, v), excess: dot(excess, v) });
  const negated = excess.map((value) => -value);
  let corners = [corner(cornerAt(negated, polytope))];
  let mixture = Float64Array.of(1);
  const most = corners[0]?.excess as number;
  if (!(most > 0)) throw noReturn(most);
  const solves = new Sequence(settings);
  for (;;) {
    const { numerator, denominator } = ratioOf({ ...mixed(corners), exposure });
    const result = await solves.next({ numerator: [...numerator, nonNegative()], denominator, start: mixture });
    const sum = result.x.reduce((total, value) => total + value, 0);
    const mixtureOf = (member: 'v' | 'product') => {
      const mean = new Float64Array(excess.length);
      corners.forEach((each, k) => {
        const share = (result.x[k] as number) / sum;
        if (share === 0) return;
        each[member].forEach((value, i) => {
          mean[i] = (mean[i] as number) + share * value;
        });
      });
      return mean;
    };
    // Only rounding is cut off.
    const w = mixtureOf('v').map((value, i) => Math.min(Math.max(value, at(polytope.lower, i)), at(polytope.upper, i)));
    if (result.status !== 'solved') return resultAt(w, market, solves.total(result, result.message));

    const product = mixtureOf('product');
    const risk = Math.sqrt(Math.max(0, dot(w, product)) + exposure);
    const s = risk / dot(excess, w);
    const model = product.map((value, i) => value / risk - s * (excess[i] as number));
    const next = corner(cornerAt(model, polytope));
    const gain = Math.max(0, -(dot(model, next.v) + exposure / risk)) / risk;
    const known = corners.some(({ v }) => v.every((value, i) => value === next.v[i]));
    if (known || !(gain > 1e-9)) {
      const message = `mixture of ${corners.length} corners of the bounds; no other would lower the risk by more than ${gain.toExponential(1)} of it.`;
      return resultAt(w, market, solves.total(result, message));
    }
    const kept = corners.map((_, k) => k).filter((k) => (result.x[k] as number) > 0);
    corners = [...kept.map((k) => corners[k] as Corner), next];
    mixture = Float64Array.of(...kept.map((k) => result.x[k] as number), 0);
  }
}

/** A corner v of the bounds, with Sigma v and excess^T v. */
interface Corner {
  v: Float64Array;
  product: Float64Array;
  excess: number;
}

/** The market of the corners, as if each were an asset. */
function mixed(corners: readonly Corner[]): Pick<Market, 'excess' | 'covariance'> {
  const K = corners.length;
  const data = new Float64Array(K * K);
  corners.forEach(({ v }, k) => {
    for (let l = 0; l <= k; ++l) {
      data[k * K + l] = dot(v, (corners[l] as Corner).product);
      data[l * K + k] = data[k * K + l] as number;
    }
  });
  return { excess: Float64Array.from(corners, (each) => each.excess), covariance: { data, rows: K, columns: K } };
}

/** The v that minimises c^T v over the polytope: all at the bound that is finite, then the sum made 1 at the least cost. */
function cornerAt(c: Float64Array, { lower, upper }: Polytope): Float64Array {
  const cheapest = Array.from(c.keys()).sort((i, j) => (c[i] as number) - (c[j] as number));
  const up = lower.every(Number.isFinite);
  const v = (up ? lower : upper).slice();
  let rest = v.reduce((sum, value) => sum - value, 1);
  for (const i of up ? cheapest : cheapest.reverse()) {
    const room = (up ? (upper[i] as number) : (lower[i] as number)) - (v[i] as number);
    const step = up ? Math.min(rest, room) : Math.max(rest, room);
    v[i] = (v[i] as number) + step;
    rest -= step;
    if (rest === 0) break;
  }
  return v;
}

/** Solves one after the other, as if they were one: their limits, reports and history. */
class Sequence {
  #iterations = 0;
  #seconds = 0;
  #updates = 0;
  readonly #history: FractionalResult['history'] = [];
  readonly #starts: FractionalStart[] = [];
  readonly #settings: FractionalSettings;

  constructor(settings: FractionalSettings) {
    this.#settings = settings;
  }

  async next(problem: FractionalProblem): Promise<FractionalResult> {
    const [iterations, seconds] = [this.#iterations, this.#seconds];
    const { maxIterations, timeLimit, onProgress, ...others } = this.#settings;
    const shifted = (progress: FractionalResult['history'][number]) => ({
      ...progress,
      iteration: progress.iteration + iterations,
      seconds: progress.seconds + seconds,
    });
    const result = await minimizeRatio(problem, {
      ...others,
      maxIterations: rest(maxIterations ?? fractionalDefaults.maxIterations, iterations),
      timeLimit: rest(timeLimit ?? fractionalDefaults.timeLimit, seconds),
      onProgress: onProgress && ((progress) => onProgress(shifted(progress))),
    });
    this.#iterations += result.iterations;
    this.#seconds += result.seconds;
    this.#updates += result.updates;
    this.#history.push(...result.history.map(shifted));
    this.#starts.push(...result.starts);
    return result;
  }

  /** The last result with the sums of all. */
  total(result: FractionalResult, message: string): FractionalResult {
    const iterations = this.#iterations;
    return {
      ...result,
      message: result.status === 'solved' ? `Solved after ${iterations} iterations: ${message}` : message,
      iterations,
      sweeps: iterations,
      updates: this.#updates,
      seconds: this.#seconds,
      history: this.#history,
      starts: this.#starts,
    };
  }
}

/** What is left of a limit; a wrong one is left for the addon to refuse. */
function rest(limit: number, used: number): number {
  return typeof limit === 'number' && limit >= used ? limit - used : used === 0 ? limit : 0;
}

function noReturn(most: number): RangeError {
  return new RangeError(
    `mu: expected a portfolio with a return above riskFree; within the bounds the best is ${most} above`,
  );
}

const largest = (values: Float64Array): number =>
  values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);

function unit(i: number, n: number): Float64Array {
  const vector = new Float64Array(n);
  vector[i] = 1;
  return vector;
}
