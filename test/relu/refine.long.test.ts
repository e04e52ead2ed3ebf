// Refinement of the problems whose best networks are known, where they are at hand.
import { describe, expect, it } from 'vitest';
import { trainReluNetwork } from '../../src/index.js';
import { available, bestKnown, knownProblem, toMatrix } from '../problems/relu.js';

if (!available) console.warn('skipped: problems with known optima, as ../shared/problems/relu is not there');

describe.skipIf(!available)('refinement of problems with best known networks', () => {
  it.each(
    available
      ? [
          ['synth', 0.01] as const,
          ['synth', 0.001] as const,
          ['bc', 0.01] as const,
          ['bc', 0.001] as const,
          ['digits', 0.01] as const,
        ]
      : [],
  )(
    '%s, lambda %d: below the best of 50 local runs',
    async (name, lambda) => {
      const { x, y } = knownProblem(name);
      const best = bestKnown(name, lambda);
      const result = await trainReluNetwork(
        { x: toMatrix(x), y },
        { task: 'regression', bias: false, beta: lambda * y.length, patterns: { refine: { rounds: 3 } } },
      );
      expect(result.status).toBe('solved');
      expect(result.certificate).toBe('patterns');
      expect(result.objective).toBeLessThanOrEqual(best.bestOfLocalRuns);
      expect(result.objective).toBeGreaterThanOrEqual(best.estimatedLowerBound * 0.99);
      expect(result.estimate?.lowerBound).toBeLessThanOrEqual(result.objective);
    },
    60_000,
  );
});
