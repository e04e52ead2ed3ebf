// Programs in large units and with minima far away are solved, and what falls for ever is unbounded, by every method that takes them.
import { expect, it } from 'vitest';
import { at, exp, mul, neg, pow, square, sub, sum } from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import { quadraticProgram } from '../../src/nlp/index.js';
import { unboundedClaims } from './unboundedClaims.js';

const free = ['auto', 'interiorPoint', 'lbfgs', 'trustRegion', 'gradientRegularized', 'saddleFree', 'oasis'] as const;
const constrained = ['auto', 'interiorPoint'] as const;

type Variable = ReturnType<Model['variable']>;

/** A program of some variables. */
function program(n: number, options: { lower?: number; upper?: number }, state: (model: Model, x: Variable) => void) {
  return () => {
    const model = new Model();
    state(model, model.variable(n, { ...options, start: 1 }) as unknown as Variable);
    return model;
  };
}
const product = (x: Variable) => mul(mul(at(x, 0), at(x, 1)), at(x, 2));

/** The name, the program, and its least f; that of the greatest volume is a maximum. */
const bounded: [string, () => Model, number][] = [
  ['-x^3 in [0, 1e6]', program(1, { lower: 0, upper: 1e6 }, (m, x) => m.minimize(neg(sum(pow(x, 3))))), -1e18],
  ['-x^4 in [-1e4, 1e4]', program(1, { lower: -1e4, upper: 1e4 }, (m, x) => m.minimize(neg(sum(pow(x, 4))))), -1e16],
  ['-sum x^4 in [0, 2000]^5', program(5, { lower: 0, upper: 2000 }, (m, x) => m.minimize(neg(sum(pow(x, 4))))), -8e13],
  ['-exp(x) in [0, 30]', program(1, { lower: 0, upper: 30 }, (m, x) => m.minimize(neg(sum(exp(x))))), -Math.exp(30)],
  [
    '1e-6 x^4 - x^3',
    program(1, {}, (m, x) => m.minimize(sub(mul(1e-6, sum(pow(x, 4))), sum(pow(x, 3))))),
    1e-6 * 7.5e5 ** 4 - 7.5e5 ** 3,
  ],
];
for (const k of [12, 14, 16, 18, 20, 22, 25]) {
  const flat = program(1, { lower: 0 }, (m, x) => m.minimize(sub(mul(10 ** -k, sum(square(x))), sum(x))));
  bounded.push([`1e-${k} x^2 - x`, flat, -0.25 * 10 ** k]);
}

it.each(bounded)('%s is solved', async (_, make, minimum) => {
  for (const method of free) {
    const { status, objective } = await minimize(make(), { method });
    expect(status, method).toBe('solved');
    expect(Math.abs(objective / minimum - 1), method).toBeLessThanOrEqual(1e-6);
  }
});

it.each<[string, () => Model, number]>([
  [
    'the greatest volume of a box in mm',
    program(3, { lower: 0 }, (m, x) => {
      m.maximize(product(x));
      m.atMost(sum(x), 6e4);
    }),
    8e12,
  ],
  [
    'the greatest product under bounds and a sum',
    program(3, { lower: 0, upper: 1e5 }, (m, x) => {
      m.maximize(product(x));
      m.atMost(sum(x), 2e5);
    }),
    (2e5 / 3) ** 3,
  ],
])('%s is solved', async (_, make, maximum) => {
  for (const method of constrained) {
    const { status, objective } = await minimize(make(), { method });
    expect(status, method).toBe('solved');
    expect(Math.abs(objective / maximum - 1), method).toBeLessThanOrEqual(1e-6);
  }
});

it.each<[string, () => Parameters<typeof minimize>[0], readonly (typeof free)[number][]]>([
  // The others take steps of length 1 at most where nothing is curved.
  ['x', program(1, {}, (m, x) => m.minimize(sum(x))), free.slice(0, 5)],
  ['-x y', program(2, { lower: 0 }, (m, x) => m.minimize(neg(mul(at(x, 0), at(x, 1))))), free],
  ['-x^2 y, y free', program(2, {}, (m, x) => m.minimize(neg(mul(square(at(x, 0)), at(x, 1))))), free],
  [
    '-exp(x), x <= y',
    program(2, { lower: 0 }, (m, x) => {
      m.minimize(neg(exp(at(x, 0))));
      m.atMost(sub(at(x, 0), at(x, 1)), 0);
    }),
    constrained,
  ],
  [
    'a valley of no curvature',
    () =>
      quadraticProgram({
        Q: [
          [1, -3],
          [-3, 9],
        ],
        c: [-1, 0],
        lower: 0,
      }),
    constrained,
  ],
  [
    'x under y >= x^2',
    program(2, {}, (m, x) => {
      m.minimize(at(x, 0));
      m.atLeast(sub(at(x, 1), square(at(x, 0))), 0);
    }),
    constrained,
  ],
])('%s is unbounded', async (_, make, methods) => {
  for (const method of methods) {
    const { status, message } = await minimize(make(), { method });
    expect(status, method).toBe('unbounded');
    expect(message).toMatch(/The objective has no bound along feasible points where x\[\d\].* goes to -?Infinity/);
  }
});

it('a function that falls at a pole goes on, and says how far it came', async () => {
  for (const method of ['interiorPoint', 'trustRegion', 'gradientRegularized'] as const) {
    const model = new Model();
    model.minimize(neg(pow(sub(model.variable({ start: 1 }), 3), -2)));
    const { status, message } = await minimize(model, { method });
    expect(status, method).toBe('stalled');
    expect(message).toMatch(
      /On the way the objective has gone as far as .* in size and x as far as 3, and no direction was found along which/,
    );
  }
});

// The interior-point method once lowered a barrier parameter from infinity, without end.
it('ends where slacks and multipliers leave the range of numbers', async () => {
  const claim = unboundedClaims['programs with a minimum'];
  expect((await claim?.trial(102_358))?.wrong).toEqual([]);
});
