// Changes of a solution to one side of a parameter where multipliers are not unique.
import { dot, eachEntry, multiply } from '../core/algebra.js';
import type { SparseMatrix } from '../core/matrix.js';
import { type Entry, toSparse } from './entries.js';

/** Rows that are not to fall below a number, or not to exceed it. */
export interface Inequalities {
  G: SparseMatrix;
  atLeast: Float64Array;
  atMost: Float64Array;
}

/** A point, and the multipliers of rows. */
export interface Solved {
  x: Float64Array;
  multipliers: Float64Array;
}

/**
 * min 1/2 d^T Q d + c^T d subject to A d = b, atLeast <= G d <= atMost: d and the multipliers of the rows, those of A first. Or why there
 * is none: no d meets the rows, or no least value is attained.
 */
export type SolveQuadratic = (problem: {
  Q: SparseMatrix;
  c: Float64Array;
  A?: SparseMatrix | undefined;
  b?: Float64Array;
  weak?: Inequalities | undefined;
  /** The largest size of an entry of d. Default: any. */
  within?: number;
}) => Promise<Solved | 'infeasible' | 'singular'>;

/** The active rows at a solution x of a convex problem, how they move with a parameter, and second derivatives. */
export interface Held {
  /** Gradients of all active bounds and constraints. */
  G: SparseMatrix;
  sides: readonly ('equation' | 'lower' | 'upper')[];
  /** Multipliers of the rows, one choice of them. */
  multipliers: Float64Array;
  /** Derivatives of the rows' sides, less those of their functions. */
  moves: Float64Array;
  /** The Hessian of the Lagrangian, and d/dp of its gradient. */
  W: SparseMatrix;
  mixed: Float64Array;
  /** True if neither W nor `mixed` depends on the choice of multipliers. */
  curvatureKnown: boolean;
}

/** How x changes, undefined where that is not known, and by how much the objective does beside its own derivative in p. */
export interface OneSidedChange {
  x: Float64Array | undefined;
  objective: number | undefined;
  reason: string | undefined;
}

const still = 1e-7;

/** The reason where x is not unique. */
export const beside = 'other solutions lie beside x: expected a strict minimum';

/**
 * The change as the parameter grows, or falls: `direction` is 1 or -1. To first order the objective changes by the least g^T d over the
 * steps d that follow the sides, which is the largest change over all multipliers. Those of this linear program are multipliers that attain
 * it, and x changes by the d of the critical cone that minimises the quadratic model (Bonnans, Shapiro, "Perturbation analysis of
 * optimization problems", 2000, section 5.2).
 */
export async function oneSided(held: Held, direction: 1 | -1, solve: SolveQuadratic): Promise<OneSidedChange> {
  const first = await slope(held, direction, solve);
  if (first === undefined) {
    return { x: undefined, objective: undefined, reason: 'no admissible point is near on one side, to first order' };
  }
  const { objective, multipliers } = first;
  const independent = held.mixed.every((value) => value === 0);
  if (!held.curvatureKnown) {
    const reason = 'multipliers are not unique, and second derivatives depend on them';
    return { x: undefined, objective: independent ? objective : undefined, reason };
  }
  const x = await step(held, direction, multipliers, solve);
  if (x) return { x, objective, reason: undefined };
  return { x: undefined, objective: independent ? objective : undefined, reason: beside };
}

/** The change of the objective with the sides, and multipliers that attain it; undefined where no step follows the sides. */
export async function slope(
  { G, sides, multipliers, moves }: Held,
  direction: 1 | -1,
  solve: SolveQuadratic,
): Promise<{ objective: number; multipliers: Float64Array } | undefined> {
  const size = largest(moves);
  if (size === 0) return { objective: 0, multipliers };
  // The gradient is what the multipliers say, so that rounding does not make the program unbounded.
  const c = transposedTimes(G, multipliers).map((value) => 0 - value);
  const b = moves.map((value) => (direction * value) / size);
  const found = await solve({ Q: toSparse(G.columns, G.columns, []), c, weak: inequalities(G, sides, b) });
  if (typeof found === 'string') return undefined;
  return { objective: direction * size * dot(c, found.x), multipliers: found.multipliers };
}

