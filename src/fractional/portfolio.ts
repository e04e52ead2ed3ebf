// Measures of portfolios, and the bounds that they keep.
import { dot, multiply } from '../core/algebra.js';
import { type ArgumentError, rangeError } from '../core/argumentError.js';
import { checkMembers, checkNumbers } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import type { FractionalProblem, FractionalResult } from './solver.js';
import { affineSquared, l1Squared, quadratic } from './terms.js';

export interface Market {
  /** mu - riskFree. */
  excess: Float64Array;
  covariance: Matrix;
  /** Weight of ||w||_1^2. */
  exposure: number;
}

export interface Polytope {
  lower: Float64Array;
  upper: Float64Array;
}

/** (x^T Sigma x + exposure ||x||_1^2) / (excess^T x)^2, by halves, as `quadratic` has 1/2 in it. */
export function ratioOf({
  excess,
  covariance,
  exposure,
}: Market): Pick<FractionalProblem, 'numerator' | 'denominator'> {
  return {
    numerator: [quadratic(covariance), l1Squared(exposure / 2)],
    denominator: affineSquared(excess.map((value) => value * Math.SQRT1_2)),
  };
}

/** The objective at w. */
export function objectiveAt(w: Float64Array, { excess, covariance, exposure }: Market): number {
  const gross = w.reduce((sum, value) => sum + Math.abs(value), 0);
  const earned = dot(excess, w);
  return earned > 0
    ? (dot(w, multiply(covariance, w)) + exposure * gross ** 2) / earned ** 2
    : Number.POSITIVE_INFINITY;
}

/** The result at w. What is solved is global: the numerator is the square of a norm, the denominator that of a linear function. */
export function resultAt(w: Float64Array, market: Market, result: FractionalResult): FractionalResult {
  const objective = objectiveAt(w, market);
  const denominator = dot(market.excess, w) ** 2;
  const certificate = { kind: result.status === 'solved' ? ('global' as const) : ('none' as const) };
  return { ...result, x: w, numerator: objective * denominator, denominator, objective, certificate };
}

/** Returns true if weights are within the bounds and sum to 1, up to rounding. */
export function isWithin(w: Float64Array, { lower, upper }: Polytope): boolean {
  const sum = w.reduce((total, value) => total + value, 0);
  const inside = w.every((value, i) => value >= (lower[i] as number) - 1e-12 && value <= (upper[i] as number) + 1e-12);
  return inside && Math.abs(sum - 1) <= 1e-12 * w.length;
}

/** Cuts off what rounding has put beyond the bounds. */
export function clamped(w: Float64Array, { lower, upper }: Polytope): Float64Array {
  return w.map((value, i) => Math.min(Math.max(value, lower[i] as number), upper[i] as number));
}

/** The v that minimises c^T v over the polytope: all at the bound that is finite, then the sum made 1 at the least cost. */
export function cornerAt(c: Float64Array, { lower, upper }: Polytope): Float64Array {
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

export function noReturn(most: number): ArgumentError {
  return rangeError(
    `mu: expected a portfolio with a return above riskFree; within the bounds the best is ${most} above`,
  );
}

export const largest = (values: Float64Array): number =>
  values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);

/** Checks that squares of the values, and quotients of squares, keep their digits. */
export function checkScale(name: string, values: ArrayLike<number>): void {
  let largest = 0;
  for (let i = 0; i < values.length; ++i) largest = Math.max(largest, Math.abs(values[i] as number));
  if (largest !== 0 && !(largest >= 1e-75 && largest <= 1e75)) {
    throw rangeError(`${name}: its largest entry is ${largest}, expected between 1e-75 and 1e75; use other units`);
  }
}

/** The bounds of n weights, checked; 'none' where all are infinite. */
export function checkedBounds(bounds: { lower?: unknown; upper?: unknown }, n: number): Polytope | 'none' {
  const { lower = 0, upper = Number.POSITIVE_INFINITY } = checkMembers('bounds', bounds, ['lower', 'upper']);
  const vector = (name: string, value: unknown): Float64Array => {
    const numbers = checkNumbers(name, value, { infinite: true });
    if (typeof numbers === 'number') return new Float64Array(n).fill(numbers);
    if (numbers.length === n) return numbers;
    throw rangeError(`${name}: expected ${n} numbers, as many as mu, got ${numbers.length}`);
  };
  const [low, high] = [vector('bounds.lower', lower), vector('bounds.upper', upper)];
  const [least, most] = [low, high].map((each) => each.reduce((sum, value) => sum + value, 0)) as [number, number];
  low.forEach((value, i) => {
    if (!(value <= (high[i] as number))) {
      throw rangeError(`bounds.lower[${i}] = ${value}: expected at most bounds.upper[${i}], ${high[i]}`);
    }
  });
  if (!(least <= 1 + 1e-12 && most >= 1 - 1e-12)) {
    throw rangeError(`bounds: no weights within them sum to 1: lower ones sum to ${least}, upper ones to ${most}`);
  }
  if (
    low.every((value) => value === Number.NEGATIVE_INFINITY) &&
    high.every((value) => value === Number.POSITIVE_INFINITY)
  ) {
    return 'none';
  }
  if (!Number.isFinite(least) && !Number.isFinite(most)) {
    throw rangeError('bounds: expected all lower ones to be finite, or all upper ones, or no bounds at all');
  }
  return { lower: low, upper: high };
}
