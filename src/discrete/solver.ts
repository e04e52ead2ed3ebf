import { checkMembers, checkVector } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { type MatrixLike, toMatrix } from '../core/matrix.js';
import { type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { type WarmStart, warmStartPoint } from '../core/warmStart.js';
import type { DiscreteOptions, DiscreteSolution } from '../generated/discrete.js';

export interface DiscreteProblem {
  /** n x n, symmetric and positive definite. */
  Q: MatrixLike;
  /** n numbers. */
  c: ArrayLike<number>;
}

export interface DiscreteSettings extends DiscreteOptions, SolveOptions {
  /** The point to begin at, such as an earlier result. Default: one that is drawn by `seed`. Change it when an earlier result is near. */
  warmStart?: WarmStart | undefined;
}

export interface DiscreteResult extends SolveResult, DiscreteSolution {}

/**
 * Minimises a strictly convex quadratic by steepest descent with exact steps: over n numbers x
 *
 *     minimise  x^T Q x / 2 + c^T x
 *
 * ```ts
 * const { x } = await solveDiscrete({ Q: [[2, 1], [1, 3]], c: [-1, -2] }); // [0.2, 0.6]
 * ```
 *
 * `unbounded` means that Q is not positive definite: f falls for ever along the last gradient.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function solveDiscrete(
  problem: DiscreteProblem,
  settings: DiscreteSettings = {},
): Promise<DiscreteResult> {
  const { Q, c } = checkMembers('problem', problem, ['Q', 'c']);
  const { warmStart, ...others } = fixDeadline(settings);
  const request = { Q: toMatrix('Q', Q), c: checkVector('c', c), start: warmStartPoint(warmStart) };
  const answer = await solve('discrete', request, others, { cpuOnly: 'problems of discrete' });
  return { ...answer, objective: answer.objective ?? Number.NaN };
}
