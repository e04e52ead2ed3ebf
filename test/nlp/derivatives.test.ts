// checkDerivatives: names what is wrong, and nothing else.
import { describe, expect, it } from 'vitest';
import { exp, log, mul, square, sub, sum } from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';
import { type Callbacks, checkDerivatives, fromCallbacks } from '../../src/nlp/index.js';

/** f = x_0^2 x_1 + e^{x_2}, c = (x_0 x_1, x_1 + x_2^3): every derivative has an entry to get wrong. */
const right: Callbacks = {
  n: 3,
  m: 2,
  objective: ([x = 0, y = 0, z = 0]) => x * x * y + Math.exp(z),
  gradient: ([x = 0, y = 0, z = 0], g) => g.set([2 * x * y, x * x, Math.exp(z)]),
  constraints: ([x = 0, y = 0, z = 0], c) => c.set([x * y, y + z ** 3]),
  jacobian: ([x = 0, y = 0, z = 0], values) => values.set([y, x, 0, 0, 1, 3 * z * z]),
  hessian: ([x = 0, y = 0, z = 0], [a = 0, b = 0], values) =>
    values.set([2 * y, 0, 0, 2 * x + a, 0, 0, 0, 0, Math.exp(z) + 6 * b * z]),
};
const point = [1.5, -0.7, 2];

/** The right problem with a few numbers of one derivative replaced. */
function broken(name: 'gradient' | 'jacobian' | 'hessian', entries: Record<number, number>): Callbacks {
  return {
    ...right,
    [name]: (...values: Float64Array[]) => {
      (right[name] as (...values: Float64Array[]) => void)(...values);
      const out = values.at(-1) as Float64Array;
      for (const [k, value] of Object.entries(entries)) out[Number(k)] = value;
    },
  };
}

describe('derivatives', () => {
  it('that are right pass', () => {
    const check = checkDerivatives(fromCallbacks(right), point);
    expect(check).toEqual({ ok: true, wrong: [], compared: 15, message: '15 entries agree with differences.' });
  });

  it.each([
    ['gradient', { 1: 7 }, 'gradient[1] = 7, differences give 2.25'],
    ['jacobian', { 5: 3 }, 'jacobian[1, 2] = 3, differences give 12'],
    ['hessian', { 0: 1 }, 'hessian[0, 0] = 1, differences give -1.4'],
  ] as const)('that are wrong are named: %s', (name, entries, message) => {
    const { ok, wrong } = checkDerivatives(fromCallbacks(broken(name, entries)), point);
    expect(ok).toBe(false);
    expect(wrong).toEqual([expect.objectContaining({ derivative: name, message })]);
  });

  it('that are off by a little are found', () => {
    const slightly = checkDerivatives(fromCallbacks(broken('jacobian', { 5: 12 * (1 + 1e-4) })), point);
    expect(slightly.wrong[0]?.message).toMatch(/^jacobian\[1, 2\] = 12\.0012, differences give 12$/);
  });

  it('that a pattern leaves out are found', () => {
    const program = fromCallbacks({
      ...right,
      jacobian: ([x = 0, y = 0, z = 0], values) => values.set([y, 1, 3 * z * z + 0 * x]),
      jacobianEntries: { rows: [0, 1, 1], columns: [0, 1, 2] },
    });
    expect(checkDerivatives(program, point).wrong[0]?.message).toBe('jacobian[0, 1] = 0, differences give 1.5');
  });

  it('that are not finite where values are count as wrong', () => {
    const { wrong } = checkDerivatives(fromCallbacks(broken('gradient', { 0: Number.NaN })), point);
    expect(wrong[0]?.message).toBe('gradient[0] = NaN, differences give -2.1');
  });

  it('are compared by products, too', () => {
    const { hessian, ...rest } = right;
    const products: Callbacks = {
      ...rest,
      hessianVector: ([x = 0, y = 0, z = 0], [a = 0, b = 0], [u = 0, v = 0, w = 0], product) =>
        product.set([2 * y * u + (2 * x + a) * v, (2 * x + a) * u, (Math.exp(z) + 6 * b) * w]),
    };
    const { wrong } = checkDerivatives(fromCallbacks(products), point, { multipliers: [1, 2] });
    expect(wrong.map(({ message }) => message)).toEqual(['hessian[2, 2] = 19.38906, differences give 31.38906']);
  });

  it('lists ten that are wrong', () => {
    const program = fromCallbacks({
      n: 12,
      objective: (x) => x.reduce((total, value) => total + value * value, 0),
      gradient: (_, g) => g.fill(9),
      hessian: () => {},
    });
    const { message } = checkDerivatives(program, new Float64Array(12).fill(2));
    expect(message.split('\n')).toHaveLength(11);
    expect(message).toMatch(/^gradient\[0\] = 9, differences give 4\n/);
    expect(message).toMatch(/\nand 2 more$/);
  });

  it('of models are right, also near the border of where they are defined', () => {
    const model = new Model();
    const x = model.variable(3);
    model.minimize(sum(mul(exp(x), log(x))));
    model.equal(square(x), 2);
    expect(checkDerivatives(model, [0.5, 1, 2])).toMatchObject({ ok: true });
    const check = checkDerivatives(model, [1e-6, 1, 2]);
    expect(check.ok).toBe(true);
    // Differences of x_0 reach where log is not defined: of the gradient's and of the Hessian's three entries.
    expect(check.compared).toBeLessThan(checkDerivatives(model, [0.5, 1, 2]).compared);
  });

  it('need a point', () => {
    const model = new Model();
    model.minimize(sum(sub(model.variable(2), 1)));
    expect(() => checkDerivatives(model, [1])).toThrow('x: expected 2 numbers, one for each variable, got 1');
    expect(() => checkDerivatives(model, [1, Number.NaN])).toThrow('x[1] = NaN: expected a finite number');
    expect(() => checkDerivatives(model, [1, 2], { multipliers: [1] })).toThrow(RangeError);
    expect(() => checkDerivatives({} as Model, [1])).toThrow('problem = an object: expected a Model, or what readNl');
  });
});
