// Costs for which a vertex of { x : A x = b, x >= 0 } is optimal, as linear inequalities.
import { rangeError } from '../core/argumentError.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import type { QuadraticProblem } from '../problems/quadratic.js';

/** A dense matrix in double precision. */
export type Doubles = Matrix & { data: Float64Array };

/**
 * The reduced costs of a vertex x as functions of costs c and of the multipliers that c leaves free:
 *
 *     r_j = c_j - sum_s basic[j][s] c_{support[s]} - sum_l free[j][l] u_l   for the columns j with x_j = 0
 *
 * x is optimal if and only if some u makes all of them >= 0.
 */
export interface ReducedCosts {
  /** Columns with x_j > 0. */
  support: number[];
  columns: number[];
  basic: number[][];
  /** Empty lists unless the vertex is degenerate. */
  free: number[][];
}

/** An entry of a solution counts as 0 below this share of the largest one. */
const nearlyZero = 1e-9;
/** The error of a decision that is taken for one of the set, beside its terms. */
const nearlyFeasible = 1e-6;
/** A pivot counts as 0 below this share of the largest entry of A. */
const nearlySingular = 1e-10;

/** The reduced costs of a solution; messages call it by its name. */
export function reducedCosts(a: Doubles, b: Float64Array, x: Float64Array, name: string): ReducedCosts {
  const size = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  checkFeasible(a, b, x, name, size);
  const support: number[] = [];
  const columns: number[] = [];
  for (const [j, value] of x.entries()) (value > nearlyZero * size ? support : columns).push(j);
  const { pivots, inverse, dependence } = eliminated(a, support, name);
  const entry = (i: number, j: number) => a.data[i * a.columns + j] as number;
  const isPivot = new Set(pivots);
  const others = Array.from({ length: a.rows }, (_, i) => i).filter((i) => !isPivot.has(i));
  // y_pivots = inverse c_support - dependence u, and u stands for the other multipliers.
  const basic = columns.map((j) =>
    support.map((_, s) => pivots.reduce((sum, i, k) => sum + entry(i, j) * (inverse[k]?.[s] as number), 0)),
  );
  const all = columns.map((j) =>
    others.map(
      (i) => entry(i, j) - pivots.reduce((sum, at, k) => sum + entry(at, j) * (dependence[k]?.[i] as number), 0),
    ),
  );
  const largest = all.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Rows of A that depend on others give multipliers without an effect.
  const kept = others.map((_, l) => all.some((row) => Math.abs(row[l] as number) > nearlySingular * largest));
  return { support, columns, basic, free: all.map((row) => row.filter((_, l) => kept[l])) };
}

function checkFeasible(a: Doubles, b: Float64Array, x: Float64Array, name: string, size: number): void {
  const j = x.findIndex((value) => value < -nearlyFeasible * Math.max(1, size));
  if (j >= 0) throw rangeError(`${name}[${j}] = ${x[j]}: expected a number >= 0`);
  for (const [i, right] of b.entries()) {
    const row = a.data.subarray(i * a.columns, (i + 1) * a.columns);
    const sum = row.reduce((total, value, k) => total + value * (x[k] as number), 0);
    const scale = row.reduce((total, value, k) => total + Math.abs(value * (x[k] as number)), Math.abs(right));
    if (Math.abs(sum - right) <= nearlyFeasible * Math.max(1, scale)) continue;
    throw rangeError(`${name}: expected A x = b, but row ${i} of A x is ${sum}, and b[${i}] is ${right}`);
  }
}

/** Gauss and Jordan on [A_S^T | I]: rows of A that are pivots, the inverse, and what the other rows of A have in the pivots'. */
function eliminated(a: Doubles, support: readonly number[], name: string) {
  const m = a.rows;
  const work = support.map((j, s) => [
    ...Array.from({ length: m }, (_, i) => a.data[i * a.columns + j] as number),
    ...support.map((_, k) => Number(k === s)),
  ]);
  const largest = a.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const pivots: number[] = [];
  for (const [k, row] of work.entries()) {
    let at = 0;
    for (let i = 1; i < m; ++i) if (Math.abs(row[i] as number) > Math.abs(row[at] as number)) at = i;
    const pivot = row[at] as number;
    if (!(Math.abs(pivot) > nearlySingular * largest)) {
      throw rangeError(
        `${name}: expected a vertex, but the columns of A at its positive entries depend on one another`,
      );
    }
    for (const [i, value] of row.entries()) row[i] = value / pivot;
    for (const [other, its] of work.entries()) {
      const factor = its[at] as number;
      if (other === k || factor === 0) continue;
      for (const [i, value] of row.entries()) its[i] = (its[i] as number) - factor * value;
    }
    pivots.push(at);
  }
  return { pivots, inverse: work.map((row) => row.slice(m)), dependence: work.map((row) => row.slice(0, m)) };
}

/** Lists of a sparse matrix by rows. */
interface Lists {
  offsets: number[];
  indices: number[];
  values: number[];
}

/** The quadratic program over theta, the free multipliers of degenerate decisions, and what reduced costs lack, which begins at `first`. */
export function marginProgram(
  parts: readonly ReducedCosts[],
  Z: Doubles,
  p: number,
  lambda: number,
): { problem: QuadraticProblem; first: number } {
  const ofTheta = p * Z.columns;
  const first = parts.reduce((sum, { free }) => sum + (free[0]?.length ?? 0), ofTheta);
  const lists: Lists = { offsets: [0], indices: [], values: [] };
  let next = ofTheta;
  for (const [i, part] of parts.entries()) {
    addMargins(lists, part, Z.data.subarray(i * Z.columns, (i + 1) * Z.columns), next, first);
    next += part.free[0]?.length ?? 0;
  }
  const rows = lists.offsets.length - 1;
  const n = first + rows;
  const squares = Array.from({ length: ofTheta }, (_, k) => k);
  const diagonal = Array.from({ length: n + 1 }, (_, k) => Math.min(k, ofTheta));
  const problem = {
    Q: sparse(n, n, { offsets: diagonal, indices: squares, values: squares.map(() => lambda) }),
    c: Float64Array.from({ length: n }, (_, k) => (k < first ? 0 : 1 / parts.length)),
    ...(rows > 0 && { G: sparse(rows, n, lists), atLeast: 1 }),
    lower: Float64Array.from({ length: n }, (_, k) => (k < first ? -Infinity : 0)),
  };
  return { problem, first };
}

const sparse = (rows: number, columns: number, { offsets, indices, values }: Lists): SparseMatrix => ({
  ...{ format: 'csr', rows, columns },
  ...{ offsets: Int32Array.from(offsets), indices: Int32Array.from(indices), values: Float64Array.from(values) },
});

/** Adds the rows r_j + t_j of a decision in context z, whose free multipliers are columns from `next` on; t begins at `first`. */
function addMargins(
  { offsets, indices, values }: Lists,
  { support, columns, basic, free }: ReducedCosts,
  z: Float64Array,
  next: number,
  first: number,
): void {
  for (const [k, j] of columns.entries()) {
    const terms = [[j, 1] as const, ...support.map((s, at) => [s, -(basic[k]?.[at] as number)] as const)];
    for (const [column, factor] of terms.sort(([s], [t]) => s - t)) {
      for (const [l, value] of z.entries()) {
        indices.push(column * z.length + l);
        values.push(factor * value);
      }
    }
    for (const [l, value] of (free[k] as number[]).entries()) {
      indices.push(next + l);
      values.push(-value);
    }
    indices.push(first + offsets.length - 1);
    values.push(1);
    offsets.push(indices.length);
  }
}
