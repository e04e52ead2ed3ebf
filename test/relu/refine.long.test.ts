// Refinement of the problems whose best networks are known, where they are at hand.
import './refine.test.js';
import { describe, expect, it } from 'vitest';
import { trainReluNetwork } from '../../src/index.js';
import { available, bestKnown, dot, knownProblem, norm, normals, table, toMatrix } from '../problems/relu.js';

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

describe('refinement of planted networks', () => {
  it.each([
    [200, 5, 4],
    [300, 10, 6],
  ])(
    '%d x %d, %d neurons: an objective no larger than that of the network that made the data',
    async (n, d, neurons) => {
      const draw = normals(n + d);
      const x = table(n, d, draw);
      const planted = table(neurons, d, draw);
      const y = x.map((row) =>
        planted.reduce((sum, u, j) => sum + (j % 2 === 0 ? 1 : -1) * Math.max(0, dot(row, u)), 0),
      );
      const beta = 1e-3 * n;
      const result = await trainReluNetwork(
        { x: toMatrix(x), y },
        { task: 'regression', bias: false, beta, patterns: 'refine' },
      );
      // The planted network has no loss, and its balanced weights the penalty sum ||u_j|| |a_j|.
      const objective = beta * planted.reduce((sum, u) => sum + norm(u), 0);
      expect(result.objective).toBeLessThanOrEqual(objective);
      expect(result.estimate?.lowerBound).toBeLessThanOrEqual(result.objective);
      expect(Math.abs(result.networkObjective / result.objective - 1)).toBeLessThan(1e-8);
    },
    120_000,
  );
});
