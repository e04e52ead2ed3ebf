// Two-layer networks: their members, and what their outputs stand for.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkOneOf, show } from '../core/check.js';
import { inspectedAs } from '../core/inspected.js';
import type { Matrix, MatrixLike } from '../core/matrix.js';
import { decodeLabels, type Label, type Prediction } from '../core/targets.js';
import type { Kind } from './kind.js';
import { boolean, integers, labels, matrixOf, number, numbers, oneOf, optional, strings } from './members.js';
import { affine, logistic, rowsFor, softmax } from './products.js';

/**
 * A two-layer network of m neurons, d inputs and c outputs. With z = (x - inputShift) / inputScale, entry by entry, its outputs are
 *
 *     f(x) = sum_j (z . u_j + b_j)_+ a_j                          activation 'relu'
 *     f(x) = sum_j 1[(z, 1) . g_pattern(j) >= 0] (z . u_j + b_j) a_j     activation 'gated'
 *
 * or targetShift + targetScale times that where it was trained on standardised targets.
 */
export interface NetworkMembers {
  readonly activation: 'relu' | 'gated';
  /** The loss of the training; decides how outputs become predictions. */
  readonly loss: 'squared' | 'logistic' | 'hinge' | 'softmax' | 'huber';
  readonly bias: boolean;
  /** d x m: column j is u_j. */
  readonly hiddenWeights: Matrix;
  /** b, m numbers; zeros without bias. */
  readonly biases: Float64Array;
  /** m x c: row j is a_j. */
  readonly outputWeights: Matrix;
  /** Which activation pattern each neuron came from: a column of the gates, m numbers. */
  readonly pattern: Int32Array;
  /** (d + 1 with bias, else d) x P, of gated networks: column i is g_i. */
  readonly gates?: Matrix;
  /** d numbers that stand for entries of x that are NaN, where missing entries are imputed. */
  readonly means?: Float64Array;
  /** d numbers, the means of the columns of x (zeros without bias), if these were standardised. */
  readonly inputShift?: Float64Array;
  /** d numbers; ones unless x was scaled, which `standardize` says. */
  readonly inputScale: Float64Array;
  /** c numbers, the means of the targets, if these were standardised. */
  readonly targetShift?: Float64Array;
  /** c numbers, the standard deviations of the targets, if these were standardised. */
  readonly targetScale?: Float64Array;
  /** The number by which outputs are divided where they stand for probabilities of classes, fitted to rows that the network was not trained on. */
  readonly temperature?: number;
  /** Names of the d columns of x, where the settings gave them. */
  readonly featureNames?: readonly string[];
  /** The classes of the outputs, if the targets were classes: two classes share one output, negative and positive. */
  readonly classes?: readonly Label[];
}

/** A network that can say what it predicts; the type parameter says of which kind that is. */
export interface NetworkModel<P extends Prediction = Prediction> extends NetworkMembers {
  readonly kind: 'reluNetwork';
  /** Class labels (numbers in a Float64Array), a number for each row, or a matrix, as the network was trained on; or probabilities of the classes. */
  predict(x: MatrixLike, options: NetworkOptions & { type: 'probability' }): Matrix;
  predict(x: MatrixLike, options?: NetworkOptions & { type?: 'response' }): P;
  /** The outputs f(x), a row for each row of x. */
  decisionFunction(x: MatrixLike): Matrix;
  /** Probabilities of the classes, for `loss` `'logistic'` and `'softmax'` and of networks with a `temperature`. */
  predictProbabilities(x: MatrixLike): Matrix;
}

/** Questions to a network. */
export interface NetworkOptions {
  /** The kind of answer: `'response'`, what the network was trained on, or `'probability'`, the probabilities of its classes. Default: `'response'`. */
  type?: 'response' | 'probability' | undefined;
}

/** Returns true if probabilities are asked for. */
export function wantsProbabilities(options: NetworkOptions): boolean {
  const { type = 'response' } = checkMembers('options', options, ['type'], 'option');
  return checkOneOf('type', type, ['response', 'probability']) === 'probability';
}

