// The problems by which the contract tests hold `robustMixedModel` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

/** A row of numbers so long that a square matrix of its length has no room, made where it is solved. */
const wideRows = { rows: 2, columns: 400_000 };

const [n, p] = [60, 4];
const x = matrix(n, p, numbers(n * p));

export const fixture: Fixture = {
  small: {
    solver: 'contrib/robustMixedModel',
    data: {
      x,
      y: numbers(n, 3).map((value, i) => value + (x.data[i * p] as number)),
      groups: Array.from({ length: n }, (_, i) => i % 7),
    },
    settings: {},
  },
  endless: {
    solver: 'contrib/robustMixedModel',
    data: { x: matrix(300, 10, numbers(3000)), y: numbers(300, 3) },
    settings: limitless,
  },
  deterministic: true,
  objective: 'sometimes',
  arrays: {
    groups: {
      solver: 'contrib/robustMixedModel',
      data: { x, y: numbers(n, 3), groups: Int32Array.from({ length: n }, (_, i) => i % 5) },
      settings: { intercept: false },
    },
  },
  huge: {
    columns: {
      solver: 'contrib/robustMixedModel',
      data: wideRows,
      build: (_, { rows, columns }: typeof wideRows) => ({
        x: { data: new Float32Array(rows * columns), rows, columns },
        y: new Float64Array(rows),
      }),
      settings: {},
    },
  },
  wrong: { x: [[1e200], [2]], y: [0, 1] },
};
