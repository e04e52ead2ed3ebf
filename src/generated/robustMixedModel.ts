// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface RobustMixedModelProblem {
  /** Rows of the regression. */
  x: Matrix;
  /** Responses of the rows. */
  y: Float64Array;
  /** Number of the group of each row, from 0. Default: no groups. */
  groups?: Int32Array | undefined;
  /** Coefficients to begin at, with the intercept last where there is one. Default: least squares. */
  start?: Float64Array | undefined;
}

export interface RobustMixedModelOptions extends Limits {
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
   * @defaultValue 1e-8
   */
  tolerance?: number | undefined;
  /**
   * Degrees of freedom of Student's distribution of the errors.
   *
   * Change it when outliers still move the fit (smaller), or errors are nearly normal (larger).
   * Expected: a finite number > 0.
   * @defaultValue 4
   */
  degreesOfFreedom?: number | undefined;
  /**
   * Whether the model has an intercept.
   *
   * Change it when x has a constant column of its own, or the model has to go through 0.
   * @defaultValue true
   */
  intercept?: boolean | undefined;
}

export const robustMixedModelDefaults = {
  ...limitDefaults,
  maxIterations: 10000,
  tolerance: 1e-8,
  degreesOfFreedom: 4,
  intercept: true,
} as const satisfies RobustMixedModelOptions;

/** Members of a report of the solver beside those of all reports. */
export type RobustMixedModelProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface RobustMixedModelSolution {
  /** p numbers. */
  coefficients: Float64Array;
  /** Intercept, where there is one. */
  intercept?: number;
  /** Scale sigma of the errors: their variance is sigma^2 nu / (nu - 2) for nu > 2. */
  scale?: number;
  /** Scale of the groups' intercepts, where there are groups. */
  groupScale?: number;
  /** The expected intercept of each group beside the common one; empty without groups. */
  randomIntercepts: Float64Array;
  /** How much each group counts, or each row where there are none: less, the farther it is. */
  weights: Float64Array;
  /** The certificate of the answer. */
  certificate: Certificate;
}
