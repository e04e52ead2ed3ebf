// Random quadratics whose objective and gradient are recomputed, and which no point near by is below.
import { solveDiscrete } from '../../src/discrete/index.js';
import type { Trial } from '../contract/problem.js';
import { numbers } from '../contract/problem.js';

export const trial: Trial = async (seed) => {
  const n = 2 + (seed % 5);
  const A = numbers(n * n, seed + 1);
  const c = Array.from(numbers(n, seed + 2));
  /** A^T A + I */
  const Q = c.map((_, i) =>
    c.map((__, j) => {
      let sum = i === j ? 1 : 0;
      for (let k = 0; k < n; ++k) sum += (A[k * n + i] as number) * (A[k * n + j] as number);
      return sum;
    }),
  );
  const value = (x: readonly number[]): number =>
    x.reduce((total, u, i) => {
      const Qx = x.reduce((sum, v, j) => sum + (Q[i]?.[j] as number) * v, 0);
      return total + u * (Qx / 2 + (c[i] as number));
    }, 0);
  const { status, x, objective = Number.NaN } = await solveDiscrete({ Q, c }, { tolerance: 1e-8, seed });
  const found = Array.from(x);
  const wrong: string[] = [];
  if (!(Math.abs(value(found) - objective) <= 1e-12 * n))
    wrong.push(`objective ${objective}, which is ${value(found)}`);
  if (status !== 'solved') return { status, wrong };
  for (let i = 0; i < n; ++i) {
    for (const t of [1e-3, -1e-3, 1, -1]) {
      const there = value(found.map((u, j) => (i === j ? u + t : u)));
      if (there < objective) wrong.push(`x[${i}] + ${t} has ${there} < ${objective}`);
    }
  }
  return { status, wrong };
};
