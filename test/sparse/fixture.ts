// The problems by which the contract tests hold the family to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers, sparse as sparseMatrix, wide } from '../contract/problem.js';

const [n, p] = [40, 6];
const x = numbers(n * p);
/** Responses that the first two columns explain in part. */
const y = numbers(n, 2).map((noise, i) => Math.fround(noise + (x[i * p] as number) - 2 * (x[i * p + 1] as number)));

/** Lambdas that fall so slowly that their path takes many seconds. */
const countless = Float64Array.from({ length: 40_000 }, (_, k) => 0.3 * 0.9999 ** k);

const sparse: Fixture = {
  // The folds are drawn.
  small: {
    solver: 'sparse/crossValidate',
    data: { x: matrix(n, p, x), y },
    settings: { folds: 3, nLambda: 20 },
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
      },
      settings: { family: 'binomial', penaltyFactor: numbers(p, 5).map(Math.abs), nLambda: 10 },
    },
    rows: {
      solver: 'sparse/sparseRegression',
      data: { x: sparseMatrix('csr', n, p), y: y.map(Math.abs) },
      settings: {
        ...{ family: 'poisson', lambda: 0.02, penalty: { kind: 'mcp', alpha: 1, gamma: 3 } },
        ...{
          lowerBounds: numbers(p, 6).map((value) => value - 1.5),
          upperBounds: numbers(p, 7).map((value) => value + 1.5),
        },
      },
    },
  },
  huge: {
    columns: { solver: 'sparse/sparsePath', data: { x: wide, y: [1] }, settings: {} },
  },
  wrong: { x: matrix(3, 2, Float64Array.of(2, 1, 1, 1e200, 0, 1)), y: [1, 2, 3] },
};

const trendFilter: Fixture = {
  small: { solver: 'sparse/trendFilter', data: numbers(50, 4), settings: { order: 1, lambdas: [0.5, 2] } },
  endless: {
    solver: 'sparse/trendFilter',
    data: numbers(2000, 5),
    settings: { order: 1, lambdas: countless, ...limitless },
  },
  deterministic: true,
  objective: 'sometimes',
  arrays: {
    weights: {
      solver: 'sparse/trendFilter',
      data: { y: numbers(50, 4), sampleWeight: numbers(50, 5).map((value) => 1.5 + value) },
      settings: { lambda: 0.3 },
    },
  },
  wrong: { y: [1, 2, 3], sampleWeight: [1, 2, 0] },
};

const known = 80;
const entries = {
  rows: 12,
  columns: 10,
  rowIndices: Int32Array.from({ length: known }, (_, k) => (7 * k) % 12),
  columnIndices: Int32Array.from({ length: known }, (_, k) => (3 * k + Math.floor(k / 12)) % 10),
  values: numbers(known, 6),
};

const matrixCompletion: Fixture = {
  small: { solver: 'sparse/matrixCompletion', data: entries, settings: { lambda: 0.5 } },
  endless: {
    solver: 'sparse/matrixCompletion',
    data: { ...entries, rows: 200, columns: 150 },
    settings: { lambdas: countless, ...limitless },
  },
  objective: 'sometimes',
  wrong: { ...entries, rowIndices: [99] },
};

export const fixtures: Record<string, Fixture> = { sparse, trendFilter, matrixCompletion };
