// Matrices of other libraries, told by their members: none of these libraries is needed.
import { rangeError, typeError } from './argumentError.js';
import { checkInteger, isList, show } from './check.js';

/** A view of an array of two dimensions, as ndarray has it: entry (i, j) is `data[offset + i * stride[0] + j * stride[1]]`. */
export interface StridedMatrix {
  readonly shape: ArrayLike<number>;
  readonly data: ArrayLike<number>;
  /** Default: row after row. */
  readonly stride?: ArrayLike<number>;
  /** Default: 0. */
  readonly offset?: number;
}

/** A matrix that gives its entries one by one, as those of ml-matrix and views of them do. */
export interface MatrixByEntries {
  readonly rows: number;
  readonly columns: number;
  get(row: number, column: number): number;
}

/** A table or a record batch of Apache Arrow whose columns are numbers; values that are missing (null) become NaN. */
export interface TableOfColumns {
  readonly numRows: number;
  readonly numCols: number;
  getChildAt(column: number): { readonly length: number; get(row: number): unknown } | null;
}

/** A matrix of another library. */
export type OtherMatrix = StridedMatrix | MatrixByEntries | TableOfColumns;

const has = (value: unknown, ...members: string[]): boolean =>
  typeof value === 'object' && value !== null && members.every((member) => member in value);

const isStrided = (value: unknown): value is StridedMatrix => has(value, 'shape', 'data');
const isByEntries = (value: unknown): value is MatrixByEntries =>
  has(value, 'rows', 'columns', 'get') && typeof (value as MatrixByEntries).get === 'function';
const isTable = (value: unknown): value is TableOfColumns => has(value, 'numRows', 'numCols', 'getChildAt');

/** Returns true if a value is meant as a matrix of another library. */
export const isOtherMatrix = (value: unknown): value is OtherMatrix =>
  isStrided(value) || isByEntries(value) || isTable(value);

/** The numbers of a matrix, row after row. */
interface Copy {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** A copy of a matrix of another library, row after row; errors call it `name`. */
export function fromOtherMatrix(name: string, value: OtherMatrix): Copy {
  if (isStrided(value)) return fromStrided(name, value);
  return isTable(value) ? fromTable(name, value) : fromEntries(name, value);
}

/** Copies entries row after row, all of which must be numbers. */
function filled(name: string, rows: number, columns: number, entry: (i: number, j: number) => unknown): Copy {
  const data = new Float64Array(rows * columns);
  for (let i = 0, k = 0; i < rows; ++i) {
    for (let j = 0; j < columns; ++j, ++k) {
      const value = entry(i, j);
      if (typeof value !== 'number') throw typeError(`${name}[${i},${j}] = ${show(value)}: expected a number`);
      data[k] = value;
    }
  }
  return { data, rows, columns };
}

function fromStrided(name: string, { shape, data, stride, offset = 0 }: StridedMatrix): Copy {
  if (!isList(data)) throw typeError(`${name}.data = ${show(data)}: expected an array of numbers`);
  if (shape.length !== 2) throw rangeError(`${name}.shape: expected two dimensions, got ${shape.length}`);
  const rows = checkInteger(`${name}.shape[0]`, shape[0], 0);
  const columns = checkInteger(`${name}.shape[1]`, shape[1], 0);
  const [down, right] = stride ? [stride[0] as number, stride[1] as number] : [columns, 1];
  const [below, beside] = [(rows - 1) * down, (columns - 1) * right];
  const corners = rows * columns === 0 ? [] : [0, below, beside, below + beside].map((corner) => offset + corner);
  if (corners.some((corner) => !Number.isInteger(corner) || corner < 0 || corner >= data.length)) {
    const view = `shape [${rows}, ${columns}] with stride [${down}, ${right}] and offset ${offset}`;
    throw rangeError(`${name}: ${view} reaches outside of its ${data.length} numbers`);
  }
  return filled(name, rows, columns, (i, j) => data[offset + i * down + j * right]);
}

function fromEntries(name: string, value: MatrixByEntries): Copy {
  const rows = checkInteger(`${name}.rows`, value.rows, 0);
  const columns = checkInteger(`${name}.columns`, value.columns, 0);
  return filled(name, rows, columns, (i, j) => value.get(i, j));
}

function fromTable(name: string, table: TableOfColumns): Copy {
  const rows = checkInteger(`${name}.numRows`, table.numRows, 0);
  const columns = Array.from({ length: checkInteger(`${name}.numCols`, table.numCols, 0) }, (_, j) => {
    const column = table.getChildAt(j);
    if (column !== null && column.length === rows) return column;
    throw rangeError(`${name}: column ${j} has ${column?.length ?? 'no'} values: expected ${rows}`);
  });
  return filled(name, rows, columns.length, (i, j) => {
    const entry = columns[j]?.get(i);
    if (entry === null) return Number.NaN;
    // Integers of 64 bits come as bigint.
    return typeof entry === 'bigint' ? Number(entry) : entry;
  });
}
