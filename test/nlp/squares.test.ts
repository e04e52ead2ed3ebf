// Objectives that are sums of squares: minimised by the method of least squares where there are bounds alone, with what any result has.
import { describe, expect, it } from 'vitest';
import { add, at, div, exp, mul, neg, square, sub, sum, sumSquares } from '../../src/expressions/index.js';
import { checkOptimality, Model, minimize } from '../../src/index.js';

// Meyer's function (J. J. More, B. S. Garbow, K. E. Hillstrom, "Testing unconstrained optimization software", 1981, no. 10).
const meyer = {
  y: [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872],
  least: 87.9458,
};

function meyerModel(): { model: Model; start: number[] } {
  const model = new Model();
  const start = [0.02, 4000, 250];
  const x = model.variable(3, { start });
  const t = meyer.y.map((_, i) => 45 + 5 * (i + 1));
  model.minimize(sumSquares(sub(mul(at(x, 0), exp(div(at(x, 1), add(t, at(x, 2))))), meyer.y)));
  return { model, start };
}

describe('a sum of squares', () => {
  it("is minimised in far fewer steps than Newton's method takes, with inertia", async () => {
    const { model } = meyerModel();
    const squares = await minimize(model);
    expect(squares.status).toBe('solved');
    expect(squares.phase).toBe('descent');
    expect(squares.objective).toBeCloseTo(meyer.least, 3);
    expect(squares.inertia?.negative).toBe(0);
    expect(checkOptimality(model, squares.x, squares).ok).toBe(true);
    const newton = await minimize(model, { method: 'exactAugmentedLagrangian' });
    expect(newton.phase).toBe('newton');
    expect(squares.iterations).toBeLessThan(newton.iterations / 5);
  });

  it('is one with weights, constants and a ridge, which may be a parameter', async () => {
    const model = new Model();
    const x = model.variable(2, { start: [-1.2, 1] });
    const ridge = model.parameter({ value: 0 });
    const valley = mul(10, sub(at(x, 1), square(at(x, 0))));
    model.minimize(add(add(sumSquares(valley), square(sub(1, at(x, 0)))), add(mul(ridge, sumSquares(x)), 3)));
    const free = await minimize(model);
    expect(free.phase).toBe('descent');
    expect(free.objective).toBeCloseTo(3, 12);
    ridge.set(1);
    const held = await minimize(model);
    expect(held.phase).toBe('descent');
    expect(checkOptimality(model, held.x, held).ok).toBe(true);
    expect(Math.hypot(...held.x)).toBeLessThan(Math.hypot(...free.x));
  });

  it('is certified as a local minimum, but for a bound whose multiplier is 0', async () => {
    const model = new Model();
    const center = model.parameter({ value: -1 });
    const x = model.variable(2, { start: 1, lower: 0 });
    model.minimize(add(square(sub(at(x, 0), center)), square(sub(exp(at(x, 1)), 3))));
    const strict = await minimize(model);
    expect(strict.phase).toBe('descent');
    expect(strict.certificate.kind).toBe('local');
    center.set(0);
    const weak = await minimize(model);
    expect(weak.status).toBe('solved');
    expect(weak.degenerate).toBe(true);
    expect(weak.certificate.kind).toBe('stationary');
  });

  it('has the multipliers of bounds', async () => {
    const model = new Model();
    const x = model.variable(2, { start: [0, 0], upper: [0.5, 10] });
    model.minimize(add(square(sub(at(x, 0), 2)), square(sub(exp(at(x, 1)), 3))));
    const result = await minimize(model);
    expect(result.phase).toBe('descent');
    expect(Array.from(result.x)).toEqual([0.5, expect.closeTo(Math.log(3), 9)]);
    expect(Array.from(result.upperMultipliers)).toEqual([expect.closeTo(3, 9), 0]);
    expect(Array.from(result.activeUpper)).toEqual([0]);
  });

  it('is left to the method of before where least squares end at a saddle or without a solution', async () => {
    // r = (x^2 + 1, y): at x = 0 the column of x vanishes, and a step along negative curvature is not needed: it is the minimum.
    const model = new Model();
    const x = model.variable({ start: 1 });
    const y = model.variable({ start: 1 });
    model.minimize(add(square(add(square(x), 1)), square(y)));
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    expect(result.objective).toBeCloseTo(1, 12);
    // r = x^2 - 1 from 0, a maximum of the sum.
    const saddle = new Model();
    const z = saddle.variable({ start: 0 });
    saddle.minimize(square(sub(square(z), 1)));
    const left = await minimize(saddle);
    expect(left.status).toBe('solved');
    expect(left.objective).toBeCloseTo(0, 12);
  });

  it('goes the way of other objectives where a method is named, constraints are there, or a term is no square', async () => {
    const { model } = meyerModel();
    const asked = await minimize(model, { method: 'interiorPoint' });
    expect(asked.phase).not.toBe('descent');
    const more = new Model();
    const x = more.variable(2, { start: 1 });
    more.minimize(add(sumSquares(sub(exp(x), 2)), exp(neg(sum(x)))));
    expect((await minimize(more)).phase).toBe('newton');
    const bound = new Model();
    const z = bound.variable(2, { start: 1 });
    bound.minimize(sumSquares(sub(exp(z), 2)));
    bound.equal(sum(z), 1);
    expect((await minimize(bound)).phase).toBe('newton');
  });
});
