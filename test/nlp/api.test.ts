// minimize from JavaScript: results, starts, parameters, progress, several solves of one model.
import { describe, expect, it } from 'vitest';
import { add, at, div, log, mul, pow, slice, square, sub, sum, sumSquares } from '../../src/expressions/index.js';
import { Model, minimize, type NlpProgress, type NlpResult } from '../../src/index.js';
import type { Program } from '../../src/nlp/index.js';

/** min x_0 + x_1 on a circle about 0, whose squared radius is a parameter. */
function circle() {
  const model = new Model();
  const x = model.variable(2, { start: [-1, -1.5], name: 'x' });
  const radius = model.parameter({ value: 2 });
  model.minimize(sum(x));
  const equation = model.equal(sumSquares(x), radius);
  return { model, x, radius, equation };
}

/** The chained Rosenbrock function: many steps. */
function valley(n: number) {
  const model = new Model();
  const x = model.variable(n, { start: -1 });
  const ahead = sub(slice(x, 1), square(slice(x, 0, -1)));
  model.minimize(add(mul(100, sumSquares(ahead)), sumSquares(sub(slice(x, 0, -1), 1))));
  return model;
}

/** ||grad L||_inf and ||c||_inf of a result, by the program's own functions. */
function kkt(program: Program, { x, multipliers }: NlpResult) {
  const transposed = program.jacobianTransposedProduct(x, multipliers);
  const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return {
    gradient: largest(program.gradient(x).map((value, j) => value + (transposed[j] as number))),
    feasibility: largest(program.constraints(x)),
  };
}

describe('a result', () => {
  it('has the solution in the shapes of the model', async () => {
    const { model, x, equation } = circle();
    const result = await minimize(model);
    expect(result).toMatchObject({ status: 'solved', device: 'cpu' });
    expect([...x.valueIn(result)]).toEqual([expect.closeTo(-1, 7), expect.closeTo(-1, 7)]);
    expect(equation.multipliersIn(result)).toBeCloseTo(0.5, 7);
    expect(result.objective).toBeCloseTo(-2, 7);
    expect(result.inertia).toEqual({ positive: 1, negative: 0, zero: 0 });
  });

  it('has matrices of variables and multipliers', async () => {
    const model = new Model();
    const X = model.variable([2, 3], { start: 1 });
    const target = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    model.minimize(mul(0.5, sumSquares(X)));
    const equation = model.equal(X, target);
    const result = await minimize(model);
    const data = [1, 2, 3, 4, 5, 6];
    const [values, multipliers] = [X.valueIn(result), equation.multipliersIn(result)];
    for (const found of [values, multipliers]) expect(found).toMatchObject({ rows: 2, columns: 3 });
    expect([...values.data]).toEqual(data.map((value) => expect.closeTo(value, 9)));
    expect([...multipliers.data]).toEqual(data.map((value) => expect.closeTo(-value, 7)));
  });

  it('has residuals that are those of the problem', async () => {
    const model = new Model();
    const x = model.variable(3, { start: [1, 2, -1] });
    // Gradients above 100, so that it is scaled.
    model.minimize(mul(1000, sum(pow(x, 4))));
    model.equal(mul(500, sum(x)), 500);
    const result = await minimize(model);
    const { gradient, feasibility } = kkt(model.compile(), result);
    expect(result.status).toBe('solved');
    expect(result.residual).toBeLessThanOrEqual(1e-8);
    expect(result.feasibility).toBeCloseTo(feasibility, 12);
    expect(result.unscaledResidual).toBeCloseTo(Math.max(gradient, feasibility), 9);
    for (const value of result.x) expect(value).toBeCloseTo(1 / 3, 7);
    // 4000 x^3 + 500 lambda = 0
    expect(result.multipliers[0]).toBeCloseTo(-8 / 27, 6);
  });

  it('counts and times what was done', async () => {
    const { counts, time, iterations, history, seconds } = await minimize(valley(20), {
      method: 'exactAugmentedLagrangian',
    });
    for (const count of [counts.objective, counts.gradient, counts.hessian, counts.factorization]) {
      expect(count).toBeGreaterThanOrEqual(iterations / 2);
    }
    expect(counts).toMatchObject({ constraints: 0, restoration: 0 });
    expect(time.derivatives).toBeGreaterThan(0);
    expect(time.linearAlgebra).toBeGreaterThan(0);
    expect(time.derivatives + time.linearAlgebra).toBeLessThanOrEqual(seconds);
    expect(history).toHaveLength(iterations + 1);
    for (const report of history) expect(report).not.toHaveProperty('x');
  });

  it('says what multipliers mean', async () => {
    const { model, radius, equation } = circle();
    const result = await minimize(model);
    const step = 1e-4;
    radius.set(2 + step);
    const moved = await minimize(model);
    expect((moved.objective - result.objective) / step).toBeCloseTo(-equation.multipliersIn(result), 4);
  });
});

