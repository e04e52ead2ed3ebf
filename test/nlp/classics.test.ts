// Problems with inequalities from the literature, and problems written in two ways, whose answers must agree.
import { describe, expect, it } from 'vitest';
import {
  add,
  at,
  concat,
  dot,
  type Expression,
  exp,
  mul,
  neg,
  pow,
  slice,
  square,
  sub,
  sum,
  sumSquares,
  type Variable,
} from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import { checkOptimality } from '../../src/nlp/index.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const entries = (x: Expression<readonly [number]>) => range(x.size).map((k) => at(x, k));

/** Number 100 of Hock and Schittkowski. */
function hs100(): Model {
  const model = new Model();
  const x = model.variable(7, { start: [1, 2, 0, 4, 0, 1, 1] });
  const [a, b, c, d, e, f, g] = entries(x) as [
    Expression,
    Expression,
    Expression,
    Expression,
    Expression,
    Expression,
    Expression,
  ];
  model.minimize(
    add(
      square(sub(a, 10)),
      mul(5, square(sub(b, 12))),
      pow(c, 4),
      mul(3, square(sub(d, 11))),
      mul(10, pow(e, 6)),
      mul(7, square(f)),
      pow(g, 4),
      mul(-4, f, g),
      mul(-10, f),
      mul(-8, g),
    ),
  );
  model.atMost(add(mul(2, square(a)), mul(3, pow(b, 4)), c, mul(4, square(d)), mul(5, e)), 127);
  model.atMost(add(mul(7, a), mul(3, b), mul(10, square(c)), d, neg(e)), 282);
  model.atMost(add(mul(23, a), square(b), mul(6, square(f)), mul(-8, g)), 196);
  model.atMost(add(mul(4, square(a)), square(b), mul(-3, a, b), mul(2, square(c)), mul(5, f), mul(-11, g)), 0);
  return model;
}

/** Number 118 of Hock and Schittkowski: a quadratic program of five periods, with ranges. */
function hs118(): Model {
  const model = new Model();
  const later = [0, 0, 0, 0].flatMap(() => [
    [0, 90],
    [0, 120],
    [0, 60],
  ]);
  const bounds = [[8, 21], [43, 57], [3, 16], ...later] as [number, number][];
  const x = model.variable(15, {
    lower: bounds.map(([low]) => low),
    upper: bounds.map(([, high]) => high),
    start: [20, 55, 15, ...[0, 0, 0, 0].flatMap(() => [20, 60, 20])],
  });
  const weights = range(5).flatMap(() => [0.0001, 0.0001, 0.00015]);
  model.minimize(
    add(
      dot(
        range(5).flatMap(() => [2.3, 1.7, 2.2]),
        x,
      ),
      dot(weights, square(x)),
    ),
  );
  model.between(
    add(sub(slice(x, 3), slice(x, 0, 12)), 7),
    0,
    range(4).flatMap(() => [13, 14, 13]),
  );
  for (const [k, need] of [60, 50, 70, 85, 100].entries()) model.atLeast(sum(slice(x, 3 * k, 3 * k + 3)), need);
  return model;
}

/** Number 15 of Hock and Schittkowski, from the start at which many solvers end at a worse point. */
function hs015(): Model {
  const model = new Model();
  const x = model.variable(2, { upper: [0.5, Number.POSITIVE_INFINITY], start: [-2, 1] });
  const [a, b] = entries(x) as [Expression, Expression];
  model.minimize(add(mul(100, square(sub(b, square(a)))), square(sub(1, a))));
  model.atLeast(mul(a, b), 1);
  model.atLeast(add(a, square(b)), 0);
  return model;
}

/** The third of Polak's minimax problems. */
function polak3(): Model {
  const model = new Model();
  const x = model.variable(11, { start: 1 });
  const t = model.variable();
  model.minimize(t);
  for (const j of range(10)) {
    const centers = range(11).map((i) => Math.sin(j + 2 * (i + 1)));
    model.atMost(
      dot(
        range(11).map((i) => 1 / (i + 1)),
        exp(square(sub(x, centers))),
      ),
      t,
    );
  }
  return model;
}

