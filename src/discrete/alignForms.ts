// Networks for an alignment: read to layers, with their units in another order, and between two of them.
import { types } from 'node:util';
import { rangeError, typeError } from '../core/argumentError.js';
import { isPromise, show } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import { type DenseNetwork, type FlatLayers, layersOf, layersOfNetwork, layersOfOnnx } from '../predict/denseLayers.js';
import { type NetworkMembers, networkKind } from '../predict/network.js';

/** A two-layer network or a result with one, a network by its layers, or the bytes of a file of ONNX. */
export type AlignableNetwork =
  | NetworkMembers
  | { readonly network: NetworkMembers }
  | DenseNetwork
  | Uint8Array
  | ArrayBuffer;

/** A network in one of two forms: that of a training, or layers. */
export type AlignedNetwork = NetworkMembers | DenseNetwork;

/** A network by its layers, and as it was given. */
export interface ReadNetwork extends FlatLayers {
  network?: NetworkMembers;
}

/** Reads a network, at once unless it is a file of ONNX; messages call it by its name. */
export function readAlignable(name: string, given: AlignableNetwork): ReadNetwork | Promise<ReadNetwork> {
  const renamed = (error: unknown): never => {
    const failure = error as Error;
    failure.message = failure.message.replace(/^network\b/, name);
    throw failure;
  };
  try {
    const found = read(given);
    return isPromise(found) ? found.catch(renamed) : found;
  } catch (error) {
    return renamed(error);
  }
}

function read(given: AlignableNetwork): ReadNetwork | Promise<ReadNetwork> {
  const expected = 'expected a network, a result with one, layers, or bytes of ONNX';
  if (types.isAnyArrayBuffer(given) || types.isUint8Array(given)) return layersOfOnnx(given as Uint8Array);
  if (typeof given !== 'object' || given === null) throw typeError(`network = ${show(given)}: ${expected}`);
  if ('layers' in given) return layersOf(given);
  const network = 'network' in given ? given.network : given;
  if (!network?.hiddenWeights || !network.outputWeights) throw typeError(`network = ${show(given)}: ${expected}`);
  if (network.activation !== 'relu') throw rangeError("network.activation = 'gated': expected 'relu'");
  return { ...layersOfNetwork(network), network };
}

/** Parts of numbers that stand layer after layer, one for each hidden unit. */
export function byLayers<T extends { subarray(begin: number, end: number): T }>(all: T, widths: Int32Array): T[] {
  let begin = 0;
  return Array.from(widths.subarray(1, -1), (units) => {
    begin += units;
    return all.subarray(begin - units, begin);
  });
}

type Visit = (layer: number, unit: number, input: number) => number;

/** Layers made entry by entry; `input` is -1 for a bias. */
function made({ widths, classes }: FlatLayers, entry: Visit): FlatLayers {
  const weights: number[] = [];
  const biases: number[] = [];
  for (let l = 0; l + 1 < widths.length; ++l) {
    for (let j = 0; j < (widths[l + 1] as number); ++j) {
      for (let k = 0; k < (widths[l] as number); ++k) weights.push(entry(l, j, k));
      biases.push(entry(l, j, -1));
    }
  }
  return { widths, weights: Float64Array.from(weights), biases: Float64Array.from(biases), classes };
}

/** The numbers of a network. */
function numbersIn({ widths, weights, biases }: FlatLayers): Visit {
  const [ofWeights, ofBiases] = [[0], [0]] as [number[], number[]];
  for (let l = 0; l + 1 < widths.length; ++l) {
    ofWeights.push((ofWeights[l] as number) + (widths[l] as number) * (widths[l + 1] as number));
    ofBiases.push((ofBiases[l] as number) + (widths[l + 1] as number));
  }
  return (l, j, k) =>
    (k < 0
      ? biases[(ofBiases[l] as number) + j]
      : weights[(ofWeights[l] as number) + j * (widths[l] as number) + k]) as number;
}

