// The data, settings and result of the training of a ReLU network, and the form of the problem that the addon takes.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkBoolean, checkData, checkMembers, checkObject, checkOneOf, checkVector, show } from '../core/check.js';
import { type Flat, flatOf } from '../core/choices.js';
import { fixDeadline } from '../core/deadline.js';
import { hasManyRows, type Matrix, type MatrixLike, toMatrix, toMatrixInPieces } from '../core/matrix.js';
import { readInPieces, readMatrix } from '../core/missing.js';
import { hasManyEntries } from '../core/operand.js';
import type { Ranks } from '../core/ranks.js';
import { namesOf } from '../core/settingNames.js';
import type { SolveOptions, SolveResult } from '../core/solve.js';
import { classNumber, encodeTargets, type Label, type Prediction, type Targets } from '../core/targets.js';
import { checkWarmStart } from '../core/warmStart.js';
import {
  type ReluProblem as AddonProblem,
  type ReluOptions,
  type ReluProgress,
  type ReluSolution,
  reluDefaults,
} from '../generated/relu.js';
import type { ReluChoiceSettings } from '../generated/reluChoices.js';
import type { NetworkModel } from '../predict/network.js';
import type { ReluAdversary } from './attack.js';
import { checkFeatureNames, type ReluNetwork } from './network.js';

export type { ReluProgress };

export interface ReluData<Y extends Targets = Targets> {
  /**
   * n x d: a row for each example. Copied when the solve is called, more than 8 MB over some turns of the event loop: what becomes of the
   * array afterwards does not matter.
   */
  x: MatrixLike;
  /**
   * The targets, one for each row of x.
   *
   * Strings and booleans are classes; so are integers if `loss` is `'logistic'`, `'hinge'` or `'softmax'`. Other numbers are
   * values to come close to; a few integers that repeat could be either, which the setting `task` says. A matrix has several outputs, taken as they are: numbers; -1 or +1 for `'logistic'` and
   * `'hinge'`, which makes each column a yes or no; rows of probabilities for `'softmax'`.
   */
  y: Y;
  /** Weights >= 0 of the rows: a row's loss counts as often. 2 is the row twice, 0 leaves it out. Default: 1 each. */
  sampleWeights?: ArrayLike<number> | undefined;
  /**
   * Weights of classes, by which those of their rows are multiplied: `'balanced'`, rows / (classes x rows of the class), or an object
   * with a number for each class, by its label; 1 for those that it does not name. Default: 1 each.
   */
  classWeights?: 'balanced' | Readonly<Record<string, number>> | undefined;
  /** Names of the columns of x, which {@link summarize} and {@link partialDependence} know them by. The network keeps them. */
  names?: readonly string[] | undefined;
  /**
   * Entries of x that are NaN become the mean of what is there in their column, by the weights of the rows of the training, also in predictions: the
   * network keeps the means. Default: they are refused.
   */
  impute?: 'mean' | undefined;
  /**
   * The ranks of an MPI job, `await world()`, each of which has other rows, with the same columns, and calls {@link trainReluNetwork} with the same
   * settings: the network is that of all rows, on all ranks. With patterns that are sampled or given and a `lambda` that is a number; y are numbers, taken as they are: values, -1 or 1, or rows of probabilities. On the CPU. Default: all rows are here.
   */
  ranks?: Ranks | undefined;
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
  /** Most rounds. Default: 30. Change it when the gap still shrinks at the end (larger), or time counts (smaller). */
  rounds?: number | undefined;
  /** Seconds after which it ends with what was found. Default: none. Change it when a network has to be there by then. */
  timeLimit?: number | undefined;
  /** Random networks beside the first that are descended from at first; the best is refined. Default: 3, 1 from 300,000 numbers in x on, 0 from a million on or where `lambda` is left open or 'crossValidated'. Change it when another seed gives a much better network (larger). */
  restarts?: number | undefined;
  /** Neurons of the first network, at least six for each output. Default: as many as make rows x columns x neurons 10 million, from 32 to 200. Change it when time counts (fewer). */
  neurons?: number | undefined;
  /** Iterations of its descent. Default: by the size of the data, from 400 to 1,000. Change it when time counts (fewer): 60 give the patterns of a good network. */
  iterations?: number | undefined;
  /**
   * True if convex programs over the patterns that networks have are solved. `false` ends after the first local descent, with the bound
   * that the network's own residual gives (`certificate.over: 'ownPatterns'`): for data so large that a program takes long. Default: true. Change it when a local network is enough.
   */
  program?: boolean | undefined;
  /** True if the result has an `estimate` for all networks, which takes a long search at the end; otherwise it has that of the rounds. Default: true, false where `lambda` is left open or 'crossValidated'. Change it when nobody reads it and time counts. */
  estimate?: boolean | undefined;
}

