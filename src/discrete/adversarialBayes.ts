import { rangeError } from '../core/argumentError.js';
import { checkNumber, checkOneOf, checkVector, isList, isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import {
  type Label,
  type MatrixLike,
  perRow,
  readData,
  readMatrix,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkedValues, readClasses } from '../core/targets.js';
import { checkWarmStart } from '../core/warmStart.js';
import type {
  AdversarialBayesOptions,
  AdversarialBayesProgress,
  AdversarialBayesSolution,
} from '../generated/adversarialBayes.js';

export interface AdversarialBayesData {
  /** Rows. */
  x: MatrixLike;
  /** The class of each row. */
  y: ArrayLike<Label>;
  /** The weight of each row, a number >= 0. Default: 1. */
  sampleWeight?: ArrayLike<number> | undefined;
}

export interface AdversarialBayesSettings extends AdversarialBayesOptions, SolveOptions<AdversarialBayesProgress> {
  /** The norm of what an attack adds to a row: `'inf'`, the largest entry, or `'two'`, the Euclidean length. Change it when attacks are of another kind. */
  norm: 'inf' | 'two';
  /** The most that it adds, in the units of x: a number >= 0, or several for a curve. Change it when attacks are smaller or larger. */
  radius: number | ArrayLike<number>;
  /** An earlier result. It is accepted as everywhere, but a solve takes nothing from it. Change it when code is shared with other verbs. */
  warmStart?: object | undefined;
}

export interface AdversarialBayesResult
  extends SolveResult<AdversarialBayesProgress>,
    Omit<AdversarialBayesSolution, 'attack' | 'curve'> {
  /** The best attack: rows that are moved to one point, which proves the bound. */
  attack: AdversarialBayesSolution['attack'];
  /** The least error at each radius, by rising radius. */
  curve: AdversarialBayesSolution['curve'];
}

/**
 * The least share of these rows that any classifier predicts wrong when each row may be moved by a radius: a floor for `attack` and robust
 * training on the same rows. With q_i the probability at which a classifier, which may toss coins, predicts row i right under attack,
 *
 *     1 - max sum_i w_i q_i / sum_i w_i   over 0 <= q <= 1,  sum_{i in C} q_i <= 1 for all sets C of rows
 *
 * of different classes that can be moved to one point.
 *
 * ```ts
 * const { robustError, curve } = await adversarialBayes({ x, y }, { norm: 'inf', radius: [0.05, 0.1] });
 * ```
 *
 * It is a statement about the rows that are given, not about the population that they come from. With more classes than `order` it is a
 * bound of the least error: `certificate.over` is `'smallSets'` then.
 *
 * N. Garcia Trillos, M. Jacobs, J. Kim, "The multimarginal optimal transport formulation of adversarial multiclass classification",
 * JMLR 24, 2023.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function adversarialBayes(
  data: AdversarialBayesData,
  settings: AdversarialBayesSettings,
): Promise<AdversarialBayesResult> {
  const { x, y, sampleWeight } = readData(data, ['x', 'y', 'sampleWeight']);
  const { norm, radius, warmStart, ...others } = fixDeadline(settings ?? {}) as AdversarialBayesSettings;
  checkOneOf('norm', norm, ['inf', 'two']);
  if (warmStart !== undefined) checkWarmStart(warmStart);
  const radii = radiiOf(radius);
  const read = readMatrix('x', x);
  const rows = isPromise(read) ? await read : read;
  const { classes, codes } = readClasses(checkedValues(y, rows.rows));
  const request = {
    ...{ x: rows, y: codes, classes: classes.length, norm, radius: radii },
    ...(sampleWeight !== undefined && { sampleWeight: perRow('sampleWeight', sampleWeight, rows.rows) }),
  };
  const answer = await solveOnCpu('adversarialBayes', request, others as SolveOptions);
  return answer as AdversarialBayesResult;
}

/** One radius or several, each once, by rising size. */
function radiiOf(radius: AdversarialBayesSettings['radius']): Float64Array {
  if (!isList(radius)) return Float64Array.of(checkNumber('radius', radius as number, { lower: 0 }));
  const radii = checkVector('radius', radius);
  if (radii.length === 0) throw rangeError('radius: expected at least one number');
  const k = radii.findIndex((each) => each < 0);
  if (k >= 0) throw rangeError(`radius[${k}] = ${radii[k]}: expected a number >= 0`);
  return Float64Array.from(new Set(radii)).sort();
}
