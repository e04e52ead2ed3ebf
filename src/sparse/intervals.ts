// Intervals for coefficients of a lasso, without its bias.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, checkOneOf, isList, isPromise, show } from '../core/check.js';
import { throwAtDeadline } from '../core/deadline.js';
import { brief, counted, inspectedAs, oneLine } from '../core/inspected.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import { upperQuantile, upperTail } from '../core/normal.js';
import type { Status } from '../core/solve.js';
import { sizeOf, type Term } from '../predict/terms.js';
import { concurrently } from './concurrently.js';
import { crossValidate } from './crossValidate.js';
import { meanOf } from './family.js';
import { checkOpenFraction } from './fractions.js';
import { type Adder, adderOf } from './links.js';
import { type SparseFit, scalesOf } from './model.js';
import { sparsePath } from './path.js';
import {
  checkModelSettings,
  inMemory,
  matrixOf,
  owned,
  type Prepared,
  prepare,
  type SparseData,
  type SparseModelSettings,
} from './problem.js';
import { checkLambda } from './request.js';
import { sparseRegression } from './solver.js';

export interface DebiasedIntervalsSettings extends Omit<SparseModelSettings, 'onProgress' | 'verbose' | 'warmStart'> {
  /** The columns whose coefficients are asked for, by number or name. Default: all. */
  columns?: ArrayLike<number> | readonly string[] | undefined;
  /** How often an interval is to have the true coefficient in it, between 0 and 1. Default: 0.95. */
  level?: number | undefined;
  /** The lambda of the lasso. Default: the best of a cross-validation with ten folds, drawn by `seed`. */
  lambda?: number | undefined;
}

export interface DebiasedIntervals {
  /** `'solved'`, or what ended the first fit that was not. */
  status: Status;
  message: string;
  /** The columns that the other members are of. */
  columns: Int32Array;
  /** Their names, where the data have names. */
  names?: string[];
  /** Coefficients without the bias of the lasso, in the units of x; NaN for columns that a call which was cut short had not come to. */
  estimates: Float64Array;
  standardErrors: Float64Array;
  /** Ends of the intervals. */
  lower: Float64Array;
  upper: Float64Array;
  /** How likely an estimate at least as far from 0 would be if the coefficient were 0. */
  pValues: Float64Array;
  level: number;
  /** The standard deviation of the noise, as the lasso leaves it; 1 for `binomial`. */
  sigma: number;
  /** The lasso. */
  fit: SparseFit;
  /** Seconds it took. */
  seconds: number;
  /** The estimates with the names of their columns, the largest first, with their intervals and p-values. */
  table(): EstimatedTerm[];
}

/** A coefficient without the bias of the lasso. */
export interface EstimatedTerm extends Term {
  /** Ends of the interval. */
  interval: [lower: number, upper: number];
  pValue: number;
}

/** The functions of intervals, which are no part of them where they are copied or written as JSON. */
const functions = class Intervals {
  table(): EstimatedTerm[] {
    return estimatedTerms(this as never);
  }
  [inspectedAs](): string {
    const { status, columns, level, sigma, fit } = this as unknown as DebiasedIntervals;
    return oneLine(status, [
      fit.family,
      counted(columns.length, 'interval'),
      `level ${level}`,
      `sigma ${brief(sigma)}`,
    ]);
  }
}.prototype;

function estimatedTerms({ columns, names, estimates, lower, upper, pValues, fit }: DebiasedIntervals): EstimatedTerm[] {
  const at = (numbers: Float64Array, k: number): number => numbers[k] as number;
  const scales = scalesOf.get(fit);
  const terms = Array.from(
    columns,
    (j, k): EstimatedTerm => ({
      ...{ name: names?.[k] ?? `x${j + 1}`, coefficient: at(estimates, k) },
      ...(scales?.length && { standardized: at(estimates, k) * at(scales, j) }),
      ...{ interval: [at(lower, k), at(upper, k)], pValue: at(pValues, k) },
    }),
  );
  return terms.sort((a, b) => sizeOf(b) - sizeOf(a));
}

/** A problem again, unless it is one of models whose intervals are not known. */
function ofSingle(prepared: Prepared): Prepared {
  checkOneOf('family', prepared.about.origin.family as string, ['gaussian', 'binomial']);
  const { penalty } = prepared.settings;
  if (prepared.about.groups) throw rangeError(`penalty = ${show(penalty)}: expected lasso() for intervals`);
  if (!prepared.about.origin.responses) return prepared;
  throw rangeError('y: expected one number for each row of x for intervals, got several');
}

