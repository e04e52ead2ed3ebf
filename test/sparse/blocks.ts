// Regressions with penalties of blocks by their definitions, in plain TypeScript that shares nothing with the solver: groups of columns,
// several responses, classes. Objective, conditions of optimality from the gradient alone, a lower bound (docs/sparse.md).
import type { Matrix } from '../../src/index.js';
import { columnsOf, type Family, lossOf, slopeOf } from './values.js';

/** A regression in full. Coefficients are by responses: that of column j for response k is at j + p k. */
export interface BlockProblem {
  family: Family | 'multinomial';
  kind: 'lasso' | 'mcp' | 'scad' | 'groupLasso' | 'groupMcp' | 'groupScad' | 'sparseGroupLasso';
  alpha: number;
  gamma: number;
  x: readonly Float64Array[];
  /** A vector for each response, or the shares of each class. */
  y: readonly Float64Array[];
  weights: Float64Array;
  offset: readonly Float64Array[];
  /** The group of each column, from 0. */
  groups: readonly number[];
  /** A factor for each group. */
  factors: readonly number[];
  intercept: boolean;
  standardize: boolean;
  /** Bounds of the coefficients, by places. */
  lower: ArrayLike<number>;
  upper: ArrayLike<number>;
}

export function blockProblemOf(x: Matrix, y: readonly Float64Array[], more: Partial<BlockProblem> = {}): BlockProblem {
  const columns = columnsOf(x);
  const groups = more.groups ?? columns.map((_, j) => j);
  const sizes = Array.from({ length: Math.max(...groups) + 1 }, (_, g) => groups.filter((of) => of === g).length);
  return {
    ...{ family: 'gaussian', kind: 'groupLasso', alpha: more.kind === 'sparseGroupLasso' ? 0.5 : 1 },
    ...{ gamma: more.kind === 'groupScad' || more.kind === 'scad' ? 3.7 : 3, x: columns, y },
    lower: new Float64Array(x.columns * y.length).fill(Number.NEGATIVE_INFINITY),
    upper: new Float64Array(x.columns * y.length).fill(Number.POSITIVE_INFINITY),
    ...{ weights: new Float64Array(x.rows).fill(1), offset: y.map(() => new Float64Array(x.rows)), groups },
    ...{ factors: sizes.map(Math.sqrt), intercept: true, standardize: true },
    ...more,
  };
}

export interface BlockPoint {
  /** p numbers for each response. */
  coefficients: ArrayLike<number>;
  intercepts: ArrayLike<number>;
}

const at = (values: ArrayLike<number>, k: number): number => values[k] as number;
const norm = (values: readonly number[]): number => Math.hypot(...values);
const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
const soft = (v: number, l: number): number => Math.sign(v) * Math.max(0, Math.abs(v) - l);

/** Weights that sum to 1. */
const shares = ({ weights }: BlockProblem): Float64Array => {
  const total = sum(weights);
  return weights.map((w) => w / total);
};

function scales({ x, standardize, ...of }: BlockProblem): number[] {
  const w = shares({ x, standardize, ...of });
  return x.map((column) => {
    const mean = sum(column.map((v, i) => v * at(w, i)));
    return standardize ? Math.sqrt(sum(column.map((v, i) => at(w, i) * (v - mean) ** 2))) : 1;
  });
}

export function links({ x, offset }: BlockProblem, { coefficients, intercepts }: BlockPoint): Float64Array[] {
  return offset.map((own, k) =>
    own.map(
      (o, i) => o + at(intercepts, k) + sum(x.map((column, j) => at(column, i) * at(coefficients, j + x.length * k))),
    ),
  );
}

/** Probabilities of the classes of a row. */
function probabilities(t: readonly Float64Array[], i: number): number[] {
  const most = Math.max(...t.map((own) => at(own, i)));
  const e = t.map((own) => Math.exp(at(own, i) - most));
  return e.map((value) => value / sum(e));
}

export function meanLossAt(problem: BlockProblem, point: BlockPoint): number {
  const { family, y } = problem;
  const t = links(problem, point);
  return sum(
    shares(problem).map((w, i) => {
      if (w === 0) return 0;
      if (family !== 'multinomial')
        return w * sum(y.map((own, k) => lossOf(family, at(t[k] as Float64Array, i), at(own, i))));
      const most = Math.max(...t.map((own) => at(own, i)));
      const sums = most + Math.log(sum(t.map((own) => Math.exp(at(own, i) - most))));
      return w * (sums - sum(y.map((own, k) => at(own, i) * at(t[k] as Float64Array, i))));
    }),
  );
}

