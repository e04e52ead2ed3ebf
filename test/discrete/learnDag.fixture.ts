// The problems by which the contract tests hold `learnDag` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

/** Columns that depend on those before them. */
function chained(rows: number, columns: number, seed: number): Float64Array {
  const made = numbers(rows * columns, seed);
  for (let i = 0; i < rows; ++i) {
    for (let j = 2; j < columns; ++j) {
      const k = i * columns + j;
      made[k] = (made[k] as number) + 0.8 * (made[k - 1] as number) - 0.5 * (made[k - 2] as number);
    }
  }
  return made;
}

export const fixture: Fixture = {
  small: {
    solver: 'discrete/learnDag',
    data: { x: matrix(60, 5, chained(60, 5, 1)) },
    settings: {},
  },
  endless: {
    solver: 'discrete/learnDag',
    data: { x: matrix(100, 30, chained(100, 30, 1)) },
    settings: { ...limitless, method: 'orderSearch', restarts: 1_000_000_000 },
  },
  huge: {
    'all graphs': {
      solver: 'discrete/learnDag',
      data: { x: matrix(60, 31, numbers(60 * 31, 4)) },
      settings: { method: 'exact' },
    },
  },
  deterministic: true,
  objective: 'sometimes',
  wrong: {
    x: [
      [1e200, 1],
      [2, 3],
      [3, 3],
    ],
  },
};
