// Conditions of optimality and bounds, computed anew from the definitions, at every lambda of paths: all families, penalties and what data
// may have. `npm run test:long` tries more of them.
import { describe, expect, it } from 'vitest';
import { elasticNet, lasso, mcp, type SparseData, type SparsePathSettings, scad } from '../../src/sparse/index.js';
import { type SparseExtras, sparsePath } from '../flat.js';
import { chosen } from '../long.js';
import { trial } from './honesty.js';
import { numbersOf } from './numbersOf.js';
import {
  asSparse,
  Draws,
  drawn,
  type Family,
  leastLoss,
  linksOf,
  lossOf,
  lowerBoundAt,
  nullScale,
  objectiveAt,
  type Problem,
  problemOf,
  violationAt,
} from './values.js';

/** Fits a path and checks every model of it. */
async function checkPath(
  data: SparseData & { x: never },
  settings: SparsePathSettings & SparseExtras,
  problem: Problem,
): Promise<void> {
  const path = await sparsePath(data, settings);
  expect(path.status, path.message).toBe('solved');
  const scale = nullScale(problem, path.nullDeviance);
  const free = Array.from(problem.factors).every((factor) => factor > 0);
  const bounded = [...Array.from(problem.lower), ...Array.from(problem.upper)].some(Number.isFinite);
  const total = Array.from(problem.weights).reduce((sum, weight) => sum + weight, 0);
  for (const [k, lambda] of path.lambda.entries()) {
    const fit = path.fit(k);
    const objective = objectiveAt(problem, lambda, fit);
    expect(Math.abs(objective - fit.objective), `objective at ${lambda}`).toBeLessThanOrEqual(
      1e-10 * (1 + Math.abs(objective)),
    );
    expect(violationAt(problem, lambda, fit), `violation at ${lambda}`).toBeLessThanOrEqual(1e-3 * path.lambdaMax);
    const links = linksOf(problem, fit);
    let deviance = 0;
    links.forEach((t, i) => {
      const y = problem.y[i] as number;
      deviance += 2 * (problem.weights[i] as number) * (lossOf(problem.family, t, y) - leastLoss(problem.family, y));
    });
    expect(Math.abs(deviance - fit.deviance)).toBeLessThanOrEqual(1e-9 * (1 + total));
    if (problem.kind !== 'lasso') {
      expect(fit.certificate.kind).toMatch(/^(local|coordinateWise)$/);
      continue;
    }
    expect(fit.certificate).toMatchObject({ kind: 'global' });
    const { gap, lowerBound: bound } = fit as Required<typeof fit>;
    expect(gap).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(objective - gap * scale - bound)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(objective)));
    if (free && !bounded) {
      const own = (objective - lowerBoundAt(problem, lambda, fit)) / scale;
      expect(own, `gap by the definition at ${lambda}`).toBeLessThanOrEqual(1e-6);
    }
  }
}

const families: Family[] = ['gaussian', 'binomial', 'poisson', 'gamma'];
const penalties = { lasso: lasso(), elasticNet: elasticNet(0.3), mcp: mcp(), scad: scad() };

