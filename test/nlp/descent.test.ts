// Methods for functions without constraints, of variables that are free or in a box. What they find is checked by formulas written here; numbers of steps are within a factor of two
// of those that the methods took elsewhere.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Expression } from '../../src/expressions/expression.js';
import {
  add,
  at,
  dot,
  exp,
  log,
  matvec,
  mul,
  neg,
  pow,
  slice,
  square,
  sub,
  sum,
  sumSquares,
  tanh,
} from '../../src/expressions/index.js';
import { Model } from '../../src/expressions/model.js';
import { fromCallbacks, logisticRegression, readNl, writeNl } from '../../src/nlp/index.js';
import { minimize } from '../flat.js';

const methods = ['lbfgs', 'trustRegion', 'gradientRegularized', 'saddleFree', 'oasis'] as const;

/** A model of a function of two variables. */
function plane(f: (a: Expression, b: Expression) => Expression, start: number[]): Model {
  const model = new Model();
  const x = model.variable(2, { start });
  model.minimize(f(at(x, 0), at(x, 1)));
  return model;
}

/** Rosenbrock's function of n variables, chained, and its gradient. */
function chain(n: number, box: { lower?: number | number[]; upper?: number } = {}): Model {
  const model = new Model();
  const x = model.variable(n, { ...box, start: Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1)) });
  const [left, right] = [slice(x, 0, n - 1), slice(x, 1)];
  model.minimize(add(mul(100, sumSquares(sub(right, square(left)))), sumSquares(sub(1, left))));
  return model;
}
function gradientOfChain(x: Float64Array): number[] {
  const g = new Array<number>(x.length).fill(0);
  for (let i = 0; i + 1 < x.length; ++i) {
    const [a, b] = [x[i] as number, x[i + 1] as number];
    g[i] = (g[i] as number) - 400 * a * (b - a * a) - 2 * (1 - a);
    g[i + 1] = (g[i + 1] as number) + 200 * (b - a * a);
  }
  return g;
}

/** A logistic regression whose columns span four decades. */
function decades(): { model: Model; gradient(x: Float64Array): number[] } {
  const [n, rows] = [20, 200];
  const signed = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      const label = Math.sin(17 * i) > 0 ? 1 : -1;
      return label * Math.sin(1 + 3 * i + 7 * j + i * j) * 10 ** ((4 * j) / (n - 1) - 2);
    }),
  );
  const model = new Model();
  const x = model.variable(n, { start: 0 });
  const margins = matvec(signed, x);
  model.minimize(add(mul(1 / rows, sum(log(add(1, exp(neg(margins)))))), mul(1e-4, sumSquares(x))));
  const gradient = (point: Float64Array): number[] => {
    const g = Array.from(point, (value) => 2e-4 * value);
    for (const row of signed) {
      const margin = row.reduce((total, a, j) => total + a * (point[j] as number), 0);
      for (let j = 0; j < n; ++j) g[j] = (g[j] as number) - (row[j] as number) / (1 + Math.exp(margin)) / rows;
    }
    return g;
  };
  return { model, gradient };
}

const largest = (values: Iterable<number>): number => Math.max(...Array.from(values, Math.abs));

