// Sums and products of doubles without rounding.

/** The number `digits` times 2 to the power `exponent`. */
export interface Exact {
  digits: bigint;
  exponent: number;
}

const bits = new DataView(new ArrayBuffer(8));

/** A finite double, exactly. */
export function exact(value: number): Exact {
  if (!Number.isFinite(value)) throw new RangeError(`value = ${value}: expected a finite number`);
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const biased = Number((word >> 52n) & 0x7ffn);
  const fraction = word & 0xfffffffffffffn;
  const digits = biased === 0 ? fraction : fraction | (1n << 52n);
  return { digits: value < 0 ? -digits : digits, exponent: Math.max(biased, 1) - 1075 };
}

export const zero: Exact = { digits: 0n, exponent: 0 };

export function add(a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  const aligned = ({ digits, exponent: from }: Exact) => digits << BigInt(from - exponent);
  return { digits: aligned(a) + aligned(b), exponent };
}

export const multiply = (a: Exact, b: Exact): Exact => ({
  digits: a.digits * b.digits,
  exponent: a.exponent + b.exponent,
});

export const negative = (a: Exact): Exact => ({ ...a, digits: -a.digits });

/** -1, 0 or 1. */
export const sign = ({ digits }: Exact): number => (digits > 0n ? 1 : digits < 0n ? -1 : 0);

export const atMost = (a: Exact, b: Exact): boolean => sign(add(b, negative(a))) >= 0;

/** sum_k a_k b_k */
export const dot = (a: readonly number[], b: readonly number[]): Exact =>
  a.reduce((sum, value, k) => add(sum, multiply(exact(value), exact(b[k] as number))), zero);

/** The nearest double, nearly: within some units of the last place. */
export function rounded({ digits, exponent }: Exact): number {
  const size = digits < 0n ? -digits : digits;
  const drop = Math.max(0, size.toString(2).length - 60);
  const value = Number(size >> BigInt(drop)) * 2 ** (exponent + drop);
  return digits < 0n ? -value : value;
}
