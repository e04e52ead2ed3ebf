// Bounds on coefficients of several responses and classes: conditions of optimality from the gradient alone, and certificates beside points
// that proximal gradients written here find.
import { describe, expect, it } from 'vitest';
import { elasticNet, lasso, mcp, type SparsePathSettings, scad } from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';
import { chosen } from '../long.js';
import { type BlockProblem, blockProblemOf } from './blocks.js';
import { numbersOf } from './numbersOf.js';
import { asSparse, Draws } from './values.js';
import { checkWithin } from './within.js';

const [n, p, count] = [50, 8, 3];
const places = Array.from({ length: p * count }, (_, c) => c);

/** Three responses, and three classes, that depend on the first columns. */
function drawnSeveral(seed: number) {
  const draws = new Draws(seed);
  const x = { data: draws.normals(n * p), rows: n, columns: p };
  const row = (i: number) => (j: number) => x.data[i * p + j] as number;
  const links = [0, 1, 2].map((k) =>
    Float64Array.from({ length: n }, (_, i) => (k - 1) * row(i)(0) + 0.7 * row(i)(k) + 0.2 * k),
  );
  const numbers = links.map((link) => link.map((t) => t + draws.normal()));
  const noisy = links.map((link) => link.map((t) => t - Math.log(-Math.log(draws.uniform()))));
  const classes = Array.from({ length: n }, (_, i) => {
    const scores = noisy.map((link) => link[i] as number);
    return scores.indexOf(Math.max(...scores));
  });
  const shares = [0, 1, 2].map((k) => Float64Array.from(classes, (of) => Number(of === k)));
  const y = {
    data: Float64Array.from({ length: n * count }, (_, c) => numbers[c % count]?.[Math.floor(c / count)] as number),
  };
  return { x, numbers, shares, classes, y: { ...y, rows: n, columns: count } };
}

type Drawn = ReturnType<typeof drawnSeveral>;
const families = ['gaussian', 'multinomial'] as const;
type Of = (typeof families)[number];
const yOf = (data: Drawn, family: Of) => (family === 'gaussian' ? data.y : data.classes);
const problemFor = (data: Drawn, family: Of, more: Partial<BlockProblem>) =>
  blockProblemOf(data.x, family === 'gaussian' ? data.numbers : data.shares, { family, kind: 'lasso', ...more });

const checkPath = (data: Drawn, problem: BlockProblem, settings: SparsePathSettings): Promise<void> =>
  checkWithin({ x: data.x, y: yOf(data, problem.family as Of) }, problem, settings);

const boxes = {
  'no negative ones': { lower: places.map(() => 0) },
  'narrow ones': { lower: places.map((c) => -0.1 * ((c % 4) + 1)), upper: places.map((c) => 0.05 * (c % 5)) },
  'on one side of some': { lower: places.map((c) => (c % 3 ? Number.NEGATIVE_INFINITY : -0.02)) },
};
const cases = families.flatMap((family) => Object.entries(boxes).map(([name, box]) => [family, name, box] as const));

