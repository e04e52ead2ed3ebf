// The standard normal distribution.

/** The chance of a number above x, to a few units of the last digits. */
export function upperTail(x: number): number {
  if (x < 0) return 1 - upperTail(-x);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x < 2.5) {
    // Phi(x) - 1/2 = density (x + x^3/3 + x^5/(3 5) + ...), whose terms are all positive.
    let [term, sum] = [x, x];
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // Laplace's continued fraction: density / (x + 1/(x + 2/(x + 3/(x + ...)))).
  let below = x;
  for (let k = 120; k >= 1; --k) below = x + k / below;
  return density / below;
}

/** The number that a share of all, between 0 and 1, is above. */
export function upperQuantile(share: number): number {
  if (share > 0.5) return -upperQuantile(1 - share);
  // Newton's method on the logarithm of the tail, which is concave and falls: from the right it never passes the solution.
  let x = Math.sqrt(-2 * Math.log(share));
  for (let k = 0; k < 100; ++k) {
    const tail = upperTail(x);
    const slope = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / tail;
    const step = Math.log(tail / share) / slope;
    x += step;
    if (Math.abs(step) <= 1e-14 * (1 + Math.abs(x))) break;
  }
  return x;
}
