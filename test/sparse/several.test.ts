// Several responses and classes: conditions of optimality and bounds at every lambda, computed anew from the definitions.
import { describe, expect, it } from 'vitest';
import { elasticNet, groupLasso, groupMcp, lasso, type SparsePath, sparseGroupLasso } from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';
import { long } from '../long.js';
import { type BlockProblem, blockBoundAt, blockObjectiveAt, blockProblemOf, blockViolationAt } from './blocks.js';
import { numbersOf } from './numbersOf.js';
import { asSparse, Draws } from './values.js';

const [n, p, count] = [60, 25, 3];

/** Rows whose predictions for each response are made of the first columns; classes are drawn by them. */
function drawnSeveral(seed: number, rows = n, columns = p) {
  const draws = new Draws(seed);
  const x = { data: draws.normals(rows * columns), rows, columns };
  const links = Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length: rows }, (_, i) => {
      const at = (j: number) => x.data[i * columns + j] as number;
      return (k - 1) * at(0) + (k === 1 ? 1.2 : -0.3) * at(1) + 0.2 * k;
    }),
  );
  const numbers = links.map((t) => t.map((value) => value + draws.normal()));
  const classes = Array.from({ length: rows }, (_, i) => {
    const t = links.map((link) => Math.exp(link[i] as number));
    let left = draws.uniform() * t.reduce((sum, value) => sum + value, 0);
    return t.findIndex((value) => {
      left -= value;
      return left <= 0;
    });
  });
  return { x, numbers, classes, shares: links.map((_, k) => Float64Array.from(classes, (of) => Number(of === k))) };
}

const byRows = (columns: readonly Float64Array[]) => {
  const rows = columns[0]?.length ?? 0;
  const data = Float64Array.from({ length: rows * columns.length }, (_, i) => {
    return columns[i % columns.length]?.[Math.floor(i / columns.length)] as number;
  });
  return { data, rows, columns: columns.length };
};

function checkModels(path: SparsePath, problem: BlockProblem, sharp = 1e-4): void {
  expect(path.status, path.message).toBe('solved');
  expect(path.lambda.length).toBeGreaterThan(3);
  const scale = path.nullDeviance / 2 / problem.weights.reduce((sum, weight) => sum + weight, 0);
  const free = problem.factors.every((factor) => factor > 0);
  for (const [k, lambda] of path.lambda.entries()) {
    const fit = path.fit(k);
    const point = { coefficients: fit.coefficients, intercepts: fit.intercepts as Float64Array };
    const objective = blockObjectiveAt(problem, lambda, point);
    expect(Math.abs(objective - fit.objective), `objective at ${lambda}`).toBeLessThanOrEqual(
      1e-9 * (1 + Math.abs(objective)),
    );
    expect(blockViolationAt(problem, lambda, point), `violation at ${lambda}`).toBeLessThanOrEqual(
      sharp * path.lambdaMax,
    );
    if (problem.kind === 'groupMcp') continue;
    expect(fit.certificate.kind).toBe('global');
    expect(path.gap[k]).toBeLessThanOrEqual(1e-6);
    if (free)
      expect((objective - blockBoundAt(problem, lambda, point)) / scale, `gap at ${lambda}`).toBeLessThanOrEqual(1e-6);
  }
}

const settings = { minRatio: 0.05, nLambda: 10 };
const penalties = [
  ['groupLasso', groupLasso(), 'groupLasso'],
  ['groupLasso with squares', groupLasso({ alpha: 0.5 }), 'groupLasso'],
  ['lasso', lasso(), 'lasso'],
  ['elasticNet', elasticNet(0.5), 'lasso'],
  ['sparseGroupLasso', sparseGroupLasso(0.4), 'sparseGroupLasso'],
] as const;

