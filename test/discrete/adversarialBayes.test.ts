// Least errors that are known, by reference files, by all classifiers of a few rows, and by a judge of primal and dual answers.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adversarialBayes } from '../../src/discrete/index.js';
import { attack, trainReluNetwork } from '../../src/relu/index.js';
import { normals, table } from '../algebra.js';
import { refuted, setsOf } from './adversarialBayesJudge.js';

const folder = new URL('../../../shared/problems/discrete/bayes/', import.meta.url);
const here = existsSync(new URL('reference.json', folder));
const norms = ['inf', 'two'] as const;

/** A table whose last column is the class, its columns scaled to 0 .. 1. */
function readTable(name: string): { x: number[][]; y: string[] } {
  const text = readFileSync(new URL(`${name}.csv`, folder), 'utf8');
  const lines = text.trim().split(/\r?\n/);
  const rows = lines.map((line) => line.split(','));
  const x = rows.map((row) => row.slice(0, -1).map(Number));
  const columns = (x[0] as number[]).map((_, j) => x.map((row) => row[j] as number));
  const [least, most] = [columns.map((column) => Math.min(...column)), columns.map((column) => Math.max(...column))];
  const scaled = (value: number, j: number) =>
    (value - (least[j] as number)) / ((most[j] as number) - (least[j] as number));
  return { x: x.map((row) => row.map(scaled)), y: rows.map((row) => row.at(-1) as string) };
}

interface Reference {
  data: string;
  norm: 'inf' | 'two';
  radius: number;
  pairs: number;
  matching?: number;
  cliquesToFive?: number;
}

describe.skipIf(!here)('reference errors (skipped where shared/problems/discrete/bayes is absent)', () => {
  const references: Reference[] = here ? JSON.parse(readFileSync(new URL('reference.json', folder), 'utf8')) : [];

  it.each(['iris', 'breastCancer'])('of %s, which the references round to five digits', async (data) => {
    const { x, y } = readTable(data);
    for (const norm of norms) {
      const known = references.filter((each) => each.data === data && each.norm === norm);
      const radius = known.map((each) => each.radius);
      const pairs = await adversarialBayes({ x, y }, { norm, radius, order: 2 });
      const sets = await adversarialBayes({ x, y }, { norm, radius });
      for (const [k, { pairs: ofPairs, matching, cliquesToFive }] of known.entries()) {
        const found = pairs.curve[k]?.robustError as number;
        // Pairs leave rows their whole chance, a half, or none of it.
        expect(found).toBeCloseTo(Math.round(2 * x.length * found) / (2 * x.length), 9);
        expect(Math.abs(found - ofPairs)).toBeLessThanOrEqual(5.001e-6);
        const better = matching ?? cliquesToFive;
        if (better !== undefined)
          expect(Math.abs((sets.curve[k]?.robustError as number) - better)).toBeLessThanOrEqual(5.001e-6);
      }
      for (const [k, each] of radius.entries()) {
        const answer = await adversarialBayes({ x, y }, { norm, radius: each });
        expect(answer.status).toBe('solved');
        expect(answer.robustError).toBe(sets.curve[k]?.robustError);
        if (data === 'iris') expect(refuted({ x, y, norm, radius: each }, answer, 3)).toEqual([]);
        else expect(refuted({ x, y, norm, radius: each }, answer, 2)).toEqual([]);
      }
    }
  });
});

it('is the least error of all classifiers of two classes', async () => {
  for (let seed = 1; seed <= 40; ++seed) {
    const draw = normals(seed);
    const x = table(10, 2, draw);
    const y = x.map((_, i) => (i % 2 === 0 ? 'a' : 'b'));
    const settings = { norm: norms[seed % 2] as 'inf' | 'two', radius: 0.2 + (seed % 5) / 5 };
    const asked = { x, y, ...settings };
    const conflicts = [...setsOf(asked, 2)];
    let least = x.length;
    // A classifier gives up some rows; no two of the others may be in conflict.
    for (let kept = 0; kept < 2 ** x.length; ++kept) {
      const keeps = (i: number) => ((kept >> i) & 1) === 1;
      if (conflicts.some(([i = 0, j = 0]) => keeps(i) && keeps(j))) continue;
      least = Math.min(least, x.filter((_, i) => !keeps(i)).length);
    }
    const { robustError, bound, conflicts: count, rows } = await adversarialBayes({ x, y }, settings);
    expect(robustError).toBeCloseTo(least / x.length, 12);
    expect(bound).toBeCloseTo(robustError, 12);
    expect(count).toBe(conflicts.length);
    expect(rows.every((q) => q === 0 || q === 1)).toBe(true);
  }
});

it('takes four classes with sets of four rows', async () => {
  for (let seed = 1; seed <= 20; ++seed) {
    const draw = normals(seed);
    const x = table(24, 2, draw);
    const y = x.map((_, i) => i % 4);
    const settings = { norm: 'inf', radius: 0.5 } as const;
    const asked = { x, y, ...settings };
    const whole = await adversarialBayes({ x, y }, { ...settings, order: 4 });
    expect(whole.status).toBe('solved');
    expect(whole.certificate).toMatchObject({ kind: 'global' });
    expect(whole.certificate.over).toBeUndefined();
    expect(refuted(asked, whole, 4)).toEqual([]);
    const some = await adversarialBayes({ x, y }, settings);
    expect(some.certificate.over).toBe('smallSets');
    expect(some.robustError).toBeLessThanOrEqual(whole.robustError + 1e-9);
  }
});

