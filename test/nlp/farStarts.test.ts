// Starts far away: gradients there are so large that all errors near the solution are small beside them. The judge is the known minimum.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  at,
  dot,
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
import { checkOptimality } from '../../src/index.js';
import { minimize, type NlpSettings } from '../flat.js';
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

// Beside a bound of 1e12 a slack has steps of 1e-4, beside one of 1e18 of 128. The judge is the vertex that is known, or all vertices.
describe('bounds that are so large that slacks have no digits', () => {
  const sizes = [10, 11, 12, 13, 14, 15, 16, 17, 18];

  it.each(sizes)('min -x, x <= 1e%d', async (digits) => {
    const model = new Model();
    const x = model.variable({ upper: 10 ** digits });
    model.minimize(neg(x));
    expect(await minimize(model)).toMatchObject({ status: 'solved', objective: -(10 ** digits) });
  });

  it.each(sizes)('min -x, 0 <= x <= 1e%d', async (digits) => {
    const model = new Model();
    const x = model.variable({ lower: 0, upper: 10 ** digits });
    model.minimize(neg(x));
    expect(await minimize(model)).toMatchObject({ status: 'solved', objective: -(10 ** digits) });
  });

  it.each(sizes)('min -x - y, x + 2 y <= 1e%d', async (digits) => {
    const model = new Model();
    const x = model.variable(2, { lower: 0, start: 1 });
    model.minimize(neg(sum(x)));
    model.atMost(add(at(x, 0), mul(2, at(x, 1))), 10 ** digits);
    const { status, x: found, message } = await minimize(model);
    expect(status, message).toBe('solved');
    expect([...found].map((value) => value / 10 ** digits)).toEqual([expect.closeTo(1, 12), expect.closeTo(0, 12)]);
  });

  interface Linear {
    costs: Pair;
    lower: Pair;
    upper: Pair;
    rows: { a: Pair; side: number }[];
  }
  type Pair = [number, number];
  const product = ([a, b]: Pair, [x, y]: Pair) => a * x + b * y;

  const whole = (max: number) => fc.integer({ min: 1, max });
  const pair = (max: number) => fc.tuple(whole(max), whole(max));
  const share = fc.constantFrom(1, 0.5, 0.3, Number.POSITIVE_INFINITY);
  const programs: fc.Arbitrary<Linear> = fc
    .record({
      digits: fc.double({ min: 12, max: 18.5, noNaN: true }),
      costs: pair(4),
      lower: fc.tuple(fc.constantFrom(0, Number.NEGATIVE_INFINITY), fc.constantFrom(0, -1)) as fc.Arbitrary<Pair>,
      upper: fc.tuple(share, share) as fc.Arbitrary<Pair>,
      rows: fc.array(fc.record({ a: pair(3), side: fc.constantFrom(1, 0.3, 0.7) }), { maxLength: 2 }),
    })
    .map(({ digits, upper, rows, ...other }) => {
      const size = 10 ** digits;
      const sides = rows.map(({ a, side }) => ({ a, side: side * size }));
      return { ...other, upper: [upper[0] * size, upper[1] * size], rows: sides };
    });

  /** All a x <= side of a program, bounds included. */
  const sidesOf = ({ lower, upper, rows }: Linear) =>
    [
      ...rows,
      { a: [-1, 0] as Pair, side: -lower[0] },
      { a: [0, -1] as Pair, side: -lower[1] },
      { a: [1, 0] as Pair, side: upper[0] },
      { a: [0, 1] as Pair, side: upper[1] },
    ].filter(({ side }) => Number.isFinite(side));

  /** The maximum of the costs over all vertices, infinite where a direction along an edge has no end. */
  function maximum(program: Linear): number {
    const sides = sidesOf(program);
    const largest = Math.max(...sides.map(({ side }) => Math.abs(side)), 1);
    const along = sides.flatMap(({ a }): Pair[] => [
      [-a[1], a[0]],
      [a[1], -a[0]],
    ]);
    const rays: Pair[] = [...along, [1, 0], [0, 1]];
    const recedes = (d: Pair) => sides.every(({ a }) => product(a, d) <= 0);
    if (rays.some((d) => recedes(d) && product(program.costs, d) > 0)) return Number.POSITIVE_INFINITY;
    let best = Number.NEGATIVE_INFINITY;
    for (const p of sides) {
      for (const q of sides) {
        const det = p.a[0] * q.a[1] - p.a[1] * q.a[0];
        const vertex: Pair = [(p.side * q.a[1] - p.a[1] * q.side) / det, (p.a[0] * q.side - p.side * q.a[0]) / det];
        const feasible = det !== 0 && sides.every(({ a, side }) => product(a, vertex) <= side + 1e-12 * largest);
        if (feasible) best = Math.max(best, product(program.costs, vertex));
      }
    }
    return best;
  }

  it('linear programs in two variables: no claim is wrong', async () => {
    const counts = { all: 0, silent: 0 };
    const property = fc.asyncProperty(programs, async (program) => {
      const model = new Model();
      const x = model.variable(2, { lower: program.lower, upper: program.upper, start: 0.5 });
      model.maximize(dot(program.costs, x));
      for (const { a, side } of program.rows) model.atMost(dot(a, x), side);
      const { status, objective } = await minimize(model);
      const best = maximum(program);
      ++counts.all;
      if (status === 'unbounded') expect(best).toBe(Number.POSITIVE_INFINITY);
      else if (status === 'solved') expect(Math.abs(objective - best)).toBeLessThanOrEqual(1e-7 * Math.abs(best));
      else {
        expect(status).toBe('stalled');
        ++counts.silent;
      }
    });
    await fc.assert(property, { numRuns: long ? 3000 : 200, seed: 5 });
    expect(counts.silent).toBeLessThan(0.1 * counts.all);
  });
});
