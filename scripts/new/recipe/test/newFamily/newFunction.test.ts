// The least objective of the solves is that of solves one by one.
import { expect, it } from 'vitest';
import { newFunction, theVerb } from '../../src/newFamily/index.js';

// more imports

const problem = theProblem;

it('gives the least objective of the seeds', async () => {
  const each = await Promise.all([4, 5, 6].map((seed) => theVerb(problem, { theSettings, seed })));
  const { objective } = await newFunction(problem, { theSettings, seed: 4, tries: 3 });
  expect(objective).toBe(Math.min(...each.map(({ objective = Infinity }) => objective)));
});

it('refuses a number of tries that is none', async () => {
  await expect(newFunction(problem, { theSettings, tries: 0 })).rejects.toThrow('tries = 0: expected');
});
