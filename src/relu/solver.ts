import { checkMembers, checkObject, show } from '../core/check.js';
import { type Matrix, type MatrixLike, toMatrix } from '../core/matrix.js';
import { checkOptions } from '../core/settingNames.js';
import { type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { encodeTargets, type Prediction, type Targets } from '../core/targets.js';
import { checkWarmStart } from '../core/warmStart.js';
import { type ReluOptions, type ReluProgress, type ReluSolution, reluDefaults } from '../generated/relu.js';
import type { ReluNetwork } from './network.js';

export type { ReluProgress };

export interface ReluData<Y extends Targets = Targets> {
  /** n x d: a row for each example. Not changed, and not to be changed or transferred while the solve runs. */
  x: MatrixLike;
  /**
   * What to predict, one for each row of x.
   *
   * Strings and booleans are classes; so are integers if `loss` is `'logistic'`, `'hinge'` or `'softmax'`. Other numbers are
   * values to come close to; a few integers that repeat could be either, which the setting `task` says. A matrix has several outputs, taken as they are: numbers; -1 or +1 for `'logistic'` and
   * `'hinge'`, which makes each column a yes or no; rows of probabilities for `'softmax'`.
   */
  y: Y;
}

/** Which activation patterns the convex program has: the neurons' choices of rows to be active on. */
export type ReluPatterns =
  /**
   * Found by refinement: rounds of pricing, local descent and convex programs over the patterns that the local network has. The
   * recommended way: a network near the best of any width, with a handful of patterns.
   */
  | 'refine'
  /** Refinement with limits. */
  | { refine: ReluRefinement }
  /** A number of random ones; fewer if some coincide. */
  | { sample: number }
  /** One a column: (d + 1 with bias, else d) x P, acting on (x, 1) as given. */
  | { gates: MatrixLike }
  /** All that exist. Refused, with their number, where there are too many: d must be small. */
  | { exact: true };

/** Limits of refinement. It ends by itself when rounds gain next to nothing. */
export interface ReluRefinement {
  /** Most rounds. Default: 30. */
  rounds?: number | undefined;
  /** Seconds after which it ends with what was found. Default: none. */
  timeLimit?: number | undefined;
  /** Random networks that are descended from at first, of which the best is refined. Default: 4. */
  starts?: number | undefined;
}

export interface ReluSettings extends Omit<ReluOptions, 'beta'>, SolveOptions<ReluProgress> {
  /**
   * Weight of the regulariser (beta / 2) sum_j (||u_j||^2 + a_j^2), a number > 0; or `'auto'`: a hundredth of {@link betaMax}
   * ('relu'), a twentieth ('gated'), which needs no tuning on most data with targets of standard deviation 1. Default: 0.001 n.
   */
  beta?: number | 'auto' | undefined;
  /**
   * Whether integers y are classes or values to come close to. Default: what `loss` says; for `'squared'` and `'huber'`, which
   * do for both, it must be said where y are a few integers that repeat.
   */
  task?: 'classification' | 'regression' | undefined;
  /** Activation patterns. Default: those of `warmStart` if there is one, else `{ sample: 50 }`. Recommended: `'refine'`. */
  patterns?: ReluPatterns | undefined;
  /** An earlier result to begin with, of the same rows and outputs: for another `beta`, say, or a smaller tolerance. */
  warmStart?: Pick<ReluResult, 'convex' | 'network'> | undefined;
}

/** The convex program that was solved, in its own variables: what a warm start needs. */
export interface ReluConvexProgram extends Pick<ReluSolution, 'gates' | 'weights' | 'dual'> {}

export interface ReluResult<P extends Prediction = Prediction>
  extends SolveResult<ReluProgress>,
    Pick<ReluSolution, 'networkObjective' | 'gap' | 'activeNeurons' | 'patterns' | 'rho'>,
    Pick<ReluSolution, 'feasibility' | 'step' | 'innerSteps' | 'violation' | 'estimatedLowerBound' | 'estimate'> {
  /** The trained network, for `predict`, `score` and `toJSON`. */
  network: ReluNetwork<P>;
  /** The weight of the regulariser that was used. */
  beta: number;
  /** The weight above which the best network is zero, of which `beta` is a share where it was `'auto'`. */
  betaMax?: number;
  /** Objective of the convex program. */
  objective: number;
  /** Value of a feasible point of the dual program: no solution of the convex program has a smaller objective. */
  lowerBound: number;
  /**
   * What `lowerBound` and `gap` hold for. `'patterns'`: all networks whose neurons have activation patterns of this convex program.
   * `'global'`: all networks of any width, as the program had every pattern that exists or, with `patterns: 'refine'` and up to six
   * columns (bias included), as no neuron outside of it can lower the objective by more than `gap` says.
   */
  certificate: 'global' | 'patterns';
  convex: ReluConvexProgram;
}

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
  const { x, y, classes, options } = encoded(data, settings);
  const { beta } = options;
  // Without an await where there is nothing to wait for: a solve has begun when the call returns.
  const chosen = beta === 'auto' ? await automaticBeta({ x, y }, options) : defined({ beta });
  const others = { ...options, ...defined({ beta: chosen.beta }) };
  const { activation, loss, bias } = { ...reluDefaults, ...defined(others) };
  const problem: ReluProblem = { x, y, ...patternsAndStart(others, y) };
  const answer = await solve<ReluSolution>('relu', problem, reported(problem, others), { flops: flopsOf(problem) });
  const { hiddenWeights, biases, outputWeights, pattern, inputScale, gates, weights, dual, global, ...rest } = answer;
  return {
    ...rest,
    ...chosen,
    beta: chosen.beta ?? 0.001 * x.rows,
    objective: answer.objective ?? Number.NaN,
    lowerBound: answer.lowerBound ?? Number.NaN,
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
 * `task`, `bias`, `normalize`, ...) and `seed`, `threads`, `timeLimit`, `signal`.
 */
export async function betaMax<const Y extends Targets>(
  data: ReluData<Y>,
  settings: ReluSettings = {},
): Promise<number> {
  const { x, y, options } = encoded(data, settings);
  return largestBeta({ x, y }, options);
}

/** The data as numbers, and the settings but for `task`. */
function encoded(data: ReluData, settings: ReluSettings) {
  const { task, ...options } = checkOptions('relu', settings, ['task'], 'settings');
  const { loss } = { ...reluDefaults, ...defined(options) };
  const x = toMatrix('x', checkMembers('data', data, ['x', 'y']).x);
  const targets = { classify: hasClasses(data.y, loss, task), oneHot: loss === 'softmax' };
  const { matrix: y, classes } = encodeTargets(data.y, x.rows, targets);
  return { x, y, classes, options };
}

/** Shares of betaMax that `beta: 'auto'` takes. */
const autoShare = { relu: 0.01, gated: 0.05 };

async function automaticBeta(
  problem: ReluProblem,
  { activation = reluDefaults.activation, ...options }: Omit<ReluSettings, 'task'>,
): Promise<{ beta: number; betaMax?: number }> {
  const most = await largestBeta(problem, options);
  if (!(most > 0))
    throw new RangeError("beta = 'auto': the network without neurons is optimal for any beta, as y is 0");
  return { beta: autoShare[activation] * most, betaMax: most };
}

/** Prices the network without neurons, with beta 1. */
async function largestBeta(problem: ReluProblem, options: Omit<ReluSettings, 'task'>): Promise<number> {
  const { loss, huberDelta, bias, regularizeBias, normalize, seed, threads, timeLimit, signal } = options;
  const about = defined({ loss, huberDelta, bias, regularizeBias, normalize, seed, threads, timeLimit, signal });
  const settings: ReluOptions & SolveOptions = { ...about, beta: 1, checkInterval: 1 };
  const pricing = { ...problem, patterns: { refine: { rounds: 0, starts: 0 } } };
  const answer = await solve<ReluSolution>('relu', pricing, settings, { flops: 0 });
  return answer.violation ?? 0;
}

/** The settings; with refinement, whose steps are rounds, each is reported unless it is said otherwise. */
function reported<T extends object>({ patterns }: ReluProblem, settings: T): T {
  return patterns !== undefined && 'refine' in patterns ? ({ checkInterval: 1, ...defined(settings) } as T) : settings;
}

/** Whether numbers y are classes. */
function hasClasses(y: unknown, loss: string, task: unknown): boolean {
  const ofClasses = loss === 'logistic' || loss === 'hinge' || loss === 'softmax';
  if (task === undefined) {
    if (!ofClasses) refuseAmbiguous(y);
    return ofClasses;
  }
  if (task !== 'classification' && task !== 'regression') {
    throw new RangeError(`task = ${show(task)}: expected one of 'classification', 'regression'`);
  }
  const labels = Array.isArray(y) && (typeof y[0] === 'string' || typeof y[0] === 'boolean');
  if (task === 'regression' && (ofClasses || labels)) {
    const why = ofClasses
      ? `loss '${loss}' is for classes; 'squared' and 'huber' are for values`
      : 'y are labels, not numbers';
    throw new RangeError(`task = 'regression': ${why}`);
  }
  return task === 'classification';
}

/** Refuses a few integers that repeat, which may be classes or values. */
function refuseAmbiguous(y: unknown): void {
  const numbers =
    (Array.isArray(y) || ArrayBuffer.isView(y)) && typeof (y as unknown as ArrayLike<unknown>)[0] === 'number';
  if (!numbers) return;
  const values = y as unknown as ArrayLike<number>;
  const found = new Set<number>();
  for (let i = 0; i < values.length; ++i) {
    found.add(values[i] as number);
    if (!Number.isInteger(values[i]) || found.size > 20) return;
  }
  if (found.size < 2 || values.length < 3 * found.size) return;
  throw new RangeError(
    `y: ${found.size} integers in ${values.length} rows may be classes or values: expected task: 'classification' or ` +
      "task: 'regression' in the settings",
  );
}

interface ReluProblem {
  x: Matrix;
  y: Matrix;
  patterns?: { sample: number } | { gates: Matrix } | { exact: true } | { refine: ReluRefinement; gates?: Matrix };
  warmStart?: { weights: Matrix; dual: Matrix };
}

/**
 * Multiplications of x with the weights of all patterns, in a hundred iterations; of all that exist, taken as few, since d is
 * small. 0 for refinement, which a GPU does not do.
 */
function flopsOf({ x, y, patterns = { sample: 50 } }: ReluProblem): number {
  if ('refine' in patterns) return 0;
  const count = 'sample' in patterns ? patterns.sample : 'gates' in patterns ? (patterns.gates?.columns ?? 1) : 1;
  return 100 * x.rows * x.columns * y.columns * count;
}

function patternsAndStart(
  { patterns, warmStart }: ReluSettings,
  y: Matrix,
): Pick<ReluProblem, 'patterns' | 'warmStart'> {
  if (warmStart === undefined) return patterns === undefined ? {} : { patterns: checkedPatterns(patterns) };
  const { convex, network } = checkWarmStart(warmStart);
  const { gates, weights, dual } = checkObject('warmStart.convex', convex);
  const start = {
    weights: toMatrix('warmStart.convex.weights', weights),
    dual: toMatrix('warmStart.convex.dual', dual),
  };
  if (start.dual.rows !== y.rows || start.dual.columns !== y.columns) {
    const size = ({ rows, columns }: Matrix) => `${rows} rows and ${columns} ${columns === 1 ? 'output' : 'outputs'}`;
    throw new RangeError(`warmStart: it had ${size(start.dual)}, this data has ${size(y)}`);
  }
  const known = { gates: rawGates(toMatrix('warmStart.convex.gates', gates), network.inputScale) };
  if (patterns === undefined) return { patterns: known, warmStart: start };
  const wanted = checkedPatterns(patterns);
  return { patterns: 'refine' in wanted ? { ...wanted, ...known } : wanted, warmStart: start };
}

/** Gates for x from gates for x / inputScale. */
function rawGates(gates: Matrix, inputScale: Float64Array): Matrix {
  const data = gates.data.map((g, at) => g / (inputScale[Math.floor(at / gates.columns)] ?? 1));
  return { ...gates, data };
}

function checkedPatterns(patterns: ReluPatterns): NonNullable<ReluProblem['patterns']> {
  if (patterns === 'refine') return { refine: {} };
  const keys = Object.keys(checkObject('patterns', patterns));
  const [key] = keys;
  if (keys.length !== 1 || !['sample', 'gates', 'exact', 'refine'].includes(key as string)) {
    throw new TypeError(
      `patterns = { ${keys.join(', ')} }: expected 'refine', { refine }, { sample }, { gates } or { exact: true }`,
    );
  }
  if ('refine' in patterns) return { refine: checkedRefinement(patterns.refine) };
  if ('gates' in patterns) return { gates: toMatrix('patterns.gates', patterns.gates) };
  if ('exact' in patterns && patterns.exact !== true) {
    throw new TypeError(`patterns.exact = ${show(patterns.exact)}: expected true`);
  }
  return patterns;
}

function checkedRefinement(refine: ReluRefinement): ReluRefinement {
  const { rounds, starts } = checkMembers('patterns.refine', refine, ['rounds', 'timeLimit', 'starts']);
  for (const [name, value] of Object.entries({ rounds, starts })) {
    if (value !== undefined && !Number.isInteger(value)) {
      throw new TypeError(`patterns.refine.${name} = ${show(value)}: expected an integer`);
    }
  }
  if (starts === 0) throw new RangeError('patterns.refine.starts = 0: expected an integer in [1, 1000]');
  return defined(refine);
}

/** An object without its members that are undefined. */
function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<T>;
}
