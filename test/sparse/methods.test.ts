// Methods of products alone: the same minima as coordinate descent, and fewer gradients than proximal gradient descent.
import { describe, expect, it } from 'vitest';
import { elasticNet, lasso, lq, mcp, type SparsePenalty, scad } from '../../src/sparse/index.js';
import { sparsePath, sparseRegression } from '../flat.js';
import { long } from '../long.js';
import { numbersOf } from './numbersOf.js';
import { asSparse, drawn, problemOf, scalesOf, violationAt } from './values.js';

const methods = ['acceleratedGradient', 'conjugateGradients'] as const;

describe.each(methods)('%s', (method) => {
  it.each([
    ['lasso', lasso(), 'gaussian'],
    ['lasso', lasso(), 'binomial'],
    ['elastic net', elasticNet(0.4), 'gaussian'],
  ] as const)('%s: has the minimum of coordinate descent', async (_, penalty, family) => {
    const { x, y } = drawn(51, family, 60, 40);
    const settings = { family, penalty, nLambda: 8, minRatio: 0.1 };
    const path = await sparsePath({ x, y }, { ...settings, method });
    const usual = await sparsePath({ x, y }, { ...settings, tolerance: 1e-9 });
    expect(path.status).toBe('solved');
    expect(path.lambdaMax).toBeCloseTo(usual.lambdaMax, 9);
    const scale = usual.nullDeviance / 120;
    path.lambda.forEach((_lambda, k) => {
      expect(path.gap[k]).toBeLessThanOrEqual(1e-6);
      const off = (path.objectives[k] as number) - (usual.objectives[k] as number);
      expect(Math.abs(off)).toBeLessThanOrEqual(1e-6 * scale);
      expect(path.nonzeros[k]).toBeLessThanOrEqual((usual.nonzeros[k] as number) + 2);
    });
  });

  it.each([
    ['mcp', mcp(), 'gaussian'],
    ['scad', scad(), 'binomial'],
  ] as const)('%s: meets the conditions of a stationary point', async (kind, penalty, family) => {
    const { x, y } = drawn(52, family, 80, 50);
    const problem = problemOf(x, y, { family, kind });
    const path = await sparsePath(
      { x: asSparse(x, 'csc'), y },
      { family, penalty, method, lambdas: { count: 8, ratio: 0.2 } },
    );
    expect(path.status).toBe('solved');
    path.lambda.forEach((lambda, k) => {
      const fit = path.fit(k);
      expect(violationAt(problem, lambda, fit)).toBeLessThanOrEqual(1e-4 * path.lambdaMax);
      expect(fit.certificate).toMatchObject({ kind: 'coordinateWise' });
    });
  });

  it('finds the null model in few evaluations where rounding hides what the objective falls by', async () => {
    const { x, y } = drawn(55, 'gaussian', 100, 300);
    const far = y.map((value) => value + 3);
    const path = await sparsePath({ x, y: far }, { lambdas: [1e9], method });
    expect(path.status).toBe('solved');
    expect(path.evaluations).toBeLessThan(1000);
  });

  it('weights, factors, columns without penalty, no intercept', async () => {
    const { x, y } = drawn(53, 'gaussian', 50, 12);
    const data = { x, y, sampleWeight: y.map((_, i) => 1 + (i % 2)) };
    const penaltyFactor = Float64Array.from({ length: 12 }, (_, j) => (j === 4 ? 0 : 0.5 + (j % 3)));
    for (const intercept of [true, false]) {
      const settings = { penaltyFactor, intercept, lambda: 0.1, standardize: false };
      const fit = await sparseRegression(data, { ...settings, method });
      const usual = await sparseRegression(data, { ...settings, tolerance: 1e-10 });
      expect(fit.status).toBe('solved');
      expect(Math.abs(fit.objective - usual.objective)).toBeLessThanOrEqual(1e-6);
    }
  });
});

