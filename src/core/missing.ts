// Entries of x that are missing, NaN, and the means of their columns in their places.
import { types } from 'node:util';
import { eachEntry } from './algebra.js';
import { rangeError } from './argumentError.js';
import { isList, show } from './check.js';
import { type Matrix, type MatrixLike, type SparseMatrix, sliceInPieces, toMatrix } from './matrix.js';
import { isSparse, toOperand, toSizedOperand } from './operand.js';
import { pauses } from './yieldingLoops.js';

/** A matrix whose missing entries are 0, and where they are: places in its array of numbers. */
export interface WithMissing {
  x: Matrix | SparseMatrix;
  missing: Int32Array;
  /** {@link columnMeans} by the weights of the problem, where they are known. */
  means?: Float64Array | undefined;
}

/** The error of a solve; where an entry of x is missing it says of which column and row, by their names and from 1, and what helps. */
export function explainMissing(error: unknown, names: readonly string[] | undefined): unknown {
  const said = String((error as Error | undefined)?.message);
  const [whole, row, column] = /^x\[(\d+)(?:, |\]\[)(\d+)\] = NaN: expected a finite number/.exec(said) ?? [];
  if (whole === undefined) return error;
  const name = names?.[Number(column)];
  const where = `x[${row}][${column}] = NaN: ${name === undefined ? '' : `column ${show(name)}, `}row ${Number(row) + 1}`;
  const remedy =
    "impute: 'mean' in the data fills in the mean of the column, missing: 'dropRows' of readCsv leaves the row out";
  const { stack } = error as Error;
  const message = `${where}: expected a finite number; ${remedy}`;
  // The error stays itself, with its class and members.
  return Object.assign(error as Error, { message, stack: stack?.replace(said, message) });
}

/** The findings of {@link readInPieces}, by the matrix that it made. */
const known = new WeakMap<object, WithMissing>();

/**
 * A matrix argument, checked; entries that are NaN are missing if they are to be imputed, else refused: here, or, of what it is given
 * anyway (`solved`), by the addon.
 */
export function readMatrix(
  name: string,
  value: MatrixLike | SparseMatrix,
  { impute, solved = false }: { impute: boolean; solved?: boolean },
): WithMissing {
  const before = known.get(value);
  if (before) return before;
  if (!impute) return { x: solved ? toSizedOperand(name, value) : toOperand(name, value), missing: new Int32Array(0) };
  const found = isSparse(value) ? value : toMatrix(name, value);
  const numbers: ArrayLike<number> = ('data' in found ? found.data : found.values) ?? [];
  const places: number[] = [];
  for (let k = 0; k < numbers.length; ++k) if (Number.isNaN(numbers[k])) places.push(k);
  if (places.length === 0) return { x: toOperand(name, found), missing: new Int32Array(0) };
  const missing = Int32Array.from(places);
  return {
    x: toOperand(
      name,
      withEntries(found, missing, () => 0),
    ),
    missing,
  };
}

/**
 * A copy of a large matrix argument for {@link readMatrix} to be given, in which missing entries are 0 and everything was looked at, in
 * pieces between which other events are served. Weights of rows that are none are for others to refuse. Where `leave` aborts the rest of
 * it is zeros, which must not be read.
 */
export async function readInPieces(
  name: string,
  value: unknown,
  sampleWeight: unknown,
  leave?: AbortSignal | undefined,
): Promise<Matrix | SparseMatrix> {
  const given = toSizedOperand(name, value);
  const weights = isList(sampleWeight) ? (sampleWeight as ArrayLike<number>) : undefined;
  const copy = copyOf(given);
  const [from, to] = [numbersOf(given), numbersOf(copy)];
  const [sums, places] = [new Float64Array(given.columns), [] as number[]];
  const pause = pauses();
  for (const { begin, end, row, column } of linesOf(given)) {
    if (leave?.aborted) break;
    if (from.length !== to.length) throw rangeError(`${name}: expected an array that is not transferred or shrunk`);
    for (let k = begin; k < end; ++k) {
      const entry = from[k] as number;
      if (Number.isFinite(entry)) {
        to[k] = entry;
        const j = column(k);
        sums[j] = (sums[j] as number) + (weights ? (weights[row(k)] as number) : 1) * entry;
      } else if (Number.isNaN(entry)) {
        places.push(k);
      } else {
        const place = 'data' in given ? `[${row(k)}][${column(k)}]` : `.values[${k}]`;
        throw rangeError(`${name}${place} = ${entry}: expected a finite number`);
      }
    }
    const due = pause();
    if (due) await due;
  }
  const found = { x: copy, missing: Int32Array.from(places) };
  known.set(copy, { ...found, means: meansOf(sums, found, weights) });
  return copy;
}

