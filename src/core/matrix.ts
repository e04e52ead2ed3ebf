import { diagonalOf, flip } from './algebra.js';
import { show } from './check.js';

/** A dense matrix, row after row: entry (i, j) is `data[i * columns + j]`. Solvers read it without a copy. */
export interface Matrix {
  readonly data: Float64Array | Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** What functions accept for a matrix: a {@link Matrix} or an array of rows. */
export type MatrixLike = Matrix | readonly ArrayLike<number>[];

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
  const kept = data instanceof Float64Array || data instanceof Float32Array ? data : Float64Array.from(data);
  return checked('matrix', { data: kept, rows, columns });
}

/** A matrix argument, checked; errors call it `name`. */
export function toMatrix(name: string, value: unknown): Matrix {
  if (Array.isArray(value)) return fromRows(name, value);
  if (isMatrix(value)) return checked(name, value);
  throw new TypeError(`${name} = ${show(value)}: expected a matrix, { data, rows, columns } or an array of rows`);
}

/** Whether a value is meant as a matrix rather than a vector. */
export function looksLikeMatrix(value: unknown): value is MatrixLike {
  return isMatrix(value) || (Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null);
}

/** The numbers of a matrix as a Float64Array. */
export function toFloat64(value: Matrix): Float64Array {
  return value.data instanceof Float64Array ? value.data : Float64Array.from(value.data);
}

function isMatrix(value: unknown): value is Matrix {
  return typeof value === 'object' && value !== null && 'data' in value && 'rows' in value && 'columns' in value;
}

function checked(name: string, value: Matrix): Matrix {
  const { data, rows, columns } = value;
  if (!(data instanceof Float64Array || data instanceof Float32Array)) {
    throw new TypeError(`${name}.data = ${show(data)}: expected a Float64Array or Float32Array`);
  }
  checkSizes(name, rows, columns);
  if (data.length !== rows * columns) {
    throw new RangeError(`${name}: expected ${rows * columns} numbers for ${rows} x ${columns}, got ${data.length}`);
  }
  return value;
}

function checkSizes(name: string, rows: unknown, columns: unknown): void {
  for (const [member, size] of [['rows', rows] as const, ['columns', columns] as const]) {
    if (typeof size !== 'number') throw new TypeError(`${name}.${member} = ${show(size)}: expected a number`);
    if (!Number.isInteger(size) || size < 0 || size > 0x7fffffff) {
      throw new RangeError(`${name}.${member} = ${size}: expected an integer in [0, 2147483647]`);
    }
  }
}

function fromRows(name: string, value: readonly unknown[]): Matrix {
  const rows = value.map((row, i) => {
    if (Array.isArray(row) || ArrayBuffer.isView(row)) return row as ArrayLike<unknown>;
    throw new TypeError(`${name}[${i}] = ${show(row)}: expected a row of numbers`);
  });
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new RangeError(`${name}[${i}]: expected ${columns} numbers as in ${name}[0], got ${row.length}`);
    }
    for (let j = 0; j < columns; ++j) {
      const entry = row[j];
      if (typeof entry !== 'number') throw new TypeError(`${name}[${i}][${j}] = ${show(entry)}: expected a number`);
      data[i * columns + j] = entry;
    }
  });
  return { data, rows: rows.length, columns };
}

/** A matrix argument, dense or sparse, with at least one row and column and finite entries; errors call it `name`. */
export function toOperand(name: string, value: unknown): Matrix | SparseMatrix {
  const found = isSparse(value) ? checkedSparse(name, value) : toMatrix(name, value);
  const { rows, columns } = found;
  if (rows === 0 || columns === 0) {
    throw new RangeError(`${name}: expected at least one row and one column, got ${rows} x ${columns}`);
  }
  const entries = 'data' in found ? found.data : found.values;
  if (!allFinite(entries)) {
    const k = entries.findIndex((entry) => !Number.isFinite(entry));
    const place = 'data' in found ? `[${Math.floor(k / columns)}][${k % columns}]` : `.values[${k}]`;
    throw new RangeError(`${name}${place} = ${entries[k]}: expected a finite number`);
  }
  return found;
}

function allFinite(entries: Float64Array | Float32Array): boolean {
  let sum = 0; // of zeros, or NaN
  for (let k = 0; k < entries.length; ++k) sum += 0 * (entries[k] as number);
  return sum === 0;
}

