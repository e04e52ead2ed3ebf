import { rangeError, typeError } from '../core/argumentError.js';
import { checkNumber, checkVector, isList, isPromise, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { withMethods } from '../core/methods.js';
import {
  type Label,
  type MatrixLike,
  perRow,
  readData,
  readMatrix,
  readSigns,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { RiskScoreOptions, RiskScoreProgress, RiskScoreSolution } from '../generated/riskScore.js';
import { riskScoreKind } from '../predict/verbs/riskScore.js';
import { type Binarized, binarized, readBinarize } from './riskScoreColumns.js';

export interface RiskScoreData {
  /** n x p. */
  x: MatrixLike;
  /** A label of two classes for each row. The second in order is the event: 1 of 0 and 1, true of false and true. */
  y: ArrayLike<number> | readonly Label[];
  /** A weight for each row. Default: 1. */
  sampleWeight?: ArrayLike<number> | undefined;
  /** A name for each column of x. Default: `x0`, `x1`, ... */
  names?: readonly string[] | undefined;
}

/** Conditions on one feature. */
export interface RiskScoreFeature {
  /** Least points where it is in the card. */
  min?: number | undefined;
  /** Most points where it is in the card. */
  max?: number | undefined;
  /** 1: only positive points; -1: only negative ones. */
  sign?: 1 | -1 | undefined;
  /** The card has to have it, with points other than 0. */
  required?: boolean | undefined;
  /** The group that it belongs to. */
  group?: string | undefined;
}

export interface RiskScoreSettings
  extends Omit<RiskScoreOptions, 'scaling' | 'poolSize' | 'poolWithin'>,
    SolveOptions<RiskScoreProgress> {
  /**
   * What a point is worth in log-odds: `'free'`, a number up to `maxScale` that is chosen with the points, beside a real intercept; or 1, beside an
   * integer intercept. Default `'free'`. Change it when risks are to be read off a total without a table (1).
   */
  scale?: 'free' | 1 | undefined;
  /**
   * Integers that points may be: a range, or a list, to which 0 belongs in any case. Default: -5 to 5. Change it when the card is to be coarser or
   * finer.
   */
  points?: { min?: number | undefined; max?: number | undefined } | readonly number[] | undefined;
  /**
   * How many of the best cards are in `pool`, 1 by default, and how much worse they are at most, relative to the best one: `within`, 0.01 by default.
   * Change it when other good cards are wanted, too.
   */
  pool?: { size?: number | undefined; within?: number | undefined } | undefined;
  /** A card to begin at, such as an earlier result of the same columns. Default: none. Change it when a good card is known. */
  warmStart?: { points: ArrayLike<number> } | undefined;
  /** Conditions on features by their names. Change it when some features must be in the card, or have a known sign. */
  features?: Readonly<Record<string, RiskScoreFeature>> | undefined;
  /** The most features of each group. Change it when features exclude one another. */
  groups?: Readonly<Record<string, { maxSize: number }>> | undefined;
  /**
   * True, or the quantiles: columns with more than two values become columns `name <= threshold`, 1 where that holds. Default false. Change it when
   * columns have many values.
   */
  binarize?: boolean | { quantiles?: readonly number[] | undefined } | undefined;
}

/** A row of a card. */
export interface RiskScorePoints {
  name: string;
  points: number;
}

export interface RiskScoreResult
  extends SolveResult<RiskScoreProgress>,
    Omit<RiskScoreSolution, 'points' | 'pool' | 'sameAs'> {
  /** The features of the card, those with the most points first. */
  card: RiskScorePoints[];
  /** The best cards, the best first, where `pool` asks for several. */
  pool: { objective: number; intercept: number; scale: number; card: RiskScorePoints[] }[];
  /** Points of each column of x, or of each threshold with `binarize`. */
  points: Int32Array;
  /** Names of these. */
  names: readonly string[];
  /** How many columns x has. */
  inputs: number;
  /** With `binarize`, the columns of x that these are made of. */
  columnOf?: Int32Array | undefined;
  /** With `binarize`, their thresholds: 1 where the column is at most that; infinite for a column as it is. */
  thresholds?: Float64Array | undefined;
  /** Columns that the search has left out, with the name of the column that stands for each, if there is one: equal, or 1 less it. */
  leftOut: { name: string; sameAs?: string }[];
  /** The two classes; the second is the event. */
  classes: readonly [Label, Label];
  /** The risk of each row of x (`'response'`, the default), its total (`'total'`), or the likelier class (`'class'`). */
  predict(x: MatrixLike, options: { type: 'class' }): Label[];
  predict(x: MatrixLike, options?: { type?: 'response' | 'total' | undefined }): Float64Array;
}

/**
 * Finds the integer points of a score card with the least log loss, with a proof: over integers l, at most `maxSize` of them not 0,
 *
 *     minimise  mean_i [log(1 + exp(s_i)) - y_i s_i] + price (number of l_j not 0),   s_i = b + t l^T x_i
 *
 * with a real intercept b and a scale 0 <= t <= `maxScale`, or with t = 1 and an integer b.
 *
 * ```ts
 * const { card, table, predict } = await riskScore({ x, y, names }, { maxSize: 5 });
 * ```
 *
 * `certificate.kind` is `'global'` where the search has ended; at a limit it is `'bounded'`, and no card has an objective below
 * `certificate.lowerBound`.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function riskScore(data: RiskScoreData, settings: RiskScoreSettings = {}): Promise<RiskScoreResult> {
  const { x, y, sampleWeight, names } = readData(data, ['x', 'y', 'sampleWeight', 'names']);
  const { points, features, groups, binarize, scale, pool, warmStart, ...others } = fixDeadline(settings);
  const wanted = readBinarize(binarize);
  const read = readMatrix('x', x);
  const given = isPromise(read) ? await read : read;
  const known = columnNames(names, given.columns);
  const made = wanted && binarized(given, known, wanted);
  const used = made ?? { matrix: given, names: known };
  const signs = readSigns(y, given.rows);
  const { values, classes } = isPromise(signs) ? await signs : signs;
  const request = {
    x: used.matrix,
    y: values,
    ...(sampleWeight !== undefined && { sampleWeight: perRow('sampleWeight', sampleWeight, given.rows) }),
    start: startOf(warmStart, used.names.length),
    ...(points !== undefined && { points: allowedPoints(points) }),
    ...conditions(features, groups, known, made?.columns ?? Int32Array.from(known, (_, j) => j)),
  };
  const own = { ...others, ...poolSettings(pool), ...(scale !== undefined && { scaling: readScale(scale) }) };
  const answer = await solveOnCpu('riskScore', request, own);
  return presented(
    answer as SolveResult<RiskScoreProgress> & RiskScoreSolution,
    used.names,
    classes,
    given.columns,
    made,
  );
}

function columnNames(names: unknown, columns: number): readonly string[] {
  if (names === undefined) return Array.from({ length: columns }, (_, j) => `x${j}`);
  if (!Array.isArray(names))
    throw typeError(`names = ${show(names)}: expected an array of names, one for each column of x`);
  if (names.length !== columns) {
    throw rangeError(`names: expected ${columns} names, one for each column of x, got ${names.length}`);
  }
  names.forEach((name, j) => {
    if (typeof name !== 'string') throw typeError(`names[${j}] = ${show(name)}: expected a string`);
    if (names.indexOf(name) < j)
      throw rangeError(`names[${j}] = ${show(name)}: expected a name that no other column has`);
  });
  return names.slice();
}

function startOf(warmStart: RiskScoreSettings['warmStart'], columns: number): Float64Array | undefined {
  if (warmStart === undefined) return undefined;
  const { points } = checkWarmStart(warmStart);
  return checkVector('warmStart.points', points, { length: columns, per: 'one for each column' });
}

function readScale(scale: unknown): 'free' | 'one' {
  if (scale === 'free') return scale;
  if (scale === 1) return 'one';
  const wrong = typeof scale === 'string' || typeof scale === 'number' ? rangeError : typeError;
  throw wrong(`scale = ${show(scale)}: expected 'free' or 1`);
}

function poolSettings(pool: unknown): { poolSize?: number; poolWithin?: number } {
  if (pool === undefined) return {};
  const { size, within } = members('pool', pool, ['size', 'within']);
  const made: { poolSize?: number; poolWithin?: number } = {};
  if (size !== undefined) made.poolSize = integer('pool.size', size);
  if (within !== undefined) made.poolWithin = checkNumber('pool.within', within);
  const mostCards = 100_000;
  if (made.poolSize !== undefined && (made.poolSize < 1 || made.poolSize > mostCards)) {
    throw rangeError(`pool.size = ${made.poolSize}: expected an integer in [1, ${mostCards}]`);
  }
  const mostDistance = 10;
  if (made.poolWithin !== undefined && !(made.poolWithin >= 0 && made.poolWithin <= mostDistance)) {
    throw rangeError(`pool.within = ${made.poolWithin}: expected a number in [0, ${mostDistance}]`);
  }
  return made;
}

function integer(name: string, value: unknown): number {
  if (typeof value !== 'number') throw typeError(`${name} = ${show(value)}: expected an integer`);
  if (!Number.isInteger(value)) throw rangeError(`${name} = ${value}: expected an integer`);
  return value;
}

/** The values that points may have. */
function allowedPoints(points: unknown): Float64Array {
  const usual = 5;
  const most = 1e6;
  if (!isList(points)) {
    const { min = -usual, max = usual } = members('points', points, ['min', 'max']);
    const [low, high] = [integer('points.min', min), integer('points.max', max)];
    if (low > high) throw rangeError(`points.min = ${low}: expected at most points.max = ${high}`);
    if (Math.abs(low) > most || Math.abs(high) > most) {
      throw rangeError(`points = ${show(points)}: expected integers between -${most} and ${most}`);
    }
    return allowedPoints(Array.from({ length: high - low + 1 }, (_, k) => low + k));
  }
  const values = checkVector('points', points);
  values.forEach((value, k) => {
    integer(`points[${k}]`, value);
  });
  if (!values.some((value) => value !== 0)) throw rangeError('points: expected a value other than 0');
  return values;
}

function members(name: string, given: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof given !== 'object' || given === null) throw typeError(`${name} = ${show(given)}: expected an object`);
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw typeError(`${name}.${key}: expected one of ${known.join(', ')}`);
  }
  return given as Record<string, unknown>;
}

