// Generalised linear models under constraints, by kernels of their own.

import { addon, type RegressionRequest } from '../core/addon.js';
import { appendColumn } from '../core/algebra.js';
import { rangeError, typeError } from '../core/argumentError.js';
import { type Bounds, boundsOfVariables, checkBound } from '../core/bounds.js';
import {
  checkBoolean,
  checkData,
  checkFunction,
  checkMembers,
  checkNumber,
  checkObject,
  checkOneOf,
  checkVector,
  disown,
  show,
  type VectorOfValues,
} from '../core/check.js';
import type { DeviceSupport } from '../core/device.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../core/matrix.js';
import { requireMemory } from '../core/memory.js';
import { isLarge, toLargeOperand, toOperand } from '../core/operand.js';
import { checkRanks, type Ranks } from '../core/ranks.js';
import { checkedValues, distinct, type Label } from '../core/targets.js';
import { Expression } from '../expressions/expression.js';
import { slice } from '../expressions/indexing.js';
import { checkLinearRows, type LinearRows, ownRows } from '../expressions/linearRows.js';
import { Model } from '../expressions/model.js';
import { sumSquares } from '../expressions/operators.js';
import { matvec } from '../expressions/products.js';
import { type CompiledProgram, FamilyProgram, PerAddon } from '../expressions/program.js';
import { type RegressionModel, type RegressionModelData, regressionModel } from '../predict/regression.js';

/**
 * Loss of a prediction t = a^T x + offset for a response y, a negative log-likelihood up to a constant:
 *
 * - `logistic`: log(1 + exp(t)) - y t, y 0 or 1 or a share between; binomial, logit link
 * - `squared`: (t - y)^2 / 2; Gaussian, identity link
 * - `poisson`: exp(t) - y t, y >= 0; Poisson, log link
 * - `gamma`: t + y exp(-t), y > 0; gamma, log link
 */
export type RegressionLoss = 'logistic' | 'squared' | 'poisson' | 'gamma';

/** Data and constraints for {@link logisticRegression} and {@link generalizedLinearModel}, N observations of n features. */
export interface RegressionData {
  /**
   * N x n, a row a_i for each observation, dense or sparse. The first solve copies the numbers of a typed array, and looks at more than
   * 500,000 of them for such as are not finite: changes after it do not show.
   */
  x: MatrixLike | SparseMatrix;
  /**
   * N responses. For `logistic` two classes, strings, booleans or any two numbers, of which the second in order is y = 1; or
   * shares from 0 to 1.
   */
  y: ArrayLike<Label> | VectorOfValues;
  /** How much each observation counts, N numbers >= 0; the objective divides by their sum. Default: all alike. */
  sampleWeight?: ArrayLike<number> | undefined;
  /** N numbers that are added to the predictions, such as the logarithm of an exposure. Default 0. */
  offset?: ArrayLike<number> | undefined;
  /** Factor of ||x||^2 / 2, or one for each coefficient. Default 0. */
  ridge?: number | ArrayLike<number> | undefined;
  /** True if there is a constant beside the features: the last unknown, without ridge and not in the constraints. Default false. */
  intercept?: boolean | undefined;
  /** Linear equations A x = b: A with n columns, dense or sparse. */
  A?: MatrixLike | SparseMatrix | undefined;
  /** A number for each row of A. */
  b?: ArrayLike<number> | undefined;
  /** ||x||^2 is to be this. */
  squaredNorm?: number | undefined;
  /** Lower bounds of the coefficients, one for all or n numbers; -Infinity for none. The intercept has none. Default: none. */
  lower?: number | ArrayLike<number> | undefined;
  /** Upper bounds, likewise. Default: none. */
  upper?: number | ArrayLike<number> | undefined;
  /** Linear inequalities A x <= b: A with n columns, dense or sparse, b one number for all rows or one for each. */
  atMost?: LinearSides | undefined;
  /** Linear inequalities A x >= b, likewise. */
  atLeast?: LinearSides | undefined;
  /** Further equations: expressions of the n coefficients that are to be 0. */
  constraints?: ((x: Expression<readonly [number]>) => Expression | readonly Expression[]) | undefined;
  /**
   * Coefficients (and intercept) to begin with. Default 0; with `squaredNorm` equal numbers of that norm. They are moved to a
   * point near by where the equations hold, which costs no pass over the data, unless exponentials of predictions are
   * huge there or there are bounds or inequalities. The first solve does that, beside this thread.
   */
  start?: ArrayLike<number> | undefined;
  /**
   * The ranks of an MPI job, `await world()`, each of which has other rows of x, with the same columns, and calls {@link minimize} or
   * {@link minimizeSum} with the same settings: the solve is one of all rows, on all ranks. Up to 4,096 columns in `minimize`; on the CPU.
   * Default: all rows are here.
   */
  ranks?: Ranks | undefined;
}

