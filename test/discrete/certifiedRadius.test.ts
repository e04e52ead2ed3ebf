// Radii that are known: distances from planes, and from the zeros of piecewise linear functions.
import { describe, expect, it } from 'vitest';
import { certifiedRadius, certifyNetwork } from '../../src/discrete/index.js';
import { dot, norm as length, normals, table } from '../algebra.js';

const norms = ['inf', 'two'] as const;
const exact = { precision: 1e-6 };

it('is the distance from a plane', async () => {
  for (let seed = 1; seed <= 20; ++seed) {
    const draw = normals(seed);
    const w = Array.from({ length: 1 + (seed % 6) }, () => draw());
    const shift = draw();
    const x = table(5, w.length, draw);
    // relu(f) - relu(-f) = f
    const layers = [{ weights: w.map((each) => [each, -each]), biases: [shift, -shift] }, { weights: [[1], [-1]] }];
    const y = x.map((row) => (dot(row, w) + shift > 0 ? 1 : -1));
    for (const norm of norms) {
      const { status, rows } = await certifiedRadius({ network: { layers }, x, y }, { norm, ...exact });
      expect(status).toBe('solved');
      for (const [i, row] of x.entries()) {
        const dual = norm === 'two' ? length(w) : w.reduce((sum, each) => sum + Math.abs(each), 0);
        const radius = Math.abs(dot(row, w) + shift) / dual;
        const { lower, upper } = rows[i] as (typeof rows)[number];
        expect(lower).toBeLessThanOrEqual(radius * (1 + 1e-9));
        expect(upper).toBeGreaterThanOrEqual(radius * (1 - 1e-9));
        expect(upper).toBeLessThan(Number.POSITIVE_INFINITY);
        expect(upper - lower).toBeLessThanOrEqual(1e-6 * upper);
      }
    }
  }
});

/** Distances from x at which a function that is linear between kinks changes its sign, the least one. */
function firstZero(f: (t: number) => number, x: number, kinks: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  const points = [-1e4, ...kinks, x, 1e4].sort((a, b) => a - b);
  for (const [k, left] of points.slice(0, -1).entries()) {
    const right = points[k + 1] as number;
    const [a, b] = [f(left), f(right)];
    if (a < 0 !== b < 0) least = Math.min(least, Math.abs(left + ((right - left) * a) / (a - b) - x));
  }
  return least;
}

it('is the distance from the first zero of 60 random networks of one input', async () => {
  for (let seed = 1; seed <= 60; ++seed) {
    const draw = normals(seed);
    const [W1, W2] = [table(1, 5, draw), table(5, 3, draw)];
    const b = Array.from({ length: 5 }, () => draw());
    const x = draw();
    const outputs = (t: number): number[] =>
      [0, 1, 2].map((c) =>
        b.reduce((sum, bias, k) => sum + Math.max(0, t * (W1[0]?.[k] as number) + bias) * (W2[k]?.[c] as number), 0),
      );
    const at = outputs(x);
    const right = at.indexOf(Math.max(...at));
    const kinks = b.map((bias, k) => -bias / (W1[0]?.[k] as number));
    const radius = Math.min(
      ...[0, 1, 2]
        .filter((c) => c !== right)
        .map((c) => firstZero((t) => (outputs(t)[right] as number) - (outputs(t)[c] as number), x, kinks)),
    );
    const network = { layers: [{ weights: W1, biases: b }, { weights: W2 }] };
    const settings = { norm: norms[seed % 2] as 'inf' | 'two', precision: 1e-4, most: 5000 };
    const { rows } = await certifiedRadius({ network, x: [[x]], y: [right] }, settings);
    const { lower, upper } = rows[0] as (typeof rows)[number];
    expect(lower).toBeLessThanOrEqual(radius + 1e-9);
    if (radius > 5000) expect(upper).toBe(Number.POSITIVE_INFINITY);
    else expect(upper).toBeGreaterThanOrEqual(radius - 1e-9);
  }
});

const network = { layers: [{ weights: [[1, -1]] }, { weights: [[1], [-1]] }] };

