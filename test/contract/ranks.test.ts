// Ranks are taken or refused by name: a solver that passed over them would take each rank's rows for all.
import { expect, it } from 'vitest';
import { world } from '../../src/index.js';
import { solve, solverFixtures, solverOf } from './fixtures.js';

it.each(Object.entries(solverFixtures))('%s: ranks among settings', async (_, { small, sharesStarts }) => {
  const ranks = await world();
  if (sharesStarts) await expect(solve(small, { ranks })).resolves.toHaveProperty('status');
  else await expect(solve(small, { ranks })).rejects.toThrow(/ranks/);
});

const plain = Object.entries(solverFixtures).filter(
  ([, { small }]) => !small.build && !small.direct && Object.getPrototypeOf(small.data) === Object.prototype,
);
it.each(plain)('%s: ranks among data', async (_, { small, splitsRows }) => {
  const ranks = await world();
  // As a promise, since some refuse at once.
  const asked = (async () => solverOf(small)({ ...(small.data as object), ranks }, small.settings))();
  if (splitsRows) await expect(asked).resolves.toHaveProperty('status');
  else await expect(asked).rejects.toThrow(/ranks/);
});
