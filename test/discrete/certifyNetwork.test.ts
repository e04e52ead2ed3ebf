// Margins that are known, by reference files, by enumeration of activation patterns, and by a check of dual vectors.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { certifyNetwork } from '../../src/discrete/index.js';
import { attack, certifyNetwork as fromRelu, trainReluNetwork } from '../../src/relu/index.js';
import { normals, table } from '../algebra.js';

const folder = new URL('../../../shared/problems/discrete/certify/', import.meta.url);
const here = existsSync(new URL('reference.json', folder));

interface Reference {
  row: number;
  other: number;
  norm: 'inf' | 'two';
  radius: number;
  relaxation: number;
  lower: number;
  upper: number;
}

function readReference() {
  const digits = JSON.parse(gunzipSync(readFileSync(new URL('digits.json.gz', folder))).toString());
  const reference = JSON.parse(readFileSync(new URL('reference.json', folder)).toString());
  const turned = (rows: number[][]) => (rows[0] as number[]).map((_, j) => rows.map((row) => row[j] as number));
  const networkOf = (name: string) => {
    const { W1, b1, W2, b2 } = digits.networks[name];
    return {
      layers: [
        { weights: turned(W1), biases: b1 },
        { weights: turned(W2), biases: b2 },
      ],
    };
  };
  const lists = Object.entries(reference).filter(([, list]) => Array.isArray(list)) as [string, Reference[]][];
  return lists.flatMap(([key, list]) =>
    (['inf', 'two'] as const).map((norm) => {
      const rows = list.filter((each) => each.norm === norm);
      const [x, y] = [rows.map(({ row }) => digits.x[row]), rows.map(({ row }) => digits.y[row])];
      return { network: networkOf(key.split(' ')[1] as string), norm, rows, x, y };
    }),
  );
}

describe.skipIf(!here)('reference margins (skipped where shared/problems/discrete/certify is absent)', () => {
  it('finds them all to 2e-4, and the bounds of the linear relaxation', async () => {
    for (const { network, norm, rows, x, y } of readReference()) {
      if (rows.length === 0) continue;
      const settings = { norm, radius: rows[0]?.radius as number, classes: 'runnerUp', goal: 'margin' } as const;
      const result = await certifyNetwork({ network, x, y }, settings);
      expect(result.status).toBe('solved');
      for (const [k, row] of result.rows.entries()) {
        const { lower, upper, other, relaxation } = rows[k] as Reference;
        expect(row.bound).toBeGreaterThan(lower - 2e-4);
        expect(row.margin).toBeLessThan(upper + 2e-4);
        expect(row.against).toBe(other);
        expect(row.relaxation).toBeCloseTo(relaxation, 4);
      }
    }
  });

  it('comes within 5e-3 of them by the semidefinite relaxation, and never above', async () => {
    for (const { network, norm, rows, x, y } of readReference()) {
      if (norm !== 'two' || rows.length === 0) continue;
      const radius = rows[0]?.radius as number;
      const settings = { norm, radius, classes: 'runnerUp', goal: 'margin', method: 'lowRankSdp' } as const;
      const result = await certifyNetwork({ network, x, y }, settings);
      const gaps = result.rows.map(({ bound }, k) => (rows[k] as Reference).upper - bound);
      expect(Math.min(...gaps)).toBeGreaterThan(-1e-5);
      expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeLessThan(5e-3);
    }
  });
});

/** The smallest value of a function that is concave between kinks. */
function smallestOnLine(f: (x: number) => number, low: number, high: number, kinks: readonly number[]): number {
  const points = [low, high, ...kinks.filter((each) => each > low && each < high)];
  return Math.min(...points.map(f));
}

