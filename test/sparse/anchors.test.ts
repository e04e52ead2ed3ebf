// One line each for users of scikit-learn and glmnet that gives the same numbers, where these are installed (Debian: python3-sklearn,
// r-cran-glmnet): the table of docs/sparse.md.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { elasticNet, groupLasso, type SparseModel } from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';
import { long } from '../long.js';
import { Draws, drawn } from './values.js';

const [n, p, lambda] = [60, 6, 0.08];
const { x, y } = drawn(71, 'gaussian', n, p);
const { y: counts } = drawn(71, 'poisson', n, p);
const { y: labels } = drawn(71, 'binomial', n, p);
const draws = new Draws(72);
const offset = draws.normals(n).map((value) => value / 5);
const weights = y.map((_, i) => 0.5 + (i % 4) / 4);
const factors = [1, 0.5, 2, 0, 1, 1.5];
const folds = Array.from(y, (_, i) => 1 + (i % 5));
const lambdas = Array.from({ length: 20 }, (_, k) => 0.2 * 0.8 ** k);
const at = (values: ArrayLike<number>, k: number): number => values[k] as number;
const rows = Array.from({ length: n }, (_, i) => Array.from(x.data.subarray(i * p, (i + 1) * p)));

/** Three responses and three classes for each row, which depend on the first columns. */
const responses = rows.map((row, i) => [0, 1, 2].map((k) => (k - 1) * at(row, 0) + at(y, (i + 20 * k) % n) / 2));
const classes = rows.map((row, i) => {
  const scores = [0, 1, 2].map((k) => (k - 1) * at(row, 0) + at(responses[i] as number[], k) + (k === 1 ? 0.5 : 0));
  return scores.indexOf(Math.max(...scores));
});

interface Answer {
  coefficients: number[];
  intercept: number;
  /** One for each of several responses or classes. */
  intercepts?: number[];
}
type Found = Record<string, Answer>;

/** The answer of a program to the data; undefined where it lacks what it needs. */
async function asked(command: string, ...args: string[]): Promise<Found | undefined> {
  const lists = { y, counts, labels, offset, weights };
  const arrays = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, Array.from(list)]));
  const running = promisify(execFile)(command, args);
  running.child.stdin?.on('error', () => {}); // the program may have ended
  running.child.stdin?.end(
    `${JSON.stringify({ x: rows, ...arrays, responses, classes, factors, folds, lambdas, lambda })}\n`,
  );
  try {
    return JSON.parse((await running).stdout) as Found;
  } catch (error) {
    console.warn(`skipped: ${args.at(-1)}: ${(error as Error).message.trim().split('\n').at(-1)}`);
    return undefined;
  }
}

const folder = import.meta.dirname;
// Loading these packages takes seconds: they are asked in `npm run test:long`.
const [scikit, glmnet] = long
  ? await Promise.all([
      asked('/usr/bin/python3', join(folder, 'anchor.py')),
      asked('Rscript', '--vanilla', join(folder, 'anchor.R')),
    ])
  : [];

function expectSame(ours: SparseModel, theirs: Found[string] | undefined, most: number): void {
  ours.coefficients.forEach((b, j) => {
    expect(Math.abs(b - (theirs?.coefficients[j] as number)), `coefficient ${j}`).toBeLessThanOrEqual(most);
  });
  expect(Math.abs(ours.intercept - (theirs?.intercept as number))).toBeLessThanOrEqual(most);
}

/** Expects the coefficients of several responses or classes, one behind the other, and their intercepts. */
function expectSameSeveral(ours: SparseModel, theirs: Answer | undefined, most: number): void {
  expect(theirs?.coefficients.length).toBe(ours.coefficients.length);
  ours.coefficients.forEach((b, c) => {
    expect(Math.abs(b - at(theirs?.coefficients as number[], c)), `coefficient ${c}`).toBeLessThanOrEqual(most);
  });
  ours.intercepts?.forEach((b, k) => {
    expect(Math.abs(b - at(theirs?.intercepts as number[], k)), `intercept ${k}`).toBeLessThanOrEqual(most);
  });
}

const several = { data: Float64Array.from(responses.flat()), rows: n, columns: 3 };
const tight = { lambda, tolerance: 1e-12 };