/** Rows of A and a side of A x for each. */
export interface LinearSides {
  A: MatrixLike | SparseMatrix;
  b: number | ArrayLike<number>;
}

export interface GeneralizedLinearModelData extends RegressionData {
  loss: RegressionLoss;
}

const losses: readonly RegressionLoss[] = ['logistic', 'squared', 'poisson', 'gamma'];
/** Losses that are beyond all measure for predictions that are far off. */
const exponential: readonly RegressionLoss[] = ['poisson', 'gamma'];
/** The families that losses are of. */
const families = { logistic: 'binomial', squared: 'gaussian', poisson: 'poisson', gamma: 'gamma' } as const;
const members = [
  ...['x', 'y', 'sampleWeight', 'offset', 'ridge', 'intercept', 'ranks'],
  ...['A', 'b', 'squaredNorm', 'lower', 'upper', 'atMost', 'atLeast', 'constraints', 'start'],
];

/** A regression for {@link minimize}: its unknowns are the coefficients, and the intercept behind them if there is one. */
export class RegressionProgram extends FamilyProgram {
  /** The label with y = 0 and the label with y = 1, where there are two classes. */
  readonly classes: readonly [Label, Label] | undefined;
  /**
   * The regression without its constraints, for methods that go through its rows: start and bounds are those of the program.
   * @internal
   */
  readonly rows: RegressionRows;
  readonly #features: Omit<RegressionModelData, 'coefficients' | 'intercept'> & { columns: number };

  /** @internal */
  constructor(loss: RegressionLoss, given: RegressionData) {
    const features = toLargeOperand('x', given.x);
    const { rows, columns } = features;
    requireMemory(48 * (rows + columns), () => `x of ${rows} rows and ${columns} columns needs`); // ridge, start, bounds; weights
    const ranks = checkRanks('ranks', given.ranks);
    const { y, classes } = (ranks ? responsesOfRank : responses)(loss, given.y, rows);
    const intercept = given.intercept !== undefined && checkBoolean('intercept', given.intercept);
    const x = intercept ? appendColumn(features, new Float64Array(rows).fill(1)) : features;
    const linear = ownRows(checkLinearRows(given.A, given.b, columns));
    const inequalities = inequalitiesOf(given, columns);
    const constraints = constraintsOf(given, linear, inequalities, columns, x.columns);
    const bounds = boundsOf(given, inequalities, columns, x.columns, constraints?.m ?? 0);
    const free = Object.keys(bounds).length === 0;
    const start = startOf(given, columns, x.columns);
    const request = {
      loss,
      x,
      y,
      weights: weightsOf(given.sampleWeight, rows, ranks !== undefined),
      offset: offsetOf(given.offset, rows),
      ridge: ridgeOf(given.ridge, columns, x.columns),
      start: free ? start : undefined,
      ...linear,
      squaredNorm: given.squaredNorm,
      ranks,
    };
    const [large, dense] = [isLarge(features), 'data' in x];
    const made = regressionWith(dense && large ? { ...request, unchecked: true } : request, constraints);
    super({
      ...{ m: constraints?.m ?? 0, start, bounds, ranks },
      computesStart: constraints !== undefined && free,
      fallbackStart: exponential.includes(loss) && constraints && free ? start : undefined,
      deviceSupport: ranks ? { cpuOnly: 'regressions over ranks' } : deviceSupportOf(x, free),
      // The data of a solve are ours until an addon asks for them, in pieces where it is large; dense data are also for the other addon.
      handle: dense || large ? made : made.handle(addon()),
    });
    this.classes = classes;
    this.rows = { ...request, intercept, weighted: given.sampleWeight !== undefined };
    this.#features = { family: families[loss], classes, hasOffset: given.offset !== undefined, columns };
  }

