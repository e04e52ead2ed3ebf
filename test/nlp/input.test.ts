// Wrong and odd arguments of minimize.
import { describe, expect, it } from 'vitest';
import { rangeError } from '../../src/core/argumentError.js';
import { sum, sumSquares } from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';
import { minimize, type NlpSettings } from '../flat.js';

function circle() {
  const model = new Model();
  const x = model.variable(2, { start: [-1, -1.5] });
  model.minimize(sum(x));
  model.equal(sumSquares(x), 2);
  return model;
}

describe('arguments', () => {
  const cases: [string, unknown, unknown, typeof TypeError | typeof RangeError, string][] = [
    [
      'no problem',
      undefined,
      {},
      TypeError,
      'problem = undefined: expected a Model, or what readNl, fromCallbacks or a problem family gives',
    ],
    ['a plain object', { objective: () => 0 }, {}, TypeError, 'problem = an object: expected a Model'],
    ['settings', circle(), 5, TypeError, 'settings = 5: expected an object'],
    ['warm starts', circle(), { warmStart: [1, 2] }, TypeError, 'warmStart = an array: expected an object'],
    ['warm starts without x', circle(), { warmStart: {} }, TypeError, 'warmStart.x = undefined: expected an array'],
    [
      'short warm starts',
      circle(),
      { warmStart: { x: [1] } },
      RangeError,
      'warmStart.x: expected 2 numbers, one for each',
    ],
    [
      'infinite warm starts',
      circle(),
      { warmStart: { x: [1, Number.NaN] } },
      RangeError,
      'warmStart.x[1] = NaN: expected',
    ],
    [
      'multipliers',
      circle(),
      { warmStart: { x: [1, 2], multipliers: [1, 2] } },
      RangeError,
      'warmStart.multipliers: expected 1 numbers, got 2',
    ],
    ['reportIterates', circle(), { reportIterates: 1 }, TypeError, 'reportIterates = 1: expected a boolean'],
    [
      'sufficientDecrease',
      circle(),
      { sufficientDecrease: 0.5 },
      RangeError,
      'sufficientDecrease = 0.5: expected a number in (0, 0.5)',
    ],
    ['accuracy', circle(), { accuracy: 'high' }, RangeError, "accuracy = 'high': expected one of 'descent', 'paper'"],
    ['warmstart', circle(), { warmstart: {} }, TypeError, "unknown setting 'warmstart': did you mean 'warmStart'?"],
  ];
  it.each(cases)('%s', async (_, problem, settings, kind, message) => {
    const error = await minimize(problem as Model, settings as NlpSettings).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(message);
  });

  it('of more equations than variables, for the method that takes no more', async () => {
    const model = new Model();
    const x = model.variable(2);
    model.equal(x, 0);
    model.equal(sum(x), 0);
    await expect(minimize(model, { method: 'exactAugmentedLagrangian' })).rejects.toThrow(
      rangeError('m = 3: expected no more constraints than the n = 2 variables'),
    );
    expect((await minimize(model)).status).toBe('solved');
  });

  describe('for iterative inner solvers, which the interior-point method has not', () => {
    const bounded = () => {
      const model = new Model();
      const x = model.variable(2, { lower: 1 });
      model.minimize(sumSquares(x));
      return model;
    };
    const reason = ', since the interior-point method, which solves this problem, factors its systems';
    it.each([
      ['bounds', bounded, { inner: 'krylov' }, "inner = 'krylov': expected 'auto' or 'exact'"],
      ['a sketch', bounded, { inner: 'sketch', sketch: 'gaussian' }, "inner = 'sketch': expected 'auto' or 'exact'"],
      ['a preconditioner', bounded, { preconditioner: 'lagged' }, "preconditioner = 'lagged': expected 'auto'"],
    ] as const)('%s', async (_, build, settings, message) => {
      const error = await minimize(build(), settings).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toContain(message);
      expect((error as Error).message).toContain(reason);
    });

    it('nor where it is named', async () => {
      await expect(minimize(circle(), { method: 'interiorPoint', inner: 'krylov' })).rejects.toThrow(
        "method.inner: 'interiorPoint' does not read it; it belongs to exactAugmentedLagrangian, trustRegion",
      );
    });

    it('but those that choose', async () => {
      expect((await minimize(bounded(), { inner: 'exact' })).status).toBe('solved');
      expect((await minimize(circle(), { inner: 'krylov' })).status).toBe('solved');
    });
  });

  it('of a model without variables', async () => {
    await expect(minimize(new Model())).rejects.toThrow('model: expected at least one variable');
  });

  it('may be an array, a typed array, or a result', async () => {
    const model = circle();
    const result = await minimize(model);
    for (const warmStart of [
      result,
      { x: [...result.x], multipliers: [...result.multipliers] },
      { x: Float32Array.from(result.x) },
      { x: result.x, multipliers: undefined },
    ]) {
      expect((await minimize(model, { warmStart, tolerance: 1e-6 })).status).toBe('solved');
    }
  });

  it('are as they were', async () => {
    const model = circle();
    const warmStart = { x: Float64Array.of(-1, -2), multipliers: Float64Array.of(0.3) };
    await minimize(model, { warmStart });
    expect(warmStart).toEqual({ x: Float64Array.of(-1, -2), multipliers: Float64Array.of(0.3) });
    expect(model.compile().start).toEqual(Float64Array.of(-1, -1.5));
  });
});
