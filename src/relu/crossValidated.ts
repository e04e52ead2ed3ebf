// The weight of the regulariser by rows that were left out, where the settings do not say it.
import { addon } from '../core/addon.js';
import type { Matrix } from '../core/matrix.js';
import { classNumber, type Prediction } from '../core/targets.js';
import { reluDefaults } from '../generated/relu.js';
import {
  type Fold,
  foldsOf,
  hingesOf,
  type LeftOut,
  leftOutOf,
  meanOf,
  onFold,
  rowsOf,
  scored,
  standardErrorOf,
} from './folds.js';
import { clock, weightOf } from './path.js';
import {
  defined,
  type Encoded,
  encoded,
  type FoldScore,
  isRefined,
  type ReluData,
  type ReluResult,
  type ReluSettings,
} from './problem.js';
import { type CalibrationRows, logLossesOf, temperatureOf, withTemperature } from './temperature.js';
import { largestOf, type Trained, train } from './training.js';

/** Parts that the rows fall into, and rows left out in sum from which no further part is left out: networks differ by more then than by chance. */
const parts = 5;
const leastLeftOut = 400;

/** Neurons of networks for predictions, for each output at least, and iterations of their descent: more of either predict no better. */
const neurons = 50;
const neuronsOfOutput = 10;
const iterations = 60;

/** Random directions for each output from which lambdaMax is searched: the weights that are tried need no more than its size. */
const searchesOfOutput = 4;

/** The loss of an affine function on rows left out above that of networks, over its standard error, from which no other weight of it is tried. */
const clearLoss = 2;

/** The gain of a smaller weight on rows left out, over its standard error, that is no more than chance: no weight is tried that is smaller still, nor is it chosen. */
const leastGain = 0.5;

/** Rows x columns x outputs up to which classes have the loss 'softmax'; and up to which weights are compared, unless networks are trained by batches. */
const mostOfSmall = 3e5;
const mostCompared = 3e6;

/** Rows from which networks of several outputs that are beyond `mostCompared` are trained by batches: `largeOutputs` of native/solvers/relu/refinement/effort.cpp. */
const leastRowsForBatches = 1000;

/** Weights of refined patterns that are tried: lambdaMax / 10^(k / 2), the largest and the smallest k, and the first one; of large data. */
const largest = 1;
const smallest = 10;
const first = 3;
const firstOfLarge = 8;

/** Neurons of each output of large data, which are trained by batches, and passes over the rows of networks that compare weights. */
const neuronsOfLarge = 50;
const passes = 20;

/**
 * Patterns where none were asked for: those of one local descent, without a search for an estimate, which takes as long; without the convex
 * program where weights are `compared`, and of large data, where it takes longer.
 */
function untuned(of: Encoded, compared = false) {
  const large = isByBatches(of);
  const ofOutputs = (large && !compared ? neuronsOfLarge : neuronsOfOutput) * of.y.columns;
  return {
    refine: {
      ...{ rounds: 0, restarts: 0, estimate: false, program: !large && !compared },
      neurons: Math.max(neurons, ofOutputs),
      ...((compared || !large) && { iterations: large ? passes : iterations }),
    },
  };
}

/** The weight of constants, as a share of lambdaMax: their bias is hardly held back. */
const shareOfConstants = 1e-4;

/** Gap of networks for predictions: next to what chance does to them, that of training does not count. */
const accuracy = 1e-2;

/** The relative gain of a round of refinement below which a further one predicts no better. */
const gainOfRound = 0.02;

/**
 * Refinement for predictions: outputs with programs of their own, one first network, no search for an estimate beside that of the rounds, and an end where
 * rounds gain little.
 */
const forPredictions = (of: Encoded): Encoded => ({
  ...of,
  options: { tolerance: accuracy, ...of.options },
  refine: { ownPatterns: true, leastGain: gainOfRound, restarts: 0, estimate: false },
});

/** The result of the weight that cross-validation chooses. */
export async function trainCrossValidated<P extends Prediction>(of: Encoded): Promise<ReluResult<P>> {
  return isRefined(of.options.patterns) ? refinedOfBest(forPredictions(of)) : sampledOfBest(of);
}

/** Returns true if settings leave open which network, and which weight: it is to predict well. */
export const isForPredictions = ({
  lambda,
  activation,
  method,
  patterns,
  warmStart,
  coupling,
  adversary,
}: ReluSettings): boolean =>
  [lambda, activation, method, patterns, warmStart, coupling, adversary].every((each) => each === undefined);

