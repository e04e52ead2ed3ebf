// Problems for the addon have the types that its schema declares: a wrong member neither compiles nor passes.
import { expect, it } from 'vitest';
import { solve } from '../../src/core/solve.js';

const x = { data: Float64Array.of(1, 2), rows: 2, columns: 1 };
const support = { cpuOnly: 'tests' };

it('refuses a member of another type', async () => {
  // @ts-expect-error: y is a matrix
  const answer = solve('deepLinear', { x, y: 3 }, {}, support);
  await expect(answer).rejects.toThrow(/^y = 3: expected/);
});

it('refuses a problem that lacks a member', async () => {
  // @ts-expect-error: there is no y
  const answer = solve('deepLinear', { x }, {}, support);
  await expect(answer).rejects.toThrow(/^y = undefined: expected/);
});

it('refuses a solver that there is not', async () => {
  // @ts-expect-error: no solver has this name
  await expect(solve('deepLinea', { x }, {}, support)).rejects.toThrow();
});

it('gives the members of the result of that solver', async () => {
  const { singularValues, message } = await solve('deepLinear', { x, y: x }, {}, support);
  expect([singularValues.length, typeof message]).toEqual([1, 'string']);
  const answer: object = await solve('deepLinear', { x, y: x }, {}, support);
  // @ts-expect-error: those of another one are none of its
  expect(answer.lambda).toBeUndefined();
});
