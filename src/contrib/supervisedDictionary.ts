import { checkNumber, checkVector, isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
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
import type { SupervisedDictionaryOptions, SupervisedDictionarySolution } from '../generated/supervisedDictionary.js';
import { supervisedDictionaryKind } from '../predict/verbs/supervisedDictionary.js';

export interface SupervisedDictionaryData {
  /** n x p. */
  x: MatrixLike;
  /** A label of two classes for each row. */
  y: ArrayLike<number> | readonly Label[];
}

export interface SupervisedDictionarySettings extends SupervisedDictionaryOptions, SolveOptions {
  /**
   * Coefficients and intercept to begin at, such as an earlier result. Default: zero. Change it when an earlier result is near.
   */
  warmStart?: { coefficients: ArrayLike<number>; intercept?: number | undefined } | undefined;
}

export interface SupervisedDictionaryResult extends SolveResult, SupervisedDictionarySolution {
  /** The two classes, in order. */
  classes: readonly [Label, Label];
  /** Features W^T x of rows, m x r. */
  transform(x: MatrixLike): Matrix;
  /** Gives for each row the probability of the second class (`'response'`, the default), or the likelier class (`'class'`). */
  predict(x: MatrixLike, options: { type: 'class' }): Label[];
  predict(x: MatrixLike, options?: { type?: 'response' | undefined }): Float64Array;
}

/**
 * Finds r directions that serve to tell two classes apart as well as to compose the rows of x,
 *
 *     minimise  mean_i log(1 + exp(-y_i (a^T x_i + c))) + (lambda / 2) ||a||^2 + xi / (2 n) ||X - B||^2   with [a, B] of rank r,
 *
 * so that a = W w and B = W H have a dictionary W of r columns in common.
 *
 * ```ts
 * const { dictionary, predict } = await supervisedDictionary({ x, y }, { rank: 5 });
 * ```
 *
 * `solved` says that a step along the gradient and back to rank r moves nothing, which may be at a local minimum.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function supervisedDictionary(
  data: SupervisedDictionaryData,
  settings: SupervisedDictionarySettings = {},
): Promise<SupervisedDictionaryResult> {
  const { x, y } = readData(data, ['x', 'y']);
  const { warmStart, ...others } = fixDeadline(settings);
  const read = readMatrix('x', x);
  const given = isPromise(read) ? await read : read;
  const signs = readSigns(y, given.rows);
  const { values, classes } = isPromise(signs) ? await signs : signs;
  const request = {
    x: given,
    y: values.map((sign) => (1 + sign) / 2),
    start: startOf(warmStart, given.columns),
  };
  const answer = await solveOnCpu('supervisedDictionary', request, others);
  return withMethods({ ...answer, classes } as SupervisedDictionaryResult, supervisedDictionaryKind.functions);
}

function startOf(warmStart: SupervisedDictionarySettings['warmStart'], columns: number): Float64Array | undefined {
  if (warmStart === undefined) return undefined;
  const { coefficients, intercept = 0 } = checkWarmStart(warmStart);
  const length = { length: columns, per: 'one for each column of x' };
  const found = checkVector('warmStart.coefficients', coefficients, length);
  return Float64Array.from([...found, checkNumber('warmStart.intercept', intercept)]);
}