/** The network with unit order[l][i] of hidden layer l at place i. */
export function permuted(layers: FlatLayers, order: readonly Int32Array[]): FlatLayers {
  const from = numbersIn(layers);
  return made(layers, (l, j, k) => from(l, order[l]?.[j] ?? j, k < 0 ? k : (order[l - 1]?.[k] ?? k)));
}

/** The network with its units scaled, which changes no output. */
export function scaled(layers: FlatLayers, factors: readonly Float64Array[]): FlatLayers {
  const from = numbersIn(layers);
  return made(layers, (l, j, k) => (from(l, j, k) * (factors[l]?.[j] ?? 1)) / (k < 0 ? 1 : (factors[l - 1]?.[k] ?? 1)));
}

/** sum_k shares_k network_k, entry by entry. */
export function combined(networks: readonly FlatLayers[], shares: readonly number[]): FlatLayers {
  const sum = (of: 'weights' | 'biases') =>
    (networks[0] as FlatLayers)[of].map((_, at) =>
      networks.reduce((total, each, k) => total + (shares[k] as number) * (each[of][at] as number), 0),
    );
  return { ...(networks[0] as FlatLayers), weights: sum('weights'), biases: sum('biases') };
}

/** A network by its layers, weights inputs x outputs. */
export function asLayers({ widths, weights, biases, classes }: FlatLayers): DenseNetwork {
  let [weight, bias] = [0, 0];
  const layers = Array.from(widths.subarray(1), (units, l) => {
    const inputs = widths[l] as number;
    const matrix: Matrix = {
      data: Float64Array.from(
        { length: inputs * units },
        (_, at) => weights[weight + (at % units) * inputs + Math.floor(at / units)] as number,
      ),
      rows: inputs,
      columns: units,
    };
    const layer = { weights: matrix, biases: biases.slice(bias, bias + units) };
    weight += inputs * units;
    bias += units;
    return layer;
  });
  return { layers, ...(classes && { classes }) };
}

/** A two-layer network of a training with these layers; its inputs and outputs are in their own units. */
export function asNetwork(like: NetworkMembers, flat: FlatLayers): NetworkMembers {
  const { layers } = asLayers(flat) as { layers: { weights: Matrix; biases: Float64Array }[] };
  const [hidden, output] = layers as [(typeof layers)[0], (typeof layers)[0]];
  const { inputShift: _, temperature: __, ...others } = like;
  const shifted = output.biases.some((each) => each !== 0);
  const members = {
    ...others,
    hiddenWeights: hidden.weights,
    biases: hidden.biases,
    outputWeights: output.weights,
    inputScale: new Float64Array(hidden.weights.rows).fill(1),
    targetShift: shifted ? output.biases : undefined,
    targetScale: shifted ? new Float64Array(output.weights.columns).fill(1) : undefined,
  };
  return withMethods(withoutUndefined(members), networkKind.functions);
}

const withoutUndefined = (members: object): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** A two-layer network of a training with its neurons in another order. */
export function reordered(network: NetworkMembers, order: Int32Array): NetworkMembers {
  const { hiddenWeights, outputWeights, biases, pattern } = network;
  const [m, c] = [order.length, outputWeights.columns];
  const from = (at: number) => order[at] as number;
  const members = {
    ...network,
    hiddenWeights: {
      ...hiddenWeights,
      data: Float64Array.from(
        hiddenWeights.data,
        (_, at) => hiddenWeights.data[at - (at % m) + from(at % m)] as number,
      ),
    },
    outputWeights: {
      ...outputWeights,
      data: Float64Array.from(
        outputWeights.data,
        (_, at) => outputWeights.data[from(Math.floor(at / c)) * c + (at % c)] as number,
      ),
    },
    biases: Float64Array.from(order, (j) => biases[j] as number),
    pattern: Int32Array.from(order, (j) => pattern[j] as number),
  };
  return withMethods(members, networkKind.functions);
}
