// Random boards, whose objective and gradient are computed by definition.
import { checkeredRegression } from '../../src/contrib/index.js';
import { type Change, differences, dot, normals, table, unchanged } from '../algebra.js';
import type { Trial } from '../contract/problem.js';
import { degenerateRows } from '../contract/rough.js';

/** Mean of -log P and the ridge, at K rows of p weights and an intercept each, one after the other. */
export function checkeredObjective(
  x: readonly number[][],
  signs: readonly number[],
  lambda: number,
  weights: readonly number[],
): number {
  const size = (x[0]?.length ?? 0) + 1;
  const losses = x.map((row, i) => {
    let product = signs[i] as number;
    for (let k = 0; k < weights.length; k += size)
      product *= Math.tanh(dot([...row, 1], weights.slice(k, k + size)) / 2);
    return -Math.log((1 + product) / 2);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / x.length + (lambda / 2) * dot(weights, weights);
}

/** The weights of a result as such a list. */
export function listed(result: {
  weights: { data: ArrayLike<number>; columns: number };
  intercepts: ArrayLike<number>;
}) {
  const { data, columns } = result.weights;
  return Array.from(result.intercepts).flatMap((b, k) => [
    ...Array.from({ length: columns }, (_, j) => data[k * columns + j] as number),
    b,
  ]);
}

export const trial = async (seed: number, changed: Change = unchanged): ReturnType<Trial> => {
  const draw = normals(seed);
  const [n, p, factors] = [20 + (seed % 30), 1 + (seed % 3), 1 + (seed % 4)];
  const x = changed(table(n, p, draw), seed);
  const signs = x.map((row) => (Math.sin(2 * (row[0] as number)) + 0.5 * draw() > 0 ? 1 : -1));
  if (new Set(signs).size < 2) return { status: 'stalled', wrong: [] };
  const method = seed % 2 ? ('em' as const) : ('gd' as const);
  const lambda = 0.01;
  const result = await checkeredRegression({ x, y: signs }, { factors, lambda, method, seed, restarts: 1 });
  const weights = listed(result);
  const value = checkeredObjective(x, signs, lambda, weights);
  const wrong: string[] = [];
  if (Math.abs(value - (result.objective ?? Number.NaN)) > 1e-12)
    wrong.push(`objective ${result.objective}, which is ${value}`);
  const slopes = differences((w) => checkeredObjective(x, signs, lambda, w), weights);
  const steepest = Math.max(...slopes.map(Math.abs));
  if (result.status === 'solved' && steepest > 1e-5) wrong.push(`solved, with a derivative of ${steepest}`);
  return { status: result.status, wrong };
};

export const claims = degenerateRows(trial);
