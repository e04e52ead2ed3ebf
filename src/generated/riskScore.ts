// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface RiskScoreProblem {
  /** Rows of features. */
  x: Matrix;
  /** Classes of the rows, -1 or 1. */
  y: Float64Array;
  /** A weight for each row. Default: 1. */
  sampleWeight?: Float64Array | undefined;
  /** Integers that points may be, beside 0. Default: -5 to 5. */
  points?: Float64Array | undefined;
  /** Least points of each feature. */
  lower?: Float64Array | undefined;
  /** Most points of each feature. */
  upper?: Float64Array | undefined;
  /** Features that the card has to have. */
  required?: Int32Array | undefined;
  /** The group of each feature, from 1; 0: none. */
  groups?: Int32Array | undefined;
  /** Most features of each group. */
  groupSizes?: Float64Array | undefined;
  /** Points of a card to begin at, if it is admissible. */
  start?: Float64Array | undefined;
}

export interface RiskScoreOptions extends Limits {
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
   * @defaultValue 1e-8
   */
  tolerance?: number | undefined;
  /**
   * Most features of the card.
   *
   * Change it when the card is to be shorter, or may be longer.
   * Expected: an integer in [1, 1000].
   * @defaultValue 5
   */
  maxSize?: number | undefined;
  /**
   * What a point is worth in log-odds: `free`, a number that is chosen with the points, beside a real intercept; or
   * `one`, which is 1, beside an integer intercept.
   *
   * Change it when risks are to be read off a total without a table (`one`).
   * @defaultValue 'free'
   */
  scaling?: 'free' | 'one' | undefined;
  /**
   * Largest log-odds that a point is worth where the scale is free.
   *
   * Change it when the result says `scaleAtBound`.
   * Expected: a finite number > 0.
   * @defaultValue 3
   */
  maxScale?: number | undefined;
  /**
   * What each feature of the card adds to the objective.
   *
   * Change it when a feature has to be worth its place.
   * Expected: a number >= 0.
   * @defaultValue 0
   */
  price?: number | undefined;
  /**
   * Most cards in the pool, the best one included.
   *
   * Change it when other good cards are wanted, too.
   * Expected: an integer in [1, 100000].
   * @defaultValue 1
   */
  poolSize?: number | undefined;
  /**
   * How much worse cards of the pool are at most, relative to the best one.
   *
   * Change it when the pool is too small, or takes too long.
   * Expected: a number in [0, 10].
   * @defaultValue 0.01
   */
  poolWithin?: number | undefined;
  /**
   * Most parts of the search that are looked at before the solve ends with `iterationLimit`.
   *
   * Change it when the answer so far is enough after so much work.
   * Expected: a number >= 1.
   * @defaultValue Infinity
   */
  maxNodes?: number | undefined;
}

export const riskScoreDefaults = {
  ...limitDefaults,
  maxIterations: 2147483647,
  tolerance: 1e-8,
  maxSize: 5,
  scaling: 'free',
  maxScale: 3,
  price: 0,
  poolSize: 1,
  poolWithin: 0.01,
  maxNodes: Infinity,
} as const satisfies RiskScoreOptions;

/** Members of a report of the solver beside those of all reports. */
export interface RiskScoreProgress extends Progress {
  /** Parts of the search that were looked at. */
  nodes?: number;
  /** Parts that wait. */
  open?: number;
  /** Sets of features that were looked at one by one. */
  supports?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface RiskScoreSolution {
  /** Parts that wait. */
  open?: number;
  /** p numbers: the points of each feature, 0 of one that is not in the card. */
  points: Int32Array;
  /** The log-odds of a row whose total is 0. */
  intercept: number;
  /** What a point is worth in log-odds. */
  scale: number;
  /** True if the scale stands at `maxScale`: a larger one would have a smaller objective. */
  scaleAtBound: boolean;
  /** Risk by the total of points, the smallest first. */
  table: {
    /** The total of a row's points. */
    total: number;
    /** The probability of the event by the card. */
    risk: number;
    /** Rows of this total, or the sum of their weights. */
    rows: number;
    /** Those of them with the event. */
    positives: number;
  }[];
  /** The area under the curve of the totals, on these rows. */
  auc?: number;
  /** The mean over rows of how far the risk is from the share of events among rows of that total. */
  calibrationError?: number;
  /** Parts of the search that were looked at. */
  nodes: number;
  /** Sets of features that were looked at one by one. */
  supports: number;
  /** The best cards, the best first, where `poolSize` asks for several. */
  pool: {
    /** Its objective. */
    objective: number;
    /** Its intercept, in log-odds. */
    intercept: number;
    /** What its points are worth in log-odds. */
    scale: number;
    /** p numbers: its points. */
    points: Int32Array;
  }[];
  /** All cards whose objective is below this number are in the pool. */
  poolComplete?: number;
  /**
   * p numbers: the column that stands for each in the search, which is itself, one that is equal or 1 less it, or -1
   * where the column is constant.
   */
  sameAs: Int32Array;
  /** The lower bound and its gap. */
  certificate: Certificate;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
