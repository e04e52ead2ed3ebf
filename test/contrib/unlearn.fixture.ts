// The problems by which the contract tests hold `unlearn` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

/** A row of numbers so long that a square matrix of its length has no room, made where it is solved. */
const wideRows = { rows: 2, columns: 400_000 };

const [n, p] = [60, 4];
const x = matrix(n, p, numbers(n * p));
const classes = numbers(n, 2).map((noise, i) => Number(noise + 2 * (x.data[i * p] as number) > 0));

export const fixture: Fixture = {
  small: {
    solver: 'contrib/unlearn',
    data: { x, y: classes, coefficients: new Float64Array(p), intercept: 0.1, rows: [3, 5, 20] },
    settings: { loss: 'logistic', lambda: 0.01 },
  },
  endless: {
    solver: 'contrib/unlearn',
    data: {
      x: matrix(200, 30, numbers(6000)),
      y: numbers(200, 3).map((value) => Number(value > 0)),
      coefficients: numbers(30, 4),
      rows: Int32Array.of(7, 8),
    },
    settings: { loss: 'logistic', lambda: 0.01, ...limitless },
  },
  deterministic: true,
  objective: 'sometimes',
  huge: {
    columns: {
      solver: 'contrib/unlearn',
      data: wideRows,
      build: (_, { rows, columns }: typeof wideRows) => ({
        x: { data: new Float32Array(rows * columns), rows, columns },
        y: new Float64Array(rows),
        coefficients: new Float64Array(columns),
        rows: [0],
      }),
      settings: {},
    },
  },
  wrong: { x: [[1e200], [2]], y: [0, 1], coefficients: [1], rows: [0] },
};
