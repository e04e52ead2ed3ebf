// Best subsets of a size against all subsets of that size, and against what was planted; bounds against the objective of any subset.
import { describe, expect, it } from 'vitest';
import { bestSubset, stabilitySelection } from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';
import { correlated, leastBySize, planted, type Sums, solved, sumsOf } from './subsets.js';
import { columnsOf, Draws } from './values.js';

describe('the best of all subsets of each size', () => {
  it.each([
    { seed: 3, rows: 30, columns: 10 },
    { seed: 4, rows: 30, columns: 10, ridge: 0.05 },
    { seed: 5, rows: 30, columns: 9, weighted: true },
    { seed: 6, rows: 30, columns: 8, twice: true },
    { seed: 7, rows: 30, columns: 8, twice: true, ridge: 0.01 },
    { seed: 8, rows: 30, columns: 7, largest: 0.2 },
    { seed: 9, rows: 30, columns: 7, largest: 0.15, twice: true },
    { seed: 10, rows: 7, columns: 9, ridge: 0.02 },
  ])('%o', async ({ seed, rows, columns, ridge = 0, weighted = false, twice = false, largest }) => {
    const { x, y } = correlated(seed, rows, columns, twice);
    const draws = new Draws(seed);
    const weights = y.map(() => (weighted ? 0.5 + draws.uniform() : 1));
    const sums = sumsOf(columnsOf(x), y, weights);
    const least = leastBySize(sums, ridge, largest);
    const path = await sparsePath(
      { x, y, sampleWeight: weights },
      { sizes: { max: columns + 3 }, penalty: bestSubset({ ridge, largest }) },
    );
    expect(path.status).toBe('solved');
    expect(Array.from(path.sizes ?? [])).toEqual(least.map((_, k) => k));
    for (const [k, value] of least.entries()) {
      const { objective, certificate, lowerBound, support, size, largest: upTo } = path.fit(k);
      expect(size).toBe(k);
      expect(support.length).toBeLessThanOrEqual(k);
      expect(Math.abs(objective - value)).toBeLessThanOrEqual(1e-6 * sums.squares);
      expect(certificate.kind).toBe('global');
      expect(lowerBound).toBeLessThanOrEqual(value + 1e-12);
      expect(objective - (lowerBound as number)).toBeLessThanOrEqual(1.01e-6 * (sums.squares / 2));
      if (!twice) expect(upTo).toBe(largest);
    }
  });
  it('of more columns than rows without a ridge, as far as coefficients go', async () => {
    const { x, y } = correlated(11, 6, 7);
    const sums = sumsOf(
      columnsOf(x),
      y,
      y.map(() => 1),
    );
    const least = leastBySize(sums, 0);
    const path = await sparsePath({ x, y }, { sizes: { max: 7 } });
    expect(path.status).toBe('solved');
    for (const [k, value] of least.entries()) {
      const { objective, certificate, lowerBound, largest } = path.fit(k);
      expect(objective).toBeGreaterThanOrEqual(value - 1e-12);
      expect(certificate.kind).toBe('global');
      const bounded = leastBySize(sums, 0, largest)[k] as number;
      expect(lowerBound).toBeLessThanOrEqual(bounded + 1e-12);
      expect(objective).toBeLessThanOrEqual(bounded + 1e-6 * sums.squares);
    }
  });
});

it('finds what was planted among more columns than rows, and sizes on either side of it, with gaps that are closed', async () => {
  const { x, y, support } = planted(80, 150, 4, 1);
  const fit = await sparseRegression({ x, y }, { size: 4 });
  expect(fit).toMatchObject({ status: 'solved', size: 4, lambda: 0, certificate: { kind: 'global' } });
  expect(Array.from(fit.support)).toEqual(support);
  const ridged = await sparsePath({ x, y }, { sizes: [5, 3, 4], penalty: { kind: 'bestSubset', ridge: 0.02 } });
  expect(ridged.status).toBe('solved');
  expect(Array.from(ridged.sizes ?? [])).toEqual([3, 4, 5]);
  expect(Array.from(ridged.nonzeros)).toEqual([3, 4, 5]);
  expect(Array.from(ridged.fit(1).support)).toEqual(support);
  expect(ridged.fit(1)).not.toHaveProperty('largest');
});

