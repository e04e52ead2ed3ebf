// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { SparseFamily, SparsePenalty } from './sparseChoices.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
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
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 100000
   */
  maxIterations?: number | undefined;
  /**
   * The loss: of numbers, of two classes, of counts, of positive numbers, of classes; of numbers with outliers, of a
   * quantile of numbers, of times until an event.
   *
   * Change it when y are no numbers with errors of about one size.
   * @defaultValue 'gaussian'
   */
  family?: SparseFamily | undefined;
  /**
   * The kind of the penalty.
   *
   * Change it when the lasso shrinks large coefficients too much, or columns come in groups or in an order.
   * @defaultValue 'lasso'
   */
  penalty?: SparsePenalty | undefined;
  /**
   * How lasso, elastic net, mcp and scad are fitted: on the columns in use, or by products with x alone.
   *
   * Change it when methods are compared: the others are seldom faster.
   * @defaultValue 'coordinateDescent'
   */
  method?: 'coordinateDescent' | 'acceleratedGradient' | 'conjugateGradients' | undefined;
  /**
   * Whether there is a constant without penalty.
   *
   * Change it when the model has to go through 0.
   * @defaultValue true
   */
  intercept?: boolean | undefined;
  /**
   * Whether the penalty is that of coefficients of columns divided by their standard deviations.
   *
   * Change it when all columns have one unit, and their sizes mean something.
   * @defaultValue true
   */
  standardize?: boolean | undefined;
  /**
   * Lambdas of a path, evenly in the logarithm.
   *
   * Change it when the best lambda lies between two of the path (larger), or time counts (smaller).
   * Expected: an integer in [1, 100000].
   * @defaultValue 100
   */
  nLambda?: number | undefined;
  /**
   * Smallest lambda of a path over the largest, below 1.
   *
   * Change it when the best lambda is the last of the path (smaller), or the end of the path takes long and is of no use (larger).
   * Expected: a finite number > 0.
   * @defaultValue 1e-4 with more rows than columns, else 1e-2; 1e-3 and 5e-2 for mcp and scad
   */
  minRatio?: number | undefined;
  /**
   * A path ends behind a model with more coefficients.
   *
   * Change it when models of many columns are of no use and take long.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 2147483647
   */
  maxNonzeros?: number | undefined;
}

export const sparseDefaults = {
  ...limitDefaults,
  maxIterations: 100000,
  family: 'gaussian',
  penalty: 'lasso',
  method: 'coordinateDescent',
  intercept: true,
  standardize: true,
  nLambda: 100,
  maxNonzeros: 2147483647,
} as const satisfies SparseOptions;

/** Members of a report of the solver beside those of all reports. */
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

/** Members of a result of the solver beside those of all results. */
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
