// Optima that are known, gradient descent from many starts, and what is refused. The arithmetic is the test's own.
import { describe, expect, it } from 'vitest';
import {
  type LinearNetworkResult,
  type LinearNetworkSettings,
  trainLinearNetwork,
} from '../../src/deepLinear/index.js';
import { chosen, long } from '../long.js';
import { normals, type Rows, table, toMatrix, toRows } from '../problems/relu.js';

const transposed = (a: Rows): Rows => (a[0] ?? []).map((_, j) => a.map((row) => row[j] as number));
const times = (a: Rows, b: Rows): Rows => {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, value, k) => sum + value * (column[k] as number), 0)));
};
/** a + factor b */
const plus = (a: Rows, factor: number, b: Rows): Rows =>
  a.map((row, i) => row.map((value, j) => value + factor * (b[i]?.[j] as number)));
const squares = (a: Rows): number => a.flat().reduce((sum, value) => sum + value * value, 0);

/** A matrix with orthogonal columns of length s, by Gram and Schmidt's method. */
function orthogonal(n: number, d: number, draw: () => number, s: number): Rows {
  const columns: Rows = [];
  for (const column of table(d, n, draw)) {
    for (const other of [...columns, ...columns]) {
      const dot = column.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
      for (let i = 0; i < n; ++i) column[i] = (column[i] as number) - dot * (other[i] as number);
    }
    const norm = Math.sqrt(squares([column]));
    columns.push(column.map((value) => value / norm));
  }
  return transposed(columns).map((row) => row.map((value) => value * s));
}

interface Problem {
  x: Rows;
  y: Rows;
  lambda: number;
  /** The exponent of ||W|| in the penalty (lambda / 2) ||W||^degree of each layer. */
  degree: number;
}

/** Loss and regulariser of a sum of branches, each a list of layers. */
function objective({ x, y, lambda, degree }: Problem, branches: Rows[][]): number {
  const residual = branches.map((layers) => layers.reduce(times, x)).reduce((sum, f) => plus(sum, -1, f), y);
  const penalty = branches.flat().reduce((total, layer) => total + squares(layer) ** (degree / 2), 0);
  return squares(residual) / 2 + (lambda / 2) * penalty;
}

function gradient({ x, y, lambda, degree }: Problem, branches: Rows[][]): Rows[][] {
  const residual = branches.map((layers) => layers.reduce(times, x)).reduce((sum, f) => plus(sum, -1, f), y);
  return branches.map((layers) =>
    layers.map((layer, l) => {
      const before = layers.slice(0, l).reduce(times, x);
      const after = layers.slice(l + 1);
      const back = after.reduceRight((r, next) => times(r, transposed(next)), residual);
      const weight = (lambda / 2) * degree * squares(layer) ** (degree / 2 - 1);
      return plus(
        layer.map((row) => row.map((value) => weight * value)),
        -1,
        times(transposed(before), back),
      );
    }),
  );
}

/** Gradient descent that halves a step until the objective falls enough. */
function descend(problem: Problem, start: Rows[][], steps = 1000): number {
  let at = start;
  let value = objective(problem, at);
  let step = 0.1;
  for (let k = 0; k < steps && step > 1e-12; ++k) {
    const slope = gradient(problem, at);
    const size = slope.flat().reduce((sum, layer) => sum + squares(layer), 0);
    for (step *= 2; step > 1e-12; step /= 2) {
      const next = at.map((layers, b) => layers.map((layer, l) => plus(layer, -step, slope[b]?.[l] as Rows)));
      const there = objective(problem, next);
      if (there <= value - 0.3 * step * size) {
        at = next;
        value = there;
        break;
      }
    }
  }
  return value;
}

const starts = (branches: number, widths: number[], draw: () => number): Rows[][] =>
  Array.from({ length: branches }, () => widths.slice(1).map((width, l) => table(widths[l] as number, width, draw)));

/** The branches of a result: with `parallel` one of width 1 for each singular value. */
function branchesOf({ layers, singularValues }: LinearNetworkResult, parallel: boolean): Rows[][] {
  const rows = layers.map(toRows);
  if (!parallel) return [rows];
  return Array.from(singularValues, (_, k) =>
    rows.map((layer, l) => {
      if (l === 0) return layer.map((row) => [row[k] as number]);
      return l === rows.length - 1 ? [layer[k] as number[]] : [[layer[k]?.[k] as number]];
    }),
  );
}

const solve = (x: Rows, y: Rows, settings: LinearNetworkSettings) =>
  trainLinearNetwork({ x: toMatrix(x), y: toMatrix(y) }, settings);

