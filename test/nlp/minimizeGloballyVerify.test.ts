// Points whose existence `verify` proves, and points that exist by rounding alone.
import { describe, expect, it } from 'vitest';
import { add, type Expression, exp, Model, mul, square, sub, sum } from '../../src/expressions/index.js';
import { type MinimizeGloballyResult, minimizeGlobally } from '../../src/nlp/index.js';
import { all } from '../long.js';
import { Draw } from './draw.js';
import { bestOf, drawSmall, modelOf } from './globalJudge.js';

type Scalar = Expression<readonly []>;

/** The verified answer for variables x, y in [-3, 3]. */
async function answer(state: (model: Model, x: Scalar, y: Scalar) => void): Promise<MinimizeGloballyResult> {
  const model = new Model();
  const [x, y] = [model.variable({ lower: -3, upper: 3 }), model.variable({ lower: -3, upper: 3 })];
  state(model, x, y);
  return minimizeGlobally(model, { verify: true, timeLimit: 5, maxNodes: 2000 });
}

const atMost = Number.NEGATIVE_INFINITY;

describe('verify', () => {
  it('proves a point of an equation, and bounds its objective', async () => {
    const result = await answer((model, x, y) => {
      model.minimize(add(x, y));
      model.equal(add(square(x), square(y)), 1);
    });
    expect(result.verified).toBe(true);
    expect(result.verifiedRadius).toBeLessThan(1e-7);
    // The minimum is -sqrt(2), which is above the number that is nearest to it.
    expect(result.upperBound).toBeGreaterThan(-Math.SQRT2);
    expect(result.upperBound).toBeLessThan(-Math.SQRT2 + 1e-9);
    expect(result.upperBound).toBeGreaterThanOrEqual(result.lowerBound as number);
  });

  it('bounds a maximum from below', async () => {
    const result = await answer((model, x, y) => {
      model.maximize(sub(x, y));
      model.between(add(square(x), square(y)), atMost, 2);
    });
    expect(result.verified).toBe(true);
    expect(result.lowerBound).toBeLessThanOrEqual(2);
    expect(result.lowerBound).toBeGreaterThan(2 - 1e-5);
    expect(result.upperBound).toBe(result.bound);
  });

  it('proves points where derivatives of active constraints are dependent', async () => {
    const result = await answer((model, x, y) => {
      model.minimize(y);
      for (const factor of [1, 2, 3]) model.between(sub(y, mul(factor, square(x))), 0, Infinity);
      model.between(add(x, y), 0, Infinity);
    });
    expect(result.verified).toBe(true);
    expect(result.upperBound).toBeGreaterThan(0);
    expect(result.upperBound).toBeLessThan(1e-5);
  });

  it('is not done unless it is asked for', async () => {
    const model = new Model();
    model.minimize(square(model.variable({ lower: 1, upper: 2 })));
    const { verified, upperBound } = await minimizeGlobally(model);
    expect([verified, upperBound]).toEqual([false, undefined]);
  });

  it.each<[string, (model: Model, x: Scalar, y: Scalar) => void]>([
    ['a square below 0', (model, x) => model.between(square(x), atMost, -1e-9)],
    ['a square that is less than 0', (model, x) => model.equal(square(sub(x, 1)), -1e-10)],
    ['a disc of no size', (model, x, y) => model.between(add(square(sub(x, 1)), square(sub(y, 2))), atMost, -5e-9)],
    [
      'two lines that are parallel',
      (model, x, y) => {
        model.equal(add(x, y), 1);
        model.equal(add(x, y), 1 + 5e-9);
      },
    ],
    ['an exponential of 0', (model, x) => model.between(sub(exp(x), x), atMost, 1 - 1e-9)],
    ['squares of three sums', (model, x, y) => model.equal(sum(square(sub(mul(2, x), y))), -2e-9)],
  ])('does not prove %s', async (_, state) => {
    const result = await answer((model, x, y) => {
      model.minimize(sub(square(y), x));
      state(model, x, y);
    });
    if (result.status !== 'infeasible') expect(result.feasibility).toBeGreaterThan(0);
    expect(result.verified).toBe(false);
    expect(result.verifiedRadius).toBeUndefined();
  });

  it('bounds minima of drawn models from above', async () => {
    let verified = 0;
    for (let seed = 1; seed <= (all ? 1000 : 120); ++seed) {
      const small = drawSmall(new Draw(seed));
      const result = await minimizeGlobally(modelOf(small), { verify: true, maxNodes: 100 });
      if (small.infeasible) expect(result.verified, `model ${seed}`).toBe(false);
      if (!result.verified) continue;
      ++verified;
      const [low, high] = [result.lowerBound ?? -Infinity, result.upperBound ?? Infinity];
      expect(low, `model ${seed}`).toBeLessThanOrEqual(high);
      // The proved point may be no better than the best one by more than the judge may have missed.
      const best = bestOf(small);
      const sign = small.sense === 'minimize' ? 1 : -1;
      const told = small.sense === 'minimize' ? high : low;
      if (best && result.status === 'solved') {
        expect(Math.abs(told - best.objective)).toBeLessThan(1e-3 * (1 + Math.abs(best.objective)));
        expect(sign * (result.objective - told)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(told)));
      }
    }
    expect(verified).toBeGreaterThan(60);
  });
});
