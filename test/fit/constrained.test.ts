// Least squares under constraints: known answers, errors of the same fit with constraints eliminated by hand, scipy's minima, bad input.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  abs,
  add,
  at,
  concat,
  cos,
  exp,
  matvec,
  mul,
  neg,
  type Operand,
  sin,
  sub,
  sum,
  sumSquares,
} from '../../src/expressions/index.js';
import { cauchy, minimizeSquares } from '../../src/fit/index.js';
import { type Matrix, Model, matrix } from '../../src/index.js';
import { numbers } from '../contract/problem.js';
import { type ConstrainedFit, constrainedFits, constrainedProblem } from './constrained.js';

const entry = (A: Matrix, i: number, j: number) => A.data[A.columns * i + j] as number;

/** Solves a small dense system by Gauss's elimination with pivots. */
function solved(A: number[][], b: number[]): number[] {
  const rows = A.map((row, i) => [...row, b[i] as number]);
  for (let k = 0; k < rows.length; ++k) {
    const rest = rows.slice(k).map((row) => Math.abs(row[k] as number));
    const p = k + rest.indexOf(Math.max(...rest));
    [rows[k], rows[p]] = [rows[p] as number[], rows[k] as number[]];
    const pivot = rows[k] as number[];
    for (const [i, row] of rows.entries()) {
      if (i === k) continue;
      const factor = (row[k] as number) / (pivot[k] as number);
      for (let j = k; j < row.length; ++j) row[j] = (row[j] as number) - factor * (pivot[j] as number);
    }
  }
  return rows.map((row, k) => (row.at(-1) as number) / (row[k] as number));
}

it('of linear residuals and equations is the solution of the KKT system, with its covariance', async () => {
  const [m, n] = [12, 4];
  const [A, y, C, d] = [numbers(m * n, 1), numbers(m, 2), numbers(2 * n, 3), [0.3, -0.2]];
  const model = new Model();
  const b = model.variable(n);
  const equations = model.equal(matvec(matrix(2, n, C), b), d);
  const fit = await minimizeSquares({ model, residuals: sub(matvec(matrix(m, n, A), b), y) });
  const square = (i: number, j: number) =>
    Array.from(y).reduce((total, _, k) => total + (A[n * k + i] as number) * (A[n * k + j] as number), 0);
  const K = Array.from({ length: n + 2 }, (_, i) =>
    Array.from({ length: n + 2 }, (_, j) => {
      if (i < n && j < n) return square(i, j);
      if (i >= n && j >= n) return 0;
      return C[i < n ? n * (j - n) + i : n * (i - n) + j] as number;
    }),
  );
  const right = Array.from({ length: n }, (_, i) =>
    Array.from(y).reduce((total, value, k) => total + (A[n * k + i] as number) * value, 0),
  );
  const known = solved(K, [...right, ...d]);
  expect(fit.status).toBe('solved');
  expect(fit.certificate.kind).toBe('global');
  for (const [j, value] of fit.x.entries()) expect(value).toBeCloseTo(known[j] as number, 9);
  for (const k of [0, 1]) expect(equations.multipliersIn(fit)[k]).toBeCloseTo(known[n + k] as number, 8);
  // The covariance is s^2 times the leading block of K^-1.
  expect(fit.degreesOfFreedom).toBe(m - (n - 2));
  expect(fit.residualDeviation).toBeCloseTo(Math.sqrt((fit.residualSumOfSquares as number) / (m - n + 2)), 12);
  for (let j = 0; j < n; ++j) {
    const column = solved(
      K,
      Array.from({ length: n + 2 }, (_, i) => Number(i === j)),
    );
    for (let i = 0; i < n; ++i) {
      const expected = (fit.residualDeviation as number) ** 2 * (column[i] as number);
      expect(entry(fit.covariance, i, j)).toBeCloseTo(expected, 9);
    }
  }
});