/**
 * Gives confidence intervals for coefficients of a linear or logistic regression with more columns than rows, from a lasso and for each
 * coefficient a second one, of its column on all others, whose residual z corrects it:
 *
 *     b_j + z^T r / z^T H x_j,   with standard error sigma sqrt(z^T H z) / |z^T H x_j|
 *
 * with r the weighted residuals y - mean of the lasso and H its weights, for `binomial` times mean (1 - mean). An interval is for a
 * coefficient chosen beforehand: of many, 1 - level of those that are 0 are without 0 (`pValues` are not corrected for how many there are).
 * They hold where few coefficients count, about sqrt(n) / log(p).
 *
 * ```ts
 * const { estimates, lower, upper } = await debiasedIntervals({ x, y }, { columns: [0, 7], seed: 1 });
 * ```
 *
 * C.-H. Zhang, S. S. Zhang, "Confidence intervals for low dimensional parameters in high dimensional linear models", JRSS B 76(1), 2014;
 * S. van de Geer, P. Buehlmann, Y. Ritov, R. Dezeure, "On asymptotically optimal confidence regions and tests for high-dimensional
 * models", Ann. Stat. 42(3), 2014; S. Reid, R. Tibshirani, J. Friedman, "A study of error variance estimation in lasso regression", Stat.
 * Sinica 26, 2016.
 *
 * @throws (rejects) as {@link sparsePath}.
 */
export async function debiasedIntervals(
  data: SparseData,
  settings: DebiasedIntervalsSettings = {},
): Promise<DebiasedIntervals> {
  const begin = performance.now();
  const {
    columns,
    level = 0.95,
    lambda,
    ...others
  } = checkModelSettings(settings, false, ['columns', 'level', 'lambda']);
  checkOpenFraction('level', level);
  const given = inMemory(data, { signal: others.signal, deadline: others.deadline });
  const whole = isPromise(given) ? await given : given;
  const prepared = ofSingle(await owned(prepare(whole, others)));
  const wanted = checkColumns(columns, prepared);
  const fit = await lassoOf(whole, others, lambda);
  const lines = linesOf(prepared, fit);
  const found = await concurrently(wanted.length, others, (k) =>
    corrected(prepared, lines, wanted[k] as number, others),
  );
  const numbersOf = (of: 'shift' | 'spread') => Float64Array.from(wanted, (_, k) => found[k]?.[of] ?? Number.NaN);
  const estimates = numbersOf('shift').map((shift, k) => shift + (fit.coefficients[wanted[k] as number] as number));
  const standardErrors = numbersOf('spread').map((spread) => lines.sigma * spread);
  const reach = upperQuantile((1 - level) / 2);
  const ends = (side: number): Float64Array =>
    estimates.map((b, k) => b + side * reach * (standardErrors[k] as number));
  const { names } = prepared.about.origin;
  const failed = [fit, ...found].find(({ status }) => status !== 'solved');
  const result = {
    ...(failed
      ? { status: failed.status, message: failed.message }
      : { status: 'solved', message: `Solved ${found.length + 1} models.` }),
    ...{ columns: wanted, ...(names && { names: Array.from(wanted, (j) => names[j] as string) }) },
    ...{ estimates, standardErrors, lower: ends(-1), upper: ends(1) },
    pValues: estimates.map((b, k) => 2 * upperTail(Math.abs(b) / (standardErrors[k] as number))),
    ...{ level, sigma: lines.sigma, fit, seconds: (performance.now() - begin) / 1000 },
  };
  return withMethods(result, functions);
}

/** The columns that are meant by numbers or names, or all. */
function checkColumns(columns: unknown, { about }: Prepared): Int32Array {
  const { names } = about.origin;
  if (columns === undefined) return Int32Array.from({ length: about.columns }, (_, j) => j);
  if (!isList(columns)) throw typeError(`columns = ${show(columns)}: expected an array of numbers or names`);
  return Int32Array.from(Array.from(columns), (column, k) => {
    const j = typeof column === 'string' ? (names?.indexOf(column) ?? -1) : checkInteger(`columns[${k}]`, column, 0);
    if (j >= 0 && j < about.columns) return j;
    const expected = typeof column === 'string' ? 'one of the names of the data' : `at most ${about.columns - 1}`;
    throw rangeError(`columns[${k}] = ${show(column)}: expected ${expected}`);
  });
}

type Model = SparseFit & { status: Status; message: string };

async function lassoOf(data: SparseData, settings: SparseModelSettings, lambda: number | undefined): Promise<Model> {
  if (lambda !== undefined) return sparseRegression(data, { ...settings, lambda: checkLambda(lambda) });
  const cv = await crossValidate(data, settings);
  if (cv.status === 'timeLimit') throwAtDeadline(settings, 'a lasso, whose lambda is chosen by cross-validation');
  return Object.assign(cv.best('min'), { status: cv.status, message: cv.message });
}

/** Parts of the lasso that all columns need. */
interface Lines {
  x: Matrix | SparseMatrix;
  add: Adder;
  /** Weights of the rows, for `binomial` times the variances of their means. */
  curvatures: Float64Array;
  /** Weighted residuals. */
  residuals: Float64Array;
  sigma: number;
}

