// Curves through data of which a fifth are outliers: parameters within two of their standard errors, about as often as that says.
import { expect, it } from 'vitest';
import { fitCurve } from '../../src/fit/index.js';
import { decay, normals } from './draws.js';

const { parameters, value, curve } = decay;
const x = Array.from({ length: 60 }, (_, i) => 0.08 * i);

it.each(['huber', 'cauchy'] as const)('%s leaves outliers out', async (loss) => {
  let outside = 0;
  for (let seed = 1; seed <= 20; ++seed) {
    const noise = normals(60, seed);
    const far = normals(60, 1000 + seed);
    const y = x.map((t, i) => {
      const outlier = i % 5 === 0 ? Math.sign(far[i] as number) * (3 + Math.abs(far[i] as number)) : 0;
      return value(parameters, t) + 0.1 * (noise[i] as number) + outlier;
    });
    // Cauchy's loss has several minima: it begins where Huber's, which has fewer, ends.
    const first = await fitCurve({ x, y, start: { a: 1, k: 1, c: 0 }, curve }, { loss: 'huber', lossScale: 0.15 });
    const fit = await fitCurve({ x, y, start: first.parameters, curve }, { loss, lossScale: 0.15 });
    expect(fit.status).toBe('solved');
    for (const [j, truth] of [parameters.a, parameters.k, parameters.c].entries()) {
      if (Math.abs((fit.x[j] as number) - (truth as number)) > 2 * (fit.standardErrors?.[j] as number)) ++outside;
    }
  }
  expect(outside).toBeLessThanOrEqual(9); // 60 parameters: some 3 are expected, more than 9 once in a thousand times
});
