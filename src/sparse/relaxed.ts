// Relaxed fits: the columns that a penalty has selected, without the penalty.
import { transposeStorage } from '../core/algebra.js';
import { isList, show } from '../core/check.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { devianceOf } from './family.js';
import { linksAlong } from './links.js';
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
export function checkShares(relax: unknown, prepared: Pick<Prepared, 'about'>): number[] {
  if (relax !== undefined && relax !== false) requireRelaxable(prepared, relax);
  if (relax === true) return [1, 0.75, 0.5, 0.25, 0];
  if (!isList(relax)) {
    const share = checkRelax('relax', relax);
    return share === undefined ? [] : [share];
  }
  if (relax.length === 0) throw new RangeError('relax: expected at least one number');
  const shares = Array.from(relax, (share, k) =>
    checkRelax(`relax[${k}]`, Number.isNaN(share) ? share : Number(share)),
  );
  return [...new Set(shares as number[])].sort((a, b) => b - a);
}

/** Refuses what there are no relaxed fits of, before anything is solved. */
export function requireRelaxable({ about }: Pick<Prepared, 'about'>, relax: unknown): void {
  if (!about.origin.classes || !about.origin.responses) return;
  throw new RangeError(`relax = ${show(relax)}: expected false with several classes`);
}

/**
 * The fits without penalty to the columns that each model of a path has: of several responses each to its own. The answer ends before the
 * first model with as many columns as rows, where no such fit is unique.
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
  const responses = Array.from({ length: prepared.about.origin.responses ?? 1 }, (_, r) => responseOf(prepared, r));
  const alone = responses.length === 1;
  const fits: Refit[][] = [];
  for (let k = 0; k < answer.lambdas.length; ++k) {
    const supports = responses.map((_, r) => supportOf(answer, k, { columns: x.columns, r }));
    if (supports.some(({ length }) => length >= most)) break;
    const model: Refit[] = [];
    for (const [r, of] of responses.entries()) {
      const support = supports[r] as Int32Array;
      const before = fits.at(-1)?.[r];
      const same =
        before?.support.length === support.length && support.every((j, place) => j === before.support[place]);
      const start = startOf(answer, k, { columns: x.columns, r, of: responses.length });
      // The penalised model without columns is the one without penalty, too.
      if (same) model.push(before);
      else if (support.length === 0)
        model.push({ ...unpenalised(of, start.intercept, weights, alone ? answer.deviances[k] : undefined), support });
      else model.push(await refit(of, columnsOf(support), support, { weights, start }));
    }
    fits.push(model);
  }
  return joined(answer, fits, x.columns);
}

/** The problem of one of several responses, whose squares do not meet those of the others. */
function responseOf(prepared: Prepared, r: number): Prepared {
  const { responses, ...origin } = prepared.about.origin;
  if (responses === undefined) return prepared;
  const { rows, columns } = prepared.data.x;
  const own = (values: Float64Array): Float64Array => values.slice(r * rows, (r + 1) * rows);
  const { lower, upper } = prepared.perColumn;
  const ofColumns = (values: Float64Array): Float64Array => values.slice(r * columns, (r + 1) * columns);
  return {
    ...{ ...prepared, y: own(prepared.y), about: { ...prepared.about, origin } },
    offset: prepared.offset && own(prepared.offset),
    perColumn: { ...(lower && { lower: ofColumns(lower) }), ...(upper && { upper: ofColumns(upper) }) },
  };
}

/** What is between the penalised models of a path and the relaxed ones: `share` of the former. */
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
  const links = await linksAlong(matrixOf(prepared, undefined), rows, offset, answer, answer.lambdas.length);
  const sets = survival && riskSets(survival, weights);
  const deviances = answer.deviances.map((_, k) => {
    const of = links.subarray(k * y.length, (k + 1) * y.length);
    if (sets) return coxDeviance(sets, of, about.origin.ties as string);
    let sum = 0;
    for (let i = 0; i < y.length; ++i) {
      const weight = weights ? (weights[i % rows.length] as number) : 1;
      if (weight > 0) sum += weight * devianceOf(about.origin, of[i] as number, y[i] as number);
    }
    return sum;
  });
  return { ...answer, deviances };
}

/** A fit without penalty to some columns. */
interface Refit {
  support: Int32Array;
  values: Float64Array;
  intercept: number;
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

function startOf(
  answer: SparseAnswer,
  k: number,
  { columns, r, of }: { columns: number; r: number; of: number },
): { coefficients: Float64Array; intercept: number } {
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
  { weights, start }: { weights: Float64Array | undefined; start: Prepared['warmStart'] },
): Promise<Refit> {
  const { perColumn, settings } = prepared;
  const { lower, upper } = perColumn;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(support, (j) => values[j] as number);
  const { alpha: _alpha, gamma: _gamma, ridge: _ridge, largest: _largest, maxNodes: _nodes, ...without } = settings;
  const { q: _q, onProgress: _report, verbose: _table, ...others } = without;
  const answer = await solvePrepared(
    {
      ...{ ...prepared, data: { x, missing: new Int32Array(0) }, warmStart: start },
      perColumn: { ...(lower && { lower: pick(lower) }), ...(upper && { upper: pick(upper) }) },
      settings: { ...others, penalty: 'lasso' },
    },
    { lambdas: Float64Array.of(0), weights },
  );
  const { status, message, lambdas, offsets, indices, values, intercepts, deviances } = answer;
  const all = new Float64Array(support.length);
  for (let l = 0; l < (offsets[1] ?? 0); ++l) all[indices[l] as number] = values[l] as number;
  const known = lambdas.length > 0;
  const [intercept = Number.NaN, deviance = Number.NaN] = known ? [intercepts[0], deviances[0]] : [];
  return { ...{ support, values: all, intercept, deviance }, status: known ? status : 'stalled', message };
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
    ...(count < answer.lambdas.length && { end: 'maxNonzeros' as const }),
    lambdas: answer.lambdas.slice(0, count),
    sizes: answer.sizes.slice(0, count),
    intercepts: Float64Array.from(fits, ({ intercept }) => intercept),
    offsets: answer.offsets.slice(0, count + 1),
    indices: answer.indices.slice(0, size),
    values,
    ...{ objectives: unknown, gaps: unknown, violations: unknown },
    deviances: Float64Array.from(models, (_, k) => sumOf(k, ({ deviance }) => deviance)),
    degreesOfFreedom: Float64Array.from(models, (_, k) => sumOf(k, ({ support }) => support.length)),
    locallyConvex: answer.locallyConvex.slice(0, count),
  };
}
