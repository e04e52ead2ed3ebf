// Products of rows with weights, and what becomes of them: means of responses and probabilities of classes.
import { rangeError } from '../core/argumentError.js';
import { checkMembers, checkOneOf } from '../core/check.js';
import { type Matrix, toMatrix } from '../core/matrix.js';
import type { Label } from '../core/targets.js';

/** A matrix with the means of its columns, where a model has them, in the places of entries that are NaN. */
export function imputed(x: Matrix, means: Float64Array | undefined): Matrix {
  if (!means) return x;
  return { ...x, data: x.data.map((value, at) => (Number.isNaN(value) ? (means[at % x.columns] as number) : value)) };
}

/** Rows that a model is asked about, with as many columns as it was fitted to, and means in the places of missing entries. */
export function rowsFor(value: unknown, columns: number, means?: Float64Array): Matrix {
  const x = imputed(toMatrix('x', value), means);
  if (x.columns !== columns && x.rows > 0) {
    throw rangeError(`x: expected ${columns} columns, as the model was fitted to, got ${x.columns}`);
  }
  const k = x.data.findIndex((entry) => !Number.isFinite(entry));
  if (k >= 0) {
    throw rangeError(`x[${Math.floor(k / columns)}][${k % columns}] = ${x.data[k]}: expected a finite number`);
  }
  return x;
}

/** X W + b, b a number for each column of W. */
export function affine(x: Matrix, weights: Matrix, b?: ArrayLike<number>): Matrix & { data: Float64Array } {
  const { rows, columns } = x;
  const width = weights.columns;
  const data = new Float64Array(rows * width);
  for (let i = 0; i < rows; ++i) {
    const to = data.subarray(i * width, (i + 1) * width);
    if (b) to.set(b);
    for (let j = 0; j < columns; ++j) {
      const value = x.data[i * columns + j] as number;
      for (let k = 0; k < width; ++k) to[k] = (to[k] as number) + value * (weights.data[j * width + k] as number);
    }
  }
  return { data, rows, columns: width };
}

export const logistic = (t: number): number => 1 / (1 + Math.exp(-t));

/** exp(t_k) / sum_l exp(t_l) of each row. */
export function softmax({ data, rows, columns }: Matrix): Matrix & { data: Float64Array } {
  const numbers = Float64Array.from(data);
  for (let i = 0; i < rows; ++i) {
    const row = numbers.subarray(i * columns, (i + 1) * columns);
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    row.set(row.map((f) => Math.exp(f - largest)));
    const sum = row.reduce((a, b) => a + b, 0);
    row.set(row.map((p) => p / sum));
  }
  return { data: numbers, rows, columns };
}

/** Probabilities of two classes, that of the second given. */
export function ofTwo(second: ArrayLike<number>): Matrix {
  const data = new Float64Array(2 * second.length);
  for (let i = 0; i < second.length; ++i) {
    data[2 * i] = 1 - (second[i] as number);
    data[2 * i + 1] = second[i] as number;
  }
  return { data, rows: second.length, columns: 2 };
}

/** Rows that a result is asked about, with as many columns as x had. */
export function newRows(value: unknown, columns: number): Matrix {
  const x = toMatrix('x', value);
  if (x.columns === columns) return x;
  throw rangeError(`columns of x = ${x.columns}: expected as many as the rows that it was fitted to had: ${columns}`);
}

/** x w + b for rows x. */
export function linear(x: Matrix, w: ArrayLike<number>, b = 0): Float64Array {
  const { data, rows, columns } = x;
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = b;
    for (let j = 0; j < columns; ++j) sum += (data[i * columns + j] as number) * (w[j] as number);
    return sum;
  });
}

/** The rows of a matrix, as views or copies of numbers. */
export function rowOf({ data, columns }: Matrix, i: number): Float64Array | Float32Array {
  return data.subarray(i * columns, (i + 1) * columns);
}

/** The class of each number, by its sign. */
export const classesOf = (scores: Float64Array, classes: readonly [Label, Label]): Label[] =>
  Array.from(scores, (score) => classes[score > 0 ? 1 : 0]);

/** The choice between classes and probabilities of the second class. */
export interface ClassOptions {
  type?: 'response' | 'class' | undefined;
}

export function typeOf(options: ClassOptions): 'response' | 'class' {
  const { type = 'response' } = checkMembers('options', options, ['type'], 'option');
  return checkOneOf('type', type, ['response', 'class']);
}
