// How models along lambdas do on rows that they were not fitted to.
import { rangeError } from '../core/argumentError.js';
import { checkBoolean, checkFunction, checkInteger, checkOneOf, isPromise } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import type { SolveOptions } from '../core/solve.js';
import { foldsOf, weightsOfRows } from './folds.js';
import { linksAlong } from './links.js';
import { checkMeasure, isGain, measured, type SparseMeasure } from './measures.js';
import type { SparseFit } from './model.js';
import { PathFunctions, pathOf, type SparsePath, type SparsePathSettings } from './path.js';
import {
  checkModelSettings,
  inMemory,
  matrixOf,
  ownedBySolves,
  type Prepared,
  prepare,
  release,
  type SparseAnswer,
  type SparseData,
  type SparseProgress,
  solvePrepared,
} from './problem.js';
import { blended, checkShares, isOutOfMemory, type Relax, relaxed } from './relaxed.js';
import { type Request, requestOf, requestOfPath } from './request.js';
import { checkLeft } from './responses.js';
import { concordance, coxDeviance, riskSets, type Survival } from './survival.js';

export interface SparseCrossValidationSettings extends Omit<SparsePathSettings, 'relax'> {
  /**
   * The columns of each model are fitted again without penalty. Of the penalised fit is left this share, from 0 to 1, or one of several
   * shares, the best by the measure; `true`: one of 0, 0.25, 0.5, 0.75 and 1. Default: false.
   */
  relax?: Relax | ArrayLike<number> | undefined;

  /** How many parts the rows fall into, drawn by `seed` and class by class where y are classes; or the part of each row. Default: 10. */
  folds?: number | ArrayLike<number> | undefined;
  /** The measure of the rows that were left out. Default: `'deviance'`. */
  measure?: SparseMeasure | undefined;
  /** True if the result has `predictions`. Default: false. */
  keepPredictions?: boolean | undefined;
}

/** The path on all rows, and how its models do on rows that were left out. A status that is not `'solved'` may be that of a fold. */
export interface SparseCrossValidation extends SparsePath {
  measure: SparseMeasure;
  /** Mean over the folds of the measure, each by the weight of its rows, for each lambda; empty where the folds were not fitted. */
  mean: Float64Array;
  /** Standard error of the mean, for each lambda. */
  standardError: Float64Array;
  /** The lambda with the best mean; left out where there is none. */
  lambdaMin?: number;
  /** The largest lambda whose mean is within one standard error of the best: never below lambdaMin. */
  lambda1se?: number;
  /** The size with the best mean, and the least whose mean is within one standard error of the best, for a path of sizes. */
  sizeMin?: number;
  size1se?: number;
  /** The fold of each row, from 0. */
  foldOf: Int32Array;
  /** How many of the lambdas each fold fitted itself; its last model stands for the others. */
  fitted: Int32Array;
  /** The share of the penalised fit in the models at lambdaMin, and so in those of the path, and at lambda1se, if `relax`. */
  relaxMin?: number;
  relax1se?: number;
  /** The means for each share, if `relax`; `mean` and `standardError` are those for `relaxMin`. */
  relaxed?: RelaxedMeans[];
  /** n x lambdas: linear predictions of each row by the models of the fold that left it out, if `keepPredictions`. */
  predictions?: Matrix;
  /**
   * The model of all rows at lambdaMin (`'min'`) or at lambda1se (`'1se'`, the default, as in glmnet), or at these sizes.
   * @throws RangeError where no model has a mean: the path or its folds were ended by a limit or aborted.
   */
  best(rule?: 'min' | '1se'): SparseFit;
}

/** How models with a share of the penalised fit do, for each lambda. */
export interface RelaxedMeans {
  share: number;
  mean: Float64Array;
  standardError: Float64Array;
}

/**
 * Measures the models of a path on rows that they were not fitted to: the path is fitted to all rows, and again without each of the folds,
 * along the same lambdas. Leaving a fold out gives its rows the weight 0. Where the path on all rows is aborted or meets a limit there are
 * no means; `timeLimit` is for all together.
 *
 * ```ts
 * const cv = await crossValidate({ x, y }, { family: 'binomial', folds: 5, measure: 'auc', seed: 1 });
 * const { support } = cv.best('1se');
 * ```
 *
 * @throws (rejects) as {@link sparsePath}.
 *
 * Longer than most: each line is a step of the recipe, and has a name.
 */
