// Constraints of a model.
import { acrossCopies } from '../core/brand.js';
import { checkObject } from '../core/check.js';
import { inShape, partOf, type Shape, sizeOf, type ValueOf } from './shape.js';

export interface ConstraintOptions {
  name?: string | undefined;
}

/** Equations of a {@link Model}. */
export class Constraint<S extends Shape = Shape> {
  static {
    acrossCopies(Constraint, 'Constraint');
  }

  readonly name: string;
  readonly shape: S;
  /** Its multipliers are multipliers[offset], multipliers[offset + 1], ... of a result, matrices row after row. */
  readonly offset: number;

  /** @internal */
  constructor(shape: S, name: string, offset: number) {
    this.shape = shape;
    this.name = name;
    this.offset = offset;
  }

  /** Its multipliers in a result of {@link minimize}: a number, a Float64Array or a matrix, with L = f + lambda^T (lhs - rhs). */
  multipliersIn(result: { readonly multipliers: ArrayLike<number> }): ValueOf<S> {
    const { multipliers } = checkObject('result', result);
    return inShape(
      this.shape,
      partOf('result.multipliers', multipliers, this.offset, sizeOf('constraint', this.shape)),
    );
  }
}
