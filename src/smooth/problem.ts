// What is to be minimised of the rows of data.
import { hasInequalities } from '../core/bounds.js';
import { checkObject, show } from '../core/check.js';
import type { MakeProblem } from '../core/solve.js';
import { Model } from '../expressions/model.js';
import { CompiledProgram } from '../expressions/program.js';
import { RegressionProgram } from '../problems/regression.js';
import { checkCallbacks, nativeCallbacks, type SumCallbacks } from './callbacks.js';

/** What the addon is given of a sum, and what is known of it here. */
export interface ReadSum {
  sum: (guard: Parameters<MakeProblem>[0], native: Parameters<MakeProblem>[1]) => object;
  /** Prepares what takes so long that other events are served meanwhile; undefined where nothing does. */
  ahead?: (native: Parameters<MakeProblem>[1]) => Promise<unknown> | undefined;
  start: Float64Array;
  rows: number;
  bounds?: { lower: Float64Array; upper: Float64Array };
  /** What the addon calls the ranks that have other rows; then `rows` are this rank's. */
  ranks?: object | undefined;
}

/** A regression or a model of rows without constraints, or callbacks where these are taken. */
export function readSum(problem: unknown, callbacksToo = true): ReadSum {
  if (problem instanceof RegressionProgram) {
    const { lower, upper } = problem.bounds;
    if (problem.m > 0 || hasInequalities(problem.bounds)) {
      throw new RangeError('problem: expected a regression without equations and inequalities, which minimize() takes');
    }
    const { loss, x, y, weights, offset, ridge, intercept, ranks } = problem.rows;
    return {
      ranks,
      sum: () => ({ loss, x, y, weights, offset, ridge, intercept }),
      start: problem.start,
      rows: y.length,
      ...(lower && upper && { bounds: { lower, upper } }),
    };
  }
  if (problem instanceof Model || problem instanceof CompiledProgram) return readRows(problem);
  if (!callbacksToo) throw new TypeError(`problem = ${show(problem)}: expected a regression or a model of rows`);
  const callbacks = checkCallbacks(checkObject('problem', problem as SumCallbacks));
  return {
    ranks: callbacks.ranks,
    sum: (guard) => ({ callbacks: nativeCallbacks(callbacks, guard) }),
    start: callbacks.start,
    rows: callbacks.rows,
  };
}

/** A model whose objective has a mean or a sum over rows of data. */
function readRows(problem: Model | CompiledProgram): ReadSum {
  const program = problem instanceof Model ? problem.compile() : problem;
  const { rowCount } = program.parts;
  if (rowCount === undefined) {
    throw new TypeError(
      'problem: expected an objective with a mean over rows of data, as rows.mean(loss) of model.rows',
    );
  }
  if (program.m > 0) throw new RangeError(`problem: has ${program.m} constraints: expected none but bounds`);
  if (program.sense === 'maximize') throw new RangeError('problem: expected model.minimize in place of maximize');
  const { lower, upper } = program.bounds;
  return {
    sum: (_, native) => program.dataRequest(native),
    ahead: (native) => program.ahead(native),
    start: program.start,
    rows: rowCount(),
    ...(lower && upper && { bounds: { lower: lower.slice(), upper: upper.slice() } }),
  };
}
