// Inner solvers: the paper's problems in no more iterations than the paper, and minima that are the exact solver's.
import { describe, expect, it } from 'vitest';
import { toProgram } from '../../src/expressions/model.js';
import type { Model } from '../../src/index.js';
import { logisticRegression, poissonControl } from '../../src/nlp/index.js';
import { minimize, type NlpSettings } from '../flat.js';
import { long } from '../long.js';
import * as bundle from '../problems/nlp/bundle.js';
import { range } from '../problems/nlp/define.js';
import { problems } from '../problems/nlp.js';
import { paperProblems } from '../problems/paper.js';
import { normals } from '../problems/relu.js';

const norm = (values: Iterable<number>) => Math.hypot(...values);

describe("the paper's problems, as published but for blocks of rows and the combination of rounds", () => {
  it('all are here', () => expect(paperProblems.filter(({ problem }) => problem).length).toBe(47));

  it('the quadratic subproblem of bundle adjustment has its slopes and values at the start', () => {
    const program = toProgram('model', bundle.problems[0]?.build() as Model);
    const columns = range(57, (j) =>
      program.jacobianProduct(program.start, Float64Array.from(range(57, (i) => Number(i === j)))),
    );
    const values = program.constraints(program.start);
    bundle.slopes.forEach((row, k) => {
      bundle.spread(row, k % 6).forEach((slope, j) => {
        expect(Math.abs((columns[j]?.[k] as number) - slope)).toBeLessThanOrEqual(1e-6 * Math.abs(slope));
      });
      expect(values[k]).toBeCloseTo(-(bundle.rights[k] as number), 5);
    });
  });

  it.each(paperProblems)('$name', async ({ problem, iterations, steps = Number.POSITIVE_INFINITY }) => {
    const model = problem.build();
    const program = toProgram('model', model);
    const published: NlpSettings = {
      inner: 'sketch',
      accuracy: 'paper',
      shift: 'paper',
      scaling: false,
      warmStart: { x: program.start, multipliers: new Float64Array(model.m) },
    };
    for (let tolerance = 1e-4; ; tolerance /= 2) {
      const result = await minimize(model, { ...published, tolerance });
      const { x, multipliers } = result;
      const byMultipliers = program.jacobianTransposedProduct(x, multipliers);
      const g = program.gradient(x).map((value, j) => value + (byMultipliers[j] as number));
      expect(result.status).toBe('solved');
      if (norm([...g, ...program.constraints(x)]) > 1e-4) continue; // `tolerance` is tested on the largest entry
      expect(result.iterations).toBeLessThanOrEqual(iterations);
      expect(result.counts.innerSteps).toBeLessThan(steps);
      expect(result.counts.fallback).toBe(0);
      break;
    }
  });
});