export interface ReluSettings
  extends Omit<ReluOptions, 'lambda' | 'standardize' | 'bias' | 'regularizeBias'>,
    SolveOptions<ReluProgress> {
  /**
   * Weight of the regulariser (lambda / 2) sum_j (||u_j||^2 + a_j^2), a number > 0; or `'auto'`: a hundredth of
   * {@link lambdaMax} ('relu') or a twentieth ('gated') up to 250 rows, and with more rows a smaller share, which needs no tuning on most data; or `'crossValidated'`: the best of ten on
   * rows left out, one part in five after the other until 400 rows are, for a few times the time. With patterns to be refined it is the best for networks of one local
   * descent, on the same rows, or on a fifth of the rows where x is large. Default: the best on rows
   * left out where none of `activation`, `method`, `patterns`, `warmStart`, `coupling` and `adversary` is given, or patterns are to be refined, and data are not too large for that; else `'auto'`.
   * Unless it is a number, x and y are standardised, see `standardize` and
   * `standardizeTargets`. Change it when the network fits new rows much worse than those of the training (larger), or fits neither well (smaller).
   */
  lambda?: number | 'auto' | 'crossValidated' | undefined;
  /**
   * True if targets that are values (not classes) have their mean subtracted and are divided by their standard deviation before training,
   * each output by its own; the network undoes that. Then `lambda`, `huberDelta`, and all objectives and bounds count in
   * standard deviations of y: multiply objectives by `network.targetScale` squared for the units of y. Default: true unless `lambda` is a
   * number; with a number false, or as the network of `warmStart` has it. Change it when `lambda` and objectives have to count in the units of y.
   */
  standardizeTargets?: boolean | undefined;
  /**
   * How columns of x are scaled before training, which the network undoes: not at all (`false`), less their mean (where there is a bias)
   * and divided by their standard deviation (`true`), or divided by their Euclidean norm (`'norm'`).
   * The regulariser acts on the weights of the scaled columns. Default: `true` unless `lambda` is a number; with a number
   * `false`, or `true` where the network of `warmStart` was. Change it when the scales of the columns mean something to the regulariser.
   */
  standardize?: boolean | 'norm' | undefined;
  /**
   * Append a constant column 1 to x, so that every hidden neuron has a bias. The regulariser includes biases like any weight (`true`), or
   * counts a bias as a hundredth of a weight on data of the size of x (`'light'`): 0 would leave the program without a certificate.
   * Default: true. Change it when x has a constant column of its own, or outputs have to be 0 where x is 0 (`false`), or outputs are far
   * from 0 and the penalty of the biases keeps the network from reaching them (`'light'`).
   */
  bias?: boolean | 'light' | undefined;
  /**
   * The meaning of integers y: classes, or values to come close to. Default: what `loss` says; for `'squared'` and `'huber'`, which
   * do for both, it must be said where y are a few integers that repeat. Change it when integers are taken for what they are not.
   */
  task?: 'classification' | 'regression' | undefined;
  /**
   * Activation patterns. Default: those of `warmStart` if there is one, those of a local descent where `lambda` and others are not given either, else `{ sample: 50 }`. Recommended: `'refine'`. Change it when the
   * network has to be near the best of any width (`'refine'`), or x has so few columns that all patterns can be had (`{ exact: true }`).
   */
  patterns?: ReluPatterns | undefined;
  /**
   * Robust training: the loss of each row is the largest under perturbations of its inputs of at most `radius` (in the units of x) in the
   * largest entry (`'inf'`) or the Euclidean length (`'two'`). For losses `'squared'`, `'hinge'` and `'logistic'`, one output, patterns that
   * are given, sampled or all, and `standardize: false`, which is the default then. The result has `robustness`. Default: none. Change it
   * when inputs will be perturbed on purpose, or measured badly.
   */
  adversary?: TrainingAdversary | undefined;
  /**
   * An earlier result to begin with, of the same rows and outputs: for example for another `lambda` or a smaller tolerance. Change it when
   * several problems differ little.
   */
  warmStart?: (Pick<ReluResult, 'convex'> & { readonly network: ReluNetwork }) | undefined;
}

