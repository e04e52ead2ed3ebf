// Calls of every family with large data.

import type { Matrix, SolveOptions, SparseMatrix } from '../../src/index.js';
import * as nonconvex from '../../src/index.js';
import { uniforms } from '../shared/random.js';

const { deepLinear, fractional, Model, model, nlp, relu, sparse, contrib } = nonconvex;
const { add, matvec, sub, sumSquares } = model;

export interface Case {
  name: string;
  size: string;
  /** Makes its data, which is not measured, and gives the call, which is. */
  prepare: () => (settings: Pick<SolveOptions, 'signal'> & { timeLimit?: number }) => Promise<unknown>;
}

function numbers(count: number, seed = 1): Float64Array {
  const uniform = uniforms(seed);
  return Float64Array.from({ length: count }, () => 2 * uniform() - 1);
}

const dense = (rows: number, columns: number): Matrix => ({ data: numbers(rows * columns), rows, columns });

/** Rows of `each` entries that lie apart from one another. */
function scattered(rows: number, columns: number, each: number): SparseMatrix {
  const apart = Math.floor(columns / each);
  return {
    ...{ format: 'csr', rows, columns },
    offsets: Int32Array.from({ length: rows + 1 }, (_, i) => each * i),
    indices: Int32Array.from({ length: each * rows }, (_, k) => apart * (k % each) + (Math.floor(k / each) % apart)),
    values: numbers(each * rows, 3),
  };
}

/** A symmetric matrix with a diagonal of n. */
function symmetric(n: number): Matrix {
  const { data } = dense(n, n);
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j < i; ++j) data[i * n + j] = data[j * n + i] as number;
    data[i * n + i] = n;
  }
  return { data, rows: n, columns: n };
}

/** A tridiagonal matrix, 4 on the diagonal and -1 beside it. */
function tridiagonal(n: number): SparseMatrix {
  const offsets = Int32Array.from({ length: n + 1 }, (_, i) => (i === 0 ? 0 : i === n ? 3 * n - 2 : 3 * i - 1));
  const indices = new Int32Array(3 * n - 2);
  const values = new Float64Array(3 * n - 2);
  for (let i = 0, k = 0; i < n; ++i) {
    for (let j = Math.max(0, i - 1); j <= Math.min(n - 1, i + 1); ++j, ++k) {
      indices[k] = j;
      values[k] = i === j ? 4 : -1;
    }
  }
  return { format: 'csr', rows: n, columns: n, offsets, indices, values };
}

const eight = [40_000, 200] as const; // 8 million numbers
const labels = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const signs = (rows: number): Float64Array => Float64Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? 1 : -1));

/** ||A x - y||^2 + ||x||^2 as a model of expressions. */
function modelOf(A: SparseMatrix, y: Float64Array): nonconvex.Model {
  const made = new Model();
  const x = made.variable(A.columns);
  made.minimize(add(sumSquares(sub(matvec(A, x), y)), sumSquares(x)));
  return made;
}

