// Checks of answers of `adversarialBayes` by code that shares nothing with the solver: all sets of rows, points that are common to their balls, the
// chances of the rows on these sets, and the value of the attack.
import { distance } from '../algebra.js';

export interface Asked {
  x: readonly (readonly number[])[];
  y: readonly (number | string)[];
  sampleWeight?: readonly number[] | undefined;
  norm: 'inf' | 'two';
  radius: number;
}

/** The radius of the smallest ball around at most three points: half the longest side, or that of the circle through the corners. */
function ballAround(points: readonly (readonly number[])[]): number {
  const [a = [], b = a, c = a] = points;
  const sides = [distance(a, b), distance(b, c), distance(c, a)].sort((s, t) => s - t) as [number, number, number];
  const [s, t, u] = sides;
  if (u * u >= s * s + t * t) return u / 2;
  const half = (s + t + u) / 2;
  return (s * t * u) / (4 * Math.sqrt(half * (half - s) * (half - t) * (half - u)));
}

/** Returns true if balls around the rows have a common point; `slack` widens them by a share of the radius. */
export function meet({ x, norm, radius }: Asked, rows: readonly number[], slack: number): boolean {
  const points = rows.map((i) => x[i] as readonly number[]);
  const most = radius * (1 + slack);
  if (norm === 'two') return ballAround(points) <= most;
  return (points[0] ?? []).every((_, k) => {
    const values = points.map((point) => point[k] as number);
    return Math.max(...values) - Math.min(...values) <= 2 * most;
  });
}

/** All sets of `size` rows of different classes whose balls surely have a common point. */
export function* setsOf(asked: Asked, size: number, from: readonly number[] = []): Generator<number[]> {
  if (from.length === size) return yield [...from];
  for (let i = (from.at(-1) ?? -1) + 1; i < asked.y.length; ++i) {
    if (from.some((j) => asked.y[j] === asked.y[i])) continue;
    const next = [...from, i];
    if (next.length > 1 && !meet(asked, next.slice(-3), -1e-9)) continue;
    if (meet(asked, next, -1e-9)) yield* setsOf(asked, size, next);
  }
}

interface Answer {
  robustError: number;
  bound: number;
  rows: ArrayLike<number>;
  attack: readonly { rows: ArrayLike<number>; weight: number }[];
}

/** The false claims of an answer, where sets of at most `order` rows count. */
export function refuted(asked: Asked, { robustError, bound, rows: q, attack }: Answer, order: number): string[] {
  const wrong: string[] = [];
  const n = asked.y.length;
  const w = asked.sampleWeight ?? new Array<number>(n).fill(1);
  const total = w.reduce((sum, each) => sum + each, 0);
  for (let i = 0; i < n; ++i) if (!((q[i] as number) >= 0 && (q[i] as number) <= 1)) wrong.push(`row ${i}: ${q[i]}`);
  for (let size = 2; size <= order; ++size) {
    for (const set of setsOf(asked, size)) {
      const sum = set.reduce((all, i) => all + (q[i] as number), 0);
      if (sum > 1 + 1e-8) wrong.push(`rows ${set}: their chances are ${sum}`);
    }
  }
  const value = 1 - w.reduce((sum, each, i) => sum + each * (q[i] as number), 0) / total;
  if (Math.abs(value - robustError) > 1e-9) wrong.push(`error ${robustError}, which is ${value}`);
  // The rest of each row is right at best, and of each set one row.
  const left = [...w];
  let right = 0;
  for (const { rows, weight } of attack) {
    const set = Array.from(rows);
    if (!(weight >= 0)) wrong.push(`weight ${weight}`);
    if (set.length > order || new Set(set.map((i) => asked.y[i])).size < set.length) wrong.push(`set ${set}`);
    if (!meet(asked, set, 1e-9)) wrong.push(`rows ${set} have no common point`);
    for (const i of set) left[i] = (left[i] as number) - weight;
    right += weight;
  }
  const forced = 1 - (right + left.reduce((sum, each) => sum + Math.max(0, each), 0)) / total;
  if (Math.abs(Math.max(0, forced) - bound) > 1e-9) wrong.push(`bound ${bound}, which is ${forced}`);
  return wrong;
}
