// SLOPE, OSCAR and the fused lasso by their conditions of optimality, which are written out here, and by a slow method of first order.
import { describe, expect, it } from 'vitest';
import { fused, lasso, oscar, type SparsePath, type SparsePenalty, slope } from '../../src/sparse/index.js';
import { sparsePath, sparseRegression } from '../flat.js';
import { fusedNorm, type Norm, sortedNorm } from './norms.js';
import {
  asSparse,
  columnsOf,
  Draws,
  drawn,
  type Family,
  gradientAt,
  linksOf,
  lossOf,
  problemOf,
  scalesOf,
} from './values.js';

const at = (values: ArrayLike<number>, k: number): number => values[k] as number;
const total = (values: Iterable<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0);

/** The standard normal distribution's mass above x, by Simpson's rule. */
function massAbove(x: number): number {
  const [steps, end] = [4000, 12];
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  const h = (end - x) / steps;
  let sum = density(x) + density(end);
  for (let k = 1; k < steps; ++k) sum += (k % 2 ? 4 : 2) * density(x + k * h);
  return (sum * h) / 3;
}

const families: Family[] = ['gaussian', 'binomial', 'poisson', 'gamma'];
const [rows, columns] = [50, 24];

function checkPath(path: SparsePath, norm: Norm, problem: ReturnType<typeof problemOf>): void {
  expect(path.status).toBe('solved');
  expect(path.lambda.length).toBeGreaterThan(5);
  const scales = scalesOf(problem);
  const scale = path.nullDeviance / 2 / total(Array.from(problem.weights));
  for (const [k, lambda] of path.lambda.entries()) {
    const fit = path.fit(k);
    const b = fit.coefficients.map((value, j) => value * at(scales, j));
    const gradient = gradientAt(problem, fit);
    const g = gradient.columns.map((value, j) => value / at(scales, j));
    expect(Math.abs(gradient.intercept)).toBeLessThanOrEqual(1e-4 * path.lambdaMax);
    expect(norm.excess(g, b, lambda), `conditions at ${lambda}`).toBeLessThanOrEqual(1e-4 * path.lambdaMax);
    const links = linksOf(problem, fit);
    const weighted = Array.from(problem.y, (y, i) => at(problem.weights, i) * lossOf(problem.family, at(links, i), y));
    const objective = total(weighted) / total(Array.from(problem.weights)) + lambda * norm.value(b);
    expect(Math.abs(objective - fit.objective)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(objective)));
    expect(path.gap[k]).toBeLessThanOrEqual(1e-6);
    expect(fit.certificate).toMatchObject({ kind: 'global' });
    expect(objective - (fit.lowerBound as number)).toBeLessThanOrEqual(1.01e-6 * scale + 1e-12);
  }
  // Just above lambdaMax nothing but 0 meets the conditions, and just below 0 does not.
  expect(path.nonzeros[0]).toBe(0);
}

describe.each(families)('%s', (family) => {
  const { x, y } = drawn(31, family, rows, columns);
  const weights = y.map((_, i) => 0.5 + (i % 3) / 2);

  it('slope', async () => {
    const q = 0.2;
    const path = await sparsePath({ x, y }, { family, penalty: slope({ q }), lambdas: { ratio: 0.05, count: 15 } });
    // The weights are quantiles: the mass above the k-th is k q / (2 p).
    const quantiles = Array.from({ length: columns }, (_, k) => {
      let [low, high] = [0, 8];
      for (let step = 0; step < 50; ++step) {
        const middle = (low + high) / 2;
        if (massAbove(middle) > (q * (k + 1)) / (2 * columns)) low = middle;
        else high = middle;
      }
      return low;
    });
    checkPath(path, sortedNorm(quantiles), problemOf(x, y, { family }));
  });

  it('fused, with weights of rows', async () => {
    const settings = { family, penalty: fused({ alpha: 0.4 }), minRatio: 0.05, nLambda: 15 };
    const path = await sparsePath({ x, y, sampleWeight: weights }, settings);
    checkPath(path, fusedNorm(0.4), problemOf(x, y, { family, weights }));
  });
});

