// Relaxed fits: the columns that a penalty has selected, without the penalty.
import { transposeStorage } from '../core/algebra.js';
import { rangeError } from '../core/argumentError.js';
import { isList, show } from '../core/check.js';
import { SolverError } from '../core/error.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { devianceOf } from './family.js';
import { linksAlong } from './links.js';
import { measured } from './measures.js';
import { matrixOf, type Prepared, type SparseAnswer, solvePrepared } from './problem.js';
import { coxDeviance, riskSets } from './survival.js';

/** How much of the penalised fit is left in a relaxed one: `true` none. */
export type Relax = boolean | number;

/** The share of the penalised fit, from 0 to 1; undefined where nothing is relaxed. */
export function checkRelax(name: string, relax: unknown): number | undefined {
  if (relax === undefined || relax === false) return undefined;
  if (relax === true) return 0;
  if (typeof relax === 'number' && relax >= 0 && relax <= 1) return relax;
  const expected = 'expected true or false, or a number in [0, 1]';
  throw new (typeof relax === 'number' ? RangeError : TypeError)(`${name} = ${show(relax)}: ${expected}`);
}

/** Shares that cross-validation chooses among, falling: those of glmnet for `true`. None where nothing is relaxed. */
export function checkShares(relax: unknown): number[] {
  if (relax === true) return [1, 0.75, 0.5, 0.25, 0];
  if (!isList(relax)) {
    const share = checkRelax('relax', relax);
    return share === undefined ? [] : [share];
  }
  if (relax.length === 0) throw rangeError('relax: expected at least one number');
  const shares = Array.from(relax, (share, k) =>
    checkRelax(`relax[${k}]`, Number.isNaN(share) ? share : Number(share)),
  );
  return [...new Set(shares as number[])].sort((a, b) => b - a);
}

/**
 * The fits without penalty to the columns that each model of a path has: of several responses or classes each to its own. The answer ends
 * before the first model with as many columns as rows, of classes those of all, where no such fit is unique.
 */
export async function relaxed(
  prepared: Prepared,
  answer: SparseAnswer,
  weights: Float64Array | undefined = prepared.weights,
): Promise<SparseAnswer> {
  const x = matrixOf(prepared, weights);
  const columnsOf = subsets(x);
  const rows = weights ? weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0) : x.rows;
  const most = rows - (prepared.about.intercept ? 1 : 0);
  const { family, responses: count = 1 } = prepared.about.origin;
  const together = family === 'multinomial';
  const responses = Array.from({ length: count }, (_, r) => (together ? prepared : responseOf(prepared, r)));
  const fits: Refit[][] = [];
  for (let k = 0; k < answer.lambda.length; ++k) {
    const supports = responses.map((_, r) => supportOf(answer, k, { columns: x.columns, r }));
    const all = together ? [union(supports)] : supports;
    if (all.some(({ length }) => length >= most)) break;
    const starts = responses.map((_, r) => startOf(answer, k, { columns: x.columns, r, of: responses.length }));
    const of = { supports, starts, before: fits.at(-1), deviance: answer.deviance[k] as number, weights };
    try {
      fits.push(await (together ? refitClasses(prepared, columnsOf, of) : refitEach(responses, columnsOf, of)));
    } catch (error) {
      if (fits.length === 0 || !isOutOfMemory(error)) throw error;
      return endedByMemory(joined(answer, fits, x.columns), error);
    }
  }
  return joined(answer, fits, x.columns);
}

/** Returns true if a solve could not be, or not go on, for want of memory. */
export const isOutOfMemory = (error: unknown): error is SolverError =>
  error instanceof SolverError && error.code === 'OUT_OF_MEMORY';

/** An answer with the models that there was memory for, as the addon ends a path. */
function endedByMemory(answer: SparseAnswer, { message }: SolverError): SparseAnswer {
  const { length } = answer.lambda;
  const reason = `The path ended behind its model ${length} as there is no memory for the next relaxed fit: ${message}.`;
  return { ...answer, status: 'stalled', message: reason, end: 'outOfMemory' };
}

type ColumnsOf = (columns: Int32Array) => Matrix | SparseMatrix;

/** The penalised model that is fitted again. */
interface Penalised {
  /** The columns of each response or class, and the values that they begin at. */
  supports: readonly Int32Array[];
  starts: readonly Start[];
  /** The model before, which may have the same columns. */
  before: Refit[] | undefined;
  deviance: number;
  weights: Float64Array | undefined;
}