it('is the best subset of a lambda, too, where that has as many columns', async () => {
  const { x, y } = planted(60, 20, 5, 5);
  const penalty = bestSubset({ ridge: 0.01 });
  const penalised = await sparsePath({ x, y }, { penalty, lambdas: { count: 12 } });
  const path = await sparsePath({ x, y }, { penalty, sizes: [...new Set(penalised.nonzeros)] });
  const sizes = Array.from(path.sizes ?? []);
  penalised.nonzeros.forEach((count, k) => {
    const alone = (penalised.objectives[k] as number) - (penalised.lambda[k] as number) * count;
    const { objective, nullDeviance } = path.fit(sizes.indexOf(count));
    expect(Math.abs(objective - alone)).toBeLessThanOrEqual((1e-6 * nullDeviance) / 120);
  });
});

/** The least objective of subsets of each size beside columns that are in all of them, whose coefficients have no ridge. */
function leastBeside(
  { gram, products, squares }: Sums,
  always: readonly number[],
  others: readonly number[],
  ridge: number,
) {
  const least = new Array<number>(others.length + 1).fill(Number.POSITIVE_INFINITY);
  for (let mask = 0; mask < 2 ** others.length; ++mask) {
    const chosen = [...always, ...others.filter((_, k) => (mask >> k) & 1)];
    const matrix = chosen.map((i, f) =>
      chosen.map((j) => (gram[i]?.[j] ?? 0) + (i === j && f >= always.length ? ridge : 0)),
    );
    const right = chosen.map((j) => products[j] as number);
    const b = solved(matrix, right);
    const value = b.reduce((sum, each, k) => sum - (each * (right[k] as number)) / 2, squares / 2);
    const size = chosen.length - always.length;
    least[size] = Math.min(least[size] as number, value);
  }
  return least.map((_, k) => Math.min(...least.slice(0, k + 1)));
}

describe('columns that are always in, or left out', () => {
  const [rows, columns] = [30, 9];
  const { x, y } = correlated(21, rows, columns);
  // Columns 3 and 5 are always in, as is one that is the third again, and column 7 is out.
  for (let i = 0; i < rows; ++i) x.data[i * columns + 8] = 2 * (x.data[i * columns + 3] as number);
  const penaltyFactor = [1, 1, 1, 0, 1, 0, 1, Number.POSITIVE_INFINITY, 0];
  const sums = sumsOf(
    columnsOf(x),
    y,
    y.map(() => 1),
  );
  it.each([0, 0.05])('are not counted, with a ridge of %d', async (ridge) => {
    const least = leastBeside(sums, [3, 5], [0, 1, 2, 4, 6], ridge);
    const path = await sparsePath(
      { x, y, penaltyFactor },
      { sizes: { max: 6 }, penalty: { kind: 'bestSubset', ridge } },
    );
    expect(path.status).toBe('solved');
    for (const [k, value] of least.entries()) {
      const { objective, support, deviance, coefficients, intercept, nullDeviance } = path.fit(k);
      expect(Math.abs(objective - value)).toBeLessThanOrEqual(1e-6 * sums.squares);
      expect(Array.from(support)).toEqual(expect.arrayContaining([3, 5]));
      expect(support).toHaveLength(k + 2);
      const squares = y.reduce((sum, value, i) => {
        const t = coefficients.reduce((t, b, j) => t + b * (x.data[i * columns + j] as number), intercept);
        return sum + (value - t) ** 2;
      }, 0);
      expect(deviance).toBeCloseTo(squares, 9);
      expect(nullDeviance).toBeCloseTo(2 * rows * (least[0] as number), 9);
    }
  });
  it('have no part in lambda either', async () => {
    const least = leastBeside(sums, [3, 5], [0, 1, 2, 4, 6], 0);
    const path = await sparsePath({ x, y, penaltyFactor }, { penalty: bestSubset(), lambdas: { count: 10 } });
    expect(path.status).toBe('solved');
    path.lambda.forEach((lambda, k) => {
      const best = Math.min(...least.map((value, size) => value + lambda * size));
      expect(Math.abs((path.objectives[k] as number) - best)).toBeLessThanOrEqual(1e-6 * sums.squares);
    });
  });
});

