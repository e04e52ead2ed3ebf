// Parts that rows fall into, each of which is left out in turn.
import { rangeError } from './argumentError.js';
import { checkInteger } from './check.js';
import { uniforms } from './random.js';

/** A number of folds, at least 2 and at most as many as x has rows. */
export function checkFoldCount(folds: unknown, rows: number): number {
  const count = checkInteger('folds', folds, 2);
  if (count > rows) throw rangeError(`folds = ${count}: expected at most ${rows}, the rows of x`);
  return count;
}

/** The fold of each row, from 0: rows are dealt out at random, class by class where `classOf` tells some apart. */
export function dealRows(rows: number, folds: number, seed: number, classOf: (row: number) => number): Int32Array {
  const keys = Float64Array.from({ length: rows }, uniforms(seed));
  const order = Array.from(keys.keys()).sort(
    (a, b) => classOf(a) - classOf(b) || (keys[a] as number) - (keys[b] as number),
  );
  const foldOf = new Int32Array(rows);
  order.forEach((row, place) => {
    foldOf[row] = place % folds;
  });
  return foldOf;
}