function linesOf(prepared: Prepared, fit: SparseFit): Lines {
  const { y, weights, offset, about } = prepared;
  const x = matrixOf(prepared, undefined);
  const add = adderOf(x, Int32Array.from(y.keys()));
  const links = new Float64Array(y.length).fill(fit.intercept);
  for (const j of fit.support) add(links, j, fit.coefficients[j] as number);
  const { family } = about.origin;
  const means = links.map((t, i) => meanOf(about.origin, t + (offset ? (offset[i] as number) : 0)));
  const weightOf = (i: number): number => (weights ? (weights[i] as number) : 1);
  const curvatures = means.map((mean, i) => weightOf(i) * (family === 'binomial' ? mean * (1 - mean) : 1));
  const residuals = means.map((mean, i) => weightOf(i) * ((y[i] as number) - mean));
  if (family === 'binomial') return { x, add, curvatures, residuals, sigma: 1 };
  const squares = residuals.reduce((sum, r, i) => sum + (weightOf(i) > 0 ? (r * r) / weightOf(i) : 0), 0);
  const left = about.rows - fit.support.length - (about.intercept ? 1 : 0);
  if (left > 0) return { x, add, curvatures, residuals, sigma: Math.sqrt(squares / left) };
  throw rangeError(`lambda = ${fit.lambda}: expected a larger one, as the lasso has as many columns as there are rows`);
}

/** The correction of a coefficient, and the standard error over sigma. */
interface Corrected {
  shift: number;
  spread: number;
  status: Status;
  message: string;
}

/** Lambdas of the lasso of a column on the others. */
const nodeLambdas = { lambdas: { count: 60, ratio: 0.01 } };
/** How much a standard error may grow for less bias (Zhang and Zhang, table 1). */
const mostGrowth = 1.25;

async function corrected(
  { about, y }: Prepared,
  { x, add, curvatures, residuals }: Lines,
  column: number,
  { intercept, standardize, signal, deadline, threads, tolerance }: SparseModelSettings,
): Promise<Corrected> {
  const target = new Float64Array(y.length);
  add(target, column, 1);
  // An intercept takes the mean of the column up, beside which what varies would lose digits.
  if (about.intercept) {
    const total = curvatures.reduce((sum, h) => sum + h, 0);
    const mean = target.reduce((sum, value, i) => sum + ((curvatures[i] as number) / total) * value, 0);
    for (let i = 0; i < target.length; ++i) target[i] = (target[i] as number) - mean;
  }
  const penaltyFactor = new Float64Array(about.columns).fill(1);
  penaltyFactor[column] = Number.POSITIVE_INFINITY;
  const { status, message, lambda, intercepts, coefficients } = await sparsePath(
    { x, y: target, sampleWeight: curvatures, penaltyFactor },
    { intercept, standardize, signal, deadline, threads, tolerance, ...nodeLambdas },
  );
  const candidates = Array.from(lambda, (value, k) => {
    const z = target.map((of) => of - (intercepts[k] as number));
    for (let l = coefficients.offsets[k] as number; l < (coefficients.offsets[k + 1] as number); ++l) {
      add(z, coefficients.indices[l] as number, -(coefficients.values[l] as number));
    }
    const products = [0, 0, 0] as [number, number, number];
    z.forEach((of, i) => {
      const weighted = (curvatures[i] as number) * of;
      products[0] += weighted * of;
      products[1] += weighted * (target[i] as number);
      products[2] += of * (residuals[i] as number);
    });
    const [squares, own, shift] = products;
    return { shift: shift / own, spread: Math.sqrt(squares) / Math.abs(own), bias: value / Math.sqrt(squares) };
  });
  const { shift, spread } = chosenOf(candidates, Math.sqrt(2 * Math.log(about.columns)), curvatures);
  // Any residual corrects, also that of a model that missed its tolerance.
  return { shift, spread, status: status === 'stalled' ? 'solved' : status, message };
}

type Candidate = Pick<Corrected, 'shift' | 'spread'> & { bias: number };

/**
 * The residual to correct by: of those whose bias over the standard error is at most `most` the first, or the least biased of those that
 * have hardly more error.
 */
function chosenOf(candidates: readonly Candidate[], most: number, curvatures: Float64Array): Candidate {
  const total = Math.sqrt(curvatures.reduce((sum, h) => sum + h, 0));
  const biasOf = ({ bias }: Candidate): number => total * bias;
  const usable = candidates.filter(({ spread }) => Number.isFinite(spread));
  const least = usable.reduce((best, each) => Math.min(best, biasOf(each)), Number.POSITIVE_INFINITY);
  const allowed = least <= most ? most : 1.5 * least;
  const first = usable.find((each) => biasOf(each) <= allowed);
  if (!first) return { shift: Number.NaN, spread: Number.NaN, bias: Number.NaN };
  return usable.filter(({ spread }) => spread <= mostGrowth * first.spread).at(-1) as Candidate;
}