  /**
   * The model of what {@link minimize} found, which predicts and goes to JSON and ONNX: `problem.model(result).predict(xNew)`.
   * @throws TypeError or RangeError for an x with another number of coefficients.
   */
  model({ x }: { x: ArrayLike<number> }): RegressionModel {
    const { columns, ...features } = this.#features;
    const values = checkVector('x', x, { length: this.n, per: 'one for each unknown' });
    const intercept = values.length > columns ? values[columns] : 0;
    return regressionModel({ ...features, coefficients: values.slice(0, columns), intercept });
  }
}

/** Rows of a regression and what is added to the mean of their losses; of `x` the last column is that of the intercept. */
export interface RegressionRows
  extends Pick<RegressionRequest, 'loss' | 'x' | 'y' | 'weights' | 'offset' | 'ridge' | 'ranks'> {
  intercept: boolean;
  /** True if there are weights of rows, which are divided by their sum. */
  weighted: boolean;
}

/** The handle that an addon makes of a regression. */
const regressionWith = (request: RegressionRequest, constraints: CompiledProgram | undefined) =>
  new PerAddon(
    (native) => ({ ...request, constraints: constraints?.parts.handle(native) }),
    (native, regression) => native.compileRegression(regression),
  );

/**
 * Logistic regression, under constraints if there are any, as a problem for {@link minimize}:
 *
 *     minimise  1/N sum_i log(1 + exp(t_i)) - y_i t_i  +  ridge/2 ||x||^2,  t_i = a_i^T x
 *     subject to  A x = b,  ||x||^2 = squaredNorm,  equations of your own,
 *                 atMost.A x <= atMost.b,  atLeast.A x >= atLeast.b,  lower <= x <= upper
 *
 * ```ts
 * const problem = logisticRegression({ x, y, squaredNorm: 1 });
 * const { x: coefficients, multipliers } = await minimize(problem);
 * ```
 *
 * Multipliers come in the order A, `squaredNorm`, `constraints`, `atMost`, `atLeast`. One pass over the rows gives value, gradient and weights of a
 * point; the Hessian is a sparse or dense product. Both use all threads, or of dense data a GPU (`device`).
 *
 * @throws TypeError or RangeError that names the argument and the value: a NaN, a shape that does not fit, labels of one class.
 * Equations that contradict one another reject the promise of {@link minimize}, which checks them beside this thread.
 */
export function logisticRegression(data: RegressionData): RegressionProgram {
  checkData(data, members);
  return new RegressionProgram('logistic', data);
}

/**
 * A generalised linear model of any {@link RegressionLoss}, as {@link logisticRegression} is the one of `logistic`:
 *
 *     minimise  sum_i w_i loss(a_i^T x + offset_i, y_i) / sum_i w_i  +  ridge/2 ||x||^2
 *     subject to  A x = b,  ||x||^2 = squaredNorm,  equations of your own,
 *                 atMost.A x <= atMost.b,  atLeast.A x >= atLeast.b,  lower <= x <= upper
 *
 * ```ts
 * const problem = generalizedLinearModel({ loss: 'poisson', x, y: counts, A: [[1, 1, 1]], b: [0] });
 * ```
 *
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function generalizedLinearModel(data: GeneralizedLinearModelData): RegressionProgram {
  checkData(data, ['loss', ...members]);
  return new RegressionProgram(checkOneOf('loss', data.loss, losses), data);
}

function deviceSupportOf(x: Matrix | SparseMatrix, free: boolean): DeviceSupport {
  if (!('data' in x)) return { cpuOnly: 'regressions on sparse data' };
  return free ? { flops: flopsOf(x) } : { cpuOnly: 'regressions with bounds or inequalities' };
}

/** Multiplications of about ten Hessians. */
function flopsOf({ rows, columns }: Matrix): number {
  return 5 * rows * columns ** 2;
}

