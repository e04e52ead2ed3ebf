// The problems by which the contract tests hold `supervisedDictionary` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const [n, p] = [60, 4];
const x = matrix(n, p, numbers(n * p));
const classes = numbers(n, 2).map((noise, i) => Number(noise + 2 * (x.data[i * p] as number) > 0));

export const fixture: Fixture = {
  small: {
    solver: 'contrib/supervisedDictionary',
    data: { x, y: classes },
    settings: { tolerance: 1e-4, lambda: 0.1 },
  },
  endless: {
    solver: 'contrib/supervisedDictionary',
    data: { x: matrix(100, 12, numbers(1200)), y: numbers(100, 3).map((value) => Number(value > 0)) },
    settings: { rank: 3, ...limitless },
  },
  deterministic: true,
  objective: 'sometimes',
  wrong: { x: [[1e200], [2]], y: [0, 1] },
};
