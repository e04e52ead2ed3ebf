// Expressions: a shape, and a node of the graph that native/expressions/graph.hpp describes.
import { rangeError, typeError } from '../core/argumentError.js';
import { acrossCopies } from '../core/brand.js';
import { checkNumber, checkVector, description, show } from '../core/check.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, type SparseMatrix, toFloat64 } from '../core/matrix.js';
import { isSparse, toOperand } from '../core/operand.js';
import { type Shape, scalar, showShape, sizeOf } from './shape.js';

/** Numbers of the operations in the serialised graph; a test compares them with native/expressions/operators.def. */
export const op = {
  constant: 0,
  variables: 1,
  parameters: 2,
  negate: 10,
  abs: 11,
  square: 12,
  abs2: 13,
  sqrt: 14,
  exp: 15,
  log: 16,
  log1p: 17,
  expm1: 18,
  log10: 19,
  sin: 20,
  cos: 21,
  tan: 22,
  asin: 23,
  acos: 24,
  atan: 25,
  sinh: 26,
  cosh: 27,
  tanh: 28,
  asinh: 29,
  acosh: 30,
  atanh: 31,
  softplus: 32,
  sigmoid: 33,
  erf: 35,
  add: 60,
  subtract: 61,
  multiply: 62,
  divide: 63,
  pow: 64,
  min: 65,
  max: 66,
  atan2: 67,
  sum: 80,
  dot: 81,
  norm2Squared: 82,
  logsumexp: 83,
  matvec: 84,
  slice: 85,
  gather: 86,
  concatenate: 87,
  rowColumn: 88,
  lookup: 89,
  rowMatvec: 90,
} as const;

/** Stands for the operation of a sparse constant, which has no entries. */
const sparse = -1;

/** A constant matrix, or its transpose. */
export interface ConstantMatrix {
  readonly matrix: Matrix | SparseMatrix;
  readonly transposed: boolean;
}

export interface Node {
  /** One of `op`; -1 of a sparse constant, -2 of a closing, which are no nodes of native code. */
  readonly op: number;
  /** How many numbers. */
  readonly size: number;
  /** The model whose variables or parameters are in it; undefined for constants. */
  readonly owner: object | undefined;
  readonly inputs: readonly Node[];
  /** Integers behind the inputs in the serialised form. */
  readonly integers?: readonly number[] | Int32Array;
  /** Entries of a constant. */
  readonly numbers?: Float64Array;
  /** A constant matrix itself. */
  readonly constant?: ConstantMatrix;
  /** The constant matrix of a product. */
  readonly factor?: ConstantMatrix;
  /** The matrix whose transpose it is, with its rows and columns. */
  readonly transposeOf?: { readonly node: Node; readonly rows: number; readonly columns: number };
  /** The node that it is a convex function of, growing where that is >= 0 and falling elsewhere, of no value below 0; rules of its parts do not tell. */
  readonly convexIn?: Node;
  /** The function that has a kink: one whose derivative jumps. */
  readonly kink?: string;
  /** The rows whose data are in it, so that it differs from row to row; undefined where it does not. */
  readonly rows?: object | undefined;
  /** The column of these rows that it is. */
  readonly column?: string;
  /** The formula that a mean, a sum or a maximum over rows is of. */
  readonly closing?: Closing;
}

/** A mean, a sum or a maximum over rows, of a formula of one row. */
export interface Closing {
  readonly kind: 'mean' | 'sum' | 'max';
  readonly of: Node;
}

/**
 * A scalar, vector or matrix in the variables and parameters of a {@link Model}, made by functions such as `add`, `exp` and
 * `sum`. Expressions do not change, and may be used any number of times.
 */
export class Expression<S extends Shape = Shape> {
  static {
    acrossCopies(Expression, 'Expression');
  }

  /** `[]` of a scalar, `[n]` of a vector, `[rows, columns]` of a matrix. */
  readonly shape: S;
  /** @internal */
  readonly node: Node;

  /** @internal Expressions are made by a model and by functions. */
  constructor(shape: S, node: Node) {
    if (!Array.isArray(shape) || typeof node !== 'object' || node === null || !('op' in node)) {
      throw typeError('expressions are made by a Model and by the functions of nonconvex/model');
    }
    this.shape = shape;
    this.node = node;
  }

