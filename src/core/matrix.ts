import { types } from 'node:util';
import { rangeError, typeError } from './argumentError.js';
import { checkVector, isList, isRevoked, show } from './check.js';
import { fromOtherMatrix, isOtherMatrix, type OtherMatrix } from './otherMatrices.js';
import { pauses } from './yieldingLoops.js';

/** A dense matrix, row after row: entry (i, j) is `data[i * columns + j]`. A solve copies the numbers when it is called, those of large ones over some turns of the event loop. */
export interface Matrix {
  readonly data: Float64Array | Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Values that functions accept for a matrix: a {@link Matrix}, an array of rows or another iterable of them, a matrix of ml-matrix, an ndarray (`shape`, `stride`, `data`), or a table of Apache Arrow.
 */
export type MatrixLike = Matrix | readonly ArrayLike<number>[] | Iterable<ArrayLike<number>> | OtherMatrix;

/**
 * A sparse matrix by compressed columns (`'csc'`) or rows (`'csr'`): the entries of column (row) j are `values[k]` at row
 * (column) `indices[k]`, for k from `offsets[j]` up to `offsets[j + 1]`.
 */
export interface SparseMatrix {
  readonly format: 'csc' | 'csr';
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/**
 * A {@link Matrix} of the given numbers, row after row. A Float64Array or Float32Array is kept, not copied.
 * @throws RangeError when `data` does not have rows x columns numbers.
 */
export function matrix(rows: number, columns: number, data: ArrayLike<number>): Matrix {
  return checked('matrix', { data: isFloats(data) ? data : numbersIn('data', data), rows, columns });
}

/** A matrix argument, checked; errors call it `name`. */
export function toMatrix(name: string, value: unknown): Matrix {
  const expected = 'a matrix, { data, rows, columns } or an array of rows';
  if (isRevoked(value)) throw typeError(`${name} = ${show(value)}: expected ${expected}`);
  if (Array.isArray(value)) return fromRows(name, value);
  if (isOtherMatrix(value)) return fromOtherMatrix(name, value);
  if (isMatrix(value)) return checked(name, value);
  if (isIterable(value)) return fromRows(name, Array.from(value));
  if (typeof value === 'object' && value !== null && 'offsets' in value && 'indices' in value) {
    const { format } = value as Partial<SparseMatrix>;
    if (format === 'csc' || format === 'csr') throw typeError(`${name}: expected ${expected}, got a sparse one`);
    throw typeError(`${name}.format = ${show(format)}: expected 'csc' (by columns) or 'csr' (by rows)`);
  }
  throw typeError(`${name} = ${show(value)}: expected ${expected}`);
}

/** Returns true if a value is meant as a matrix rather than a vector. */
export function looksLikeMatrix(value: unknown): value is MatrixLike {
  return (
    isMatrix(value) ||
    isOtherMatrix(value) ||
    (Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null)
  );
}

/** The numbers of a matrix as a Float64Array. */
export function toFloat64(value: Matrix): Float64Array {
  return types.isFloat64Array(value.data) ? value.data : Float64Array.from(value.data);
}

/**
 * Numbers for a shape, [] or [n] or [rows, columns], as a copy, matrices row after row: one number for all entries or one for each.
 * Finite, or not NaN where `infinite`.
 */
export function numbersFor(
  name: string,
  value: unknown,
  shape: readonly number[],
  { infinite = false }: { infinite?: boolean } = {},
): Float64Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (typeof value === 'number') {
    if (infinite ? !Number.isNaN(value) : Number.isFinite(value)) return new Float64Array(size).fill(value);
    throw rangeError(`${name} = ${value}: expected a ${infinite ? '' : 'finite '}number`);
  }
  if (shape.length === 2 && looksLikeMatrix(value)) {
    const found = toMatrix(name, value);
    if (found.rows === shape[0] && found.columns === shape[1]) {
      return Float64Array.from(checkVector(`${name}.data`, toFloat64(found), { infinite }));
    }
    throw rangeError(`${name}: has shape [${found.rows}, ${found.columns}]: expected [${shape.join(', ')}]`);
  }
  if (size === 0 && isList(value) && value.length === 0) return new Float64Array(0);
  const per = `for shape [${shape.join(', ')}]`;
  return Float64Array.from(checkVector(name, value, { length: size, per, infinite }));
}

/** Returns true if a value may be an iterable of rows. Typed arrays are vectors. */
const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && !types.isTypedArray(value) && Symbol.iterator in value;

function isMatrix(value: unknown): value is Matrix {
  return typeof value === 'object' && value !== null && 'data' in value && 'rows' in value && 'columns' in value;
}

function checked(name: string, value: Matrix): Matrix {
  const { data, rows, columns } = value;
  if (!isFloats(data)) {
    throw typeError(`${name}.data = ${show(data)}: expected a Float64Array or Float32Array`);
  }
  checkSizes(name, rows, columns);
  if (data.length !== rows * columns) {
    throw rangeError(`${name}: expected ${rows * columns} numbers for ${rows} x ${columns}, got ${data.length}`);
  }
  return value;
}

/** Checks the members `rows` and `columns` of a matrix. */
export function checkSizes(name: string, rows: unknown, columns: unknown): void {
  for (const [member, size] of [['rows', rows] as const, ['columns', columns] as const]) {
    if (typeof size !== 'number') throw typeError(`${name}.${member} = ${show(size)}: expected a number`);
    if (!Number.isInteger(size) || size < 0 || size > 0x7fffffff) {
      throw rangeError(`${name}.${member} = ${size}: expected an integer in [0, 2147483647]`);
    }
  }
}

function fromRows(name: string, value: readonly unknown[]): Matrix {
  const [rows, matrix] = emptyFor(name, value);
  rows.forEach((row, i) => {
    copyRow(name, row, i, matrix);
  });
  return matrix;
}

/** Rows of numbers, and a matrix of their size. The iterator passes over no hole, unlike map and forEach. */
function emptyFor(name: string, value: readonly unknown[]): [ArrayLike<unknown>[], Matrix & { data: Float64Array }] {
  const rows = Array.from(value, (row, i) => {
    if (isList(row)) return row;
    throw typeError(`${name}[${i}] = ${show(row)}: expected a row of numbers`);
  });
  const columns = rows[0]?.length ?? 0;
  return [rows, { data: new Float64Array(rows.length * columns), rows: rows.length, columns }];
}

function copyRow(name: string, row: ArrayLike<unknown>, i: number, { data, columns }: Matrix & { data: Float64Array }) {
  if (row.length !== columns) {
    throw rangeError(`${name}[${i}]: expected ${columns} numbers as in ${name}[0], got ${row.length}`);
  }
  copyNumbers(`${name}[${i}]`, row, data, i * columns);
}

/** Numbers that are copied in some hundredths of a second. */
const manyNumbers = 5e5;

/** Returns true if a matrix argument is an array so large that copying it holds up other events. */
export function hasManyRows(value: unknown): value is readonly ArrayLike<number>[] {
  return Array.isArray(value) && value.length > 1 && isList(value[0]) && value.length * value[0].length > manyNumbers;
}

/** The matrix of many rows, as {@link toMatrix} has it, copied in pieces between which other events are served. */
export async function toMatrixInPieces(name: string, value: readonly unknown[]): Promise<Matrix> {
  const [rows, matrix] = emptyFor(name, value);
  const pause = pauses();
  for (const [i, row] of rows.entries()) {
    copyRow(name, row, i, matrix);
    const due = pause();
    if (due) await due;
  }
  return matrix;
}

/**
 * A copy of an array, called `name` in messages: of a large one in pieces between which other events are served. Where `leave` aborts
 * the rest of it is zeros, which must not be read.
 */
export async function sliceInPieces<T extends Float64Array | Float32Array | Int32Array>(
  name: string,
  array: T,
  leave?: AbortSignal | undefined,
): Promise<T> {
  const copy = new (array.constructor as new (length: number) => T)(array.length);
  await fillInPieces(name, copy, array, leave);
  return copy;
}

/** Fills an array with the numbers of another one of its length, as {@link sliceInPieces} does. */
export async function fillInPieces<T extends Float64Array | Float32Array | Int32Array>(
  name: string,
  copy: T,
  array: T,
  leave?: AbortSignal | undefined,
): Promise<void> {
  const { length } = copy;
  const pause = pauses();
  for (let at = 0; at < length && !leave?.aborted; at += pieceOfSlice) {
    if (array.length !== length) throw rangeError(`${name}: expected an array that is not transferred or shrunk`);
    copy.set(array.subarray(at, at + pieceOfSlice), at);
    const due = pause();
    if (due) await due;
  }
}

/** Numbers that are copied in less than a millisecond. */
const pieceOfSlice = 2 ** 17;

const isFloats = (value: unknown): value is Float64Array | Float32Array =>
  types.isFloat64Array(value) || types.isFloat32Array(value);

/** Numbers, finite or not, as a Float64Array. */
function numbersIn(name: string, value: unknown): Float64Array {
  if (!isList(value)) throw typeError(`${name} = ${show(value)}: expected an array of numbers`);
  const numbers = new Float64Array(value.length);
  copyNumbers(name, value, numbers, 0);
  return numbers;
}

function copyNumbers(name: string, from: ArrayLike<unknown>, to: Float64Array, offset: number): void {
  for (let j = 0; j < from.length; ++j) {
    const entry = from[j];
    if (typeof entry !== 'number') throw typeError(`${name}[${j}] = ${show(entry)}: expected a number`);
    to[offset + j] = entry;
  }
}
