import { types } from 'node:util';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkNumber, checkOneOf, checkVector, isList, isPromise, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { looksLikeMatrix, toFloat64, toMatrix } from '../core/matrix.js';
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
  CertifyNetworkOptions,
  CertifyNetworkProblem,
  CertifyNetworkProgress,
  CertifyNetworkSolution,
} from '../generated/certifyNetwork.js';
import { type DenseNetwork, type FlatLayers, layersOf, layersOfNetwork, layersOfOnnx } from '../predict/denseLayers.js';
import type { NetworkMembers } from '../predict/network.js';
import { imputed } from '../predict/products.js';

/** A two-layer network or a result with one, a network by its layers, or the bytes of a file of ONNX. */
export type CertifiableNetwork =
  | NetworkMembers
  | { readonly network: NetworkMembers }
  | DenseNetwork
  | Uint8Array
  | ArrayBuffer;

export interface CertifyNetworkData {
  network: CertifiableNetwork;
  /** Rows. */
  x: MatrixLike;
  /** The right class of each row, or of networks of numbers the targets. */
  y: Targets;
}

export interface CertifyNetworkSettings extends CertifyNetworkOptions, SolveOptions<CertifyNetworkProgress> {
  /** The norm of what is added to a row: `'inf'`, the largest entry, or `'two'`, the Euclidean length. Change it when changes are of another kind. */
  norm: 'inf' | 'two';
  /** The most that is added, in the units of x: a number >= 0, or one for each row. Change it when changes are smaller or larger. */
  radius: number | ArrayLike<number>;
  /** Smallest and largest value that an input may have, such as [0, 1] of pixels. Default: any. Change it when inputs have bounds. */
  range?: readonly [number, number] | undefined;
  /** The largest error of an output that is accepted, of networks of numbers. Change it when outputs are numbers, which need it. */
  within?: number | undefined;
  /** An earlier result of the same rows, whose worst inputs are tried first. Default: none. Change it when radii or networks differ little. */
  warmStart?: { rows: readonly { x: ArrayLike<number> }[] } | undefined;
}

/** The verdict, margin and bound of one row. */
export type CertifiedRow = Omit<CertifyNetworkSolution['rows'][number], 'against'> & {
  /** The other class that `margin` is about; of networks of numbers the index of the output. Absent if the row was not looked at. */
  against?: Label;
};

export interface CertifyNetworkResult
  extends SolveResult<CertifyNetworkProgress>,
    Omit<CertifyNetworkSolution, 'rows'> {
  rows: CertifiedRow[];
  /** Rows that are proved robust. */
  certified: number;
  /** Rows with an admissible input of another prediction. */
  attacked: number;
}

/**
 * Proves that a trained network keeps its prediction, whatever of a size is added to a row: for each row the smallest
 *
 *     margin(x + d) = f_right(x + d) - f_other(x + d)  over  ||d|| <= radius
 *
 * and over all other classes (with one output for two classes y f; of numbers `within` less the largest error). A positive bound is
 * a proof, a negative margin an attack.
 *
 * ```ts
 * const { rows, certified } = await certifyNetwork({ network, x, y }, { norm: 'inf', radius: 0.1 });
 * rows[0].verdict; // 'robust', 'attacked' or 'unknown'
 * ```
 *
 * Exact for networks with one hidden layer, up to `tolerance`; with more hidden layers bounds are valid, and rows may stay
 * `'unknown'`. Networks with layers of other kinds are for alpha-beta-CROWN.
 *
 * E. Wong, J. Z. Kolter, "Provable defenses against adversarial examples via the convex outer adversarial polytope", ICML 2018.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function certifyNetwork(
  data: CertifyNetworkData,
  settings: CertifyNetworkSettings,
): Promise<CertifyNetworkResult> {
  const { network, x, y } = readData(data, ['network', 'x', 'y']);
  const { norm, radius, range, within, warmStart, ...others } = fixDeadline(settings ?? {}) as CertifyNetworkSettings;
  checkOneOf('norm', norm, ['inf', 'two']);
  // Arrays are read before anything is waited for, as callers may change them afterwards.
  const reading = readNetwork(network);
  const layers = isPromise(reading) ? await reading : reading;
  const read = readMatrix('x', x);
  const rows = imputed(isPromise(read) ? await read : read, layers.means);
  const width = layers.widths[0];
  if (rows.columns !== width) throw rangeError(`columns of x = ${rows.columns}: expected ${width}, as the network has`);
  if (rows.rows === 0) throw rangeError('x: expected at least one row');
  const { outputs, numbers } = targetsOf(y, rows.rows, layers, within);
  const request: CertifyNetworkProblem = {
    x: rows,
    y: numbers,
    outputs,
    ...{ widths: layers.widths, weights: layers.weights, biases: layers.biases },
    norm,
    radius: radiiOf(radius, rows.rows),
    ...(outputs === 'numbers' && { within: within as number }),
    ...rangeOf(range),
    ...startOf(warmStart, rows.rows, rows.columns),
  };
  const answer = await solveOnCpu('certifyNetwork', request, others as SolveOptions);
  return presented(answer as unknown as CertifyNetworkResult, outputs, layers.classes);
}

interface ReadNetwork extends FlatLayers {
  means?: Float64Array | undefined;
  /** Outputs are numbers. */
  regression?: boolean;
}

