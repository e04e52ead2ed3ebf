import { rangeError, typeError } from '../core/argumentError.js';
import {
  checkBoolean,
  checkFunction,
  checkMembers,
  checkNumber,
  checkObject,
  checkOneOf,
  checkVector,
  isList,
  show,
} from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import { upperQuantile } from '../core/normal.js';
import { Expression, type Operand } from '../expressions/expression.js';
import { Model } from '../expressions/model.js';
import { div, sub } from '../expressions/operators.js';
import type { Program } from '../expressions/program.js';
import type { Variable } from '../expressions/variable.js';
import { fromCallbacks } from '../problems/callbacks.js';
import { type FitSettings, type SquaresResult, solveResiduals } from './solver.js';
import { twoSidedQuantile } from './studentT.js';

/** Columns of data: the numbers of one, or several by their names. */
export type CurveColumns = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;

/** Numbers by the names of parameters, or lists of numbers for parameters that are vectors. */
export type CurveParameters = Readonly<Record<string, number | ArrayLike<number>>>;

/** Data, and the parameters of a curve through them. */
export interface CurveData<X extends CurveColumns = CurveColumns, Start extends CurveParameters = CurveParameters> {
  /** The places where y was measured: a number for each row, or named columns of such. */
  x: X;
  /** The measured numbers. */
  y: ArrayLike<number>;
  /** Standard deviations of y, one for all or one for each row, up to a factor unless `absoluteSigma`. Default 1. */
  sigma?: number | ArrayLike<number> | undefined;
  /** True: `sigma` are the deviations themselves, and errors are not scaled by the residuals. Default false. */
  absoluteSigma?: boolean | undefined;
  /** Parameters to begin at, by name. */
  start: Start;
  /** Lower bounds of parameters, by name; -Infinity for none. Default: none. */
  lower?: { readonly [Name in keyof Start]?: number | ArrayLike<number> } | undefined;
  /** Upper bounds of parameters, by name; Infinity for none. Default: none. */
  upper?: { readonly [Name in keyof Start]?: number | ArrayLike<number> } | undefined;
}

/** A problem of {@link fitCurve} whose curve is made of the operators of nonconvex/model: exact derivatives. */
export interface FormulaProblem<X extends CurveColumns, Start extends CurveParameters> extends CurveData<X, Start> {
  rowwise?: false | undefined;
  /** The curve at all rows: an expression of variables and columns of x. */
  curve: (
    parameters: {
      [Name in keyof Start]: Start[Name] extends number ? Variable<readonly []> : Variable<readonly [number]>;
    },
    x: X extends ArrayLike<number> ? Float64Array : { [Name in keyof X]: Float64Array },
  ) => Operand;
}

/** A problem of {@link fitCurve} whose curve is a function of numbers: derivatives are differences. */
export interface RowwiseProblem<X extends CurveColumns, Start extends CurveParameters> extends CurveData<X, Start> {
  rowwise: true;
  /** The curve at one row, of the numbers of the parameters and of x there. */
  curve: (
    parameters: CurveValues<Start>,
    row: X extends ArrayLike<number> ? number : { [Name in keyof X]: number },
  ) => number;
}

export interface IntervalOptions {
  /** The chance that the interval has the true value. Default 0.95. */
  level?: number | undefined;
  /** `'linear'` (default): the estimate and a multiple of its standard error. `'profile'`: where the sum of squares, minimised over the other parameters, has grown by as much as the level says. */
  method?: 'linear' | 'profile' | undefined;
}

export interface Interval {
  lower: number;
  upper: number;
}

export interface PredictOptions {
  /** `'confidence'` of the curve, or `'prediction'` of a new measurement of sigma 1. Default: none. */
  interval?: 'confidence' | 'prediction' | undefined;
  /** The chance that an interval has the value. Default 0.95. */
  level?: number | undefined;
}

export interface Prediction {
  /** Values of the curve. */
  values: Float64Array;
  /** Ends of the intervals, where they were asked for. */
  lower?: Float64Array;
  upper?: Float64Array;
}

export type CurveValues<Start> = { [Name in keyof Start]: Start[Name] extends number ? number : Float64Array };

