// Promises of all methods of minimizeSum.
import { describe, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { generalizedLinearModel, logisticRegression, minimize } from '../../src/nlp/index.js';
import type { MinimizeSumResult } from '../../src/smooth/index.js';
import * as smooth from '../../src/smooth/index.js';
import { numbers } from '../contract/problem.js';
import { type MinimizeSumSettings, minimizeSum } from '../flat.js';
import { leastSquares, lossOf, methods } from './sums.js';

const [rows, columns] = [1200, 5];
const x = { data: numbers(rows * columns), rows, columns };
const y = numbers(rows, 2).map((noise, i) => Number(noise + 2 * (x.data[i * columns] as number) > 0));
const problem = logisticRegression({ x, y, ridge: 0.01 });

/** A result without what differs from run to run. */
const lasting = ({ seconds, history, ...rest }: MinimizeSumResult) => ({
  ...rest,
  history: history.map(({ seconds: _, ...report }) => report),
});

const known = (method: string) => (method === 'dpSgd' ? { insecureNoise: true } : {});

describe.each(methods)('%s', (method) => {
  const settings: MinimizeSumSettings = { method, maxEpochs: 2, seed: 5, ...known(method) };

  it('has the same bits on any number of threads', async () => {
    const one = lasting(await minimizeSum(problem, { ...settings, threads: 1 }));
    expect(lasting(await minimizeSum(problem, { ...settings, threads: 4 }))).toEqual(one);
    expect(one.method).toBe(method);
    expect(Number.isFinite(one.objective)).toBe(true);
  });

  it('goes on as if it had not been broken off', async () => {
    const whole = await minimizeSum(problem, settings);
    const first = await minimizeSum(problem, { ...settings, maxIterations: 1 });
    const rest = await minimizeSum(problem, { ...settings, warmStart: first });
    expect(rest.x).toEqual(whole.x);
    expect(rest.last).toEqual(whole.last);
    expect(rest.counts.steps).toBe(whole.counts.steps);
  });

  it('stays where it is with a step of 0', async () => {
    const known = addon()
      .schema()
      .solvers.minimizeSum?.settings.map(({ name }) => name);
    expect(known).toContain('stepSize');
    const still = await minimizeSum(problem, { ...settings, stepSize: 0 }).catch((error: Error) => error);
    if (still instanceof Error)
      expect(still.message).toMatch(/method\.stepSize: '\w+' does not read it; it belongs to/);
    else expect(Array.from(still.x)).toEqual(new Array(columns).fill(0));
  });

  // SANIA's first steps are of the length of 1 / g_j: on data that cannot be fitted it may never come back (docs/smooth.md).
  it.skipIf(method === 'sania')('reaches a low loss', async () => {
    const { objective = Number.NaN } = await minimizeSum(problem, { ...settings, maxEpochs: 30 });
    expect(objective).toBeLessThan(lossOf('logistic', x, y, 0.01, new Float64Array(columns)).value);
  });
});

describe('a solve', () => {
  it.each(['dog', 'adam', 'sgdm'] as const)(
    'by %s reports how far its last point is from the start',
    async (method) => {
      const settings = { method, maxEpochs: 2, scaling: 'none', precision: 'float64' } as const;
      const { history, last } = await minimizeSum(problem, { ...settings, warmStart: { x: [1, 2, 3, 4, 5] } });
      expect(history.at(-1)?.distance).toBeCloseTo(Math.hypot(...last.map((each, j) => each - (j + 1))), 12);
    },
  );

  it('of all rows agrees with minimize on convex sums', async () => {
    for (const loss of ['logistic', 'squared', 'poisson'] as const) {
      const data = { loss, x, y, ridge: 0.1 };
      const exact = await minimize(generalizedLinearModel(data), { tolerance: 1e-10 });
      const settings = { method: 'qagd', maxEpochs: 20_000, tolerance: 1e-8, checkInterval: 10 } as const;
      const { objective, status, precision, certificate } = await minimizeSum(generalizedLinearModel(data), settings);
      expect(status).toBe('solved');
      expect(precision).toBe('float64');
      expect(Math.abs((objective as number) - exact.objective)).toBeLessThan(1e-10);
      expect(certificate.gap).toBeGreaterThanOrEqual(0);
    }
  });

  it('has objective and gradient of all rows, and a gap that is none too small', async () => {
    const exact = await minimize(problem, { tolerance: 1e-10 });
    const found = await minimizeSum(problem, { maxEpochs: 3 });
    const { value, gradient } = lossOf('logistic', x, y, 0.01, found.x);
    expect(found.status).toBe('epochLimit');
    expect(found.precision).toBe('float32');
    expect(found.objective).toBeCloseTo(value, 12);
    expect(found.gradientNorm).toBeCloseTo(Math.hypot(...gradient), 12);
    const gap = found.gap ?? Number.NaN;
    expect(value - exact.objective).toBeLessThanOrEqual(gap);
    expect(gap).toBeCloseTo(Math.hypot(...gradient) ** 2 / 0.02, 12);
  });

  it('is the same whatever the units of the columns', async () => {
    const scales = [1, 1e3, 1e-3, 10, 100];
    const scaled = { ...x, data: x.data.map((value, k) => value * (scales[k % columns] as number)) };
    const settings = { maxEpochs: 3, precision: 'float64' } as const;
    const plain = await minimizeSum(logisticRegression({ x, y }), settings);
    const other = await minimizeSum(logisticRegression({ x: scaled, y }), settings);
    expect(other.objective as number).toBeCloseTo(plain.objective as number, 10);
    other.x.forEach((value, j) => {
      expect(value * (scales[j] as number)).toBeCloseTo(plain.x[j] as number, 6);
    });
  });

  it('with one row repeated is that of one row', async () => {
    const one = { x: [[1, 2]], y: [0.5] };
    const five = { x: new Array(5).fill([1, 2]), y: new Array(5).fill(0.5) };
    const settings = { method: 'adog', batchSize: 'full', maxEpochs: 40, initialDistance: 0.1 } as const;
    const [a, b] = [
      await minimizeSum(generalizedLinearModel({ loss: 'squared', ...one }), settings),
      await minimizeSum(generalizedLinearModel({ loss: 'squared', ...five }), settings),
    ];
    a.x.forEach((value, j) => {
      expect(b.x[j]).toBeCloseTo(value, 12);
    });
  });

  it('says where it diverged, and returns a point', async () => {
    const { problem: squares } = leastSquares(50, 5, 1);
    const found = await minimizeSum(squares, { method: 'sgdm', stepSize: 1e3, schedule: 'constant', maxEpochs: 1000 });
    expect(found.status).toBe('diverged');
    expect(found.message).toMatch(/^Diverged after .* Try a smaller stepSize than 1000/);
    expect(Array.from(found.x).every(Number.isFinite)).toBe(true);
  });

  it('stops on validation rows with patience, at the best point by them', async () => {
    const { problem: squares, x: A, y: b } = leastSquares(40, 30, 2, undefined, 3);
    const validation = Int32Array.from({ length: 15 }, (_, i) => i);
    const found = await minimizeSum(squares, { validation, patience: 3, maxEpochs: 2000, batchSize: 5 });
    expect(found.status).toBe('stalled');
    expect(found.message).toContain('has not fallen for 3 checks');
    const part = { data: A.data.subarray(0, 15 * 30), rows: 15, columns: 30 };
    expect(found.best?.objective).toBeCloseTo(lossOf('squared', part, b.subarray(0, 15), 0, found.x).value, 10);
  });

  it('takes a method by its name and settings, as its function makes it or as JSON has it', async () => {
    const settings = { maxEpochs: 2, seed: 5 };
    const made = smooth.adam({ beta2: 0.9, stepSize: 0.01 });
    const [one, other] = [
      await smooth.minimizeSum(problem, { ...settings, method: made }),
      await smooth.minimizeSum(problem, { ...settings, method: { kind: 'adam', beta2: 0.9, stepSize: 0.01 } }),
    ];
    expect(one.x).toEqual(other.x);
    expect(one.x).not.toEqual((await smooth.minimizeSum(problem, { ...settings, method: 'adam' })).x);
    expect(one.method).toBe('adam');
  });

  it('keeps within a set', async () => {
    const { problem: squares, solution } = leastSquares(50, 4, 3);
    const ball = await minimizeSum(squares, { set: { radius: 0.1 }, maxEpochs: 20 });
    expect(Math.hypot(...ball.x)).toBeLessThan(0.1 + 1e-6);
    const simplex = await minimizeSum(squares, { method: 'qagd', set: 'simplex', maxEpochs: 3000, tolerance: 1e-6 });
    expect(simplex.status).toBe('solved');
    expect(simplex.x.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    const box = await minimizeSum(squares, { method: 'qagd', set: { lower: 0 }, maxEpochs: 3000, tolerance: 1e-6 });
    expect(box.status).toBe('solved');
    expect(Math.min(...box.x)).toBe(0);
    expect(Math.min(...solution)).toBeLessThan(0);
  });

  it('refuses what a method does not use, with what it does', async () => {
    await expect(minimizeSum(problem, { momentum: 0.5 })).rejects.toThrow(
      "momentum = 0.5: method 'adog' does not use it; it has batchSize, clipNorm, gradientPenalty, initialDistance, sampler",
    );
    await expect(smooth.minimizeSum(problem, { momentum: 0.5 } as never)).rejects.toThrow(
      "'momentum' belongs to a method: method: adam({ momentum: 0.5 })",
    );
    await expect(smooth.minimizeSum(problem, { lr: 0.1, method: 'sgdm' } as never)).rejects.toThrow(
      "unknown setting 'lr': it is called 'stepSize' here; 'stepSize' belongs to a method: method: sgdm({ stepSize: 0.1 })",
    );
    await expect(smooth.minimizeSum(problem, { method: { kind: 'qagd', beta2: 0.9 } } as never)).rejects.toThrow(
      "method.beta2: 'qagd' does not read it; it belongs to adam, amsgrad,",
    );
    expect(() => smooth.adam({ quasarConvexity: 1 } as never)).toThrow("unknown setting 'quasarConvexity'");
    await expect(minimizeSum(problem, { method: 'adam', privacy: 1 } as never)).rejects.toThrow(
      "unknown setting 'privacy'",
    );
    await expect(minimizeSum(problem, { validation: 1.5 })).rejects.toThrow('validation = 1.5');
    await expect(
      minimizeSum(problem, { warmStart: { x: new Float64Array(columns), state: Float64Array.of(1, 2) } }),
    ).rejects.toThrow('warmStart.state');
    await expect(minimizeSum({ rows: 3, n: 2 } as never)).rejects.toThrow('gradient');
    // A method that looks at curvature without products ended the process once.
    await expect(minimizeSum({ rows: 3, n: 2, gradient: () => 0 }, { method: 'oasis' })).rejects.toThrow(
      "problem.hessianVector: expected a function for method 'oasis'",
    );
    await expect(minimizeSum(generalizedLinearModel({ loss: 'squared', x, y, squaredNorm: 1 }))).rejects.toThrow(
      'problem: expected a regression without equations',
    );
  });

  it('names the row of data that single precision cannot hold', async () => {
    const data = {
      loss: 'squared',
      x: { data: new Float64Array(200).fill(1e200), rows: 200, columns: 1 },
      y: new Float64Array(200),
    } as const;
    await expect(minimizeSum(generalizedLinearModel(data), { batchSize: 64 })).rejects.toThrow(
      'x[0][0] = 1e+200: expected a number that single precision holds',
    );
  });

  it('calls functions of the user', async () => {
    const { x: A, y: b, gap } = leastSquares(30, 3, 4);
    const seen: number[] = [];
    const { x: found } = await minimizeSum(
      {
        rows: 30,
        n: 3,
        gradient: (point, chosen, g) => {
          seen.push(chosen.length);
          const some = { data: new Float64Array(3 * chosen.length), rows: chosen.length, columns: 3 };
          chosen.forEach((i, k) => {
            some.data.set(A.data.subarray(3 * i, 3 * i + 3), 3 * k);
          });
          const targets = Array.from(chosen, (i) => b[i] as number);
          const { value, gradient } = lossOf('squared', some, targets, 0, point);
          g.set(gradient);
          return value;
        },
      },
      { batchSize: 10, maxEpochs: 50, initialDistance: 1e-3 }, // which is found on other batches otherwise
    );
    expect(gap(found)).toBeLessThan(0.05);
    expect(new Set(seen.slice(0, 10))).toEqual(new Set([10]));
  });
});

describe('the norm of the gradient', () => {
  it('is finite where only its square is not', async () => {
    const slope = 1e200;
    const gradient = (x: Float64Array, _: Int32Array, g: Float64Array) => {
      g.fill(slope);
      return slope * ((x[0] as number) + (x[1] as number));
    };
    const settings = { method: 'sgdm', stepSize: 1e-300, maxIterations: 1 } as const;
    const { gradientNorm } = await minimizeSum({ rows: 2, n: 2, gradient }, settings);
    expect(gradientNorm).toBeCloseTo(Math.SQRT2 * slope, -190);
    expect(gradientNorm).toBeGreaterThan(slope);
  });
});
