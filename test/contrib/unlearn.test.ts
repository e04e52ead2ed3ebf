// Regressions without some of their rows, beside fits to the others by code of the test's own.
import { describe, expect, it } from 'vitest';
import { unlearn } from '../../src/contrib/index.js';
import { differences, distance, dot, norm, normals, solved, table } from '../algebra.js';
import { ridge } from './unlearn.honesty.js';

const [n, p, lambda] = [50, 4, 0.03];
const draw = normals(3);
const x = table(n, p, draw);
const y = x.map((row) => 1 + dot(row, [1, -2, 0.5, 0]) + 0.3 * draw());
const labels = x.map((row) => (dot(row, [2, -1, 0, 1]) + draw() > 0 ? 'yes' : 'no'));
const all = y.map((_, i) => i);

/** n times the objective for 'no' and 'yes', without some rows. */
const logistic = (b: readonly number[], without: readonly number[]): number =>
  all
    .filter((i) => !without.includes(i))
    .reduce(
      (sum, i) => {
        const t = dot(x[i] as number[], b.slice(0, p)) + (b[p] ?? 0);
        return sum + Math.log(1 + Math.exp(labels[i] === 'yes' ? -t : t));
      },
      (n * lambda * dot(b.slice(0, p), b.slice(0, p))) / 2,
    );

/** Its minimiser by Newton's method on differences of values and of gradients. */
function logisticFit(without: readonly number[], size: number, start = new Array<number>(size).fill(0)): number[] {
  let b = start;
  for (let k = 0; k < 5; ++k) {
    const gradient = (at: number[]) => differences((c) => logistic(c, without), at, 1e-4);
    const H = b.map((_, j) => differences((c) => gradient(c)[j] as number, b, 1e-3));
    const step = solved(H, gradient(b));
    b = b.map((value, j) => value - (step[j] as number));
  }
  return b;
}

describe('ridge regression', () => {
  it.each([
    [[4], false],
    [[0, 7, 30], false],
    [[0, 7, 30], true],
    [all.slice(0, 20), true],
  ])('is exactly the fit to the other rows: %j, intercept %j', async (rows, intercept) => {
    const fit = ridge(x, y, all, n * lambda, intercept);
    const expected = ridge(
      x,
      y,
      all.filter((i) => !rows.includes(i)),
      n * lambda,
      intercept,
    );
    const constant = intercept ? fit[p] : undefined;
    const result = await unlearn({ x, y, coefficients: fit.slice(0, p), intercept: constant, rows }, { lambda });
    expect(result.status).toBe('solved');
    expect(result.iterations).toBe(1);
    expect(
      distance([...result.coefficients, result.intercept ?? 0], [...expected.slice(0, p), expected[p] ?? 0]),
    ).toBeLessThan(1e-14 * n);
    expect(result.influence).toEqual(result.coefficients);
    // Leave-one-out residuals are those of the fit over 1 - leverage.
    if (rows.length === 1) {
      const [row = 0] = rows;
      const before = (y[row] as number) - dot(x[row] as number[], fit);
      const after = (y[row] as number) - (result.predict([x[row] as number[]])[0] as number);
      expect(after).toBeCloseTo(before / (1 - (result.leverages[0] as number)), 12);
    }
  });

  it('has no leverages where it is aborted before they are known', async () => {
    const coefficients = new Float64Array(4);
    const { status, leverages } = await unlearn(
      { x, y, coefficients, rows: [1, 2] },
      { lambda, signal: AbortSignal.abort() },
    );
    expect(status).toBe('aborted');
    expect(leverages).toHaveLength(0);
  });

  it('is corrected where the fit to all rows is not one', async () => {
    const { status, coefficients } = await unlearn({ x, y, coefficients: [9, 9, 9, 9], rows: [1, 2] }, { lambda });
    const expected = ridge(
      x,
      y,
      all.filter((i) => i !== 1 && i !== 2),
      n * lambda,
      false,
    );
    expect(status).toBe('solved');
    expect(distance(coefficients, expected)).toBeLessThan(1e-12);
  });
});

describe('logistic regression', () => {
  it('is the fit to the other rows, and after one step near it', async () => {
    const rows = [3, 11, 12, 40];
    const fit = logisticFit([], p + 1);
    const expected = logisticFit(rows, p + 1, fit);
    const data = { x, y: labels, coefficients: fit.slice(0, p), intercept: fit[p], rows };
    const result = await unlearn(data, { lambda, loss: 'logistic', tolerance: 1e-12 });
    expect(result.status).toBe('solved');
    const found = [...result.coefficients, result.intercept as number];
    expect(norm(differences((b) => logistic(b, rows), found))).toBeLessThan(1e-7);
    expect(distance(found, expected)).toBeLessThan(1e-6);
    expect(n * (result.objective ?? Number.NaN)).toBeCloseTo(logistic(found, rows), 10);
    const estimate = [...result.influence, result.influenceIntercept as number];
    expect(distance(estimate, expected)).toBeLessThan(0.2 * distance(fit, expected));
    const values = result.history.map(({ objective = Number.NaN }) => objective);
    for (let k = 1; k < values.length; ++k) expect(values[k]).toBeLessThanOrEqual((values[k - 1] as number) + 1e-15);
    expect(result.predict(x).every((q, i) => q > 0 && q < 1 && Number.isFinite(x[i]?.[0]))).toBe(true);
  });
});

describe('refuses', () => {
  const identity = [
    [1, 0],
    [0, 1],
    [0, 2],
  ];
  const data = { x: identity, y: [1, 2, 3], coefficients: [1, 1], rows: [1] };
  it.each([
    [
      { ...data, rows: [0] },
      {},
      /^rows: expected such that I - X_S H\^-1 X_S\^T is not singular: without these 1 of 3 rows/,
    ],
    [
      {
        ...data,
        x: [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
      },
      {},
      /^lambda = 0: expected such that X\^T X \+ n lambda I is positive definite/,
    ],
    [{ ...data, rows: [1, 1] }, {}, 'rows[1] = 1: expected each row once'],
    [{ ...data, rows: [3] }, {}, 'rows[0] = 3: expected an integer in [0, 2], a row of x'],
    [{ ...data, rows: [0, 1, 2] }, {}, 'rows: expected fewer than the 3 rows of x, got 3'],
    [{ ...data, rows: 1 }, {}, 'rows = 1: expected an array of row numbers'],
    [{ ...data, coefficients: [1] }, {}, 'coefficients: expected 2 numbers, one for each column of x, got 1'],
    [{ ...data, y: [1, 1, 1] }, { loss: 'logistic' }, 'y: expected at least two classes, got only 1'],
    [{ ...data, row: [1] }, {}, "unknown member 'row': did you mean 'rows'?"],
    [data, { lambda: -1 }, 'lambda = -1: expected'],
  ])('%j %j', async (wrong, settings, message) => {
    await expect(unlearn(wrong as never, settings as never)).rejects.toThrow(message);
  });
});
