// Data by rows, and the formulas of one row.
import { types } from 'node:util';
import { rangeError, typeError } from '../core/argumentError.js';
import { acrossCopies } from '../core/brand.js';
import { checkObject, checkVector, isList, isOtherVector, show } from '../core/check.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, type SparseMatrix } from '../core/matrix.js';
import { isSparse, toSizedOperand } from '../core/operand.js';
import { Expression, type Node, type Operand, op, toEntries } from './expression.js';
import { type Shape, showShape } from './shape.js';

/** A column of data: a number for each row, or a matrix, dense or sparse, with a vector in each row. */
export type ColumnLike = ArrayLike<number> | MatrixLike | SparseMatrix;

/** The row of a column in a formula: a number, or a vector. */
export type RowOf<C> = C extends Matrix | SparseMatrix | readonly ArrayLike<number>[]
  ? Expression<readonly [number]>
  : C extends ArrayLike<number>
    ? Expression<readonly []>
    : Expression;

/** Rows of data, made by {@link Model.rows}, with a member for each column, which in a formula is that of one row. */
export type Rows<Data extends Record<string, ColumnLike> = Record<string, ColumnLike>> = RowTable & {
  readonly [name in keyof Data]: RowOf<Data[name]>;
};

/** The columns of a table as they are at present. */
interface TableData {
  readonly count: number;
  readonly columns: ReadonlyMap<string, Matrix | SparseMatrix>;
  /** Signs of columns that were asked for. */
  readonly signs: Map<string, number>;
}

/** Means, sums and maxima over the rows of a table, and new data for it. */
export class RowTable {
  static {
    acrossCopies(RowTable, 'Rows');
  }

  #data: TableData;
  readonly #owner: object;

  /** @internal */
  constructor(owner: object, data: Record<string, ColumnLike>) {
    this.#owner = owner;
    this.#data = dataOf(data);
    for (const [name, values] of this.#data.columns) {
      if (name in this) throw rangeError(`rows: a column '${name}': expected another name, as that is a function`);
      const shape: Shape = isScalar(data[name]) ? [] : [values.columns];
      const node: Node = { op: op.rowColumn, size: values.columns, owner, inputs: [], rows: this, column: name };
      Object.defineProperty(this, name, { value: new Expression(shape, node), enumerable: true });
    }
  }

  /** How many rows there are. */
  get count(): number {
    return this.#data.count;
  }

  /**
   * The mean over all rows of the formula of one: rows.mean(square(sub(dot(w, rows.x), rows.y))).
   * @throws TypeError when the formula has nothing of these rows.
   */
  mean<S extends Shape>(formula: Expression<S>): Expression<S> {
    return this.#close('mean', formula) as Expression<S>;
  }

  /** The sum over all rows of the formula of one, as {@link RowTable.mean}. */
  sum<S extends Shape>(formula: Expression<S>): Expression<S> {
    return this.#close('sum', formula) as Expression<S>;
  }

  /** The largest value that the formula has in any row, as {@link RowTable.mean}; with a kink where two rows have it. */
  max<S extends Shape>(formula: Expression<S>): Expression<S> {
    return this.#close('max', formula) as Expression<S>;
  }

  /**
   * New data for later solves, of any number of rows: every column, as wide as before. Nothing is compiled anew, and solves that run
   * keep the data that they began with.
   * @throws RangeError or TypeError that names the column and what was expected.
   */
  replace(data: Record<string, ColumnLike>): void {
    const next = dataOf(data);
    for (const [name, { columns }] of this.#data.columns) requireWidth(name, next.columns.get(name), columns);
    for (const name of next.columns.keys()) {
      if (!this.#data.columns.has(name))
        throw rangeError(`rows.replace: ${name}: expected no other columns than before`);
    }
    this.#data = next;
  }

  /** @internal The request for an addon with these columns, of other data if they are given. */
  request(names: readonly string[], data?: Record<string, ColumnLike>): RowTableRequest {
    const { count, columns } = data === undefined ? this.#data : dataOf(data);
    const chosen = names.map((name) => {
      const values = columns.get(name);
      requireWidth(name, values, (this.#data.columns.get(name) as Matrix | SparseMatrix).columns);
      return { name, values: values as Matrix | SparseMatrix };
    });
    return { rows: count, columns: chosen };
  }

  /** @internal The sign by `of` of the numbers of a column but for zeros, asked for once for the same data. */
  signOf(name: string, of: (numbers: ArrayLike<number>) => number): number {
    const { columns, signs } = this.#data;
    const values = columns.get(name) as Matrix | SparseMatrix;
    const known = signs.get(name) ?? of('data' in values ? values.data : values.values);
    signs.set(name, known);
    return known;
  }

  /** @internal Members that stay the same until there are new data. */
  get version(): object {
    return this.#data;
  }

  #close(kind: 'mean' | 'sum' | 'max', formula: Operand): Expression {
    const { shape, node } = toEntries('formula', formula);
    if (node.rows !== this) {
      const found = node.rows === undefined ? `has nothing of its rows` : `has those of another table`;
      throw typeError(`rows.${kind}: a formula that ${found}: expected one with a column, such as rows.x`);
    }
    const closing = { kind, of: node };
    const kink = kind === 'max' ? { kink: 'rows.max' } : {};
    return new Expression(shape, { op: -2, size: node.size, owner: this.#owner, inputs: [], closing, ...kink });
  }
}

/** A table in the form that an addon reads. */
export interface RowTableRequest {
  rows: number;
  columns: { name: string; values: Matrix | SparseMatrix }[];
}

/** Throws where an expression differs from row to row, and so is none of the whole problem. */
export function requireClosed(what: string, { shape, node }: Expression): void {
  if (node.rows === undefined) return;
  throw typeError(
    `${what}: an expression of shape ${showShape(shape)} of one row: expected one of all rows, as rows.mean(...), rows.sum(...) or rows.max(...) give`,
  );
}

const isScalar = (column: ColumnLike | undefined): boolean =>
  column !== undefined && !isSparse(column) && !looksLikeMatrix(column);

function dataOf(data: Record<string, ColumnLike>): TableData {
  const entries = Object.entries(checkObject('rows', data));
  if (entries.length === 0) throw rangeError('rows: expected at least one column');
  const columns = new Map(entries.map(([name, column]) => [name, columnOf(`rows.${name}`, column)]));
  const [[first, { rows: count }]] = [...columns] as [[string, Matrix | SparseMatrix]];
  for (const [name, { rows }] of columns) {
    if (rows === count) continue;
    throw rangeError(`rows.${name}: has ${rows} rows: expected ${count}, as rows.${first} has`);
  }
  return { count, columns, signs: new Map() };
}

function columnOf(name: string, column: unknown): Matrix | SparseMatrix {
  if (isSparse(column) || looksLikeMatrix(column)) return toSizedOperand(name, column);
  if (types.isFloat32Array(column) && column.length > 0) return { data: column, rows: column.length, columns: 1 };
  if (!isList(column) && !isOtherVector(column)) {
    throw typeError(`${name} = ${show(column)}: expected a number for each row, or a matrix`);
  }
  const data = checkVector(name, column as ArrayLike<number>);
  return { data, rows: data.length, columns: 1 };
}

function requireWidth(name: string, values: Matrix | SparseMatrix | undefined, width: number): void {
  if (values === undefined) throw rangeError(`rows: no column '${name}': expected one, as there was before`);
  if (values.columns === width) return;
  throw rangeError(`rows.${name}: has ${values.columns} numbers in each row: expected ${width}, as before`);
}
