// Made by scripts/types.mjs from what the native library declares. Do not edit.
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** What the addon takes beside settings, as far as a table says it. */
export interface MinimizeSumProblem {
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
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 2147483647
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Expected: a number in [0, 1].
   * @defaultValue 0
   */
  tolerance?: number | undefined;
  /**
   * Rows to look at over those that there are, after which the solve ends with status `epochLimit`; every gradient of
   * a row counts. An iteration is about one epoch, and at least one step.
   *
   * Expected: a number >= 0.
   * @defaultValue 20
   */
  maxEpochs?: number | undefined;
  /**
   * A loss over all rows at which the solve ends with status `solved`, asked for at checks.
   *
   * Expected: a number in [-1000000000000000, 1000000000000000].
   * @defaultValue none
   */
  target?: number | undefined;
  /**
   * Checks without a smaller loss on the `validation` rows after which the solve ends with `stalled`.
   *
   * Expected: an integer in [1, 1000000].
   * @defaultValue 5
   */
  patience?: number | undefined;
  /**
   * Whether checks compute the loss over all rows, so that `best` is known and reports have it.
   *
   * @defaultValue false
   */
  trackBest?: boolean | undefined;
  /**
   * Of rows, x and the method's state; sums of losses are in double precision always. `auto`: `float32` where batches
   * are drawn.
   *
   * @defaultValue 'auto'
   */
  precision?: 'auto' | 'float32' | 'float64' | undefined;
  /**
   * Units: with `columns` x_j is measured in those of 1 / the root mean square of the column of data that it
   * multiplies, of a regression with an intercept around the column's mean, and given back in those of the data.
   * `auto`: that, but for private methods, as it looks at the data, and for `lambda` or sets other than bounds.
   *
   * @defaultValue 'auto'
   */
  scaling?: 'auto' | 'columns' | 'none' | undefined;
  /**
   * A number mu that is known: f - f* <= ||gradient||^2 / (2 mu) everywhere. The certificate rests on it.
   *
   * Expected: a finite number > 0.
   * @defaultValue unknown
   */
  polyakLojasiewicz?: number | undefined;
  /**
   * The name of a row of the table of methods. `auto`: `adog` for sums that are known to be convex, such as
   * regressions, or `qagd` where every step is to look at all rows; `prodigy` for others, unless `target`,
   * `validation` or an infinite `maxEpochs` let it end before its steps are 0. None of them needs a step size.
   *
   * @defaultValue 'auto'
   */
  method?: 'auto' | 'adog' | 'dog' | 'ldog' | 'adam' | 'amsgrad' | 'adaMomentum' | 'rmsprop' | 'prodigy' | 'optAmsgrad' | 'sgdm' | 'o2nc' | 'normalized' | 'spider' | 'qagd' | 'qasgd' | 'muon' | 'signSgd' | 'normSteepest' | 'lion' | 'oasis' | 'sania' | 'sophia' | 'dpSgd' | 'clippedSgd' | 'clippedSstm' | 'cyclicBcd' | 'svrg' | 'armijo' | 'twoPoint' | undefined;
  /**
   * Rows of a batch; all rows, in order, where there are no more. 0: 64, or the method's choice.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 0
   */
  batchSize?: number | undefined;
  /**
   * How rows are drawn: `shuffle`, each once an epoch in an order of its own; `replacement`, each of a batch from all
   * rows; `poisson`, each row by itself with the probability of a batch; `dropEasy`, as `shuffle`, but between the
   * first and the last epoch without rows whose loss is below -log(0.7) when the epoch begins; `largestLoss`, as
   * `shuffle`, of the rows whose losses are largest when the epoch begins, a quarter of them after the first epoch
   * and all at the end; `coreset`, which chooses of ten times as many rows those whose gradients, with weights, stand
   * for the others, once for ten steps. `auto`: `shuffle`, or `poisson` where the steps are private.
   *
   * @defaultValue 'auto'
   */
  sampler?: 'auto' | 'shuffle' | 'replacement' | 'poisson' | 'dropEasy' | 'largestLoss' | 'coreset' | undefined;
  /**
   * The step, before the schedule.
   *
   * Expected: a finite number >= 0.
   * @defaultValue the method's
   */
  stepSize?: number | undefined;
  /**
   * What becomes of it over `maxEpochs`: `constant`; `linear`, to 0; `wsd`, constant and then linear to 0 over the
   * last fifth; `cosine`, to 0; `sqrt`, divided by the root of the number of the step. `auto`: the method's.
   *
   * @defaultValue 'auto'
   */
  schedule?: 'auto' | 'constant' | 'linear' | 'wsd' | 'cosine' | 'sqrt' | undefined;
  /**
   * The distance from the start that the first steps go by, before they know better; of `prodigy` that of each
   * number. Of sums that are known to be convex, such as regressions, 0.045 of the longest step along the gradient by
   * which the loss of some rows falls by 0.45 of what the slope promises: minimisers are ten times as far at least.
   *
   * Expected: a finite number > 0.
   * @defaultValue 1e-6 (1 + ||x_0||), or more if the sum is convex; of `prodigy` 1e-3 (1 + max |x_0j|)
   */
  initialDistance?: number | undefined;
  /**
   * The share of earlier gradients in a step.
   *
   * Expected: a number in [0, 1).
   * @defaultValue 0.9
   */
  momentum?: number | undefined;
  /**
   * The share of earlier squares, or curvatures, in what steps are divided by.
   *
   * Expected: a number in [0, 1).
   * @defaultValue 0.999, or the method's
   */
  beta2?: number | undefined;
  /**
   * Beta: gradients are divided by this power of their norm; 2/3 to 1 is of use.
   *
   * Expected: a number in [0, 1].
   * @defaultValue 1
   */
  power?: number | undefined;
  /**
   * Gradients that are longer are shortened to this norm.
   *
   * Expected: a finite number > 0.
   * @defaultValue none, or 1 for methods that clip
   */
  clipNorm?: number | undefined;
  /**
   * Factor of ||grad f_B||^2 / 2, which is added to the loss f_B of each batch, by one more gradient a step.
   *
   * Expected: a finite number >= 0.
   * @defaultValue 0
   */
  gradientPenalty?: number | undefined;
  /**
   * How far from x, in each of its numbers, two values are taken whose difference is a derivative.
   *
   * Expected: a finite number > 0.
   * @defaultValue 1e-5 (1 + the largest |x_j| of the start)
   */
  perturbation?: number | undefined;
  /**
   * The standard deviation of the noise of a private step over `clip`.
   *
   * Expected: a finite number >= 0.
   * @defaultValue 1
   */
  noise?: number | undefined;
  /**
   * Gradients of single rows that are longer are shortened to this norm; their sum and the noise are divided by
   * `batchSize` also where there are fewer rows.
   *
   * Expected: a finite number > 0.
   * @defaultValue 1
   */
  clip?: number | undefined;
  /**
   * Whether private noise and batches come from `seed`, for tests, rather than from the system's cryptographic
   * generator: what is so learned is not private.
   *
   * @defaultValue false
   */
  insecureNoise?: boolean | undefined;
  /**
   * Lambda: every step multiplies x by 1 - step lambda, beside the method's move.
   *
   * Expected: a finite number >= 0.
   * @defaultValue 0
   */
  decay?: number | undefined;
  /**
   * The answer: `last` point, or `polynomial`, an average whose weights grow as t^8. `auto`: the method's.
   *
   * @defaultValue 'auto'
   */
  averaging?: 'auto' | 'last' | 'polynomial' | undefined;
  /**
   * L: how much the gradient changes at most over the distance of points.
   *
   * Expected: a finite number > 0.
   * @defaultValue found by doubling
   */
  smoothness?: number | undefined;
  /**
   * Gamma: f* >= f(x) + g(x) . (x* - x) / gamma for all x; 1 for convex functions.
   *
   * Expected: a number in (0, 1].
   * @defaultValue 1
   */
  quasarConvexity?: number | undefined;
  /**
   * Sigma: the root of the expected squared error of a batch's gradient.
   *
   * Expected: a finite number > 0.
   * @defaultValue estimated at the start
   */
  gradientNoise?: number | undefined;
  /**
   * The distance from the start to a minimiser, or a guess.
   *
   * Expected: a finite number > 0.
   * @defaultValue 1
   */
  distance?: number | undefined;
  /**
   * Whether every step is multiplied by a number drawn from the exponential distribution.
   *
   * @defaultValue false
   */
  randomScaling?: boolean | undefined;
  /**
   * T: the velocity is forgotten, and an average begun, after so many steps. 0: (radius N / (f_0 - lowerBound))^(2/3)
   * of N steps in all.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 0
   */
  restart?: number | undefined;
  /**
   * Delta: how far a block of T steps may go.
   *
   * Expected: a finite number > 0.
   * @defaultValue 0.1
   */
  radius?: number | undefined;
  /**
   * Steps between two gradients over all rows, or between two looks at curvature. 0: the method's.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 0
   */
  refresh?: number | undefined;
  /**
   * What the method may take for the least loss that there is, of every batch.
   *
   * Expected: a number in [-1000000000000000, 1000000000000000].
   * @defaultValue 0
   */
  lowerBound?: number | undefined;
  /**
   * What gradients are divided by: the sum of their squares, an average of these plus 1e-8, or an estimate of the
   * Hessian's diagonal. Of all but the second it does not matter in which units the columns of the data are.
   *
   * @defaultValue 'adagradSqr'
   */
  squares?: 'adagradSqr' | 'adamSqr' | 'hutchinson' | undefined;
  /**
   * Whether singular values become 1 to rounding, by thirty cubic steps of Newton and Schulz, rather than 0.68 to
   * 1.13 by five quintic ones.
   *
   * @defaultValue false
   */
  exactPolar?: boolean | undefined;
  /**
   * Factor of ||x||_1, which is added.
   *
   * Expected: a finite number >= 0.
   * @defaultValue 0
   */
  lambda?: number | undefined;
  /**
   * How many blocks x is cut into. 0: its variables, or 10 if there is one.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 0
   */
  coordinateBlocks?: number | undefined;
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
  sampler: 'auto',
  schedule: 'auto',
  power: 1,
  gradientPenalty: 0,
  noise: 1,
  clip: 1,
  insecureNoise: false,
  decay: 0,
  averaging: 'auto',
  quasarConvexity: 1,
  randomScaling: false,
  restart: 0,
  refresh: 0,
  lowerBound: 0,
  squares: 'adagradSqr',
  exactPolar: false,
  lambda: 0,
  coordinateBlocks: 0,
} as const satisfies MinimizeSumOptions;

/** What a report of the solver has beside what all reports have. */
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

/** What a result of the solver has beside what all results have. */
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
  /** What `warmStart` goes on with bit for bit. */
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
  /** What it has cost. */
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
   * What is known of x. Of a convex sum with a ridge, everywhere: f(x) - f* <= ||gradient||^2 / (2 mu), mu the least
   * ridge. Over `polyakLojasiewicz`: that, if mu is what this setting says. Otherwise `stationary` where the
   * gradient's norm is at most `tolerance`, and `local` where second derivatives say so, of method `minimize`.
   */
  certificate: Certificate;
  /** The method, as `auto` resolved it. */
  method: string;
  /** `float32` or `float64`. */
  precision: string;
  /** The pieces of the method: estimator, clipping, coupling, momentum, geometry, step, averaging. */
  pieces: string;
  /** Whether `maxEpochs` came first, or the loss is no longer a number: minimizeSum() makes the status of it. */
  ending: 'status' | 'epochLimit' | 'diverged';
  /** (objective - lowerBound) / gapScale. */
  gap?: number;
}
