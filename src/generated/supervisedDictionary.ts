// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface SupervisedDictionaryProblem {
  /** Rows of the data. */
  x: Matrix;
  /** Classes of the rows, 0 or 1. */
  y: Float64Array;
  /** Coefficients to begin at, with the intercept last. Default: 0. */
  start?: Float64Array | undefined;
}

export interface SupervisedDictionaryOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 10000
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 0.00001
   */
  tolerance?: number | undefined;
  /**
   * Columns r of the dictionary; as many as x has where these are fewer.
   *
   * Change it when the response needs more directions of x (larger), or fewer will do (smaller).
   * Expected: an integer in [1, 100000].
   * @defaultValue 2
   */
  rank?: number | undefined;
  /**
   * Weight xi of half the mean square of what the dictionary leaves of x.
   *
   * Change it when the dictionary has to describe x better (larger), or y (smaller).
   * Expected: a finite number > 0.
   * @defaultValue 1
   */
  reconstruction?: number | undefined;
  /**
   * Weight of the ridge on the coefficients, beside the mean loss.
   *
   * Change it when new rows are predicted much worse than those of the fit (larger), or both badly (smaller).
   * Expected: a finite number > 0.
   * @defaultValue 0.001
   */
  lambda?: number | undefined;
}

export const supervisedDictionaryDefaults = {
  ...limitDefaults,
  maxIterations: 10000,
  tolerance: 0.00001,
  rank: 2,
  reconstruction: 1,
  lambda: 0.001,
} as const satisfies SupervisedDictionaryOptions;

/** Members of a report of the solver beside those of all reports. */
export type SupervisedDictionaryProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface SupervisedDictionarySolution {
  /** p x r: W, with orthonormal columns. */
  dictionary: Matrix;
  /** n x r: H, a row for each of x, which is W h up to what the dictionary leaves. */
  codes: Matrix;
  /** r numbers, of the features W^T x in the classification. */
  weights: Float64Array;
  /** p numbers: a = W times the weights. */
  coefficients: Float64Array;
  /** Intercept c. */
  intercept: number;
  /** Mean logistic loss, the objective's part of the classes. */
  loss?: number;
  /** The certificate of the answer. */
  certificate: Certificate;
}
