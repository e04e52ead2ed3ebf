// The problems by which the contract tests hold `riskScore` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const bits = (count: number, seed: number): Float64Array => numbers(count, seed).map((value) => Number(value > 0));
const few = numbers(40, 3).map((noise, i) => Number(noise + (i % 3) > 1));

export const fixture: Fixture = {
  small: {
    solver: 'discrete/riskScore',
    data: { x: matrix(40, 4, bits(160, 1)), y: few },
    settings: { maxSize: 2 },
  },
  endless: {
    solver: 'discrete/riskScore',
    data: { x: matrix(150, 40, bits(6000, 1)), y: bits(150, 2) },
    settings: { ...limitless, maxSize: 12 },
  },
  arrays: {
    weights: {
      solver: 'discrete/riskScore',
      data: { x: matrix(40, 4, bits(160, 1)), y: few, sampleWeight: numbers(40, 5).map(Math.abs) },
      settings: { maxSize: 2 },
    },
  },
  deterministic: true,
  objective: 'sometimes',
  wrong: { x: [[1e200], [2]], y: [0, 1] },
};
