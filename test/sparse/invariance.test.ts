// Changes of the data whose effect on the solution is known.
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/index.js';
import { mcp, type SparseData, type SparsePath, type SparsePathSettings } from '../../src/sparse/index.js';
import { sparsePath, sparseRegression } from '../flat.js';
import { asSparse, columnsOf, Draws, drawn, type Family, gradientAt, problemOf } from './values.js';

const families: Family[] = ['gaussian', 'binomial', 'poisson', 'gamma'];
const tight = { tolerance: 1e-10, minRatio: 0.05, nLambda: 15 };

/** Coefficients of all lambdas, dense. */
const dense = (path: SparsePath) => columnsOf(path.coefficients);

/** Returns true if two paths are the same up to `most`. */
function same(a: SparsePath, b: SparsePath, most: number): void {
  expect(a.lambda.length).toBe(b.lambda.length);
  const [left, right] = [dense(a), dense(b)];
  left.forEach((column, k) => {
    expect(Math.abs((a.lambda[k] as number) / (b.lambda[k] as number) - 1)).toBeLessThanOrEqual(most);
    column.forEach((value, j) => {
      expect(Math.abs(value - (right[k]?.[j] as number)), `lambda ${k}, coefficient ${j}`).toBeLessThanOrEqual(most);
    });
    expect(Math.abs((a.intercepts[k] as number) - (b.intercepts[k] as number))).toBeLessThanOrEqual(most);
  });
}

const rowsOf = (x: Matrix, rows: readonly number[]): Matrix => ({
  data: Float64Array.from(rows.flatMap((i) => Array.from(x.data.subarray(i * x.columns, (i + 1) * x.columns)))),
  rows: rows.length,
  columns: x.columns,
});

describe.each(families)('%s', (family) => {
  const { x, y } = drawn(31, family, 40, 12);
  const path = (data: SparseData, settings: SparsePathSettings = {}) =>
    sparsePath(data, { family, ...tight, ...settings });

  it('a weight of 2 is a row twice, 0 none, and the scale of all does not matter', async () => {
    const sampleWeight = y.map((_, i) => i % 3);
    const repeated = Array.from(y.keys()).flatMap((i) => Array.from({ length: i % 3 }, () => i));
    const of = { x: rowsOf(x, repeated), y: repeated.map((i) => y[i] as number) };
    const weighted = await path({ x, y, sampleWeight });
    const copied = await path(of);
    same(weighted, copied, 1e-6);
    weighted.deviance.forEach((value, k) => {
      expect(value).toBeCloseTo(copied.deviance[k] as number, 5);
    });
    same(await path({ x, y, sampleWeight: sampleWeight.map((weight) => 7 * weight) }), weighted, 1e-6);
  });

  it('sparse x is dense x, by columns or by rows, in single precision or in rows', async () => {
    const thin = { ...x, data: x.data.map((value) => (value > 0 ? Math.fround(value) : 0)) };
    const expected = await path({ x: thin, y });
    for (const format of ['csc', 'csr'] as const) same(await path({ x: asSparse(thin, format), y }), expected, 1e-7);
    const rows = Array.from({ length: 40 }, (_, i) => Array.from(thin.data.subarray(12 * i, 12 * i + 12)));
    same(await path({ x: rows, y }), expected, 1e-12);
    same(await path({ x: { ...thin, data: Float32Array.from(thin.data) }, y }), expected, 1e-12);
  });

  it('columns of other units have coefficients of theirs', async () => {
    const units = [1e-8, 1e8, 1000];
    const scaled = { ...x, data: x.data.map((value, k) => value * (units[k % 12] ?? 1)) };
    const [plain, other] = [await path({ x, y }), await path({ x: scaled, y })];
    const [left, right] = [dense(plain), dense(other)];
    left.forEach((column, k) => {
      column.forEach((b, j) => {
        expect(Math.abs(b - (right[k]?.[j] as number) * (units[j] ?? 1))).toBeLessThanOrEqual(1e-6);
      });
    });
  });

  it('a fit at one lambda is that of the path', async () => {
    const all = await path({ x, y });
    for (const k of [3, 10]) {
      const { coefficients, intercept } = all.fit(k);
      const lambda = all.lambda[k] as number;
      const alone = await sparseRegression({ x, y }, { family, lambda, tolerance: 1e-10 });
      alone.coefficients.forEach((b, j) => {
        expect(Math.abs(b - (coefficients[j] as number))).toBeLessThanOrEqual(2e-6);
      });
      expect(Math.abs(alone.intercept - intercept)).toBeLessThanOrEqual(2e-6);
    }
  });

  it('is the same for any number of threads', async () => {
    const wide = drawn(32, family, 50, 400);
    const [one, two] = [
      await sparsePath(wide, { family, threads: 1, lambdas: { count: 20 } }),
      await sparsePath(wide, { family, threads: 2, lambdas: { count: 20 } }),
    ];
    expect(one.coefficients).toEqual(two.coefficients);
    expect(one.gap).toEqual(two.gap);
  });
});

it('offsets of a squared loss are subtracted from the response', async () => {
  const { x, y } = drawn(33, 'gaussian', 40, 12);
  const offset = new Draws(34).normals(40);
  const shifted = y.map((value, i) => value - (offset[i] as number));
  same(await sparsePath({ x, y, offset }, tight), await sparsePath({ x, y: shifted }, tight), 1e-8);
});

