// Problems with known optima beside the repository: the others, and penalties that are not convex.
import { expect, it } from 'vitest';
import { isAvailable, largeProblem } from '../problems/sparse.js';
import { checkConvex, checkNonConvex } from './shared.js';

it.runIf(isAvailable()).each(['tall', 'correlated', 'e2006', 'a9a', 'counts'] as const)(
  '%s',
  { timeout: 300_000 },
  async (name) => {
    const problem = await largeProblem(name);
    await checkConvex(problem);
    if (problem.reference.nonConvex) await checkNonConvex(problem);
    expect.hasAssertions();
  },
);
