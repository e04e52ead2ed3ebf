// Parameters of a model.
import { acrossCopies } from '../core/brand.js';
import { checkObject } from '../core/check.js';
import { Expression, type Node } from './expression.js';
import { inShape, type NumbersLike, numbersOf, partOf, type Shape, type ValueOf } from './shape.js';

export interface ParameterOptions {
  /** One number for all entries or one for each. Left out: to be set before a solve or an evaluation, which are refused without. */
  value?: NumbersLike | undefined;
  name?: string | undefined;
}

/** Numbers that may change from solve to solve, made by {@link Model.parameter}. */
export class Parameter<S extends Shape = Shape> extends Expression<S> {
  static {
    acrossCopies(Parameter, 'Parameter');
  }

  readonly name: string;
  /** Its numbers are parameters[offset], parameters[offset + 1], ... of a gradient, matrices row after row. */
  readonly offset: number;
  #value: Float64Array;
  #isSet: boolean;

  /** @internal */
  constructor(shape: S, node: Node, name: string, offset: number, value: unknown) {
    super(shape, node);
    this.name = name;
    this.offset = offset;
    this.#value = numbersOf('value', value, shape);
    this.#isSet = value !== undefined;
  }

  /** Returns true if it was given a value, when it was made or by {@link Parameter.set}. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** A copy of its present value; zeros where it has none yet. */
  get value(): ValueOf<S> {
    return inShape(this.shape, this.#value.slice());
  }

  /** The value for later solves: one number for all entries or one for each. Nothing is compiled anew. */
  set(value: NumbersLike): void {
    this.#value = numbersOf('value', value, this.shape);
    this.#isSet = true;
  }

  /** Its part of a gradient of {@link NlpResult.gradient}: a number, a Float64Array or a matrix. */
  gradientIn(gradient: { readonly parameters: ArrayLike<number> }): ValueOf<S> {
    const { parameters } = checkObject('gradient', gradient);
    return inShape(this.shape, partOf('gradient.parameters', parameters, this.offset, this.size));
  }

  /** @internal */
  copyTo(values: Float64Array, offset: number): void {
    values.set(this.#value, offset);
  }
}
