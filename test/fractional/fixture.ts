// The problems by which the contract tests hold the family to its promises.
import {
  affine,
  l1,
  leastSquares,
  logistic,
  lpNorm,
  nonNegative,
  norm1,
  sumSqrt,
  sumSquares,
} from '../../src/fractional/index.js';
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers, sparse, wide } from '../contract/problem.js';

const separable = { data: numbers(8000), rows: 400, columns: 20 };

export const fixture: Fixture = {
  sharesStarts: true,
  small: {
    solver: 'fractional/minimizeRatio',
    data: { numerator: [sumSquares()], denominator: lpNorm(matrix(30, 4, numbers(120)), 4, { squared: true }) },
    settings: { restarts: 3, sweepOrder: 'shuffled' },
  },
  // Classes that a plane separates: the losses approach 0 for ever.
  endless: {
    solver: 'fractional/minimizeDifference',
    data: {
      convex: [logistic(separable, separable.data.filter((_, k) => k % separable.columns === 0).map(Math.sign))],
    },
    settings: { checkInterval: 1, ...limitless },
  },
  arrays: {
    sparse: {
      solver: 'fractional/minimizeRatio',
      data: {
        numerator: [leastSquares(sparse('csc', 30, 8), numbers(30, 3)), l1(numbers(8, 5).map(Math.abs))],
        denominator: lpNorm(sparse('csr', 20, 8), 2),
        start: numbers(8, 4),
      },
      settings: { restarts: 2 },
    },
    vectors: {
      solver: 'fractional/minimizeRatio',
      data: {
        numerator: [sumSquares(), affine(numbers(6), 9), nonNegative()],
        denominator: sumSqrt({ weights: numbers(6, 2).map(Math.abs), epsilon: numbers(6, 3).map(Math.abs) }),
      },
      settings: {},
    },
  },
  huge: {
    columns: {
      solver: 'fractional/minimizeRatio',
      data: { numerator: [leastSquares(wide, [1]), l1(0.1)], denominator: norm1() },
      settings: {},
    },
    starts: {
      solver: 'fractional/minimizeRatio',
      data: { numerator: [sumSquares(), affine(new Float64Array(1_000_000), 1)], denominator: norm1({ shift: 1 }) },
      settings: { restarts: 100_000 },
    },
  },
  wrong: { numerator: [sumSquares()], denominator: lpNorm([[1, 1]], 4), start: [0, 0] },
};
