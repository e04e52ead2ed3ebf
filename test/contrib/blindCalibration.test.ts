// Signals and gains that are known, with noise and without.
import { describe, expect, it } from 'vitest';
import { blindCalibration } from '../../src/contrib/index.js';
import { distance, norm, table } from '../algebra.js';
import { misfit, seenBy, trial } from './blindCalibration.honesty.js';

it.each([
  [0, 1e-13],
  [1e-3, 1.5e-3],
  [1e-2, 1.5e-2],
])('finds 30 unknowns and 40 gains from 6 snapshots, noise %d', async (noise, error) => {
  const { snapshots, signal, gains } = seenBy(40, 30, 6, 0.5, noise, 1);
  const start = await blindCalibration({ snapshots }, { maxIterations: 0 });
  expect(distance(start.signal, signal) / norm(signal)).toBeGreaterThan(0.3);
  const result = await blindCalibration({ snapshots }, { tolerance: noise ? 1e-10 : 1e-15 });
  expect(result.status).toBe('solved');
  expect(distance(result.signal, signal) / norm(signal)).toBeLessThan(error);
  expect(distance(result.gains, gains) / norm(gains)).toBeLessThan(2 * error);
  for (const [k, { objective = Number.NaN }] of result.history.entries()) {
    if (k > 0)
      expect(objective).toBeLessThanOrEqual((result.history[k - 1]?.objective as number) * (1 + 1e-10) + 1e-25);
  }
});

it('keeps gains within bounds, of which some hold', async () => {
  const { snapshots } = seenBy(12, 4, 4, 0.5, 0.01, 3);
  const free = await blindCalibration({ snapshots });
  const gainRange = 0.2;
  const { status, gains, signal } = await blindCalibration({ snapshots }, { gainRange, tolerance: 1e-9 });
  expect(status).toBe('solved');
  expect(Math.max(...Array.from(free.gains, (gain) => Math.abs(gain - 1)))).toBeGreaterThan(gainRange);
  expect(Math.max(...Array.from(gains, (gain) => Math.abs(gain - 1)))).toBeLessThanOrEqual(gainRange + 1e-15);
  expect(Array.from(gains).reduce((sum, gain) => sum + gain, 0) / 12).toBeCloseTo(1, 12);
  // No exchange between two gains that stays within them helps.
  const here = misfit(snapshots, Array.from(signal), Array.from(gains));
  for (let i = 0; i < 12; ++i) {
    for (let j = 0; j < 12; ++j) {
      const moved = Array.from(gains, (gain, k) => gain + (k === i ? 1e-4 : 0) - (k === j ? 1e-4 : 0));
      if (moved.some((gain) => Math.abs(gain - 1) > gainRange)) continue;
      expect(misfit(snapshots, Array.from(signal), moved)).toBeGreaterThanOrEqual(here);
    }
  }
});

it('takes subspaces of signals and gains, with one snapshot', async () => {
  const { snapshots, signal, gains } = seenBy(30, 20, 1, 0, 0, 5);
  const Z = table(20, 2, (i, j) => (j === 0 ? (signal[i] as number) : Math.cos(i)));
  const B = table(30, 2, (i, j) => (j === 0 ? 1 : Math.sin(i)));
  const tilted = gains.map((gain, i) => gain + 0.3 * Math.sin(i));
  const mean = tilted.reduce((sum, gain) => sum + gain, 0) / 30;
  const reports = snapshots.map(({ A, y }) => ({ A, y: y.map((value, i) => (value * (tilted[i] as number)) / mean) }));
  const result = await blindCalibration({ snapshots: reports, signalBasis: Z, gainBasis: B }, { tolerance: 1e-13 });
  expect(result.status).toBe('solved');
  expect(distance(result.signal, signal)).toBeLessThan(1e-6);
  expect(
    distance(
      result.gains,
      tilted.map((gain) => gain / mean),
    ),
  ).toBeLessThan(1e-6);
  expect(result.coefficients).toHaveLength(2);
});

it('ends where the derivatives vanish', async () => {
  for (const seed of [1, 2, 3]) expect(await trial(seed)).toEqual({ status: 'solved', wrong: [] });
});

describe('refuses', () => {
  const { snapshots } = seenBy(4, 2, 2, 0.1, 0, 1);
  const [first = { A: [], y: [] }] = snapshots;
  it.each([
    [{ snapshots: [] }, {}, 'snapshots: expected at least one snapshot'],
    [{ snapshots: 1 }, {}, 'snapshots = 1: expected an array of snapshots { A, y }'],
    [
      { snapshots: [first, { A: [[1, 2]], y: [1] }] },
      {},
      'rows of snapshots[1].A = 1: expected as many as snapshots[0].A has: 4',
    ],
    [{ snapshots: [{ ...first, y: [1] }] }, {}, 'snapshots[0].y: expected 4 numbers'],
    [
      { snapshots, signalBasis: [[1]] },
      {},
      'signalBasis: expected 2 rows, as many as columns of A, and a column, got 1 x 1',
    ],
    [{ snapshots, gainBasis: [[1], [2], [3], [4]] }, {}, 'expected one whose range has the vector of ones'],
    [
      { snapshots, gainBasis: [[1], [1], [1], [1]] },
      { gainRange: 0.5 },
      'gainRange = 0.5: expected nothing where the gains have a basis',
    ],
    [{ snapshots }, { gainRange: 0 }, 'gainRange = 0: expected'],
  ])('%#', async (data, settings, message) => {
    await expect(blindCalibration(data as never, settings as never)).rejects.toThrow(message);
  });
});
