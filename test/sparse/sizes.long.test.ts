// Best subsets of all sizes of many drawn problems, against all subsets.
import { expect, it } from 'vitest';
import { sparsePath } from '../flat.js';
import { correlated, leastBySize, sumsOf } from './subsets.js';
import { columnsOf, Draws } from './values.js';

const seeds = Array.from({ length: 150 }, (_, k) => 100 + k);

it.each(seeds)('seed %d', async (seed) => {
  const draws = new Draws(seed);
  const pick = (from: number, to: number) => from + Math.floor((to - from + 1) * draws.uniform());
  const columns = pick(3, seed % 10 === 0 ? 12 : 9);
  const rows = pick(4, 40);
  const ridge = seed % 3 === 0 ? 0 : 10 ** -pick(1, 4);
  const largest = seed % 4 === 1 ? 0.1 + 0.5 * draws.uniform() : undefined;
  const { x, y } = correlated(seed, rows, columns, seed % 5 === 2);
  const weights = y.map(() => (seed % 2 ? 0.2 + draws.uniform() : 1));
  const sums = sumsOf(columnsOf(x), y, weights);
  const path = await sparsePath(
    { x, y, sampleWeight: weights },
    { sizes: { max: columns }, penalty: { kind: 'bestSubset', ridge, largest } },
  );
  expect(path.status).toBe('solved');
  let bounds: number[] | undefined;
  let before: number | undefined;
  for (let k = 0; k <= columns; ++k) {
    const { objective, certificate, lowerBound, largest, support, coefficients, intercept } = path.fit(k);
    expect(certificate.kind).toBe('global');
    expect(support.length).toBeLessThanOrEqual(k);
    if (!bounds || before !== largest) bounds = leastBySize(sums, ridge, largest);
    before = largest;
    const least = bounds[k] as number;
    expect(objective).toBeGreaterThanOrEqual(least - 1e-9 * sums.squares);
    expect(objective).toBeLessThanOrEqual(least + 0.6e-6 * sums.squares);
    expect(lowerBound).toBeLessThanOrEqual(least + 1e-9 * sums.squares);
    let squares = 0;
    const total = weights.reduce((sum, w) => sum + w, 0);
    y.forEach((value, i) => {
      const t = coefficients.reduce((sum, b, j) => sum + b * (x.data[i * columns + j] as number), intercept);
      squares += ((weights[i] as number) / total) * (value - t) ** 2;
    });
    if (ridge === 0) expect(objective).toBeCloseTo(squares / 2, 10);
  }
});
