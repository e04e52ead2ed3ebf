// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { MinimizeSumMethod } from './minimizeSumChoices.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface MinimizeSumProblem {
  /** The rows of the sum. Default: those of a model, or of callbacks. */
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
  /** Lower bounds. Default: none. */
  lower?: Float64Array | undefined;
  /** Upper bounds. Default: none. */
  upper?: Float64Array | undefined;
  /** Radius of the ball about 0 that x is in. Default: no ball. */
  radius?: number | undefined;
  /** Whether x is in the simplex. */
  simplex?: boolean | undefined;
  /** Rows of the sum. Default: all. */
  rows?: Int32Array | undefined;
  /** Other rows, on which the answer is tried. */
  validation?: Int32Array | undefined;
  /** Norm of each variable: Euclidean, largest, spectral. */
  norms?: Int32Array | undefined;
  /** State of an earlier solve to go on from. */
  state?: Float64Array | undefined;
}

export interface MinimizeSumOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 2147483647
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 0
   */
  tolerance?: number | undefined;
  /**
   * Rows to look at over those that there are, after which the solve ends with status `epochLimit`; every gradient of
   * a row counts. An iteration is about one epoch, and at least one step.
   *
   * Change it when the loss still falls at the end (larger), or a rough answer is enough (smaller).
   * Expected: a number >= 0.
   * @defaultValue 20
   */
  maxEpochs?: number | undefined;
  /**
   * A loss over all rows at which the solve ends with status `solved`, asked for at checks.
   *
   * Change it when a certain loss is good enough.
   * Expected: a number in [-1000000000000000, 1000000000000000].
   * @defaultValue none
   */
  target?: number | undefined;
  /**
   * Checks without a smaller loss on the `validation` rows after which the solve ends with `stalled`.
   *
   * Change it when losses of the `validation` rows rise for a while and then fall further (larger).
   * Expected: an integer in [1, 1000000].
   * @defaultValue 5
   */
  patience?: number | undefined;
  /**
   * Whether checks compute the loss over all rows, so that `best` is known and reports have it.
   *
   * Change it when reports have to show the loss, or the best point is wanted and not the last.
   * @defaultValue false
   */
  trackBest?: boolean | undefined;
  /**
   * Of rows, x and the method's state; sums of losses are in double precision always. `auto`: `float32` where batches
   * are drawn.
   *
   * Change it when losses differ in digits that `float32` has not.
   * @defaultValue 'auto'
   */
  precision?: 'auto' | 'float32' | 'float64' | undefined;
  /**
   * Units: with `columns` x_j is measured in those of 1 / the root mean square of the column of data that it
   * multiplies, of a regression with an intercept around the column's mean, and given back in those of the data.
   * `auto`: that, but for private methods, as it looks at the data, and for `lambda` or sets other than bounds.
   *
   * Change it when the units of x mean something, as for a penalty or a set of your own: `none`.
   * @defaultValue 'auto'
   */
  scaling?: 'auto' | 'columns' | 'none' | undefined;
  /**
   * A number mu that is known: f - f* <= ||gradient||^2 / (2 mu) everywhere. The certificate rests on it.
   *
   * Change it when mu is known and the result should have a certificate.
   * Expected: a finite number > 0.
   * @defaultValue unknown
   */
  polyakLojasiewicz?: number | undefined;
  /**
   * The name of a row of the table of methods. `auto`: `adog` for sums that are known to be convex, such as
   * regressions, or `qagd` where every step is to look at all rows; `prodigy` for others, unless `target`,
   * `validation` or an infinite `maxEpochs` let it end before its steps are 0. None of them needs a step size.
   *
   * Change it when another method is known to suit the problem, or methods are compared.
   * @defaultValue 'auto'
   */
  method?: MinimizeSumMethod | undefined;
  /**
   * Rows of a batch; all rows, in order, where there are no more. 0: 64, or the method's choice.
   *
   * Change it when steps are too noisy (larger), or there are too few of them in an epoch (smaller).
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 0
   */
  batchSize?: number | undefined;
}

export const minimizeSumDefaults = {
  ...limitDefaults,
  maxIterations: 2147483647,
  tolerance: 0,
  maxEpochs: 20,
  patience: 5,
  trackBest: false,
  precision: 'auto',
  scaling: 'auto',
  method: 'auto',
  batchSize: 0,
} as const satisfies MinimizeSumOptions;

/** Members of a report of the solver beside those of all reports. */
export interface MinimizeSumProgress extends Progress {
  /** Rows seen over those that there are. */
  epoch?: number;
  /** Mean loss of the batches since the report before. */
  batchLoss?: number;
  /** Standard error of that mean. */
  batchError?: number;
  /** Length of the last step's move over its direction. */
  step?: number;
  /** Distance from the start, in the units in which steps are taken. */
  distance?: number;
  /** Loss of the answer so far on the rows of `validation`. */
  validationLoss?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface MinimizeSumSolution {
  /** Rows seen over those that there are. */
  epoch?: number;
  /** Mean loss of the batches since the report before. */
  batchLoss?: number;
  /** Standard error of that mean. */
  batchError?: number;
  /** Length of the last step's move over its direction. */
  step?: number;
  /** Distance from the start, in the units in which steps are taken. */
  distance?: number;
  /** Loss of the answer so far on the rows of `validation`. */
  validationLoss?: number;
  /**
   * The answer: the average or the last point, as the method has it; the best one on `validation` rows, or before a
   * divergence.
   */
  x: Float64Array;
  /** The last point of the method, without an average. */
  last: Float64Array;
  /** The state from which `warmStart` goes on bit for bit. */
  state: Float64Array;
  /** The best point at a check, of a solve with `trackBest` or `validation`. */
  best?: {
    /** When it was seen. */
    epoch: number;
    /** Its loss: on the validation rows if there are any, else over all rows. */
    objective: number;
    /** The point. */
    x: Float64Array;
  };
  /** The cost of the solve. */
  counts: {
    /** Steps, those of earlier solves that were resumed among them. */
    steps: number;
    /** Rows of which the steps have computed a gradient, each time; of private steps as many as are expected. */
    rows: number;
    /** Gradients of batches, or of all rows, in the steps. */
    gradients: number;
    /** Products of a Hessian and a vector in the steps. */
    products: number;
    /** Passes over all rows beside the steps, for reports and the answer. */
    passes: number;
  };
  /**
   * Norm of the gradient over all rows at x; under bounds or in a set of x - P(x - gradient), P the projection. Left
   * out where the solve was aborted.
   */
  gradientNorm?: number;
  /**
   * The certificate of x. Of a convex sum with a ridge, everywhere: f(x) - f* <= ||gradient||^2 / (2 mu), mu the
   * least ridge. Over `polyakLojasiewicz`: that, if mu is what this setting says. Otherwise `stationary` where the
   * gradient's norm is at most `tolerance`, and `local` where second derivatives say so, of method `minimize`.
   */
  certificate: Certificate;
  /** The method, as `auto` resolved it. */
  method: string;
  /** `float32` or `float64`. */
  precision: string;
  /** The pieces of the method: estimator, clipping, coupling, momentum, geometry, step, averaging. */
  pieces: string;
  /** True if `maxEpochs` came first, or the loss is no longer a number: minimizeSum() makes the status of it. */
  ending: 'status' | 'epochLimit' | 'diverged';
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