describe('every inner solver', () => {
  const names = ['hs39', 'hs78', 'bt11', 'orthregb', 'lukvle6(99)', 'dtoc3(50)', 'genhs28', 'byrdsphr'];
  const some = problems.filter(({ name }) => names.includes(name));
  const settings: NlpSettings[] = [
    { inner: 'krylov', preconditioner: 'lagged' },
    { inner: 'krylov', preconditioner: 'diagonal' },
    ...(['block', 'kaczmarz', 'gaussian', 'count', 'srht'] as const).map((sketch) => ({
      inner: 'sketch' as const,
      sketch,
      innerSteps: 2000,
    })),
  ];

  it('the problems are there', () => expect(some.length).toBe(names.length));

  // Every sixth problem in turns; in long runs all, and the slowest sketch, too.
  it.each(long ? settings : settings.slice(0, -1))('%o ends in a minimum of the second order', async (chosen) => {
    for (const [k, { name, build, minima }] of some.entries()) {
      if (!long && (k + settings.indexOf(chosen)) % 6 > 0) continue;
      const result = await minimize(build(), chosen);
      expect(result.status, name).toBe('solved');
      expect(result.inertia?.negative, name).toBe(0);
      const apart = minima.map((value) => Math.abs(result.objective - value) / Math.max(1, Math.abs(value)));
      expect(Math.min(...apart), `${name}: ${result.objective}`).toBeLessThanOrEqual(1e-5);
    }
  });

  it.each(['entropy(20)', 'entropy(300)', 'orthrgds(20)'])('gives way to factors in time: %s', async (name) => {
    const build = problems.find((problem) => problem.name === name)?.build as () => Model;
    for (const preconditioner of ['lagged', 'diagonal'] as const) {
      const result = await minimize(build(), { inner: 'krylov', preconditioner });
      expect(result.status).toBe('solved');
      expect(result.residual).toBeLessThanOrEqual(1e-8);
      expect(result.counts.fallback).toBeGreaterThan(0);
    }
  });

  it.each(['gaussian', 'count', 'srht'] as const)('is stopped within a step: %s', async (sketch) => {
    const problem = poissonControl(64); // its first step takes far longer than this limit
    const { status, iterations } = await minimize(problem, { inner: 'sketch', sketch, timeLimit: 0.1 });
    expect({ status, iterations }).toEqual({ status: 'timeLimit', iterations: 0 });
  });

  it('tells its steps in result and history', async () => {
    const [problem] = problems.filter(({ name }) => name === 'bt11');
    const { history, counts, innerSteps } = await minimize(problem?.build() as never, { inner: 'sketch' });
    const steps = history.map((report) => report.innerSteps ?? 0);
    expect(counts.innerSteps).toBeGreaterThan(0);
    expect(innerSteps).toBe(counts.innerSteps);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBe(counts.innerSteps);
    expect((await minimize(problem?.build() as never)).innerSteps).toBeUndefined();
  });

  it('is the same for every number of threads, and with the same seed', async () => {
    const regression = tall(1500, 30, 10);
    for (const chosen of [{ inner: 'krylov' }, { inner: 'sketch' }] as const) {
      const one = await minimize(regression, { ...chosen, threads: 1 });
      expect((await minimize(regression, chosen)).x).toEqual(one.x);
      const other = await minimize(regression, { ...chosen, seed: 1 });
      expect(other.x).not.toEqual(one.x);
      expect(other.objective).toBeCloseTo(one.objective, 9);
    }
  });
});

/** A logistic regression with features of lengths down to 1 / condition, mixed by a reflection, under two linear equations. */
function tall(rows: number, columns: number, condition: number) {
  const normal = normals(7);
  const data = Float64Array.from(
    { length: rows * columns },
    (_, k) => normal() * condition ** (-(k % columns) / columns),
  );
  const v = Array.from({ length: columns }, normal);
  const size = v.reduce((sum, entry) => sum + entry * entry, 0);
  for (let i = 0; i < rows; ++i) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const along = row.reduce((sum, entry, j) => sum + entry * (v[j] as number), 0);
    for (let j = 0; j < columns; ++j) row[j] = (row[j] as number) - (2 * along * (v[j] as number)) / size;
  }
  const y = Array.from({ length: rows }, (_, i) => (data[i * columns] as number) + normal() > 0);
  const A = Array.from({ length: 2 }, () => Array.from({ length: columns }, normal));
  return logisticRegression({ x: { data, rows, columns }, y, A, b: [1, -1] });
}

describe('a sketched preconditioner', () => {
  it.each([1, 1e3, 1e6])('does without the Hessian but for the last test, condition %d', async (condition) => {
    const regression = tall(4000, 100, condition);
    const exact = await minimize(regression, { inner: 'exact' });
    const sketched = await minimize(regression, { inner: 'krylov' });
    expect(sketched.status).toBe('solved');
    expect(sketched.counts.hessian).toBe(1);
    expect(sketched.counts.fallback).toBe(0);
    expect(sketched.counts.innerSteps).toBeLessThanOrEqual(12 * sketched.iterations);
    expect(Math.abs(sketched.objective - exact.objective)).toBeLessThanOrEqual(1e-9 * Math.abs(exact.objective));
  });

  it('gives way to factors where curvature is negative', async () => {
    const regression = logisticRegression({
      x: Array.from({ length: 300 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i + 1)]),
      y: Array.from({ length: 300 }, (_, i) => Math.sin(i) + Math.cos(3 * i) > 0),
      squaredNorm: 1e-4,
      start: [-1, -1, 1],
    });
    const exact = await minimize(regression, { inner: 'exact' });
    const sketched = await minimize(regression, { inner: 'krylov' });
    expect(sketched.status).toBe('solved');
    expect(sketched.inertia).toEqual({ positive: 2, negative: 0, zero: 0 });
    expect(sketched.objective).toBeCloseTo(exact.objective, 9);
  });
});