describe.each(families)('%s', (family) => {
  const { x, y } = drawn(11, family, 60, 90);
  const draws = new Draws(12);
  const weights = y.map(() => 0.5 + draws.uniform());
  const offset = draws.normals(y.length).map((value) => 0.4 * value);
  const factors = Float64Array.from({ length: x.columns }, () => 0.5 + draws.uniform());

  it.each(Object.entries(penalties))('%s', async (_, penalty) => {
    const problem = problemOf(x, y, { family, ...numbersOf(penalty) });
    await checkPath({ x, y } as never, { family, penalty, minRatio: 0.05, nLambda: 30 }, problem);
  });

  it('weights, offsets, factors', async () => {
    const problem = problemOf(x, y, { family, weights, offset, factors });
    const settings = { family, penaltyFactor: factors, minRatio: 0.05, nLambda: 20 };
    await checkPath({ x, y, sampleWeight: weights, offset } as never, settings, problem);
  });

  it('columns without penalty, as they are', async () => {
    const some = factors.map((factor, j) => (j % 40 === 3 ? 0 : factor));
    const problem = problemOf(x, y, { family, factors: some, standardize: false });
    const settings = { family, penaltyFactor: some, minRatio: 0.1, nLambda: 20, standardize: false };
    await checkPath({ x, y } as never, settings, problem);
  });

  it('bounds', async () => {
    const lower = factors.map(() => -0.05);
    const problem = problemOf(x, y, { family, lower });
    await checkPath({ x, y } as never, { family, lowerBounds: -0.05, minRatio: 0.1, nLambda: 20 }, problem);
  });

  it('bounds of columns without penalty', async () => {
    const tall = drawn(14, family, 60, 8);
    const [lower, upper] = [new Float64Array(8).fill(-0.4), new Float64Array(8).fill(0.2)];
    const some = lower.map((_, j) => Number(j > 2));
    const problem = problemOf(tall.x, tall.y, { family, factors: some, lower, upper });
    const settings = { family, penaltyFactor: some, lowerBounds: -0.4, upperBounds: 0.2, lambdas: [0.1, 0.01, 0] };
    await checkPath(tall as never, settings, problem);
  });

  it('without an intercept, sparse, more rows than columns', async () => {
    const tall = drawn(13, family, 120, 10);
    tall.x.data.forEach((value, k) => {
      if (value < 0.3) tall.x.data[k] = 0;
    });
    const problem = problemOf(tall.x, tall.y, { family, intercept: false });
    const settings = { family, intercept: false, minRatio: 0.01, nLambda: 20 };
    await checkPath({ x: asSparse(tall.x, 'csc'), y: tall.y } as never, settings, problem);
  });

  it.each([1, 0.9])('many sparse columns in use, rows of no weight and offsets (alpha = %s)', async (alpha) => {
    const many = drawn(14, family, 200, 160);
    many.x.data.forEach((_, k) => {
      if (draws.uniform() < 0.95) many.x.data[k] = 0;
    });
    const sampleWeight = many.y.map((_, i) => i % 4);
    const shifts = draws.normals(200).map((value) => 0.5 * value);
    const problem = problemOf(many.x, many.y, { family, alpha, weights: sampleWeight, offset: shifts });
    const settings = { family, penalty: elasticNet(alpha), minRatio: 0.03, nLambda: 25 };
    const data = { x: asSparse(many.x, 'csc'), y: many.y, sampleWeight, offset: shifts };
    await checkPath(data as never, settings, problem);
  });
});

/** Counts with a long tail in few of the entries, or ones and zeros: columns whose curvatures differ by orders of magnitude. */
function skewed(seed: number, family: Family, tail: boolean) {
  const [rows, columns] = tail ? [200, 400] : [600, 100];
  const draws = new Draws(seed);
  const x = { data: new Float64Array(rows * columns), rows, columns };
  for (let i = 0; i < rows; ++i) {
    for (let k = 0; tail && k < 15; ++k) {
      const j = Math.floor(columns * draws.uniform() ** 3);
      x.data[i * columns + j] = Math.min(50, Math.ceil(0.5 * draws.uniform() ** -0.8));
    }
    for (let j = 0; !tail && j < columns; ++j) {
      x.data[i * columns + j] = Number(draws.uniform() < 0.02 * (1 + (j % 5)));
    }
  }
  const y = Float64Array.from({ length: rows }, (_, i) => {
    let t = 0;
    for (let j = 1; j < columns; j += 25) t += (tail ? 0.15 : 1) * (x.data[i * columns + j] as number);
    const mean = Math.exp(Math.min(t, 5));
    if (family === 'gaussian') return t + draws.normal();
    if (family === 'binomial') return Number(draws.uniform() < mean / (1 + mean));
    return family === 'poisson' ? draws.count(mean) : mean * (1e-12 - Math.log(draws.uniform()));
  });
  return { x, y, sampleWeight: y.map(() => (draws.uniform() < 0.2 ? 0 : draws.uniform())) };
}

