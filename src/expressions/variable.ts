// Variables of a model.
import { acrossCopies } from '../core/brand.js';
import { checkObject } from '../core/check.js';
import { Expression, type Node } from './expression.js';
import { inShape, type NumbersLike, numbersOf, partOf, type Shape, type ValueOf } from './shape.js';
import type { BoundLike, Sides } from './sides.js';
import { RandomStart } from './starts.js';

export interface VariableOptions {
  /**
   * The point where a solve begins, unless it is warm started: one number for all entries, one for each, or numbers that {@link glorot}
   * or {@link he} draws, by their own `seed` or else that of the solve. Default 0.
   */
  start?: NumbersLike | RandomStart | undefined;
  /**
   * Lower bounds: one number for all entries, one for each, or a parameter of the same shape or a scalar, whose value at a solve counts.
   * -Infinity, or below -1e19: none. Default none.
   */
  lower?: BoundLike | undefined;
  /** Upper bounds, as `lower`. Infinity, or above 1e19: none. Default none. */
  upper?: BoundLike | undefined;
  /**
   * True if its numbers are to be integers, which {@link minimizeGlobally} takes; fractional bounds of them are rounded inward by a solve.
   * Other verbs refuse models with integers. Default false.
   */
  integer?: boolean | undefined;
  /** The name in .nl files and messages. */
  name?: string | undefined;
}

/** The options of {@link Model.binary}. */
export type BinaryOptions = Pick<VariableOptions, 'start' | 'name'>;

interface VariableParts {
  name: string;
  offset: number;
  start: unknown;
  sides: Sides | undefined;
  integer: boolean;
}

/** Variables of a model, made by {@link Model.variable}: an {@link Expression} with a start and bounds. */
export class Variable<S extends Shape = Shape> extends Expression<S> {
  static {
    acrossCopies(Variable, 'Variable');
  }

  readonly name: string;
  /** Its numbers are x[offset], x[offset + 1], ... of a result, matrices row after row. */
  readonly offset: number;
  /** @internal Its bounds; undefined where it has none. */
  readonly sides: Sides | undefined;
  /** True if its numbers are to be integers. */
  readonly integer: boolean;
  #start: Float64Array;
  #random: RandomStart | undefined;

  /** @internal */
  constructor(shape: S, node: Node, parts: VariableParts) {
    super(shape, node);
    const { start } = parts;
    this.sides = parts.sides;
    this.name = parts.name;
    this.offset = parts.offset;
    this.integer = parts.integer;
    this.#start = startOf(start, shape, this.offset);
    this.#random = start instanceof RandomStart ? start : undefined;
  }

  /** A copy of the start; of random ones that of a solve whose `seed` is 0. */
  get start(): ValueOf<S> {
    return inShape(this.shape, this.#start.slice());
  }

  /** Sets where later solves begin, as the option `start` does. Nothing is compiled anew. */
  setStart(start: NumbersLike | RandomStart): void {
    this.#start = startOf(start, this.shape, this.offset);
    this.#random = start instanceof RandomStart ? start : undefined;
  }

  /** @internal The start of a solve with this seed. */
  copyStart(starts: Float64Array, seed: number): void {
    const drawn = seed === 0 ? undefined : this.#random?.draw(this.shape, this.offset, seed);
    starts.set(drawn ?? this.#start, this.offset);
  }

  /** Its value in a result of {@link minimize}, or at any point `{ x }`: a number, a Float64Array or a matrix. */
  valueIn(result: { readonly x: ArrayLike<number> }): ValueOf<S> {
    return inShape(this.shape, partOf('result.x', checkObject('result', result).x, this.offset, this.size));
  }

  /**
   * The multipliers of its lower bounds in a result of {@link minimize}, in its shape: by how much the objective grows with each
   * bound. 0 where there is no bound or it is not active; otherwise >= 0 in a minimisation, <= 0 in a maximisation.
   */
  lowerMultipliersIn(result: { readonly lowerMultipliers: ArrayLike<number> }): ValueOf<S> {
    const { lowerMultipliers } = checkObject('result', result);
    return inShape(this.shape, partOf('result.lowerMultipliers', lowerMultipliers, this.offset, this.size));
  }

  /** The multipliers of its upper bounds, as {@link Variable.lowerMultipliersIn}: by how much the objective falls with each bound. */
  upperMultipliersIn(result: { readonly upperMultipliers: ArrayLike<number> }): ValueOf<S> {
    const { upperMultipliers } = checkObject('result', result);
    return inShape(this.shape, partOf('result.upperMultipliers', upperMultipliers, this.offset, this.size));
  }
}

function startOf(start: unknown, shape: Shape, stream: number): Float64Array {
  return start instanceof RandomStart ? start.draw(shape, stream, 0) : numbersOf('start', start, shape);
}
