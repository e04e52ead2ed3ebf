// Solutions that are known in closed form, and what a result has.
import { describe, expect, it } from 'vitest';
import { elasticNet, lasso, mcp, scad } from '../../src/sparse/index.js';
import { sparsePath, sparseRegression } from '../flat.js';
import { drawn, objectiveAt, penaltyOf, problemOf } from './values.js';

/** Columns with mean 0 and standard deviation 1 that are orthogonal to each other: coefficients are minimised one by one. */
const orthogonal = [
  [1, 1, 1],
  [1, -1, -1],
  [-1, 1, -1],
  [-1, -1, 1],
];
/** The least squares coefficients are 3, 1 and -0.2, the mean is 2. */
const y = orthogonal.map(([a = 0, b = 0, c = 0]) => 2 + 3 * a + b - 0.2 * c);

describe('on orthogonal columns', () => {
  it('the lasso moves every coefficient towards 0 by lambda', async () => {
    const fit = await sparseRegression({ x: orthogonal, y }, { lambda: 0.5 });
    expect(fit.status).toBe('solved');
    for (const [j, value] of [2.5, 0.5, 0].entries()) expect(fit.coefficients[j]).toBeCloseTo(value, 12);
    expect(fit.intercept).toBeCloseTo(2, 12);
    expect(Array.from(fit.support)).toEqual([0, 1]);
    expect(fit.df).toBe(2);
    expect(fit.lambdaMax).toBeCloseTo(3, 12);
    // Residuals are 0.5, 0.5 and -0.2 times the columns.
    expect(fit.deviance).toBeCloseTo(4 * (0.25 + 0.25 + 0.04), 12);
    expect(fit.nullDeviance).toBeCloseTo(4 * (9 + 1 + 0.04), 12);
    expect(fit.objective).toBeCloseTo(0.54 / 2 + 0.5 * 3, 12);
    expect(fit.certificate).toMatchObject({ kind: 'global' });
    expect(fit.residual).toBeLessThanOrEqual(1e-6);
  });

  it('the elastic net divides by 1 + lambda (1 - alpha)', async () => {
    const { coefficients } = await sparseRegression({ x: orthogonal, y }, { lambda: 0.5, penalty: elasticNet(0.4) });
    for (const [j, value] of [2.8 / 1.3, 0.8 / 1.3, 0].entries()) expect(coefficients[j]).toBeCloseTo(value, 12);
  });

  it('ridge regression selects nothing', async () => {
    const { coefficients, df } = await sparseRegression({ x: orthogonal, y }, { lambda: 1, penalty: elasticNet(0) });
    for (const [j, value] of [1.5, 0.5, -0.1].entries()) expect(coefficients[j]).toBeCloseTo(value, 9);
    expect(df).toBe(3);
  });

  it('MCP leaves large coefficients as they are', async () => {
    const fit = await sparseRegression({ x: orthogonal, y }, { lambda: 0.5, penalty: mcp({ gamma: 3 }) });
    for (const [j, value] of [3, 0.75, 0].entries()) expect(fit.coefficients[j]).toBeCloseTo(value, 12);
    expect(fit).toMatchObject({ locallyConvex: true, certificate: { kind: 'local' } });
  });

  it('SCAD has three branches', async () => {
    const fit = await sparseRegression({ x: orthogonal, y }, { lambda: 0.4, penalty: scad({ gamma: 3.7 }) });
    // 1 lies between 2 lambda and gamma lambda.
    const middle = (1 - (3.7 * 0.4) / 2.7) / (1 - 1 / 2.7);
    for (const [j, value] of [3, middle, 0].entries()) expect(fit.coefficients[j]).toBeCloseTo(value, 12);
    const { coefficients } = await sparseRegression({ x: orthogonal, y }, { lambda: 0.6, penalty: scad() });
    expect(coefficients[1]).toBeCloseTo(0.4, 12); // below 2 lambda as the lasso
  });

  it('penalty factors are used as given, and 0 frees a column', async () => {
    const { coefficients, nullDeviance } = await sparseRegression(
      { x: orthogonal, y, penaltyFactor: [2, 0, 0.2] },
      { lambda: 0.5 },
    );
    for (const [j, value] of [2, 1, -0.1].entries()) expect(coefficients[j]).toBeCloseTo(value, 12);
    expect(nullDeviance).toBeCloseTo(4 * (9 + 0.04), 12);
  });

  it('bounds hold', async () => {
    const both = { lambda: 0.5, lowerBounds: 0, upperBounds: [1, 9, 9] };
    const { coefficients } = await sparseRegression({ x: orthogonal, y }, both);
    for (const [j, value] of [1, 0.5, 0].entries()) expect(coefficients[j]).toBeCloseTo(value, 12);
    const { support, lambdaMax } = await sparseRegression(
      { x: orthogonal, y: y.map((value) => -value) },
      { ...both, lambda: 0.01 },
    );
    expect(Array.from(support)).toEqual([2]);
    expect(lambdaMax).toBeCloseTo(0.2, 12); // only gradients that the bounds let through count
  });
});

