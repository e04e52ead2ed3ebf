// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface LearnDagProblem {
  /** Rows of numbers. */
  x: Matrix;
  /** Where edges that the graph has to have begin. */
  requiredFrom?: Int32Array | undefined;
  /** Where these edges end. */
  requiredTo?: Int32Array | undefined;
  /** Where edges that the graph must not have begin. */
  forbiddenFrom?: Int32Array | undefined;
  /** Where these edges end. */
  forbiddenTo?: Int32Array | undefined;
  /** A number for each column: no edge leads to a column with a smaller one. */
  tiers?: Float64Array | undefined;
  /** Columns in an order to begin at. */
  start?: Int32Array | undefined;
}

export interface LearnDagOptions extends Limits {
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
   * @defaultValue 1e-7
   */
  tolerance?: number | undefined;
  /**
   * The loss of a node beside its parents: `bic`, Gaussian errors of any variances; `equalVariance`, Gaussian errors
   * of one variance; `logistic`, the log loss of columns of 0 and 1.
   *
   * Change it when errors are known to have one variance (`equalVariance`), or columns have two values (`logistic`).
   * @defaultValue 'bic'
   */
  score?: 'bic' | 'equalVariance' | 'logistic' | undefined;
  /**
   * The weight of log d beside (log n) / 2 in the price of an edge: 1 is that of the extended BIC, 0 that of the
   * plain one.
   *
   * Change it when there are few columns and many rows (0), or too many edges are found (larger).
   * Expected: a number in [0, 100].
   * @defaultValue 1
   */
  gamma?: number | undefined;
  /**
   * The variance of the errors, of the score `equalVariance`.
   *
   * Change it when the variance is known.
   * Expected: a finite number > 0.
   * @defaultValue the one with the least score, found with the graph
   */
  variance?: number | undefined;
  /**
   * The search: `exact`, of all graphs; `orderSearch`, moves of one node in the order; `topo`, swaps of two nodes
   * without a price for edges; `auto`, the first one up to 20 columns and where there is memory, the second one else.
   *
   * Change it when a proof is worth more time and memory (`exact`), or none is needed (`orderSearch`).
   * @defaultValue 'auto'
   */
  method?: 'auto' | 'exact' | 'orderSearch' | 'topo' | undefined;
  /**
   * Most parents of a node.
   *
   * Change it when nodes are known to have few parents.
   * Expected: an integer in [0, 1000].
   * @defaultValue 1000
   */
  maxParents?: number | undefined;
  /**
   * Orders that `orderSearch` and `topo` begin at.
   *
   * Change it when there is time for a better graph (larger).
   * Expected: an integer in [1, 1000000000].
   * @defaultValue 20
   */
  restarts?: number | undefined;
  /**
   * Edges with weights up to this size are left out at the end, and the others fitted again.
   *
   * Change it when edges with small weights are of no interest, or `topo` is to have a sparse answer (0.3).
   * Expected: a number >= 0.
   * @defaultValue 0
   */
  threshold?: number | undefined;
  /**
   * Most bytes for tables of the search `exact`; where it is given, `auto` takes that search for as many columns as
   * have room.
   *
   * Change it when other work needs the memory (smaller), or more than 20 columns are to have a proof.
   * Expected: a finite number > 0.
   * @defaultValue what is available
   */
  memoryLimit?: number | undefined;
}

export const learnDagDefaults = {
  ...limitDefaults,
  maxIterations: 2147483647,
  tolerance: 1e-7,
  score: 'bic',
  gamma: 1,
  method: 'auto',
  maxParents: 1000,
  restarts: 20,
  threshold: 0,
} as const satisfies LearnDagOptions;

/** Members of a report of the solver beside those of all reports. */
export interface LearnDagProgress extends Progress {
  /** Orders that were improved to their end. */
  starts?: number;
  /** The share of the search of all graphs that is done. */
  done?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface LearnDagSolution {
  /** Orders that were improved to their end. */
  starts?: number;
  /** The share of the search of all graphs that is done. */
  done?: number;
  /** The score of the graph, which is the objective. */
  score?: number;
  /** What each edge adds to the score: (log n) / 2 + gamma log d, and 0 with `topo`. */
  penalty: number;
  /** The variance of the errors, of the score `equalVariance`. */
  variance?: number;
  /** d columns, each behind its parents. */
  order: Int32Array;
  /** The edges, by the column that they end at. */
  edges: {
    /** The column that it begins at. */
    from: number;
    /** The column that it ends at. */
    to: number;
    /** The coefficient of the first column in the regression of the second one. */
    weight: number;
    /** How much larger the score is without this edge. */
    gain: number;
  }[];
  /** d numbers: the intercepts of the regressions on parents. */
  intercepts: Float64Array;
  /** The class of graphs that no data tell from this one: its CPDAG. */
  pattern: {
    /** One end. */
    from: number;
    /** The other end. */
    to: number;
    /** True if all graphs of the class have this edge in this direction. */
    directed: boolean;
  }[];
  /**
   * The share of directed paths, by length, whose end has a larger variance than their begin; ties count half. Near 1
   * the variances alone tell the order.
   */
  varsortability?: number;
  /** The search that was made. */
  method: 'auto' | 'exact' | 'orderSearch' | 'topo';
  /** The lower bound and its gap. */
  certificate: Certificate;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
