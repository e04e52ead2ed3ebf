// Best subsets by other means: sums over rows, systems solved here, and columns of which it is known which count.
import { Draws, drawn, problemOf, scalesOf } from './values.js';

/** Returns true if a pivot is what rounding leaves of 0, of columns of length 1. */
const isNothing = (pivot: number): boolean => Math.abs(pivot) < 1e-10;

/** Solves a small system by elimination with pivots; unknowns that the others determine nothing of are 0. */
export function solved(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const m = rows.length;
  for (let k = 0; k < m; ++k) {
    let pivot = k;
    for (let i = k; i < m; ++i) if (Math.abs(rows[i]?.[k] ?? 0) > Math.abs(rows[pivot]?.[k] ?? 0)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot] as number[], rows[k] as number[]];
    const top = rows[k] as number[];
    if (isNothing(top[k] as number)) continue;
    for (const row of rows.slice(k + 1)) {
      const by = (row[k] as number) / (top[k] as number);
      for (let j = k; j <= m; ++j) row[j] = (row[j] as number) - by * (top[j] as number);
    }
  }
  const x = new Array<number>(m).fill(0);
  for (let k = m - 1; k >= 0; --k) {
    const row = rows[k] as number[];
    let sum = row[m] as number;
    for (let j = k + 1; j < m; ++j) sum -= (row[j] as number) * (x[j] as number);
    x[k] = isNothing(row[k] as number) ? 0 : sum / (row[k] as number);
  }
  return x;
}

export interface Sums {
  gram: number[][];
  products: number[];
  squares: number;
}

/** Sums over rows of centred columns, standardised unless told otherwise, and a centred response, with weights. */
export function sumsOf(
  columns: Float64Array[],
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  { standardize = true }: { standardize?: boolean } = {},
): Sums {
  const total = Array.from(weights).reduce((sum, w) => sum + w, 0);
  const mean = (value: (i: number) => number) => {
    let sum = 0;
    for (let i = 0; i < y.length; ++i) sum += ((weights[i] as number) * value(i)) / total;
    return sum;
  };
  const scales = scalesOf(problemOf(columns, y, { weights, standardize }));
  const centred = columns.map((column, j) => {
    const middle = mean((i) => column[i] as number);
    return column.map((value) => (value - middle) / (scales[j] as number));
  });
  const middle = mean((i) => y[i] as number);
  const response = Float64Array.from(y, (value) => value - middle);
  const product = (a: Float64Array, b: Float64Array) => mean((i) => (a[i] as number) * (b[i] as number));
  return {
    gram: centred.map((a) => centred.map((b) => product(a, b))),
    products: centred.map((a) => product(a, response)),
    squares: product(response, response),
  };
}

/** Columns of which every tenth or so counts. */
export function planted(rows: number, columns: number, size: number, seed: number) {
  const draws = new Draws(seed);
  const data = draws.normals(rows * columns);
  const support = Array.from({ length: size }, (_, k) => Math.floor(((k + 0.5) * columns) / size));
  const y = Float64Array.from({ length: rows }, (_, i) =>
    support.reduce((sum, j, k) => sum + (k % 2 ? 1 : -1) * (data[i * columns + j] as number), 0.5 * draws.normal()),
  );
  return { x: { data, rows, columns }, y, support };
}

/** The minimiser over some columns with coefficients up to `largest`, along coordinates. */
function within({ gram, products }: Sums, chosen: readonly number[], ridge: number, largest: number): number[] {
  const b = chosen.map(() => 0);
  for (let [sweep, change] = [0, 1]; sweep < 50_000 && change > 1e-13; ++sweep) {
    change = 0;
    chosen.forEach((i, k) => {
      const others = chosen.reduce((sum, j, l) => (l === k ? sum : sum + (gram[i]?.[j] ?? 0) * (b[l] as number)), 0);
      const free = ((products[i] as number) - others) / ((gram[i]?.[i] ?? 0) + ridge);
      const to = Math.max(-largest, Math.min(largest, free));
      change = Math.max(change, Math.abs(to - (b[k] as number)));
      b[k] = to;
    });
  }
  return b;
}

/** The least objective over all subsets of at most k columns, for k from 0. */
export function leastBySize(sums: Sums, ridge: number, largest = Number.POSITIVE_INFINITY): number[] {
  const { gram, products, squares } = sums;
  const p = products.length;
  const least = new Array<number>(p + 1).fill(Number.POSITIVE_INFINITY);
  for (let mask = 0; mask < 2 ** p; ++mask) {
    const chosen = Array.from({ length: p }, (_, j) => j).filter((j) => (mask >> j) & 1);
    const matrix = chosen.map((i) => chosen.map((j) => (gram[i]?.[j] ?? 0) + (i === j ? ridge : 0)));
    const right = chosen.map((j) => products[j] as number);
    const b = Number.isFinite(largest) ? within(sums, chosen, ridge, largest) : solved(matrix, right);
    const value = b.reduce(
      (sum, each, k) =>
        sum + each * ((matrix[k]?.reduce((s, m, l) => s + m * (b[l] as number), 0) ?? 0) / 2 - (right[k] as number)),
      squares / 2,
    );
    least[chosen.length] = Math.min(least[chosen.length] as number, value);
  }
  for (let k = 1; k <= p; ++k) least[k] = Math.min(least[k] as number, least[k - 1] as number);
  return least;
}

/** Columns of which neighbours have most in common, the last one being the first again if `twice`. */
export function correlated(seed: number, rows: number, columns: number, twice = false) {
  const { x, y } = drawn(seed, 'gaussian', rows, columns);
  const { data } = x;
  for (let i = 0; i < rows; ++i) {
    for (let j = 1; j < columns; ++j) {
      const [here, before] = [i * columns + j, i * columns + j - 1];
      data[here] = 0.8 * (data[before] as number) + 0.6 * (data[here] as number);
    }
    if (twice) data[(i + 1) * columns - 1] = data[i * columns] as number;
  }
  return { x, y };
}
