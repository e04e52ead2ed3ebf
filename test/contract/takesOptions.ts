// The part of the folders of tests in the contract test of options: each has a file options.ts with `taking` and `others`.
import { addon, type SolverSchema } from '../../src/core/addon.js';
import { numbers } from '../contract/problem.js';

export type Options = Record<string, unknown>;

/** How a function is called with options, on top of those that it needs, and one that it knows. */
export type Takes = [known: string, call: (options: never) => unknown];

/** Each function with options, as subpath/name; where it takes several objects, 'subpath/name, which' for each. */
export type Taking = Record<string, Takes>;

/** The functions of a subpath that make choices of a solver, such as methods, with their settings. */
export function makersIn(family: string, solver: string, space: object): Taking {
  const { choices = [] } = addon().schema().solvers[solver] as SolverSchema;
  const made = choices.filter(({ settings }) => settings.length > 0);
  return Object.fromEntries(
    made.map(({ name, settings }) => [
      `${family}/${name}`,
      [settings[0] as string, (options) => (space as Record<string, (of: Options) => unknown>)[name]?.(options)],
    ]),
  );
}

/** Options of functions in `taking`, or of those that solve, that had other names before. */
export type Renamed = readonly (readonly [name: string, old: string, now: string])[];

// Data for such calls: 12 rows of 4 numbers, with a number and a label for each, and a positive definite matrix.
export const rows = Array.from({ length: 12 }, (_, i) => Array.from(numbers(4, i + 1)));
export const values = numbers(12, 99);
export const square = [
  [4, 1],
  [1, 3],
];
export const labels = rows.map((_, i) => i % 3 === 0);
