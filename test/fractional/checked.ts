// Solves of ratios that are checked whatever they are: the objective falls in every sweep, and is what the definitions say.
import { expect } from 'vitest';
import {
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  minimizeRatio,
} from '../../src/index.js';
import { ratioAt, roundingAt } from './values.js';

/** Asserts what holds of every result; `growth` of the objective counts as rounding. */
export function check(
  problem: FractionalProblem,
  result: FractionalResult,
  { tolerance = 1e-6 }: FractionalSettings = {},
  growth = 1e-12,
): FractionalResult {
  const { x, objective, history, status } = result;
  expect(x.every(Number.isFinite), `x = ${x}`).toBe(true);
  // Where the terms of numerator or denominator cancel, their rounding counts.
  const rounding = roundingAt(problem, x);
  const difference = Math.abs(ratioAt(problem, x) - objective);
  expect(difference, `F(x) = ${ratioAt(problem, x)}, reported ${objective}`).toBeLessThanOrEqual(
    1e-9 * objective + rounding,
  );
  const slack = 10 * rounding + 1e-14 * (history[0]?.objective ?? 0);
  const grown = history.find(({ objective: now = Number.NaN }, k) => {
    const before = k === 0 ? Number.POSITIVE_INFINITY : (history[k - 1]?.objective ?? Number.NaN);
    return !(now <= before * (1 + growth) + slack);
  });
  expect(grown, `the objective after sweep ${grown?.iteration} is larger than before`).toBeUndefined();
  if (problem.start) {
    expect(objective).toBeLessThanOrEqual(ratioAt(problem, problem.start) * (1 + 1e-9) + rounding);
  }
  expect(['solved', 'iterationLimit', 'unbounded']).toContain(status);
  if (status === 'solved') expect(result.residual).toBeLessThanOrEqual(tolerance);
  return result;
}

/** A solve with a history of every sweep, checked. */
export async function minimize(
  problem: FractionalProblem,
  settings: FractionalSettings = {},
): Promise<FractionalResult> {
  const result = await minimizeRatio(problem, { checkInterval: 1, ...settings });
  return check(problem, result, settings);
}
