// Networks and regressions as graphs of ONNX.
import { typeError } from '../core/argumentError.js';
import { checkMembers, checkOneOf } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import type { Label } from '../core/targets.js';
import { writeModel } from './kind.js';

import { kindOf } from './models.js';
import type { NetworkMembers } from './network.js';
import { dataTypes, GraphBuilder, type OnnxOptions, type Precision } from './onnxGraph.js';
import type { Coefficients } from './regression.js';
import type { RiskScoreMembers } from './verbs/riskScore.js';

/** A model as a file of ONNX. */
export async function write(model: object, options: OnnxOptions = {}): Promise<Uint8Array> {
  const { precision = 'float64' } = checkMembers('options', options, ['precision'], 'option');
  checkOneOf('precision', precision, ['float64', 'float32']);
  const { kind, of } = kindOf(model);
  const writer = writers[kind.kind];
  if (!writer) {
    const known = Object.keys(writers).join(', ');
    throw typeError(`model: of kind '${kind.kind}', which has no form in ONNX: expected one of ${known}`);
  }
  const json = writeModel(kind, of);
  const graph = new ModelGraph(precision, json);
  writer(graph, of as never);
  const { encode } = await import('./onnxSchema.js');
  return encode(graph.model(kind.kind, JSON.stringify(json)));
}

/** A graph of a model, whose JSON names the tensors that have its numbers. */
class ModelGraph extends GraphBuilder {
  readonly #json: Record<string, unknown>;

  constructor(precision: Precision, json: Record<string, unknown>) {
    super(precision);
    this.#json = json;
  }

  /** A tensor that is a member of the model, which is then left out of its JSON. */
  member(name: string, value: Matrix | ArrayLike<number>, dims?: readonly number[]): string {
    const isMatrix = 'data' in value;
    this.#json[name] = { tensor: name, as: isMatrix ? 'matrix' : 'numbers' };
    return isMatrix
      ? this.numbers(name, value.data, [value.rows, value.columns])
      : this.numbers(name, value, dims ?? [value.length]);
  }

  /** Label k for each entry k. */
  labels(classes: readonly Label[], index: string): void {
    const [first] = classes;
    const whole = classes.every(Number.isSafeInteger);
    const [table, type] =
      typeof first === 'string'
        ? [this.strings('labels', classes as string[]), dataTypes.string]
        : typeof first === 'boolean'
          ? [this.booleans('labels', classes as boolean[]), dataTypes.bool]
          : whole
            ? [this.integers('labels', classes as number[]), dataTypes.int64]
            : [this.numbers('labels', classes as number[], [classes.length]), this.real];
    this.output('prediction', this.node('Gather', [table, index], { axis: 0 }), type, ['rows']);
  }

  /** The class that outputs speak for: by the sign of one, else the place of the largest. */
  classOf(outputs: string, width: number): string {
    if (width > 1) return this.node('ArgMax', [outputs], { axis: 1, keepdims: 0 });
    const above = this.node('Greater', [outputs, this.number('zero', 0)]);
    return this.flat(this.node('Cast', [above], { to: dataTypes.int64 }));
  }

  /** A column as a vector. */
  flat(column: string): string {
    return this.node('Reshape', [column, this.integers(`flat${column}`, [-1])]);
  }

  /** Probabilities of two classes, a column for each, that of the second given. */
  ofTwo(second: string): string {
    return this.node('Concat', [this.node('Sub', [this.number('one', 1), second]), second], { axis: 1 });
  }

  /** Numbers that are predicted, a vector where there is one for each row. */
  predicted(value: string, width: number): void {
    if (width === 1) this.output('prediction', this.flat(value), this.real, ['rows']);
    else this.output('prediction', value, this.real, ['rows', width]);
  }
}

/** The means of columns in the places of missing entries, where a model has them. */
const withMeans = (graph: ModelGraph, x: string, means: Float64Array | undefined): string =>
  means ? graph.node('Where', [graph.node('IsNaN', [x]), graph.member('means', means), x]) : x;

