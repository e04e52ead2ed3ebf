// The problems of sparse regression beside the repository, with optima, where they are there; and the gap of any model of theirs by code
// that shares nothing with the solver and takes large matrices.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Matrix, SparseMatrix } from '../../src/index.js';
import type { SparseFamily } from '../../src/sparse/index.js';

/** A folder with `problems/sparse` and `data`. */
const shared = fileURLToPath(new URL('../../../shared/', import.meta.url));

export interface ReferencePoint {
  k: number;
  lambda: number;
  objective: number;
  gap: number;
  nonzeros: number;
}

export interface Reference {
  alpha: number;
  lambdaMax: number;
  ratio: number;
  /** Mean loss of the null model less that of a perfect fit. */
  nullDeviance: number;
  points: ReferencePoint[];
  nonConvex?: { mcp3: ReferencePoint[]; scad3_7: ReferencePoint[] };
}

export const problemNames = ['tall', 'correlated', 'e2006', 'a9a', 'mushrooms', 'counts'] as const;
export type ProblemName = (typeof problemNames)[number];

export const isAvailable = (folder = shared): boolean => existsSync(`${folder}/problems/sparse/reference.json`);

export function references(folder = shared): Record<ProblemName, Reference> {
  return JSON.parse(readFileSync(`${folder}/problems/sparse/reference.json`, 'utf8'));
}

/** The output of problems.mjs. */
export interface Made {
  format: 'dense' | 'csc';
  rows: number;
  columns: number;
  /** The numbers of a dense matrix, column after column. */
  X?: Float64Array;
  offsets?: Int32Array;
  indices?: Int32Array;
  values?: Float64Array;
  y: Float64Array;
  beta?: Float64Array;
}

export interface LargeProblem {
  name: string;
  family: SparseFamily;
  alpha: number;
  x: Matrix | SparseMatrix;
  /** The columns of x. */
  columns: Columns;
  y: Float64Array;
  /** The coefficients that the response was made with, of problems that are drawn. */
  beta?: Float64Array;
  reference: Reference;
}

