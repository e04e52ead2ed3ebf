import { describe, expect, it } from 'vitest';
import { typeError } from '../../src/core/argumentError.js';
import { minimizeAlong, minimizeByCoordinates } from '../../src/fractional/coordinates.js';
import { nextTurns, withCountedClock } from '../clock.js';

const trap = (x: ArrayLike<number>) => ((x[0] ?? 0) + 2) ** 2 / (Math.abs(3 * (x[0] ?? 0) + 2) + 1);

describe('minimizeByCoordinates', () => {
  it.each([0, -2 / 3, 5, -10])('leaves the critical points of a ratio, from %f', async (start) => {
    const result = await minimizeByCoordinates({ start: [start], objective: trap });
    expect(result.status).toBe('solved');
    expect(result.x[0]).toBeCloseTo(-2, 6);
    expect(result.objective).toBeLessThan(1e-12);
  });

  it('takes the steps it is given, and tells of them', async () => {
    // sum_i (x_i - c_i)^2 / sum_i h_i x_i over x >= 0.1, by the zero of the derivative along a coordinate
    const c = [1, -2, 3];
    const h = [1, 2, 0.5];
    let top = c.reduce((sum, each) => sum + (0.1 - each) ** 2, 0);
    let bottom = h.reduce((sum, each) => sum + 0.1 * each, 0);
    const result = await minimizeByCoordinates(
      {
        start: [0.1, 0.1, 0.1],
        lower: 0.1,
        objective: (x) => {
          const f = c.reduce((sum, each, i) => sum + ((x[i] ?? 0) - each) ** 2, 0);
          return f / h.reduce((sum, each, i) => sum + each * (x[i] ?? 0), 0);
        },
        step: (x, i) => {
          const [ci = 0, hi = 0, u = 0] = [c[i], h[i], x[i]];
          const rest = top - (u - ci) ** 2;
          const beyond = bottom / hi - u; // g = hi (u + beyond)
          const best = -beyond + Math.sqrt((beyond + ci) ** 2 + rest);
          return Math.max(0.1, best) - u;
        },
        moved: (x, i, t) => {
          const u = x[i] ?? 0;
          top += (u - (c[i] ?? 0)) ** 2 - (u - t - (c[i] ?? 0)) ** 2;
          bottom += t * (h[i] ?? 0);
        },
      },
      { tolerance: 1e-10 },
    );
    expect(result.status).toBe('solved');
    const brute = await minimizeByCoordinates({
      start: [1, 1, 1],
      lower: 0.1,
      objective: (x) =>
        c.reduce((sum, each, i) => sum + ((x[i] ?? 0) - each) ** 2, 0) /
        h.reduce((sum, each, i) => sum + each * (x[i] ?? 0), 0),
    });
    expect(result.objective).toBeCloseTo(brute.objective, 9);
    expect(result.objective).toBeCloseTo(top / bottom, 12);
  });

  it('stops when asked to, with the best point so far', async () => {
    const slow = {
      start: new Float64Array(200).fill(1),
      objective: (x: Float64Array) => x.reduce((s, u) => s + u * u, 0),
    };
    const controller = new AbortController();
    let evaluations = 0;
    const aborting = {
      ...slow,
      objective: (x: Float64Array) => {
        if (++evaluations === 1000) controller.abort();
        return slow.objective(x);
      },
    };
    const aborted = await minimizeByCoordinates(aborting, { signal: controller.signal });
    expect(aborted.status).toBe('aborted');
    expect(aborted.objective).toBe(slow.objective(aborted.x));
    const late = await withCountedClock(1, () => minimizeByCoordinates(slow, { timeLimit: 0.03 }));
    expect(late.status).toBe('timeLimit');
    expect(late.objective).toBe(slow.objective(late.x));
    expect(late.objective).toBeLessThan(200); // it looked at the clock between coordinates
    expect((await minimizeByCoordinates(slow, { maxIterations: 0 })).status).toBe('iterationLimit');
  });

  it.each([
    [{ start: [1], objective: 3 }, TypeError, /objective = 3: expected a function/],
    [{ start: [1], objective: () => Number.NaN }, RangeError, /objective\(start\) = NaN/],
    [{ start: [1], objective: trap, lower: 2 }, RangeError, /start\[0\] = 1: expected a number in \[2, Infinity\]/],
    [{ start: [1], objective: trap, upper: [1, 2] }, RangeError, /upper: expected 1 numbers, for shape \[1\], got 2/],
    [{ start: [1], objective: trap, step: () => Number.NaN }, RangeError, /step\(x, 0\) = NaN/],
    [{ start: [], objective: trap }, RangeError, /start: expected at least one number/],
    [{ start: [1], objective: trap, lower: 'a' }, TypeError, /lower = 'a': expected an array of numbers/],
    [{ start: [1], objective: trap, upper: Number.NaN }, RangeError, /upper = NaN: expected a number/],
    [{ start: [1], objective: () => '1' }, TypeError, /objective = '1': expected a number/],
    [
      { start: [1], objective: () => Promise.reject(new Error('x')) },
      TypeError,
      /objective = a promise: expected a number/,
    ],
    [
      { start: [1], objective: trap, step: () => Promise.reject(new Error('x')) },
      RangeError,
      /step\(x, 0\) = a promise: expected a finite number/,
    ],
    [{ start: [1], objective: trap }, TypeError, /signal = an object: expected an AbortSignal/, { signal: {} }],
    [{ start: [1], objective: trap }, TypeError, /onProgress = 1: expected a function/, { onProgress: 1 }],
    [{ start: [1], objective: trap }, TypeError, /unknown setting 'constructor'/, { constructor: 1 }],
  ])('refuses bad input %#', async (problem, kind, message, settings?: object) => {
    const attempt = minimizeByCoordinates(problem as never, settings as never);
    await expect(attempt).rejects.toThrow(kind);
    await expect(attempt).rejects.toThrow(message);
  });
});

describe('minimizeAlong', () => {
  it('finds the better of two valleys, far and near', () => {
    const f = (t: number) => Math.min((t - 1e4) ** 2 * 1e-6 - 1, (t + 1e-3) ** 2);
    expect(minimizeAlong(f).t).toBeCloseTo(1e4, 2);
    expect(minimizeAlong(f, { upper: 100 }).t).toBeCloseTo(-1e-3, 6);
  });

  it('refuses a function that rejects, and nobody hears of the rejection', async () => {
    const lost: unknown[] = [];
    const note = (reason: unknown) => void lost.push(reason);
    process.on('unhandledRejection', note);
    const rejects = async () => {
      throw new Error('late');
    };
    expect(() => minimizeAlong(rejects as never, { lower: 1, upper: 2 })).toThrow(
      typeError('f(1) = a promise: expected a number'),
    );
    await nextTurns(2);
    process.off('unhandledRejection', note);
    expect(lost).toEqual([]);
  });

  it('refuses what is no function and no number', () => {
    expect(() => minimizeAlong(1 as never)).toThrow(typeError('f = 1: expected a function'));
    expect(() => minimizeAlong(Math.abs, null as never)).toThrow(typeError('interval = null: expected an object'));
    expect(() => minimizeAlong(Math.abs, { lower: 'a' as never })).toThrow("lower = 'a': expected a number");
    expect(() => minimizeAlong(Math.abs, { upper: Number.NaN })).toThrow('upper = NaN: expected a number');
    expect(() => minimizeAlong(Math.abs, { scale: 0 })).toThrow('scale = 0: expected a finite number > 0');
  });
});
