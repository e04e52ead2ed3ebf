// Made by scripts/types.mjs from what the native library declares. Do not edit.
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface MatrixCompletionProblem {
  /** Rows of the matrix. */
  rows: number;
  /** Columns of the matrix. */
  columns: number;
  /** Rows of the known entries. */
  rowIndices: Int32Array;
  /** Columns of the known entries. */
  columnIndices: Int32Array;
  /** Known entries. */
  values: Float64Array;
  /** Lambdas, falling. */
  lambdas: Float64Array;
  /** Factor of the rows to begin at, as many numbers for each row. Default: 0. */
  startRows?: Float64Array | undefined;
  /** Factor of the columns to begin at. Default: 0. */
  startColumns?: Float64Array | undefined;
}

export interface MatrixCompletionOptions extends Limits {
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
   * Most rank of a completed matrix.
   *
   * Change it when the completed matrix has this rank and a larger one is wanted (larger), or memory and time are short (smaller).
   * Expected: an integer in [1, 10000].
   * @defaultValue 100
   */
  rank?: number | undefined;
}

export const matrixCompletionDefaults = {
  ...limitDefaults,
  maxIterations: 10000,
  tolerance: 0.00001,
  rank: 100,
} as const satisfies MatrixCompletionOptions;

/** Members of a report of the solver beside those of all reports. */
export type MatrixCompletionProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface MatrixCompletionSolution {
  /** Rank of the matrix of each lambda that was reached. */
  ranks: Int32Array;
  /** Left singular vectors, one behind the other, those of one lambda behind those of another. */
  left: Float64Array;
  /** Right singular vectors, likewise. */
  right: Float64Array;
  /** Singular values, likewise, falling for each lambda. */
  singularValues: Float64Array;
  /** Objective of each matrix. */
  objectives: Float64Array;
  /** What is known of each matrix. */
  certificate: Certificate[];
  /** The least lambda at which the matrix is 0. */
  lambdaMax: number;
}