/**
 * The training where settings are for predictions: patterns of a local descent, and the weight that does best with such patterns on rows that were left
 * out, or the best affine function or constant, where that does better than all networks.
 */
export async function trainForPredictions<P extends Prediction>(
  data: ReluData,
  settings: ReluSettings,
): Promise<ReluResult<P>> {
  const of = settings.loss === undefined ? withLoss(encoded(data, settings), data, settings) : encoded(data, settings);
  const options = { tolerance: accuracy, ...of.options, patterns: untuned(of) };
  return refinedOfBest(
    { ...of, options },
    { wanted: isCompared(of), others: of.options.bias !== false && !isByBatches(of) },
  );
}

/** Refinement whose weight was left open: the weight that is best for networks of a descent on rows left out, or where x is large its share of lambdaMax. */
export const trainRefined = <P extends Prediction>(of: Encoded): Promise<ReluResult<P>> =>
  refinedOfBest(forPredictions(of), { wanted: isCompared(of) });

/**
 * Encodes again with 'softmax' for more than two classes, unless data are large, where 'squared' is many times as quick: one class against the rest is a
 * harder question where a class lies between others.
 */
function withLoss(of: Encoded, data: ReluData, settings: ReluSettings): Encoded {
  return of.classes && of.classes.length > 2 && !isLarge(of) ? encoded(data, { ...settings, loss: 'softmax' }) : of;
}

const isCompared = (of: Encoded): boolean => of.x.rows >= parts && (sizeOf(of) <= mostCompared || isByBatches(of));

/** Returns true if cross-validation of ten weights would take minutes: ten outputs on 500 rows of 64 columns, or one on 5,000. */
export const isLarge = (of: Encoded): boolean => sizeOf(of) > mostOfSmall;

const isByBatches = (of: Encoded): boolean =>
  of.y.columns > 1 && of.x.rows >= leastRowsForBatches && sizeOf(of) > mostCompared;

const sizeOf = ({ x, y }: Encoded): number => x.rows * x.columns * y.columns;

type ModelName = NonNullable<NonNullable<ReluResult['crossValidation']>['model']>;

/**
 * The training of a model. An affine function is a network of one gate that is open for every x, with the length of its weights and bias as the penalty; a constant
 * is such a function of inputs that are zero, `columns` of them.
 */
function ofModel(of: Encoded, model: ModelName, columns = of.x.columns): Encoded {
  if (model === 'network') return of;
  const gate = new Float64Array(columns + 1);
  gate[columns] = 1;
  const gates = { data: gate, rows: gate.length, columns: 1 };
  const open = withOptions(of, { activation: 'gated', patterns: { gates } });
  if (model === 'affine') return open;
  const { missing, ...others } = open;
  return { ...others, x: { data: new Float64Array(of.x.rows * columns), rows: of.x.rows, columns } };
}

const withOptions = (of: Encoded, options: Encoded['options']): Encoded => ({
  ...of,
  options: { ...of.options, ...options },
});

/** The best of ten weights for sampled patterns, or those that were given. */
async function sampledOfBest<P extends Prediction>(of: Encoded): Promise<ReluResult<P>> {
  const begin = performance.now();
  const timeLeft = clock(of.options.timeLimit);
  const loose = { ...of.options, tolerance: Math.max(accuracy, of.options.tolerance ?? 0) };
  const held = of.options.signal?.aborted ? [] : heldOf(of);
  const choice = await weightOf(of, { count: 10, ratio: 3e-4, held, loose });
  const { lambda, lambdaMax, scores, chosen } = choice;
  const { leftOut, ...result } = await train<P>(withOptions(of, { lambda, ...defined({ timeLimit: timeLeft() }) }));
  const temperature = choice.leftOut && temperatureOn(of, choice.leftOut);
  return {
    ...result,
    ...(temperature !== undefined && { network: withTemperature(result.network, temperature) }),
    seconds: (performance.now() - begin) / 1000,
    lambdaFrom: 'crossValidated',
    ...(lambdaMax > 0 && { lambdaMax }),
    crossValidation: { scores, chosen, ...defined({ best: scores[chosen] }), model: 'network' },
  };
}

/** The folds whose rows are left out, one after the other until rows are enough. */
const heldOf = (of: Encoded): Fold[] => foldsOf(of, parts).slice(0, Math.ceil((leastLeftOut * parts) / of.x.rows));