const sameSupport = ({ supports, before }: Penalised, r: number): boolean => {
  const [support, last] = [supports[r] as Int32Array, before?.[r]?.support];
  return last?.length === support.length && support.every((j, place) => j === last[place]);
};

/** The fits of responses by themselves. */
async function refitEach(responses: readonly Prepared[], columnsOf: ColumnsOf, of: Penalised): Promise<Refit[]> {
  const { supports, starts, before, weights } = of;
  const known = responses.length === 1 ? of.deviance : undefined;
  const model: Refit[] = [];
  for (const [r, response] of responses.entries()) {
    const [support, start] = [supports[r] as Int32Array, starts[r] as Start];
    // The penalised model without columns is also the one without penalty.
    if (sameSupport(of, r)) model.push(before?.[r] as Refit);
    else if (support.length === 0) model.push({ ...unpenalised(response, start.intercept, weights, known), support });
    else model.push(await refit(response, columnsOf(support), support, { weights, start }));
  }
  return model;
}

/** The columns that are in any of several supports, rising. */
const union = (supports: readonly Int32Array[]): Int32Array =>
  Int32Array.from(new Set(supports.flatMap((support) => [...support]))).sort();

/** The problem of one of several responses, whose squares do not meet those of the others. */
function responseOf(prepared: Prepared, r: number): Prepared {
  const { responses, ...origin } = prepared.about.origin;
  if (responses === undefined) return prepared;
  const { rows, columns } = prepared.data.x;
  const own = (values: Float64Array): Float64Array => values.slice(r * rows, (r + 1) * rows);
  const { lowerBounds: lower, upperBounds: upper } = prepared.perColumn;
  const ofColumns = (values: Float64Array): Float64Array => values.slice(r * columns, (r + 1) * columns);
  return {
    ...{ ...prepared, y: own(prepared.y), about: { ...prepared.about, origin } },
    offset: prepared.offset && own(prepared.offset),
    perColumn: { ...(lower && { lowerBounds: ofColumns(lower) }), ...(upper && { upperBounds: ofColumns(upper) }) },
  };
}

/** The models between the penalised ones of a path and the relaxed ones: `share` of the former. */
export async function blended(
  prepared: Prepared,
  penalised: SparseAnswer,
  loose: SparseAnswer,
  share: number,
): Promise<SparseAnswer> {
  if (share === 0) return loose;
  const between = (a: ArrayLike<number>, b: ArrayLike<number>, k: number): number =>
    share * (a[k] as number) + (1 - share) * (b[k] as number);
  // Both have the same columns, but for coefficients that happen to be 0 in the latter.
  const values = loose.values.map((_, l) => between(penalised.values, loose.values, l));
  const intercepts = loose.intercepts.map((_, k) => between(penalised.intercepts, loose.intercepts, k));
  const answer = { ...loose, values, intercepts };
  const { data, y, survival, weights, offset, about } = prepared;
  const rows = Int32Array.from({ length: data.x.rows }, (_, i) => i);
  const links = await linksAlong(matrixOf(prepared, undefined), rows, offset, answer, answer.lambda.length);
  const sets = survival && riskSets(survival, weights);
  const each = weights ?? new Float64Array(rows.length).fill(1);
  const total = each.reduce((sum, weight) => sum + weight, 0);
  const deviance = answer.deviance.map((_, k) => {
    const of = links.subarray(k * y.length, (k + 1) * y.length);
    if (sets) return coxDeviance(sets, of, about.origin.ties as string);
    if (about.origin.family === 'multinomial')
      return total * measured('deviance', about.origin, { links: of, y, weights: each });
    let sum = 0;
    for (let i = 0; i < y.length; ++i) {
      const weight = each[i % rows.length] as number;
      if (weight > 0) sum += weight * devianceOf(about.origin, of[i] as number, y[i] as number);
    }
    return sum;
  });
  return { ...answer, deviance };
}

/** A fit without penalty to some columns. */
interface Refit {
  support: Int32Array;
  values: Float64Array;
  intercept: number;
  /** The deviance of the response; classes have one together, which is that of the first, and 0 that of others. */
  deviance: number;
  status: SparseAnswer['status'];
  message: string;
}

/** The places of the coefficients of a response in model k: from the first to behind the last. */
function placesOf({ offsets, indices }: SparseAnswer, k: number, columns: number, r: number): [number, number] {
  let [from, to] = [offsets[k] as number, offsets[k + 1] as number];
  while (from < to && (indices[from] as number) < r * columns) ++from;
  while (to > from && (indices[to - 1] as number) >= (r + 1) * columns) --to;
  return [from, to];
}

