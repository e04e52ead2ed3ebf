// Parts that rows fall into.
import { rangeError } from '../core/argumentError.js';
import { isList, show } from '../core/check.js';
import { checkFoldCount, dealRows } from '../core/folds.js';
import type { Prepared } from './problem.js';
import { placeOfLargest, rowOf } from './responses.js';

/** The fold of each row, from 0, and how many there are. */
export interface Folds {
  foldOf: Int32Array;
  count: number;
}

/** Folds as they are given, a number for each row, or as many as asked for, drawn by the seed. */
export function foldsOf(prepared: Prepared, folds: unknown, seed: number): Folds {
  const { rows } = prepared.data.x;
  if (isList(folds)) return givenFolds(folds, rows);
  const count = checkFoldCount(folds, rows);
  return { foldOf: dealt(prepared, count, seed), count };
}

/** Folds drawn by the seed, class by class where there are classes, and events apart from what is censored. */
export function dealt(
  { y, about, survival }: Pick<Prepared, 'y' | 'about' | 'survival'>,
  count: number,
  seed: number,
): Int32Array {
  const { classes, responses = 1 } = about.origin;
  const rows = y.length / responses;
  const classOf = (i: number): number =>
    responses > 1 ? placeOfLargest(rowOf(y, rows, responses, i)) : (y[i] as number);
  return dealRows(rows, count, seed, (i) => (survival ? (survival.event[i] as number) : classes ? classOf(i) : 0));
}

function givenFolds(folds: ArrayLike<unknown>, rows: number): Folds {
  if (folds.length !== rows) {
    throw rangeError(`folds: expected ${rows} numbers, one for each row of x, got ${folds.length}`);
  }
  const numbers = Array.from(folds, (fold, i) => {
    if (typeof fold === 'number' && Number.isInteger(fold)) return fold;
    throw new (typeof fold === 'number' ? RangeError : TypeError)(`folds[${i}] = ${show(fold)}: expected an integer`);
  });
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  if (distinct.length < 2) throw rangeError('folds: expected at least two different numbers');
  const place = new Map(distinct.map((fold, k) => [fold, k]));
  return { foldOf: Int32Array.from(numbers, (fold) => place.get(fold) as number), count: distinct.length };
}

/** The weights of the rows that `keep`, 0 for the others. */
export function weightsOfRows(
  { weights, data }: Pick<Prepared, 'weights' | 'data'>,
  keep: (row: number) => boolean,
): Float64Array {
  return Float64Array.from({ length: data.x.rows }, (_, i) => (keep(i) ? (weights ? (weights[i] as number) : 1) : 0));
}
