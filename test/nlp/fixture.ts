// The problems by which the contract tests hold the family to its promises.
import { type Matrix, matrix, type SparseMatrix } from '../../src/index.js';
import { type Fixture, type Library, limitless, numbers, sparse, wide } from '../contract/problem.js';

type Regression = Parameters<Library['nlp']['generalizedLinearModel']>[0];
type Diagonal = { start: Float64Array; rows: Int32Array; columns: Int32Array };

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
  arrays: {
    regression: {
      solver: 'nlp/minimize',
      data: {
        loss: 'squared',
        x: matrix(40, 3, numbers(120)),
        y: numbers(40, 2),
        sampleWeight: numbers(40, 3).map(Math.abs),
        offset: numbers(40, 4),
        A: matrix(1, 3, numbers(3, 5)),
        b: numbers(1, 6),
      },
      settings: {},
      build: ({ nlp: { generalizedLinearModel } }: Library, data: Regression) => generalizedLinearModel(data),
    },
    'sparse regression': {
      solver: 'nlp/minimize',
      data: {
        loss: 'squared',
        x: sparse('csr', 40, 6),
        y: numbers(40, 2),
        ridge: 0.1,
        A: sparse('csc', 2, 6),
        b: numbers(2, 6),
      },
      settings: {},
      build: ({ nlp: { generalizedLinearModel } }: Library, data: Regression) => generalizedLinearModel(data),
    },
    model: {
      solver: 'nlp/minimize',
      data: { A: sparse('csr', 8, 4), start: numbers(4), lower: new Float64Array(4).fill(-2) },
      settings: {},
      build: (
        { model: { Model, add, matvec, sumSquares, sub } },
        { A, start, lower }: { A: SparseMatrix; start: Float64Array; lower: Float64Array },
      ) => {
        const model = new Model();
        const x = model.variable(4, { start, lower });
        model.minimize(add(sumSquares(sub(matvec(A, x), 1)), sumSquares(x)));
        return model;
      },
    },
    callbacks: {
      solver: 'nlp/minimize',
      data: { start: numbers(2), rows: Int32Array.of(0, 1), columns: Int32Array.of(0, 1) },
      settings: {},
      build: ({ nlp: { fromCallbacks } }: Library, { start, rows, columns }: Diagonal) =>
        fromCallbacks({
          n: 2,
          start,
          hessianEntries: { rows, columns },
          objective: (x) => (x[0] as number) ** 2 + ((x[1] as number) - 1) ** 2,
          gradient: (x, g) => {
            g[0] = 2 * (x[0] as number);
            g[1] = 2 * (x[1] as number) - 2;
          },
          hessian: (_x, _multipliers, values) => {
            values.fill(2);
          },
        }),
    },
  },
  huge: {
    variables: {
      solver: 'nlp/minimize',
      data: { n: 2 ** 31 - 1 },
      settings: {},
      build: ({ model: { Model, sumSquares } }: Library, { n }: { n: number }) => {
        const model = new Model();
        model.minimize(sumSquares(model.variable(n)));
        return model;
      },
    },
    callbacks: {
      solver: 'nlp/minimize',
      data: { n: 1e9 },
      settings: {},
      build: ({ nlp: { fromCallbacks } }: Library, { n }: { n: number }) => fromCallbacks({ n, objective: () => 0 }),
    },
    'callbacks without lists of entries': {
      solver: 'nlp/minimize',
      data: { n: 1e6 },
      settings: {},
      build: ({ nlp: { fromCallbacks } }: Library, { n }: { n: number }) => fromCallbacks({ n, objective: () => 0 }),
    },
    'a grid': {
      solver: 'nlp/minimize',
      data: { side: 16384 },
      settings: {},
      build: ({ nlp: { poissonControl } }: Library, { side }: { side: number }) => poissonControl(side),
    },
    'columns of a regression': {
      solver: 'nlp/minimize',
      data: { loss: 'squared', x: wide, y: [1] },
      settings: {},
      build: ({ nlp: { generalizedLinearModel } }: Library, data: Regression) => generalizedLinearModel(data),
    },
  },
  // A matrix of another shape than the unknowns.
  wrong: { A: matrix(12, 3, numbers(36)), sums: 1 },
};
