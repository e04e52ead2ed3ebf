// Products with matrices.
import { rangeError } from '../core/argumentError.js';
import type { MatrixLike, SparseMatrix } from '../core/matrix.js';
import { Expression, type Node, nodeOf, type Operand, op, toEntries, toExpression } from './expression.js';
import { gathered, transpose } from './indexing.js';
import { isMatrixShape, showShape, sizeOf } from './shape.js';

type MatrixExpression = Expression<readonly [number, number]>;

/** A matrix in a product: constant, dense or sparse, or an expression. */
export type MatrixOperand = MatrixLike | SparseMatrix | Expression<readonly [number, number]> | Expression;

/**
 * A constant as an expression, to be used several times: a number, a vector, or a matrix, dense or sparse. A Float64Array is
 * kept, not copied: do not change it before the model's first solve, and use a parameter for numbers that change.
 */
export function constant(value: number): Expression<readonly []>;
export function constant(value: MatrixLike | SparseMatrix): MatrixExpression;
export function constant(value: ArrayLike<number>): Expression<readonly [number]>;
export function constant(value: Operand | SparseMatrix): Expression {
  return toExpression('value', value);
}

/**
 * A x, with A m x n and n numbers x: m numbers. Fastest for a constant A, dense or sparse; `transpose(A)` of one costs nothing.
 * @throws RangeError that names both shapes where they do not fit.
 */
export function matvec(A: MatrixOperand, x: Operand): Expression<readonly [number]> {
  const matrix = matrixArgument('matvec', 'A', A);
  const vector = toEntries('x', x);
  const [m, n] = matrix.shape;
  if (vector.shape.length !== 1 || vector.size !== n) {
    throw rangeError(
      `matvec: A has shape ${showShape(matrix.shape)}, x ${showShape(vector.shape)}: expected a vector of ${n}`,
    );
  }
  if (isSameForRows(matrix, vector)) return new Expression([m], product('matvec', matrix, false, vector.node, 1));
  const rows = sizeOf('matvec', matrix.shape);
  const indices = Int32Array.from({ length: rows }, (_, k) => k % n);
  const inputs = [matrix.node, gathered('matvec', vector.node, indices)];
  return new Expression([m], nodeOf('matvec', { op: op.dot, size: m, inputs, integers: [n] }));
}

/**
 * A B, with A m x k and B k x n. Fastest where one of them is constant, dense or sparse.
 * @throws RangeError that names both shapes where they do not fit.
 */
export function matmul(A: MatrixOperand, B: MatrixOperand): MatrixExpression {
  const [left, right] = [
    matrixArgument('matmul', 'A', A),
    matrixArgument('matmul', 'B', B, '; of a vector x it is matvec(A, x)'),
  ];
  const [m, k] = left.shape;
  const n = right.shape[1];
  if (right.shape[0] !== k) {
    throw rangeError(
      `matmul: A has shape ${showShape(left.shape)}, B ${showShape(right.shape)}: expected as many rows of B as A has columns`,
    );
  }
  const size = sizeOf('matmul', [m, n]);
  // Rows follow one another: those of A B are B^T times those of A, and its columns A times those of B.
  if (isSameForRows(right, left) && left.node.op >= 0) {
    return new Expression([m, n], product('matmul', right, true, left.node, m));
  }
  if (isSameForRows(left, right)) {
    const columns = transpose(toEntries('B', right));
    return transpose(new Expression([n, m], product('matmul', left, false, columns.node, n)));
  }
  const length = sizeOf('matmul', [size, k]);
  const [rows, columns] = [new Int32Array(length), new Int32Array(length)];
  for (let i = 0, to = 0; i < m; ++i) {
    for (let j = 0; j < n; ++j) {
      for (let l = 0; l < k; ++l, ++to) {
        rows[to] = i * k + l;
        columns[to] = l * n + j;
      }
    }
  }
  const inputs = [gathered('matmul', left.node, rows), gathered('matmul', right.node, columns)];
  return new Expression([m, n], nodeOf('matmul', { op: op.dot, size, inputs, integers: [k] }));
}

/** Returns true if a matrix is constant, or the same for all rows of what it is multiplied by: then there is one product for many vectors. */
function isSameForRows({ node }: MatrixExpression, { node: vectors }: Expression): boolean {
  return node.constant !== undefined || (node.rows === undefined && vectors.rows !== undefined);
}

/** A matrix that {@link isSameForRows}, or its transpose, times each of `count` vectors that follow one another. */
function product(name: string, matrix: MatrixExpression, flip: boolean, vectors: Node, count: number): Node {
  const size = count * matrix.shape[flip ? 1 : 0];
  const { constant, transposeOf } = matrix.node;
  if (!constant) {
    const { node, rows, columns } = transposeOf ?? {
      node: matrix.node,
      rows: matrix.shape[0],
      columns: matrix.shape[1],
    };
    const turned = (transposeOf !== undefined) !== flip ? 1 : 0;
    const inputs = [node, vectors];
    return nodeOf(name, { op: op.rowMatvec, size, inputs, integers: [rows, columns, turned, count] });
  }
  const transposed = constant.transposed !== flip;
  return nodeOf(name, {
    op: op.matvec,
    size,
    inputs: [vectors],
    factor: { ...constant, transposed },
    integers: [count],
  });
}

function matrixArgument(operation: string, name: string, value: MatrixOperand, hint = ''): MatrixExpression {
  const found = toExpression(name, value as MatrixOperand & Operand);
  if (isMatrixShape(found.shape)) return found as MatrixExpression;
  throw rangeError(`${operation}: ${name} has shape ${showShape(found.shape)}: expected a matrix${hint}`);
}
