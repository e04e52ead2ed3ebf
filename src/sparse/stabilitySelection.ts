// Columns that are selected again and again, whichever half of the rows the model is fitted to.
import { rangeError } from '../core/argumentError.js';
import { checkInteger, checkNumber, isPromise } from '../core/check.js';
import type { Status } from '../core/solve.js';
import { concurrently } from './concurrently.js';
import { dealt, weightsOfRows } from './folds.js';
import type { SparsePathSettings } from './path.js';
import {
  checkModelSettings,
  inMemory,
  owned,
  type Prepared,
  prepare,
  release,
  type SparseAnswer,
  type SparseData,
  solvePrepared,
} from './problem.js';
import { requestOfModel, requestOfPath } from './request.js';

export interface StabilitySelectionSettings
  extends Omit<SparsePathSettings, 'onProgress' | 'verbose' | 'warmStart' | 'maxNonzeros' | 'relax'> {
  /** How many halves the model is fitted to, an even number of at most 100,000: each is one of a pair that has all rows. Default: 50. */
  subsamples?: number | undefined;
  /** The share of the halves from which on a column is stable, above 0.5 and at most 1. Default: 0.75. */
  threshold?: number | undefined;
  /**
   * The most columns that count as selected on a half, the first ones along the path. Default: as many as keep the bound on false ones at 1,
   * at least 1.
   */
  q?: number | undefined;
  /** The lambda at which each half is fitted, instead of a path with `q`. */
  lambda?: number | undefined;
  /** The size of the best subset of each half, likewise. */
  size?: number | undefined;
}

export interface StabilitySelection {
  /** `'solved'`, or what ended the first fit that was not. */
  status: Status;
  message: string;
  /** The share of the halves on which each of the p columns was selected, or its group with penalties of groups. */
  frequencies: Float64Array;
  /** Columns whose share is at least the threshold, in order. */
  stable: Int32Array;
  /** Their names, where the data have names. */
  stableNames?: string[];
  threshold: number;
  subsamples: number;
  /** Columns, or groups, selected on a half: the most, or with a `lambda` or a `size` their mean number. */
  q: number;
  /** Bound on the expected number of stable columns that are selected no oftener than by chance: q^2 / ((2 threshold - 1) p), p columns or groups. */
  expectedFalse: number;
  /** Seconds it took. */
  seconds: number;
}

/**
 * Selects the columns that models of random halves of the rows have in common. Halves come in complementary pairs, as weights of 0.
 *
 * ```ts
 * const { stable, expectedFalse } = await stabilitySelection({ x, y }, { penalty: lasso(), threshold: 0.75 });
 * ```
 *
 * N. Meinshausen, P. Buehlmann, "Stability selection", JRSS B 72(4), 2010; R. D. Shah, R. J. Samworth, "Variable selection with error
 * control: another look at stability selection", JRSS B 75(1), 2013.
 *
 * @throws (rejects) as {@link sparsePath}.
 */
export async function stabilitySelection(
  data: SparseData,
  settings: StabilitySelectionSettings = {},
): Promise<StabilitySelection> {
  const begin = performance.now();
  const known = checkModelSettings(settings, true, ['subsamples', 'threshold', 'q', 'lambda', 'size']);
  const { subsamples = 50, threshold = 0.75, q, lambda, ...others } = known;
  checkSubsamples(subsamples);
  checkThreshold(threshold);
  // Without an await where there is nothing to wait for: a solve has begun when the call returns.
  const given = inMemory(data, others);
  const prepared = await owned(prepare(isPromise(given) ? await given : given, others));
  const unit = unitOf(prepared);
  const alone = lambda === undefined ? (others.size === undefined ? undefined : 'size') : 'lambda';
  if (q !== undefined && alone) throw rangeError(`q = ${q}: expected none beside a ${alone}`);
  const most =
    q === undefined ? Math.max(1, Math.floor(Math.sqrt((2 * threshold - 1) * unit.count))) : checkInteger('q', q, 1);
  const fixed = alone && requestOfModel({ lambda, size: others.size });
  const asked = fixed ?? requestOfPath(others, prepared.about.columns);
  const seed = checkInteger('seed', others.seed ?? 0, 0);
  const ended = await concurrently(subsamples, others, async (k) => {
    const weights = halfOf(prepared, seed, k);
    const settings = fixed ? {} : { maxNonzeros: unit.coefficientsOf(most) };
    const answer = await solvePrepared(prepared, { ...asked, weights, settings });
    const support = selectedBy(answer, fixed ? unit.count : most, unit);
    return { status: answer.status, message: answer.message, support };
  });
  release(prepared);
  const frequencies = frequenciesOf(ended, unit);
  const stable = Int32Array.from(frequencies.keys()).filter((j) => (frequencies[j] as number) >= threshold - 1e-12);
  const size = fixed ? ended.reduce((sum, { support }) => sum + support.size, 0) / subsamples : most;
  return {
    ...statusOf(ended),
    ...{ frequencies, stable, threshold, subsamples, q: size },
    ...namesOf(prepared, stable),
    expectedFalse: size ** 2 / ((2 * threshold - 1) * unit.count),
    seconds: (performance.now() - begin) / 1000,
  };
}

