// Starts far away: gradients there are so large that all errors near the solution are small beside them. The judge is the known minimum.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  at,
  type Expression,
  exp,
  Model,
  mul,
  neg,
  pow,
  square,
  sub,
  sum,
  sumSquares,
} from '../../src/expressions/index.js';
import { checkOptimality, minimize } from '../../src/index.js';
import type { NlpSettings } from '../../src/nlp/index.js';
import { long } from '../long.js';

type Method = NonNullable<NlpSettings['method']>;

const descents: Method[] = ['lbfgs', 'trustRegion', 'gradientRegularized', 'saddleFree', 'oasis'];
const all: Method[] = ['auto', 'interiorPoint', 'exactAugmentedLagrangian', ...descents];

/** Functions of one variable, a start, and the minimum. */
const functions: [string, number, number, (x: Expression<readonly []>) => Expression<readonly []>][] = [
  ['x^4 / 4 - x', 1e4, 1, (x) => sub(mul(1 / 4, pow(x, 4)), x)],
  ['x^6 / 6 - x', 100, 1, (x) => sub(mul(1 / 6, pow(x, 6)), x)],
  ['x^8 / 8 - x', 1000, 1, (x) => sub(mul(1 / 8, pow(x, 8)), x)],
  ['exp(x) - 3 x', 40, Math.log(3), (x) => sub(exp(x), mul(3, x))],
];

const apart = (x: ArrayLike<number>, minimum: number) => Math.abs((x[0] as number) - minimum);

describe.each(functions)('min %s from %d', (_, start, minimum, f) => {
  it.each(all)('by %s', async (method) => {
    const model = new Model();
    model.minimize(f(model.variable({ start })));
    const result = await minimize(model, { method });
    expect(result.status, result.message).toBe('solved');
    expect(apart(result.x, minimum)).toBeLessThan(1e-6);
    expect(checkOptimality(model, result.x, result).ok).toBe(true);
  });

  it('a point a thousandth away is no solution, and the minimum is one', () => {
    const model = new Model();
    model.minimize(f(model.variable({ start })));
    for (const off of [0.125, 1e-3, -1e-3, 1e-6]) expect(checkOptimality(model, [minimum + off], {}).ok).toBe(false);
    expect(checkOptimality(model, [minimum], {}).ok).toBe(true);
  });
});

describe('x^8 = 256 from 1000', () => {
  const build = (objective: boolean) => {
    const model = new Model();
    const x = model.variable({ start: 1000 });
    if (objective) model.minimize(x);
    model.equal(pow(x, 8), 256);
    return model;
  };

  it.each<[Method, boolean]>([
    ['auto', false],
    ['auto', true],
    ['interiorPoint', false],
    ['interiorPoint', true],
    ['exactAugmentedLagrangian', true],
  ])('by %s, with an objective: %s', async (method, objective) => {
    const { status, x } = await minimize(build(objective), { method });
    expect(status).toBe('solved');
    expect(apart(x, 2)).toBeLessThan(1e-6);
  });

  it('the equation misses by 1e-2 at 2.00001, which is no solution', () => {
    const multipliers = [-1 / (8 * 2 ** 7)];
    expect(checkOptimality(build(true), [2.00001], { multipliers }).ok).toBe(false);
    expect(checkOptimality(build(true), [2], { multipliers }).ok).toBe(true);
  });
});

describe('sums of powers, whose minimum is known', () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const terms = fc.array(
    fc.record({ power: fc.constantFrom(4, 6, 8), minimum: number(-3, 3), start: number(-1, 1), weight: number(1, 10) }),
    { minLength: 1, maxLength: 4 },
  );
  /** sum_j w_j ((x_j - s_j)^p / p + (x_j - s_j)^2 / 2 + (x_0 - x_j - s_0 + s_j)^2), with its minimum at s. */
  function build(list: typeof terms extends fc.Arbitrary<infer T> ? T : never, far: number): Model {
    const model = new Model();
    const x = model.variable(list.length, { start: list.map(({ start }) => far * start) });
    const shifted = list.map(({ minimum }, j) => sub(at(x, j), minimum) as Expression<readonly []>);
    const parts = list.map(({ power, weight }, j) => {
      const d = shifted[j] as Expression<readonly []>;
      const own = add(mul(1 / power, pow(d, power)), mul(1 / 2, square(d)));
      return mul(weight, add(own, square(sub(shifted[0] as Expression<readonly []>, d)))) as Expression<readonly []>;
    });
    model.minimize(parts.reduce((a, b) => add(a, b) as Expression<readonly []>));
    return model;
  }

  it.each<Method>(['auto', 'interiorPoint', 'lbfgs', 'trustRegion', 'gradientRegularized', 'saddleFree'])(
    'are solved there by %s',
    async (method) => {
      const property = fc.asyncProperty(terms, fc.integer({ min: 1, max: 4 }), async (list, power) => {
        const model = build(list, 10 ** power);
        const result = await minimize(model, { method });
        expect(result.status, result.message).toBe('solved');
        list.forEach(({ minimum }, j) => {
          expect(Math.abs((result.x[j] as number) - minimum)).toBeLessThan(1e-6 * Math.max(1, Math.abs(minimum)));
        });
      });
      await fc.assert(property, { numRuns: long ? 1000 : 50 });
    },
  );
});

it('an objective in large units is solved as nearly as rounding lets it', async () => {
  const model = new Model();
  const x = model.variable(2, { start: [40, 30] });
  model.minimize(mul(1e10, sum(sub(exp(x), x))));
  const result = await minimize(model);
  expect(result.status, result.message).toBe('solved');
  for (const value of result.x) expect(Math.abs(value)).toBeLessThan(1e-8);
});

// Rows with large sides: what is relaxed in the scaled problem may be much as given. Ipopt's constr_viol_tol is 1e-4.
describe('a solution misses no constraint by more than 1e-4 as given', () => {
  it.each([4, 6, 8, 10])('of a side 1e%d, without polish', async (digits) => {
    const model = new Model();
    const x = model.variable(2, { start: [1, 2] });
    model.minimize(sumSquares(x));
    model.atLeast(add(mul(10 ** (digits / 2), sum(x)), square(at(x, 0))), 10 ** digits);
    const { status, x: found } = await minimize(model, { polish: false });
    expect(status).toBe('solved');
    const [a, b] = found as unknown as [number, number];
    expect(10 ** digits - (10 ** (digits / 2) * (a + b) + a * a)).toBeLessThanOrEqual(1e-4);
  });

  it('is refuted by checkOptimality where it does', () => {
    const model = new Model();
    const x = model.variable({ start: 1 });
    model.minimize(x);
    model.atLeast(mul(1e8, x), 1e8);
    const multipliers = { multipliers: [-1e-8] };
    expect(checkOptimality(model, [1], multipliers).ok).toBe(true);
    expect(checkOptimality(model, [1 - 1e-13], multipliers).ok).toBe(true); // 1e-5
    expect(checkOptimality(model, [1 - 1e-11], multipliers).ok).toBe(false); // 1e-3
  });
});

// Beside a bound of 1e12 a slack has steps of 1e-4.
describe('bounds that are so large that slacks have no digits', () => {
  it.each([10, 11, 12])('min -x, x <= 1e%d', async (digits) => {
    const model = new Model();
    const x = model.variable({ upper: 10 ** digits });
    model.minimize(neg(x));
    expect(await minimize(model)).toMatchObject({ status: 'solved', objective: -(10 ** digits) });
  });
});
