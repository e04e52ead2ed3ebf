import { rangeError } from '../core/argumentError.js';
import { checkNumber, checkOneOf, checkVector, isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { looksLikeMatrix, type Matrix, toFloat64, toMatrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import {
  type Label,
  type MatrixLike,
  readData,
  readMatrix,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkedValues, type Targets } from '../core/targets.js';
import { checkWarmStart } from '../core/warmStart.js';
import type {
  AlignNetworksOptions,
  AlignNetworksProblem,
  AlignNetworksProgress,
  AlignNetworksSolution,
} from '../generated/alignNetworks.js';
import {
  type AlignableNetwork,
  type AlignedNetwork,
  asLayers,
  asNetwork,
  byLayers,
  combined,
  permuted,
  type ReadNetwork,
  readAlignable,
  reordered,
  scaled,
} from './alignForms.js';

export type { AlignableNetwork, AlignedNetwork };

export interface AlignNetworksData {
  /** The network that stays as it is. */
  a: AlignableNetwork;
  /** The network whose hidden units are put into another order, of the same widths. */
  b: AlignableNetwork;
  /** Rows, n x p: for `by: 'activations'`, and for the loss between the networks. */
  x?: MatrixLike | undefined;
  /** The right classes of the rows, or the targets: with them the loss between the networks is computed. */
  y?: Targets | undefined;
}

export interface AlignNetworksSettings extends AlignNetworksOptions, SolveOptions<AlignNetworksProgress> {
  /**
   * The loss between the networks: `'softmax'` of classes, `'logistic'` of two classes that share one output, or `'squared'`. Default: by y and the
   * outputs. Change it when several outputs are numbers, or one output is to be read in another way.
   */
  loss?: 'softmax' | 'logistic' | 'squared' | undefined;
  /** Orders to begin the search by weights at, such as an earlier result. Default: the order of b. Change it when a good order is known. */
  warmStart?: { permutations: readonly ArrayLike<number>[] } | undefined;
}

/** Losses at points between two networks. */
export interface SegmentCourse {
  /** The mean loss of the rows at each point. */
  loss: Float64Array;
  /** The share of rows whose class is right at each point, of classes. */
  accuracy?: Float64Array;
  /** The most that the loss lies above the line between its values at both ends. */
  height: number;
}

export interface AlignNetworksResult
  extends SolveResult<AlignNetworksProgress>,
    Omit<AlignNetworksSolution, 'order' | 'after' | 'before' | 'factorsA' | 'factorsB'> {
  /** Orders of units, one for each hidden layer: entry i is the unit of b that takes the place of unit i. */
  permutations: Int32Array[];
  /** The network b with its units in that order: its outputs are those of b. */
  network: AlignedNetwork;
  /** Losses between a and the ordered b, with x and y; `before` are those between a and b as they were. */
  barrier?: SegmentCourse & {
    /** Points from 0, which is a, to 1. */
    t: Float64Array;
    before: SegmentCourse;
  };
  /** The network (1 - t) a + t b, with balanced units of both and those of b in order, 0 <= t <= 1. Default: half way. */
  merged(t?: number): AlignedNetwork;
}

/**
 * Puts the hidden units of a network into the order that brings it nearest to another one, which changes none of its outputs: over permutations
 * P_l of the units of each hidden layer
 *
 *     minimise  sum_l ||W_l^A - P_l W_l^B P_{l-1}^T||^2 + ||b_l^A - P_l b_l^B||^2      by weights
 *     minimise  sum_l mean_i ||z_l^A(x_i) - P_l z_l^B(x_i)||^2                        by activations z
 *
 * so that the networks can be averaged.
 *
 * ```ts
 * const { network, merged, barrier } = await alignNetworks({ a, b, x, y });
 * ```
 *
 * One hidden layer, and activations: an assignment, with its bound (`certificate.kind` `'global'`). Several layers by weights: one layer after
 * the other from several starts; no order of one layer alone is better (`'coordinateWise'`).
 *
 * S. K. Ainsworth, J. Hayase, S. Srinivasa, "Git Re-Basin: merging models modulo permutation symmetries", ICLR 2023.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function alignNetworks(
  data: AlignNetworksData,
  settings: AlignNetworksSettings = {},
): Promise<AlignNetworksResult> {
  const { a, b, x, y } = readData(data, ['a', 'b', 'x', 'y']);
  const { loss, warmStart, ...others } = fixDeadline(settings);
  const [readA, readB] = [readAlignable('a', a), readAlignable('b', b)];
  const first = isPromise(readA) ? await readA : readA;
  const second = isPromise(readB) ? await readB : readB;
  requireSameWidths(first, second);
  if (others.by === 'activations' && x === undefined) throw rangeError("by = 'activations': expected rows x with it");
  if (y !== undefined && x === undefined) throw rangeError('y: expected rows x with it');
  const read = x === undefined ? undefined : readMatrix('x', x);
  const rows = isPromise(read) ? await read : read;
  const width = first.widths[0] as number;
  if (rows && rows.columns !== width) {
    throw rangeError(`columns of x = ${rows.columns}: expected ${width}, as the networks have inputs`);
  }
  const request: AlignNetworksProblem = {
    widths: first.widths,
    weightsA: first.weights,
    biasesA: first.biases,
    weightsB: second.weights,
    biasesB: second.biases,
    ...startOf(warmStart, first.widths),
    ...(rows && { x: rows }),
    ...(rows && y !== undefined && lossOf(y, rows, first, loss)),
  };
  const answer = await solveOnCpu('alignNetworks', request, others);
  return presented(answer as unknown as Answer, first, second);
}

/** The orders to begin at as the addon takes them. */
function startOf(warmStart: AlignNetworksSettings['warmStart'], widths: Int32Array): { start?: Int32Array } {
  if (warmStart === undefined) return {};
  const { permutations } = checkWarmStart(warmStart);
  const units = Array.from(widths.subarray(1, -1));
  if (!Array.isArray(permutations) || permutations.length !== units.length) {
    throw rangeError(`warmStart.permutations: expected ${units.length} lists, one for each hidden layer`);
  }
  const orders = permutations.map((order, l) => {
    const length = units[l] as number;
    const found = Int32Array.from(checkVector(`warmStart.permutations[${l}]`, order, { length }));
    const seen = new Set(found);
    if (seen.size !== length || found.some((j) => j < 0 || j >= length)) {
      throw rangeError(`warmStart.permutations[${l}]: expected each number from 0 to ${length - 1} once`);
    }
    return Array.from(found);
  });
  return { start: Int32Array.from(orders.flat()) };
}

function requireSameWidths({ widths: a }: ReadNetwork, { widths: b }: ReadNetwork): void {
  if (a.length !== b.length) throw rangeError(`layers of b = ${b.length - 1}: expected ${a.length - 1}, as a has`);
  const l = a.findIndex((units, k) => units !== b[k]);
  if (l < 0) return;
  const what = l === 0 ? 'inputs' : l === a.length - 1 ? 'outputs' : `units of hidden layer ${l - 1}`;
  throw rangeError(`${what} of b = ${b[l]}: expected ${a[l]}, as a has`);
}

/** The loss and its targets as the addon takes them. */
function lossOf(
  y: Targets,
  { rows }: Matrix,
  { widths, classes }: ReadNetwork,
  loss: AlignNetworksSettings['loss'],
): { y: Float64Array; loss: AlignNetworksProblem['loss'] } {
  const outputs = widths.at(-1) as number;
  const usual = looksLikeMatrix(y) ? 'squared' : outputs > 1 ? 'softmax' : classes ? 'logistic' : 'squared';
  const kind = loss === undefined ? usual : checkOneOf('loss', loss, ['softmax', 'logistic', 'squared']);
  if (kind === 'squared') {
    const numbers = looksLikeMatrix(y) ? toFloat64(toMatrix('y', y)) : y;
    return { y: checkVector('y', numbers, { length: rows * outputs }), loss: kind };
  }
  if (kind === 'logistic' && outputs !== 1) throw rangeError(`loss = 'logistic': expected one output, got ${outputs}`);
  if (kind === 'softmax' && outputs === 1) throw rangeError("loss = 'softmax': expected several outputs, got 1");
  const known = classes ?? (kind === 'logistic' ? [-1, 1] : Array.from({ length: outputs }, (_, k) => k));
  const numbers = Float64Array.from(checkedValues(y, rows) as ArrayLike<number>, (label: Label, i) => {
    const k = known.indexOf(label);
    if (k < 0) throw rangeError(`y[${i}] = ${JSON.stringify(label)}: expected a class of the network`);
    return kind === 'logistic' ? 2 * k - 1 : k;
  });
  return { y: numbers, loss: kind };
}

type Answer = SolveResult<AlignNetworksProgress> & AlignNetworksSolution;

/** Parts of results that `merged` needs, which are no members. */
const parts = new WeakMap<object, { a: ReadNetwork; b: ReadNetwork }>();

/** Functions of results. */
class AlignmentFunctions {
  merged(t = 0.5): AlignedNetwork {
    if (!(checkNumber('t', t, { lower: 0 }) <= 1)) throw rangeError(`t = ${t}: expected a number in [0, 1]`);
    const { a, b } = parts.get(this) as { a: ReadNetwork; b: ReadNetwork };
    const flat = combined([a, b], [1 - t, t]);
    return a.network && b.network ? asNetwork(a.network, flat) : asLayers(flat);
  }
}

function presented(answer: Answer, a: ReadNetwork, b: ReadNetwork): AlignNetworksResult {
  const { order, after, before, factorsA, factorsB, ...others } = answer;
  const permutations = byLayers(order, a.widths);
  const balanced = (layers: ReadNetwork, factors: Float64Array | undefined) =>
    factors?.length ? scaled(layers, byLayers(factors, a.widths)) : layers;
  const network = b.network ? reordered(b.network, permutations[0] as Int32Array) : asLayers(permuted(b, permutations));
  const last = (after?.loss.length ?? 1) - 1;
  const result = {
    ...others,
    permutations,
    network,
    ...(after && before && { barrier: { t: after.loss.map((_, k) => k / last), ...after, before } }),
  };
  parts.set(result, {
    a: { ...a, ...balanced(a, factorsA) },
    b: { ...b, ...permuted(balanced(b, factorsB), permutations) },
  });
  return withMethods(result, AlignmentFunctions.prototype);
}