/**
 * Refinement with the weight that is best for networks of one local descent on rows left out, or, where none are, the default share. If
 * `others`, the affine function or the constant in its place, where its loss on rows left out is less than that of all networks.
 */
async function refinedOfBest<P extends Prediction>(
  of: Encoded,
  { wanted = true, others = false }: { wanted?: boolean; others?: boolean } = {},
): Promise<ReluResult<P>> {
  const begin = performance.now();
  const timeLeft = clock(of.options.timeLimit);
  const { lambdaMax, status } = await largestOf(of, searchesOfOutput * of.y.columns);
  const ended = status === 'aborted' || status === 'timeLimit';
  const comparison =
    wanted && lambdaMax > 0 && !ended ? await comparisonOf(of, lambdaMax, timeLeft, others) : undefined;
  const { model = 'network', best } = comparison?.found ?? {};
  const chosen = ofModel(of, model);
  const { leftOut, ...result } = await train<P>({
    ...chosen,
    options: { ...chosen.options, ...defined({ timeLimit: timeLeft() }), lambda: best?.lambda ?? 'auto' },
  });
  const { temperature } = comparison ?? {};
  return {
    ...result,
    ...(temperature !== undefined && { network: withTemperature(result.network, temperature) }),
    seconds: (performance.now() - begin) / 1000,
    ...(lambdaMax > 0 && { lambdaMax }),
    ...(comparison && { lambdaFrom: 'crossValidated', crossValidation: comparison.found }),
  };
}

type Comparison = NonNullable<ReluResult['crossValidation']>;

/**
 * Weights from the first one on towards where networks do better on rows left out, by half a decade, as the minimum is flat. Undefined where time was out, or the solves were aborted, before there was one.
 */
async function comparisonOf(
  of: Encoded,
  lambdaMax: number,
  timeLeft: () => number | undefined,
  others: boolean,
): Promise<{ found: Comparison; temperature?: number } | undefined> {
  // Half of the time that is left: there is a network to train after these.
  const half = (timeLeft() ?? 0) / 2;
  const tillHalf = (): number | undefined => {
    const left = timeLeft();
    return left === undefined ? undefined : Math.max(0, left - half);
  };
  const trial = { held: heldOf(of), lambdaMax, timeLeft: tillHalf };
  const networks = await triedWeights({ ...trial, of: withOptions(of, { patterns: untuned(of, true) }) });
  const { scores, chosen } = networks;
  if (scores.length === 0) return undefined;
  const affines = others ? await triedWeights({ ...trial, of: ofModel(of, 'affine') }, networks.best) : undefined;
  const constants = others
    ? await triedWeight({ ...trial, of: ofModel(of, 'constant', 1) }, shareOfConstants * lambdaMax)
    : undefined;
  const affine = affines?.scores[affines.chosen];
  const constant = constants?.score;
  const compared = { scores, chosen, ...defined({ affine, constant }) };
  const found = { ...compared, ...bestOf(compared) };
  const best = { network: networks.best, affine: affines?.best, constant: constants }[found.model];
  return { found, ...defined({ temperature: best && temperatureOn(of, best.leftOut) }) };
}

/** The temperature for probabilities of classes that rows left out ask for. */
const temperatureOn = (of: Encoded, { rows, outputs }: LeftOut): number | undefined =>
  of.classes && temperatureOf(calibrationRowsOf(of, rows, outputs));

/** The constant or the affine function if its loss is less than that of all networks, else the chosen network. */
function bestOf({
  scores,
  chosen,
  affine,
  constant,
}: Omit<Comparison, 'model' | 'best'>): Required<Pick<Comparison, 'model' | 'best'>> {
  const network = scores[chosen] as FoldScore;
  const most = Math.min(...scores.map(({ loss }) => loss));
  if (constant && constant.loss < Math.min(most, affine?.loss ?? most)) return { model: 'constant', best: constant };
  return affine && affine.loss < most ? { model: 'affine', best: affine } : { model: 'network', best: network };
}

interface Trial {
  of: Encoded;
  held: Fold[];
  lambdaMax: number;
  timeLeft: () => number | undefined;
}

/** How networks of a weight do on rows left out. */
interface Tried {
  score: FoldScore;
  /** The number of each row whose mean decides between weights. */
  rows: ArrayLike<number>;
  leftOut: LeftOut;
}

