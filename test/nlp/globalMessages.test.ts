// Messages of global searches say which bounds are missing, and at which functions boxes cannot be split further.
import { describe, expect, it } from 'vitest';
import { add, at, div, exp, mul, sin, square, sub, sum, tanh } from '../../src/expressions/index.js';
import { Model, minimizeGlobally } from '../../src/index.js';

describe('without a finite bound of the objective', () => {
  it('the variables are named whose bounds are missing', async () => {
    const model = new Model();
    const price = model.variable({ name: 'price', lower: 0, start: 1 });
    const angle = model.variable({ name: 'angle', lower: 0, upper: 1 });
    const free = model.variable();
    const implied = model.variable();
    model.between(implied, -1, 1);
    const waves = mul(sin(mul(3, price)), add(sin(free), 2));
    model.minimize(add(waves, mul(angle, add(price, mul(implied, free)))));
    const { status, bound, message } = await minimizeGlobally(model, { maxNodes: 20 });
    expect(status).toBe('iterationLimit');
    expect(bound).toBe(Number.NEGATIVE_INFINITY);
    expect(message).toContain(
      'the model has no finite upper[0] (price), lower[2], upper[2], and constraints imply none. `assumeBounds`',
    );
  });

  it('of many variables some are named', async () => {
    const model = new Model();
    const x = model.variable(8);
    model.minimize(sum(mul(x, sin(x))));
    const { message } = await minimizeGlobally(model, { maxNodes: 20 });
    expect(message).toContain('lower[0], upper[0]');
    expect(message).toMatch(/lower\[2\] and 11 more, and constraints imply none/);
  });

  it('functions are named where all variables have bounds', async () => {
    const model = new Model();
    const x = model.variable({ lower: -1, upper: 1, start: 0.5 });
    const y = model.variable({ lower: -1, upper: 1 });
    model.minimize(div(add(y, 2), x));
    const { message } = await minimizeGlobally(model, { maxNodes: 20 });
    expect(message).toContain('none is known of (x[1] + 2) / x[0].');
  });

  it('nothing is said of these where the bound is finite', async () => {
    const model = new Model();
    const x = model.variable({ lower: -9, upper: 9 });
    model.minimize(add(mul(x, sin(mul(5, x))), square(x)));
    const { bound, message } = await minimizeGlobally(model, { maxNodes: 1, gap: 1e-9 });
    expect(bound).toBeGreaterThan(Number.NEGATIVE_INFINITY);
    expect(message).not.toContain('No bound');
  });
});

it('names functions of boxes that are too narrow to be split', async () => {
  const model = new Model();
  const x = model.variable(2, { lower: -2, upper: 2 });
  const [a, b] = [at(x, 0), at(x, 1)];
  model.minimize(add(square(sub(a, 0.3)), mul(sin(a), exp(mul(b, a)))));
  model.equal(add(b, mul(3, tanh(a))), 0.5);
  const { status, message } = await minimizeGlobally(model, { gap: 0, absoluteGap: 0 });
  expect(status).toBe('stalled');
  expect(message).toMatch(/Relaxations differ from the model there most at .*(sin|exp|tanh|square)\(/);
});
