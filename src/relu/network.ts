// A trained two-layer network: what it predicts, how good that is, and its form as JSON.
import { addon } from '../core/addon.js';
import { checkObject, checkOneOf, show } from '../core/check.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, matrix, numbersFor, toMatrix } from '../core/matrix.js';
import { checkFinite } from '../core/operand.js';
import { argmax, checkedValues, decodeLabels, type Label, type Prediction, type Targets } from '../core/targets.js';
import type { ReluOptions } from '../generated/relu.js';

declare const predicts: unique symbol;

/**
 * A two-layer network of m neurons, d inputs and c outputs. With z = (x - inputShift) / inputScale, entry by entry, its outputs are
 *
 *     f(x) = sum_j (z . u_j + b_j)_+ a_j                          activation 'relu'
 *     f(x) = sum_j 1[(z, 1) . g_pattern(j) >= 0] (z . u_j + b_j) a_j     activation 'gated'
 *
 * or targetShift + targetScale times that where it was trained on standardised targets.
 *
 * The type parameter says what {@link predict} gives.
 */
export interface ReluNetwork<P extends Prediction = Prediction> {
  readonly activation: 'relu' | 'gated';
  /** What it was trained with; decides how outputs become predictions. */
  readonly loss: NonNullable<ReluOptions['loss']>;
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
  /** d numbers, the means of the columns of x (zeros without bias), if these were standardised. */
  readonly inputShift?: Float64Array;
  /** d numbers; ones unless x was scaled, which `normalize` says. */
  readonly inputScale: Float64Array;
  /** c numbers, the means of the targets, if these were standardised. */
  readonly targetShift?: Float64Array;
  /** c numbers, the standard deviations of the targets, if these were standardised. */
  readonly targetScale?: Float64Array;
  /** Names of the d columns of x, where the settings gave them. */
  readonly featureNames?: readonly string[];
  /** What the outputs stand for, if the targets were classes: two classes share one output, negative and positive. */
  readonly classes?: readonly Label[];
  /** A mark for the type checker alone; there is no such member. */
  readonly [predicts]?: P;
}

/**
 * Predictions for the rows of x, of the kind that the network was trained on: class labels (numbers in a Float64Array),
 * a number for each row, or a matrix. For targets that were a matrix of -1 and +1 (`loss` `'logistic'` or `'hinge'`) or of
 * probabilities (`'softmax'`), so are the predictions.
 *
 * @throws RangeError when x has another number of columns than the training data, or a number that is not finite.
 */
export function predict<P extends Prediction>(network: ReluNetwork<P>, x: MatrixLike): P {
  return predictionOf(network, decisionFunction(network, x)) as P;
}

/** Networks whose numbers have been looked at. */
const looked = new WeakSet<object>();

/**
 * A network argument, whose numbers are finite and fit together; errors call it `network`. Each network is looked at once.
 * @throws TypeError or RangeError
 */
export function checkNetwork<P extends Prediction>(network: ReluNetwork<P>): ReluNetwork<P> {
  if (looked.has(checkObject('network', network))) return network;
  const { hiddenWeights, outputWeights, gates } = network;
  for (const [name, value] of Object.entries({ hiddenWeights, outputWeights, ...(gates && { gates }) })) {
    checkFinite(`network.${name}.data`, toMatrix(`network.${name}`, value).data);
  }
  const [d, m, c] = [hiddenWeights.rows, hiddenWeights.columns, outputWeights.columns];
  expectSize('network.outputWeights.rows', outputWeights.rows, m);
  const sizes = { biases: m, pattern: m, inputScale: d, inputShift: d, targetShift: c, targetScale: c };
  for (const [name, size] of Object.entries(sizes) as [keyof typeof sizes, number][]) {
    const value = network[name];
    const optional = name === 'inputShift' || name === 'targetShift' || name === 'targetScale';
    if (value === undefined && optional) continue;
    numbersFor(`network.${name}`, value, [size]);
  }
  looked.add(network);
  return network;
}

