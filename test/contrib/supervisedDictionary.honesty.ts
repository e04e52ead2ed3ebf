// Random factorisations, whose objective and derivatives in the factors are computed by definition.
import { supervisedDictionary } from '../../src/contrib/index.js';
import { type Change, differences, dot, normals, table, unchanged } from '../algebra.js';
import type { Trial } from '../contract/problem.js';
import { degenerateRows } from '../contract/rough.js';

interface Factors {
  dictionary: { data: ArrayLike<number>; rows: number; columns: number };
  codes: { data: ArrayLike<number> };
  weights: ArrayLike<number>;
  intercept: number;
}

/** W by columns, the weights, the codes of each row and the intercept. */
export function factorsOf({ dictionary, codes, weights, intercept }: Factors, n: number) {
  const { rows: p, columns: r } = dictionary;
  return {
    W: table(r, p, (k, j) => dictionary.data[j * r + k] as number),
    w: Array.from(weights),
    H: table(n, r, (i, k) => codes.data[i * r + k] as number),
    c: intercept,
  };
}

export function dictionaryObjective(
  x: readonly number[][],
  signs: readonly number[],
  { reconstruction, lambda }: { reconstruction: number; lambda: number },
  { W, w, H, c }: { W: number[][]; w: number[]; H: number[][]; c: number },
): number {
  const compose = (h: readonly number[], j: number) =>
    h.reduce((sum, value, k) => sum + value * (W[k]?.[j] as number), 0);
  const a = (x[0] as number[]).map((_, j) => compose(w, j));
  const losses = x.map((row, i) => Math.log1p(Math.exp(-(signs[i] as number) * (dot(a, row) + c))));
  const left = x.map((row, i) => row.reduce((sum, value, j) => sum + (value - compose(H[i] as number[], j)) ** 2, 0));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / x.length;
  return mean(losses) + (lambda / 2) * dot(a, a) + (reconstruction / 2) * mean(left);
}

/** Returns the errors of a result, and the largest derivative of the objective in the weights, the dictionary, some codes and the intercept. */
export function judgedDictionary(
  x: readonly number[][],
  signs: readonly number[],
  settings: { reconstruction: number; lambda: number },
  result: Factors & { objective?: number },
) {
  const at = factorsOf(result, x.length);
  const value = dictionaryObjective(x, signs, settings, at);
  const wrong: string[] = [];
  if (!(Math.abs(value - (result.objective ?? Number.NaN)) <= 1e-10 * (1 + value))) {
    wrong.push(`objective ${result.objective}, which is ${value}`);
  }
  at.W.forEach((u, k) => {
    at.W.forEach((v, l) => {
      if (Math.abs(dot(u, v) - (k === l ? 1 : 0)) > 1e-10)
        wrong.push(`columns ${k} and ${l} of W have product ${dot(u, v)}`);
    });
  });
  const f = (moved: Partial<typeof at>) => dictionaryObjective(x, signs, settings, { ...at, ...moved });
  const slopes = [
    ...differences((w) => f({ w }), at.w),
    ...at.W.flatMap((u, k) => differences((v) => f({ W: at.W.with(k, v) }), u)),
    ...differences((h) => f({ H: at.H.with(0, h) }), at.H[0] as number[]),
    ...differences(([c = 0]) => f({ c }), [at.c]),
  ];
  return { wrong, steepest: Math.max(...slopes.map(Math.abs)) };
}

export const trial = async (seed: number, changed: Change = unchanged): ReturnType<Trial> => {
  const draw = normals(seed);
  const x = changed(table(12 + (seed % 12), 2 + (seed % 4), draw), seed);
  const signs = x.map((row) => (dot(row, row) + draw() > 2 ? 1 : -1));
  if (new Set(signs).size < 2) return { status: 'stalled', wrong: [] };
  const settings = { rank: 1 + (seed % 3), reconstruction: 0.5, lambda: 0.05 };
  const result = await supervisedDictionary({ x, y: signs }, { ...settings, tolerance: 1e-8, maxIterations: 20_000 });
  const { wrong, steepest } = judgedDictionary(x, signs, settings, result);
  if (result.status === 'solved' && steepest > 1e-4) wrong.push(`solved, with a derivative of ${steepest}`);
  return { status: result.status, wrong };
};

export const claims = degenerateRows(trial);
