// Intervals of debiased lassos where the answer is known: columns that are orthogonal, one column alone; and what they cover.
import { expect, it } from 'vitest';
import { upperTail } from '../../src/core/normal.js';
import { debiasedIntervals } from '../../src/sparse/index.js';
import { sparseRegression } from '../flat.js';
import { asSparse, Draws, drawn } from './values.js';

/** Hadamard's matrix of 16 rows without its first column: orthogonal columns of signs, each with sum 0. */
const rows = 16;
const data = Float64Array.from({ length: rows * 15 }, (_, k) => {
  const [i, j] = [Math.floor(k / 15), 1 + (k % 15)];
  return (i & j).toString(2).replaceAll('0', '').length % 2 ? -1 : 1;
});
const x = { data, rows, columns: 15 };
const draws = new Draws(91);
const y = Float64Array.from({ length: rows }, (_, i) => 3 + 2 * (data[i * 15] as number) + draws.normal());

it('is least squares where columns are orthogonal', async () => {
  const lambda = 0.7;
  const found = await debiasedIntervals({ x, y }, { lambda, level: 0.9 });
  expect(found.status).toBe('solved');
  const { fit, sigma } = found;
  expect(fit.support.length).toBeLessThan(10);
  const residual = fit.predict(x).map((value, i) => (y[i] as number) - value);
  const squares = residual.reduce((sum, r) => sum + r * r, 0);
  expect(sigma).toBeCloseTo(Math.sqrt(squares / (rows - 1 - fit.support.length)), 10);
  found.estimates.forEach((b, j) => {
    const product = y.reduce((sum, value, i) => sum + value * (data[i * 15 + j] as number), 0);
    expect(b).toBeCloseTo(product / rows, 8);
    expect(found.standardErrors[j]).toBeCloseTo(sigma / 4, 8);
    expect((found.upper[j] as number) - (found.lower[j] as number)).toBeCloseTo(
      (2 * 1.6448536269514722 * sigma) / 4,
      8,
    );
    expect(found.pValues[j]).toBeCloseTo(2 * upperTail(Math.abs(product / rows) / (sigma / 4)), 8);
  });
});

it('is the maximum of the likelihood of one column and an intercept, for two classes, weighted', async () => {
  const { x, y } = drawn(92, 'binomial', 60, 1);
  const sampleWeight = y.map((_, i) => 1 + (i % 3));
  const settings = { family: 'binomial', lambda: 1e-5 } as const;
  const { estimates, standardErrors, sigma } = await debiasedIntervals({ x, y, sampleWeight }, settings);
  const best = await sparseRegression({ x, y, sampleWeight }, { ...settings, lambda: 0, tolerance: 1e-12 });
  expect(sigma).toBe(1);
  expect(estimates[0]).toBeCloseTo(best.coefficients[0] as number, 6);
  // Fisher's information of the column beside the intercept.
  const h = best.predict(x).map((mean, i) => (sampleWeight[i] as number) * mean * (1 - mean));
  const sum = (of: (i: number) => number) => h.reduce((total, each, i) => total + each * of(i), 0);
  const at = (i: number) => x.data[i] as number;
  const information = sum((i) => at(i) ** 2) - sum(at) ** 2 / sum(() => 1);
  expect(standardErrors[0]).toBeCloseTo(1 / Math.sqrt(information), 4);
});

it('corrects the lasso of more columns than rows, by names, for sparse x, too', async () => {
  const { x, y } = drawn(96, 'gaussian', 60, 90);
  const names = Array.from({ length: 90 }, (_, j) => `c${j}`);
  const settings = { columns: ['c0', 'c1', 'c2', 'c50'], lambda: 0.2 };
  const found = await debiasedIntervals({ x, y, names }, settings);
  expect(found.names).toEqual(settings.columns);
  expect([...found.columns]).toEqual([0, 1, 2, 50]);
  for (const [k, b] of [0.7, -0.8, 0.7, 0].entries()) {
    // The lasso is not within its own standard errors; these are.
    expect(Math.abs((found.estimates[k] as number) - b)).toBeLessThan(3 * (found.standardErrors[k] as number));
    expect(found.standardErrors[k]).toBeLessThan(0.25);
  }
  expect(found.pValues[0]).toBeLessThan(1e-3);
  const sparse = await debiasedIntervals({ x: asSparse(x, 'csr'), y, names }, settings);
  sparse.estimates.forEach((b, k) => {
    expect(b).toBeCloseTo(found.estimates[k] as number, 6);
  });
});

it('refuses what is not one of its columns, levels or families', async () => {
  await expect(debiasedIntervals({ x, y }, { columns: [15] })).rejects.toThrow('columns[0] = 15: expected at most 14');
  await expect(debiasedIntervals({ x, y }, { columns: ['a'] })).rejects.toThrow(
    "columns[0] = 'a': expected one of the names",
  );
  await expect(debiasedIntervals({ x, y }, { level: 1 })).rejects.toThrow('level = 1: expected a number in (0, 1)');
  await expect(debiasedIntervals({ x, y: y.map(Math.abs) }, { family: 'poisson' })).rejects.toThrow(
    "family = 'poisson'",
  );
});

it('are those of the same columns with their means taken away, however far these are from 0', async () => {
  const { x: near, y: response } = drawn(17, 'gaussian', 60, 4);
  near.data.forEach((value, k) => {
    near.data[k] = Math.round(512 * value) / 512;
  });
  const settings = { lambda: 0.05, columns: [0, 3] };
  const plain = await debiasedIntervals({ x: near, y: response }, settings);
  const far = { ...near, data: near.data.map((value) => value + 2 ** 30) };
  for (const matrix of [far, asSparse(far, 'csc')]) {
    const found = await debiasedIntervals({ x: matrix, y: response }, settings);
    expect(found.status).toBe('solved');
    plain.estimates.forEach((b, k) => {
      expect(Math.abs((found.estimates[k] as number) - b)).toBeLessThan(1e-5);
      expect(Math.abs((found.standardErrors[k] as number) - (plain.standardErrors[k] as number))).toBeLessThan(1e-5);
    });
  }
});
