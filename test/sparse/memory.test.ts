// Paths that meet the limit of memory: of a diagonal x a few lambdas take a few columns, and the next one all of them at once, whose Gram
// matrix would take terabytes. Minima are known in closed form.
import { describe, expect, it } from 'vitest';
import { SolverError, type SparseMatrix } from '../../src/index.js';
import { groupLasso, mcp, slope } from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';

const n = 250_000;
const root = Math.sqrt(n);

/** Columns that are orthogonal and have a mean square of 1. */
const x: SparseMatrix = {
  ...{ format: 'csc', rows: n, columns: n, offsets: Int32Array.from({ length: n + 1 }, (_, j) => j) },
  ...{ indices: Int32Array.from({ length: n }, (_, j) => j), values: new Float64Array(n).fill(root) },
};

/** Each coefficient without a penalty: 1 for the first three, from 0.3 to 0.9 for others. */
const least = Float64Array.from({ length: n }, (_, j) => (j < 3 ? 1 : 0.6 + 0.3 * Math.sin(j)));
const y = least.map((b) => b * root);
const settings = { standardize: false, intercept: false, lambdas: [0.95, 0.1] };
const [, small] = settings.lambdas as [number, number];

/** The largest difference from coefficients in closed form. */
const farthest = (coefficients: Float64Array, of: (j: number) => number): number =>
  coefficients.reduce((most, b, j) => Math.max(most, Math.abs(b - of(j))), 0);

describe('by rows, without a Gram matrix, go on', () => {
  it('the lasso', async () => {
    const path = await sparsePath({ x, y }, settings);
    expect(path).toMatchObject({ status: 'solved', end: 'complete' });
    expect(Array.from(path.nonzeros)).toEqual([3, n]);
    expect(farthest(path.fit(1).coefficients, (j) => (least[j] as number) - small)).toBeLessThan(1e-9);
  });

  it('several responses', async () => {
    const data = Float64Array.from({ length: 2 * n }, (_, k) => (y[k >> 1] as number) * (k % 2 ? -0.5 : 1));
    const path = await sparsePath({ x, y: { data, rows: n, columns: 2 } }, { ...settings, penalty: groupLasso() });
    expect(path).toMatchObject({ status: 'solved', end: 'complete' });
    const long = Math.sqrt(1.25);
    const shrunk = (j: number) => (least[j % n] as number) * Math.max(0, 1 - small / (long * (least[j % n] as number)));
    const far = farthest(path.fit(1).coefficients, (j) => shrunk(j) * (j < n ? 1 : -0.5));
    expect(far).toBeLessThan(1e-9);
  });

  it('MCP, of which they do not say where its objective is convex', async () => {
    const path = await sparsePath({ x, y }, { ...settings, penalty: mcp() });
    expect(path).toMatchObject({ status: 'solved', end: 'complete' });
    expect(path.locallyConvex).toEqual([false, false]);
    // From gamma lambda on a coefficient is not shrunk; up to there by gamma / (gamma - 1).
    const of = (b: number) => (b > 3 * small ? b : 1.5 * (b - small));
    expect(farthest(path.fit(1).coefficients, (j) => of(least[j] as number))).toBeLessThan(1e-9);
  });
});

describe('with a Gram matrix end', () => {
  const lacking = new RegExp(
    `x with ${n} columns in use at once needs \\d+ MB, of which \\d+ MB are available; larger lambdas or maxNonzeros end a path before`,
  );
  // Weights of 1 make it the lasso, which it does not know.
  const penalty = slope({ weights: new Float64Array(n).fill(1) });

  it('with the models that they have', async () => {
    const path = await sparsePath({ x, y }, { ...settings, penalty });
    expect(path).toMatchObject({ status: 'stalled', end: 'outOfMemory' });
    expect(path.message).toMatch(/ The path ended behind its model 1 as there is no memory for the next: /);
    expect(path.message).toMatch(lacking);
    expect(Array.from(path.notFitted)).toEqual([small]);
    expect(farthest(path.fit(0).coefficients, (j) => (j < 3 ? 0.05 : 0))).toBeLessThan(1e-6);
  });

  it('cross-validated, too', async () => {
    // Each half has weights of 2, and with them twice the correlations.
    const cv = await crossValidate({ x, y }, { ...settings, lambdas: [1.9, small], penalty, folds: 2 });
    expect(cv).toMatchObject({ status: 'stalled', end: 'outOfMemory', lambdaMin: 1.9 });
    expect(cv.best('min').lambda).toBe(1.9);
    expect(Array.from(cv.fitted)).toEqual([1, 1]);
  });

  it('cross-validated, without means where a fold has no model', async () => {
    const cv = await crossValidate({ x, y }, { ...settings, lambdas: [0.95], penalty, folds: 2 });
    expect(cv).toMatchObject({ status: 'stalled', message: expect.stringMatching(/^A fold ended early: x with /) });
    expect(Array.from(cv.fitted)).toEqual([0, 0]);
    expect(cv.mean).toHaveLength(0);
    expect(Array.from(cv.lambda)).toEqual([0.95]);
    expect(() => cv.best()).toThrow(/no model has a mean over all folds/);
  });

  it('relaxed, where a fit without penalty has no room for its certificate', async () => {
    const steps = Float64Array.from({ length: n }, (_, j) => (j < 3 ? 1 : j % 2 ? 0.5 : 0));
    const relaxed = await sparsePath({ x, y: steps.map((b) => b * root) }, { ...settings, relax: true });
    expect(relaxed).toMatchObject({ status: 'stalled', end: 'outOfMemory' });
    expect(relaxed.message).toMatch(/columns without penalty, of which there are \d+, need \d+ MB/);
    expect(relaxed.lambda).toHaveLength(1);
    expect(farthest(relaxed.fit(0).coefficients, (j) => (j < 3 ? 1 : 0))).toBeLessThan(1e-6);
  });

  it('or reject where there is no model yet', async () => {
    const alone = sparseRegression({ x, y }, { standardize: false, intercept: false, lambda: small, penalty });
    const error: unknown = await alone.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SolverError);
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', message: expect.stringMatching(lacking) });
  });
});
