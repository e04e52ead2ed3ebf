import { rangeError, typeError } from '../core/argumentError.js';
import { checkNumber, checkOneOf, checkVector, isList, isPromise, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { withMethods } from '../core/methods.js';
import {
  type Label,
  type MatrixLike,
  perRow,
  readData,
  readMatrix,
  readSigns,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { UnlearnOptions, UnlearnSolution } from '../generated/unlearn.js';
import { unlearnKind } from '../predict/verbs/unlearn.js';

/** A regression, and the rows that it is to be without. */
export interface UnlearnData {
  /** n x p, all rows that the regression was fitted to. */
  x: MatrixLike;
  /** n numbers, or labels of two classes for the logistic loss: coefficients are for the second in order. */
  y: ArrayLike<number> | readonly Label[];
  /** p numbers: the fit to all rows. */
  coefficients: ArrayLike<number>;
  /** Its intercept, which has no penalty. Left out: there is none. */
  intercept?: number | undefined;
  /** Numbers of the rows to remove, from 0. */
  rows: ArrayLike<number>;
}

export interface UnlearnSettings extends UnlearnOptions, SolveOptions {
  /**
   * The point to begin at instead of the fit to all rows, such as an earlier result. Change it when the rows to remove are many and an
   * earlier result is nearer than the fit.
   */
  warmStart?: { coefficients: ArrayLike<number>; intercept?: number | undefined } | undefined;
}

export interface UnlearnResult extends SolveResult, UnlearnSolution {
  /** Rows that were removed, as they were given. */
  rows: Int32Array;
  /** The two classes of the logistic loss, in order. */
  classes?: readonly [Label, Label];
  /** Predictions of the regression without the rows for others: numbers, or the probability of the second class. */
  predict(x: MatrixLike): Float64Array;
}

/**
 * Makes of a ridge or logistic regression what it would be had it never seen some of its rows:
 *
 *     minimise  (1/n) sum_{i not in rows} loss(x_i^T b, y_i) + (lambda / 2) ||b||^2,   n the rows that there were,
 *
 * so that the weight of the ridge beside the sum of the losses stays what it was.
 *
 * ```ts
 * const { coefficients, leverages } = await unlearn({ x, y, coefficients: fitted, rows: [3, 17] }, { lambda: 0.1 });
 * ```
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument, also where the rows that remain have no
 * unique fit; {@link SolverError} `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function unlearn(data: UnlearnData, settings: UnlearnSettings = {}): Promise<UnlearnResult> {
  const { x, y, coefficients, intercept, rows } = readData(data, ['x', 'y', 'coefficients', 'intercept', 'rows']);
  const { warmStart, ...others } = fixDeadline(settings);
  const matrix = readMatrix('x', x);
  const given = isPromise(matrix) ? await matrix : matrix;
  const columns = { length: given.columns, per: 'one for each column of x' };
  const fit = checkVector('coefficients', coefficients, columns);
  const constant = intercept === undefined ? undefined : checkNumber('intercept', intercept);
  const encoded =
    checkOneOf('loss', others.loss === undefined ? 'squared' : others.loss, ['squared', 'logistic']) === 'logistic'
      ? readSigns(y, given.rows)
      : undefined;
  const signs = isPromise(encoded) ? await encoded : encoded;
  const start = warmStart && checkWarmStart(warmStart);
  const request = {
    x: given,
    y: signs ? signs.values.map((sign) => (1 + sign) / 2) : perRow('y', y, given.rows),
    coefficients: start ? checkVector('warmStart.coefficients', start.coefficients, columns) : fit,
    intercept: constant === undefined ? undefined : checkNumber('warmStart.intercept', start?.intercept ?? constant),
    rows: rowNumbers(rows, given.rows),
  };
  const answer = await solveOnCpu('unlearn', request, others);
  const result = { ...answer, rows: request.rows, ...(signs && { classes: signs.classes }) };
  return withMethods(result as UnlearnResult, unlearnKind.functions);
}

/** Numbers of rows, each once, that leave some row. */
function rowNumbers(value: unknown, n: number): Int32Array {
  if (!isList(value)) throw typeError(`rows = ${show(value)}: expected an array of row numbers`);
  const seen = new Set<number>();
  const rows = Int32Array.from({ length: value.length }, (_, k) => {
    const row = value[k];
    if (typeof row !== 'number') throw typeError(`rows[${k}] = ${show(row)}: expected a number`);
    if (!Number.isInteger(row) || row < 0 || row >= n) {
      throw rangeError(`rows[${k}] = ${row}: expected an integer in [0, ${n - 1}], a row of x`);
    }
    if (seen.has(row)) throw rangeError(`rows[${k}] = ${row}: expected each row once`);
    seen.add(row);
    return row;
  });
  if (rows.length >= n) throw rangeError(`rows: expected fewer than the ${n} rows of x, got ${rows.length}`);
  return rows;
}