describe('analytic cases', () => {
  const identity = table(3, 3, (i, j) => Number(i === j));
  const y = [
    [5, 0, 0],
    [0, 2, 0],
    [0, 0, 0.5],
  ];

  it('two layers shrink the singular values by lambda', async () => {
    const result = await solve(identity, y, { lambda: 1 });
    expect(result.status).toBe('solved');
    expect(result.closedForm).toBe(true);
    expect(Array.from(result.singularValues)).toEqual([expect.closeTo(4, 12), expect.closeTo(1, 12)]);
    // 1/2 (1 + 1 + 1/4) + 4 + 1
    expect(result.objective).toBeCloseTo(6.125, 12);
    expect(result.lowerBound).toBeCloseTo(6.125, 10);
    expect(toRows(result.product).flat()).toEqual(
      [4, 0, 0, 0, 1, 0, 0, 0, 0].map((value) => expect.closeTo(value, 12)),
    );
  });

  it('four layers: t - 5 + lambda t^(-1/2) = 0 for a value of 5, and none for small ones', async () => {
    const result = await solve(identity, y, { lambda: 2, depth: 4 });
    const [t = 0, ...others] = result.singularValues;
    expect(others).toEqual([]);
    expect(t - 5 + 2 / Math.sqrt(t)).toBeCloseTo(0, 12);
    expect(result.objective).toBeCloseTo((t - 5) ** 2 / 2 + 4 * Math.sqrt(t) + 2 + 0.125, 12);
  });

  it('the duality gap of three layers with several outputs, by a grid over the sum of the singular values', async () => {
    const result = await solve(identity, y, { lambda: 0.4, depth: 3 });
    // min over t >= 0 of 1/2 ||t - sigma||^2 + 0.6 (sum t)^(2/3)
    let least = Number.POSITIVE_INFINITY;
    for (let sum = 0; sum <= 7.5; sum += 5e-4) {
      let [low, high] = [-10, 5];
      for (let k = 0; k < 60; ++k) {
        const middle = (low + high) / 2;
        const reached = [5, 2, 0.5].reduce((total, sigma) => total + Math.max(0, sigma - middle), 0);
        [low, high] = reached > sum ? [middle, high] : [low, middle];
      }
      const t = [5, 2, 0.5].map((sigma) => Math.max(0, sigma - high));
      const loss = [5, 2, 0.5].reduce((total, sigma, k) => total + (sigma - (t[k] as number)) ** 2 / 2, 0);
      least = Math.min(least, loss + 0.6 * sum ** (2 / 3));
    }
    expect(result.dualOptimum).toBeLessThanOrEqual(least + 1e-12);
    expect(result.dualOptimum).toBeCloseTo(least, 6);
    expect(result.dualityGap).toBeGreaterThan(0.05);
    expect(result.gap).toBeLessThan(1e-10);
  });
});

describe('beside gradient descent from several starts', () => {
  it.each(
    chosen(
      [
        [3, false],
        [2, false],
        [4, false],
        [3, true],
      ],
      4,
    ),
  )('depth %d, parallel %s, orthogonal columns', async (depth, parallel) => {
    const draw = normals(10 * depth + Number(parallel));
    const x = orthogonal(8, 4, draw, 1.7);
    const y = table(8, 3, () => 3 * draw());
    const lambda = 0.3;
    const problem: Problem = { x, y, lambda, degree: parallel ? depth : 2 };
    const result = await solve(x, y, { depth, parallel, lambda });
    expect(result.status).toBe('solved');
    expect(objective(problem, branchesOf(result, parallel))).toBeCloseTo(result.objective, 9);
    const widths = [4, ...Array<number>(depth - 1).fill(4), 3];
    const found = Array.from({ length: long ? 4 : 2 }, () => descend(problem, starts(parallel ? 4 : 1, widths, draw)));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(result.lowerBound * (1 - 1e-12));
    expect(Math.min(...found) / result.objective - 1).toBeLessThan(1e-4);
  });

  it.runIf(long).each([
    [3, true],
    [2, false],
  ])('depth %d, parallel %s, columns of very different lengths', async (depth, parallel) => {
    const draw = normals(77 + depth);
    const x = table(12, 5, (_, j) => draw() * 10 ** (-j / 2));
    const y = table(12, 3, draw);
    const lambda = 0.05;
    const problem: Problem = { x, y, lambda, degree: parallel ? depth : 2 };
    const result = await solve(x, y, { depth, parallel, lambda });
    expect(result.status).toBe('solved');
    expect(result.closedForm).toBe(false);
    expect(objective(problem, branchesOf(result, parallel))).toBeCloseTo(result.objective, 9);
    expect(result.dualOptimum).toBe(result.lowerBound);
    const found = Array.from({ length: 2 }, () =>
      descend(problem, starts(parallel ? 3 : 1, [5, ...Array<number>(depth - 1).fill(5), 3], draw)),
    );
    expect(Math.min(...found)).toBeGreaterThanOrEqual(result.lowerBound);
    expect(Math.min(...found) / result.objective - 1).toBeLessThan(1e-2);
  });

  it('the product is stationary for the nuclear norm: X^T R has no singular value above lambda L / 2', async () => {
    const draw = normals(5);
    const [x, y] = [table(40, 7, draw), table(40, 6, draw)];
    const result = await solve(x, y, { depth: 4, parallel: true, lambda: 2, tolerance: 1e-12 });
    const slope = times(transposed(x), plus(y, -1, times(x, toRows(result.product))));
    let v = table(6, 1, draw);
    for (let k = 0; k < 2000; ++k) {
      v = times(transposed(slope), times(slope, v));
      const length = Math.sqrt(squares(v));
      v = v.map((row) => row.map((value) => value / length));
    }
    expect(Math.sqrt(squares(times(slope, v)))).toBeCloseTo(4, 4);
    expect(result.singularValues.length).toBeLessThan(6);
  });
});