/** The adversary that a network is trained against. */
export interface TrainingAdversary extends ReluAdversary {
  /**
   * True if each row of training is proved robust after it, or attacked, as by `certifyNetwork`: classes alone, for some milliseconds to
   * seconds a row. Default: false. Change it when the certified accuracy is of interest.
   */
  certify?: boolean | undefined;
}

/** Bounds for a network that was trained against an adversary. */
export interface ReluRobustness extends NonNullable<ReluSolution['robustness']> {
  /** Rows of training whose prediction is right under every admissible change, by a proof each; with `certify`. */
  certified?: number;
  /** Rows of training that are wrong, or that an admissible change makes wrong. The others are unknown, as time was out. */
  attacked?: number;
}

/** How a weight of the regulariser did on rows that were left out. */
export interface FoldScore {
  lambda: number;
  /**
   * Mean over the folds of the loss of a row (as in the objective: of standardised y where these were) that the network was not
   * trained on.
   */
  loss: number;
  /** Standard error of `loss`: the standard deviation over the folds, or the rows of one alone, divided by the square root of their number. */
  standardError: number;
  /** The `score` of a network, here of all rows together, each predicted by the network of the fold that left it out. */
  score: number;
  /**
   * Mean over these rows, of classes, of max(0, 1 - m), m the output of the right class less the largest other (with one output f, for two
   * classes, 2 y f): at least the share of rows that are wrong.
   */
  hinge?: number;
}

/** How candidates did on rows that were left out, and which of them was trained. */
export interface ReluComparison {
  /** Networks, by their weight. */
  scores: FoldScore[];
  /** The place of the best network. */
  chosen: number;
  /** The best affine function of x, a gated network of one gate that is always open, where it was compared. */
  affine?: FoldScore;
  /** The constant, where it was compared. */
  constant?: FoldScore;
  /** The model that was trained on all rows: where its loss is less than that of all networks the affine function, or the constant. */
  model: 'network' | 'affine' | 'constant';
  /** How that model did. It is missing if the solves were aborted before there was one. */
  best?: FoldScore;
}

/** The convex program that was solved, in its own variables: what a warm start needs. */
export interface ReluConvexProgram extends Pick<ReluSolution, 'gates' | 'weights' | 'dual'> {}

export interface ReluResult<P extends Prediction = Prediction>
  extends SolveResult<ReluProgress>,
    Pick<ReluSolution, 'networkObjective' | 'certificate' | 'activeNeurons' | 'patterns' | 'rho'>,
    Pick<ReluSolution, 'feasibility' | 'step' | 'innerSteps' | 'violation' | 'estimatedLowerBound' | 'estimate'>,
    Partial<Record<'robustness', ReluRobustness>> {
  /**
   * The trained network, for `predict`, `score` and `toJSON`, with functions of its own as models of {@link modelFromJson} have them; these
   * are no members, and a structured clone is without them.
   */
  network: ReluNetwork<P> & NetworkModel<P>;
  /** The weight of the regulariser that was used. */
  lambda: number;
  /** Why that weight: it was `'given'`, `'auto'` took a share of `lambdaMax`, or it was best of several where it was `'crossValidated'`. */
  lambdaFrom: 'given' | 'auto' | 'crossValidated';
  /** The weight above which the best network is zero, of which `lambda` is a share where it was `'auto'`. */
  lambdaMax?: number;
  /** How the candidates did on rows left out, where they were compared. */
  crossValidation?: ReluComparison;
  /** Objective of the convex program. */
  objective: number;
  /** Value of a feasible point of the dual program: no solution of the convex program has a smaller objective. */
  lowerBound: number;
  /** (objective - lowerBound) / objective. */
  gap: number;
  convex: ReluConvexProgram;
}

