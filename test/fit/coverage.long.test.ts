// The share of profile and linear intervals that have the true parameter, over a thousand drawn data sets.
import { expect, it } from 'vitest';
import { fitCurve } from '../../src/fit/index.js';
import { decay, normals, saturation } from './draws.js';

const sets = 1000;

it.each(Object.entries({ decay, saturation }))('intervals of 95 %% cover 93 to 97 %% of %s', async (_, truth) => {
  const { parameters, value, curve, x, deviation } = truth;
  const names = Object.keys(parameters);
  const covered = new Map<string, number>();
  for (let seed = 1; seed <= sets; ++seed) {
    const noise = normals(x.length, seed);
    const y = x.map((t, i) => value(parameters, t) + deviation * (noise[i] as number));
    const fit = await fitCurve({ x, y, start: parameters, curve });
    expect(fit.status).toBe('solved');
    for (const name of names) {
      for (const method of ['profile', 'linear'] as const) {
        const { lower, upper } = await fit.interval(name, { method });
        const inside = lower <= (parameters[name] as number) && (parameters[name] as number) <= upper;
        covered.set(`${method} ${name}`, (covered.get(`${method} ${name}`) ?? 0) + (inside ? 1 : 0));
      }
    }
  }
  for (const [name, count] of covered) {
    const least = name.startsWith('profile') ? 0.93 : 0.92;
    expect(count / sets, name).toBeGreaterThan(least);
    expect(count / sets, name).toBeLessThan(0.97);
  }
});
