// Constraints of a model.
import { typeError } from '../core/argumentError.js';
import { acrossCopies } from '../core/brand.js';
import { checkObject, show } from '../core/check.js';
import { inShape, partOf, type Shape, sizeOf, type ValueOf } from './shape.js';
import type { Sides } from './sides.js';

export interface ConstraintOptions {
  name?: string | undefined;
}

/** A boolean for each entry of a shape. */
export type FlagsOf<S extends Shape> = S extends readonly []
  ? boolean
  : S extends readonly [number]
    ? boolean[]
    : S extends readonly [number, number]
      ? boolean[][]
      : never;

/** Equations or inequalities of a {@link Model}. */
export class Constraint<S extends Shape = Shape> {
  static {
    acrossCopies(Constraint, 'Constraint');
  }

  readonly name: string;
  readonly shape: S;
  /** Its multipliers are multipliers[offset], multipliers[offset + 1], ... of a result, matrices row after row. */
  readonly offset: number;

  /** @internal Its sides; undefined of equations, lhs - rhs = 0. */
  readonly sides: Sides | undefined;

  /** @internal */
  constructor(shape: S, name: string, offset: number, sides: Sides | undefined) {
    this.sides = sides;
    this.shape = shape;
    this.name = name;
    this.offset = offset;
  }

  /**
   * Its multipliers in a result of {@link minimize}: a number, a Float64Array or a matrix. Those of L = f + lambda^T (lhs - rhs): where
   * the right-hand side, or the side that is active, grows by t, the minimum changes by about -lambda t. In a minimisation >= 0 at an
   * upper side, <= 0 at a lower one, and 0 where no side is active; in a maximisation <= 0 and >= 0.
   */
  multipliersIn(result: { readonly multipliers: ArrayLike<number> }): ValueOf<S> {
    const { multipliers } = checkObject('result', result);
    return inShape(this.shape, partOf('result.multipliers', multipliers, this.offset, this.#size));
  }

  /** Returns true for each entry that is at one of its sides in a result of {@link minimize}: a boolean, an array, or an array of rows. Entries of equations always are. */
  activeIn(result: { readonly activeConstraints: ArrayLike<number> }): FlagsOf<S> {
    const { activeConstraints } = checkObject('result', result);
    const flags = this.#equations();
    for (const i of Array.from(checkIndices(activeConstraints))) {
      const k = i - this.offset;
      if (k >= 0 && k < flags.length) flags[k] = true;
    }
    const [rows, columns] = this.shape;
    if (rows === undefined) return flags[0] as FlagsOf<S>;
    if (columns === undefined) return flags as FlagsOf<S>;
    return Array.from({ length: rows }, (_, i) => flags.slice(i * columns, (i + 1) * columns)) as FlagsOf<S>;
  }

  get #size(): number {
    return sizeOf('constraint', this.shape);
  }

  /** Which entries are equations, by the present sides. */
  #equations(): boolean[] {
    const size = this.#size;
    const [lower, upper] = [new Float64Array(size), new Float64Array(size)];
    this.sides?.copyTo(lower, upper, 0, this.name);
    return Array.from(lower, (value, k) => value === upper[k]);
  }
}

function checkIndices(indices: ArrayLike<number>): ArrayLike<number> {
  if (Array.isArray(indices) || ArrayBuffer.isView(indices)) return indices;
  throw typeError(`result.activeConstraints = ${show(indices)}: expected an array of numbers`);
}
