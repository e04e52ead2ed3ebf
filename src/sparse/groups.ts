// Groups of columns, which penalties of groups take together.
import { rangeError, typeError } from '../core/argumentError.js';
import { isList, show } from '../core/check.js';

/** The group of each column, and how many columns each has. */
export interface Groups {
  /** A number for each column: the place of its group in the order of their numbers or names. */
  of: Int32Array;
  sizes: Int32Array;
}

/** Groups as they are given, an integer or a name for each column. */
export function readGroups(given: unknown, columns: number): Groups {
  if (!isList(given)) {
    throw typeError(`groups = ${show(given)}: expected an array of integers or of strings, one for each column of x`);
  }
  if (given.length !== columns) {
    throw rangeError(`groups: expected ${columns} integers or strings, one for each column of x, got ${given.length}`);
  }
  const type = typeof given[0];
  const names = Array.from(given, (name, j) => {
    if (type === 'string' ? typeof name === 'string' : Number.isInteger(name)) return name as number | string;
    const expected = type === 'string' ? 'a string, as groups[0] is one' : 'an integer or a string';
    throw new (typeof name === 'number' ? RangeError : TypeError)(`groups[${j}] = ${show(name)}: expected ${expected}`);
  });
  const distinct = [...new Set(names)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const places = new Map(distinct.map((name, place) => [name, place]));
  const of = Int32Array.from(names, (name) => places.get(name) as number);
  const sizes = new Int32Array(distinct.length);
  for (const group of of) sizes[group] = (sizes[group] as number) + 1;
  return { of, sizes };
}