/** The columns that a response has in model k. */
const supportOf = (answer: SparseAnswer, k: number, { columns, r }: { columns: number; r: number }): Int32Array =>
  answer.indices.slice(...placesOf(answer, k, columns, r)).map((place) => place - r * columns);

interface Start {
  coefficients: Float64Array;
  intercept: number;
}

function startOf(
  answer: SparseAnswer,
  k: number,
  { columns, r, of }: { columns: number; r: number; of: number },
): Start {
  const coefficients = answer.values.slice(...placesOf(answer, k, columns, r));
  return { coefficients, intercept: answer.intercepts[k * of + r] as number };
}

/** The model of an intercept alone; `deviance` is known of one response. */
function unpenalised(
  { y, offset, about: { origin } }: Prepared,
  intercept: number,
  weights: Float64Array | undefined,
  deviance: number | undefined,
): Omit<Refit, 'support'> {
  const of = (value: number, i: number): number =>
    (weights?.[i] ?? 1) * devianceOf(origin, intercept + (offset?.[i] ?? 0), value);
  const own = deviance ?? y.reduce((sum, value, i) => sum + of(value, i), 0);
  return { values: new Float64Array(0), intercept, deviance: own, status: 'solved', message: '' };
}

async function refit(
  prepared: Prepared,
  x: Matrix | SparseMatrix,
  support: Int32Array,
  { weights, start }: { weights: Float64Array | undefined; start: Start },
): Promise<Refit> {
  const { perColumn, settings } = prepared;
  const { lowerBounds: lower, upperBounds: upper } = perColumn;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(support, (j) => values[j] as number);
  const answer = await solvePrepared(
    {
      ...{ ...prepared, data: { x, missing: new Int32Array(0) }, warmStart: start },
      perColumn: { ...(lower && { lowerBounds: pick(lower) }), ...(upper && { upperBounds: pick(upper) }) },
      settings: withoutPenalty(settings),
    },
    { lambdas: Float64Array.of(0), weights },
  );
  const { status, message, offsets, indices, values, intercepts } = answer;
  const all = new Float64Array(support.length);
  for (let l = 0; l < (offsets[1] ?? 0); ++l) all[indices[l] as number] = values[l] as number;
  const known = answer.lambda.length > 0;
  const [intercept = Number.NaN, deviance = Number.NaN] = known ? [intercepts[0], answer.deviance[0]] : [];
  return { ...{ support, values: all, intercept, deviance }, status: known ? status : 'stalled', message };
}

function withoutPenalty(settings: Prepared['settings']): Prepared['settings'] {
  const { alpha: _alpha, gamma: _gamma, ridge: _ridge, largest: _largest, maxNodes: _nodes, ...without } = settings;
  const { q: _q, onProgress: _report, verbose: _table, ...others } = without;
  return { ...others, penalty: 'lasso' };
}

/** The fit of all classes together, each with columns of its own. */
async function refitClasses(prepared: Prepared, columnsOf: ColumnsOf, of: Penalised): Promise<Refit[]> {
  const { supports, starts, before, deviance, weights } = of;
  if (before && supports.every((_, r) => sameSupport(of, r))) return before;
  const all = union(supports);
  if (all.length === 0) {
    const none = { values: new Float64Array(0), status: 'solved', message: '' } as const;
    const own = (r: number) => ({ support: supports[r] as Int32Array, deviance: r === 0 ? deviance : 0 });
    return starts.map(({ intercept }, r) => ({ ...none, ...own(r), intercept }));
  }
  const { places, ...within } = restricted(prepared, all, of);
  const { status, message, lambda, ...found } = await solvePrepared(
    {
      ...{ ...prepared, data: { x: columnsOf(all), missing: new Int32Array(0) }, ...within },
      settings: withoutPenalty(prepared.settings),
    },
    { lambdas: Float64Array.of(0), weights },
  );
  const known = lambda.length > 0;
  const coefficients = new Float64Array(all.length * supports.length);
  for (let l = 0; l < (found.offsets[1] ?? 0); ++l)
    coefficients[found.indices[l] as number] = found.values[l] as number;
  return supports.map((support, r) => ({
    support,
    values: Float64Array.from(places[r] as Int32Array, (place) => coefficients[place] as number),
    intercept: known ? (found.intercepts[r] as number) : Number.NaN,
    deviance: known ? (r === 0 ? (found.deviance[0] as number) : 0) : Number.NaN,
    ...{ status: known ? status : 'stalled', message },
  }));
}

