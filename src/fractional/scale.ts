// Results of ratios that were solved in other units.
import type { FractionalResult } from './solver.js';

/** Doubles numerator and denominator, for a ratio that was of two halves. */
export function timesTwo(result: FractionalResult): FractionalResult {
  return { ...result, numerator: 2 * result.numerator, denominator: 2 * result.denominator };
}

/** A result at x / length, for a ratio of two quadratics. */
export function rescaled(result: FractionalResult, length: number): FractionalResult {
  const { x, numerator, denominator } = result;
  return {
    ...result,
    x: x.map((value) => value / length),
    numerator: numerator / length ** 2,
    denominator: denominator / length ** 2,
  };
}
