// Penalties of groups: conditions of optimality and bounds at every lambda, computed anew from the definitions.
import { describe, expect, it } from 'vitest';
import {
  cox,
  groupLasso,
  groupMcp,
  groupScad,
  huber,
  type SparseData,
  type SparseFamily,
  type SparsePath,
  type SparsePathSettings,
  sparseGroupLasso,
} from '../../src/sparse/index.js';
import { crossValidate, type SparseExtras, sparsePath, sparseRegression, stabilitySelection } from '../flat.js';
import {
  type BlockPoint,
  type BlockProblem,
  blockBoundAt,
  blockObjectiveAt,
  blockProblemOf,
  blockViolationAt,
  links,
} from './blocks.js';
import { numbersOf } from './numbersOf.js';
import { asSparse, Draws, drawn, type Family } from './values.js';

const p = 40;
/** Groups of one to five columns, some of which lie apart. */
const groups = Array.from({ length: p }, (_, j) => (j < 20 ? Math.floor(j / 5) : 4 + ((j * 7) % 9)));
const count = Math.max(...groups) + 1;

function checkModels(path: SparsePath, problem: BlockProblem, sharp = 1e-4): void {
  expect(path.status, path.message).toBe('solved');
  expect(path.lambda.length).toBeGreaterThan(3);
  const scale = path.nullDeviance / 2 / problem.weights.reduce((sum, weight) => sum + weight, 0);
  const free = problem.factors.every((factor) => factor > 0);
  const convex = problem.kind === 'groupLasso' || problem.kind === 'sparseGroupLasso';
  for (const [k, lambda] of path.lambda.entries()) {
    const fit = path.fit(k);
    const point = { coefficients: fit.coefficients, intercepts: [fit.intercept] };
    const objective = blockObjectiveAt(problem, lambda, point);
    expect(Math.abs(objective - fit.objective), `objective at ${lambda}`).toBeLessThanOrEqual(
      1e-10 * (1 + Math.abs(objective)),
    );
    expect(blockViolationAt(problem, lambda, point), `violation at ${lambda}`).toBeLessThanOrEqual(
      sharp * path.lambdaMax,
    );
    if (!convex) {
      expect(fit.certificate.kind).toMatch(/^(local|coordinateWise)$/);
      continue;
    }
    expect(fit.certificate.kind).toBe('global');
    expect(path.gap[k]).toBeLessThanOrEqual(1e-6);
    if (free)
      expect((objective - blockBoundAt(problem, lambda, point)) / scale, `gap at ${lambda}`).toBeLessThanOrEqual(1e-6);
  }
}

const penalties = {
  groupLasso: groupLasso(),
  'groupLasso with squares': groupLasso({ alpha: 0.6 }),
  sparseGroupLasso: sparseGroupLasso(0.4),
  groupMcp: groupMcp(),
  groupScad: groupScad(),
};
const settings: SparsePathSettings & SparseExtras = { minRatio: 0.05, nLambda: 12 };

describe.each<Family>(['gaussian', 'binomial', 'poisson', 'gamma'])('%s', (family) => {
  const few = drawn(31, family, 50, p);
  it.each(Object.entries(penalties))('%s', async (_, penalty) => {
    const { kind } = penalty;
    const { alpha } = numbersOf(penalty);
    // Few rows of two classes are soon told apart by coefficients whose penalty is constant, and then there is no minimum.
    const { x, y } = kind === 'groupMcp' || kind === 'groupScad' ? drawn(31, family, 160, p) : few;
    const path = await sparsePath({ x, y, groups }, { ...settings, family, penalty });
    checkModels(path, blockProblemOf(x, [y], { family, kind: kind as 'groupMcp', alpha, groups }), 3e-3);
  });

  it('weights, offsets, factors, sparse columns as they are', async () => {
    const { x, y } = few;
    const draws = new Draws(32);
    const weights = y.map(() => (draws.uniform() < 0.2 ? 0 : 0.5 + draws.uniform()));
    const offset = draws.normals(y.length).map((value) => 0.4 * value);
    const factors = Array.from({ length: count }, (_, g) => (g === 2 ? 0 : 0.5 + draws.uniform()));
    const thin = { ...x, data: x.data.map((value) => (Math.abs(value) < 0.6 ? 0 : value)) };
    const more = { family, weights, offset: [offset], groups, factors, standardize: false };
    for (const [penalty, kind, alpha] of [
      [groupLasso(), 'groupLasso', 1],
      [sparseGroupLasso(0.3), 'sparseGroupLasso', 0.3],
    ] as const) {
      const path = await sparsePath(
        { x: asSparse(thin, 'csc'), y, sampleWeight: weights, offset, groups, penaltyFactor: factors },
        { ...settings, family, penalty, standardize: false },
      );
      checkModels(path, blockProblemOf(thin, [y], { ...more, kind, alpha }), 1e-3);
    }
  });
});