/** A copy of the responses, as numbers; of two classes 0 and 1, with their labels. */
export function responses(
  loss: RegressionLoss,
  given: unknown,
  rows: number,
): { y: Float64Array; classes?: readonly [Label, Label] } {
  const values = checkedValues(given, rows);
  if (loss === 'logistic') {
    // Of numbers that are more than two classes it does not matter how many there are: they are shares.
    const found = distinct(values, typeof values[0] === 'number' ? 2 : undefined);
    if (found.length === 2) {
      const [zero, one] = found as [Label, Label];
      finite(values);
      const y = new Float64Array(rows);
      for (let i = 0; i < rows; ++i) if (values[i] === one) y[i] = 1;
      return { y, classes: [zero, one] };
    }
    if (typeof values[0] !== 'number' || found.length === 1) {
      const got = found.length === 1 ? `only ${show(found[0])}` : `${found.length}`;
      throw rangeError(`y: expected two classes, got ${got}`);
    }
  }
  const y = numbersOf(loss, values, 'one of two classes, or a share from 0 to 1');
  if (loss === 'poisson' && y.every((value) => value === 0)) throw rangeError('y: expected a number that is not 0');
  return { y };
}

/** A rank's responses: which classes there are no rank knows by itself, so they are -1 or 0, and 1. */
function responsesOfRank(loss: RegressionLoss, given: unknown, rows: number): { y: Float64Array; classes?: undefined } {
  const values = checkedValues(given, rows);
  const signs = loss === 'logistic' ? Array.from(values, (value) => (value === -1 ? 0 : value)) : values;
  return { y: numbersOf(loss, signs, 'over ranks -1 or 0, and 1, or a share from 0 to 1') };
}

/** A copy of responses that are what the loss needs; `ofLogistic` says what that of classes expects. */
function numbersOf(loss: RegressionLoss, values: ArrayLike<Label>, ofLogistic: string): Float64Array {
  if (typeof values[0] !== 'number') throw typeError(`y[0] = ${show(values[0])}: expected a number`);
  const y = finite(values).slice();
  const refuse = (i: number, expected: string) => rangeError(`y[${i}] = ${y[i]}: expected ${expected}`);
  y.forEach((value, i) => {
    if (loss === 'logistic' && !(value >= 0 && value <= 1)) throw refuse(i, ofLogistic);
    if (loss === 'poisson' && !(value >= 0)) throw refuse(i, 'a number >= 0');
    if (loss === 'gamma' && !(value > 0)) throw refuse(i, 'a number > 0');
  });
  return y;
}

/** Numbers that are all finite; other labels are not looked at. */
function finite(values: ArrayLike<Label>): Float64Array {
  return typeof values[0] === 'number' ? checkVector('y', values) : new Float64Array(0);
}

function offsetOf(given: unknown, rows: number): Float64Array | undefined {
  return given === undefined ? undefined : perRow('offset', given, rows).slice();
}

function perRow(name: string, given: unknown, rows: number, lower = Number.NEGATIVE_INFINITY): Float64Array {
  return checkVector(name, given, { length: rows, per: 'one for each row of x', lower });
}

