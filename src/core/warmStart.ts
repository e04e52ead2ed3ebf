// Where a solve begins: at the end of an earlier one.
import { typeError } from './argumentError.js';
import { checkVector, show } from './check.js';

/** An earlier result, or any other point. */
export interface WarmStart {
  x: ArrayLike<number>;
}

/** The point of a setting `warmStart`, `length` numbers; undefined where none is given. */
export function warmStartPoint(
  warmStart: WarmStart | undefined,
  length?: { length: number; per: string },
): Float64Array | undefined {
  if (warmStart === undefined) return undefined;
  return checkVector('warmStart.x', checkWarmStart(warmStart).x, length);
}

/** A setting `warmStart`, or one of another name, that must be an object, such as an earlier result. */
export function checkWarmStart<T extends object>(warmStart: T, name = 'warmStart'): T {
  if (typeof warmStart === 'object' && warmStart !== null && !Array.isArray(warmStart)) {
    if (!ArrayBuffer.isView(warmStart)) return warmStart;
  }
  const given = ArrayBuffer.isView(warmStart) ? 'an array' : show(warmStart);
  throw typeError(`${name} = ${given}: expected an object, an earlier result or { x }`);
}
