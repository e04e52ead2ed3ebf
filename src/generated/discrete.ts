// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface DiscreteProblem {
  /** A symmetric positive definite matrix. */
  Q: Matrix;
  /** Linear part of the objective. */
  c: Float64Array;
  /** Point to begin at. Default: drawn by the seed. */
  start?: Float64Array | undefined;
}

export interface DiscreteOptions extends Limits {
  /**
   * Share of the exact step that is taken.
   *
   * Expected: a number in (0, 2).
   * @defaultValue 1
   */
  relaxation?: number | undefined;
}

export const discreteDefaults = {
  ...limitDefaults,
  relaxation: 1,
} as const satisfies DiscreteOptions;

/** Members of a report of the solver beside those of all reports. */
export type DiscreteProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface DiscreteSolution {
  /** n numbers. */
  x: Float64Array;
  /** Q x + c. */
  gradient: Float64Array;
  /** What is known of x. */
  certificate: Certificate;
}