/** A matrix by columns. */
export class Columns {
  readonly rows: number;
  readonly count: number;
  readonly #made: Made;
  constructor(made: Made) {
    this.#made = made;
    this.rows = made.rows;
    this.count = made.columns;
  }
  /** Numbers that are stored. */
  get size(): number {
    return this.#made.X?.length ?? (this.#made.values as Float64Array).length;
  }
  /** The numbers of a dense matrix, column after column. */
  dense(): Float64Array {
    if (this.#made.X) return this.#made.X;
    throw new TypeError('expected a dense matrix');
  }
  each(j: number, visit: (i: number, value: number) => void): void {
    const { X, offsets, indices, values } = this.#made;
    if (X) {
      for (let i = 0; i < this.rows; ++i) visit(i, X[j * this.rows + i] as number);
      return;
    }
    const [from, to] = [offsets?.[j] as number, offsets?.[j + 1] as number];
    for (let k = from; k < to; ++k) visit(indices?.[k] as number, values?.[k] as number);
  }
  dot(j: number, r: Float64Array): number {
    let sum = 0;
    this.each(j, (i, value) => {
      sum += value * (r[i] as number);
    });
    return sum;
  }
  addTo(t: Float64Array, j: number, b: number): void {
    this.each(j, (i, value) => {
      t[i] = (t[i] as number) + b * value;
    });
  }
  /** Standard deviation, dividing by the number of rows. */
  deviation(j: number): number {
    const ones = new Float64Array(this.rows).fill(1);
    const mean = this.dot(j, ones) / this.rows;
    let [squares, stored] = [0, 0];
    this.each(j, (_, value) => {
      squares += (value - mean) ** 2;
      ++stored;
    });
    return Math.sqrt((squares + (this.rows - stored) * mean ** 2) / this.rows);
  }
}

async function make<More>(name: string, folder: string): Promise<Made & More> {
  const file = pathToFileURL(`${folder}/problems/sparse/problems.mjs`).href;
  const maker = (await import(/* @vite-ignore */ file)) as Record<string, (data: string) => Made & More>;
  return maker[name]?.(`${folder}/data`) as Made & More;
}

export function asMatrix({ X, offsets, indices, values, rows, columns }: Made): Matrix | SparseMatrix {
  if (!X)
    return {
      format: 'csc',
      rows,
      columns,
      offsets: offsets as Int32Array,
      indices: indices as Int32Array,
      values: values as Float64Array,
    };
  const data = new Float64Array(rows * columns);
  for (let j = 0; j < columns; ++j) for (let i = 0; i < rows; ++i) data[i * columns + j] = X[j * rows + i] as number;
  return { data, rows, columns };
}

export async function largeProblem(name: ProblemName, folder = shared): Promise<LargeProblem> {
  const made = await make<{ family: SparseFamily }>(name, folder);
  const reference = references(folder)[name];
  const { y, family, beta } = made;
  return {
    name,
    family,
    alpha: reference.alpha,
    x: asMatrix(made),
    columns: new Columns(made),
    y,
    reference,
    ...(beta && { beta }),
  };
}

/** A group lasso with equal groups, each of which weighs the root of its size. */
export interface GroupProblem {
  x: Matrix | SparseMatrix;
  columns: Columns;
  y: Float64Array;
  groups: Int32Array;
  reference: { lambdaMax: number; points: { lam: number; objective: number; gap: number; groups: number }[] };
}

export async function groupProblem(folder = shared): Promise<GroupProblem> {
  const made = await make<{ groups: Int32Array }>('groups', folder);
  const { groups: reference } = references(folder) as unknown as { groups: GroupProblem['reference'] };
  return { x: asMatrix(made), columns: new Columns(made), y: made.y, groups: made.groups, reference };
}

/** The objective of a group lasso of columns as they are, and a lower bound of it: the residuals, scaled until they are feasible. */
export function certifiedGroups(
  { columns, y, groups }: GroupProblem,
  lambda: number,
  point: { intercept: number; coefficients: ArrayLike<number> },
): { objective: number; bound: number } {
  const n = y.length;
  const count = Math.max(...groups) + 1;
  const u = y.map((value) => point.intercept - value);
  const [sizes, squares, pulls] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  groups.forEach((g, j) => {
    const b = point.coefficients[j] as number;
    sizes[g] = (sizes[g] as number) + 1;
    squares[g] = (squares[g] as number) + b * b;
    if (b !== 0) columns.addTo(u, j, b);
  });
  const penalty = squares.reduce((sum, square, g) => sum + lambda * Math.sqrt((sizes[g] as number) * square), 0);
  const objective = u.reduce((sum, value) => sum + value ** 2 / 2 / n, 0) + penalty;
  const mean = u.reduce((sum, value) => sum + value / n, 0);
  const v = u.map((value) => value - mean);
  groups.forEach((g, j) => {
    pulls[g] = (pulls[g] as number) + (columns.dot(j, v) / n) ** 2;
  });
  const share = Math.min(
    1,
    ...Array.from(pulls, (square, g) => (lambda * Math.sqrt(sizes[g] as number)) / Math.sqrt(square)),
  );
  const bound = -v.reduce((sum, value, i) => sum + conjugate('gaussian', share * value, y[i] as number) / n, 0);
  return { objective, bound };
}

/** The lambdas of the reference. */
export const lambdasOf = ({ lambdaMax, ratio }: Reference): Float64Array =>
  Float64Array.from({ length: 100 }, (_, k) => lambdaMax * ratio ** (k / 99));

export interface SparsePoint {
  intercept: number;
  /** Columns and their coefficients. */
  support: ArrayLike<number>;
  values: ArrayLike<number>;
}

/**
 * The objective of a lasso or an elastic net of columns as they are, and the gap to a lower bound, over the null deviance: a dual point
 * of the residuals, moved along the curvatures until it is orthogonal to the intercept, and scaled until it is feasible.
 */
export function certified(
  problem: LargeProblem,
  lambda: number,
  point: SparsePoint,
): { objective: number; gap: number } {
  const { family, alpha, columns, y, reference } = problem;
  const n = y.length;
  const t = new Float64Array(n).fill(point.intercept);
  let penalty = 0;
  for (let k = 0; k < point.support.length; ++k) {
    const b = point.values[k] as number;
    columns.addTo(t, point.support[k] as number, b);
    penalty += lambda * (alpha * Math.abs(b) + ((1 - alpha) / 2) * b * b);
  }
  let [loss, slopes, curvatures] = [0, 0, 0];
  const [u, h] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; ++i) {
    const [value, slope, curvature] = lossAt(family, t[i] as number, y[i] as number);
    loss += value / n;
    [u[i], h[i]] = [slope, curvature];
    slopes += slope;
    curvatures += curvature;
  }
  const shift = slopes / curvatures;
  for (let i = 0; i < n; ++i) u[i] = ((u[i] as number) - (h[i] as number) * shift) / n;
  let [largest, squares] = [0, 0];
  for (let j = 0; j < columns.count; ++j) {
    const pull = Math.abs(columns.dot(j, u));
    largest = Math.max(largest, pull);
    squares += Math.max(0, pull - lambda * alpha) ** 2;
  }
  const share = alpha < 1 ? 1 : Math.min(1, lambda / largest);
  let bound = alpha < 1 ? -squares / (2 * lambda * (1 - alpha)) : 0;
  for (let i = 0; i < n; ++i) bound -= conjugate(family, share * n * (u[i] as number), y[i] as number) / n;
  const objective = loss + penalty;
  return { objective, gap: (objective - bound) / reference.nullDeviance };
}

function lossAt(family: SparseFamily, t: number, y: number): [loss: number, slope: number, curvature: number] {
  if (family === 'gaussian') return [(t - y) ** 2 / 2, t - y, 1];
  if (family === 'poisson') return [Math.exp(t) - y * t, Math.exp(t) - y, Math.exp(t)];
  const mean = 1 / (1 + Math.exp(-t));
  return [Math.max(0, t) + Math.log1p(Math.exp(-Math.abs(t))) - y * t, mean - y, mean * (1 - mean)];
}

function conjugate(family: SparseFamily, u: number, y: number): number {
  const xLogX = (q: number) => (q > 0 ? q * Math.log(q) : q > -1e-15 ? 0 : Number.NaN);
  if (family === 'gaussian') return u ** 2 / 2 + u * y;
  return family === 'poisson' ? xLogX(u + y) - (u + y) : xLogX(u + y) + xLogX(1 - u - y);
}
