// A solve of encoded data, and the weight of the regulariser where it is chosen.
import { typeError } from '../core/argumentError.js';
import { isPromise, show } from '../core/check.js';
import { withMethods } from '../core/methods.js';
import { explainMissing } from '../core/missing.js';
import { type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import type { Prediction } from '../core/targets.js';
import { type ReluOptions, type ReluSolution, reluDefaults } from '../generated/relu.js';
import { networkKind } from '../predict/network.js';
import { type Inputs, inputsOf } from './missing.js';
import {
  defined,
  type Encoded,
  flopsOf,
  isRefined,
  patternsAndStart,
  type ReluProblem,
  type ReluProgress,
  type ReluResult,
  type TargetUnits,
  targetsOf,
} from './problem.js';

/** A result, and the outputs f at the rows that were not trained on, before the standardisation of y is undone. */
export type Trained<P extends Prediction> = ReluResult<P> & Pick<ReluSolution, 'leftOut'>;

/** A solve on the rows of `encoded`. */
export async function train<P extends Prediction>(encoded: Encoded): Promise<Trained<P>> {
  const { weights, rows, ranks, options, featureNames } = encoded;
  const given = inputsOf(encoded);
  const { x, means } = isPromise(given) ? await given : given;
  const { y, targets } = targetsOf(encoded);
  const of = { x, y, ...defined({ sampleWeights: weights, rows }) };
  const problem: ReluProblem = {
    ...of,
    ...patternsAndStart(options, { ...y, rows: rows?.length ?? y.rows }),
    ...(options.adversary && { adversary: { norm: options.adversary.norm, radius: options.adversary.radius } }),
    ...defined({ ranks }),
  };
  if (problem.patterns && 'refine' in problem.patterns && encoded.refine) {
    problem.patterns = { ...problem.patterns, refine: { ...encoded.refine, ...problem.patterns.refine } };
  }
  // Without an await where there is nothing to wait for: a solve has begun when the call returns.
  const chosen: Chosen =
    typeof options.lambda === 'number'
      ? { lambda: options.lambda, lambdaFrom: 'given' }
      : await automaticLambda(of, options);
  const { seconds: before = 0, ...choice } = chosen;
  const { timeLimit } = options;
  const left = typeof timeLimit === 'number' && before > 0 ? { timeLimit: Math.max(0, timeLimit - before) } : {};
  const settings = reported(problem, { ...options, ...left, lambda: choice.lambda });
  const support = ranks ? { cpuOnly: 'networks over ranks' } : { flops: flopsOf(problem) };
  const answer = await solve('relu', problem, settings, support).catch((error) => {
    throw explainMissing(error, featureNames);
  });
  return {
    ...resultOf<P>(answer, encoded, { ...targets, ...defined({ means }) }),
    ...choice,
    seconds: answer.seconds + before,
  };
}

/** The part of the addon's answer that users see. */
function resultOf<P extends Prediction>(
  answer: ReluSolution & SolveResult<ReluProgress>,
  { options, classes, featureNames }: Encoded,
  units: Partial<TargetUnits> & Pick<Inputs, 'means'>,
): Omit<Trained<P>, 'lambda' | 'lambdaFrom'> {
  const { activation, loss, bias, standardize } = { ...reluDefaults, ...defined(options) };
  const { hiddenWeights, biases, outputWeights, pattern, inputShift, inputScale, ...others } = answer;
  const { gates, weights, dual, ...rest } = others;
  return {
    ...rest,
    ...(rest.status === 'solved' && Number.isNaN(rest.networkObjective) && overflown),
    objective: rest.objective ?? Number.NaN,
    lowerBound: rest.lowerBound ?? Number.NaN,
    gap: rest.gap ?? Number.NaN,
    convex: { gates, weights, dual },
    network: withMethods(
      {
        activation,
        loss,
        bias,
        hiddenWeights,
        biases,
        outputWeights,
        pattern,
        inputScale,
        ...(standardize === 'true' && { inputShift }),
        ...units,
        ...(activation === 'gated' && { gates }),
        ...defined({ featureNames, classes }),
      },
      networkKind.functions,
    ),
  };
}

/** The end of a solve whose network gives no number on its own rows, though the convex program is solved. */
const overflown = {
  status: 'numericalError',
  message:
    'The outputs of the network left the range of floating point: x has numbers that are too large beside others.',
} as const;

/** Shares of lambdaMax that `lambda: 'auto'` takes up to a number of rows. */
const autoShare = { relu: 0.01, gated: 0.05 };
const fewRows = 250;

/**
 * The share of lambdaMax that `lambda: 'auto'` takes for a number of rows. More rows need less: of networks that are refined, and gated ones, it falls with
 * the root of their number, as an error of estimation does; with it where few sampled patterns are what keeps a network from fitting too well.
 */
function autoShareOf(rows: number, { activation = reluDefaults.activation, patterns }: Encoded['options']): number {
  const many = Math.max(1, rows / fewRows);
  const sampled = activation === 'relu' && !isRefined(patterns);
  return autoShare[activation] / (sampled ? many : Math.sqrt(many));
}

/** The number of rows, each as often as it weighs. */
function rowsOf({ x, rows, sampleWeights: weights }: Rows): number {
  if (!weights) return rows?.length ?? x.rows;
  const sumOf = (values: Iterable<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0);
  return sumOf(rows ? Array.from(rows, (row) => weights[row] as number) : weights);
}

interface Chosen extends Pick<ReluResult, 'lambda' | 'lambdaFrom' | 'lambdaMax'> {
  /** The cost of the choice. */
  seconds?: number;
}

type Rows = Pick<ReluProblem, 'x' | 'y' | 'sampleWeights' | 'rows'>;

async function automaticLambda(problem: Rows, options: Encoded['options']): Promise<Chosen> {
  const { lambda } = options;
  if (lambda !== undefined && lambda !== 'auto') {
    throw typeError(`lambda = ${show(lambda)}: expected a number > 0, 'auto' or 'crossValidated'`);
  }
  const { lambdaMax, seconds } = await largestLambda(problem, options);
  // Where the network without neurons is optimal for any weight, or time was out, any will do.
  if (!(lambdaMax > 0)) return { lambda: 1, lambdaFrom: 'auto', seconds };
  return { lambda: autoShareOf(rowsOf(problem), options) * lambdaMax, lambdaFrom: 'auto', lambdaMax, seconds };
}

/** The weight above which the best network of all rows is zero, or with `searches` the largest price from so many random directions, which is hardly less. */
export async function largestOf(of: Encoded, searches?: number) {
  const given = inputsOf(of);
  const { x } = isPromise(given) ? await given : given;
  const problem = { x, y: targetsOf(of).y, ...defined({ sampleWeights: of.weights }) };
  return largestLambda(problem, of.options, searches);
}

/** Prices the network without neurons, with lambda 1. */
async function largestLambda(problem: Rows, options: Encoded['options'], searches?: number) {
  const { loss, huberDelta, bias, regularizeBias, standardize, seed, threads, timeLimit, signal, deadline } = options;
  const about = defined({
    loss,
    huberDelta,
    bias,
    regularizeBias,
    standardize,
    seed,
    threads,
    timeLimit,
    signal,
    deadline,
  });
  const settings: ReluOptions & SolveOptions = { ...about, lambda: 1, checkInterval: 1, device: 'cpu' };
  // The one pattern is no part of the search; the default of 50 would ask for memory.
  const pricing = {
    ...problem,
    patterns: { sample: 1, refine: { rounds: 0, onlyPrices: true, ...defined({ searches }) } },
  };
  const { violation = 0, seconds, status } = await solve('relu', pricing, settings, { flops: 0 });
  return { lambdaMax: violation, seconds, status };
}

/** The settings; with refinement, whose steps are rounds, each is reported unless it is said otherwise. */
function reported<T extends object>({ patterns }: ReluProblem, settings: T): T {
  return patterns !== undefined && 'refine' in patterns ? ({ checkInterval: 1, ...defined(settings) } as T) : settings;
}
