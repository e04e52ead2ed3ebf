// Derivatives of solutions in parameters: known ones, and against differences of two solves.
import { describe, expect, it } from 'vitest';
import { rangeError, typeError } from '../../src/core/argumentError.js';
import { add, at, exp, mul, square, sub, sum, sumSquares } from '../../src/expressions/index.js';
import { Model, minimize, type NlpResult } from '../../src/index.js';
import { quadraticProgram, type Sensitivity } from '../../src/nlp/index.js';
import { all as full } from '../long.js';
import { sensitivityClaims } from './sensitivityClaims.js';
import { demand, unitCommitment } from './unitCommitment.js';

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

/** A sensitivity that has all derivatives. */
function whole(found: Sensitivity | undefined) {
  expect(found?.reason).toBeUndefined();
  return found as Required<{ [name in keyof Sensitivity]: NonNullable<Sensitivity[name]> }>;
}

const members = ['x', 'multipliers', 'lowerMultipliers', 'upperMultipliers'] as const;

/** Central differences of results. */
function differences(above: NlpResult, below: NlpResult, step: number) {
  const all = members.map((name) => [
    name,
    above[name].map((value, j) => (value - (below[name][j] as number)) / (2 * step)),
  ]);
  return { ...Object.fromEntries(all), objective: (above.objective - below.objective) / (2 * step) } as Pick<
    ReturnType<typeof whole>,
    (typeof members)[number] | 'objective'
  >;
}

