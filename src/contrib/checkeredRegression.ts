import { rangeError } from '../core/argumentError.js';
import { checkVector, isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { toMatrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import {
  type Label,
  type Matrix,
  type MatrixLike,
  readData,
  readMatrix,
  readSigns,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { CheckeredRegressionOptions, CheckeredRegressionSolution } from '../generated/checkeredRegression.js';
import { checkeredRegressionKind } from '../predict/verbs/checkeredRegression.js';

export interface CheckeredRegressionData {
  /** n x p. */
  x: MatrixLike;
  /** A label of two classes for each row. */
  y: ArrayLike<number> | readonly Label[];
}

export interface CheckeredRegressionSettings extends CheckeredRegressionOptions, SolveOptions {
  /**
   * Weights that the first start begins at, such as an earlier result. Default: drawn by `seed`. Change it when an earlier result is
   * near.
   */
  warmStart?: { weights: MatrixLike; intercepts: ArrayLike<number> } | undefined;
}

export interface CheckeredRegressionResult extends SolveResult, CheckeredRegressionSolution {
  /** The two classes, in order. */
  classes: readonly [Label, Label];
  /** Gives for each row the probability of the second class (`'response'`, the default), or the likelier class (`'class'`). */
  predict(x: MatrixLike, options: { type: 'class' }): Label[];
  predict(x: MatrixLike, options?: { type?: 'response' | undefined }): Float64Array;
}

/**
 * Classifies by a product of K scores, so that classes may lie like the squares of a board: y is -1 and 1 in
 *
 *     P(y | x) = (1 + y prod_k tanh((w_k^T x + b_k) / 2)) / 2.
 *
 * ```ts
 * const { predict } = await checkeredRegression({ x, y }, { factors: 2 });
 * ```
 *
 * The likelihood has local maxima, so several starts are drawn; `solved` says that the best of them has ended where the gradient vanishes.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function checkeredRegression(
  data: CheckeredRegressionData,
  settings: CheckeredRegressionSettings = {},
): Promise<CheckeredRegressionResult> {
  const { x, y } = readData(data, ['x', 'y']);
  const { warmStart, ...others } = fixDeadline(settings);
  const read = readMatrix('x', x);
  const given = isPromise(read) ? await read : read;
  const signs = readSigns(y, given.rows);
  const { values, classes } = isPromise(signs) ? await signs : signs;
  const request = { x: given, y: values, start: startOf(warmStart, given.columns) };
  const answer = await solveOnCpu('checkeredRegression', request, others);
  return withMethods({ ...answer, classes } as CheckeredRegressionResult, checkeredRegressionKind.functions);
}

/** Weights and intercepts, side by side. */
function startOf(warmStart: CheckeredRegressionSettings['warmStart'], columns: number): Matrix | undefined {
  if (warmStart === undefined) return undefined;
  const { weights, intercepts } = checkWarmStart(warmStart);
  const w = toMatrix('warmStart.weights', weights);
  if (w.columns !== columns) {
    throw rangeError(`columns of warmStart.weights = ${w.columns}: expected as many as x has: ${columns}`);
  }
  const b = checkVector('warmStart.intercepts', intercepts, { length: w.rows, per: 'one for each row of weights' });
  const data = Float64Array.from({ length: w.rows * (columns + 1) }, (_, at) => {
    const [k, j] = [Math.floor(at / (columns + 1)), at % (columns + 1)];
    return j === columns ? (b[k] as number) : (w.data[k * columns + j] as number);
  });
  return { data, rows: w.rows, columns: columns + 1 };
}
