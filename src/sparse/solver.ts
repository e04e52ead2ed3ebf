// Sparse regression at one lambda.
import { checkObject, isPromise } from '../core/check.js';
import type { SolveResult } from '../core/solve.js';
import { linksAlong } from './links.js';
import { fitOf, type SparseFit, unfitted } from './model.js';
import {
  checkModelSettings,
  inMemory,
  matrixOf,
  type Prepared,
  prepare,
  type SparseAnswer,
  type SparseData,
  type SparseModelSettings,
  type SparseProgress,
  solvePrepared,
} from './problem.js';
import { requestOfModel } from './request.js';
import { type BaselineHazard, baselineHazards, riskSets } from './survival.js';

export interface SparseSettings extends SparseModelSettings {
  /** Weight of the penalty beside the mean loss of the rows. One of `lambda` and `size` is to be there. */
  lambda?: number | undefined;
  /** The most columns of the best subset, instead of `lambda`. The penalty is {@link bestSubset}, without lambda. */
  size?: number | undefined;
}

export interface SparseResult extends SolveResult<SparseProgress>, SparseFit {
  objective: number;
  /** The least lambda at which all penalised coefficients are 0. */
  lambdaMax: number;
  /** Columns that are constant: their coefficients are 0. */
  constantColumns: Int32Array;
  /** The cumulative hazard of a row whose linear prediction is 0, for each stratum, of the family `cox`. */
  baselineHazard?: BaselineHazard[];
}

/**
 * Fits a regression with a penalty that selects columns, at one lambda: over p coefficients b and an intercept b_0
 *
 *     minimise  sum_i w_i loss(o_i + b_0 + x_i^T b, y_i) / sum_i w_i  +  sum_j P(b_j; lambda f_j)
 *
 * ```ts
 * const fit = await sparseRegression({ x, y }, { lambda: 0.1, penalty: lasso() });
 * const predicted = fit.predict(xNew);
 * ```
 *
 * with the loss of a `family` (squared, logistic, Poisson, gamma, multinomial, {@link huber}, {@link quantile}, {@link cox}) and a
 * `penalty` such as {@link lasso}, {@link mcp}, {@link groupLasso} or {@link bestSubset}; or, with a `size` instead of `lambda`, the best
 * subset of at most so many columns: the minimum of mean loss + ridge / 2 ||b||^2 over all of these, for family `'gaussian'`. Columns are divided by their standard deviation
 * unless `standardize` is false; coefficients come in the units of x. `certificate` says what is known of the minimum: for convex penalties
 * and best subsets a bound that no coefficients have an objective below.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError} `OUT_OF_MEMORY`,
 * `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function sparseRegression(data: SparseData, settings: SparseSettings): Promise<SparseResult> {
  const { lambda, ...others } = checkModelSettings(checkObject('settings', settings), false, ['lambda', 'size']);
  // Without an await where there is nothing to wait for: a solve has begun when the call returns.
  const given = inMemory(data, others);
  const prepared = prepare(isPromise(given) ? await given : given, others);
  const answer = await solvePrepared(prepared, requestOfModel({ lambda, size: others.size }));
  const { status, message, iterations, seconds, history, device, lambdaMax, constantColumns, residual } = answer;
  const { about } = prepared;
  const fit = answer.lambda.length > 0 ? fitOf({ answer, about }, 0) : unfitted(about, lambda ?? 0, others.size);
  return Object.assign(fit, {
    ...{ status, message, iterations, seconds, history, device, lambdaMax, constantColumns },
    ...(residual !== undefined && { residual }),
    ...(answer.lambda.length > 0 && (await hazardsOf(prepared, answer))),
  });
}

/** The baseline hazards of times until an event, of the rows that a model was fitted to. */
async function hazardsOf(prepared: Prepared, answer: SparseAnswer): Promise<Pick<SparseResult, 'baselineHazard'>> {
  const { survival, weights, offset, about } = prepared;
  if (!survival) return {};
  const rows = Int32Array.from(survival.time.keys());
  const links = await linksAlong(matrixOf(prepared, weights), rows, offset, answer, 1);
  const sets = riskSets(survival, weights);
  return { baselineHazard: baselineHazards(sets, links, about.origin.ties as string) };
}
