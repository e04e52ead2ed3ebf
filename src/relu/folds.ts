// Rows that are left out of training, and how networks do on them.
import { defaultOfSetting } from '../core/addon.js';
import { checkInteger } from '../core/check.js';
import { checkFoldCount, dealRows } from '../core/folds.js';
import type { Matrix } from '../core/matrix.js';
import { classNumber, decodeLabels, type Prediction, type Targets } from '../core/targets.js';
import { reluDefaults } from '../generated/relu.js';
import { type ReluNetwork, scoreOf, toTargetUnits } from './network.js';
import { defined, type Encoded, type FoldScore, targetsOf } from './problem.js';
import type { Trained } from './training.js';

/** Rows that are left out together. */
export interface Fold {
  /** Rows to train on, in order. */
  rows: Int32Array;
  leftOut: Int32Array;
  /** The weight of the rows that are left, as a share of that of all. */
  share: number;
}

/** The folds of the rows, dealt out class by class where there are classes. */
export function foldsOf({ y, classes, weights, options }: Encoded, folds: number): Fold[] {
  checkFoldCount(folds, y.rows);
  const seed = checkInteger('seed', options.seed ?? 0, 0);
  const foldOf = dealRows(y.rows, folds, seed, (i) => (classes ? classNumber(y, i) : 0));
  const weightOf = (rows: Int32Array): number =>
    weights ? rows.reduce((sum, row) => sum + (weights[row] as number), 0) : rows.length;
  const all = Int32Array.from(foldOf.keys());
  return Array.from({ length: folds }, (_, k) => {
    const rows = all.filter((row) => foldOf[row] !== k);
    return { rows, leftOut: all.filter((row) => foldOf[row] === k), share: weightOf(rows) / weightOf(all) };
  });
}

/** The training with other settings, of which nothing is reported. */
export const quiet = (of: Encoded, options: Partial<Encoded['options']> = {}): Encoded => ({
  ...of,
  options: { ...of.options, onProgress: undefined, verbose: undefined, ...options },
});

/** The training on the rows of a fold: reports are of the solves on all rows. */
export const onFold = (of: Encoded, { rows }: Fold, options?: Partial<Encoded['options']>): Encoded => ({
  ...quiet(of, options),
  rows,
});

/** Scores of networks on rows that they were not trained on. */
export interface LeftOut {
  /** Which rows were left out, in order. */
  rows: Int32Array;
  /** Mean loss of a row of each fold. */
  losses: number[];
  /** Loss of each of `rows`, times its weight. */
  rowLosses: Float64Array;
  /** Outputs at each of `rows`, in the units of y. */
  outputs: Matrix;
}

/** Scores of the networks that were trained without each of the folds, on its rows. */
export function leftOutOf(of: Encoded, held: Fold[], trained: Trained<Prediction>[]): LeftOut {
  const { columns } = of.y;
  const { loss = reluDefaults.loss, huberDelta = defaultOfSetting('relu', 'huberDelta') as number } = of.options;
  const rows = Int32Array.from(held.flatMap(({ leftOut }) => [...leftOut])).sort();
  const placeOf = new Map(Array.from(rows, (row, place) => [row, place]));
  const outputs = { data: new Float64Array(rows.length * columns), rows: rows.length, columns };
  const rowLosses = new Float64Array(rows.length);
  const losses = trained.map(({ leftOut, network }, k) => {
    const { rows, leftOut: out } = held[k] as Fold;
    const { y } = targetsOf({ ...of, rows });
    let [total, weight] = [0, 0];
    out.forEach((row, place) => {
      const w = of.weights ? (of.weights[row] as number) : 1;
      const f = leftOut.data.subarray(place * columns, (place + 1) * columns) as Float64Array;
      const to = placeOf.get(row) as number;
      const rowLoss = w * lossOf(loss, huberDelta, f, y.data.subarray(row * columns, (row + 1) * columns));
      rowLosses[to] = rowLoss;
      total += rowLoss;
      weight += w;
      outputs.data.set(f, to * columns);
      toTargetUnits(network, outputs.data.subarray(to * columns, (to + 1) * columns));
    });
    return total / weight;
  });
  return { rows, losses, rowLosses, outputs };
}

/** The loss of a row, as in the objective. */
function lossOf(loss: ReluNetwork['loss'], delta: number, f: ArrayLike<number>, y: ArrayLike<number>): number {
  const entries = Array.from(f, (value, j) => [value, y[j] as number] as const);
  if (loss === 'softmax') {
    const most = Math.max(...Array.from(f));
    const sum = entries.reduce((total, [value]) => total + Math.exp(value - most), 0);
    return Math.log(sum) - entries.reduce((total, [value, target]) => total + target * (value - most), 0);
  }
  return entries.reduce((total, [value, target]) => total + entryLoss(loss, delta, value, target), 0);
}

function entryLoss(loss: Exclude<ReluNetwork['loss'], 'softmax'>, delta: number, f: number, y: number): number {
  const error = Math.abs(f - y);
  switch (loss) {
    case 'squared':
      return error ** 2 / 2;
    case 'huber':
      return error <= delta ? error ** 2 / 2 : delta * (error - delta / 2);
    case 'logistic':
      return Math.max(0, -y * f) + Math.log1p(Math.exp(-Math.abs(f)));
    case 'hinge':
      return Math.max(0, 1 - y * f);
  }
}

/** The standard error of a mean: the standard deviation of the values, divided by the root of their number. */
export function standardErrorOf(values: ArrayLike<number>): number {
  const k = values.length;
  const mean = meanOf(values);
  const squares = Array.from(values, (value) => (value - mean) ** 2);
  return Math.sqrt(meanOf(squares) / (k - 1));
}

export function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** How a weight did on rows that were left out; of one fold alone the standard error is that over its rows. */
export function scored(of: Encoded, lambda: number, { rows, losses, rowLosses, outputs }: LeftOut): FoldScore {
  const { loss } = { ...reluDefaults, ...defined(of.options) };
  const { classes } = of;
  const y = rowsOf(of.y, rows);
  const truth = classes ? (decodeLabels(y, classes) as Targets) : y;
  const standardError = standardErrorOf(losses.length > 1 ? losses : rowLosses);
  return {
    lambda,
    loss: meanOf(losses),
    standardError,
    score: scoreOf({ loss, ...defined({ classes }) }, outputs, truth),
    ...(classes && { hinge: meanOf(hingesOf(y, outputs)) }),
  };
}

/** max(0, 1 - m) of each row: m is the output of a row's class less the largest other; with one output f for two classes, f and -f are theirs. */
export function hingesOf(y: Matrix, { data, columns }: Matrix): Float64Array {
  return Float64Array.from({ length: y.rows }, (_, i) => {
    const right = classNumber(y, i);
    const f = data.subarray(i * columns, (i + 1) * columns);
    const ofClasses = columns === 1 ? [-(f[0] as number), f[0] as number] : Array.from(f);
    const others = ofClasses.filter((_, k) => k !== right);
    return Math.max(0, 1 - (ofClasses[right] as number) + Math.max(...others));
  });
}

export function rowsOf({ data, columns }: Matrix, rows: Int32Array): Matrix {
  const chosen = new Float64Array(rows.length * columns);
  rows.forEach((row, to) => {
    for (let j = 0; j < columns; ++j) chosen[to * columns + j] = data[row * columns + j] as number;
  });
  return { data: chosen, rows: rows.length, columns };
}