it('oscar is slope with weights that fall evenly, and pools columns that are much alike', async () => {
  const { x, y } = drawn(32, 'gaussian', 60, 10);
  for (let i = 0; i < 60; ++i) x.data[10 * i + 2] = (x.data[10 * i] as number) + 0.02 * (x.data[10 * i + 2] as number);
  const own = Array.from({ length: 10 }, (_, k) => 1 + 0.3 * (9 - k));
  const [one, other] = await Promise.all([
    sparsePath({ x, y }, { penalty: oscar({ c: 0.3 }), lambdas: { count: 12, ratio: 0.1 } }),
    sparsePath({ x, y }, { penalty: slope({ weights: own }), lambdas: { count: 12, ratio: 0.1 } }),
  ]);
  expect(one.objectives).toEqual(other.objectives);
  checkPath(one, sortedNorm(own), problemOf(x, y));
  const scales = scalesOf(problemOf(x, y));
  const { coefficients } = one.fit(6);
  expect(coefficients[0]).not.toBe(0);
  expect(at(coefficients, 0) * at(scales, 0)).toBeCloseTo(at(coefficients, 2) * at(scales, 2), 9);
});

it('with equal weights, or a share of 1, it is the lasso', async () => {
  const { x, y } = drawn(33, 'gaussian', 40, 70);
  const settings = { nLambda: 15, tolerance: 1e-9, minRatio: 0.05 };
  const paths = await Promise.all(
    [lasso(), slope({ weights: new Float64Array(70).fill(1) }), fused({ alpha: 1 })].map((penalty) =>
      sparsePath({ x, y }, { ...settings, penalty }),
    ),
  );
  for (const path of paths.slice(1)) {
    path.objectives.forEach((objective, k) => {
      expect(objective).toBeCloseTo(at((paths[0] as SparsePath).objectives, k), 8);
    });
  }
});

it('no point of a slow proximal method is better', async () => {
  const { x, y } = drawn(34, 'gaussian', 30, 8);
  const weights = [3, 2.5, 2, 1.5, 1, 0.5, 0.25, 0];
  const lambda = 0.05;
  const fit = await sparseRegression({ x, y }, { lambda, penalty: slope({ weights }), standardize: false });
  const norm = sortedNorm(weights);
  const problem = problemOf(columnsOf(x), y, { standardize: false });
  const objective = (b: ArrayLike<number>, intercept: number) => {
    const links = linksOf(problem, { coefficients: b, intercept });
    return total(Array.from(y, (value, i) => (at(links, i) - value) ** 2 / 2)) / y.length + lambda * norm.value(b);
  };
  // Subgradient steps that shrink, from two starts.
  for (const start of [new Float64Array(8), fit.coefficients.map((value) => value + 0.1)]) {
    let [b, intercept, least] = [start.slice(), 0, Number.POSITIVE_INFINITY];
    for (let k = 1; k <= 3000; ++k) {
      const g = gradientAt(problem, { coefficients: b, intercept });
      const order = Array.from(b.keys()).sort((i, j) => Math.abs(at(b, j)) - Math.abs(at(b, i)));
      const step = 0.3 / Math.sqrt(k);
      const next = b.slice();
      order.forEach((j, rank) => {
        next[j] = at(b, j) - step * (at(g.columns, j) + lambda * at(weights, rank) * Math.sign(at(b, j)));
      });
      [b, intercept] = [next, intercept - step * g.intercept];
      least = Math.min(least, objective(b, intercept));
    }
    expect(fit.objective).toBeLessThanOrEqual(least + 1e-9);
    expect(least - fit.objective).toBeLessThanOrEqual(1e-2);
  }
});

it('sparse columns, more of them than rows, and a warm start give the same', async () => {
  const draws = new Draws(35);
  const { x, y } = drawn(35, 'gaussian', 40, 120);
  x.data.forEach((_, k) => {
    if (draws.uniform() < 0.7) x.data[k] = 0;
  });
  const penalties: SparsePenalty[] = [slope({ q: 0.05 }), fused({ alpha: 0.7 })];
  for (const penalty of penalties) {
    const dense = await sparsePath({ x, y }, { penalty, tolerance: 1e-9, lambdas: { count: 10, ratio: 0.2 } });
    const sparse = await sparsePath(
      { x: asSparse(x, 'csc'), y },
      { penalty, tolerance: 1e-9, lambdas: { count: 10, ratio: 0.2 } },
    );
    const lambda = at(dense.lambda, 6);
    const warm = await sparseRegression({ x, y }, { penalty, lambda, warmStart: dense, tolerance: 1e-9 });
    dense.objectives.forEach((objective, k) => {
      expect(sparse.objectives[k]).toBeCloseTo(objective, 8);
    });
    expect(warm.objective).toBeCloseTo(at(dense.objectives, 6), 8);
  }
});