/** Functions of networks in plain JavaScript. */
class NetworkFunctions {
  [inspectedAs](): string {
    return networkText(this as unknown as NetworkMembers);
  }
  get kind(): 'reluNetwork' {
    return 'reluNetwork';
  }
  decisionFunction(x: MatrixLike): Matrix {
    return outputsOf(this as unknown as NetworkMembers, x);
  }
  predict(x: MatrixLike, options: NetworkOptions = {}): Prediction {
    if (wantsProbabilities(options)) return this.predictProbabilities(x);
    return predictionOf(this as unknown as NetworkMembers, this.decisionFunction(x));
  }
  predictProbabilities(x: MatrixLike): Matrix {
    const network = this as unknown as NetworkMembers;
    checkProbable(network);
    return probabilitiesOf(network, this.decisionFunction(x));
  }
}

export const networkKind: Kind<NetworkMembers> = {
  kind: 'reluNetwork',
  members: {
    hiddenWeights: matrixOf('inputs', 'neurons'),
    outputWeights: matrixOf('neurons', 'outputs'),
    activation: oneOf('relu', 'gated'),
    loss: oneOf('squared', 'logistic', 'hinge', 'softmax', 'huber'),
    bias: boolean(),
    biases: numbers('neurons'),
    gates: optional(matrixOf('gateRows', 'patterns')),
    pattern: integers('neurons', 'patterns'),
    means: optional(numbers('inputs')),
    inputShift: optional(numbers('inputs')),
    inputScale: numbers('inputs', { positive: true }),
    targetShift: optional(numbers('outputs')),
    targetScale: optional(numbers('outputs', { positive: true })),
    temperature: optional(number({ positive: true })),
    featureNames: optional(strings('inputs')),
    classes: optional(labels()),
  },
  marks: ['hiddenWeights', 'outputWeights', 'activation'],
  columns: ({ hiddenWeights }) => hiddenWeights.rows,
  check: checkMembersTogether,
  functions: NetworkFunctions.prototype,
};

function checkMembersTogether(network: NetworkMembers): void {
  const { activation, gates, hiddenWeights, outputWeights, bias, classes, targetShift, targetScale } = network;
  if (activation === 'gated') {
    if (!gates) throw typeError('gates = undefined: expected an object, as the activation is gated');
    const rows = hiddenWeights.rows + Number(bias);
    if (gates.rows !== rows) throw rangeError(`gates.rows = ${gates.rows}: expected ${rows}`);
  }
  const outputs = outputWeights.columns;
  if (classes && classes.length !== outputs && !(classes.length === 2 && outputs === 1)) {
    throw rangeError(`classes.length = ${classes.length}: expected ${outputs === 1 ? 2 : outputs}`);
  }
  if (!targetShift !== !targetScale) {
    const missing = targetShift ? 'targetScale' : 'targetShift';
    throw typeError(`${missing} = undefined: expected an array of numbers`);
  }
}

/** The sizes and the loss of a network, in a line. */
export function networkText({ activation, loss, hiddenWeights, outputWeights }: NetworkMembers): string {
  const sizes = `columns ${hiddenWeights.rows}, neurons ${hiddenWeights.columns}, outputs ${outputWeights.columns}`;
  return `${activation}, ${sizes}, ${loss}`;
}

/** The outputs f(x) of a network, in plain JavaScript. */
function outputsOf(network: NetworkMembers, x: MatrixLike): Matrix {
  const { hiddenWeights, outputWeights, biases, inputShift, inputScale, activation, gates, pattern } = network;
  const { data, rows, columns } = rowsFor(x, hiddenWeights.rows, network.means);
  const z = {
    data: Float64Array.from(
      data,
      (value, at) => (value - (inputShift?.[at % columns] ?? 0)) / (inputScale[at % columns] as number),
    ),
    rows,
    columns,
  };
  const hidden = affine(z, hiddenWeights, biases);
  if (activation === 'gated' && gates) {
    const width = gates.columns;
    const last = gates.rows > columns ? gates.data.subarray(columns * width) : undefined;
    const scores = affine(z, gates, last).data;
    hidden.data.forEach((value, at) => {
      const [i, j] = [Math.floor(at / hidden.columns), at % hidden.columns];
      hidden.data[at] = (scores[i * width + (pattern[j] as number)] as number) >= 0 ? value : 0;
    });
  } else {
    hidden.data.forEach((value, at) => {
      hidden.data[at] = Math.max(0, value);
    });
  }
  const outputs = affine(hidden, outputWeights);
  toTargetUnits(network, outputs.data);
  return { ...outputs, rows };
}

