// Geometric medians that are known.
import { expect, it } from 'vitest';
import { newFunction } from '../../src/newFamily/index.js';

const corners = [
  [0, 0],
  [1, 0],
  [0, 1],
];
const side = (3 - Math.sqrt(3)) / 6;

it('finds the point of a triangle that sees all sides at the same angle', async () => {
  const { status, center, objective } = await newFunction({ x: corners }, { tolerance: 1e-11 });
  expect(status).toBe('solved');
  expect(center[0]).toBeCloseTo(side, 9);
  expect(center[1]).toBeCloseTo(side, 9);
  expect(objective).toBeCloseTo((Math.SQRT2 * side + 2 * Math.hypot(1 - side, side)) / 3, 9);
});

it('stays with the many where few points are far', async () => {
  const x = [[0], [1], [2], [1e9]];
  const { center } = await newFunction({ x }, { smoothing: 0.1, maxIterations: 100_000 });
  expect(center[0]).toBeGreaterThan(0);
  expect(center[0]).toBeLessThan(3);
});

it('begins at a warm start', async () => {
  const first = await newFunction({ x: corners });
  expect((await newFunction({ x: corners }, { warmStart: first })).iterations).toBe(0);
});

it('refuses a warm start of another length', async () => {
  await expect(newFunction({ x: corners }, { warmStart: { center: [1] } })).rejects.toThrow(
    'warmStart.center: expected 2 numbers, one for each column of x, got 1',
  );
});
