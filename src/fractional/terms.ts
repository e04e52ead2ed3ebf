// The terms that fractional programs are composed of: each function checks its arguments and makes a small frozen object.
import { rangeError, typeError } from '../core/argumentError.js';
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkMembers,
  checkNumber,
  checkNumbers,
  checkVector,
  isList,
  isRevoked,
  show,
} from '../core/check.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../core/matrix.js';
import { toLargeOperand, toSymmetric } from '../core/operand.js';

/** 1/2 ||A x - b||^2, made by {@link leastSquares}. */
export interface LeastSquares {
  readonly kind: 'leastSquares';
  readonly matrix: Matrix | SparseMatrix;
  readonly b: Float64Array;
}

/** 1/2 ||max(0, A x - b)||^2, made by {@link squaredHinge}. */
export interface SquaredHinge {
  readonly kind: 'squaredHinge';
  readonly matrix: Matrix | SparseMatrix;
  readonly b: Float64Array;
}

/** sum_i log(1 + exp(-y_i a_i^T x)), made by {@link logistic}. */
export interface Logistic {
  readonly kind: 'logistic';
  readonly matrix: Matrix | SparseMatrix;
  readonly y: Float64Array;
}

/** c^T x + constant, made by {@link affine}. */
export interface Affine {
  readonly kind: 'affine';
  readonly c: Float64Array;
  readonly constant: number;
}

/** 1/2 x^T Q x + linear^T x + constant, made by {@link quadratic}. */
export interface Quadratic {
  readonly kind: 'quadratic';
  readonly matrix: Matrix | SparseMatrix;
  readonly linear?: Float64Array;
  readonly constant: number;
}

/** weight ||x||^2 + constant, made by {@link sumSquares}. */
export interface SumSquares {
  readonly kind: 'sumSquares';
  readonly weight: number;
  readonly constant: number;
}

/** sum_i (l1_i |x_i| + l2_i x_i^2 / 2), made by {@link l1} or {@link elasticNet}. */
export interface ElasticNet {
  readonly kind: 'l1' | 'elasticNet';
  readonly l1: number | Float64Array;
  readonly l2: number | Float64Array;
}

/** lambda ||x||_1^2, made by {@link l1Squared}. */
export interface L1Squared {
  readonly kind: 'l1Squared';
  readonly lambda: number;
}

/** lower <= x <= upper, made by {@link box} or {@link nonNegative}. */
export interface Box {
  readonly kind: 'box' | 'nonNegative';
  readonly lower: number | Float64Array;
  readonly upper: number | Float64Array;
}

/** scale ||x|| + shift, made by {@link norm1}, {@link norm2} or {@link normInf}. */
export interface Norm {
  readonly kind: 'norm1' | 'norm2' | 'normInf';
  readonly scale: number;
  readonly shift: number;
}

/** scale (sum of the k largest |x_i|) + shift, made by {@link topK}. */
export interface TopK {
  readonly kind: 'topK';
  readonly k: number;
  readonly scale: number;
  readonly shift: number;
}

/** scale ||A x||_p + shift, or with the norm squared, made by {@link lpNorm}. */
export interface LpNorm {
  readonly kind: 'lpNorm';
  readonly matrix: Matrix | SparseMatrix;
  /** 1, 2, 4 or Infinity. */
  readonly p: number;
  readonly squared: boolean;
  readonly scale: number;
  readonly shift: number;
}

/** (c^T x + constant)^2, made by {@link affineSquared}. */
export interface AffineSquared {
  readonly kind: 'affineSquared';
  readonly c: Float64Array;
  readonly constant: number;
}

/** sum_i weights_i sqrt(x_i + epsilon_i) + shift, made by {@link sumSqrt}. */
export interface SumSqrt {
  readonly kind: 'sumSqrt';
  readonly epsilon: number | Float64Array;
  readonly weights: number | Float64Array;
  readonly shift: number;
}

/** sum_i weights_i log(1 + h_i x_i) + shift, made by {@link sumLog}. */
export interface SumLog {
  readonly kind: 'sumLog';
  readonly h: Float64Array;
  readonly weights: number | Float64Array;
  readonly shift: number;
}

/** sum_i value(x_i, i) + shift, made by {@link separableConcave}. */
export interface SeparableConcave {
  readonly kind: 'separable';
  readonly value: (u: number, i: number) => number;
  readonly derivative: (u: number, i: number) => number;
  readonly shift: number;
}

/** A smooth convex part f of a numerator. */
export type NumeratorTerm = LeastSquares | SquaredHinge | Logistic | Affine | Quadratic | SumSquares;
/** A convex part h of a numerator that need not be smooth, or bounds on x. */
export type Penalty = ElasticNet | L1Squared | Box;
/** A denominator g, convex or concave. */
export type DenominatorTerm =
  | Norm
  | TopK
  | LpNorm
  | SumSquares
  | Quadratic
  | Affine
  | AffineSquared
  | SumSqrt
  | SumLog
  | SeparableConcave;
