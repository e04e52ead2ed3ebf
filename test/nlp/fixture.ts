// The problems by which the contract tests hold the family to its promises.
import { type Matrix, matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

export const fixture: Fixture = {
  small: {
    solver: 'nlp/minimize',
    data: { A: matrix(12, 4, numbers(48)), sums: 1 },
    settings: {},
    // The first constraint has its least violation nearby at the start: other starts are tried.
    build: (
      { model: { Model, add, matvec, mul, sumSquares, pow, square, sub, sum } },
      { A, sums }: { A: Matrix; sums: number },
    ) => {
      const model = new Model();
      const x = model.variable();
      const y = model.variable(4);
      model.minimize(add(sumSquares(sub(matvec(A, y), 1)), square(x)));
      model.equal(sub(square(x), mul(50, pow(x, 4))), -1e-3);
      for (let i = 0; i < sums; ++i) model.equal(sum(y), 1);
      return model;
    },
  },
  // Nesterov's variant of Rosenbrock's function: a way that doubles in length with every unknown.
  endless: {
    solver: 'nlp/minimize',
    data: { n: 16 },
    settings: limitless,
    build: ({ model: { Model, add, at, mul, sumSquares, slice, square, sub } }, { n }: { n: number }) => {
      const model = new Model();
      const x = model.variable(n, { start: [-1, ...new Array(n - 1).fill(1)] });
      const off = sub(slice(x, 1), sub(mul(2, square(slice(x, 0, -1))), 1));
      model.minimize(add(mul(0.25, square(sub(at(x, 0), 1))), sumSquares(off)));
      return model;
    },
  },
  // A matrix of another shape than the unknowns.
  wrong: { A: matrix(12, 3, numbers(36)), sums: 1 },
};
