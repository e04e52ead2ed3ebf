// The problems by which the contract tests hold the family to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const n = 30;
const d = 6;
const c = 4;
const solver = 'deepLinear/trainLinearNetwork';
const data = { x: matrix(n, d, numbers(n * d)), y: matrix(n, c, numbers(n * c, 2)) };

export const fixture: Fixture = {
  small: { solver, data, settings: { lambda: 0.5, parallel: true } },
  endless: { solver, data, settings: { lambda: 0.5, depth: 3, parallel: true, ...limitless } },
  huge: {
    columns: { solver, data: { x: matrix(1, 400_000, new Float64Array(400_000)), y: matrix(1, 1, [1]) }, settings: {} },
  },
  wrong: { x: matrix(2, 2, Float64Array.of(2, 1, 1, 3)), y: matrix(3, 1, Float64Array.of(1, 2, 3)) },
};
