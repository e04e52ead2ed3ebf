// Proportional hazards with rows of much larger risk that enter late: nothing that such a row leaves behind is rounding.
import { describe, expect, it } from 'vitest';
import { cox } from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';
import { chosen } from '../long.js';
import { type CoxRows, coxClaims, coxLossAt, termsOf } from './coxClaims.js';

const rows = 30;
const x = Array.from({ length: rows }, (_, i) => [Math.sin(12.9898 * (i + 1)), Math.cos(3 * i * i + 1)]);
const start = x.map((_, i) => (i < 2 ? 7 : i % 5));
const time = x.map((_, i) => (i < 2 ? 9.5 : (start[i] as number) + 1 + ((i * 7) % 6)));
const event = x.map((_, i) => i % 4 !== 1);
const lambda = 0.01;
const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

/** The objective of coefficients by the definition, and its slopes in the predictions. */
function byDefinition(of: Omit<CoxRows, 'time' | 'event'>, offset: readonly number[], b: ArrayLike<number>) {
  const all: CoxRows = { time, event, ...of, weights: of.weights.map((w) => w / total(of.weights)) };
  const t = x.map((row, i) => (offset[i] as number) + total(row.map((value, j) => value * (b[j] as number))));
  const { loss, slopes } = coxLossAt(all, termsOf(all), t);
  return { objective: loss + lambda * total(Array.from(b, Math.abs)), slopes };
}

describe.each(['breslow', 'efron'] as const)('%s', (ties) => {
  const kinds = [true, false].flatMap((late) =>
    [true, false].flatMap((strata) => [true, false].map((light) => ({ late, strata, light }))),
  );
  const offsets = Array.from({ length: 141 }, (_, k) => 5 * k);

  it.each(kinds)('start times $late, strata $strata, weights of 1e-12 $light', async (kind) => {
    const strata = kind.strata ? x.map((_, i) => i % 2) : undefined;
    const weights = x.map((_, i) => (kind.light && i % 3 === 0 ? 1e-12 : 1));
    const of = { ties, weights, ...(kind.late && { start }), ...(strata && { strata }) };
    for (const far of [...chosen(offsets, 10), 29]) {
      const offset = x.map((_, i) => (i < 2 ? far : 0));
      const fit = await sparseRegression(
        { x, y: { time, event, start: kind.late ? start : undefined, strata }, offset, sampleWeight: weights },
        { family: cox({ ties }), lambda, standardize: false, tolerance: 1e-8 },
      );
      const { objective, slopes } = byDefinition(of, offset, fit.coefficients);
      expect(fit.certificate.kind).toBe(fit.status === 'solved' ? 'global' : 'bounded');
      expect(Math.abs(fit.objective - objective), `offset ${far}`).toBeLessThan(
        1e-12 * Math.max(1, Math.abs(objective)),
      );
      // Rows of far offsets that are at risk to the end leave the loss flat, or bent in one place, where steps may end early.
      if (kind.late) expect([far, fit.status]).toEqual([far, 'solved']);
      if (fit.status !== 'solved') continue;
      // Subgradients of the lasso: coefficients that are not 0 are pulled by lambda, the others by no more.
      fit.coefficients.forEach((b, j) => {
        const pull = total(slopes.map((slope, i) => slope * (x[i]?.[j] as number)));
        const violation = b === 0 ? Math.abs(pull) - lambda : Math.abs(pull + lambda * Math.sign(b));
        expect(violation, `offset ${far}, column ${j}`).toBeLessThan(0.1 * lambda);
      });
    }
  });
});

it('an outlier in a column does not end a fit, whose objective is that of its coefficients', async () => {
  const far = x.map(([a, b], i) => [i === 0 ? 640 : i === 1 ? -430 : (a as number), b as number]);
  const fit = await sparseRegression(
    { x: far, y: { time, event, start } },
    { family: cox({ ties: 'breslow' }), lambda, standardize: false },
  );
  const all: CoxRows = { time, event, start, ties: 'breslow', weights: x.map(() => 1 / rows) };
  const t = far.map((row) => total(row.map((value, j) => value * (fit.coefficients[j] as number))));
  const objective = coxLossAt(all, termsOf(all), t).loss + lambda * total(fit.coefficients.map(Math.abs));
  expect(fit.status).toBe('solved');
  expect(Math.abs(fit.objective - objective)).toBeLessThan(1e-12);
});

it('baseline hazards and deviances of rows that were left out are by the definition, too', async () => {
  for (const far of [0, 29, 40, 300]) {
    const offset = x.map((_, i) => (i < 2 ? far : 0));
    const data = { x, y: { time, event, start }, offset };
    const fit = await sparseRegression(data, { family: cox({ ties: 'breslow' }), lambda });
    const t = fit.predict(x, { type: 'link', offset });
    const hazards = fit.baselineHazard?.[0];
    let sum = 0;
    for (const [k, now] of (hazards?.time ?? new Float64Array()).entries()) {
      const risk = time.map((until, i) => (until >= now && (start[i] as number) < now ? Math.exp(t[i] as number) : 0));
      sum += event.filter((had, i) => had && time[i] === now).length / total(risk.sort((a, b) => a - b));
      expect(Math.abs((hazards?.hazard[k] as number) - sum), `offset ${far}, time ${now}`).toBeLessThan(1e-12 * sum);
    }
    // Folds without the rows of far offsets, whose likelihood is that of the others alone: the same for each offset.
    const folds = x.map((_, i) => i % 3);
    const cv = await crossValidate(data, { family: cox({ ties: 'breslow' }), folds, lambdas: [0.1, 0.05] });
    const path = await sparsePath(data, { family: cox({ ties: 'breslow' }), lambdas: [0.1, 0.05] });
    expect([far, cv.status, path.status]).toEqual([far, 'solved', 'solved']);
    expect([...cv.mean].every(Number.isFinite)).toBe(true);
  }
});

it('a loss that is nearly flat along a column does not make violations small', async () => {
  // Where a coefficient may jump from 0 over a flat loss, lambdaMax is millions of times the slopes of the null model.
  for (const seed of [100_140, 101_429, 101_479]) {
    const { wrong } = await (coxClaims['late entry'] as (typeof coxClaims)[string]).trial(seed);
    expect(wrong).toEqual([]);
  }
});