describe('bounds of several responses and classes', () => {
  const data = drawnSeveral(91);
  it.each(chosen(cases, 4))('%s: %s', async (family, _, box) => {
    const given = { lowerBounds: box.lower, ...('upper' in box && { upperBounds: box.upper }) };
    const most = (await sparsePath({ x: data.x, y: yOf(data, family) }, { family, ...given, lambdas: { count: 1 } }))
      .lambdaMax;
    const lambdas = [most, 0.4 * most, 0.05 * most];
    for (const [penalty, kind] of [
      [lasso(), 'lasso'],
      [elasticNet(0.4), 'lasso'],
      [mcp(), 'mcp'],
      [scad(), 'scad'],
    ] as const) {
      const problem = problemFor(data, family, { ...box, kind, alpha: numbersOf(penalty).alpha });
      await checkPath(data, problem, { family, penalty, lambdas, ...given });
    }
    // At lambdaMax nothing is on, and a little below something is.
    const nearly = await sparsePath(
      { x: data.x, y: yOf(data, family) },
      { family, ...given, lambdas: [most, 0.99 * most] },
    );
    expect(nearly.nonzeros[0]).toBe(0);
    expect(nearly.nonzeros[1]).toBeGreaterThan(0);
  });

  it.each(families)('%s: columns without penalty, weights, offsets, no penalty at all', async (family) => {
    for (const [seed, box] of chosen([...Object.values(boxes).entries()], 2)) {
      const own = drawnSeveral(92 + seed);
      const factors = Array.from({ length: p }, (_, j) => (j < 2 ? 0 : 0.5 + (j % 3)));
      const given = { lowerBounds: box.lower, ...('upper' in box && { upperBounds: box.upper }) };
      const problem = problemFor(own, family, { ...box, factors, standardize: false });
      const settings = { family, penaltyFactor: factors, standardize: false, lambdas: [0.05, 0.005, 0], ...given };
      await checkPath(own, problem, settings);
    }
  });

  it.each(families)('%s: sparse x, and a model at once, are the same', async (family) => {
    const thin = { ...data.x, data: data.x.data.map((value) => (Math.abs(value) < 0.5 ? 0 : value)) };
    const settings = { family, lambda: 0.02, lowerBounds: -0.1, upperBounds: 0.15, tolerance: 1e-11 };
    const dense = await sparseRegression({ x: thin, y: yOf(data, family) }, settings);
    const sparse = await sparseRegression({ x: asSparse(thin, 'csc'), y: yOf(data, family) }, settings);
    const warm = await sparseRegression({ x: thin, y: yOf(data, family) }, { ...settings, warmStart: sparse });
    dense.coefficients.forEach((b, c) => {
      expect(sparse.coefficients[c]).toBeCloseTo(b, 6);
      expect(warm.coefficients[c]).toBeCloseTo(b, 6);
    });
    expect(Math.max(...dense.coefficients)).toBe(0.15);
  });

  it('several gaussian responses are each by itself, and relaxed fits keep the bounds', async () => {
    const box = { lowerBounds: boxes['narrow ones'].lower, upperBounds: boxes['narrow ones'].upper };
    const of = (bounds: number[], k: number) => bounds.slice(k * p, (k + 1) * p);
    const both = await sparseRegression({ x: data.x, y: data.y }, { ...box, lambda: 0.05, tolerance: 1e-11 });
    const relaxed = await sparsePath({ x: data.x, y: data.y }, { ...box, lambdas: [0.05], relax: true });
    expect(relaxed.status).toBe('solved');
    for (const [k, y] of data.numbers.entries()) {
      const own = { lowerBounds: of(box.lowerBounds, k), upperBounds: of(box.upperBounds, k) };
      const one = await sparseRegression({ x: data.x, y }, { ...own, lambda: 0.05, tolerance: 1e-11 });
      const loose = await sparsePath({ x: data.x, y }, { ...own, lambdas: [0.05], relax: true });
      one.coefficients.forEach((b, j) => {
        expect(both.coefficients[j + p * k]).toBeCloseTo(b, 7);
        expect(relaxed.fit(0).coefficients[j + p * k]).toBeCloseTo(loose.fit(0).coefficients[j] as number, 7);
      });
    }
  });

  it('a number for each column is that of all classes', async () => {
    const [lower, family] = [[0, -0.1, -0.2, 0, 0, -0.3, 0, 0], 'multinomial'] as const;
    const fit = await sparseRegression({ x: data.x, y: data.classes, lowerBounds: lower }, { family, lambda: 0.02 });
    const same = await sparseRegression(
      { x: data.x, y: data.classes, lowerBounds: [...lower, ...lower, ...lower] },
      { family, lambda: 0.02 },
    );
    expect(same.coefficients).toEqual(fit.coefficients);
    const cv = await crossValidate(
      { x: data.x, y: data.classes, lowerBounds: lower },
      { family, folds: 3, lambdas: { count: 10 } },
    );
    expect(cv.status).toBe('solved');
    expect(Math.min(...cv.coefficients.values)).toBeGreaterThanOrEqual(-0.3);
  });

  it('coefficients of a column without penalty sum to 0, or come as near to it as bounds let them', async () => {
    const settings = { family: 'multinomial', lambda: 0.02, penaltyFactor: [0, ...Array(p - 1).fill(1)] } as const;
    const of = (fit: { coefficients: Float64Array }) => [0, 1, 2].map((k) => fit.coefficients[p * k] as number);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const free = await sparseRegression({ x: data.x, y: data.classes }, settings);
    expect(sum(of(free))).toBeCloseTo(0, 12);
    const wide = await sparseRegression({ x: data.x, y: data.classes, lowerBounds: -9 }, { ...settings });
    expect(sum(of(wide))).toBeCloseTo(0, 12);
    const above = await sparseRegression({ x: data.x, y: data.classes, lowerBounds: 0 }, { ...settings });
    expect(Math.min(...of(above))).toBe(0);
    // Here bounds are no hindrance but for the sum: differences of classes, and other coefficients that may be positive, are free.
    const differences = (fit: { coefficients: Float64Array }) => of(fit).map((b) => b - (of(fit)[0] as number));
    const lower = Float64Array.from(places, (c) => (c % p === 0 ? 0 : Number.NEGATIVE_INFINITY));
    const shifted = await sparseRegression(
      { x: data.x, y: data.classes, lowerBounds: lower },
      { ...settings, tolerance: 1e-11 },
    );
    const sharp = await sparseRegression({ x: data.x, y: data.classes }, { ...settings, tolerance: 1e-11 });
    differences(shifted).forEach((b, k) => {
      expect(b).toBeCloseTo(differences(sharp)[k] as number, 6);
    });
  });

  it('coefficients are 0 or more than rounding, where gradients of two classes are at the edge together', async () => {
    for (let seed = 0; seed < 30; ++seed) {
      const draws = new Draws(400 + seed);
      const x = { data: draws.normals(27 * 20), rows: 27, columns: 20 };
      const y = Array.from({ length: 27 }, (_, i) => Number((x.data[20 * i] as number) + draws.normal() > 0));
      const path = await sparsePath({ x, y }, { family: 'multinomial', lambdas: { ratio: 0.05, count: 6 } });
      expect(path.status).toBe('solved');
      expect(Math.min(...path.coefficients.values.map(Math.abs))).toBeGreaterThan(1e-9);
    }
  });

  it('refuses others by name', async () => {
    const family = 'multinomial';
    const model = (more: object) => sparseRegression({ x: data.x, y: data.classes }, { family, lambda: 0.1, ...more });
    await expect(model({ lowerBounds: [0, 0] })).rejects.toThrow(
      'lowerBounds: expected a number, 8 of them, one for each column of x, or 24, p for each response or class, got 2',
    );
    await expect(model({ upperBounds: places.map((c) => (c === 9 ? -1 : 1)) })).rejects.toThrow(
      'upperBounds[9] = -1: expected a number >= 0 or Infinity',
    );
    await expect(model({ lowerBounds: 0.1 })).rejects.toThrow(
      'lowerBounds[0] = 0.1: expected a number <= 0 or -Infinity',
    );
    await expect(model({ lowerBounds: ['a', ...Array(7).fill(0)] })).rejects.toThrow(
      "lowerBounds[0] = 'a': expected a number",
    );
  });
});
