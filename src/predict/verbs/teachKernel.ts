// Models of `teachKernel`: members as JSON, and predictions.
import { typeError } from '../../core/argumentError.js';
import type { Matrix, MatrixLike } from '../../core/matrix.js';
import type { Kind } from '../kind.js';
import { integers, matrixOf, number, oneOf, optional } from '../members.js';
import { affine, newRows, rowOf } from '../products.js';

interface Kernel {
  points?: Matrix;
  coefficients: Matrix;
  kernel: 'gaussian' | 'linear' | 'precomputed';
  kernelWidth?: number;
}

export const teachKernelKind: Kind<Kernel> = {
  kind: 'teachKernel',
  members: {
    coefficients: matrixOf('points', 'learners'),
    points: optional(matrixOf('points', 'columns')),
    kernel: oneOf('gaussian', 'linear', 'precomputed'),
    kernelWidth: optional(number()),
    rate: optional(number()),
    sequence: integers(undefined, 'points'),
  },
  marks: ['coefficients', 'kernel', 'sequence'],
  columns: ({ points, coefficients }) => points?.columns ?? coefficients.rows,
  check({ kernel, points }) {
    if (kernel === 'precomputed' || points) return;
    throw typeError(`points = undefined: expected an object, as the kernel is '${kernel}'`);
  },
  functions: class TeachKernelFunctions {
    get kind(): string {
      return 'teachKernel';
    }
    predict(x: MatrixLike): Matrix {
      const { points, coefficients, kernel, kernelWidth = 1 } = this as unknown as Kernel;
      const given = newRows(x, points ? points.columns : coefficients.rows);
      if (!points) return affine(given, coefficients);
      const values = new Float64Array(given.rows * points.rows);
      for (let i = 0; i < given.rows; ++i) {
        for (let t = 0; t < points.rows; ++t) {
          values[i * points.rows + t] = between(kernel, kernelWidth, rowOf(given, i), rowOf(points, t));
        }
      }
      return affine({ data: values, rows: given.rows, columns: points.rows }, coefficients);
    }
  }.prototype,
};

/** The kernel's value between two rows. */
function between(kernel: string, width: number, a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; ++j) {
    const [u, v] = [a[j] as number, b[j] as number];
    sum += kernel === 'linear' ? u * v : (u - v) ** 2;
  }
  return kernel === 'linear' ? sum : Math.exp((-0.5 / (width * width)) * sum);
}