/** Weights whose sum is 1; of rows that other ranks have more of, as they are given. */
function weightsOf(given: unknown, rows: number, shared: boolean): Float64Array {
  if (given === undefined) return new Float64Array(rows).fill(shared ? 1 : 1 / rows);
  const weights = perRow('sampleWeight', given, rows, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw rangeError('sampleWeight: expected a number > 0');
  if (!Number.isFinite(total)) throw rangeError('sampleWeight: expected numbers whose sum is finite');
  return shared ? weights.slice() : weights.map((weight) => weight / total);
}

function ridgeOf(given: unknown, features: number, unknowns: number): Float64Array {
  const ridge = new Float64Array(unknowns);
  if (given === undefined) return ridge;
  if (typeof given === 'number') return ridge.fill(checkNumber('ridge', given, { lower: 0 }), 0, features);
  ridge.set(checkVector('ridge', given, { length: features, per: 'one for each column of x', lower: 0 }));
  return ridge;
}

/** Rows whose product with x is to be between sides. */
interface Inequality {
  A: Matrix | SparseMatrix;
  lower: Float64Array;
  upper: Float64Array;
}

function inequalitiesOf({ atMost, atLeast }: RegressionData, features: number): Inequality[] {
  const made: Inequality[] = [];
  for (const [name, given, side, other] of [
    ['atMost', atMost, 'upper', Number.NEGATIVE_INFINITY],
    ['atLeast', atLeast, 'lower', Number.POSITIVE_INFINITY],
  ] as const) {
    if (given === undefined) continue;
    const { A, b } = checkMembers(name, checkObject(name, given), ['A', 'b']);
    const rows = toOperand(`${name}.A`, A);
    if (rows.columns !== features) {
      throw rangeError(`${name}.A: expected ${features} columns, one for each column of x, got ${rows.columns}`);
    }
    if (b === undefined) throw typeError(`${name}.b = undefined: expected a number or an array of numbers`);
    const sides = checkBound({ name: `${name}.b`, value: b }, side, [rows.rows]);
    const none = new Float64Array(rows.rows).fill(other);
    made.push({ A: rows, lower: side === 'lower' ? sides : none, upper: side === 'upper' ? sides : none });
  }
  return made;
}

/** Bounds of coefficients and intercept, and sides of all constraints, of which inequalities are the last. */
function boundsOf(
  data: RegressionData,
  inequalities: readonly Inequality[],
  features: number,
  unknowns: number,
  m: number,
): Bounds {
  const { lower, upper } = boundsOfVariables(data, features);
  const bounds: Bounds = {};
  if (lower && upper) {
    bounds.lower = new Float64Array(unknowns).fill(Number.NEGATIVE_INFINITY);
    bounds.upper = new Float64Array(unknowns).fill(Number.POSITIVE_INFINITY);
    bounds.lower.set(lower);
    bounds.upper.set(upper);
  }
  if (inequalities.length === 0) return bounds;
  bounds.constraintsLower = new Float64Array(m);
  bounds.constraintsUpper = new Float64Array(m);
  let row = m - inequalities.reduce((sum, { A }) => sum + A.rows, 0);
  for (const { A, lower: low, upper: high } of inequalities) {
    bounds.constraintsLower.set(low, row);
    bounds.constraintsUpper.set(high, row);
    row += A.rows;
  }
  return bounds;
}

/** The constraints as a model of expressions, compiled: those that are to be 0, and then products that are to be between sides. */
function constraintsOf(
  given: RegressionData,
  linear: LinearRows | undefined,
  inequalities: readonly Inequality[],
  features: number,
  unknowns: number,
): CompiledProgram | undefined {
  const model = new Model();
  const all = model.variable(unknowns, { name: 'x' });
  const x = unknowns === features ? all : slice(all, 0, features);
  if (linear) model.equal(matvec(linear.A, x), linear.b);
  if (given.squaredNorm !== undefined) {
    model.equal(sumSquares(x), checkNumber('squaredNorm', given.squaredNorm, { lower: 0, open: true }));
  }
  if (given.constraints !== undefined) {
    const made = checkFunction('constraints', given.constraints)(x);
    disown(made);
    for (const expression of Array.isArray(made) ? made : [made]) {
      if (!(expression instanceof Expression)) {
        throw typeError(`constraints returned ${show(expression)}: expected an expression or an array of them`);
      }
      model.equal(expression);
    }
  }
  for (const { A } of inequalities) model.equal(matvec(A, x));
  return model.m === 0 ? undefined : model.compile();
}

function startOf(given: RegressionData, features: number, unknowns: number): Float64Array {
  if (given.start !== undefined) {
    return checkVector('start', given.start, { length: unknowns, per: 'one for each unknown' }).slice();
  }
  const start = new Float64Array(unknowns);
  return given.squaredNorm === undefined ? start : start.fill(Math.sqrt(given.squaredNorm / features), 0, features);
}