/** The result of {@link fitCurve}. */
export interface CurveFit<Start extends CurveParameters = CurveParameters> extends SquaresResult {
  /** The parameters by name. */
  parameters: CurveValues<Start>;
  /** Names of the entries of x, of rows of the covariance, and so on: k, or c[0], c[1] of a vector. */
  names: string[];
  /** Correlations of the parameters; undefined where there is no covariance. */
  correlation: Matrix | undefined;
  /** Values of the curve at the data. */
  fitted: Float64Array;
  /** 1 - residual over total sum of squares around the mean, with weights 1 / sigma^2. */
  rSquared: number;
  /** The number of rows minus that of parameters that bounds leave free. */
  degreesOfFreedom: number;
  /**
   * The confidence interval of a parameter, by its name in `names`. Profile intervals take some ten solves with the parameter fixed; an end
   * is infinite where no value lets the sum grow enough, and a bound where one comes first.
   * @throws (rejects) RangeError for an unknown name, or where the result has no covariance.
   */
  interval(name: string, options?: IntervalOptions): Promise<Interval>;
  /**
   * Values of the curve at new x, of the kind of the data's, with intervals by the delta method.
   * @throws (rejects) TypeError or RangeError that names the argument and the value.
   */
  predict(x: CurveColumns, options?: PredictOptions): Promise<Prediction>;
}

const members = ['x', 'y', 'sigma', 'absoluteSigma', 'start', 'lower', 'upper', 'rowwise', 'curve'] as const;

/**
 * Fits the parameters of a curve to data, with their errors: min over b of sum_i rho(((f(b, x_i) - y_i) / sigma_i)^2) / 2 within bounds.
 *
 * ```ts
 * const fit = await fitCurve({
 *   x: [77.6, 114.9, 141.1, 190.8],
 *   y: [10.07, 14.73, 17.94, 23.93],
 *   start: { a: 500, k: 1e-4 },
 *   curve: ({ a, k }, x) => mul(a, sub(1, exp(neg(mul(k, x))))),
 * });
 * fit.parameters.k;
 * fit.standardErrors;
 * await fit.interval('k', { method: 'profile' });
 * await fit.predict([70, 80], { interval: 'prediction' });
 * ```
 *
 * The method and what `solved` means are those of {@link minimizeSquares}. Standard errors are those of s^2 (J^T J)^-1 with
 * s^2 = sum of squares / (rows - parameters), as certified ones of NIST are, unless the setting `covariance` says otherwise.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value; {@link SolverError} `CALLBACK_FAILED`,
 * `OUT_OF_MEMORY`, `TOO_LARGE`, `DEVICE_UNAVAILABLE` or `ADDON_NOT_FOUND`.
 */
export async function fitCurve<const X extends CurveColumns, const Start extends CurveParameters>(
  problem: FormulaProblem<X, Start> | RowwiseProblem<X, Start>,
  settings: FitSettings = {},
): Promise<CurveFit<Start>> {
  const checked = checkProblem(problem);
  const program = residualsOf(checked);
  const answer = await solveResiduals(program, settings, program.bounds);
  return described(answer, checked, program, settings) as CurveFit<Start>;
}

interface Problem {
  x: Columns;
  y: Float64Array;
  sigma: Float64Array | undefined;
  curve: (parameters: never, x: never) => unknown;
  parts: Part[];
  names: string[];
  rowwise: boolean;
  absoluteSigma: boolean;
}

/** A parameter: a number, or `size` of them. */
interface Part {
  name: string;
  offset: number;
  size: number | undefined;
  start: Float64Array;
  lower: Float64Array | undefined;
  upper: Float64Array | undefined;
}

interface Columns {
  rows: number;
  /** One column, or columns by name. */
  values: Float64Array | Record<string, Float64Array>;
}

