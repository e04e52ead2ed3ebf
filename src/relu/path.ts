// Several weights of the regulariser, one after the other, and which of them does best on rows that were left out.
import { rangeError } from '../core/argumentError.js';
import { Reports } from '../core/callbacks.js';
import { checkFunction, checkInteger, checkMembers, checkNumber, checkOneOf } from '../core/check.js';
import { throwAtDeadline } from '../core/deadline.js';
import type { Matrix } from '../core/matrix.js';
import type { Prediction, Targets } from '../core/targets.js';
import { type Fold, foldsOf, type LeftOut, leftOutOf, onFold, quiet, scored } from './folds.js';
import { inLine } from './line.js';
import {
  checkReluSettings,
  defined,
  type Encoded,
  encoded,
  type FoldScore,
  isRefined,
  type ReluData,
  type ReluResult,
  type ReluSettings,
  rawGates,
  withMatrix,
} from './problem.js';
import { largestOf, type Trained, train } from './training.js';

/** Weights of the regulariser at equal ratios, and which of them is chosen. */
export interface ReluLambdas {
  /** How many weights, at most 10,000. Default: 10. */
  count?: number | undefined;
  /** The smallest weight, as a share of {@link lambdaMax}; the largest is half of lambdaMax. Default: 3e-4. */
  ratio?: number | undefined;
  /**
   * The weight that is chosen: that of the least mean loss (`'minimum'`, the default), or the largest whose loss is at most one standard
   * error above it (`'oneSe'`), which is a simpler network and often a worse one.
   */
  rule?: 'minimum' | 'oneSe' | undefined;
}

export interface ReluPathSettings extends Omit<ReluSettings, 'lambda' | 'onProgress' | 'verbose' | 'warmStart'> {
  /** The weights, and which of them is chosen. */
  lambdas?: ReluLambdas | undefined;
  /** Parts that the rows fall into, each left out once: an integer >= 2. Default: none, and then there are no scores. */
  folds?: number | undefined;
  /** Called after each weight, with what is known of it. */
  onProgress?: ((progress: ReluPathProgress) => void) | undefined;
}

export interface ReluPathProgress {
  /** How many weights are done, and how many there are at most. */
  done: number;
  of: number;
  lambda: number;
  /** How it did on rows that were left out, with folds. */
  score?: FoldScore;
}

export interface ReluPath<P extends Prediction = Prediction> {
  /** The weights, the largest first; fewer than `lambdas.count` where three in a row were no better than one before, or time was out. */
  lambdas: number[];
  /** A result for each, trained on all rows. */
  results: ReluResult<P>[];
  /** How each did on rows that were left out; empty without folds. */
  scores: FoldScore[];
  /** The place of the one that `lambdas.rule` chooses; the last one without folds. */
  chosen: number;
  lambdaMax: number;
}

/** The result of {@link crossValidate}. */
export interface ReluCrossValidation extends FoldScore {
  /** Mean loss of a row of each fold that was left out. */
  losses: number[];
  /** The outputs f, as of `decisionFunction`, of each row by the network that was not trained on it. */
  outputs: Matrix;
}

/** A weight that is not better than the best so far, this often in a row, ends the path. */
const patience = 3;

/**
 * Networks for several weights of the regulariser, from half of {@link lambdaMax} down to `lambdas.ratio` times it, at equal ratios, each begun at
 * the one before and with the same patterns (unless these are refined): with sampled patterns hardly more than one or two solves. With `folds`,
 * how each does on rows that were left out.
 *
 * x and y are standardised, as with `lambda: 'auto'`, in each fold by its own rows. With n rows in all and m in a fold's training set the weight is
 * lambda m / n there, as the loss is a sum. Folds run at the same time on the threads of the package. Classes have about the same
 * share of each fold; which row is where depends on `seed`. `timeLimit` is for all together.
 *
 * @throws (rejects) as {@link trainReluNetwork}.
 */
export async function trainReluPath<const Y extends Targets>(
  data: ReluData<Y>,
  settings: ReluPathSettings = {},
): Promise<ReluPath<Prediction<Y>>> {
  const { lambdas = {}, folds, onProgress, ...others } = checkReluSettings(settings, ['lambdas', 'folds']);
  const known = checkMembers('lambdas', lambdas, ['count', 'ratio', 'rule']);
  const { count = 10, ratio = 3e-4, rule = 'minimum' } = known;
  checkInteger('lambdas.count', count, 1, 10_000);
  checkNumber('lambdas.ratio', ratio, { lower: 0, open: true });
  if (ratio > 0.5) throw rangeError(`lambdas.ratio = ${ratio}: expected a number in (0, 0.5]`);
  checkOneOf('lambdas.rule', rule, ['minimum', 'oneSe']);
  checkFunction('onProgress', onProgress, { optional: true });
  return pathOf(encoded(await withMatrix(data), others, true), {
    count,
    ratio,
    rule,
    ...defined({ folds, onProgress }),
  });
}

