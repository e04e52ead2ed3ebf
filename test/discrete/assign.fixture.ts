// The problems by which the contract tests hold `assign` to its promises.
import { type Matrix, matrix } from '../../src/index.js';
import { type Fixture, numbers } from '../contract/problem.js';

/** Costs whose shortest paths go through all rows that have a column (R. E. Machol, M. Wien, Operations Research 24, 1976). */
const products = (_: unknown, { n }: { n: number }) => ({
  rows: n,
  columns: n,
  data: Float64Array.from({ length: n * n }, (__, k) => (Math.floor(k / n) + 1) * ((k % n) + 1)),
});

export const fixture: Fixture = {
  small: {
    solver: 'discrete/assign',
    data: { cost: matrix(6, 8, numbers(48)) },
    build: (_, { cost }: { cost: Matrix }) => cost,
    settings: {},
  },
  endless: { solver: 'discrete/assign', data: { n: 4000 }, build: products, settings: {} },
  deterministic: true,
  objective: 'sometimes',
  wrong: matrix(2, 2, Float64Array.of(1, 1e300, 2, 3)),
};
