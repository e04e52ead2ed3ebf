// Random rows of one class, whose objective and tangent derivatives are computed by definition.
import { oneClassSubspaces } from '../../src/contrib/index.js';
import { type Change, differences, dot, normals, table, unchanged } from '../algebra.js';
import type { Trial } from '../contract/problem.js';
import { degenerateRows } from '../contract/rough.js';

interface Pair {
  lowerFrame: { data: ArrayLike<number>; rows: number; columns: number };
  upperFrame: { data: ArrayLike<number> };
  lowerOffsets: ArrayLike<number>;
  upperOffsets: ArrayLike<number>;
}

/** Columns of both frames, and both offsets, in one list. */
export function parts({ lowerFrame, upperFrame, lowerOffsets, upperOffsets }: Pair): number[][] {
  const { rows, columns } = lowerFrame;
  const columnsOf = (data: ArrayLike<number>) => table(columns, rows, (k, j) => data[j * columns + k] as number);
  return [
    ...columnsOf(lowerFrame.data),
    ...columnsOf(upperFrame.data),
    Array.from(lowerOffsets),
    Array.from(upperOffsets),
  ];
}

export function pairObjective(
  x: readonly number[][],
  { margin, violationWeight, softness }: { margin: number; violationWeight: number; softness: number },
  [...at]: number[][],
): number {
  const [b1 = [], b2 = []] = at.splice(-2);
  const [W1, W2] = [at.slice(0, b1.length), at.slice(b1.length)];
  const softMinimum = (v: number[]) => {
    const least = Math.min(...v);
    return least - softness * Math.log(v.reduce((sum, value) => sum + Math.exp((least - value) / softness), 0));
  };
  const missed = x.map((row) => {
    const above = softMinimum(W1.map((w, k) => dot(w, row) + (b1[k] as number)));
    const below = softMinimum(W2.map((w, k) => -dot(w, row) - (b2[k] as number)));
    return Math.max(0, margin - above) ** 2 + Math.max(0, margin - below) ** 2;
  });
  const apart = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, j) => sum + (value - (b[j] as number)) ** 2, 0);
  const frames = W1.reduce((sum, w, k) => sum + apart(w, W2[k] as number[]) / 2, 0);
  return frames + apart(b1, b2) + (violationWeight / 2 / x.length) * missed.reduce((sum, value) => sum + value, 0);
}

/** The largest entry of G - W sym(W^T G), columns one after the other in both. */
export function tangent(W: number[][], G: number[][]): number {
  const left = G.map((g, k) =>
    g.map((value, j) =>
      W.reduce(
        (sum, w, l) => sum - ((dot(w, g) + dot(W[k] as number[], G[l] as number[])) / 2) * (w[j] as number),
        value,
      ),
    ),
  );
  return Math.max(...left.flat().map(Math.abs));
}

/** Returns the errors of a result, and the largest tangent derivative. */
export function judged(
  x: readonly number[][],
  settings: { margin: number; violationWeight: number; softness: number },
  result: Pair,
  objective: number,
) {
  const at = parts(result);
  const K = result.lowerOffsets.length;
  const wrong: string[] = [];
  for (const frame of [at.slice(0, K), at.slice(K, 2 * K)]) {
    frame.forEach((w, k) => {
      frame.forEach((v, l) => {
        if (Math.abs(dot(w, v) - (k === l ? 1 : 0)) > 1e-13)
          wrong.push(`columns ${k} and ${l} have product ${dot(w, v)}`);
      });
    });
  }
  const value = pairObjective(x, settings, at);
  if (Math.abs(value - objective) > 1e-10) wrong.push(`objective ${objective}, which is ${value}`);
  const slopes = at.map((part, k) => differences((moved) => pairObjective(x, settings, at.with(k, moved)), part, 1e-6));
  const steepest = Math.max(
    tangent(at.slice(0, K), slopes.slice(0, K)),
    tangent(at.slice(K, 2 * K), slopes.slice(K, 2 * K)),
    ...slopes
      .slice(2 * K)
      .flat()
      .map(Math.abs),
  );
  return { wrong, steepest };
}

export const trial = async (seed: number, changed: Change = unchanged): ReturnType<Trial> => {
  const draw = normals(seed);
  const plain = table(10 + (seed % 10), 2 + (seed % 3), (_, j) => (j ? 0.3 : 1) * draw() + 1);
  const x = changed(plain, seed);
  const settings = { margin: 0.1, violationWeight: 5, softness: 0.2, dimension: 1 + (seed % 2) };
  const result = await oneClassSubspaces({ x }, { ...settings, seed, maxIterations: 2000 });
  const { wrong, steepest } = judged(x, settings, result, result.objective ?? Number.NaN);
  // The gradient at the start, relative to which the one at the end is small, grows with the squares of the rows.
  const size = Math.max(1, x.reduce((sum, row) => sum + dot(row, row), 0) / (4 * x.length));
  if (result.status === 'solved' && steepest > 1e-4 * size) wrong.push(`solved, with a derivative of ${steepest}`);
  return { status: result.status, wrong };
};

export const claims = degenerateRows(trial);
