// Claims of the papers about their methods, in the form that shows in a moment: docs/smooth.md names the papers.
import { describe, expect, it } from 'vitest';
import { uniforms } from '../../src/core/random.js';
import { Model, matvec, sub, sumSquares } from '../../src/expressions/index.js';
import { generalizedLinearModel, logisticRegression, minimize } from '../../src/nlp/index.js';
import { type MinimizeSumSettings, minimizeSum } from '../flat.js';
import { functionOf, leastSquares, normals } from './sums.js';

const exact = { precision: 'float64', scaling: 'none' } as const;

describe('DoG and its acceleration', () => {
  const { problem, gap } = leastSquares(200, 40, 1, (j) => (1 + j) ** -0.75);

  it('come near a minimum of least squares without a step size', async () => {
    const gapAfter = async (method: 'dog' | 'adog', steps: number): Promise<number> =>
      gap((await minimizeSum(problem, { ...exact, method, batchSize: 'full', maxEpochs: steps })).x);
    const start = gap(new Float64Array(40));
    // Gaps of adog and those of dog over them, as in the plan of these methods.
    for (const [steps, found, ahead] of [
      [100, 1e-1, 10],
      [400, 1e-4, 100],
      [1600, 2e-7, 0],
    ] as const) {
      const accelerated = await gapAfter('adog', steps);
      expect(accelerated).toBeLessThan(2 * found);
      if (ahead > 0) expect(await gapAfter('dog', steps)).toBeGreaterThan((ahead / 2) * accelerated);
    }
    expect(await gapAfter('dog', 400)).toBeLessThan(2e-2 * start);
  });

  it.each([
    [1, 2e-1 / 2.5e-2],
    [16, 4e-3 / 7e-4],
    [256, 1e-3 / 3e-5],
  ])('differ, the accelerated one being ahead on batches of %d', async (batchSize, ahead) => {
    const noisy = leastSquares(400, 40, 1, (j) => (1 + j) ** -0.9, 0.5);
    const gapOf = async (method: 'adog' | 'dog'): Promise<number> => {
      let mean = 0;
      for (const seed of [1, 2, 3]) {
        const settings = { ...exact, method, batchSize, seed, maxEpochs: 4 * batchSize } as const; // 1600 steps
        mean += noisy.gap((await minimizeSum(noisy.problem, settings)).x) / 3;
      }
      return mean;
    };
    expect(await gapOf('dog')).toBeGreaterThan((ahead / 2) * (await gapOf('adog')));
  });

  it('hardly depend on the first distance', async () => {
    const noisy = leastSquares(400, 10, 3, undefined, 1);
    const gaps: number[] = [];
    const shared = { ...exact, batchSize: 8, sampler: 'replacement', maxEpochs: 40 } as const;
    for (const initialDistance of [1e-8, 1e-6, 1e-4, 1e-2]) {
      gaps.push(noisy.gap((await minimizeSum(noisy.problem, { ...shared, method: 'dog', initialDistance })).x));
    }
    expect(Math.max(...gaps)).toBeLessThan(2 * Math.min(...gaps));
    // Beside the last points of twelve constant steps.
    const plain = { ...shared, method: 'sgdm', momentum: 0, schedule: 'constant' } as const;
    let best = Number.POSITIVE_INFINITY;
    for (let k = 0; k < 12; ++k) {
      const stepSize = 10 ** (-k / 4) / 4;
      best = Math.min(best, noisy.gap((await minimizeSum(noisy.problem, { ...plain, stepSize })).x));
    }
    expect(Math.max(...gaps)).toBeLessThan(2 * best);
    const { x, last } = await minimizeSum(noisy.problem, { ...exact, method: 'dog', batchSize: 8, maxEpochs: 40 });
    expect(noisy.gap(x)).toBeLessThan(0.2 * noisy.gap(last)); // averages always
  });
});