/** Settings with those of the method and the loss beside the others. */
type FlatSettings = Omit<Flat<ReluSettings>, 'bias'> &
  ReluChoiceSettings &
  Pick<ReluOptions, 'bias' | 'regularizeBias'>;

/** Data as numbers, and the settings of the solver. */
export interface Encoded {
  /** The inputs, with zeros where they are missing. */
  x: Matrix;
  /** Places in the numbers of x where none is, if they are to be imputed. */
  missing?: Int32Array;
  /** The targets, not yet standardised. */
  y: Matrix;
  classes?: Label[];
  /** Weights of the rows times those of their classes. */
  weights?: Float64Array;
  /** The rows to train on; all where it is not there. */
  rows?: Int32Array;
  /** Handle of the ranks that hold the other rows. */
  ranks?: object;
  /** Limits of a refinement where the settings say none. */
  refine?: ReluRefinement & { ownPatterns: boolean; leastGain: number };
  /** True: standardises y. */
  standardizeTargets: boolean;
  featureNames?: readonly string[];
  /** `lambda`, `standardize` and the settings that are passed on. */
  options: Omit<FlatSettings, keyof typeof ownSettings | 'standardize'> & Pick<ReluOptions, 'standardize'>;
}

/** Settings that are dealt with here. */
const ownSettings = { task: true, standardizeTargets: true };

/** The names of settings that stand beside the method and the loss, and `more`. */
const namesWith = (more: readonly string[]): readonly string[] =>
  namesOf('relu', [...Object.keys(ownSettings), ...more]).filter((name) => name !== 'regularizeBias');

/** The inverse of the standardisation of y: an output is targetShift + targetScale f. */
export type TargetUnits = Required<Pick<ReluNetwork, 'targetShift' | 'targetScale'>>;

/** Settings whose names are known: those of {@link trainReluNetwork} and `more`. */
export function checkReluSettings<T extends object>(settings: T, more: readonly string[] = []): T {
  flatOf('relu', settings, namesWith(more));
  return fixDeadline(settings);
}

/** Data whose x is no array of many rows: these are copied, in pieces between which other events are served. */
export function withMatrix<Data extends ReluData>(data: Data): Data | Promise<Data> {
  if (typeof data !== 'object' || data === null) return data;
  const rows = hasManyRows(data.x) ? toMatrixInPieces('x', data.x) : undefined;
  if (data.impute === 'mean' && hasManyEntries(data.x)) return withoutMissing(data, rows);
  return rows ? rows.then((x) => ({ ...data, x })) : data;
}

async function withoutMissing<Data extends ReluData>(data: Data, rows: Promise<Matrix> | undefined): Promise<Data> {
  return { ...data, x: (await readInPieces('x', rows ? await rows : data.x, data.sampleWeights)) as Matrix };
}