export async function crossValidate(
  data: SparseData,
  settings: SparseCrossValidationSettings = {},
): Promise<SparseCrossValidation> {
  const checked = checkModelSettings(settings, true, ['folds', 'measure', 'keepPredictions', 'relax']);
  const { folds = 10, measure = 'deviance', keepPredictions = false, relax, ...others } = checked;
  checkBoolean('keepPredictions', keepPredictions);
  // Without an await where there is nothing to wait for: a solve has begun when the call returns.
  const given = inMemory(data, others);
  const { prepared, readable } = await ownedBySolves(prepare(isPromise(given) ? await given : given, others));
  const shares = checkShares(relax);
  const asked = requestOfPath(others, prepared.about.columns);
  const measures = checkMeasure(measure, prepared);
  const dealt = foldsOf(prepared, folds, checkInteger('seed', others.seed ?? 0, 0));
  const { foldOf } = dealt;
  const parts = Array.from({ length: dealt.count }, (_, k) => partOf(prepared, foldOf, k));
  const ahead = new FoldsAhead(prepared, asked, shares.length === 0 ? parts : [], readable);
  const answer = await ahead.beside((settings) => solvePrepared(prepared, { ...asked, settings }));
  await readable();
  const loose = shares.length > 0 ? await relaxed(prepared, answer) : undefined;
  const fitted = requestOf(loose ?? answer);
  const count = countOf(fitted);
  const reached = count > 0 && !interrupted(answer);
  const begun = ahead.along(reached ? fitted : undefined);
  const leave = (part: Part) => leftOut(prepared, part, fitted, { spent: answer.seconds, relax: loose !== undefined });
  const of = reached ? await (begun ?? Promise.all(parts.map(leave))) : [];
  release(prepared);
  // A fold that was ended before its first lambda has no model that could stand for the others.
  const known = of.every((each) => each.fitted > 0) ? of : [];
  const curves = curvesOf(prepared, measures, parts, known, loose ? shares : [1], count);
  const { min, first, ...places } = choose(curves, measures);
  const pathOfShare = async (share: number): Promise<SparsePath> =>
    pathOf(loose ? await blended(prepared, answer, loose, share) : answer, prepared, asked);
  const path = await pathOfShare(min.share);
  const worse = of.find(({ status }) => status !== 'solved');
  const cv = Object.assign(path, {
    ...(path.status === 'solved' && worse && { status: worse.status, message: `A fold ended early: ${worse.message}` }),
    ...{ measure: measures, mean: min.mean, standardError: min.standardError, ...chosenOf(fitted, places), foldOf },
    ...(loose && { relaxMin: min.share, relax1se: first.share, relaxed: curves }),
    fitted: Int32Array.from(of, (each) => each.fitted),
    ...(keepPredictions && { predictions: predictionsOf(prepared, parts, mixed(of, min.share), count) }),
  });
  bestPlaces.set(cv, places);
  if (first.share !== min.share) withOtherShare.set(cv, await pathOfShare(first.share));
  return withMethods(cv, Functions.prototype);
}

/** The means of the measure for each share of the penalised fit. */
function curvesOf(
  prepared: Prepared,
  measure: SparseMeasure,
  parts: readonly Part[],
  of: readonly LeftOut[],
  shares: readonly number[],
  lambdas: number,
): RelaxedMeans[] {
  return shares.map((share) => ({ share, ...statistics(prepared, measure, parts, mixed(of, share), lambdas) }));
}

/** How many models are asked for. */
const countOf = ({ lambdas, sizes }: Request): number => (lambdas ?? sizes)?.length ?? 0;

/** The places of the best model and of the first within one standard error of it. */
interface Places {
  best?: number;
  within?: number;
}

/** The places that each cross-validation has. */
const bestPlaces = new WeakMap<object, Places>();

/** The lambdas, or the sizes, of the models at these places. */
function chosenOf(
  { lambdas, sizes }: Request,
  { best, within }: Places,
): Pick<SparseCrossValidation, 'lambdaMin' | 'lambda1se' | 'sizeMin' | 'size1se'> {
  if (best === undefined || within === undefined) return {};
  if (sizes) return { sizeMin: sizes[best] as number, size1se: sizes[within] as number };
  return lambdas ? { lambdaMin: lambdas[best] as number, lambda1se: lambdas[within] as number } : {};
}

