import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, checkNumber, checkOneOf, isList } from '../core/check.js';
import type { CurveDrawing, Prediction, Profile } from '../core/drawing.js';
import type { Matrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import { upperQuantile } from '../core/normal.js';
import type { Program } from '../expressions/program.js';
import {
  byName,
  type Columns,
  type CurveColumns,
  type CurveParameters,
  type CurveValues,
  checkColumns,
  checkProblem,
  columnNames,
  curveProgram,
  type FormulaProblem,
  type Origin,
  type Problem,
  type RowwiseProblem,
  requireSameColumns,
  residualsOf,
  rowwiseProgram,
} from './curveProblem.js';
import { type Interval, profileInterval, profileOf } from './profile.js';
import type { FitResult } from './result.js';
import { type FitSettings, solveResiduals } from './solver.js';
import { twoSidedQuantile } from './studentT.js';

export interface IntervalOptions {
  /** The chance that the interval has the true value. Default 0.95. */
  level?: number | undefined;
  /** `'linear'` (default): the estimate and a multiple of its standard error. `'profile'`: where the sum of squares, minimised over the other parameters, has grown by as much as the level says. */
  method?: 'linear' | 'profile' | undefined;
}

export interface PredictOptions {
  /** `'confidence'` of the curve, or `'prediction'` of a new measurement of sigma 1. Default: none. */
  interval?: 'confidence' | 'prediction' | undefined;
  /** The chance that an interval has the value. Default 0.95. */
  level?: number | undefined;
}

export interface ProfileOptions {
  /** How far profiles go: as an interval with this chance. Default 0.99. */
  level?: number | undefined;
  /** About how many values there are on either side of the estimate. Default 8. */
  steps?: number | undefined;
}

/** The result of {@link fitCurve}. */
export interface CurveFit<Start extends CurveParameters = CurveParameters> extends FitResult {
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
  /** The text of a curve that was one, and the names of its columns: `modelToJson(fit)` has such a fit. */
  formula?: string;
  columns?: string[];
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
  /**
   * Profiles of all parameters that no bound holds: how the sum of squares grows with each of them, for plots and
   * `report(fit, { profiles })`.
   * @throws (rejects) RangeError where the result has no covariance.
   */
  profiles(options?: ProfileOptions): Promise<Profile[]>;
  /** The data and the curve between them at `count` places, as `report(fit)` draws them. Default: 200 places. */
  drawing(count?: number): CurveDrawing;
}

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
  async profiles(options: ProfileOptions = {}): Promise<Profile[]> {
    const { level = 0.99, steps = 8 } = checkMembers('options', options, ['level', 'steps'], 'option');
    const fit = this as unknown as CurveFit;
    const [origin, t] = [originOf(fit), quantileOf(fit, level)];
    checkInteger('steps', steps, 1);
    requireErrors(fit);
    const profiles: Profile[] = [];
    for (const j of fit.x.keys())
      if (!fit.atBounds.includes(j)) profiles.push(await profileOf(fit, origin, j, t, steps));
    return profiles;
  }
  drawing(count = 200): CurveDrawing {
    return drawn(this as unknown as CurveFit, checkInteger('count', count, 2));
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

function described(answer: FitResult, problem: Problem, program: Program, settings: FitSettings): CurveFit {
  const { names, parts, y, sigma, absoluteSigma } = problem;
  const { residuals } = answer;
  const scaled = absoluteSigma ? withKnownDeviations(answer) : answer;
  const fit: Omit<CurveFit, 'interval' | 'predict' | 'profiles' | 'drawing'> = {
    ...scaled,
    parameters: byName(parts, answer.x) as CurveFit['parameters'],
    names: names.slice(),
    correlation: correlationOf(scaled),
    fitted: y.map((value, i) => value + (residuals[i] ?? Number.NaN) * (sigma?.[i] ?? 1)),
    rSquared: 1 - (answer.residualSumOfSquares ?? Number.NaN) / totalSquares(y, sigma),
    degreesOfFreedom: y.length - (names.length - answer.atBounds.length),
    ...(problem.formula && { formula: problem.formula.text, columns: columnNames(problem.x) }),
  };
  const result = withMethods<CurveFit>(fit, functions);
  origins.set(result, { problem, program, settings });
  return result;
}

/** The fit with a covariance that is not scaled by the residuals. */
function withKnownDeviations(answer: FitResult): FitResult {
  const { covariance, covarianceOf, residualDeviation, standardErrors } = answer;
  if (covarianceOf === 'sandwich' || !residualDeviation || !standardErrors) return answer;
  return {
    ...answer,
    covariance: { ...covariance, data: covariance.data.map((value) => value / residualDeviation ** 2) },
    standardErrors: standardErrors.map((value) => value / residualDeviation),
  };
}

function correlationOf({ covariance, standardErrors }: FitResult): Matrix | undefined {
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

async function predicted(fit: CurveFit, x: CurveColumns, options: PredictOptions): Promise<Prediction> {
  const { interval, level = 0.95 } = checkMembers('options', options, ['interval', 'level'], 'option');
  const columns = checkColumns('x', x);
  requireSameColumns(originOf(fit).problem.x, columns);
  if (interval !== undefined) checkOneOf('interval', interval, intervals);
  return predictions(fit, columns, [interval], level)[0] as Prediction;
}

const intervals = ['confidence', 'prediction'] as const;

/** Values of the curve with each of several kinds of intervals. */
function predictions(
  fit: CurveFit,
  columns: Columns,
  kinds: readonly PredictOptions['interval'][],
  level = 0.95,
): Prediction[] {
  const { problem } = originOf(fit);
  const program = problem.rowwise ? rowwiseProgram(problem, columns, (f) => f) : curveProgram(problem, columns);
  const values = Float64Array.from(program.constraints(fit.x));
  if (kinds.every((kind) => kind === undefined)) return kinds.map(() => ({ values }));
  requireErrors(fit);
  const t = quantileOf(fit, level);
  const deviation = problem.absoluteSigma ? 1 : (fit.residualDeviation as number);
  const variances = curveVariances(program, fit);
  return kinds.map((kind) => {
    const more = kind === 'prediction' ? deviation ** 2 : 0;
    const half = variances.map((variance) => t * Math.sqrt(Math.max(0, variance) + more));
    return {
      values,
      lower: values.map((value, i) => value - (half[i] as number)),
      upper: values.map((value, i) => value + (half[i] as number)),
    };
  });
}

function drawn(fit: CurveFit, count: number): CurveDrawing {
  const { x, y, sigma } = originOf(fit).problem;
  const columns = isList(x.values) ? { x: x.values } : { ...x.values };
  const [only, ...others] = Object.values(columns);
  if (only === undefined || others.length > 0) return { columns, y };
  const low = only.reduce((least, value) => Math.min(least, value));
  const high = only.reduce((most, value) => Math.max(most, value));
  const places = Float64Array.from({ length: count }, (_, k) => low + (k * (high - low)) / (count - 1));
  const at: Columns = {
    rows: count,
    values: isList(x.values) ? places : { [Object.keys(columns)[0] as string]: places },
  };
  // Deviations of new measurements are known only where all are alike.
  const kinds = fit.standardErrors ? (sigma ? intervals.slice(0, 1) : intervals) : [undefined];
  const [confidence, prediction] = predictions(fit, at, kinds);
  return { columns, y, curve: { x: places, confidence: confidence as Prediction, ...(prediction && { prediction }) } };
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
