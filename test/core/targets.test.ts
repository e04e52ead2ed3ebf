// Labels as numbers of classes, and targets as columns.
import { describe, expect, it } from 'vitest';
import { distinct, encodeTargets, type Label, readClasses } from '../../src/core/targets.js';

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
