// The problems by which the contract tests hold the family to its promises.
import { type Matrix, matrix, type SparseMatrix } from '../../src/index.js';
import { type Fixture, type Library, limitless, numbers, sparse, wide } from '../contract/problem.js';

type Regression = Parameters<Library['nlp']['generalizedLinearModel']>[0];

const [rows, columns] = [90, 4];
const x = matrix(rows, columns, numbers(rows * columns));
const y = numbers(rows, 2).map((noise, i) => Number(noise + 2 * (x.data[i * columns] as number) > 0));

/** Settings of a problem of callbacks, and what makes its functions. */
interface Callbacks {
  A: Matrix;
  b: Float64Array;
}

const build = ({ nlp: { generalizedLinearModel } }: Library, data: Regression) => generalizedLinearModel(data);

export const fixtures: Record<string, Fixture> = {
  minimizeSum: {
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
        settings: { maxEpochs: 3, batchSize: 8, validation: Int32Array.of(3, 5, 9), precision: 'double' },
        build,
      },
      callbacks: {
        solver: 'smooth/minimizeSum',
        data: { A: matrix(30, 3, numbers(90)), b: numbers(30, 5) },
        settings: { maxEpochs: 3, batchSize: 8, seed: 3 },
        build: (_, { A, b }: Callbacks) => ({
          rows: A.rows,
          n: A.columns,
          gradient: (point: Float64Array, chosen: Int32Array, g: Float64Array) => {
            let value = 0;
            for (const i of chosen) {
              const row = A.data.subarray(i * A.columns, (i + 1) * A.columns);
              let residual = -(b[i] as number);
              for (let j = 0; j < A.columns; ++j) residual += (row[j] as number) * (point[j] as number);
              for (let j = 0; j < A.columns; ++j) {
                g[j] = (g[j] as number) + (residual * (row[j] as number)) / chosen.length;
              }
              value += residual ** 2 / (2 * chosen.length);
            }
            return value;
          },
        }),
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
  },
  robustRisk: {
    small: {
      solver: 'smooth/robustRisk',
      data: { loss: 'logistic', x, y, ridge: 0.1 },
      settings: { level: 0.5, smoothing: 1, tolerance: 1e-4 },
      build,
    },
    endless: {
      solver: 'smooth/robustRisk',
      data: { loss: 'squared', x: matrix(200, 10, numbers(2000)), y: numbers(200, 3) },
      settings: { stepSize: 1e-12, ...limitless },
      build,
    },
    objective: 'sometimes',
    arrays: {
      sparse: {
        solver: 'smooth/robustRisk',
        data: { loss: 'squared', x: sparse('csr', 40, 6), y: numbers(40, 2), ridge: 0.1 },
        settings: { risk: 'extremile', maxIterations: 5 },
        build,
      },
    },
    huge: {
      gradients: {
        solver: 'smooth/robustRisk',
        data: { rows: 300_000 },
        build: ({ nlp: { generalizedLinearModel } }: Library, { rows }: { rows: number }) =>
          generalizedLinearModel({
            loss: 'squared',
            x: {
              format: 'csr',
              rows,
              columns: 300_000,
              offsets: new Int32Array(rows + 1),
              indices: new Int32Array(0),
              values: new Float64Array(0),
            },
            y: new Float64Array(rows),
          }),
        settings: {},
      },
    },
    wrong: {
      loss: 'squared',
      x: matrix(600_000, 1, new Float64Array(600_000).fill(Number.NaN)),
      y: new Float64Array(600_000),
    },
  },
};
