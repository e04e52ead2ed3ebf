// The problems by which the contract tests hold `adversarialBayes` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const classes = (n: number) => Array.from({ length: n }, (_, i) => i % 3);

export const fixture: Fixture = {
  small: {
    solver: 'discrete/adversarialBayes',
    data: { x: matrix(30, 3, numbers(90)), y: classes(30) },
    settings: { norm: 'inf', radius: 0.3 },
  },
  endless: {
    solver: 'discrete/adversarialBayes',
    data: { x: matrix(60, 4, numbers(240)), y: classes(60) },
    settings: { ...limitless, norm: 'two', radius: Float64Array.from({ length: 100_000 }, (_, k) => 0.2 + 1e-6 * k) },
  },
  arrays: {
    weights: {
      solver: 'discrete/adversarialBayes',
      data: { x: matrix(30, 3, numbers(90)), y: classes(30), sampleWeight: Float64Array.from(numbers(30), Math.abs) },
      settings: { norm: 'two', radius: Float64Array.of(0.2, 0.4) },
    },
  },
  deterministic: true,
  wrong: { x: [[Number.NaN, 0, 0]], y: [0] },
};