it('is 0 where a row is wrong as it stands, and infinite where nothing matters', async () => {
  const { rows, status } = await certifiedRadius({ network, x: [[2], [-3]], y: [1, 1] }, { norm: 'inf' });
  expect(status).toBe('solved');
  expect(rows[0]?.upper).toBeCloseTo(2, 1);
  expect(rows[1]).toMatchObject({ lower: 0, upper: 0, x: Float64Array.of(-3) });
  const constant = { layers: [{ weights: [[1]] }, { weights: [[0]], biases: [1] }] };
  const settings = { norm: 'two', most: 7 } as const;
  const still = await certifiedRadius({ network: constant, x: [[2]], y: [1] }, settings);
  expect(still.rows).toEqual([{ lower: 7, upper: Number.POSITIVE_INFINITY }]);
});

const columnsOf = (rows: number[][]) => (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] as number));

describe('a limit', () => {
  const draw = normals(4);
  const layers = [{ weights: table(8, 30, draw) }, { weights: table(30, 4, draw) }];
  const x = table(6, 8, draw);
  const [first, last] = layers.map(
    ({ weights }) =>
      (v: number[]) =>
        columnsOf(weights).map((w) => dot(v, w)),
  );
  const outputs = x.map((row) => last?.((first?.(row) ?? []).map((z) => Math.max(z, 0))) ?? []);
  const data = { network: { layers }, x, y: outputs.map((f) => f.indexOf(Math.max(...f))) };

  it('of nodes leaves ends that are valid', async () => {
    const few = await certifiedRadius(data, { norm: 'inf', maxNodes: 1, classes: 'runnerUp' });
    const all = await certifiedRadius(data, { norm: 'inf', classes: 'runnerUp' });
    expect(all.status).toBe('solved');
    expect(few.status).toBe('stalled');
    expect(few.message).toMatch(/^Not to the precision: the radi/);
    for (const [i, { lower, upper }] of few.rows.entries()) {
      expect(lower).toBeLessThanOrEqual(all.rows[i]?.upper as number);
      expect(upper).toBeGreaterThanOrEqual(all.rows[i]?.lower as number);
    }
  });

  it('of time ends all of it', async () => {
    const { status, rows } = await certifiedRadius(data, { norm: 'inf', timeLimit: 0 });
    expect(status).toBe('timeLimit');
    for (const { lower, upper } of rows) expect(lower).toBeLessThanOrEqual(upper);
  });

  it('of the range is kept', async () => {
    const { rows } = await certifiedRadius(
      { ...data, x: x.map((row) => row.map(Math.tanh)) },
      { norm: 'inf', range: [-1, 1] },
    );
    for (const { x: at = [], lower, upper } of rows) {
      for (const entry of at) expect(Math.abs(entry)).toBeLessThanOrEqual(1);
      expect(lower).toBeLessThanOrEqual(upper);
    }
  });
});

it('has radii that certifyNetwork confirms, also of numbers', async () => {
  const draw = normals(8);
  const layers = [{ weights: table(3, 10, draw) }, { weights: table(10, 2, draw) }];
  const x = table(4, 3, draw);
  const data = { network: { layers }, x, y: table(4, 2, () => 0) };
  const settings = { norm: 'two', within: 8 } as const;
  const { rows } = await certifiedRadius(data, settings);
  const inside = await certifyNetwork(data, { ...settings, radius: rows.map(({ lower }) => lower) });
  expect(inside.rows.filter(({ verdict }) => verdict === 'robust').length).toBe(
    rows.filter(({ lower }) => lower > 0).length,
  );
  const outside = await certifyNetwork(data, { ...settings, radius: rows.map(({ upper }) => upper * (1 + 1e-9)) });
  expect(outside.attacked).toBe(rows.filter(({ upper }) => upper < Number.POSITIVE_INFINITY).length);
});

it('says what is wrong', async () => {
  const data = { network, x: [[1]], y: [1] };
  await expect(certifiedRadius(data, { norm: 'inf', precision: -1 })).rejects.toThrow('precision = -1');
  await expect(certifiedRadius(data, { norm: 'inf', most: -1 })).rejects.toThrow('most = -1');
  await expect(certifiedRadius(data, { norm: 'one' as never })).rejects.toThrow('norm');
});
