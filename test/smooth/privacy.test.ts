import { expect, it } from 'vitest';
import { privacySpent } from '../../src/smooth/index.js';
import { epsilonByIntegrals } from './accountant.js';

it('has the published values', () => {
  // Abadi et al. 2016, section 5.1: q = 0.01, sigma = 4, delta = 1e-5, 10,000 steps: 1.26.
  expect(privacySpent({ noise: 4, rate: 0.01, steps: 10_000, privacyDelta: 1e-5 })).toBeCloseTo(1.2586, 4);
  expect(privacySpent({ noise: 4, rate: 0.01, steps: 40_000, privacyDelta: 1e-5 })).toBeCloseTo(2.576, 3);
});

it('is that of the Gaussian mechanism where all rows are taken', () => {
  const [noise, steps, privacyDelta] = [20, 10, 1e-6];
  const orders = Array.from({ length: 511 }, (_, k) => k + 2);
  const known = Math.min(...orders.map((a) => (steps * a) / (2 * noise ** 2) + Math.log(1 / privacyDelta) / (a - 1)));
  expect(privacySpent({ noise, rate: 1, steps, privacyDelta })).toBeCloseTo(known, 12);
  // Close to that, where nearly all are.
  expect(privacySpent({ noise, rate: 1 - 1e-9, steps, privacyDelta })).toBeCloseTo(known, 6);
});

it('grows with steps and rate, and falls with the noise', () => {
  const of = (change: object) => privacySpent({ noise: 2, rate: 0.02, steps: 500, privacyDelta: 1e-5, ...change });
  expect(of({ steps: 1000 })).toBeGreaterThan(of({}));
  expect(of({ rate: 0.04 })).toBeGreaterThan(of({}));
  expect(of({ noise: 4 })).toBeLessThan(of({}));
  expect(of({ noise: 0.01 })).toBeGreaterThan(1e3);
  expect(Number.isFinite(of({ noise: 0.01 }))).toBe(true);
});

it('is Infinity where noise is next to none, and by integrals what it is by the series', () => {
  for (const noise of [1e-160, 1e-300]) {
    expect(privacySpent({ noise, rate: 0.1, steps: 10, privacyDelta: 1e-5 })).toBe(Number.POSITIVE_INFINITY);
    expect(privacySpent({ noise, rate: 1, steps: 10, privacyDelta: 1e-5 })).toBeGreaterThan(1e300);
  }
  for (const [noise, rate, steps, privacyDelta] of [
    [0.5, 1, 5, 1e-3],
    [1, 0.1, 30, 1e-5],
    [8, 0.5, 40, 1e-8],
  ] as const) {
    const known = epsilonByIntegrals({ noise, rate, steps }, privacyDelta);
    expect(privacySpent({ noise, rate, steps, privacyDelta }) / known).toBeCloseTo(1, 9);
  }
});

it('is not below 0 of steps that next to nothing is learned from, however many', () => {
  const least = Math.log(1 / 1e-5) / 511;
  expect(privacySpent({ noise: 1e6, rate: 1e-9, steps: 1e15, privacyDelta: 1e-5 })).toBeGreaterThanOrEqual(least);
});

it('says what is wrong', () => {
  const of = (change: object) => () =>
    privacySpent({ noise: 2, rate: 0.02, steps: 500, privacyDelta: 1e-5, ...change });
  expect(of({ noise: 0 })).toThrow(/^noise = 0: expected a finite number > 0$/);
  expect(of({ rate: 2 })).toThrow(/^rate = 2: expected at most 1$/);
  expect(of({ privacyDelta: 1 })).toThrow(/^privacyDelta = 1: expected below 1$/);
  expect(of({ steps: 1.5 })).toThrow(/^steps = 1.5: expected an integer >= 1$/);
  expect(of({ epsilon: 1 })).toThrow(/^unknown member 'epsilon'/);
});
