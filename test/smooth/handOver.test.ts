// Sums that `auto` leaves to the methods of minimize, and those that it does not.
import { describe, expect, it } from 'vitest';
import { add, dot, Model, square, sub, sumSquares } from '../../src/expressions/index.js';
import { generalizedLinearModel, logisticRegression, minimize } from '../../src/nlp/index.js';
import type { MinimizeSumProgress } from '../../src/smooth/index.js';
import { numbers } from '../contract/problem.js';
import { type MinimizeSumSettings, minimizeSum } from '../flat.js';
import { functionOf, leastSquares, lossOf } from './sums.js';

const [rows, columns] = [400, 3];
const x = { data: numbers(rows * columns), rows, columns };
const y = numbers(rows, 2).map((noise, i) => Number(noise + (x.data[i * columns] as number) > 0));
const problem = logisticRegression({ x, y, ridge: 0.01 });

describe('auto', () => {
  it('solves a sum of few unknowns as minimize does', async () => {
    const reports: MinimizeSumProgress[] = [];
    const found = await minimizeSum(problem, { onProgress: (report) => reports.push(report) });
    const exact = await minimize(problem, { tolerance: 1e-10 });
    const { value, gradient } = lossOf('logistic', x, y, 0.01, found.x);
    expect(found).toMatchObject({ status: 'solved', method: 'minimize', precision: 'float64' });
    expect(found.objective).toBeCloseTo(value, 12);
    expect(found.gradientNorm).toBeCloseTo(Math.hypot(...gradient), 12);
    expect((found.objective as number) - exact.objective).toBeLessThan(1e-10);
    expect(found.certificate).toMatchObject({ gapScale: 1, lowerBound: found.lowerBound, gap: found.gap });
    expect(found.gap).toBeLessThan(1e-8);
    expect(found.pieces).toMatch(/^full, \w+, \d+ factorizations$/);
    expect(found.counts.rows).toBeGreaterThanOrEqual(rows * found.counts.steps);
    expect(reports.length).toBeGreaterThan(0);
    expect(found.history.at(-1)?.epoch).toBeGreaterThan(0);
    // The point that it found is a start for methods by batches.
    const again = await minimizeSum(problem, { batchSize: 32, maxEpochs: 1, warmStart: found });
    expect(again.method).toBe('adog');
  });

  it('begins at a warm start that is a plain array', async () => {
    const { x: found } = await minimizeSum(problem);
    const again = await minimizeSum(problem, { warmStart: { x: Array.from(found) } });
    expect(again.iterations).toBeLessThanOrEqual(1);
    const short = minimizeSum(problem, { warmStart: { x: [1] } });
    await expect(short).rejects.toThrow(/^warmStart\.x: expected 3 numbers/);
  });

  it('takes the bound of a convex sum', async () => {
    const { certificate } = await minimizeSum(logisticRegression({ x, y }));
    expect(certificate).toMatchObject({ kind: 'global', inertia: { positive: 3, negative: 0, zero: 0 } });
    expect(certificate.gap).toBeLessThan(1e-8);
  });

  it('takes the bound of a convex quadratic sum', async () => {
    const { certificate, objective } = await minimizeSum(generalizedLinearModel({ loss: 'squared', x, y }));
    expect(certificate).toMatchObject({ kind: 'global', gapScale: 1, inertia: { positive: 3, negative: 0, zero: 0 } });
    const { lowerBound, gap } = certificate as { lowerBound: number; gap: number };
    expect(lowerBound).toBeLessThanOrEqual((objective as number) + 1e-15);
    expect(gap).toBeGreaterThanOrEqual(0);
    expect(gap).toBeLessThan(1e-12);
    expect((objective as number) - lowerBound).toBeCloseTo(gap, 14);
  });

  it('keeps within bounds, and takes a tolerance at its word', async () => {
    const { x: A, y: b } = leastSquares(50, 3, 3);
    const bounded = generalizedLinearModel({ loss: 'squared', x: A, y: b, lower: 0 });
    const found = await minimizeSum(bounded, { tolerance: 1e-9 });
    expect(found).toMatchObject({ status: 'solved', method: 'minimize' });
    expect(Math.min(...found.x)).toBe(0);
    expect(found.gradientNorm).toBeLessThanOrEqual(1e-9);
    const loose = await minimizeSum(bounded, { tolerance: 1e-9, maxEpochs: 1e6, batchSize: 'full' });
    expect(loose.x).toEqual(found.x);
  });

  it('solves least squares so with more unknowns, as one Hessian is enough', async () => {
    const { problem: squares, gap, x: A, y: b } = leastSquares(200, 25, 7);
    const found = await minimizeSum(squares);
    expect(found).toMatchObject({ status: 'solved', method: 'minimize' });
    expect(gap(found.x)).toBeLessThan(1e-12);
    expect((await minimizeSum(generalizedLinearModel({ loss: 'squared', x: A, y: b, lower: 0 }))).method).toBe('adog');
    const labels = Array.from(b, (value) => Number(value > 0));
    expect((await minimizeSum(logisticRegression({ x: A, y: labels }))).method).toBe('adog');
  });

  it('solves a model of rows so where thousands of epochs are allowed', async () => {
    const model = new Model();
    const w = model.variable(3);
    const table = model.rows({ x, y });
    model.minimize(add(table.mean(square(sub(dot(w, table.x), table.y))), sumSquares(w)));
    const settings = { batchSize: 'full', precision: 'float64' } as const;
    const whole = await minimizeSum(model, { ...settings, maxEpochs: 1000 });
    expect(whole).toMatchObject({ status: 'solved', method: 'minimize' });
    const few = await minimizeSum(model, { ...settings, maxEpochs: 20 });
    expect(few.method).toBe('qagd');
    expect(few.objective as number).toBeGreaterThanOrEqual((whole.objective as number) - 1e-12);
  });

  it('stays with batches where these are spoken of, or second derivatives are dear', async () => {
    const methodOf = async (settings: MinimizeSumSettings, of: Parameters<typeof minimizeSum>[0] = problem) =>
      (await minimizeSum(of, settings)).method;
    expect(await methodOf({ batchSize: 50 })).toBe('adog');
    expect(await methodOf({ maxEpochs: 2 })).toBe('adog');
    expect(await methodOf({ maxEpochs: 2, batchSize: 'full' })).toBe('qagd');
    expect(await methodOf({ validation: 0.2 })).toBe('adog');
    expect(await methodOf({ trackBest: true })).toBe('adog');
    expect(await methodOf({ method: 'adog' })).toBe('adog');
    const wide = { data: numbers(100 * 60), rows: 100, columns: 60 };
    expect(await methodOf({}, logisticRegression({ x: wide, y: y.slice(0, 100) }))).toBe('adog');
    const own = functionOf(3, 1, (at, g) => {
      g[0] = at[0] as number;
      return (at[0] as number) ** 2 / 2;
    });
    expect(await methodOf({}, own)).toBe('prodigy');
  });

  it('takes steps that fall to 0 where nothing is known of convexity, and an end is', async () => {
    const own = functionOf(3, 2, (at, g) => {
      g.set(at);
      return ((at[0] as number) ** 2 + (at[1] as number) ** 2) / 2;
    });
    const methodOf = async (settings: MinimizeSumSettings) => (await minimizeSum(own, settings)).method;
    expect(await methodOf({ set: { lower: 1 } })).toBe('prodigy');
    expect(await methodOf({ set: 'simplex' })).toBe('adog'); // adog, whose metric is the Euclidean one
    expect(await methodOf({ initialDistance: 0.1 })).toBe('adog');
    expect(await methodOf({ target: 0 })).toBe('adog');
    expect(await methodOf({ validation: 0.4 })).toBe('adog');
    expect(await methodOf({ maxEpochs: Number.POSITIVE_INFINITY, maxIterations: 2 })).toBe('adog');
  });

  it('ends where it is told to', async () => {
    const aborted = new AbortController();
    aborted.abort();
    expect((await minimizeSum(problem, { signal: aborted.signal })).status).toBe('aborted');
    const tight = await minimizeSum(problem, { tolerance: 1e-300 });
    expect(tight.status).not.toBe('solved');
    await expect(minimizeSum(problem, { tolerance: -1 })).rejects.toThrow('tolerance = -1');
    await expect(minimizeSum(problem, { seed: 0.5 })).rejects.toThrow('seed = 0.5');
  });
});