it('agrees with the kinks of 100 random networks of one input', async () => {
  for (let seed = 1; seed <= 100; ++seed) {
    const draw = normals(seed);
    const [W1, W2] = [table(1, 6, draw), table(6, 3, draw)];
    const b = Array.from({ length: 6 }, () => draw());
    const x = draw();
    const radius = 0.2 + (seed % 5) / 4;
    const f = (t: number) => {
      const out = [0, 1, 2].map((c) =>
        b.reduce((sum, bias, k) => sum + Math.max(0, t * (W1[0]?.[k] as number) + bias) * (W2[k]?.[c] as number), 0),
      );
      return (out[0] as number) - Math.max(out[1] as number, out[2] as number);
    };
    // Between kinks of neurons the margin is a minimum of lines: concave, and so least at the ends.
    const kinks = b.map((bias, k) => -bias / (W1[0]?.[k] as number));
    const least = smallestOnLine(f, x - radius, x + radius, kinks);
    for (const norm of ['inf', 'two'] as const) {
      const network = { layers: [{ weights: W1, biases: b }, { weights: W2 }] };
      const { rows, status } = await certifyNetwork({ network, x: [[x]], y: [0] }, { norm, radius, goal: 'margin' });
      expect(status).toBe('solved');
      expect(Math.abs((rows[0]?.margin as number) - least)).toBeLessThan(2e-5);
      expect(rows[0]?.bound).toBeLessThanOrEqual(least + 1e-9);
    }
  }
});

// The check of docs/discrete/certifyNetwork.md.
// biome-ignore format: as the page has it
function proves(bound: number, W: number[][], b: number[], v: number[], c0: number, x: number[], radius: number, splits: number[][], duals: number[][]): boolean {
  const norm1 = (w: number[]) => w.reduce((sum, each) => sum + Math.abs(each), 0);
  const z = W.map((w, k) => w.reduce((sum, each, i) => sum + each * (x[i] as number), b[k] as number));
  const low = z.map((each, k) => each - radius * norm1(W[k] as number[]));
  const high = z.map((each, k) => each + radius * norm1(W[k] as number[]));
  const covers = (leaves: number[][]): boolean => {
    if (leaves.some((leaf) => leaf.every((split) => split === 0))) return true;
    const k = W.findIndex((_, unit) => leaves.length > 0 && leaves.every((leaf) => leaf[unit] !== 0));
    const side = (sign: number) => leaves.filter((leaf) => leaf[k] === sign).map((leaf) => leaf.with(k, 0));
    return k >= 0 && covers(side(1)) && covers(side(-1));
  };
  const value = (q: number[], split: number[]): number => {
    const slope = x.map((_, i) => q.reduce((sum, each, k) => sum + each * (W[k]?.[i] as number), 0));
    return q.reduce((sum, each, k) => {
      const [l, u, a] = [low[k] as number, high[k] as number, v[k] as number];
      const least = split[k] === 1 || l >= 0 ? Math.min((a - each) * Math.max(l, 0), (a - each) * u)
        : split[k] === -1 || u <= 0 ? Math.min(-each * l, -each * Math.min(u, 0))
        : Math.min(-each * l, 0, (a - each) * u);
      return sum + each * (z[k] as number) + least;
    }, c0 - radius * norm1(slope));
  };
  return covers(splits) && duals.every((q, leaf) => value(q, splits[leaf] as number[]) >= bound - 1e-8);
}

it('returns leaves whose dual vectors a plain check verifies', async () => {
  const draw = normals(5);
  const [d, m] = [6, 12];
  const [W1, W2] = [table(d, m, draw), table(m, 2, draw)];
  const b = Array.from({ length: m }, () => draw());
  const x = table(8, d, draw);
  const network = { layers: [{ weights: W1, biases: b }, { weights: W2 }] };
  const radius = 0.4;
  const settings = { norm: 'inf', radius, goal: 'margin', proof: true } as const;
  const { rows } = await certifyNetwork({ network, x, y: x.map(() => 0) }, settings);
  const W = b.map((_, k) => W1.map((row) => row[k] as number));
  const v = W2.map(([right, other]) => (right as number) - (other as number));
  expect(rows.some(({ nodes }) => nodes > 1)).toBe(true);
  for (const [i, row] of rows.entries()) {
    const { splits = [], duals = [] } = row.leaves ?? {};
    const lines = (all: ArrayLike<number>) =>
      Array.from({ length: all.length / m }, (_, leaf) => Array.from(all).slice(leaf * m, (leaf + 1) * m));
    const check = (bound: number) => proves(bound, W, b, v, 0, x[i] as number[], radius, lines(splits), lines(duals));
    expect(check(row.bound)).toBe(true);
    expect(check(row.bound + 1e-3)).toBe(false);
    expect(
      proves(
        row.relaxation as number,
        W,
        b,
        v,
        0,
        x[i] as number[],
        radius,
        [new Array(m).fill(0)],
        [Array.from(row.dual)],
      ),
    ).toBe(true);
  }
});

