// A trained two-layer network: what it predicts, how good that is, and its form as JSON.
import { addon } from '../core/addon.js';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkObject, show } from '../core/check.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, matrix, numbersFor, toMatrix } from '../core/matrix.js';
import { checkFinite } from '../core/operand.js';
import { argmax, checkedValues, decodeLabels, type Label, type Prediction, type Targets } from '../core/targets.js';
import { type ModelJson, readModel, writeModel } from '../predict/kind.js';
import {
  checkProbable,
  type NetworkMembers,
  type NetworkOptions,
  networkKind,
  predictionOf,
  probabilitiesOf,
  toTargetUnits,
  wantsProbabilities,
} from '../predict/network.js';
import { imputed } from '../predict/products.js';

export { toTargetUnits };

declare const predicts: unique symbol;

/**
 * A two-layer network, whose members {@link NetworkMembers} says.
 *
 * The type parameter says what {@link predict} gives.
 */
export interface ReluNetwork<P extends Prediction = Prediction> extends NetworkMembers {
  /** A mark for the type checker alone; there is no such member. */
  readonly [predicts]?: P;
}

/** A network, or what has one as its `network`: the result of a training or an estimator. */
export type NetworkOrResult<P extends Prediction = Prediction> = ReluNetwork<P> | { readonly network: ReluNetwork<P> };

/**
 * Predictions for the rows of x, of the kind that the network was trained on: class labels (numbers in a Float64Array),
 * a number for each row, or a matrix. For targets that were a matrix of -1 and +1 (`loss` `'logistic'` or `'hinge'`) or of
 * probabilities (`'softmax'`), so are the predictions. A result of {@link trainReluNetwork} may stand for its network.
 *
 * With `type: 'probability'` probabilities of the classes, as {@link predictProbabilities} has them.
 *
 * @throws RangeError when x has another number of columns than the training data, or a number that is not finite; of probabilities that the network has
 * none.
 */
export function predict(
  network: NetworkOrResult,
  x: MatrixLike,
  options: NetworkOptions & { type: 'probability' },
): Matrix;
export function predict<P extends Prediction>(
  network: NetworkOrResult<P>,
  x: MatrixLike,
  options?: NetworkOptions & { type?: 'response' },
): P;
export function predict(given: NetworkOrResult, x: MatrixLike, options: NetworkOptions = {}): Prediction {
  if (wantsProbabilities(options)) return predictProbabilities(given, x);
  return predictionOf(checkNetwork(given), decisionFunction(given, x));
}

/**
 * Probabilities of the classes for the rows of x: rows x classes, columns in the order of `network.classes`, each row with sum 1.
 * Of a network with a `temperature` T, which comes of rows left out, exp(f_j / T) / sum_k exp(f_k / T), and with one output 1 / (1 + exp(-f / T)) of the second of two
 * classes. Of others, for `loss` `'softmax'` exp(f_j) / sum_k exp(f_k); for `'logistic'` 1 / (1 + exp(-f)) of the second of two classes, and with more
 * classes that of each against the rest, divided by their sum. Targets that were a matrix of -1 and +1 (`'logistic'`) are questions of
 * their own: then a column has the probability of +1 and rows need not have sum 1.
 *
 * @throws RangeError for a network of another loss without a temperature, whose outputs are no logarithms of odds.
 */
export function predictProbabilities(given: NetworkOrResult, x: MatrixLike): Matrix {
  const network = checkNetwork(given);
  checkProbable(network);
  return probabilitiesOf(network, decisionFunction(network, x));
}

/** Networks whose numbers have been looked at. */
const looked = new WeakSet<object>();

/**
 * The network of an argument, whose numbers are finite and fit together; errors call it `network`. Each network is looked at once.
 * @throws TypeError or RangeError
 */
export function checkNetwork<P extends Prediction>(given: NetworkOrResult<P>): ReluNetwork<P> {
  checkObject('network', given);
  const network = checkObject('network', 'network' in given ? given.network : given);
  if (looked.has(network)) return network;
  const { hiddenWeights, outputWeights, gates } = network;
  for (const [name, value] of Object.entries({ hiddenWeights, outputWeights, ...(gates && { gates }) })) {
    checkFinite(`network.${name}.data`, toMatrix(`network.${name}`, value).data);
  }
  const [d, m, c] = [hiddenWeights.rows, hiddenWeights.columns, outputWeights.columns];
  expectSize('network.outputWeights.rows', outputWeights.rows, m);
  const sizes = { biases: m, pattern: m, inputScale: d, means: d, inputShift: d, targetShift: c, targetScale: c };
  for (const [name, size] of Object.entries(sizes) as [keyof typeof sizes, number][]) {
    const value = network[name];
    const optional = !['biases', 'pattern', 'inputScale'].includes(name);
    if (value === undefined && optional) continue;
    numbersFor(`network.${name}`, value, [size]);
  }
  looked.add(network);
  return network;
}

/** The network's raw outputs f(x), a row for each row of x, a column for each output. */
export function decisionFunction(given: NetworkOrResult, x: MatrixLike): Matrix {
  const network = checkNetwork(given);
  // Only gated networks have use for the gates.
  const { gates, means, ...rest } = network;
  const inputs = imputed(toMatrix('x', x), means);
  const data = addon().reluPredict(network.activation === 'gated' ? { ...rest, gates } : rest, { x: inputs });
  toTargetUnits(network, data);
  return { data, rows: inputs.rows, columns: network.outputWeights.columns };
}

