// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface SequentialMaxMarginProblem {
  /** Rows of all tasks, one task after the other. */
  x: Matrix;
  /** Classes of the rows, -1 or 1. */
  y: Float64Array;
  /** The row that each task begins with, and the number of rows. */
  tasks: Int32Array;
  /** Coefficients to begin at. Default: 0. */
  start?: Float64Array | undefined;
}

export interface SequentialMaxMarginOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 10000
   */
  maxIterations?: number | undefined;
  /**
   * Which task comes next: one after the other, or one drawn by `seed`.
   *
   * Change it when the order in which the tasks come is not known.
   * @defaultValue 'cyclic'
   */
  taskOrder?: 'cyclic' | 'random' | undefined;
  /**
   * Most sweeps over the rows of a task in one projection, after which the solve ends with status `stalled`.
   *
   * Change it when a solve ends with `stalled`.
   * Expected: an integer in [1, 2147483647].
   * @defaultValue 100000
   */
  maxSweeps?: number | undefined;
}

export const sequentialMaxMarginDefaults = {
  ...limitDefaults,
  maxIterations: 10000,
  taskOrder: 'cyclic',
  maxSweeps: 100000,
} as const satisfies SequentialMaxMarginOptions;

/** Members of a report of the solver beside those of all reports. */
export interface SequentialMaxMarginProgress extends Progress {
  /** Smallest y_i x_i^T w of all rows of all tasks. */
  margin?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface SequentialMaxMarginSolution {
  /** Smallest y_i x_i^T w of all rows of all tasks. */
  margin?: number;
  /** p numbers, the weights. */
  w: Float64Array;
  /** Smallest y_i x_i^T w of each task; empty where the solve ended before it read the rows. */
  margins: Float64Array;
  /** How often each task has been projected on. */
  visits: Int32Array;
  /** The certificate of the answer. */
  certificate: Certificate;
}
