// Best subsets against all subsets, and against what was planted; bounds against the objective of any subset.
import { describe, expect, it } from 'vitest';
import { bestSubset, type SparseFit } from '../../src/sparse/index.js';
import { sparsePath, sparseRegression } from '../flat.js';
import { trial } from './subsetClaims.js';
import { planted, type Sums, solved, sumsOf } from './subsets.js';
import { columnsOf, Draws, drawn } from './values.js';

/** The least objective over all subsets. */
function leastOfAll(
  { gram, products, squares }: Sums,
  lambda: number,
  ridge: number,
  factors: ArrayLike<number>,
): number {
  const p = products.length;
  let least = Number.POSITIVE_INFINITY;
  for (let mask = 0; mask < 2 ** p; ++mask) {
    const chosen = Array.from({ length: p }, (_, j) => j).filter((j) => (mask >> j) & 1);
    const matrix = chosen.map((i) => chosen.map((j) => (gram[i]?.[j] ?? 0) + (i === j ? ridge : 0)));
    const right = chosen.map((j) => products[j] as number);
    const b = solved(matrix, right);
    let value = squares / 2;
    chosen.forEach((j, k) => {
      value += lambda * (factors[j] as number) - (b[k] as number) * (right[k] as number) * 0.5;
    });
    least = Math.min(least, value);
  }
  return least;
}

describe('the best of all subsets', () => {
  it.each([
    [3, 0, 'as they are'],
    [4, 0.05, 'with a ridge'],
    [5, 0, 'with weights and factors'],
  ] as const)('seed %d, ridge %d, %s', async (seed, ridge, kind) => {
    const { x, y } = drawn(seed, 'gaussian', 25, 9);
    // Neighbours have most in common, so that descent alone is often wrong.
    for (let i = 0; i < 25; ++i) {
      for (let j = 1; j < 9; ++j)
        x.data[i * 9 + j] = 0.8 * (x.data[i * 9 + j - 1] as number) + 0.6 * (x.data[i * 9 + j] as number);
    }
    const draws = new Draws(seed);
    const varied = kind === 'with weights and factors';
    const weights = y.map(() => (varied ? 0.5 + draws.uniform() : 1));
    const factors = new Float64Array(9).map(() => (varied ? 0.5 + draws.uniform() : 1));
    const sums = sumsOf(columnsOf(x), y, weights);
    for (const lambda of [0.005, 0.02, 0.06, 0.2]) {
      const settings = { lambda, penalty: bestSubset({ ridge }), penaltyFactor: factors };
      const fit = await sparseRegression({ x, y, sampleWeight: weights }, settings);
      const least = leastOfAll(sums, lambda, ridge, factors);
      expect(fit.status).toBe('solved');
      expect(Math.abs(fit.objective - least)).toBeLessThanOrEqual(1e-6 * sums.squares);
      expect(fit.certificate).toMatchObject({ kind: 'global' });
      expect(fit.lowerBound).toBeLessThanOrEqual(least + 1e-12);
      expect(fit).not.toHaveProperty('largest');
      expect(fit.certificate.over).toBeUndefined();
      expect(fit.objective - (fit.lowerBound as number)).toBeLessThanOrEqual(1.01e-6 * (sums.squares / 2));
    }
  });
});

it('finds what was planted among more columns than rows, and closes the gap', async () => {
  const { x, y, support } = planted(100, 300, 6, 1);
  for (const ridge of [0, 0.02]) {
    const fit = await sparseRegression({ x, y }, { lambda: 0.15, penalty: bestSubset({ ridge }) });
    expect(Array.from(fit.support)).toEqual(support);
    expect(fit.status).toBe('solved');
    const { certificate } = fit;
    expect(certificate).toMatchObject({ kind: 'global' });
    // Without a ridge dependent columns could have coefficients of any size: the bound says up to which it holds.
    expect([fit.largest !== undefined, certificate.over]).toEqual(ridge === 0 ? [true, 'size'] : [false, undefined]);
  }
});

it('where nodes are few the gap is told', async () => {
  const { x, y } = planted(60, 150, 8, 2);
  const few = await sparseRegression({ x, y }, { lambda: 0.03, penalty: bestSubset(), maxNodes: 3 });
  const more = await sparseRegression({ x, y }, { lambda: 0.03, penalty: bestSubset(), maxNodes: 60 });
  expect(few.status).toBe('stalled');
  expect(few.message).toMatch(/did not reach the tolerance/);
  const bound = ({ lowerBound }: SparseFit) => lowerBound ?? Number.NaN;
  expect(bound(more)).toBeGreaterThanOrEqual(bound(few));
  expect(more.objective).toBeLessThanOrEqual(few.objective);
  expect(bound(more)).toBeLessThanOrEqual(more.objective);
});

it('a largest coefficient is kept to', async () => {
  const { x, y } = planted(80, 20, 4, 3);
  const fit = await sparseRegression(
    { x, y },
    { lambda: 0.02, penalty: bestSubset({ largest: 0.5 }), standardize: false },
  );
  expect(fit.status).toBe('solved');
  expect(Math.max(...fit.coefficients.map(Math.abs))).toBeCloseTo(0.5, 12);
  expect(fit).toMatchObject({ largest: 0.5, certificate: { kind: 'global', over: 'size' } });
});

