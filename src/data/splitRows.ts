// Rows of data in two parts, to fit a model to one and score it on the other.
import { type ArgumentError, rangeError, typeError } from '../core/argumentError.js';
import { checkBoolean, checkInteger, checkMembers, checkNumber, checkObject, isList, show } from '../core/check.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, type SparseMatrix, toMatrix } from '../core/matrix.js';
import { isSparse, toSizedOperand } from '../core/operand.js';
import { uniforms } from '../core/random.js';
import { distinct, type Label } from '../core/targets.js';

/** Data with a row for each example, such as a table of {@link readCsv}. */
export interface DataOfRows {
  x: MatrixLike | SparseMatrix;
  /** Labels or numbers, a matrix with a row for each row of x, or lists of one length such as `{ time, event }`. */
  y?: unknown;
}

export interface SplitRowsOptions {
  /** The share of the rows that are left for the test, between 0 and 1. Default: 0.25. */
  test?: number | undefined;
  /** An integer >= 0: the rows are drawn by it. Default: 0. */
  seed?: number | undefined;
  /** True if each class of y, or events and censored rows, is in both parts by its share. Default: false. */
  stratify?: boolean | undefined;
}

/** Members that have an entry for each row. */
const perRow = ['x', 'y', 'sampleWeight', 'sampleWeights', 'offset'];

/**
 * Draws rows for a test. Both parts have all members of the data: those with an entry for each row (x, y, weights, offset) have theirs, in the order
 * of the data, the others are as they were.
 *
 * ```js
 * const { train, test } = splitRows(await readCsv('houses.csv', { target: 'price' }), { test: 0.25, seed: 1 });
 * ```
 *
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function splitRows<Data extends DataOfRows>(
  data: Data,
  options: SplitRowsOptions = {},
): { train: Data; test: Data } {
  const {
    test = 0.25,
    seed = 0,
    stratify = false,
  } = checkMembers('options', options, ['test', 'seed', 'stratify'], 'option');
  const { rows } = toSizedOperand('x', checkObject('data', data).x);
  const classes = checkBoolean('stratify', stratify) ? classesOf(data.y, rows) : new Int32Array(rows);
  const drawn = drawnRows(classes, checkNumber('test', test), checkInteger('seed', seed, 0));
  const part = (wanted: 0 | 1): Data => {
    const chosen = Int32Array.from(drawn.keys()).filter((row) => drawn[row] === wanted);
    const members = Object.entries(data).map(([name, value]) => [
      name,
      perRow.includes(name) && value !== undefined ? rowsOf(name, value, chosen, rows) : value,
    ]);
    return Object.fromEntries(members);
  };
  return { train: part(0), test: part(1) };
}

/** 1 for each row that is drawn: of every class the share. */
function drawnRows(classes: Int32Array, share: number, seed: number): Uint8Array {
  const { length } = classes;
  const count = Math.round(share * length);
  if (!(count > 0 && count < length)) {
    throw rangeError(`test = ${share}: expected a share between 0 and 1 that leaves rows of ${length} in both parts`);
  }
  const keys = Float64Array.from({ length }, uniforms(seed));
  const order = Array.from(keys.keys()).sort(
    (a, b) => (classes[a] as number) - (classes[b] as number) || (keys[a] as number) - (keys[b] as number),
  );
  const drawn = new Uint8Array(length);
  order.forEach((row, place) => {
    drawn[row] = Math.round((place + 1) * share) - Math.round(place * share);
  });
  return drawn;
}

/** The class of each row, by its number. */
function classesOf(y: unknown, rows: number): Int32Array {
  const expected = 'expected y to be classes (strings, booleans or integers), or { time, event }, with stratify: true';
  const { event } = Object(y) as { event?: unknown };
  const labels = event ?? y;
  if (!isList(labels)) throw typeError(`y = ${show(y)}: ${expected}`);
  if (labels.length !== rows) throw wrongLength(event ? 'y.event' : 'y', labels.length, rows);
  const given = Array.from(labels as ArrayLike<Label>);
  const other = given.findIndex((label) => !['string', 'boolean'].includes(typeof label) && !Number.isInteger(label));
  if (other >= 0) throw typeError(`y[${other}] = ${show(given[other])}: ${expected}`);
  const codes = new Map(distinct(given).map((label, code) => [label, code]));
  return Int32Array.from(given, (label) => codes.get(label) as number);
}

const wrongLength = (name: string, length: number, rows: number): ArgumentError =>
  rangeError(`${name}: expected ${rows} entries, one for each row of x, got ${length}`);

/** Some rows of a member: of a matrix, of a list, or of each list of an object. */
function rowsOf(name: string, value: unknown, chosen: Int32Array, rows: number): unknown {
  if (isSparse(value)) return rowsOfSparse(value, chosen);
  if (isList(value)) {
    if (value.length !== rows) throw wrongLength(name, value.length, rows);
    const picked = Array.from(chosen, (row) => value[row]);
    return Array.isArray(value) ? picked : new (value.constructor as Float64ArrayConstructor)(picked as number[]);
  }
  if (looksLikeMatrix(value)) return rowsOfDense(toMatrix(name, value), chosen);
  const parts = Object.entries(checkObject(name, value as object));
  return Object.fromEntries(parts.map(([part, list]) => [part, rowsOf(`${name}.${part}`, list, chosen, rows)]));
}

function rowsOfDense({ data, columns }: Matrix, chosen: Int32Array): Matrix {
  const picked = new (data.constructor as Float64ArrayConstructor)(chosen.length * columns);
  chosen.forEach((row, to) => {
    picked.set(data.subarray(row * columns, (row + 1) * columns), to * columns);
  });
  return { data: picked, rows: chosen.length, columns };
}

/** Some rows, in the order of storage that the matrix has. */
function rowsOfSparse(
  { format, rows, columns, offsets, indices, values }: SparseMatrix,
  chosen: Int32Array,
): SparseMatrix {
  const to = new Int32Array(rows).fill(-1);
  chosen.forEach((row, k) => {
    to[row] = k;
  });
  const lines = format === 'csr' ? chosen : Int32Array.from({ length: columns }, (_, j) => j);
  const [starts, places, kept] = [[0], [] as number[], [] as number[]];
  for (const line of lines) {
    for (let k = offsets[line] as number; k < (offsets[line + 1] as number); ++k) {
      const index = format === 'csr' ? (indices[k] as number) : (to[indices[k] as number] as number);
      if (index < 0) continue;
      places.push(index);
      kept.push(values[k] as number);
    }
    starts.push(places.length);
  }
  return {
    ...{ format, rows: chosen.length, columns, offsets: Int32Array.from(starts) },
    ...{ indices: Int32Array.from(places), values: Float64Array.from(kept) },
  };
}