/** A loss and its slopes at linear predictions. */
type Loss = (t: Float64Array) => { loss: number; slopes: Float64Array };

const rows = 120;
const survival = drawn(41, 'gaussian', rows, p);
const chances = new Draws(42);
const time = Array.from(survival.y, (t) => Math.ceil(-10 * Math.exp(-t / 2) * Math.log(chances.uniform())));
const event = time.map(() => chances.uniform() < 0.7);
const outliers = survival.y.map((value) => (chances.uniform() < 0.1 ? 8 * value : value));
const delta = 0.7;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Breslow's partial likelihood over pairs of rows. */
const coxLoss: Loss = (t) => {
  const risks = time.map((from) => sum(time.map((other, j) => (other >= from ? Math.exp(t[j] as number) / rows : 0))));
  const losses = time.map((_, i) => (event[i] ? Math.log(risks[i] as number) - (t[i] as number) : 0));
  const slopes = time.map((of, i) => {
    const share = sum(time.map((other, k) => (event[k] && other <= of ? 1 / (risks[k] as number) : 0)));
    return ((Math.exp(t[i] as number) / rows) * share - Number(event[i])) / rows;
  });
  return { loss: sum(losses) / rows, slopes: Float64Array.from(slopes) };
};

const huberLoss: Loss = (t) => {
  const r = Array.from(t, (value, i) => value - (outliers[i] as number));
  const losses = r.map(Math.abs).map((size) => (size <= delta ? size ** 2 / 2 : delta * size - delta ** 2 / 2));
  return {
    loss: sum(losses) / rows,
    slopes: Float64Array.from(r, (value) => Math.max(-delta, Math.min(delta, value)) / rows),
  };
};

const others: [string, SparseFamily, SparseData['y'], Loss][] = [
  ['cox', cox({ ties: 'breslow' }), { time, event }, coxLoss],
  ['huber', huber({ huberDelta: delta }), outliers, huberLoss],
];
describe.each(others)('%s', (name, family, y, lossAt) => {
  const data = { x: survival.x, y };
  it.each(Object.entries(penalties))('%s', async (_, penalty) => {
    const { kind } = penalty;
    const { alpha } = numbersOf(penalty);
    const intercept = name !== 'cox';
    const problem = blockProblemOf(survival.x, [survival.y], { kind: kind as 'groupMcp', alpha, groups, intercept });
    const path = await sparsePath({ ...data, groups }, { ...settings, family, penalty, lambdas: { ratio: 0.2 } });
    expect(path.status, path.message).toBe('solved');
    const convex = kind === 'groupLasso' || kind === 'sparseGroupLasso';
    const models = Array.from(path.lambda, (lambda, k) => {
      const fit = path.fit(k);
      const point: BlockPoint = { coefficients: fit.coefficients, intercepts: [fit.intercept] };
      const { loss, slopes } = lossAt(links(problem, point)[0] as Float64Array);
      const objective = blockObjectiveAt(problem, lambda, point, loss);
      expect(Math.abs(objective - fit.objective)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(objective)));
      const violation = blockViolationAt(problem, lambda, point, [slopes]);
      expect(violation, `violation at ${lambda}`).toBeLessThanOrEqual((convex ? 5e-3 : 1e-6) * path.lambdaMax);
      return { fit, lambda, objective, point };
    });
    for (const { fit, lambda } of models) {
      if (fit.certificate.kind !== 'global') {
        expect(convex).toBe(false);
        continue;
      }
      expect(fit.gap).toBeLessThanOrEqual(1e-6);
      // The bound holds at the models of other lambdas, too.
      for (const { point } of models) {
        const { loss } = lossAt(links(problem, point)[0] as Float64Array);
        expect(blockObjectiveAt(problem, lambda, point, loss)).toBeGreaterThanOrEqual(
          (fit.lowerBound as number) - 1e-12,
        );
      }
    }
  });

  it('groups of one column are columns, and one without penalty is', async () => {
    const own = Array.from({ length: p }, (_, j) => j);
    const penaltyFactor = own.map((j) => Number(j !== 5));
    const more = { family, penaltyFactor, lambda: 0.05, tolerance: 1e-9 };
    const together = await sparseRegression({ ...data, groups: own }, { ...more, penalty: groupLasso() });
    const alone = await sparseRegression(data, more);
    expect(together.status, together.message).toBe('solved');
    expect(Math.abs(together.objective - alone.objective)).toBeLessThanOrEqual(1e-8);
    for (const [j, b] of together.coefficients.entries()) expect(b).toBeCloseTo(alone.coefficients[j] as number, 3);
  });
});

