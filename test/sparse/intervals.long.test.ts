// The coverage of intervals of debiased lassos, over problems drawn anew.
import { expect, it } from 'vitest';
import { debiasedIntervals } from '../../src/sparse/index.js';
import { drawn } from './values.js';

it.each([
  ['gaussian', 60, 90],
  ['binomial', 200, 60],
] as const)('%s: nearly as often as they are to', async (family, rows, columns) => {
  let [covered, count] = [0, 0];
  for (let seed = 1; seed <= 40; ++seed) {
    const { lower, upper } = await debiasedIntervals(drawn(200 + seed, family, rows, columns), {
      family,
      columns: [0, 1, 2, 7, 20],
      seed,
    });
    for (const [k, b] of [0.7, -0.8, 0.7, 0, 0].entries()) {
      covered += Number((lower[k] as number) <= b && b <= (upper[k] as number));
      ++count;
    }
  }
  // A share of 0.95 would have a standard error of 0.015.
  expect(covered / count).toBeGreaterThan(0.89);
});
