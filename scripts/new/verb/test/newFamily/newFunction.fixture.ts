// The problems by which the contract tests hold `newFunction` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

export const fixture: Fixture = {
  small: {
    solver: 'newFamily/newFunction',
    data: { x: matrix(20, 3, numbers(60)) },
    settings: { smoothing: 0.01 },
  },
  endless: {
    solver: 'newFamily/newFunction',
    data: { x: matrix(200, 5, numbers(1000)) },
    settings: limitless,
  },
  deterministic: true,
  objective: 'sometimes',
  wrong: { x: [[1e200], [2]] },
};
