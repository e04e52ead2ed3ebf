// Problems with known optima beside the repository: the others, and penalties that are not convex.
import { expect, it } from 'vitest';
import { groupProblem, isAvailable, largeProblem } from '../problems/sparse.js';
import { checkConvex, checkGroups, checkNonConvex } from './shared.js';

it.runIf(isAvailable()).each(['tall', 'correlated', 'e2006', 'a9a', 'counts'] as const)('%s', async (name) => {
  const problem = await largeProblem(name);
  await checkConvex(problem);
  if (problem.reference.nonConvex) await checkNonConvex(problem);
  expect.hasAssertions();
});

it.runIf(isAvailable())('groups', async () => {
  await checkGroups(await groupProblem());
  expect.hasAssertions();
});
