// Targets of a model: numbers, or classes that become columns of numbers.
import { types } from 'node:util';
import { rangeError, typeError } from './argumentError.js';
import { fromOtherVector, isList, isOtherVector, show, type VectorOfValues } from './check.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, toFloat64, toMatrix } from './matrix.js';
import { finished, finishedInTurns, inPieces, type Steps } from './yieldingLoops.js';

export type Label = number | string | boolean;

/** One value for each row of x: numbers, or class labels, also of a vector of Apache Arrow; or a matrix with a row of numbers for each. */
export type Targets = ArrayLike<number> | readonly string[] | readonly boolean[] | VectorOfValues | MatrixLike;

/** Predictions for targets of type Y: labels like those of y, numbers, or a matrix. */
export type Prediction<Y = Targets> = Y extends readonly string[]
  ? string[]
  : Y extends readonly boolean[]
    ? boolean[]
    : Y extends MatrixLike
      ? Float64Array | Matrix
      : Y extends ArrayLike<number>
        ? Float64Array
        : string[] | boolean[] | Float64Array | Matrix;

export interface EncodedTargets {
  /** n x c. */
  matrix: Matrix;
  classes?: Label[];
}

/**
 * Targets as columns of numbers. Classes become -1 and +1: in one column for two classes (the second is +1), else in one
 * column for each; with `oneHot` 0 and 1, always one column for each. Numbers are classes only if `classify`.
 */
export function encodeTargets(y: unknown, rows: number, how: Encoding): EncodedTargets {
  return finished(encoding(y, rows, how));
}

/** Encodes targets as {@link encodeTargets} does, many in pieces between which other events are served. */
export function encodeInTurns(y: unknown, rows: number, how: Encoding): EncodedTargets | Promise<EncodedTargets> {
  return finishedInTurns(encoding(y, rows, how));
}

interface Encoding {
  classify?: boolean;
  oneHot?: boolean;
}

function* encoding(y: unknown, rows: number, { classify = false, oneHot = false }: Encoding): Steps<EncodedTargets> {
  if (looksLikeMatrix(y)) {
    const matrix = toMatrix('y', y);
    if (matrix.rows !== rows) throw rangeError(`y: expected ${rows} rows, as many as x, got ${matrix.rows}`);
    return { matrix: { ...matrix, data: toFloat64(matrix) } };
  }
  const values = yield* checking(y, rows);
  if (!classify && (values.length === 0 || typeof values[0] === 'number')) {
    return { matrix: { data: numbersOf(values as ArrayLike<number>), rows, columns: 1 } };
  }
  const { classes, codes } = yield* classSteps(values);
  const columns = classes.length === 2 && !oneHot ? 1 : classes.length;
  const data = new Float64Array(rows * columns);
  yield* inPieces(rows, (from, to) => {
    if (!oneHot) data.fill(-1, from * columns, to * columns);
    for (let i = from; i < to; ++i) {
      const code = codes[i] as number;
      if (columns > 1) data[i * columns + code] = 1;
      else if (code === 1) data[i] = 1;
    }
  });
  return { matrix: { data, rows, columns }, classes };
}

/** The classes of labels, at least two, integers if they are numbers, in order; and for each label the place of its class. */
export function readClasses(labels: ArrayLike<Label>): Coded {
  return finished(classSteps(labels));
}

/** The work of {@link readClasses}. */
export function* classSteps(labels: ArrayLike<Label>): Steps<Coded> {
  if (typeof labels[0] === 'number') yield* inPieces(labels.length, (from, to) => requireIntegers(labels, from, to));
  const found = yield* coding(labels);
  const { classes } = found;
  if (classes.length >= 2) return found;
  throw rangeError(
    `y: expected at least two classes, got ${classes.length === 0 ? 'none' : `only ${show(classes[0])}`}`,
  );
}

function requireIntegers(labels: ArrayLike<Label>, from: number, to: number): void {
  for (let i = from; i < to; ++i) {
    if (!Number.isInteger(labels[i])) throw rangeError(`y[${i}] = ${labels[i]}: expected an integer class`);
  }
}

/** Numbers as a Float64Array. Float64Array.from takes some ten times as long. */
function numbersOf(values: ArrayLike<number>): Float64Array {
  if (types.isFloat64Array(values)) return values;
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; ++i) numbers[i] = values[i] as number;
  return numbers;
}

/** The class of each row of raw outputs: by sign where there is one column, else the column with the largest. */
export function decodeLabels(outputs: Matrix, classes: readonly Label[]): Label[] {
  return Array.from({ length: outputs.rows }, (_, i) => classes[classNumber(outputs, i)] as Label);
}

