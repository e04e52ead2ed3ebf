// Derivatives of solutions in parameters: known ones, and against differences of two solves.
import { describe, expect, it } from 'vitest';
import { rangeError, typeError } from '../../src/core/argumentError.js';
import { add, at, exp, mul, square, sub, sum, sumSquares } from '../../src/expressions/index.js';
import { Model, minimize, type NlpResult } from '../../src/index.js';
import { quadraticProgram, type Sensitivity } from '../../src/nlp/index.js';

const near = (value: number, digits = 7) => expect.closeTo(value, digits);
const allNear = (values: ArrayLike<number>, digits = 7) => Array.from(values, (value) => near(value, digits));

/** A model in which parameters are data, bounds and sides, some of them active. */
function withParameters(sense: 'minimize' | 'maximize') {
  const model = new Model();
  const weight = model.parameter({ value: 0.5 });
  const low = model.parameter(3, { value: [0.4, -1, -1] });
  const cap = model.parameter({ value: 2 });
  const tie = model.parameter({ value: 0.3 });
  const far = model.parameter({ value: 50 });
  const x = model.variable(3, { lower: low, upper: [5, 5, 0.2], start: 0.1 });
  const f = add(sumSquares(sub(x, [-1, 2, 1])), mul(weight, exp(at(x, 1))), mul(0.3, at(x, 0), at(x, 2)));
  if (sense === 'minimize') model.minimize(f);
  else model.maximize(mul(-1, f));
  model.atMost(add(sumSquares(x), mul(weight, at(x, 1))), cap);
  model.equal(add(at(x, 0), mul(0.1, at(x, 1))), mul(2, tie));
  model.between(sum(x), -10, far);
  return { model, x, parameters: { weight, cap, tie, far }, low };
}

const members = ['x', 'multipliers', 'lowerMultipliers', 'upperMultipliers'] as const;

/** Central differences of results. */
function differences(above: NlpResult, below: NlpResult, step: number) {
  const all = members.map((name) => [
    name,
    above[name].map((value, j) => (value - (below[name][j] as number)) / (2 * step)),
  ]);
  return { ...Object.fromEntries(all), objective: (above.objective - below.objective) / (2 * step) } as Omit<
    Sensitivity,
    'increase' | 'decrease'
  >;
}