/** The paths of the share that belongs to lambda1se, where that is another one than at lambdaMin. */
const withOtherShare = new WeakMap<object, SparsePath>();

/** Statuses that end a path before all of its lambdas were tried. */
const interrupted = ({ status }: SparseAnswer): boolean => ['aborted', 'timeLimit', 'iterationLimit'].includes(status);

/** The functions of cross-validations, which are no part of them where they are copied or written as JSON. */
class Functions extends PathFunctions {
  best(rule: 'min' | '1se' = '1se'): SparseFit {
    return bestOf(this as never, rule);
  }
}

function bestOf(cv: SparseCrossValidation, rule: 'min' | '1se'): SparseFit {
  const { best, within } = bestPlaces.get(cv) ?? {};
  const wanted = checkOneOf('rule', rule, ['min', '1se']) === 'min' ? best : within;
  if (wanted === undefined) {
    const ended = `crossValidate ended with status '${cv.status}' before the folds were fitted`;
    throw rangeError(`rule = '${rule}': no model has a mean over all folds, as ${ended}`);
  }
  const path = rule === '1se' ? (withOtherShare.get(cv) ?? cv) : cv;
  return path.fit(wanted);
}

/** Rows that are left out together, and the weights of the others. */
interface Part {
  rows: Int32Array;
  weights: Float64Array;
}

function partOf(prepared: Prepared, foldOf: Int32Array, fold: number): Part {
  const rows = Int32Array.from(foldOf.keys()).filter((i) => foldOf[i] === fold);
  const weights = weightsOfRows(prepared, (i) => foldOf[i] !== fold);
  const { survival, weights: given } = prepared;
  // Times until an event say something where there is one.
  const counts = (i: number): boolean => (!given || (given[i] as number) > 0) && (!survival || survival.event[i] === 1);
  const out = rows.some(counts);
  if (out && weights.some((weight, i) => weight > 0 && counts(i))) {
    const { family, classes, responses = 1 } = prepared.about.origin;
    checkLeft(
      { family, y: prepared.y, count: responses, ...(classes && { classes }) },
      weights,
      'folds',
      ` without fold ${fold}`,
    );
    return { rows, weights };
  }
  const what = survival ? ['no event', 'no event out'] : ['no row', 'nothing out'];
  throw rangeError(`folds: fold ${fold} leaves ${what[out ? 0 : 1]} of a weight > 0`);
}

/** The linear predictions of rows that were left out, for all lambdas. */
interface LeftOut extends Pick<SparseAnswer, 'status' | 'message'> {
  fitted: number;
  /** The rows that links are of: those left out, or, for times until an event, all. */
  rows: Int32Array;
  /** Lambda after lambda, a number for each of these rows. */
  links: Float64Array;
  /** The linear predictions of relaxed models, if there are any. */
  loose?: Float64Array;
}

/** Rows that were left out with the links of models that are between the relaxed ones and, by a share of 1, the others. */
function mixed(of: readonly LeftOut[], share: number): LeftOut[] {
  return of.map(({ loose, ...each }) => ({
    ...each,
    links: loose && share < 1 ? each.links.map((t, i) => share * t + (1 - share) * (loose[i] as number)) : each.links,
  }));
}

/** The settings that the fit of a fold has beside those of the whole fit. */
interface OfFold {
  spent?: number;
  relax?: boolean;
  signal?: AbortSignal | undefined;
  readable?: () => Promise<void>;
}

/** Fits the path without a part; where there is no memory for its first model it is one that ended before that. */
async function leftOut(prepared: Prepared, part: Part, asked: Request, of: OfFold = {}): Promise<LeftOut> {
  try {
    return await fitWithout(prepared, part, asked, of);
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    const { message } = error;
    return { status: 'stalled', message, fitted: 0, rows: part.rows, links: new Float64Array(0) };
  }
}