export type FractionalTerm = NumeratorTerm | Penalty | DenominatorTerm;

// Numerators --------------------------------------------------------------------------------------------------------

/**
 * 1/2 ||A x - b||^2, with A m x n, dense or sparse, and m numbers b.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function leastSquares(A: MatrixLike | SparseMatrix, b: ArrayLike<number>): LeastSquares {
  const matrix = toLargeOperand('A', A);
  return Object.freeze({ kind: 'leastSquares', matrix, b: perRow('b', b, matrix) });
}

/**
 * 1/2 ||max(0, A x - b)||^2: only rows with a_i^T x > b_i count. A is m x n, dense or sparse, b has m numbers.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function squaredHinge(A: MatrixLike | SparseMatrix, b: ArrayLike<number>): SquaredHinge {
  const matrix = toLargeOperand('A', A);
  return Object.freeze({ kind: 'squaredHinge', matrix, b: perRow('b', b, matrix) });
}

/**
 * sum_i log(1 + exp(-y_i a_i^T x)), with A m x n, dense or sparse, and y of m numbers -1 or 1.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function logistic(A: MatrixLike | SparseMatrix, y: ArrayLike<number>): Logistic {
  const matrix = toLargeOperand('A', A);
  const labels = perRow('y', y, matrix);
  labels.forEach((label, i) => {
    if (label !== 1 && label !== -1) throw rangeError(`y[${i}] = ${label}: expected -1 or 1`);
  });
  return Object.freeze({ kind: 'logistic', matrix, y: labels });
}

// Numerators and denominators ---------------------------------------------------------------------------------------

/**
 * c^T x + constant, with n numbers c. A numerator must not be negative anywhere, so bounds on x belong with it. A denominator
 * has a c that is not 0; it must be positive at the start, and stays so.
 */
export function affine(c: ArrayLike<number>, constant = 0): Affine {
  return Object.freeze({ kind: 'affine', c: checkVector('c', c), constant: checkNumber('constant', constant) });
}

/**
 * 1/2 x^T Q x + linear^T x + constant, with Q n x n, symmetric and positive semidefinite, dense or sparse, and n numbers
 * `linear` (default 0); `constant` defaults to 0.
 * @throws TypeError or RangeError that names the argument and the value, also where Q is not symmetric.
 */
export function quadratic(
  Q: MatrixLike | SparseMatrix,
  options: { linear?: ArrayLike<number> | undefined; constant?: number | undefined } = {},
): Quadratic {
  const matrix = toSymmetric('Q', Q);
  const { linear, constant = 0 } = checkOptions(options, ['linear', 'constant']);
  return Object.freeze({
    kind: 'quadratic',
    matrix,
    ...(linear !== undefined && {
      linear: checkVector('linear', linear, { length: matrix.columns, per: 'one for each column of Q' }),
    }),
    constant: checkNumber('constant', constant),
  });
}

/** weight ||x||^2 + constant, weight > 0 (default 1), constant 0 unless given. */
export function sumSquares(options: { weight?: number | undefined; constant?: number | undefined } = {}): SumSquares {
  refuseExpression('sumSquares', options);
  const { weight = 1, constant = 0 } = checkOptions(options, ['weight', 'constant']);
  return Object.freeze({
    kind: 'sumSquares',
    weight: checkNumber('weight', weight, { lower: 0, open: true }),
    constant: checkNumber('constant', constant),
  });
}

// Penalties ---------------------------------------------------------------------------------------------------------

/** sum_i lambda_i |x_i|, with one lambda >= 0 for all or n of them. */
export function l1(lambda: number | ArrayLike<number>): ElasticNet {
  refuseExpression('l1', lambda);
  return Object.freeze({ kind: 'l1', l1: checkNumbers('lambda', lambda, { lower: 0 }), l2: 0 });
}

/** sum_i (l1_i |x_i| + l2_i x_i^2 / 2), each one number >= 0 for all or n of them. */
export function elasticNet(l1: number | ArrayLike<number>, l2: number | ArrayLike<number>): ElasticNet {
  const weights = { l1: checkNumbers('l1', l1, { lower: 0 }), l2: checkNumbers('l2', l2, { lower: 0 }) };
  sameLength(weights);
  return Object.freeze({ kind: 'elasticNet', ...weights });
}

/**
 * lambda ||x||_1^2, lambda >= 0: makes solutions sparse as {@link l1} does, in ratios that do not depend on the length of x,
 * where the latter would be no penalty at all.
 */
