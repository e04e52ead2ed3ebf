// Sparse regressions by their definitions, in plain TypeScript that shares nothing with the solver: objective, gradient, conditions of
// optimality, and a lower bound from a point of the dual problem (docs/sparse.md).
import { uniforms } from '../../src/core/random.js';
import type { Matrix, SparseMatrix } from '../../src/index.js';

export type Family = 'gaussian' | 'binomial' | 'poisson' | 'gamma';
export type Kind = 'lasso' | 'mcp' | 'scad';

/** A regression in full: every row and column has its numbers. */
export interface Problem {
  family: Family;
  kind: Kind;
  alpha: number;
  gamma: number;
  /** The columns, each with as many numbers as there are rows. */
  x: readonly Float64Array[];
  y: ArrayLike<number>;
  weights: ArrayLike<number>;
  offset: ArrayLike<number>;
  factors: ArrayLike<number>;
  lower: ArrayLike<number>;
  upper: ArrayLike<number>;
  intercept: boolean;
  standardize: boolean;
}

/** The columns of a matrix. */
export function columnsOf(x: Matrix | SparseMatrix): Float64Array[] {
  const columns = Array.from({ length: x.columns }, () => new Float64Array(x.rows));
  if ('data' in x) {
    columns.forEach((column, j) => {
      for (let i = 0; i < x.rows; ++i) column[i] = x.data[i * x.columns + j] as number;
    });
    return columns;
  }
  for (let line = 0; line + 1 < x.offsets.length; ++line) {
    for (let k = x.offsets[line] as number; k < (x.offsets[line + 1] as number); ++k) {
      const other = x.indices[k] as number;
      const [i, j] = x.format === 'csc' ? [other, line] : [line, other];
      const column = columns[j] as Float64Array;
      column[i] = (column[i] as number) + (x.values[k] as number);
    }
  }
  return columns;
}

/** A problem with what is left out at its default. */
export function problemOf(
  x: Matrix | SparseMatrix | readonly Float64Array[],
  y: ArrayLike<number>,
  more: Partial<Problem> = {},
): Problem {
  const columns = Array.isArray(x) ? x : columnsOf(x as Matrix);
  const every = (count: number, value: number) => new Float64Array(count).fill(value);
  const [n, p] = [y.length, columns.length];
  return {
    ...{ family: 'gaussian', kind: 'lasso', alpha: 1, gamma: more.kind === 'scad' ? 3.7 : 3, x: columns, y },
    ...{ weights: every(n, 1), offset: every(n, 0), factors: every(p, 1), intercept: true, standardize: true },
    ...{ lower: every(p, Number.NEGATIVE_INFINITY), upper: every(p, Number.POSITIVE_INFINITY) },
    ...more,
  };
}

const at = (values: ArrayLike<number>, k: number): number => values[k] as number;
const sumOver = (count: number, term: (k: number) => number): number => {
  let sum = 0;
  for (let k = 0; k < count; ++k) sum += term(k);
  return sum;
};

export function lossOf(family: Family, t: number, y: number): number {
  switch (family) {
    case 'gaussian':
      return (t - y) ** 2 / 2;
    case 'binomial':
      return (t > 0 ? t + Math.log1p(Math.exp(-t)) : Math.log1p(Math.exp(t))) - y * t;
    case 'poisson':
      return Math.exp(t) - y * t;
    case 'gamma':
      return t + y * Math.exp(-t);
  }
}

/** Derivative and curvature of the loss. */
export function slopeOf(family: Family, t: number, y: number): [slope: number, curvature: number] {
  switch (family) {
    case 'gaussian':
      return [t - y, 1];
    case 'binomial': {
      const mean = 1 / (1 + Math.exp(-t));
      return [mean - y, mean * (1 - mean)];
    }
    case 'poisson':
      return [Math.exp(t) - y, Math.exp(t)];
    case 'gamma':
      return [1 - y * Math.exp(-t), y * Math.exp(-t)];
  }
}

/** The conjugate of the loss. */
function conjugate(family: Family, u: number, y: number): number {
  const xLogX = (q: number) => (q > 0 ? q * Math.log(q) : q === 0 ? 0 : Number.NaN);
  switch (family) {
    case 'gaussian':
      return u ** 2 / 2 + u * y;
    case 'binomial':
      return xLogX(u + y) + xLogX(1 - u - y);
    case 'poisson':
      return xLogX(u + y) - (u + y);
    case 'gamma':
      return xLogX(1 - u) - (1 - u) * Math.log(y) - (1 - u);
  }
}

/** The loss of a perfect fit. */
export function leastLoss(family: Family, y: number): number {
  const xLogX = (q: number) => (q > 0 ? q * Math.log(q) : 0);
  if (family === 'gaussian') return 0;
  if (family === 'binomial') return -xLogX(y) - xLogX(1 - y);
  return family === 'poisson' ? y - xLogX(y) : Math.log(y) + 1;
}