it('a longer first distance helps where columns are correlated, which some rows do not tell', async () => {
  const [rows, columns] = [2000, 20];
  const normal = normals(2);
  const data = Float64Array.from({ length: rows * columns }, normal);
  for (let k = 0; k < data.length; ++k) if (k % columns > 0) data[k] = (data[k] as number) + (data[k - 1] as number);
  const y = Float64Array.from(
    { length: rows },
    (_, i) => Math.sin(data[columns * (i + 1) - 1] as number) + 0.3 * normal(),
  );
  const problem = generalizedLinearModel({ loss: 'squared', x: { data, rows, columns }, y });
  const least = (await minimize(problem)).objective;
  const gapOf = async (settings: MinimizeSumSettings): Promise<number> =>
    ((await minimizeSum(problem, { batchSize: 32, ...settings })).objective as number) - least;
  expect(await gapOf({ initialDistance: 0.1 })).toBeLessThan(0.25 * (await gapOf({})));
});

describe('Prodigy', () => {
  it.each([1e-2, 1, 1e6])('learns the distance %d to a minimum, and goes by no more', async (distance) => {
    // sum_j c_j |x_j - t_j|, whose minimum is at t.
    const target = [1, -0.5, 0.2].map((share) => share * distance);
    const f = functionOf(1, 3, (x, g) => {
      let value = 0;
      for (let j = 0; j < 3; ++j) {
        const off = (x[j] as number) - (target[j] as number);
        value += (j + 1) * Math.abs(off);
        g[j] = (j + 1) * Math.sign(off);
      }
      return value;
    });
    const settings = { ...exact, method: 'prodigy', maxEpochs: 400 } as const;
    const { history } = await minimizeSum(f, { ...settings, schedule: 'constant' });
    for (const { step = 0 } of history) expect(step).toBeLessThanOrEqual(distance * (1 + 1e-9));
    expect(history.at(-1)?.step).toBeGreaterThan(0.1 * distance);
    const { x } = await minimizeSum(f, settings); // the schedule's steps fall to 0
    for (let j = 0; j < 3; ++j)
      expect(Math.abs((x[j] as number) - (target[j] as number))).toBeLessThan(0.02 * distance);
  });
});

describe('normalised descent', () => {
  it('takes few steps where the curvature grows', async () => {
    const f = functionOf(1, 1, (x, g) => {
      const t = x[0] as number;
      g[0] = 4 * t ** 3 + Math.exp(t);
      return t ** 4 + Math.exp(t);
    });
    const steps = async (settings: MinimizeSumSettings): Promise<number> => {
      const { counts, x, status } = await minimizeSum(
        { ...f, start: [10] },
        { ...exact, method: 'normalized', maxEpochs: 20_000, tolerance: 0.1, ...settings },
      );
      expect(status).toBe('solved');
      expect(x[0]).toBeCloseTo(-0.5283, 1);
      return counts.steps;
    };
    // Gamma of the order eps^beta; the plain constant step that is safe takes 82,000 steps.
    expect(await steps({ power: 1, stepSize: 0.0115 })).toBeLessThan(2 * 926);
    expect(await steps({ power: 2 / 3, stepSize: 0.02 })).toBeLessThan(2 * 544);
  });
});

describe('quasar-convex acceleration', () => {
  const [rows, n] = [400, 10];
  const normal = normals(3);
  const A = Float64Array.from({ length: rows * n }, normal);
  const truth = Float64Array.from({ length: n }, normal);
  const dot = (i: number, x: ArrayLike<number>) => {
    let sum = 0;
    for (let j = 0; j < n; ++j) sum += (A[i * n + j] as number) * (x[j] as number);
    return sum;
  };
  const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));
  const target = Float64Array.from({ length: rows }, (_, i) => sigmoid(dot(i, truth)));
  const f = functionOf(rows, n, (x, g, chosen) => {
    let value = 0;
    for (const i of chosen) {
      const s = sigmoid(dot(i, x));
      const error = s - (target[i] as number);
      value += error ** 2 / (2 * chosen.length);
      for (let j = 0; j < n; ++j)
        g[j] = (g[j] as number) + (error * s * (1 - s) * (A[i * n + j] as number)) / chosen.length;
    }
    return value;
  });

  it('is far ahead of descent on a sigmoid', async () => {
    const settings = { ...exact, checkInterval: 1e6 } as const;
    const descent = await minimizeSum(f, { ...settings, method: 'normalized', power: 0, stepSize: 4, maxEpochs: 300 });
    const quick = await minimizeSum(f, {
      ...settings,
      method: 'qagd',
      smoothness: 0.25,
      quasarConvexity: 0.5,
      maxEpochs: 1500,
    });
    expect(quick.objective as number).toBeLessThan(0.01 * (descent.objective as number));
    expect(quick.counts.gradients / quick.counts.steps).toBeLessThan(8);
    // L by doubling instead of one that is known.
    const found = await minimizeSum(f, { ...settings, method: 'qagd', quasarConvexity: 0.5, maxEpochs: 1500 });
    expect(found.objective as number).toBeLessThan(0.01 * (descent.objective as number));
  });
});

