// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** What the addon takes beside settings, as far as a table says it. */
export interface SparseProblem {
  /** Rows of the regression, dense or sparse. */
  x: Matrix | SparseMatrix;
  /** Responses of each row, or classes of multinomial. Default: 1. */
  responses?: number | undefined;
  /** Responses, one column after the other. For cox: times. */
  y: Float64Array;
  /** For cox: 1 where y is the time of the event, else 0. */
  event?: Float64Array | undefined;
  /** For cox: numbers that are equal in a stratum. Default: one stratum. */
  strata?: Float64Array | undefined;
  /** For cox: the time from which on a row is at risk. Default: always. */
  start?: Float64Array | undefined;
  /** How often each row counts. Default: 1. */
  sampleWeight?: Float64Array | undefined;
  /** Numbers that are added to the linear predictions. Default: 0. */
  offset?: Float64Array | undefined;
  /** Factors of the penalty, one for each column or group. Default: 1, or the root of the size of a group. */
  penaltyFactor?: Float64Array | undefined;
  /** Number of the group of each column, from 0. Default: each column is a group. */
  groups?: Int32Array | undefined;
  /** Lower bounds of the coefficients. Default: none. */
  lowerBounds?: Float64Array | undefined;
  /** Upper bounds of the coefficients. Default: none. */
  upperBounds?: Float64Array | undefined;
  /** Weights of slope, falling. Default: by `q`. */
  sortedWeights?: Float64Array | undefined;
  /** Lambdas of the path, falling. Default: made from the data. */
  lambdas?: Float64Array | undefined;
  /** Most columns of each model, growing, where these are asked for instead of lambdas. */
  sizes?: Int32Array | undefined;
  /** Coefficients to begin at, and the intercepts behind them. Default: 0. */
  warmStart?: Float64Array | undefined;
}

export interface SparseOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 100000
   */
  maxIterations?: number | undefined;
  /**
   * The loss: of numbers, of two classes, of counts, of positive numbers, of classes; of numbers with outliers, of a
   * quantile of numbers, of times until an event.
   *
   * @defaultValue 'gaussian'
   */
  family?: 'gaussian' | 'binomial' | 'poisson' | 'gamma' | 'multinomial' | 'huber' | 'quantile' | 'cox' | undefined;
  /**
   * Of the family huber: the residual, in units of y, from which on the loss grows linearly.
   *
   * Expected: a finite number > 0.
   * @defaultValue 1.35
   */
  huberDelta?: number | undefined;
  /**
   * Of the family quantile: which quantile of y the model is of.
   *
   * Expected: a number in (0, 1).
   * @defaultValue 0.5
   */
  level?: number | undefined;
  /**
   * Of the family cox: how several events at one time count.
   *
   * @defaultValue 'efron'
   */
  ties?: 'efron' | 'breslow' | undefined;
  /**
   * The kind of the penalty.
   *
   * @defaultValue 'lasso'
   */
  penalty?: 'lasso' | 'mcp' | 'scad' | 'lq' | 'bestSubset' | 'slope' | 'fused' | 'groupLasso' | 'groupMcp' | 'groupScad' | 'sparseGroupLasso' | undefined;
  /**
   * Share of the absolute values in the penalty; the rest is that of the squares.
   *
   * Expected: a number in [0, 1].
   * @defaultValue 1
   */
  alpha?: number | undefined;
  /**
   * Where the penalty becomes constant, in lambdas: above 1 for mcp, above 2 for scad.
   *
   * Expected: a finite number > 0.
   * @defaultValue 3 for mcp, 3.7 for scad, also of groups
   */
  gamma?: number | undefined;
  /**
   * Weight of the squares of coefficients beside bestSubset, halved.
   *
   * Expected: a finite number >= 0.
   * @defaultValue 0
   */
  ridge?: number | undefined;
  /**
   * Bound of the coefficients of bestSubset, as they are penalised.
   *
   * Expected: a finite number > 0.
   * @defaultValue no bound with a ridge, where columns are independent and where few that are not were enumerated, else 1.5 times the largest coefficient of least squares that was found, or more
   */
  largest?: number | undefined;
  /**
   * Most nodes of branch and bound of bestSubset, over all lambdas or sizes; each has one at least.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 10000
   */
  maxNodes?: number | undefined;
  /**
   * Level of the false discovery rate that the weights of slope are made for.
   *
   * Expected: a number in (0, 1).
   * @defaultValue 0.1
   */
  q?: number | undefined;
  /**
   * How lasso, elastic net, mcp and scad are fitted: on the columns in use, or by products with x alone.
   *
   * @defaultValue 'coordinateDescent'
   */
  method?: 'coordinateDescent' | 'acceleratedGradient' | 'conjugateGradients' | undefined;
  /**
   * Whether there is a constant without penalty.
   *
   * @defaultValue true
   */
  intercept?: boolean | undefined;
  /**
   * Whether the penalty is that of coefficients of columns divided by their standard deviations.
   *
   * @defaultValue true
   */
  standardize?: boolean | undefined;
  /**
   * Lambdas of a path, evenly in the logarithm.
   *
   * Expected: an integer in [1, 100000].
   * @defaultValue 100
   */
  nLambda?: number | undefined;
  /**
   * Smallest lambda of a path over the largest, below 1.
   *
   * Expected: a finite number > 0.
   * @defaultValue 1e-4 with more rows than columns, else 1e-2; 1e-3 and 5e-2 for mcp and scad
   */
  minRatio?: number | undefined;
  /**
   * A path ends behind a model with more coefficients.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 2147483647
   */
  maxNonzeros?: number | undefined;
}