describe('sensitivity', () => {
  it.each(['minimize', 'maximize'] as const)('is that of two solves: %s', async (sense) => {
    const { model, parameters, low } = withParameters(sense);
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    const step = 1e-4;
    for (const [name, parameter] of Object.entries(parameters)) {
      const found = await result.sensitivity(parameter);
      const { value } = parameter;
      const ends: NlpResult[] = [];
      for (const side of [1, -1]) {
        parameter.set(value + side * step);
        ends.push(await minimize(model));
      }
      parameter.set(value);
      const expected = differences(ends[0] as NlpResult, ends[1] as NlpResult, step);
      for (const member of members) {
        expect({ name, [member]: [...found[member]] }).toEqual({ name, [member]: allNear(expected[member], 5) });
      }
      expect({ name, objective: found.objective }).toEqual({ name, objective: near(expected.objective, 5) });
    }
    const ofBounds = await result.sensitivity(low);
    expect(ofBounds).toHaveLength(3);
    expect(ofBounds.map(({ x }) => Math.max(...x.map(Math.abs)) > 0)).toEqual(
      [...result.lowerMultipliers].map((z) => z !== 0),
    );
  });

  it('has the gradient of an expression by one system', async () => {
    const { model, x, parameters, low } = withParameters('minimize');
    const result = await minimize(model);
    const phi = add(mul(at(x, 0), at(x, 1)), mul(parameters.cap, square(at(x, 2))), parameters.weight);
    const gradient = await result.gradient(phi);
    const [a, b, c] = x.valueIn(result) as unknown as [number, number, number];
    const slopes = [b, a, 2 * 2 * c];
    const own: Record<string, number> = { cap: c * c, weight: 1 };
    for (const [name, parameter] of Object.entries(parameters)) {
      const { x: dx } = await result.sensitivity(parameter);
      const expected = slopes.reduce((total, slope, j) => total + slope * (dx[j] as number), own[name] ?? 0);
      expect({ name, value: parameter.gradientIn(gradient) }).toEqual({ name, value: near(expected, 8) });
    }
    const ofLow = await result.sensitivity(low);
    expect([...low.gradientIn(gradient)]).toEqual(
      ofLow.map(({ x: dx }) =>
        near(
          slopes.reduce((total, slope, j) => total + slope * (dx[j] as number), 0),
          8,
        ),
      ),
    );
  });

  it('says how far it holds', async () => {
    // The projection of p on [0, 1]: x = p, until a bound is met.
    const model = new Model();
    const p = model.parameter({ value: 0.3 });
    const x = model.variable({ lower: 0, upper: 1, start: 0.5 });
    model.minimize(mul(0.5, square(sub(x, p))));
    const inside = await (await minimize(model)).sensitivity(p);
    expect([...inside.x, inside.increase, inside.decrease]).toEqual(allNear([1, 0.7, 0.3]));
    p.set(1.5);
    const outside = await (await minimize(model)).sensitivity(p);
    expect([...outside.x, outside.upperMultipliers[0]]).toEqual(allNear([0, 1]));
    expect([outside.increase, outside.decrease]).toEqual([Number.POSITIVE_INFINITY, near(0.5)]);
  });

  it('is there at a bound that holds weakly, or refused with the reason', async () => {
    // min 1/2 ||x - (p, q)||^2, x >= 0, at p = 0: x_0 = max(p, 0) has a kink in p, and none in q.
    const model = new Model();
    const p = model.parameter({ value: 0 });
    const q = model.parameter({ value: 2 });
    const x = model.variable(2, { lower: 0, start: 1 });
    model.minimize(mul(0.5, add(square(sub(at(x, 0), p)), square(sub(at(x, 1), q)))));
    const result = await minimize(model);
    expect(result.degenerate).toBe(true);
    expect([...(await result.sensitivity(q)).x]).toEqual(allNear([0, 1], 6));
    await expect(result.sensitivity(p)).rejects.toThrow(
      'the solution has a kink there: x[0] is at its lower bound with a multiplier of 0',
    );
    await expect(result.gradient(sum(x))).rejects.toThrow('kink');
  });

  it('follows a weak side that moves with the solution', async () => {
    // x = p, and the constraint x <= p holds with a multiplier of 0 for all p.
    const model = new Model();
    const p = model.parameter({ value: 0.7 });
    const x = model.variable({ start: 0 });
    model.minimize(square(sub(x, p)));
    model.atMost(x, p);
    const result = await minimize(model);
    expect(result.degenerate).toBe(true);
    const found = await result.sensitivity(p);
    expect([...found.x, ...found.multipliers]).toEqual(allNear([1, 0], 5));
    expect([found.increase, found.decrease]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(p.gradientIn(await result.gradient(mul(3, x)))).toBeCloseTo(3, 5);
  });

  it('of a linear program is that of its basis', async () => {
    const model = new Model();
    const sides = model.parameter(2, { value: [6, 4] });
    const low = model.parameter({ value: -3 });
    const x = model.variable({ start: 1 });
    const y = model.variable({ lower: low });
    model.minimize(add(mul(-1, x), mul(4, y)));
    const rows = model.atMost(add(mul([-3, 1], x), mul([1, 2], y)), sides);
    const result = await minimize(model);
    const [first, second] = await result.sensitivity(sides);
    expect([...(first?.x ?? []), first?.objective]).toEqual(allNear([0, 0, 0]));
    expect([...(second?.x ?? []), second?.objective]).toEqual(allNear([1, 0, -1]));
    expect([first?.decrease, first?.increase]).toEqual([near(6 + 33), Number.POSITIVE_INFINITY]);
    const ofLow = await result.sensitivity(low);
    expect([x.valueIn(ofLow), y.valueIn(ofLow), ofLow.objective]).toEqual(allNear([-2, 1, 6]));
    expect([...rows.multipliersIn(ofLow)]).toEqual(allNear([0, 0]));
  });

  it('is of the values that parameters had when the solve began', async () => {
    const model = new Model();
    const p = model.parameter({ value: 2 });
    const x = model.variable({ start: 1 });
    model.minimize(sub(mul(1 / 3, mul(x, square(x))), mul(p, p, x)));
    const solve = minimize(model);
    p.set(100);
    const result = await solve;
    expect(x.valueIn(result)).toBeCloseTo(2, 7);
    // x = p
    expect(x.valueIn(await result.sensitivity(p))).toBeCloseTo(1, 7);
    expect(p.gradientIn(await result.gradient(mul(x, p)))).toBeCloseTo(4, 7);
  });

  it('is no part of a copy', async () => {
    const { model } = withParameters('minimize');
    const result = await minimize(model);
    expect(Object.keys(result)).not.toContain('sensitivity');
    expect(structuredClone(result)).toEqual({ ...result });
  });

  it('is refused where there is none', async () => {
    const { model, parameters, x } = withParameters('minimize');
    const result = await minimize(model);
    const other = new Model();
    await expect(result.sensitivity(x as never)).rejects.toThrow(
      typeError('parameter = an expression of shape [3]: expected a parameter of the model'),
    );
    await expect(result.sensitivity(other.parameter())).rejects.toThrow(
      'expected one of this model, got one of another model',
    );
    await expect(result.gradient(other.variable())).rejects.toThrow('expected an expression of this model');
    await expect(result.gradient(x)).rejects.toThrow(rangeError('expression: shape [3]: expected a scalar'));
    const stopped = await minimize(model, { maxIterations: 0 });
    await expect(stopped.sensitivity(parameters.cap)).rejects.toThrow("status = 'iterationLimit': expected 'solved'");
    const family = await minimize(quadraticProgram({ Q: [[1]] }));
    await expect(family.sensitivity(parameters.cap)).rejects.toThrow('expected the result of a Model');
    const twice = new Model();
    const p = twice.parameter({ value: 1 });
    const y = twice.variable({ lower: p });
    twice.minimize(y);
    twice.atLeast(y, p);
    const dependent = await minimize(twice);
    await expect(dependent.sensitivity(p)).rejects.toThrow('depend on each other');
  });
});
