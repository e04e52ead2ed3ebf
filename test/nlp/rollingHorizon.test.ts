// Warm starts over 24 horizons of a unit commitment: the answers of cold ones, in iterations that are counted.
import { describe, expect, it } from 'vitest';
import { rangeError, typeError } from '../../src/core/argumentError.js';
import { add, mul, sub, sum, sumSquares } from '../../src/expressions/index.js';
import { Model, minimize, type NlpResult, type NlpSettings } from '../../src/index.js';
import { quadraticProgram, shifted } from '../../src/nlp/index.js';
import { moveOn, unitCommitment } from './unitCommitment.js';

/** Iterations and factorisations over all horizons: cold, from the last result, and from that shifted. */
async function overHorizons(squares: boolean, settings: NlpSettings = {}) {
  const made = unitCommitment({ squares });
  const starts = { cold: () => undefined, last: (last: NlpResult) => last, shifted };
  const totals = Object.fromEntries(Object.keys(starts).map((name) => [name, { iterations: 0, factorizations: 0 }]));
  let last = await minimize(made.model, settings);
  for (let k = 1; k <= 24; ++k) {
    moveOn(made, k, last);
    let cold: NlpResult | undefined;
    for (const [name, startOf] of Object.entries(starts)) {
      const result = await minimize(made.model, { ...settings, warmStart: startOf(last) });
      cold ??= result;
      expect({ k, name, status: result.status }).toEqual({ k, name, status: 'solved' });
      expect(Math.abs(result.objective - cold.objective)).toBeLessThanOrEqual(1e-8 * Math.abs(cold.objective));
      const total = totals[name] as { iterations: number; factorizations: number };
      total.iterations += result.iterations;
      total.factorizations += result.counts.factorization;
    }
    last = cold as NlpResult;
  }
  return totals as Record<keyof typeof starts, { iterations: number; factorizations: number }>;
}

describe('a rolling horizon', () => {
  for (const [title, squares] of [
    ['a quadratic program', true],
    ['a linear program', false],
  ] as const) {
    it(`as ${title}: shifted results take a tenth, others no more than cold starts`, async () => {
      const { cold, last, shifted: moved } = await overHorizons(squares);
      expect(moved.iterations).toBeLessThanOrEqual(0.1 * cold.iterations);
      expect(moved.factorizations).toBeLessThanOrEqual(0.25 * cold.factorizations);
      expect(last.iterations).toBeLessThanOrEqual(1.1 * cold.iterations);
      expect(last.factorizations).toBeLessThanOrEqual(1.1 * cold.factorizations);
    });
  }

  it('by the interior-point method of general programs: warm starts in vain are given up soon', async () => {
    const { cold, last, shifted: moved } = await overHorizons(true, { method: 'interiorPoint' });
    expect(last.iterations).toBeLessThanOrEqual(1.1 * cold.iterations);
    expect(moved.iterations).toBeLessThanOrEqual(0.8 * cold.iterations);
  });

  it('of a program that has not changed takes no iteration', async () => {
    const { model } = unitCommitment();
    const first = await minimize(model);
    const again = await minimize(model, { warmStart: first });
    expect([again.status, again.iterations, again.objective]).toEqual(['solved', 0, first.objective]);
  });

  it('begins at any multipliers, of sides that are not there as well', async () => {
    const { model } = unitCommitment();
    const { x, objective } = await minimize(model);
    const wrong = { multipliers: new Float64Array(528).fill(-3), lowerMultipliers: new Float64Array(360).fill(2) };
    const result = await minimize(model, { warmStart: { x: x.map((value) => 5 - value), ...wrong } });
    expect(result.status).toBe('solved');
    expect(result.objective).toBeCloseTo(objective, 3);
  });
});

describe('shifted', () => {
  /** A plan with a matrix over time, a matrix over something else, a vector and a scalar. */
  async function planned() {
    const model = new Model();
    const plan = model.variable([2, 3], { lower: 0 });
    const share = model.variable([2, 2]);
    const stock = model.variable(3);
    const level = model.variable();
    const target = [1, 2, 3, 4, 5, 6];
    const missed = sumSquares(sub(plan, { data: Float64Array.from(target), rows: 2, columns: 3 }));
    model.minimize(add(missed, sumSquares(share), sumSquares(stock), mul(level, level)));
    const limit = model.atMost(plan, 2);
    model.equal(sum(stock), 1);
    return { model, plan, share, stock, limit, result: await minimize(model) };
  }

  it('moves variables, constraints and their multipliers along the last axis', async () => {
    const { plan, stock, limit, result } = await planned();
    const counted = { ...result, x: result.x.map((_, j) => j) };
    const next = shifted(Object.assign(result, counted));
    expect([...plan.valueIn(next).data]).toEqual([1, 2, 2, 4, 5, 5]);
    expect([...stock.valueIn(next)]).toEqual([11, 12, 12]);
    expect(next.x[13]).toBe(13);
    const [a, b, c, d, e, f] = limit.multipliersIn(result).data;
    expect([...limit.multipliersIn(next as NlpResult).data]).toEqual([b, c, c, e, f, f]);
    expect([a, d]).not.toEqual([b, e]);
  });

  it('moves by more steps, along the other axis, and not what is no plan over time', async () => {
    const { plan, share, stock, result } = await planned();
    Object.assign(result, { x: result.x.map((_, j) => j) });
    expect([...plan.valueIn(shifted(result, { by: 2 })).data]).toEqual([2, 2, 2, 5, 5, 5]);
    expect([...plan.valueIn(shifted(result, { by: 9 })).data]).toEqual([2, 2, 2, 5, 5, 5]);
    const down = shifted(result, { axis: 0, except: [share] });
    expect([...plan.valueIn(down).data]).toEqual([3, 4, 5, 3, 4, 5]);
    expect([...share.valueIn(down).data]).toEqual([6, 7, 8, 9]);
    expect([...stock.valueIn(down)]).toEqual([11, 12, 12]);
  });

  it('refuses what it cannot move', async () => {
    const { result } = await planned();
    const other = new Model();
    expect(() => shifted(result, { by: 0 })).toThrow(rangeError('by = 0: expected an integer >= 1'));
    expect(() => shifted(result, { axis: 2 as never })).toThrow(rangeError('axis = 2: expected an integer in [0, 1]'));
    expect(() => shifted(result, { step: 1 } as never)).toThrow("unknown option 'step'");
    expect(() => shifted(result, { except: [other.variable()] })).toThrow(
      typeError('except: expected variables and constraints of the model'),
    );
    const message = 'result: expected the result of a Model, whose variables have shapes';
    const family = await minimize(quadraticProgram({ Q: [[1]] }));
    expect(() => shifted(family)).toThrow(typeError(message));
    expect(() => shifted({ ...result })).toThrow(typeError(message));
  });
});