describe('OASIS', () => {
  it('finds its step where columns are over four decades', async () => {
    const { problem, gradientNorm } = leastSquares(60, 8, 5, (j) => 10 ** ((4 * j) / 7 - 2));
    const { x, counts } = await minimizeSum(problem, {
      ...exact,
      method: 'oasis',
      batchSize: 'full',
      maxEpochs: 5000,
      tolerance: 1e-10,
    });
    expect(gradientNorm(x)).toBeLessThan(1e-10);
    expect(counts.steps).toBeLessThan(2 * 551);
  });
});

describe('SANIA', () => {
  it('does not depend on the units of the columns', async () => {
    const random = uniforms(4);
    const scales = Float64Array.from({ length: 6 }, () => 10 ** (6 * random() - 3));
    const run = async (scaled: boolean): Promise<number[]> => {
      const { problem } = leastSquares(40, 6, 2, scaled ? (j) => scales[j] as number : undefined, 0);
      const { history } = await minimizeSum(problem, {
        ...exact,
        method: 'sania',
        batchSize: 8,
        maxEpochs: 5,
        trackBest: true,
      });
      return history.map(({ objective = 0 }) => objective);
    };
    const [plain, scaled] = [await run(false), await run(true)];
    plain.forEach((value, k) => {
      expect(scaled[k]).toBeCloseTo(value, 9);
    });
  });

  it('is strong where all losses can be 0, and goes astray where they cannot', async () => {
    const normal = normals(9);
    const [rows, columns] = [500, 10];
    const data = Float64Array.from({ length: rows * columns }, normal);
    const truth = Array.from({ length: columns }, normal);
    const lossesOf = async (noise: number, settings: MinimizeSumSettings) => {
      const y = Array.from({ length: rows }, (_, i) =>
        Number(truth.reduce((t, w, j) => t + w * (data[i * columns + j] as number), noise * normal()) > 0),
      );
      const problem = logisticRegression({ x: { data, rows, columns }, y });
      const { objective, message } = await minimizeSum(problem, {
        ...{ ...exact, batchSize: 16, maxEpochs: 20 },
        ...settings,
      });
      return { objective: objective as number, message, least: (await minimize(problem)).objective };
    };
    const squares = { method: 'sania', squares: 'adamSqr' } as const;
    const separable = await lossesOf(0, squares);
    expect(separable.objective).toBeLessThan(2 * 3.5e-2);
    const adam = await lossesOf(0, { method: 'adam', stepSize: 0.01, schedule: 'constant' });
    expect(adam.objective).toBeGreaterThan(0.14 / 2);
    const noisy = await lossesOf(3, squares);
    expect(noisy.objective).toBeGreaterThan(1.1 * noisy.least);
    expect((await lossesOf(3, { method: 'sania' })).message).toContain('the model of the least loss had no root');
  });
});

describe('clipping', () => {
  it('keeps a step from a cliff short', async () => {
    const cliff = functionOf(1, 1, (x, g) => {
      const t = x[0] as number;
      g[0] = t < 0 ? -1000 : t;
      return t < 0 ? -1000 * t : t ** 2 / 2;
    });
    const last = async (clipNorm?: number) =>
      (
        await minimizeSum(
          { ...cliff, start: [-0.01] },
          {
            ...exact,
            method: 'sgdm',
            momentum: 0,
            stepSize: 0.1,
            schedule: 'constant',
            maxEpochs: 1,
            ...(clipNorm && { clipNorm }),
          },
        )
      ).x[0] as number;
    expect(await last()).toBeGreaterThan(90);
    expect(Math.abs(await last(1))).toBeLessThan(0.2);
  });
});