/** Derivatives of the mean loss in each prediction, and each row's matrix of second derivatives. */
function derivatives(
  problem: BlockProblem,
  point: BlockPoint,
): { slopes: Float64Array[]; hessian: (i: number) => number[][] } {
  const { family, y } = problem;
  const t = links(problem, point);
  const w = shares(problem);
  const classes = family === 'multinomial' ? Array.from(w, (_, i) => probabilities(t, i)) : [];
  const single = (k: number, i: number) =>
    slopeOf(family as Family, at(t[k] as Float64Array, i), at(y[k] as Float64Array, i));
  const slopes = y.map((own, k) =>
    own.map(
      (value, i) => at(w, i) * (family === 'multinomial' ? at(classes[i] as number[], k) - value : single(k, i)[0]),
    ),
  );
  const hessian = (i: number) =>
    y.map((_, k) =>
      y.map((_, l) => {
        if (family !== 'multinomial') return k === l ? at(w, i) * single(k, i)[1] : 0;
        const [p, q] = [at(classes[i] as number[], k), at(classes[i] as number[], l)];
        return at(w, i) * ((k === l ? p : 0) - p * q);
      }),
    );
  return { slopes, hessian };
}

const isOfSingles = (kind: BlockProblem['kind']): boolean => kind === 'lasso' || kind === 'mcp' || kind === 'scad';

/** Blocks of places j + p k, with their factors. */
export function blocksOf({ kind, groups, factors, x, y }: BlockProblem): { places: number[]; factor: number }[] {
  const p = x.length;
  if (isOfSingles(kind))
    return Array.from({ length: p * y.length }, (_, c) => ({ places: [c], factor: at(factors, at(groups, c % p)) }));
  return factors.map((factor, g) => ({
    places: y.flatMap((_, k) => groups.flatMap((of, j) => (of === g ? [j + p * k] : []))),
    factor,
  }));
}

/** l, l1 and the factor of squares of a block. */
function partsOf(
  { kind, alpha }: BlockProblem,
  factor: number,
  lambda: number,
): { l: number; l1: number; ridge: number } {
  if (kind !== 'sparseGroupLasso') return { l: lambda * alpha * factor, l1: 0, ridge: lambda * (1 - alpha) * factor };
  return { l: lambda * (1 - alpha) * factor, l1: factor > 0 ? lambda * alpha : 0, ridge: 0 };
}

function ofNorm({ kind, gamma }: BlockProblem, r: number, l: number): { value: number; slope: number } {
  if (kind === 'groupMcp' || kind === 'mcp') {
    return r <= gamma * l
      ? { value: l * r - r ** 2 / (2 * gamma), slope: l - r / gamma }
      : { value: (gamma * l ** 2) / 2, slope: 0 };
  }
  if ((kind !== 'groupScad' && kind !== 'scad') || r <= l) return { value: l * r, slope: l };
  if (r <= gamma * l)
    return { value: (2 * gamma * l * r - r ** 2 - l ** 2) / (2 * (gamma - 1)), slope: (gamma * l - r) / (gamma - 1) };
  return { value: (l ** 2 * (gamma + 1)) / 2, slope: 0 };
}

/** The objective; of a loss that is not of the problem's family with its value. */
export function blockObjectiveAt(
  problem: BlockProblem,
  lambda: number,
  point: BlockPoint,
  loss = meanLossAt(problem, point),
): number {
  const scale = scales(problem);
  return (
    loss +
    sum(
      blocksOf(problem).map(({ places, factor }) => {
        const { l, l1, ridge } = partsOf(problem, factor, lambda);
        const b = places.map((c) => at(point.coefficients, c) * at(scale, c % problem.x.length));
        const r = norm(b);
        return ofNorm(problem, r, l).value + l1 * sum(b.map(Math.abs)) + (ridge * r ** 2) / 2;
      }),
    )
  );
}

/** Gradients of the mean loss in standardised columns, by places, and in the intercepts. */
function gradient(problem: BlockProblem, slopes: readonly Float64Array[]): { columns: number[]; intercepts: number[] } {
  const scale = scales(problem);
  return {
    columns: slopes.flatMap((own) =>
      problem.x.map((column, j) => sum(column.map((v, i) => v * at(own, i))) / at(scale, j)),
    ),
    intercepts: slopes.map((own) => sum(own)),
  };
}