/** Fits the path without a part, in what is left of the time limit. */
async function fitWithout(
  prepared: Prepared,
  { rows, weights }: Part,
  asked: Request,
  { spent = 0, relax = false, signal = prepared.settings.signal, readable }: OfFold,
): Promise<LeftOut> {
  const { timeLimit } = prepared.settings;
  const left = typeof timeLimit === 'number' ? Math.max(0, timeLimit - spent) : undefined;
  const answer = await solvePrepared(prepared, {
    ...{ ...asked, weights },
    settings: { onProgress: undefined, verbose: undefined, timeLimit: left, signal },
  });
  const { status, message } = answer;
  await readable?.();
  const x = matrixOf(prepared, weights);
  const of = prepared.survival ? Int32Array.from(prepared.y.keys()) : rows;
  const linksOf = (models: SparseAnswer): Promise<Float64Array> =>
    linksAlong(x, of, prepared.offset, models, countOf(asked));
  const loose = relax ? await linksOf(await relaxed(prepared, answer, weights)) : undefined;
  const links = await linksOf(answer);
  return { status, message, fitted: answer.lambda.length, rows: of, links, ...(loose && { loose }) };
}

/**
 * Folds that are fitted beside the path on all rows, which leaves all threads but one without work: along the lambdas that it will have
 * if it does not end early. Where it does they are given up, and fitted again along those that it has.
 */
class FoldsAhead {
  readonly #prepared: Prepared;
  readonly #parts: readonly Part[];
  readonly #readable: () => Promise<void>;
  readonly #stop = new AbortController();
  #asked: Request;
  #folds: Promise<LeftOut[]> | undefined;
  readonly #abort = (): void => this.#stop.abort();

  constructor(prepared: Prepared, asked: Request, parts: readonly Part[], readable: () => Promise<void>) {
    this.#prepared = prepared;
    this.#readable = readable;
    this.#parts = prepared.settings.timeLimit === undefined ? parts : [];
    this.#asked = asked;
  }

