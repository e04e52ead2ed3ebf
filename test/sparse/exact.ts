// Sums of products that rounding hardly touches (T. J. Dekker, "A floating-point technique for extending the available precision",
// Numerische Mathematik 18, 1971).

/** a * b as a number and the rest of it. */
function product(a: number, b: number): [number, number] {
  const half = (x: number) => {
    const wide = 134217729 * x;
    return wide - (wide - x);
  };
  const [p, a1, b1] = [a * b, half(a), half(b)];
  const [a2, b2] = [a - a1, b - b1];
  return [p, a2 * b2 - (p - a1 * b1 - a2 * b1 - a1 * b2)];
}

/** sum_k a_k b_k in twice the precision. */
export function exactDot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [high, low] = [0, 0];
  for (let k = 0; k < a.length; ++k) {
    const [p, rest] = product(a[k] as number, b[k] as number);
    const sum = high + p;
    const part = sum - high;
    low += high - (sum - part) + (p - part) + rest;
    high = sum;
  }
  return high + low;
}