/** Bounds, required features and groups as the addon takes them: by column, of which a feature may have several. */
function conditions(features: unknown, groups: unknown, names: readonly string[], columns: Int32Array) {
  const groupNames = groups === undefined ? [] : Object.keys(members('groups', groups, Object.keys(Object(groups))));
  const sizes = groupNames.map((name) => {
    const { maxSize } = members(`groups.${name}`, (groups as Record<string, unknown>)[name], ['maxSize']);
    const size = integer(`groups.${name}.maxSize`, maxSize);
    if (size < 0) throw rangeError(`groups.${name}.maxSize = ${size}: expected a number >= 0`);
    return size;
  });
  const made: {
    lower?: Float64Array;
    upper?: Float64Array;
    required?: Int32Array;
    groups?: Int32Array;
    groupSizes?: Float64Array;
  } = {};
  if (groupNames.length > 0) made.groupSizes = Float64Array.from(sizes);
  if (features === undefined) return made;
  const p = columns.length;
  const required: number[] = [];
  const [lower, upper, group] = [
    new Float64Array(p).fill(-Infinity),
    new Float64Array(p).fill(Infinity),
    new Int32Array(p),
  ];
  for (const [name, given] of Object.entries(members('features', features, names))) {
    const feature = readFeature(`features.${name}`, given, groupNames);
    const own = Array.from(columns.keys()).filter((j) => columns[j] === names.indexOf(name));
    for (const j of own) [lower[j], upper[j], group[j]] = [feature.min, feature.max, feature.group];
    if (!feature.required) continue;
    if (feature.min === 0 && feature.max === 0) {
      throw rangeError(
        `features.${name}.required = true: expected a feature with points other than 0 between its bounds`,
      );
    }
    if (own.length !== 1) {
      throw rangeError(
        `features.${name}.required = true: expected a feature with one column, but binarize makes ${own.length}`,
      );
    }
    required.push(own[0] as number);
  }
  Object.assign(made, { lower, upper });
  if (required.length > 0) made.required = Int32Array.from(required);
  if (groupNames.length > 0) made.groups = group;
  return made;
}

