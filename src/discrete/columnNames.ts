// Names of columns, and columns by their names.
import { rangeError, typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';

/** Names of columns. */
export function columnNames(names: unknown, columns: number): readonly string[] {
  if (names === undefined) return Array.from({ length: columns }, (_, j) => `x${j}`);
  if (!Array.isArray(names))
    throw typeError(`names = ${show(names)}: expected an array of names, one for each column of x`);
  if (names.length !== columns) {
    throw rangeError(`names: expected ${columns} names, one for each column of x, got ${names.length}`);
  }
  names.forEach((name, j) => {
    if (typeof name !== 'string') throw typeError(`names[${j}] = ${show(name)}: expected a string`);
    if (names.indexOf(name) < j)
      throw rangeError(`names[${j}] = ${show(name)}: expected a name that no other column has`);
  });
  return names.slice();
}

/** The number of a column that is given by its name or its number. */
export function columnNumber(what: string, column: unknown, names: readonly string[]): number {
  const found = typeof column === 'string' ? names.indexOf(column) : column;
  if (typeof found !== 'number')
    throw typeError(`${what} = ${show(column)}: expected the name or the number of a column`);
  if (!Number.isInteger(found) || found < 0 || found >= names.length) {
    throw rangeError(
      `${what} = ${show(column)}: expected the name of a column, or an integer in [0, ${names.length - 1}]`,
    );
  }
  return found;
}
