// Labels as numbers of classes, and targets as columns.
import { describe, expect, it } from 'vitest';
import { distinct, encodeInTurns, encodeTargets, type Label, readClasses } from '../../src/core/targets.js';
import { sparsePath } from '../../src/sparse/index.js';

/** The classes and places of labels by the definition. */
function bySorting(labels: readonly Label[]): { classes: Label[]; codes: Int32Array } {
  const classes = [...new Set(labels)].sort((a, b) => (a < b ? -1 : 1));
  return { classes, codes: Int32Array.from(labels, (label) => classes.indexOf(label)) };
}

describe('readClasses', () => {
  it.each<[string, readonly Label[]]>([
    ['two strings', ['b', 'a', 'a', 'b', 'b', 'a']],
    ['booleans', [true, true, false, true]],
    ['three in runs', ['c', 'c', 'a', 'a', 'b', 'b', 'a', 'c', 'b']],
    ['many numbers', Array.from({ length: 200 }, (_, i) => (i * i * 7) % 31)],
    ['negative numbers', [3, -1, 3, 2, -1, 0, 3]],
    ['strings that are made anew', Array.from({ length: 60 }, (_, i) => `class ${(5 * i) % 7}`)],
  ])('has the classes in order, and for each label the place of its own: %s', (_, labels) => {
    expect(readClasses(labels)).toEqual(bySorting(labels));
    expect(distinct(labels)).toEqual(bySorting(labels).classes);
  });

  it('refuses one class, none, and numbers that are no integers', () => {
    expect(() => readClasses(['a', 'a'])).toThrow("y: expected at least two classes, got only 'a'");
    expect(() => readClasses([])).toThrow('y: expected at least two classes, got none');
    expect(() => readClasses([1, 2, 1.5])).toThrow('y[2] = 1.5: expected an integer class');
    expect(() => readClasses([1, 2, Number.NaN])).toThrow('y[2] = NaN: expected an integer class');
  });
});

it('distinct ends where there are more than were asked for', () => {
  let read = 0;
  const labels = new Proxy(
    Array.from({ length: 1000 }, (_, i) => i),
    {
      get(target, name) {
        if (name !== 'length') ++read;
        return Reflect.get(target, name);
      },
    },
  );
  expect(distinct(labels, 2)).toHaveLength(3);
  expect(read).toBeLessThan(20);
});

describe('encodeTargets', () => {
  const labels = ['b', 'a', 'c', 'a'];

  it('has a column for each class, or one for two', () => {
    const of = (y: readonly string[], oneHot: boolean) => [
      ...encodeTargets(y, y.length, { classify: true, oneHot }).matrix.data,
    ];
    expect(of(labels, false)).toEqual([-1, 1, -1, 1, -1, -1, -1, -1, 1, 1, -1, -1]);
    expect(of(labels, true)).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0]);
    expect(of(['b', 'a', 'b'], false)).toEqual([1, -1, 1]);
    expect(of(['b', 'a', 'b'], true)).toEqual([0, 1, 1, 0, 0, 1]);
  });

  it('keeps a Float64Array of numbers, and copies others', () => {
    const y = Float64Array.of(1.5, 2);
    expect(encodeTargets(y, 2, {}).matrix.data).toBe(y);
    expect(encodeTargets([1.5, 2], 2, {}).matrix.data).toEqual(y);
    expect(encodeTargets(Float32Array.of(1.5, 2), 2, {}).matrix.data).toEqual(y);
  });
});

describe('many labels', () => {
  const rows = 120_000; // more than are read in one piece

  it.each<[string, (i: number) => Label]>([
    ['texts', (i) => ['b', 'a', 'c'][(i * i) % 3] as string],
    ['two texts', (i) => (i % 7 === 0 ? 'yes' : 'no')],
    ['integers', (i) => (3 * i) % 10],
  ])('are read in pieces as they are at once: %s', async (_, label) => {
    const y = Array.from({ length: rows }, (_, i) => label(i));
    const how = { classify: true };
    const inTurns = encodeInTurns(y, rows, how);
    expect(inTurns).toBeInstanceOf(Promise);
    const { matrix, classes = [] } = await inTurns;
    const { data, columns } = matrix;
    const least = columns === 1 ? 2 : columns;
    expect(classes).toEqual([...new Set(y)].sort());
    expect(classes).toHaveLength(least);
    const wrong = y.findIndex((of, i) => {
      const place = classes.indexOf(of);
      const expected = columns === 1 ? 2 * place - 1 : 1;
      return data[i * columns + (columns === 1 ? 0 : place)] !== expected;
    });
    expect(wrong).toBe(-1);
    const before = encodeTargets(y, rows, how).matrix.data as Float64Array;
    expect(Buffer.from((data as Float64Array).buffer).equals(Buffer.from(before.buffer))).toBe(true);
  });

  it('are refused in the words for few', async () => {
    const y: unknown[] = Array.from({ length: rows }, (_, i) => i % 3);
    const path = (more: number) => {
      const x = { data: new Float64Array(rows + more), rows: rows + more, columns: 1 };
      return sparsePath({ x, y: y as number[] }, { family: 'multinomial' });
    };
    y[rows - 5] = 0.5;
    await expect(path(0)).rejects.toThrow(`y[${rows - 5}] = 0.5: expected an integer class`);
    y[rows - 5] = 'c';
    await expect(path(0)).rejects.toThrow(`y[${rows - 5}] = 'c': expected a number, as y[0] = 0`);
    y[rows - 5] = 1;
    await expect(path(1)).rejects.toThrow(`y: expected ${rows + 1} values, one for each row of x, got ${rows}`);
  });
});