it('lambda = 0 gives least squares where there are more rows than columns', async () => {
  const { x, y } = drawn(5, 'gaussian', 30, 4);
  const { status, coefficients, intercept } = await sparseRegression({ x, y }, { lambda: 0 });
  expect(status).toBe('solved');
  const residual = y.map((value, i) => {
    let sum = value - intercept;
    for (let j = 0; j < 4; ++j) sum -= (coefficients[j] as number) * (x.data[4 * i + j] as number);
    return sum;
  });
  expect(Math.abs(residual.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9);
  for (let j = 0; j < 4; ++j) {
    const product = residual.reduce((sum, value, i) => sum + value * (x.data[4 * i + j] as number), 0);
    expect(Math.abs(product)).toBeLessThan(1e-8);
  }
});

it('one row, one column, a constant response', async () => {
  const one = await sparseRegression({ x: [[3]], y: [5] }, { lambda: 0.1 });
  expect(one).toMatchObject({ intercept: 5, status: 'solved' });
  expect(Array.from(one.constantColumns)).toEqual([0]);
  const column = await sparseRegression({ x: [[1], [2], [3], [6]], y: [1, 2, 3, 6] }, { lambda: 0.1 });
  const deviation = Math.sqrt(3.5);
  expect(column.coefficients[0]).toBeCloseTo(1 - 0.1 / deviation, 12);
  const flat = await sparsePath({ x: orthogonal, y: [0, 0, 0, 0] });
  expect(flat.status).toBe('solved');
  expect(flat.lambdaMax).toBe(0);
  expect(flat.nonzeros.every((count) => count === 0)).toBe(true);
});

it('from lambdaMax on all coefficients are exactly 0', async () => {
  const { x, y } = drawn(6, 'poisson', 50, 20);
  const path = await sparsePath({ x, y }, { family: 'poisson' });
  expect(path.nonzeros[0]).toBe(0);
  expect(path.lambda[0]).toBeCloseTo(path.lambdaMax, 12);
  for (const lambda of [path.lambdaMax, 10 * path.lambdaMax]) {
    expect((await sparseRegression({ x, y }, { family: 'poisson', lambda })).support).toHaveLength(0);
  }
  const below = await sparseRegression({ x, y }, { family: 'poisson', lambda: 0.99 * path.lambdaMax });
  expect(below.support).toHaveLength(1);
});

it.each(['mcp', 'scad'] as const)('%s finds the best of all points of one column', async (kind) => {
  // Without standardisation the curvature times gamma may be below 1, where the objective has two minima along the coordinate.
  const made = kind === 'mcp' ? mcp({ gamma: 1.5 }) : scad({ gamma: 2.2 });
  for (const size of [0.3, 0.6, 1, 1.4]) {
    for (const slope of [0.15, 0.3, 0.6, 1.2, 2.4]) {
      const x = [[size], [-size]];
      const y = [slope, -slope];
      const lambda = 0.2;
      const fit = await sparseRegression({ x, y }, { lambda, penalty: made, standardize: false });
      const problem = problemOf([Float64Array.of(size, -size)], y, {
        kind,
        gamma: made.gamma as number,
        standardize: false,
      });
      let least = Number.POSITIVE_INFINITY;
      for (let b = -12; b <= 12; b += 1e-3) {
        const loss = (size * b - slope) ** 2 / 2;
        least = Math.min(least, loss + penaltyOf(problem, b, lambda));
      }
      expect(objectiveAt(problem, lambda, fit)).toBeLessThanOrEqual(least + 1e-12);
    }
  }
});

it('begins at an earlier result, a path or a cross-validation', async () => {
  const { x, y } = drawn(7, 'gaussian', 40, 10);
  const lambda = 0.05;
  const path = await sparsePath({ x, y });
  const fit = await sparseRegression({ x, y }, { lambda, penalty: lasso() });
  for (const warmStart of [fit, path, { coefficients: new Float64Array(10), intercept: 1 }]) {
    const again = await sparseRegression({ x, y }, { lambda, warmStart });
    again.coefficients.forEach((b, j) => {
      expect(b).toBeCloseTo(fit.coefficients[j] as number, 6);
    });
    expect(again.iterations).toBe(1);
  }
});