describe('what goes with sizes', () => {
  const { x, y, support } = planted(60, 15, 3, 6);
  it('criteria choose among them', async () => {
    const path = await sparsePath({ x, y }, { sizes: { max: 6 } });
    for (const criterion of ['bic', 'ebic'] as const) {
      expect(path.select(criterion)).toMatchObject({ size: 3, support: Int32Array.from(support) });
    }
    const best = Array.from({ length: 7 }, (_, k) => path.fit(k).aic);
    expect(path.select('aic').size).toBe(best.indexOf(Math.min(...best)));
    const ended = await sparsePath({ x, y }, { sizes: { max: 6 }, maxNonzeros: 3 });
    expect(ended).toMatchObject({ end: 'maxNonzeros', notFitted: Float64Array.of(5, 6) });
  });
  it('cross-validation, whose means are those of fits without the folds', async () => {
    const folds = y.map((_, i) => i % 4);
    const cv = await crossValidate({ x, y }, { sizes: { max: 5 }, folds });
    expect(cv).not.toHaveProperty('lambdaMin');
    const means = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (size) => {
        let sum = 0;
        for (const fold of [0, 1, 2, 3]) {
          const fit = await sparseRegression(
            { x, y, sampleWeight: folds.map((each) => Number(each !== fold)) },
            { size },
          );
          const predicted = fit.predict(x);
          predicted.forEach((value, i) => {
            if (folds[i] === fold) sum += (value - (y[i] as number)) ** 2 / y.length;
          });
        }
        return sum;
      }),
    );
    means.forEach((mean, k) => {
      expect(cv.mean[k]).toBeCloseTo(mean, 6);
    });
    expect(cv.sizeMin).toBe(means.indexOf(Math.min(...means)));
    expect(cv.size1se).toBe(3);
    expect(cv.best()).toMatchObject({ size: 3, support: Int32Array.from(support) });
    expect(cv.best('min').size).toBe(cv.sizeMin);
    const relaxed = await crossValidate(
      { x, y },
      { sizes: { max: 5 }, folds, relax: true, penalty: { kind: 'bestSubset', ridge: 0.3 } },
    );
    expect(relaxed.relaxMin).toBe(0);
    expect(relaxed.best().size).toBe(3);
  });
  it('stability selection, warm starts, names', async () => {
    const { stable, q } = await stabilitySelection({ x, y }, { size: 3, subsamples: 20 });
    expect([Array.from(stable), q]).toEqual([support, 3]);
    const names = Array.from({ length: 15 }, (_, j) => `x${j}`);
    const warmStart = await sparsePath({ x, y }, { sizes: { max: 5 } });
    const fit = await sparseRegression({ x, y, names }, { size: 3, warmStart });
    expect(fit.supportNames).toEqual(support.map((j) => `x${j}`));
    expect(fit.objective).toBeCloseTo(warmStart.objectives[3] as number, 12);
  });
  it('sparse columns, and any number of threads', async () => {
    const one = await sparsePath({ x, y }, { sizes: { max: 5 }, threads: 1 });
    const two = await sparsePath({ x, y }, { sizes: { max: 5 }, threads: 2 });
    expect(two.objectives).toEqual(one.objectives);
    expect(two.gap).toEqual(one.gap);
    const sparse = {
      format: 'csr',
      rows: 60,
      columns: 15,
      offsets: Int32Array.from({ length: 61 }, (_, i) => 15 * i),
      indices: Int32Array.from({ length: 900 }, (_, k) => k % 15),
      values: x.data,
    } as const;
    const other = await sparsePath({ x: sparse, y }, { sizes: { max: 5 } });
    other.objectives.forEach((objective, k) => {
      expect(objective).toBeCloseTo(one.objectives[k] as number, 10);
    });
  });
});

