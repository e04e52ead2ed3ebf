// Residuals of functions of the user: by differences, with a Jacobian, sparse, asynchronous; and losses by their makers.
import { describe, expect, it } from 'vitest';
import { cauchy, fitCurve, huber, minimizeSquares, softL1, tukey } from '../../src/fit/index.js';
import { minimize } from '../../src/index.js';
import { fromCallbacks } from '../../src/nlp/index.js';

const t = Array.from({ length: 15 }, (_, i) => i / 3);
const y = t.map((each, i) => 3 * Math.exp(-0.7 * each) + 0.05 * Math.sin(11 * i));
const residuals = ([a, k]: Float64Array, r: Float64Array): void => {
  for (const [i, each] of t.entries()) r[i] = (a as number) * Math.exp(-(k as number) * each) - (y[i] as number);
};
const jacobian = ([a, k]: Float64Array, values: Float64Array): void => {
  for (const [i, each] of t.entries()) {
    const e = Math.exp(-(k as number) * each);
    values.set([e, -(a as number) * each * e], 2 * i);
  }
};
const problem = { n: 2, m: t.length, residuals, start: [1, 1] };
const curve = 'a * exp(-k * x)';

describe('residuals of callbacks', () => {
  it('have the minimum and the errors of the model', async () => {
    const wanted = await fitCurve({ x: t, y, start: { a: 1, k: 1 }, curve });
    const given = await minimizeSquares(fromCallbacks({ ...problem, jacobian }));
    const differences = await minimizeSquares(fromCallbacks(problem));
    for (const [fit, digits] of [
      [given, 10],
      [differences, 5],
    ] as const) {
      expect(fit.status).toBe('solved');
      for (const j of [0, 1]) {
        expect(fit.x[j]).toBeCloseTo(wanted.x[j] as number, digits);
        expect(fit.standardErrors?.[j]).toBeCloseTo(wanted.standardErrors?.[j] as number, digits);
      }
    }
  });

  it('may be sparse, bounded, asynchronous', async () => {
    const jacobianEntries = {
      rows: t.flatMap((_, i) => [i, i]),
      columns: t.flatMap(() => [1, 0]),
    };
    const fit = await minimizeSquares(
      fromCallbacks({
        ...{ ...problem, jacobianEntries, upper: [Number.POSITIVE_INFINITY, 0.5] },
        residuals: async (x, r) => residuals(x, r),
        jacobian: (x, values) => {
          const dense = new Float64Array(2 * t.length);
          jacobian(x, dense);
          for (const i of t.keys()) values.set([dense[2 * i + 1] as number, dense[2 * i] as number], 2 * i);
        },
      }),
    );
    expect(fit.status).toBe('solved');
    expect(fit.x[1]).toBe(0.5);
    const held = await fitCurve({ x: t, y, start: { a: 1, k: 1 }, upper: { k: 0.5 }, curve });
    expect(fit.x[0]).toBeCloseTo(held.x[0] as number, 10);
  });

  it('are half a sum of squares for minimize', async () => {
    const fit = await minimizeSquares(fromCallbacks({ ...problem, jacobian }));
    for (const program of [fromCallbacks(problem), fromCallbacks({ ...problem, jacobian })]) {
      const result = await minimize(program);
      expect(result.status).toBe('solved');
      expect(result.objective).toBeCloseTo(fit.objective, 10);
      expect(result.x[1]).toBeCloseTo(fit.x[1] as number, 5);
    }
  });

  it('say what is wrong', async () => {
    expect(() => fromCallbacks({ ...problem, m: 0 })).toThrow('m = 0: expected an integer >= 1');
    expect(() => fromCallbacks({ ...problem, residuals: 1 } as never)).toThrow(/residuals = 1: expected a function/);
    expect(() => fromCallbacks({ ...problem, objective: () => 0 } as never)).toThrow(/unknown member 'objective'/);
    const broken = fromCallbacks({
      ...problem,
      residuals: () => {
        throw new Error('no');
      },
    });
    await expect(minimizeSquares(broken)).rejects.toThrow('residuals threw: no');
    await expect(minimize(broken)).rejects.toThrow('residuals threw: no');
  });
});

describe('losses', () => {
  it.each([huber, softL1, cauchy, tukey])('are made with their scale', async (loss) => {
    const data = { x: t, y, start: { a: 3, k: 0.7 }, curve };
    const made = await fitCurve(data, { loss: loss(0.1) });
    const { kind } = loss();
    const named = await fitCurve(data, { loss: kind, lossScale: 0.1 });
    expect(made.x).toEqual(named.x);
    expect(made.objective).toBe(named.objective);
  });

  it('have a scale above 0, and one alone', async () => {
    expect(() => huber(0)).toThrow('scale = 0: expected a finite number > 0');
    const data = { x: t, y, start: { a: 3, k: 0.7 }, curve };
    await expect(fitCurve(data, { loss: huber(2), lossScale: 1 })).rejects.toThrow(
      'lossScale = 1: expected none beside huber(2)',
    );
    await expect(fitCurve(data, { loss: { kind: 'huber', scale: 1 } as never })).rejects.toThrow(
      /unknown member 'scale'/,
    );
    await expect(fitCurve(data, { loss: { kind: 'cubic', lossScale: 1 } as never })).rejects.toThrow(/cubic/);
  });
});