it('proves its bounds to the lines of its page', async () => {
  const page = readFileSync(new URL('../../docs/discrete/certifyNetwork.md', import.meta.url)).toString();
  const text = /function boundOf[\s\S]*?\n}\n/.exec(page)?.[0] as string;
  const boundOf = new Function(`${text} return boundOf;`)();
  const draw = normals(6);
  const [d, m] = [5, 10];
  const [W1, W2] = [table(d, m, draw), table(m, 2, draw)];
  const b = Array.from({ length: m }, () => draw());
  const x = table(10, d, draw);
  const network = { layers: [{ weights: W1, biases: b }, { weights: W2 }] };
  const radius = 0.5;
  const settings = { norm: 'inf', radius, goal: 'margin', proof: true } as const;
  const { rows } = await certifyNetwork({ network, x, y: x.map(() => 0) }, settings);
  const W = b.map((_, k) => W1.map((row) => row[k]));
  const v = W2.map(([right, other]) => (right as number) - (other as number));
  let leaves = 0;
  for (const [i, row] of rows.entries()) {
    const of = { W, b, v, c0: 0, x: x[i], radius };
    const whole = new Array(m).fill(0);
    expect(Math.abs(boundOf(Array.from(row.dual), of, whole) - (row.relaxation as number))).toBeLessThan(1e-6);
    const { splits = [], duals = [] } = row.leaves ?? {};
    for (let at = 0; at < duals.length; at += m) {
      const [q, split] = [Array.from(duals).slice(at, at + m), Array.from(splits).slice(at, at + m)];
      expect(boundOf(q, of, split)).toBeGreaterThanOrEqual(row.bound - 1e-8);
      leaves += 1;
    }
  }
  expect(leaves).toBeGreaterThan(10);
});

it('keeps inputs within their range, and finds no smaller margin for it', async () => {
  const draw = normals(9);
  const network = { layers: [{ weights: table(3, 8, draw) }, { weights: table(8, 3, draw) }] };
  const x = [[0.1, 0.9, 0.5]];
  for (const norm of ['inf', 'two'] as const) {
    const settings = { norm, radius: 0.3, goal: 'margin' } as const;
    const free = await certifyNetwork({ network, x, y: [0] }, settings);
    const { rows, status } = await certifyNetwork({ network, x, y: [0] }, { ...settings, range: [0, 1] });
    expect(status).toBe('solved');
    expect(rows[0]?.margin).toBeGreaterThanOrEqual((free.rows[0]?.margin as number) - 1e-5);
    for (const entry of rows[0]?.x ?? []) expect(entry >= 0 && entry <= 1).toBe(true);
  }
});

it('bounds networks of two hidden layers', async () => {
  const draw = normals(11);
  const layers = [{ weights: table(4, 10, draw) }, { weights: table(10, 8, draw) }, { weights: table(8, 3, draw) }];
  const data = { network: { layers }, x: table(5, 4, draw), y: [0, 1, 2, 0, 1] };
  const loose = await certifyNetwork(data, { norm: 'two', radius: 0.05, method: 'interval' });
  const { rows } = await certifyNetwork(data, { norm: 'two', radius: 0.05, goal: 'margin' });
  for (const [i, { margin, bound }] of rows.entries()) {
    expect(bound).toBeLessThanOrEqual(margin);
    expect(bound).toBeGreaterThanOrEqual((loose.rows[i]?.bound as number) - 1e-9);
  }
});

