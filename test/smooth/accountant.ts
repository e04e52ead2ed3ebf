// The cost of private steps, by integrals: shares nothing with the accountant of the package, which sums a series.

/** Steps of a Gaussian mechanism on rows drawn with probability `rate`, each of a reach of 1. */
export interface Steps {
  noise: number;
  rate: number;
  steps: number;
}

/** log(1 - q + q exp((2 z - 1) / (2 noise^2))): the logarithm of the density of an output z with the row over that without it. */
function lossAt(z: number, { noise, rate }: Steps): number {
  const with1 = (2 * z - 1) / (2 * noise ** 2) + Math.log(rate);
  const without = Math.log1p(-rate);
  const larger = Math.max(with1, without);
  return larger + Math.log(Math.exp(with1 - larger) + Math.exp(without - larger));
}

/** log of the integral of exp(f) by the rule of trapezoids, which is exact but for rounding where f falls as a parabola at both ends. */
function logIntegral(f: (z: number) => number, from: number, to: number, apart: number): number {
  const values = Array.from({ length: Math.ceil((to - from) / apart) + 1 }, (_, k) => f(from + k * apart));
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return largest + Math.log(apart * values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/** Renyi's divergence of one step between outputs with and without the row: the larger one of both directions. */
export function renyi(order: number, of: Steps): number {
  const { noise } = of;
  const density = (z: number) => -(z ** 2) / (2 * noise ** 2) - Math.log(noise) - Math.log(2 * Math.PI) / 2;
  const moment = (power: number) =>
    logIntegral((z) => density(z) + power * lossAt(z, of), -order - 14 * noise, order + 14 * noise, noise / 8);
  return Math.max(moment(order), moment(1 - order)) / (order - 1);
}

/** The least epsilon that follows from a divergence of an integral order up to 512, of which it is a quasi-convex function. */
export function epsilonByIntegrals(of: Steps, delta: number): number {
  const known = new Map<number, number>();
  const at = (order: number): number => {
    const value = known.get(order) ?? of.steps * renyi(order, of) + Math.log(1 / delta) / (order - 1);
    known.set(order, value);
    return value;
  };
  let [low, high] = [2, 512];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (at(middle) <= at(middle + 1)) high = middle;
    else low = middle + 1;
  }
  return at(low);
}

/**
 * A lower bound of the delta that the steps have for an epsilon, the larger one of both directions: sum_l max(0, 1 - exp(epsilon - l)) p(l), p
 * the distribution of privacy losses of all steps. Losses are rounded down, those above a limit to it, and those far below 0 left out, each
 * of which makes it smaller.
 */
export function leastDelta(of: Steps, epsilon: number): number {
  const apart = epsilon / (10 * of.steps);
  const half = Math.ceil((2 * epsilon) / apart);
  return Math.max(
    ...[true, false].map((added) => {
      const losses = composed(oneStep(of, added, apart, half), of.steps, half);
      return losses.reduce((sum, mass, k) => {
        const loss = (k - half) * apart;
        return loss > epsilon ? sum - mass * Math.expm1(epsilon - loss) : sum;
      }, 0);
    }),
  );
}

/** The distribution of losses of one step in multiples of `apart` from -half to half. */
function oneStep(of: Steps, added: boolean, apart: number, half: number): Float64Array {
  const { noise, rate } = of;
  const masses = new Float64Array(2 * half + 1);
  const fine = noise / 400;
  for (let z = -10 * noise; z < 1 + 10 * noise; z += fine) {
    const without = Math.exp(-(z ** 2) / (2 * noise ** 2));
    const density = added ? (1 - rate) * without + rate * Math.exp(-((z - 1) ** 2) / (2 * noise ** 2)) : without;
    // The loss of the lower end of each slice, whichever that is.
    const loss = added ? lossAt(z, of) : -lossAt(z + fine, of);
    const k = Math.min(2 * half, Math.floor(loss / apart) + half);
    if (k >= 0) masses[k] = (masses[k] as number) + (fine * density) / (noise * Math.sqrt(2 * Math.PI));
  }
  return masses;
}

/** The distribution of the sum of so many losses. */
function composed(one: Float64Array, steps: number, half: number): Float64Array {
  let [all, power]: [Float64Array | undefined, Float64Array] = [undefined, one];
  for (let left = steps; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) all = all === undefined ? power : sumOf(all, power, half);
    if (left > 1) power = sumOf(power, power, half);
  }
  return all as Float64Array;
}

function sumOf(a: Float64Array, b: Float64Array, half: number): Float64Array {
  const sum = new Float64Array(a.length);
  for (let i = 0; i < a.length; ++i) {
    const mass = a[i] as number;
    if (mass < 1e-18) continue;
    for (let j = Math.max(0, half - i); j < b.length; ++j) {
      const k = Math.min(2 * half, i + j - half);
      sum[k] = (sum[k] as number) + mass * (b[j] as number);
    }
  }
  return sum;
}