/** Brings data and settings into the form of a solve; `standardize` is the default where the settings do not say. */
export function encoded(data: ReluData, settings: ReluSettings, standardize?: boolean): Encoded {
  const { bias, ...flat } = flatOf('relu', settings, namesWith([]));
  const all: FlatSettings = { ...flat, ...biasOf(bias) };
  const { task, standardizeTargets, ...options } = all;
  const { loss } = { ...reluDefaults, ...defined(options) };
  const given = checkData(data, ['x', 'y', 'sampleWeights', 'classWeights', 'impute']);
  const { x, missing } = readInputs(given);
  const classify = hasClasses(data.y, loss, task);
  const { matrix: y, classes } = encodeTargets(data.y, x.rows, { classify, oneHot: loss === 'softmax' });
  const weights = rowWeights(y, classes, given.sampleWeights, given.classWeights);
  const names = data.names === undefined ? undefined : checkFeatureNames(data.names, x.columns);
  const { lambda, warmStart } = options;
  const earlier: Partial<ReluNetwork> = lambda === undefined ? {} : (warmStart?.network ?? {});
  const untuned = standardize ?? typeof lambda !== 'number';
  const values = !classes && (loss === 'squared' || loss === 'huber');
  const wanted = standardizeTargets === undefined ? untuned || earlier.targetScale !== undefined : standardizeTargets;
  if (checkBoolean('standardizeTargets', wanted) && standardizeTargets && !values) {
    throw rangeError('standardizeTargets = true: expected false, as y are classes');
  }
  const scaling = untuned || earlier.inputShift !== undefined;
  const adversary = checkedAdversary(options.adversary, classes !== undefined);
  if (adversary && weights) throw rangeError('adversary: expected none with sampleWeights or classWeights');
  // A radius is in the units of x.
  const usual = adversary ? false : scaling;
  return {
    x,
    y,
    ...defined({ missing, classes, weights, featureNames: names }),
    standardizeTargets: wanted && values,
    options: { ...options, standardize: scalingOf(options.standardize === undefined ? usual : options.standardize) },
  };
}

/** The inputs, and if they are to be imputed where they are missing. */
function readInputs({ x: given, impute }: ReluData): { x: Matrix; missing?: Int32Array } {
  const x = toMatrix('x', given);
  if (impute === undefined) return { x };
  checkOneOf('impute', impute, ['mean']);
  return readMatrix('x', x, { impute: true }) as { x: Matrix; missing: Int32Array };
}

/** Names, in the addon, of the ways to scale the columns of x. */
function scalingOf(standardize: ReluSettings['standardize']): ReluOptions['standardize'] {
  if (typeof standardize === 'boolean') return `${standardize}`;
  if (standardize === 'norm') return standardize;
  const Kind = typeof standardize === 'string' ? RangeError : TypeError;
  throw new Kind(`standardize = ${show(standardize)}: expected true, false or 'norm'`);
}

/** The bias as the addon takes it. */
function biasOf(bias: unknown): Pick<ReluOptions, 'bias' | 'regularizeBias'> {
  if (bias === undefined) return {};
  if (typeof bias === 'boolean') return { bias };
  if (bias === 'light') return { bias: true, regularizeBias: false };
  throw typeError(`bias = ${show(bias)}: expected true, false or 'light'`);
}

function checkedAdversary(
  adversary: TrainingAdversary | undefined,
  hasClasses: boolean,
): TrainingAdversary | undefined {
  if (adversary === undefined) return undefined;
  const { certify = false } = checkMembers('adversary', adversary, ['norm', 'radius', 'certify']);
  if (checkBoolean('adversary.certify', certify) && !hasClasses) {
    throw rangeError('adversary.certify = true: expected false, as y are numbers');
  }
  return adversary;
}

/** Weights of the rows: their own times those of their classes. */
function rowWeights(
  y: Matrix,
  classes: readonly Label[] | undefined,
  own: ReluData['sampleWeights'],
  classWeights: ReluData['classWeights'],
): Float64Array | undefined {
  if (own === undefined && classWeights === undefined) return undefined;
  const weights =
    own === undefined
      ? new Float64Array(y.rows).fill(1)
      : checkVector('sampleWeights', own, { length: y.rows, per: 'one for each row of x', lower: 0 });
  if (classWeights === undefined) return weights;
  if (!classes) throw rangeError('classWeights: expected y to be classes, one label for each row');
  const ofRow = Int32Array.from({ length: y.rows }, (_, i) => classNumber(y, i));
  const factors = classFactors(ofRow, classes, classWeights);
  return weights.map((weight, i) => weight * (factors[ofRow[i] as number] as number));
}

