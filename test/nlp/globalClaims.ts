// Claims of minimizeGlobally on small random models, held against a judge that shares nothing with it.
import type { Model, Status } from '../../src/index.js';
import type { Claim } from '../contract/problem.js';
import { Draw } from './draw.js';
import { type ClaimedMinimum, drawSmall, modelOf, refuted } from './globalJudge.js';

/** The verb that is judged. */
export type SolveGlobally = (
  model: Model,
  settings: { gap: number; absoluteGap: number; maxNodes: number; threads: number },
) => Promise<ClaimedMinimum & { status: Status }>;

const gaps = { gap: 1e-4, absoluteGap: 1e-6 };

export function globalClaims(minimizeGlobally: SolveGlobally): Record<string, Claim> {
  return {
    'small random models': {
      cases: 1_000,
      trial: async (seed) => {
        const small = drawSmall(new Draw(seed));
        const result = await minimizeGlobally(modelOf(small), { ...gaps, maxNodes: 20_000, threads: 1 });
        const wrong = refuted(small, result, gaps).map((text) => `${text}: ${JSON.stringify(small)}`);
        return { status: result.status, wrong };
      },
    },
  };
}