export const sparseDefaults = {
  ...limitDefaults,
  maxIterations: 100000,
  family: 'gaussian',
  huberDelta: 1.35,
  level: 0.5,
  ties: 'efron',
  penalty: 'lasso',
  alpha: 1,
  ridge: 0,
  maxNodes: 10000,
  q: 0.1,
  method: 'coordinateDescent',
  intercept: true,
  standardize: true,
  nLambda: 100,
  maxNonzeros: 2147483647,
} as const satisfies SparseOptions;

/** What a report of the solver has beside what all reports have. */
export interface SparseProgress extends Progress {
  /** The lambda that was fitted last. */
  lambda?: number;
  /** Coefficients that are not 0 there. */
  nonzeros?: number;
  /** Share of the null deviance explained. */
  explained?: number;
  /** The first lambda of a path whose lambdas are made from the data. */
  firstLambda?: number;
  /** What each lambda of such a path is multiplied by, which gives the next. */
  lambdaStep?: number;
}

/** What a result of the solver has beside what all results have. */
export interface SparseSolution {
  /** Coefficients that are not 0 there. */
  nonzeros?: number;
  /** Share of the null deviance explained. */
  explained?: number;
  /** The first lambda of a path whose lambdas are made from the data. */
  firstLambda?: number;
  /** What each lambda of such a path is multiplied by, which gives the next. */
  lambdaStep?: number;
  /** The lambdas that were fitted, falling; 0 for each size. */
  lambda: Float64Array;
  /** The most columns that each model may have, growing; empty for models of lambdas. */
  sizes: Int32Array;
  /** One for each lambda; with K responses K of them. */
  intercepts: Float64Array;
  /** The coefficients of lambda k are the entries offsets[k] to offsets[k + 1] - 1. */
  offsets: Int32Array;
  /** Columns of the coefficients that are not 0; with K responses the places in a p x K matrix by columns. */
  indices: Int32Array;
  /** Those coefficients, in the units of x. */
  values: Float64Array;
  /** Mean loss and penalty for each lambda. */
  objectives: Float64Array;
  /** Twice the sum of weighted losses less those of a perfect fit, for each lambda. */
  deviance: Float64Array;
  /** Coefficients that are not 0, without the intercept, for each lambda. */
  df: Float64Array;
  /**
   * Objective less a lower bound of the optimum, over the mean loss of the null model less that of a perfect fit, for
   * each lambda; NaN where there is no bound, as with penalties that are not convex, and best subsets whose
   * coefficients are as large as they were allowed to be.
   */
  gap: Float64Array;
  /**
   * Largest violation of the conditions of a coordinate-wise minimum, over lambdaMax, for each lambda, in the units
   * of the columns that are penalised.
   */
  violation: Float64Array;
  /**
   * What is known of the model of each lambda. Over `size`: coefficients, as they are penalised, up to `bounded`.
   * Over `columns`: coefficients of columns that are not nearly constant.
   */
  certificate: Certificate[];
  /** 1 where the objective is strictly convex in the neighbourhood of the solution, else 0, for each lambda. */
  locallyConvex: Int32Array;
  /** Nodes of branch and bound, for each lambda; empty for other penalties. */
  nodes: Float64Array;
  /**
   * The size of coefficients, as they are penalised, up to which the bound holds, for each lambda; empty for other
   * penalties.
   */
  bounded: Float64Array;
  /** The least lambda at which all penalised coefficients are 0. */
  lambdaMax: number;
  /** Deviance of the model of the intercept and unpenalised columns alone. */
  nullDeviance: number;
  /** The standard deviations that columns were divided by; empty without `standardize`. */
  scales: Float64Array;
  /** Columns that are constant: their coefficients are 0. */
  constantColumns: Int32Array;
  /** Those of them that vary, by no more than rounding beside their size, and are left out all the same. */
  nearlyConstantColumns: Int32Array;
  /** Why the path ended where it did. */
  end: 'complete' | 'devianceExplained' | 'devianceConstant' | 'maxNonzeros' | 'outOfMemory' | 'interrupted';
  /** Passes of coordinate descent over the coefficients in use. */
  sweeps: number;
}