it('families without a largest curvature, and bounds, are refused', async () => {
  const { x, y } = drawn(54, 'poisson', 30, 4);
  const method = 'acceleratedGradient';
  await expect(sparseRegression({ x, y }, { lambda: 0.1, family: 'poisson', method })).rejects.toThrow(
    /^method = 'acceleratedGradient': expected 'coordinateDescent' for family 'poisson', whose curvature has no bound$/,
  );
  await expect(sparseRegression({ x, y, lowerBounds: 0 }, { lambda: 0.1, method })).rejects.toThrow(
    /^method = 'acceleratedGradient': expected 'coordinateDescent' with bounds$/,
  );
  await expect(sparseRegression({ x, y }, { lambda: 0.1, penalty: lq(), method })).rejects.toThrow(
    /^method = 'acceleratedGradient': expected 'coordinateDescent' for lq$/,
  );
});

/** Gradients that proximal gradient descent with steps 0.99 / L takes on standardised columns until none moves by more than the goal. */
function proximalGradients(
  x: Float64Array[],
  y: Float64Array,
  penalty: SparsePenalty,
  lambda: number,
  goal: number,
): number {
  const [n, p] = [y.length, x.length];
  const { kind, gamma = 3 } = numbersOf(penalty);
  const times = (b: Float64Array) => {
    const t = new Float64Array(n);
    x.forEach((column, j) => {
      const value = b[j] as number;
      if (value !== 0) for (let i = 0; i < n; ++i) t[i] = (t[i] as number) + value * (column[i] as number);
    });
    return t;
  };
  const transposed = (r: Float64Array) =>
    Float64Array.from(x, (column) => column.reduce((sum, value, i) => sum + value * (r[i] as number), 0) / n);
  let v = new Float64Array(p).fill(1);
  let largest = 0;
  for (let k = 0; k < 60; ++k) {
    const norm = Math.hypot(...v);
    v = transposed(times(v.map((value) => value / norm)));
    largest = Math.hypot(...v);
  }
  const curvature = kind === 'mcp' ? 1 / gamma : 1 / (gamma - 1);
  const step = 0.99 / Math.max(1.01 * largest, curvature);
  const rest = (b: number) => {
    const size = Math.abs(b);
    if (kind === 'mcp') return -Math.sign(b) * Math.min(size / gamma, lambda);
    return -Math.sign(b) * Math.min(Math.max(0, (size - lambda) / (gamma - 1)), lambda);
  };
  const b = new Float64Array(p);
  for (let k = 1; k <= 5000; ++k) {
    const t = times(b);
    const g = transposed(t.map((value, i) => value - (y[i] as number)));
    let moved = 0;
    for (let j = 0; j < p; ++j) {
      const from = b[j] as number;
      const to = from - step * ((g[j] as number) + rest(from));
      b[j] = Math.sign(to) * Math.max(0, Math.abs(to) - step * lambda);
      moved = Math.max(moved, Math.abs((b[j] as number) - from));
    }
    if (moved <= goal * step) return k;
  }
  return 5000;
}

it.runIf(long).each([
  ['mcp', mcp()],
  ['scad', scad()],
] as const)('%s: with restart, and with conjugate gradients, gradients are fewer', async (_, penalty) => {
  const [rows, columns] = [100, 300];
  const { x, y } = drawn(55, 'gaussian', rows, columns);
  // Neighbours that are correlated by a half make it less easy.
  for (let i = 0; i < rows; ++i) {
    for (let j = 1; j < columns; ++j) {
      const k = i * columns + j;
      x.data[k] = 0.5 * (x.data[k - 1] as number) + Math.sqrt(0.75) * (x.data[k] as number);
    }
  }
  const centred = problemOf(x, y).x.map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / rows;
    return column.map((value) => value - mean);
  });
  const scales = scalesOf(problemOf(centred, y));
  const standardised = centred.map((column, j) => column.map((value) => value / (scales[j] as number)));
  const middle = y.reduce((sum, value) => sum + value, 0) / rows;
  const response = y.map((value) => value - middle);
  const [lambda, tolerance] = [0.25, 1e-7];
  const warmStart = { coefficients: new Float64Array(columns), intercept: middle };
  const gradients = proximalGradients(standardised, response, penalty, lambda, tolerance * lambda);
  const counts: number[] = [];
  for (const method of methods) {
    const path = await sparsePath({ x, y }, { lambdas: [lambda], penalty, method, tolerance, warmStart });
    expect(path.status).toBe('solved');
    counts.push(path.evaluations as number);
  }
  expect(counts[0]).toBeLessThan(0.7 * gradients);
  expect(counts[1]).toBeLessThan(0.7 * gradients);
});
