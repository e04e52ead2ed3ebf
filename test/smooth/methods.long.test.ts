// What the papers say of their methods, where it takes seconds to show, and a9a.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLibsvm, type SparseMatrix } from '../../src/index.js';
import { logisticRegression, minimize } from '../../src/nlp/index.js';
import { type MinimizeSumSettings, minimizeSum } from '../../src/smooth/index.js';
import { root } from '../house/sources.js';
import { normals } from './sums.js';
import './methods.test.js';

/** Rows of normal numbers with classes by a hyperplane and noise. */
function classes(rows: number, columns: number, seed: number, noise = 1) {
  const normal = normals(seed);
  const data = Float64Array.from({ length: rows * columns }, normal);
  const truth = Array.from({ length: columns }, normal);
  const link = (i: number, w: ArrayLike<number>): number => {
    let t = 0;
    for (let j = 0; j < columns; ++j) t += (data[i * columns + j] as number) * (w[j] as number);
    return t;
  };
  const y = Array.from({ length: rows }, (_, i) => Number(link(i, truth) + noise * normal() > 0));
  return { x: { data, rows, columns }, y, link };
}

describe('OPT-AMSGrad', () => {
  it('needs few steps on a logistic regression', async () => {
    const { x, y } = classes(500, 20, 3);
    const problem = logisticRegression({ x, y, ridge: 0.01 });
    const { objective: least } = await minimize(problem, { tolerance: 1e-12 });
    /** Steps to a gap of 1e-2 by the best of five rates. */
    const stepsOf = async (method: 'optAmsgrad' | 'amsgrad' | 'adam'): Promise<number> => {
      const found: number[] = [];
      for (const stepSize of [0.003, 0.01, 0.03, 0.1, 0.3]) {
        const settings: MinimizeSumSettings = {
          method,
          stepSize,
          schedule: 'constant',
          batchSize: 400,
          scaling: 'none',
        };
        const { status, counts } = await minimizeSum(problem, { ...settings, maxEpochs: 300, target: least + 1e-2 });
        if (status === 'solved') found.push(counts.steps);
      }
      return Math.min(...found);
    };
    const steps = await stepsOf('optAmsgrad');
    expect(steps).toBeLessThan(2 * 65);
    expect(steps).toBeLessThanOrEqual(await stepsOf('amsgrad'));
  });
});

describe('private steps', () => {
  it('cost little accuracy with many rows', async () => {
    const { x, y, link } = classes(8000, 10, 4, 1.5);
    const train = { x: { data: x.data.subarray(0, 60_000), rows: 6000, columns: 10 }, y: y.slice(0, 6000) };
    const problem = logisticRegression(train);
    const accuracy = (w: ArrayLike<number>): number => {
      let right = 0;
      for (let i = 6000; i < 8000; ++i) right += Number(link(i, w) > 0 === (y[i] === 1)) / 2000;
      return right;
    };
    const settings = {
      method: 'dpSgd',
      batchSize: 120,
      maxEpochs: 30,
      stepSize: 0.5,
      schedule: 'linear',
      delta: 1e-5,
    } as const;
    const plain = accuracy((await minimizeSum(problem, { maxEpochs: 30 })).x);
    // 1,500 steps with q = 0.02: epsilon 6.0 and 0.98 for noise of 1 and 4.
    for (const [noise, epsilon, loss] of [
      [1, 6.0, 0.02],
      [4, 0.98, 0.03],
    ] as const) {
      const { x: w, certificate, counts } = await minimizeSum(problem, { ...settings, noise });
      expect(counts.steps).toBeGreaterThan(1400);
      expect(Math.abs((certificate as { epsilon: number }).epsilon / epsilon - 1)).toBeLessThan(0.1);
      expect(accuracy(w)).toBeGreaterThan(plain - loss);
    }
  });
});

const a9a = join(process.env.NONCONVEX_SHARED ?? join(root, '..', 'shared'), 'data', 'a9a.libsvm.gz');

describe.skipIf(!existsSync(a9a))('a9a', () => {
  it('is within 5e-4 of its minimum after eight epochs, in any units', async () => {
    const { x, y } = await readLibsvm(a9a);
    const sparse = x as SparseMatrix;
    const ridge = 1 / sparse.rows;
    const scales = Float64Array.from({ length: sparse.columns }, (_, j) => (j % 2 === 0 ? 1e-3 : 1e3));
    expect(sparse.format).toBe('csr');
    const scaled = {
      ...sparse,
      values: sparse.values.map((value, k) => value * (scales[sparse.indices[k] as number] as number)),
    };
    // The last has another minimum: the same ridge weighs on small columns as it did not before.
    for (const [problem, bound] of [
      [logisticRegression({ x: sparse, y, ridge }), 5e-4],
      [logisticRegression({ x: scaled, y, ridge: scales.map((scale) => ridge * scale ** 2) }), 5e-4],
      [logisticRegression({ x: scaled, y, ridge }), 5e-3],
    ] as const) {
      const { objective: least } = await minimize(problem, { tolerance: 1e-10 });
      let mean = 0;
      for (const seed of [1, 2, 3, 4, 5]) {
        const { objective = Number.NaN } = await minimizeSum(problem, { batchSize: 128, maxEpochs: 8, seed });
        mean += (objective - least) / 5;
      }
      expect(mean).toBeLessThan(bound);
    }
  });
});