it.each([{}, { loss: cauchy(0.02) }, { covariance: 'hessian' as const }])(
  'has the errors that it has where an equation is eliminated: %j',
  async (settings) => {
    const { x, y } = constrainedFits['two decays that share one'] as ConstrainedFit;
    const fit = await minimizeSquares(constrainedProblem('two decays that share one'), settings);
    const model = new Model();
    const b = model.variable(3, { start: [0.7, 0.4, 2.5] });
    const [a, k, l] = [0, 1, 2].map((j) => at(b, j)) as [Operand, Operand, Operand];
    const decay = (height: Operand, rate: Operand) => mul(height, exp(neg(mul(rate, x))));
    const residuals = sub(add(decay(a, k), decay(sub(1, a), l)), y);
    const same = await minimizeSquares({ model, residuals }, { ...settings, tolerance: 1e-12 });
    expect([fit.status, same.status]).toEqual(['solved', 'solved']);
    expect(fit.covarianceOf).toBe(same.covarianceOf);
    const place = [0, 1, undefined, 2];
    for (const [i, p] of place.entries()) {
      for (const [j, q] of place.entries()) {
        if (p === undefined || q === undefined) continue;
        const expected = entry(same.covariance, p, q);
        expect(Math.abs(entry(fit.covariance, i, j) / expected - 1)).toBeLessThan(1e-5);
      }
    }
    expect(fit.standardErrors?.[2]).toBeCloseTo(fit.standardErrors?.[0] as number, 9);
    expect(fit.residualDeviation).toBeCloseTo(same.residualDeviation as number, 9);
  },
);

it.each(['jacobian', 'hessian', 'sandwich'] as const)('follows a curved constraint: %s', async (covariance) => {
  const { x, y } = constrainedFits['turned points'] as ConstrainedFit;
  const fit = await minimizeSquares(constrainedProblem('turned points'), { covariance });
  const model = new Model();
  const t = model.variable({ start: 2 });
  const whole = constrainedFits['turned points'] as ConstrainedFit;
  const entries = [cos(t), sin(t)] as unknown as Parameters<ConstrainedFit['residuals']>[0];
  const residuals = whole.residuals(entries, Float64Array.from(x), Float64Array.from(y), t);
  const same = await minimizeSquares({ model, residuals }, { covariance });
  const error = same.standardErrors?.[0] as number;
  expect(fit.covarianceOf).toBe(covariance);
  for (const [j, slope] of [fit.x[1], fit.x[0]].entries())
    expect(Math.abs((fit.standardErrors?.[j] as number) / (Math.abs(slope as number) * error) - 1)).toBeLessThan(1e-6);
});

const recorded: { problem: string; method: string; solved: boolean; objective: number }[] = JSON.parse(
  readFileSync('bench/fit/constrained.results.json', 'utf8'),
).runs;

const names = Object.keys(constrainedFits).filter((name) => name !== 'resistance at a known place');

it.each(names)('is as low as scipy has found it: %s', async (name) => {
  const fit = await minimizeSquares(constrainedProblem(name));
  const ends = recorded.filter(
    ({ problem, method, solved }) => problem === name && solved && method.startsWith('scipy'),
  );
  const least = Math.min(...ends.map(({ objective }) => objective));
  expect(fit.status).toBe('solved');
  expect(['local', 'global']).toContain(fit.certificate.kind);
  expect(fit.feasibility).toBeLessThan(1e-8);
  expect(fit.objective).toBeLessThan(least * (1 + 1e-6));
  expect(fit.objective).toBeCloseTo((fit.residualSumOfSquares as number) / 2, 9);
  expect(fit.covariance.rows).toBe(fit.x.length);
});

it('counts what is active: inequalities, bounds, fixed parameters', async () => {
  const model = new Model();
  const a = model.variable({ upper: 1 });
  const b = model.variable();
  const c = model.variable({ lower: 2, upper: 2 });
  const e = model.variable();
  const below = model.atMost(b, 1.5);
  const loose = model.atMost(e, 100);
  const t = [0, 1, 2, 3, 4, 5, 6, 7];
  const powers = [a, b, c, e].map((entry, k) =>
    mul(
      entry,
      t.map((value) => value ** k / 7 ** k),
    ),
  ) as unknown as [Operand, Operand, Operand, Operand];
  const y = [4, 4.1, 6, 6.2, 9, 8.5, 11, 12];
  const residuals = sub(add(add(powers[0], powers[1]), add(powers[2], powers[3])), y);
  const fit = await minimizeSquares({ model, residuals });
  expect(Array.from(fit.atBounds)).toEqual([0, 2]);
  expect([below.activeIn(fit), loose.activeIn(fit)]).toEqual([true, false]);
  expect(fit.degreesOfFreedom).toBe(7);
  const [ofA, ofB, ofC, ofE] = fit.standardErrors as Float64Array;
  expect([ofA, ofC]).toEqual([0, 0]);
  expect(ofB).toBeLessThan(1e-12);
  const squares = t.reduce((total, value) => total + (value / 7) ** 6, 0);
  expect(ofE).toBeCloseTo((fit.residualDeviation as number) / Math.sqrt(squares), 9);
});

