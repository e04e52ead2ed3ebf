// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface UnlearnProblem {
  /** All rows that the regression was fitted to. */
  x: Matrix;
  /** Numbers, or 0 and 1 of two classes. */
  y: Float64Array;
  /** Coefficients of the fit to all rows. */
  coefficients: Float64Array;
  /** Intercept of that fit, where it has one. */
  intercept?: number | undefined;
  /** Numbers of the rows to remove, from 0. */
  rows: Int32Array;
}

export interface UnlearnOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 100
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 1e-9
   */
  tolerance?: number | undefined;
  /**
   * What the regression was fitted by: half the square, or the log-likelihood of two classes.
   *
   * Change it when the regression was a logistic one.
   * @defaultValue 'squared'
   */
  loss?: 'squared' | 'logistic' | undefined;
  /**
   * Weight of the ridge that it was fitted with, in units of the mean loss over the rows there were. 0: none.
   *
   * Change it when the regression was fitted with a ridge: it has to be the same.
   * Expected: a finite number >= 0.
   * @defaultValue 0
   */
  lambda?: number | undefined;
}

export const unlearnDefaults = {
  ...limitDefaults,
  maxIterations: 100,
  tolerance: 1e-9,
  loss: 'squared',
  lambda: 0,
} as const satisfies UnlearnOptions;

/** Members of a report of the solver beside those of all reports. */
export type UnlearnProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface UnlearnSolution {
  /** p numbers: those of the fit to the rows that remain. */
  coefficients: Float64Array;
  /** Intercept of that fit, where the fit to all rows had one. */
  intercept?: number;
  /**
   * p numbers: the coefficients after one step of Newton's method, the estimate by influence functions. For the
   * squared loss they are the fit to the rows that remain.
   */
  influence: Float64Array;
  /** Intercept after that step. */
  influenceIntercept?: number;
  /**
   * A number for each removed row: its share of its own prediction, x_i^T H^-1 x_i times the curvature of its loss.
   * None where the solve was ended before.
   */
  leverages: Float64Array;
  /** The certificate of the answer. */
  certificate: Certificate;
}
