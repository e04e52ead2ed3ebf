// Columns that are selected again and again, whichever half of the rows the model is fitted to.
import { checkInteger, checkNumber, isPromise } from '../core/check.js';
import type { Status } from '../core/solve.js';
import { dealt, weightsOfRows } from './folds.js';
import { inTurn } from './inTurn.js';
import type { SparsePathSettings } from './path.js';
import {
  checkLambda,
  checkLambdas,
  checkModelSettings,
  inMemory,
  owned,
  type Prepared,
  prepare,
  type SparseAnswer,
  type SparseData,
  solvePrepared,
} from './problem.js';

export interface StabilitySelectionSettings
  extends Omit<SparsePathSettings, 'onProgress' | 'verbose' | 'warmStart' | 'maxNonzeros'> {
  /** How many halves the model is fitted to, an even number: each is one of a pair that has all rows. Default: 50. */
  subsamples?: number | undefined;
  /** The share of the halves from which on a column is stable, above 0.5 and at most 1. Default: 0.75. */
  threshold?: number | undefined;
  /**
   * The most columns that count as selected on a half, the first ones along the path. Default: as many as keep the bound on false ones at 1,
   * at least 1.
   */
  q?: number | undefined;
  /** The lambda at which each half is fitted, in place of a path with `q`. */
  lambda?: number | undefined;
}

export interface StabilitySelection {
  /** `'solved'`, or what ended the first fit that was not. */
  status: Status;
  message: string;
  /** The share of the halves on which each of the p columns was selected. */
  frequencies: Float64Array;
  /** Columns whose share is at least the threshold, in order. */
  stable: Int32Array;
  /** Their names, where the data have names. */
  stableNames?: string[];
  threshold: number;
  subsamples: number;
  /** Columns selected on a half: the most, or with a `lambda` their mean number. */
  q: number;
  /** Bound on the expected number of stable columns that are selected no oftener than by chance: q^2 / ((2 threshold - 1) p). */
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
  const known = checkModelSettings(settings, true, ['subsamples', 'threshold', 'q', 'lambda']);
  const { subsamples = 50, threshold = 0.75, q, lambda, ...others } = known;
  checkSubsamples(subsamples);
  checkThreshold(threshold);
  // Without an await where there is nothing to wait for: a solve has begun when the call returns.
  const given = inMemory(data);
  const prepared = owned(prepare(isPromise(given) ? await given : given, others));
  const { columns } = prepared.about;
  if (q !== undefined && lambda !== undefined) throw new RangeError(`q = ${q}: expected none beside a lambda`);
  const most =
    q === undefined ? Math.max(1, Math.floor(Math.sqrt((2 * threshold - 1) * columns))) : checkInteger('q', q, 1);
  const fixed = lambda === undefined ? undefined : Float64Array.of(checkLambda(lambda));
  const lambdas = fixed ?? checkLambdas(others.lambdas);
  const seed = checkInteger('seed', others.seed ?? 0, 0);
  const ended = await inTurn(subsamples, async (k) => {
    const weights = halfOf(prepared, seed, k);
    const answer = await solvePrepared(prepared, { lambdas, weights, settings: fixed ? {} : { maxNonzeros: most } });
    return { status: answer.status, message: answer.message, support: selectedBy(answer, fixed ? columns : most) };
  });
  const frequencies = new Float64Array(columns);
  for (const { support } of ended)
    for (const j of support) frequencies[j] = (frequencies[j] as number) + 1 / subsamples;
  const stable = Int32Array.from(frequencies.keys()).filter((j) => (frequencies[j] as number) >= threshold - 1e-12);
  const size = fixed ? ended.reduce((sum, { support }) => sum + support.length, 0) / subsamples : most;
  return {
    ...statusOf(ended),
    ...{ frequencies, stable, threshold, subsamples, q: size },
    ...namesOf(prepared, stable),
    expectedFalse: size ** 2 / ((2 * threshold - 1) * columns),
    seconds: (performance.now() - begin) / 1000,
  };
}

/** The weights of the rows of half k: with the one beside it it makes up all rows. */
function halfOf(prepared: Prepared, seed: number, k: number): Float64Array {
  const foldOf = dealt(prepared, 2, seed + (k >> 1));
  return weightsOfRows(prepared, (i) => foldOf[i] === k % 2);
}

function checkSubsamples(subsamples: unknown): void {
  if (checkInteger('subsamples', subsamples, 2) % 2 === 0) return;
  throw new RangeError(`subsamples = ${String(subsamples)}: expected an even number, as halves come in pairs`);
}

function checkThreshold(threshold: unknown): void {
  if (checkNumber('threshold', threshold, { lower: 0.5, open: true }) <= 1) return;
  throw new RangeError(`threshold = ${String(threshold)}: expected a number in (0.5, 1]`);
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

/** The columns of the last model of a path that has no more than `most`. */
function selectedBy({ lambdas, offsets, indices }: SparseAnswer, most: number): Int32Array {
  let last = -1;
  for (let k = 0; k < lambdas.length; ++k) {
    if ((offsets[k + 1] as number) - (offsets[k] as number) > most) break;
    last = k;
  }
  return last < 0 ? new Int32Array(0) : indices.subarray(offsets[last], offsets[last + 1]);
}
