// The responses of a regression as the solver takes them: a vector, or one for each of several responses or classes.
import { type ArgumentError, rangeError, typeError } from '../core/argumentError.js';
import { isList, isPromise, show } from '../core/check.js';
import { looksLikeMatrix, type MatrixLike, toMatrix } from '../core/matrix.js';
import { checking, classSteps, type Label } from '../core/targets.js';
import { finished, finishedInTurns, inPieces, type Steps } from '../core/yieldingLoops.js';
import { responses } from '../problems/regression.js';
import { type FamilyName, losses } from './family.js';

export interface Responses {
  /** n numbers, or n for each response or class, one behind the other. */
  y: Float64Array;
  /** How many responses or classes have predictions of their own. */
  count: number;
  classes?: readonly Label[];
  /** True if the rest of them was left, as the solve that was to read them is aborted. */
  left?: boolean;
}

/** Responses as they are given, checked: one for each row, or, for `gaussian` and `multinomial`, a row of them. */
export function readRows(family: FamilyName, y: unknown, rows: number): Responses {
  if (family !== 'multinomial') {
    if (!looksLikeMatrix(y)) return { ...responses(losses[family as keyof typeof losses], y, rows), count: 1 };
    if (family === 'gaussian') return { ...byColumns('y', y, rows) };
    throw typeError(`y = ${show(y)}: expected one number for each row of x with family '${family}'`);
  }
  if (y instanceof ReadClasses) {
    if (y.rows === rows) return y.responses;
    throw rangeError(`y: expected ${rows} values, one for each row of x, got ${y.rows}`);
  }
  if (!looksLikeMatrix(y)) return finished(ofClasses(y, rows));
  const read = byColumns('y', y, rows);
  if (read.count < 2) throw rangeError(`y: expected at least two columns with family 'multinomial'`);
  return { ...read, classes: Array.from({ length: read.count }, (_, k) => k) };
}

/** Classes of rows that have been read. */
export class ReadClasses {
  constructor(
    readonly rows: number,
    readonly responses: Responses,
  ) {}
}

/**
 * Labels of many rows, read in pieces between which other events are served. Where `leave` aborts, the responses are zeros behind what was
 * written, which must not be read.
 */
export function readInTurns(
  y: unknown,
  leave?: AbortSignal | undefined,
): ReadClasses | Promise<ReadClasses> | undefined {
  const many = 100_000;
  if (!isList(y) || looksLikeMatrix(y) || y.length < many) return undefined;
  const read = finishedInTurns(ofClasses(y, y.length, leave));
  const made = (responses: Responses) => new ReadClasses(y.length, { ...responses, left: leave?.aborted ?? false });
  return isPromise(read) ? read.then(made) : made(read);
}

/** Responses that are 1 in the rows of their class, 0 in the others. */
function* ofClasses(y: unknown, rows: number, leave?: AbortSignal | undefined): Steps<Responses> {
  const { classes, codes } = yield* classSteps(yield* checking(y, rows));
  const columns = new Float64Array(classes.length * rows);
  yield* inPieces(rows, (from, to) => {
    for (let i = from; i < to && !leave?.aborted; ++i) columns[(codes[i] as number) * rows + i] = 1;
  });
  return { y: columns, count: classes.length, classes };
}

/**
 * Throws where the rows of a weight > 0 lack what a family needs of its responses, without which there are no best coefficients: two
 * classes for `binomial`, of which neither has all shares; every class for `multinomial`; a count above 0; an event. `name` is the argument
 * that leaves these rows, `which` says which they are.
 */
export function checkLeft(
  { family, y, count, classes, event, left }: Responses & { family: FamilyName; event?: Float64Array | undefined },
  weights: Float64Array | undefined,
  name: string,
  which: string,
): void {
  if (left) return;
  const rows = y.length / count;
  const some = (values: Float64Array, holds: (value: number) => boolean): boolean =>
    values.some((value, i) => (!weights || (weights[i] as number) > 0) && holds(value));
  const refuse = (expected: string, got = ''): ArgumentError =>
    rangeError(`${name}: expected ${expected}${which}${got}`);
  const labelled = (k: number): string => show(classes?.[k] ?? k);
  if (family === 'binomial') {
    const [zero, one] = [some(y, (share) => share < 1), some(y, (share) => share > 0)];
    if (!zero || !one) throw refuse('two classes', `, got only ${labelled(Number(one))}`);
  }
  for (let k = 0; k < count && family === 'multinomial'; ++k) {
    const shares = y.subarray(k * rows, (k + 1) * rows);
    if (!some(shares, (share) => share > 0)) throw refuse(`all ${count} classes`, `, got none of ${labelled(k)}`);
  }
  if (family === 'poisson' && !some(y, (value) => value > 0)) throw refuse('a y that is not 0');
  if (event && !some(event, (came) => came === 1)) throw refuse('at least one event');
}

/** A matrix with a row for each row of x, column after column. */
export function byColumns(
  name: string,
  given: unknown,
  rows: number,
  expected?: number,
): { y: Float64Array; count: number } {
  const { data, columns, ...matrix } = toMatrix(name, given as MatrixLike);
  if (matrix.rows !== rows || (expected !== undefined && columns !== expected)) {
    const wanted = `${rows} rows${expected === undefined ? '' : ` and ${expected} columns`}`;
    throw rangeError(`${name}: expected ${wanted}, got ${matrix.rows} rows and ${columns} columns`);
  }
  const y = new Float64Array(rows * columns);
  for (let i = 0; i < rows; ++i) for (let k = 0; k < columns; ++k) y[k * rows + i] = data[i * columns + k] as number;
  const bad = y.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw rangeError(`${name}[${bad % rows}][${Math.floor(bad / rows)}] = ${y[bad]}: expected a finite number`);
  return { y, count: columns };
}

/** The numbers of row i, of `count` columns that lie one behind the other. */
export const rowOf = (values: Float64Array, rows: number, count: number, i: number): number[] =>
  Array.from({ length: count }, (_, k) => values[k * rows + i] as number);

/** The place of the largest number, the first of them if there are several. */
export const placeOfLargest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** The scale of predictions: the probabilities of classes, of their linear predictions. */
export function probabilities(links: readonly number[]): number[] {
  const most = Math.max(...links);
  const e = links.map((t) => Math.exp(t - most));
  const total = e.reduce((sum, value) => sum + value, 0);
  return e.map((value) => value / total);
}
