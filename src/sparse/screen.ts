// Columns ranked by what they say of a response by themselves, whatever the form of the dependence.
import { transposeStorage } from '../core/algebra.js';
import { checkData, checkInteger, checkMembers, checkSignal, checkVector } from '../core/check.js';
import { fixDeadline, throwAtDeadline } from '../core/deadline.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../core/matrix.js';
import { toOperand } from '../core/operand.js';
import { checkedValues, distinct, type Label } from '../core/targets.js';
import { pauses } from '../core/yieldingLoops.js';

export interface MutualInformationData {
  /** n x p, dense or sparse. */
  x: MatrixLike | SparseMatrix;
  /** n numbers or labels. */
  y: ArrayLike<Label>;
}

export interface MutualInformationOptions {
  /** Bins of about as many rows each that the numbers of a column fall into, at least 2. Default: 8. */
  bins?: number | undefined;
  /** How many columns are ranked. Default: all. */
  top?: number | undefined;
  /** Ends the work: the promise rejects with its reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds from the call after which the promise rejects with a SolverError `DEADLINE_EXCEEDED`. Default: none. */
  deadline?: number | undefined;
}

export interface MutualInformation {
  /** The estimate for each of the p columns, in nats, less its bias: about 0, and so also below it, where there is no dependence. */
  information: Float64Array;
  /** The `top` columns, the most informative first. */
  top: Int32Array;
}

/**
 * Ranks columns by an estimate of their mutual information with the response: sum p(a, b) log(p(a, b) / (p(a) p(b))) over bins a of the
 * column and b of the response, less (levels of x - 1) (levels of y - 1) / (2 n), by which that is too large on average. It finds
 * dependences that are not linear, of a column alone: what two columns say only together it does not see.
 *
 * ```ts
 * const { top } = await mutualInformation({ x, y }, { top: 50 });
 * ```
 *
 * Numbers that are equal are in one bin; a column or response with no more different values than bins has a bin for each, and labels that
 * are no numbers are bins themselves. Other events are served now and then.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value.
 */
export async function mutualInformation(
  data: MutualInformationData,
  options: MutualInformationOptions = {},
): Promise<MutualInformation> {
  const ends = fixDeadline(checkMembers('options', options, ['bins', 'top', 'signal', 'deadline'], 'option'));
  const { bins = 8, top, signal } = ends;
  const { x, y } = checkData(data, ['x', 'y']);
  checkInteger('bins', bins, 2);
  checkSignal('signal', signal);
  const given = toOperand('x', x);
  const { rows, columns } = given;
  const count = top === undefined ? columns : Math.min(columns, checkInteger('top', top, 1));
  const response = binsOf(numbersOf(y, rows), bins);
  const columnOf = columnsOf(given);
  const information = new Float64Array(columns);
  const pause = pauses();
  for (let j = 0; j < columns; ++j) {
    information[j] = informationOf(binsOf(columnOf(j), bins), response);
    const due = pause();
    if (due) await due;
    signal?.throwIfAborted();
    throwAtDeadline(ends, 'an estimate for each column');
  }
  const order = Int32Array.from(information.keys()).sort(
    (a, b) => (information[b] as number) - (information[a] as number) || a - b,
  );
  return { information, top: order.slice(0, count) };
}

/** The bin of each row, and how many there are. */
interface Binned {
  bin: Int32Array;
  levels: number;
}

/** Responses as numbers; labels become their places in order. */
function numbersOf(y: ArrayLike<Label>, rows: number): Float64Array {
  const values = checkedValues(y, rows);
  if (typeof values[0] === 'number') return checkVector('y', values, { length: rows }).slice();
  const place = new Map(distinct(values).map((label, k) => [label, k]));
  return Float64Array.from(values, (label) => place.get(label as Label) as number);
}

/** The numbers of a column, of a copy of the matrix; the array may be that of the column before. */
function columnsOf(x: Matrix | SparseMatrix): (j: number) => Float64Array {
  if ('data' in x) {
    const { rows, columns, data } = x;
    const copy = new Float64Array(rows * columns);
    for (let i = 0; i < rows; ++i) {
      for (let j = 0; j < columns; ++j) copy[j * rows + i] = data[i * columns + j] as number;
    }
    return (j) => copy.subarray(j * rows, (j + 1) * rows);
  }
  const column = new Float64Array(x.rows);
  const own = x.format === 'csr' ? transposeStorage(x) : x;
  const [offsets, indices, values] = [own.offsets.slice(), own.indices.slice(), own.values.slice()];
  return (j) => {
    column.fill(0);
    for (let k = offsets[j] as number; k < (offsets[j + 1] as number); ++k) {
      const i = indices[k] as number;
      column[i] = (column[i] as number) + (values[k] as number);
    }
    return column;
  };
}

/** Bins of about as many rows each: a run of equal numbers is in the bin of its middle, or in its own if there are few. */
function binsOf(values: Float64Array, bins: number): Binned {
  const sorted = values.slice().sort();
  /** Different numbers, and the bin of each. */
  const [ends, binOf]: [number[], number[]] = [[], []];
  let runs = 0;
  for (let from = 0; from < sorted.length; ++runs) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) ++to;
    ends.push(sorted[from] as number);
    binOf.push(Math.min(bins - 1, Math.floor((bins * (from + to)) / (2 * sorted.length))));
    from = to;
  }
  const own = runs <= bins;
  // Bins without a row are no levels.
  const used = own ? [...binOf.keys()] : [...new Set(binOf)];
  const level = new Map(used.map((bin, k) => [bin, k]));
  const bin = Int32Array.from(values, (value) => {
    const run = placeIn(ends, value);
    return own ? run : (level.get(binOf[run] as number) as number);
  });
  return { bin, levels: used.length };
}

/** The place of a number in a list of rising ones that has it. */
function placeIn(rising: readonly number[], value: number): number {
  let [low, high] = [0, rising.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function informationOf(a: Binned, b: Binned): number {
  const rows = a.bin.length;
  const counts = new Float64Array(a.levels * b.levels);
  const [ofA, ofB] = [new Float64Array(a.levels), new Float64Array(b.levels)];
  for (let i = 0; i < rows; ++i) {
    const [s, t] = [a.bin[i] as number, b.bin[i] as number];
    const cell = s * b.levels + t;
    counts[cell] = (counts[cell] as number) + 1;
    ofA[s] = (ofA[s] as number) + 1;
    ofB[t] = (ofB[t] as number) + 1;
  }
  let sum = 0;
  counts.forEach((count, cell) => {
    const [s, t] = [Math.floor(cell / b.levels), cell % b.levels];
    if (count > 0) sum += count * Math.log((count * rows) / ((ofA[s] as number) * (ofB[t] as number)));
  });
  return sum / rows - ((a.levels - 1) * (b.levels - 1)) / (2 * rows);
}
