// Stationary points that are no minima. The judges are values that Ipopt 3.14 finds, own evaluations of the constraints, and own factors of
// the Hessian.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  at,
  cos,
  type Expression,
  Model,
  mul,
  neg,
  sin,
  slice,
  square,
  sub,
  sum,
} from '../../src/expressions/index.js';
import { checkOptimality } from '../../src/nlp/index.js';
import { minimize, type NlpSettings } from '../flat.js';
import { chosen, long } from '../long.js';

type Starts = 'published' | 'straight';

/** CLNLBEAM of CUTEst with `steps` steps: the energy of a clamped beam under a load, which is stationary where the beam is straight. */
function beam(steps: number, starts: Starts): Model {
  const h = 1 / steps;
  const load = 350;
  const count = steps + 1;
  const inner = (value: number) => Array.from({ length: count }, (_, i) => (i % steps === 0 ? 0 : value));
  const start = Array.from({ length: count }, (_, i) => (starts === 'published' ? 0.05 * Math.cos(i * h) : 0));
  const model = new Model();
  const t = model.variable(count, { lower: inner(-1), upper: inner(1), start });
  const x = model.variable(count, { lower: inner(-0.05), upper: inner(0.05), start });
  const u = model.variable(count, { start: starts === 'published' ? 0.01 : 0 });
  const before = (v: Expression<readonly [number]>) => slice(v, 0, steps);
  const after = (v: Expression<readonly [number]>) => slice(v, 1, count);
  const bending = add(sum(square(after(u))), sum(square(before(u))));
  const shortening = add(sum(cos(after(t))), sum(cos(before(t))));
  model.minimize(mul(h / 2, add(bending, mul(load, shortening))));
  model.equal(sub(sub(after(x), before(x)), mul(h / 2, add(sin(after(t)), sin(before(t))))), 0);
  model.equal(sub(sub(after(t), before(t)), mul(h / 2, add(after(u), before(u)))), 0);
  return model;
}

/** Evaluates the largest residual of an equation or bound of the beam. */
function missed(steps: number, all: ArrayLike<number>): number {
  const [t, x, u] = [0, 1, 2].map((k) => (i: number) => all[k * (steps + 1) + i] as number) as [
    (i: number) => number,
    (i: number) => number,
    (i: number) => number,
  ];
  const mean = (v: (i: number) => number, i: number) => (v(i + 1) + v(i)) / (2 * steps);
  let worst = Math.max(...[t, x].flatMap((v) => [Math.abs(v(0)), Math.abs(v(steps))]));
  for (let i = 0; i < steps; ++i) {
    const equations = [x(i + 1) - x(i) - mean((k) => Math.sin(t(k)), i), t(i + 1) - t(i) - mean(u, i)];
    worst = Math.max(worst, ...equations.map(Math.abs), Math.abs(t(i)) - 1, Math.abs(x(i)) - 0.05);
  }
  return worst;
}

// Objectives of Ipopt from the published start; 350 is that of the straight beam.
it.each([
  [500, 'straight', 344.87621644],
  [1000, 'straight', 344.87614026],
  ...(long ? [[2300, 'published', 344.87613412] as const] : []),
] as const)('a beam of %d steps buckles from its %s start', async (steps, starts, objective) => {
  const model = beam(steps, starts);
  const result = await minimize(model);
  expect(result.status, result.message).toBe('solved');
  expect(result.inertia?.negative).toBe(0);
  expect(missed(steps, result.x)).toBeLessThan(1e-7);
  expect(Math.abs(result.objective - objective)).toBeLessThan(1e-6 * objective);
  expect(checkOptimality(model, result.x, result).ok).toBe(true);
});

it.each(chosen([30, 37, 45, 64, 90, 128, 177, 250, 333, 700, 1400, 2000], 4))(
  'a beam of %d steps does not end straight',
  async (steps) => {
    for (const starts of ['straight', 'published'] as const) {
      const { status, objective, inertia, x, message } = await minimize(beam(steps, starts));
      expect(status, message).toBe('solved');
      expect(inertia?.negative).toBe(0);
      expect(objective).toBeLessThan(347);
      expect(missed(steps, x)).toBeLessThan(1e-7);
    }
  },
);

