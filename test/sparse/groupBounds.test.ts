// Bounds on coefficients of groups, the non-negative group lasso among them: conditions of optimality from the gradient alone, and
// certificates beside points that proximal gradients written here find.
import { describe, expect, it } from 'vitest';
import {
  cox,
  groupLasso,
  groupMcp,
  groupScad,
  huber,
  type SparsePathSettings,
  sparseGroupLasso,
} from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';
import { chosen, long } from '../long.js';
import { type BlockProblem, blockGradientAt, blockProblemOf } from './blocks.js';
import { numbersOf } from './numbersOf.js';
import { asSparse, Draws } from './values.js';
import { checkWithin } from './within.js';

const [n, p] = [60, 10];
/** Groups of four, three, two and one columns, some of which lie apart. */
const groups = [0, 1, 0, 1, 2, 0, 3, 1, 2, 0];
const families = ['gaussian', 'binomial', 'poisson'] as const;
type Of = (typeof families)[number];

/** Rows whose predictions depend on two groups, with coefficients of both signs, and columns of a group that are alike. */
function drawnGroups(seed: number, family: Of) {
  const draws = new Draws(seed);
  const x = { data: draws.normals(n * p), rows: n, columns: p };
  const at = (i: number, j: number) => x.data[i * p + j] as number;
  for (let i = 0; i < n; ++i) {
    x.data[i * p + 2] = 0.8 * at(i, 0) + 0.5 * at(i, 2);
    x.data[i * p + 3] = 2 * at(i, 3);
  }
  const links = Array.from({ length: n }, (_, i) => 0.7 * at(i, 0) - 0.5 * at(i, 5) + 0.4 * at(i, 1) - 0.2 * at(i, 3));
  const y = Float64Array.from(links, (t) => {
    if (family === 'gaussian') return t + draws.normal();
    if (family === 'binomial') return Number(draws.uniform() < 1 / (1 + Math.exp(-t)));
    // Counts by their distribution function.
    let [count, left, share] = [0, draws.uniform(), Math.exp(-Math.exp(t / 2))];
    for (; left > share && count < 50; ++count) {
      left -= share;
      share *= Math.exp(t / 2) / (count + 1);
    }
    return count;
  });
  return { x, y, groups };
}

/** A violation of models whose gap is small enough, and as many proximal gradients as there is time for. */
const quick = { sharp: 3e-3, steps: long ? 100 : 40 };
const columns = Array.from({ length: p }, (_, j) => j);
const boxes: Record<string, { lower?: number[]; upper?: number[] }> = {
  'no negative ones': { lower: columns.map(() => 0) },
  'narrow ones': { lower: columns.map((j) => -0.06 * ((j % 4) + 1)), upper: columns.map((j) => 0.05 * (j % 5)) },
  'on one side of some': { lower: columns.map((j) => (j % 3 ? Number.NEGATIVE_INFINITY : -0.02)) },
};
const given = ({ lower, upper }: { lower?: number[]; upper?: number[] }) => ({
  ...(lower && { lowerBounds: lower }),
  ...(upper && { upperBounds: upper }),
});
const penalties = [
  [groupLasso(), 'groupLasso'],
  [groupLasso({ alpha: 0.4 }), 'groupLasso'],
  [sparseGroupLasso(0.3), 'sparseGroupLasso'],
] as const;
const cases = families.flatMap((family) => Object.entries(boxes).map(([name, box]) => [family, name, box] as const));

