// A known solution follows the tree of minimizeGlobally: no step may lose it. The solutions of drawn models are the judge's, those of
// given problems have the best objectives that are known.
import { describe, expect, it } from 'vitest';
import { add, Model, mul, square, sub } from '../../src/expressions/index.js';
import { minimizeGlobally } from '../../src/nlp/index.js';
import { all } from '../long.js';
import { Draw } from './draw.js';
import { bestOf, drawSmall, modelOf } from './globalJudge.js';
import { available, globalProblems } from './globalProblems.js';

/** Why a search loses x; empty where it keeps it. */
async function lost(model: Model, x: ArrayLike<number>): Promise<string> {
  try {
    const { status, certificate } = await minimizeGlobally(model, { debugSolution: { x }, maxNodes: 100 });
    expect(['stalled', 'iterationLimit']).toContain(status);
    expect(certificate.kind).toBe('none');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** x y - y with x^2 + y^2 <= 2, x >= 0.5, whose minimum is not where x = 1. */
function bilinear(): Model {
  const model = new Model();
  const x = model.variable({ lower: 0.5, upper: 4 });
  const y = model.variable({ lower: -4, upper: 4 });
  model.minimize(sub(mul(x, y), y));
  model.between(add(square(x), square(y)), Number.NEGATIVE_INFINITY, 2);
  return model;
}

describe('debugSolution', () => {
  it('is kept where it is admissible, and lost where it is not', async () => {
    expect(await lost(bilinear(), [1, -1])).toBe('');
    expect(await lost(bilinear(), [0.6, 1.2])).toBe('');
    expect(await lost(bilinear(), [1.5, -1])).toMatch(/^debugSolution is lost by propagation: /);
    expect(await lost(bilinear(), [0.25, -1])).toContain('entry 0 is outside of its bounds');
  });

  it('is refused where it is no point of the model', async () => {
    const refused = (debugSolution: object, more = {}) =>
      minimizeGlobally(bilinear(), { debugSolution: debugSolution as { x: number[] }, ...more });
    await expect(refused({ x: [1] })).rejects.toThrow('debugSolution.x');
    await expect(refused([1, 1])).rejects.toThrow('debugSolution');
    await expect(refused({ x: [1, 1] }, { relaxation: 'semidefinite' })).rejects.toThrow("relaxation = 'semidefinite'");
  });

  it('is kept by all steps on drawn models', async () => {
    let followed = 0;
    for (let seed = 1; seed <= (all ? 1000 : 100); ++seed) {
      const small = drawSmall(new Draw(seed));
      const best = bestOf(small);
      if (!best || small.infeasible) continue;
      expect(await lost(modelOf(small), best.x), `model ${seed}`).toBe('');
      ++followed;
    }
    expect(followed).toBeGreaterThan(50);
  });
});

describe.skipIf(!available)('the best points that are known of given problems', () => {
  it.each(['continuous', 'integer'] as const)(
    'are kept by all steps: %s',
    async (set) => {
      let followed = 0;
      for (const { name, model, best } of globalProblems(set)) {
        const { x, objective } = await minimizeGlobally(model, { maxNodes: 100, timeLimit: 2, gap: 1e-6 });
        if (!(Math.abs(objective - best) <= 1e-4 * Math.max(1, Math.abs(best)))) continue;
        expect(await lost(model, x), name).toBe('');
        ++followed;
      }
      expect(followed).toBeGreaterThan(set === 'continuous' ? 60 : 10);
    },
    120_000,
  );
});
