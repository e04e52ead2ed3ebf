// The problems by which the contract tests hold `trendFilter` to its promises.
import { countless, type Fixture, limitless, numbers } from '../contract/problem.js';

export const fixture: Fixture = {
  small: { solver: 'sparse/trendFilter', data: numbers(50, 4), settings: { degree: 1, lambdas: [0.5, 2] } },
  endless: {
    solver: 'sparse/trendFilter',
    data: numbers(2000, 5),
    settings: { degree: 1, lambdas: countless, ...limitless },
  },
  deterministic: true,
  objective: 'sometimes',
  arrays: {
    weights: {
      solver: 'sparse/trendFilter',
      data: { y: numbers(50, 4), sampleWeight: numbers(50, 5).map((value) => 1.5 + value) },
      settings: { lambda: 0.3 },
    },
  },
  wrong: { y: [1, 2, 3], sampleWeight: [1, 2, 0] },
};
