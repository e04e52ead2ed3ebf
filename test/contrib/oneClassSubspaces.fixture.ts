// The problems by which the contract tests hold `oneClassSubspaces` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

/** A row of numbers so long that a square matrix of its length has no room, made where it is solved. */
const wideRows = { rows: 2, columns: 400_000 };

const [n, p] = [60, 4];
const x = matrix(n, p, numbers(n * p));

export const fixture: Fixture = {
  small: { solver: 'contrib/oneClassSubspaces', data: { x }, settings: { tolerance: 1e-3, softness: 0.1 } },
  endless: {
    solver: 'contrib/oneClassSubspaces',
    data: { x: matrix(200, 8, numbers(1600)) },
    settings: { softness: 0, ...limitless },
  },
  objective: 'sometimes',
  huge: {
    columns: {
      solver: 'contrib/oneClassSubspaces',
      data: wideRows,
      build: (_, { rows, columns }: typeof wideRows) => ({
        x: { data: new Float32Array(rows * columns), rows, columns },
      }),
      settings: { dimension: 100_000 },
    },
  },
  wrong: {
    x: [
      [1e200, 1, 1, 1],
      [2, 1, 1, 1],
    ],
  },
};
