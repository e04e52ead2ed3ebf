import { rangeError, typeError } from '../core/argumentError.js';
import { checkNumber, checkVector, isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { withMethods } from '../core/methods.js';
import {
  type Label,
  type MatrixLike,
  perRow,
  readData,
  readMatrix,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkedValues, distinct } from '../core/targets.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { RobustMixedModelOptions, RobustMixedModelSolution } from '../generated/robustMixedModel.js';
import { robustMixedModelKind } from '../predict/verbs/robustMixedModel.js';

export interface RobustMixedModelData {
  /** n x p. */
  x: MatrixLike;
  /** n numbers. */
  y: ArrayLike<number>;
  /** The group of each row, of which each has an intercept of its own beside the common one. Default: there are no groups. */
  groups?: ArrayLike<number> | readonly Label[] | undefined;
}

export interface RobustMixedModelSettings extends RobustMixedModelOptions, SolveOptions {
  /**
   * Tsallis' q of the errors' distribution, between 1 and 3, instead of degreesOfFreedom = (3 - q) / (q - 1). Change it when errors are
   * given by Tsallis' q and not by degrees of freedom.
   */
  q?: number | undefined;
  /**
   * Coefficients to begin at, such as an earlier result. Default: least squares. Change it when an earlier result is near.
   */
  warmStart?: { coefficients: ArrayLike<number>; intercept?: number | undefined } | undefined;
}

export interface RobustMixedModelResult extends SolveResult, RobustMixedModelSolution {
  /** The groups, in the order of their random intercepts; absent where there are none. */
  groups?: readonly Label[];
  /** The expected response of rows, with the intercepts of their groups if these are given; those of unknown groups are 0. */
  predict(x: MatrixLike, options?: { groups?: ArrayLike<number> | readonly Label[] | undefined }): Float64Array;
}

/**
 * Fits a linear model with errors of heavy tails, and an intercept for each group, by maximum likelihood:
 *
 *     y_g ~ t_nu(X_g b, sigma^2 (I + tau J)),    J the matrix of ones in the rows of group g,
 *
 * which without groups is linear regression with errors of Student's distribution, Tsallis' q-Gaussian of q = (nu + 3) / (nu + 1). Rows
 * far from the rest count little.
 *
 * ```ts
 * const { coefficients, weights } = await robustMixedModel({ x, y, groups }, { degreesOfFreedom: 4 });
 * ```
 *
 * The likelihood may have several maxima: `solved` says that its gradient vanishes. `unbounded`: rows are fitted exactly and it has none.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function robustMixedModel(
  data: RobustMixedModelData,
  settings: RobustMixedModelSettings = {},
): Promise<RobustMixedModelResult> {
  const { x, y, groups } = readData(data, ['x', 'y', 'groups']);
  const { warmStart, q, ...others } = fixDeadline(settings);
  if (q !== undefined) others.degreesOfFreedom = ofTsallis(q, others.degreesOfFreedom);
  const read = readMatrix('x', x);
  const given = isPromise(read) ? await read : read;
  const { labels, numbers } = groups === undefined ? {} : groupNumbers(groups, given.rows);
  const request = {
    x: given,
    y: perRow('y', y, given.rows),
    groups: numbers,
    start: startOf(warmStart, given.columns, others.intercept !== false),
  };
  const answer = await solveOnCpu('robustMixedModel', request, others);
  return withMethods(
    { ...answer, ...(labels && { groups: labels }) } as RobustMixedModelResult,
    robustMixedModelKind.functions,
  );
}

function ofTsallis(q: unknown, given: number | undefined): number {
  const checked = checkNumber('q', q);
  if (!(checked > 1 && checked < 3)) throw rangeError(`q = ${checked}: expected a number in (1, 3)`);
  if (given !== undefined)
    throw typeError(`degreesOfFreedom = ${given}: expected nothing beside q, which says the same`);
  return (3 - checked) / (checked - 1);
}

/** Distinct labels in order, and the number of each row's. */
function groupNumbers(groups: unknown, rows: number): { labels: readonly Label[]; numbers: Int32Array } {
  const values = checkedValues(groups, rows, { name: 'groups' });
  for (let i = 0; i < rows; ++i) {
    if (Number.isNaN(values[i])) throw rangeError(`groups[${i}] = NaN: expected a number, string or boolean`);
  }
  const labels = distinct(values);
  const places = new Map(labels.map((label, k) => [label, k]));
  return { labels, numbers: Int32Array.from({ length: rows }, (_, i) => places.get(values[i] as Label) as number) };
}

function startOf(
  warmStart: RobustMixedModelSettings['warmStart'],
  columns: number,
  withIntercept: boolean,
): Float64Array | undefined {
  if (warmStart === undefined) return undefined;
  const { coefficients, intercept = 0 } = checkWarmStart(warmStart);
  const length = { length: columns, per: 'one for each column of x' };
  const found = checkVector('warmStart.coefficients', coefficients, length);
  const constant = checkNumber('warmStart.intercept', intercept);
  return Float64Array.from([...found, ...(withIntercept ? [constant] : [])]);
}