/** The weights of the rows of half k: with the one beside it it makes up all rows. */
function halfOf(prepared: Prepared, seed: number, k: number): Float64Array {
  const foldOf = dealt(prepared, 2, seed + (k >> 1));
  return weightsOfRows(prepared, (i) => foldOf[i] === k % 2);
}

function checkSubsamples(subsamples: unknown): void {
  if (checkInteger('subsamples', subsamples, 2, 100_000) % 2 === 0) return;
  throw rangeError(`subsamples = ${String(subsamples)}: expected an even number, as halves come in pairs`);
}

function checkThreshold(threshold: unknown): void {
  if (checkNumber('threshold', threshold, { lower: 0.5, open: true }) <= 1) return;
  throw rangeError(`threshold = ${String(threshold)}: expected a number in (0.5, 1]`);
}

const namesOf = ({ about }: Prepared, stable: Int32Array): Pick<StabilitySelection, 'stableNames'> => {
  const { names } = about.origin;
  return names ? { stableNames: Array.from(stable, (j) => names[j] as string) } : {};
};

/** The status of all fits: that of the first that was not solved. */
function statusOf(
  ended: readonly Pick<SparseAnswer, 'status' | 'message'>[],
): Pick<SparseAnswer, 'status' | 'message'> {
  const { status, message } = ended.find((each) => each.status !== 'solved') ?? {
    status: 'solved' as const,
    message: `Solved ${ended.length} halves.`,
  };
  return { status, message };
}

/** The units of the selection: columns, or groups of them where the penalty is one of groups. */
interface Unit {
  count: number;
  /** Says which one a column belongs to. */
  of(column: number): number;
  /** The most coefficients that so many have. */
  coefficientsOf(count: number): number;
  columns: number;
}

function unitOf({ about }: Prepared): Unit {
  const { groups, columns } = about;
  if (!groups) return { count: columns, columns, of: (j) => j, coefficientsOf: (count) => count };
  const falling = groups.sizes.slice().sort((a, b) => b - a);
  return {
    ...{ count: groups.sizes.length, columns },
    of: (j) => groups.of[j] as number,
    coefficientsOf: (count) => falling.subarray(0, count).reduce((sum, size) => sum + size, 0),
  };
}

/** The share of the halves on which each column was selected. */
function frequenciesOf(ended: readonly { support: Set<number> }[], { of, columns }: Unit): Float64Array {
  const frequencies = new Float64Array(columns);
  for (const { support } of ended) {
    for (let j = 0; j < columns; ++j) {
      if (support.has(of(j))) frequencies[j] = (frequencies[j] as number) + 1 / ended.length;
    }
  }
  return frequencies;
}

/** The columns that are in the last model of a path that has no more than `most`. */
function selectedBy({ lambda, offsets, indices }: SparseAnswer, most: number, unit: Unit): Set<number> {
  let last = new Set<number>();
  for (let k = 0; k < lambda.length; ++k) {
    const selected = new Set<number>();
    for (const c of indices.subarray(offsets[k], offsets[k + 1])) selected.add(unit.of(c % unit.columns));
    if (selected.size > most) break;
    last = selected;
  }
  return last;
}
