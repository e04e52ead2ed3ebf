// The problems by which the contract tests hold `minimizeSum` to its promises.
import { type Matrix, matrix, type SparseMatrix } from '../../src/index.js';
import { type Fixture, type Library, limitless, numbers, sparse, wide } from '../contract/problem.js';

type Regression = Parameters<Library['nlp']['generalizedLinearModel']>[0];

const [rows, columns] = [90, 4];
const x = matrix(rows, columns, numbers(rows * columns));
const y = numbers(rows, 2).map((noise, i) => Number(noise + 2 * (x.data[i * columns] as number) > 0));

/** Columns of a model of rows. */
type ModelData = {
  X: Matrix;
  times: SparseMatrix;
  group: Int32Array;
  y: Float64Array;
};

const build = ({ nlp: { generalizedLinearModel } }: Library, data: Regression) => generalizedLinearModel(data);

export const fixture: Fixture = {
  small: {
    solver: 'smooth/minimizeSum',
    data: { loss: 'logistic', x, y, ridge: 0.1 },
    settings: { batchSize: 16, target: 0.6, maxEpochs: 100 },
    build,
  },
  endless: {
    solver: 'smooth/minimizeSum',
    data: {
      loss: 'logistic',
      x: matrix(200, 10, numbers(2000)),
      y: numbers(200, 3).map((value) => Number(value > 0)),
      intercept: true,
    },
    settings: { batchSize: 8, maxEpochs: Number.POSITIVE_INFINITY, ...limitless },
    build,
  },
  objective: 'sometimes',
  arrays: {
    'sparse, weighted': {
      solver: 'smooth/minimizeSum',
      data: {
        loss: 'squared',
        x: sparse('csr', 40, 6),
        y: numbers(40, 2),
        sampleWeight: numbers(40, 3).map(Math.abs),
        offset: numbers(40, 4),
        ridge: 0.1,
      },
      settings: { maxEpochs: 3, batchSize: 8 },
      build,
    },
    'by columns, from a start': {
      solver: 'smooth/minimizeSum',
      data: { loss: 'poisson', x: sparse('csc', 40, 6), y: numbers(40, 2).map(Math.abs), start: numbers(6, 9) },
      settings: { maxEpochs: 3, batchSize: 8, validation: Int32Array.of(3, 5, 9), precision: 'float64' },
      build,
    },
    'model of rows': {
      solver: 'smooth/minimizeSum',
      data: {
        X: matrix(40, 3, numbers(120)),
        times: sparse('csr', 40, 6),
        group: Int32Array.from({ length: 40 }, (_, i) => i % 4),
        y: numbers(40, 5),
      },
      settings: { maxEpochs: 3, batchSize: 8 },
      build: ({ model: { add, dot, Model, mul, row, square, sub, sumSquares, at } }: Library, data: ModelData) => {
        const model = new Model();
        const of = model.rows(data);
        const [w, v] = [model.variable(3, { start: 0.1 }), model.variable(6, { start: 0 })];
        const shift = model.variable([4, 1], { start: 0 });
        const guess = add(add(dot(w, of.X), dot(v, of.times)), at(row(shift, of.group), 0));
        model.minimize(add(of.mean(square(sub(guess, of.y))), mul(0.01, sumSquares(w))));
        return model;
      },
    },
  },
  huge: {
    columns: {
      solver: 'smooth/minimizeSum',
      data: { wide },
      build: ({ nlp: { generalizedLinearModel } }: Library, data: { wide: SparseMatrix }) =>
        generalizedLinearModel({ loss: 'squared', x: data.wide, y: [1] }),
      settings: {},
    },
  },
  wrong: { loss: 'squared', x: matrix(100, 1, new Float64Array(100).fill(1e200)), y: new Float64Array(100) },
};