function writeNetwork(graph: ModelGraph, network: NetworkMembers): void {
  const { hiddenWeights, outputWeights, biases, means, inputShift, inputScale, targetShift, targetScale } = network;
  const width = outputWeights.columns;
  let z = withMeans(graph, graph.input('x', ['rows', hiddenWeights.rows]), means);
  if (inputShift) z = graph.node('Sub', [z, graph.member('inputShift', inputShift)]);
  if (inputScale.some((scale) => scale !== 1)) z = graph.node('Div', [z, graph.member('inputScale', inputScale)]);
  let f: string;
  if (hiddenWeights.columns === 0) {
    // Runtimes differ about matrices without columns.
    const zeros = new Float64Array(hiddenWeights.rows * width);
    f = graph.node('MatMul', [z, graph.numbers('zeros', zeros, [hiddenWeights.rows, width])]);
  } else {
    const products = [z, graph.member('hiddenWeights', hiddenWeights), graph.member('biases', biases)];
    const hidden = graph.node('Gemm', products);
    const active = network.gates ? gated(graph, network, z, hidden) : graph.node('Relu', [hidden]);
    f = graph.node('MatMul', [active, graph.member('outputWeights', outputWeights)]);
  }
  if (targetScale) f = graph.node('Mul', [f, graph.member('targetScale', targetScale)]);
  if (targetShift) f = graph.node('Add', [f, graph.member('targetShift', targetShift)]);
  graph.output('outputs', f, graph.real, ['rows', width]);
  writePredictions(graph, network, f, width);
}

/** Hidden values where the gates of their patterns are open, else 0. */
function gated(graph: ModelGraph, network: NetworkMembers, z: string, hidden: string): string {
  const { hiddenWeights, gates, pattern } = network as NetworkMembers & { gates: Matrix };
  const table = graph.member('gates', gates);
  const [zero, inputs] = [graph.integers('firstRow', [0]), graph.integers('inputs', [hiddenWeights.rows])];
  let scores = graph.node('MatMul', [z, graph.node('Slice', [table, zero, inputs, zero])]);
  if (gates.rows > hiddenWeights.rows) {
    const offsets = graph.node('Slice', [table, inputs, graph.integers('rows', [gates.rows]), zero]);
    scores = graph.node('Add', [scores, offsets]);
  }
  const ofNeurons = graph.node('Gather', [scores, graph.integers('patternOf', pattern)], { axis: 1 });
  const open = graph.node('GreaterOrEqual', [ofNeurons, graph.number('threshold', 0)]);
  return graph.node('Mul', [hidden, graph.node('Cast', [open], { to: graph.real })]);
}

/** The meaning of the outputs of a network. */
function writePredictions(graph: ModelGraph, network: NetworkMembers, f: string, width: number): void {
  const { loss, classes } = network;
  const size = classes?.length ?? width;
  const probabilities = writeProbabilities(graph, network, f, width);
  if (classes) graph.labels(classes, graph.classOf(f, width));
  else if (loss === 'softmax') graph.predicted(probabilities as string, width);
  else if (loss === 'logistic' || loss === 'hinge') {
    const above = graph.node('Greater', [f, graph.number('zero', 0)]);
    graph.predicted(graph.node('Where', [above, graph.number('plus', 1), graph.number('minus', -1)]), width);
  } else graph.predicted(f, width);
  if (probabilities) graph.output('probabilities', probabilities, graph.real, ['rows', size]);
}