/** The same, of a square matrix that is symmetric up to rounding. */
export function toSymmetric(name: string, value: unknown): Matrix | SparseMatrix {
  const found = toOperand(name, value);
  const { rows: n, columns } = found;
  if (n !== columns) throw new RangeError(`${name}: expected a square matrix, got ${n} x ${columns}`);
  const rounding = 'data' in found && found.data instanceof Float32Array ? 1e-5 : 1e-10;
  const diagonal = diagonalOf(found);
  const compare = (i: number, j: number, a: number, b: number): void => {
    const size = Math.abs(a) + Math.abs(b) + Math.sqrt(Math.abs((diagonal[i] as number) * (diagonal[j] as number)));
    if (Math.abs(a - b) <= rounding * size) return;
    throw new RangeError(`${name}[${i}][${j}] = ${a}, ${name}[${j}][${i}] = ${b}: expected a symmetric matrix`);
  };
  if ('data' in found) {
    const { data } = found;
    for (let i = 0; i < n; ++i) {
      for (let j = 0; j < i; ++j) compare(i, j, data[i * n + j] as number, data[j * n + i] as number);
    }
    return found;
  }
  // Entries by rows and by columns, both in order: the same two lists if it is symmetric.
  const one = flip(found);
  const other = flip(one);
  const [byRow, byColumn] = one.format === 'csr' ? [one, other] : [other, one];
  for (let i = 0; i < n; ++i) {
    let [k, l] = [byRow.offsets[i] as number, byColumn.offsets[i] as number];
    const [kEnd, lEnd] = [byRow.offsets[i + 1] as number, byColumn.offsets[i + 1] as number];
    while (k < kEnd || l < lEnd) {
      const next = [
        k < kEnd ? (byRow.indices[k] as number) : n,
        l < lEnd ? (byColumn.indices[l] as number) : n,
      ] as const;
      const j = Math.min(...next);
      const a = next[0] === j ? (byRow.values[k++] as number) : 0;
      const b = next[1] === j ? (byColumn.values[l++] as number) : 0;
      compare(i, j, a, b);
    }
  }
  return found;
}

/** Whether a value is meant as a sparse matrix. */
export function isSparse(value: unknown): value is SparseMatrix {
  return typeof value === 'object' && value !== null && 'format' in value && 'offsets' in value;
}

/** Whether indices [begin, end) do, from 0 on and below `limit`. */
function increase(indices: Int32Array, begin: number, end: number, limit: number): boolean {
  let last = -1;
  for (let k = begin; k < end; ++k) {
    const index = indices[k] as number;
    if (index <= last) return false;
    last = index;
  }
  return last < limit;
}

function checkedSparse(name: string, value: SparseMatrix): SparseMatrix {
  const { format, rows, columns, offsets, indices, values } = value;
  if (format !== 'csc' && format !== 'csr') {
    throw new RangeError(`${name}.format = ${show(format)}: expected 'csc' or 'csr'`);
  }
  checkSizes(name, rows, columns);
  const [outer, inner] = format === 'csc' ? [columns, rows] : [rows, columns];
  for (const [member, array] of [['offsets', offsets] as const, ['indices', indices] as const]) {
    if (!(array instanceof Int32Array)) {
      throw new TypeError(`${name}.${member} = ${show(array)}: expected an Int32Array`);
    }
  }
  if (!(values instanceof Float64Array)) {
    throw new TypeError(`${name}.values = ${show(values)}: expected a Float64Array`);
  }
  if (offsets.length !== outer + 1) {
    throw new RangeError(
      `${name}.offsets: expected ${outer + 1} numbers for ${rows} x ${columns}, got ${offsets.length}`,
    );
  }
  if (indices.length !== values.length) {
    throw new RangeError(
      `${name}.indices: expected ${values.length} numbers, as many as values, got ${indices.length}`,
    );
  }
  if (offsets[0] !== 0 || offsets[outer] !== values.length) {
    throw new RangeError(`${name}.offsets: expected to go from 0 to ${values.length}, as many as values`);
  }
  const last = new Int32Array(inner).fill(-1);
  for (let j = 0; j < outer; ++j) {
    const begin = offsets[j] as number;
    const end = offsets[j + 1] as number;
    if (end < begin) throw new RangeError(`${name}.offsets[${j + 1}] = ${end}: expected at least ${begin}`);
    if (end > values.length)
      throw new RangeError(`${name}.offsets[${j + 1}] = ${end}: expected at most ${values.length}`);
    if (increase(indices, begin, end, inner)) continue;
    for (let k = begin; k < end; ++k) {
      const i = indices[k] as number;
      if (!(i >= 0 && i < inner)) {
        throw new RangeError(`${name}.indices[${k}] = ${i}: expected an integer in [0, ${inner - 1}]`);
      }
      if (last[i] === j)
        throw new RangeError(
          `${name}.indices[${k}] = ${i}: expected once in ${format === 'csc' ? 'column' : 'row'} ${j}`,
        );
      last[i] = j;
    }
  }
  return value;
}
