// A random ridge regression without some rows, beside the normal equations of the others.
import { unlearn } from '../../src/contrib/index.js';
import { type Change, dot, normals, solved, table, unchanged, uniforms } from '../algebra.js';
import type { Trial } from '../contract/problem.js';
import { degenerateRows } from '../contract/rough.js';

/** Coefficients and intercept (last, if any) of min sum over `rows` (x b - y)^2 / 2 + weight / 2 ||b||^2. */
export function ridge(
  x: readonly number[][],
  y: readonly number[],
  rows: readonly number[],
  weight: number,
  intercept: boolean,
): number[] {
  const full = x.map((row) => (intercept ? [...row, 1] : row));
  const size = full[0]?.length ?? 0;
  const column = (j: number) => rows.map((i) => full[i]?.[j] as number);
  const A = table(
    size,
    size,
    (j, k) => dot(column(j), column(k)) + (j === k && !(intercept && j === size - 1) ? weight : 0),
  );
  const right = Array.from({ length: size }, (_, j) =>
    dot(
      column(j),
      rows.map((i) => y[i] as number),
    ),
  );
  return solved(A, right);
}

export const trial = async (seed: number, changed: Change = unchanged): ReturnType<Trial> => {
  const [draw, choose] = [normals(seed), uniforms(seed + 7)];
  const [n, p] = [8 + (seed % 40), 1 + (seed % 5)];
  const [x, y] = [changed(table(n, p, draw), seed), Array.from({ length: n }, draw)];
  const intercept = seed % 2 === 0;
  const lambda = 10 ** (-4 * choose());
  const all = y.map((_, i) => i);
  const rows = all.filter(() => choose() < 0.4).slice(0, n - 2);
  const fit = ridge(x, y, all, n * lambda, intercept);
  const expected = ridge(
    x,
    y,
    all.filter((i) => !rows.includes(i)),
    n * lambda,
    intercept,
  );
  const data = { x, y, coefficients: fit.slice(0, p), intercept: intercept ? fit[p] : undefined, rows };
  const { status, coefficients, intercept: constant } = await unlearn(data, { lambda });
  const found = [...coefficients, ...(constant === undefined ? [] : [constant])];
  const wrong = found.flatMap((value, j) =>
    Math.abs(value - (expected[j] as number)) <= 1e-7 * (1 + Math.abs(value))
      ? []
      : [`coefficient ${j} = ${value}, the normal equations have ${expected[j]}`],
  );
  return { status, wrong: status === 'solved' ? wrong : [] };
};

export const claims = degenerateRows(trial);
