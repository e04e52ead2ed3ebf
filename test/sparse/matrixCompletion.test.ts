// Completed matrices by their conditions of optimality, with a singular value decomposition of its own, and by a slow method on the whole matrix.
import { expect, it } from 'vitest';
import { matrixCompletion } from '../../src/sparse/index.js';
import { Draws } from './values.js';

type Rows = number[][];
const zeros = (m: number, n: number): Rows => Array.from({ length: m }, () => new Array<number>(n).fill(0));
const entry = (a: Rows, i: number, j: number): number => a[i]?.[j] as number;

/** Columns u s and v of a = u s v^T by one-sided rotations. */
function decomposed(a: Rows): { values: number[]; left: Rows; right: Rows } {
  const [m, n] = [a.length, a[0]?.length ?? 0];
  const u = a.map((row) => [...row]);
  const v = zeros(n, n).map((row, i) => row.map((_, j) => Number(i === j)));
  const turn = (rows: Rows, p: number, q: number, c: number, s: number) => {
    for (const row of rows) {
      const [x, y] = [row[p] as number, row[q] as number];
      row[p] = c * x - s * y;
      row[q] = s * x + c * y;
    }
  };
  for (let sweep = 0; sweep < 60; ++sweep) {
    let off = 0;
    for (let p = 0; p < n; ++p) {
      for (let q = p + 1; q < n; ++q) {
        let [x, y, xy] = [0, 0, 0];
        for (const row of u) {
          x += (row[p] as number) ** 2;
          y += (row[q] as number) ** 2;
          xy += (row[p] as number) * (row[q] as number);
        }
        if (Math.abs(xy) <= 1e-15 * Math.sqrt(x * y)) continue;
        off = Math.max(off, Math.abs(xy) / Math.sqrt(x * y));
        const theta = (y - x) / (2 * xy);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        turn(u, p, q, c, t * c);
        turn(v, p, q, c, t * c);
      }
    }
    if (off < 1e-14) break;
  }
  const values = Array.from({ length: n }, (_, k) => Math.hypot(...u.map((row) => row[k] as number)));
  const left = zeros(m, n).map((row, i) =>
    row.map((_, k) => ((values[k] as number) > 0 ? entry(u, i, k) / (values[k] as number) : 0)),
  );
  return { values, left, right: v };
}

function drawnEntries(m: number, n: number, rank: number, share: number, seed: number) {
  const draws = new Draws(seed);
  const [u, v] = [zeros(m, rank), zeros(n, rank)].map((rows) => rows.map((row) => row.map(() => draws.normal()))) as [
    Rows,
    Rows,
  ];
  const data = {
    rows: m,
    columns: n,
    rowIndices: [] as number[],
    columnIndices: [] as number[],
    values: [] as number[],
  };
  for (let i = 0; i < m; ++i) {
    for (let j = 0; j < n; ++j) {
      if (draws.uniform() > share) continue;
      data.rowIndices.push(i);
      data.columnIndices.push(j);
      data.values.push(0.2 * draws.normal() + (u[i] as number[]).reduce((sum, x, k) => sum + x * entry(v, j, k), 0));
    }
  }
  return data;
}

