// The problems by which the contract tests hold `learnPatches` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

/** Images of 6 x 6 pixels. */
const images = matrix(20, 36, numbers(720));

export const fixture: Fixture = {
  small: {
    solver: 'relu/learnPatches',
    data: { x: images, shape: [6, 6] },
    settings: { count: 4, size: 3, cells: 1, sample: 100 },
  },
  // Many patches without structure: their filters are still moving when any of the tests is over.
  endless: {
    solver: 'relu/learnPatches',
    data: { x: matrix(200, 144, numbers(28_800)), shape: [12, 12] },
    settings: { ...limitless, count: 100, size: 3, cells: 2, sample: 100_000 },
  },
  objective: 'sometimes',
  wrong: { x: [[1e200], [2]], shape: [1, 1] },
};