describe.each(families)('%s: MCP and SCAD of skewed columns that are not standardised', (family) => {
  it.each(chosen([3, 1, 2, 4, 5, 6, 7, 8], 8))('seed %d', async (seed) => {
    for (const tail of [true, false]) {
      for (const penalty of [mcp(), scad()]) {
        const { x, y, sampleWeight } = skewed(seed, family, tail);
        const settings = { family, penalty, standardize: false, nLambda: 20, minRatio: 0.1 };
        const path = await sparsePath({ x: asSparse(x, 'csc'), y, sampleWeight }, settings);
        // Classes may be separable, towards which the last digits come slowly.
        if (family !== 'binomial') expect(path.status, path.message).toBe('solved');
        const problem = problemOf(x, y, { family, ...numbersOf(penalty), weights: sampleWeight, standardize: false });
        for (const [k, lambda] of path.lambda.entries()) {
          expect(violationAt(problem, lambda, path.fit(k))).toBeLessThanOrEqual(1e-6 * path.lambdaMax);
        }
      }
    }
  });
});

/** Counts whose mean depends on sparse columns with entries of many sizes. */
function heavyTailed(seed: number, rows: number, columns: number) {
  const draws = new Draws(seed);
  const x = { data: new Float64Array(rows * columns), rows, columns };
  const t = new Float64Array(rows);
  for (let j = 0; j < columns; ++j) {
    const share = Math.min(0.3, 8 / (j + 10) + 0.004);
    for (let i = 0; i < rows; ++i) {
      if (draws.uniform() >= share) continue;
      const value = Math.ceil(Math.exp(1.5 * draws.normal()));
      x.data[i * columns + j] = value;
      if (j % 60 === 5) t[i] = (t[i] as number) + (j % 120 === 5 ? 0.4 : -0.3) * Math.log1p(value);
    }
  }
  return { x, y: t.map((link) => draws.count(Math.exp(Math.min(3, link)))) };
}

// Steps along lines instead of the penalty, which a quadratic that leads over a hump leaves, take the violation down by a tenth each.
describe('poisson: MCP and SCAD of sparse columns with heavy tails', () => {
  it.each(chosen([9, 4, 6, 10], 4))('seed %d', async (seed) => {
    const { x, y } = heavyTailed(seed, 150, 300);
    for (const penalty of [mcp(), scad()]) {
      const path = await sparsePath(
        { x: asSparse(x, 'csc'), y },
        { family: 'poisson', penalty, lambdas: { count: 30, ratio: 0.1 } },
      );
      expect(path.status, path.message).toBe('solved');
      const problem = problemOf(x, y, { family: 'poisson', ...numbersOf(penalty) });
      for (const [k, lambda] of path.lambda.entries()) {
        expect(violationAt(problem, lambda, path.fit(k))).toBeLessThanOrEqual(1e-6 * path.lambdaMax);
      }
    }
  });
});

describe('random problems', () => {
  const seeds = Array.from({ length: 400 }, (_, seed) => seed);
  it.each(chosen(seeds, 20))('seed %d', async (seed) => {
    const { status, wrong } = await trial(seed);
    expect(wrong).toEqual([]);
    expect(['solved', 'stalled']).toContain(status);
  });
});

it('a lower bound from any point is below the optimum', async () => {
  for (const family of families) {
    for (const alpha of [1, 0.4]) {
      const { x, y } = drawn(21, family, 30, 8);
      const path = await sparsePath({ x, y }, { family, penalty: elasticNet(alpha), tolerance: 1e-10 });
      const k = Math.floor(path.lambda.length / 2);
      const { lambda, objective } = path.fit(k);
      const problem = problemOf(x, y, { family, alpha });
      const draws = new Draws(22);
      for (let trial = 0; trial < 50; ++trial) {
        const point = { coefficients: draws.normals(8).map((b) => b / (1 + trial)), intercept: draws.normal() };
        const bound = lowerBoundAt(problem, lambda, point);
        if (!Number.isNaN(bound)) expect(bound).toBeLessThanOrEqual(objective + 1e-9);
      }
    }
  }
});