/** The derivatives of the mean loss at a point, by places, and in the intercepts. */
export const blockGradientAt = (problem: BlockProblem, point: BlockPoint): ReturnType<typeof gradient> =>
  gradient(problem, derivatives(problem, point).slopes);

/** How far the point is from the conditions of a block-wise stationary point; of a loss that is not of the problem's family with its slopes. */
export function blockViolationAt(
  problem: BlockProblem,
  lambda: number,
  point: BlockPoint,
  slopes = derivatives(problem, point).slopes,
): number {
  const { columns, intercepts } = gradient(problem, slopes);
  const scale = scales(problem);
  const each = blocksOf(problem).map(({ places, factor }) => {
    const { l, l1, ridge } = partsOf(problem, factor, lambda);
    const b = places.map((c) => at(point.coefficients, c) * at(scale, c % problem.x.length));
    const g = places.map((c) => at(columns, c));
    const r = norm(b);
    // Where a derivative points out of the bounds the coefficient stays.
    const open = (pull: number, k: number): number => {
      const c = at(places, k);
      const value = at(point.coefficients, c);
      const rounding = 1e-12 * Math.abs(value);
      const end = pull > 0 ? value <= at(problem.lower, c) + rounding : value >= at(problem.upper, c) - rounding;
      return end ? 0 : pull;
    };
    if (r === 0) return Math.max(0, norm(g.map((v, k) => open(soft(v, l1), k))) - l);
    const { slope } = ofNorm(problem, r, l);
    return norm(
      b.map((value, k) => {
        const pull = at(g, k) + (slope / r + ridge) * value;
        return open(value === 0 ? soft(pull, l1) : pull + Math.sign(value) * l1, k);
      }),
    );
  });
  return Math.max(...each, ...(problem.intercept ? intercepts.map(Math.abs) : [0]));
}

/** Solves a small system by elimination with pivots. */
function eliminate(matrix: number[][], right: number[]): number[] {
  const n = right.length;
  const a = matrix.map((row, i) => [...row, at(right, i)]);
  for (let k = 0; k < n; ++k) {
    let pivot = k;
    for (let i = k; i < n; ++i)
      if (Math.abs(at(a[i] as number[], k)) > Math.abs(at(a[pivot] as number[], k))) pivot = i;
    [a[k], a[pivot]] = [a[pivot] as number[], a[k] as number[]];
    const row = a[k] as number[];
    for (let i = 0; i < n; ++i) {
      if (i === k) continue;
      const factor = at(a[i] as number[], k) / at(row, k);
      a[i] = (a[i] as number[]).map((value, j) => value - factor * at(row, j));
    }
  }
  return a.map((row, k) => at(row, n) / at(row, k));
}

const xLogX = (q: number): number => (q > 0 ? q * Math.log(q) : q > -1e-12 ? 0 : Number.NaN);

function conjugate(family: Family | 'multinomial', u: number, y: number): number {
  if (family === 'gaussian') return u ** 2 / 2 + u * y;
  if (family === 'multinomial') return xLogX(u + y);
  if (family === 'binomial') return xLogX(u + y) + xLogX(1 - u - y);
  if (family === 'poisson') return xLogX(u + y) - (u + y);
  return xLogX(1 - u) - (1 - u) * Math.log(y) - (1 - u);
}

/** The value of a point of the dual problem made of the residuals, of a convex problem without unpenalised columns: no objective is below it. */
export function blockBoundAt(problem: BlockProblem, lambda: number, point: BlockPoint): number {
  const { family, y, offset } = problem;
  const { slopes, hessian } = derivatives(problem, point);
  const w = shares(problem);
  if (problem.intercept) {
    const total = y.map((_, k) =>
      y.map((_, l) => (family === 'multinomial' ? 1 : 0) + sum(w.map((_, i) => at(hessian(i)[k] as number[], l)))),
    );
    const move = eliminate(
      total,
      slopes.map((own) => sum(own)),
    );
    w.forEach((_, i) => {
      const h = hessian(i);
      slopes.forEach((own, k) => {
        own[i] = at(own, i) - sum(move.map((step, l) => step * at(h[k] as number[], l)));
      });
    });
  }
  const { columns } = gradient(problem, slopes);
  let [share, squares] = [1, 0];
  for (const { places, factor } of blocksOf(problem)) {
    const { l, l1, ridge } = partsOf(problem, factor, lambda);
    const g = places.map((c) => at(columns, c));
    const beyond = (s: number) => norm(g.map((v) => soft(s * v, l1))) - l;
    if (ridge > 0) squares += Math.max(0, beyond(1)) ** 2 / (2 * ridge);
    else if (beyond(1) > 0) {
      let [low, high] = [0, 1];
      for (let k = 0; k < 60; ++k) {
        const middle = (low + high) / 2;
        if (beyond(middle) > 0) high = middle;
        else low = middle;
      }
      share = Math.min(share, low);
    }
  }
  const value = sum(
    slopes.map((own, k) =>
      sum(
        own.map((slope, i) => {
          const weight = at(w, i);
          if (weight === 0) return 0;
          const v = (share * slope) / weight;
          return weight * (v * at(offset[k] as Float64Array, i) - conjugate(family, v, at(y[k] as Float64Array, i)));
        }),
      ),
    ),
  );
  return value - squares;
}

