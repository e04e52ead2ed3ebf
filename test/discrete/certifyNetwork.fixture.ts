// The problems by which the contract tests hold `certifyNetwork` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

/** A network of random layers. */
const network = (d: number, m: number, c: number, seed: number) => ({
  layers: [
    { weights: matrix(d, m, numbers(d * m, seed)), biases: numbers(m, seed + 1) },
    { weights: matrix(m, c, numbers(m * c, seed + 2)) },
  ],
});

export const fixture: Fixture = {
  small: {
    solver: 'discrete/certifyNetwork',
    data: { network: network(4, 8, 3, 1), x: matrix(6, 4, numbers(24)), y: [0, 1, 2, 0, 1, 2] },
    settings: { norm: 'two', radius: 0.1 },
  },
  endless: {
    solver: 'discrete/certifyNetwork',
    data: { network: network(20, 100, 3, 3), x: matrix(40, 20, numbers(800)), y: new Array(40).fill(0) },
    settings: { ...limitless, norm: 'inf', radius: 0.5, goal: 'margin', maxNodes: 1e9 },
  },
  arrays: {
    radii: {
      solver: 'discrete/certifyNetwork',
      data: { network: network(4, 8, 3, 1), x: matrix(2, 4, numbers(8)), y: [0, 1] },
      settings: { norm: 'inf', radius: Float64Array.of(0.1, 0.2) },
    },
  },
  deterministic: true,
  wrong: { x: [[Number.NaN, 0, 0, 0]], y: [0] },
};