/** The class that a row of outputs, or of encoded targets, speaks for, by its number. */
export function classNumber(outputs: Matrix, row: number): number {
  return outputs.columns === 1 ? Number((outputs.data[row] as number) > 0) : argmax(outputs, row);
}

/** The column with the largest entry of a row, the first of them if there are several. */
export function argmax({ data, columns }: Matrix, row: number): number {
  let best = 0;
  for (let j = 1; j < columns; ++j) {
    if ((data[row * columns + j] as number) > (data[row * columns + best] as number)) best = j;
  }
  return best;
}

/** A vector of numbers, strings or booleans, one for each row. */
export function checkedValues(y: unknown, rows: number, names?: Names): ArrayLike<Label> {
  return finished(checking(y, rows, names));
}

interface Names {
  name?: string;
  of?: string;
}

/** The work of {@link checkedValues}. */
export function* checking(y: unknown, rows: number, { name = 'y', of = 'x' }: Names = {}): Steps<ArrayLike<Label>> {
  const values = isOtherVector(y) ? (fromOtherVector(name, y) as ArrayLike<Label>) : y;
  if (!isList(values)) {
    const or = name === 'y' ? ', or a matrix' : '';
    throw typeError(`${name} = ${show(values)}: expected an array of numbers, strings or booleans${or}`);
  }
  if (values.length !== rows) {
    throw rangeError(`${name}: expected ${rows} values, one for each row of ${of}, got ${values.length}`);
  }
  if (ArrayBuffer.isView(y) && typeof values[0] === 'number') return values as ArrayLike<number>;
  yield* inPieces(rows, (from, to) => requireOneType(values, name, from, to));
  return values as ArrayLike<Label>;
}

function requireOneType(values: ArrayLike<unknown>, name: string, from: number, to: number): void {
  const type = typeof values[0];
  const allowed = ['number', 'string', 'boolean'];
  for (let i = from; i < to; ++i) {
    const value = values[i];
    if (i > 0 && typeof value === type) continue;
    if (!allowed.includes(typeof value)) {
      throw typeError(`${name}[${i}] = ${show(value)}: expected a number, string or boolean`);
    }
    if (i > 0) {
      throw typeError(`${name}[${i}] = ${show(value)}: expected a ${type}, as ${name}[0] = ${show(values[0])}`);
    }
  }
}

const inOrder = (a: Label, b: Label): number => (a < b ? -1 : a > b ? 1 : 0);

/** Distinct labels, in order; if there are more than `most`, some that are more. */
export function distinct(labels: ArrayLike<Label>, most = Number.POSITIVE_INFINITY): Label[] {
  const found = new Set<Label>();
  let [last, other] = [labels[0], labels[0]]; // there are often two
  for (let i = 0; i < labels.length && found.size <= most; ++i) {
    const label = labels[i] as Label;
    if (i > 0 && (label === last || label === other)) continue;
    found.add(label);
    other = last;
    last = label;
  }
  return [...found].sort(inOrder);
}

/** Distinct labels, in order, and for each label its place among them. */
export interface Coded {
  classes: Label[];
  codes: Int32Array;
}

function* coding(labels: ArrayLike<Label>): Steps<Coded> {
  const numberOf = new Map<Label, number>();
  const codes = new Int32Array(labels.length);
  yield* inPieces(labels.length, (from, to) => number(labels, from, to, numberOf, codes));
  const classes = [...numberOf.keys()].sort(inOrder);
  const places = new Int32Array(classes.length);
  classes.forEach((label, place) => {
    places[numberOf.get(label) as number] = place;
  });
  yield* inPieces(codes.length, (from, to) => {
    for (let i = from; i < to; ++i) codes[i] = places[codes[i] as number] as number;
  });
  return { classes, codes };
}

/** Numbers labels in the order in which they come. */
function number(
  labels: ArrayLike<Label>,
  from: number,
  to: number,
  numberOf: Map<Label, number>,
  codes: Int32Array,
): void {
  let [last, lastCode, other, otherCode] = [labels[0], -1, labels[0], -1]; // there are often two
  for (let i = from; i < to; ++i) {
    const label = labels[i] as Label;
    if (label === last && lastCode >= 0) {
      codes[i] = lastCode;
      continue;
    }
    let code = label === other ? otherCode : -1;
    if (code < 0) {
      code = numberOf.get(label) ?? numberOf.size;
      if (code === numberOf.size) numberOf.set(label, code);
    }
    other = last;
    otherCode = lastCode;
    last = label;
    lastCode = code;
    codes[i] = code;
  }
}