/**
 * How networks of these settings do on rows that they were not trained on: k networks, each of all rows but those of one of k folds.
 * A `lambda` that is a number is scaled with the rows, as in {@link trainReluPath}; with `'auto'` each fold has its own.
 *
 * @throws (rejects) as {@link trainReluNetwork}.
 */
export async function crossValidate<const Y extends Targets>(
  data: ReluData<Y>,
  settings: Omit<ReluSettings, 'onProgress' | 'verbose' | 'warmStart'> & { folds?: number | undefined } = {},
): Promise<ReluCrossValidation> {
  const { folds = 5, ...others } = checkReluSettings(settings, ['folds']);
  const of = encoded(await withMatrix(data), others);
  if (of.options.lambda === 'crossValidated') {
    throw rangeError("lambda = 'crossValidated': expected a number > 0 or 'auto'; trainReluPath compares several");
  }
  const held = foldsOf(of, folds);
  const { lambda } = of.options;
  const trained = await Promise.all(
    held.map((fold) => train(onFold(of, fold, typeof lambda === 'number' ? { lambda: lambda * fold.share } : {}))),
  );
  if (trained.some(({ status }) => status === 'timeLimit')) throwAtDeadline(of.options, 'a network for each fold');
  const found = leftOutOf(of, held, trained);
  const mean = trained.reduce((sum, { lambda }, k) => sum + lambda / (held[k] as Fold).share, 0) / held.length;
  const { losses, outputs } = found;
  return { ...scored(of, typeof lambda === 'number' ? lambda : mean, found), losses, outputs };
}

interface WeightGrid {
  count: number;
  ratio: number;
}

export interface PathOptions extends WeightGrid, Pick<ReluPathSettings, 'folds' | 'onProgress'> {
  rule: 'minimum' | 'oneSe';
}

export async function pathOf<P extends Prediction>(of: Encoded, options: PathOptions): Promise<ReluPath<P>> {
  const { rule, folds, onProgress } = options;
  const timeLeft = clock(of.options.timeLimit);
  const aborted = of.options.signal?.aborted ?? false;
  const held = folds === undefined || aborted ? [] : foldsOf(of, folds);
  const { lambdaMax } = await largestOf(of);
  const wanted = weightsBelow(lambdaMax, options);
  const chains = [new Chain<P>(of), ...held.map((fold) => new Chain<P>(onFold(of, fold)))];
  const path: ReluPath<P> = { lambdas: [], results: [], scores: [], chosen: 0, lambdaMax };
  const reports = new Reports();
  for (const lambda of wanted) {
    const [all, ...trained] = await nextOf(chains, held, lambda, timeLeft());
    const { leftOut, ...result } = all as Trained<P>;
    path.lambdas.push(lambda);
    path.results.push(inLine({ ...result, ...(lambdaMax > 0 && { lambdaMax }) }));
    const ended = [all, ...trained].some((each) => each?.status === 'aborted' || each?.status === 'timeLimit');
    // Folds are left out when an abort comes before they begin.
    if (trained.length > 0) {
      path.scores.push(scored(of, lambda, leftOutOf(of, held, trained)));
    }
    const report = { done: path.lambdas.length, of: wanted.length, lambda, ...defined({ score: path.scores.at(-1) }) };
    reports.report(() => onProgress?.(report));
    if (ended || noBetter(path.scores)) break;
  }
  await reports.end();
  path.chosen = path.scores.length > 0 ? choose(path.scores, rule) : path.results.length - 1;
  return path;
}

/** The findings of a cross-validation of weights. */
export interface WeightChoice {
  lambdaMax: number;
  /** How each weight did that was tried, the largest first. */
  scores: FoldScore[];
  /** The place of the best one. */
  chosen: number;
  /** The outputs of its networks on rows left out; undefined where there were none. */
  leftOut?: LeftOut;
  /** The weight to train with. */
  lambda: number;
}

/**
 * The weight of the least loss on rows left out, as {@link pathOf} tries weights, without networks of all rows: those of one iteration give the
 * folds their patterns. `loose` are the settings of the folds' solves.
 */