/** The network's raw outputs f(x), a row for each row of x, a column for each output. */
export function decisionFunction(network: ReluNetwork, x: MatrixLike): Matrix {
  checkNetwork(network);
  const inputs = toMatrix('x', x);
  // Only gated networks have use for the gates.
  const { gates, ...rest } = network;
  const data = addon().reluPredict(network.activation === 'gated' ? network : rest, { x: inputs });
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

/** Undoes the standardisation of targets in outputs, row after row. */
export function toTargetUnits({ targetShift, targetScale }: ReluNetwork, outputs: Float64Array): void {
  if (!targetShift || !targetScale) return;
  const columns = targetShift.length;
  for (let at = 0; at < outputs.length; ++at) {
    const k = at % columns;
    outputs[at] = (targetShift[k] as number) + (targetScale[k] as number) * (outputs[at] as number);
  }
}

/**
 * How well the network predicts y. For classes, the share of rows that it gets right (of a matrix of -1 and +1: rows right
 * in all columns; of a matrix of probabilities: rows with the same largest). Else R^2, that is 1 - (sum of squared errors) /
 * (sum of squared deviations from the mean), averaged over the outputs.
 */
export function score(network: ReluNetwork, x: MatrixLike, y: Targets): number {
  return scoreOf(network, decisionFunction(network, x), y);
}

/** How well outputs f(x) predict y: {@link score}. */
export function scoreOf(network: Pick<ReluNetwork, 'classes' | 'loss'>, outputs: Matrix, y: Targets): number {
  const { rows, columns } = outputs;
  if (rows === 0) throw new RangeError('x: expected at least one row');
  if (network.classes) {
    const truth = checkedValues(y, rows);
    const labels = decodeLabels(outputs, network.classes);
    return share(rows, (i) => labels[i] === truth[i]);
  }
  const truth = looksLikeMatrix(y) ? toMatrix('y', y) : vectorAsMatrix(y, rows);
  if (truth.rows !== rows || truth.columns !== columns) {
    throw new RangeError(`y: expected ${rows} x ${columns} numbers, got ${truth.rows} x ${truth.columns}`);
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

function predictionOf(network: ReluNetwork, outputs: Matrix): Prediction {
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
export function predictedNumbers(loss: ReluNetwork['loss'], { data, rows, columns }: Matrix): Float64Array {
  const numbers = Float64Array.from(data);
  if (loss === 'logistic' || loss === 'hinge') return numbers.map((f) => (f > 0 ? 1 : -1));
  if (loss === 'softmax') {
    for (let i = 0; i < rows; ++i) {
      const row = numbers.subarray(i * columns, (i + 1) * columns);
      const largest = row.reduce((a, b) => Math.max(a, b));
      row.set(row.map((f) => Math.exp(f - largest)));
      const sum = row.reduce((a, b) => a + b);
      row.set(row.map((p) => p / sum));
    }
  }
  return numbers;
}

function vectorAsMatrix(y: unknown, rows: number): Matrix {
  const values = checkedValues(y, rows);
  if (typeof values[0] !== 'number') {
    throw new TypeError(`y[0] = ${show(values[0])}: expected a number, as the network was trained on numbers`);
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

const format = 'nonconvex.reluNetwork';
const version = 1;

interface MatrixJson {
  rows: number;
  columns: number;
  data: number[];
}

/** What {@link toJSON} makes: plain numbers, strings and arrays, for `JSON.stringify`. */
export interface ReluNetworkJson {
  format: typeof format;
  version: typeof version;
  activation: ReluNetwork['activation'];
  loss: ReluNetwork['loss'];
  bias: boolean;
  inputShift?: number[];
  inputScale: number[];
  targetShift?: number[];
  targetScale?: number[];
  hiddenWeights: MatrixJson;
  biases: number[];
  outputWeights: MatrixJson;
  pattern: number[];
  gates?: MatrixJson;
  featureNames?: readonly string[];
  classes?: readonly Label[];
}

/** The network as plain data; numbers come back from {@link fromJSON} to the last bit. */
export function toJSON(network: ReluNetwork): ReluNetworkJson {
  checkNetwork(network);
  const plain = ({ rows, columns, data }: Matrix): MatrixJson => ({ rows, columns, data: Array.from(data) });
  return {
    format,
    version,
    activation: network.activation,
    loss: network.loss,
    bias: network.bias,
    ...(network.inputShift && { inputShift: Array.from(network.inputShift) }),
    inputScale: Array.from(network.inputScale),
    ...(network.targetShift && { targetShift: Array.from(network.targetShift) }),
    ...(network.targetScale && { targetScale: Array.from(network.targetScale) }),
    hiddenWeights: plain(network.hiddenWeights),
    biases: Array.from(network.biases),
    outputWeights: plain(network.outputWeights),
    pattern: Array.from(network.pattern),
    ...(network.gates && { gates: plain(network.gates) }),
    ...(network.featureNames && { featureNames: [...network.featureNames] }),
    ...(network.classes && { classes: [...network.classes] }),
  };
}

/**
 * The network that {@link toJSON} made this of, whether still an object or as text.
 * @throws TypeError or RangeError that says what is wrong with it.
 */
export function fromJSON<P extends Prediction = Prediction>(json: ReluNetworkJson | string): ReluNetwork<P> {
  const source: unknown = typeof json === 'string' ? JSON.parse(json) : json;
  if (typeof source !== 'object' || source === null)
    throw new TypeError(`network = ${show(source)}: expected an object`);
  const from = source as Record<keyof ReluNetworkJson, unknown>;
  if (from.format !== format) throw new TypeError(`format = ${show(from.format)}: expected '${format}'`);
  if (from.version !== version) throw new RangeError(`version = ${show(from.version)}: expected ${version}`);

  const hiddenWeights = parseMatrix('hiddenWeights', from.hiddenWeights);
  const outputWeights = parseMatrix('outputWeights', from.outputWeights);
  const { rows: d, columns: m } = hiddenWeights;
  expectSize('outputWeights.rows', outputWeights.rows, m);
  const activation = checkOneOf('activation', from.activation, ['relu', 'gated']);
  const bias = from.bias;
  if (typeof bias !== 'boolean') throw new TypeError(`bias = ${show(bias)}: expected a boolean`);
  const network: ReluNetwork = {
    activation,
    loss: checkOneOf('loss', from.loss, ['squared', 'logistic', 'hinge', 'softmax', 'huber']),
    bias,
    ...(from.inputShift !== undefined && { inputShift: parseNumbers('inputShift', from.inputShift, d) }),
    inputScale: parseScale('inputScale', from.inputScale, d),
    ...parseTargetUnits(from.targetShift, from.targetScale, outputWeights.columns),
    hiddenWeights,
    biases: parseNumbers('biases', from.biases, m),
    outputWeights,
    pattern: Int32Array.from(parseNumbers('pattern', from.pattern, m)),
    ...(activation === 'gated' && { gates: parseGates(from.gates, d + Number(bias), from.pattern as number[]) }),
    ...(from.featureNames !== undefined && { featureNames: checkFeatureNames(from.featureNames, d) }),
    ...(from.classes !== undefined && { classes: parseClasses(from.classes, outputWeights.columns) }),
  };
  return network as ReluNetwork<P>;
}

function parseNumbers(name: string, value: unknown, length: number): Float64Array {
  if (!Array.isArray(value)) throw new TypeError(`${name} = ${show(value)}: expected an array of numbers`);
  expectSize(`${name}.length`, value.length, length);
  value.forEach((entry, i) => {
    if (!Number.isFinite(entry)) throw new TypeError(`${name}[${i}] = ${show(entry)}: expected a finite number`);
  });
  return Float64Array.from(value as number[]);
}

/** Both or none. */
function parseTargetUnits(shift: unknown, scale: unknown, outputs: number) {
  if (shift === undefined && scale === undefined) return {};
  return {
    targetShift: parseNumbers('targetShift', shift, outputs),
    targetScale: parseScale('targetScale', scale, outputs),
  };
}

function parseScale(name: string, value: unknown, length: number): Float64Array {
  const scale = parseNumbers(name, value, length);
  scale.forEach((entry, i) => {
    if (!(entry > 0)) throw new RangeError(`${name}[${i}] = ${entry}: expected a number > 0`);
  });
  return scale;
}

function parseMatrix(name: string, value: unknown): Matrix {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name} = ${show(value)}: expected an object`);
  const { rows, columns, data } = value as Record<keyof MatrixJson, unknown>;
  for (const [member, size] of Object.entries({ rows, columns })) {
    if (!Number.isInteger(size) || (size as number) < 0) {
      throw new TypeError(`${name}.${member} = ${show(size)}: expected a whole number`);
    }
  }
  const numbers = parseNumbers(`${name}.data`, data, (rows as number) * (columns as number));
  return toMatrix(name, { rows, columns, data: numbers });
}

function parseGates(value: unknown, rows: number, pattern: readonly number[]): Matrix {
  const gates = parseMatrix('gates', value);
  expectSize('gates.rows', gates.rows, rows);
  pattern.forEach((p, j) => {
    if (!Number.isInteger(p) || p < 0 || p >= gates.columns) {
      throw new RangeError(`pattern[${j}] = ${p}: expected an integer in [0, ${gates.columns - 1}]`);
    }
  });
  return gates;
}

/** A copy of the names of the columns of x. */
export function checkFeatureNames(names: unknown, columns: number): readonly string[] {
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) {
    throw new TypeError(`featureNames = ${show(names)}: expected an array of strings`);
  }
  if (names.length !== columns) {
    throw new RangeError(`featureNames.length = ${names.length}: expected ${columns}, one for each column of x`);
  }
  return [...names];
}

function parseClasses(value: unknown, outputs: number): Label[] {
  const types = Array.isArray(value) ? new Set(value.map((label) => typeof label)) : new Set();
  const [type] = types;
  if (types.size !== 1 || !['number', 'string', 'boolean'].includes(type as string)) {
    throw new TypeError('classes: expected an array of numbers, of strings or of booleans');
  }
  const classes = value as Label[];
  if (classes.length !== outputs && !(classes.length === 2 && outputs === 1)) {
    throw new RangeError(`classes.length = ${classes.length}: expected ${outputs === 1 ? 2 : outputs}`);
  }
  return classes;
}

function expectSize(name: string, size: number, expected: number): void {
  if (size !== expected) throw new RangeError(`${name} = ${size}: expected ${expected}`);
}
