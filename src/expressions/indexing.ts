// Parts of expressions, and expressions put together from parts. Matrices are stored row after row.
import { types } from 'node:util';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, isList, show } from '../core/check.js';
import type { MatrixLike } from '../core/matrix.js';
import {
  constantMatrix,
  constantNode,
  Expression,
  type Node,
  nodeOf,
  type Operand,
  op,
  type ShapeOf,
  toEntries,
  toExpression,
} from './expression.js';
import { checkShape, isMatrixShape, type Shape, sameShape, scalar, showShape, sizeOf } from './shape.js';

type Vector = Expression<readonly [number]>;
type VectorPart = number | ArrayLike<number> | Expression<readonly []> | Vector;
type MatrixExpression = Expression<readonly [number, number]>;

/**
 * One entry: `at(x, i)` of a vector, `at(X, i, j)` of a matrix. Indices count from 0; negative ones from the end.
 * @throws RangeError when there is no such entry.
 */
export function at(x: Operand, i: number): Expression<readonly []>;
export function at(x: Operand, i: number, j: number): Expression<readonly []>;
export function at(x: Operand, i: number, j?: number): Expression {
  const { shape, node } = toEntries('x', x);
  if (shape.length !== (j === undefined ? 1 : 2)) {
    throw rangeError(
      `at: shape ${showShape(shape)} and ${j === undefined ? 'one index' : 'two indices'}: expected an index for each dimension`,
    );
  }
  const first = index('i', i, shape[0] as number);
  const place = j === undefined ? first : first * (shape[1] as number) + index('j', j, shape[1] as number);
  return new Expression(scalar, strided('at', node, place, 1, 1));
}

/**
 * Row i of a matrix, as a vector; i may be an integer of each row of data, as in row(W, rows.id), which makes W a table of embeddings.
 * With several integers a row it is a matrix of those rows.
 */
export function row(X: Operand, i: number | Expression<readonly []>): Vector;
export function row(X: Operand, i: Expression<readonly [number]>): MatrixExpression;
export function row(X: Operand, i: number | Expression): Expression;
export function row(X: Operand, i: number | Expression): Expression {
  const { shape, node } = matrixArgument('row', X);
  const [rows, columns] = shape;
  if (typeof i !== 'number') return looked('row', node, i, columns, [columns]);
  return new Expression([columns], strided('row', node, index('i', i, rows) * columns, 1, columns));
}

/** Column j of a matrix, as a vector. */
export function column(X: Operand, j: number): Vector {
  const { shape, node } = matrixArgument('column', X);
  const [rows, columns] = shape;
  return new Expression([rows], strided('column', node, index('j', j, columns), columns, rows));
}

/**
 * The entries of a vector, or the rows of a matrix, from `begin` up to but without `end` (default: all that follow), every
 * `step`-th (default 1). Negative `begin` and `end` count from the end, as in `Array.prototype.slice`.
 * @throws RangeError when that goes beyond what there is, or nothing is left.
 */
export function slice<A extends Operand>(x: A, begin: number, end?: number, step?: number): Expression<ShapeOf<A>>;
export function slice(x: Operand, begin: number, end?: number, step = 1): Expression {
  const { shape, node } = toEntries('x', x);
  const [length, columns] = shape;
  if (length === undefined) throw rangeError('slice: shape []: expected a vector or a matrix');
  const first = border('begin', begin, length);
  const last = end === undefined ? length : border('end', end, length);
  checkInteger('step', step, 1);
  if (first >= last) {
    throw rangeError(`slice: begin = ${begin}, end = ${end} of shape ${showShape(shape)}: expected begin before end`);
  }
  const size = Math.ceil((last - first) / step);
  if (columns === undefined) return new Expression([size], strided('slice', node, first, step, size));
  if (step === 1) {
    return new Expression([size, columns], strided('slice', node, first * columns, 1, size * columns));
  }
  return rowsOf(
    'slice',
    node,
    Int32Array.from({ length: size }, (_, k) => first + k * step),
    columns,
  );
}