export async function weightOf(
  of: Encoded,
  { held, loose, ...grid }: WeightGrid & { held: Fold[]; loose: Encoded['options'] },
): Promise<WeightChoice> {
  const timeLeft = clock(of.options.timeLimit);
  const { lambdaMax, status } = await largestOf(of);
  const wanted = weightsBelow(lambdaMax, grid);
  const lefts: LeftOut[] = [];
  const scores: FoldScore[] = [];
  const all = new Chain(quiet(of, { maxIterations: 1, ...defined({ timeLimit: timeLeft() }) }));
  const ended = status === 'aborted' || status === 'timeLimit';
  if (!ended) await all.next(wanted[0] as number, timeLeft(), undefined);
  const chains = held.map((fold) => new Chain(onFold(of, fold, loose)));
  for (const lambda of ended ? [] : wanted) {
    if (all.aborted) break;
    const trained = await Promise.all(nextOfFolds(chains, held, lambda, timeLeft(), all.gates));
    if (trained.some((each) => each.status === 'aborted' || each.status === 'timeLimit')) break;
    lefts.push(leftOutOf(of, held, trained));
    scores.push(scored(of, lambda, lefts.at(-1) as LeftOut));
    if (noBetter(scores)) break;
  }
  const chosen = scores.length > 0 ? least(scores) : 0;
  const lambda = scores[chosen]?.lambda ?? (wanted[0] as number);
  return { lambdaMax, scores, chosen, lambda, ...defined({ leftOut: lefts[chosen] }) };
}

/** Solves of one set of rows, each begun at the one before. */
class Chain<P extends Prediction> {
  readonly #of: Encoded;
  #last: Trained<P> | undefined;
  constructor(of: Encoded) {
    this.#of = of;
  }
  /** Gates that act on (x, 1), for chains of other rows. */
  get gates(): Matrix | undefined {
    return this.#last && rawGates(this.#last.convex.gates, this.#last.network);
  }
  get aborted(): boolean {
    return this.#of.options.signal?.aborted ?? false;
  }
  async next(lambda: number, timeLimit: number | undefined, gates: Matrix | undefined): Promise<Trained<P>> {
    const { options } = this.#of;
    const own = { lambda, ...defined({ timeLimit }) };
    const last = this.#last;
    const start = last?.convex.gates.columns
      ? { warmStart: last, patterns: ownPatterns(options) }
      : gates && { patterns: { gates } };
    this.#last = await train<P>({ ...this.#of, options: { ...options, ...own, ...start } });
    return this.#last;
  }
}

/** Patterns that a warm start does not know: those that are found. */
function ownPatterns({ patterns }: Encoded['options']): ReluSettings['patterns'] {
  return isRefined(patterns) ? patterns : undefined;
}

/** The next result of all chains: that of all rows, and those of the folds, which begin with its patterns. */
async function nextOf<P extends Prediction>(
  [all, ...folds]: Chain<P>[],
  held: Fold[],
  lambda: number,
  timeLimit: number | undefined,
): Promise<Trained<P>[]> {
  const first = all as Chain<P>;
  const begun = first.gates !== undefined;
  const ofAll = first.next(lambda, timeLimit, undefined);
  // Sampled patterns are known when the first solve has ended.
  if (!begun) await ofAll;
  if (first.aborted) return [await ofAll];
  const gates = begun ? undefined : first.gates;
  return Promise.all([ofAll, ...nextOfFolds(folds, held, lambda, timeLimit, gates)]);
}

/** The next results of the chains of folds, each with its share of the weight. */
const nextOfFolds = <P extends Prediction>(
  chains: Chain<P>[],
  held: Fold[],
  lambda: number,
  timeLimit: number | undefined,
  gates: Matrix | undefined,
): Promise<Trained<P>>[] => chains.map((chain, k) => chain.next(lambda * (held[k] as Fold).share, timeLimit, gates));

/** Seconds that are left of a time limit. */
export function clock(timeLimit: number | undefined): () => number | undefined {
  const begin = performance.now();
  return () =>
    typeof timeLimit === 'number' ? Math.max(0, timeLimit - (performance.now() - begin) / 1000) : timeLimit;
}

/** The weights to try; where the network without neurons is optimal for any weight, any will do. */
const weightsBelow = (lambdaMax: number, { count, ratio }: WeightGrid): number[] =>
  lambdaMax > 0 ? geometric(0.5 * lambdaMax, ratio * lambdaMax, count) : [1];

/** `count` numbers from `first` to `last`, at equal ratios. */
function geometric(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => first * (last / first) ** (k / Math.max(1, count - 1)));
}

const noBetter = (scores: FoldScore[]): boolean =>
  scores.length > patience && scores.length - 1 - least(scores) >= patience;

const least = (scores: FoldScore[]): number =>
  scores.reduce((best, { loss }, k) => (loss < (scores[best] as FoldScore).loss ? k : best), 0);

/** The place of the weight that the rule chooses, of several with the largest first. */
export function choose(scores: FoldScore[], rule: 'minimum' | 'oneSe'): number {
  const best = least(scores);
  if (rule === 'minimum') return best;
  const { loss, standardError } = scores[best] as FoldScore;
  return scores.findIndex((each) => each.loss <= loss + standardError);
}
