// Shapes of expressions: what fits together, and how they look in messages.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, show } from '../core/check.js';
import { type Matrix, type MatrixLike, numbersFor } from '../core/matrix.js';

/** `[]` of a scalar, `[n]` of a vector, `[rows, columns]` of a matrix. */
export type Shape = readonly [] | readonly [number] | readonly [number, number];

/** The shape of a list of lengths as it was given: the same for lists that may be changed. */
export type Lengths<S extends Shape> = S extends readonly []
  ? readonly []
  : S extends readonly [number]
    ? readonly [number]
    : readonly [number, number];

/** Numbers of a shape: a number, a Float64Array or a matrix. */
export type ValueOf<S extends Shape> = S extends readonly []
  ? number
  : S extends readonly [number]
    ? Float64Array
    : S extends readonly [number, number]
      ? Matrix
      : never;

/** Numbers for a shape: one for all entries, or as many as there are. */
export type NumbersLike = number | ArrayLike<number> | MatrixLike;

/** The shape of an operation on entries, one of whose operands may be a scalar. */
export type Broadcast<A extends Shape, B extends Shape> = A extends readonly [] ? B : A;

/** The largest size that native code counts. */
const largest = 0x7fffffff;

export const scalar: readonly [] = Object.freeze([]);

export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;

export const isMatrixShape = (shape: Shape): shape is readonly [number, number] => shape.length === 2;

export function sizeOf(what: string, shape: readonly number[]): number {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size <= largest) return size;
  throw rangeError(`${what}: has shape [${shape.join(', ')}]: expected at most ${largest} numbers`);
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, i) => length === b[i]);

/** The shape of an operation on the entries of both. */
export function broadcast<A extends Shape, B extends Shape>(operation: string, a: A, b: B): Broadcast<A, B> {
  if (a.length === 0) return b as Broadcast<A, B>;
  if (b.length === 0 || sameShape(a, b)) return a as unknown as Broadcast<A, B>;
  throw rangeError(
    `${operation}: shapes ${showShape(a)} and ${showShape(b)}: expected the same shape twice, or a scalar`,
  );
}

/** A shape argument: a length, [], [length] or [rows, columns]. */
export function checkShape(name: string, value: unknown): Shape {
  if (typeof value === 'number') return Object.freeze([checkInteger(name, value, 1)]) as unknown as Shape;
  if (!Array.isArray(value)) throw typeError(`${name} = ${show(value)}: expected a length or [rows, columns]`);
  if (value.length > 2) {
    throw rangeError(`${name}: has ${value.length} dimensions: expected a length or [rows, columns]`);
  }
  value.forEach((length, i) => {
    checkInteger(`${name}[${i}]`, length, 1);
  });
  sizeOf(name, value);
  return Object.freeze([...value]) as unknown as Shape;
}

/** Numbers, row after row, in the form that goes with the shape. */
export function inShape<S extends Shape>(shape: S, numbers: Float64Array): ValueOf<S> {
  if (shape.length === 0) return numbers[0] as ValueOf<S>;
  if (!isMatrixShape(shape)) return numbers as ValueOf<S>;
  return { data: numbers, rows: shape[0], columns: shape[1] } as ValueOf<S>;
}

/** Finite numbers for a shape, as a copy; zeros where nothing is given. */
export function numbersOf(name: string, value: unknown, shape: Shape): Float64Array {
  sizeOf(name, shape);
  return numbersFor(name, value === undefined ? 0 : value, shape);
}

/** The numbers of a part of a result, as a copy. */
export function partOf(name: string, numbers: ArrayLike<number>, offset: number, size: number): Float64Array {
  if (!(Array.isArray(numbers) || ArrayBuffer.isView(numbers))) {
    throw typeError(`${name} = ${show(numbers)}: expected an array of numbers`);
  }
  const whole = numbers as ArrayLike<number>;
  if (whole.length < offset + size) {
    throw rangeError(`${name}: expected at least ${offset + size} numbers, got ${whole.length}`);
  }
  const part = new Float64Array(size);
  for (let i = 0; i < size; ++i) part[i] = whole[offset + i] as number;
  return part;
}
