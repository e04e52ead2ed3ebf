// Problems of the toys: one solver of each kind that the outer contract is for.
import type { Fixture, Problem } from '../contract/problem.js';
import { limitless, numbers } from '../contract/problem.js';

const problem = (name: string, data: object, settings: Record<string, unknown> = {}): Problem => ({
  solver: `toys/${name}`,
  direct: true,
  data,
  settings,
});
/** Steps so short that a solve never arrives. */
const crawling = { ...limitless, checkInterval: 1, stepFactor: 1e-9 };

/** Monotone, as M + M^T is positive definite; x_2 = 0 at the solution. */
const inequality = {
  M: { data: Float64Array.of(2, 1, 0, -1, 3, 0.5, 0, -0.5, 1), rows: 3, columns: 3 },
  q: Float64Array.of(-1, 2, -0.25),
};

/** Rows of a system with a solution: the least value of the sum is 0. */
const A = { data: numbers(160), rows: 40, columns: 4 };
export const root = Float64Array.of(1, -2, 0.5, 3);
const b = Float64Array.from({ length: A.rows }, (_, i) =>
  root.reduce((sum, x, j) => sum + (A.data[4 * i + j] as number) * x, 0),
);

/** Rows and the side of a plane that each lies on, but every seventh row has the other side. */
export const sides = { X: A, signs: b.map((value, i) => (value > 0 === (i % 7 !== 0) ? 1 : -1)) };

/** All of the same value per weight: which come first is drawn. */
const items = Float64Array.of(13, 22, 31, 47, 58, 64, 79, 86, 93, 11);
/** Even weights and an odd capacity: no selection meets the bound, so all are looked at. */
const even = Float64Array.from({ length: 60 }, (_, i) => 1000 + 2 * ((i * 379) % 500));

const bilevel = {
  Q: { data: Float64Array.of(1.5, 0.25, 0.25, 1.25), rows: 2, columns: 2 },
  target: Float64Array.of(1, -0.5),
  weight: 0.125,
};

export const fixtures: Record<string, Fixture> = {
  variational: {
    small: problem('variational', inequality),
    endless: problem('variational', inequality, crawling),
    wrong: { ...inequality, q: Float64Array.of(1) },
    objective: 'never',
  },
  stochastic: {
    small: problem('stochastic', { A, b }, { maxIterations: 10_000 }),
    endless: problem('stochastic', { A, b }, crawling),
    wrong: { A, b: b.subarray(1) },
    objective: 'sometimes',
  },
  derivativeFree: {
    small: problem('derivativeFree', { center: Float64Array.of(0.3, -1.2, 0.7) }),
    endless: problem(
      'derivativeFree',
      { center: Float64Array.of(0.3, -1.2, 0.7) },
      { ...limitless, checkInterval: 1, contraction: 1 },
    ),
    wrong: { center: 'none' },
  },
  discrete: {
    small: problem('discrete', { values: items, weights: items, capacity: 250.5 }, { maxIterations: 100_000 }),
    endless: problem('discrete', { values: even, weights: even, capacity: 44_999 }, { ...limitless, checkInterval: 1 }),
    wrong: { values: items, weights: items.subarray(1), capacity: 1 },
  },
  logistic: {
    small: problem('logistic', sides),
    endless: problem('logistic', sides, crawling),
    wrong: { ...sides, signs: b.subarray(1) },
    deterministic: true,
  },
  bilevel: {
    small: problem('bilevel', bilevel),
    endless: problem('bilevel', bilevel, crawling),
    wrong: { ...bilevel, target: Float64Array.of(1) },
    objective: 'sometimes',
  },
};
