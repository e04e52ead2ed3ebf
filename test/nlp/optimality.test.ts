// checkOptimality: known points with their multipliers pass, and what is wrong with others is named.
import { describe, expect, it } from 'vitest';
import { add, at, log, mul, square, sub, sum, sumSquares } from '../../src/expressions/index.js';
import { checkOptimality, Model, minimize } from '../../src/index.js';
import { fromCallbacks, type Multipliers, type Program, quadraticProgram } from '../../src/nlp/index.js';

/** min (x_0 - 3)^2 + (x_1 + 1)^2 over x_0 <= 2, 0 <= x_1 <= 5: (2, 0), multipliers 2 of both bounds. */
const box = quadraticProgram({
  Q: [
    [2, 0],
    [0, 2],
  ],
  c: [-6, 2],
  lower: [Number.NEGATIVE_INFINITY, 0],
  upper: [2, 5],
});
const boxMultipliers = { lowerMultipliers: [0, 2], upperMultipliers: [2, 0] };

/** min -x - y subject to x^2 + y^2 <= 2, 0 <= x - y <= 4: (1, 1), multipliers 1/2 and 0. */
const disc = fromCallbacks({
  n: 2,
  m: 2,
  start: [0.5, 0.1],
  objective: ([x = 0, y = 0]) => -x - y,
  gradient: (_, g) => g.fill(-1),
  constraints: ([x = 0, y = 0], c) => c.set([x * x + y * y, x - y]),
  jacobian: ([x = 0, y = 0], values) => values.set([2 * x, 2 * y, 1, -1]),
  constraintsLower: [Number.NEGATIVE_INFINITY, 0],
  constraintsUpper: [2, 4],
});

const check = (program: Program, x: number[], multipliers: Multipliers, tolerance = 1e-8) =>
  checkOptimality(program, x, multipliers, { tolerance });

