// Models of ONNX files: those of toOnnx, and two-layer networks and regressions of other programs.
import { types } from 'node:util';
import { type ArgumentError, rangeError, typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { format, type ModelJson, version } from './kind.js';
import { record } from './members.js';
import { modelFromJson, type OnnxModel } from './models.js';
import { type GraphNode, type ModelProto, metadataKey, numbersOf, sizesOf, type Tensor } from './onnxGraph.js';
import { affine } from './products.js';

/** The model of a file of ONNX. */
export async function read(given: Uint8Array | ArrayBuffer): Promise<OnnxModel> {
  const bytes = types.isAnyArrayBuffer(given) ? new Uint8Array(given) : given;
  if (!ArrayBuffer.isView(bytes) || (bytes as Uint8Array).BYTES_PER_ELEMENT !== 1) {
    throw typeError(`bytes = ${show(bytes)}: expected a Uint8Array or an ArrayBuffer`);
  }
  const { decode } = await import('./onnxSchema.js');
  const model = decoded(decode, bytes);
  const tensors = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]));
  const metadata = model.metadataProps.find(({ key }) => key === metadataKey);
  const read = modelFromJson(metadata ? withTensors(metadata.value, tensors) : ofChain(model, tensors));
  switch (read.kind) {
    case 'reluNetwork':
    case 'regressionModel':
    case 'sparseModel':
    case 'linearNetwork':
    case 'riskScore':
      return read as OnnxModel;
    default:
      throw typeError(`metadata: a model of kind ${show(read.kind)}, which has no form in ONNX`);
  }
}

function decoded(decode: (bytes: Uint8Array) => ModelProto, bytes: Uint8Array): ModelProto {
  let model: ModelProto;
  try {
    model = decode(bytes);
  } catch {
    throw typeError('bytes: expected a model of ONNX, got what is none');
  }
  // An empty message is a valid one.
  if (model.graph && model.graph.node.length > 0) return model;
  throw typeError('bytes: expected a model of ONNX, got one without a graph');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw typeError('metadata: expected the JSON of a model, got what is none');
  }
}

/** The JSON of a model of ours, with the numbers of the tensors that it names. */
function withTensors(text: string, tensors: Map<string, Tensor>): ModelJson {
  const json = { ...record('metadata', parsed(text)) };
  for (const [name, value] of Object.entries(json)) {
    if (typeof value !== 'object' || value === null || !('tensor' in value)) continue;
    const { tensor: named, as } = value as { tensor: unknown; as?: unknown };
    const tensor = tensors.get(named as string);
    if (!tensor) throw typeError(`${name}: expected a tensor ${show(named)}, which the graph does not have`);
    const data = Array.from(numbersOf(tensor));
    const [rows, columns] = sizesOf(tensor);
    json[name] = as === 'matrix' ? { rows, columns, data } : data;
  }
  return json as ModelJson;
}

/** The part of a chain that has been read: x W + b, before the first product x diag(factors) + b; behind a Relu another such map. */
interface Chain {
  weights?: Matrix;
  factors: Float64Array;
  constants: Float64Array;
  hidden?: Chain;
  end?: 'Sigmoid' | 'Softmax';
}

/** The map of as many columns as numbers are given, which changes nothing. */
const begun = (columns: number): Chain => ({
  factors: new Float64Array(columns).fill(1),
  constants: new Float64Array(columns),
});

/** The JSON of the model that a chain of affine maps with at most one Relu is. */
function ofChain({ graph }: ModelProto, tensors: Map<string, Tensor>): ModelJson {
  const inputs = graph.input.filter(({ name }) => !tensors.has(name));
  const [input] = inputs;
  if (!input || inputs.length > 1) throw typeError(`graph: expected one input, got ${inputs.length}`);
  const columns = firstColumns(graph.node, tensors);
  const [, second, ...more] = input.type?.tensorType?.shape?.dim ?? [];
  const said = more.length > 0 ? 0 : Number(second?.dimValue ?? 0);
  if (said > 0 && said !== columns) {
    throw rangeError(`graph: the first product has a matrix of ${columns} rows, expected ${said}, the columns of x`);
  }
  let chain = begun(columns);
  let value = input.name;
  const seen = new Set<string>();
  for (let node = next(graph.node, value); node; node = next(graph.node, value)) {
    if (seen.has(value)) throw typeError(`graph: '${value}' needs itself: expected a chain of operators`);
    seen.add(value);
    chain = extended(chain, node, value, tensors);
    value = node.output[0] ?? '';
  }
  return jsonOf(chain);
}

