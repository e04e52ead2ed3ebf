// Variables of a model.
import { acrossCopies } from '../core/brand.js';
import { checkObject } from '../core/check.js';
import { Expression, type Node } from './expression.js';
import { inShape, type NumbersLike, numbersOf, partOf, type Shape, type ValueOf } from './shape.js';

export interface VariableOptions {
  /** The point where a solve begins, unless it is warm started: one number for all entries or one for each. Default 0. */
  start?: NumbersLike | undefined;
  /** The name in .nl files and messages. */
  name?: string | undefined;
}

/** What solves are over, made by {@link Model.variable}: an {@link Expression} with a start. */
export class Variable<S extends Shape = Shape> extends Expression<S> {
  static {
    acrossCopies(Variable, 'Variable');
  }

  readonly name: string;
  /** Its numbers are x[offset], x[offset + 1], ... of a result, matrices row after row. */
  readonly offset: number;
  #start: Float64Array;

  /** @internal */
  constructor(shape: S, node: Node, name: string, offset: number, start: unknown) {
    super(shape, node);
    this.name = name;
    this.offset = offset;
    this.#start = numbersOf('start', start, shape);
  }

  /** A copy of the start. */
  get start(): ValueOf<S> {
    return inShape(this.shape, this.#start.slice());
  }

  /** Sets where later solves begin: one number for all entries or one for each. Nothing is compiled anew. */
  setStart(start: NumbersLike): void {
    this.#start = numbersOf('start', start, this.shape);
  }

  /** @internal */
  copyStart(starts: Float64Array): void {
    starts.set(this.#start, this.offset);
  }

  /** Its value in a result of {@link minimize}, or at any point `{ x }`: a number, a Float64Array or a matrix. */
  valueIn(result: { readonly x: ArrayLike<number> }): ValueOf<S> {
    return inShape(this.shape, partOf('result.x', checkObject('result', result).x, this.offset, this.size));
  }
}
