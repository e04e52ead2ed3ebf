// Random points, whose mean distance is computed by definition at the center and beside it.
import { newFunction } from '../../src/newFamily/index.js';
import { normals, table } from '../algebra.js';
import type { Trial } from '../contract/problem.js';

export const trial: Trial = async (seed) => {
  const draw = normals(seed);
  const [n, p] = [3 + (seed % 20), 1 + (seed % 4)];
  const x = table(n, p, draw);
  const smoothing = 10 ** -(1 + (seed % 3));
  const value = (m: readonly number[]): number =>
    x.reduce((sum, row) => sum + Math.hypot(smoothing, ...row.map((entry, j) => entry - (m[j] as number))), 0) / n;
  const { status, center, objective = Number.NaN } = await newFunction({ x }, { smoothing, maxIterations: 20_000 });
  const found = Array.from(center);
  const wrong: string[] = [];
  if (!(Math.abs(value(found) - objective) <= 1e-13 * n * (1 + objective)))
    wrong.push(`objective ${objective}, which is ${value(found)}`);
  if (status !== 'solved') return { status, wrong };
  for (let j = 0; j < p; ++j) {
    for (const t of [0.01, -0.01, 1, -1]) {
      const there = value(found.map((entry, k) => (j === k ? entry + t : entry)));
      if (there < objective) wrong.push(`center[${j}] + ${t} has ${there} < ${objective}`);
    }
  }
  return { status, wrong };
};
