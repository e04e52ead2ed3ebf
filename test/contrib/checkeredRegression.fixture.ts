// The problems by which the contract tests hold `checkeredRegression` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

/** A row of numbers so long that a square matrix of its length has no room, made where it is solved. */
const wideRows = { rows: 2, columns: 400_000 };

const [n, p] = [60, 4];
const x = matrix(n, p, numbers(n * p));
const classes = numbers(n, 2).map((noise, i) => Number(noise + 2 * (x.data[i * p] as number) > 0));

export const fixture: Fixture = {
  small: {
    solver: 'contrib/checkeredRegression',
    data: { x, y: classes },
    settings: { lambda: 0.01, restarts: 1 },
  },
  endless: {
    solver: 'contrib/checkeredRegression',
    data: { x: matrix(200, 10, numbers(2000)), y: numbers(200, 3).map((value) => Number(value > 0)) },
    settings: { lambda: 1e-6, restarts: 0, ...limitless },
  },
  objective: 'sometimes',
  huge: {
    columns: {
      solver: 'contrib/checkeredRegression',
      data: wideRows,
      build: (_, { rows, columns }: typeof wideRows) => ({
        x: { data: new Float32Array(rows * columns), rows, columns },
        y: [0, 1],
      }),
      settings: {},
    },
  },
  wrong: { x: [[1e200], [2]], y: [0, 1] },
};
