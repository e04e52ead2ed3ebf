// The line that the console shows for a result.
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Model, minimize, model } from '../../src/index.js';

const { add, mul, square, sub, sumSquares } = model;

it('results show what is known in a line', async () => {
  const convex = new Model();
  const x = convex.variable(2);
  convex.minimize(add(sumSquares(sub(x, [1, 2])), 0.125));
  const result = await minimize(convex);
  expect(inspect(result)).toMatch(/^objective 0\.125, global, \d+ iterations?$/);
  expect(inspect([result])).toContain('global');
  const late = await minimize(convex, { deadline: 0 });
  expect(inspect(late)).toBe('timeLimit: objective 5.125, 0 iterations');
  const many = new Model();
  const y = many.variable({ start: 0.9 });
  many.minimize(mul(square(sub(square(y), 1)), 2));
  expect(inspect(await minimize(many))).toMatch(/^objective [\d.e-]+, (local|stationary), \d+ iterations?$/);
});

it('the line is no part of a copy', async () => {
  const convex = new Model();
  convex.minimize(sumSquares(convex.variable(1)));
  const result = await minimize(convex);
  expect(inspect({ ...result })).toContain('iterations:');
  expect(Reflect.ownKeys(result).filter((key) => typeof key === 'symbol')).toEqual([]);
});