/** The derivative of x to one side; undefined where it is not unique. */
async function step(
  held: Held,
  direction: 1 | -1,
  multipliers: Float64Array,
  solve: SolveQuadratic,
): Promise<Float64Array | undefined> {
  const { G, moves, W, mixed } = held;
  const tight = still * Math.max(1, largest(multipliers));
  const sides = held.sides.map((side, r) => (Math.abs(multipliers[r] as number) > tight ? 'equation' : side));
  const size = sizeOf(held);
  const scaled = (values: Float64Array) => values.map((value) => (direction * value) / size);
  const found = await solve({ Q: W, c: scaled(mixed), weak: inequalities(G, sides, scaled(moves)) });
  if (typeof found === 'string') return undefined;
  const x = found.x.map((value) => value * size);
  if (!(await isOnlyStep({ ...held, sides }, direction, x, solve))) return undefined;
  return x.map((value) => direction * value);
}

const sizeOf = ({ moves, mixed }: Pick<Held, 'moves' | 'mixed'>): number =>
  Math.max(largest(moves), largest(mixed)) || 1;

/** Returns true if a step that minimises the quadratic model is the only one that does. */
export function isOnlyStep(
  { G, sides, moves, W, mixed }: Omit<Held, 'multipliers'>,
  direction: 1 | -1,
  x: Float64Array,
  solve: SolveQuadratic,
): Promise<boolean> {
  const near = still * Math.max(1, largest(moves), largest(x));
  const at = multiply(G, x);
  const held = sides.flatMap((_, r) =>
    Math.abs((at[r] as number) - direction * (moves[r] as number)) <= near ? [r] : [],
  );
  return isUnique(
    rowsOf(G, held),
    held.map((r) => sides[r] as Side),
    W,
    mixed,
    solve,
  );
}

type Side = Held['sides'][number];

/** Returns true if no direction but 0 keeps to the rows and changes neither W d nor c^T d: two linear programs over a box. */
async function isUnique(
  G: SparseMatrix,
  sides: readonly Side[],
  W: SparseMatrix,
  c: Float64Array,
  solve: SolveQuadratic,
) {
  const n = W.columns;
  const entries: Entry[] = [];
  eachEntry(G, (i, j, value) => entries.push([i, j, value]));
  eachEntry(W, (i, j, value) => entries.push([G.rows + i, j, value]));
  for (const [j, value] of c.entries()) if (value !== 0) entries.push([G.rows + n, j, value]);
  const rows = toSparse(G.rows + n + 1, n, entries);
  const kinds = [...sides, ...new Array<Side>(n + 1).fill('equation')];
  const weak = inequalities(rows, kinds, new Float64Array(rows.rows));
  // Weights that no direction is orthogonal to, but by chance.
  const weights = Float64Array.from({ length: n }, (_, j) => 1 + 0.5 * Math.cos(j * j + 1));
  for (const sign of [1, -1]) {
    const found = await solve({ Q: toSparse(n, n, []), c: weights.map((weight) => sign * weight), weak, within: 1 });
    if (typeof found === 'string' || largest(found.x) > 10 * still) return false;
  }
  return true;
}

function inequalities(G: SparseMatrix, sides: readonly Side[], b: Float64Array): Inequalities {
  return {
    G,
    atLeast: b.map((value, r) => (sides[r] === 'upper' ? Number.NEGATIVE_INFINITY : value)),
    atMost: b.map((value, r) => (sides[r] === 'lower' ? Number.POSITIVE_INFINITY : value)),
  };
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function transposedTimes(A: SparseMatrix, y: Float64Array): Float64Array {
  const product = new Float64Array(A.columns);
  eachEntry(A, (i, j, value) => {
    product[j] = (product[j] as number) + value * (y[i] as number);
  });
  return product;
}

/** Some rows of a matrix, in that order. */
function rowsOf(A: SparseMatrix, rows: readonly number[]): SparseMatrix {
  const place = new Map(rows.map((row, r) => [row, r]));
  const entries: Entry[] = [];
  eachEntry(A, (i, j, value) => {
    const r = place.get(i);
    if (r !== undefined) entries.push([r, j, value]);
  });
  return toSparse(rows.length, A.columns, entries);
}