it('a group with an infinite factor is left out, and groups have relaxed fits', async () => {
  const { x, y } = drawn(43, 'gaussian', 80, 12);
  const four = Array.from({ length: 12 }, (_, j) => Math.floor(j / 3));
  const out = [1, Number.POSITIVE_INFINITY, 1, 2];
  const path = await sparsePath(
    { x, y, groups: four, penaltyFactor: out },
    { penalty: groupLasso(), lambdas: { count: 10 } },
  );
  expect(Array.from(path.constantColumns)).toEqual([]);
  const left = Array.from({ length: 12 }, (_, j) => j).filter((j) => four[j] !== 1);
  const without = Array.from({ length: 80 }, (_, i) => left.map((j) => x.data[12 * i + j] as number));
  const same = await sparsePath(
    { x: without, y, groups: left.map((j) => four[j] as number), penaltyFactor: [1, 1, 2] },
    { penalty: groupLasso(), lambdas: { count: 10 } },
  );
  for (const [k, lambda] of path.lambda.entries()) {
    expect(lambda).toBeCloseTo(same.lambda[k] as number, 12);
    const { coefficients } = same.fit(k);
    const { coefficients: all } = path.fit(k);
    expect(Array.from(all.subarray(3, 6))).toEqual([0, 0, 0]);
    for (const [place, j] of left.entries()) expect(all[j]).toBeCloseTo(coefficients[place] as number, 9);
  }
  const relaxed = await sparsePath(
    { x, y, groups: four },
    { penalty: groupLasso(), relax: true, lambdas: { count: 6 } },
  );
  expect(relaxed.status).toBe('solved');
  const { support, coefficients } = relaxed.fit(4);
  expect(support.length % 3).toBe(0);
  const columns = Array.from({ length: 80 }, (_, i) => Array.from(support, (j) => x.data[12 * i + j] as number));
  const free = await sparseRegression({ x: columns, y }, { lambda: 0 });
  for (const [place, j] of support.entries())
    expect(coefficients[j]).toBeCloseTo(free.coefficients[place] as number, 8);
});

it('more rows than columns, without an intercept', async () => {
  const { x, y } = drawn(33, 'gaussian', 150, p);
  const path = await sparsePath(
    { x, y, groups },
    { ...settings, penalty: groupLasso(), intercept: false, lambdas: { ratio: 1e-3 } },
  );
  checkModels(path, blockProblemOf(x, [y], { groups, intercept: false }));
  const last = await sparseRegression({ x, y, groups }, { lambda: 0, penalty: groupLasso(), intercept: false });
  expect(last.status).toBe('solved');
  expect(
    blockViolationAt(blockProblemOf(x, [y], { groups, intercept: false }), 0, {
      coefficients: last.coefficients,
      intercepts: [0],
    }),
  ).toBeLessThan(1e-5);
});

it('groups of one column are columns', async () => {
  const { x, y } = drawn(34, 'gaussian', 40, 12);
  const own = Array.from({ length: 12 }, (_, j) => `column ${String(j).padStart(2, '0')}`);
  for (const [ofGroups, alone] of [
    [groupLasso(), 'lasso'],
    [groupMcp(), 'mcp'],
    [groupScad(), 'scad'],
    [sparseGroupLasso(1), 'lasso'],
  ] as const) {
    const together = await sparseRegression(
      { x, y, groups: own },
      { lambda: 0.15, penalty: ofGroups, tolerance: 1e-10 },
    );
    const single = await sparseRegression({ x, y }, { lambda: 0.15, penalty: alone, tolerance: 1e-10 });
    for (const [j, b] of together.coefficients.entries()) expect(b).toBeCloseTo(single.coefficients[j] as number, 6);
  }
});

