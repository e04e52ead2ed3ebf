// Probabilities of classes that hold on new rows: outputs divided by a temperature, which is fitted to rows that the network was not trained on.
import { rangeError } from '../core/argumentError.js';
import { checkMembers, checkVector, show } from '../core/check.js';
import type { Matrix, MatrixLike } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import { checkedValues, type Prediction, type Targets } from '../core/targets.js';
import { type NetworkModel, networkKind } from '../predict/network.js';
import { checkNetwork, decisionFunction, type NetworkOrResult, type ReluNetwork } from './network.js';

/** definition: Rows that are added, in sum, whose class is each one with the same probability: without them rows that are all right would ask for probabilities 0 and 1. */
const addedRows = 0.5;

/** safeguard: The most by which 1 / temperature is above or below the scale of the outputs. */
const farthest = 1e4;

/** rounding: Halvings of that range: more change less than the eighth digit. */
const halvings = 32;

/** Rows to fit a temperature to. */
export interface CalibrationRows {
  /** rows x outputs. */
  outputs: Matrix;
  /** The number of the class of each row. */
  classes: ArrayLike<number>;
  /** Weights of the rows; all 1 unless given. */
  weights?: ArrayLike<number>;
}

/**
 * The temperature T with the least log loss of the probabilities exp(f_k / T) / sum_l exp(f_l / T) on rows: C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On
 * calibration of modern neural networks", ICML 2017, section 4.2. The log loss is convex in 1 / T. Undefined where all outputs are the same.
 */
export function temperatureOf(rows: CalibrationRows): number | undefined {
  const size = scaleOf(rows.outputs);
  if (!(size > 0 && Number.isFinite(size))) return undefined;
  let [low, high] = [-Math.log(farthest), Math.log(farthest)];
  for (let k = 0; k < halvings; ++k) {
    const middle = (low + high) / 2;
    if (slopeOf(rows, Math.exp(middle) / size) > 0) high = middle;
    else low = middle;
  }
  return size * Math.exp(-(low + high) / 2);
}

/** The largest difference of the outputs of a row; of one output its size. */
function scaleOf({ data, rows, columns }: Matrix): number {
  let largest = 0;
  for (let i = 0; i < rows; ++i) {
    const f = data.subarray(i * columns, (i + 1) * columns);
    const least = columns === 1 ? -Math.abs(f[0] as number) : Math.min(...f);
    largest = Math.max(largest, Math.max(...f) - least);
  }
  return largest;
}

/** The derivative of the log loss by t = 1 / T: mean of the outputs by their probabilities, less the output of the row's class. */
function slopeOf(of: CalibrationRows, t: number): number {
  let [slope, ofAdded, total] = [0, 0, 0];
  forEachRow(of, (f, own, weight) => {
    const mean = expectationOf(f, t);
    slope += weight * (mean - (f[own] as number));
    ofAdded += weight * (mean - f.reduce((sum, value) => sum + value, 0) / f.length);
    total += weight;
  });
  return total > 0 ? slope + (addedRows * ofAdded) / total : 0;
}

/** The outputs of each row, one for each class, the class of the row and its weight. */
function forEachRow(
  { outputs: { data, rows, columns }, classes, weights }: CalibrationRows,
  visit: (outputs: Float64Array, own: number, weight: number) => void,
): void {
  const f = new Float64Array(Math.max(2, columns));
  for (let i = 0; i < rows; ++i) {
    // One output f stands for 0 and f of two classes.
    f.set(data.subarray(i * columns, (i + 1) * columns), columns === 1 ? 1 : 0);
    visit(f, classes[i] as number, weights?.[i] ?? 1);
  }
}

/** The mean of numbers f_k by probabilities that are as exp(t f_k). */
function expectationOf(f: Float64Array, t: number): number {
  const most = f.reduce((a, b) => Math.max(a, b));
  let [sum, mean] = [0, 0];
  for (const value of f) {
    const odds = Math.exp(t * (value - most));
    sum += odds;
    mean += odds * value;
  }
  return mean / sum;
}

/** Minus the logarithm of the probability of each row's class, with the temperature that is best for the rows. */
export function logLossesOf(rows: CalibrationRows): Float64Array {
  const t = 1 / (temperatureOf(rows) ?? 1);
  const losses: number[] = [];
  forEachRow(rows, (f, own) => {
    const most = f.reduce((a, b) => Math.max(a, b));
    const sum = f.reduce((total, value) => total + Math.exp(t * (value - most)), 0);
    losses.push(Math.log(sum) - t * ((f[own] as number) - most));
  });
  return Float64Array.from(losses);
}

/**
 * The network with a `temperature` fitted to rows that it was not trained on, by which {@link predictProbabilities} gives probabilities that hold on new rows,
 * whatever its loss. Networks whose weight was chosen on rows left out have one already, of these rows.
 *
 * @throws RangeError for a network without classes, or y with another class.
 */
export function calibrate<P extends Prediction>(
  given: NetworkOrResult<P>,
  x: MatrixLike,
  y: Targets,
  options: { sampleWeights?: ArrayLike<number> | undefined } = {},
): Model<P> {
  const network = checkNetwork(given);
  if (!network.classes) throw rangeError('network.classes = undefined: expected a network that was trained on classes');
  const { sampleWeights } = checkMembers('options', options, ['sampleWeights'], 'option');
  const outputs = decisionFunction(network, x);
  const places = new Map(network.classes.map((label, k) => [label, k]));
  const classes = Array.from(checkedValues(y, outputs.rows), (label, i) => {
    const place = places.get(label);
    if (place !== undefined) return place;
    const known = network.classes?.map(show).join(', ');
    throw rangeError(`y[${i}] = ${show(label)}: expected one of ${known}, which the network knows`);
  });
  const per = { length: outputs.rows, per: 'one for each row of x', lower: 0 };
  const weights = sampleWeights === undefined ? {} : { weights: checkVector('sampleWeights', sampleWeights, per) };
  const temperature = temperatureOf({ outputs, classes, ...weights });
  return temperature === undefined ? modelOf(network) : withTemperature(network, temperature);
}

/** A copy of a network with this temperature. */
export const withTemperature = <P extends Prediction>(network: ReluNetwork<P>, temperature: number): Model<P> =>
  modelOf({ ...network, temperature });

type Model<P extends Prediction> = ReluNetwork<P> & NetworkModel<P>;

const modelOf = <P extends Prediction>(network: ReluNetwork<P>): Model<P> =>
  withMethods({ ...network }, networkKind.functions) as Model<P>;
