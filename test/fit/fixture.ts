// The problems by which the contract tests hold the family to its promises.
import { type Matrix, matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

export const fixture: Fixture = {
  // Exponentials of rows, with bounds between which further starts are drawn.
  small: {
    solver: 'fit/minimizeSquares',
    data: { A: matrix(12, 3, numbers(36)), y: numbers(12, 2), start: numbers(3, 3) },
    settings: { restarts: 2 },
    build: (
      { model: { Model, exp, matvec, sub } },
      { A, y, start }: { A: Matrix; y: Float64Array; start: Float64Array },
    ) => {
      const model = new Model();
      const b = model.variable(3, { start, lower: -2, upper: 2 });
      return { model, residuals: sub(exp(matvec(A, b)), y) };
    },
  },
  // Runs from as many starts as can be asked for.
  endless: {
    solver: 'fit/minimizeSquares',
    data: { A: matrix(400, 20, numbers(8000)), y: numbers(400, 2) },
    settings: { ...limitless, restarts: 100_000 },
    build: ({ model: { Model, exp, matvec, sub } }, { A, y }: { A: Matrix; y: Float64Array }) => {
      const model = new Model();
      const b = model.variable(20, { lower: -3, upper: 3 });
      return { model, residuals: sub(exp(matvec(A, b)), y) };
    },
  },
  wrong: {
    A: matrix(2, 3, numbers(6)),
    y: Float64Array.of(1, 2),
    start: Float64Array.of(1, 2, 3, 4),
  },
};