it('a constant column has no coefficient, and is named', async () => {
  const { x, y } = drawn(35, 'binomial', 40, 5);
  const constant = { ...x, data: x.data.map((value, k) => (k % 5 === 2 ? 4 : value)) };
  for (const data of [constant, asSparse(constant, 'csc')]) {
    const path = await sparsePath({ x: data, y }, { family: 'binomial' });
    expect(Array.from(path.constantColumns)).toEqual([2]);
    expect(dense(path).every((column) => column[2] === 0)).toBe(true);
  }
});

it('a copy of a column changes no prediction', async () => {
  const { x, y } = drawn(36, 'gaussian', 30, 4);
  const twice = { rows: 30, columns: 5, data: new Float64Array(150) };
  for (let i = 0; i < 30; ++i) {
    for (let j = 0; j < 5; ++j) twice.data[5 * i + j] = x.data[4 * i + (j % 4)] as number;
  }
  for (const penalty of ['lasso', 'mcp'] as const) {
    const [one, two] = [
      await sparsePath({ x, y }, { ...tight, penalty }),
      await sparsePath({ x: twice, y }, { ...tight, penalty }),
    ];
    expect(two.status).toBe('solved');
    if (penalty === 'mcp') continue;
    two.objectives.forEach((objective, k) => {
      expect(objective).toBeCloseTo(one.objectives[k] as number, 8);
    });
  }
});

it('classes that a plane separates, and counts that are almost all 0', async () => {
  const { x } = drawn(37, 'gaussian', 40, 6);
  const y = Array.from({ length: 40 }, (_, i) => ((x.data[6 * i] as number) > 0 ? 'yes' : 'no'));
  const path = await sparsePath({ x, y }, { family: 'binomial' });
  expect(path.status).toBe('solved');
  expect(path.end).not.toBe('interrupted');
  const { coefficients } = path.fit(path.lambda.length - 1);
  expect(coefficients[0]).toBeGreaterThan(0); // 'yes' is the second class
  const counts = Array.from({ length: 40 }, (_, i) => Number(i === 5));
  expect((await sparsePath({ x, y: counts }, { family: 'poisson' })).status).toBe('solved');
});

it.each(['scad', 'groupMcp'] as const)('%s: separable classes of many columns that are much alike', async (penalty) => {
  const [rows, columns, alike] = [100, 3000, 0.95];
  const draws = new Draws(44);
  const x = { data: new Float64Array(rows * columns), rows, columns };
  const y = Array.from({ length: rows }, (_, i) => {
    let [value, t] = [draws.normal(), 0];
    for (let j = 0; j < columns; ++j) {
      value = alike * value + Math.sqrt(1 - alike ** 2) * draws.normal();
      x.data[i * columns + j] = value;
      if (j % 300 === 7) t += (j % 600 === 7 ? 1.5 : -1.5) * value;
    }
    return Number(draws.uniform() < 1 / (1 + Math.exp(-t)));
  });
  const groups = Array.from({ length: columns }, (_, j) => j >> 1);
  const path = await sparsePath({ x, y, groups }, { family: 'binomial', penalty, standardize: false });
  // With the curvatures of another model nearly all columns came into use.
  expect(path.end).toBe('devianceExplained');
  expect(Math.max(...path.nonzeros)).toBeLessThan(rows);
});

// Steps by rows and by a Gram matrix take turns here: what the former had kept of their last step was once taken for one of the latter.
it.each([7, 9, 10, 22])('MCP of sparse columns with a few large entries, draw %i', async (seed) => {
  const [rows, columns, each, gamma] = [100, 100, 4, 3];
  const draws = new Draws(seed);
  const x = { data: new Float64Array(rows * columns), rows, columns };
  for (let k = 0; k < rows * each; ++k) {
    const place = Math.floor(k / each) * columns + Math.floor(columns * draws.uniform() ** 3);
    x.data[place] = (x.data[place] as number) + Math.min(50, Math.ceil(draws.uniform() ** -0.8 / 2));
  }
  const offset = draws.normals(rows).map((value) => 3 * value);
  const y = offset.map((t) => Number(draws.uniform() < 1 / (1 + Math.exp(-t))));
  const settings = {
    family: 'binomial',
    penalty: mcp({ gamma }),
    standardize: false,
    nLambda: 15,
    minRatio: 0.1,
  } as const;
  const path = await sparsePath({ x: asSparse(x, 'csc'), y, offset }, settings);
  const problem = problemOf(x, y, { family: 'binomial', standardize: false, offset });
  const worst = Array.from(path.lambda, (lambda, k) => {
    const fit = path.fit(k);
    const { columns: slopes } = gradientAt(problem, fit);
    const left = slopes.map((slope, j) => {
      const b = fit.coefficients[j] as number;
      return b === 0
        ? Math.abs(slope) - lambda
        : Math.abs(slope + Math.sign(b) * Math.max(0, lambda - Math.abs(b) / gamma));
    });
    return Math.max(...left) / path.lambdaMax;
  });
  expect(Math.max(...worst)).toBeLessThan(1e-4);
});

it('MCP of an enormous gamma is the lasso', async () => {
  const { x, y } = drawn(38, 'gaussian', 40, 12);
  const of = { ...tight, lambdas: [0.5, 0.3, 0.1] };
  const [convex, almost] = [
    await sparsePath({ x, y }, of),
    await sparsePath({ x, y }, { ...of, penalty: mcp({ gamma: 1e9 }) }),
  ];
  same(convex, almost, 1e-6);
});