  /** How many numbers it has. */
  get size(): number {
    return this.node.size;
  }

  /** @internal */
  [description](): string {
    return `an expression of shape ${showShape(this.shape)}`;
  }

  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return `expression of shape ${showShape(this.shape)}`;
    throw typeError('an expression is no number: write add(a, b), sub(a, b), mul(a, b), div(a, b), pow(a, b)');
  }
}

/** An operand of functions of expressions: an expression, or a constant number, vector or matrix. */
export type Operand = Expression | number | MatrixLike | ArrayLike<number>;

/** The shape of an operand. */
export type ShapeOf<T> =
  T extends Expression<infer S>
    ? S
    : T extends number
      ? readonly []
      : T extends Matrix | SparseMatrix | readonly ArrayLike<number>[]
        ? readonly [number, number]
        : readonly [number];

/** An operand as an expression; errors call it `name`. */
export function toExpression<T extends Operand | SparseMatrix>(name: string, value: T): Expression<ShapeOf<T>>;
export function toExpression(name: string, value: Operand | SparseMatrix): Expression {
  if (value instanceof Expression) return value;
  if (typeof value === 'number') return constantOf(scalar, Float64Array.of(checkNumber(name, value)));
  if (isSparse(value) || looksLikeMatrix(value))
    return constantMatrix({ matrix: toOperand(name, value), transposed: false });
  if (typeof value !== 'object' || value === null) {
    throw typeError(`${name} = ${show(value)}: expected an expression, a number, an array or a matrix`);
  }
  const numbers = checkVector(name, value);
  return constantOf([numbers.length], numbers);
}

/** An operand as an expression with entries, which sparse constants do not have; errors call it `name`. */
export function toEntries<T extends Operand>(name: string, value: T): Expression<ShapeOf<T>> {
  const expression = toExpression(name, value);
  if (expression.node.op !== sparse) return expression;
  throw rangeError(
    `${name}: a sparse matrix of shape ${showShape(expression.shape)}: expected only in matvec and matmul`,
  );
}

function constantOf<S extends Shape>(shape: S, numbers: Float64Array): Expression<S> {
  return new Expression(shape, constantNode(numbers));
}

/** The node of a constant: what is taken of one is a constant, too, so that products with it are linear. */
export function constantNode(numbers: Float64Array): Node {
  return { op: op.constant, size: numbers.length, owner: undefined, inputs: [], numbers };
}

/** An expression for a constant matrix. A sparse one has no entries, and so no node that native code knows. */
export function constantMatrix(constant: ConstantMatrix): Expression<readonly [number, number]> {
  const { matrix, transposed } = constant;
  const shape = transposed ? ([matrix.columns, matrix.rows] as const) : ([matrix.rows, matrix.columns] as const);
  const leaf = { owner: undefined, inputs: [], constant };
  if (!('data' in matrix)) return new Expression(shape, { op: sparse, size: matrix.rows * matrix.columns, ...leaf });
  const size = sizeOf('constant', shape);
  const numbers = toFloat64(transposed ? transposedMatrix(matrix) : matrix);
  return new Expression(shape, { op: op.constant, size, ...leaf, numbers });
}

function transposedMatrix({ data, rows, columns }: Matrix): Matrix {
  const to = new Float64Array(data.length);
  for (let i = 0; i < rows; ++i) {
    for (let j = 0; j < columns; ++j) to[j * rows + i] = data[i * columns + j] as number;
  }
  return { data: to, rows: columns, columns: rows };
}

/** A node of some inputs, which must not belong to two models, or to rows of two tables. */
export function nodeOf(operation: string, node: Omit<Node, 'owner' | 'rows'>): Node {
  let owner: object | undefined;
  let rows: object | undefined;
  for (const input of node.inputs) {
    if (input.rows !== undefined && rows !== undefined && input.rows !== rows)
      throw typeError(`${operation}: expected expressions of the rows of one table, got two of different tables`);
    rows ??= input.rows;
    if (input.owner === undefined || input.owner === owner) continue;
    if (owner !== undefined)
      throw typeError(`${operation}: expected expressions of one model, got two of different models`);
    owner = input.owner;
  }
  return rows === undefined ? { ...node, owner } : { ...node, owner, rows };
}
