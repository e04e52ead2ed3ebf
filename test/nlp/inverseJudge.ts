// Judges fits of costs by code that shares nothing with the package: bases by their inverses, dual values by sums.
import { uniforms } from '../algebra.js';

export type Rows = number[][];

/** The solution of a square system, by elimination with the largest pivots. */
export function solved(matrix: Rows, right: readonly number[]): number[] {
  const work = matrix.map((row, i) => [...row, right[i] as number]);
  const n = work.length;
  for (let k = 0; k < n; ++k) {
    let at = k;
    for (let i = k; i < n; ++i) if (Math.abs(work[i]?.[k] as number) > Math.abs(work[at]?.[k] as number)) at = i;
    [work[k], work[at]] = [work[at] as number[], work[k] as number[]];
    const pivot = work[k] as number[];
    for (let i = k + 1; i < n; ++i) {
      const row = work[i] as number[];
      const factor = (row[k] as number) / (pivot[k] as number);
      for (let j = k; j <= n; ++j) row[j] = (row[j] as number) - factor * (pivot[j] as number);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; --k) {
    const row = work[k] as number[];
    const rest = row.slice(k + 1, n).reduce((sum, value, j) => sum + value * (x[k + 1 + j] as number), 0);
    x[k] = ((row[n] as number) - rest) / (row[k] as number);
  }
  return x;
}

/** Reduced costs of a vertex that is not degenerate, of the columns where it is 0. */
export function reducedAt(a: Rows, x: readonly number[], c: readonly number[]): number[] {
  const basis = x.flatMap((value, j) => (value > 1e-7 ? [j] : []));
  const y = solved(
    basis.map((j) => a.map((row) => row[j] as number)),
    basis.map((j) => c[j] as number),
  );
  return x.flatMap((value, j) =>
    value > 1e-7 ? [] : [(c[j] as number) - a.reduce((sum, row, i) => sum + (row[j] as number) * (y[i] as number), 0)],
  );
}

export interface Observed {
  a: Rows;
  b: number[];
  contexts: Rows;
  theta: Rows;
}

export const costOf = (theta: Rows, z: readonly number[]): number[] =>
  theta.map((row) => row.reduce((sum, value, k) => sum + value * (z[k] as number), 0));

/** A bounded set of decisions of p columns and m rows, contexts of q numbers, the first of them 1, and the costs that decisions follow. */
export function observed(m: number, p: number, q: number, n: number, seed: number): Observed {
  const uniform = uniforms(seed);
  const a = Array.from({ length: m }, () => Array.from({ length: p }, () => 0.2 + uniform()));
  const inside = Array.from({ length: p }, () => uniform());
  const b = a.map((row) => row.reduce((sum, value, j) => sum + value * (inside[j] as number), 0));
  const theta = Array.from({ length: p }, () =>
    Array.from({ length: q }, (_, k) => (k === 0 ? 1 + uniform() : 2 * uniform() - 1)),
  );
  const contexts = Array.from({ length: n }, () =>
    Array.from({ length: q }, (_, k) => (k === 0 ? 1 : 2 * uniform() - 1)),
  );
  return { a, b, contexts, theta };
}