/** min x^T Q x / 2 over the box [-1, 1]^n, from the stationary point 0. */
function quadratic(Q: number[][]): Model {
  const model = new Model();
  const x = model.variable(Q.length, { lower: -1, upper: 1, start: 0 });
  const terms = Q.flatMap((row, i) =>
    row.map((q, j) => mul(q / 2, mul(at(x, i), at(x, j))) as Expression<readonly []>),
  );
  model.minimize(terms.reduce((a, b) => add(a, b) as Expression<readonly []>));
  return model;
}

/** Returns true if x^T Q x has no negative curvature in the variables that are at no bound: pivots of L D L^T. */
function isConvexInside(Q: number[][], x: ArrayLike<number>): boolean {
  const free = Q.map((_, j) => j).filter((j) => Math.abs(x[j] as number) < 1 - 1e-6);
  const A = free.map((i) => free.map((j) => (Q[i]?.[j] as number) + (i === j ? 1e-6 : 0)));
  for (let k = 0; k < A.length; ++k) {
    const row = A[k] as number[];
    const pivot = row[k] as number;
    if (!(pivot > 0)) return false;
    for (const below of A.slice(k + 1)) {
      const share = (below[k] as number) / pivot;
      row.forEach((value, j) => {
        below[j] = (below[j] as number) - share * value;
      });
    }
  }
  return true;
}

describe('quadratic functions over a box, from a stationary point', () => {
  const matrices = fc.integer({ min: 1, max: 5 }).chain((n) =>
    fc.array(fc.integer({ min: -8, max: 8 }), { minLength: n * n, maxLength: n * n }).map((entries) =>
      // symmetric, from what is on and below the diagonal
      Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) => entries[Math.max(i, j) * n + Math.min(i, j)] as number),
      ),
    ),
  );
  const solve = (settings: NlpSettings) =>
    fc.asyncProperty(matrices, async (Q) => {
      const { status, x, message } = await minimize(quadratic(Q), settings);
      if (settings.restarts !== 0) expect(status, message).toBe('solved');
      expect(['solved', 'stalled']).toContain(status);
      if (status === 'solved') expect(isConvexInside(Q, x)).toBe(true);
    });

  it('are solved at minima', () => fc.assert(solve({}), { numRuns: long ? 2000 : 100 }));
  it('are not called solved elsewhere where restarts are not allowed', () =>
    fc.assert(solve({ restarts: 0 }), { numRuns: long ? 2000 : 100 }));
});

describe('min y^2 - x^2 from its saddle', () => {
  const build = (constant: number) => {
    const model = new Model();
    const x = model.variable(2, { lower: -1, upper: 1, start: 0 });
    model.minimize(add(constant, sub(square(at(x, 1)), square(at(x, 0)))));
    return model;
  };

  it('ends at a bound', async () => {
    const { status, objective, x } = await minimize(build(0));
    expect({ status, objective, x: Math.abs(x[0] as number) }).toEqual({ status: 'solved', objective: -1, x: 1 });
  });

  it('says why it has stalled without restarts', async () => {
    const result = await minimize(build(0), { restarts: 0 });
    expect(result).toMatchObject({ status: 'stalled', objective: 0, inertia: { positive: 1, negative: 1, zero: 0 } });
    expect(result.message).toContain('no local minimum');
    expect(result.message).toContain('1 negative eigenvalue.');
    expect(result.message).toContain('Try restarts above 0.');
  });

  // f falls by 1, of 1e9: too little to tell from rounding of f, but second derivatives tell.
  it('is not called solved at the saddle where f has a large constant', async () => {
    const { status, x } = await minimize(build(1e9));
    expect(status === 'solved' ? Math.abs(x[0] as number) : 1).toBe(1);
    expect((await minimize(build(1e9), { restarts: 0 })).status).toBe('stalled');
  });

  it('is the maximum of its negative', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: -1, upper: 1, start: 0 });
    model.maximize(neg(sub(square(at(x, 1)), square(at(x, 0)))));
    expect(await minimize(model)).toMatchObject({ status: 'solved', objective: 1 });
  });
});
