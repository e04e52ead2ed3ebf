// Cross-validation by its definition: models without a fold, measured on it; and stability selection.
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/index.js';
import { lasso, mcp, type SparseMeasure } from '../../src/sparse/index.js';
import { crossValidate, sparsePath, stabilitySelection } from '../flat.js';
import { drawn, type Family, leastLoss, linksOf, lossOf, problemOf } from './values.js';

const rowsOf = (x: Matrix, rows: readonly number[]): Matrix => ({
  data: Float64Array.from(rows.flatMap((i) => Array.from(x.data.subarray(i * x.columns, (i + 1) * x.columns)))),
  rows: rows.length,
  columns: x.columns,
});

const meanAt = (family: Family, t: number) =>
  family === 'gaussian' ? t : family === 'binomial' ? 1 / (1 + Math.exp(-t)) : Math.exp(t);

/** The share of pairs of both classes that are in order, pair by pair. */
function areaOf(links: readonly number[], y: readonly number[]): number {
  let [sum, pairs] = [0, 0];
  links.forEach((a, i) => {
    links.forEach((b, j) => {
      if (y[i] !== 1 || y[j] !== 0) return;
      sum += a > b ? 1 : a === b ? 0.5 : 0;
      ++pairs;
    });
  });
  return sum / pairs;
}

const each: [Family, SparseMeasure][] = [
  ['gaussian', 'deviance'],
  ['gaussian', 'absoluteError'],
  ['binomial', 'deviance'],
  ['binomial', 'misclassification'],
  ['binomial', 'auc'],
  ['poisson', 'deviance'],
  ['poisson', 'squaredError'],
  ['gamma', 'deviance'],
];

it.each(each)('%s: mean and standard error of %s are those of models without a fold', async (family, measure) => {
  const { x, y } = drawn(61, family, 45, 8);
  const foldOf = Array.from(y, (_, i) => (i % 4 === 3 ? 1 : i % 3));
  const settings = { family, tolerance: 1e-9, nLambda: 12, minRatio: 0.01 };
  const cv = await crossValidate({ x, y }, { ...settings, folds: foldOf, measure, keepPredictions: true });
  expect(cv.status).toBe('solved');
  expect(cv.coefficients).toEqual((await sparsePath({ x, y }, settings)).coefficients);
  const values: number[][] = [];
  const sizes: number[] = [];
  for (const fold of [0, 1, 2]) {
    const [inside, out] = [true, false].map((kept) =>
      Array.from(y.keys()).filter((i) => (foldOf[i] !== fold) === kept),
    ) as [number[], number[]];
    const trained = await sparsePath(
      { x: rowsOf(x, inside), y: inside.map((i) => y[i] as number) },
      { ...settings, lambdas: cv.lambda },
    );
    const truth = out.map((i) => y[i] as number);
    sizes.push(out.length);
    values.push(
      Array.from(cv.lambda, (_, k) => {
        const links = Array.from(linksOf(problemOf(rowsOf(x, out), truth), trained.fit(k)));
        out.forEach((row, i) => {
          expect(cv.predictions?.data[row * cv.lambda.length + k]).toBeCloseTo(links[i] as number, 4);
        });
        if (measure === 'auc') return areaOf(links, truth);
        const losses = links.map((t, i) => {
          const value = truth[i] as number;
          if (measure === 'deviance') return 2 * (lossOf(family, t, value) - leastLoss(family, value));
          if (measure === 'misclassification') return Number(t > 0 !== (value === 1));
          const error = meanAt(family, t) - value;
          return measure === 'squaredError' ? error ** 2 : Math.abs(error);
        });
        return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      }),
    );
  }
  const best = measure === 'auc' ? Math.max(...cv.mean) : Math.min(...cv.mean);
  cv.lambda.forEach((_, k) => {
    const at = values.map((list) => list[k] as number);
    const mean = at.reduce((sum, value, fold) => sum + value * (sizes[fold] as number), 0) / 45;
    const variance = at.reduce((sum, value, fold) => sum + (value - mean) ** 2 * (sizes[fold] as number), 0) / 45;
    expect(cv.mean[k]).toBeCloseTo(mean, 4);
    expect(cv.standardError[k]).toBeCloseTo(Math.sqrt(variance / 2), 4);
  });
  const [lambdaMin, lambda1se] = [cv.lambdaMin as number, cv.lambda1se as number];
  expect(cv.mean[cv.lambda.indexOf(lambdaMin)]).toBe(best);
  expect(lambda1se).toBeGreaterThanOrEqual(lambdaMin);
  expect(cv.best('min').lambda).toBe(lambdaMin);
  expect(cv.best('1se').lambda).toBe(lambda1se);
  expect(cv.best()).toEqual(cv.best('1se'));
  const allowed = Math.abs(best - (cv.mean[cv.lambda.indexOf(lambda1se)] as number));
  expect(allowed).toBeLessThanOrEqual(cv.standardError[cv.lambda.indexOf(lambdaMin)] as number);
});

