// The problems with known optima, where they are at hand. One weight of each here; `npm run test:long` tries the other.
import { describe, expect, it } from 'vitest';
import { trainReluNetwork } from '../../src/index.js';
import { chosen } from '../long.js';
import { available, knownOptima, knownProblem, toMatrix } from '../problems/relu.js';

if (!available) console.warn('skipped: problems with known optima, as ../shared/problems/relu is not there');

describe.skipIf(!available)('problems with known optima', () => {
  const cases = available
    ? Object.entries(knownOptima()).flatMap(([name, optima]) =>
        Object.entries(optima).map(([perRow, optimum]) => ({ name, perRow: Number(perRow), optimum })),
      )
    : [];

  it.each(chosen(cases, 2))('$name, lambda of a row $perRow', async ({ name, perRow, optimum }) => {
    const { x, y, gates } = knownProblem(name);
    const result = await trainReluNetwork(
      { x: toMatrix(x), y },
      {
        task: 'regression', // the labels are -1 and 1
        bias: false,
        lambda: perRow * y.length,
        patterns: { gates: toMatrix(gates) },
        tolerance: 2e-7,
        maxIterations: 100_000,
      },
    );
    expect(result.status).toBe('solved');
    expect(result.gap).toBeLessThanOrEqual(1e-6);
    expect(result.gap).toBeGreaterThanOrEqual(0);
    expect(Math.abs(result.objective / optimum - 1)).toBeLessThanOrEqual(1e-6);
    expect(result.lowerBound).toBeLessThanOrEqual(optimum * (1 + 1e-6));
    expect(Math.abs(result.networkObjective / result.objective - 1)).toBeLessThanOrEqual(1e-9);
    expect(result.certificate.over).toBe('patterns');
  });
});
