// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface OneClassSubspacesProblem {
  /** Rows of one class. */
  x: Matrix;
  /** Both frames to begin at, a column each direction. Default: drawn by the seed. */
  start?: Matrix | undefined;
}

export interface OneClassSubspacesOptions extends Limits {
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
   * Columns K of each of the two frames; as many as x has where these are fewer.
   *
   * Change it when too many rows of other classes are taken for the class (larger), or too few of its own (smaller).
   * Expected: an integer in [1, 100000].
   * @defaultValue 2
   */
  dimension?: number | undefined;
  /**
   * Margin of the two sets of half-spaces.
   *
   * Change it when rows have another size: it is in units of x.
   * Expected: a number >= 0.
   * @defaultValue 0.1
   */
  margin?: number | undefined;
  /**
   * Weight of the rows that miss it.
   *
   * Change it when too many rows of the class are outside (larger), or the region is too wide (smaller).
   * Expected: a finite number > 0.
   * @defaultValue 10
   */
  violationWeight?: number | undefined;
  /**
   * Temperature T of the soft minimum -T log sum_k exp(-v_k / T) in place of the least v_k, in units of x. 0: the
   * minimum itself, at whose kinks descent is slow.
   *
   * Expected: a number >= 0.
   * @defaultValue 0.02
   */
  softness?: number | undefined;
}

export const oneClassSubspacesDefaults = {
  ...limitDefaults,
  maxIterations: 10000,
  tolerance: 0.00001,
  dimension: 2,
  margin: 0.1,
  violationWeight: 10,
  softness: 0.02,
} as const satisfies OneClassSubspacesOptions;

/** Members of a report of the solver beside those of all reports. */
export type OneClassSubspacesProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface OneClassSubspacesSolution {
  /** d x K: W_1, with orthonormal columns. */
  lowerFrame: Matrix;
  /** d x K: W_2, with orthonormal columns. */
  upperFrame: Matrix;
  /** K numbers b_1: rows of the class have W_1^T x + b_1 >= margin. */
  lowerOffsets: Float64Array;
  /** K numbers b_2: rows of the class have W_2^T x + b_2 <= -margin. */
  upperOffsets: Float64Array;
  /** The certificate of the answer. */
  certificate: Certificate;
}
