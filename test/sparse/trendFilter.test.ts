// Trends by their conditions of optimality: multipliers made of the residuals here, and the bound that they give.
import { describe, expect, it } from 'vitest';
import { trendFilter } from '../../src/sparse/index.js';
import { Draws } from './values.js';

const at = (values: ArrayLike<number>, k: number): number => values[k] as number;
const stencils = [
  [-1, 1],
  [1, -2, 1],
  [-1, 3, -3, 1],
];

function differences(u: ArrayLike<number>, degree: number): number[] {
  const stencil = stencils[degree] as number[];
  return Array.from({ length: u.length - stencil.length + 1 }, (_, i) =>
    stencil.reduce((sum, c, k) => sum + c * at(u, i + k), 0),
  );
}

function objectiveOf(
  y: ArrayLike<number>,
  u: ArrayLike<number>,
  weights: ArrayLike<number>,
  degree: number,
  lambda: number,
) {
  let sum = 0;
  for (let i = 0; i < y.length; ++i) sum += (at(weights, i) * (at(y, i) - at(u, i)) ** 2) / 2;
  return sum + lambda * differences(u, degree).reduce((total, value) => total + Math.abs(value), 0);
}

/** The value of the dual problem at the multipliers of a trend's residuals, cut to lambda. */
function boundOf(
  y: ArrayLike<number>,
  u: ArrayLike<number>,
  weights: ArrayLike<number>,
  degree: number,
  lambda: number,
) {
  const stencil = stencils[degree] as number[];
  const m = y.length - stencil.length + 1;
  const z: number[] = [];
  for (let j = 0; j < m; ++j) {
    let sum = at(weights, j) * (at(y, j) - at(u, j));
    for (let k = 1; k < stencil.length && k <= j; ++k) sum -= at(stencil, k) * at(z, j - k);
    z.push(sum / at(stencil, 0));
  }
  const cut = z.map((value) => Math.min(lambda, Math.max(-lambda, value)));
  const back = new Float64Array(y.length);
  cut.forEach((value, i) => {
    stencil.forEach((c, k) => {
      back[i + k] = at(back, i + k) + c * value;
    });
  });
  let bound = 0;
  for (let i = 0; i < y.length; ++i) bound += at(back, i) * at(y, i) - at(back, i) ** 2 / at(weights, i) / 2;
  return bound;
}

function signal(n: number, seed: number): Float64Array {
  const draws = new Draws(seed);
  return Float64Array.from(
    { length: n },
    (_, i) => 3 * Math.sin((6 * i) / n) + (i > n / 2 ? 2 : 0) + 0.4 * draws.normal(),
  );
}

describe.each([0, 1, 2])('degree %d', (degree) => {
  it.each([false, true])('has the least objective, weights: %s', async (weighted) => {
    const n = 60;
    const y = signal(n, 3 + degree);
    const weights = y.map((_, i) => (weighted ? 0.5 + (i % 4) : 1));
    const data = weighted ? { y, sampleWeight: weights } : y;
    const lambdas = [0.1, 1, 10, 100];
    const result = await trendFilter(data, { degree, lambdas, tolerance: 1e-9 });
    expect(result.status).toBe('solved');
    expect(result.trends.map(({ lambda }) => lambda)).toEqual([100, 10, 1, 0.1]);
    const scale = objectiveOf(y, (await trendFilter(data, { degree, lambda: 1e9 })).fitted ?? [], weights, degree, 0);
    for (const { lambda, fitted, knots, objective, gap } of result.trends) {
      const found = objectiveOf(y, fitted, weights, degree, lambda);
      expect(Math.abs(found - objective)).toBeLessThanOrEqual(1e-9 * scale);
      expect(gap).toBeLessThanOrEqual(1e-9);
      expect(found - boundOf(y, fitted, weights, degree, lambda)).toBeLessThanOrEqual(1e-5 * scale);
      // Between knots the trend is a polynomial.
      const bends = differences(fitted, degree);
      const most = Math.max(...bends.map(Math.abs));
      bends.forEach((bend, i) => {
        if (!knots.includes(i + degree)) expect(Math.abs(bend)).toBeLessThanOrEqual(1e-3 * most);
      });
    }
    expect(result.trends[0]?.knots.length).toBeLessThan(result.trends[3]?.knots.length ?? 0);
  });

  it('from lambdaMax on it is one polynomial, at 0 the signal', async () => {
    const y = signal(30, 9);
    const { lambdaMax } = await trendFilter(y, { degree, lambda: 1 });
    const whole = await trendFilter(y, { degree, lambda: lambdaMax });
    const bend = differences(whole.fitted ?? [], degree).map(Math.abs);
    expect(Math.max(...bend)).toBeLessThan(1e-9);
    expect(whole.knots).toHaveLength(0);
    const below = await trendFilter(y, { degree, lambda: 0.98 * lambdaMax, tolerance: 1e-10 });
    expect(Math.max(...differences(below.fitted ?? [], degree).map(Math.abs))).toBeGreaterThan(1e-6);
    expect(Array.from((await trendFilter(y, { degree, lambda: 0 })).fitted ?? [])).toEqual(Array.from(y));
  });
});

