// Curves whose parameters and statistics are known, and what is wrong with arguments.
import { expect, it } from 'vitest';
import { add, exp, mul, neg, square, sub } from '../../src/expressions/index.js';
import { fitCurve, minimizeSquares } from '../../src/fit/index.js';
import { Model } from '../../src/index.js';
import { numbers } from '../contract/problem.js';

const x = Array.from({ length: 20 }, (_, i) => 0.2 * i);
const noise = numbers(20, 5);
const y = x.map((t, i) => 5 * Math.exp(-0.7 * t) + 1 + 0.02 * (noise[i] as number));
const decay = {
  x,
  y,
  start: { a: 1, k: 1, c: 0 },
  curve: ({ a, k, c }: { a: unknown; k: unknown; c: unknown }, t: Float64Array) =>
    add(mul(a as never, exp(neg(mul(k as never, t)))), c as never),
} as const;

it('has the textbook errors of a line', async () => {
  const line = { x: [1, 2, 3, 4], y: [2, 3, 5, 4], start: { a: 0, b: 0 } };
  const fit = await fitCurve({ ...line, curve: ({ a, b }, t) => add(a, mul(b, t)) });
  expect(fit.status).toBe('solved');
  expect(fit.parameters.a).toBeCloseTo(1.5, 10);
  expect(fit.parameters.b).toBeCloseTo(0.8, 10);
  expect(fit.standardErrors?.[1]).toBeCloseTo(Math.sqrt(0.18), 10);
  expect(fit.correlation?.data[1]).toBeCloseTo(-0.45 / Math.sqrt(0.18 * 1.35), 10);
  expect(fit.rSquared).toBeCloseTo(1 - 1.8 / 5, 10);
  expect(fit.degreesOfFreedom).toBe(2);
  // t of 95 % and 2 degrees of freedom: 4.3026527
  const { lower, upper } = await fit.interval('b');
  expect(upper - lower).toBeCloseTo(2 * 4.30265272975 * Math.sqrt(0.18), 8);
  // The sum of squares of a line is quadratic: both intervals are the same.
  const profile = await fit.interval('b', { method: 'profile' });
  expect(profile.lower).toBeCloseTo(lower, 6);
  expect(profile.upper).toBeCloseTo(upper, 6);
  const at = await fit.predict([2.5, 10], { interval: 'confidence' });
  expect(at.values[0]).toBeCloseTo(3.5, 10);
  expect(((at.upper?.[0] as number) - 3.5) / 4.30265272975).toBeCloseTo(Math.sqrt(0.9 / 4), 8);
  const next = await fit.predict([2.5], { interval: 'prediction' });
  expect(((next.upper?.[0] as number) - 3.5) / 4.30265272975).toBeCloseTo(Math.sqrt(0.9 / 4 + 0.9), 8);
});

it('eliminates parameters that enter affinely, and ends at the same point without', async () => {
  const with_ = await fitCurve(decay);
  const without = await fitCurve(decay, { projection: false });
  expect(with_.eliminated).toBe(2);
  expect(without.eliminated).toBe(0);
  expect(with_.status).toBe('solved');
  for (let j = 0; j < 3; ++j) expect(with_.x[j]).toBeCloseTo(without.x[j] as number, 8);
});

it('has a profile at whose ends the sum of squares has grown by what the level says', async () => {
  const fit = await fitCurve(decay);
  const { lower, upper } = await fit.interval('k', { method: 'profile', level: 0.9 });
  expect(lower).toBeLessThan(fit.parameters.k);
  const t = 1.739606726; // Student's t for 90 % and 17 degrees of freedom
  for (const end of [lower, upper]) {
    const fixed = await fitCurve({
      ...decay,
      start: { ...fit.parameters, k: end },
      lower: { k: end },
      upper: { k: end },
    });
    const growth =
      ((fixed.residualSumOfSquares as number) - (fit.residualSumOfSquares as number)) /
      (fit.residualDeviation as number) ** 2;
    expect(Math.sqrt(growth)).toBeCloseTo(t, 4);
  }
});