const numbersOf = (x: Matrix | SparseMatrix): Float64Array | Float32Array => ('data' in x ? x.data : x.values);

/** A matrix of the same pattern whose numbers are 0. */
function copyOf(x: Matrix | SparseMatrix): Matrix | SparseMatrix {
  if (!('data' in x)) return { ...x, values: new Float64Array(x.values.length) };
  const data = types.isFloat32Array(x.data) ? new Float32Array(x.data.length) : new Float64Array(x.data.length);
  return { data, rows: x.rows, columns: x.columns };
}

/** A row or column as it is stored: its places in the array of numbers, and the row and column of each. */
interface Line {
  begin: number;
  end: number;
  row: (k: number) => number;
  column: (k: number) => number;
}

function* linesOf(x: Matrix | SparseMatrix): Generator<Line> {
  if ('data' in x) {
    for (let i = 0; i < x.rows; ++i) {
      const begin = i * x.columns;
      yield { begin, end: begin + x.columns, row: () => i, column: (k) => k - begin };
    }
    return;
  }
  const { offsets, indices, format } = x;
  for (let line = 0; line + 1 < offsets.length; ++line) {
    const [own, other] = [() => line, (k: number) => indices[k] as number];
    const [row, column] = format === 'csr' ? [own, other] : [other, own];
    yield { begin: offsets[line] as number, end: offsets[line + 1] as number, row, column };
  }
}

/** The means over the rows, by their weights, of what is not missing in each column; 0 where all is. */
export function columnMeans(data: WithMissing, weights: ArrayLike<number> | undefined): Float64Array {
  const sums = new Float64Array(data.x.columns);
  eachEntry(data.x, (i, j, value) => {
    sums[j] = (sums[j] as number) + (weights ? (weights[i] as number) : 1) * value;
  });
  return meansOf(sums, data, weights);
}

/** The means of columns whose weighted sums are known. */
function meansOf(
  sums: Float64Array,
  { x, missing }: WithMissing,
  weights: ArrayLike<number> | undefined,
): Float64Array {
  const weightOf = (i: number): number => (weights ? (weights[i] as number) : 1);
  const counts = new Float64Array(x.columns);
  let total = 0;
  for (let i = 0; i < x.rows; ++i) total += weightOf(i);
  counts.fill(total);
  for (const [i, j] of placesOf(x, missing)) counts[j] = (counts[j] as number) - weightOf(i);
  return sums.map((sum, j) => ((counts[j] as number) > 0 ? sum / (counts[j] as number) : 0));
}

/** The matrix with the means of the columns instead of what is missing. */
export function filled({ x, missing }: WithMissing, means: Float64Array | undefined): Matrix | SparseMatrix {
  if (missing.length === 0 || !means) return x;
  const columns = placesOf(x, missing).map(([, j]) => j);
  return withEntries(x, missing, (k) => means[columns[k] as number] as number);
}

/**
 * The matrix with the means of the columns instead of what is missing, made in pieces between which other events are served. Where `leave`
 * aborts it is not finished and must not be read.
 */
export async function filledInPieces(
  { x, missing }: WithMissing,
  means: Float64Array,
  leave?: AbortSignal | undefined,
): Promise<Matrix | SparseMatrix> {
  const numbers = await sliceInPieces('x', numbersOf(x), leave);
  const pause = pauses();
  let next = 0;
  for (const { end, column } of linesOf(x)) {
    if (leave?.aborted) break;
    for (; next < missing.length && (missing[next] as number) < end; ++next) {
      const k = missing[next] as number;
      numbers[k] = means[column(k)] as number;
    }
    const due = pause();
    if (due) await due;
  }
  return { ...x, ['data' in x ? 'data' : 'values']: numbers };
}

/** A copy with other numbers at some places. */
function withEntries<M extends Matrix | SparseMatrix>(x: M, places: Int32Array, entry: (k: number) => number): M {
  const numbers = 'data' in x ? x.data.slice() : (x as SparseMatrix).values.slice();
  places.forEach((place, k) => {
    numbers[place] = entry(k);
  });
  return { ...x, ['data' in x ? 'data' : 'values']: numbers };
}

/** Rows and columns of places in the array of numbers, which rise. */
function placesOf(x: Matrix | SparseMatrix, places: Int32Array): [row: number, column: number][] {
  if ('data' in x) return Array.from(places, (k) => [Math.floor(k / x.columns), k % x.columns]);
  let line = 0;
  return Array.from(places, (k) => {
    while ((x.offsets[line + 1] as number) <= k) ++line;
    const other = x.indices[k] as number;
    return x.format === 'csc' ? [other, line] : [line, other];
  });
}