/** The penalty of a coefficient of a standardised column. */
export function penaltyOf(
  { kind, alpha, gamma }: Pick<Problem, 'kind' | 'alpha' | 'gamma'>,
  b: number,
  lambda: number,
): number {
  const [l, size] = [lambda * alpha, Math.abs(b)];
  const squares = (lambda * (1 - alpha) * b * b) / 2;
  if (kind === 'lasso') return l * size + squares;
  if (kind === 'mcp') return (size <= gamma * l ? l * size - b ** 2 / (2 * gamma) : (gamma * l ** 2) / 2) + squares;
  if (size <= l) return l * size + squares;
  if (size <= gamma * l) return (2 * gamma * l * size - b ** 2 - l ** 2) / (2 * (gamma - 1)) + squares;
  return (l ** 2 * (gamma + 1)) / 2 + squares;
}

/** The derivative of the penalty at b != 0, and its limit from above at 0. */
function penaltySlope({ kind, alpha, gamma }: Problem, b: number, lambda: number): number {
  const [l, size] = [lambda * alpha, Math.abs(b)];
  const squares = lambda * (1 - alpha) * size;
  if (kind === 'mcp') return Math.max(0, l - size / gamma) + squares;
  if (kind === 'scad') return (size <= l ? l : Math.max(0, (gamma * l - size) / (gamma - 1))) + squares;
  return l + squares;
}

/** Standard deviations of the columns by the weights, dividing by their sum; 1 without standardisation. */
export function scalesOf({ x, weights, standardize }: Problem): Float64Array {
  const total = sumOver(weights.length, (i) => at(weights, i));
  return Float64Array.from(x, (column) => {
    if (!standardize) return 1;
    const mean = sumOver(column.length, (i) => at(weights, i) * at(column, i)) / total;
    return Math.sqrt(sumOver(column.length, (i) => at(weights, i) * (at(column, i) - mean) ** 2) / total);
  });
}

export interface Point {
  coefficients: ArrayLike<number>;
  intercept: number;
}

/** Linear predictions of all rows. */
export function linksOf({ x, offset }: Problem, { coefficients, intercept }: Point): Float64Array {
  const links = Float64Array.from(offset, (o) => o + intercept);
  x.forEach((column, j) => {
    const b = at(coefficients, j);
    if (b !== 0) for (let i = 0; i < links.length; ++i) links[i] = at(links, i) + b * at(column, i);
  });
  return links;
}

/** Mean loss and penalty. */
export function objectiveAt(problem: Problem, lambda: number, point: Point): number {
  const { family, y, weights, factors, x } = problem;
  const links = linksOf(problem, point);
  const scales = scalesOf(problem);
  const total = sumOver(y.length, (i) => at(weights, i));
  const loss = sumOver(y.length, (i) => at(weights, i) * lossOf(family, at(links, i), at(y, i))) / total;
  return (
    loss +
    sumOver(x.length, (j) => penaltyOf(problem, at(point.coefficients, j) * at(scales, j), lambda * at(factors, j)))
  );
}

/** Mean loss, and its derivatives in the intercept and in the coefficients. */
export function gradientAt(problem: Problem, point: Point): { intercept: number; columns: Float64Array } {
  const { family, y, weights, x } = problem;
  const links = linksOf(problem, point);
  const total = sumOver(y.length, (i) => at(weights, i));
  const pull = Float64Array.from(y, (value, i) => (at(weights, i) * slopeOf(family, at(links, i), value)[0]) / total);
  return {
    intercept: sumOver(y.length, (i) => at(pull, i)),
    columns: Float64Array.from(x, (column) => sumOver(y.length, (i) => at(column, i) * at(pull, i))),
  };
}

/** How far the point is from meeting the conditions of a stationary point, in units of the standardised columns. */
export function violationAt(problem: Problem, lambda: number, point: Point): number {
  const { intercept, columns } = gradientAt(problem, point);
  const scales = scalesOf(problem);
  const { factors, lower, upper } = problem;
  const each = Array.from(columns, (gradient, j) => {
    const b = at(point.coefficients, j);
    const scale = at(scales, j);
    if (!(scale > 0)) return Math.abs(b);
    const g = gradient / scale;
    const slope = penaltySlope(problem, b * scale, lambda * at(factors, j));
    // The derivatives to both sides: none may point down, unless a bound is in the way.
    const [right, left] = b > 0 ? [g + slope, g + slope] : b < 0 ? [g - slope, g - slope] : [g + slope, g - slope];
    const rounding = 1e-12 * Math.abs(b);
    return Math.max(b < at(upper, j) - rounding ? -right : 0, b > at(lower, j) + rounding ? left : 0, 0);
  });
  return Math.max(problem.intercept ? Math.abs(intercept) : 0, ...each);
}