/** The point of a box that is nearest to v, with l times the norm, l1 times the absolute values and half of `ridge` times the squares added. */
function proximal(
  v: readonly number[],
  { l, l1, ridge }: ReturnType<typeof partsOf>,
  lower: readonly number[],
  upper: readonly number[],
): number[] {
  // Where the norm is r, each coefficient is by itself; the norm of what they are then, over r, falls with r.
  const ofNormAt = (r: number): number[] =>
    v.map((value, k) => {
      const b = soft(value, l1) / (1 + ridge + (l > 0 ? l / r : 0));
      return Math.min(at(upper, k), Math.max(at(lower, k), b));
    });
  if (l === 0) return ofNormAt(1);
  let [low, high] = [0, norm([...v])];
  if (high === 0) return v.map(() => 0);
  for (let k = 0; k < 60; ++k) {
    const middle = (low + high) / 2;
    if (norm(ofNormAt(middle)) >= middle) low = middle;
    else high = middle;
  }
  return low === 0 ? v.map(() => 0) : ofNormAt(low);
}

/**
 * A point near the minimum of a convex penalty within bounds: accelerated proximal gradients on standardised columns, begun anew where they
 * would go up, with shorter steps where one without momentum does.
 */
export function proximalGradients(problem: BlockProblem, lambda: number, steps: number): BlockPoint {
  const { x, y, lower, upper } = problem;
  const scale = scales(problem);
  const [p, count] = [x.length, y.length];
  const size = p * count;
  // The curvature of squares along a step is at most this, that of classes half of it.
  const w = shares(problem);
  const moments = x.map((column, j) => sum(column.map((v, i) => at(w, i) * v ** 2)) / at(scale, j) ** 2);
  let most = (problem.family === 'multinomial' ? 0.5 : 1) * (1 + sum(moments));
  const pointOf = (z: readonly number[]): BlockPoint => ({
    coefficients: z.slice(0, size).map((b, c) => b / at(scale, c % p)),
    intercepts: z.slice(size),
  });
  const blocks = blocksOf(problem).map(({ places, factor }) => ({
    places,
    parts: partsOf(problem, factor, lambda),
    lower: places.map((c) => at(lower, c) * at(scale, c % p)),
    upper: places.map((c) => at(upper, c) * at(scale, c % p)),
  }));
  const objective = (z: readonly number[]) => blockObjectiveAt(problem, lambda, pointOf(z));
  let z = new Array<number>(size + count).fill(0);
  let [ahead, momentum, value] = [z, 1, objective(z)];
  for (let step = 0; step < steps; ++step) {
    const { columns, intercepts } = gradient(problem, derivatives(problem, pointOf(ahead)).slopes);
    let next = ahead.map((b, c) => (c >= size && problem.intercept ? b - at(intercepts, c - size) / most : 0));
    for (const { places, parts, ...box } of blocks) {
      const { l, l1, ridge } = parts;
      const of = { l: l / most, l1: l1 / most, ridge: ridge / most };
      const to = proximal(
        places.map((c) => at(ahead, c) - at(columns, c) / most),
        // Of one coefficient the norm is its size.
        places.length === 1 ? { l: 0, l1: of.l + of.l1, ridge: of.ridge } : of,
        box.lower,
        box.upper,
      );
      places.forEach((c, k) => {
        next[c] = at(to, k);
      });
    }
    const found = objective(next);
    if (found > value) {
      if (ahead === z) most *= 2;
      [next, momentum] = [z, 1];
    } else {
      value = found;
    }
    const later = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const [before, by] = [z, (momentum - 1) / later];
    ahead = by === 0 ? next : next.map((b, c) => b + by * (b - at(before, c)));
    [z, momentum] = [next, later];
  }
  return pointOf(z);
}