describe('folds', () => {
  const { x, y } = drawn(62, 'binomial', 50, 5);

  it('have about the same share of each class, and depend on the seed alone', async () => {
    const settings = { family: 'binomial', folds: 5, nLambda: 10 } as const;
    const cv = await crossValidate({ x, y }, { ...settings, seed: 1 });
    const ones = y.reduce((sum, value) => sum + value, 0);
    for (let fold = 0; fold < 5; ++fold) {
      const inFold = Array.from(cv.foldOf.keys()).filter((i) => cv.foldOf[i] === fold);
      expect(inFold).toHaveLength(10);
      const count = inFold.reduce((sum, i) => sum + (y[i] as number), 0);
      expect(Math.abs(count - ones / 5)).toBeLessThanOrEqual(1);
    }
    const again = await crossValidate({ x, y }, { ...settings, seed: 1 });
    expect(again.mean).toEqual(cv.mean);
    expect((await crossValidate({ x, y }, { ...settings, seed: 2 })).foldOf).not.toEqual(cv.foldOf);
  });

  it('count by their weights, and none may be without', async () => {
    const sampleWeight = y.map((_, i) => i % 3);
    const kept = Array.from(y.keys()).flatMap((i) => Array.from({ length: i % 3 }, () => i));
    const foldOf = y.map((_, i) => i % 5);
    const settings = { family: 'binomial', nLambda: 10, tolerance: 1e-9 } as const;
    const weighted = await crossValidate({ x, y, sampleWeight }, { ...settings, folds: foldOf });
    const copied = await crossValidate(
      { x: rowsOf(x, kept), y: kept.map((i) => y[i] as number) },
      { ...settings, folds: kept.map((i) => foldOf[i] as number) },
    );
    weighted.mean.forEach((value, k) => {
      expect(value).toBeCloseTo(copied.mean[k] as number, 5);
    });
    await expect(
      crossValidate(
        { x, y, sampleWeight: y.map((_, i) => Number(foldOf[i] !== 2)) },
        { family: 'binomial', folds: foldOf },
      ),
    ).rejects.toThrow('folds: fold 2 leaves nothing out of a weight > 0');
  });

  it('impute by their own means', async () => {
    const missing = { ...x, data: x.data.map((value, k) => (k % 11 === 0 ? Number.NaN : value)) };
    const cv = await crossValidate(
      { x: missing, y, impute: 'mean' },
      { family: 'binomial', folds: 3, lambdas: { count: 10 } },
    );
    expect(cv.status).toBe('solved');
    expect(cv.mean.every(Number.isFinite)).toBe(true);
  });

  it('go along all lambdas though their paths end before', async () => {
    const cv = await crossValidate({ x, y }, { family: 'binomial', folds: 4, maxNonzeros: 2 });
    expect(cv.end).toBe('maxNonzeros');
    expect(cv.mean).toHaveLength(cv.lambda.length);
    expect(cv.mean.every(Number.isFinite)).toBe(true);
    for (const fitted of cv.fitted) expect(fitted).toBeLessThanOrEqual(cv.lambda.length);
  });
});

it('folds that were begun beside a path which ends early are along its lambdas', async () => {
  const { x } = drawn(67, 'gaussian', 60, 5);
  const y = Float64Array.from(
    { length: 60 },
    (_, i) => 3 * (x.data[i * 5] as number) - 2 * (x.data[i * 5 + 1] as number),
  );
  const foldOf = Array.from(y.keys(), (i) => i % 3);
  const cv = await crossValidate({ x, y }, { folds: foldOf });
  expect(cv.status).toBe('solved');
  expect(cv.lambda.length).toBeLessThan(100);
  const given = await crossValidate({ x, y }, { folds: foldOf, lambdas: cv.lambda });
  expect(cv.mean).toEqual(given.mean);
  expect(Array.from(cv.fitted)).toEqual([0, 1, 2].map(() => cv.lambda.length));
});