function readFeature(name: string, given: unknown, groupNames: readonly string[]) {
  const { min, max, sign, required = false, group } = members(name, given, ['min', 'max', 'sign', 'required', 'group']);
  let low = min === undefined ? -Infinity : integer(`${name}.min`, min);
  let high = max === undefined ? Infinity : integer(`${name}.max`, max);
  if (low > high) throw rangeError(`${name}.min = ${low}: expected at most max = ${high}`);
  if (sign !== undefined && sign !== 1 && sign !== -1)
    throw rangeError(`${name}.sign = ${show(sign)}: expected 1 or -1`);
  if (sign === 1) low = Math.max(low, 0);
  if (sign === -1) high = Math.min(high, 0);
  if (low > high) throw rangeError(`${name}: expected points of the sign ${sign} between its bounds`);
  if (typeof required !== 'boolean') throw typeError(`${name}.required = ${show(required)}: expected true or false`);
  if (group !== undefined && !groupNames.includes(group as string)) {
    throw rangeError(
      `${name}.group = ${show(group)}: expected one of groups${groupNames.length > 0 ? `: ${groupNames.join(', ')}` : ''}`,
    );
  }
  return { min: low, max: high, required, group: group === undefined ? 0 : 1 + groupNames.indexOf(group as string) };
}

/** The answer with names. */
function presented(
  { points, pool, sameAs, ...answer }: SolveResult<RiskScoreProgress> & RiskScoreSolution,
  names: readonly string[],
  classes: readonly [Label, Label],
  inputs: number,
  made: Binarized | undefined,
): RiskScoreResult {
  const leftOut = Array.from(sameAs, (of, j) => ({ name: names[j] as string, of, j }))
    .filter(({ of, j }) => of !== j)
    .map(({ name, of }) => ({ name, ...(of >= 0 && { sameAs: names[of] as string }) }));
  const result = {
    ...answer,
    card: cardOf(points, names),
    points: Int32Array.from(points),
    names,
    pool: pool.map(({ points: its, ...each }) => ({ ...each, card: cardOf(its, names) })),
    inputs,
    ...(made && { columnOf: made.columns, thresholds: made.thresholds }),
    leftOut,
    classes,
  };
  return withMethods(result as unknown as RiskScoreResult, riskScoreKind.functions);
}

function cardOf(points: ArrayLike<number>, names: readonly string[]): RiskScorePoints[] {
  return names
    .map((name, j) => ({ name, points: points[j] as number }))
    .filter(({ points }) => points !== 0)
    .sort((a, b) => b.points - a.points);
}