/**
 * Entries of a vector, or rows of a matrix, by their numbers, which may repeat: `gather(x, [2, 0, 0])` is x_2, x_0, x_0. With
 * columns of indices it writes one formula for all rows of some data. An Int32Array is kept, not copied.
 * @throws RangeError for an index that there is not.
 */
export function gather<A extends Operand>(x: A, indices: ArrayLike<number>): Expression<ShapeOf<A>>;
export function gather(x: Operand, indices: ArrayLike<number>): Expression {
  const { shape, node } = toEntries('x', x);
  const [length, columns] = shape;
  if (length === undefined) throw rangeError('gather: shape []: expected a vector or a matrix');
  const list = indexList('indices', indices, length);
  if (columns === undefined) return new Expression([list.length], gathered('gather', node, list));
  return rowsOf('gather', node, list, columns);
}

/**
 * Scalars and vectors one after another, as a vector; or matrices of as many columns, one below the other. A single array is
 * the list of the parts.
 *
 * ```ts
 * concat(0, x, 0); // a vector, with a zero at both ends
 * concat(hours.map((t) => cost(t))); // of a list
 * ```
 */
export function concat(parts: readonly VectorPart[]): Vector;
export function concat(parts: readonly (MatrixLike | Expression<readonly [number, number]>)[]): MatrixExpression;
export function concat(parts: readonly Operand[]): Expression;
export function concat(...parts: [VectorPart, ...VectorPart[]]): Vector;
export function concat(
  ...parts: [
    MatrixLike | Expression<readonly [number, number]>,
    ...(MatrixLike | Expression<readonly [number, number]>)[],
  ]
): MatrixExpression;
export function concat(...parts: [Operand, ...Operand[]]): Expression;
export function concat(...given: readonly (Operand | readonly Operand[])[]): Expression {
  const parts = given.length === 1 && Array.isArray(given[0]) ? (given[0] as Operand[]) : (given as Operand[]);
  if (parts.length === 0) throw rangeError('parts: expected at least one expression');
  const expressions = Array.from(parts, (part, i) => toEntries(`parts[${i}]`, part));
  const first = (expressions[0] as Expression).shape;
  for (const [i, { shape }] of expressions.entries()) {
    if ((shape.length === 2) === (first.length === 2) && shape[1] === first[1]) continue;
    throw rangeError(
      `concat: parts[0] has shape ${showShape(first)}, parts[${i}] ${showShape(shape)}: expected scalars and vectors, or ` +
        'matrices of as many columns',
    );
  }
  const length = expressions.reduce((total, { shape }) => total + (shape[0] ?? 1), 0);
  const shape = first.length === 2 ? ([length, first[1]] as const) : ([length] as const);
  const inputs = expressions.map(({ node }) => node);
  return new Expression(shape, nodeOf('concat', { op: op.concatenate, size: sizeOf('concat', shape), inputs }));
}

/** Gives the numbers of x, row after row, another shape: a length, `[]` or `[rows, columns]`. */
export function reshape(x: Operand, shape: readonly []): Expression<readonly []>;
export function reshape(x: Operand, shape: number | readonly [number]): Vector;
export function reshape(x: Operand, shape: readonly [number, number]): MatrixExpression;
export function reshape(x: Operand, shape: number | Shape): Expression {
  const { shape: from, node } = toEntries('x', x);
  const to = checkShape('shape', shape);
  if (sizeOf('reshape', to) !== node.size) {
    throw rangeError(`reshape: from ${showShape(from)} to ${showShape(to)}: expected as many numbers`);
  }
  // It is no longer the constant matrix, or the transpose, that products look for.
  const { constant: _, transposeOf: __, ...numbers } = node;
  return new Expression(to, sameShape(from, to) ? node : numbers);
}