/** The difference in mean loss of a null model and a perfect fit: the scale of gaps. */
export function nullScale(problem: Problem, nullDeviance: number): number {
  return nullDeviance / 2 / sumOver(problem.y.length, (i) => at(problem.weights, i));
}

/**
 * A lower bound of the optimum of a convex problem without bounds and without unpenalised columns: the value of a point of the dual problem
 * made of the point's residuals. `feasible` says of the gradients of another penalty, without squares, up to which share they are feasible.
 */
export function lowerBoundAt(
  problem: Problem,
  lambda: number,
  point: Point,
  feasible?: (pulls: number[]) => number,
): number {
  const { family, y, weights, offset, factors, alpha, x } = problem;
  const links = linksOf(problem, point);
  const scales = scalesOf(problem);
  const total = sumOver(y.length, (i) => at(weights, i));
  const slopes = Array.from(y, (value, i) => slopeOf(family, at(links, i), value));
  const mean = (k: 0 | 1) => sumOver(y.length, (i) => (at(weights, i) * (slopes[i] as [number, number])[k]) / total);
  const shift = problem.intercept ? mean(0) / mean(1) : 0;
  const u = slopes.map(([slope, curvature]) => slope - curvature * shift);
  const pulls = x.map((column, j) => {
    const pull = sumOver(y.length, (i) => (at(weights, i) * at(column, i) * at(u, i)) / total) / at(scales, j);
    return at(scales, j) > 0 ? pull : 0;
  });
  const ofLasso = () =>
    pulls.reduce(
      (least, pull, j) => (pull !== 0 ? Math.min(least, (lambda * at(factors, j)) / Math.abs(pull)) : least),
      1,
    );
  const share = alpha < 1 ? 1 : feasible ? feasible(pulls) : ofLasso();
  const beyond = (j: number) => Math.max(0, Math.abs(at(pulls, j)) - lambda * alpha * at(factors, j)) ** 2;
  const squares = alpha < 1 ? sumOver(x.length, (j) => beyond(j) / (2 * lambda * (1 - alpha) * at(factors, j))) : 0;
  return (
    sumOver(y.length, (i) => {
      const v = share * at(u, i);
      return (at(weights, i) * (v * at(offset, i) - conjugate(family, v, at(y, i)))) / total;
    }) - squares
  );
}

/** Random numbers that are the same in every run. */
export class Draws {
  /** A number in (0, 1). */
  readonly uniform: () => number;
  constructor(seed: number) {
    this.uniform = uniforms(seed);
  }
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
  normals(count: number): Float64Array {
    return Float64Array.from({ length: count }, () => this.normal());
  }
  count(mean: number): number {
    let k = 0;
    for (let product = this.uniform(); product > Math.exp(-mean); product *= this.uniform()) ++k;
    return k;
  }
}

/** Random data of a family: a few of the columns count. */
export function drawn(
  seed: number,
  family: Family,
  rows: number,
  columns: number,
): { x: Matrix & { data: Float64Array }; y: Float64Array } {
  const draws = new Draws(seed);
  const x = { data: draws.normals(rows * columns), rows, columns };
  const y = Float64Array.from({ length: rows }, (_, i) => {
    let t = 0.3;
    for (let j = 0; j < Math.min(3, columns); ++j) t += (j % 2 ? -0.8 : 0.7) * (x.data[i * columns + j] as number);
    switch (family) {
      case 'gaussian':
        return t + draws.normal();
      case 'binomial':
        return draws.uniform() < 1 / (1 + Math.exp(-t)) ? 1 : 0;
      case 'poisson':
        return draws.count(Math.exp(t / 2));
      case 'gamma':
        return Math.exp(t / 2) * (0.2 - Math.log(draws.uniform()));
    }
  });
  return { x, y };
}

/** A dense matrix without its zeros. */
export function asSparse(x: Matrix, format: 'csc' | 'csr'): SparseMatrix {
  const { rows, columns, data } = x;
  const [lines, width] = format === 'csc' ? [columns, rows] : [rows, columns];
  const offsets = new Int32Array(lines + 1);
  const [indices, values]: [number[], number[]] = [[], []];
  for (let line = 0; line < lines; ++line) {
    for (let k = 0; k < width; ++k) {
      const value = (format === 'csc' ? data[k * columns + line] : data[line * columns + k]) as number;
      if (value === 0) continue;
      indices.push(k);
      values.push(value);
    }
    offsets[line + 1] = indices.length;
  }
  return { format, rows, columns, offsets, indices: Int32Array.from(indices), values: Float64Array.from(values) };
}
