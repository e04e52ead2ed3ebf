// The weight of the regulariser by rows that were left out, where the settings do not say it.
import type { Prediction } from '../core/targets.js';
import { type Fold, foldsOf, leftOutOf, onFold, scored } from './folds.js';
import { choose, clock, pathOf } from './path.js';
import { defined, type Encoded, type FoldScore, isRefined, type ReluResult, targetsOf } from './problem.js';
import { largestBeta, type Trained, train } from './training.js';

/** Parts that the rows fall into. */
const parts = 5;

/** Rows x columns x outputs up to which each part is left out in turn; one alone where there are more, and none, unless asked for, beyond. */
const mostForAllParts = 3e5;
const mostForOnePart = 3e6;

/** Rows from which several outputs that are beyond are had by batches, in seconds: `largeOutputs` of native/solvers/relu/refiner.cpp. */
const leastRowsForBatches = 1000;

/** Weights of refined patterns that are tried: betaMax / 10^(k / 2), the largest and the smallest k, and the first one; of large data. */
const largest = 1;
const smallest = 10;
const first = 3;
const firstOfLarge = 6;

/**
 * Patterns where nobody asked for any: those of one local descent, without a search for an estimate, which takes as long, and of large data
 * without the convex program, which takes longer.
 */
const untuned = (of: Encoded) => ({ refine: { rounds: 0, starts: 1, estimate: false, program: !isByBatches(of) } });

/** Accuracy of networks that are only compared: next to their differences on rows left out, those of training do not count. */
const accuracy = 1e-2;

/** The result of the weight that cross-validation chooses. */
export async function trainCrossValidated<P extends Prediction>(of: Encoded): Promise<ReluResult<P>> {
  return isRefined(of.options.patterns) ? refinedOfBest(of) : sampledOfBest(of);
}

/**
 * What an estimator does without a `beta` and without a word of patterns: those of a local descent, and the weight that does best with such
 * patterns on rows that were left out.
 */
export async function trainUntuned<P extends Prediction>(of: Encoded): Promise<ReluResult<P>> {
  const compared = sizeOf(of) <= mostForOnePart || isByBatches(of);
  return refinedOfBest({ ...of, options: { ...of.options, patterns: untuned(of) } }, compared);
}

/** Whether cross-validation of ten weights would take minutes: ten outputs on 500 rows of 64 columns, or one on 5,000. */
export const isLarge = (of: Encoded): boolean => sizeOf(of) > mostForAllParts;

const isByBatches = (of: Encoded): boolean =>
  of.y.columns > 1 && of.x.rows >= leastRowsForBatches && sizeOf(of) > mostForOnePart;

const sizeOf = ({ x, y }: Encoded): number => x.rows * x.columns * y.columns;

/** The best of ten weights for sampled patterns, or those that were given. */
async function sampledOfBest<P extends Prediction>(of: Encoded): Promise<ReluResult<P>> {
  const begin = performance.now();
  const ways = { count: 10, ratio: 3e-4, rule: 'minimum', folds: parts } as const;
  const { scores, results, chosen, betaMax } = await pathOf<P>(of, ways);
  return {
    ...(results[chosen] as ReluResult<P>),
    seconds: (performance.now() - begin) / 1000,
    betaFrom: 'crossValidated',
    ...(betaMax > 0 && { betaMax }),
    crossValidation: { scores, chosen },
  };
}

/** Refinement with the weight that is best for networks of one local descent on rows left out, or, where none are, the default share. */
async function refinedOfBest<P extends Prediction>(of: Encoded, wanted = true): Promise<ReluResult<P>> {
  const begin = performance.now();
  const timeLeft = clock(of.options.timeLimit);
  const { x, weights, options } = of;
  const { betaMax, status } = await largestBeta({ x, y: targetsOf(of).y, ...defined({ weights }) }, options);
  const ended = status === 'aborted' || status === 'timeLimit';
  const comparison = wanted && betaMax > 0 && !ended ? await comparisonOf(of, betaMax, timeLeft) : undefined;
  const beta = comparison?.scores[comparison.chosen]?.beta ?? 'auto';
  const { leftOut, ...result } = await train<P>({
    ...of,
    options: { ...options, ...defined({ timeLimit: timeLeft() }), beta },
  });
  return {
    ...result,
    seconds: (performance.now() - begin) / 1000,
    ...(betaMax > 0 && { betaMax }),
    ...(comparison && { betaFrom: 'crossValidated', crossValidation: comparison }),
  };
}

type Comparison = NonNullable<ReluResult['crossValidation']>;

/**
 * Weights from the first one on towards where the loss on rows left out falls, until it rises: weights by half a decade, as its minimum is
 * flat. Of values the least loss decides, which is the score, too. Of classes the largest weight within one standard error of it among those
 * tried: the loss grows with margins that do not matter there. But of large data, where that cost 0.7 points of accuracy on 5,000 images of digits,
 * the least loss. Undefined where time was out, or the solves were aborted, before there was one.
 */
async function comparisonOf(
  of: Encoded,
  betaMax: number,
  timeLeft: () => number | undefined,
): Promise<Comparison | undefined> {
  const held = foldsOf(of, parts).slice(0, isLarge(of) ? 1 : parts);
  const tried = new Map<number, FoldScore>();
  const lossAt = (k: number): number => tried.get(k)?.loss ?? Number.POSITIVE_INFINITY;
  let going = true;
  const visit = async (k: number): Promise<void> => {
    const limit = timeLeft();
    // Half of the time that is left: there is a network to train after these.
    const found = await triedWeight(of, held, betaMax * 10 ** (-k / 2), limit === undefined ? undefined : limit / 2);
    if (found) tried.set(k, found);
    else going = false;
  };
  const begin = isByBatches(of) ? firstOfLarge : first;
  await visit(begin);
  let best = begin;
  for (const step of [1, -1]) {
    for (let k = best + step; going && k >= largest && k <= smallest; k += step) {
      await visit(k);
      if (!(lossAt(k) < lossAt(best))) break;
      best = k;
    }
    if (best !== begin) break;
  }
  const order = [...tried.keys()].sort((a, b) => a - b);
  if (order.length === 0) return undefined;
  const scores = order.map((k) => tried.get(k) as FoldScore);
  return { scores, chosen: choose(scores, of.classes && !isByBatches(of) ? 'oneSe' : 'minimum') };
}

/** How networks of this weight do on rows left out; undefined where they were cut short. */
async function triedWeight(
  of: Encoded,
  held: Fold[],
  beta: number,
  timeLimit: number | undefined,
): Promise<FoldScore | undefined> {
  const tolerance = Math.max(accuracy, of.options.tolerance ?? 0);
  const options = { patterns: untuned(of), tolerance, ...defined({ timeLimit }) };
  const trained: Trained<Prediction>[] = await Promise.all(
    held.map((fold) => train(onFold(of, fold, { ...options, beta: beta * fold.share }))),
  );
  if (trained.some(({ status }) => status === 'aborted' || status === 'timeLimit')) return undefined;
  return scored(of, beta, leftOutOf(of, held, trained));
}
