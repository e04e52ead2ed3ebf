// The problems by which the contract tests hold the family to its promises.
import { type Fixture, limitless, regression } from '../contract/problem.js';

export const fixture: Fixture = {
  small: {
    solver: 'relu/trainReluNetwork',
    data: regression(40, 3),
    settings: { beta: 0.1, patterns: { sample: 20 }, tolerance: 1e-3 },
  },
  endless: {
    solver: 'relu/trainReluNetwork',
    data: regression(400, 20),
    settings: { beta: 1e-6, patterns: { sample: 200 }, checkInterval: 1, ...limitless },
  },
  wrong: { ...regression(40, 3), y: new Array(40).fill(Number.NaN) },
};
