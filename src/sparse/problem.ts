// The arguments of a sparse regression, checked, and the form of it that the addon takes.

import { addon, settingNames } from '../core/addon.js';
import { rangeError, typeError } from '../core/argumentError.js';
import {
  answersNothing,
  dropCopies,
  isCopiedInPieces,
  keepCopies,
  keepCopyOf,
  type TypedArray,
} from '../core/arrayCopies.js';
import { checkBounds } from '../core/bounds.js';
import {
  checkData,
  checkNumber,
  checkObject,
  checkOneOf,
  checkVector,
  isList,
  show,
  type VectorOfValues,
} from '../core/check.js';
import { type Flat, flatOf } from '../core/choices.js';
import { type Ends, fixDeadline, untilDeadline } from '../core/deadline.js';
import {
  fillInPieces,
  hasManyRows,
  type Matrix,
  type MatrixLike,
  type SparseMatrix,
  sliceInPieces,
  toMatrixInPieces,
} from '../core/matrix.js';
import {
  columnMeans,
  explainMissing,
  filled,
  filledInPieces,
  readInPieces,
  readMatrix,
  type WithMissing,
} from '../core/missing.js';
import { hasManyEntries, isLarge } from '../core/operand.js';
import { callOptions } from '../core/settingNames.js';
import { type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import type { Label } from '../core/targets.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { SparseOptions, SparseProgress, SparseSolution } from '../generated/sparse.js';
import type { SparseChoiceSettings } from '../generated/sparseChoices.js';
import { type FamilyOf, familyOf, type SparseFamily } from './family.js';
import { type Groups, readGroups } from './groups.js';
import type { SparsePenalty } from './penalties.js';
import { checkPenalty, isConvex, isOfGroups, type SlopeWeights, sortedWeights } from './penaltySettings.js';
import { type EvenLambdas, evenLambdas, isBySize, type Request } from './request.js';
import { byColumns, checkLeft, type Responses, readInTurns, readRows } from './responses.js';
import { readSurvival, type Survival, type SurvivalTimes } from './survival.js';

export type { SparseProgress };

/** Data of a regression, n rows of p columns. They are copied when a function is called. */
export interface SparseData {
  /** n x p, a row for each response, dense or sparse. */
  x: MatrixLike | SparseMatrix;
  /**
   * n responses: numbers, for `poisson` >= 0, for `gamma` > 0. For `binomial` two classes, strings, booleans or any two numbers, of which
   * the coefficients are for the second in order; or shares from 0 to 1. For `multinomial` classes, strings,
   * booleans or integers, or n x K shares of them; for `gaussian` also n x K numbers, K responses of each row. For `cox` times and whether
   * the event came then.
   */
  y: ArrayLike<Label> | VectorOfValues | MatrixLike | SurvivalTimes;
  /** How often each row counts, n numbers >= 0: 2 is the row twice, 0 leaves it out. Default: 1 each. */
  sampleWeight?: ArrayLike<number> | undefined;
  /** n numbers, n x K for K responses or classes, that are added to the linear predictions, such as the logarithm of an exposure. Default: 0. */
  offset?: ArrayLike<number> | MatrixLike | undefined;
  /** Names of the p columns, which results keep. */
  names?: readonly string[] | undefined;
  /** The group of each column, p integers or names, for penalties of groups such as `groupLasso()`; others do not look at it. */
  groups?: ArrayLike<number> | readonly string[] | undefined;
  /**
   * Factors >= 0 of lambda, one for each column, taken as they are; 0 for a column without penalty, Infinity to leave it
   * out. Default: 1 each. For penalties of groups
   * one for each group, in the order of the groups' numbers or names; default: the root of the number of columns.
   */
  penaltyFactor?: ArrayLike<number> | undefined;
  /**
   * Lower bounds <= 0 of the coefficients: one for all, p numbers, or, of K responses or classes, also p K numbers in the order of
   * `coefficients`, p for each; -Infinity for none. Default: none.
   */
  lowerBounds?: number | ArrayLike<number> | undefined;
  /** Upper bounds >= 0, likewise; Infinity for none. Default: none. */
  upperBounds?: number | ArrayLike<number> | undefined;
  /** Entries of x that are NaN become the mean of what is there in their column, also in predictions. Default: they are refused. */
  impute?: 'mean' | undefined;
}

/** The start of a model: coefficients and an intercept, as every earlier result of one lambda or of several has them. */
export interface SparseStart {
  /** p numbers, or p x k by columns for k lambdas, of which that of the nearest lambda counts. */
  coefficients: ArrayLike<number> | SparseMatrix;
  intercept?: number | undefined;
  intercepts?: ArrayLike<number> | undefined;
  lambda?: number | ArrayLike<number> | undefined;
}

/** The settings of all functions of `nonconvex/sparse`. */
export interface SparseModelSettings
  extends Omit<SparseOptions, 'family' | 'penalty' | 'nLambda' | 'minRatio'>,
    SolveOptions<SparseProgress> {
  /**
   * `'gaussian'` (default), `'binomial'`, `'poisson'`, `'gamma'`, `huber({ huberDelta })`, `quantile({ level })`, `cox({ ties })` or
   * `'multinomial'`. Change it when y are no numbers with errors of about one size.
   */
  family?: SparseFamily | undefined;
  /**
   * A penalty of single coefficients, made by `lasso()` (default), `elasticNet(alpha)`, `mcp()`, `scad()` or `lq()`; of groups, by
   * `groupLasso()`, `groupMcp()`, `groupScad()`, `groupLq()` or `sparseGroupLasso(alpha)`; of all together, by `slope()`, `oscar()`, `fused()` or
   * `bestSubset()`; or the name of one. Change it when the lasso shrinks large coefficients too much, or columns come in groups or in an order.
   */
  penalty?: SparsePenalty | undefined;
  /** An earlier result to begin with. Change it when several problems differ little. */
  warmStart?: SparseStart | undefined;
}

/** The lambdas of a path, or the sizes. */
export interface LambdaSettings {
  /** The lambdas, in any order, or how many there are, from the least that leaves no column on, evenly in the logarithm. */
  lambdas?: ArrayLike<number> | EvenLambdas | undefined;
  /**
   * Integers >= 0, in any order, instead of lambdas: for each the best subset of at most so many columns; or the largest of 0, 1, ..., so that
   * `path.fit(k)` is the best subset of at most k columns. The penalty is {@link bestSubset}, without lambda.
   */
  sizes?: ArrayLike<number> | { max: number } | undefined;
}

/** Settings that the addon takes of lambdas. */
const ofLambdas = ['nLambda', 'minRatio'];
const ofChoices = { slope: ['weights'] };

/** Settings whose names must be known: those of every model, those of paths if it is one, and `more`. */
export function checkModelSettings<T extends object>(settings: T, path: boolean, more: readonly string[] = []): T {
  const key = `${path} ${more}`;
  let names = namesOfModels.get(key);
  if (!names) {
    const native = settingNames('sparse').filter((name) => !ofLambdas.includes(name));
    names = [...native, ...(path ? ['lambdas', 'sizes'] : []), ...more, ...callOptions];
    namesOfModels.set(key, names);
  }
  flatOf('sparse', settings, names, ofChoices);
  return fixDeadline(settings);
}

/** The names of settings, made once for each function. */
const namesOfModels = new Map<string, readonly string[]>();

/** Facts about the data that models keep. */
export interface Origin extends FamilyOf {
  /** The label with y = 0 and that with y = 1, of two classes; all labels of `multinomial`. */
  classes?: readonly Label[];
  /** How many responses or classes K have coefficients of their own, if more than one. */
  responses?: number;
  names?: readonly string[];
  /** The means of the columns where missing entries are imputed. */
  means?: Float64Array;
  /** True if there was an offset, which predictions then also need. */
  hasOffset: boolean;
}

/** Facts about their problem that fits keep, without its data. */
export interface About {
  origin: Origin;
  convex: boolean;
  intercept: boolean;
  /** The groups, if the penalty is one of groups. */
  groups?: Groups;
  /** Number of rows, as their weights count them. */
  rows: number;
  /** Number of events, likewise, of times until an event. */
  events: number | undefined;
  columns: number;
}

/**
 * Data whose x is no array of many rows, and no large matrix in which entries may be missing: these are copied, in pieces between which
 * other events are served. Labels of many rows are read so for the family 'multinomial'.
 */
export function inMemory(
  data: SparseData,
  { family, signal, deadline }: { family?: unknown } & Ends,
): SparseData | Promise<SparseData> {
  if (typeof data !== 'object' || data === null) return data;
  const { impute } = data;
  const classes = family === 'multinomial' ? readInTurns(data.y, signal) : undefined;
  if (classes) return Promise.resolve(classes).then((y) => inMemory({ ...data, y: y as never }, { signal, deadline }));
  const rows = hasManyRows(data.x) ? toMatrixInPieces('x', data.x) : undefined;
  if (impute === 'mean' && hasManyEntries(data.x)) {
    return untilDeadline({ signal, deadline }, (leave) => withoutMissing(data, rows, leave));
  }
  return rows ? rows.then((x) => ({ ...data, x })) : data;
}

async function withoutMissing(
  data: SparseData,
  rows: Promise<Matrix> | undefined,
  leave: AbortSignal | undefined,
): Promise<SparseData> {
  return { ...data, x: await readInPieces('x', rows ? await rows : data.x, data.sampleWeight, leave) };
}

/** A problem whose data cannot change while several solves of it begin, one after the other. Large data are copied in pieces. */
export async function owned(prepared: Prepared): Promise<Prepared> {
  const { x, missing } = prepared.data;
  const of = <T extends Float64Array | Float32Array | Int32Array>(array: T) => sliceInPieces('x', array);
  // All of it before anything is waited for: what is small is copied when the function is called.
  const [weights, offset] = [prepared.weights?.slice(), prepared.offset?.slice()];
  const parts =
    'data' in x ? { data: of(x.data) } : { offsets: of(x.offsets), indices: of(x.indices), values: of(x.values) };
  await Promise.all(Object.values(parts));
  const copy = { ...x } as Record<string, unknown>;
  for (const [name, part] of Object.entries(parts)) copy[name] = await part;
  const own = { ...prepared, data: { x: copy as unknown as Matrix | SparseMatrix, missing }, weights, offset };
  keepCopies(arraysOf(own));
  return own;
}

/**
 * A problem as {@link owned}, without a wait for large dense data: solves have the addon's copy of these, which the first of them makes, and
 * `readable` fills the one that JavaScript may read then.
 */
export async function ownedBySolves(
  prepared: Prepared,
): Promise<{ prepared: Prepared; readable: () => Promise<void> }> {
  const { x, missing } = prepared.data;
  if (!('data' in x) || missing.length > 0 || !isCopiedInPieces(x.data)) {
    return { prepared: await owned(prepared), readable: () => Promise.resolve() };
  }
  const data = new (x.data.constructor as Float64ArrayConstructor)(x.data.length);
  keepCopyOf(x.data, data);
  let filled: Promise<void> | undefined;
  const readable = (): Promise<void> => {
    filled ??= fillInPieces('x', data, x.data as Float64Array);
    return filled;
  };
  const own = { ...x, data };
  const [weights, offset] = [prepared.weights?.slice(), prepared.offset?.slice()];
  return { prepared: { ...prepared, data: { x: own, missing }, weights, offset }, readable };
}

/** The arrays of x. */
function arraysOf({ data: { x } }: Prepared): TypedArray[] {
  return 'data' in x ? [x.data] : [x.offsets, x.indices, x.values];
}

/** Gives memory back that solves of an {@link owned} problem share; others may follow, which then make copies of their own. */
export function release(prepared: Prepared): void {
  dropCopies(addon(), arraysOf(prepared));
}

/** Settings as the addon takes them, and those of the call. */
export type NativeSettings = Flat<SparseOptions> & SparseChoiceSettings & SolveOptions<SparseProgress>;

/** Settings with those of families and penalties beside the others. */
type FlatSettings = Flat<SparseModelSettings> &
  LambdaSettings &
  SparseChoiceSettings & { size?: number | undefined; weights?: SlopeWeights };

/** Data and settings, checked. */
export interface Prepared {
  about: About;
  data: WithMissing;
  /** Responses; times for the family `cox`, which has more in `survival`. */
  y: Float64Array;
  survival: Survival | undefined;
  weights: Float64Array | undefined;
  offset: Float64Array | undefined;
  /** Members of the problem that belong to the columns. */
  perColumn: {
    penaltyFactor?: Float64Array;
    lowerBounds?: Float64Array;
    upperBounds?: Float64Array;
    sortedWeights?: Float64Array;
    groups?: Int32Array;
  };
  /** The settings that the addon takes, and those that belong to the call. */
  settings: NativeSettings;
  warmStart: SparseStart | undefined;
}

/**
 * Checks data and settings, whose names are known.
 *
 * Longer than most: a line for each argument.
 */
export function prepare(
  given: SparseData,
  settings: SparseModelSettings & LambdaSettings & { size?: number | undefined },
): Prepared {
  const { x, y, sampleWeight, offset, names, groups, impute, ...bounds } = checkData(given, members);
  const flat: FlatSettings = flatOf('sparse', settings, Object.keys(settings), ofChoices);
  const { family: named = 'gaussian', huberDelta, level, ties, penalty, weights: own, warmStart, ...asked } = flat;
  const { lambdas, size, sizes, intercept: wanted, ...known } = asked;
  const family = familyOf(named, { huberDelta, level, ties });
  const intercept = interceptOf(family, wanted);
  if (impute !== undefined) checkOneOf('impute', impute, ['mean']);
  const data = readMatrix('x', x, { impute: impute !== undefined, solved: true });
  const { rows, columns } = data.x;
  const { survival, ...read } = readResponses(family, y, rows);
  const several = read.count > 1;
  const weights = weightsOf(sampleWeight, rows);
  const outcomes = { ...read, family: family.family, event: survival?.event };
  if (weights) checkLeft(outcomes, weights, 'sampleWeight', ' in rows of a weight > 0');
  else checkLeft(outcomes, undefined, 'y', '');
  const bySize = isBySize(settings);
  const chosen = checkPenalty(penalty === undefined ? (bySize ? 'bestSubset' : 'lasso') : penalty);
  if (bySize) checkCounts(bounds.penaltyFactor);
  const falling = sortedWeights(own, columns);
  const grouped = groupsOf(chosen, groups, columns, several);
  const origin: Origin = {
    ...family,
    hasOffset: offset !== undefined,
    ...(read.classes && { classes: read.classes }),
    ...(several && { responses: read.count }),
    ...(names !== undefined && { names: checkNames(names, columns) }),
    ...(impute && { means: data.means ?? columnMeans(data, weights) }),
  };
  return {
    ...{ data, y: read.y, survival, weights },
    about: {
      ...{ origin, intercept, columns, events: survival && totalOf(survival.event, weights) },
      convex: isConvex(chosen),
      ...(grouped && { groups: grouped }),
      rows: weights ? weights.reduce((sum, weight) => sum + weight, 0) : rows,
    },
    offset: offset === undefined ? undefined : offsetsOf(offset, rows, read.count),
    perColumn: {
      ...(grouped
        ? groupMembers(bounds, grouped, { penalty: chosen, count: read.count })
        : several
          ? severalMembers(bounds, columns, read.count)
          : columnMembers(bounds, columns)),
      ...(falling && { sortedWeights: falling }),
    },
    settings: {
      ...{ ...known, ...evenLambdas(lambdas), ...family, penalty: chosen },
      ...(wanted !== undefined && { intercept: wanted }),
    },
    warmStart: warmStart === undefined ? undefined : checkWarmStart(warmStart),
  };
}

/** Checks factors of models of a size, in which columns count alike, not at all, or are left out. */
function checkCounts(penaltyFactor: unknown): void {
  const factors = isList(penaltyFactor) ? Array.from(penaltyFactor) : [];
  const other = factors.findIndex((factor) => ![0, 1, Number.POSITIVE_INFINITY].includes(factor as number));
  if (other < 0) return;
  throw rangeError(`penaltyFactor[${other}] = ${show(factors[other])}: expected 0, 1 or Infinity for a size`);
}

const ofColumns = ['names', 'groups', 'penaltyFactor', 'lowerBounds', 'upperBounds'];
const members = ['x', 'y', 'sampleWeight', 'offset', 'impute', ...ofColumns];

/** The responses of a family. */
function readResponses({ family }: FamilyOf, y: SparseData['y'], rows: number): Responses & { survival?: Survival } {
  if (family !== 'cox') return readRows(family, y, rows);
  const survival = readSurvival(y, rows);
  return { y: survival.time, survival, count: 1 };
}

/** Returns true if there is an intercept: not beside the baseline hazard of Cox's. */
function interceptOf({ family }: FamilyOf, wanted: boolean | undefined): boolean {
  if (family !== 'cox') return wanted ?? true;
  if (!wanted) return false;
  throw rangeError("intercept = true: expected none for family 'cox', whose baseline hazard stands for it");
}

const totalOf = (numbers: Float64Array, weights: Float64Array | undefined): number =>
  numbers.reduce((sum, value, i) => sum + value * (weights ? (weights[i] as number) : 1), 0);

function perRow(name: string, value: unknown, rows: number, lower?: number): Float64Array {
  return checkVector(name, value, {
    length: rows,
    per: 'one for each row of x',
    ...(lower !== undefined && { lower }),
  });
}

function weightsOf(value: unknown, rows: number): Float64Array | undefined {
  if (value === undefined) return undefined;
  const weights = perRow('sampleWeight', value, rows, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw rangeError('sampleWeight: expected a number > 0');
  if (!Number.isFinite(total)) throw rangeError('sampleWeight: expected numbers whose sum is finite');
  return weights;
}

function checkNames(names: unknown, columns: number): readonly string[] {
  if (!isList(names)) throw typeError(`names = ${show(names)}: expected an array of strings`);
  if (names.length !== columns) {
    throw rangeError(`names: expected ${columns} strings, one for each column of x, got ${names.length}`);
  }
  return Array.from(names, (name, j) => {
    if (typeof name === 'string') return name;
    throw typeError(`names[${j}] = ${show(name)}: expected a string`);
  });
}

/** Members of the data that belong to columns. */
type ColumnData = Pick<SparseData, 'penaltyFactor' | 'lowerBounds' | 'upperBounds'>;

function columnMembers(
  { penaltyFactor, lowerBounds, upperBounds }: ColumnData,
  columns: number,
): Prepared['perColumn'] {
  const per = 'one for each column of x';
  const factors =
    penaltyFactor === undefined
      ? undefined
      : checkVector('penaltyFactor', penaltyFactor, { length: columns, per, lower: 0, infinite: true });
  // A column with an infinite factor is left out: its coefficient is between 0 and 0.
  const out = factors?.includes(Number.POSITIVE_INFINITY) ? factors : undefined;
  const bounded = out !== undefined || lowerBounds !== undefined || upperBounds !== undefined;
  const bounds =
    bounded &&
    checkBounds({ name: 'lowerBounds', value: lowerBounds }, { name: 'upperBounds', value: upperBounds }, [columns]);
  const finite = out ? out.map((factor) => (Number.isFinite(factor) ? factor : 1)) : factors;
  const within = (side: Float64Array): Float64Array =>
    out ? side.map((b, j) => (out[j] === Number.POSITIVE_INFINITY ? 0 : b)) : side;
  return {
    ...(finite && { penaltyFactor: finite }),
    ...(bounds && { lowerBounds: within(bounds.lower), upperBounds: within(bounds.upper) }),
  };
}

/** The groups of columns, if the penalty is one of groups. */
function groupsOf(penalty: string | undefined, groups: unknown, columns: number, several: boolean): Groups | undefined {
  const read = groups === undefined ? undefined : readGroups(groups, columns);
  if (!isOfGroups(penalty)) return undefined;
  if (read) return read;
  // A column's coefficients of several responses are a group already.
  if (several) return { of: Int32Array.from({ length: columns }, (_, j) => j), sizes: new Int32Array(columns).fill(1) };
  throw typeError(
    `groups = undefined: expected the group of each column of x in the data, as the penalty is ${penalty}`,
  );
}

/** Offsets of all rows, those of several responses one behind the other. */
function offsetsOf(offset: unknown, rows: number, count: number): Float64Array {
  return count > 1 ? byColumns('offset', offset, rows, count).y : perRow('offset', offset, rows);
}

/** Factors of columns with several responses, and bounds of their coefficients, one response behind the other. */
function severalMembers(
  { penaltyFactor, lowerBounds, upperBounds }: ColumnData,
  columns: number,
  count: number,
): Prepared['perColumn'] {
  const per = 'one for each column of x';
  return {
    ...(penaltyFactor !== undefined && {
      penaltyFactor: checkVector('penaltyFactor', penaltyFactor, { length: columns, per, lower: 0, infinite: true }),
    }),
    ...boundMembers({ lowerBounds, upperBounds }, columns, count),
  };
}

/** Bounds of the coefficients of columns, one response behind the other. */
function boundMembers(
  { lowerBounds, upperBounds }: ColumnData,
  columns: number,
  count: number,
): Pick<Prepared['perColumn'], 'lowerBounds' | 'upperBounds'> {
  if (lowerBounds === undefined && upperBounds === undefined) return {};
  // Numbers for the columns are those of every response.
  const ofAll = (name: string, value: SparseData['lowerBounds']) => {
    if (count === 1 || !isList(value) || value.length === columns * count) return { name, value };
    const own = checkVector(name, value, { infinite: true });
    if (own.length === columns) {
      return { name, value: Float64Array.from({ length: columns * count }, (_, c) => own[c % columns] as number) };
    }
    const wanted = `a number, ${columns} of them, one for each column of x, or ${columns * count}, p for each response or class`;
    throw rangeError(`${name}: expected ${wanted}, got ${own.length}`);
  };
  const made = checkBounds(ofAll('lowerBounds', lowerBounds), ofAll('upperBounds', upperBounds), [columns * count]);
  return { lowerBounds: made.lower, upperBounds: made.upper };
}

/** Members of groups: factors, and with convex penalties bounds of the coefficients of their columns. */
function groupMembers(
  { penaltyFactor, lowerBounds, upperBounds }: ColumnData,
  { of, sizes }: Groups,
  { penalty, count }: { penalty: string | undefined; count: number },
): Prepared['perColumn'] {
  for (const [name, value] of Object.entries({ lowerBounds, upperBounds })) {
    if (value === undefined || isConvex(penalty)) continue;
    throw rangeError(`${name}: expected none with ${penalty}, which is not convex`);
  }
  const bounds = boundMembers({ lowerBounds, upperBounds }, of.length, count);
  if (penaltyFactor === undefined) return { groups: of, ...bounds };
  const per = 'one for each group';
  return {
    ...{ groups: of, ...bounds },
    penaltyFactor: checkVector('penaltyFactor', penaltyFactor, { length: sizes.length, per, lower: 0, infinite: true }),
  };
}

/** The coefficients that a warm start has for the first model that is asked for, and the intercept behind them. */
function startOf(
  warmStart: SparseStart | undefined,
  columns: number,
  count: number,
  { lambdas, sizes }: Request,
): Float64Array | undefined {
  if (warmStart === undefined) return undefined;
  const { coefficients, intercept = 0, intercepts = [], lambda } = warmStart;
  const start = new Float64Array(columns + count);
  if (typeof coefficients === 'object' && coefficients !== null && 'format' in coefficients) {
    const { offsets, indices, values, rows } = checkObject('warmStart.coefficients', coefficients);
    if (rows !== columns) throw rangeError(`warmStart.coefficients: expected ${columns} rows, got ${rows}`);
    if (intercepts.length === 0) return undefined;
    const countOf = (k: number): number => (offsets[k + 1] as number) - (offsets[k] as number);
    const k = sizes
      ? nearest(Array.from(offsets.keys()).slice(0, -1).map(countOf), sizes[0] as number, (size) => size)
      : nearest(
          isList(lambda) ? (lambda as ArrayLike<number>) : [],
          lambdas?.[0] ?? Number.POSITIVE_INFINITY,
          Math.log,
        );
    for (let l = offsets[k] as number; l < (offsets[k + 1] as number); ++l) {
      start[indices[l] as number] = values[l] as number;
    }
    for (let r = 0; r < count; ++r) {
      start[columns + r] = checkNumber(`warmStart.intercepts[${k * count + r}]`, intercepts[k * count + r]);
    }
    return start;
  }
  const per = count > 1 ? 'one for each column of x and response' : 'one for each column of x';
  start.set(checkVector('warmStart.coefficients', coefficients, { length: columns, per }));
  if (count > 1)
    start.set(
      checkVector('warmStart.intercepts', intercepts, { length: count, per: 'one for each response' }),
      columns,
    );
  else start[columns] = checkNumber('warmStart.intercept', intercept);
  return start;
}

/** The place of the number that is nearest to `wanted` on a scale. */
function nearest(numbers: ArrayLike<number>, wanted: number, scale: (value: number) => number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let k = 0; k < numbers.length; ++k) {
    const distance = Math.abs(scale(numbers[k] as number) - scale(wanted));
    if (distance < least) [best, least] = [k, distance];
  }
  return best;
}

export type SparseAnswer = SparseSolution & SolveResult<SparseProgress>;

/** Members that may differ between the solves of one problem. */
export interface Variation extends Request {
  /** Weights instead of those of the data, with the means of the columns by them. */
  weights?: Float64Array | undefined;
  settings?: NativeSettings;
}

/** The matrix of a solve whose rows have these weights: missing entries are the means of the columns by them. */
export function matrixOf(
  { data, about: { origin } }: Prepared,
  weights: Float64Array | undefined,
): Matrix | SparseMatrix {
  if (data.missing.length === 0 || !origin.means) return data.x;
  return filled(data, weights ? columnMeans(data, weights) : origin.means);
}

/** Solves a prepared problem along lambdas that fall or sizes that grow. */
export async function solvePrepared(prepared: Prepared, variation: Variation): Promise<SparseAnswer> {
  try {
    return await begun(prepared, variation);
  } catch (error) {
    throw explainMissing(error, prepared.about.origin.names);
  }
}

function begun(prepared: Prepared, variation: Variation): Promise<SparseAnswer> {
  const { data, about } = prepared;
  const { weights } = variation;
  const { means } = about.origin;
  // Without an await where there is nothing to wait for.
  if (data.missing.length === 0 || !means || !isLarge(data.x)) {
    return solveWith(matrixOf(prepared, weights), prepared, variation);
  }
  const filling = untilDeadline(prepared.settings, (leave) =>
    filledInPieces(data, weights ? columnMeans(data, weights) : means, leave),
  );
  return filling.then((x) => solveWith(x, prepared, variation));
}

function solveWith(
  x: Matrix | SparseMatrix,
  prepared: Prepared,
  { lambdas, sizes, weights, settings }: Variation,
): Promise<SparseAnswer> {
  const { y, survival, offset, perColumn, warmStart } = prepared;
  const of = weights ?? prepared.weights;
  const { responses: count = 1 } = prepared.about.origin;
  const warm = startOf(warmStart, x.columns * count, count, { lambdas, sizes });
  const request = {
    [answersNothing]: true,
    ...{ x, y, ...perColumn },
    ...(survival && {
      event: survival.event,
      ...(survival.start && { start: survival.start }),
      ...(survival.strata && { strata: survival.strata }),
    }),
    ...(of && { sampleWeight: of }),
    ...(offset && { offset }),
    ...(count > 1 && { responses: count }),
    ...(lambdas && { lambdas }),
    ...(sizes && { sizes }),
    ...(warm && { warmStart: warm }),
  };
  // Reports are those of this solver, whose members `SolveOptions` of any solver does not know.
  const options = { ...prepared.settings, ...settings } as SolveOptions;
  return solve('sparse', request, options, { cpuOnly: 'sparse regressions' }) as Promise<SparseAnswer>;
}
