// Networks of any number of dense layers with ReLUs between them: members of their own, two-layer networks, and chains of ONNX files.
import { types } from 'node:util';
import { rangeError, typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import { type Matrix, type MatrixLike, toFloat64, toMatrix } from '../core/matrix.js';
import type { Label } from '../core/targets.js';
import type { NetworkMembers } from './network.js';
import { type GraphNode, type ModelProto, numbersOf, sizesOf, type Tensor } from './onnxGraph.js';

/** A layer a W + b, with a ReLU behind it unless it is the last one. */
export interface DenseLayer {
  /** Inputs x outputs. */
  weights: MatrixLike;
  /** One number for each output. Default: zeros. */
  biases?: ArrayLike<number> | undefined;
}

/** A network by its layers. */
export interface DenseNetwork {
  /** Two layers or more, from the inputs on. */
  layers: readonly DenseLayer[];
  /** The classes of the outputs; two classes may share one output, negative and positive. Default: 0, 1, ... */
  classes?: readonly Label[] | undefined;
}

/** Layers whose numbers were looked at; weights are outputs x inputs. */
export interface FlatLayers {
  widths: Int32Array;
  weights: Float64Array;
  biases: Float64Array;
  classes?: readonly Label[] | undefined;
}

interface Affine {
  weights: Matrix & { data: Float64Array };
  biases: Float64Array;
}

/** Layers of a network of its own form. */
export function layersOf({ layers, classes }: DenseNetwork): FlatLayers {
  if (!Array.isArray(layers) || layers.length < 2) {
    throw rangeError(`network.layers = ${show(layers)}: expected at least two layers { weights, biases }`);
  }
  const read = layers.map((layer: DenseLayer, k): Affine => {
    const name = `network.layers[${k}]`;
    const matrix = toMatrix(`${name}.weights`, layer?.weights);
    const biases = Float64Array.from(layer.biases ?? new Float64Array(matrix.columns));
    if (biases.length !== matrix.columns) {
      throw rangeError(`${name}.biases.length = ${biases.length}: expected ${matrix.columns}, the columns of weights`);
    }
    return { weights: { ...matrix, data: toFloat64(matrix) }, biases };
  });
  return flattened(read, classes);
}

/** Layers of a two-layer network, in the units of its inputs and targets. */
export function layersOfNetwork(network: NetworkMembers): FlatLayers {
  const { hiddenWeights, outputWeights, biases, inputShift, inputScale, targetShift, targetScale } = network;
  const [d, m, c] = [hiddenWeights.rows, hiddenWeights.columns, outputWeights.columns];
  const first = Float64Array.from(toFloat64(hiddenWeights), (w, at) => w / (inputScale[Math.floor(at / m)] as number));
  const shifted = Float64Array.from(biases, (b, k) => {
    let sum = b;
    for (let i = 0; i < d; ++i) sum -= (inputShift?.[i] ?? 0) * (first[i * m + k] as number);
    return sum;
  });
  const second = Float64Array.from(toFloat64(outputWeights), (w, at) => w * (targetScale?.[at % c] ?? 1));
  const layers = [
    { weights: { data: first, rows: d, columns: m }, biases: shifted },
    { weights: { data: second, rows: m, columns: c }, biases: Float64Array.from(targetShift ?? new Float64Array(c)) },
  ];
  return flattened(layers, network.classes);
}

function flattened(layers: readonly Affine[], classes: readonly Label[] | undefined): FlatLayers {
  const widths = Int32Array.of((layers[0] as Affine).weights.rows, ...layers.map(({ weights }) => weights.columns));
  const weights = layers.flatMap(({ weights: { data, rows, columns } }, k) => {
    if (rows !== widths[k]) throw rangeError(`network.layers[${k}].weights.rows = ${rows}: expected ${widths[k]}`);
    return Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] as number);
  });
  const biases = layers.flatMap((layer) => Array.from(layer.biases));
  for (const [name, numbers] of Object.entries({ weights, biases })) {
    const k = numbers.findIndex((value) => !Number.isFinite(value));
    if (k >= 0) throw rangeError(`network: ${name} has ${numbers[k]}, expected finite numbers`);
  }
  const outputs = widths.at(-1) as number;
  if (classes && classes.length !== outputs && !(classes.length === 2 && outputs === 1)) {
    throw rangeError(`network.classes.length = ${classes.length}: expected ${outputs === 1 ? 2 : outputs}`);
  }
  return { widths, weights: Float64Array.from(weights), biases: Float64Array.from(biases), classes };
}

