// Lessons that are known, the distance that falls with each, and greedy teachers beside random ones.
import { describe, expect, it } from 'vitest';
import { teachKernel } from '../../src/contrib/index.js';
import { dot, normals, solved, table } from '../algebra.js';
import { gaussian } from './teachKernel.honesty.js';

const draw = normals(5);
const n = 40;
const x = table(n, 1, (i) => i / 8 + 0.02 * draw());
const y = x.map(([t = 0]) => Math.sin(3 * t) + 0.5 * Math.cos(7 * t));
const K = table(n, n, (i, j) => gaussian(x[i] as number[], x[j] as number[], 0.25));

/** The squared distance of f from f* in the kernel's space: errors^T K^-1 errors. */
function distanceTo(errors: ArrayLike<number>): number {
  const K2 = K.map((row, i) => row.map((value, j) => value + (i === j ? 1e-12 : 0)));
  return dot(errors, solved(K2, Array.from(errors)));
}

it('takes two steps that are known', async () => {
  const kernel = [
    [1, 0.5],
    [0.5, 1],
  ];
  const settings = { kernel: 'precomputed', rate: 1, maxIterations: 2 } as const;
  const { sequence, coefficients, errors } = await teachKernel({ x: kernel, y: [1, 2] }, settings);
  // f = 2 K(x_1, .), which is 1 at x_0: nothing is left there, nor at x_1.
  expect(Array.from(sequence)).toEqual([1]);
  expect(Array.from(coefficients.data)).toEqual([0, 2]);
  expect(Array.from(errors.data)).toEqual([0, 0]);
});

it('comes nearer with every lesson, and predicts what the kernel says', async () => {
  let before = distanceTo(y);
  for (let k = 1; k <= 8; ++k) {
    const { errors } = await teachKernel({ x, y }, { kernelWidth: 0.25, maxIterations: k, tolerance: 0 });
    const reached = distanceTo(errors.data);
    expect(reached).toBeLessThan(before);
    before = reached;
  }
  const { status, predict: _, ...result } = await teachKernel({ x, y }, { kernelWidth: 0.25 });
  expect(status).toBe('solved');
  const again = await teachKernel({ x: K, y }, { kernel: 'precomputed' });
  again.predict(K).data.forEach((value, i) => {
    expect(Math.abs(value - (y[i] as number))).toBeLessThan(1.1e-2 * Math.max(...y.map(Math.abs)));
  });
  const known = await teachKernel({ x, y }, { kernelWidth: 0.25 });
  known.predict(x).data.forEach((value, i) => {
    expect(value - (y[i] as number)).toBeCloseTo(result.errors.data[i] as number, 10);
  });
});

it('needs far fewer lessons from a greedy teacher than from a random one', async () => {
  const greedy = await teachKernel({ x, y }, { kernelWidth: 0.25 });
  const random = await teachKernel(
    { x, y },
    { kernelWidth: 0.25, teacher: 'random', maxIterations: 10 * greedy.iterations },
  );
  expect(greedy.status).toBe('solved');
  expect(random.status).toBe('iterationLimit');
});

it('teaches several learners as the kernel A (x) K says', async () => {
  const A = [
    [2, 1],
    [1, 3],
  ];
  const targets = y.map((value, i) => [value, (i % 5) - 2]);
  const { coefficients, errors, sequence, rate } = await teachKernel(
    { x, y: targets, learners: A },
    { kernelWidth: 0.25, maxIterations: 50, tolerance: 0 },
  );
  // The same by the definition.
  const f = targets.map(() => [0, 0]);
  for (const t of sequence) {
    const error = (f[t] as number[]).map((value, k) => value - (targets[t]?.[k] as number));
    const lesson = A.map((row) => -(rate as number) * dot(row, error));
    f.forEach((known, i) => {
      lesson.forEach((value, k) => {
        known[k] = (known[k] as number) + value * (K[i]?.[t] as number);
      });
    });
  }
  expect(sequence).toHaveLength(50);
  for (const [at, error] of errors.data.entries()) {
    const [i, k] = [Math.floor(at / 2), at % 2];
    expect((f[i]?.[k] as number) - (targets[i]?.[k] as number)).toBeCloseTo(error, 10);
  }
  expect([coefficients.rows, coefficients.columns]).toEqual([n, 2]);
});

it('goes on from earlier coefficients', async () => {
  const first = await teachKernel({ x, y }, { kernelWidth: 0.25, tolerance: 0.1 });
  const whole = await teachKernel({ x, y }, { kernelWidth: 0.25, tolerance: 0.01 });
  const second = await teachKernel({ x, y }, { kernelWidth: 0.25, tolerance: 0.01, warmStart: first });
  expect(first.iterations + second.iterations).toBe(whole.iterations);
});

describe('refuses', () => {
  it.each([
    [
      { x, y },
      { rate: 2 },
      'rate = 2: expected such that rate times the largest K(x, x), 1, times the largest eigenvalue',
    ],
    [
      {
        x,
        y: table(n, 2, draw),
        learners: [
          [1, 0],
          [0, 3],
        ],
      },
      { rate: 0.7 },
      'rate = 0.7: expected',
    ],
    [
      {
        x,
        y: table(n, 2, draw),
        learners: [
          [1, 2],
          [2, 1],
        ],
      },
      {},
      'expected one that is positive semidefinite',
    ],
    [
      {
        x,
        y: table(n, 2, draw),
        learners: [
          [1, 2],
          [0, 1],
        ],
      },
      {},
      'learners[0][1] = 2: expected a symmetric matrix',
    ],
    [{ x, y: [1, 2] }, {}, 'y: expected 40 numbers, one for each row of x, got 2'],
    [{ x, y }, { kernel: 'precomputed' }, 'columns of x = 1: expected as many as rows'],
    [{ x, y }, { kernel: 'cubic' }, "kernel = 'cubic': expected one of"],
    [{ x, y }, { kernelWidth: 0 }, 'kernelWidth = 0: expected'],
  ])('%#', async (data, settings, message) => {
    await expect(teachKernel(data as never, settings as never)).rejects.toThrow(message);
  });
});