describe('problems of the literature', () => {
  const cases: [string, () => Model, number][] = [
    ['hs015', hs015, 306.5],
    ['hs100', hs100, 680.6300573],
    ['hs118', hs118, 664.82045],
    ['polak3', polak3, 5.933003],
  ];
  it.each(cases)('%s', async (_, make, objective) => {
    const model = make();
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    expect(result.objective).toBeCloseTo(objective, 5);
    expect(checkOptimality(model, result.x, result)).toMatchObject({ ok: true, wrong: [] });
  });

  it('hs013, where no multipliers exist', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: 0, start: -2 });
    const [a, b] = entries(x) as [Expression, Expression];
    model.minimize(add(square(sub(a, 2)), square(b)));
    model.atLeast(sub(pow(sub(1, a), 3), b), 0);
    const { x: found, feasibility } = await minimize(model);
    expect(Array.from(found)).toEqual([expect.closeTo(1, 1), expect.closeTo(0, 4)]);
    expect(feasibility).toBeLessThan(1e-6);
  });
});

/** A model of three variables with a lower bound. */
function bounded(make: (model: Model, x: Variable<readonly [number]>) => void) {
  const model = new Model();
  const x = model.variable(3, { lower: -0.2, start: 0.5 });
  make(model, x);
  return { model, x };
}

describe('the same problem', () => {
  const f = (x: Expression<readonly [number]>) => add(dot([1, -2, -3], x), mul(0.1, sumSquares(x)));

  it('has the same multipliers with slacks', async () => {
    const plain = bounded((model, x) => {
      model.minimize(f(x));
      model.atMost(concat([sumSquares(x), sum(x)]), [1, 0.9]);
    });
    const slack = bounded((model, x) => {
      model.minimize(f(x));
      const s = model.variable(2, { lower: 0, start: 1 });
      model.equal(add(concat([sumSquares(x), sum(x)]), s), [1, 0.9]);
    });
    const [a, b] = await Promise.all([minimize(plain.model), minimize(slack.model)]);
    expect([a.status, b.status]).toEqual(['solved', 'solved']);
    expect([...b.x.subarray(0, 3)]).toEqual(Array.from(a.x, (value) => expect.closeTo(value, 6)));
    expect([...b.multipliers]).toEqual(Array.from(a.multipliers, (value) => expect.closeTo(value, 5)));
    expect(Math.max(...a.multipliers)).toBeGreaterThan(0.1);
  });

  it('has the same x in other units of the objective', async () => {
    const results = await Promise.all(
      [1e-6, 1, 1e6].map((unit) => {
        const { model } = bounded((model, x) => {
          model.minimize(mul(unit, f(x)));
          model.atMost(sumSquares(x), 1);
        });
        return minimize(model);
      }),
    );
    const [small, one, large] = results;
    if (!small || !one || !large) throw new Error('three results');
    for (const result of results) expect(result.status).toBe('solved');
    expect(Array.from(small.x)).toEqual(Array.from(one.x, (value) => expect.closeTo(value, 5)));
    expect(Array.from(large.x)).toEqual(Array.from(one.x, (value) => expect.closeTo(value, 6)));
    expect((large.multipliers[0] as number) / 1e6).toBeCloseTo(one.multipliers[0] as number, 6);
  });

  it('bears equations that say the same, and more of them than variables', async () => {
    const { model, x } = bounded((model, x) => {
      model.minimize(f(x));
      for (const unit of [1, 2, -3, 4, 0.5]) model.equal(mul(unit, sum(x)), unit * 0.6);
      model.atMost(at(x, 2), 0.5);
      model.atMost(at(x, 2), 0.5);
    });
    const result = await minimize(model);
    expect(result.status).toBe('solved');
    expect(checkOptimality(model, result.x, result)).toMatchObject({ ok: true, wrong: [] });
    // x_0 at its bound: x = (-0.2, 0.3, 0.5).
    expect([...x.valueIn(result)]).toEqual([-0.2, expect.closeTo(0.3, 7), expect.closeTo(0.5, 7)]);
  });
});
