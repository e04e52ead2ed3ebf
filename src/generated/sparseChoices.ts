// Made by scripts/types.mjs from what the native library declares. Do not edit.

import { makersOf } from '../core/makers.js';

/** The settings that belong to choices of `sparse`. */
export interface SparseChoiceSettings {
  /**
   * Of the family huber: the residual, in units of y, from which on the loss grows linearly.
   *
   * Change it when the noise of y has another size: 1.35 times its standard deviation is usual.
   * Expected: a finite number > 0.
   * @defaultValue 1.35
   */
  huberDelta?: number | undefined;
  /**
   * Of the family quantile: which quantile of y the model is of.
   *
   * Change it when another quantile than the median is wanted.
   * Expected: a number in (0, 1).
   * @defaultValue 0.5
   */
  level?: number | undefined;
  /**
   * Of the family cox: how several events at one time count.
   *
   * Change it when the results of a program that counts ties as Breslow does are to be met.
   * @defaultValue 'efron'
   */
  ties?: 'efron' | 'breslow' | undefined;
  /**
   * Share of the absolute values in the penalty; the rest is that of the squares.
   *
   * Change it when columns that are much alike should share their weight (smaller).
   * Expected: a number in [0, 1].
   * @defaultValue 1
   */
  alpha?: number | undefined;
  /**
   * Where the penalty becomes constant, in lambdas: above 1 for mcp, above 2 for scad.
   *
   * Change it when large coefficients are shrunk too much (smaller), or the path leaves the region where the objective is convex too early (larger).
   * Expected: a finite number > 0.
   * @defaultValue 3 for mcp, 3.7 for scad, also of groups
   */
  gamma?: number | undefined;
  /**
   * Weight of the squares of coefficients beside bestSubset, halved.
   *
   * Change it when columns depend on each other nearly, or the search for the best subset takes too long (larger).
   * Expected: a finite number >= 0.
   * @defaultValue 0
   */
  ridge?: number | undefined;
  /**
   * Bound of the coefficients of bestSubset, as they are penalised.
   *
   * Change it when a bound of the coefficients is known: a small one makes the search shorter.
   * Expected: a finite number > 0.
   * @defaultValue no bound with a ridge, where columns are independent and where few that are not were enumerated, else 1.5 times the largest coefficient of least squares that was found, or more
   */
  largest?: number | undefined;
  /**
   * Most nodes of branch and bound of bestSubset, over all lambdas or sizes; each has one at least.
   *
   * Change it when the search ends with a gap and may take longer (larger), or takes too long (smaller).
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 10000
   */
  maxNodes?: number | undefined;
  /**
   * Level of the false discovery rate that the weights of slope are made for.
   *
   * Change it when more false discoveries are acceptable (larger), or fewer (smaller).
   * Expected: a number in (0, 1).
   * @defaultValue 0.1
   */
  q?: number | undefined;
}

const choice = makersOf<SparseChoiceSettings>();

/** The family `huber` of `sparse` with its settings. */
export const huber = choice('huber', ['huberDelta']);

/** The family `quantile` of `sparse` with its settings. */
export const quantile = choice('quantile', ['level']);

/** The family `cox` of `sparse` with its settings. */
export const cox = choice('cox', ['ties']);

/** The name of a family, or one with its settings. */
export type SparseFamily =
  | 'gaussian'
  | 'binomial'
  | 'poisson'
  | 'gamma'
  | 'multinomial'
  | 'huber'
  | 'quantile'
  | 'cox'
  | ReturnType<typeof huber>
  | ReturnType<typeof quantile>
  | ReturnType<typeof cox>;

/** The penalty `lasso` of `sparse` with its settings. */
export const lasso = choice('lasso', ['alpha']);

/** The penalty `mcp` of `sparse` with its settings. */
export const mcp = choice('mcp', ['alpha', 'gamma']);

/** The penalty `scad` of `sparse` with its settings. */
export const scad = choice('scad', ['alpha', 'gamma']);

/** The penalty `lq` of `sparse` with its settings. */
export const lq = choice('lq', ['alpha']);

/** The penalty `groupLasso` of `sparse` with its settings. */
export const groupLasso = choice('groupLasso', ['alpha']);

/** The penalty `groupMcp` of `sparse` with its settings. */
export const groupMcp = choice('groupMcp', ['alpha', 'gamma']);

/** The penalty `groupScad` of `sparse` with its settings. */
export const groupScad = choice('groupScad', ['alpha', 'gamma']);

/** The penalty `groupLq` of `sparse` with its settings. */
export const groupLq = choice('groupLq', ['alpha']);

/** The penalty `sparseGroupLasso` of `sparse` with its settings. */
export const sparseGroupLasso = choice('sparseGroupLasso', ['alpha']);

/** The penalty `bestSubset` of `sparse` with its settings. */
export const bestSubset = choice('bestSubset', ['ridge', 'largest', 'maxNodes']);

/** The penalty `slope` of `sparse` with its settings. */
export const slope = choice('slope', ['q']);

/** The penalty `fused` of `sparse` with its settings. */
export const fused = choice('fused', ['alpha']);

/** The name of a penalty, or one with its settings. */
export type SparsePenalty =
  | 'lasso'
  | 'mcp'
  | 'scad'
  | 'lq'
  | 'bestSubset'
  | 'slope'
  | 'fused'
  | 'groupLasso'
  | 'groupMcp'
  | 'groupScad'
  | 'groupLq'
  | 'sparseGroupLasso'
  | ReturnType<typeof lasso>
  | ReturnType<typeof mcp>
  | ReturnType<typeof scad>
  | ReturnType<typeof lq>
  | ReturnType<typeof groupLasso>
  | ReturnType<typeof groupMcp>
  | ReturnType<typeof groupScad>
  | ReturnType<typeof groupLq>
  | ReturnType<typeof sparseGroupLasso>
  | ReturnType<typeof bestSubset>
  | ReturnType<typeof slope>
  | ReturnType<typeof fused>;
