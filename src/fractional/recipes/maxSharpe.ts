import { dot, multiply } from '../../core/algebra.js';
import { checkNumber, checkNumbers, checkObject, checkVector } from '../../core/check.js';
import { type Matrix, type MatrixLike, toSymmetric } from '../../core/matrix.js';
import type { Progress } from '../../core/solve.js';
import {
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  type FractionalStart,
  minimizeRatio,
  naming,
} from '../solver.js';
import { l1Squared, linearSquared, nonNegative, quadratic } from '../terms.js';

/** The settings are those of {@link minimizeRatio}, but for `maxIterations`: 100,000, as strongly correlated assets take many. */
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
 * The inverse of the squared ratio does not depend on the length of w, so with w >= 0 it is minimised for any sum and then scaled. So
 * it is with other bounds that are one for each asset, after a linear change of variables; where assets have two, it is solved for
 * those that are held at the farther one, until these are the right ones. All portfolios returned are within the bounds, and the
 * optimum is global. Without bounds it may not be attained, as shorting the best mixture at ever larger size comes ever closer to
 * it: then the status is `'unbounded'`, and the weights sum to -1 or 0.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value: bounds that no weights satisfy or that are
 * not possible, no portfolio with a return above `riskFree`; and as {@link minimizeRatio} does.
 */
