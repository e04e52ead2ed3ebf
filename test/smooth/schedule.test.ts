import { expect, it } from 'vitest';
import { type ScheduleKind, schedule, scheduleBound } from '../../src/smooth/index.js';
import { uniforms } from '../problems/relu.js';

const T = 400;

/** The step size with the least bound, of sixty from 1e-3 to 1, and that bound. */
function bestOf(kind: ScheduleKind): { stepSize: number; bound: number } {
  const sizes = Array.from({ length: 60 }, (_, k) => 10 ** (-3 + (3 * k) / 59));
  const all = sizes.map((stepSize) => ({ stepSize, bound: scheduleBound(schedule(kind, T, { stepSize })) }));
  return all.reduce((best, each) => (each.bound < best.bound ? each : best));
}

it('bounds have the ratios that were computed for the largest of linear functions', () => {
  const [constant, wsd, linear] = (['constant', 'wsd', 'linear'] as const).map((kind) => bestOf(kind).bound);
  expect((constant as number) / (wsd as number)).toBeCloseTo(0.536 / 0.424, 1);
  expect((linear as number) / (wsd as number)).toBeCloseTo(0.39 / 0.424, 2);
});

it('a constant step of one gives D^2 / (2 eta) + eta G^2 / 2', () => {
  expect(scheduleBound([0.25], { lipschitz: 3, distance: 2 })).toBeCloseTo(4 / 0.5 + (0.25 * 9) / 2, 12);
});

it('the last point of subgradient descent is below the bound', () => {
  const uniform = uniforms(3);
  const n = 8;
  const rows = Array.from({ length: 20 }, () => {
    const row = Array.from({ length: n }, () => 2 * uniform() - 1);
    const norm = Math.hypot(...row);
    return row.map((value) => value / norm);
  });
  // max_i |a_i . x|, whose minimum is 0 at 0, from a point at distance 1.
  for (const kind of ['constant', 'linear', 'wsd', 'cosine', 'sqrt'] as const) {
    const { stepSize, bound } = bestOf(kind);
    const x = new Float64Array(n).fill(1 / Math.sqrt(n));
    const worst = () => {
      const values = rows.map((row) => row.reduce((sum, value, j) => sum + value * (x[j] as number), 0));
      const at = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best] as number) ? i : best), 0);
      return {
        value: Math.abs(values[at] as number),
        g: (rows[at] as number[]).map((entry) => entry * Math.sign(values[at] as number)),
      };
    };
    const steps = schedule(kind, T, { stepSize });
    for (const eta of steps.subarray(0, T - 1)) {
      for (const [j, entry] of worst().g.entries()) x[j] = (x[j] as number) - eta * entry;
    }
    expect(worst().value, kind).toBeLessThanOrEqual(bound);
  }
});

it('schedules are what they say', () => {
  expect(Array.from(schedule('linear', 4))).toEqual([1, 0.75, 0.5, 0.25]);
  expect(Array.from(schedule('wsd', 10, { stepSize: 2 }))).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2, 1]);
  expect(Array.from(schedule('sqrt', 4))).toEqual([1, 1 / Math.sqrt(2), 1 / Math.sqrt(3), 0.5]);
  expect(schedule('cosine', 2)[1]).toBeCloseTo(0.5, 15);
  expect(() => schedule('step' as never, 3)).toThrow(/^kind = 'step': expected one of 'constant'/);
  expect(() => schedule('linear', 0)).toThrow(/^steps = 0: expected an integer in \[1, 100000000\]$/);
  expect(() => scheduleBound([0.1, 0])).toThrow(/^stepSizes\[1\] = 0: expected/);
});

it('refuses more steps than there is memory for', () => {
  expect(() => schedule('linear', 2 ** 40)).toThrow('steps = 1099511627776: expected an integer in [1, 100000000]');
});
