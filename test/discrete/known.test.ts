// Minimisers that are known, and problems that have none.
import { expect, it } from 'vitest';
import { solveDiscrete } from '../../src/discrete/index.js';
import { fixture } from './fixture.js';

const Q = [
  [2, 1],
  [1, 3],
];

it('finds the minimiser', async () => {
  const { status, x, objective } = await solveDiscrete({ Q, c: [-1, -2] }, { tolerance: 1e-10 });
  expect(status).toBe('solved');
  expect(x[0]).toBeCloseTo(0.2, 9);
  expect(x[1]).toBeCloseTo(0.6, 9);
  expect(objective).toBeCloseTo(-0.7, 12);
});

it('ends where Q x + c is 0, by its own numbers', async () => {
  const problem = fixture.small.data as Parameters<typeof solveDiscrete>[0] & { Q: { data: Float64Array } };
  const { x } = await solveDiscrete(problem, { tolerance: 1e-9 });
  for (let i = 0; i < x.length; ++i) {
    const sum = x.reduce((total, value, j) => total + value * (problem.Q.data[i * x.length + j] as number), 0);
    expect(Math.abs(sum + (problem.c[i] as number))).toBeLessThan(1e-8);
  }
});

it('begins at a warm start', async () => {
  const { iterations } = await solveDiscrete({ Q, c: [-1, -2] }, { warmStart: { x: [0.2, 0.6] } });
  expect(iterations).toBe(0);
});

it('says that a Q with a negative eigenvalue has no minimum', async () => {
  const { status } = await solveDiscrete({ Q: [[-1]], c: [1] });
  expect(status).toBe('unbounded');
});