describe('a search that is ended', () => {
  const { x, y } = planted(60, 150, 8, 2);
  it('by few nodes tells the gap, which more nodes narrow', async () => {
    const at = async (maxNodes: number) => {
      const fit = await sparseRegression({ x, y }, { size: 5, penalty: { kind: 'bestSubset', maxNodes } });
      expect(fit.certificate.kind).toBe('bounded');
      return { ...fit, bound: fit.lowerBound as number };
    };
    const [few, more] = [await at(3), await at(60)];
    expect(few.status).toBe('stalled');
    expect(few.message).toMatch(/The model of size 5 did not reach the tolerance: its gap is 0\.\d+/);
    expect(few.nodes).toBe(3);
    expect(more.bound).toBeGreaterThanOrEqual(few.bound);
    expect(few.bound).toBeGreaterThanOrEqual(0);
    expect(more.objective).toBeLessThanOrEqual(few.objective);
    expect(more.bound).toBeLessThanOrEqual(more.objective);
  });
  it('by an abort or a time limit keeps the models so far', async () => {
    const abort = new AbortController();
    const settings = { maxSize: 12, maxNodes: 1e9 };
    const late = await sparsePath({ x, y }, { ...settings, timeLimit: 0.3 });
    expect(late.status).toBe('timeLimit');
    expect(late.sizes).toHaveLength(late.lambda.length);
    expect(late.notFitted).toHaveLength(13 - late.lambda.length);
    const onProgress = () => abort.abort();
    expect((await sparsePath({ x, y }, { ...settings, signal: abort.signal, onProgress })).status).toBe('aborted');
  });
});

describe('what is refused', () => {
  const { x, y } = planted(20, 4, 2, 7);
  it.each([
    [
      'lambdas beside',
      () => sparsePath({ x, y }, { sizes: { max: 2 }, lambdas: [1] }),
      'lambdas: expected none beside sizes',
    ],
    [
      'numbers of lambdas',
      () => sparsePath({ x, y }, { sizes: [2], lambdas: { count: 9 } }),
      'lambdas: expected none beside sizes',
    ],
    ['a lambda', () => sparseRegression({ x, y }, { size: 2, lambda: 1 }), 'lambda = 1: expected none beside size'],
    ['neither', () => sparseRegression({ x, y }, {}), 'lambda = undefined: expected a number, or a size'],
    ['half a column', () => sparseRegression({ x, y }, { size: 1.5 }), 'size = 1.5: expected an integer in [0'],
    ['fewer than none', () => sparsePath({ x, y }, { sizes: [1, -1] }), 'sizes[1] = -1: expected'],
    ['one twice', () => sparsePath({ x, y }, { sizes: [1, 2, 1] }), 'sizes: expected each number once, got 1 again'],
    ['none', () => sparsePath({ x, y }, { sizes: [] }), 'sizes: expected'],
    [
      'the lasso',
      () => sparsePath({ x, y }, { sizes: { max: 2 }, penalty: 'lasso' }),
      "penalty = 'lasso': expected bestSubset() with sizes",
    ],
    [
      'factors',
      () => sparsePath({ x, y, penaltyFactor: [1, 1, 1, 2] }, { sizes: { max: 2 } }),
      'penaltyFactor[3] = 2: expected 0, 1 or Infinity for a size',
    ],
    [
      'bounds',
      () => sparsePath({ x, y, lowerBounds: 0 }, { sizes: { max: 2 } }),
      "lowerBounds, upperBounds = 'given': expected none for bestSubset",
    ],
    [
      'counts',
      () => sparsePath({ x, y: y.map((_, i) => i) }, { sizes: { max: 2 }, family: 'poisson' }),
      "family = 'poisson': expected 'gaussian' for bestSubset",
    ],
    ['q beside a size', () => stabilitySelection({ x, y }, { size: 2, q: 3 }), 'q = 3: expected none beside a size'],
  ] as const)('%s', async (_, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
  it('a model between two sizes', async () => {
    const path = await sparsePath({ x, y }, { sizes: { max: 2 } });
    expect(() => path.at(0.1)).toThrow('lambda = 0.1: expected a path of lambdas, as there is no model between sizes');
  });
});
