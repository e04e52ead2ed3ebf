// Global searches of large models are aborted at any moment, and refused before they are lifted where they are too large.
// `npm run bench -- nlp/abort` has the time that passes until an answer is there.
import { expect, it } from 'vitest';
import { minimizeGlobally } from '../../src/index.js';
import { searches, wide } from './abortedSearches.js';

const moments = [0, 2, 12, 30, 65, 130, 250];

it.each(searches())('of $name, $relaxation, have answers at any moment', async ({ model, relaxation }) => {
  const best: number[] = [];
  const bounds: number[] = [];
  for (const moment of moments) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), moment);
    const { status, x, objective, bound } = await minimizeGlobally(model, { relaxation, signal: controller.signal });
    expect(['aborted', 'solved']).toContain(status);
    expect(x.every(Number.isFinite)).toBe(true);
    if (Number.isFinite(objective)) best.push(objective);
    bounds.push(bound);
  }
  expect(Math.max(...bounds)).toBeLessThanOrEqual(Math.min(...best, Number.POSITIVE_INFINITY));
});

it('refuse a model whose linear programs need more memory than there is', async () => {
  const refused = minimizeGlobally(wide(200_000));
  // Refused by its variables, before products and functions have columns.
  await expect(refused).rejects.toThrow(/linear programs of 200000 columns, .* need 320000 MB/);
  await expect(refused).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
});