it('takes trained networks, and is never above what an attack finds', async () => {
  const draw = normals(3);
  const x = table(60, 2, draw);
  const y = x.map(([a, b]) => ((a as number) * (b as number) > 0 ? 'same' : 'other'));
  const { network } = await trainReluNetwork({ x, y }, { lambda: 0.001, seed: 1 });
  const { rows, certified, attacked, unknown } = await fromRelu(
    { network, x, y },
    { norm: 'two', radius: 0.2, goal: 'margin' },
  );
  const found = await attack({ network, x, y }, { norm: 'two', radius: 0.2 });
  expect(certified + attacked + unknown).toBe(60);
  for (const [i, row] of rows.entries()) expect(row.bound).toBeLessThanOrEqual((found.margins[i] as number) + 1e-9);
});

it('knows the margin itself at radius 0', async () => {
  const network = { layers: [{ weights: [[1, -1]] }, { weights: [[1], [-1]] }] };
  const { rows } = await certifyNetwork({ network, x: [[2], [-3]], y: [1, 1] }, { norm: 'two', radius: 0 });
  expect(rows.map(({ verdict }) => verdict)).toEqual(['robust', 'attacked']);
  expect(rows.map(({ margin }) => margin)).toEqual([2, -3]);
});

it('bounds the error of numbers', async () => {
  const network = { layers: [{ weights: [[1, -1]] }, { weights: [[1], [1]] }] };
  const settings = { norm: 'inf', radius: 0.5, goal: 'margin' } as const;
  const { rows } = await certifyNetwork({ network, x: [[1]], y: [1] }, { ...settings, within: 0.6 });
  expect(rows[0]?.verdict).toBe('robust');
  expect(rows[0]?.margin).toBeCloseTo(0.1, 6);
});

describe('bad input', () => {
  const network = {
    layers: [
      { weights: [[1, -1]] },
      {
        weights: [
          [1, 0],
          [0, 1],
        ],
      },
    ],
  };
  const good = { network, x: [[1]], y: [0] };
  const settings = { norm: 'inf', radius: 0.1 } as const;
  it.each([
    [{ ...good, network: { layers: [{ weights: [[1]] }] } }, settings, 'expected at least two layers'],
    [{ ...good, x: [[1, 2]] }, settings, 'columns of x = 2: expected 1'],
    [{ ...good, y: [2] }, settings, 'y[0] = 2: expected a class of the network'],
    [good, { ...settings, radius: -1 }, 'radius = -1'],
    [good, { ...settings, radius: [1, 2] }, 'radius'],
    [good, { ...settings, norm: 'one' }, 'norm'],
    [good, { ...settings, range: [2, 3] }, 'x[0][0] = 1: expected a number within range'],
    [good, { ...settings, range: [3, 2] }, 'range = [3, 2]'],
    [{ ...good, network: new Uint8Array([1, 2, 3]) }, settings, 'network'],
    [{ ...good, x: [[Number.NaN]] }, settings, 'x[0][0] = NaN'],
  ])('%#: says what is wrong', async (data, given, says) => {
    await expect(certifyNetwork(data as never, given as never)).rejects.toThrow(says);
  });
});

it('begins with the worst inputs of an earlier result', async () => {
  const draw = normals(13);
  const network = { layers: [{ weights: table(6, 12, draw) }, { weights: table(12, 3, draw) }] };
  const data = { network, x: table(10, 6, draw), y: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0] };
  for (const norm of ['inf', 'two'] as const) {
    const settings = { norm, radius: 0.3, goal: 'margin' } as const;
    const first = await certifyNetwork(data, settings);
    const again = await certifyNetwork(data, { ...settings, warmStart: first, method: 'interval' });
    for (const [i, { margin }] of again.rows.entries()) expect(margin).toBeCloseTo(first.rows[i]?.margin as number, 4);
    // Of a larger radius they are brought back.
    const { rows } = await certifyNetwork(data, { ...settings, radius: 0.1, warmStart: first });
    for (const [i, { x }] of rows.entries()) {
      const moved = Array.from(x, (each, k) => Math.abs(each - (data.x[i]?.[k] as number)));
      expect(norm === 'inf' ? Math.max(...moved) : Math.hypot(...moved)).toBeLessThanOrEqual(0.1 * (1 + 1e-12));
    }
  }
  const settings = { norm: 'inf', radius: 0.1, warmStart: { rows: [] } } as const;
  await expect(certifyNetwork(data, settings)).rejects.toThrow('warmStart.rows = an array: expected 10 rows');
});