/** The node that takes a value; two that do make no chain. */
function next(nodes: readonly GraphNode[], value: string): GraphNode | undefined {
  const found = nodes.filter(({ input }) => input.includes(value));
  if (found.length > 1) throw typeError(`graph: '${value}' has ${found.length} uses: expected a chain of operators`);
  return found[0];
}

/** Columns of x, by the first product: an input need not say them. */
function firstColumns(nodes: readonly GraphNode[], tensors: Map<string, Tensor>): number {
  const product = nodes.find(({ opType }) => opType === 'Gemm' || opType === 'MatMul');
  const tensor = tensors.get(product?.input[1] ?? '');
  if (!product || !tensor) throw typeError('graph: expected a Gemm or MatMul with a constant matrix');
  return matrixOf(tensor, flag(product, 'transB')).rows;
}

const flag = ({ attribute = [] }: GraphNode, name: string): boolean =>
  Number(attribute.find((each) => each.name === name)?.i ?? 0) !== 0;

/**
 * The chain with one more operator behind it.
 *
 * Longer than most: a case for each operator.
 */
function extended(chain: Chain, node: GraphNode, value: string, tensors: Map<string, Tensor>): Chain {
  const { opType, input, attribute = [] } = node;
  const refuse = (why: string): ArgumentError => typeError(`node '${node.name || opType}' (${opType}): ${why}`);
  const constant = (at: number): Tensor => {
    const tensor = tensors.get(input[at] ?? '');
    if (tensor) return tensor;
    throw refuse(`expected a constant tensor for input ${at}`);
  };
  if (chain.end && opType !== 'Identity') throw refuse(`expected nothing behind a ${chain.end}`);
  const width = chain.constants.length;
  const perColumn = (tensor: Tensor): Float64Array => {
    const numbers = numbersOf(tensor);
    if (numbers.length === width) return numbers;
    if (numbers.length === 1) return new Float64Array(width).fill(numbers[0] as number);
    throw refuse(`expected a number for each of ${width} columns, got ${numbers.length}`);
  };
  const times = (matrix: Matrix): Chain => {
    if (matrix.rows !== width) throw refuse(`expected a matrix of ${width} rows, got ${matrix.rows}`);
    const { columns } = matrix;
    const weights = chain.weights
      ? affine(chain.weights, matrix)
      : { ...matrix, data: matrix.data.map((w, at) => w * (chain.factors[Math.floor(at / columns)] as number)) };
    const constants = affine({ data: chain.constants, rows: 1, columns: width }, matrix).data;
    return { ...chain, weights, constants };
  };
  const scaled = (by: Float64Array): Chain => {
    const { weights } = chain;
    const data = weights?.data.map((w, at) => w * (by[at % width] as number));
    return {
      ...chain,
      ...(weights && data && { weights: { ...weights, data } }),
      factors: chain.factors.map((factor, k) => factor * (by[k] as number)),
      constants: chain.constants.map((b, k) => b * (by[k] as number)),
    };
  };
  const shifted = (of: Chain, by: Float64Array): Chain => ({
    ...of,
    constants: of.constants.map((b, k) => b + (by[k] as number)),
  });
  const other = input[0] === value ? 1 : 0;
  switch (opType) {
    case 'Identity':
    case 'Cast':
    case 'Flatten':
      return chain;
    case 'MatMul':
      if (other === 0) throw refuse('expected the constant matrix on the right');
      return times(matrixOf(constant(1), false));
    case 'Gemm': {
      if (flag(node, 'transA')) throw refuse('expected transA = 0');
      if (attribute.some(({ name, f }) => ['alpha', 'beta'].includes(name) && f !== 1)) {
        throw refuse('expected alpha = beta = 1');
      }
      const product = times(matrixOf(constant(1), flag(node, 'transB')));
      if (!input[2]) return product;
      const [numbers, columns] = [numbersOf(constant(2)), product.constants.length];
      if (numbers.length !== columns && numbers.length !== 1) {
        throw refuse(`expected ${columns} numbers, got ${numbers.length}`);
      }
      return shifted(
        product,
        Float64Array.from({ length: columns }, (_, k) => numbers[k] ?? (numbers[0] as number)),
      );
    }
    case 'Add':
      return shifted(chain, perColumn(constant(other)));
    case 'Sub':
      if (other === 0) return shifted(scaled(new Float64Array(width).fill(-1)), perColumn(constant(0)));
      return shifted(
        chain,
        perColumn(constant(1)).map((b) => -b),
      );
    case 'Mul':
      return scaled(perColumn(constant(other)));
    case 'Div':
      if (other === 0) throw refuse('expected the constant as divisor');
      return scaled(perColumn(constant(1)).map((factor) => 1 / factor));
    case 'Relu':
      if (chain.hidden) throw refuse('expected at most one Relu: networks have two layers');
      return { ...begun(width), hidden: chain };
    case 'Sigmoid':
    case 'Softmax':
      return { ...chain, end: opType };
    default:
      throw refuse('expected one of Gemm, MatMul, Add, Sub, Mul, Div, Relu, Sigmoid, Softmax');
  }
}