it('one output has no duality gap, whatever the depth', async () => {
  const draw = normals(9);
  const result = await solve(orthogonal(9, 4, draw, 2), table(9, 1, draw), { depth: 5, lambda: 0.01 });
  expect(result.singularValues).toHaveLength(1);
  expect(result.dualityGap).toBeLessThan(1e-10);
});

it('begins at an earlier result, for another lambda, too', async () => {
  const draw = normals(6);
  const [x, y] = [table(50, 8, draw), table(50, 5, draw)];
  const first = await solve(x, y, { lambda: 1 });
  expect((await solve(x, y, { lambda: 1, warmStart: first })).iterations).toBe(0);
  const [cold, warm] = [await solve(x, y, { lambda: 1.01 }), await solve(x, y, { lambda: 1.01, warmStart: first })];
  expect(Math.abs(warm.objective / cold.objective - 1)).toBeLessThan(1e-8);
  await expect(
    solve(
      x,
      y.map((row) => row.slice(1)),
      { warmStart: first },
    ),
  ).rejects.toThrow('warmStart.product: expected 4 columns, one for each column of y, got 5');
});

it('the network of zeros is optimal for a large lambda', async () => {
  const draw = normals(3);
  const y = table(6, 2, draw);
  const result = await solve(table(6, 3, draw), y, { lambda: 100 });
  expect(result.singularValues).toHaveLength(0);
  // Not that of the random product which the solve began with, without its penalty.
  expect(result.objective).toBeCloseTo(squares(y) / 2, 12);
  expect(result.lowerBound).toBeLessThanOrEqual(result.objective);
  expect(result.gap).toBeLessThan(1e-8);
  expect(result.layers.map(({ rows, columns }) => [rows, columns])).toEqual([
    [3, 0],
    [0, 2],
  ]);
});

it('takes vectors of targets, and more columns than rows', async () => {
  const draw = normals(4);
  const x = table(4, 9, draw);
  const result = await trainLinearNetwork({ x, y: [1, 2, 3, 4] }, { lambda: 0.1 });
  expect(result.status).toBe('solved');
  expect([result.product.rows, result.product.columns]).toEqual([9, 1]);
});

describe('refuses', () => {
  const x = [
    [1, 2],
    [3, 4],
  ];
  it.each([
    [{ x, y: x }, { depth: 3 }, 'expected orthogonal columns of one length'],
    [{ x, y: x }, { depth: 1 }, 'depth = 1: expected an integer in [2, 1000]'],
    [{ x, y: x }, { lambda: 0 }, 'lambda = 0: expected a finite number > 0'],
    [{ x, y: x }, { width: 3 }, "unknown setting 'width'"],
    [{ x, y: [1, 2, 3] }, {}, 'y: expected 2 rows, one for each row of x, got 3'],
    [{ x, y: [1, Number.NaN] }, {}, 'y[1] = NaN: expected a finite number'],
    [{ x: [[1, Number.POSITIVE_INFINITY]], y: [1] }, {}, 'x[0][1] = Infinity: expected a finite number'],
    [{ x }, {}, 'y'],
  ])('%j %j', async (data, settings, message) => {
    await expect(trainLinearNetwork(data as never, settings as never)).rejects.toThrow(message);
  });
});
