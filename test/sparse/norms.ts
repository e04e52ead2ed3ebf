// Norms of all coefficients together by their definitions, and their subgradients: what regressions with such penalties are checked by.
const at = (values: ArrayLike<number>, k: number): number => values[k] as number;
const total = (values: Iterable<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0);
const falling = (values: ArrayLike<number>): number[] => Array.from(values, Math.abs).sort((a, b) => b - a);

export interface Norm {
  value(b: ArrayLike<number>): number;
  /** How far -g is from s times the norm's subgradients at b; not above 0 if it is one. */
  excess(g: ArrayLike<number>, b: ArrayLike<number>, s: number): number;
}

export function sortedNorm(weights: ArrayLike<number>): Norm {
  const value = (b: ArrayLike<number>) => total(falling(b).map((size, k) => size * at(weights, k)));
  return {
    value,
    // The dual norm is at most s, and the product with b is s times the norm.
    excess: (g, b, s) => {
      let [sum, allowed, most] = [0, 0, 0];
      falling(g).forEach((size, k) => {
        sum += size;
        allowed += s * at(weights, k);
        most = Math.max(most, sum - allowed);
      });
      const product = total(Array.from(b, (value, j) => value * at(g, j)));
      return Math.max(most, Math.abs(product + s * value(b)) / Math.max(1, value(b)));
    },
  };
}

export function fusedNorm(alpha: number): Norm {
  return {
    value: (b) =>
      total(Array.from(b, (u, j) => alpha * Math.abs(u) + (j > 0 ? (1 - alpha) * Math.abs(u - at(b, j - 1)) : 0))),
    // Which multipliers of a difference are left, from the first to the last: the last has none.
    excess: (g, b, s) => {
      let [low, high, worst] = [0, 0, 0];
      // Scales leave the last digits of what is the same different.
      const range = (u: number, weight: number): [number, number] =>
        u > 1e-12 ? [weight, weight] : u < -1e-12 ? [-weight, -weight] : [-weight, weight];
      for (let j = 0; j < g.length; ++j) {
        const [least, most] = range(at(b, j), s * alpha);
        const last = j + 1 === g.length;
        const [below, above] = last ? [0, 0] : range(at(b, j + 1) - at(b, j), s * (1 - alpha));
        [low, high] = [low + at(g, j) + least, high + at(g, j) + most];
        worst = Math.max(worst, low - above, below - high);
        [low, high] = [Math.min(Math.max(low, below), above), Math.max(Math.min(high, above), below)];
      }
      return worst;
    },
  };
}
