// Multipliers of an answer of `minimizeGlobally`, and the boxes that an early end leaves.
import { describe, expect, it } from 'vitest';
import { add, type Expression, exp, Model, mul, sin, square, sub } from '../../src/expressions/index.js';
import { checkOptimality, minimizeGlobally } from '../../src/nlp/index.js';
import { Draw } from './draw.js';
import { drawSmall, modelOf } from './globalJudge.js';

type Scalar = Expression<readonly []>;
const total = (terms: Scalar[]): Scalar => terms.reduce((a, b) => add(a, b));

/** A camel with six humps, or its negative, above a line. */
function camel(sense: 'minimize' | 'maximize'): Model {
  const model = new Model();
  const [x, y] = [model.variable({ lower: -2, upper: 2 }), model.variable({ lower: -1, upper: 1 })];
  const x2 = square(x);
  const humps = add(mul(x2, add(sub(4, mul(2.1, x2)), mul(1 / 3, square(x2)))), mul(x, y));
  const f = add(humps, mul(mul(4, square(y)), sub(square(y), 1)));
  if (sense === 'minimize') model.minimize(f);
  else model.maximize(mul(-1, f));
  model.between(add(x, y), 0.7, Infinity);
  return model;
}

/** Waves and products, which take some hundred boxes. */
function waves(sense: 'minimize' | 'maximize', n = 4): Model {
  const model = new Model();
  const x = Array.from({ length: n }, (_, j) => model.variable({ lower: -2 - j / n, upper: 2 + j / (2 * n) }));
  const next = (j: number, by: number) => x[(j + by) % n] as Scalar;
  const f = total(x.map((xj, j) => sub(exp(mul(xj, next(j, 1))), sin(mul(2, add(xj, next(j, 2)))))));
  if (sense === 'minimize') model.minimize(f);
  else model.maximize(mul(-1, f));
  return model;
}

describe('multipliers of a global minimum', () => {
  it.each(['minimize', 'maximize'] as const)('satisfy first-order conditions, %s', async (sense) => {
    const model = camel(sense);
    const result = await minimizeGlobally(model);
    expect(result.status).toBe('solved');
    expect(result.multipliers).toHaveLength(1);
    expect(Math.abs(result.multipliers[0] as number)).toBeGreaterThan(0.01);
    expect(checkOptimality(model, result.x, result).residual).toBeLessThan(1e-8);
    expect(result.inertia).toEqual({ positive: 1, negative: 0, zero: 0 });
    expect(result.polished).toBe(true);
  });

  it('are those of the bounds as given, not of bounds that were tightened', async () => {
    const model = new Model();
    const [x, y] = [model.variable({ lower: -9, upper: 9 }), model.variable({ lower: -9, upper: 9 })];
    model.minimize(add(mul(x, y), x));
    model.between(add(square(x), square(y)), 0, 2);
    const result = await minimizeGlobally(model);
    expect(checkOptimality(model, result.x, result).residual).toBeLessThan(1e-8);
    expect(Math.max(...result.lowerMultipliers, ...result.upperMultipliers)).toBeLessThan(1e-8);
  });

  it('are empty where the solve is aborted at once', async () => {
    const result = await minimizeGlobally(waves('minimize'), { signal: AbortSignal.abort() });
    expect(result.multipliers).toHaveLength(0);
    expect(result.polished).toBe(false);
  });

  it('belong to drawn models', async () => {
    for (let k = 0; k < 40; ++k) {
      const drawn = drawSmall(new Draw(k));
      if (drawn.integers.length > 0) continue;
      const model = modelOf(drawn);
      const result = await minimizeGlobally(model, { maxNodes: 500 });
      if (result.multipliers.length === 0) continue;
      expect(checkOptimality(model, result.x, result).residual, `model ${k}`).toBeLessThan(1e-5);
    }
  });
});

describe('open boxes', () => {
  const contains = (lower: Float64Array, upper: Float64Array, x: Float64Array) =>
    x.every((xj, j) => xj >= (lower[j] as number) && xj <= (upper[j] as number));

  it.each(['minimize', 'maximize'] as const)('hold the optimum that a longer search finds, %s', async (sense) => {
    const exact = await minimizeGlobally(waves(sense), { gap: 1e-6 });
    expect(exact.status).toBe('solved');
    expect(await exact.boxes()).toEqual([]);
    const early = await minimizeGlobally(waves(sense), { gap: 1e-6, maxNodes: 70 });
    expect(early.status).toBe('iterationLimit');
    const boxes = await early.boxes();
    expect(boxes.length).toBeGreaterThan(0);
    expect(boxes[0]?.bound).toBe(early.bound);
    const sign = sense === 'minimize' ? 1 : -1;
    const better = sign * (early.objective - exact.objective) > 2e-6 * Math.abs(exact.objective);
    const holding = boxes.filter(({ lower, upper }) => contains(lower, upper, exact.x));
    if (better) expect(holding.length).toBeGreaterThan(0);
    for (const { bound } of holding) expect(sign * (exact.objective - bound)).toBeGreaterThanOrEqual(-1e-9);
    for (let k = 1; k < boxes.length; ++k) {
      expect(sign * ((boxes[k]?.bound as number) - (boxes[k - 1]?.bound as number))).toBeGreaterThanOrEqual(0);
    }
  });

  it('are no member of the result that is copied or written', async () => {
    const early = await minimizeGlobally(waves('minimize'), { maxNodes: 1 });
    expect(Object.keys(early)).not.toContain('openBoxes');
    expect(JSON.stringify(early)).not.toContain('boxes');
    const copy = early.boxes;
    expect((await copy()).length).toBeGreaterThan(0);
  });

  it('are there of a quadratic program in a box, too', async () => {
    const model = new Model();
    const n = 30;
    const draw = new Draw(7);
    const x = Array.from({ length: n }, () => model.variable({ lower: 0, upper: 1 }));
    const products = x.flatMap((a, i) => x.slice(i).map((b) => mul(draw.number() * 100 - 50, mul(a, b))));
    model.minimize(total(products));
    const early = await minimizeGlobally(model, { maxNodes: 3, relaxation: 'semidefinite' });
    const boxes = await early.boxes();
    expect(early.status === 'solved' ? 0 : early.bound).toBe(boxes[0]?.bound ?? 0);
    if (early.status !== 'solved') expect(boxes.length).toBeGreaterThan(0);
  });
});