describe('several responses', () => {
  const { x, numbers } = drawnSeveral(41);
  it.each(penalties)('%s', async (_, penalty, kind) => {
    const path = await sparsePath({ x, y: byRows(numbers) }, { ...settings, penalty });
    checkModels(path, blockProblemOf(x, numbers, { kind, alpha: numbersOf(penalty).alpha }));
  });

  it('groupMcp; groups of columns', async () => {
    const tall = drawnSeveral(42, 120);
    const groups = Array.from({ length: p }, (_, j) => Math.floor(j / 4));
    for (const [penalty, kind] of [
      [groupMcp(), 'groupMcp'],
      [groupLasso(), 'groupLasso'],
    ] as const) {
      const path = await sparsePath({ x: tall.x, y: byRows(tall.numbers), groups }, { ...settings, penalty });
      checkModels(path, blockProblemOf(tall.x, tall.numbers, { kind, groups }));
    }
  });

  it('a column with an infinite factor is left out', async () => {
    const penaltyFactor = Array.from({ length: p }, (_, j) => (j === 1 ? Number.POSITIVE_INFINITY : 1));
    const out = { ...x, data: x.data.map((value, k) => (k % p === 1 ? 0 : value)) };
    for (const penalty of [lasso(), groupLasso()]) {
      const data = { x, y: byRows(numbers) };
      const fit = await sparseRegression({ ...data, penaltyFactor }, { lambda: 0.05, penalty, tolerance: 1e-10 });
      const same = await sparseRegression({ ...data, x: out }, { lambda: 0.05, penalty, tolerance: 1e-10 });
      expect(fit.status).toBe('solved');
      for (const [c, b] of fit.coefficients.entries()) expect(b).toBeCloseTo(same.coefficients[c] as number, 6);
      expect([Array.from(fit.constantColumns), Array.from(same.constantColumns)]).toEqual([[], [1]]);
    }
  });

  it('the lasso is that of each response', async () => {
    const all = await sparseRegression({ x, y: byRows(numbers) }, { lambda: 0.1, tolerance: 1e-11 });
    for (const [k, y] of numbers.entries()) {
      const one = await sparseRegression({ x, y }, { lambda: 0.1, tolerance: 1e-11 });
      expect(all.intercepts?.[k]).toBeCloseTo(one.intercept, 6);
      for (const [j, b] of one.coefficients.entries()) expect(all.coefficients[j + p * k]).toBeCloseTo(b, 6);
    }
  });
});

