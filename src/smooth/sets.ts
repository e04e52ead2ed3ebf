// Convex sets that online learners play in, by their projections.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkNumber, checkNumbers, show } from '../core/check.js';

/** A set of points x: all of them, a box, a ball around 0, or the simplex of shares. */
export type PlayingSet =
  | { lower?: number | ArrayLike<number> | undefined; upper?: number | ArrayLike<number> | undefined }
  | { radius: number }
  | 'simplex';

/** A projection onto a set, in place, and a point of the set to begin with. */
export interface Projection {
  project(x: Float64Array): void;
  start(n: number): Float64Array;
}

export const everywhere: Projection = { project() {}, start: (n) => new Float64Array(n) };

/** Checks a set and returns its projection. */
export function projectionOf(set: unknown, n: number): Projection {
  if (set === undefined) return everywhere;
  if (set === 'simplex') return { project: ontoSimplex, start: () => new Float64Array(n).fill(1 / n) };
  if (typeof set !== 'object' || set === null) {
    throw typeError(`set = ${show(set)}: expected { lower, upper }, { radius } or 'simplex'`);
  }
  if ('radius' in set) {
    const radius = checkNumber('set.radius', checkMembers('set', set, ['radius']).radius, { lower: 0, open: true });
    return { project: (x) => ontoBall(x, radius), start: () => new Float64Array(n) };
  }
  return box(checkMembers('set', set, ['lower', 'upper']) as { lower?: unknown; upper?: unknown }, n);
}

function box({ lower, upper }: { lower?: unknown; upper?: unknown }, n: number): Projection {
  const low = sides('set.lower', lower ?? Number.NEGATIVE_INFINITY, n);
  const high = sides('set.upper', upper ?? Number.POSITIVE_INFINITY, n);
  const wrong = low.findIndex((value, j) => !(value <= (high[j] as number)));
  if (wrong >= 0) {
    throw rangeError(`set.lower[${wrong}] = ${low[wrong]}: expected at most set.upper[${wrong}] = ${high[wrong]}`);
  }
  const project = (x: Float64Array): void => {
    for (let j = 0; j < n; ++j) x[j] = Math.min(Math.max(x[j] as number, low[j] as number), high[j] as number);
  };
  const start = (): Float64Array => {
    const x = new Float64Array(n);
    project(x);
    return x;
  };
  return { project, start };
}

function sides(name: string, value: unknown, n: number): Float64Array {
  const given = checkNumbers(name, value, { infinite: true });
  if (typeof given === 'number') return new Float64Array(n).fill(given);
  if (given.length !== n) throw rangeError(`${name}: expected ${n} numbers, got ${given.length}`);
  return given.slice();
}

export const squaredNorm = (v: Float64Array): number => v.reduce((sum, value) => sum + value * value, 0);

function ontoBall(x: Float64Array, radius: number): void {
  const norm = Math.sqrt(squaredNorm(x));
  if (norm <= radius) return;
  for (let j = 0; j < x.length; ++j) x[j] = ((x[j] as number) * radius) / norm;
}

/** The nearest point whose entries are >= 0 and sum to 1 (Held, Wolfe, Crowder 1974). */
function ontoSimplex(x: Float64Array): void {
  const sorted = x.slice().sort().reverse();
  let sum = 0;
  let shift = 0;
  for (let k = 0; k < sorted.length; ++k) {
    sum += sorted[k] as number;
    const next = (sum - 1) / (k + 1);
    if ((sorted[k] as number) <= next) break;
    shift = next;
  }
  for (let j = 0; j < x.length; ++j) x[j] = Math.max(0, (x[j] as number) - shift);
}