/** The bounds that keep classes to their columns among all of these, the places of the others, and where to begin. */
function restricted(
  { perColumn: { lowerBounds: lower, upperBounds: upper }, about }: Prepared,
  all: Int32Array,
  { supports, starts }: Penalised,
): Pick<Prepared, 'perColumn' | 'warmStart'> & { places: Int32Array[] } {
  const placeOf = new Map(Array.from(all, (j, place) => [j, place]));
  const places = supports.map((support, r) => support.map((j) => r * all.length + (placeOf.get(j) as number)));
  const made = () => new Float64Array(all.length * supports.length);
  const [lows, highs, coefficients] = [made(), made(), made()];
  for (const [r, support] of supports.entries()) {
    for (const [l, place] of (places[r] as Int32Array).entries()) {
      const c = r * about.columns + (support[l] as number);
      lows[place] = lower ? (lower[c] as number) : Number.NEGATIVE_INFINITY;
      highs[place] = upper ? (upper[c] as number) : Number.POSITIVE_INFINITY;
      coefficients[place] = starts[r]?.coefficients[l] as number;
    }
  }
  const bounded = lower || upper || supports.some(({ length }) => length < all.length);
  return {
    places,
    perColumn: bounded ? { lowerBounds: lows, upperBounds: highs } : {},
    warmStart: { coefficients, intercepts: starts.map(({ intercept }) => intercept) },
  };
}

/** Some columns of a matrix. */
function subsets(x: Matrix | SparseMatrix): (columns: Int32Array) => Matrix | SparseMatrix {
  if ('data' in x) {
    return (columns) => {
      const data = new Float64Array(x.rows * columns.length);
      columns.forEach((j, place) => {
        for (let i = 0; i < x.rows; ++i) data[i * columns.length + place] = x.data[i * x.columns + j] as number;
      });
      return { data, rows: x.rows, columns: columns.length };
    };
  }
  const { offsets, indices, values, rows } = x.format === 'csc' ? x : transposeStorage(x);
  return (columns) => {
    const places = Array.from(columns, (j) => [offsets[j] as number, offsets[j + 1] as number] as const);
    const starts = new Int32Array(columns.length + 1);
    places.forEach(([from, to], k) => {
      starts[k + 1] = (starts[k] as number) + to - from;
    });
    const size = starts[columns.length] as number;
    const part = { indices: new Int32Array(size), values: new Float64Array(size) };
    places.forEach(([from, to], k) => {
      part.indices.set(indices.subarray(from, to), starts[k]);
      part.values.set(values.subarray(from, to), starts[k]);
    });
    return { format: 'csc', rows, columns: columns.length, offsets: starts, ...part };
  };
}

/** The answer of a path with other models, which minimise no objective of its lambdas: nothing is certified of them. */
function joined(answer: SparseAnswer, models: readonly Refit[][], columns: number): SparseAnswer {
  const count = models.length;
  const unknown = new Float64Array(count).fill(Number.NaN);
  const fits = models.flat();
  const failed = fits.find(({ status }) => status !== 'solved');
  const size = fits.reduce((sum, { support }) => sum + support.length, 0);
  const values = new Float64Array(size);
  models.forEach((model, k) => {
    model.forEach((fit, r) => {
      values.set(fit.values, placesOf(answer, k, columns, r)[0]);
    });
  });
  const sumOf = (k: number, of: (fit: Refit) => number): number =>
    (models[k] as Refit[]).reduce((sum, fit) => sum + of(fit), 0);
  return {
    ...answer,
    ...(failed && answer.status === 'solved' && { status: failed.status, message: `A relaxed fit: ${failed.message}` }),
    ...(count < answer.lambda.length && { end: 'maxNonzeros' as const }),
    lambda: answer.lambda.slice(0, count),
    sizes: answer.sizes.slice(0, count),
    intercepts: Float64Array.from(fits, ({ intercept }) => intercept),
    offsets: answer.offsets.slice(0, count + 1),
    indices: answer.indices.slice(0, size),
    values,
    ...{ objectives: unknown, gap: unknown, violation: unknown },
    deviance: Float64Array.from(models, (_, k) => sumOf(k, ({ deviance }) => deviance)),
    df: Float64Array.from(models, (_, k) => sumOf(k, ({ support }) => support.length)),
    locallyConvex: answer.locallyConvex.slice(0, count),
    certificate: Array.from({ length: count }, () => ({ kind: 'none' })),
  };
}