describe.runIf(scikit)('scikit-learn', () => {
  const plain = { ...tight, standardize: false };

  it('Lasso(alpha)', async () => expectSame(await sparseRegression({ x, y }, plain), scikit?.lasso, 1e-8));
  it('ElasticNet(alpha, l1_ratio)', async () =>
    expectSame(await sparseRegression({ x, y }, { ...plain, penalty: elasticNet(0.4) }), scikit?.elasticNet, 1e-8));
  it('Lasso(positive=True)', async () =>
    expectSame(await sparseRegression({ x, y, lowerBounds: 0 }, { ...plain }), scikit?.positive, 1e-8));
  it('LogisticRegression(C)', async () =>
    expectSame(await sparseRegression({ x, y: labels }, { ...plain, family: 'binomial' }), scikit?.logistic, 1e-5));
  it('MultiTaskLasso(alpha)', async () =>
    expectSameSeveral(
      await sparseRegression({ x, y: several }, { ...plain, penalty: groupLasso() }),
      scikit?.multiTask,
      1e-7,
    ));
});

describe.runIf(glmnet)('glmnet', () => {
  it('glmnet(x, y, lambda)', async () => expectSame(await sparseRegression({ x, y }, tight), glmnet?.lasso, 1e-7));
  it('family, alpha', async () => {
    const settings = { ...tight, family: 'binomial', penalty: elasticNet(0.4) } as const;
    expectSame(await sparseRegression({ x, y: labels }, settings), glmnet?.binomial, 1e-6);
  });
  it('weights, offset', async () => {
    const data = { x, y: counts, offset, sampleWeight: weights };
    expectSame(await sparseRegression(data, { ...tight, family: 'poisson' }), glmnet?.poisson, 1e-6);
  });
  it('alpha of a linear model: y divided by its standard deviation, lambda, too', async () => {
    const mean = y.reduce((sum, value) => sum + value, 0) / n;
    const deviation = Math.sqrt(y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
    const scaled = y.map((value) => value / deviation);
    const settings = { ...tight, lambda: lambda / deviation, penalty: elasticNet(0.4) };
    const { coefficients, intercept } = await sparseRegression({ x, y: scaled }, settings);
    const found = { coefficients: coefficients.map((b) => b * deviation), intercept: intercept * deviation };
    expectSame(found as SparseModel, glmnet?.elasticNet, 1e-7);
  });
  it('lower.limits, upper.limits', async () =>
    expectSame(
      await sparseRegression({ x, y, lowerBounds: 0, upperBounds: 0.3 }, { ...tight }),
      glmnet?.bounded,
      1e-7,
    ));
  it('mgaussian', async () =>
    expectSameSeveral(
      await sparseRegression({ x, y: several }, { ...tight, penalty: groupLasso() }),
      glmnet?.mgaussian,
      1e-7,
    ));
  it.each([
    ['multinomial', {}],
    ['grouped', { penalty: groupLasso() }],
    ['limits', { lowerBounds: -0.1, upperBounds: 0.2 }],
  ])('multinomial: %s', async (name, penalty) => {
    const settings = { ...tight, family: 'multinomial', ...penalty } as const;
    expectSameSeveral(await sparseRegression({ x, y: classes }, settings), glmnet?.[name], 1e-5);
  });
  it('penalty.factor, divided by its mean', async () => {
    const mean = factors.reduce((sum, factor) => sum + factor, 0) / p;
    const penaltyFactor = factors.map((factor) => factor / mean);
    expectSame(await sparseRegression({ x, y, penaltyFactor }, { ...tight }), glmnet?.factors, 1e-7);
  });
  it('relax = TRUE, with gamma the share of the penalised fit', async () => {
    const settings = { family: 'binomial', lambdas: [lambda], tolerance: 1e-12 } as const;
    for (const relax of [0, 0.5]) {
      const path = await sparsePath({ x, y: labels }, { ...settings, relax });
      expectSame(path.fit(0), glmnet?.[`relax${relax}`], 1e-5);
    }
  });
  it('cv.glmnet(foldid)', async () => {
    const cv = await crossValidate({ x, y: labels }, { family: 'binomial', folds, lambdas, tolerance: 1e-10 });
    const theirs = glmnet?.cv as unknown as Record<'mean' | 'standardError', number[]> &
      Record<'lambdaMin' | 'lambda1se', number>;
    cv.mean.forEach((mean, k) => {
      expect(mean).toBeCloseTo(theirs.mean[k] as number, 5);
      expect(cv.standardError[k]).toBeCloseTo(theirs.standardError[k] as number, 5);
    });
    expect(cv.lambdaMin).toBeCloseTo(theirs.lambdaMin, 12);
    expect(cv.lambda1se).toBeCloseTo(theirs.lambda1se, 12);
  });
});
