// Mutual information where it is known, of dependences that are not linear, and of none.
import { expect, it } from 'vitest';
import { mutualInformation } from '../../src/sparse/index.js';
import { countingTurns, withCountedClock } from '../clock.js';
import { asSparse, Draws } from './values.js';

const matrix = (columns: readonly ArrayLike<number>[]) => {
  const rows = columns[0]?.length ?? 0;
  const data = Float64Array.from(
    { length: rows * columns.length },
    (_, k) => columns[k % columns.length]?.[Math.floor(k / columns.length)] as number,
  );
  return { data, rows, columns: columns.length };
};
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

it('is the entropy of what is the same, and 0 of what is independent, less the bias', async () => {
  const four = Array.from({ length: 80 }, (_, i) => i % 4);
  const five = Array.from({ length: 80 }, (_, i) => Math.floor(i / 16));
  const constant = four.map(() => 7);
  const { information, top } = await mutualInformation({
    x: matrix([five, constant, four.map((v) => -10 * v)]),
    y: four,
  });
  expect(information[2]).toBeCloseTo(Math.log(4) - 9 / 160, 12);
  // Each of five sixteens has all four values four times.
  expect(information[0]).toBeCloseTo(-12 / 160, 12);
  expect(information[1]).toBe(0);
  expect([...top]).toEqual([2, 1, 0]);
  const labels = four.map((v) => ['d', 'a', 'c', 'b'][v] as string);
  expect((await mutualInformation({ x: matrix([four]), y: labels })).information[0]).toBeCloseTo(
    Math.log(4) - 9 / 160,
    12,
  );
});

it('has no bias on columns of any number of levels that say nothing', async () => {
  const draws = new Draws(31);
  const n = 400;
  const [y, columns] = [draws.normals(n), Array.from({ length: 120 }, () => draws.normals(n))];
  const signs = columns.map((column) => column.map(Math.sign));
  for (const x of [columns, signs]) {
    const { information } = await mutualInformation({ x: matrix(x), y });
    const spread = Math.sqrt(mean(information.map((value) => value ** 2)) / 120);
    expect(Math.abs(mean(information))).toBeLessThan(4 * spread);
    // The bias of eight bins of each is 0.061, of two of one 0.009.
    expect(Math.abs(mean(information))).toBeLessThan(0.0045);
  }
});

it('finds dependences that are not linear among many columns, for sparse x, too', async () => {
  const draws = new Draws(32);
  const n = 500;
  const columns = Array.from({ length: 60 }, () => draws.normals(n));
  const at = (j: number, i: number): number => columns[j]?.[i] as number;
  const y = Float64Array.from(
    { length: n },
    (_, i) => at(5, i) ** 2 + 1.5 * Math.sin(3 * at(9, i)) + at(20, i) + draws.normal() / 2,
  );
  const x = matrix(columns);
  const { top, information } = await mutualInformation({ x, y }, { top: 3 });
  expect([...top].sort((a, b) => a - b)).toEqual([5, 9, 20]);
  expect((await mutualInformation({ x: asSparse(x, 'csr'), y })).information).toEqual(information);
});

it('serves other events meanwhile, and may be ended', async () => {
  const draws = new Draws(33);
  const x = { data: draws.normals(2000 * 40), rows: 2000, columns: 40 };
  const y = draws.normals(2000);
  // By a clock that finds each column to have taken longer than a turn may.
  const { turns } = await withCountedClock(20, () => countingTurns(() => mutualInformation({ x, y })));
  expect(turns).toBeGreaterThanOrEqual(40);
  await expect(mutualInformation({ x, y }, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  );
});

it('refuses what does not fit', async () => {
  const x = matrix([[1, 2, 3]]);
  await expect(mutualInformation({ x, y: [1, 2] })).rejects.toThrow(/y: expected 3/);
  await expect(mutualInformation({ x, y: Float64Array.of(1, Number.NaN, 3) })).rejects.toThrow('y[1] = NaN');
  await expect(mutualInformation({ x, y: [1, 2, 3] }, { bins: 1 })).rejects.toThrow('bins = 1');
  await expect(mutualInformation({ x, y: [1, 2, 3] }, { top: 0 })).rejects.toThrow('top = 0');
});
