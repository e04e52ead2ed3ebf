// Graphs of ONNX: the messages that are used, and a builder.
import { rangeError, typeError } from '../core/argumentError.js';

/** Numbers of 64 bits are objects of the library where it has such. */
type Integer = number | { toString(): string };

export interface Attribute {
  name: string;
  type: number;
  i?: Integer;
  f?: number;
  ints?: Integer[];
}

export interface GraphNode {
  opType: string;
  input: string[];
  output: string[];
  name?: string;
  attribute?: Attribute[];
}

export interface Tensor {
  name: string;
  dataType: number;
  dims: Integer[];
  rawData?: Uint8Array;
  floatData?: number[];
  doubleData?: number[];
  int64Data?: Integer[];
  stringData?: Uint8Array[];
}

export interface ValueInfo {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: { dimValue?: Integer; dimParam?: string }[] } } };
}

export interface ModelProto {
  irVersion: number;
  opsetImport: { domain?: string; version: Integer }[];
  producerName: string;
  graph: { name: string; node: GraphNode[]; initializer: Tensor[]; input: ValueInfo[]; output: ValueInfo[] };
  metadataProps: { key: string; value: string }[];
}

/** Numbers of TensorProto.DataType. */
export const dataTypes = { float: 1, int64: 7, string: 8, bool: 9, double: 11 } as const;
/** Numbers of AttributeProto.AttributeType. */
const attributeTypes = { int: 2, ints: 7 } as const;

/** The version of the operators, of 2020, and of the format that came with it: what every runtime of today reads. */
const opset = 13;
const irVersion = 7;

/** The name under which a model's JSON lies in the metadata. */
export const metadataKey = 'nonconvex';

export type Precision = 'float64' | 'float32';

export interface OnnxOptions {
  /**
   * Numbers of the graph and its input: `'float64'` predicts as the model does, and comes back from `fromOnnx` to the last bit;
   * `'float32'` is for runtimes and devices without double precision. Default: `'float64'`.
   */
  precision?: Precision | undefined;
}

/** A graph that grows node by node; values are names. */
export class GraphBuilder {
  readonly real: number;
  readonly #nodes: GraphNode[] = [];
  readonly #initializers: Tensor[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  #count = 0;

  constructor(precision: Precision) {
    this.real = precision === 'float64' ? dataTypes.double : dataTypes.float;
  }

  /** An input of numbers. Sizes that are strings are those of a call. */
  input(name: string, sizes: readonly (number | string)[]): string {
    this.#inputs.push(valueInfo(name, this.real, sizes));
    return name;
  }

  /** Numbers of this shape. */
  numbers(name: string, values: ArrayLike<number>, dims: readonly number[]): string {
    const array = this.real === dataTypes.double ? Float64Array.from(values) : Float32Array.from(values);
    this.#initializers.push({ name, dataType: this.real, dims: [...dims], rawData: bytesOf(array) });
    return name;
  }

  number(name: string, value: number): string {
    return this.numbers(name, [value], []);
  }

  integers(name: string, values: ArrayLike<number>): string {
    const array = BigInt64Array.from(Array.from(values), BigInt);
    this.#initializers.push({ name, dataType: dataTypes.int64, dims: [values.length], rawData: bytesOf(array) });
    return name;
  }

  strings(name: string, values: readonly string[]): string {
    const encoder = new TextEncoder();
    const stringData = values.map((value) => encoder.encode(value));
    this.#initializers.push({ name, dataType: dataTypes.string, dims: [values.length], stringData });
    return name;
  }

  booleans(name: string, values: readonly boolean[]): string {
    const rawData = Uint8Array.from(values, Number);
    this.#initializers.push({ name, dataType: dataTypes.bool, dims: [values.length], rawData });
    return name;
  }

  /** The value of an operator. */
  node(opType: string, input: readonly string[], attributes: Record<string, number | number[]> = {}): string {
    const output = `${opType.toLowerCase()}${++this.#count}`;
    const attribute = Object.entries(attributes).map(([name, value]) =>
      typeof value === 'number'
        ? { name, type: attributeTypes.int, i: value }
        : { name, type: attributeTypes.ints, ints: value },
    );
    this.#nodes.push({ opType, input: [...input], output: [output], name: output, attribute });
    return output;
  }

  /** A value becomes an output of the graph. */
  output(name: string, value: string, type: number, sizes: readonly (number | string)[]): void {
    this.#nodes.push({ opType: 'Identity', input: [value], output: [name], name });
    this.#outputs.push(valueInfo(name, type, sizes));
  }

  model(kind: string, metadata: string): ModelProto {
    return {
      irVersion,
      opsetImport: [{ domain: '', version: opset }],
      producerName: 'nonconvex',
      graph: {
        name: kind,
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
      metadataProps: [{ key: metadataKey, value: metadata }],
    };
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function valueInfo(name: string, elemType: number, sizes: readonly (number | string)[]): ValueInfo {
  const dim = sizes.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

/** The sizes of a tensor. */
export const sizesOf = ({ dims = [] }: Tensor): number[] => dims.map(Number);

/**
 * The numbers of a tensor.
 * @throws TypeError or RangeError for tensors of another type, or with too few bytes.
 */
export function numbersOf(tensor: Tensor): Float64Array {
  const size = sizesOf(tensor).reduce((product, each) => product * each, 1);
  const values = valuesOf(tensor);
  if (values.length === size) return values;
  throw rangeError(`tensor '${tensor.name}': expected ${size} numbers, got ${values.length}`);
}

function valuesOf({ name, dataType, rawData, floatData, doubleData, int64Data }: Tensor): Float64Array {
  // Copied, as the bytes of a message lie anywhere; slice() of Node's Buffer copies nothing.
  const raw = rawData && rawData.length > 0 ? Uint8Array.from(rawData).buffer : undefined;
  const whole = (bytes: number): ArrayBuffer => {
    const buffer = raw as ArrayBuffer;
    if (buffer.byteLength % bytes === 0) return buffer;
    throw rangeError(`tensor '${name}': ${buffer.byteLength} bytes are no numbers of ${bytes} bytes`);
  };
  switch (dataType) {
    case dataTypes.double:
      return raw ? new Float64Array(whole(8)) : Float64Array.from(doubleData ?? []);
    case dataTypes.float:
      return Float64Array.from(raw ? new Float32Array(whole(4)) : (floatData ?? []));
    case dataTypes.int64:
      return raw ? Float64Array.from(new BigInt64Array(whole(8)), Number) : Float64Array.from(int64Data ?? [], Number);
    default:
      throw typeError(`tensor '${name}': its type ${dataType} is none of float, double and int64`);
  }
}