function classFactors(
  ofRow: Int32Array,
  classes: readonly Label[],
  wanted: NonNullable<ReluData['classWeights']>,
): number[] {
  if (wanted === 'balanced') {
    const counts = classes.map(() => 0);
    for (const k of ofRow) counts[k] = (counts[k] as number) + 1;
    return counts.map((count) => ofRow.length / (classes.length * count));
  }
  if (typeof wanted !== 'object' || wanted === null) {
    throw typeError(`classWeights = ${show(wanted)}: expected 'balanced' or an object with numbers by label`);
  }
  const names = classes.map(String);
  for (const [label, weight] of Object.entries(wanted)) {
    if (!names.includes(label)) {
      throw rangeError(`classWeights: there is no class ${show(label)}; expected of ${names.map(show).join(', ')}`);
    }
    if (!(Number.isFinite(weight) && weight >= 0)) {
      throw rangeError(`classWeights[${show(label)}] = ${show(weight)}: expected a finite number >= 0`);
    }
  }
  return names.map((name) => (Object.hasOwn(wanted, name) ? (wanted[name] as number) : 1));
}

/** The targets of a solve: where that is wanted, less their mean and divided by their standard deviation over its rows. */
export function targetsOf({ y, weights, rows, standardizeTargets }: Encoded): { y: Matrix; targets?: TargetUnits } {
  if (!standardizeTargets) return { y };
  const { columns } = y;
  const targetShift = new Float64Array(columns);
  const targetScale = new Float64Array(columns).fill(1);
  const data = new Float64Array(y.data.length);
  for (let j = 0; j < columns; ++j) {
    const { mean, deviation } = meanAndDeviation(y, j, weights, rows);
    targetShift[j] = mean;
    // A column that is constant is divided by 1.
    if (deviation > 1e-13 * Math.abs(mean)) targetScale[j] = deviation;
    for (let at = j; at < data.length; at += columns) {
      data[at] = ((y.data[at] as number) - mean) / (targetScale[j] as number);
    }
  }
  return { y: { ...y, data }, targets: { targetShift, targetScale } };
}

/** Weighted mean and standard deviation of a column over some rows; 0 and 1 where a number is not finite, which is refused later. */
function meanAndDeviation(
  y: Matrix,
  column: number,
  weights?: Float64Array,
  rows?: Int32Array,
): { mean: number; deviation: number } {
  const count = rows ? rows.length : y.rows;
  const over = (f: (value: number) => number): number => {
    let total = 0;
    for (let k = 0; k < count; ++k) {
      const row = rows ? (rows[k] as number) : k;
      total += (weights ? (weights[row] as number) : 1) * f(y.data[row * y.columns + column] as number);
    }
    return total;
  };
  const total = over(() => 1);
  const mean = over((value) => value) / total;
  if (!Number.isFinite(mean)) return { mean: 0, deviation: 1 };
  return { mean, deviation: Math.sqrt(over((value) => (value - mean) ** 2) / total) };
}