function checkProblem(problem: object): Problem {
  const data = checkMembers('problem', problem as CurveData & { curve: unknown; rowwise: unknown }, members);
  const { x, y, sigma, start, lower, upper, rowwise = false, absoluteSigma = false, curve } = data;
  const columns = checkColumns('x', x);
  const measured = checkVector('y', y, { length: columns.rows, per: 'one for each row of x' });
  checkFunction('curve', curve);
  const parts = checkParts(start, lower, upper);
  const names = parts.flatMap(({ name, size }) =>
    size === undefined ? [name] : Array.from({ length: size }, (_, k) => `${name}[${k}]`),
  );
  return {
    x: columns,
    y: measured,
    sigma: checkSigma(sigma, columns.rows),
    curve: curve as Problem['curve'],
    parts,
    names,
    rowwise: checkBoolean('rowwise', rowwise),
    absoluteSigma: checkBoolean('absoluteSigma', absoluteSigma),
  };
}

function checkSigma(sigma: CurveData['sigma'], rows: number): Float64Array | undefined {
  if (sigma === undefined) return undefined;
  if (typeof sigma === 'number')
    return new Float64Array(rows).fill(checkNumber('sigma', sigma, { lower: 0, open: true }));
  const given = checkVector('sigma', sigma, { length: rows, per: 'one for each row of x' });
  for (const [i, value] of given.entries()) checkNumber(`sigma[${i}]`, value, { lower: 0, open: true });
  return given;
}

function checkColumns(name: string, x: unknown): Columns {
  if (isList(x)) {
    if (isList(x[0])) throw typeError(`${name}[0] = ${show(x[0])}: expected a number; give several columns by name`);
    const values = checkVector(name, x);
    return { rows: values.length, values };
  }
  const values: Record<string, Float64Array> = {};
  let rows: number | undefined;
  for (const [column, given] of Object.entries(checkObject(name, x as object))) {
    const read = checkVector(
      `${name}.${column}`,
      given,
      rows === undefined ? {} : { length: rows, per: 'as in the first column' },
    );
    rows = read.length;
    values[column] = read;
  }
  if (rows === undefined) throw typeError(`${name}: expected at least one column`);
  return { rows, values };
}

function checkParts(start: CurveParameters, lower: CurveData['lower'], upper: CurveData['upper']): Part[] {
  const names = Object.keys(checkObject('start', start));
  if (names.length === 0) throw typeError('start: expected at least one parameter');
  for (const [side, bounds] of [
    ['lower', lower],
    ['upper', upper],
  ] as const) {
    if (bounds !== undefined) checkMembers(side, bounds, names);
  }
  let offset = 0;
  return names.map((name) => {
    const given = start[name];
    const size = typeof given === 'number' ? undefined : checkVector(`start.${name}`, given).length;
    const part: Part = {
      name,
      offset,
      size,
      start: entriesOf(`start.${name}`, given, size, false) as Float64Array,
      lower: entriesOf(`lower.${name}`, lower?.[name], size, true),
      upper: entriesOf(`upper.${name}`, upper?.[name], size, true),
    };
    offset += size ?? 1;
    return part;
  });
}

/** Numbers of a parameter: one is taken for all of its entries. */
function entriesOf(
  name: string,
  given: unknown,
  size: number | undefined,
  infinite: boolean,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'number') return checkVector(name, given, { length: size ?? 1, infinite }).slice();
  if (!(infinite && !Number.isNaN(given))) checkNumber(name, given);
  return new Float64Array(size ?? 1).fill(given);
}

/** Numbers by the names of parameters. */
function byName(parts: readonly Part[], x: ArrayLike<number>): Record<string, number | Float64Array> {
  return Object.fromEntries(
    parts.map(({ name, offset, size }) => [
      name,
      size === undefined
        ? (x[offset] as number)
        : Float64Array.from({ length: size }, (_, k) => x[offset + k] as number),
    ]),
  );
}

/** The model with the variables of the parameters, and the curve at columns. */
function curveModel({ parts, curve }: Problem, { rows, values }: Columns): { model: Model; value: Expression } {
  const model = new Model();
  const variables: Record<string, Variable> = {};
  for (const { name, size, start, lower, upper } of parts) {
    const options = { ...(lower && { lower }), ...(upper && { upper }) };
    variables[name] =
      size === undefined
        ? model.variable({
            start: start[0] as number,
            ...(lower && { lower: lower[0] as number }),
            ...(upper && { upper: upper[0] as number }),
          })
        : model.variable(size, { start, ...options });
  }
  const value = curve(variables as never, values as never);
  if (!(value instanceof Expression)) {
    throw typeError(
      `curve(parameters, x) = ${show(value)}: expected an expression of the operators of nonconvex/model; rowwise: true takes functions of numbers`,
    );
  }
  const [length, ...others] = value.shape;
  if (others.length > 0 || (length !== undefined && length !== rows)) {
    throw rangeError(`curve(parameters, x): shape [${value.shape}]: expected ${rows} numbers, one for each row of x`);
  }
  return { model, value: value as Expression };
}