/** The probabilities that outputs stand for, if they do. */
function writeProbabilities(
  graph: ModelGraph,
  { loss, classes, temperature }: NetworkMembers,
  f: string,
  width: number,
): string | undefined {
  const divided = temperature === undefined ? f : graph.node('Div', [f, graph.number('divisorOfOutputs', temperature)]);
  if (loss === 'softmax' || (temperature !== undefined && width > 1))
    return graph.node('Softmax', [divided], { axis: 1 });
  if (loss !== 'logistic' && temperature === undefined) return undefined;
  const each = graph.node('Sigmoid', [divided]);
  if (!classes) return each;
  if (width === 1) return graph.ofTwo(each);
  const sum = graph.node('ReduceSum', [each, graph.integers('columns', [1])], { keepdims: 1 });
  return graph.node('Div', [each, sum]);
}

function writeRegression(graph: ModelGraph, model: Coefficients): void {
  const { family, coefficients, intercept, intercepts, responses = 1, classes, means, hasOffset } = model;
  const columns = coefficients.length / responses;
  const x = withMeans(graph, graph.input('x', ['rows', columns]), means);
  const weights = graph.member('coefficients', coefficients, [responses, columns]);
  const constants = graph.numbers('constants', intercepts ?? [intercept], [responses]);
  let t = graph.node('Gemm', [x, weights, constants], { transB: 1 });
  if (hasOffset) t = graph.node('Add', [t, graph.input('offset', ['rows', responses])]);
  graph.output('outputs', t, graph.real, ['rows', responses]);
  const probabilities =
    family === 'multinomial'
      ? graph.node('Softmax', [t], { axis: 1 })
      : family === 'binomial'
        ? graph.node('Sigmoid', [t])
        : undefined;
  if (classes) graph.labels(classes, graph.classOf(t, responses));
  else if (probabilities) graph.predicted(probabilities, responses);
  else graph.predicted(['poisson', 'gamma', 'cox'].includes(family) ? graph.node('Exp', [t]) : t, responses);
  if (!classes || !probabilities) return;
  const all = responses > 1 ? probabilities : graph.ofTwo(probabilities);
  graph.output('probabilities', all, graph.real, ['rows', classes.length]);
}

/** A score card: the total by Gemm, of columns at their thresholds where it has some, then Sigmoid. */
function writeRiskScore(graph: ModelGraph, card: RiskScoreMembers): void {
  const { points, intercept, scale, inputs, classes, columnOf, thresholds } = card;
  let x = graph.input('x', ['rows', inputs]);
  if (columnOf && thresholds) {
    const given = graph.node('Gather', [x, graph.integers('columnsOfPoints', Array.from(columnOf))], { axis: 1 });
    const cut = graph.node('LessOrEqual', [given, graph.member('thresholds', thresholds)]);
    const below = graph.node('Cast', [cut], { to: graph.real });
    const asItIs = graph.booleans(
      'asItIs',
      Array.from(thresholds, (threshold) => threshold === Infinity),
    );
    x = graph.node('Where', [asItIs, given, below]);
  }
  const weights = Float64Array.from(points, (value) => scale * value);
  const constants = graph.numbers('constants', [intercept], [1]);
  const t = graph.node('Gemm', [x, graph.numbers('weights', weights, [1, points.length]), constants], { transB: 1 });
  graph.output('outputs', t, graph.real, ['rows', 1]);
  graph.labels(classes, graph.classOf(t, 1));
  graph.output('probabilities', graph.ofTwo(graph.node('Sigmoid', [t])), graph.real, ['rows', 2]);
}

function writeLinearNetwork(graph: ModelGraph, { product }: { product: Matrix }): void {
  const x = graph.input('x', ['rows', product.rows]);
  const f = graph.node('MatMul', [x, graph.member('product', product)]);
  graph.output('outputs', f, graph.real, ['rows', product.columns]);
  graph.output('prediction', f, graph.real, ['rows', product.columns]);
}

const writers: Record<string, (graph: ModelGraph, model: never) => void> = {
  reluNetwork: writeNetwork,
  sparseModel: writeRegression,
  regressionModel: writeRegression,
  linearNetwork: writeLinearNetwork,
  riskScore: writeRiskScore,
};
