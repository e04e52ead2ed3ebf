// Random models with groups, whose likelihood and its derivatives are computed by definition.
import { robustMixedModel } from '../../src/contrib/index.js';
import { type Change, differences, dot, normals, solved, table, unchanged, uniforms } from '../algebra.js';
import type { Trial } from '../contract/problem.js';
import { degenerateRows } from '../contract/rough.js';

/** log Gamma(t), by Stirling's series far to the right. */
export function logGamma(t: number): number {
  let [shift, at] = [0, t];
  while (at < 20) shift += Math.log(at++);
  const series = 1 / (12 * at) - 1 / (360 * at ** 3) + 1 / (1260 * at ** 5);
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift;
}

/** log det A and v^T A^-1 v, by elimination. */
function determinantAndSquare(A: number[][], v: readonly number[]): [number, number] {
  let log = 0;
  const rows = A.map((row) => [...row]);
  for (let k = 0; k < rows.length; ++k) {
    const first = rows[k] as number[];
    log += Math.log(first[k] as number);
    for (const row of rows.slice(k + 1)) {
      const factor = (row[k] as number) / (first[k] as number);
      row.forEach((value, j) => {
        row[j] = value - factor * (first[j] as number);
      });
    }
  }
  return [log, dot(v, solved(A, v))];
}

/** The mean negative log-likelihood at coefficients, intercept, log sigma^2 and tau, by the covariance of each group. */
export function studentObjective(
  x: readonly number[][],
  y: readonly number[],
  groups: readonly number[],
  nu: number,
  point: readonly number[],
): number {
  const p = x[0]?.length ?? 0;
  const [b, logVariance, tau] = [point.slice(0, p + 1), point[p + 1] as number, point[p + 2] as number];
  let total = 0;
  for (const group of new Set(groups)) {
    const rows = x.map((_, i) => i).filter((i) => groups[i] === group);
    const r = rows.map((i) => (y[i] as number) - dot([...(x[i] as number[]), 1], b));
    const m = rows.length;
    const covariance = table(m, m, (i, j) => Math.exp(logVariance) * ((i === j ? 1 : 0) + tau));
    const [log, apart] = determinantAndSquare(covariance, r);
    total += logGamma(nu / 2) - logGamma((nu + m) / 2) + (m / 2) * Math.log(nu * Math.PI) + log / 2;
    total += ((nu + m) / 2) * Math.log1p(apart / nu);
  }
  return total / x.length;
}

export const trial = async (seed: number, changed: Change = unchanged): ReturnType<Trial> => {
  const [draw, uniform] = [normals(seed), uniforms(seed)];
  const [n, p, count] = [25 + (seed % 20), 1 + (seed % 3), 3 + (seed % 4)];
  const [x, u] = [changed(table(n, p, draw), seed), table(1, count, draw)[0] as number[]];
  const groups = x.map((_, i) => (seed % 2 ? i % count : i));
  const y = x.map((row, i) => dot(row, row) + (seed % 2 ? (u[i % count] as number) : 0) + draw() / (0.1 + uniform()));
  const nu = 1 + 4 * uniform();
  const result = await robustMixedModel({ x, y, ...(seed % 2 && { groups }) }, { degreesOfFreedom: nu });
  const { coefficients, intercept = 0, scale = 0, groupScale = 0, objective = 0, status } = result;
  const point = [...coefficients, intercept, 2 * Math.log(scale), (groupScale / scale) ** 2];
  const value = (at: readonly number[]) => studentObjective(x, y, groups, nu, at);
  const wrong: string[] = [];
  if (Math.abs(value(point) - objective) > 1e-9) wrong.push(`objective ${objective}, which is ${value(point)}`);
  if (status !== 'solved') return { status, wrong };
  const slopes = differences(value, point, 1e-5);
  const inTau = slopes.pop() as number;
  const steepest = Math.max(...slopes.map(Math.abs));
  if (steepest > 1e-6) wrong.push(`solved, with a derivative of ${steepest}`);
  const atZero = (point.at(-1) as number) < 1e-4;
  if (seed % 2 && (atZero ? inTau < -1e-6 : Math.abs(inTau) > 1e-6)) wrong.push(`the derivative in tau is ${inTau}`);
  return { status, wrong };
};

// Columns that depend on one another are refused.
export const claims = degenerateRows(trial, ['repeated rows']);