describe.each(methods)('%s', (method) => {
  it('ends where the gradient is small, at a minimum', async () => {
    const n = method === 'oasis' ? 2 : 50;
    const { status, x, inertia, phase } = await minimize(chain(n), { method, maxIterations: 20_000 });
    expect({ status, phase, inertia }).toEqual({
      status: 'solved',
      phase: 'descent',
      inertia: { positive: n, negative: 0, zero: 0 },
    });
    expect(largest(gradientOfChain(x))).toBeLessThan(1e-5);
  });

  it('leaves saddles, where it begins at one, too', async () => {
    const valley = (a: Expression, b: Expression): Expression => add(square(a), sub(mul(0.25, pow(b, 4)), square(b)));
    for (const start of [
      [0, 0],
      [1, 1e-4],
    ]) {
      const { status, objective, x } = await minimize(plane(valley, start), { method });
      expect(status).toBe('solved');
      expect(objective).toBeCloseTo(-1, 12);
      expect(Math.abs(x[1] as number)).toBeCloseTo(Math.SQRT2, 6);
    }
  });

  it('stays in the domain of the function', async () => {
    const model = plane((a, b) => add(sub(a, log(a)), sub(mul(1000, b), log(b))), [100, 1e-3]);
    const { status, x } = await minimize(model, { method });
    expect(status).toBe('solved');
    expect(x[0]).toBeCloseTo(1, 6);
    expect(1000 * (x[1] as number)).toBeCloseTo(1, 6);
  });

  it('says that there is no minimum', async () => {
    const { status } = await minimize(
      plane((a, b) => sub(square(a), pow(b, 3)), [1, 1]),
      { method },
    );
    expect(status).toBe('unbounded');
  });

  it('solves convex problems of columns of any size as Newton does', async () => {
    const { model, gradient } = decades();
    const exact = await minimize(model, { tolerance: 1e-10 });
    const { status, x, objective } = await minimize(model, { method, tolerance: 1e-9, maxIterations: 20_000 });
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo(exact.objective, 12);
    expect(largest(gradient(x))).toBeLessThan(1e-8);
  });

  it('ends at a point of a box with multipliers of its bounds', async () => {
    const n = method === 'oasis' ? 2 : 30;
    const [lower, upper] = [-0.5, 0.8];
    const result = await minimize(chain(n, { lower, upper }), { method, maxIterations: 20_000 });
    expect(result.status).toBe('solved');
    const g = gradientOfChain(result.x);
    g.forEach((slope, j) => {
      const [x, low, high] = [result.x, result.lowerMultipliers, result.upperMultipliers].map((of) => of[j] as number);
      expect(x === lower || low === 0).toBe(true);
      expect(x === upper || high === 0).toBe(true);
      expect(
        Math.min(low as number, high as number, (x as number) - lower, upper - (x as number)),
      ).toBeGreaterThanOrEqual(0);
      expect(Math.abs(slope - (low as number) + (high as number))).toBeLessThan(1e-5);
    });
    expect(result.activeUpper.length).toBeGreaterThan(0);
    expect([...result.activeUpper]).toEqual([...result.x.keys()].filter((j) => result.x[j] === upper));
    const interior = await minimize(chain(n, { lower, upper }), { tolerance: 1e-10 });
    expect(result.objective).toBeCloseTo(interior.objective, 8);
  });

  it('leaves a saddle on a face, and stays where only a bound is in the way', async () => {
    const model = new Model();
    const x = model.variable(3, { lower: [0, -1, 2], upper: [1, 1, 2], start: [0, 0, 2] });
    model.minimize(add(neg(square(at(x, 1))), add(mul(3, at(x, 0)), mul(at(x, 1), sub(2, at(x, 2))))));
    const { status, x: found, objective, inertia } = await minimize(model, { method });
    expect({ status, objective }).toEqual({ status: 'solved', objective: -1 });
    expect([found[0], Math.abs(found[1] as number), found[2]]).toEqual([0, 1, 2]);
    expect(inertia).toEqual({ positive: 0, negative: 0, zero: 0 });
  });

  it('says which bounds leave no point', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nonconvex-box-'));
    try {
      const file = join(folder, 'model.nl');
      await writeNl(chain(3, { lower: [0, 0.5, 0], upper: 1 }), file);
      writeFileSync(file, readFileSync(file, 'utf8').replace('0 0.5 1', '0 2 1'));
      const { status, message } = await minimize(await readNl(file), { method });
      expect(status).toBe('infeasible');
      expect(message).toMatch(/lower\[1\] = 2 is above upper\[1\] = 1/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('takes no constraints or inner solvers', async () => {
    const expected = `^method = '${method}': expected 'auto' or 'interiorPoint', as this method takes functions without constraints`;
    const constrained = new Model();
    const x = constrained.variable(2);
    constrained.minimize(sumSquares(x));
    constrained.equal(sum(x), 1);
    await expect(minimize(constrained, { method })).rejects.toThrow(new RegExp(`${expected}.* 1 constraints$`));
    await expect(minimize(chain(2), { method, inner: 'sketch' })).rejects.toThrow(
      method === 'trustRegion' ? /^inner = 'sketch': expected 'auto'/ : `method.inner: '${method}' does not read it`,
    );
  });
});

describe('trust region by factors', () => {
  const settings = { method: 'trustRegion', inner: 'exact' } as const;

  it('needs no products, and few factorisations a step', async () => {
    const { status, x, counts, iterations } = await minimize(chain(100), settings);
    expect(status).toBe('solved');
    expect(largest(gradientOfChain(x))).toBeLessThan(1e-5);
    expect(counts.innerSteps).toBe(0);
    expect(counts.factorization).toBeLessThan(4 * iterations);
  });

  it('goes along the least eigenvalue where the gradient has no part in it', async () => {
    // The hard case of More and Sorensen: at (1, 0) the gradient is (1, 0), the Hessian diag(1, -2).
    const valley = plane((a, b) => add(mul(0.5, square(a)), sub(mul(0.25, pow(b, 4)), square(b))), [1, 0]);
    const { status, x, iterations } = await minimize(valley, settings);
    expect(status).toBe('solved');
    expect(Math.abs(x[1] as number)).toBeCloseTo(Math.SQRT2, 6);
    expect(iterations).toBeLessThan(15);
  });

  it('solves boxes as the interior-point method does', async () => {
    const boxed = chain(40, { lower: -0.3, upper: 0.7 });
    const { status, objective } = await minimize(boxed, settings);
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo((await minimize(boxed, { tolerance: 1e-10 })).objective, 8);
  });
});

it('takes as many steps as the gradient-regularised method elsewhere', async () => {
  const two = await minimize(chain(2), { method: 'gradientRegularized' });
  expect(two.iterations).toBeLessThanOrEqual(92);
  const hundred = await minimize(chain(100), { method: 'gradientRegularized' });
  expect(hundred.iterations).toBeLessThanOrEqual(554);
  expect(hundred.counts.factorization).toBeLessThanOrEqual(1106);
});

it('needs no first guess of its regularisation on a logistic regression', async () => {
  const [rows, columns] = [200, 10];
  const data = Float64Array.from({ length: rows * columns }, (_, k) => 2 * Math.sin(1 + k * k));
  const y = Array.from({ length: rows }, (_, i) => Number((data[columns * i] as number) + Math.sin(17 * i) > 0));
  const problem = logisticRegression({ x: { data, rows, columns }, y, ridge: 1e-3 });
  const { status, iterations } = await minimize(problem, { method: 'gradientRegularized', tolerance: 1e-12 });
  expect(status).toBe('solved');
  expect(iterations).toBeLessThanOrEqual(14);
});

it('trains a small network from a start beside its saddle', async () => {
  const rows = 50;
  const near = (size: number, shift: number) => Array.from({ length: size }, (_, k) => 1e-3 * Math.sin(shift + 5 * k));
  const x = Array.from({ length: rows }, (_, i) => [2 * Math.sin(1 + 7 * i), 2 * Math.sin(2 + 11 * i)] as const);
  const y = x.map(([a, b]) => Math.tanh(a) - Math.tanh(2 * b));
  const model = new Model();
  const [W, v] = [model.variable([4, 2], { start: near(8, 1) }), model.variable(4, { start: near(4, 2) })];
  const table = model.rows({ x: x.map((row) => [...row]), y });
  model.minimize(mul(0.5, table.mean(square(sub(dot(v, tanh(matvec(W, table.x))), table.y)))));
  const lossAfter = async (maxIterations: number): Promise<number> =>
    (await minimize(model, { method: 'saddleFree', maxIterations })).objective;
  const start = await lossAfter(0);
  // 0.505, 0.352 and 1.2e-3 in the plan of these methods.
  expect(await lossAfter(10)).toBeLessThan(start - (0.505 - 0.352) / 2);
  expect(await lossAfter(100)).toBeLessThan(2 * 1.2e-3);
});

it('passes a strict saddle in fewer steps than descent', async () => {
  const model = plane((a, b) => add(mul(0.5, square(a)), sub(mul(0.25, pow(b, 4)), mul(0.5, square(b)))), [1, 1e-4]);
  const { iterations } = await minimize(model, { method: 'saddleFree' });
  expect(iterations).toBeLessThanOrEqual(30);
});

it('takes no step length, whatever the columns are', async () => {
  const { model } = decades();
  const { status, iterations } = await minimize(model, { method: 'oasis', tolerance: 1e-12 });
  expect(status).toBe('solved');
  expect(iterations).toBeLessThanOrEqual(738);
});

it('needs no derivatives of callbacks', async () => {
  const program = fromCallbacks({
    n: 2,
    start: [-1.2, 1],
    objective: ([a = 0, b = 0]) => 100 * (b - a * a) ** 2 + (1 - a) ** 2,
  });
  const { status, x, inertia } = await minimize(program, { method: 'lbfgs' });
  expect(status).toBe('solved');
  expect(largest([(x[0] as number) - 1, (x[1] as number) - 1])).toBeLessThan(1e-5);
  expect(inertia).toBeUndefined();
});
