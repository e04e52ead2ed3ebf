// The neurons of a trained network, in words and numbers.
import type { Label } from '../core/targets.js';
import { checkNetwork, type NetworkOrResult, norm2, type ReluNetwork } from './network.js';

/** A neuron in terms of x as it was given: it adds output . (weights . x + bias)_+ to f, gated ones where their gate is open. */
export interface NeuronSummary {
  /** Its place in the network. */
  neuron: number;
  /** ||u_j|| ||a_j||, the size of what it adds for standardised x, and its part of the regulariser's penalty over lambda. */
  size: number;
  /** `size` as a share of that of all neurons. */
  share: number;
  /** Weights by feature name, the largest first where columns are compared in standard deviations; the weights act on x as it is. */
  weights: Record<string, number>;
  bias: number;
  /** Output weights by output: the class, or 0, 1, ...; in the units of y. Outputs that it adds nothing to are left out. */
  outputs: Record<string, number>;
  /** Gated networks: the neuron is on where gate . x + gateBias >= 0. */
  gate?: Record<string, number>;
  gateBias?: number;
}

/** The result of {@link summarize}. */
export interface ReluSummary {
  /** The largest first. */
  neurons: NeuronSummary[];
  /** The importance of each feature, by name: sum_j |u_kj| ||a_j|| over the neurons, as a share of that of all features. A rough order of importance. */
  features: Record<string, number>;
  /** The neurons as lines of text, `most` of them. */
  text: string;
}

/**
 * The neurons of a network in readable form: weights by feature name, in the units of x and y, the largest neurons first.
 *
 * ```ts
 * console.log(summarize(network).text);
 * ```
 *
 * Weights are per unit of x: u_kj / inputScale_k, with the bias b_j - sum_k u_kj inputShift_k / inputScale_k; outputs are
 * targetScale a_j. Features without a name are called x0, x1, ... @param most is how many neurons and weights of each the text has.
 */
export function summarize(given: NetworkOrResult, most = 5): ReluSummary {
  const network = checkNetwork(given);
  const { hiddenWeights, inputScale } = network;
  const names = Array.from(inputScale, (_, k) => network.featureNames?.[k] ?? `x${k}`);
  const sizes = Array.from({ length: hiddenWeights.columns }, (_, j) => sizeOf(network, j));
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  const neurons = sizes
    .map(({ size }, j) => ({ ...neuronOf(network, names, j), size, share: size / total }))
    .sort((a, b) => b.size - a.size);
  const effects = names.map((_, k) =>
    sizes.reduce((sum, { output }, j) => sum + Math.abs(weightAt(network, k, j)) * output, 0),
  );
  const all = effects.reduce((sum, effect) => sum + effect, 0);
  const features = Object.fromEntries(
    order(effects).map((k) => [names[k] as string, all > 0 ? (effects[k] as number) / all : 0]),
  );
  return { neurons, features, text: textOf(network, neurons, most) };
}

const weightAt = ({ hiddenWeights: { data, columns } }: ReluNetwork, k: number, j: number): number =>
  data[k * columns + j] as number;

function sizeOf(network: ReluNetwork, j: number): { size: number; output: number } {
  const { hiddenWeights, outputWeights, biases } = network;
  const hidden = Array.from({ length: hiddenWeights.rows }, (_, k) => weightAt(network, k, j));
  const { data, columns } = outputWeights;
  const output = norm2(data.subarray(j * columns, (j + 1) * columns));
  return { size: norm2([...hidden, biases[j] as number]) * output, output };
}

/** Places, those of the largest numbers first. */
const order = (values: readonly number[]): number[] =>
  values.map((_, k) => k).sort((a, b) => Math.abs(values[b] as number) - Math.abs(values[a] as number));

function neuronOf(network: ReluNetwork, names: string[], j: number): Omit<NeuronSummary, 'size' | 'share'> {
  const { biases, gates, pattern } = network;
  const scaled = names.map((_, k) => weightAt(network, k, j));
  const { weights, bias } = inUnits(network, names, scaled, biases[j] as number);
  const outputs = outputsOf(network, j);
  if (!gates) return { neuron: j, weights, bias, outputs };
  const p = pattern[j] as number;
  const gate = Array.from({ length: gates.rows }, (_, k) => gates.data[k * gates.columns + p] as number);
  const constant = network.bias ? (gate[names.length] as number) : 0;
  const raw = inUnits(network, names, gate.slice(0, names.length), constant);
  return { neuron: j, weights, bias, outputs, gate: raw.weights, gateBias: raw.bias };
}

/** Weights of z = (x - inputShift) / inputScale and a bias, as those of x. */
function inUnits({ inputShift, inputScale }: ReluNetwork, names: string[], scaled: number[], bias: number) {
  const raw = scaled.map((weight, k) => weight / (inputScale[k] as number));
  const moved = raw.reduce((sum, weight, k) => sum + weight * (inputShift?.[k] ?? 0), 0);
  const weights = Object.fromEntries(order(scaled).map((k) => [names[k] as string, raw[k] as number]));
  return { weights, bias: bias - moved };
}

function outputsOf({ outputWeights, classes, targetScale }: ReluNetwork, j: number): Record<string, number> {
  const { data, columns } = outputWeights;
  // One output of two classes speaks for the second.
  const nameOf = (k: number): Label => (classes ? (classes[columns === 1 ? 1 : k] as Label) : k);
  return Object.fromEntries(
    Array.from({ length: columns }, (_, k) => [
      String(nameOf(k)),
      (targetScale?.[k] ?? 1) * (data[j * columns + k] as number),
    ]).filter(([, value]) => value !== 0),
  );
}

function textOf({ activation }: ReluNetwork, neurons: NeuronSummary[], most: number): string {
  const short = (value: number): string => String(Number(value.toPrecision(3)));
  const sum = (weights: Record<string, number>, bias: number): string => {
    const terms = Object.entries(weights).slice(0, most);
    const more = Object.keys(weights).length > most ? ' + ...' : '';
    return `${terms.map(([name, weight]) => `${short(weight)} ${name}`).join(' + ')}${more} + ${short(bias)}`;
  };
  const lines = neurons.slice(0, most).map(({ share, weights, bias, outputs, gate, gateBias }) => {
    const to = Object.entries(outputs).map(([name, value]) => `${name}: ${short(value)}`);
    const when = gate ? `, on where ${sum(gate, gateBias ?? 0)} >= 0` : '';
    return `${(100 * share).toFixed(1).padStart(5)} %  (${sum(weights, bias)})${gate ? '' : '_+'} -> ${to.join(', ')}${when}`;
  });
  const rest = neurons.length > most ? [`and ${neurons.length - most} more`] : [];
  return [`${neurons.length} ${activation === 'gated' ? 'gated ' : ''}neurons`, ...lines, ...rest].join('\n');
}