/** The residuals (f - y) / sigma of the data as a program. */
function residualsOf(problem: Problem): Program {
  const { x, y, sigma } = problem;
  if (problem.rowwise) return rowwiseProgram(problem, x, (f, i) => (f - (y[i] as number)) / (sigma?.[i] ?? 1));
  const { model, value } = curveModel(problem, x);
  const difference = sub(value, y);
  return model.compileResiduals(sigma ? div(difference, sigma) : difference);
}

/** A program of callbacks, whose constraints are a function of the curve in each row. */
function rowwiseProgram({ parts, curve, names }: Problem, x: Columns, of: (f: number, row: number) => number): Program {
  const all = (side: 'start' | 'lower' | 'upper', missing: number) =>
    parts.flatMap((part) => [...(part[side] ?? new Float64Array(part.size ?? 1).fill(missing))]);
  const rows = Array.from({ length: x.rows }, (_, i) => rowOf(x, i));
  return fromCallbacks({
    n: names.length,
    m: x.rows,
    start: all('start', 0),
    lower: all('lower', Number.NEGATIVE_INFINITY),
    upper: all('upper', Number.POSITIVE_INFINITY),
    constraintsLower: Number.NEGATIVE_INFINITY,
    objective: () => 0,
    constraints: (b, c) => {
      const parameters = byName(parts, b);
      rows.forEach((row, i) => {
        const value = curve(parameters as never, row as never);
        if (typeof value !== 'number') throw typeError(`curve(parameters, row) = ${show(value)}: expected a number`);
        c[i] = of(value, i);
      });
    },
  });
}

function rowOf({ values }: Columns, i: number): number | Record<string, number> {
  if (isList(values)) return values[i] as number;
  return Object.fromEntries(Object.entries(values).map(([name, column]) => [name, column[i] as number]));
}

/** A fit's origin, for its functions. */
interface Origin {
  problem: Problem;
  program: Program;
  settings: FitSettings;
}

const origins = new WeakMap<object, Origin>();

const functions = class CurveFitResult {
  async interval(name: string, options: IntervalOptions = {}): Promise<Interval> {
    const { level = 0.95, method = 'linear' } = checkMembers('options', options, ['level', 'method'], 'option');
    const fit = this as unknown as CurveFit;
    const origin = originOf(fit);
    const j = origin.problem.names.indexOf(checkOneOf('name', name, origin.problem.names));
    const t = quantileOf(fit, level);
    const [center, error] = [fit.x[j] as number, requireErrors(fit)[j] as number];
    checkOneOf('method', method, ['linear', 'profile']);
    if (method === 'linear') return { lower: center - t * error, upper: center + t * error };
    return profileInterval(fit, origin, j, t);
  }
  async predict(x: CurveColumns, options: PredictOptions = {}): Promise<Prediction> {
    return predicted(this as unknown as CurveFit, x, options);
  }
}.prototype;

function originOf(fit: object): Origin {
  const origin = origins.get(fit);
  if (!origin) throw typeError('expected to be called as a function of a result, such as fit.interval(name)');
  return origin;
}

function requireErrors({ standardErrors, undetermined, names }: CurveFit): Float64Array {
  if (standardErrors) return standardErrors;
  const which = Array.from(undetermined, (j) => names[j]).join(', ');
  throw rangeError(
    which
      ? `the data do not determine ${which}: expected a fit with errors`
      : 'expected a fit with errors: it has none',
  );
}

/** The multiple of a standard error that a level means: of Student's t distribution, of the normal one for known deviations. */
function quantileOf(fit: CurveFit, level: number): number {
  checkNumber('level', level, { lower: 0, open: true });
  if (level >= 1) throw rangeError(`level = ${level}: expected a number below 1`);
  const { absoluteSigma } = originOf(fit).problem;
  if (absoluteSigma) return upperQuantile((1 - level) / 2);
  return twoSidedQuantile(level, Math.max(1, fit.degreesOfFreedom));
}

