// Bounds of variables and sides of constraints: checked where they are written, none said in one way.
import { rangeError } from './argumentError.js';
import { entryName } from './check.js';
import { numbersFor } from './matrix.js';

/**
 * Bounds of a program, xl <= x <= xu and cl <= c(x) <= cu. -Infinity and Infinity stand for none. Without `lower` and `upper` x is
 * free; without `constraintsLower` and `constraintsUpper` c(x) = 0.
 */
export interface Bounds {
  /** xl, n numbers. */
  lower?: Float64Array | undefined;
  /** xu, n numbers. */
  upper?: Float64Array | undefined;
  /** cl, m numbers. */
  constraintsLower?: Float64Array | undefined;
  /** cu, m numbers. */
  constraintsUpper?: Float64Array | undefined;
}

/** Bounds that the user may change without changing these. */
export function copiedBounds({ lower, upper, constraintsLower, constraintsUpper }: Bounds): Bounds {
  return {
    lower: lower?.slice(),
    upper: upper?.slice(),
    constraintsLower: constraintsLower?.slice(),
    constraintsUpper: constraintsUpper?.slice(),
  };
}

/** Returns true if there is a constraint that is no equation. */
export function hasInequalities({ constraintsLower, constraintsUpper }: Bounds): boolean {
  return constraintsLower?.some((low, i) => low !== constraintsUpper?.[i]) ?? false;
}

/** A number from which on a bound is none, as in AMPL's files and Ipopt. */
const huge = 1e19;

/** A bound or side as it was written, and what messages call it. */
export interface Bound {
  name: string;
  value: unknown;
  /** The number for all entries where nothing was written. Default: none, -Infinity below and Infinity above. */
  missing?: number | undefined;
}

/**
 * Lower and upper bounds of a shape, [] or [n] or [rows, columns]: each one number for all entries, an array, or a matrix. From 1e19 on
 * there is none, which is -Infinity or Infinity in what is returned.
 * @throws TypeError or RangeError that names what is no number, NaN, none on the wrong side (a lower bound of Infinity), of another
 * length, or a lower bound above the upper one.
 */
export function checkBounds(
  lower: Bound,
  upper: Bound,
  shape: readonly number[],
): { lower: Float64Array; upper: Float64Array } {
  const checked = { lower: checkBound(lower, 'lower', shape), upper: checkBound(upper, 'upper', shape) };
  checkOrder(lower.name, checked.lower, upper.name, checked.upper, shape);
  return checked;
}

/** The bounds of n variables in a problem's members `lower` and `upper`; neither where both are missing. */
export function boundsOfVariables({ lower, upper }: { lower?: unknown; upper?: unknown }, n: number): Bounds {
  if (lower === undefined && upper === undefined) return {};
  return checkBounds({ name: 'lower', value: lower }, { name: 'upper', value: upper }, [n]);
}

/** The lower or the upper bounds alone, as for {@link checkBounds}, a copy. */
export function checkBound(
  { name, value, missing }: Bound,
  side: 'lower' | 'upper',
  shape: readonly number[],
): Float64Array {
  const none = side === 'lower' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const bound = numbersFor(name, value === undefined ? (missing ?? none) : value, shape, { infinite: true });
  for (let k = 0; k < bound.length; ++k) {
    const entry = bound[k] as number;
    if (Math.abs(entry) < huge) continue;
    if (entry > 0 === none > 0) bound[k] = none;
    else {
      const place = typeof value === 'number' ? name : entryName(name, shape, k);
      throw rangeError(`${place} = ${entry}: expected a number below 1e19 in size, or ${none} for none`);
    }
  }
  return bound;
}

/** Throws a RangeError that names the first lower bound that is above its upper one. */
export function checkOrder(
  lowerName: string,
  lower: Float64Array,
  upperName: string,
  upper: Float64Array,
  shape: readonly number[],
): void {
  for (let k = 0; k < lower.length; ++k) {
    const [low, high] = [lower[k] as number, upper[k] as number];
    if (low <= high) continue;
    const [below, above] = [entryName(lowerName, shape, k), entryName(upperName, shape, k)];
    throw rangeError(`${below} = ${low}: expected at most ${above} = ${high}`);
  }
}
