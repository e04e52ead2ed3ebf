// Columns of a risk score that are made of numeric ones.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkVector, show } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';

/** Columns of 0 and 1 that stand for columns of x. */
export interface Binarized {
  matrix: Matrix;
  names: readonly string[];
  /** The column of x that each is made of. */
  columns: Int32Array;
  /** Its threshold; infinite for a column that has two values and stays as it is. */
  thresholds: Float64Array;
}

const quartiles = [0.25, 0.5, 0.75];

/** The quantiles at which columns are cut, if they are. */
export function readBinarize(binarize: unknown): readonly number[] | undefined {
  if (binarize === undefined || binarize === false) return undefined;
  if (binarize === true) return quartiles;
  if (typeof binarize !== 'object' || binarize === null) {
    throw typeError(`binarize = ${show(binarize)}: expected true, false or { quantiles }`);
  }
  for (const key of Object.keys(binarize)) {
    if (key !== 'quantiles') throw typeError(`binarize.${key}: expected quantiles`);
  }
  const { quantiles = quartiles } = binarize as { quantiles?: unknown };
  const values = Array.from(checkVector('binarize.quantiles', quantiles));
  values.forEach((value, k) => {
    if (!(value > 0 && value < 1)) {
      throw rangeError(`binarize.quantiles[${k}] = ${value}: expected a number between 0 and 1`);
    }
  });
  if (values.length === 0) throw rangeError('binarize.quantiles: expected at least one number');
  return values;
}

/** Columns with more than two values become columns `name <= threshold` at quantiles of their values. */
export function binarized(x: Matrix, names: readonly string[], quantiles: readonly number[]): Binarized {
  const columns: number[] = [];
  const thresholds: number[] = [];
  for (let j = 0; j < x.columns; ++j) {
    for (const threshold of thresholdsOf(x, j, quantiles)) {
      columns.push(j);
      thresholds.push(threshold);
    }
  }
  const matrix = cut(x, columns, thresholds);
  const label = (threshold: number, j: number): string =>
    threshold === Infinity ? (names[j] as string) : `${names[j]} <= ${Number(threshold.toPrecision(6))}`;
  return {
    matrix,
    names: thresholds.map((threshold, k) => label(threshold, columns[k] as number)),
    columns: Int32Array.from(columns),
    thresholds: Float64Array.from(thresholds),
  };
}

/** Rows of x by columns and thresholds. */
function cut(x: Matrix, columns: ArrayLike<number>, thresholds: ArrayLike<number>): Matrix {
  const width = columns.length;
  const data = new Float64Array(x.rows * width);
  for (let i = 0; i < x.rows; ++i) {
    for (let k = 0; k < width; ++k) {
      const value = x.data[i * x.columns + (columns[k] as number)] as number;
      const threshold = thresholds[k] as number;
      data[i * width + k] = threshold === Infinity ? value : value <= threshold ? 1 : Number.isNaN(value) ? value : 0;
    }
  }
  return { data, rows: x.rows, columns: width };
}

/** The thresholds of a column: none below its least value, none at its largest; infinite where it has two values. */
function thresholdsOf(x: Matrix, j: number, quantiles: readonly number[]): number[] {
  const values = Float64Array.from({ length: x.rows }, (_, i) => x.data[i * x.columns + j] as number).sort();
  const largest = values[values.length - 1] as number;
  const distinct = new Set(values);
  if (distinct.size <= 2 || Number.isNaN(largest)) return [Infinity];
  const found = quantiles.map((q) => values[Math.min(values.length - 1, Math.floor(q * values.length))] as number);
  return [...new Set(found)].filter((value) => value < largest).sort((a, b) => a - b);
}