describe('bounds with groups', () => {
  it.each(chosen(cases, 4))('%s: %s', async (family, _, box) => {
    const data = drawnGroups(51, family);
    for (const [penalty, kind] of penalties) {
      const settings = { family, penalty, ...given(box) };
      const most = (await sparsePath(data, { ...settings, lambdas: { count: 1 } })).lambdaMax;
      const problem = blockProblemOf(data.x, [data.y], {
        family,
        kind,
        alpha: numbersOf(penalty).alpha,
        groups,
        ...box,
      });
      await checkWithin(data, problem, { ...settings, lambdas: [most, 0.3 * most, 0.05 * most, 0.005 * most] }, quick);
      // At lambdaMax nothing is on, and a little below something is.
      const nearly = await sparsePath(data, { ...settings, lambdas: [most, 0.99 * most] });
      expect(nearly.nonzeros[0]).toBe(0);
      expect(nearly.nonzeros[1]).toBeGreaterThan(0);
    }
  });

  it.each(families)('%s: groups without penalty, weights, offsets, no penalty at all', async (family) => {
    for (const [seed, box] of chosen([...Object.values(boxes).entries()], 3)) {
      const data = drawnGroups(52 + seed, family);
      const draws = new Draws(53);
      const weights = data.y.map((_, i) => (i % 7 === 0 ? 0 : 0.5 + draws.uniform()));
      const offset = draws.normals(n).map((value) => 0.3 * value);
      const factors = [0.7, 0, 1.2, 1];
      for (const [penalty, kind] of penalties) {
        const more = { ...{ weights, offset: [offset], factors, standardize: false }, alpha: numbersOf(penalty).alpha };
        const problem = blockProblemOf(data.x, [data.y], { family, kind, groups, ...more, ...box });
        const own = { family, penalty, penaltyFactor: factors, standardize: false, lambdas: [0.1, 0.02, 0.002, 0] };
        await checkWithin({ ...data, sampleWeight: weights, offset }, problem, { ...own, ...given(box) }, quick);
      }
    }
  });

  it('lambdaMax of the group lasso is the largest norm of what the bounds let through of a gradient', async () => {
    const data = drawnGroups(54, 'gaussian');
    const { lambdaMax } = await sparsePath(
      { ...data, lowerBounds: 0 },
      { penalty: groupLasso(), lambdas: { count: 1 } },
    );
    const mean = data.y.reduce((sum, value) => sum + value, 0) / n;
    const gradient = blockGradientAt(blockProblemOf(data.x, [data.y], { groups }), {
      ...{ coefficients: new Float64Array(p), intercepts: [mean] },
    }).columns;
    const norms = [0, 1, 2, 3].map((g) => {
      const own = columns.filter((j) => groups[j] === g);
      return Math.hypot(...own.map((j) => Math.max(0, -(gradient[j] as number)))) / Math.sqrt(own.length);
    });
    expect(lambdaMax).toBeCloseTo(Math.max(...norms), 12);
    // Where bounds let nothing through, no coefficient leaves 0.
    for (const [penalty] of [...penalties, [sparseGroupLasso(1)]] as const) {
      const shut = await sparsePath({ ...data, lowerBounds: 0, upperBounds: 0 }, { penalty, lambdas: [0.1, 0] });
      expect([shut.lambdaMax, ...shut.nonzeros]).toEqual([0, 0, 0]);
      expect(Math.max(...shut.gap)).toBeLessThanOrEqual(1e-6);
    }
  });

  it.each(families)('%s: sparse x, a model at once, and one that begins with another, are the same', async (family) => {
    const { x, ...data } = drawnGroups(55, family);
    const thin = { ...x, data: x.data.map((value) => (Math.abs(value) < 0.5 ? 0 : value)) };
    for (const penalty of [groupLasso(), sparseGroupLasso(0.3)]) {
      const settings = { family, penalty, lambda: 0.03, lowerBounds: 0, upperBounds: 0.2, tolerance: 1e-11 };
      const dense = await sparseRegression({ ...data, x: thin }, settings);
      const sparse = await sparseRegression({ ...data, x: asSparse(thin, 'csc') }, settings);
      const far = { coefficients: columns.map((j) => (j - 4) / 10), intercept: 1 };
      const warm = await sparseRegression({ ...data, x: thin }, { ...settings, warmStart: far });
      for (const each of [dense, sparse, warm]) expect(each.status, each.message).toBe('solved');
      dense.coefficients.forEach((b, j) => {
        expect(sparse.coefficients[j]).toBeCloseTo(b, 6);
        expect(warm.coefficients[j]).toBeCloseTo(b, 6);
      });
      expect(Math.min(...dense.coefficients)).toBe(0);
      expect(Math.max(...dense.coefficients)).toBeGreaterThan(0);
    }
  });

  it('bounds that are wide change nothing, and groups of one column are those of the lasso', async () => {
    const data = drawnGroups(56, 'gaussian');
    const sharp: SparsePathSettings = { lambdas: [0.3, 0.1, 0.01], tolerance: 1e-11 };
    const one = { ...data, groups: columns };
    for (const [free, within] of [
      [sparsePath(data, { ...sharp, penalty: groupLasso() }), { data, penalty: groupLasso(), lowerBounds: -9 }],
      [sparsePath({ ...data, lowerBounds: 0 }, { ...sharp }), { data: one, penalty: groupLasso(), lowerBounds: 0 }],
      [
        sparsePath({ ...data, lowerBounds: 0 }, { ...sharp }),
        { data: one, penalty: sparseGroupLasso(0.4), lowerBounds: 0 },
      ],
    ] as const) {
      const { data: of, ...settings } = within;
      const [expected, found] = [await free, await sparsePath(of, { ...sharp, ...settings })];
      for (const k of sharp.lambdas ? [0, 1, 2] : []) {
        const { coefficients } = found.fit(k);
        expected.fit(k).coefficients.forEach((b, j) => {
          expect(coefficients[j]).toBeCloseTo(b, 7);
        });
      }
    }
  });

  it('relaxed fits and cross-validation keep the bounds', async () => {
    const data = drawnGroups(57, 'binomial');
    const settings = { family: 'binomial', penalty: groupLasso(), lowerBounds: 0, upperBounds: 0.5 } as const;
    const loose = await sparsePath(data, { ...settings, lambdas: [0.05], relax: true });
    const { support, coefficients } = loose.fit(0);
    expect(loose.status).toBe('solved');
    expect(Math.min(...coefficients)).toBe(0);
    expect(Math.max(...coefficients)).toBe(0.5);
    // The columns that the penalised model keeps are fitted by the lasso without penalty.
    const lasso = await sparseRegression(
      { x: data.x, y: data.y, upperBounds: columns.map((j) => (support.includes(j) ? 0.5 : 0)) },
      { ...{ family: 'binomial', lambda: 0, lowerBounds: 0 } },
    );
    lasso.coefficients.forEach((b, j) => {
      expect(coefficients[j]).toBeCloseTo(b, 3);
    });
    const cv = await crossValidate(data, { ...settings, folds: 3, relax: true, lambdas: { count: 8 } });
    expect(cv.status).toBe('solved');
    for (const model of [cv.best('min'), cv.best('1se')]) {
      expect(Math.min(...model.coefficients)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...model.coefficients)).toBeLessThanOrEqual(0.5);
    }
  });

  const several = [
    ['multinomial', 'groupLasso'],
    ['gaussian', 'groupLasso'],
    ['gaussian', 'sparseGroupLasso'],
    ['multinomial', 'sparseGroupLasso'],
  ] as const;
  it.each(chosen(several, 2))('%s with several responses or classes, %s', async (family, kind) => {
    const drawn = ['gaussian', 'poisson', 'binomial'].map((each) => drawnGroups(58, each as Of));
    const { x } = drawn[0] as (typeof drawn)[number];
    const score = (i: number) => (drawn[0]?.y[i] as number) + (drawn[1]?.y[i] as number) / 2;
    const classes = Array.from({ length: n }, (_, i) => (score(i) > 1 ? 2 : score(i) > 0 ? 1 : 0));
    const responses = drawn.map(({ y }) => y);
    const shares = [0, 1, 2].map((k) => Float64Array.from(classes, (of) => Number(of === k)));
    const numbers = {
      data: Float64Array.from({ length: 3 * n }, (_, c) => responses[c % 3]?.[Math.floor(c / 3)] ?? 0),
    };
    const y = family === 'gaussian' ? { ...numbers, rows: n, columns: 3 } : classes;
    const penalty = kind === 'groupLasso' ? groupLasso() : sparseGroupLasso(0.3);
    const lower = Array.from({ length: 3 * p }, (_, c) => -0.04 * (c % 3));
    const more: Partial<BlockProblem> = { kind, family, groups, lower, alpha: numbersOf(penalty).alpha };
    const problem = blockProblemOf(x, family === 'gaussian' ? responses : shares, more);
    const settings = { family, penalty, lambdas: [0.2, 0.05, 0.01], lowerBounds: lower };
    await checkWithin({ x, y, groups }, problem, settings, quick);
  });

  it.each([
    ['cox', cox()],
    ['huber', huber({ huberDelta: 0.7 })],
  ] as const)('%s: certificates of both penalties agree with a far sharper solve', async (name, family) => {
    const { y: link, ...data } = drawnGroups(59, 'gaussian');
    const y = name === 'cox' ? { time: link.map((t) => Math.exp(-t)), event: Array(n).fill(true) } : link;
    for (const penalty of [groupLasso(), sparseGroupLasso(0.3)]) {
      const settings = { family, penalty, lowerBounds: -0.02, upperBounds: 0.15, lambdas: [0.05, 0.01] };
      const path = await sparsePath({ ...data, y }, settings);
      const sharp = await sparsePath({ ...data, y }, { ...settings, tolerance: 1e-10 });
      for (const each of [path, sharp]) expect(each.status, each.message).toBe('solved');
      for (const k of [0, 1]) {
        const { certificate, lowerBound, objective, coefficients } = path.fit(k);
        expect(certificate.kind).toBe('global');
        expect(path.gap[k]).toBeLessThanOrEqual(1e-6);
        expect(lowerBound).toBeLessThanOrEqual(sharp.fit(k).objective + 1e-12);
        expect(sharp.fit(k).objective).toBeLessThanOrEqual(objective + 1e-12);
        expect(Math.min(...coefficients)).toBe(-0.02);
        expect(Math.max(...coefficients)).toBe(0.15);
      }
    }
  });

  it('refuses others by name', async () => {
    const data = drawnGroups(60, 'gaussian');
    const model = (more: object) => sparseRegression(data, { penalty: groupLasso(), lambda: 0.1, ...more });
    await expect(model({ penalty: groupMcp(), lowerBounds: 0 })).rejects.toThrow(
      /^lowerBounds: expected none with groupMcp, which is not convex$/,
    );
    await expect(model({ penalty: groupScad(), upperBounds: 1 })).rejects.toThrow(
      /^upperBounds: expected none with groupScad, which is not convex$/,
    );
    await expect(model({ lowerBounds: 0.1 })).rejects.toThrow(
      'lowerBounds[0] = 0.1: expected a number <= 0 or -Infinity',
    );
    await expect(model({ lowerBounds: [0, 0] })).rejects.toThrow(/^lowerBounds: expected/);
  });
});
