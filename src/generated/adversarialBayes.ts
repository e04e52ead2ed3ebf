// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface AdversarialBayesProblem {
  /** Rows. */
  x: Matrix;
  /** Number of classes. */
  classes: number;
  /** The class of each row, from 0. */
  y: Int32Array;
  /** The weight of each row. Default: 1. */
  sampleWeight?: Float64Array | undefined;
  /** The norm of what an attack adds to a row. */
  norm: 'inf' | 'two';
  /** The most that it adds, one number or several that rise. */
  radius: Float64Array;
}

export interface AdversarialBayesOptions extends Limits {
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
   * The most rows, of different classes, whose common point is looked for: with fewer than there are classes the
   * error is a bound of the least one.
   *
   * Change it when there are more than three classes (larger), or pairs are enough (2).
   * Expected: an integer in [2, 8].
   * @defaultValue 3
   */
  order?: number | undefined;
}

export const adversarialBayesDefaults = {
  ...limitDefaults,
  maxIterations: 2147483647,
  tolerance: 1e-9,
  order: 3,
} as const satisfies AdversarialBayesOptions;

/** Members of a report of the solver beside those of all reports. */
export interface AdversarialBayesProgress extends Progress {
  /** The radius that is looked at. */
  radius?: number;
  /** Sets of rows in the linear program. */
  sets?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface AdversarialBayesSolution {
  /** The radius that is looked at. */
  radius?: number;
  /** Sets of rows in the linear program. */
  sets?: number;
  /** The least weight of rows that a classifier predicts wrong under attack, as a share. */
  robustError: number;
  /** No classifier has a smaller share: what the attack forces. */
  bound: number;
  /** Pairs of rows of different classes whose balls meet, at the largest radius. */
  conflicts: number;
  /** n numbers: the probability at which the best classifier predicts each row right under attack. */
  rows: Float64Array;
  /** The best attack: rows that are moved to one point, which proves the bound. */
  attack: {
    /** Rows of different classes that can be moved to one point. */
    rows: Int32Array;
    /** The weight of each of these rows that is moved there. */
    weight: number;
  }[];
  /** The least error at each radius. */
  curve: {
    /** The radius. */
    radius: number;
    /** As that of the result, at this radius. */
    robustError: number;
    /** As that of the result, at this radius. */
    bound: number;
    /** Pairs of rows of different classes whose balls meet. */
    conflicts: number;
  }[];
  /** The bound and its gap at the largest radius. */
  certificate: Certificate;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
