// Random tasks that a known vector separates, whose margins are looked at anew.
import { sequentialMaxMargin } from '../../src/contrib/index.js';
import { dot, normals, table } from '../algebra.js';
import type { Trial } from '../contract/problem.js';

/** Rows, and classes 'minus' and 'plus' by which side of u they are on, `gap` away from it at least. */
export function separable(rows: number, u: readonly number[], draw: () => number, gap: number) {
  const x: number[][] = [];
  while (x.length < rows) {
    const row = table(1, u.length, draw)[0] as number[];
    if (Math.abs(dot(row, u)) > gap) x.push(row);
  }
  return { x, y: x.map((row) => (dot(row, u) > 0 ? 'plus' : 'minus')) };
}

export const trial: Trial = async (seed) => {
  const draw = normals(seed);
  const u = table(1, 2 + (seed % 6), draw)[0] as number[];
  const tasks = Array.from({ length: 1 + (seed % 4) }, () => separable(3 + (seed % 9), u, draw, 0.3));
  const labels = tasks.flatMap(({ y }) => y);
  // With rows of one class only there is nothing to separate.
  if (new Set(labels).size < 2) return { status: 'stalled', wrong: [] };
  const { status, w, margins } = await sequentialMaxMargin({ tasks }, { seed, maxIterations: 5000 });
  const wrong: string[] = [];
  for (const [k, { x, y }] of tasks.entries()) {
    const least = Math.min(...x.map((row, i) => dot(row, w) * (y[i] === 'plus' ? 1 : -1)));
    if (Math.abs(least - (margins[k] as number)) > 1e-10)
      wrong.push(`margins[${k}] = ${margins[k]}, which is ${least}`);
    if (status === 'solved' && least < 1 - 2e-6) wrong.push(`task ${k} has margin ${least}`);
  }
  if (status === 'infeasible') wrong.push('infeasible, though separated by u');
  return { status, wrong };
};
