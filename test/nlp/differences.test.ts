// Problems of callbacks of which derivatives are missing: what takes their place, what results say of it, and where it looks.
import { setImmediate as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { checkOptimality, SolverError } from '../../src/index.js';
import { type Callbacks, fromCallbacks } from '../../src/nlp/index.js';
import { minimize } from '../flat.js';

/** f = exp(x_0) x_1^2 + x_1 x_2, c = (x_0 x_2, x_1 + x_2^3), with all derivatives. */
const all = {
  n: 3,
  m: 2,
  objective: ([x = 0, y = 0, z = 0]) => Math.exp(x) * y * y + y * z,
  gradient: ([x = 0, y = 0, z = 0], g) => g.set([Math.exp(x) * y * y, 2 * Math.exp(x) * y + z, y]),
  constraints: ([x = 0, y = 0, z = 0], c) => c.set([x * z, y + z ** 3]),
  jacobian: ([x = 0, , z = 0], values) => values.set([z, 0, x, 0, 1, 3 * z * z]),
  hessian: ([x = 0, y = 0, z = 0], [a = 0, b = 0], values) => {
    values.set([Math.exp(x) * y * y, 0, 0, 2 * Math.exp(x) * y, 2 * Math.exp(x), 0, a, 1, 6 * b * z]);
  },
} satisfies Callbacks;
const point = [0.4, -1.3, 0.8];

/** min x_0 + x_1 on the circle of radius sqrt(2): (-1, -1), multiplier 1/2. */
const circle: Callbacks = {
  n: 2,
  m: 1,
  start: [1, -2],
  objective: ([x = 0, y = 0]) => x + y,
  constraints: ([x = 0, y = 0], c) => c.set([x * x + y * y - 2]),
};
const circleGradient: Callbacks['gradient'] = (_, g) => g.fill(1);
const circleJacobian: Callbacks['jacobian'] = ([x = 0, y = 0], values) => values.set([2 * x, 2 * y]);

const near = (found: Float64Array, expected: Float64Array, digits: number) => {
  expect(found.length).toBe(expected.length);
  found.forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k] as number, digits);
  });
};