/** Undoes the standardisation of targets in outputs, row after row. */
export function toTargetUnits({ targetShift, targetScale }: NetworkMembers, outputs: Float64Array): void {
  if (!targetShift || !targetScale) return;
  const columns = targetShift.length;
  for (let at = 0; at < outputs.length; ++at) {
    const k = at % columns;
    outputs[at] = (targetShift[k] as number) + (targetScale[k] as number) * (outputs[at] as number);
  }
}

/** Predictions by outputs: labels, numbers, or a matrix of several outputs. */
export function predictionOf(network: Pick<NetworkMembers, 'classes' | 'loss'>, outputs: Matrix): Prediction {
  if (network.classes) {
    const labels = decodeLabels(outputs, network.classes);
    return typeof network.classes[0] === 'number'
      ? Float64Array.from(labels as number[])
      : (labels as string[] | boolean[]);
  }
  const predicted = { ...outputs, data: predictedNumbers(network.loss, outputs) };
  return predicted.columns === 1 ? predicted.data : predicted;
}

/** The numbers that outputs stand for: signs for `'logistic'` and `'hinge'`, probabilities for `'softmax'`, else themselves. */
export function predictedNumbers(loss: NetworkMembers['loss'], outputs: Matrix): Float64Array {
  if (loss === 'softmax') return softmax(outputs).data;
  const numbers = Float64Array.from(outputs.data);
  return loss === 'logistic' || loss === 'hinge' ? numbers.map((f) => (f > 0 ? 1 : -1)) : numbers;
}

/** Throws unless the outputs of a network stand for probabilities. */
export function checkProbable({ loss, temperature }: NetworkMembers): void {
  if (loss === 'logistic' || loss === 'softmax' || temperature !== undefined) return;
  throw rangeError(
    `network.loss = ${show(loss)}: expected 'logistic' or 'softmax', which give probabilities, or a network with a temperature`,
  );
}

type Probable = Pick<NetworkMembers, 'classes' | 'loss' | 'temperature'>;

/**
 * The probabilities that outputs stand for: with a temperature T exp(f_k / T) over the sum of all classes, 1 / (1 + exp(-f / T)) of the second of two
 * classes with one output; without one those of loss `'logistic'` or `'softmax'`.
 */
export function probabilitiesOf(of: Probable, outputs: Matrix): Matrix & { data: Float64Array } {
  const { temperature } = of;
  const divided = temperature === undefined ? outputs : { ...outputs, data: outputs.data.map((f) => f / temperature) };
  const jointly = of.loss === 'softmax' || temperature !== undefined;
  return jointly && outputs.columns > 1 ? softmax(divided) : ofEach(of, divided);
}

/** Probabilities of each output by itself; of classes their sum is made 1. */
function ofEach({ classes }: Probable, { data, rows, columns }: Matrix): Matrix & { data: Float64Array } {
  const width = classes ? classes.length : columns;
  const probabilities = new Float64Array(rows * width);
  for (let i = 0; i < rows; ++i) {
    const each = Array.from(data.subarray(i * columns, (i + 1) * columns), logistic);
    const second = each[0] as number;
    const total = each.reduce((a, b) => a + b, 0);
    probabilities.set(!classes ? each : columns === 1 ? [1 - second, second] : each.map((p) => p / total), i * width);
  }
  return { data: probabilities, rows, columns: width };
}