  /** Fits the path on all rows, with folds from its first report on. */
  async beside(
    solveAll: (settings: Pick<SolveOptions<SparseProgress>, 'onProgress'>) => Promise<SparseAnswer>,
  ): Promise<SparseAnswer> {
    const { onProgress } = this.#prepared.settings;
    if (this.#parts.length === 0) return solveAll({ onProgress });
    checkFunction('onProgress', onProgress, { optional: true });
    try {
      return await solveAll({
        onProgress: (progress) => {
          this.#begin(progress);
          return onProgress?.(progress);
        },
      });
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  /** The folds along the lambdas that the path on all rows has; undefined where others were begun, or none. */
  along(asked: Request | undefined): Promise<LeftOut[]> | undefined {
    const [ahead, along] = [this.#asked, asked ?? {}].map(({ lambdas, sizes }) => lambdas ?? sizes);
    const wanted = this.#folds && along?.length === ahead?.length && ahead?.every((each, k) => each === along?.[k]);
    if (wanted) return this.#folds?.finally(() => this.#end());
    this.#end();
    return undefined;
  }

  #end(): void {
    this.#abort();
    if (this.#folds) this.#prepared.settings.signal?.removeEventListener('abort', this.#abort);
  }

  #begin({ firstLambda: first = 0, lambdaStep: step = 1 }: SparseProgress): void {
    if (this.#folds || this.#stop.signal.aborted || !(countOf(this.#asked) > 0 || first > 0)) return;
    const prepared = this.#prepared;
    // Here the solve on all rows has found that it is a signal.
    prepared.settings.signal?.addEventListener('abort', this.#abort);
    if (countOf(this.#asked) === 0) this.#asked = { lambdas: lambdasFrom(first, step, prepared) };
    const { signal } = this.#stop;
    const readable = this.#readable;
    this.#folds = Promise.all(this.#parts.map((part) => leftOut(prepared, part, this.#asked, { signal, readable })));
    this.#folds.catch(() => undefined); // each caller that waits for the folds gets the error
    readable().catch(() => undefined);
  }
}

/** The lambdas of a path that are made from the data: products in turn, which have the same bits in C++. */
function lambdasFrom(first: number, step: number, { settings }: Prepared): Float64Array {
  const { nLambda = 100 } = settings;
  const lambdas = new Float64Array(nLambda);
  for (let k = 0, lambda = first; k < nLambda; ++k, lambda *= step) lambdas[k] = lambda;
  return lambdas;
}

/** The measure on the rows of a part, of links; and what it weighs. */
interface Gauge {
  weight: number;
  at(links: Float64Array): number;
}

function gaugeOf({ y, weights, survival, about }: Prepared, measure: SparseMeasure, part: Part): Gauge {
  const weightsOf = Float64Array.from(part.rows, (i) => (weights ? (weights[i] as number) : 1));
  if (survival) return survivalGauge(survival, about.origin.ties as string, measure, part, weightsOf);
  const of = Float64Array.from(part.rows, (i) => y[i] as number);
  return {
    weight: weightsOf.reduce((sum, weight) => sum + weight, 0),
    at: (links) => measured(measure as 'deviance', about.origin, { links, y: of, weights: weightsOf }),
  };
}

/**
 * The concordance of the rows of a part, or by how much their being there raises the deviance of all rows, for each of their events: that
 * of a part alone would leave out how its rows stand to the others.
 */
function survivalGauge(
  survival: Survival,
  ties: string,
  measure: SparseMeasure,
  { rows, weights: others }: Part,
  weights: Float64Array,
): Gauge {
  const own = new Float64Array(others.length);
  rows.forEach((row, i) => {
    own[row] = weights[i] as number;
  });
  const weight = own.reduce((sum, each, i) => sum + each * (survival.event[i] as number), 0);
  if (measure === 'concordance') {
    const sets = riskSets(survival, own);
    return { weight, at: (links) => concordance(sets, links) };
  }
  const all = riskSets(
    survival,
    own.map((each, i) => each + (others[i] as number)),
  );
  const rest = riskSets(survival, others);
  return { weight, at: (links) => (coxDeviance(all, links, ties) - coxDeviance(rest, links, ties)) / weight };
}

/** Means of the measure over the folds and their standard errors, for each lambda. */
function statistics(
  prepared: Prepared,
  measure: SparseMeasure,
  parts: readonly Part[],
  of: readonly LeftOut[],
  lambdas: number,
): { mean: Float64Array; standardError: Float64Array } {
  const count = of.length > 0 ? lambdas : 0;
  const [mean, standardError] = [new Float64Array(count), new Float64Array(count)];
  const gauges = parts.map((part) => gaugeOf(prepared, measure, part));
  const weightOf = gauges.map(({ weight }) => weight);
  const total = weightOf.reduce((sum, weight) => sum + weight, 0);
  for (let k = 0; k < count; ++k) {
    const values = of.map(({ links, rows: { length } }, fold) =>
      (gauges[fold] as Gauge).at(links.subarray(k * length, (k + 1) * length)),
    );
    const average = (at: (value: number) => number): number =>
      values.reduce((sum, value, fold) => sum + (weightOf[fold] as number) * at(value), 0) / total;
    const centre = average((value) => value);
    mean[k] = centre;
    standardError[k] = Math.sqrt(average((value) => (value - centre) ** 2) / (values.length - 1));
  }
  return { mean, standardError };
}

/** The place of the best mean, and the first within one standard error of it, and the curves that these are of. */
function choose(
  curves: readonly RelaxedMeans[],
  measure: SparseMeasure,
): Places & { min: RelaxedMeans; first: RelaxedMeans } {
  const lossOf = ({ mean }: RelaxedMeans, k: number): number => (isGain(measure) ? -1 : 1) * (mean[k] as number);
  let [min, best] = [curves[0] as RelaxedMeans, -1];
  for (const curve of curves) {
    curve.mean.forEach((mean, k) => {
      if (!Number.isNaN(mean) && (best < 0 || lossOf(curve, k) < lossOf(min, best))) [min, best] = [curve, k];
    });
  }
  if (best < 0) return { min, first: min };
  const most = lossOf(min, best) + (min.standardError[best] as number);
  let [first, within] = [min, best];
  for (const curve of curves) {
    const k = curve.mean.findIndex((_, k) => lossOf(curve, k) <= most);
    if (k < 0 || k > within || (k === within && lossOf(curve, k) >= lossOf(first, k))) continue;
    [first, within] = [curve, k];
  }
  return { best, within, min, first };
}

function predictionsOf({ data }: Prepared, parts: readonly Part[], of: readonly LeftOut[], columns: number): Matrix {
  const { rows } = data.x;
  const all = new Float64Array(rows * columns).fill(Number.NaN);
  of.forEach(({ links, rows: linked }, fold) => {
    const left = new Set((parts[fold] as Part).rows);
    linked.forEach((row, i) => {
      for (let k = 0; k < columns && left.has(row); ++k) {
        all[row * columns + k] = links[k * linked.length + i] as number;
      }
    });
  });
  return { data: all, rows, columns };
}