it('has weights, of which a row of weight 2 is two rows', async () => {
  const draw = normals(3);
  const x = table(20, 2, draw);
  const y = x.map((_, i) => i % 3);
  const settings = { norm: 'two', radius: 0.4 } as const;
  const sampleWeight = x.map((_, i) => 1 + (i % 2));
  const weighted = await adversarialBayes({ x, y, sampleWeight }, settings);
  const twice = [...x.keys()].flatMap((i) => new Array<number>(1 + (i % 2)).fill(i));
  const repeated = await adversarialBayes(
    { x: twice.map((i) => x[i] as number[]), y: twice.map((i) => i % 3) },
    settings,
  );
  expect(weighted.robustError).toBeCloseTo(repeated.robustError, 9);
  const without = await adversarialBayes({ x, y, sampleWeight: x.map((_, i) => Number(i % 3 !== 2)) }, settings);
  const kept = [...x.keys()].filter((i) => i % 3 !== 2);
  const two = await adversarialBayes({ x: kept.map((i) => x[i] as number[]), y: kept.map((i) => i % 3) }, settings);
  expect(without.robustError).toBeCloseTo(two.robustError, 9);
});

it('counts equal rows of different classes at any radius', async () => {
  const data = { x: [[1], [1], [1], [2]], y: ['a', 'b', 'b', 'a'] };
  const { robustError, conflicts, rows } = await adversarialBayes(data, { norm: 'inf', radius: 0 });
  expect(robustError).toBeCloseTo(0.25, 12);
  expect(conflicts).toBe(2);
  expect(Array.from(rows)).toEqual([0, 1, 1, 1]);
});

it('is a floor for the attack on a network that was trained on the rows', async () => {
  const draw = normals(7);
  const x = table(60, 2, draw);
  const y = x.map(([a = 0, b = 0]) => (a * b > 0 ? 'same' : 'other'));
  const { network } = await trainReluNetwork({ x, y }, { lambda: 0.001, seed: 1 });
  for (const radius of [0.1, 0.3]) {
    const { score } = await attack({ network, x, y }, { norm: 'two', radius });
    const { robustError } = await adversarialBayes({ x, y }, { norm: 'two', radius });
    expect(robustError).toBeGreaterThan(0);
    expect(1 - score).toBeGreaterThanOrEqual(robustError - 1e-9);
  }
});

describe('a limit', () => {
  it('of time leaves a bound and the error of a constant', async () => {
    const x = table(90, 2, normals(5));
    const y = x.map((_, i) => (i % 9 < 4 ? 0 : 1 + (i % 2)));
    const settings = { norm: 'two', radius: [0.1, 0.5] } as const;
    const whole = await adversarialBayes({ x, y }, settings);
    const cut = await adversarialBayes({ x, y }, { ...settings, maxIterations: 6 });
    expect(cut.status).toBe('iterationLimit');
    expect(cut.bound).toBeLessThanOrEqual(whole.robustError + 1e-9);
    expect(cut.robustError).toBeGreaterThanOrEqual(whole.robustError - 1e-9);
    expect(cut.certificate).toMatchObject({ kind: 'bounded' });
  });
});

it.each([
  [{ x: [[1], [2]], y: [0, 1] }, { norm: 'inf', radius: -1 }, 'radius = -1'],
  [{ x: [[1], [2]], y: [0, 1] }, { norm: 'inf', radius: [] }, 'radius: expected at least one number'],
  [{ x: [[1], [2]], y: [0, 1] }, { norm: 'inf', radius: [0.1, -2] }, 'radius[1] = -2'],
  [{ x: [[1], [2]], y: [0, 1] }, { norm: 'one', radius: 1 }, 'norm'],
  [{ x: [[1], [2]], y: [3, 3] }, { norm: 'inf', radius: 1 }, 'y: expected at least two classes, got only 3'],
  [{ x: [[1], [2]], y: [0] }, { norm: 'inf', radius: 1 }, 'y: expected'],
  [{ x: [[1], [Number.NaN]], y: [0, 1] }, { norm: 'inf', radius: 1 }, 'x[1][0] = NaN'],
  [{ x: [[1], [2]], y: [0, 1], sampleWeight: [1, -1] }, { norm: 'inf', radius: 1 }, 'sampleWeight[1] = -1'],
  [{ x: [[1], [2]], y: [0, 1], sampleWeight: [0, 0] }, { norm: 'inf', radius: 1 }, 'sum of sampleWeight = 0'],
  [{ x: [[1], [2]], y: [0, 1] }, { norm: 'inf', radius: 1, order: 1 }, 'order = 1'],
])('%#: says what is wrong', async (data, settings, says) => {
  await expect(adversarialBayes(data as never, settings as never)).rejects.toThrow(says);
});