it('folds have the same bits whether they are begun beside the path or, with a time limit, behind it', async () => {
  const { x, y } = drawn(68, 'poisson', 300, 40);
  const settings = { family: 'poisson', folds: 4, seed: 1, minRatio: 0.03, nLambda: 30 } as const;
  const [beside, behind] = [
    await crossValidate({ x, y }, settings),
    await crossValidate({ x, y }, { ...settings, timeLimit: 1e4 }),
  ];
  expect(beside.end).toBe('complete');
  expect(Array.from(beside.mean)).toEqual(Array.from(behind.mean));
});

it('an abort gives no means', async () => {
  const { x, y } = drawn(63, 'gaussian', 50, 5);
  const cv = await crossValidate({ x, y }, { signal: AbortSignal.abort() });
  expect(cv.status).toBe('aborted');
  expect(cv.mean).toHaveLength(0);
  expect(cv.lambdaMin).toBeUndefined();
  expect(() => cv.fit(0)).toThrow('k = 0: the path has no models, as it ended before');
  expect(() => cv.best('min')).toThrow(
    `rule = 'min': no model has a mean over all folds, as crossValidate ended with status '${cv.status}' before`,
  );
});

describe('stability selection', () => {
  const { x, y } = drawn(64, 'gaussian', 200, 50);
  const names = Array.from({ length: 50 }, (_, j) => `x${j}`);

  it('finds the columns that count', async () => {
    for (const penalty of [lasso(), mcp()]) {
      const { status, stable, stableNames, frequencies, q, expectedFalse } = await stabilitySelection(
        { x, y, names },
        { penalty, subsamples: 20, seed: 3 },
      );
      expect(status).toBe('solved');
      expect(Array.from(stable)).toEqual([0, 1, 2]);
      expect(stableNames).toEqual(['x0', 'x1', 'x2']);
      expect(q).toBe(5);
      expect(expectedFalse).toBeCloseTo(25 / (0.5 * 50), 12);
      expect(frequencies.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(5 + 1e-9);
      expect(Array.from(frequencies).every((share) => Math.abs(20 * share - Math.round(20 * share)) < 1e-9)).toBe(true);
    }
  });

  it('fits all halves at a lambda, and says how many columns were selected', async () => {
    const { frequencies, q, expectedFalse } = await stabilitySelection(
      { x, y },
      { lambda: 0.2, subsamples: 10, threshold: 0.9 },
    );
    expect(q).toBeCloseTo(
      frequencies.reduce((sum, share) => sum + share, 0),
      9,
    );
    expect(expectedFalse).toBeCloseTo(q ** 2 / (0.8 * 50), 9);
    const again = await stabilitySelection({ x, y }, { lambda: 0.2, subsamples: 10, threshold: 0.9 });
    expect(again.frequencies).toEqual(frequencies);
    const other = await stabilitySelection({ x, y }, { lambda: 0.2, subsamples: 10, threshold: 0.9, seed: 5 });
    expect(other.frequencies).not.toEqual(frequencies);
  });

  it('may be aborted', async () => {
    expect(await stabilitySelection({ x, y }, { signal: AbortSignal.abort() })).toMatchObject({ status: 'aborted' });
  });
});

it('has the same means where x is copied in pieces, of rows that are 0 but for a few columns', async () => {
  const [few, columns] = [40, 30_000];
  const { x, y } = drawn(63, 'gaussian', few, 6);
  const wide = { data: new Float64Array(few * columns), rows: few, columns };
  for (let i = 0; i < few; ++i) wide.data.set(x.data.subarray(6 * i, 6 * i + 6), i * columns);
  expect(wide.data.byteLength).toBeGreaterThan(2 ** 23);
  const settings = { folds: 3, seed: 1, nLambda: 5, minRatio: 0.2 };
  const [large, small] = await Promise.all([wide, x].map((each) => crossValidate({ x: each, y }, settings)));
  expect(large?.status).toBe('solved');
  expect(large?.lambda).toHaveLength(5);
  large?.mean.forEach((mean, k) => {
    expect(mean).toBeCloseTo(small?.mean[k] as number, 9);
  });
  expect(Array.from(large?.best('min').support ?? [])).toEqual(Array.from(small?.best('min').support ?? []));
});
