// Patterns that are active on no row are none: where all that were drawn are such, the best network over them is zero.
import { describe, expect, it } from 'vitest';
import { type ReluSettings, trainReluNetwork } from '../flat.js';

const x = { data: new Float64Array(60).fill(0.5), rows: 20, columns: 3 };
const y = Float64Array.from({ length: 20 }, (_, k) => (k % 2 ? 1.5 : -1));

const variants: ReluSettings[] = [
  {},
  { activation: 'gated' },
  { method: 'sampled' },
  { splitting: 'slack' },
  { loss: 'huber' },
  { loss: 'logistic' },
  { loss: 'hinge' },
  { bias: false },
  { standardize: 'norm' },
  { coupling: 'frobenius' },
  { inner: 'krylov' },
];

describe.each(variants)('%o', (settings) => {
  it('solves with few patterns or none', async () => {
    for (let seed = 0; seed < 6; ++seed) {
      for (const maxIterations of [0, 1, 200]) {
        const { activation, loss } = settings;
        const targets = loss === 'logistic' || loss === 'hinge' ? Array.from(y, (value) => value > 0) : y;
        const result = await trainReluNetwork(
          { x, y: targets },
          { lambda: 0.1, patterns: { sample: 1 }, seed, maxIterations, ...settings },
        );
        expect(result.status, `${activation} ${loss}`).toMatch(/solved|iterationLimit|stalled/);
        expect(Number.isFinite(result.objective)).toBe(true);
        if (result.lowerBound !== undefined) expect(result.lowerBound).toBeLessThanOrEqual(result.objective + 1e-9);
      }
    }
  });
});
