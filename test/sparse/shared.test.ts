// Problems with known optima beside the repository: a small one.
import { expect, it } from 'vitest';
import { isAvailable, largeProblem } from '../problems/sparse.js';
import { checkConvex } from './shared.js';

if (!isAvailable()) console.warn('skipped: paths with known optima, as ../shared/problems/sparse is not there');

it.runIf(isAvailable()).each(['mushrooms'] as const)('%s', async (name) => {
  await checkConvex(await largeProblem(name));
  expect.hasAssertions();
});
