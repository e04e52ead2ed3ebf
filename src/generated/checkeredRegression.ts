// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface CheckeredRegressionProblem {
  /** Rows of the regression. */
  x: Matrix;
  /** Classes of the rows, -1 or 1. */
  y: Float64Array;
  /** Weights of the factors to begin at, a row each, with the intercept last. */
  start?: Matrix | undefined;
}

export interface CheckeredRegressionOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 5000
   */
  maxIterations?: number | undefined;
  /**
   * Factors K of the product of hyperbolic tangents.
   *
   * Change it when classes alternate along more directions, or fewer.
   * Expected: an integer in [1, 1000].
   * @defaultValue 2
   */
  factors?: number | undefined;
  /**
   * Expectation and maximisation, each with a Newton step of K logistic regressions, or gradient descent.
   *
   * Change it when methods are compared.
   * @defaultValue 'em'
   */
  method?: 'em' | 'gd' | undefined;
  /**
   * Weight of the ridge on all weights, intercepts too, beside the mean loss of the rows.
   *
   * Change it when new rows are predicted much worse than those of the fit (larger), or both badly (smaller).
   * Expected: a finite number > 0.
   * @defaultValue 0.0001
   */
  lambda?: number | undefined;
  /**
   * Random starts beside the first; the best end is the result. 0: none.
   *
   * Change it when starts end at different objectives (larger), or time counts (smaller).
   * Expected: an integer in [0, 100000].
   * @defaultValue 4
   */
  restarts?: number | undefined;
}

export const checkeredRegressionDefaults = {
  ...limitDefaults,
  maxIterations: 5000,
  factors: 2,
  method: 'em',
  lambda: 0.0001,
  restarts: 4,
} as const satisfies CheckeredRegressionOptions;

/** Members of a report of the solver beside those of all reports. */
export type CheckeredRegressionProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface CheckeredRegressionSolution {
  /** K x p: w_k, one a row. */
  weights: Matrix;
  /** K numbers b_k. */
  intercepts: Float64Array;
  /** Where each start that was begun has ended or stands, in their order. */
  objectives: Float64Array;
  /** The certificate of the answer. */
  certificate: Certificate;
}
