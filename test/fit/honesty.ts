// Random curves: the result's sum of squares, gradient and covariance are recomputed, and no point near by is lower.

import { exp, mul, neg } from '../../src/expressions/index.js';
import { fitCurve } from '../../src/fit/index.js';
import { numbers, type Trial } from '../contract/problem.js';

const value = ([a, k]: readonly number[], x: number) => (a as number) * Math.exp(-(k as number) * x);

export const trial: Trial = async (seed) => {
  const m = 6 + (seed % 20);
  const [draws, noise] = [numbers(m + 2, seed + 1), numbers(m, seed + 2)];
  const truth = [1 + Math.abs(draws[0] as number) * 10, 0.2 + Math.abs(draws[1] as number)];
  const x = Array.from({ length: m }, (_, i) => (4 * i) / m + Math.abs(draws[i + 2] as number) / m);
  const y = x.map((t, i) => value(truth, t) + 0.1 * (noise[i] as number));
  const fit = await fitCurve(
    { x, y, start: { a: 1, k: 1 }, curve: ({ a, k }, t) => mul(a, exp(neg(mul(k, t)))) },
    { seed },
  );
  const wrong: string[] = [];
  const sum = (b: readonly number[]) => x.reduce((total, t, i) => total + (value(b, t) - (y[i] as number)) ** 2, 0);
  const b = Array.from(fit.x);
  const least = sum(b);
  if (!(Math.abs(least / 2 - fit.objective) <= 1e-12 * (1 + least)))
    wrong.push(`objective ${fit.objective}, which is ${least / 2}`);
  if (fit.status !== 'solved') return { status: fit.status, wrong };
  for (let j = 0; j < 2; ++j) {
    for (const step of [1e-3, -1e-3, 0.1, -0.1]) {
      const other = b.map((entry, l) => (l === j ? entry * (1 + step) : entry));
      if (sum(other) < least) wrong.push(`${fit.names[j]} times ${1 + step} has ${sum(other)} < ${least}`);
    }
  }
  // s^2 (J^T J)^-1 of two parameters.
  const J = x.map((t) => [Math.exp(-(b[1] as number) * t), -t * value(b, t)] as const);
  const [p, q, r] = [[0, 0] as const, [0, 1] as const, [1, 1] as const].map(([i, j]) =>
    J.reduce((total, row) => total + row[i] * row[j], 0),
  ) as [number, number, number];
  const variance = ((least / (m - 2)) * r) / (p * r - q * q);
  const error = fit.standardErrors?.[0] as number;
  if (!(Math.abs(error / Math.sqrt(variance) - 1) <= 1e-8))
    wrong.push(`standard error ${error}: ${Math.sqrt(variance)}`);
  return { status: fit.status, wrong };
};