it('a fit equals the path, a warm start ends in the same place, and groups are in or out as a whole', async () => {
  const { x, y } = drawn(35, 'binomial', 60, p);
  const path = await sparsePath({ x, y, groups }, { ...settings, family: 'binomial', penalty: groupLasso() });
  const lambda = path.lambda[8] as number;
  const fit = await sparseRegression({ x, y, groups }, { family: 'binomial', penalty: groupLasso(), lambda });
  const warm = await sparseRegression(
    { x, y, groups },
    { family: 'binomial', penalty: groupLasso(), lambda, warmStart: path },
  );
  for (const other of [fit, warm]) {
    expect(Math.abs(other.objective - path.fit(8).objective)).toBeLessThanOrEqual(2e-6);
    const on = new Set(Array.from(other.support, (j) => groups[j]));
    for (const [j, group] of groups.entries()) expect(other.coefficients[j] !== 0).toBe(on.has(group));
  }
});

it('cross-validation and stability selection take groups', async () => {
  const { x, y } = drawn(36, 'gaussian', 80, p);
  const cv = await crossValidate({ x, y, groups }, { penalty: groupLasso(), folds: 4, lambdas: { count: 15 } });
  expect(cv.status).toBe('solved');
  expect(cv.lambda1se).toBeGreaterThanOrEqual(cv.lambdaMin as number);
  const { frequencies, stable, status, q, expectedFalse, threshold } = await stabilitySelection(
    { x, y, groups },
    { penalty: groupLasso(), subsamples: 10, q: 3 },
  );
  expect(status).toBe('solved');
  // The first three columns count, which are of the first group.
  expect(Array.from(stable)).toEqual(expect.arrayContaining([0, 1, 2, 3, 4]));
  for (const [j, group] of groups.entries()) expect(frequencies[j]).toBe(frequencies[groups.indexOf(group)]);
  expect(expectedFalse).toBeCloseTo(q ** 2 / ((2 * threshold - 1) * count), 12);
});

it('says what is wrong', async () => {
  const { x, y } = drawn(37, 'gaussian', 20, 4);
  const penalty = groupLasso();
  await expect(sparsePath({ x, y }, { penalty })).rejects.toThrow(
    /^groups = undefined: expected the group of each column/,
  );
  await expect(sparsePath({ x, y, groups: [0, 1] }, { penalty })).rejects.toThrow(
    /^groups: expected 4 integers or strings/,
  );
  await expect(sparsePath({ x, y, groups: [0, 1, 1.5, 2] }, { penalty })).rejects.toThrow(
    /^groups\[2\] = 1.5: expected an integer/,
  );
  await expect(sparsePath({ x, y, groups: ['a', 1, 'b', 'c'] as never }, { penalty })).rejects.toThrow(
    /^groups\[1\] = 1: expected a string/,
  );
  const two = { x, y, groups: [7, 7, 3, 3] };
  await expect(sparsePath({ ...two, penaltyFactor: [1, 1, 1] }, { penalty })).rejects.toThrow(
    /^penaltyFactor: expected 2 numbers/,
  );
  expect(() => sparseGroupLasso(2)).toThrow(/^alpha = 2/);
  expect(() => groupMcp({ gamma: 1 })).toThrow(/^gamma = 1/);
  // Factors are in the order of the numbers: that of group 3 first.
  const path = await sparsePath({ ...two, penaltyFactor: [1e6, 1] }, { penalty, lambdas: { count: 5 } });
  expect(path.fit(4).support.every((j) => j < 2)).toBe(true);
});

it('groups of one column in a sparse group lasso', async () => {
  const { x, y } = drawn(37, 'binomial', 40, 6);
  const alone = [0, 1, 2, 3, 4, 5];
  const [lambda, tolerance] = [0.02, 1e-10];
  const data = { x, y, groups: alone };
  const fit = await sparseRegression(data, { family: 'binomial', lambda, tolerance, penalty: sparseGroupLasso(0.4) });
  const same = await sparseRegression({ x, y }, { family: 'binomial', lambda, tolerance });
  expect(fit.status, fit.message).toBe('solved');
  expect(fit.objective).toBeCloseTo(same.objective, 9);
  for (const [j, b] of same.coefficients.entries()) expect(fit.coefficients[j]).toBeCloseTo(b, 4);
});
