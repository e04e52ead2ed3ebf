// Step sizes that fall by a schedule, and what is known of the last point that they lead to.
import { checkInteger, checkMembers, checkNumber, checkOneOf, checkVector } from '../core/check.js';

const kinds = ['constant', 'linear', 'wsd', 'cosine', 'sqrt'] as const;
export type ScheduleKind = (typeof kinds)[number];

/**
 * Step sizes of `steps` steps, at most 10^8, of which the largest is `stepSize` (1):
 * - `'constant'`
 * - `'linear'`: down to 0, (T - t) / T for t = 0, 1, ...
 * - `'wsd'`: constant, then linearly down to 0 over the last fifth
 * - `'cosine'`: (1 + cos(pi t / T)) / 2
 * - `'sqrt'`: 1 / sqrt(t + 1)
 *
 * @throws TypeError or RangeError that names the argument.
 */
export function schedule(
  kind: ScheduleKind,
  steps: number,
  options: { stepSize?: number | undefined } = {},
): Float64Array {
  checkOneOf('kind', kind, kinds);
  const T = checkInteger('steps', steps, 1, 1e8);
  const { stepSize = 1 } = checkMembers('options', options, ['stepSize'], 'option');
  checkNumber('stepSize', stepSize, { lower: 0, open: true });
  const share: Record<ScheduleKind, (t: number) => number> = {
    constant: () => 1,
    linear: (t) => (T - t) / T,
    wsd: (t) => Math.min(1, (T - t) / (0.2 * T)),
    cosine: (t) => (1 + Math.cos((Math.PI * t) / T)) / 2,
    sqrt: (t) => 1 / Math.sqrt(t + 1),
  };
  return Float64Array.from({ length: T }, (_, t) => stepSize * share[kind](t));
}

/**
 * A bound of f(x_T) - f(x*) for the last of T points of subgradient descent with these step sizes, f convex with subgradients of norm at most G
 * (`lipschitz`), and D (`distance`) = ||x_1 - x*||:
 *
 *     (D^2 + sum eta^2 G^2) / (2 sum eta) + 1/2 sum_k eta_k / S_{k+1} (sum_{t >= k} eta_t^2 G^2) / S_k,   S_k = sum_{t >= k} eta_t.
 *
 * A. Defazio, A. Cutkosky, H. Mehta, K. Mishchenko, "Optimal linear decay learning rate schedules and further refinements", 2023, theorem 10; F. Schaipp et
 * al., "The surprising agreement between convex optimization theory and learning-rate scheduling", ICML 2025.
 *
 * @param stepSizes eta_1, ..., eta_T, positive, as {@link schedule} gives
 * @throws TypeError or RangeError that names the argument.
 */
export function scheduleBound(
  stepSizes: ArrayLike<number>,
  options: { lipschitz?: number | undefined; distance?: number | undefined } = {},
): number {
  const eta = checkVector('stepSizes', stepSizes, { lower: Number.MIN_VALUE });
  const { lipschitz = 1, distance = 1 } = checkMembers('options', options, ['lipschitz', 'distance'], 'option');
  const G = checkNumber('lipschitz', lipschitz, { lower: 0, open: true });
  const D = checkNumber('distance', distance, { lower: 0, open: true });
  let steps = 0;
  let squares = 0;
  let bound = 0;
  for (let k = eta.length - 1; k >= 0; --k) {
    const after = steps;
    steps += eta[k] as number;
    squares += ((eta[k] as number) * G) ** 2;
    if (after > 0) bound += (((eta[k] as number) / after) * squares) / steps / 2;
  }
  return bound + (D ** 2 + squares) / (2 * steps);
}