it('has paths of sizes that grow, sparse as dense', async () => {
  const { x, y } = planted(90, 12, 4, 4);
  const path = await sparsePath({ x, y }, { penalty: bestSubset(), lambdas: { count: 20 } });
  expect(path.status).toBe('solved');
  expect(path.nonzeros[0]).toBeLessThanOrEqual(1);
  for (let k = 1; k < path.lambda.length; ++k) {
    expect(path.nonzeros[k]).toBeGreaterThanOrEqual(path.nonzeros[k - 1] as number);
    expect(path.deviance[k]).toBeLessThanOrEqual((path.deviance[k - 1] as number) + 1e-9);
  }
  expect(path.nodes).toHaveLength(path.lambda.length);
  expect(Array.from(path.select('ebic').support)).toEqual([1, 4, 7, 10]);
  const entries = {
    format: 'csr',
    rows: 90,
    columns: 12,
    offsets: Int32Array.from({ length: 91 }, (_, i) => 12 * i),
  } as const;
  const indices = Int32Array.from({ length: 1080 }, (_, k) => k % 12);
  const sparse = await sparsePath(
    { x: { ...entries, indices, values: x.data }, y },
    { penalty: bestSubset(), lambdas: { count: 20 } },
  );
  sparse.objectives.forEach((objective, k) => {
    expect(objective).toBeCloseTo(path.objectives[k] as number, 10);
  });
});

describe('columns that depend on each other', () => {
  // Three coefficients of the best subset of up to some size are larger than those of any subset that a local search finds.
  const x = [
    [2, 1, 3, -4],
    [-2, -3, 2, 2],
    [-3, -2, 3, 3],
    [2, -2, -2, -2],
  ];
  const y = [-2, -2, 1, 0];
  it('have the subset that explains all, however large its coefficients are', async () => {
    const fit = await sparseRegression({ x, y }, { lambda: 0.05, penalty: bestSubset(), standardize: false });
    expect(fit.status).toBe('solved');
    expect(fit.objective).toBeCloseTo(0.15, 12);
    expect(fit.certificate).toMatchObject({ kind: 'global', gap: 0 });
    expect(fit).not.toHaveProperty('largest');
  });

  it('also of any units', async () => {
    for (const unit of [1e-6, 1e6]) {
      const scaled = x.map((row) => row.map((value, j) => value * (j % 2 ? unit : 1 / unit)));
      const fit = await sparseRegression({ x: scaled, y }, { lambda: 0.05, penalty: bestSubset(), standardize: false });
      expect(fit).toMatchObject({ status: 'solved', objective: expect.closeTo(0.15, 9) });
      expect(fit).not.toHaveProperty('largest');
    }
  });

  it('of a size below which a relaxation without bounds of coefficients proves nothing', async () => {
    // The last column parts the first two by a thousandth.
    const draws = new Draws(3);
    const [first, rest] = [draws.normals(12), draws.normals(12)];
    const rows = Array.from(first, (a, i) => [a, a + 1e-3 * (rest[i] as number), ...draws.normals(12)]);
    const fit = await sparseRegression({ x: rows, y: rest }, { size: 2 });
    expect(Array.from(fit.support)).toEqual([0, 1]);
    expect(fit).toMatchObject({ status: 'solved', certificate: { kind: 'global' } });
    expect(fit).not.toHaveProperty('largest');
  });

  // Draws of which one was called solved, or had a bound, above the objective of another subset while coefficients were capped.
  it.each([119, 129, 141, 193, 213, 354, 382, 404, 438, 465, 482, 488])('draw %d, beside all subsets', async (seed) => {
    expect(await trial(seed)).toEqual({ status: 'solved', wrong: [] });
  });

  it('where they are many, and a cap holds the best subset to the end, have no bound; with more nodes it is raised', async () => {
    const draws = new Draws(386);
    const entry = () => Math.floor(3 * draws.uniform()) - 1 + 0.25 * Math.floor(3 * draws.uniform());
    const many = { rows: 8, columns: 45, data: Float64Array.from({ length: 8 * 45 }, entry) };
    const settings = { lambda: 0.01, penalty: bestSubset(), standardize: false };
    const data = { x: many, y: draws.normals(8) };
    const held = await sparseRegression(data, { ...settings, penalty: { kind: 'bestSubset', maxNodes: 10 } });
    expect(held).toMatchObject({ status: 'stalled', certificate: { kind: 'none' } });
    expect(held).not.toHaveProperty('residual');
    expect(held.message).toMatch(/has a coefficient of [\d.]+, the most that coefficients were allowed/);
    const raised = await sparseRegression(data, settings);
    expect(raised.certificate).toMatchObject({ kind: 'global', over: 'size' });
    const largest = Math.max(...raised.coefficients.map(Math.abs));
    expect(raised.largest).toBeGreaterThan(1.001 * largest);
  });

  it('where they are many, the message says up to which coefficients a bound holds', async () => {
    const { x, y } = planted(100, 300, 6, 1);
    const fit = await sparseRegression({ x, y }, { lambda: 0.15, penalty: bestSubset() });
    expect(fit.message).toMatch(/^Solved .* subsets with coefficients up to 1\.\d+, as they are penalised\.$/);
    const told = await sparseRegression({ x, y }, { lambda: 0.15, penalty: bestSubset({ largest: 2 }) });
    expect(told.message).not.toMatch(/depend/);
  });
});