export async function maxSharpe(
  mu: ArrayLike<number>,
  Sigma: MatrixLike,
  options: MaxSharpeOptions = {},
): Promise<MaxSharpeResult> {
  const { bounds = {}, l1 = 0, riskFree = 0, maxIterations = 100_000, ...others } = checkObject('options', options);
  const settings = { maxIterations, ...others };
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
  checkScale('mu', market.excess);
  checkScale('Sigma', covariance.data);
  const polytope = checkedBounds(bounds, n);
  if (market.exposure > 0 && polytope !== 'none' && polytope.lower.some((low) => low < 0)) {
    throw new RangeError(`l1 = ${l1}: expected 0 with lower bounds below 0, unless there are no bounds at all`);
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

type Limited = FractionalSettings & { maxIterations: number };

interface Market {
  /** mu - riskFree. */
  excess: Float64Array;
  covariance: Matrix;
  /** Weight of ||w||_1^2. */
  exposure: number;
}

/** Their squares, and quotients of these, are to keep their digits. */
function checkScale(name: string, values: ArrayLike<number>): void {
  let largest = 0;
  for (let i = 0; i < values.length; ++i) largest = Math.max(largest, Math.abs(values[i] as number));
  if (largest !== 0 && !(largest >= 1e-75 && largest <= 1e75)) {
    throw new RangeError(`${name}: its largest entry is ${largest}, expected between 1e-75 and 1e75; use other units`);
  }
}

interface Polytope {
  lower: Float64Array;
  upper: Float64Array;
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
  return { lower: low, upper: high };
}

/** (x^T Sigma x + exposure ||x||_1^2) / (excess^T x)^2, by halves, as `quadratic` has 1/2 in it. */
function ratioOf({ excess, covariance, exposure }: Market): Pick<FractionalProblem, 'numerator' | 'denominator'> {
  return {
    numerator: [quadratic(covariance), l1Squared(exposure / 2)],
    denominator: linearSquared(excess.map((value) => value * Math.SQRT1_2)),
  };
}

/** What is minimised, at w. */
function objectiveAt(w: Float64Array, { excess, covariance, exposure }: Market): number {
  const gross = w.reduce((sum, value) => sum + Math.abs(value), 0);
  const earned = dot(excess, w);
  return earned > 0
    ? (dot(w, multiply(covariance, w)) + exposure * gross ** 2) / earned ** 2
    : Number.POSITIVE_INFINITY;
}

/** The result at w. All minima are global: the numerator is the square of a norm, the denominator that of a linear function. */
function resultAt(w: Float64Array, market: Market, result: FractionalResult): FractionalResult {
  const objective = objectiveAt(w, market);
  const denominator = dot(market.excess, w) ** 2;
  return { ...result, x: w, numerator: objective * denominator, denominator, objective, certificate: 'global' };
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
  return { ...short, status: 'unbounded', message };
}

/** Bounds seen from those that are all finite: w = base + sign y with y >= 0, up to `other`. */
interface Side {
  sign: 1 | -1;
  base: Float64Array;
  other: Float64Array;
}

/**
 * Some assets are held at their other bound, all others may have any y >= 0: scaled to any sum that is one ratio of non-negative
 * numbers. Of its minimiser, assets beyond their other bound get held, and assets that are held but had better have less are let go,
 * until there are neither: the optimality conditions, which for this ratio are sufficient. When a choice of assets comes again,
 * every step is cut at the bounds and one asset changes at a time, so that the ratio only rises.
 */
async function withinBounds(market: Market, polytope: Polytope, settings: Limited): Promise<FractionalResult> {
  const { excess } = market;
  const up = polytope.lower.every(Number.isFinite);
  const side: Side = up
    ? { sign: 1, base: polytope.lower, other: polytope.upper }
    : { sign: -1, base: polytope.upper, other: polytope.lower };
  const { sign, base, other } = side;
  const fixed = Array.from(base, (value, i) => value === other[i]);
  const atOther = (at: Float64Array) => Array.from(at, (value, i) => value === other[i]);
  const beyond = (value: number, i: number) => sign * (value - (other[i] as number)) > 1e-12;

  let w = cornerAt(
    excess.map((value) => -value),
    polytope,
  );
  if (!(dot(excess, w) > 0)) throw noReturn(dot(excess, w));
  const solves = new Sequence(settings);
  const tried = new Set<string>();
  let held = fixed;
  let cautious = false;
  let objectiveBefore = Number.POSITIVE_INFINITY;
  for (;;) {
    const key = held.map(Number).join('');
    const again = tried.has(key);
    tried.add(key);
    const face = cautious || !again ? await bestOnFace(market, side, held, w, solves) : undefined;
    if (face === undefined) {
      cautious = true;
      held = atOther(w);
      continue;
    }
    const over = Array.from(face.w.keys()).filter((i) => !held[i] && beyond(face.w[i] as number, i));
    const { step, blocking } = cutAt(w, face.w, over, other);
    const next = w.map((value, i) =>
      blocking === i ? (other[i] as number) : value + step * ((face.w[i] as number) - value),
    );
    if (cautious || objectiveAt(next, market) < objectiveAt(w, market)) {
      w = clamped(next, polytope);
    }
    if (face.result.status !== 'solved') return resultAt(w, market, solves.total(face.result, face.result.message));

    const excessive = (i: number) => (held[i] && !fixed[i] ? (face.gain[i] as number) : 0);
    const worst = largest(Float64Array.from(held, (_, i) => excessive(i)));
    if (over.length === 0 && !(excessive(worst) > 1e-6)) {
      const bound = held.filter((is, i) => is && !fixed[i]).length;
      const message = `${bound} weights at their ${up ? 'upper' : 'lower'} bounds, ${tried.size} choices of them tried.`;
      return resultAt(w, market, solves.total(face.result, message));
    }
    if (!cautious) {
      held = held.map((is, i) => over.includes(i) || (is && !(excessive(i) > 1e-6)));
    } else if (over.length > 0) {
      held = held.map((is, i) => is || i === blocking);
    } else {
      const objective = objectiveAt(w, market);
      if (!(objective < objectiveBefore)) {
        const message = `Stopped where rounding hides what would be better: letting go of weight ${worst} changes nothing.`;
        return resultAt(w, market, solves.total({ ...face.result, status: 'stalled' }, message));
      }
      objectiveBefore = objective;
      held = held.map((is, i) => is && i !== worst);
    }
  }
}

interface Face {
  w: Float64Array;
  /** How much risk falls, relative to all of it, for each unit of weight that moves from an asset to those that are free. */
  gain: Float64Array;
  result: FractionalResult;
}

/** The best w with the held assets at `other`, none beyond `base`; undefined if there is none with a return. */
async function bestOnFace(
  { excess, covariance, exposure }: Market,
  { sign, base, other }: Side,
  held: readonly boolean[],
  near: Float64Array,
  solves: Sequence,
): Promise<Face | undefined> {
  const n = excess.length;
  const anchor = base.map((value, i) => (held[i] ? (other[i] as number) : value));
  const room = anchor.reduce((left, value) => left - sign * value, sign);
  if (room < -1e-12) return undefined;
  const free = Array.from(base.keys()).filter((i) => !held[i]);
  const corner = !(room > 1e-12);
  // x = p sum(y) + sign y with p = anchor / room, for any sum(y); at a corner x is a multiple of the anchor.
  const p = corner ? anchor : anchor.map((value) => value / room);
  const gross = p.reduce((sum, value) => sum + value, 0);
  const product = multiply(covariance, p).map((value) => value + exposure * gross);
  const own = dot(p, product);
  const F = corner ? 1 : free.length;
  const data = new Float64Array(F * F).fill(own);
  const mixed = new Float64Array(F).fill(dot(p, excess));
  const start = new Float64Array(F).fill(1);
  if (!corner) {
    free.forEach((i, k) => {
      mixed[k] = (mixed[k] as number) + sign * (excess[i] as number);
      start[k] = Math.max(0, sign * ((near[i] as number) - (base[i] as number)));
      free.forEach((j, l) => {
        const entry = (covariance.data[Math.max(i, j) * n + Math.min(i, j)] as number) + exposure;
        data[k * F + l] = own + sign * ((product[i] as number) + (product[j] as number)) + entry;
      });
    });
  }
  if (!(dot(mixed, start) > 0)) start.fill(0)[largest(mixed)] = 1;
  if (!(dot(mixed, start) > 0)) return undefined;
  const result = await solves.next({
    numerator: [quadratic({ data, rows: F, columns: F }), nonNegative()],
    denominator: linearSquared(mixed.map((value) => value * Math.SQRT1_2)),
    start,
  });

  const sum = result.x.reduce((total, value) => total + value, 0);
  const w = anchor.slice();
  if (!corner) {
    free.forEach((i, k) => {
      w[i] = (w[i] as number) + (sign * room * (result.x[k] as number)) / sum;
    });
  }
  const total = w.reduce((all, value) => all + value, 0);
  const pull = multiply(covariance, w).map((value) => value + exposure * total);
  const [variance, earned] = [dot(w, pull), dot(excess, w)];
  const slope = pull.map((value, i) => sign * (value / variance - (excess[i] as number) / earned));
  const level = corner
    ? Math.min(...free.map((i) => slope[i] as number))
    : free.reduce((mean, i, k) => mean + ((slope[i] as number) * (result.x[k] as number)) / sum, 0);
  return { w, gain: slope.map((value) => value - level), result };
}

/** How far one can go from w to the target, at most 1, and which of the assets is in the way. */
function cutAt(
  w: Float64Array,
  target: Float64Array,
  over: readonly number[],
  other: Float64Array,
): { step: number; blocking: number } {
  let [step, blocking] = [1, -1];
  for (const i of over) {
    const reach = ((other[i] as number) - (w[i] as number)) / ((target[i] as number) - (w[i] as number));
    if (reach < step) [step, blocking] = [Math.max(0, reach), i];
  }
  return { step, blocking };
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
  return clamped(v, { lower, upper });
}

/** Cuts off what rounding has put beyond the bounds. */
function clamped(w: Float64Array, { lower, upper }: Polytope): Float64Array {
  return w.map((value, i) => Math.min(Math.max(value, lower[i] as number), upper[i] as number));
}

/** Solves one after the other, as if they were one: their limits, reports and history. */
class Sequence {
  #iterations = 0;
  #seconds = 0;
  #updates = 0;
  readonly #history: Progress[] = [];
  readonly #starts: FractionalStart[] = [];
  readonly #settings: Limited;

  constructor(settings: Limited) {
    this.#settings = settings;
  }

  async next(problem: FractionalProblem): Promise<FractionalResult> {
    const [iterations, seconds] = [this.#iterations, this.#seconds];
    const { maxIterations, timeLimit = Number.POSITIVE_INFINITY, onProgress, ...others } = this.#settings;
    const shifted = (progress: Progress) => ({
      ...progress,
      iteration: progress.iteration + iterations,
      seconds: progress.seconds + seconds,
    });
    const limits = {
      maxIterations: rest(maxIterations, iterations),
      timeLimit: rest(timeLimit, seconds),
      onProgress: onProgress && ((progress: Progress) => onProgress(shifted(progress))),
    };
    const result = await naming({ 'numerator[0]': 'Sigma' }, minimizeRatio(problem, { ...others, ...limits }));
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

/** What is left of a limit; what is wrong is left for the addon to refuse. */
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
