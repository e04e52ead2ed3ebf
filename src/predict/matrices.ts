// Predictions of models that are matrices: deep linear networks and completed matrices.
import { rangeError, typeError } from '../core/argumentError.js';
import { isList, show } from '../core/check.js';
import type { Matrix, MatrixLike } from '../core/matrix.js';
import type { Kind } from './kind.js';
import { count, facts, matrixOf, number, numbers, optional } from './members.js';
import { affine, newRows } from './products.js';

interface Product {
  product: Matrix;
}

/** Deep linear networks, which predict by the product of their layers. */
export const linearNetworkKind: Kind<Product> = {
  kind: 'linearNetwork',
  members: {
    product: matrixOf('columns', 'outputs'),
    left: matrixOf('columns', 'rank'),
    singularValues: numbers('rank'),
    right: matrixOf('outputs', 'rank'),
  },
  marks: ['product', 'left', 'right'],
  columns: ({ product }) => product.rows,
  functions: class LinearNetworkFunctions {
    get kind(): string {
      return 'linearNetwork';
    }
    predict(x: MatrixLike): Matrix {
      const { product } = this as unknown as Product;
      return affine(newRows(x, product.rows), product);
    }
  }.prototype,
};

interface Completed {
  left: Matrix;
  singularValues: Float64Array;
  right: Matrix;
}

/** Completed matrices, which predict entries. */
export const completedMatrixKind: Kind<Completed> = {
  kind: 'completedMatrix',
  members: {
    lambda: number(),
    rank: count(0, 'rank'),
    left: matrixOf('rows', 'rank'),
    singularValues: numbers('rank'),
    right: matrixOf('columns', 'rank'),
    objective: number(),
    lowerBound: optional(number({ infinite: true })),
    gap: number({ infinite: true }),
    certificate: optional(facts()),
  },
  marks: ['left', 'singularValues', 'right', 'lambda', 'rank'],
  functions: class CompletedMatrix {
    get kind(): string {
      return 'completedMatrix';
    }
    predict(rowIndices: ArrayLike<number>, columnIndices: ArrayLike<number>): Float64Array {
      const { left, right, singularValues } = this as unknown as Completed;
      const rows = indices('rowIndices', rowIndices, left.rows);
      const columns = indices('columnIndices', columnIndices, right.rows, rows.length);
      return Float64Array.from(rows, (i, k) => {
        const j = columns[k] as number;
        let sum = 0;
        singularValues.forEach((value, l) => {
          sum += (left.data[i * left.columns + l] as number) * value * (right.data[j * right.columns + l] as number);
        });
        return sum;
      });
    }
  }.prototype,
};

/** An argument that must be an array of integers below a limit, as many as `length` says if that is given. */
export function indices(name: string, value: unknown, limit: number, length?: number): Int32Array {
  if (!isList(value)) throw typeError(`${name} = ${show(value)}: expected an array of integers`);
  if (length !== undefined && value.length !== length) {
    throw rangeError(`${name}: expected ${length} integers, got ${value.length}`);
  }
  return Int32Array.from({ length: value.length }, (_, k) => {
    const index = value[k] as number;
    if (Number.isInteger(index) && index >= 0 && index < limit) return index;
    throw rangeError(`${name}[${k}] = ${show(index)}: expected an integer in [0, ${limit - 1}]`);
  });
}