describe('multinomial', () => {
  const { x, classes, shares } = drawnSeveral(43);
  it.each(penalties)('%s', async (_, penalty, kind) => {
    const path = await sparsePath({ x, y: classes }, { ...settings, family: 'multinomial', penalty });
    checkModels(
      path,
      blockProblemOf(x, shares, { family: 'multinomial', kind, alpha: numbersOf(penalty).alpha }),
      1e-3,
    );
  });

  it('weights, offsets, factors, sparse columns as they are, shares', async () => {
    const draws = new Draws(44);
    const weights = Float64Array.from(classes, () => (draws.uniform() < 0.2 ? 0 : 0.5 + draws.uniform()));
    const offset = shares.map(() => draws.normals(n).map((value) => 0.4 * value));
    const factors = Array.from({ length: p }, (_, j) => (j === 3 ? 0 : 0.5 + draws.uniform()));
    const thin = { ...x, data: x.data.map((value) => (Math.abs(value) < 0.6 ? 0 : value)) };
    const soft = shares.map((share) => share.map((value) => 0.8 * value + 0.2 / count));
    for (const [penalty, kind] of [
      [lasso(), 'lasso'],
      [groupLasso(), 'groupLasso'],
    ] as const) {
      const path = await sparsePath(
        {
          x: asSparse(thin, 'csr'),
          y: byRows(soft),
          sampleWeight: weights,
          offset: byRows(offset),
          penaltyFactor: factors,
        },
        { ...settings, family: 'multinomial', penalty, standardize: false },
      );
      const more = { kind, weights, offset, factors, standardize: false };
      checkModels(path, blockProblemOf(thin, soft, { family: 'multinomial', ...more }), 1e-3);
    }
  });

  // Bounds of the curvatures alone, with Newton steps that were given up where signs changed, made these paths endless.
  it.each([
    ['lasso', lasso(), 'lasso'],
    ['elasticNet', elasticNet(0.9), 'lasso'],
    ['sparseGroupLasso', sparseGroupLasso(0.4), 'sparseGroupLasso'],
  ] as const)('%s at small lambdas, where classes are nearly separated', async (_, penalty, kind) => {
    const tall = drawnSeveral(48, 80, 20);
    const path = await sparsePath(
      { x: tall.x, y: tall.classes },
      { family: 'multinomial', penalty, lambdas: { count: 20, ratio: 1e-4 } },
    );
    checkModels(
      path,
      blockProblemOf(tall.x, tall.shares, { family: 'multinomial', kind, alpha: numbersOf(penalty).alpha }),
      1e-4,
    );
  });

  it('two classes are those of binomial, with half the coefficients by squares', async () => {
    const y = classes.map((of) => (of === 0 ? 'a' : 'b'));
    const two = await sparseRegression(
      { x, y },
      { family: 'multinomial', penalty: elasticNet(0), lambda: 0.1, tolerance: 1e-8 },
    );
    const one = await sparseRegression(
      { x, y },
      { family: 'binomial', penalty: elasticNet(0), lambda: 0.05, tolerance: 1e-8 },
    );
    expect(two.classes).toEqual(['a', 'b']);
    for (const [j, b] of one.coefficients.entries()) expect((two.coefficients[j + p] as number) * 2).toBeCloseTo(b, 3);
  });

  it('intercepts sum to 0 in the units of x, as do coefficients without penalty', async () => {
    const far = { ...x, data: x.data.map((value, k) => value + ((k % p) - 4)) };
    const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);
    const penaltyFactor = Array.from({ length: p }, (_, j) => Number(j !== 3));
    const data = { y: classes };
    for (const [matrix, settings] of [
      [far, { lambda: 0.03 }],
      [asSparse(far, 'csc'), { lambda: 0.03, penaltyFactor }],
      [far, { lambda: 0.02, penaltyFactor, penalty: groupLasso() }],
      [{ ...far, columns: 2, data: far.data.filter((_, k) => k % p < 2) }, { lambda: 0 }],
    ] as const) {
      const fit = await sparseRegression({ ...data, x: matrix }, { family: 'multinomial', ...settings });
      expect(fit.status, fit.message).toBe('solved');
      expect(Math.max(...Array.from(fit.intercepts as Float64Array, Math.abs))).toBeGreaterThan(0.05);
      expect(Math.abs(total(fit.intercepts as Float64Array))).toBeLessThanOrEqual(1e-12);
      const columns = matrix.columns;
      const free = settings.lambda === 0 ? [0, 1] : 'penaltyFactor' in settings ? [3] : [];
      for (const j of free) {
        const own = fit.coefficients.filter((_, c) => c % columns === j);
        expect(Math.max(...own.map(Math.abs))).toBeGreaterThan(0.01);
        expect(Math.abs(total(own))).toBeLessThanOrEqual(1e-12);
      }
    }
  });

  it.runIf(long)('predicts, is cross-validated, and begins at an earlier result', async () => {
    const names = ['red', 'green', 'blue'];
    const y = classes.map((of) => names[of] as string);
    const cv = await crossValidate(
      { x, y },
      { family: 'multinomial', folds: 4, measure: 'misclassification', lambdas: { count: 12 } },
    );
    expect(cv.status, cv.message).toBe('solved');
    expect(cv.best('1se').lambda).toBe(cv.lambda1se);
    const fit = cv.fit(6);
    expect(fit.classes).toEqual(['blue', 'green', 'red']);
    const probabilities = fit.predict(x);
    expect(probabilities.length).toBe(n * count);
    const labels = fit.predict(x, { type: 'class' });
    for (let i = 0; i < n; ++i) {
      const own = Array.from(probabilities.subarray(i * count, (i + 1) * count));
      expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
      expect(labels[i]).toBe(fit.classes?.[own.indexOf(Math.max(...own))]);
    }
    expect(labels.filter((label, i) => label === y[i]).length).toBeGreaterThan(0.5 * n);
    const again = await sparseRegression({ x, y }, { family: 'multinomial', lambda: fit.lambda, warmStart: fit });
    expect(Math.abs(again.objective - fit.objective)).toBeLessThanOrEqual(2e-6);
    const between = cv.at(Math.sqrt((cv.lambda[3] as number) * (cv.lambda[4] as number)));
    expect(between.coefficients.length).toBe(p * count);
    expect(between.intercepts?.length).toBe(count);
  });

  it('says what is wrong', async () => {
    const family = 'multinomial' as const;
    await expect(sparsePath({ x, y: classes.map(() => 1) }, { family })).rejects.toThrow(
      /^y: expected at least two classes/,
    );
    await expect(sparsePath({ x, y: byRows(shares), offset: classes }, { family })).rejects.toThrow(/^offset/);
    await expect(sparsePath({ x, y: byRows(shares) }, { family: 'poisson' })).rejects.toThrow(
      /^y = .*expected one number for each row/,
    );
    await expect(crossValidate({ x, y: classes }, { family, measure: 'auc' })).rejects.toThrow(/^measure = 'auc'/);
  });
});
