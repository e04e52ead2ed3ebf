// Convex models, as they are written with other packages: their answers are said to be global.
import { describe, expect, it } from 'vitest';
import {
  add,
  at,
  dot,
  log,
  logSumExp,
  matvec,
  mul,
  neg,
  slice,
  softplus,
  sqrt,
  sub,
  sum,
  sumSquares,
} from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import { quadraticProgram } from '../../src/nlp/index.js';
import { Draw } from './draw.js';
import { unitCommitment } from './unitCommitment.js';

const draw = new Draw(7);
const matrix = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => draw.between(-1, 1)));
const list = (count: number) => Array.from({ length: count }, () => draw.between(-1, 1));

/** The models of the ports from CVXPY, Pyomo, JuMP and quadprog, by name. */
const models: Record<string, () => Parameters<typeof minimize>[0]> = {
  'least squares within a box': () => {
    const model = new Model();
    const x = model.variable(6, { lower: 0, upper: 1 });
    model.minimize(sumSquares(sub(matvec(matrix(12, 6), x), list(12))));
    return model;
  },
  'least squares': () => {
    const model = new Model();
    const x = model.variable(5);
    model.minimize(sumSquares(sub(matvec(matrix(12, 5), x), list(12))));
    return model;
  },
  'a portfolio': () => {
    const model = new Model();
    const w = model.variable(8, { lower: 0, start: 0.1 });
    const factors = matrix(3, 8);
    model.minimize(sub(add(sumSquares(matvec(factors, w)), mul(0.1, sumSquares(w))), mul(0.2, dot(list(8), w))));
    model.equal(sum(w), 1);
    return model;
  },
  'a linear program': () =>
    quadraticProgram({
      c: [-3, -5],
      G: [
        [1, 0],
        [0, 2],
        [3, 2],
      ],
      atMost: [4, 12, 18],
      lower: 0,
    }),
  'the projection of quadprog': () =>
    quadraticProgram({
      Q: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      c: [0, -5, 0],
      G: [
        [-4, -3, 0],
        [2, 1, 0],
        [0, -2, 1],
      ],
      atLeast: [-8, 2, 0],
    }),
  'a logistic regression with a ridge': () => {
    const model = new Model();
    const w = model.variable(4);
    const labels = list(30).map((value) => (value > 0 ? 1 : -1));
    model.minimize(add(sum(softplus(neg(mul(labels, matvec(matrix(30, 4), w))))), mul(0.5, sumSquares(w))));
    return model;
  },
  'water filling': () => {
    const model = new Model();
    const power = model.variable(5, { lower: 0, start: 0.2 });
    model.maximize(sum(log(add(power, [0.8, 1, 1.2, 0.4, 0.9]))));
    model.equal(sum(power), 1);
    return model;
  },
  'the largest entropy': () => {
    const model = new Model();
    const p = model.variable(6, { lower: 1e-9, upper: 1, start: 1 / 6 });
    model.minimize(sum(mul(p, log(p))));
    model.equal(sum(p), 1);
    model.atMost(dot([1, 2, 3, 4, 5, 6], p), 2.5);
    return model;
  },
  'a geometric program': () => {
    const model = new Model();
    const x = model.variable(3, { lower: -5, upper: 5 });
    model.minimize(
      logSumExp(
        matvec(
          [
            [1, -1, 0],
            [-1, 0, 1],
            [0, 1, 1],
          ],
          x,
        ),
      ),
    );
    model.atMost(
      logSumExp(
        matvec(
          [
            [1, 1, 0],
            [0, 1, -1],
          ],
          x,
        ),
      ),
      1,
    );
    return model;
  },
  'a support vector machine': () => {
    const model = new Model();
    const w = model.variable(2);
    const offset = model.variable();
    const slack = model.variable(6, { lower: 0 });
    const x = [
      [1, 2],
      [2, 3],
      [3, 1],
      [-1, -1],
      [-2, 0],
      [0, 0.5],
    ];
    model.minimize(add(mul(0.5, sumSquares(w)), sum(slack)));
    model.atLeast(add(mul([1, 1, 1, -1, -1, -1], add(matvec(x, w), offset)), slack), 1);
    return model;
  },
  'the least sum of distances': () => {
    const model = new Model();
    const x = model.variable(2, { lower: -10, upper: 10, start: 0.3 });
    model.minimize(
      add(
        ...(
          [
            [0, 0],
            [4, 0],
            [1, 3],
          ] as const
        ).map((point) => sqrt(add(sumSquares(sub(x, point)), 1e-4))),
      ),
    );
    return model;
  },
  'a point of a ball and a half space': () => {
    const model = new Model();
    const x = model.variable(3, { start: 0.1 });
    model.minimize(dot([1, 2, -1], x));
    model.atMost(sumSquares(x), 1);
    model.atLeast(sum(x), 0.2);
    return model;
  },
  'a controller': () => {
    const model = new Model();
    const u = model.variable(10, { lower: -1, upper: 1 });
    const x = model.variable(11);
    model.equal(at(x, 0), 3);
    model.equal(slice(x, 1), add(mul(0.9, slice(x, 0, -1)), u));
    model.minimize(add(sumSquares(x), mul(0.1, sumSquares(u))));
    return model;
  },
  'a unit commitment': () => unitCommitment().model,
};

describe('the certificate of convex models', () => {
  for (const [name, make] of Object.entries(models)) {
    it(`of ${name} is global`, async () => {
      const { status, certificate } = await minimize(make());
      expect(status).toBe('solved');
      expect(certificate).toMatchObject({ kind: 'global' });
      expect(certificate.gap).toBeLessThanOrEqual(1e-8);
    });
  }
});
