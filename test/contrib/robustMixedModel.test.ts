// Outliers beside least squares, and the likelihood and its derivatives by definition.
import { describe, expect, it } from 'vitest';
import { robustMixedModel } from '../../src/contrib/index.js';
import { distance, dot, normals, table, uniforms } from '../algebra.js';
import { trial } from './robustMixedModel.honesty.js';
import { ridge } from './unlearn.honesty.js';

const [draw, uniform] = [normals(2), uniforms(9)];
const [n, truth] = [200, [1, -2, 3]];
const x = table(n, 3, draw);
const clean = x.map((row) => 0.5 + dot(row, truth) + 0.3 * draw());
const y = clean.map((value) => value + (uniform() < 0.15 ? 30 * uniform() : 0));
const all = y.map((_, i) => i);

it('is hardly moved by 15 % of outliers, which move least squares far', async () => {
  const result = await robustMixedModel({ x, y }, { degreesOfFreedom: 2 });
  expect(result.status).toBe('solved');
  expect(distance([...result.coefficients, result.intercept as number], [...truth, 0.5])).toBeLessThan(0.12);
  expect(distance(ridge(x, y, all, 0, true), [...truth, 0.5])).toBeGreaterThan(1);
  for (const [i, weight] of result.weights.entries()) {
    if (Math.abs((y[i] as number) - (clean[i] as number)) > 5) expect(weight).toBeLessThan(0.1);
  }
  for (const [k, { objective = Number.NaN }] of result.history.entries()) {
    if (k > 0) expect(objective).toBeLessThanOrEqual((result.history[k - 1]?.objective as number) + 1e-14);
  }
});

it('is least squares where degreesOfFreedom is large', async () => {
  const { coefficients, intercept } = await robustMixedModel({ x, y }, { degreesOfFreedom: 1e12, tolerance: 1e-12 });
  expect(distance([...coefficients, intercept as number], ridge(x, y, all, 0, true))).toBeLessThan(1e-8);
});

it('takes q of Tsallis in place of degreesOfFreedom', async () => {
  const [a, b] = [
    await robustMixedModel({ x, y }, { q: 1.5 }),
    await robustMixedModel({ x, y }, { degreesOfFreedom: 3 }),
  ];
  expect(a.coefficients).toEqual(b.coefficients);
});

it('ends where the derivatives of the likelihood vanish, with groups and without', async () => {
  for (const seed of [1, 2, 5]) expect(await trial(seed)).toEqual({ status: 'solved', wrong: [] });
});

it('finds the intercepts of groups, and predicts with them', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const own = names.map(() => 3 * draw());
  const groups = x.map((_, i) => names[i % 8] as string);
  const shifted = y.map((value, i) => value + (own[i % 8] as number));
  const result = await robustMixedModel({ x, y: shifted, groups });
  expect(result.status).toBe('solved');
  expect(result.groups).toEqual(names);
  expect(result.groupScale).toBeGreaterThan(1);
  const level = result.predict([[0, 0, 0]])[0] as number;
  expect(level).toBe(result.intercept);
  const of = (group: string) => result.predict([[0, 0, 0]], { groups: [group] })[0] as number;
  expect(of('c') - of('d')).toBeCloseTo(
    (result.randomIntercepts[2] as number) - (result.randomIntercepts[3] as number),
    12,
  );
  expect(of('z')).toBe(level);
});

it('says that rows that are fitted exactly have no likelihood', async () => {
  const line = [[0], [1], [2], [3]];
  const { status, message } = await robustMixedModel({ x: line, y: [1, 3, 5, 7] });
  expect(status).toBe('unbounded');
  expect(message).toContain('fitted exactly');
});

it('has weights of 1 and no random intercepts where it is aborted before its start', async () => {
  const groups = y.map((_, i) => i % 2);
  const { status, weights, randomIntercepts } = await robustMixedModel(
    { x, y, groups },
    { signal: AbortSignal.abort() },
  );
  expect(status).toBe('aborted');
  expect(weights).toEqual(Float64Array.of(1, 1));
  expect(randomIntercepts).toEqual(new Float64Array(2));
});

describe('refuses', () => {
  it.each([
    [{ x, y }, { q: 3 }, 'q = 3: expected a number in (1, 3)'],
    [{ x, y }, { q: 2, degreesOfFreedom: 3 }, 'degreesOfFreedom = 3: expected nothing beside q'],
    [{ x, y }, { degreesOfFreedom: 0 }, 'degreesOfFreedom = 0: expected'],
    [{ x, y, groups: y.map((_, i) => (i === 3 ? Number.NaN : 1)) }, {}, 'groups[3] = NaN: expected a number'],
    [{ x, y, groups: ['a'] }, {}, 'groups: expected 200 values, one for each row of x, got 1'],
    [{ x: x.map(() => [1]), y }, {}, 'x: expected columns that do not depend on each other, or on the intercept'],
  ])('%#', async (data, settings, message) => {
    await expect(robustMixedModel(data as never, settings as never)).rejects.toThrow(message);
  });
});
