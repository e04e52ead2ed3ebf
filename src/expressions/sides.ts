// Bounds of variables and sides of constraints: numbers, or parameters whose values at a solve count.
import { rangeError, typeError } from '../core/argumentError.js';
import { type Bound, checkBound, checkOrder } from '../core/bounds.js';
import { looksLikeMatrix, toMatrix } from '../core/matrix.js';
import { Expression, type Operand, toExpression } from './expression.js';
import { Parameter } from './parameter.js';
import { type NumbersLike, type Shape, sameShape, showShape, sizeOf } from './shape.js';

/** A bound: numbers for a shape, or a parameter, a scalar or of that shape. -Infinity, Infinity and all from 1e19 on mean none. */
export type BoundLike = NumbersLike | Parameter;

/** A lower and an upper bound as they were written, and what messages call them. */
export interface Written {
  lower: Bound;
  upper: Bound;
}

/** Lower and upper bounds for a shape, which may be parameters. What is known where they are written is checked there. */
export class Sides {
  readonly shape: Shape;
  readonly #lower: Side;
  readonly #upper: Side;

  /** @throws TypeError or RangeError that names what is wrong, as {@link checkBounds}. */
  constructor({ lower, upper }: Written, shape: Shape) {
    this.shape = shape;
    this.#lower = toSide(lower, 'lower', shape);
    this.#upper = toSide(upper, 'upper', shape);
    if (this.#lower instanceof Parameter || this.#upper instanceof Parameter) return;
    checkOrder(lower.name, this.#lower, upper.name, this.#upper, shape);
  }

  /** The parameters among them. */
  get parameters(): Parameter[] {
    return [this.#lower, this.#upper].filter((side) => side instanceof Parameter);
  }

  /** Returns true if they are the same number for each entry, whatever values parameters have. */
  get areSame(): boolean {
    const [lower, upper] = [this.#lower, this.#upper];
    if (lower instanceof Parameter || upper instanceof Parameter) return lower === upper;
    return lower.every((value, k) => value === upper[k]);
  }

  /** Writes the present ones; errors call them name.lower and name.upper. */
  copyTo(lower: Float64Array, upper: Float64Array, offset: number, name: string): void {
    const low = present(this.#lower, 'lower', this.shape, name);
    const high = present(this.#upper, 'upper', this.shape, name);
    checkOrder(`${name}.lower`, low, `${name}.upper`, high, this.shape);
    lower.set(low, offset);
    upper.set(high, offset);
  }

  /** Writes which parameters they are, by numbers among all of the model's. */
  parameterNumbers(lower: Int32Array, upper: Int32Array, offset: number): void {
    const size = sizeOf('sides', this.shape);
    numberInto(lower, this.#lower, size, offset);
    numberInto(upper, this.#upper, size, offset);
  }
}

type Side = Float64Array | Parameter;

/** Writes for each entry of a side that is a parameter its number among the model's parameters. */
function numberInto(numbers: Int32Array, side: Side, size: number, offset: number): void {
  if (!(side instanceof Parameter)) return;
  for (let k = 0; k < size; ++k) numbers[offset + k] = side.offset + (side.size === 1 ? 0 : k);
}

function toSide({ name, value, missing }: Bound, side: 'lower' | 'upper', shape: Shape): Side {
  if (value instanceof Parameter) {
    if (value.shape.length === 0 || sameShape(value.shape, shape)) return value;
    throw rangeError(`${name}: has shape ${showShape(value.shape)}: expected ${showShape(shape)} or a scalar`);
  }
  if (value instanceof Expression) {
    const relation = side === 'lower' ? 'atLeast(x, e)' : 'atMost(x, e)';
    throw typeError(`${name} = ${value}: expected numbers or a parameter; of an expression e write ${relation}`);
  }
  return checkBound({ name, value, missing }, side, shape);
}

function present(side: Side, which: 'lower' | 'upper', shape: Shape, name: string): Float64Array {
  return side instanceof Parameter ? checkBound({ name: `${name}.${which}`, value: side.value }, which, shape) : side;
}

/** Returns true if an operand is numbers or a parameter, and so may be a side. */
export const isData = (value: Operand): value is BoundLike =>
  !(value instanceof Expression) || value instanceof Parameter;

/** The shape of a side as it is written, whose numbers may be infinite. */
export function shapeOfSide(name: string, value: Operand): Shape {
  if (value instanceof Expression) return value.shape;
  if (typeof value === 'number') return [];
  if (looksLikeMatrix(value)) {
    const { rows, columns } = toMatrix(name, value);
    return [rows, columns];
  }
  const array = Array.isArray(value) || ArrayBuffer.isView(value);
  return array ? [(value as ArrayLike<number>).length] : toExpression(name, value).shape;
}