/** The Euclidean length of any number of numbers; `Math.hypot(...values)` takes no more than fit on the stack. */
export function norm2(values: ArrayLike<number>): number {
  let largest = 0;
  for (let k = 0; k < values.length; ++k) largest = Math.max(largest, Math.abs(values[k] as number));
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return largest;
  let squares = 0;
  for (let k = 0; k < values.length; ++k) squares += ((values[k] as number) / largest) ** 2;
  return largest * Math.sqrt(squares);
}

/**
 * How well the network predicts y. For classes, the share of rows that it gets right (of a matrix of -1 and +1: rows right
 * in all columns; of a matrix of probabilities: rows with the same largest). Else R^2, that is 1 - (sum of squared errors) /
 * (sum of squared deviations from the mean), averaged over the outputs.
 */
export function score(network: NetworkOrResult, x: MatrixLike, y: Targets): number {
  return scoreOf(checkNetwork(network), decisionFunction(network, x), y);
}

/** How well outputs f(x) predict y: {@link score}. */
export function scoreOf(network: Pick<ReluNetwork, 'classes' | 'loss'>, outputs: Matrix, y: Targets): number {
  const { rows, columns } = outputs;
  if (rows === 0) throw rangeError('x: expected at least one row');
  if (network.classes) {
    const truth = checkedValues(y, rows);
    const labels = decodeLabels(outputs, network.classes);
    return share(rows, (i) => labels[i] === truth[i]);
  }
  const truth = looksLikeMatrix(y) ? toMatrix('y', y) : vectorAsMatrix(y, rows);
  if (truth.rows !== rows || truth.columns !== columns) {
    throw rangeError(`y: expected ${rows} x ${columns} numbers, got ${truth.rows} x ${truth.columns}`);
  }
  switch (network.loss) {
    case 'softmax':
      return share(rows, (i) => argmax(outputs, i) === argmax(truth, i));
    case 'logistic':
    case 'hinge': {
      const row = ({ data }: Matrix, i: number) => data.subarray(i * columns, (i + 1) * columns);
      return share(rows, (i) => {
        const wanted = row(truth, i);
        return row(outputs, i).every((f, j) => f > 0 === (wanted[j] as number) > 0);
      });
    }
    default:
      return rSquared(outputs, truth);
  }
}

function vectorAsMatrix(y: unknown, rows: number): Matrix {
  const values = checkedValues(y, rows);
  if (typeof values[0] !== 'number') {
    throw typeError(`y[0] = ${show(values[0])}: expected a number, as the network was trained on numbers`);
  }
  return matrix(rows, 1, values as ArrayLike<number>);
}

function share(rows: number, right: (row: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < rows; ++i) count += Number(right(i));
  return count / rows;
}

function rSquared(outputs: Matrix, truth: Matrix): number {
  const { rows, columns } = truth;
  let total = 0;
  for (let j = 0; j < columns; ++j) {
    const column = ({ data }: Matrix) => Array.from({ length: rows }, (_, i) => data[i * columns + j] as number);
    const y = column(truth);
    const f = column(outputs);
    const mean = y.reduce((a, b) => a + b) / rows;
    const errors = y.reduce((sum, v, i) => sum + (v - (f[i] as number)) ** 2, 0);
    const deviations = y.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    total += deviations > 0 ? 1 - errors / deviations : Number(errors === 0);
  }
  return total / columns;
}

interface MatrixJson {
  rows: number;
  columns: number;
  data: (number | string)[];
}

/** The JSON of {@link toJSON}: plain numbers, strings and arrays, for `JSON.stringify`. Minus zero is `'-0'`. */
export interface ReluNetworkJson extends ModelJson {
  kind: 'reluNetwork';
  activation: ReluNetwork['activation'];
  loss: ReluNetwork['loss'];
  bias: boolean;
  means?: (number | string)[];
  inputShift?: (number | string)[];
  inputScale: number[];
  targetShift?: (number | string)[];
  targetScale?: number[];
  hiddenWeights: MatrixJson;
  biases: (number | string)[];
  outputWeights: MatrixJson;
  temperature?: number;
  pattern: number[];
  gates?: MatrixJson;
  featureNames?: readonly string[];
  classes?: readonly Label[];
}

/** The network as plain data; numbers come back from {@link fromJSON} to the last bit. */
export function toJSON(network: NetworkOrResult): ReluNetworkJson {
  return writeModel(networkKind, checkNetwork(network)) as ReluNetworkJson;
}

/**
 * The network that {@link toJSON} made this of, whether still an object or as text.
 * @throws TypeError or RangeError that says what is wrong with it.
 */
export function fromJSON<P extends Prediction = Prediction>(json: ReluNetworkJson | string): ReluNetwork<P> {
  return readModel(networkKind, typeof json === 'string' ? JSON.parse(json) : json, 'network');
}

/** A copy of the names of the columns of x. */
export function checkFeatureNames(names: unknown, columns: number): readonly string[] {
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) {
    throw typeError(`names = ${show(names)}: expected an array of strings`);
  }
  if (names.length !== columns) {
    throw rangeError(`names.length = ${names.length}: expected ${columns}, one for each column of x`);
  }
  return [...names];
}

function expectSize(name: string, size: number, expected: number): void {
  if (size !== expected) throw rangeError(`${name} = ${size}: expected ${expected}`);
}