describe('variance reduction', () => {
  it('converges linearly with a constant step, where plain steps stay at their noise', async () => {
    const { problem, gap } = leastSquares(200, 8, 11, undefined, 1);
    const start = gap(new Float64Array(8));
    const endOf = async (settings: MinimizeSumSettings): Promise<number> =>
      gap((await minimizeSum(problem, { ...exact, stepSize: 0.02, batchSize: 4, ...settings })).x) / start;
    const [few, more] = [
      await endOf({ method: 'svrg', maxEpochs: 30 }),
      await endOf({ method: 'svrg', maxEpochs: 60 }),
    ];
    const plain = await endOf({ method: 'sgdm', momentum: 0, schedule: 'constant', maxEpochs: 60 });
    expect(few).toBeLessThan(1e-4);
    expect(more).toBeLessThan(30 * few ** 2 + 1e-14);
    expect(plain).toBeGreaterThan(1e3 * more);
  });
});

describe('Armijo steps', () => {
  it('decrease the loss at every step over all rows', async () => {
    const { problem } = leastSquares(40, 6, 2, (j) => 10 ** (j / 3 - 1));
    const settings = { ...exact, method: 'armijo', batchSize: 'full', maxEpochs: 60, trackBest: true } as const;
    const { history } = await minimizeSum(problem, settings);
    const losses = history.map(({ objective }) => objective).filter((loss) => loss !== undefined);
    expect(losses.length).toBeGreaterThan(10);
    losses.slice(1).forEach((loss, k) => {
      expect(loss).toBeLessThanOrEqual((losses[k] as number) * (1 + 1e-12));
    });
  });

  it('need no rate on batches of data that can be fitted', async () => {
    const { problem, gap } = leastSquares(100, 8, 12, undefined, 0);
    const { x } = await minimizeSum(problem, { ...exact, method: 'armijo', batchSize: 5, maxEpochs: 150 });
    expect(gap(x)).toBeLessThan(1e-12);
  });
});

describe('two values in place of a gradient', () => {
  const value = (x: Float64Array, rows: Int32Array) =>
    rows.reduce((total, i) => total + ((x[0] as number) - i) ** 2 + ((x[1] as number) + 1) ** 2, 0) / rows.length;

  it('find a minimum', async () => {
    const settings = { ...exact, method: 'twoPoint', batchSize: 'full', maxEpochs: 3000 } as const;
    const { x, objective, gradientNorm } = await minimizeSum({ rows: 5, n: 2, value }, settings);
    expect(x[0]).toBeCloseTo(2, 2);
    expect(x[1]).toBeCloseTo(-1, 2);
    expect(objective).toBeCloseTo(2, 3);
    expect(gradientNorm).toBeUndefined();
    await expect(minimizeSum({ rows: 5, n: 2, value }, { batchSize: 2 })).rejects.toThrow(
      "problem.gradient: expected a function for method 'adog'; 'twoPoint' takes values alone",
    );
  });

  it('are right on average', async () => {
    // Of a linear function g = (3, -2) the estimate is (g . z) z for signs z: its mean over the steps of a fixed length is g.
    const moves = [0, 0];
    const linear = { rows: 1, n: 2, value: (x: Float64Array) => 3 * (x[0] as number) - 2 * (x[1] as number) };
    for (let seed = 0; seed < 40; ++seed) {
      const { last } = await minimizeSum(linear, {
        ...exact,
        method: 'twoPoint',
        perturbation: 0.5,
        maxEpochs: 2,
        initialDistance: 1,
        seed,
      });
      // The first step of DoG is g / ||g||, of length 1: g . z is 5 or 1 in size, with the sign of 3 z_0 - 2 z_1.
      expect(Math.hypot(...last)).toBeCloseTo(1, 12);
      for (const k of [0, 1]) moves[k] = (moves[k] as number) - (last[k] as number) / 40;
    }
    expect(moves[0]).toBeCloseTo(Math.SQRT1_2, 12);
    expect(Math.abs(moves[1] as number)).toBeLessThan(0.5);
  });
});

