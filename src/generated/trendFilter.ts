// Made by scripts/types.mjs from what the native library declares. Do not edit.
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface TrendFilterProblem {
  /** Numbers in order, evenly apart. */
  y: Float64Array;
  /** Weights of the squares. Default: 1. */
  sampleWeight?: Float64Array | undefined;
  /** Lambdas, falling. */
  lambdas: Float64Array;
}

export interface TrendFilterOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 100000
   */
  maxIterations?: number | undefined;
  /**
   * Degree of the pieces of the trend: 0 constant, 1 linear, 2 quadratic.
   *
   * Change it when the trend has slopes (1) or bends (2) rather than steps.
   * Expected: an integer in [0, 2].
   * @defaultValue 0
   */
  degree?: number | undefined;
}

export const trendFilterDefaults = {
  ...limitDefaults,
  maxIterations: 100000,
  degree: 0,
} as const satisfies TrendFilterOptions;

/** Members of a report of the solver beside those of all reports. */
export type TrendFilterProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface TrendFilterSolution {
  /** The trends, n numbers for each lambda that was reached. */
  fitted: Float64Array;
  /** The knots of trend k are the entries knotOffsets[k] to knotOffsets[k + 1] - 1. */
  knotOffsets: Int32Array;
  /** Places behind which a trend has a new piece. */
  knots: Int32Array;
  /** Objective of each trend. */
  objectives: Float64Array;
  /** What is known of each trend. */
  certificate: Certificate[];
  /** The least lambda at which the trend has one piece. */
  lambdaMax: number;
}
