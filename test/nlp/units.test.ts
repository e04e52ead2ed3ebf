// The unit of an objective or of a constraint decides neither where a solve ends nor how near to the solution.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  dot,
  type Expression,
  exp,
  Model,
  mul,
  pow,
  square,
  sub,
  sum,
  sumSquares,
} from '../../src/expressions/index.js';
import { minimize } from '../../src/index.js';
import { long } from '../long.js';

const numbers = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 });
/** Powers of ten that f and c are multiplied by. */
const power = fc.integer({ min: -8, max: 8 });

/** Problems with one minimum: under nothing, a linear equation, a sphere, an inequality with a curved border. */
const kinds: Record<string, (x: Expression<readonly [number]>, a: number[], model: Model, c: number) => Expression> = {
  unconstrained: (x, a) => add(sum(pow(x, 4)), add(sumSquares(x), dot(a, x))),
  'a linear equation': (x, a, model, c) => {
    model.equal(mul(c, sum(x)), c);
    return add(sum(pow(x, 4)), add(sumSquares(x), dot(a, x)));
  },
  'a sphere': (x, a, model, c) => {
    model.equal(mul(c, sumSquares(x)), 2 * c);
    return dot(add(a, [3, 4, 5]), x);
  },
  'an inequality': (x, a, model, c) => {
    model.atMost(mul(c, sum(exp(x))), 4 * c);
    return sumSquares(sub(x, add(a, 2)));
  },
};

async function solved(kind: string, a: number[], f: number, c: number): Promise<Float64Array> {
  const model = new Model();
  const x = model.variable(3, { start: [0.3, -0.4, 0.5] });
  model.minimize(mul(f, (kinds[kind] as (typeof kinds)[string])(x, a, model, c)));
  const result = await minimize(model);
  expect(result.status, `${kind}, a = ${a}, f times ${f}, c times ${c}: ${result.message}`).toBe('solved');
  return result.x;
}

describe.each(Object.keys(kinds))('%s', (kind) => {
  it('has the same solution in any unit', async () => {
    const same = fc.asyncProperty(numbers, power, power, async (a, ofF, ofC) => {
      const expected = await solved(kind, a, 1, 1);
      const x = await solved(kind, a, 10 ** ofF, 10 ** ofC);
      x.forEach((value, i) => {
        // Derivatives of a thousandth are not scaled up, and the residual of 1e-8 is that of the function as given.
        expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-5);
      });
    });
    await fc.assert(same, { numRuns: long ? 1000 : 60 });
  });
});

it('a problem that begins where it ends is solved there, tiny as its gradient is', async () => {
  const model = new Model();
  const x = model.variable(3, { start: [1 + 1e-10, 2, 3] });
  model.minimize(sumSquares(sub(x, [1, 2, 3])));
  expect(await minimize(model)).toMatchObject({ status: 'solved', iterations: 0 });
});

it('a saddle beside another saddle is not a solution', async () => {
  const model = new Model();
  const x = model.variable(2, { start: [0, 0] });
  // Minima at (-1, -1), ..., (1, 1); saddles and a maximum where an entry is 0.
  model.minimize(sum(sub(mul(0.25, pow(x, 4)), mul(0.5, square(x)))));
  const result = await minimize(model);
  expect(result.status).toBe('solved');
  for (const value of result.x) expect(Math.abs(value)).toBeCloseTo(1, 5);
});