export function l1Squared(lambda: number): L1Squared {
  return Object.freeze({ kind: 'l1Squared', lambda: checkNumber('lambda', lambda, { lower: 0 }) });
}

/** lower <= x <= upper, each one number for all or n of them; -Infinity and Infinity where there is no bound. */
export function box(lower: number | ArrayLike<number>, upper: number | ArrayLike<number>): Box {
  const bounds = {
    lower: checkNumbers('lower', lower, { infinite: true }),
    upper: checkNumbers('upper', upper, { infinite: true }),
  };
  const n = sameLength(bounds) ?? 1;
  for (let i = 0; i < n; ++i) {
    const [low, high] = [at(bounds.lower, i), at(bounds.upper, i)];
    if (low <= high && low < Number.POSITIVE_INFINITY && high > Number.NEGATIVE_INFINITY) continue;
    const place = typeof bounds.lower === 'number' ? '' : `[${i}]`;
    throw rangeError(`lower${place} = ${low}: expected at most upper, which is ${high}, and a number between them`);
  }
  return Object.freeze({ kind: 'box', ...bounds });
}

/** x >= 0. */
export function nonNegative(): Box {
  return Object.freeze({ kind: 'nonNegative', lower: 0, upper: Number.POSITIVE_INFINITY });
}

// Denominators ------------------------------------------------------------------------------------------------------

export interface ScaleAndShift {
  /** > 0; default 1. */
  scale?: number | undefined;
  /** >= 0; default 0. */
  shift?: number | undefined;
}

/** scale ||x||_1 + shift. Zero at x = 0 without a shift, so no start. */
export function norm1(options: ScaleAndShift = {}): Norm {
  refuseExpression('norm1', options);
  return Object.freeze({ kind: 'norm1', ...scaleAndShift(checkOptions(options, ['scale', 'shift'])) });
}

/** scale ||x||_2 + shift. Zero at x = 0 without a shift, so no start. */
export function norm2(options: ScaleAndShift = {}): Norm {
  refuseExpression('norm2', options);
  return Object.freeze({ kind: 'norm2', ...scaleAndShift(checkOptions(options, ['scale', 'shift'])) });
}

/** scale max_i |x_i| + shift. Zero at x = 0 without a shift, so no start. */
export function normInf(options: ScaleAndShift = {}): Norm {
  refuseExpression('normInf', options);
  return Object.freeze({ kind: 'normInf', ...scaleAndShift(checkOptions(options, ['scale', 'shift'])) });
}

/** scale (sum of the k largest |x_i|) + shift, 1 <= k <= n. Zero at x = 0 without a shift, so no start. */
export function topK(k: number, options: ScaleAndShift = {}): TopK {
  const checked = checkInteger('k', k, 1);
  return Object.freeze({ kind: 'topK', k: checked, ...scaleAndShift(checkOptions(options, ['scale', 'shift'])) });
}

/**
 * scale ||A x||_p + shift, or scale ||A x||_p^2 + shift if `squared`, with A m x n, dense or sparse, and p = 1, 2, 4 or
 * Infinity.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function lpNorm(
  A: MatrixLike | SparseMatrix,
  p: number,
  options: ScaleAndShift & { squared?: boolean | undefined } = {},
): LpNorm {
  refuseExpression('lpNorm', A);
  const matrix = toLargeOperand('A', A);
  if (typeof p !== 'number') throw typeError(`p = ${show(p)}: expected a number`);
  if (![1, 2, 4, Number.POSITIVE_INFINITY].includes(p)) {
    throw rangeError(`p = ${p}: expected 1, 2, 4 or Infinity`);
  }
  const { squared = false, ...more } = checkOptions(options, ['squared', 'scale', 'shift']);
  return Object.freeze({
    kind: 'lpNorm',
    matrix,
    p,
    squared: checkBoolean('squared', squared),
    ...scaleAndShift(more),
  });
}

/** (c^T x + constant)^2, with n numbers c, not all 0; only where c^T x + constant > 0. */
export function affineSquared(c: ArrayLike<number>, constant = 0): AffineSquared {
  return Object.freeze({ kind: 'affineSquared', c: nonZero('c', c), constant: checkNumber('constant', constant) });
}

/**
 * sum_i weights_i sqrt(x_i + epsilon_i) + shift: concave. epsilon >= 0 (default 0) and weights >= 0 (default 1) are one
 * number for all or n of them. Needs bounds that keep x_i + epsilon_i >= 0, such as {@link nonNegative}.
 */