interface TriedWeights {
  /** The largest weight first. */
  scores: FoldScore[];
  /** The place of the one that is chosen. */
  chosen: number;
  best: Tried | undefined;
}

/** Tries one weight alone where that is clearly worse than the `rival`. */
async function triedWeights(trial: Trial, rival?: Tried): Promise<TriedWeights> {
  const tried = new Map<number, Tried>();
  const at = (k: number): Tried | undefined => tried.get(k);
  let going = true;
  const visit = async (k: number): Promise<void> => {
    const found = going ? await triedWeight(trial, trial.lambdaMax * 10 ** (-k / 2)) : undefined;
    if (found) tried.set(k, found);
    else going = false;
  };
  const begin = isByBatches(trial.of) ? firstOfLarge : first;
  await visit(begin);
  const alone = at(begin);
  if (rival && alone && gainOf(rival, alone) < -clearLoss) return { scores: [alone.score], chosen: 0, best: alone };
  let best = begin;
  // Where all rows are right, networks of smaller weights are as good.
  const allRight = (k: number): boolean => trial.of.classes !== undefined && at(k)?.score.score === 1;
  for (const step of [1, -1]) {
    for (let k = best + step; going && k >= largest && k <= smallest && !allRight(best); k += step) {
      await visit(k);
      if (!going || gainOf(at(best) as Tried, at(k) as Tried) <= (step > 0 ? leastGain : 0)) break;
      best = k;
    }
    if (best !== begin) break;
  }
  const visited = [...tried].sort(([a], [b]) => a - b).map(([, each]) => each);
  const chosen = largestOfBest(visited);
  return { scores: visited.map(({ score }) => score), chosen, best: visited[chosen] };
}

/** The place of the largest weight that does as well as the best one, but for chance; the largest weight is the first. */
function largestOfBest(tried: Tried[]): number {
  const means = tried.map(({ rows }) => meanOf(rows));
  const best = tried[means.indexOf(Math.min(...means))] as Tried;
  return tried.findIndex((each) => each === best || gainOf(each, best) <= leastGain);
}

/** The mean gain of a row from one weight to the other, over its standard error. */
function gainOf(before: Tried, after: Tried): number {
  const gains = Array.from(before.rows, (value, i) => value - (after.rows[i] as number));
  return meanOf(gains) / standardErrorOf(gains);
}

/** How networks of this weight do on rows left out; undefined where they were cut short. */
async function triedWeight(
  { of, held, timeLeft }: Pick<Trial, 'of' | 'held' | 'timeLeft'>,
  lambda: number,
): Promise<Tried | undefined> {
  const limit = timeLeft();
  const timeLimit = limit === undefined ? undefined : limit / Math.ceil(held.length / addon().threads());
  const tolerance = Math.max(accuracy, of.options.tolerance ?? 0);
  const options = { tolerance, ...defined({ timeLimit }) };
  const trained: Trained<Prediction>[] = await Promise.all(
    held.map((fold) => train(onFold(of, fold, { ...options, lambda: lambda * fold.share }))),
  );
  if (trained.some(({ status }) => status === 'aborted' || status === 'timeLimit')) return undefined;
  const leftOut = leftOutOf(of, held, trained);
  return { score: scored(of, lambda, leftOut), rows: decidingOf(of, leftOut), leftOut };
}

/**
 * The loss of each row; of classes, unless rows weigh, that of margins in its place: the loss grows with margins that do not matter. Outputs that are
 * logarithms of odds have no such scale: the log loss of their probabilities counts, with the temperature that is best for these rows.
 */
function decidingOf(of: Encoded, { rows, rowLosses, outputs }: LeftOut): ArrayLike<number> {
  const { loss = reluDefaults.loss } = of.options;
  if (!of.classes || of.weights) return rowLosses;
  if (loss === 'logistic' || loss === 'softmax') return logLossesOf(calibrationRowsOf(of, rows, outputs));
  return hingesOf(rowsOf(of.y, rows), outputs);
}

/** Rows left out, as a temperature is fitted to them. */
const calibrationRowsOf = ({ y, weights }: Encoded, rows: Int32Array, outputs: Matrix): CalibrationRows => ({
  outputs,
  classes: Array.from(rows, (row) => classNumber(y, row)),
  ...(weights && { weights: Array.from(rows, (row) => weights[row] as number) }),
});
