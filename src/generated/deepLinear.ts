// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface DeepLinearProblem {
  /** Inputs of the network, a row each. */
  x: Matrix;
  /** Outputs that the network is to have. */
  y: Matrix;
  /** An earlier result to begin at. */
  warmStart?: {
    /** Product of the layers. */
    product: Matrix;
  } | undefined;
}

export interface DeepLinearOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 100000
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
   * Iterations between two checks of progress, limits and the abort signal.
   *
   * Change it when reports or aborts come too late (smaller), or solves are so short that checks take much of their time (larger).
   * Expected: an integer in [1, 1000000].
   * @defaultValue 10
   */
  checkInterval?: number | undefined;
  /**
   * Layers L of weights.
   *
   * Change it when the network that the answer is to be factored into has another number of layers.
   * Expected: an integer in [2, 1000].
   * @defaultValue 2
   */
  depth?: number | undefined;
  /**
   * A sum of networks with weight decay of degree L, (lambda / 2) sum_l ||W_l||_F^L each, in place of one network
   * with (lambda / 2) sum_l ||W_l||_F^2. With two layers they are the same.
   *
   * Change it when the network is a sum of narrow ones with weight decay of degree L.
   * @defaultValue false
   */
  parallel?: boolean | undefined;
  /**
   * Weight of the regulariser.
   *
   * Change it when the product has too large a rank (larger), or fits too badly (smaller).
   * Expected: a finite number > 0.
   * @defaultValue 0.001 n
   */
  lambda?: number | undefined;
}

export const deepLinearDefaults = {
  ...limitDefaults,
  maxIterations: 100000,
  tolerance: 1e-8,
  checkInterval: 10,
  depth: 2,
  parallel: false,
} as const satisfies DeepLinearOptions;

/** Members of a report of the solver beside those of all reports. */
export type DeepLinearProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface DeepLinearSolution {
  /** d x r: the left singular vectors of the product of the layers, one a column. */
  left: Matrix;
  /** r numbers, the singular values of the product, the largest first. */
  singularValues: Float64Array;
  /** c x r: the right singular vectors. */
  right: Matrix;
  /** d x c: W_1 ... W_L. */
  product: Matrix;
  /** The certificate of the objective, over networks of any widths. */
  certificate: Certificate;
  /**
   * Optimal value of the dual program, a lower bound. It is `lowerBound` where the duality gap is zero: for two
   * layers, parallel networks and one output.
   */
  dualOptimum: number;
  /**
   * (objective - dualOptimum) / |objective|: more than the gap for three and more layers, not parallel, with several
   * outputs.
   */
  dualityGap: number;
  /** True if the optimum was had in closed form, as X has orthogonal columns of one length. */
  closedForm: boolean;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