/** All entries of a completed matrix. */
function whole(found: { predict?: (i: number[], j: number[]) => Float64Array }, m: number, n: number): Rows {
  return zeros(m, n).map((row, i) => {
    const js = row.map((_, j) => j);
    return Array.from(
      found.predict?.(
        js.map(() => i),
        js,
      ) ?? [],
    );
  });
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

it('meets the conditions of the minimum, and no other method finds a better matrix', async () => {
  const [m, n] = [11, 8];
  const data = drawnEntries(m, n, 2, 0.6, 1);
  const result = await matrixCompletion(data, { lambdas: [0.5, 2, 6], tolerance: 1e-8 });
  expect(result.status).toBe('solved');
  expect(result.matrices.map(({ lambda }) => lambda)).toEqual([6, 2, 0.5]);
  const half = sum(data.values.map((value) => value * value)) / 2;
  for (const completed of result.matrices) {
    const { lambda, objective, gap, rank, singularValues } = completed;
    const z = whole(completed, m, n);
    const residuals = zeros(m, n);
    let loss = 0;
    data.values.forEach((value, k) => {
      const [i, j] = [data.rowIndices[k] as number, data.columnIndices[k] as number];
      const r = value - entry(z, i, j);
      (residuals[i] as number[])[j] = r;
      loss += (r * r) / 2;
    });
    const values = decomposed(z).values.sort((a, b) => b - a);
    expect(sum(values)).toBeCloseTo(sum(Array.from(singularValues)), 8);
    expect(values[rank] ?? 0).toBeLessThan(1e-7);
    expect(loss + lambda * sum(values)).toBeCloseTo(objective, 8);
    expect(gap).toBeLessThanOrEqual(1e-8);
    // The residuals are lambda times a subgradient of the nuclear norm.
    const largest = Math.max(...decomposed(residuals).values);
    expect(largest).toBeLessThanOrEqual(lambda * (1 + 1e-3));
    const product = sum(residuals.map((row, i) => sum(row.map((r, j) => r * entry(z, i, j)))));
    expect(Math.abs(product - lambda * sum(values))).toBeLessThanOrEqual(1e-3 * half);
    // Soft impute: fill in, shrink the singular values, again and again.
    let filled = zeros(m, n);
    for (let step = 0; step < 60; ++step) {
      data.values.forEach((value, k) => {
        (filled[data.rowIndices[k] as number] as number[])[data.columnIndices[k] as number] = value;
      });
      const { values: s, left, right } = decomposed(filled);
      filled = zeros(m, n).map((row, i) =>
        row.map((_, j) =>
          sum(s.map((value, k) => entry(left, i, k) * Math.max(0, value - lambda) * entry(right, j, k))),
        ),
      );
    }
    const other = sum(
      data.values.map(
        (value, k) => (value - entry(filled, data.rowIndices[k] as number, data.columnIndices[k] as number)) ** 2 / 2,
      ),
    );
    const found = other + lambda * sum(decomposed(filled).values);
    expect(objective).toBeLessThanOrEqual(found + 1e-8 * half);
    expect(found - objective).toBeLessThanOrEqual(2e-3 * half);
  }
  // The first matrix is 0 from the largest singular value of the known entries on.
  const above = await matrixCompletion(data, { lambda: 1.0001 * result.lambdaMax });
  expect(above.rank).toBe(0);
  expect((await matrixCompletion(data, { lambda: 0.99 * result.lambdaMax })).rank).toBeGreaterThan(0);
});

it('where all entries are known it shrinks the singular values', async () => {
  const data = drawnEntries(9, 6, 6, 1, 2);
  const a = zeros(9, 6);
  data.values.forEach((value, k) => {
    (a[data.rowIndices[k] as number] as number[])[data.columnIndices[k] as number] = value;
  });
  const expected = decomposed(a)
    .values.map((value) => Math.max(0, value - 1.5))
    .filter((value) => value > 0)
    .sort((x, y) => y - x);
  const { singularValues, left, right, rank } = await matrixCompletion(data, { lambda: 1.5, tolerance: 1e-12 });
  expect(rank).toBe(expected.length);
  expected.forEach((value, k) => {
    expect(singularValues?.[k]).toBeCloseTo(value, 5);
  });
  expect(left).toMatchObject({ rows: 9, columns: rank });
  expect(right).toMatchObject({ rows: 6, columns: rank });
});

it('sparse matrices, seeds and large sizes', async () => {
  const data = drawnEntries(30, 20, 2, 0.4, 3);
  const offsets = Int32Array.from({ length: 31 }, (_, i) => data.rowIndices.filter((row) => row < i).length);
  const sparse = {
    ...{ format: 'csr' as const, rows: 30, columns: 20, offsets },
    ...{ indices: Int32Array.from(data.columnIndices), values: Float64Array.from(data.values) },
  };
  const [one, other, again] = await Promise.all([
    matrixCompletion(data, { lambda: 2 }),
    matrixCompletion(sparse, { lambda: 2, seed: 7 }),
    matrixCompletion(sparse, { lambda: 2 }),
  ]);
  expect(one.objective).toBe(again.objective);
  expect(Math.abs((one.objective as number) - (other.objective as number))).toBeLessThanOrEqual(
    2e-5 * (one.objective as number),
  );
  // As a whole it would have 2.9 GB.
  const draws = new Draws(4);
  const count = 2000;
  const integers = (limit: number) => Array.from({ length: count }, () => Math.floor(limit * draws.uniform()));
  const large = {
    rows: 20_000,
    columns: 18_000,
    rowIndices: integers(20_000),
    columnIndices: integers(18_000),
    values: draws.normals(count),
  };
  const { status, rank } = await matrixCompletion(large, { lambda: 3.5, rank: 4, maxIterations: 1 });
  expect(['solved', 'stalled', 'iterationLimit']).toContain(status);
  expect(rank ?? 0).toBeLessThanOrEqual(4);
});

it('a rank that is too small is told', async () => {
  const data = drawnEntries(20, 15, 5, 0.8, 5);
  const few = await matrixCompletion(data, { lambda: 0.5, rank: 1 });
  expect(few.status).toBe('stalled');
  expect(few.message).toMatch(/has a gap of .*, with the largest rank that is allowed\./);
  expect(few.gap).toBeGreaterThan(1e-3);
});

it('arguments are checked', async () => {
  const data = { rows: 2, columns: 2, rowIndices: [0], columnIndices: [1], values: [1] };
  await expect(matrixCompletion({ ...data, rowIndices: [2] }, { lambda: 1 })).rejects.toThrow(
    /^rowIndices\[0\] = 2: expected an integer in \[0, 1\]$/,
  );
  await expect(matrixCompletion({ ...data, columnIndices: [] }, { lambda: 1 })).rejects.toThrow(
    /^columnIndices: expected 1 integers, got 0$/,
  );
  await expect(matrixCompletion(data, { lambda: 0 })).rejects.toThrow(/^lambda = 0: expected a finite number > 0$/);
  const completed = await matrixCompletion(data, { lambda: 0.1 });
  expect(() => completed.predict?.([0], [5])).toThrow(/^columnIndices\[0\] = 5: expected an integer in \[0, 1\]$/);
  expect(completed.predict?.([0, 1], [1, 1])[0]).toBeCloseTo(0.9, 3);
});