/** Layers of the chain of Gemm, MatMul, Add and Relu that a file of ONNX has. */
export async function layersOfOnnx(bytes: Uint8Array | ArrayBuffer): Promise<FlatLayers> {
  const { decode } = await import('./onnxSchema.js');
  let model: ModelProto;
  try {
    model = decode(types.isAnyArrayBuffer(bytes) ? new Uint8Array(bytes) : bytes);
  } catch {
    throw typeError('network: expected a model of ONNX, got bytes that are none');
  }
  const { node = [], initializer = [], input = [] } = model.graph ?? {};
  const tensors = new Map(initializer.map((tensor) => [tensor.name, tensor]));
  const inputs = input.filter(({ name }) => !tensors.has(name));
  if (inputs.length !== 1) throw typeError(`network: expected a graph with one input, got ${inputs.length}`);
  let value = (inputs[0] as { name: string }).name;
  const layers: Affine[] = [];
  const rest = new Set(node);
  for (;;) {
    const [next, ...more] = [...rest].filter((each) => each.input.includes(value));
    if (more.length > 0) throw typeError(`network: '${value}' has several uses, expected a chain of operators`);
    if (!next) return flattened(closed(layers), undefined);
    rest.delete(next);
    extend(layers, next, value, tensors);
    value = next.output[0] ?? '';
  }
}

/** A chain that is to have at least two layers, the last of them open. */
function closed(layers: readonly Affine[]): readonly Affine[] {
  if (layers.length >= 2) return layers;
  throw typeError(`network: expected at least two dense layers, got ${layers.length}`);
}

/** Layers whose last one has a ReLU behind it. */
const shut = new WeakSet<Affine>();

/** The chain with one more operator. Longer than most: a case for each operator. */
function extend(layers: Affine[], node: GraphNode, value: string, tensors: Map<string, Tensor>): void {
  const { opType, input } = node;
  const refuse = (why: string) => typeError(`network: node '${node.name || opType}' (${opType}): ${why}`);
  const constant = (at: number): Tensor => {
    const tensor = tensors.get(input[at] ?? '');
    if (!tensor) throw refuse(`expected a constant tensor for input ${at}`);
    return tensor;
  };
  const flag = (name: string) => Number(node.attribute?.find((each) => each.name === name)?.i ?? 0) !== 0;
  const last = layers.at(-1);
  const open = last && !shut.has(last) ? last : undefined;
  switch (opType) {
    case 'Identity':
    case 'Cast':
    case 'Flatten':
    case 'Softmax':
      return;
    case 'Relu':
      if (!open) throw refuse('expected a dense layer in front');
      shut.add(open);
      return;
    case 'Add': {
      if (!open) throw refuse('expected a dense layer in front');
      const numbers = numbersOf(constant(input[0] === value ? 1 : 0));
      open.biases.forEach((b, k) => {
        open.biases[k] = b + (numbers[numbers.length === 1 ? 0 : k] as number);
      });
      return;
    }
    case 'MatMul':
    case 'Gemm': {
      if (open) throw refuse('expected a Relu in front');
      if (flag('transA') || input[0] !== value) throw refuse('expected the constant matrix on the right');
      const scaled = node.attribute?.some(({ name, f }) => ['alpha', 'beta'].includes(name) && f !== 1);
      if (scaled) throw refuse('expected alpha = beta = 1');
      const weights = matrixOf(constant(1), flag('transB'));
      const given = input[2] ? numbersOf(constant(2)) : new Float64Array(1);
      const biases = Float64Array.from(
        { length: weights.columns },
        (_, k) => given[given.length === 1 ? 0 : k] as number,
      );
      layers.push({ weights, biases });
      return;
    }
    default:
      throw refuse('expected one of Gemm, MatMul, Add, Relu; alpha-beta-CROWN takes other layers');
  }
}

function matrixOf(tensor: Tensor, transposed: boolean): Matrix & { data: Float64Array } {
  const data = numbersOf(tensor);
  const [rows = 0, columns = 0] = sizesOf(tensor);
  if (rows * columns !== data.length || data.length === 0) {
    throw typeError(`network: tensor '${tensor.name}': expected a matrix`);
  }
  if (!transposed) return { data, rows, columns };
  const turned = Float64Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] as number);
  return { data: turned, rows: columns, columns: rows };
}
