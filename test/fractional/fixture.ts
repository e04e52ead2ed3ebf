// The problems by which the contract tests hold the family to its promises.
import { logistic, lpNorm, sumSquares } from '../../src/fractional/index.js';
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const separable = { data: numbers(8000), rows: 400, columns: 20 };

export const fixture: Fixture = {
  small: {
    solver: 'fractional/minimizeRatio',
    data: { numerator: [sumSquares()], denominator: lpNorm(matrix(30, 4, numbers(120)), 4, { squared: true }) },
    settings: { restarts: 4, order: 'shuffled' },
  },
  // Classes that a plane separates: the losses approach 0 for ever.
  endless: {
    solver: 'fractional/differenceOfConvex',
    data: {
      convex: [logistic(separable, separable.data.filter((_, k) => k % separable.columns === 0).map(Math.sign))],
    },
    settings: { checkInterval: 1, ...limitless },
  },
  wrong: { numerator: [sumSquares()], denominator: lpNorm([[1, 1]], 4), start: [0, 0] },
};
