// Sides and bounds that are close together, and rows that the solver scales: what is claimed of them.
import { describe, expect, it } from 'vitest';
import { add, at, mul, sum } from '../../src/expressions/index.js';
import { checkOptimality, Model, minimize } from '../../src/index.js';
import { minimize as minimizeProblem, quadraticProgram } from '../../src/nlp/index.js';

describe('linear constraints that a point meets exactly', () => {
  it('are met where the middle of a range is not', async () => {
    const model = new Model();
    const x = model.variable({ lower: 1e5, upper: 100001, start: 0 });
    model.between(mul(1e6, x), 1e11, 1e11 + 100);
    model.atMost(mul(1e3, x), 1e8); // x = 1e5 alone meets both
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    expect(result.x[0]).toBeCloseTo(1e5, 4);
    expect(result.certificate.proof).toBeUndefined();
    expect(checkOptimality(model, result.x, result).ok).toBe(true);
  });

  it('are met where their numbers are small', async () => {
    const model = new Model();
    const x = model.variable({ lower: 1e5, upper: 1e5 });
    const a = -7.99411485902965e-7;
    model.between(mul(a, x), a * 1e5, a * 1e5 + 8e-11);
    model.equal(mul(2, x), 2e5);
    expect((await minimize(model)).status).toBe('solved');
  });
});

describe('a narrow box', () => {
  it('leaves the solver room to meet a constraint', async () => {
    const model = new Model();
    const x = model.variable({ lower: 0, upper: 1e-10 });
    model.minimize(x);
    model.atLeast(mul(1e10, x), 0.9);
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    expect(1e10 * (result.x[0] as number)).toBeGreaterThanOrEqual(0.9 - 1e-8);
    expect(checkOptimality(model, result.x, result).ok).toBe(true);
  });

  it('has its minimum at one of its bounds', async () => {
    const model = new Model();
    const x = model.variable({ lower: 0, upper: 1e-10 });
    model.minimize(mul(-1e12, x));
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    expect(result.objective).toBeCloseTo(-100, 6);
    expect([Array.from(result.activeLower), Array.from(result.activeUpper)]).toEqual([[], [0]]);
  });

  // Too narrow for a barrier: the solver fixes x in its middle, and moves it at the end.
  it('of some doubles has its minimum there, too', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: 1, upper: 1 + 8 * Number.EPSILON });
    model.minimize(add(mul(1e9, at(x, 0)), mul(-1e9, at(x, 1))));
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    expect(Array.from(result.x)).toEqual([1, 1 + 8 * Number.EPSILON]);
    expect([Array.from(result.activeLower), Array.from(result.activeUpper)]).toEqual([[0], [1]]);
  });
});

describe('the proof that linear constraints cannot be met', () => {
  it('is a vector that anybody can evaluate', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: 0 });
    model.minimize(sum(x));
    model.atLeast(add(at(x, 0), at(x, 1)), 3);
    model.atMost(add(mul(2, at(x, 0)), at(x, 1)), 1);
    const { status, certificate } = await minimize(model);
    expect(status).toBe('infeasible');
    expect(certificate).toMatchObject({ kind: 'global', proof: { kind: 'farkas' } });
    const [p, q] = Array.from(certificate.proof?.y ?? []) as [number, number];
    expect(p).toBeLessThan(0);
    expect(q).toBeGreaterThan(0);
    // p (x0 + x1) + q (2 x0 + x1) >= 0 for x >= 0, and <= 3 p + q < 0 by the sides.
    expect(p + 2 * q).toBeGreaterThanOrEqual(0);
    expect(p + q).toBeGreaterThanOrEqual(0);
    expect(3 * p + q).toBeLessThan(0);
    expect(certificate.proof?.margin).toBeGreaterThan(0);
    expect(certificate.proof?.margin).toBeLessThanOrEqual(-(3 * p + q));
  });

  it.each(['auto', 'interiorPoint', 'exactAugmentedLagrangian'] as const)(
    'is there for equations by %s',
    async (method) => {
      const model = new Model();
      const x = model.variable(3);
      model.equal(sum(x), 3);
      model.equal(mul(2, sum(x)), 7);
      const { status, certificate } = await minimize(model, { method });
      expect(status).toBe('infeasible');
      const [p, q] = Array.from(certificate.proof?.y ?? []) as [number, number];
      expect(p + 2 * q).toBeCloseTo(0, 12);
      expect(3 * p + 7 * q).toBeLessThan(0);
    },
  );

  it('is there for quadratic programs', async () => {
    const problem = quadraticProgram({
      Q: [
        [1, 0],
        [0, 1],
      ],
      A: [[1, 1]],
      b: [4],
      lower: [0, 0],
      upper: [1, 1],
    });
    const { status, certificate } = await minimizeProblem(problem);
    expect(status).toBe('infeasible');
    const y = certificate.proof?.y?.[0] as number;
    expect(y).toBeLessThan(0); // y (x0 + x1) >= 2 y > 4 y
    expect(Array.from(certificate.proof?.upper ?? [])).toEqual([-y, -y]);
  });

  it('is not given where constraints are curved', async () => {
    const model = new Model();
    const x = model.variable({ start: 1 });
    model.atMost(add(mul(x, x), 1), 0);
    const result = await minimize(model);
    expect(result.status).toBe('infeasible');
    expect(result.certificate).toEqual({ kind: 'none' });
  });
});

// Found by the generator of linearClaims: products of slacks and multipliers overflowed, and with them the barrier parameter.
it('a barrier parameter that overflows ends an attempt', async () => {
  const { linearClaims } = await import('./linearClaims.js');
  const claim = linearClaims['planted feasible points'];
  expect((await claim?.trial(100_042))?.wrong).toEqual([]);
});
