// The sum over the rows of data that is to be minimised.
import { rangeError, typeError } from '../core/argumentError.js';
import { hasInequalities } from '../core/bounds.js';
import { checkObject, show } from '../core/check.js';
import type { MakeProblem } from '../core/solve.js';
import { requireContinuous } from '../expressions/integers.js';
import { Model } from '../expressions/model.js';
import { CompiledProgram, type Program } from '../expressions/program.js';
import { RegressionProgram, type RegressionRows } from '../problems/regression.js';
import { checkCallbacks, nativeCallbacks, type SumCallbacks } from './callbacks.js';

/** The request for the addon about a sum, and the facts about it that are known here. */
export interface ReadSum {
  sum: (guard: Parameters<MakeProblem>[0], native: Parameters<MakeProblem>[1]) => object;
  /** Prepares what takes so long that other events are served meanwhile; undefined where nothing does. */
  ahead?: (native: Parameters<MakeProblem>[1]) => Promise<unknown> | undefined;
  start: Float64Array;
  rows: number;
  bounds?: { lower: Float64Array; upper: Float64Array };
  /** Handle of the ranks that hold the other rows; then `rows` are this rank's. */
  ranks?: object | undefined;
  /** The problem that `minimize` takes instead; undefined where there are no second derivatives. */
  whole?: WholeSum;
}

/** A sum as the methods of `minimize` take it, and what they cost. */
export interface WholeSum {
  program: Program;
  /** Multiplications of value and gradient over all rows. */
  pass: number;
  /** Multiplications of a Hessian and its factors. */
  hessian: number;
  /** How many Hessians a solve is taken to need. */
  steps: number;
}

/** A regression or a model of rows without constraints, or callbacks where these are taken. */
export function readSum(problem: unknown, callbacksToo = true, seed = 0): ReadSum {
  if (problem instanceof RegressionProgram) {
    const { lower, upper } = problem.bounds;
    if (problem.m > 0 || hasInequalities(problem.bounds)) {
      throw rangeError('problem: expected a regression without equations and inequalities, which minimize() takes');
    }
    const { loss, x, y, weights, offset, ridge, intercept, ranks } = problem.rows;
    return {
      ranks,
      sum: () => ({ regression: { loss, x, y, weights, offset, ridge, intercept } }),
      start: problem.start,
      rows: y.length,
      ...(lower && upper && { bounds: { lower, upper } }),
      whole: {
        ...{ program: problem, ...costsOf(x, y.length, problem.n) },
        steps: loss === 'squared' && !lower && !upper ? stepsOfQuadratic : usualSteps,
      },
    };
  }
  if (problem instanceof Model || problem instanceof CompiledProgram) return readRows(problem, seed);
  if (typeof problem === 'object' && problem !== null && 'x' in problem && 'y' in problem) {
    const others = callbacksToo ? 'a model of rows, or callbacks { rows, n, gradient }' : 'a model of rows';
    throw typeError(
      'problem = { x, y }: has data, but not which loss to minimise: expected logisticRegression({ x, y }), or ' +
        `generalizedLinearModel({ loss: 'squared', x, y }) for least squares, or ${others}`,
    );
  }
  if (!callbacksToo) throw typeError(`problem = ${show(problem)}: expected a regression or a model of rows`);
  const callbacks = checkCallbacks(checkObject('problem', problem as SumCallbacks));
  return {
    ranks: callbacks.ranks,
    sum: (guard) => ({ callbacks: nativeCallbacks(callbacks, guard) }),
    start: callbacks.start,
    rows: callbacks.rows,
  };
}

/** Least squares take one Hessian, seldom two. */
const stepsOfQuadratic = 3;
const usualSteps = 30;

/** An exponential costs about as much as these multiplications. */
const ofLoss = 20;
const factorsOf = (n: number): number => n ** 3 / 6;

/** A regression's: half of the outer product of a row for the Hessian, and the row twice for value and gradient. */
function costsOf(x: RegressionRows['x'], rows: number, n: number): Pick<WholeSum, 'pass' | 'hessian'> {
  const each = 'data' in x ? x.columns : x.values.length / rows;
  return { pass: rows * (2 * each + ofLoss), hessian: (rows * each ** 2) / 2 + factorsOf(n) };
}

/** A model whose objective has a mean or a sum over rows of data. */
function readRows(problem: Model | CompiledProgram, seed: number): ReadSum {
  const program = problem instanceof Model ? problem.compile() : problem;
  requireContinuous(program, 'this solver');
  const { rowCount } = program.parts;
  if (rowCount === undefined) {
    throw typeError('problem: expected an objective with a mean over rows of data, as rows.mean(loss) of model.rows');
  }
  if (program.m > 0) throw rangeError(`problem: has ${program.m} constraints: expected none but bounds`);
  if (program.sense === 'maximize') throw rangeError('problem: expected model.minimize in place of maximize');
  const { lower, upper } = program.bounds;
  return {
    sum: (_, native) => ({ ...program.dataRequest(native), ...program.parts.convexity?.() }),
    ahead: (native) => program.ahead(native),
    start: program.startBy(seed),
    rows: rowCount(),
    ...(lower && upper && { bounds: { lower: lower.slice(), upper: upper.slice() } }),
    ...(program.parts.kink === undefined && {
      whole: { program, ...costsOfProducts(rowCount(), program.n), steps: usualSteps },
    }),
  };
}

/** A model's, whose Hessian is made of n products, each of which takes about as long as two and a half gradients. */
function costsOfProducts(rows: number, n: number): Pick<WholeSum, 'pass' | 'hessian'> {
  const pass = rows * (2 * n + ofLoss);
  return { pass, hessian: 2.5 * n * pass + factorsOf(n) };
}