export const cases: Case[] = [
  {
    ...{ name: 'relu.trainReluNetwork', size: '40,000 x 200' },
    prepare() {
      const [x, y] = [dense(...eight), numbers(eight[0], 2)];
      return (settings) => relu.trainReluNetwork({ x, y }, { lambda: 1, ...settings });
    },
  },
  {
    ...{ name: 'contrib.sequentialMaxMargin', size: '1e6 labels, two classes' },
    prepare() {
      const rows = 1e6;
      const x = dense(rows, 2);
      const y = Array.from({ length: rows }, (_, i) => labels[i % 2] as string);
      return (settings) => contrib.sequentialMaxMargin({ tasks: [{ x, y }] }, settings);
    },
  },
  {
    ...{ name: 'sparse.sparsePath', size: '1e6 labels, ten classes' },
    prepare() {
      const rows = 1e6;
      const x = dense(rows, 2);
      const y = Array.from({ length: rows }, (_, i) => (7 * i) % 10);
      return (settings) => sparse.sparsePath({ x, y }, { family: 'multinomial', ...settings });
    },
  },
  {
    ...{ name: 'nlp.logisticRegression', size: '1e6 labels, two classes' },
    prepare() {
      const rows = 1e6;
      const x = dense(rows, 2);
      const y = Array.from({ length: rows }, (_, i) => labels[i % 2] as string);
      return (settings) => nlp.minimize(nlp.logisticRegression({ x, y, ridge: 1 }), settings);
    },
  },
  {
    ...{ name: 'fractional.minimizeRatio', size: '40,000 x 200' },
    prepare() {
      const [A, b] = [dense(...eight), numbers(eight[0], 2)];
      return (settings) =>
        fractional.minimizeRatio(
          { numerator: [fractional.leastSquares(A, b), fractional.l1(0.1)], denominator: fractional.norm1() },
          settings,
        );
    },
  },
  {
    ...{ name: 'fractional.minimizeRatio', size: '8e6 entries' },
    prepare() {
      const [A, b] = [scattered(400_000, 10_000, 20), numbers(400_000, 2)];
      return (settings) =>
        fractional.minimizeRatio(
          { numerator: [fractional.leastSquares(A, b), fractional.l1(0.1)], denominator: fractional.norm1() },
          settings,
        );
    },
  },
  {
    ...{ name: 'deepLinear.trainLinearNetwork', size: '40,000 x 200' },
    prepare() {
      const [x, y] = [dense(...eight), numbers(eight[0], 2)];
      return (settings) => deepLinear.trainLinearNetwork({ x, y }, { lambda: 1, ...settings });
    },
  },
  {
    ...{ name: 'sparse.sparsePath', size: '40,000 x 200' },
    prepare() {
      const [x, y] = [dense(...eight), numbers(eight[0], 2)];
      return (settings) => sparse.sparsePath({ x, y }, settings);
    },
  },
  {
    ...{ name: "sparse.sparsePath, impute: 'mean'", size: '40,000 x 200' },
    prepare() {
      const [x, y] = [dense(...eight), numbers(eight[0], 2)];
      for (let k = 0; k < x.data.length; k += 997) x.data[k] = Number.NaN;
      return (settings) => sparse.sparsePath({ x, y, impute: 'mean' }, { ...settings });
    },
  },
  {
    ...{ name: 'sparse.sparsePath', size: '8e6 entries' },
    prepare() {
      const [x, y] = [scattered(400_000, 10_000, 20), numbers(400_000, 2)];
      return (settings) => sparse.sparsePath({ x, y }, settings);
    },
  },
  {
    ...{ name: 'contrib.oneClassSubspaces', size: '40,000 x 200' },
    prepare() {
      const x = dense(...eight);
      return (settings) => contrib.oneClassSubspaces({ x }, settings);
    },
  },
  {
    ...{ name: 'contrib.supervisedDictionary', size: '40,000 x 200' },
    prepare() {
      const [x, y] = [dense(...eight), signs(eight[0])];
      return (settings) => contrib.supervisedDictionary({ x, y }, settings);
    },
  },
  {
    ...{ name: 'nlp.logisticRegression', size: '40,000 x 200' },
    prepare() {
      const [x, y] = [dense(...eight), signs(eight[0])];
      return (settings) => nlp.minimize(nlp.logisticRegression({ x, y, ridge: 1 }), settings);
    },
  },
  {
    ...{ name: 'nlp.logisticRegression', size: '8e6 entries' },
    prepare() {
      const [x, y] = [scattered(400_000, 10_000, 20), signs(400_000)];
      return (settings) => nlp.minimize(nlp.logisticRegression({ x, y, ridge: 1 }), settings);
    },
  },
  {
    ...{ name: 'nlp.quadraticProgram', size: '2,000 x 2,000' },
    prepare() {
      const [Q, c] = [symmetric(2000), numbers(2000, 2)];
      return (settings) => nlp.minimize(nlp.quadraticProgram({ Q, c }), settings);
    },
  },
  {
    ...{ name: 'nlp.quadraticProgram', size: '1e6 unknowns, 3e6 entries' },
    prepare() {
      const [Q, c] = [tridiagonal(1e6), numbers(1e6, 2)];
      return (settings) => nlp.minimize(nlp.quadraticProgram({ Q, c }), settings);
    },
  },
  {
    ...{ name: 'nlp.quadraticProgram with G', size: '1e6 unknowns' },
    prepare() {
      const [Q, c, G] = [tridiagonal(1e6), numbers(1e6, 2), scattered(100_000, 1e6, 10)];
      return (settings) => nlp.minimize(nlp.quadraticProgram({ Q, c, G, atMost: 1, lower: -1 }), settings);
    },
  },
  {
    ...{ name: 'nlp.minimize of a Model', size: '8e6 entries' },
    prepare() {
      const [A, y] = [scattered(400_000, 10_000, 20), numbers(400_000, 2)];
      return (settings) => nlp.minimize(modelOf(A, y), settings);
    },
  },
];
