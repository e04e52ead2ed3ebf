// The toys' answers, by the conditions that define them, and what each kind of solver asks of the outer contract.
import { expect, it } from 'vitest';
import type { SolveResult } from '../../src/index.js';
import { holdToysTo } from './addon.js';

await holdToysTo(async () => {
  const { fixtures, solve, timeless } = await import('../contract/fixtures.js');
  const { root, sides } = await import('./fixtures.js');
  const small = async <Solution>(name: string, more: Record<string, unknown> = {}) =>
    (await solve((fixtures[name] as (typeof fixtures)[string]).small, more)) as SolveResult & Solution;

  it('a variational inequality has no objective', async () => {
    const { x, map, ...result } = await small<{ x: Float64Array; map: Float64Array }>('variational', {
      tolerance: 1e-12,
    });
    expect(result).not.toHaveProperty('objective');
    for (const report of result.history)
      expect(Object.keys(report).sort()).toEqual(['iteration', 'residual', 'seconds']);
    x.forEach((value, i) => {
      const F = map[i] as number;
      expect(Math.min(value, F)).toBeGreaterThan(-1e-12);
      expect(Math.abs(Math.min(value, F))).toBeLessThan(1e-11);
    });
    expect(x[1]).toBe(0);
    expect(x[0]).toBeCloseTo(0.5, 11);
    expect(x[2]).toBeCloseTo(0.25, 11);
  });

  it('a stochastic method knows its objective at ends of epochs', async () => {
    const { x, history, ...result } = await small<{ x: Float64Array; epoch: number }>('stochastic', {
      tolerance: 1e-10,
    });
    expect(result.status).toBe('solved');
    x.forEach((value, j) => void expect(value).toBeCloseTo(root[j] as number, 8));
    expect(result.iterations).toBe(40 * result.epoch);
    expect(result.evaluations).toBe(result.iterations);
    for (const { iteration, objective, residual, ...report } of history) {
      expect(objective !== undefined).toBe(iteration % 40 === 0);
      expect(residual !== undefined).toBe(iteration % 40 === 0);
      expect(report).toMatchObject({ epoch: Math.floor(iteration / 40), evaluations: iteration });
    }
    const between = await small('stochastic', { maxIterations: 50 });
    expect(between.message).toBe('Stopped at maxIterations after 50 iterations.');
    expect(between).not.toHaveProperty('objective');
  });

  it('a method without derivatives stops at maxEvaluations or at a target', async () => {
    const all = await small<{ x: Float64Array }>('derivativeFree');
    expect(all.status).toBe('solved');
    [0.3, -1.2, 0.7].forEach((center, i) => void expect(all.x[i]).toBeCloseTo(center, 5));
    expect(all.evaluations).toBeGreaterThan(all.iterations);
    const few = await small('derivativeFree', { maxEvaluations: 40 });
    expect(few.status).toBe('evaluationLimit');
    expect(few.evaluations).toBeGreaterThanOrEqual(40);
    expect(few.evaluations).toBeLessThan(40 + 6); // one more round of six directions
    expect(few.message).toMatch(/^Stopped at maxEvaluations after 4\d evaluations in \d+ iterations: residual /);
    const good = await small('derivativeFree', { target: 0.1, checkInterval: 1000 });
    expect(good).toMatchObject({ status: 'solved' });
    expect(good.objective).toBeLessThanOrEqual(0.1);
    expect(good.residual).toBeGreaterThan(1e-6);
    expect(good.iterations).toBeLessThan(all.iterations);
  });

  it('a discrete problem has an incumbent and a bound', async () => {
    const weights = [13, 22, 31, 47, 58, 64, 79, 86, 93, 11];
    const result = await small<{ chosen: Int32Array; value: number; incumbent: number; open: number }>('discrete');
    const best = Array.from({ length: 2 ** 10 }, (_, set) =>
      weights.reduce((sum, weight, i) => sum + (set & (1 << i) ? weight : 0), 0),
    ).filter((sum) => sum <= 250.5);
    expect(result).toMatchObject({ status: 'solved', value: Math.max(...best), objective: -Math.max(...best) });
    expect(weights.reduce((sum, weight, i) => sum + weight * (result.chosen[i] as number), 0)).toBe(result.value);
    let before = Number.NEGATIVE_INFINITY;
    for (const { objective = Number.NaN, lowerBound = Number.NaN } of result.history) {
      expect(lowerBound).toBeLessThanOrEqual(-result.value);
      expect(objective).toBeGreaterThanOrEqual(-result.value);
      expect(lowerBound).toBeGreaterThanOrEqual(before);
      before = lowerBound;
    }
    const half = await small<{ open: number }>('discrete', { maxIterations: 5 });
    expect(half.status).toBe('iterationLimit');
    expect(half.open).toBeGreaterThan(0);
    expect(half.lowerBound).toBeLessThan(half.objective as number);
  });

  it('a logistic regression has no gradient at its minimum', async () => {
    const result = await small<{ coefficients: Float64Array }>('logistic', { tolerance: 1e-10 });
    expect(result.status).toBe('solved');
    const { X, signs } = sides;
    const gradient = Array.from(result.coefficients, (b) => b / 10);
    signs.forEach((sign, i) => {
      const row = X.data.subarray(4 * i, 4 * i + 4);
      const margin = sign * row.reduce((sum, x, j) => sum + x * (result.coefficients[j] as number), 0);
      row.forEach((x, j) => {
        gradient[j] = (gradient[j] as number) - (sign * x) / (1 + Math.exp(margin)) / X.rows;
      });
    });
    for (const entry of gradient) expect(Math.abs(entry)).toBeLessThan(2e-10);
    expect(result.iterations).toBeLessThan(40);
  });

  it('a bilevel problem is solved through solves inside it', async () => {
    const result = await small<{ x: Float64Array; y: Float64Array; innerSteps: number }>('bilevel', {
      tolerance: 1e-9,
    });
    expect(result.status).toBe('solved');
    const [a, c, d] = [1.5, 0.25, 1.25]; // Q = [a c; c d]
    const inverse = ([u = 0, v = 0]: Iterable<number> & { [i: number]: number }) => {
      const [p, q] = [u, v];
      return [(d * p - c * q) / (a * d - c * c), (a * q - c * p) / (a * d - c * c)] as const;
    };
    const { x, y } = result;
    inverse(y).forEach((value, i) => void expect(x[i]).toBeCloseTo(value, 8));
    inverse([(x[0] as number) - 1, (x[1] as number) + 0.5]).forEach((value, i) => {
      expect(value + 0.125 * (y[i] as number)).toBeCloseTo(0, 8);
    });
    expect(result.innerSteps).toBeGreaterThan(2 * result.iterations);
    expect(result.history).toHaveLength(result.iterations + 1); // none of the inner solves
    expect(timeless(await small('bilevel', { tolerance: 1e-9 }))).toEqual(timeless({ ...result }));
  });

  it('an abort ends an inner solve and its outer one', async () => {
    const { endless } = fixtures.bilevel as (typeof fixtures)[string];
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    expect((await solve(endless, { signal: controller.signal })).status).toBe('aborted');
    expect((await solve(endless, { timeLimit: 0.05 })).status).toBe('timeLimit');
  });
});
