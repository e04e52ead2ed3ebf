import { checkVector, isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import {
  type MatrixLike,
  readData,
  readMatrix,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { NewFunctionOptions, NewFunctionSolution } from '../generated/newFunction.js';

export interface NewFunctionData {
  /** n x p, a point a row. */
  x: MatrixLike;
}

export interface NewFunctionSettings extends NewFunctionOptions, SolveOptions {
  /** The center to begin at, such as an earlier result. Default: the mean of the points. Change it when an earlier result is near. */
  warmStart?: { center: ArrayLike<number> } | undefined;
}

export interface NewFunctionResult extends SolveResult, NewFunctionSolution {}

/**
 * Finds the geometric median of points: over p numbers m
 *
 *     minimise  (1/n) sum_i sqrt(||m - x_i||^2 + s^2)
 *
 * ```ts
 * const { center } = await newFunction({ x: [[0, 0], [1, 0], [0, 1]] }); // [0.211, 0.211]
 * ```
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function newFunction(
  data: NewFunctionData,
  settings: NewFunctionSettings = {},
): Promise<NewFunctionResult> {
  const { x } = readData(data, ['x']);
  const { warmStart, ...others } = fixDeadline(settings);
  const read = readMatrix('x', x);
  const points = isPromise(read) ? await read : read;
  const columns = { length: points.columns, per: 'one for each column of x' };
  const start = warmStart && checkVector('warmStart.center', checkWarmStart(warmStart).center, columns);
  return solveOnCpu('newFunction', { x: points, start }, others);
}
