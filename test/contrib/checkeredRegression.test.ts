// A board of four squares, and derivatives by differences.
import { describe, expect, it } from 'vitest';
import { checkeredRegression, unlearn } from '../../src/contrib/index.js';
import { differences, norm, table, uniforms } from '../algebra.js';
import { checkeredObjective, listed, trial } from './checkeredRegression.honesty.js';

const draw = uniforms(1);
const x = table(150, 2, () => 2 * draw() - 1);
const y = x.map(([a = 0, b = 0]) => (a * b > 0 ? 'black' : 'white'));
const share = (said: readonly unknown[]) => said.filter((label, i) => label === y[i]).length / y.length;

it('learns the exclusive or, never rising, where logistic regression is at a loss', async () => {
  let reached = 0;
  for (let seed = 0; seed < 5; ++seed) {
    const result = await checkeredRegression({ x, y }, { restarts: 0, seed });
    expect(result.status).toBe('solved');
    for (const [k, { objective = Number.NaN }] of result.history.entries()) {
      if (k > 0) expect(objective).toBeLessThanOrEqual(result.history[k - 1]?.objective as number);
    }
    if (share(result.predict(x, { type: 'class' })) > 0.99) ++reached;
  }
  expect(reached).toBeGreaterThanOrEqual(3);
  // Logistic regression with the same ridge: a removal of nothing fits to all rows.
  const plain = await unlearn(
    { x, y, coefficients: [0, 0], intercept: 0, rows: [] },
    { loss: 'logistic', lambda: 1e-4 },
  );
  expect(plain.status).toBe('solved');
  expect(share(Array.from(plain.predict(x), (q) => (q > 0.5 ? 'white' : 'black')))).toBeLessThan(0.7);
});

it('keeps the best of several starts, and gives the probability of the second class', async () => {
  const result = await checkeredRegression({ x, y }, { restarts: 3 });
  expect(result.objectives).toHaveLength(4);
  expect(result.objective).toBe(Math.min(...result.objectives));
  const labels = result.predict(x, { type: 'class' });
  result.predict(x).forEach((q, i) => {
    expect(q > 0.5 ? 'white' : 'black').toBe(labels[i]);
  });
  const again = await checkeredRegression({ x, y }, { restarts: 0, warmStart: result });
  expect(again.iterations).toBeLessThan(2);
  expect(again.objective).toBeCloseTo(result.objective as number, 10);
});

it.each(['em', 'gd'] as const)('ends where the derivatives vanish: %s', async (method) => {
  const result = await checkeredRegression({ x, y }, { restarts: 0, seed: 1, method, lambda: 1e-3, factors: 3 });
  expect(result.status).toBe('solved');
  const signs = y.map((label) => (label === 'white' ? 1 : -1));
  const value = (w: readonly number[]) => checkeredObjective(x, signs, 1e-3, w);
  expect(result.objective).toBeCloseTo(value(listed(result)), 12);
  expect(norm(differences(value, listed(result)))).toBeLessThan(1e-5);
});

it('is logistic regression with one factor', async () => {
  const data = { x, y };
  const lambda = 0.01;
  const one = await checkeredRegression(data, { factors: 1, lambda, tolerance: 1e-10, restarts: 0 });
  // The ridge is on the intercept, too: a column of ones.
  const ones = x.map((row) => [...row, 1]);
  const logistic = await unlearn({ x: ones, y, coefficients: [0, 0, 0], rows: [] }, { loss: 'logistic', lambda });
  expect(norm(listed(one).map((value, j) => value - (logistic.coefficients[j] as number)))).toBeLessThan(1e-8);
});

it('is what a random trial says', async () => {
  expect((await trial(3)).wrong).toEqual([]);
});

describe('refuses', () => {
  it.each([
    [{ x, y: y.map(() => 1) }, {}, 'y: expected at least two classes, got only 1'],
    [{ x, y }, { factors: 0 }, 'factors = 0: expected an integer in [1, 1000]'],
    [{ x, y }, { lambda: 0 }, 'lambda = 0: expected'],
    [{ x, y }, { method: 'xgd' }, "method = 'xgd': expected one of"],
    [
      { x, y },
      { factors: 3, warmStart: { weights: [[1, 2]], intercepts: [0] } },
      'rows of warmStart.weights = 1: expected as many as factors: 3',
    ],
    [
      { x, y },
      { warmStart: { weights: [[1]], intercepts: [0] } },
      'columns of warmStart.weights = 1: expected as many as x has: 2',
    ],
  ])('%#', async (data, settings, message) => {
    await expect(checkeredRegression(data as never, settings as never)).rejects.toThrow(message);
  });
});
