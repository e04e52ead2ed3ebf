import { isPromise } from '../core/check.js';
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
import type { RiskScoreOptions, RiskScoreProgress, RiskScoreSolution } from '../generated/riskScore.js';
import { riskScoreKind } from '../predict/verbs/riskScore.js';
import { columnNames } from './columnNames.js';
import { type Binarized, binarized, readBinarize } from './riskScoreColumns.js';
import { allowedPoints, conditions, poolSettings, readScale, startOf } from './riskScoreConditions.js';

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
   * The log-odds of a point: `'free'`, a number up to `maxScale` that is chosen with the points, beside a real intercept; or 1, beside an
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
  /** The columns of x that these are made of, with `binarize`. */
  columnOf?: Int32Array | undefined;
  /** Their thresholds, with `binarize`: 1 where the column is at most that; infinite for a column as it is. */
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
