import { typeError } from '../core/argumentError.js';
import { checkVector, isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import {
  type Matrix,
  type MatrixLike,
  readMatrix,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { AssignOptions, AssignProgress, AssignSolution } from '../generated/assign.js';

export interface AssignSettings extends AssignOptions, SolveOptions<AssignProgress> {
  /**
   * An assignment to begin with, such as an earlier result of nearly these costs: the column of each row, -1 for none, and multipliers. Without
   * multipliers it only stands for a better one until there is one. Default: none. Change it when an earlier result is near.
   */
  warmStart?: AssignStart | undefined;
}

export interface AssignStart {
  /** The column of each row, -1 for none. */
  columnOf: ArrayLike<number>;
  /** n numbers. */
  rowMultipliers?: ArrayLike<number> | undefined;
  /** m numbers. */
  columnMultipliers?: ArrayLike<number> | undefined;
}

export interface AssignResult extends SolveResult<AssignProgress>, AssignSolution {}

/**
 * Pairs rows with columns at the least cost, with a proof: over sets P of pairs in which each row and each column comes at most once,
 * and each of the fewer ones of them once,
 *
 *     minimise   sum over (i, j) in P of cost_ij          (or maximise it)
 *
 * `cost` is n x m; a cost of Infinity forbids a pair (-Infinity with `maximize: true`).
 *
 * ```ts
 * const { columnOf, objective } = await assign([[4, 1, 3], [2, 0, 5], [3, 2, 2]]);
 * ```
 *
 * The multipliers of the result prove that no assignment is better: u_i + v_j <= cost_ij for all pairs, and their sum is
 * `certificate.lowerBound`. Where forbidden pairs leave no assignment, `status` is `'infeasible'`, and `certificate.proof` has rows that have
 * fewer columns than they are, or columns that have fewer rows.
 *
 * R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function assign(cost: MatrixLike, settings: AssignSettings = {}): Promise<AssignResult> {
  const { warmStart, ...others } = fixDeadline(settings);
  const read = readMatrix('cost', cost);
  const matrix = isPromise(read) ? await read : read;
  if (matrix.rows * matrix.columns === 0) throw typeError('cost: expected at least one row and one column');
  const answer = await solveOnCpu('assign', { cost: matrix, ...startOf(warmStart, matrix) }, others);
  return answer as AssignResult;
}

/** The start as the addon takes it. */
function startOf(
  warmStart: AssignStart | undefined,
  { rows, columns }: Matrix,
): { start?: Float64Array; startRows?: Float64Array; startColumns?: Float64Array } {
  if (warmStart === undefined) return {};
  const { columnOf, rowMultipliers, columnMultipliers } = checkWarmStart(warmStart);
  const vector = (name: string, value: unknown, length: number, per: string): Float64Array =>
    checkVector(`warmStart.${name}`, value, { length, per: `one for each ${per}` });
  return {
    start: vector('columnOf', columnOf, rows, 'row of cost'),
    ...(rowMultipliers && { startRows: vector('rowMultipliers', rowMultipliers, rows, 'row of cost') }),
    ...(columnMultipliers && {
      startColumns: vector('columnMultipliers', columnMultipliers, columns, 'column of cost'),
    }),
  };
}