export function sumSqrt(
  options: {
    epsilon?: number | ArrayLike<number> | undefined;
    weights?: number | ArrayLike<number> | undefined;
    shift?: number | undefined;
  } = {},
): SumSqrt {
  const { epsilon = 0, weights = 1, shift = 0 } = checkOptions(options, ['epsilon', 'weights', 'shift']);
  const numbers = {
    epsilon: checkNumbers('epsilon', epsilon, { lower: 0 }),
    weights: checkNumbers('weights', weights, { lower: 0 }),
  };
  sameLength(numbers);
  return Object.freeze({ kind: 'sumSqrt', ...numbers, shift: checkNumber('shift', shift) });
}

/**
 * sum_i weights_i log(1 + h_i x_i) + shift: concave; natural logarithm. n numbers h >= 0; weights >= 0 (default 1) are one
 * number for all or n of them. Needs bounds that keep 1 + h_i x_i > 0, such as {@link nonNegative}.
 */
export function sumLog(
  h: ArrayLike<number>,
  options: { weights?: number | ArrayLike<number> | undefined; shift?: number | undefined } = {},
): SumLog {
  const { weights = 1, shift = 0 } = checkOptions(options, ['weights', 'shift']);
  const numbers = {
    h: checkVector('h', h, { lower: 0 }),
    weights: checkNumbers('weights', weights, { lower: 0 }),
  };
  sameLength(numbers);
  return Object.freeze({ kind: 'sumLog', ...numbers, shift: checkNumber('shift', shift) });
}

/**
 * sum_i value(x_i, i) + shift, with a concave differentiable function of your own and its derivative: value(u, i) and
 * derivative(u, i) at u for coordinate i = 0, 1, ... `value` is NaN outside its domain. For research: the solver asks
 * them some ten times an update, and each answer from JavaScript takes some 10 microseconds, and the event loop.
 */
export function separableConcave(
  value: (u: number, i: number) => number,
  derivative: (u: number, i: number) => number,
  options: { shift?: number | undefined } = {},
): SeparableConcave {
  checkFunction('value', value);
  checkFunction('derivative', derivative);
  const { shift = 0 } = checkOptions(options, ['shift']);
  return Object.freeze({ kind: 'separable', value, derivative, shift: checkNumber('shift', shift) });
}

// Members of all terms -----------------------------------------------------------------------------------------------

export const at = (numbers: number | Float64Array, i: number): number =>
  typeof numbers === 'number' ? numbers : (numbers[i] as number);

/** The expression to write in models instead of a term. */
const inModels: Record<string, string> = {
  l1: 'sum(sqrt(add(square(x), epsilon))), as |x| has no derivatives at 0',
  norm1: 'sum(sqrt(add(square(x), epsilon))), as |x| has no derivatives at 0',
  norm2: 'norm2(x) of nonconvex/model',
  normInf: 'logSumExp(mul(k, x)) / k with a large k, as a maximum has no derivatives where it changes',
  lpNorm: 'pow(sum(pow(matvec(A, x), p)), 1 / p), or norm2(matvec(A, x))',
  sumSquares: 'sumSquares(x) of nonconvex/model',
};

/** Terms are of all unknowns of a ratio; expressions belong to models. */
function refuseExpression(term: string, value: unknown): void {
  const shape: unknown =
    typeof value === 'object' && value !== null && !isRevoked(value) && 'node' in value
      ? Reflect.get(value, 'shape')
      : 0;
  if (!isList(shape)) return;
  throw typeError(`${term}: got an expression, but this is a term of a ratio: in a model, write ${inModels[term]}`);
}

function perRow(name: string, value: unknown, { rows }: Matrix | SparseMatrix): Float64Array {
  return checkVector(name, value, { length: rows, per: 'one for each row of A' });
}

function nonZero(name: string, value: unknown): Float64Array {
  const vector = checkVector(name, value);
  if (vector.every((entry) => entry === 0)) throw rangeError(`${name}: expected a number that is not 0`);
  return vector;
}

function scaleAndShift({ scale = 1, shift = 0 }: ScaleAndShift): { scale: number; shift: number } {
  return {
    scale: checkNumber('scale', scale, { lower: 0, open: true }),
    shift: checkNumber('shift', shift, { lower: 0 }),
  };
}

function checkOptions<T extends object>(options: T, names: readonly string[]): T {
  return checkMembers('options', options, names, 'option');
}

/** The common length of those that are vectors. */
function sameLength(numbers: Record<string, number | Float64Array>): number | undefined {
  const vectors = Object.entries(numbers).filter((each): each is [string, Float64Array] => typeof each[1] !== 'number');
  const [first, ...others] = vectors;
  for (const [name, { length }] of others) {
    const [firstName, { length: expected }] = first as [string, Float64Array];
    if (length !== expected)
      throw rangeError(`${name}: expected ${expected} numbers as in ${firstName}, got ${length}`);
  }
  return first?.[1].length;
}