function matrixOf(tensor: Tensor, transposed: boolean): Matrix {
  const data = numbersOf(tensor);
  const [rows = 0, columns = 0, ...more] = sizesOf(tensor);
  if (more.length > 0 || sizesOf(tensor).length < 2) {
    throw typeError(`tensor '${tensor.name}': expected a matrix, got ${sizesOf(tensor).length} dimensions`);
  }
  if (data.length === 0) throw rangeError(`tensor '${tensor.name}': expected at least one number`);
  if (!transposed) return { data, rows, columns };
  const turned = Float64Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] as number);
  return { data: turned, rows: columns, columns: rows };
}

/** A chain as a network, or without a hidden layer as a regression. */
function jsonOf({ weights, constants, hidden, end }: Chain): ModelJson {
  const head = { format, version } as const;
  const plain = ({ rows, columns, data }: Matrix) => ({ rows, columns, data: Array.from(data) });
  if (!weights || (hidden && !hidden.weights)) {
    throw typeError(`graph: expected a Gemm or MatMul ${weights ? 'in front of' : 'behind'} the Relu`);
  }
  if (hidden?.weights) {
    const shift = constants.some((b) => b !== 0);
    return {
      ...{ ...head, kind: 'reluNetwork', activation: 'relu', bias: true },
      loss: end === 'Sigmoid' ? 'logistic' : end === 'Softmax' ? 'softmax' : 'squared',
      hiddenWeights: plain(hidden.weights),
      biases: Array.from(hidden.constants),
      outputWeights: plain(weights),
      pattern: new Array(hidden.weights.columns).fill(0),
      inputScale: new Array(hidden.weights.rows).fill(1),
      ...(shift && { targetShift: Array.from(constants), targetScale: new Array(constants.length).fill(1) }),
    };
  }
  const { rows, columns, data } = weights;
  const several = columns > 1;
  if (end === 'Sigmoid' && several) throw typeError('graph: expected one output in front of a Sigmoid');
  return {
    ...{ ...head, kind: 'regressionModel', hasOffset: false },
    family: end === 'Sigmoid' ? 'binomial' : end === 'Softmax' ? 'multinomial' : 'gaussian',
    coefficients: Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] as number),
    intercept: several ? 'NaN' : (constants[0] as number),
    ...(several && { intercepts: Array.from(constants), responses: columns }),
  };
}