/** A sum with what rounding leaves of it. */
class Sum {
  #high = 0;
  #low = 0;
  add(value: number): number {
    const sum = this.#high + value;
    const part = sum - this.#high;
    this.#low += this.#high - (sum - part) + (value - part);
    this.#high = sum;
    return this.#high + this.#low;
  }
}

// Of long signals the differences are badly conditioned: multipliers here are sums of sums of the residuals.
it.each([
  [0, 0.1],
  [1, 0.1],
  [1, 1e-3],
  [2, 0.1],
  [2, 1e-3],
  [2, 1e-6],
])('trends of a long signal meet the conditions of a minimum, degree %d, %d of lambdaMax', async (degree, share) => {
  const n = 6000;
  const y = signal(n, 21);
  const { lambdaMax } = await trendFilter(y, { degree, lambda: 1e300 });
  const lambda = share * lambdaMax;
  const { status, fitted = [], knots = [], gap } = await trendFilter(y, { degree, lambda, tolerance: 1e-8 });
  expect(status).toBe('solved');
  expect(gap).toBeLessThanOrEqual(1e-8);
  const sums = Array.from({ length: degree + 1 }, () => new Sum());
  const z = Array.from(y, (value, i) => sums.reduce((sum, each) => each.add(sum), value - at(fitted, i)));
  // Behind its last rows nothing is left of them.
  for (let i = n - degree - 1; i < n; ++i) expect(Math.abs(z[i] as number)).toBeLessThan(1e-4 * lambda);
  expect(Math.max(...z.map(Math.abs)) / lambda).toBeLessThan(1 + 1e-4);
  const bends = differences(fitted, degree);
  expect(knots.length).toBeGreaterThan(1);
  for (const knot of Array.from(knots)) {
    const row = knot - degree;
    expect(Math.abs(z[row] as number) / lambda).toBeCloseTo(1, 3);
    const sign = degree === 1 ? 1 : -1;
    if (Math.abs(bends[row] as number) > 1e-12)
      expect(Math.sign(bends[row] as number)).toBe(sign * Math.sign(z[row] as number));
  }
});

it('finds steps and kinks', async () => {
  const steps = Float64Array.from({ length: 40 }, (_, i) => (i < 15 ? 1 : i < 30 ? -2 : 0.5));
  const { knots, fitted } = await trendFilter(steps, { lambda: 0.5 });
  expect(Array.from(knots ?? [])).toEqual([14, 29]);
  // Each step is smaller by lambda over the length of the pieces beside it.
  expect(fitted?.[0]).toBeCloseTo(1 - 0.5 / 15, 12);
  expect(fitted?.[20]).toBeCloseTo(-2 + 1 / 15, 12);
  expect(fitted?.[39]).toBeCloseTo(0.5 - 0.5 / 10, 12);
  const kink = Float64Array.from({ length: 41 }, (_, i) => Math.abs(i - 20));
  const bent = await trendFilter(kink, { degree: 1, lambda: 1, tolerance: 1e-10 });
  expect(Array.from(bent.knots ?? [])).toEqual([20]);
});

it('arguments are checked', async () => {
  await expect(trendFilter([1, 2, 3], { degree: 3, lambda: 1 })).rejects.toThrow(
    /^degree = 3: expected an integer in \[0, 2\]/,
  );
  await expect(trendFilter([1, 2], { degree: 1, lambda: 1 })).rejects.toThrow(
    /^y.length = 2: expected at least 3 for degree 1$/,
  );
  await expect(trendFilter([1, 2, 3], { lambda: 1, lambdas: [1] })).rejects.toThrow(
    /^lambda = 1: expected none beside lambdas$/,
  );
  await expect(trendFilter([1, 2, 3], {})).rejects.toThrow(/^lambda = undefined: expected a number$/);
  await expect(trendFilter([1, 1e300, 3], { lambda: 1 })).rejects.toThrow(
    /^sum of squares of y = Infinity: expected numbers whose weighted squares have a finite sum$/,
  );
  await expect(trendFilter({ y: [1, 2], sampleWeight: [1, 0] }, { lambda: 1 })).rejects.toThrow(
    /^sampleWeight\[1\] = 0: expected a finite number > 0$/,
  );
});