describe('the penalty of gradients', () => {
  it('adds lambda H g', async () => {
    const scales = [1, 2, 3];
    const f = functionOf(1, 3, (x, g) => {
      for (let j = 0; j < 3; ++j) g[j] = (scales[j] as number) * ((x[j] as number) - 1);
      return x.reduce((total, value, j) => total + ((scales[j] as number) / 2) * (value - 1) ** 2, 0);
    });
    const settings = {
      ...exact,
      method: 'sgdm',
      momentum: 0,
      stepSize: 0.1,
      schedule: 'constant',
      maxEpochs: 1,
    } as const;
    const { x, pieces } = await minimizeSum(f, { ...settings, gradientPenalty: 0.5 });
    expect(pieces).toContain('gradientPenalty');
    x.forEach((value, j) => {
      const h = scales[j] as number;
      expect(value).toBeCloseTo(0.1 * (h + 0.5 * h * h), 6);
    });
    const clipped = await minimizeSum(f, { ...settings, gradientPenalty: 0.5, clipNorm: 1 });
    expect(Math.hypot(...clipped.x)).toBeCloseTo(0.1, 12);
    await expect(minimizeSum(f, { ...exact, method: 'svrg', gradientPenalty: 1 })).rejects.toThrow(
      "gradientPenalty = '1': expected 0 for method 'svrg'",
    );
  });
});

describe('sampling by losses and gradients', () => {
  it('takes the rows of the largest losses, more of them later', async () => {
    const seen: number[][] = [];
    const problem = {
      rows: 40,
      n: 1,
      gradient: (_: Float64Array, rows: Int32Array, g: Float64Array) => {
        seen.push(Array.from(rows));
        g[0] = 1;
        return 0;
      },
      losses: (_: Float64Array, rows: Int32Array, losses: Float64Array) => {
        rows.forEach((i, k) => {
          losses[k] = (7 * i) % 40; // another order than that of the rows
        });
      },
    };
    const settings = { method: 'sgdm', sampler: 'largestLoss', batchSize: 10, maxEpochs: 8 } as const;
    await minimizeSum(problem, settings);
    expect(new Set(seen.slice(0, 4).flat()).size).toBe(40); // the first epoch is of all
    const second = seen.slice(4, 6).flat(); // a share of 1/4 + 3/4 of the two epochs of eight that the rows and their losses have taken
    expect(second.length).toBeGreaterThan(10);
    const least = Math.min(...second.map((i) => (7 * i) % 40));
    expect(new Set(second).size).toBe(40 - least);
  });

  it('takes rows that stand for others', async () => {
    const { problem, gap } = leastSquares(400, 5, 13);
    const settings = {
      ...exact,
      method: 'sgdm',
      stepSize: 0.02,
      sampler: 'coreset',
      batchSize: 8,
      maxEpochs: 60,
    } as const;
    const { x, counts } = await minimizeSum(problem, settings);
    expect(gap(x)).toBeLessThan(1e-2 * gap(new Float64Array(5)));
    // Ten steps of 8 rows on those chosen of 80, of which each is looked at.
    expect(counts.rows / counts.steps).toBeCloseTo(16, 0);
    const own = functionOf(3, 1, () => 0);
    await expect(minimizeSum(own, { sampler: 'coreset', batchSize: 1 })).rejects.toThrow("sampler = 'coreset'");
  });
});

describe('methods of norms', () => {
  it('orthogonalise matrices, and take signs of vectors', async () => {
    const target = [3, -1, 2, 5];
    const f = functionOf(1, 4, (x, g) => {
      let value = 0;
      for (let j = 0; j < 4; ++j) {
        g[j] = (x[j] as number) - (target[j] as number);
        value += (g[j] as number) ** 2 / 2;
      }
      return value;
    });
    const { x } = await minimizeSum(f, {
      ...exact,
      method: 'signSgd',
      momentum: 0,
      stepSize: 0.5,
      schedule: 'constant',
      maxEpochs: 2,
    });
    expect(Array.from(x)).toEqual([1, -1, 1, 1]);
    const euclidean = await minimizeSum(f, {
      ...exact,
      method: 'normSteepest',
      geometry: ['l2'],
      momentum: 0,
      stepSize: 0.5,
      schedule: 'constant',
      maxEpochs: 2,
    });
    expect(Math.hypot(...euclidean.x)).toBeCloseTo(1, 12);
  });
});

