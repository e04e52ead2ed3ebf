// Penalties that are not convex have many minima: paths beside plain coordinate descent from the largest lambda down, written for this test.
import { describe, expect, it } from 'vitest';
import { mcp, scad } from '../../src/sparse/index.js';
import { sparsePath } from '../flat.js';
import { numbersOf } from './numbersOf.js';
import { columnsOf, Draws, nullScale, objectiveAt, problemOf, scalesOf } from './values.js';

type Penalty = ReturnType<typeof numbersOf>;

/** Rows whose neighbouring columns are correlated; every tenth column counts, with signs in turn. */
function correlated(seed: number, rows: number, columns: number, correlation: number) {
  const draws = new Draws(seed);
  const data = new Float64Array(rows * columns);
  const y = Float64Array.from({ length: rows }, (_, i) => {
    let [before, t] = [draws.normal(), 2 * draws.normal()];
    for (let j = 0; j < columns; ++j) {
      before = correlation * before + Math.sqrt(1 - correlation ** 2) * draws.normal();
      data[i * columns + j] = before;
      if (j % 10 === 5) t += (j % 20 === 5 ? 1 : -0.7) * before;
    }
    return t;
  });
  return { x: { data, rows, columns }, y };
}

/** argmin of (b - z)^2 / 2 and the penalty, for a column of variance 1. */
function step({ kind, gamma }: Penalty, z: number, lambda: number): number {
  const g = gamma as number;
  const size = Math.abs(z);
  if (size <= lambda) return 0;
  if (kind === 'mcp') return size > g * lambda ? z : (Math.sign(z) * (size - lambda)) / (1 - 1 / g);
  if (size <= 2 * lambda) return Math.sign(z) * (size - lambda);
  return size > g * lambda ? z : (Math.sign(z) * (size - (g * lambda) / (g - 1))) / (1 - 1 / (g - 1));
}

/** Coefficients of standardised columns for each lambda, each from those before. */
function descended(columns: readonly Float64Array[], y: Float64Array, lambdas: Float64Array, penalty: Penalty) {
  const b = new Float64Array(columns.length);
  const r = Float64Array.from(y);
  const gradient = (column: Float64Array) => column.reduce((sum, value, i) => sum + value * (r[i] as number), 0);
  return Array.from(lambdas, (lambda) => {
    for (let sweep = 0, most = 1; sweep < 2000 && most > 1e-9; ++sweep) {
      most = 0;
      columns.forEach((column, j) => {
        const before = b[j] as number;
        const next = step(penalty, before + gradient(column) / y.length, lambda);
        if (next === before) return;
        most = Math.max(most, Math.abs(next - before));
        column.forEach((value, i) => {
          r[i] = (r[i] as number) - (next - before) * value;
        });
        b[j] = next;
      });
    }
    return Float64Array.from(b);
  });
}

describe.each([mcp(), scad()])('$kind', (penalty) => {
  const all: number[] = [];

  it.each([
    [1, 0.5],
    [2, 0.8],
    [3, 0.9],
    [4, 0.8],
    [5, 0.7],
    [6, 0.6],
  ])('beside a plain path: seed %i, correlation %d', async (seed, correlation) => {
    const { x, y } = correlated(seed, 60, 120, correlation);
    const path = await sparsePath({ x, y }, { penalty, lambdas: { count: 40 } });
    expect(path.status, path.message).toBe('solved');
    const problem = problemOf(x, y, numbersOf(penalty));
    const scales = scalesOf(problem);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const standardized = columnsOf(x).map((column, j) => {
      const centre = mean(column);
      return column.map((value) => (value - centre) / (scales[j] as number));
    });
    const centred = y.map((value) => value - mean(y));
    const plain = descended(standardized, centred, path.lambda, numbersOf(penalty));
    const above = Array.from(path.lambda, (lambda, k) => {
      const coefficients = (plain[k] as Float64Array).map((b, j) => b / (scales[j] as number));
      const means = columnsOf(x).map(mean);
      const intercept = mean(y) - coefficients.reduce((sum, b, j) => sum + b * (means[j] as number), 0);
      const other = objectiveAt(problem, lambda, { coefficients, intercept });
      const fit = path.fit(k);
      return (objectiveAt(problem, lambda, fit) - other) / nullScale(problem, path.nullDeviance);
    });
    // Where there is one minimum the paths agree; where there are many, none is below another at every lambda.
    expect(Math.abs(above[3] as number)).toBeLessThan(1e-9);
    all.push(...above);
  });

  it('has lower minima on the whole', () => {
    expect(all.reduce((sum, each) => sum + each, 0) / all.length).toBeLessThan(-1e-4);
  });
});