function described(answer: SquaresResult, problem: Problem, program: Program, settings: FitSettings): CurveFit {
  const { names, parts, y, sigma, absoluteSigma } = problem;
  const { residuals } = answer;
  const scaled = absoluteSigma ? withKnownDeviations(answer) : answer;
  const fit: Omit<CurveFit, 'interval' | 'predict'> = {
    ...scaled,
    parameters: byName(parts, answer.x) as CurveFit['parameters'],
    names: names.slice(),
    correlation: correlationOf(scaled),
    fitted: y.map((value, i) => value + (residuals[i] ?? Number.NaN) * (sigma?.[i] ?? 1)),
    rSquared: 1 - (answer.residualSumOfSquares ?? Number.NaN) / totalSquares(y, sigma),
    degreesOfFreedom: y.length - (names.length - answer.atBounds.length),
  };
  const result = withMethods<CurveFit>(fit, functions);
  origins.set(result, { problem, program, settings });
  return result;
}

/** The fit with a covariance that is not scaled by the residuals. */
function withKnownDeviations(answer: SquaresResult): SquaresResult {
  const { covariance, covarianceOf, residualDeviation, standardErrors } = answer;
  if (covarianceOf === 'sandwich' || !residualDeviation || !standardErrors) return answer;
  return {
    ...answer,
    covariance: { ...covariance, data: covariance.data.map((value) => value / residualDeviation ** 2) },
    standardErrors: standardErrors.map((value) => value / residualDeviation),
  };
}

function correlationOf({ covariance, standardErrors }: SquaresResult): Matrix | undefined {
  if (!standardErrors) return undefined;
  const n = standardErrors.length;
  const data = covariance.data.map((value, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    if (i === j) return 1;
    const product = (standardErrors[i] as number) * (standardErrors[j] as number);
    return product > 0 ? value / product : 0;
  });
  return { ...covariance, data };
}

function totalSquares(y: Float64Array, sigma: Float64Array | undefined): number {
  const weights = y.map((_, i) => 1 / (sigma?.[i] ?? 1) ** 2);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = y.reduce((sum, value, i) => sum + (weights[i] as number) * value, 0) / total;
  return y.reduce((sum, value, i) => sum + (weights[i] as number) * (value - mean) ** 2, 0);
}

/** The profile interval: where sqrt(RSS(value) - RSS) / s is t, on either side. */
async function profileInterval(
  fit: CurveFit,
  { program, settings, problem }: Origin,
  j: number,
  t: number,
): Promise<Interval> {
  if ((settings.loss ?? 'squared') !== 'squared') {
    throw rangeError(`loss = ${show(settings.loss)}: expected 'squared' for a profile; method: 'linear' takes all`);
  }
  const bounds = program.bounds;
  const n = program.n;
  const [low, high] = [bounds.lower?.[j] ?? Number.NEGATIVE_INFINITY, bounds.upper?.[j] ?? Number.POSITIVE_INFINITY];
  const unit = problem.absoluteSigma ? 1 : (fit.residualDeviation as number);
  const least = fit.residualSumOfSquares as number;
  const end = async (sign: 1 | -1): Promise<number> => {
    let warm: Float64Array = fit.x.slice();
    const growth = async (value: number): Promise<number> => {
      const lower = bounds.lower?.slice() ?? new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
      const upper = bounds.upper?.slice() ?? new Float64Array(n).fill(Number.POSITIVE_INFINITY);
      lower[j] = upper[j] = value;
      warm = warm.map((entry, k) => (k === j ? value : entry));
      const { onProgress: _, verbose: __, restarts: ___, ...others } = settings;
      const at = await solveResiduals(
        program,
        { ...others, projection: false, warmStart: { x: warm } },
        { lower, upper },
      );
      if (at.status === 'solved') warm = at.x;
      return Math.sqrt(Math.max(0, (at.residualSumOfSquares as number) - least)) / unit;
    };
    return crossing(growth, {
      center: fit.x[j] as number,
      step: sign * t * (fit.standardErrors?.[j] as number),
      t,
      low,
      high,
    });
  };
  return { lower: await end(-1), upper: await end(1) };
}

