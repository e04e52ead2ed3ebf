// The theorem of the paper: no step raises the sum of the distances.
import { expect, it } from 'vitest';
import { newFunction } from '../../src/newFamily/index.js';
import { normals, table } from '../algebra.js';

it.each([1, 2, 3, 4, 5])('the objective falls with each step, points of seed %i', async (seed) => {
  const x = table(5 + seed, 3, normals(seed));
  const { history } = await newFunction({ x }, { checkInterval: 1, tolerance: 1e-9 });
  const values = history.map(({ objective = Number.NaN }) => objective);
  expect(values.length).toBeGreaterThan(5);
  for (let k = 1; k < values.length; ++k) expect(values[k]).toBeLessThanOrEqual((values[k - 1] as number) + 1e-15);
});
