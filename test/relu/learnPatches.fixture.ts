// The problems by which the contract tests hold `learnPatches` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

/** Images of 6 x 6 pixels. */
const images = matrix(20, 36, numbers(720));

export const fixture: Fixture = {
  small: {
    solver: 'relu/learnPatches',
    data: { x: images, shape: [6, 6] },
    settings: { count: 4, size: 3, cells: 2, sample: 100 },
  },
  endless: {
    solver: 'relu/learnPatches',
    data: { x: images, shape: [6, 6] },
    settings: { ...limitless, count: 4, size: 3, cells: 2, sample: 100 },
  },
  deterministic: true,
  objective: 'sometimes',
  wrong: { x: [[1e200], [2]], shape: [1, 1] },
};
