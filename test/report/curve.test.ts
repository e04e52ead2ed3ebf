// Pages about curves through data: parameters, data and curve with bands, residuals, profiles.
import { describe, expect, it } from 'vitest';
import { fitCurve } from '../../src/fit/index.js';
import { charts, report } from '../../src/report/index.js';

const x = Array.from({ length: 30 }, (_, i) => i / 5);
const y = x.map((t, i) => 4 * Math.exp(-0.6 * t) + 0.1 * Math.sin(17 * i));
const start = { height: 1, rate: 1 };
const fitted = (more = {}) => fitCurve({ x, y, start, curve: 'height * exp(-rate * x)', ...more });

describe('a page about a curve', () => {
  it('has data, curve, bands, residuals and a table of parameters', async () => {
    const fit = await fitted();
    const page = report(fit);
    expect(page).toContain('<h1>Curve through data</h1>');
    expect(
      charts(fit)
        .map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(['Data and curve', 'Residuals against x', 'Residuals against normal quantiles']);
    for (const name of ['curve', '95 % confidence of the curve', '95 % prediction of measurements'])
      expect(page).toContain(`data-series="${name}"`);
    expect(/<bdi>rate<\/bdi><\/td><td><bdi>0\.598/.test(page)).toBe(true);
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('undefined');
  });

  it('has profiles where they are given', async () => {
    const fit = await fitted();
    const profiles = await fit.profiles();
    const page = report(fit, { profiles });
    expect(page).toContain('aria-label="Profile of height"');
    expect(page).toContain('aria-label="Profile of rate"');
    expect(() => report(fit, { profiles: [{ name: 'rate', wrong: 1 }] as never })).toThrow(/unknown member 'wrong'/);
  });

  it('has no bands where there are no errors, nor of measurements whose deviations differ', async () => {
    const without = report(await fitCurve({ x: [1, 2], y: [1, 3], start, curve: 'height * exp(-rate * x)' }));
    expect(without).toContain('data-series="curve"');
    expect(without).not.toContain('95 %');
    const sigma = x.map((_, i) => 0.05 + 0.01 * (i % 3));
    const weighted = report(await fitted({ sigma }));
    expect(weighted).toContain('95 % confidence of the curve');
    expect(weighted).not.toContain('95 % prediction');
  });

  it('of several columns compares data with the curve', async () => {
    const columns = { x, u: x.map((_, i) => i % 4) };
    const fit = await fitted({ x: columns, curve: 'height * exp(-rate * x) + 0 * u' });
    expect(
      charts(fit)
        .map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(['Data against the curve', 'Residuals against x', 'Residuals against u']);
  });
});

describe('profiles', () => {
  it('are lines where the problem is linear', async () => {
    const fit = await fitCurve({ x, y, start: { a: 0, b: 0 }, curve: 'a + b * x' });
    for (const [j, { name, values, t }] of (await fit.profiles()).entries()) {
      expect(name).toBe(fit.names[j]);
      expect(values.length).toBeGreaterThan(15);
      for (const [k, value] of values.entries()) {
        const linear = (value - (fit.x[j] as number)) / (fit.standardErrors?.[j] as number);
        expect(t[k]).toBeCloseTo(linear, 5);
      }
    }
  });

  it('cross the ends of profile intervals', async () => {
    const fit = await fitted();
    const [, { values, t }] = (await fit.profiles({ level: 0.95, steps: 40 })) as never as [
      never,
      Record<'values' | 't', Float64Array>,
    ];
    const { lower, upper } = await fit.interval('rate', { method: 'profile' });
    expect(values[0]).toBeLessThan(lower);
    expect(values.at(-1)).toBeGreaterThan(upper);
    // Between neighbours a profile is nearly a line.
    const at = (value: number) => {
      const k = values.findIndex((each) => each >= value);
      const [x0, x1, t0, t1] = [values[k - 1], values[k], t[k - 1], t[k]] as [number, number, number, number];
      return t0 + ((t1 - t0) * (value - x0)) / (x1 - x0);
    };
    expect(at(upper)).toBeCloseTo(2.048, 2); // Student's t of 28 degrees of freedom
    expect(at(lower)).toBeCloseTo(-2.048, 2);
  });
});