/** Finds where a function that is 0 at the center reaches t to one side; a bound, or infinity, if it does not. */
async function crossing(
  growth: (value: number) => Promise<number>,
  { center, step, t, low, high }: { center: number; step: number; t: number; low: number; high: number },
): Promise<number> {
  let [inside, insideValue] = [center, 0];
  let [outside, outsideValue] = [Number.NaN, Number.NaN];
  let next = center + step;
  for (let k = 0; k < 60; ++k) {
    const value = Math.min(Math.max(next, low), high);
    const found = await growth(value);
    if (Math.abs(found - t) <= 1e-7 * t) return value;
    if (found < t) {
      if (value === low || value === high) return value;
      [inside, insideValue] = [value, found];
      if (Number.isNaN(outside) && k >= 40) return step > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    } else {
      [outside, outsideValue] = [value, found];
    }
    if (Number.isNaN(outside)) {
      const linear = center + (inside - center) * Math.min(2, (1.05 * t) / Math.max(insideValue, 1e-3 * t));
      next = Math.abs(linear - center) > Math.abs(inside - center) ? linear : inside + step;
    } else {
      // Regula falsi, by bisection now and then, so that no end stays for ever.
      const share = k % 4 === 3 ? 0.5 : (t - insideValue) / (outsideValue - insideValue);
      next = inside + (outside - inside) * Math.min(0.99, Math.max(0.01, share));
      if (Math.abs(outside - inside) <= 1e-10 * Math.abs(outside - center)) return next;
    }
  }
  return next;
}

async function predicted(fit: CurveFit, x: CurveColumns, options: PredictOptions): Promise<Prediction> {
  const { interval, level = 0.95 } = checkMembers('options', options, ['interval', 'level'], 'option');
  const { problem } = originOf(fit);
  const columns = checkColumns('x', x);
  requireSameColumns(problem.x, columns);
  const program = problem.rowwise ? rowwiseProgram(problem, columns, (f) => f) : curveProgram(problem, columns);
  const values = Float64Array.from(program.constraints(fit.x));
  if (interval === undefined) return { values };
  checkOneOf('interval', interval, ['confidence', 'prediction']);
  requireErrors(fit);
  const t = quantileOf(fit, level);
  const deviation = problem.absoluteSigma ? 1 : (fit.residualDeviation as number);
  const more = interval === 'prediction' ? deviation ** 2 : 0;
  const half = curveVariances(program, fit).map((variance) => t * Math.sqrt(Math.max(0, variance) + more));
  return {
    values,
    lower: values.map((value, i) => value - (half[i] as number)),
    upper: values.map((value, i) => value + (half[i] as number)),
  };
}

function curveProgram(problem: Problem, columns: Columns): Program {
  const { model, value } = curveModel(problem, columns);
  return model.compileResiduals(sub(value, new Float64Array(columns.rows)));
}

/** g^T C g of each row, g its gradient in the parameters. */
function curveVariances(program: Program, { x, covariance }: CurveFit): Float64Array {
  const { offsets, indices, values } = program.jacobian(x);
  const n = x.length;
  return Float64Array.from({ length: program.m }, (_, i) => {
    let sum = 0;
    for (let k = offsets[i] as number; k < (offsets[i + 1] as number); ++k) {
      for (let l = offsets[i] as number; l < (offsets[i + 1] as number); ++l) {
        const between = covariance.data[(indices[k] as number) * n + (indices[l] as number)] as number;
        sum += (values[k] as number) * between * (values[l] as number);
      }
    }
    return sum;
  });
}

function requireSameColumns({ values: known }: Columns, { values }: Columns): void {
  if (isList(known) !== isList(values)) {
    throw typeError(`x: expected ${isList(known) ? 'a list of numbers' : 'columns by name'}, as in the data`);
  }
  if (!isList(known)) {
    for (const name of Object.keys(known)) {
      if (!(name in values)) throw typeError(`x: expected the column ${name}, as in the data`);
    }
  }
}