describe('decay', () => {
  it('keeps matrices within a ball of the norm in which steps are steepest', async () => {
    const normal = normals(1);
    const matrixOf = (columns: number, factor: number) => ({
      data: Float64Array.from({ length: 100 * columns }, () => factor * normal()),
      rows: 100,
      columns,
    });
    const model = new Model();
    const W = model.variable([6, 4], { start: 0.1 });
    const rows = model.rows({ x: matrixOf(4, 1), y: matrixOf(6, 50) });
    model.minimize(rows.mean(sumSquares(sub(matvec(W, rows.x), rows.y))));
    const settings = { ...exact, method: 'muon', exactPolar: true, schedule: 'constant', batchSize: 'full' } as const;
    const { x } = await minimizeSum(model, { ...settings, stepSize: 0.05, decay: 0.5, maxEpochs: 200 });
    // The largest singular value, by powers of W^T W: at most 1 / decay.
    let v = [1, 1, 1, 1];
    let square = 0;
    for (let k = 0; k < 500; ++k) {
      const u = Array.from({ length: 6 }, (_, i) => v.reduce((t, a, j) => t + a * (x[4 * i + j] as number), 0));
      const w = v.map((_, j) => u.reduce((t, a, i) => t + a * (x[4 * i + j] as number), 0));
      square = Math.hypot(...w);
      v = w.map((a) => a / square);
    }
    expect(Math.sqrt(square)).toBeLessThanOrEqual(2);
    expect(Math.sqrt(square)).toBeGreaterThan(1.9);
  });
});

describe('blocks in turn', () => {
  it('solve a problem with an l1 penalty', async () => {
    const { problem, gap } = leastSquares(60, 10, 7);
    const { x, objective = 0 } = await minimizeSum(problem, {
      ...exact,
      method: 'cyclicBcd',
      coordinateBlocks: 5,
      maxEpochs: 3000,
      lambda: 0,
    });
    expect(gap(x)).toBeLessThan(1e-9);
    const penalised = await minimizeSum(problem, {
      ...exact,
      method: 'cyclicBcd',
      coordinateBlocks: 5,
      maxEpochs: 3000,
      lambda: 10,
    });
    expect(penalised.gradientNorm as number).toBeLessThan(1e-6);
    expect(penalised.objective as number).toBeGreaterThan(objective);
    expect(Array.from(penalised.x).filter((value) => value === 0).length).toBeGreaterThan(0);
  });
});

describe('private steps', () => {
  const { problem } = leastSquares(200, 4, 8);

  it('say what they have cost', async () => {
    const settings = { method: 'dpSgd', noise: 4, batchSize: 2, maxEpochs: 5, stepSize: 0.01 } as const;
    const { privacy, counts } = await minimizeSum(problem, settings);
    expect(counts.steps).toBeGreaterThan(300);
    expect(privacy?.privacyDelta).toBe(1 / 2000);
    expect(privacy?.epsilon).toBeGreaterThan(0.01);
    // Noise and batches differ from run to run, unless they are insecure; then nothing is promised.
    expect((await minimizeSum(problem, settings)).x).not.toEqual((await minimizeSum(problem, settings)).x);
    const known = { ...settings, insecureNoise: true };
    const insecure = await minimizeSum(problem, known);
    expect(insecure.x).toEqual((await minimizeSum(problem, known)).x);
    expect(insecure).not.toHaveProperty('privacy');
  });

  it('refuse what would not be private', async () => {
    await expect(minimizeSum(problem, { method: 'dpSgd', scaling: 'columns' })).rejects.toThrow(
      "scaling = 'columns': expected 'none' for method 'dpSgd'",
    );
    await expect(minimizeSum(problem, { method: 'dpSgd', sampler: 'shuffle' })).rejects.toThrow("sampler = 'shuffle'");
  });
});
