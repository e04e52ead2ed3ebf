// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface AssignProblem {
  /**
   * The cost of each pair of a row and a column. Infinity: the pair is forbidden; -Infinity where the sum is
   * maximised.
   */
  cost: Matrix;
  /** The column of each row to begin with, -1 for none. */
  start?: Float64Array | undefined;
  /** Multipliers of rows to begin with, beside `start`. */
  startRows?: Float64Array | undefined;
  /** Multipliers of columns to begin with, beside `start`. */
  startColumns?: Float64Array | undefined;
}

export interface AssignOptions extends Limits {
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
   * @defaultValue 1e-9
   */
  tolerance?: number | undefined;
  /**
   * True: the sum is to be as large as possible.
   *
   * Change it when the numbers are gains rather than costs.
   * @defaultValue false
   */
  maximize?: boolean | undefined;
}

export const assignDefaults = {
  ...limitDefaults,
  maxIterations: 2147483647,
  tolerance: 1e-9,
  maximize: false,
} as const satisfies AssignOptions;

/** Members of a report of the solver beside those of all reports. */
export interface AssignProgress extends Progress {
  /** No assignment has a larger sum. */
  upperBound?: number;
  /** Rows that have no column by a shortest path yet. */
  waiting?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface AssignSolution {
  /** No assignment has a larger sum. */
  upperBound?: number;
  /** Rows that have no column by a shortest path yet. */
  waiting?: number;
  /** n numbers: the column of each row, -1 of one that has none. */
  columnOf: Int32Array;
  /** m numbers: the row of each column, -1 of one that has none. */
  rowOf: Int32Array;
  /**
   * n numbers u with u_i + v_j <= cost_ij for all pairs, >= where the sum is maximised; of the longer side none is
   * above 0, or below 0 where the sum is maximised. Absent where the solve was cut short.
   */
  rowMultipliers?: Float64Array;
  /** m numbers v. The sum of all multipliers is the bound. */
  columnMultipliers?: Float64Array;
  /** The bound and its gap, or rows that have too few columns. */
  certificate: Certificate;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
