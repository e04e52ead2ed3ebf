// What is to be minimised of the rows of data.
import { hasInequalities } from '../core/bounds.js';
import { checkObject, show } from '../core/check.js';
import type { MakeProblem } from '../core/solve.js';
import { RegressionProgram } from '../problems/regression.js';
import { checkCallbacks, nativeCallbacks, type SumCallbacks } from './callbacks.js';

/** What the addon is given of a sum, and what is known of it here. */
export interface ReadSum {
  sum: (guard: Parameters<MakeProblem>[0]) => object;
  start: Float64Array;
  rows: number;
  bounds?: { lower: Float64Array; upper: Float64Array };
}

/** A regression without constraints, or callbacks where these are taken. */
export function readSum(problem: unknown, callbacksToo = true): ReadSum {
  if (problem instanceof RegressionProgram) {
    const { lower, upper } = problem.bounds;
    if (problem.m > 0 || hasInequalities(problem.bounds)) {
      throw new RangeError('problem: expected a regression without equations and inequalities, which minimize() takes');
    }
    const { loss, x, y, weights, offset, ridge, intercept } = problem.rows;
    return {
      sum: () => ({ loss, x, y, weights, offset, ridge, intercept }),
      start: problem.start,
      rows: y.length,
      ...(lower && upper && { bounds: { lower, upper } }),
    };
  }
  if (!callbacksToo) throw new TypeError(`problem = ${show(problem)}: expected a regression`);
  const callbacks = checkCallbacks(checkObject('problem', problem as SumCallbacks));
  return {
    sum: (guard) => ({ callbacks: nativeCallbacks(callbacks, guard) }),
    start: callbacks.start,
    rows: callbacks.rows,
  };
}