describe('derivatives that are not given', () => {
  const missing: [string, Partial<Callbacks>][] = [
    ['the Hessian', { hessian: undefined }],
    ['the gradient', { gradient: undefined }],
    ['the Jacobian', { jacobian: undefined }],
    ['all', { gradient: undefined, jacobian: undefined, hessian: undefined }],
  ];
  it.each(missing)('are differences: %s', (_, without) => {
    const [exact, program] = [fromCallbacks(all), fromCallbacks({ ...all, ...without })];
    near(program.gradient(point), exact.gradient(point), 8);
    near(program.jacobian(point).values, exact.jacobian(point).values, 8);
    const digits = 'hessian' in without && 'gradient' in without ? 6 : 7;
    near(program.hessian(point, [2, -1], 0.5).values, exact.hessian(point, [2, -1], 0.5).values, digits);
    near(
      program.hessianProduct(point, [2, -1], [1, 2, 3]),
      exact.hessianProduct(point, [2, -1], [1, 2, 3]),
      digits - 1,
    );
    near(program.jacobianProduct(point, [1, 2, 3]), exact.jacobianProduct(point, [1, 2, 3]), 7);
    near(program.jacobianTransposedProduct(point, [1, 2]), exact.jacobianTransposedProduct(point, [1, 2]), 7);
  });

  it('of a quasi-Newton method are differences when the program is asked', () => {
    const program = fromCallbacks({ ...all, secondDerivatives: 'quasiNewton' });
    near(program.hessian(point, [2, -1]).values, fromCallbacks(all).hessian(point, [2, -1]).values, 7);
    expect(program.derivatives).toEqual({ gradient: 'given', jacobian: 'given', hessian: 'quasiNewton' });
  });

  it.each<[string, Callbacks, object]>([
    [
      'two',
      { ...circle, gradient: circleGradient },
      { gradient: 'given', jacobian: 'differences', hessian: 'quasiNewton' },
    ],
    [
      'one',
      { ...circle, gradient: circleGradient, jacobian: circleJacobian },
      { gradient: 'given', jacobian: 'given', hessian: 'differences' },
    ],
    ['all', circle, { gradient: 'differences', jacobian: 'differences', hessian: 'quasiNewton' }],
    [
      'all, by differences',
      { ...circle, secondDerivatives: 'differences' },
      { gradient: 'differences', jacobian: 'differences', hessian: 'differences' },
    ],
  ])('are said in the result, which is solved: %s', async (_, callbacks, used) => {
    const result = await minimize(fromCallbacks(callbacks));
    expect(result.status, result.message).toBe('solved');
    expect(result.derivatives).toEqual(used);
    near(result.x, Float64Array.of(-1, -1), 6);
    expect(result.multipliers[0]).toBeCloseTo(0.5, 6);
  });

  it('are not spoken of where they are given', async () => {
    const { jacobian, constraints, m, ...rest } = all;
    const program = fromCallbacks({ ...rest, n: 3 });
    expect(program.derivatives).toEqual({ gradient: 'given', hessian: 'given' });
  });

  it('take few values where patterns are known', () => {
    let [values, gradients] = [0, 0];
    const n = 40;
    const places = Array.from({ length: n }, (_, i) => i);
    const program = fromCallbacks({
      n,
      m: n,
      objective: (x) => x.reduce((sum, value) => sum + value ** 4, 0),
      gradient: (x, g) => {
        ++gradients;
        x.forEach((value, j) => {
          g[j] = 4 * value ** 3;
        });
      },
      constraints: (x, c) => {
        ++values;
        c.set(x.map((value) => value * value - 1));
      },
      jacobianEntries: { rows: places, columns: places },
      hessianEntries: { rows: places, columns: places },
    });
    near(program.jacobian(new Float64Array(n).fill(2)).values, new Float64Array(n).fill(4), 7);
    expect(values).toBe(3); // values on both sides of the point and at it
    near(program.hessian(new Float64Array(n).fill(1), new Float64Array(n), 2).values, new Float64Array(n).fill(24), 5);
    expect(gradients).toBe(3);
  });

  it('are taken inside of the bounds', async () => {
    const seen: number[][] = [];
    const program = fromCallbacks({
      ...all,
      gradient: undefined,
      hessian: undefined,
      lower: [0.4, -2, 0],
      upper: [1, -1.3, 0.8 + 1e-9],
      objective: (x) => {
        seen.push([...x]);
        return all.objective(x);
      },
    });
    near(program.gradient(point).subarray(0, 2), fromCallbacks(all).gradient(point).subarray(0, 2), 8);
    program.hessian(point, [1, 1]);
    expect(seen.length).toBeGreaterThan(20);
    for (const [x = 0, y = 0, z = 0] of seen) {
      expect(x >= 0.4 && x <= 1 && y >= -2 && y <= -1.3 && z >= 0 && z <= 0.8 + 1e-9).toBe(true);
    }
  });

  it('name the callback that fails', async () => {
    const throwing = fromCallbacks({
      ...circle,
      constraints: () => {
        throw new Error('not today');
      },
    });
    expect(() => throwing.jacobian([1, 2])).toThrow('constraints threw: not today');
    expect(() => throwing.jacobian([1, 2])).toThrow(SolverError);
    await expect(minimize(throwing)).rejects.toMatchObject({ code: 'CALLBACK_FAILED' });
    const later = fromCallbacks({ ...circle, objective: async () => 1 });
    expect(() => later.gradient([1, 2])).toThrow('objective returned a promise: only a solve waits for those');
  });

  it('wait for promises', async () => {
    const program = fromCallbacks({
      ...circle,
      objective: async (x) => {
        const value = circle.objective(x);
        await pause();
        return value;
      },
    });
    const [later, now] = await Promise.all([minimize(program), minimize(fromCallbacks(circle))]);
    expect(later.x).toEqual(now.x);
  });

  it('are differences of the side where a function is defined', () => {
    const program = fromCallbacks({ n: 1, objective: ([x = 0]) => Math.sqrt(x) + 3 * x });
    expect(program.gradient([1e-7])[0]).toBeGreaterThan(3);
    expect(program.gradient([-1])[0]).toBeNaN();
  });
});

/** Problem 71 of Hock and Schittkowski: 17.0140173 at (1, 4.743, 3.82115, 1.379408). */
const hs071: Callbacks = {
  n: 4,
  m: 2,
  start: [1, 5, 5, 1],
  lower: 1,
  upper: 5,
  objective: ([a = 0, b = 0, c = 0, d = 0]) => a * d * (a + b + c) + c,
  constraints: ([a = 0, b = 0, c = 0, d = 0], values) => values.set([a * b * c * d, a * a + b * b + c * c + d * d]),
  constraintsLower: [25, 40],
  constraintsUpper: [Number.POSITIVE_INFINITY, 40],
};
const hs071Gradient: Callbacks['gradient'] = ([a = 0, b = 0, c = 0, d = 0], g) =>
  g.set([d * (2 * a + b + c), a * d, a * d + 1, a * (a + b + c)]);
const hs071Jacobian: Callbacks['jacobian'] = ([a = 0, b = 0, c = 0, d = 0], values) =>
  values.set([b * c * d, a * c * d, a * b * d, a * b * c, 2 * a, 2 * b, 2 * c, 2 * d]);

describe('quasi-Newton updates', () => {
  it('say nothing of the kind of point', async () => {
    const program = fromCallbacks({
      n: 2,
      start: [1, 0],
      lower: -1,
      upper: 1,
      objective: ([x = 0, y = 0]) => x * x - y * y,
      gradient: ([x = 0, y = 0], values) => values.set([2 * x, -2 * y]),
      secondDerivatives: 'quasiNewton',
    });
    const result = await minimize(program);
    expect(result.status, result.message).toBe('solved');
    expect(result.x[1]).toBe(0); // a saddle, from which no gradient leads away
    expect(result.inertia).toBeUndefined();
  });
});