it('names parameters that neither data nor constraints determine, and has errors where constraints do', async () => {
  const [x, y] = [
    [0, 1, 2, 3],
    [1.1, 1.9, 3.2, 3.9],
  ];
  const problem = (constrain: (model: Model, a: Operand, b: Operand, k: Operand) => void) => {
    const model = new Model();
    const [a, b, k] = [model.variable(), model.variable(), model.variable()];
    constrain(model, a, b, k);
    return minimizeSquares({ model, residuals: sub(add(add(a, b), mul(k, x)), y) });
  };
  const loose = await problem((model, _, __, k) => model.atMost(k, 10));
  expect(Array.from(loose.undetermined)).toEqual([0, 1]);
  expect(loose.standardErrors).toBeUndefined();
  expect(loose.because).toMatch(/do not determine/);
  const fit = await problem((model, a, b) => model.equal(sub(a, b), 0.5));
  expect(fit.undetermined).toHaveLength(0);
  expect(fit.because).toBeUndefined();
  expect(fit.standardErrors?.[0]).toBeCloseTo(fit.standardErrors?.[1] as number, 12);
});

it('says why there are no errors', async () => {
  const model = new Model();
  const b = model.variable(2, { start: [1, 2] });
  model.equal(b, [3, 4]);
  const fit = await minimizeSquares({ model, residuals: concat(at(b, 0), at(b, 1)) });
  expect(fit.because).toMatch(/leave no parameter free/);
  expect(fit.degreesOfFreedom).toBe(2);
  const other = new Model();
  const c = other.variable(2);
  other.atMost(sum(c), 5);
  const few = await minimizeSquares({ model: other, residuals: sub(c, [1, 2]) });
  expect(few.because).toMatch(/no more residuals/);
});

it('tells constraints that cannot hold', async () => {
  const model = new Model();
  const b = model.variable(2, { lower: 0 });
  model.atMost(sum(b), -1);
  const fit = await minimizeSquares({ model, residuals: sub(b, [1, 2]) });
  expect(fit.status).toBe('infeasible');
  expect(fit.certificate.proof?.kind).toBe('farkas');
  expect(fit.because).toMatch(/not ended/);
  expect(fit.standardErrors).toBeUndefined();
});

it('begins at a warm start, reports, and leaves the model as it is', async () => {
  const problem = constrainedProblem('growth through a point');
  problem.model.minimize(sumSquares(problem.model.variables[0] as Operand));
  const first = await minimizeSquares(problem);
  let reports = 0;
  const again = await minimizeSquares(problem, { warmStart: first, checkInterval: 1, onProgress: () => ++reports });
  expect(again.iterations).toBeLessThan(first.iterations);
  expect(again.objective).toBeCloseTo(first.objective, 9);
  expect(reports).toBeGreaterThan(0);
  expect(problem.model.compile().objective([1, 2, 2])).toBe(9);
});

it.each([
  [{ restarts: 3 }, 'restarts = 3: expected 0 for a model with constraints'],
  [{ secondDerivatives: false }, 'secondDerivatives = false: expected true for a model with constraints'],
  [{ loss: 'hubert' }, "loss = 'hubert'"],
  [{ loss: 'huber', lossScale: -1 }, 'lossScale = -1'],
  [{ covariance: 3 }, 'covariance = 3'],
  [{ projection: 1 }, 'projection = 1'],
  [{ tolerance: -1 }, 'tolerance = -1'],
  [{ method: 'lbfgs' }, 'method'],
  [{ warmStart: { x: [1] } }, 'warmStart.x'],
  [{ device: 'cuda' }, 'device'],
])('refuses %j', async (settings, message) => {
  const given = minimizeSquares(constrainedProblem('growth through a point'), settings as never);
  await expect(given).rejects.toThrow(message);
});

it('refuses kinks and residuals of another model', async () => {
  const model = new Model();
  const b = model.variable(2);
  model.atMost(sum(abs(b)), 1);
  await expect(minimizeSquares({ model, residuals: b })).rejects.toThrow('a constraint has a kink, of abs');
  const other = new Model();
  const c = other.variable(2);
  other.equal(sum(c), 1);
  await expect(minimizeSquares({ model: other, residuals: b })).rejects.toThrow('another model');
  const unset = new Model();
  const d = unset.variable(2);
  unset.equal(sum(d), unset.parameter());
  await expect(minimizeSquares({ model: unset, residuals: d })).rejects.toThrow('expected a value');
});