describe('another solve', () => {
  it('has new values of parameters, and compiles nothing', async () => {
    const { model, x, radius } = circle();
    const program = model.compile();
    for (const value of [2, 8, 18, 0.5]) {
      radius.set(value);
      const result = await minimize(model);
      expect(result.status).toBe('solved');
      for (const entry of x.valueIn(result)) expect(entry).toBeCloseTo(-Math.sqrt(value / 2), 7);
    }
    expect(model.compile()).toBe(program);
  });

  it('begins where the last one ended', async () => {
    const model = valley(30);
    const cold = await minimize(model);
    const warm = await minimize(model, { warmStart: cold });
    expect(warm).toMatchObject({ status: 'solved', iterations: 0 });
    expect(warm.x).toEqual(cold.x);
  });

  it('makes use of multipliers', async () => {
    const { model, radius } = circle();
    const before = await minimize(model);
    radius.set(2.02);
    const warm = await minimize(model, { warmStart: before });
    const withoutMultipliers = await minimize(model, { warmStart: { x: before.x } });
    const cold = await minimize(model, { warmStart: { x: [-3, 0.5] } });
    expect([warm.status, withoutMultipliers.status, cold.status]).toEqual(['solved', 'solved', 'solved']);
    expect(warm.iterations).toBeLessThan(cold.iterations);
  });

  it('has another start', async () => {
    const model = new Model();
    const x = model.variable({ start: 2 });
    model.minimize(square(sub(square(x), 1)));
    expect(x.valueIn(await minimize(model))).toBeCloseTo(1, 6);
    x.setStart(-0.5);
    expect(x.valueIn(await minimize(model))).toBeCloseTo(-1, 6);
  });

  it('has what has been added', async () => {
    const model = new Model();
    const x = model.variable(2, { start: [1, 1] });
    model.minimize(sumSquares(sub(x, [1, 2])));
    expect((await minimize(model)).objective).toBeCloseTo(0, 10);
    const tie = model.equal(at(x, 0), at(x, 1));
    const result = await minimize(model);
    expect(result.objective).toBeCloseTo(0.5, 9);
    expect(Math.abs(tie.multipliersIn(result))).toBeCloseTo(1, 7);
    model.minimize(sumSquares(x));
    expect((await minimize(model)).objective).toBeCloseTo(0, 10);
  });
});