describe('the conditions of optimality', () => {
  it('hold at solutions with their multipliers', () => {
    expect(check(box, [2, 0], boxMultipliers)).toEqual({
      ok: true,
      residual: 0,
      stationarity: 0,
      feasibility: 0,
      complementarity: 0,
      stationarityScale: 1,
      complementarityScale: 1,
      wrong: [],
      message: 'The conditions hold within 0.',
    });
    expect(check(disc, [1, 1], { multipliers: [0.5, 0] })).toMatchObject({ ok: true, wrong: [] });
    // The second multiplier belongs to the side 4 of x - y = 0: a product of 4e-10.
    expect(check(disc, [1, 1], { multipliers: [0.5, 1e-10] }).ok).toBe(true);
  });

  it.each<[string, Program, number[], Multipliers, string]>([
    ['a gradient', box, [2, 0], { upperMultipliers: [2, 0] }, 'gradient of L[1] = 2: expected 0'],
    [
      'a lower multiplier of the wrong sign',
      box,
      [2, 0],
      { lowerMultipliers: [0, 2], upperMultipliers: [2, -1] },
      'upperMultipliers[1] = -1: expected a number >= 0',
    ],
    [
      'a multiplier without a bound',
      box,
      [2, 0],
      { lowerMultipliers: [1, 2], upperMultipliers: [3, 0] },
      'lowerMultipliers[0] = 1: expected 0, as there is no lower[0]',
    ],
    [
      'a multiplier of a side that there is not',
      disc,
      [-1, -1],
      { multipliers: [-0.5, 0] },
      'multipliers[0] = -0.5: expected a number >= 0, as there is no constraintsLower[0]',
    ],
    [
      'a bound',
      box,
      [2.5, 0],
      { upperMultipliers: [1, 0], lowerMultipliers: [0, 2] },
      'x[0] = 2.5: above upper[0] = 2',
    ],
    ['a lower bound', box, [2, -1], { upperMultipliers: [2, 0] }, 'x[1] = -1: below lower[1] = 0'],
    ['a side', disc, [1, 1.5], { multipliers: [0.5, 0] }, 'constraint 1 = -0.5: below constraintsLower[1] = 0'],
    [
      'complementarity',
      box,
      [3, 0],
      { lowerMultipliers: [0, 2], upperMultipliers: [0, 0] },
      'x[0] = 3: above upper[0] = 2',
    ],
    [
      'a slack beside a multiplier',
      quadraticProgram({ Q: [[2]], c: [-6], upper: [5] }),
      [2],
      { upperMultipliers: [2] },
      'x[0] = 2: 3 from upper[0] = 5, with a multiplier of 2',
    ],
  ])('fail by name: %s', (_, program, x, multipliers, message) => {
    const { ok, wrong } = check(program, x, multipliers);
    expect(ok).toBe(false);
    expect(wrong.map((each) => each.message)).toContain(message);
  });

  it('say the worst first, with what it is and its size', () => {
    const { wrong, message } = check(box, [7, 1], { upperMultipliers: [0, -3] });
    expect(wrong[0]).toEqual({
      condition: 'complementarity',
      of: 'variable',
      index: 1,
      value: 12,
      message: 'x[1] = 1: 4 from upper[1] = 5, with a multiplier of -3',
    });
    expect(message.split('\n').length).toBe(wrong.length);
    const sizes = wrong.map(({ value }) => value);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it('say that a program with many errors has more', () => {
    const many = quadraticProgram({ c: new Array(30).fill(1), lower: 0 });
    expect(check(many, new Array(30).fill(1), {}).message).toMatch(/\nand 20 more$/);
  });

  it('count what a solver relaxes, but not in the residual', () => {
    const beyond = check(box, [2 + 1e-8, 0], { lowerMultipliers: [0, 2], upperMultipliers: [2 - 2e-8, 0] });
    expect(beyond.ok).toBe(true);
    expect(beyond.feasibility).toBeCloseTo(1e-8, 15);
    expect(beyond.complementarity).toBe(0);
    expect(check(box, [2 + 1e-7, 0], boxMultipliers).ok).toBe(false);
    const equation = fromCallbacks({ n: 1, m: 1, objective: () => 0, constraints: ([x = 0], c) => c.set([x]) });
    expect(check(equation, [1.1e-8], { multipliers: [0] }).ok).toBe(false);
  });

  it('are scaled as documented', () => {
    // f = 1000 (x - 1)^2 / 2 + z with an upper bound 0 of x: gradient 1000 at the start, s_f = 0.1; multiplier 1000.
    const steep = quadraticProgram({ Q: [[1000]], c: [-1000], upper: [0], start: [-99] });
    const { stationarity, residual } = check(steep, [0], { upperMultipliers: [1000 - 1e-3] });
    expect(stationarity).toBeCloseTo(1e-3, 10);
    // The start is 99 below: the gradient there is 1e5, so s_f = 1e-3; at the point it is 1000, s_f a quarter of 0.1. s_d = 1.
    expect(residual).toBeCloseTo(2.5e-5, 12);
    const large = checkOptimality(steep, [0], { upperMultipliers: [1000 - 1e-3] }, { start: [0] });
    // At 0 less 1e-2 the gradient is -1010: s_f = 100 / 1010, and the only multiplier is 1000 s_f < 100.
    expect(large.residual).toBeCloseTo((1e-3 * 100) / 1010, 12);
    const heavy = quadraticProgram({ Q: [[0]], c: [1], A: [[1]], b: [0], lower: [0] });
    const scaled = check(heavy, [0], { multipliers: [4e4 - 1], lowerMultipliers: [4e4] });
    expect(scaled.stationarityScale).toBeCloseTo((4e4 - 1 + 4e4) / 2 / 100, 8);
    expect(scaled.complementarityScale).toBeCloseTo(400, 8);
    expect(scaled.ok).toBe(true);
  });

  it('hold for results, of models that are maximised, too', async () => {
    const model = new Model();
    const x = model.variable(3, { start: [0.2, 0.5, 0.3] });
    model.maximize(sum(mul([1, 2, 3], log(x))));
    model.equal(sum(x), 1);
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    const found = checkOptimality(model, result.x, result);
    expect(found, found.message).toMatchObject({ ok: true });
    const turned = { multipliers: result.multipliers.map((value) => -value) };
    expect(checkOptimality(model, result.x, turned).ok).toBe(false);
  });

  it('fail at saddles that are no stationary points, and pass at maxima', () => {
    const model = new Model();
    const x = model.variable(2);
    model.minimize(sub(square(at(x, 0)), square(at(x, 1))));
    model.equal(sumSquares(x), 1);
    expect(checkOptimality(model, [1, 0], { multipliers: [-1] }).ok).toBe(true);
    expect(checkOptimality(model, [0.6, 0.8], { multipliers: [-1] }).ok).toBe(false);
  });

  it('name what was given a name', () => {
    const model = new Model();
    const price = model.variable(2, { lower: 0, upper: [5, 2], start: 1, name: 'price' });
    const other = model.variable(1, { upper: 1 });
    model.minimize(add(sum(price), at(other, 0)));
    model.atMost(sum(price), 4, { name: 'budget' });
    model.equal(at(other, 0), 1);
    const given = { multipliers: [0, -1], lowerMultipliers: [1, 1, 0], upperMultipliers: [0, 0, -1] };
    const messages = checkOptimality(model, [3, 3, 0.5], given).wrong.map(({ message }) => message);
    expect(messages).toContain('x[1] (price[1]) = 3: above upper[1] = 2');
    expect(messages).toContain('constraint 0 (budget) = 6: above constraintsUpper[0] = 4');
    expect(messages).toContain('constraint 1 = -0.5: expected 0');
    expect(messages).toContain('upperMultipliers[2] = -1: expected a number >= 0');
    const slope = checkOptimality(model, [0, 0, 1], {
      ...given,
      lowerMultipliers: [0, 1, 0],
      upperMultipliers: [0, 0, 0],
    });
    expect(slope.message).toBe('gradient of L[0] (price[0]) = 1: expected 0');
  });

  it('take what is not finite for wrong', () => {
    const model = new Model();
    const x = model.variable(1, { start: 2 });
    model.minimize(add(at(x, 0), log(sub(at(x, 0), 1))));
    const { ok, residual, wrong } = checkOptimality(model, [1], { multipliers: [] });
    expect(ok).toBe(false);
    expect(residual).toBe(Number.POSITIVE_INFINITY);
    expect(wrong[0]?.condition).toBe('stationarity');
  });

  it('need numbers for all', () => {
    expect(() => check(box, [1], {})).toThrow('x: expected 2 numbers, one for each variable, got 1');
    expect(() => check(disc, [1, 1], { multipliers: [1] })).toThrow('multipliers: expected 2 numbers');
    expect(() => check(box, [1, 1], { lowerMultipliers: [1, Number.NaN] })).toThrow('lowerMultipliers[1] = NaN');
    expect(() => checkOptimality(box, [1, 1], {}, { tol: 1 } as never)).toThrow("unknown option 'tol'");
    expect(() => checkOptimality(box, [1, 1], 5 as never)).toThrow('multipliers = 5: expected an object');
  });
});
