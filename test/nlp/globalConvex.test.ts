// Models that rules prove to be convex need a local solution and no box.
import { describe, expect, it } from 'vitest';
import { add, dot, exp, log, logSumExp, matvec, mul, softplus, square, sub, sum } from '../../src/expressions/index.js';
import { Model, minimizeGlobally } from '../../src/index.js';
import { Draw } from './draw.js';

const drawn = (draw: Draw, rows: number, n: number) =>
  Array.from({ length: rows }, () => Array.from({ length: n }, () => draw.between(-1, 1)));

/** Each has a strictly convex objective, or is convex by rules of composition. */
const models: Record<string, (draw: Draw, n: number) => Model> = {
  'a portfolio': (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: 0, upper: 1 });
    model.minimize(sub(sum(square(matvec(drawn(draw, n, n), x))), dot(drawn(draw, 1, n)[0] as number[], x)));
    model.equal(sum(x), 1);
    return model;
  },
  'log-sum-exp': (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: -2, upper: 2 });
    model.minimize(logSumExp(matvec(drawn(draw, 2 * n, n), x)));
    return model;
  },
  'logistic losses': (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: -3, upper: 3 });
    const A = drawn(draw, 2 * n, n);
    model.minimize(add(sum(softplus(matvec(A, x))), sum(log(add(1, exp(mul(-1, matvec(A, x))))))));
    return model;
  },
  'entropy, maximised': (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: 1e-3, upper: 1 });
    model.maximize(sub(dot(drawn(draw, 1, n)[0] as number[], x), sum(mul(x, log(x)))));
    model.equal(sum(x), 1);
    return model;
  },
  'a line over a ball': (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: -2, upper: 2 });
    model.minimize(dot(drawn(draw, 1, n)[0] as number[], x));
    model.atMost(sum(square(x)), 1);
    return model;
  },
};

describe.each(Object.keys(models))('%s', (name) => {
  it.each([2, 6, 15])('is solved without a box, n = %d', async (n) => {
    const model = (models[name] as (draw: Draw, n: number) => Model)(new Draw(n), n);
    const { status, nodes, certificate, objective, bound } = await minimizeGlobally(model, { gap: 1e-7 });
    expect({ status, nodes, kind: certificate.kind }).toEqual({ status: 'solved', nodes: 0, kind: 'global' });
    expect(Math.abs(objective - bound)).toBeLessThanOrEqual(1e-7 * Math.abs(objective) + 1e-6);
  });
});

it('takes no tangent of what is not convex', async () => {
  const model = new Model();
  const x = model.variable({ lower: -1, upper: 2, start: -1 });
  // Convex but for a small part, with the better minimum at the other end.
  model.minimize(sub(mul(0.01, square(x)), exp(mul(0.3, x))));
  const { nodes, objective, certificate } = await minimizeGlobally(model);
  expect(nodes).toBeGreaterThan(0);
  expect(certificate.kind).toBe('global');
  expect(objective).toBeCloseTo(0.04 - Math.exp(0.6), 6);
});
