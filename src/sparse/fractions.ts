// Checks of numbers between 0 and 1.
import { rangeError } from '../core/argumentError.js';
import { checkNumber } from '../core/check.js';

/** A number in [0, 1], or in (0, 1] if `open`. */
export function checkFraction(name: string, value: unknown, open: boolean): number {
  const share = checkNumber(name, value, { lower: 0, open });
  if (share > 1) throw rangeError(`${name} = ${share}: expected a number in ${open ? '(' : '['}0, 1]`);
  return share;
}

/** A number in (0, 1). */
export function checkOpenFraction(name: string, value: unknown): number {
  const inside = checkNumber(name, value, { lower: 0, open: true });
  if (inside >= 1) throw rangeError(`${name} = ${inside}: expected a number in (0, 1)`);
  return inside;
}
