// The problems by which the contract tests hold `minimizeGlobally` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, type Library, numbers } from '../contract/problem.js';

type Least = { A: ReturnType<typeof matrix> };

export const fixture: Fixture = {
  small: {
    solver: 'nlp/minimizeGlobally',
    data: { A: matrix(3, 3, numbers(9)) },
    settings: {},
    build: ({ model: { Model, add, dot, matvec, sin, sum } }: Library, { A }: Least) => {
      const model = new Model();
      const x = model.variable(3, { lower: -1, upper: 2 });
      model.minimize(add(dot(x, matvec(A, x)), sum(sin(x))));
      model.atMost(sum(x), 2);
      return model;
    },
  },
  // A dense quadratic in a box, whose linear relaxation is weak.
  endless: {
    solver: 'nlp/minimizeGlobally',
    data: { A: matrix(40, 40, numbers(1600)) },
    settings: { maxIterations: 2 ** 31 - 1, gap: 0, absoluteGap: 0, relaxation: 'linear' },
    build: ({ model: { Model, dot, matvec } }: Library, { A }: Least) => {
      const model = new Model();
      const x = model.variable(40, { lower: -1, upper: 1 });
      model.minimize(dot(x, matvec(A, x)));
      return model;
    },
  },
  deterministic: true,
  wrong: { A: [[1]] },
};