describe('bounds of callbacks', () => {
  it.each<[string, Partial<Callbacks>]>([
    ['values alone', {}],
    ['values, differences', { secondDerivatives: 'differences' }],
    ['gradients', { gradient: hs071Gradient, jacobian: hs071Jacobian }],
    ['gradients, updates', { gradient: hs071Gradient, jacobian: hs071Jacobian, secondDerivatives: 'quasiNewton' }],
    ['the gradient', { gradient: hs071Gradient }],
  ])('are met by solutions: %s', async (_, more) => {
    const seen: number[] = [];
    const objective: Callbacks['objective'] = (x) => {
      seen.push(...x);
      return hs071.objective(x);
    };
    const program = fromCallbacks({ ...hs071, ...more, objective });
    const result = await minimize(program);
    expect(result.status, result.message).toBe('solved');
    expect(result.objective).toBeCloseTo(17.0140173, 6);
    near(result.x, Float64Array.of(1, 4.7429994, 3.8211503, 1.3794082), 5);
    expect(checkOptimality(program, result.x, result, { tolerance: 1e-7 })).toMatchObject({ ok: true });
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(1 - 1e-8);
    expect(Math.max(...seen)).toBeLessThanOrEqual(5 + 5e-8);
  });

  it('are met where updates are limited to the last, as n is large', async () => {
    const n = 800;
    const target = (i: number) => Math.sin((12 * i) / n);
    const at = (x: Float64Array, i: number) => x[i] as number;
    const program = fromCallbacks({
      n,
      m: 1,
      lower: -0.4,
      upper: 0.8,
      start: new Float64Array(n).fill(0.3),
      objective: (x) =>
        x.reduce((sum, xi, i) => sum + Math.cosh(xi - target(i)) + 5 * (xi - at(x, Math.max(0, i - 1))) ** 2, 0),
      gradient: (x, g) => {
        for (let i = 0; i < n; ++i) {
          g[i] = at(g, i) + Math.sinh(at(x, i) - target(i));
          if (i === 0) continue;
          const slope = 10 * (at(x, i) - at(x, i - 1));
          g[i] = at(g, i) + slope;
          g[i - 1] = at(g, i - 1) - slope;
        }
      },
      constraints: (x, c) => c.set([x.reduce((sum, xi) => sum + xi, 0) / n]),
      jacobian: (_, values) => values.fill(1 / n),
      constraintsLower: 0.1,
      constraintsUpper: 0.2,
    });
    expect(program.derivatives.hessian).toBe('quasiNewton');
    const result = await minimize(program);
    expect(result.status, result.message).toBe('solved');
    expect(result.iterations).toBeLessThan(400);
    expect(checkOptimality(program, result.x, result)).toMatchObject({ ok: true });
    expect(result.activeLower.length + result.activeUpper.length).toBeGreaterThan(n / 10);
  });

  it('are never left with strict bounds', async () => {
    const seen: number[] = [];
    const program = fromCallbacks({
      n: 1,
      start: [2],
      lower: 0,
      objective: ([x = 0]) => {
        seen.push(x);
        return x - 0.5 * Math.sqrt(x);
      },
    });
    const result = await minimize(program, { strictBounds: true });
    expect(result.status, result.message).toBe('solved');
    expect(result.x[0]).toBeCloseTo(0.0625, 6);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
  });

  it('are what was given, where none stands for much', () => {
    const program = fromCallbacks({
      ...all,
      lower: 0,
      upper: [1, 1e20, Number.POSITIVE_INFINITY],
      constraintsLower: [-1, -1e19],
      constraintsUpper: [2, 0],
    });
    const none = Number.POSITIVE_INFINITY;
    expect(program.bounds).toEqual({
      lower: new Float64Array(3),
      upper: Float64Array.of(1, none, none),
      constraintsLower: Float64Array.of(-1, -none),
      constraintsUpper: Float64Array.of(2, 0),
    });
    program.bounds.lower?.fill(7);
    expect(program.bounds.lower).toEqual(new Float64Array(3));
  });

  it('are none and equations by default', () => {
    expect(fromCallbacks(all).bounds).toEqual({});
    expect(fromCallbacks({ ...all, constraintsUpper: 5 }).bounds).toEqual({
      constraintsLower: new Float64Array(2),
      constraintsUpper: Float64Array.of(5, 5),
    });
  });

  it('may be of more constraints than variables', () => {
    const many: Callbacks = { n: 1, m: 3, objective: () => 0, constraints: ([x = 0], c) => c.set([x, 2 * x, x * x]) };
    expect(() => fromCallbacks(many)).toThrow('m = 3: expected no more equations than the n = 1 variables');
    expect(fromCallbacks({ ...many, constraintsUpper: 1 }).jacobian([2]).values).toEqual(expect.any(Float64Array));
  });
});
