// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface RobustRiskProblem {
  /** The rows. Default: those of a model. */
  regression?: {
    /** Loss of the rows. */
    loss: 'logistic' | 'squared' | 'poisson' | 'gamma';
    /** Rows of the regression, dense or sparse. */
    x: Matrix | SparseMatrix;
    /** Responses. */
    y: Float64Array;
    /** Weights of the rows, of sum 1. */
    weights: Float64Array;
    /** Numbers that are added to the predictions. Default: 0. */
    offset?: Float64Array | undefined;
    /** Weight of the square of each coefficient. */
    ridge?: Float64Array | undefined;
    /** Whether the last column is that of the intercept. */
    intercept: boolean;
  } | undefined;
  /** Point to begin at. Default: 0. */
  start?: Float64Array | undefined;
}

export interface RobustRiskOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 200
   */
  maxIterations?: number | undefined;
  /**
   * The risk, which makes one number of the losses of rows: their `mean`; `cvar`, also called `superquantile`, the
   * mean of the worst share 1 - `level`; `extremile`, the expected worst of `power` rows; `exponential`, with weights
   * that grow as e^(`power` t) with the share t of rows that are better.
   *
   * Change it when bad rows count more than their share: all but `mean`.
   * @defaultValue 'cvar'
   */
  risk?: 'mean' | 'cvar' | 'superquantile' | 'extremile' | 'exponential' | undefined;
  /**
   * Of `cvar`.
   *
   * Change it when only the very worst rows count (larger), or more of them (smaller).
   * Expected: a number in [0, 1).
   * @defaultValue 0.9
   */
  level?: number | undefined;
  /**
   * Of `extremile` and `exponential`.
   *
   * Change it when the worst rows should count more (larger) or less (smaller).
   * Expected: a finite number >= 1.
   * @defaultValue 2
   */
  power?: number | undefined;
  /**
   * Smoothing nu: the risk is the largest q . l - nu n / 2 ||q - 1/n||^2 over its weights q, so that it has a
   * gradient; in units of losses. The less there is, the shorter are the steps.
   *
   * Change it when the risk is too inexact (smaller), or steps are too short (larger).
   * Expected: a finite number > 0.
   * @defaultValue a tenth of the mean loss at the start
   */
  smoothing?: number | undefined;
  /**
   * The step. One that is not given is halved where some iterations have not shortened the gradient.
   *
   * Change it when a step size is known, for example from an earlier solve.
   * Expected: a finite number > 0.
   * @defaultValue by the curvature of some rows
   */
  stepSize?: number | undefined;
}

export const robustRiskDefaults = {
  ...limitDefaults,
  maxIterations: 200,
  risk: 'cvar',
  level: 0.9,
  power: 2,
} as const satisfies RobustRiskOptions;

/** Members of a report of the solver beside those of all reports. */
export type RobustRiskProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface RobustRiskSolution {
  /** The answer. */
  x: Float64Array;
  /** N numbers of sum 1: the weight of each row in the smoothed risk at x. */
  weights: Float64Array;
  /** The risk at x without smoothing, and without what the sum adds, such as a ridge. */
  risk?: number;
  /** Norm of the gradient of the smoothed risk at x. */
  gradientNorm?: number;
  /**
   * The certificate of x. Of a convex sum with a ridge: the smoothed risk is at most ||gradient||^2 / (2 mu) above
   * its minimum, mu the least ridge. Otherwise `stationary` where it is solved.
   */
  certificate: Certificate;
  /** The step that was taken. */
  stepSize?: number;
  /** The smoothing nu. */
  smoothing?: number;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
