// Values of the terms of a ratio, written down from their definitions, and random data.

import type { FractionalTerm } from '../../src/fractional/terms.js';
import type { Matrix } from '../../src/index.js';

export type Vector = ArrayLike<number>;

export function sum(values: Vector): number {
  let total = 0;
  for (let i = 0; i < values.length; ++i) total += values[i] as number;
  return total;
}
export function vector(n: number, f: (i: number) => number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; ++i) out[i] = f(i);
  return out;
}

export function product(A: Matrix, x: Vector): Float64Array {
  const { data, rows, columns } = A;
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; ++i) {
    let total = 0;
    for (let j = 0; j < columns; ++j) total += (data[i * columns + j] as number) * (x[j] as number);
    out[i] = total;
  }
  return out;
}
export const entry = (A: Matrix, i: number, j: number): number => A.data[i * A.columns + j] as number;
export const norm = (z: Float64Array, p: number): number =>
  p === Number.POSITIVE_INFINITY ? Math.max(...z.map(Math.abs)) : sum(z.map((v) => Math.abs(v) ** p)) ** (1 / p);

/** f, h or g of one term at x; infinite outside of bounds. */
export function termAt(term: FractionalTerm, values: Vector): number {
  const x = values instanceof Float64Array ? values : Float64Array.from(values);
  const of = (numbers: number | Float64Array, i: number) =>
    typeof numbers === 'number' ? numbers : (numbers[i] as number);
  const each = (f: (u: number, i: number) => number) => sum(x.map(f));
  switch (term.kind) {
    case 'leastSquares':
      return sum(product(term.matrix as Matrix, x).map((z, i) => (z - (term.b[i] as number)) ** 2 / 2));
    case 'squaredHinge':
      return sum(product(term.matrix as Matrix, x).map((z, i) => Math.max(0, z - (term.b[i] as number)) ** 2 / 2));
    case 'logistic':
      return sum(product(term.matrix as Matrix, x).map((z, i) => Math.log1p(Math.exp(-(term.y[i] as number) * z))));
    case 'affine':
      return each((u, i) => u * (term.c[i] as number)) + term.constant;
    case 'affineSquared': {
      const linear = each((u, i) => u * (term.c[i] as number)) + term.constant;
      return linear > 0 ? linear ** 2 : Number.NaN;
    }
    case 'quadratic': {
      const Qx = product(term.matrix as Matrix, x);
      return each((u, i) => (u * (Qx[i] as number)) / 2 + u * (term.linear?.[i] ?? 0)) + term.constant;
    }
    case 'sumSquares':
      return term.weight * norm(x, 2) ** 2 + term.constant;
    case 'l1Squared':
      return term.lambda * norm(x, 1) ** 2;
    case 'box':
    case 'nonNegative':
      return x.every((u, i) => u >= of(term.lower, i) && u <= of(term.upper, i)) ? 0 : Number.POSITIVE_INFINITY;
    case 'norm1':
      return term.scale * norm(x, 1) + term.shift;
    case 'norm2':
      return term.scale * norm(x, 2) + term.shift;
    case 'normInf':
      return term.scale * norm(x, Number.POSITIVE_INFINITY) + term.shift;
    case 'topK': {
      const sizes = x.map(Math.abs).sort((a, b) => b - a);
      return term.scale * sum(sizes.subarray(0, term.k)) + term.shift;
    }
    case 'lpNorm':
      return term.scale * norm(product(term.matrix as Matrix, x), term.p) ** (term.squared ? 2 : 1) + term.shift;
    case 'sumSqrt':
      return each((u, i) => of(term.weights, i) * Math.sqrt(u + of(term.epsilon, i))) + term.shift;
    case 'sumLog':
      return each((u, i) => of(term.weights, i) * Math.log1p((term.h[i] as number) * u)) + term.shift;
    case 'separable':
      return each((u, i) => term.value(u, i)) + term.shift;
    default:
      return each((u, i) => of(term.l1, i) * Math.abs(u) + (of(term.l2, i) / 2) * u * u);
  }
}

export interface Ratio {
  numerator: readonly FractionalTerm[];
  denominator: FractionalTerm;
}

/** F(x); infinite where the denominator is not positive. */
export function ratioAt({ numerator, denominator }: Ratio, x: Vector): number {
  const g = termAt(denominator, x);
  return g > 0 ? sum(numerator.map((term) => termAt(term, x))) / g : Number.POSITIVE_INFINITY;
}

/** Random numbers by a seed. */
export class Draw {
  constructor(private state = 1) {}
  /** The next number, in (0, 1). */
  uniform(): number {
    this.state = (this.state * 48271) % 2147483647;
    return this.state / 2147483647;
  }
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
  normals(n: number, scale = 1): Float64Array {
    return vector(n, () => scale * this.normal());
  }
  matrix(rows: number, columns: number, scale = 1): Matrix {
    return { data: this.normals(rows * columns, scale), rows, columns };
  }
}

/** A^T A */
export function gram(A: Matrix): Matrix {
  const n = A.columns;
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j <= i; ++j) {
      let total = 0;
      for (let k = 0; k < A.rows; ++k) total += entry(A, k, i) * entry(A, k, j);
      data[i * n + j] = total;
      data[j * n + i] = total;
    }
  }
  return { data, rows: n, columns: n };
}

/** The change of F(x) that rounding may make, where the parts of a term cancel: 1e-14 of their sizes. */
export function roundingAt({ numerator, denominator }: Ratio, x: Vector): number {
  const g = termAt(denominator, x);
  const above = sum(numerator.map((term) => sizeAt(term, x)));
  const below = sizeAt(denominator, x);
  const ratio = Math.abs(ratioAt({ numerator, denominator }, x));
  return (1e-14 * (above + (ratio > 0 ? ratio * below : 0))) / g;
}

/** A term at x with every part of it positive. */
function sizeAt(term: FractionalTerm, values: Vector): number {
  const x = Float64Array.from(values, Math.abs);
  const positive = (A: Matrix): Matrix => ({ ...A, data: Float64Array.from(A.data, Math.abs) });
  const negative = (numbers: Float64Array) => numbers.map((value) => -Math.abs(value));
  switch (term.kind) {
    case 'leastSquares':
    case 'squaredHinge':
      return termAt({ ...term, kind: 'leastSquares', matrix: positive(term.matrix as Matrix), b: negative(term.b) }, x);
    case 'affine':
    case 'affineSquared':
      return termAt({ ...term, c: term.c.map(Math.abs), constant: Math.abs(term.constant) }, x);
    case 'quadratic':
      return termAt(
        {
          kind: 'quadratic',
          matrix: positive(term.matrix as Matrix),
          constant: Math.abs(term.constant),
          ...(term.linear && { linear: term.linear.map(Math.abs) }),
        },
        x,
      );
    case 'lpNorm':
      return termAt({ ...term, matrix: positive(term.matrix as Matrix) }, x);
    case 'box':
    case 'nonNegative':
      return 0;
    default:
      return Math.abs(termAt(term, values));
  }
}