/** Returns true if numbers y are classes. */
function hasClasses(y: unknown, loss: string, task: unknown): boolean {
  const ofClasses = loss === 'logistic' || loss === 'hinge' || loss === 'softmax';
  if (task === undefined) {
    if (!ofClasses) refuseAmbiguous(y);
    return ofClasses;
  }
  checkOneOf('task', task, ['classification', 'regression']);
  const labels = Array.isArray(y) && (typeof y[0] === 'string' || typeof y[0] === 'boolean');
  if (task === 'regression' && (ofClasses || labels)) {
    const why = ofClasses
      ? `loss '${loss}' is for classes; 'squared' and 'huber' are for values`
      : 'y are labels, not numbers';
    throw rangeError(`task = 'regression': ${why}`);
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
  throw rangeError(
    `y: ${found.size} integers in ${values.length} rows may be classes or values: expected task: 'classification' or ` +
      "task: 'regression' in the settings",
  );
}

/** A problem as the addon takes it, on all ranks where there are several. */
export interface ReluProblem extends AddonProblem {
  x: Matrix;
  ranks?: object;
}

/**
 * Multiplications of x with the weights of all patterns, in a hundred iterations; of all that exist, taken as few, since d is
 * small. 0 for refinement, which a GPU does not do.
 */
export function flopsOf({ x, y, patterns = { sample: 50 } }: ReluProblem): number {
  if ('refine' in patterns) return 0;
  const count = patterns.sample ?? patterns.gates?.columns ?? 1;
  return 100 * x.rows * x.columns * y.columns * count;
}

export function patternsAndStart(
  { patterns, warmStart }: Pick<ReluSettings, 'patterns' | 'warmStart'>,
  y: { rows: number; columns: number },
): Pick<ReluProblem, 'patterns' | 'warmStart'> {
  if (warmStart === undefined) return patterns === undefined ? {} : { patterns: checkedPatterns(patterns) };
  const { convex, network } = checkWarmStart(warmStart);
  const { gates, weights, dual } = checkObject('warmStart.convex', convex);
  const start = {
    weights: toMatrix('warmStart.convex.weights', weights),
    dual: toMatrix('warmStart.convex.dual', dual),
  };
  if (start.dual.rows !== y.rows || start.dual.columns !== y.columns) {
    const size = ({ rows, columns }: { rows: number; columns: number }) =>
      `${rows} rows and ${columns} ${columns === 1 ? 'output' : 'outputs'}`;
    throw rangeError(`warmStart: it had ${size(start.dual)}, this data has ${size(y)}`);
  }
  const known = { gates: rawGates(toMatrix('warmStart.convex.gates', gates), network) };
  if (patterns === undefined) return { patterns: known, warmStart: start };
  const wanted = checkedPatterns(patterns);
  return { patterns: 'refine' in wanted ? { ...wanted, ...known } : wanted, warmStart: start };
}

/** Gates for (x, 1) from gates for (z, 1), z = (x - inputShift) / inputScale; without a bias nothing was subtracted. */
export function rawGates(gates: Matrix, { inputScale, inputShift }: ReluNetwork): Matrix {
  const { columns } = gates;
  const d = inputScale.length;
  const data = Float64Array.from(gates.data, (g, at) => g / (inputScale[Math.floor(at / columns)] ?? 1));
  if (inputShift && gates.rows > d) {
    for (let j = 0; j < d; ++j) {
      for (let i = 0; i < columns; ++i) {
        data[d * columns + i] =
          (data[d * columns + i] as number) - (inputShift[j] as number) * (data[j * columns + i] as number);
      }
    }
  }
  return { ...gates, data };
}

export const isRefined = (patterns: ReluSettings['patterns']): boolean =>
  patterns !== undefined && (patterns === 'refine' || (typeof patterns === 'object' && 'refine' in patterns));

function checkedPatterns(patterns: ReluPatterns): NonNullable<ReluProblem['patterns']> {
  if (patterns === 'refine') return { refine: {} };
  const keys = Object.keys(checkObject('patterns', patterns));
  const [key] = keys;
  if (keys.length !== 1 || !['sample', 'gates', 'exact', 'refine'].includes(key as string)) {
    throw typeError(
      `patterns = { ${keys.join(', ')} }: expected 'refine', { refine }, { sample }, { gates } or { exact: true }`,
    );
  }
  if ('refine' in patterns) return { refine: checkedRefinement(patterns.refine) };
  if ('gates' in patterns) return { gates: toMatrix('patterns.gates', patterns.gates) };
  if ('sample' in patterns && typeof patterns.sample !== 'number') {
    throw typeError(`patterns.sample = ${show(patterns.sample)}: expected a number`);
  }
  if ('exact' in patterns && patterns.exact !== true) {
    throw typeError(`patterns.exact = ${show(patterns.exact)}: expected true`);
  }
  return patterns;
}

function checkedRefinement(refine: ReluRefinement): ReluRefinement {
  const wanted = checkMembers('patterns.refine', refine, [
    'rounds',
    'timeLimit',
    'restarts',
    'neurons',
    'iterations',
    'program',
    'estimate',
  ]);
  const { rounds, restarts, neurons, iterations, program, estimate } = wanted;
  for (const [name, value] of Object.entries({ program, estimate })) {
    if (value !== undefined) checkBoolean(`patterns.refine.${name}`, value);
  }
  for (const [name, value] of Object.entries({ rounds, restarts, neurons, iterations })) {
    if (value !== undefined && !Number.isInteger(value)) {
      throw typeError(`patterns.refine.${name} = ${show(value)}: expected an integer`);
    }
  }
  return defined(refine);
}

/** An object without its members that are undefined. */
export function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<T>;
}