function readNetwork(given: CertifiableNetwork): ReadNetwork | Promise<ReadNetwork> {
  if (types.isAnyArrayBuffer(given) || types.isUint8Array(given)) return layersOfOnnx(given as Uint8Array);
  if (typeof given !== 'object' || given === null) {
    throw typeError(`network = ${show(given)}: expected a network, a result with one, layers, or bytes of ONNX`);
  }
  if ('layers' in given) return layersOf(given);
  const network = 'network' in given ? given.network : given;
  if (!network?.hiddenWeights || !network.outputWeights) {
    throw typeError(`network = ${show(given)}: expected a network, a result with one, layers, or bytes of ONNX`);
  }
  if (network.activation !== 'relu') throw rangeError("network.activation = 'gated': expected 'relu'");
  const regression = network.loss === 'squared' || network.loss === 'huber';
  return { ...layersOfNetwork(network), means: network.means, regression: regression && !network.classes };
}

/** The meaning of the outputs, and the numbers that are right. */
function targetsOf(
  y: Targets,
  rows: number,
  { widths, classes, regression }: ReadNetwork,
  within: number | undefined,
): { outputs: CertifyNetworkProblem['outputs']; numbers: Float64Array } {
  const columns = widths.at(-1) as number;
  if (within !== undefined && !classes) {
    checkNumber('within', within, { lower: 0 });
    return { outputs: 'numbers', numbers: targetNumbers(y, rows * columns) };
  }
  if (within !== undefined) throw rangeError(`within = ${show(within)}: expected none, as the network has classes`);
  if (regression) throw rangeError('within = undefined: expected a number >= 0, as the outputs are numbers');
  const labels = checkedValues(y, rows);
  if (columns > 1) {
    const known = classes ?? Array.from({ length: columns }, (_, k) => k);
    return { outputs: 'classes', numbers: Float64Array.from(labels, (label, i) => numberOf(label, known, i)) };
  }
  const known = classes ?? [-1, 1];
  return { outputs: 'signs', numbers: Float64Array.from(labels, (label, i) => 2 * numberOf(label, known, i) - 1) };
}

function numberOf(label: Label, classes: readonly Label[], row: number): number {
  const k = classes.indexOf(label);
  if (k < 0) throw rangeError(`y[${row}] = ${show(label)}: expected a class of the network`);
  return k;
}

function targetNumbers(y: Targets, length: number): Float64Array {
  if (looksLikeMatrix(y)) {
    const numbers = toFloat64(toMatrix('y', y));
    if (numbers.length !== length) throw rangeError(`y: expected ${length} numbers, got ${numbers.length}`);
    return numbers;
  }
  return checkVector('y', y, { length });
}

function radiiOf(radius: CertifyNetworkSettings['radius'], rows: number): Float64Array {
  if (isList(radius)) {
    const radii = checkVector('radius', radius, { length: rows, per: 'one for each row of x' });
    const k = radii.findIndex((each) => each < 0);
    if (k >= 0) throw rangeError(`radius[${k}] = ${radii[k]}: expected a number >= 0`);
    return radii;
  }
  return new Float64Array(rows).fill(checkNumber('radius', radius as number, { lower: 0 }));
}

function rangeOf(range: CertifyNetworkSettings['range']): { least?: number; most?: number } {
  if (range === undefined) return {};
  const [least, most] = checkVector('range', range, { length: 2, infinite: true }) as unknown as [number, number];
  if (!(least < most)) throw rangeError(`range = [${least}, ${most}]: expected the smaller number first`);
  return { least, most };
}

/** Worst inputs of an earlier result, one row after the other. */
function startOf(
  warmStart: CertifyNetworkSettings['warmStart'],
  count: number,
  columns: number,
): { start?: Float64Array } {
  if (warmStart === undefined) return {};
  const { rows } = checkWarmStart(warmStart);
  if (!Array.isArray(rows) || rows.length !== count) {
    throw rangeError(`warmStart.rows = ${show(rows)}: expected ${count} rows, one for each row of x`);
  }
  const start = new Float64Array(count * columns);
  for (const [i, row] of rows.entries()) {
    start.set(checkVector(`warmStart.rows[${i}].x`, row?.x, { length: columns }), i * columns);
  }
  return { start };
}

/** The result with names of classes. */
function presented(
  answer: CertifyNetworkResult,
  outputs: CertifyNetworkProblem['outputs'],
  classes: readonly Label[] | undefined,
): CertifyNetworkResult {
  for (const row of answer.rows as { against?: Label }[]) {
    const number = row.against as number;
    if (number < 0) delete row.against;
    else if (outputs === 'numbers') row.against = Math.floor(number / 2);
    else if (outputs === 'classes') row.against = classes?.[number] ?? number;
    else delete row.against;
  }
  answer.certified ??= 0;
  answer.attacked ??= 0;
  return answer;
}
