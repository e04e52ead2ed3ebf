// The problems by which the contract tests hold `minimizeRobustRisk` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, type Library, limitless, numbers, sparse } from '../contract/problem.js';

type Regression = Parameters<Library['nlp']['generalizedLinearModel']>[0];

const [rows, columns] = [90, 4];
const x = matrix(rows, columns, numbers(rows * columns));
const y = numbers(rows, 2).map((noise, i) => Number(noise + 2 * (x.data[i * columns] as number) > 0));

const build = ({ nlp: { generalizedLinearModel } }: Library, data: Regression) => generalizedLinearModel(data);

export const fixture: Fixture = {
  small: {
    solver: 'smooth/minimizeRobustRisk',
    data: { loss: 'logistic', x, y, ridge: 0.1 },
    settings: { level: 0.5, smoothing: 1, tolerance: 1e-4 },
    build,
  },
  endless: {
    solver: 'smooth/minimizeRobustRisk',
    data: { loss: 'squared', x: matrix(200, 10, numbers(2000)), y: numbers(200, 3) },
    settings: { stepSize: 1e-12, ...limitless },
    build,
  },
  objective: 'sometimes',
  arrays: {
    sparse: {
      solver: 'smooth/minimizeRobustRisk',
      data: { loss: 'squared', x: sparse('csr', 40, 6), y: numbers(40, 2), ridge: 0.1 },
      settings: { risk: 'extremile', maxIterations: 5 },
      build,
    },
  },
  huge: {
    gradients: {
      solver: 'smooth/minimizeRobustRisk',
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
};