/** The transpose of a matrix. That of a constant one, dense or sparse, costs nothing in {@link matvec} and {@link matmul}. */
export function transpose(X: Parameters<typeof toExpression>[1]): MatrixExpression {
  const { shape, node } = toExpression('X', X);
  if (!isMatrixShape(shape)) throw rangeError(`transpose: shape ${showShape(shape)}: expected a matrix`);
  if (node.constant) return constantMatrix({ ...node.constant, transposed: !node.constant.transposed });
  const [rows, columns] = shape;
  if (rows === 1 || columns === 1) return new Expression([columns, rows], node);
  const indices = new Int32Array(node.size);
  for (let j = 0, k = 0; j < columns; ++j) {
    for (let i = 0; i < rows; ++i) indices[k++] = i * columns + j;
  }
  const turned = gathered('transpose', node, indices);
  return new Expression([columns, rows], { ...turned, transposeOf: { node, rows, columns } });
}

/** Rows of a matrix by an index of each row of data: for {@link row} and `pick`. */
export function looked(
  name: string,
  from: Node,
  index: Expression,
  width: number,
  shape: readonly number[],
): Expression {
  if (!(index instanceof Expression) || index.node.op !== op.rowColumn) {
    throw typeError(
      `${name}: index = ${show(index)}: expected an integer, or a column of model.rows such as rows.label`,
    );
  }
  const count = index.shape.length === 0 ? [] : [index.size];
  const node = nodeOf(name, { op: op.lookup, size: index.size * width, inputs: [from, index.node], integers: [width] });
  return new Expression([...count, ...shape] as unknown as Shape, node);
}

export function gathered(name: string, node: Node, indices: Int32Array): Node {
  const { numbers } = node;
  if (numbers) return constantNode(Float64Array.from(indices, (index) => numbers[index] as number));
  return nodeOf(name, { op: op.gather, size: indices.length, inputs: [node], integers: indices });
}

function strided(name: string, node: Node, first: number, step: number, size: number): Node {
  const { numbers } = node;
  if (numbers) return constantNode(Float64Array.from({ length: size }, (_, k) => numbers[first + k * step] as number));
  return nodeOf(name, { op: op.slice, size, inputs: [node], integers: [first, step, size] });
}

function rowsOf(name: string, node: Node, rows: Int32Array, columns: number): MatrixExpression {
  const indices = new Int32Array(sizeOf(name, [rows.length, columns]));
  for (let k = 0, to = 0; k < rows.length; ++k) {
    const from = (rows[k] as number) * columns;
    for (let j = 0; j < columns; ++j) indices[to++] = from + j;
  }
  return new Expression([rows.length, columns], gathered(name, node, indices));
}

function matrixArgument(name: string, X: Operand): MatrixExpression {
  const found = toEntries('X', X);
  if (isMatrixShape(found.shape)) return found as MatrixExpression;
  throw rangeError(`${name}: shape ${showShape(found.shape)}: expected a matrix`);
}

function index(name: string, value: number, length: number): number {
  if (typeof value !== 'number') throw typeError(`${name} = ${show(value)}: expected a number`);
  if (Number.isInteger(value) && value >= -length && value < length) return value < 0 ? length + value : value;
  throw rangeError(`${name} = ${value}: expected an integer in [${-length}, ${length - 1}]`);
}

function border(name: string, value: number, length: number): number {
  if (typeof value !== 'number') throw typeError(`${name} = ${show(value)}: expected a number`);
  if (Number.isInteger(value) && value >= -length && value <= length) return value < 0 ? length + value : value;
  throw rangeError(`${name} = ${value}: expected an integer in [${-length}, ${length}]`);
}

function indexList(name: string, value: ArrayLike<number>, length: number): Int32Array {
  if (!isList(value)) {
    throw typeError(`${name} = ${show(value)}: expected an array of integers`);
  }
  if (value.length === 0) throw rangeError(`${name}: expected at least one index`);
  const list = types.isInt32Array(value) ? value : new Int32Array(value.length);
  for (let k = 0; k < value.length; ++k) {
    const i = value[k] as number;
    if (typeof i !== 'number') throw typeError(`${name}[${k}] = ${show(i)}: expected a number`);
    if (!(Number.isInteger(i) && i >= 0 && i < length)) {
      throw rangeError(`${name}[${k}] = ${i}: expected an integer in [0, ${length - 1}]`);
    }
    if (list !== value) list[k] = i;
  }
  return list;
}
