// Training, and the weight of the regulariser above which there is nothing to train.
import { isPromise } from '../core/check.js';
import { fixDeadline, throwAtDeadline } from '../core/deadline.js';
import type { Prediction, Targets } from '../core/targets.js';
import { withCertifiedRows } from './certified.js';
import { isForPredictions, trainCrossValidated, trainForPredictions, trainRefined } from './crossValidated.js';
import { inLine } from './line.js';
import {
  defined,
  encoded,
  isRefined,
  type ReluData,
  type ReluResult,
  type ReluSettings,
  withMatrix,
} from './problem.js';
import { ofRank } from './ranks.js';
import { largestOf, train } from './training.js';

/**
 * Trains a two-layer ReLU network to a certified optimum.
 *
 * ```ts
 * const { network, status, objective, lowerBound } = await trainReluNetwork({ x, y }, { lambda: 0.1 });
 * const predicted = predict(network, xNew);
 * ```
 *
 * The problem is, over hidden weights u_j and output weights a_j of any number of neurons,
 *
 *     minimise  loss(sum_j (X u_j)_+ a_j, y) + (lambda / 2) sum_j (||u_j||^2 + a_j^2)
 *
 * It is solved through its convex reformulation, in which each neuron's activation pattern D_i = diag(1[X g_i >= 0]) is
 * chosen from a list beforehand:
 *
 *     minimise    loss(sum_i D_i X (v_i - w_i), y) + lambda sum_i (||v_i|| + ||w_i||)
 *     subject to  (2 D_i - I) X v_i >= 0,  (2 D_i - I) X w_i >= 0
 *
 * The certificate: `lowerBound` <= optimum of the convex program over the given patterns <= `objective`. This is the
 * global optimum of the network's problem only if the patterns are all that exist (a `certificate` without `over`, by
 * `patterns: { exact: true }`). With sampled or given patterns (`certificate.over: 'patterns'`) other networks may be better.
 *
 * M. Pilanci, T. Ergen, "Neural networks are convex regularizers", ICML 2020; Y. Bai, T. Gautam, S. Sojoudi, "Efficient
 * global optimization of two-layer ReLU networks", SIMODS 5(2), 2023.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError} `OUT_OF_MEMORY`
 * before it starts if the memory needed is not there, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function trainReluNetwork<const Y extends Targets>(
  data: ReluData<Y>,
  settings: ReluSettings = {},
): Promise<ReluResult<Prediction<Y>>> {
  const limited = fixDeadline(settings);
  const own = ofRank(data, limited);
  // Without an await where there is nothing to wait for: a solve has begun when the call returns.
  const promised = withMatrix(own.data);
  const given = isPromise(promised) ? await promised : promised;
  if (isForPredictions(limited)) return inLine(await trainForPredictions<Prediction<Y>>(given, limited));
  const of = { ...encoded(given, limited), ...defined({ ranks: own.ranks }) };
  const { lambda, patterns } = of.options;
  if (lambda === 'crossValidated') return inLine(await trainCrossValidated<Prediction<Y>>(of));
  if (lambda === undefined && isRefined(patterns)) return inLine(await trainRefined<Prediction<Y>>(of));
  const { leftOut, ...result } = await train<Prediction<Y>>(of);
  return inLine(limited.adversary?.certify ? await withCertifiedRows(result, given, limited) : result);
}

/**
 * The weight of the regulariser above which the network without neurons is optimal, over networks of any width:
 *
 *     max over ||u|| <= 1 of |theta^T (X u)_+|,   theta = minus the gradient of the loss at f = 0
 *
 * for each output, of which the largest. With up to six columns (bias included) it is enclosed by branch and bound, else the largest of
 * thousands of local searches: a better search could find more. Of the settings it takes those that say what the problem is (`loss`,
 * `task`, `bias`, `standardize`, ...) and `seed`, `threads`, `timeLimit`, `signal`. x and y are taken as they are, as with a `lambda` that is
 * a number, unless `standardize` and `standardizeTargets` say otherwise; with `lambda: 'auto'` they are standardised as by that.
 */
export async function lambdaMax<const Y extends Targets>(
  data: ReluData<Y>,
  settings: ReluSettings = {},
): Promise<number> {
  const limited = fixDeadline(settings);
  const of = encoded(await withMatrix(data), limited, typeof limited.lambda === 'string');
  const { lambdaMax, status } = await largestOf(of);
  if (status === 'timeLimit') throwAtDeadline(limited, 'the largest price of a neuron');
  return lambdaMax;
}
