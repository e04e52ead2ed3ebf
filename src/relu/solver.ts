// Training: which beta, and the solve.
import { show } from '../core/check.js';
import { type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import type { Prediction, Targets } from '../core/targets.js';
import { type ReluOptions, type ReluSolution, reluDefaults } from '../generated/relu.js';
import {
  defined,
  type Encoded,
  encoded,
  flopsOf,
  patternsAndStart,
  type ReluData,
  type ReluProblem,
  type ReluProgress,
  type ReluResult,
  type ReluSettings,
} from './problem.js';

/**
 * Trains a two-layer ReLU network to a certified optimum.
 *
 * ```ts
 * const { network, status, objective, lowerBound } = await trainReluNetwork({ x, y }, { beta: 0.1 });
 * const predicted = predict(network, xNew);
 * ```
 *
 * The problem is, over hidden weights u_j and output weights a_j of any number of neurons,
 *
 *     minimise  loss(sum_j (X u_j)_+ a_j, y) + (beta / 2) sum_j (||u_j||^2 + a_j^2)
 *
 * It is solved through its convex reformulation, in which each neuron's activation pattern D_i = diag(1[X g_i >= 0]) is
 * chosen from a list beforehand:
 *
 *     minimise    loss(sum_i D_i X (v_i - w_i), y) + beta sum_i (||v_i|| + ||w_i||)
 *     subject to  (2 D_i - I) X v_i >= 0,  (2 D_i - I) X w_i >= 0
 *
 * What is certified: `lowerBound` <= optimum of the convex program over the given patterns <= `objective`. This is the
 * global optimum of the network's problem only if the patterns are all that exist (`certificate: 'global'`, by
 * `patterns: { exact: true }`). With sampled or given patterns (`certificate: 'patterns'`) other networks may be better.
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
  return trainEncoded(encoded(data, settings));
}

async function trainEncoded<P extends Prediction>(encoded: Encoded): Promise<ReluResult<P>> {
  const { x, y, options } = encoded;
  const problem = { x, y, ...patternsAndStart(options, y), ...defined({ adversary: options.adversary }) };
  // Without an await where there is nothing to wait for: a solve has begun when the call returns.
  const chosen: Chosen =
    typeof options.beta === 'number'
      ? { beta: options.beta, betaFrom: 'given' }
      : await automaticBeta({ x, y }, options);
  const { seconds: before = 0, ...choice } = chosen;
  const { timeLimit } = options;
  const left = typeof timeLimit === 'number' && before > 0 ? { timeLimit: Math.max(0, timeLimit - before) } : {};
  const settings = reported(problem, { ...options, ...left, beta: choice.beta });
  const answer = await solve<ReluSolution>('relu', problem, settings, { flops: flopsOf(problem) });
  return { ...resultOf<P>(answer, encoded), ...choice, seconds: answer.seconds + before };
}

/** What a user sees of an answer of the addon. */
function resultOf<P extends Prediction>(
  answer: ReluSolution & SolveResult<ReluProgress>,
  { options, classes, targets }: Encoded,
): Omit<ReluResult<P>, 'beta' | 'betaFrom'> {
  const { activation, loss, bias, normalize } = { ...reluDefaults, ...defined(options) };
  const { hiddenWeights, biases, outputWeights, pattern, inputShift, inputScale, ...others } = answer;
  const { gates, weights, dual, global, objective = Number.NaN, lowerBound = Number.NaN, ...rest } = others;
  return {
    ...rest,
    objective,
    lowerBound,
    certificate: global ? 'global' : 'patterns',
    convex: { gates, weights, dual },
    network: {
      activation,
      loss,
      bias,
      hiddenWeights,
      biases,
      outputWeights,
      pattern,
      inputScale,
      ...(normalize === 'standardize' && { inputShift }),
      ...targets,
      ...(activation === 'gated' && { gates }),
      ...(classes && { classes }),
    },
  };
}

/**
 * The weight of the regulariser above which the network without neurons is optimal, over networks of any width:
 *
 *     max over ||u|| <= 1 of |theta^T (X u)_+|,   theta = minus the gradient of the loss at f = 0
 *
 * for each output, of which the largest. With up to six columns (bias included) it is enclosed by branch and bound, else the largest of
 * thousands of local searches: a better search could find more. Of the settings it takes those that say what the problem is (`loss`,
 * `task`, `bias`, `normalize`, ...) and `seed`, `threads`, `timeLimit`, `signal`. x and y are taken as they are, as with a `beta` that is
 * a number, unless `normalize` and `standardizeTargets` say otherwise; with `beta: 'auto'` they are standardised as by that.
 */
export async function betaMax<const Y extends Targets>(
  data: ReluData<Y>,
  settings: ReluSettings = {},
): Promise<number> {
  const { x, y, options } = encoded(data, settings, typeof settings.beta === 'string');
  return (await largestBeta({ x, y }, options)).betaMax;
}

/** Shares of betaMax that `beta: 'auto'` takes. */
const autoShare = { relu: 0.01, gated: 0.05 };

interface Chosen extends Pick<ReluResult, 'beta' | 'betaFrom' | 'betaMax'> {
  /** What it took to choose. */
  seconds?: number;
}

async function automaticBeta(problem: ReluProblem, options: Encoded['options']): Promise<Chosen> {
  const { beta, activation = reluDefaults.activation } = options;
  if (beta !== undefined && beta !== 'auto')
    throw new TypeError(`beta = ${show(beta)}: expected a number > 0 or 'auto'`);
  const { betaMax, seconds } = await largestBeta(problem, options);
  // Where the network without neurons is optimal for any weight, or time was out, any will do.
  if (!(betaMax > 0)) return { beta: 1, betaFrom: 'auto', seconds };
  return { beta: autoShare[activation] * betaMax, betaFrom: 'auto', betaMax, seconds };
}

/** Prices the network without neurons, with beta 1. */
async function largestBeta(problem: ReluProblem, options: Encoded['options']) {
  const { loss, huberDelta, bias, regularizeBias, normalize, seed, threads, timeLimit, signal } = options;
  const about = defined({ loss, huberDelta, bias, regularizeBias, normalize, seed, threads, timeLimit, signal });
  const settings: ReluOptions & SolveOptions = { ...about, beta: 1, checkInterval: 1, device: 'cpu' };
  // The one pattern is no part of the search; the default of 50 would ask for memory.
  const pricing = { x: problem.x, y: problem.y, patterns: { sample: 1, refine: { rounds: 0, starts: 0 } } };
  const { violation = 0, seconds } = await solve<ReluSolution>('relu', pricing, settings, { flops: 0 });
  return { betaMax: violation, seconds };
}

/** The settings; with refinement, whose steps are rounds, each is reported unless it is said otherwise. */
function reported<T extends object>({ patterns }: ReluProblem, settings: T): T {
  return patterns !== undefined && 'refine' in patterns ? ({ checkInterval: 1, ...defined(settings) } as T) : settings;
}
