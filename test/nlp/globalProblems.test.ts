// Given problems with known global minima: they are built as their files state them.
import { describe, expect, it } from 'vitest';
import { minimize } from '../../src/nlp/index.js';
import { available, globalProblems } from './globalProblems.js';

describe.skipIf(!available)('given problems', () => {
  it('are as many as their page says, with their integers', () => {
    const [continuous, integer, boxqp] = (['continuous', 'integer', 'boxqp'] as const).map(globalProblems);
    expect([continuous?.length, integer?.length, boxqp?.length]).toEqual([77, 21, 15]);
    for (const { model, integers } of [...(continuous ?? []), ...(integer ?? [])])
      expect(Array.from(model.compile().integers)).toEqual(integers);
    expect(integer?.every(({ integers }) => integers.length > 0)).toBe(true);
  });

  it('have no point that is better than the best one that is known', async () => {
    let reached = 0;
    for (const set of ['continuous', 'boxqp'] as const) {
      for (const { name, model, sense, best } of globalProblems(set)) {
        const { status, objective } = await minimize(model, { maxIterations: 500 });
        if (status !== 'solved') continue;
        const better = (sense === 'min' ? best - objective : objective - best) / Math.max(1, Math.abs(best));
        // Its published optimum belongs to another form of the model.
        if (name !== 'st_ph10') expect({ name, better: better > 1e-4 }).toEqual({ name, better: false });
        if (Math.abs(better) < 1e-4) ++reached;
      }
    }
    expect(reached).toBeGreaterThan(40);
  });
});