describe('sensitivity', () => {
  it.each(['minimize', 'maximize'] as const)('is that of two solves: %s', async (sense) => {
    const { model, parameters, low } = withParameters(sense);
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    const step = 1e-4;
    for (const [name, parameter] of Object.entries(parameters)) {
      const found = whole(await result.sensitivity(parameter));
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
    expect(ofBounds.map((found) => Math.max(...whole(found).x.map(Math.abs)) > 0)).toEqual(
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
      const { x: dx } = whole(await result.sensitivity(parameter));
      const expected = slopes.reduce((total, slope, j) => total + slope * (dx[j] as number), own[name] ?? 0);
      expect({ name, value: parameter.gradientIn(gradient) }).toEqual({ name, value: near(expected, 8) });
    }
    const ofLow = await result.sensitivity(low);
    expect([...low.gradientIn(gradient)]).toEqual(
      ofLow.map((found) =>
        near(
          slopes.reduce((total, slope, j) => total + slope * (whole(found).x[j] as number), 0),
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
    const inside = whole(await (await minimize(model)).sensitivity(p));
    expect([...inside.x, inside.increase, inside.decrease]).toEqual(allNear([1, 0.7, 0.3]));
    p.set(1.5);
    const outside = whole(await (await minimize(model)).sensitivity(p));
    expect([...outside.x, outside.upperMultipliers[0]]).toEqual(allNear([0, 1]));
    expect([outside.increase, outside.decrease]).toEqual([Number.POSITIVE_INFINITY, near(0.5)]);
  });

  it('is there at a bound that holds weakly, to one side where there is a kink', async () => {
    // min 1/2 ||x - (p, q)||^2, x >= 0, at p = 0: x_0 = max(p, 0) has a kink in p, and none in q.
    const model = new Model();
    const p = model.parameter({ value: 0 });
    const q = model.parameter({ value: 2 });
    const x = model.variable(2, { lower: 0, start: 1 });
    model.minimize(mul(0.5, add(square(sub(at(x, 0), p)), square(sub(at(x, 1), q)))));
    const result = await minimize(model);
    expect(result.degenerate).toBe(true);
    expect([...whole(await result.sensitivity(q)).x]).toEqual(allNear([0, 1], 6));
    const { x: dx, objective, up, down, degenerate, reason } = await result.sensitivity(p);
    expect([dx, degenerate, reason]).toEqual([
      undefined,
      false,
      'the solution has a kink there: x[0] is at its lower bound with a multiplier of 0, and changes to both sides differ',
    ]);
    expect([up.x, down.x].map((values) => [...(values as Float64Array)])).toEqual([
      allNear([1, 0], 6),
      allNear([0, 0], 6),
    ]);
    expect([objective, up.objective, down.objective]).toEqual(allNear([0, 0, 0], 6));
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
    const found = whole(await result.sensitivity(p));
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
    const [first, second] = (await result.sensitivity(sides)).map(whole);
    expect([...(first?.x ?? []), first?.objective]).toEqual(allNear([0, 0, 0]));
    expect([...(second?.x ?? []), second?.objective]).toEqual(allNear([1, 0, -1]));
    expect([first?.decrease, first?.increase]).toEqual([near(6 + 33), Number.POSITIVE_INFINITY]);
    const ofLow = whole(await result.sensitivity(low));
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
    expect(x.valueIn(whole(await result.sensitivity(p)))).toBeCloseTo(1, 7);
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
  });
});

describe('where the gradients of what is active depend on each other', () => {
  it('a kink has two slopes', async () => {
    // min x subject to x >= p and x >= 0 at p = 0: x = max(p, 0).
    const model = new Model();
    const p = model.parameter({ value: 0 });
    const x = model.variable({ lower: 0, start: 1 });
    model.minimize(x);
    model.atLeast(x, p);
    const result = await minimize(model);
    const { up, down, ...found } = await result.sensitivity(p);
    expect([up.objective, down.objective, up.x?.[0], down.x?.[0]]).toEqual(allNear([1, 0, 1, 0]));
    expect(found).toEqual({
      ...{ x: undefined, objective: undefined, multipliers: undefined, lowerMultipliers: undefined },
      ...{ upperMultipliers: undefined, increase: undefined, decrease: undefined, degenerate: true },
      reason: 'there is a kink: changes to both sides differ',
    });
    await expect(result.gradient(x)).rejects.toThrow(
      rangeError('expression: has no derivative in parameter 0: there is a kink: changes to both sides differ'),
    );
  });

  it('what is the same for all multipliers is there', async () => {
    const model = new Model();
    const p = model.parameter({ value: 1 });
    const x = model.variable({ lower: p });
    model.maximize(mul(-2, x));
    model.atLeast(x, p);
    const result = await minimize(model);
    const { x: dx, objective, multipliers, degenerate, reason } = await result.sensitivity(p);
    expect([dx?.[0], objective, degenerate, multipliers]).toEqual([near(1), near(-2), true, undefined]);
    expect(reason).toBe('the gradients of the active bounds and constraints depend on each other');
    expect(p.gradientIn(await result.gradient(mul(3, x, p)))).toBeCloseTo(6, 7);
  });

  it('one side may have no admissible point, and another solution may lie beside x', async () => {
    const model = new Model();
    const p = model.parameter({ value: 1 });
    const x = model.variable(2, { lower: 0, upper: [1, 3] });
    model.minimize(at(x, 0));
    model.atLeast(at(x, 0), p);
    const { up, down, reason } = await (await minimize(model)).sensitivity(p);
    expect([up.objective, up.x, down.objective, down.x]).toEqual([undefined, undefined, near(1), undefined]);
    expect(reason).toContain('no admissible point is near on one side');
  });

  it('a model that is not convex has the derivative of its objective, if all multipliers agree', async () => {
    const model = new Model();
    const p = model.parameter({ value: 1 });
    const x = model.variable({ lower: p, start: 2 });
    model.minimize(add(mul(x, x, x), mul(-1, x, x)));
    model.atLeast(x, p);
    const found = await (await minimize(model)).sensitivity(p);
    expect([found.degenerate, found.x, found.objective]).toEqual([true, undefined, near(1, 5)]);
    expect(found.reason).toContain('not convex');
  });

  for (const squares of full ? [true, false] : [true]) {
    it(`all hours of a unit commitment, ${squares ? 'a quadratic' : 'a linear'} program, agree with differences`, async () => {
      const { model, load } = unitCommitment({ squares });
      const result = await minimize(model);
      const all = await result.sensitivity(load);
      const step = 0.01;
      for (const [hour, found] of all.entries()) {
        if (!full && hour % 6 !== 1) continue;
        const [above, below] = await Promise.all(
          [step, -step].map((change) => {
            load.set(demand.map((value, t) => (t === hour ? value + change : value)));
            return minimize(model);
          }),
        );
        const expected = differences(above as NlpResult, below as NlpResult, step);
        expect({ hour, degenerate: found.degenerate }).toEqual({ hour, degenerate: true });
        expect(Math.abs((found.objective as number) / expected.objective - 1)).toBeLessThan(1e-7);
        const apart = found.x?.map((value, j) => Math.abs(value - (expected.x[j] as number)));
        expect(Math.max(...(apart as Float64Array))).toBeLessThan(1e-6);
      }
    });
  }

  it('claims of random programs are those of differences', async () => {
    const { trial } = sensitivityClaims['sensitivities of degenerate programs'] as (typeof sensitivityClaims)[string];
    let known = 0;
    for (let seed = 0; seed < (full ? 300 : 60); ++seed) {
      const { status, wrong } = await trial(seed);
      expect({ seed, wrong }).toEqual({ seed, wrong: [] });
      if (status === 'solved') ++known;
    }
    expect(known).toBeGreaterThan(full ? 200 : 40);
  });
});
