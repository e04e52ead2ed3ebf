// Programs on which methods wander end at Ipopt's optima, and the answers hold by the functions of the problem.
import { describe, expect, it } from 'vitest';
import { add, at, div, mul, square, sub } from '../../src/expressions/index.js';
import { checkOptimality, Model, minimize } from '../../src/index.js';
import { wanderers } from '../problems/nlp/wanderers.js';

describe('programs on which Newton methods wander', () => {
  it.each(wanderers)('$name', async ({ build, optimum }) => {
    const model = build();
    const result = await minimize(model);
    expect(result.status, result.message).toBe('solved');
    expect(Math.abs(result.objective - optimum)).toBeLessThan(1e-6 * Math.max(1, Math.abs(optimum)));
    expect(checkOptimality(model, result.x, result).ok).toBe(true);
  });
});

/** A fit of a polynomial and a pole, of the kind of CUTEst's PALMER7A: a curved valley in which the gradient stays as large as it is. */
function rationalFit(): Model {
  const values = [100, 94.87, 80.18, 57.35, 30.66, -0.84, -32.33, -60.48, -82.5, -96.07, -100.04, -94.35, -79.11];
  const times = [0, 0.16, 0.32, 0.48, 0.63, 0.79, 0.95, 1.11, 1.27, 1.43, 1.58, 1.74, 1.9];
  const model = new Model();
  const polynomial = model.variable(4, { start: 1 });
  const pole = model.variable(2, { start: 1, lower: 0 });
  const squares = times.map((t, i) => {
    const even = [0, 1, 2, 3].map((k) => mul(t ** (2 * k), at(polynomial, k))).reduce((a, b) => add(a, b));
    return square(sub(add(even, div(at(pole, 0), add(at(pole, 1), t * t))), values[i] as number));
  });
  model.minimize(squares.reduce((a, b) => add(a, b)));
  return model;
}

describe('a valley in which no attempt is quick', () => {
  it('is followed to its end by the first attempt once the others have failed', async () => {
    const model = rationalFit();
    const short = await minimize(model);
    expect(short.status).toBe('iterationLimit');
    const long = await minimize(model, { maxIterations: 20_000 });
    expect(long.status, long.message).toBe('solved');
    expect(checkOptimality(model, long.x, long).ok).toBe(true);
    // Ipopt 3.14 ends at 0.018698 after 3,174 iterations, with a gradient of 1e-8 in its units.
    expect(long.objective).toBeLessThan(0.0201);
    expect(long.objective).toBeLessThan(short.objective / 2);
  });
});