it('takes functions of numbers, with differences', async () => {
  const exact = await fitCurve(decay);
  const fit = await fitCurve({
    x,
    y,
    start: { a: 1, k: 1, c: 0 },
    rowwise: true,
    curve: ({ a, k, c }, t) => a * Math.exp(-k * t) + c,
  });
  expect(fit.status).not.toBe('numericalError');
  for (let j = 0; j < 3; ++j) expect(fit.x[j]).toBeCloseTo(exact.x[j] as number, 6);
  const { values } = await fit.predict([1]);
  expect(values[0]).toBeCloseTo(fit.parameters.a * Math.exp(-fit.parameters.k) + fit.parameters.c, 12);
});

it('weighs rows by sigma, whose scale matters only where it is absolute', async () => {
  const sigma = x.map((t) => 0.02 + 0.01 * t);
  const fit = await fitCurve({ ...decay, sigma });
  const tenfold = await fitCurve({ ...decay, sigma: sigma.map((s) => 10 * s) });
  const absolute = await fitCurve({ ...decay, sigma: sigma.map((s) => 10 * s), absoluteSigma: true });
  for (let j = 0; j < 3; ++j) {
    expect((tenfold.standardErrors?.[j] as number) / (fit.standardErrors?.[j] as number)).toBeCloseTo(1, 8);
    const unscaled = (fit.standardErrors?.[j] as number) / (fit.residualDeviation as number);
    expect((absolute.standardErrors?.[j] as number) / (10 * unscaled)).toBeCloseTo(1, 8);
  }
});

it('leaves outliers out by a robust loss', async () => {
  const spoilt = y.map((value, i) => (i % 5 === 2 ? value + 8 : value));
  const squared = await fitCurve({ ...decay, y: spoilt });
  const robust = await fitCurve({ ...decay, y: spoilt }, { loss: 'cauchy', lossScale: 0.05 });
  expect(robust.status).toBe('solved');
  expect(Math.abs(robust.parameters.k - 0.7)).toBeLessThan(0.05);
  expect(Math.abs(squared.parameters.c - 1)).toBeGreaterThan(0.5);
  expect(robust.covarianceOf).toBe('sandwich');
  await expect(robust.interval('k', { method: 'profile' })).rejects.toThrow(/loss = .*expected 'squared'/);
});

it('names parameters that the data do not determine', async () => {
  const fit = await fitCurve({ x, y, start: { a: 1, b: 1, c: 0 }, curve: ({ a, b, c }) => add(mul(add(a, b), x), c) });
  expect(Array.from(fit.undetermined, (j) => fit.names[j])).toEqual(['a', 'b']);
  expect(fit.standardErrors).toBeUndefined();
  await expect(fit.interval('a')).rejects.toThrow('the data do not determine a, b');
});

it('begins at several points', async () => {
  const model = new Model();
  const u = model.variable({ start: -2, lower: -4, upper: 4 });
  const residuals = [sub(square(u), 2), mul(0.5, sub(u, 3))] as const;
  const one = await minimizeSquares({ model, residuals: add(mul(residuals[0], [1, 0]), mul(residuals[1], [0, 1])) });
  const best = await minimizeSquares(
    { model, residuals: add(mul(residuals[0], [1, 0]), mul(residuals[1], [0, 1])) },
    { restarts: 9 },
  );
  expect(one.x[0]).toBeLessThan(0);
  expect(best.x[0]).toBeGreaterThan(0);
  expect(best.runs.total).toBe(10);
});

it('says what is wrong with a problem', async () => {
  const fails = (problem: object, text: RegExp | string) =>
    expect(fitCurve({ ...decay, ...problem } as never)).rejects.toThrow(text);
  await fails({ y: [1] }, 'y: expected 20 numbers, one for each row of x, got 1');
  await fails({ sigma: 0 }, 'sigma = 0: expected a finite number > 0');
  await fails({ start: {} }, 'start: expected at least one parameter');
  await fails({ lower: { b: 1 } }, /unknown member 'b'/);
  await fails({ curve: () => Number.NaN }, /curve\(parameters, x\) = NaN: expected an expression/);
  await fails({ curve: ({ a }: { a: never }) => mul(a, [1, 2]) }, /expected 20 numbers, one for each row of x/);
  await fails({ lower: { k: 2 }, upper: { k: 1 } }, /lower|low/);
});