describe('several solves of one model', () => {
  it('run at once, each with its own parameters and start', async () => {
    const { model, x, radius } = circle();
    const values = Array.from({ length: 40 }, (_, i) => 0.5 + i);
    const solves = values.map((value) => {
      radius.set(value);
      x.setStart(-Math.sqrt(value));
      return minimize(model);
    });
    radius.set(1e9); // too late for those
    for (const [i, result] of (await Promise.all(solves)).entries()) {
      expect(result.status).toBe('solved');
      expect(result.objective).toBeCloseTo(-Math.sqrt(2 * (values[i] as number)), 6);
    }
  });

  it('give what they give alone', async () => {
    const model = valley(60);
    const starts = Array.from({ length: 12 }, (_, k) => Float64Array.from({ length: 60 }, (_, i) => Math.sin(i + k)));
    const together = await Promise.all(starts.map((x) => minimize(model, { warmStart: { x } })));
    for (const [k, x] of starts.entries()) {
      const alone = await minimize(valley(60), { warmStart: { x } });
      expect(together[k]?.x).toEqual(alone.x);
      expect(together[k]?.iterations).toBe(alone.iterations);
    }
  });

  it('leave the model free to be evaluated and changed', async () => {
    const model = valley(200);
    const point = new Float64Array(200).fill(0.5);
    const expected = model.compile().gradient(point);
    const running = Array.from({ length: 4 }, () => minimize(model));
    expect(model.compile().gradient(point)).toEqual(expected);
    model.minimize(0);
    for (const { status, objective } of await Promise.all(running)) {
      expect(status).toBe('solved');
      expect(objective).toBeLessThan(4);
    }
    expect((await minimize(model)).objective).toBe(0);
  });
});

describe('progress', () => {
  it('has the point on request', async () => {
    const { model } = circle();
    const reports: NlpProgress[] = [];
    const result = await minimize(model, { reportIterates: true, onProgress: (report) => reports.push(report) });
    const last = reports.at(-1) as NlpProgress;
    expect(last.x).toEqual(result.x);
    expect(last.multipliers).toEqual(result.multipliers);
    for (const { x, multipliers, objective } of reports) {
      expect(x).toBeInstanceOf(Float64Array);
      expect(multipliers).toHaveLength(1);
      expect(model.compile().objective(x as Float64Array)).toBeCloseTo(objective as number, 12);
    }
  });

  it('has none otherwise', async () => {
    const reports: NlpProgress[] = [];
    await minimize(circle().model, { onProgress: (report) => reports.push(report) });
    expect(reports.length).toBeGreaterThan(0);
    for (const report of reports) expect(Object.keys(report)).not.toContain('x');
  });

  it('may stop the solve, which returns the best point', async () => {
    const model = valley(2000);
    const controller = new AbortController();
    const result = await minimize(model, {
      signal: controller.signal,
      onProgress: ({ iteration }) => {
        if (iteration >= 3) controller.abort();
      },
    });
    expect(result.status).toBe('aborted');
    const objective = model.compile().objective(result.x);
    expect(result.objective).toBeCloseTo(objective, 6);
    expect(objective).toBeLessThan(model.compile().objective(model.compile().start));
  });
});

describe('problems without a solution', () => {
  it('are infeasible, with the point that violates least', async () => {
    const model = new Model();
    const x = model.variable(2, { start: [1, 2] });
    model.minimize(sum(x));
    model.equal(sumSquares(x), -1);
    const result = await minimize(model);
    expect(result.status).toBe('infeasible');
    for (const value of result.x) expect(value).toBeCloseTo(0, 3);
  });

  it('are unbounded', async () => {
    const model = new Model();
    const x = model.variable(2, { start: [1, 1] });
    model.minimize(mul(-1, at(x, 0)));
    model.equal(at(x, 1), 3);
    expect((await minimize(model)).status).toBe('unbounded');
  });

  it.each([
    ['objective = NaN', (model: Model) => model.minimize(log(sub(model.variable({ start: 1 }), 2)))],
    ['constraints[1] = Infinity', (model: Model) => model.equal(div(1, model.variable(2, { start: [1, 0] })))],
  ])('cannot begin: %s', async (what, build) => {
    const model = new Model();
    build(model);
    const result = await minimize(model);
    expect(result).toMatchObject({ status: 'numericalError', message: `Not finite at the start: ${what}.` });
  });
});

describe('no objective', () => {
  it('asks for any feasible point', async () => {
    const model = new Model();
    const x = model.variable(3, { start: [1, 2, 3] });
    model.equal(sumSquares(x), 1);
    const result = await minimize(model);
    expect(result).toMatchObject({ status: 'solved', objective: 0 });
    expect(result.x.reduce((total, value) => total + value * value, 0)).toBeCloseTo(1, 7);
  });
});
