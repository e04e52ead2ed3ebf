// Best subsets against all subsets, and against what was planted; bounds against the objective of any subset.
import { describe, expect, it } from 'vitest';
import { bestSubset, type SparseFit, sparsePath, sparseRegression } from '../../src/sparse/index.js';
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
      expect(fit.certificate).toMatchObject({ kind: 'bounded' });
      if (fit.certificate.kind !== 'bounded') continue;
      expect(fit.certificate.bound).toBeLessThanOrEqual(least + 1e-12);
      expect(fit.certificate.largest).toBeUndefined();
      expect(fit.objective - fit.certificate.bound).toBeLessThanOrEqual(1.01e-6 * (sums.squares / 2));
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
    expect(certificate).toMatchObject({ kind: 'bounded' });
    // Without a ridge dependent columns could have coefficients of any size: the bound says up to which it holds.
    if (certificate.kind === 'bounded') expect(certificate.largest !== undefined).toBe(ridge === 0);
  }
});

it('where nodes are few the gap is told', async () => {
  const { x, y } = planted(60, 150, 8, 2);
  const few = await sparseRegression({ x, y }, { lambda: 0.03, penalty: bestSubset(), maxNodes: 3 });
  const more = await sparseRegression({ x, y }, { lambda: 0.03, penalty: bestSubset(), maxNodes: 60 });
  expect(few.status).toBe('stalled');
  expect(few.message).toMatch(/did not reach the tolerance/);
  const bound = ({ certificate }: SparseFit) => (certificate.kind === 'bounded' ? certificate.bound : Number.NaN);
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
  expect(fit.certificate).toMatchObject({ kind: 'bounded', largest: 0.5 });
});

it('has paths of sizes that grow, sparse as dense', async () => {
  const { x, y } = planted(90, 12, 4, 4);
  const path = await sparsePath({ x, y }, { penalty: bestSubset(), nLambda: 20 });
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
    { penalty: bestSubset(), nLambda: 20 },
  );
  sparse.objectives.forEach((objective, k) => {
    expect(objective).toBeCloseTo(path.objectives[k] as number, 10);
  });
});
