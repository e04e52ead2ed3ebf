// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface TeachKernelProblem {
  /** Examples by rows, or the n x n kernel. */
  x: Matrix;
  /** The knowledge that each of d learners is to reach, a column each. */
  y: Matrix;
  /** How much learners take from each other. Default: the identity. */
  learners?: Matrix | undefined;
  /** Coefficients to begin at. Default: 0. */
  start?: Matrix | undefined;
}

export interface TeachKernelOptions extends Limits {
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
   * @defaultValue 0.01
   */
  tolerance?: number | undefined;
  /**
   * Kernel: exp(-||a - b||^2 / (2 kernelWidth^2)), a^T b, or one whose values between all rows are given as x.
   *
   * Change it when responses are linear in x, or kernel values are known already.
   * @defaultValue 'gaussian'
   */
  kernel?: 'gaussian' | 'linear' | 'precomputed' | undefined;
  /**
   * Picks the row with the largest error, or any row, drawn by `seed`.
   *
   * Change it when a teacher is to be compared with one that draws rows.
   * @defaultValue 'greedy'
   */
  teacher?: 'greedy' | 'random' | undefined;
  /**
   * Width of the Gaussian kernel, in units of x.
   *
   * Change it when the fit is too rough (smaller), or swings between rows (larger).
   * Expected: a finite number > 0.
   * @defaultValue the root of half the columns of x
   */
  kernelWidth?: number | undefined;
  /**
   * Learning rate eta: eta K(x_i, x_i) times the largest eigenvalue of A has to be below 2.
   *
   * Change it when the errors swing (smaller).
   * Expected: a finite number > 0.
   * @defaultValue 1 / (largest K(x_i, x_i) times the largest row sum of |A|)
   */
  rate?: number | undefined;
}

export const teachKernelDefaults = {
  ...limitDefaults,
  maxIterations: 100000,
  tolerance: 0.01,
  kernel: 'gaussian',
  teacher: 'greedy',
} as const satisfies TeachKernelOptions;

/** Members of a report of the solver beside those of all reports. */
export type TeachKernelProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface TeachKernelSolution {
  /** n x d: what the learners know is sum_i K(x_i, x) c_i, c_i row i. */
  coefficients: Matrix;
  /** n x d: what they know at the rows of x less what they are to know. */
  errors: Matrix;
  /** Rows in the order in which they were taught, the first 1048576 of them. */
  sequence: Int32Array;
  /** Width of the Gaussian kernel. */
  kernelWidth?: number;
  /** Learning rate that was used. */
  rate?: number;
  /** The certificate of the answer. */
  certificate: Certificate;
}
