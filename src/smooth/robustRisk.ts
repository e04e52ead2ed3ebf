// Risks that weigh the worst rows of the data more.
import { rangeError, typeError } from '../core/argumentError.js';
import { fixDeadline } from '../core/deadline.js';
import { type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { warmStartPoint } from '../core/warmStart.js';
import type { Model } from '../expressions/model.js';
import type { RobustRiskOptions, RobustRiskSolution } from '../generated/robustRisk.js';
import type { RegressionProgram } from '../problems/regression.js';
import { readSum } from './problem.js';

export interface RobustRiskSettings extends RobustRiskOptions, SolveOptions {
  /** A point to begin with, such as an earlier result. Change it when an earlier result is near. */
  warmStart?: { x: ArrayLike<number> } | undefined;
}

export interface RobustRiskResult extends SolveResult, RobustRiskSolution {}

/**
 * Minimises a spectral risk of the losses of rows rather than their mean:
 *
 *     min over x of  max over q of  sum_i q_i f_i(x) - nu N / 2 ||q - 1/N||^2  +  r(x),
 *
 * q a mean of permutations of the weights of a `risk`, which give more to losses that are larger: `cvar` (superquantile), `extremile`,
 * `exponential`.
 *
 * ```ts
 * const { x, risk, weights } = await minimizeRobustRisk(generalizedLinearModel({ loss: 'squared', x: A, y, ridge: 0.01 }), { risk: 'cvar', level: 0.9 });
 * ```
 *
 * A step looks at one row; tables of losses, weights and gradients of all N rows (8 N n bytes) make its estimate of the gradient exact in the
 * end, so that a constant step converges linearly. An iteration has N steps. `solved` compares the norm of the smoothed risk's gradient with `tolerance`.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value; {@link SolverError} `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE` or
 * `ADDON_NOT_FOUND`.
 */
export async function minimizeRobustRisk(
  problem: Model | RegressionProgram,
  settings: RobustRiskSettings = {},
): Promise<RobustRiskResult> {
  const { warmStart, ...others } = fixDeadline(settings);
  const { sum, start, bounds, ranks } = readSum(problem, false);
  if (ranks) throw typeError('problem: its rows are spread over ranks, which minimizeRobustRisk does not take');
  if (bounds) throw rangeError('problem: expected a regression without bounds');
  const point = warmStartPoint(warmStart, { length: start.length, per: 'one for each unknown' }) ?? start;
  return solve('robustRisk', (guard, native) => ({ ...sum(guard, native), start: point }), others, {
    cpuOnly: 'sums over rows',
  });
}
