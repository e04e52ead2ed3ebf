// Matrix arguments, dense or sparse, checked.
import { types } from 'node:util';
import { addon } from './addon.js';
import { diagonalOf, transposeStorage } from './algebra.js';
import { rangeError, typeError } from './argumentError.js';
import { show } from './check.js';
import { checkSizes, hasManyRows, type Matrix, type SparseMatrix, toMatrix } from './matrix.js';

/** A matrix argument, dense or sparse, with at least one row and column and finite entries; errors call it `name`. */
export function toOperand(name: string, value: unknown): Matrix | SparseMatrix {
  return finiteEntries(name, toSizedOperand(name, value));
}

function finiteEntries(name: string, found: Matrix | SparseMatrix): Matrix | SparseMatrix {
  const { columns } = found;
  if ('data' in found) checkFinite(name, found.data, (k) => `[${Math.floor(k / columns)}][${k % columns}]`);
  else checkFinite(`${name}.values`, found.values);
  return found;
}

/** More entries than can be looked at in some milliseconds. */
export const manyEntries = 5e5;

/** Returns true if a matrix is so large that a solve checks its entries, beside this thread or in pieces. */
export function isLarge(matrix: Matrix | SparseMatrix): boolean {
  return ('data' in matrix ? matrix.data : matrix.values).length > manyEntries;
}

/** Returns true if a matrix argument, of whatever form, is one of which {@link isLarge} is true. */
export function hasManyEntries(value: unknown): boolean {
  if (hasManyRows(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { data, values } = value as { data?: unknown; values?: unknown };
  return [data, values].some((numbers) => types.isTypedArray(numbers) && numbers.length > manyEntries);
}

/** A matrix argument as {@link toOperand} takes it; the addon checks the numbers of a dense one that is large. */
export function toLargeOperand(name: string, value: unknown): Matrix | SparseMatrix {
  const found = toSizedOperand(name, value);
  return 'data' in found && isLarge(found) ? found : finiteEntries(name, found);
}

/** A matrix argument as {@link toOperand} takes it, whose entries the addon checks: of large ones that takes long. */
export function toSizedOperand(name: string, value: unknown): Matrix | SparseMatrix {
  const found = isSparse(value) ? checkedSparse(name, value) : toMatrix(name, value);
  const { rows, columns } = found;
  if (rows === 0 || columns === 0) {
    throw rangeError(`${name}: expected at least one row and one column, got ${rows} x ${columns}`);
  }
  return found;
}

/** Throws a RangeError that names the first entry that is not finite; `placeOf` says where it is. */
export function checkFinite(
  name: string,
  entries: Float64Array | Float32Array,
  placeOf = (k: number): string => `[${k}]`,
): void {
  if (allFinite(entries)) return;
  const k = entries.findIndex((entry) => !Number.isFinite(entry));
  throw rangeError(`${name}${placeOf(k)} = ${entries[k]}: expected a finite number`);
}

function allFinite(entries: Float64Array | Float32Array): boolean {
  let sum = 0; // sum of zeros, or NaN
  for (let k = 0; k < entries.length; ++k) sum += 0 * (entries[k] as number);
  return sum === 0;
}

/** A matrix argument as {@link toOperand} takes it, square and symmetric up to rounding. */
export function toSymmetric(name: string, value: unknown): Matrix | SparseMatrix {
  const found = checkSquare(name, toOperand(name, value));
  const { rows: n } = found;
  const rounding = 'data' in found && types.isFloat32Array(found.data) ? 1e-5 : 1e-10;
  const diagonal = diagonalOf(found);
  const compare = (i: number, j: number, a: number, b: number): void => {
    const size = Math.abs(a) + Math.abs(b) + Math.sqrt(Math.abs((diagonal[i] as number) * (diagonal[j] as number)));
    if (Math.abs(a - b) <= rounding * size) return;
    throw rangeError(`${name}[${i}][${j}] = ${a}, ${name}[${j}][${i}] = ${b}: expected a symmetric matrix`);
  };
  if ('data' in found) {
    const { data } = found;
    for (let i = 0; i < n; ++i) {
      for (let j = 0; j < i; ++j) compare(i, j, data[i * n + j] as number, data[j * n + i] as number);
    }
    return found;
  }
  // Entries by rows and by columns, both in order: the same two lists if it is symmetric.
  const one = transposeStorage(found);
  const other = transposeStorage(one);
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

/** A matrix with as many rows as columns. */
export function checkSquare<M extends Matrix | SparseMatrix>(name: string, matrix: M): M {
  const { rows, columns } = matrix;
  if (rows === columns) return matrix;
  throw rangeError(`${name}: expected a square matrix, got ${rows} x ${columns}`);
}

/** Returns true if a value is meant as a sparse matrix. */
export function isSparse(value: unknown): value is SparseMatrix {
  return typeof value === 'object' && value !== null && 'format' in value && 'offsets' in value;
}

/** Checks what takes no time; the reader of a large matrix checks the rest, a solve in pieces. */
function checkLengths(name: string, { format, rows, columns, offsets, indices, values }: SparseMatrix): void {
  const lines = format === 'csr' ? rows : columns;
  const expected = (member: string, sentence: string) => rangeError(`${name}.${member}: expected ${sentence}`);
  if (offsets.length !== lines + 1) {
    throw expected('offsets', `${lines + 1} numbers for ${rows} x ${columns}, got ${offsets.length}`);
  }
  if (indices.length !== values.length) {
    throw expected('indices', `${values.length} numbers, as many as values, got ${indices.length}`);
  }
  if (offsets[0] === 0 && offsets[lines] === values.length) return;
  throw expected('offsets', `to go from 0 to ${values.length}, as many as values`);
}

function checkedSparse(name: string, value: SparseMatrix): SparseMatrix {
  const { format, rows, columns, offsets, indices, values } = value;
  if (format !== 'csc' && format !== 'csr') {
    throw rangeError(`${name}.format = ${show(format)}: expected 'csc' or 'csr'`);
  }
  checkSizes(name, rows, columns);
  for (const [member, array] of [['offsets', offsets] as const, ['indices', indices] as const]) {
    if (!types.isInt32Array(array)) {
      throw typeError(`${name}.${member} = ${show(array)}: expected an Int32Array`);
    }
  }
  if (!types.isFloat64Array(values)) {
    throw typeError(`${name}.values = ${show(values)}: expected a Float64Array`);
  }
  if (values.length > manyEntries) checkLengths(name, value);
  else addon().checkSparse(name, value);
  return value;
}
