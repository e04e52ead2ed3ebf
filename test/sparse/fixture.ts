// The problems by which the contract tests hold the family to its promises.
import { matrix } from '../../src/index.js';
import { countless, type Fixture, limitless, numbers, sparse as sparseMatrix, wide } from '../contract/problem.js';

const [n, p] = [40, 6];
const x = numbers(n * p);
/** Responses that the first two columns explain in part. */
const y = numbers(n, 2).map((noise, i) => Math.fround(noise + (x[i * p] as number) - 2 * (x[i * p + 1] as number)));

export const fixture: Fixture = {
  // The folds are drawn.
  small: {
    solver: 'sparse/crossValidate',
    data: { x: matrix(n, p, x), y },
    settings: { folds: 3, lambdas: { count: 20 } },
    dataOf: { cox: { y: { time: y.map(Math.abs), event: y.map(() => 1) } } },
  },
  endless: {
    solver: 'sparse/sparsePath',
    data: { x: matrix(80, 400, numbers(32_000)), y: numbers(80, 2) },
    settings: { lambdas: countless, ...limitless },
  },
  // Aborted before its first lambda it has no model.
  objective: 'sometimes',
  arrays: {
    sparse: {
      solver: 'sparse/sparsePath',
      data: {
        x: sparseMatrix('csc', n, p),
        y: y.map((value) => Number(value > 0)),
        sampleWeight: numbers(n, 3).map(Math.abs),
        offset: numbers(n, 4),
        penaltyFactor: numbers(p, 5).map(Math.abs),
      },
      settings: { family: 'binomial', lambdas: { count: 10 } },
    },
    rows: {
      solver: 'sparse/sparseRegression',
      data: {
        x: sparseMatrix('csr', n, p),
        y: y.map(Math.abs),
        lowerBounds: numbers(p, 6).map((value) => value - 1.5),
        upperBounds: numbers(p, 7).map((value) => value + 1.5),
      },
      settings: { family: 'poisson', lambda: 0.02, penalty: { kind: 'mcp', alpha: 1, gamma: 3 } },
    },
  },
  huge: {
    columns: { solver: 'sparse/sparsePath', data: { x: wide, y: [1] }, settings: {} },
  },
  wrong: { x: matrix(3, 2, Float64Array.of(2, 1, 1, 1e200, 0, 1)), y: [1, 2, 3] },
};
