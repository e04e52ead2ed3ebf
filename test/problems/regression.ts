// Regressions with seeded data, and the expression model of the same problem.
import {
  add,
  div,
  type Expression,
  exp,
  matvec,
  mul,
  neg,
  slice,
  softplus,
  square,
  sub,
  sum,
  sumSquares,
} from '../../src/expressions/index.js';
import { Model, type SparseMatrix } from '../../src/index.js';
import type { RegressionLoss } from '../../src/nlp/index.js';
import { Draw } from '../fractional/values.js';

export const losses = ['logistic', 'squared', 'poisson', 'gamma'] as const;

/** All that a regression can have, in plain numbers. */
export interface Instance {
  loss: RegressionLoss;
  x: number[][];
  y: number[];
  sampleWeight?: number[];
  offset?: number[];
  ridge?: number[];
  intercept?: boolean;
  A?: number[][];
  b?: number[];
  squaredNorm?: number;
}

export interface Shape {
  rows: number;
  columns: number;
  /** Share of the entries of x that are not 0. */
  density?: number;
  equations?: number;
}

export function instance(loss: RegressionLoss, { rows, columns, density = 1, equations = 0 }: Shape): Instance {
  const draw = new Draw(rows + 31 * columns);
  const uniform = () => draw.uniform();
  const normal = () => draw.normal();
  const vector = (length: number, draw: () => number) => Array.from({ length }, draw);
  const entry = () => (uniform() < density ? normal() : 0);
  const response = {
    logistic: () => Number(uniform() < 0.5),
    squared: normal,
    poisson: () => Math.floor(4 * uniform()),
    gamma: () => 0.1 + uniform(),
  }[loss];
  return {
    loss,
    x: Array.from({ length: rows }, () => vector(columns, entry)),
    y: vector(rows, response),
    ...(equations > 0 && {
      A: Array.from({ length: equations }, () => vector(columns, normal)),
      b: vector(equations, () => 0.3 * normal()),
    }),
  };
}

export function toCsr(rows: readonly (readonly number[])[]): SparseMatrix {
  const offsets = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const row of rows) {
    row.forEach((value, j) => {
      if (value === 0) return;
      indices.push(j);
      values.push(value);
    });
    offsets.push(indices.length);
  }
  const columns = rows[0]?.length ?? 0;
  return {
    format: 'csr',
    rows: rows.length,
    columns,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}

type Vector = Expression<readonly [number]>;

export function modelOf(given: Instance): Model {
  const { loss, x, y, sampleWeight, offset, ridge, intercept, A, b, squaredNorm } = given;
  const columns = x[0]?.length ?? 0;
  const model = new Model();
  const start = squaredNorm === undefined ? 0 : Math.sqrt(squaredNorm / columns);
  const all = model.variable(columns + (intercept ? 1 : 0), {
    start: Array.from({ length: columns + (intercept ? 1 : 0) }, (_, j) => (j < columns ? start : 0)),
  });
  const coefficients = slice(all, 0, columns) as Vector;
  const design = intercept ? x.map((row) => [...row, 1]) : x;
  const t = add(matvec(design, all), offset ?? 0) as Vector;
  const terms: Record<RegressionLoss, () => Vector> = {
    logistic: () => sub(softplus(t), mul(y, t)) as Vector,
    squared: () => mul(0.5, square(sub(t, y))) as Vector,
    poisson: () => sub(exp(t), mul(y, t)) as Vector,
    gamma: () => add(t, mul(y, exp(neg(t)))) as Vector,
  };
  const weights = sampleWeight ?? y.map(() => 1);
  const total = weights.reduce((all, weight) => all + weight, 0);
  const penalty = ridge ? mul(0.5, sum(mul(ridge, square(coefficients)))) : 0;
  model.minimize(add(div(sum(mul(weights, terms[loss]())), total), penalty));
  if (A && b) model.equal(matvec(A, coefficients), b);
  if (squaredNorm !== undefined) model.equal(sumSquares(coefficients), squaredNorm);
  return model;
}
