// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface FitProblem {
  /** Parameters to begin at. */
  start: Float64Array;
  /** Lower bounds of the parameters. */
  lower?: Float64Array | undefined;
  /** Upper bounds of the parameters. */
  upper?: Float64Array | undefined;
}

export interface FitOptions extends Limits {
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 1e-10
   */
  tolerance?: number | undefined;
  /**
   * What is summed over the residuals r: `squared`, r^2 / 2, or a loss that grows more slowly beyond `lossScale`:
   * `huber`, `softL1`, `cauchy`, `tukey`, which is constant far away.
   *
   * Change it when some of the data are outliers.
   * @defaultValue 'squared'
   */
  loss?: 'squared' | 'huber' | 'softL1' | 'cauchy' | 'tukey' | undefined;
  /**
   * The residual from which `loss` leaves squares.
   *
   * Change it when a robust loss is to spare larger or smaller residuals, in their units.
   * Expected: a finite number > 0.
   * @defaultValue 1
   */
  lossScale?: number | undefined;
  /**
   * What `covariance` is made of: s^2 (J^T J)^-1 (`jacobian`), s^2 H^-1 with the exact Hessian (`hessian`), or H^-1
   * (sum of squared gradients of rows) H^-1, which holds for any loss and for rows of different deviations
   * (`sandwich`). `auto`: `jacobian` for `squared`, otherwise `sandwich`.
   *
   * Change it when deviations of the rows differ and are not known: `sandwich`.
   * @defaultValue 'auto'
   */
  covariance?: 'auto' | 'jacobian' | 'hessian' | 'sandwich' | undefined;
  /**
   * How many points beside the given one the method begins at, drawn by a Latin hypercube between the bounds. The
   * lowest end is the answer.
   *
   * Change it when there may be several local minima. All parameters need bounds then.
   * Expected: an integer in [0, 100000].
   * @defaultValue 0
   */
  restarts?: number | undefined;
  /**
   * Whether parameters in which the residuals are affine are eliminated at first.
   *
   * @defaultValue true
   */
  projection?: boolean | undefined;
  /**
   * Whether steps follow curved valleys by second derivatives along them.
   *
   * @defaultValue true
   */
  acceleration?: boolean | undefined;
  /**
   * Whether second derivatives of the residuals come into the model where it predicts badly without.
   *
   * @defaultValue true
   */
  secondDerivatives?: boolean | undefined;
}

export const fitDefaults = {
  ...limitDefaults,
  tolerance: 1e-10,
  loss: 'squared',
  lossScale: 1,
  covariance: 'auto',
  restarts: 0,
  projection: true,
  acceleration: true,
  secondDerivatives: true,
} as const satisfies FitOptions;

/** Members of a report of the solver beside those of all reports. */
export type FitProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface FitSolution {
  /** n parameters, one after the other. */
  x: Float64Array;
  /** m residuals at x. */
  residuals: Float64Array;
  /**
   * n x n, the covariance of the parameters; 0 in rows of those that bounds hold. 0 x 0 where there is none: there
   * are no more residuals than free parameters, the data do not determine some, or more than 1,000 are free.
   */
  covariance: Matrix;
  /** What the covariance was made of; `auto` where there is none. */
  covarianceOf: 'auto' | 'jacobian' | 'hessian' | 'sandwich';
  /** s, the square root of the sum of squares over m minus the free parameters. */
  residualDeviation?: number;
  /** The sum of squares of the residuals. */
  residualSumOfSquares?: number;
  /** Indices of parameters that may change together without a change of the residuals. */
  undetermined: Int32Array;
  /** Indices of parameters that bounds hold. */
  atBounds: Int32Array;
  /** Parameters in which the residuals are affine and that were eliminated at first. */
  eliminated: number;
  /** Ends of the runs. */
  runs: {
    /** Runs that ended with the objective of the answer. */
    best: number;
    /** Runs that ended at a minimum, of whatever objective. */
    solved: number;
    /** Runs that were made. */
    total: number;
  };
  /** What was evaluated how often, of all runs. */
  counts: {
    /** Evaluations of all residuals. */
    residuals: number;
    /** Evaluations of their Jacobian. */
    jacobian: number;
    /** Evaluations of their second derivatives. */
    hessian: number;
  };
  /** What is known of x. */
  certificate: Certificate;
}
