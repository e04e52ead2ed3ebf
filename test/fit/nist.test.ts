// Nonlinear regressions of NIST with certified values, from both starts.
import { describe, expect, it } from 'vitest';
import { fitCurve } from '../../src/fit/index.js';
import { columnsOf, curves, digits, measuredOf, type Regression, regressions } from './nist.js';

async function run(problem: Regression, start: readonly number[]) {
  const curve = curves[problem.formula];
  if (!curve) throw new Error(`no curve for ${problem.formula}`);
  const fit = await fitCurve({
    x: columnsOf(problem),
    y: measuredOf(problem),
    start: { b: start },
    curve: ({ b }, data) => curve(b, data),
  });
  const errors = digits(fit.standardErrors ?? [], problem.standardErrors);
  return { fit, lre: digits(fit.x, problem.certified), errors };
}

describe.skipIf(!regressions)('regressions of NIST (../shared/problems/nist)', () => {
  const problems = Object.entries(regressions ?? {});

  it('has the certified parameters and standard errors', async () => {
    let good = 0;
    for (const [name, problem] of problems) {
      for (const start of [problem.start1, problem.start2]) {
        const { fit, lre, errors } = await run(problem, start);
        const least = (fit.residualSumOfSquares as number) <= problem.residualSumOfSquares * (1 + 1e-9);
        expect(lre >= 4 || fit.status !== 'solved' || least, `${name}: ${fit.status} with ${lre} digits`).toBe(true);
        if (lre < 6) continue;
        ++good;
        // That of Lanczos1 has a sum of squares of 1e-25, which is rounding of the data.
        if (name !== 'Lanczos1') expect(errors, `${name}: standard errors`).toBeGreaterThan(5);
      }
    }
    expect(good).toBeGreaterThanOrEqual(2 * problems.length - 1);
  });

  it('takes few evaluations', async () => {
    let evaluations = 0;
    for (const [, problem] of problems) {
      for (const start of [problem.start1, problem.start2])
        evaluations += (await run(problem, start)).fit.counts.residuals;
    }
    expect(evaluations / (2 * problems.length)).toBeLessThan(25);
  });
});
