// A direction that tells classes apart but composes little, derivatives in the factors, and principal components.
import { describe, expect, it } from 'vitest';
import { supervisedDictionary } from '../../src/contrib/index.js';
import { dot, norm, normals, table } from '../algebra.js';
import { judgedDictionary } from './supervisedDictionary.honesty.js';

const draw = normals(1);
const x = table(80, 6, (_, j) => (j < 2 ? 2 : j === 5 ? 0.8 : 0.3) * draw());
const y = x.map((row) => (4 * (row[5] as number) + 0.3 * draw() > 0 ? 'b' : 'a'));
const signs = y.map((label) => (label === 'b' ? 1 : -1));

it('has the direction of the classes in a dictionary that composes the rest', async () => {
  const settings = { rank: 3, reconstruction: 1, lambda: 0.01 };
  const result = await supervisedDictionary({ x, y }, { ...settings, tolerance: 1e-7 });
  expect(result.status).toBe('solved');
  const right = result.predict(x, { type: 'class' }).filter((label, i) => label === y[i]).length;
  expect(right / y.length).toBeGreaterThan(0.93);
  const { wrong, steepest } = judgedDictionary(x, signs, settings, result);
  expect(wrong).toEqual([]);
  expect(steepest).toBeLessThan(1e-5);
  for (const [k, { objective = Number.NaN }] of result.history.entries()) {
    if (k > 0) expect(objective).toBeLessThanOrEqual((result.history[k - 1]?.objective as number) + 1e-13);
  }
  // The score is that of the features.
  const { data, columns } = result.transform(x);
  const [q = 0] = result.predict(x);
  expect(Math.log(q / (1 - q))).toBeCloseTo(dot(data.subarray(0, columns), result.weights) + result.intercept, 8);
});

it('begins at an earlier result', async () => {
  const settings = { rank: 3, lambda: 0.1 };
  const first = await supervisedDictionary({ x, y }, settings);
  const again = await supervisedDictionary({ x, y }, { ...settings, warmStart: first });
  expect(again.iterations).toBeLessThan(first.iterations / 5);
});

it('is principal components where the classes have no weight', async () => {
  const result = await supervisedDictionary({ x, y }, { rank: 1, lambda: 1e6, tolerance: 1e-10 });
  expect(norm(result.coefficients)).toBeLessThan(1e-5);
  let v = table(1, 6, draw)[0] as number[];
  for (let k = 0; k < 500; ++k) {
    const next = v.map((_, j) => x.reduce((sum, row) => sum + (row[j] as number) * dot(row, v), 0));
    v = next.map((value) => value / norm(next));
  }
  expect(Math.abs(dot(v, result.dictionary.data))).toBeCloseTo(1, 8);
});

describe('refuses', () => {
  it.each([
    [{ x, y: y.map(() => 'a') }, {}, "y: expected at least two classes, got only 'a'"],
    [{ x, y }, { rank: 0 }, 'rank = 0: expected an integer in [1, 100000]'],
    [{ x, y }, { warmStart: { coefficients: [1] } }, 'warmStart.coefficients: expected 6 numbers'],
  ])('%#', async (data, settings, message) => {
    await expect(supervisedDictionary(data as never, settings as never)).rejects.toThrow(message);
  });
});
