// Fractional programs that have names: each brings its data into terms, knows where to start, and gives what people expect.
import {
  appendColumn,
  backward,
  centred,
  cholesky,
  diagonalOf,
  dot,
  eachEntry,
  forward,
  meansOf,
  multiply,
  norm,
  pNorm,
  residual,
  rowOf,
  squares,
  supportOf,
  toDense,
} from '../../core/algebra.js';
import {
  checkBoolean,
  checkInteger,
  checkNumber,
  checkNumbers,
  checkObject,
  checkVector,
  show,
} from '../../core/check.js';
import { type Matrix, type MatrixLike, type SparseMatrix, toOperand, toSymmetric } from '../../core/matrix.js';
import { checkedValues, distinct, type Label } from '../../core/targets.js';
import { type FractionalResult, type FractionalSettings, minimizeRatio, naming } from '../solver.js';
import {
  affine,
  at,
  box,
  type LeastSquares,
  l1 as l1Penalty,
  l1Squared,
  leastSquares,
  linearSquared,
  lpNorm,
  norm2,
  quadratic,
  squaredNorm,
  sumLog,
  topK,
} from '../terms.js';

// Sparse recovery ---------------------------------------------------------------------------------------------------

export interface SparseRecoveryOptions extends FractionalSettings {
  /** `'topK'` where `k` is given, else `'l1l2'`, unless set. */
  penalty?: 'topK' | 'l1l2' | undefined;
  /** Entries that may be other than 0 for free, for `'topK'`: 1 <= k <= n. */
  k?: number | undefined;
  /**
   * Weight of ||x||_1, > 0. It trades fit for sparsity as in the lasso, whose solution is 0 from max |A^T b| on; without noise
   * choose it small against that.
   */
  lambda: number;
  /** n numbers, not all 0. Default: the lasso's solution, min 1/2 ||A x - b||^2 + lambda ||x||_1. */
  start?: ArrayLike<number> | undefined;
}

export interface SparseRecoveryResult extends FractionalResult {
  /** Indices of the entries of x that are not 0, in order. */
  support: Int32Array;
  /** ||A x - b||. */
  residualNorm: number;
}

/**
 * A sparse x with A x about b, by a ratio that does not shrink what it keeps:
 *
 *     minimise  (1/2 ||A x - b||^2 + lambda ||x||_1) / (lambda topK(x))          penalty 'topK'
 *     minimise  (1/2 ||A x - b||^2 + lambda ||x||_1) / (lambda ||x||_2)          penalty 'l1l2'
 *
 * where topK(x) is the sum of the k largest |x_i|. The first is 1 exactly where x has at most k entries other than 0 and
 * A x = b, and larger elsewhere; it needs k, which the second does not. A is m x n, dense or sparse, b has m numbers.
 *
 * ```ts
 * const { x, support } = await sparseRecovery(A, b, { k: 10, lambda: 0.01 });
 * ```
 *
 * G. Yuan, "Coordinate descent methods for fractional minimization", ICML 2023 (top-k); Y. Rahimi, C. Wang, H. Dong, Y. Lou, "A
 * scale-invariant approach for sparse signal recovery", SIAM J. Sci. Comput. 41(6), 2019 (l1/l2).
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function sparseRecovery(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  options: SparseRecoveryOptions,
): Promise<SparseRecoveryResult> {
  const {
    k,
    lambda,
    start,
    penalty = k === undefined ? 'l1l2' : 'topK',
    ...settings
  } = checkObject('options', options);
  const fit = leastSquares(A, b);
  if (fit.b.every((value) => value === 0)) throw new RangeError('b: expected a number that is not 0');
  const entries: ArrayLike<number> = 'values' in fit.matrix ? fit.matrix.values : fit.matrix.data;
  if (Array.prototype.every.call(entries, (value) => value === 0)) {
    throw new RangeError('A: expected an entry that is not 0');
  }
  const scale = checkNumber('lambda', lambda, { lower: 0, open: true });
  if (penalty !== 'topK' && penalty !== 'l1l2') {
    throw new RangeError(`penalty = ${show(penalty)}: expected one of 'topK', 'l1l2'`);
  }
  if (penalty === 'l1l2' && k !== undefined) {
    throw new RangeError(`k = ${show(k)}: expected none with penalty 'l1l2'`);
  }
  const denominator = penalty === 'topK' ? topK(checkInteger('k', k, 1), { scale }) : norm2({ scale });
  const result = await minimizeRatio({ numerator: [fit, l1Penalty(scale)], denominator, start }, settings);
  return { ...result, support: supportOf(result.x), residualNorm: norm(residual(fit.matrix, result.x, fit.b)) };
}

// Principal and independent components ------------------------------------------------------------------------------

/** The settings are those of {@link minimizeRatio}, but for `starts`: 5 unless p is 2 or Infinity, as they end at different points. */
export interface LpPcaOptions extends FractionalSettings {
  /** n x n, symmetric and positive definite, dense or sparse. Default: the identity. */
  Q?: MatrixLike | SparseMatrix | undefined;
  /** Which of the two ratios is minimised; both have the same best v. Default: true. */
  squared?: boolean | undefined;
  /** n numbers with G times them not 0. Default: from the longest row of G. */
  start?: ArrayLike<number> | undefined;
}

export interface LpPcaResult extends FractionalResult {
  /** n numbers with v^T Q v = 1. */
  v: Float64Array;
  /** ||G v||_p. */
  value: number;
}

/**
 * The direction v in which the rows of G are largest by the p-norm, p = 1, 2, 4 or Infinity:
 *
 *     maximise  ||G v||_p   subject to   v^T Q v = 1
 *
 * as the minimum over x of x^T Q x / ||G x||_p^2 or, if not `squared`, of (x^T Q x + 1) / ||G x||_p; v = x / sqrt(x^T Q x). G is
 * m x n, dense or sparse, taken as it is: subtract the means of the columns first if they should not count.
 *
 * ```ts
 * const { v, value } = await lpPca(G, 1);   // robust principal component
 * ```
 *
 * With p = Infinity the best v is Q^-1 g / sqrt(g^T Q^-1 g) for the row g with the largest g^T Q^-1 g. The solve begins there,
 * and so ends at the global optimum (`certificate: 'global'`), unless a `start` is given or a large Q makes that row too costly to
 * find (n^3 / 3 + m n^2 > 10^8 operations). With p = 2 this is an eigenvalue problem, for which eigenvalue solvers are faster.
 *
 * G. Yuan, "Coordinate descent methods for fractional minimization", ICML 2023, section 3.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function lpPca(G: MatrixLike | SparseMatrix, p: number, options: LpPcaOptions = {}): Promise<LpPcaResult> {
  const {
    Q,
    squared = true,
    start,
    starts = p === 1 || p === 4 ? 5 : 1,
    ...settings
  } = checkObject('options', options);
  const rows = toOperand('G', G);
  const metric = Q === undefined ? undefined : toSymmetric('Q', Q);
  if (metric && metric.rows !== rows.columns) {
    throw new RangeError(
      `Q: expected ${rows.columns} x ${rows.columns} as G has ${rows.columns} columns, got ${metric.rows}`,
    );
  }
  const constant = checkBoolean('squared', squared) ? 0 : 0.5;
  const begin = start === undefined ? longestRow(rows, p === Number.POSITIVE_INFINITY, metric) : undefined;
  // Numerator and denominator by halves, as `quadratic` has 1/2 in it.
  const ratio = {
    numerator: [metric ? quadratic(metric, { constant }) : squaredNorm({ weight: 0.5, constant })],
    denominator: lpNorm(rows, p, { squared, scale: 0.5 }),
    start: start ?? begin?.x,
  };
  const result = await naming({ 'numerator[0]': 'Q' }, minimizeRatio(ratio, { ...settings, starts }));
  const { x } = result;
  const length = Math.sqrt(dot(x, metric ? multiply(metric, x) : x));
  if (!(length > 0)) throw new RangeError('Q: expected a positive definite matrix');
  const v = x.map((value) => value / length);
  return {
    ...timesTwo(result),
    certificate: begin?.optimal ? 'global' : result.certificate,
    v,
    value: pNorm(multiply(rows, v), p),
  };
}

/** The settings are those of {@link minimizeRatio}, but for `starts`: 5, as they end at different points. */
export interface IndependentComponentOptions extends FractionalSettings {
  /** X has uncorrelated columns of mean 0 and equal variance already: it is taken as it is. Default: false. */
  whitened?: boolean | undefined;
  /** n numbers. Default: from the row that is farthest from the mean. */
  start?: ArrayLike<number> | undefined;
}

export interface IndependentComponentResult extends LpPcaResult {
  /** The component's value for each row: (X - means) v. */
  component: Float64Array;
  /** Excess kurtosis of `component`, 0 for a normal distribution: what was maximised. */
  kurtosis: number;
}

/**
 * The direction v in which the data are the least normal by their kurtosis, an independent component if there is one with
 * heavy tails: the p = 4 case of {@link lpPca},
 *
 *     maximise  ||G v||_4   subject to   ||G v||_2^2 = m
 *
 * with G = X less the means of its columns, so that no whitening is needed. `whitened` data are taken as G, with v^T v = 1 in
 * place of the second. X is m x n: a row for each observation, a column for each mixture; sparse only if `whitened`.
 *
 * ```ts
 * const { component, kurtosis } = await independentComponent(X);
 * ```
 *
 * @throws (rejects) as {@link lpPca}.
 */
export async function independentComponent(
  X: MatrixLike | SparseMatrix,
  options: IndependentComponentOptions = {},
): Promise<IndependentComponentResult> {
  const { whitened = false, start, starts = 5, ...settings } = checkObject('options', options);
  const given = toOperand('X', X);
  const withKurtosis = (result: LpPcaResult, G: Matrix | SparseMatrix): IndependentComponentResult => {
    const component = multiply(G, result.v);
    const [squares, fourths] = [2, 4].map((power) => component.reduce((sum, value) => sum + value ** power, 0)) as [
      number,
      number,
    ];
    return { ...result, component, kurtosis: (G.rows * fourths) / squares ** 2 - 3 };
  };
  if (checkBoolean('whitened', whitened))
    return withKurtosis(await lpPca(given, 4, { start, starts, ...settings }), given);
  if (!('data' in given)) {
    throw new TypeError(
      'X: expected a dense matrix, or whitened: true; less its means, a sparse one is no longer sparse',
    );
  }
  const G = centred(given, [meansOf(given)], () => 0);
  const m = G.rows;
  // m / 2 times v^T C v with the covariance C = G^T G / m, which need not be formed.
  const result = await minimizeRatio(
    {
      numerator: [leastSquares(G, new Float64Array(m))],
      denominator: lpNorm(G, 4, { squared: true, scale: m / 2 }),
      start: start ?? longestRow(G, false, undefined).x,
    },
    { ...settings, starts },
  );
  const deviation = norm(multiply(G, result.x)) / Math.sqrt(m);
  const v = result.x.map((value) => value / deviation);
  const scaled = { numerator: (2 / m) * result.numerator, denominator: (2 / m) * result.denominator };
  return withKurtosis({ ...result, ...scaled, v, value: pNorm(multiply(G, v), 4) }, G);
}

/**
 * The row g with the largest g^T Q^-1 g, as Q^-1 g: the best x for p = Infinity (`optimal`). Where that takes long, or is not
 * `exact`ly needed, the largest by the diagonal of Q.
 */
function longestRow(
  G: Matrix | SparseMatrix,
  exact: boolean,
  Q: Matrix | SparseMatrix | undefined,
): { x: Float64Array; optimal: boolean } {
  const { rows: m, columns: n } = G;
  const optimal = exact && (Q === undefined || n ** 3 / 3 + m * n ** 2 <= 1e8);
  const L = optimal && Q ? cholesky(Q) : undefined;
  const scale = Q && !L ? diagonalOf(Q) : new Float64Array(n).fill(1);
  const lengths = new Float64Array(m);
  if (L) {
    const dense = toDense(G);
    for (let i = 0; i < m; ++i) lengths[i] = squares(forward(L, rowOf(dense, i)));
  } else {
    eachEntry(G, (i, j, value) => {
      lengths[i] = (lengths[i] as number) + value ** 2 / (scale[j] as number);
    });
  }
  const longest = lengths.reduce((best, length, i) => (length > (lengths[best] as number) ? i : best), 0);
  if (lengths[longest] === 0) throw new RangeError('G: expected an entry that is not 0');
  const g = rowOf(G, longest);
  return { x: L ? backward(L, forward(L, g)) : g.map((value, j) => value / (scale[j] as number)), optimal };
}

// Total least squares -----------------------------------------------------------------------------------------------

export interface TotalLeastSquaresOptions extends FractionalSettings {
  /** Weight of ||x||_1, >= 0. Default: 0. */
  l1?: number | undefined;
  /** n numbers. Default: 0; with `l1` the solution of min ||A x - b||^2 + l1 ||x||_1. */
  start?: ArrayLike<number> | undefined;
}

export interface TotalLeastSquaresResult extends FractionalResult {
  /** ||A x - b|| / sqrt(||x||^2 + 1): the size ||[E e]||_F of the smallest change with (A + E) x = b + e. */
  distance: number;
}

/**
 * Solves A x = b where both A and b have errors (errors in variables), optionally with a sparse x:
 *
 *     minimise  (||A x - b||^2 + l1 ||x||_1) / (||x||^2 + 1)
 *
 * Without l1 the minimum is the square of the smallest singular value of [A b], and x is as close to a solution as changes of
 * equal size in all entries can tell. A is m x n, dense or sparse, b has m numbers.
 *
 * ```ts
 * const { x, distance } = await totalLeastSquares(A, b);
 * ```
 *
 * G. H. Golub, C. F. Van Loan, "An analysis of the total least squares problem", SIAM J. Numer. Anal. 17(6), 1980.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function totalLeastSquares(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  options: TotalLeastSquaresOptions = {},
): Promise<TotalLeastSquaresResult> {
  const { l1 = 0, start, ...settings } = checkObject('options', options);
  const fit = leastSquares(A, b);
  const weight = checkNumber('l1', l1, { lower: 0 });
  const solved = await (weight === 0
    ? smallestSingular(fit, start, settings)
    : sparseTotal(fit, weight, start, settings));
  return { ...solved, distance: norm(residual(fit.matrix, solved.x, fit.b)) / Math.hypot(norm(solved.x), 1) };
}

/**
 * With x = -z / zeta it is the minimum of ||[A b] (z, zeta)||^2 / ||(z, zeta)||^2, where nothing lies at infinity: coordinate steps
 * in x can be drawn there, along columns of A that are small.
 */
async function smallestSingular(
  { matrix, b }: LeastSquares,
  given: ArrayLike<number> | undefined,
  settings: FractionalSettings,
): Promise<FractionalResult> {
  const n = matrix.columns;
  const x0 =
    given === undefined
      ? new Float64Array(n)
      : checkVector('start', given, { length: n, per: 'one for each column of A' });
  const result = await minimizeRatio(
    {
      numerator: [leastSquares(appendColumn(matrix, b), new Float64Array(matrix.rows))],
      denominator: squaredNorm({ weight: 0.5 }),
      start: Float64Array.from({ length: n + 1 }, (_, i) => x0[i] ?? -1),
    },
    settings,
  );
  const zeta = result.x[n] as number;
  const x = result.x.subarray(0, n).map((z) => -z / zeta);
  const denominator = squares(x) + 1;
  if (Math.abs(zeta) > 1e-12 * norm(result.x)) {
    return { ...result, x, numerator: result.objective * denominator, denominator };
  }
  const message =
    'There is no smallest change of A and b that makes A x = b solvable: the smaller the change, the longer x.';
  return { ...result, x, numerator: result.objective * denominator, denominator, status: 'unbounded', message };
}

async function sparseTotal(
  fit: LeastSquares,
  weight: number,
  start: ArrayLike<number> | undefined,
  settings: FractionalSettings,
): Promise<FractionalResult> {
  const denominator = squaredNorm({ weight: 0.5, constant: 0.5 });
  return timesTwo(await minimizeRatio({ numerator: [fit, l1Penalty(weight / 2)], denominator, start }, settings));
}

// Generalised eigenvectors ------------------------------------------------------------------------------------------

/** The settings are those of {@link minimizeRatio}, but for `starts`: 5, as they end at different points. */
export interface SparseGeneralizedEigenOptions extends FractionalSettings {
  /** Weight of ||x||_1^2, >= 0; 0 gives the eigenvector itself. */
  lambda: number;
  /** n numbers with x^T B x > 0. Default: by the diagonal of W and the largest column of B. */
  start?: ArrayLike<number> | undefined;
}

export interface SparseGeneralizedEigenResult extends FractionalResult {
  /** x^T W x / x^T B x. */
  eigenvalue: number;
  /** Indices of the entries of x that are not 0, in order. */
  support: Int32Array;
}

/**
 * A sparse x for the smallest generalised eigenvalue of W and B, both n x n, symmetric, positive semidefinite, dense or sparse:
 *
 *     minimise  (x^T W x + lambda ||x||_1^2) / (x^T B x)
 *
 * The ratio does not depend on the length of x, which is given with x^T B x = 1. The penalty is the square of the 1-norm for that
 * reason: the norm itself would vanish against the rest for long x. For the largest eigenvalue of B x = mu W x take 1 / eigenvalue:
 * with W the identity and B a covariance matrix, that is sparse principal component analysis.
 *
 * ```ts
 * const { x, eigenvalue, support } = await sparseGeneralizedEigen(W, B, { lambda: 0.1 });
 * ```
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function sparseGeneralizedEigen(
  W: MatrixLike | SparseMatrix,
  B: MatrixLike | SparseMatrix,
  options: SparseGeneralizedEigenOptions,
): Promise<SparseGeneralizedEigenResult> {
  const { lambda, start, starts = 5, ...settings } = checkObject('options', options);
  const [w, b] = [toSymmetric('W', W), toSymmetric('B', B)];
  if (w.rows !== b.rows) {
    throw new RangeError(`B: expected ${w.rows} x ${w.rows} as W is, got ${b.rows} x ${b.rows}`);
  }
  const weight = checkNumber('lambda', lambda, { lower: 0 });
  const ratio = {
    numerator: [quadratic(w), l1Squared(weight / 2)],
    denominator: quadratic(b),
    start: start ?? eigenStart(w, b, weight),
  };
  const result = await naming({ 'numerator[0]': 'W', denominator: 'B' }, minimizeRatio(ratio, { ...settings, starts }));
  const { x } = result;
  const length = Math.sqrt(dot(x, multiply(b, x)));
  const scaled = rescaled(timesTwo(result), length);
  return { ...scaled, eigenvalue: dot(scaled.x, multiply(w, scaled.x)), support: supportOf(x) };
}

/** D^-1 B e_i, with D the diagonal of the numerator and i the best single coordinate: the first step of the power method. */
function eigenStart(W: Matrix | SparseMatrix, B: Matrix | SparseMatrix, lambda: number): Float64Array {
  const [above, below] = [diagonalOf(W).map((value) => value + lambda || 1), diagonalOf(B)];
  const gain = (i: number) => (below[i] as number) / (above[i] as number);
  const best = below.reduce((found, _, i) => (gain(i) > gain(found) ? i : found), 0);
  if (!(gain(best) > 0)) throw new RangeError('B: expected an entry > 0 on the diagonal');
  const unit = new Float64Array(B.rows);
  unit[best] = 1;
  return multiply(B, unit).map((value, i) => value / (above[i] as number));
}

// Discriminants -----------------------------------------------------------------------------------------------------

export interface FisherDiscriminantOptions extends FractionalSettings {
  /** Weight of ||w||_1^2 against the variance within the classes, >= 0. Default: 0, which needs at least n + 2 rows. */
  lambda?: number | undefined;
  /** n numbers not orthogonal to the difference of the means. Default: that difference, each over the column's variance. */
  start?: ArrayLike<number> | undefined;
}

export interface FisherDiscriminantResult extends FractionalResult {
  /** n numbers of length 1. Rows with row . direction > threshold belong to the second class. The same as `x`. */
  direction: Float64Array;
  /** Halfway between the projected means. */
  threshold: number;
  /** The two labels, in order. */
  classes: [Label, Label];
  /** The mean row of each class, n numbers each. */
  means: [Float64Array, Float64Array];
  /** w^T S w for the pooled covariance S within the classes, and w = direction. */
  withinScatter: number;
  /** (w^T (mean_2 - mean_1))^2. */
  betweenScatter: number;
  /** Indices of the entries of `direction` that are not 0, in order. */
  support: Int32Array;
}

/**
 * Fisher's linear discriminant of two classes, optionally a sparse one:
 *
 *     minimise  (w^T S w + lambda ||w||_1^2) / (w^T (mean_2 - mean_1))^2
 *
 * with S the pooled covariance within the classes (divided by m - 2), which is not formed. X is m x n: a row for each
 * observation. `labels` are m numbers, strings or booleans with two distinct values; the larger is the second class.
 *
 * ```ts
 * const { direction, threshold, classes } = await fisherDiscriminant(X, labels, { lambda: 0.02 });
 * const predicted = dot(row, direction) > threshold ? classes[1] : classes[0];
 * ```
 *
 * The square root of the numerator is a norm of w, so the ratio is that of a convex and a linear function, and the minimum is
 * global, with lambda too.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function fisherDiscriminant(
  X: MatrixLike,
  labels: ArrayLike<number> | readonly string[] | readonly boolean[],
  options: FisherDiscriminantOptions = {},
): Promise<FisherDiscriminantResult> {
  const { lambda = 0, start, ...settings } = checkObject('options', options);
  const data = toOperand('X', X);
  if (!('data' in data))
    throw new TypeError('X: expected a dense matrix; less its means, a sparse one is no longer sparse');
  const { rows: m, columns: n } = data;
  const weight = checkNumber('lambda', lambda, { lower: 0 });
  const of = Array.from(checkedValues(labels, m, { name: 'labels', of: 'X' }));
  const classes = distinct(of);
  if (classes.length !== 2) throw new RangeError(`labels: expected two classes, got ${classes.length}`);
  if (m < 3) throw new RangeError(`X: expected at least 3 rows, got ${m}`);
  if (weight === 0 && m - 2 < n) {
    throw new RangeError(
      `lambda = 0: expected a number > 0, as X has fewer rows less 2 (${m - 2}) than columns (${n})`,
    );
  }
  const classOf = of.map((label) => Number(label === classes[1]));
  const means = [0, 1].map((each) => meansOf(data, (i) => classOf[i] === each)) as [Float64Array, Float64Array];
  const difference = means[1].map((value, j) => value - (means[0][j] as number));
  if (difference.every((value) => value === 0)) throw new RangeError('X: expected classes with different means');
  const within = centred(data, means, (i) => classOf[i] as number, 1 / Math.sqrt(m - 2));

  const variances = new Float64Array(n);
  eachEntry(within, (_, j, value) => {
    variances[j] = (variances[j] as number) + value ** 2;
  });
  // By halves, as `leastSquares` has 1/2 in it.
  const result = await minimizeRatio(
    {
      numerator: [leastSquares(within, new Float64Array(m)), l1Squared(weight / 2)],
      denominator: linearSquared(difference.map((value) => value * Math.SQRT1_2)),
      start: start ?? difference.map((value, j) => value / ((variances[j] as number) + weight || 1)),
    },
    settings,
  );
  const scaled = rescaled(timesTwo(result), norm(result.x));
  const direction = scaled.x;
  return {
    ...scaled,
    direction,
    threshold: (dot(direction, means[0]) + dot(direction, means[1])) / 2,
    classes: classes as [Label, Label],
    means,
    withinScatter: squares(multiply(within, direction)),
    betweenScatter: dot(direction, difference) ** 2,
    support: supportOf(direction),
  };
}

// Energy efficiency -------------------------------------------------------------------------------------------------

export interface EnergyEfficiencyOptions extends FractionalSettings {
  /** Power that is used whatever is sent, > 0, in the unit of the result. */
  circuitPower: number;
  /** Most power of each channel, > 0, one number for all or n of them. Default: Infinity. */
  maxPower?: number | ArrayLike<number> | undefined;
  /** n powers, not all 0. Default: `maxPower`, or enough to be heard. */
  start?: ArrayLike<number> | undefined;
}

export interface EnergyEfficiencyResult extends FractionalResult {
  /** Power of each channel, n numbers. The same as `x`. */
  power: Float64Array;
  /** circuitPower + the sum of `power`. */
  totalPower: number;
  /** sum_i log(1 + gains_i power_i), in nats per channel use; divide by ln 2 for bits. */
  rate: number;
  /** rate / totalPower: what is maximised. */
  efficiency: number;
}

/**
 * The powers that send the most for their energy over n parallel channels:
 *
 *     maximise  sum_i log(1 + gains_i p_i) / (circuitPower + sum_i p_i)   subject to   0 <= p_i <= maxPower_i
 *
 * with n gains >= 0, each the channel's gain over its noise, per unit of power. The denominator of its inverse, which is minimised, is
 * concave, so the optimum is global.
 *
 * ```ts
 * const { power, efficiency } = await energyEfficiency(gains, { circuitPower: 1, maxPower: 2 });
 * ```
 *
 * A. Zappone, E. Jorswieck, "Energy efficiency in wireless networks via fractional programming theory", Foundations and Trends in
 * Communications and Information Theory 11, 2015.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function energyEfficiency(
  gains: ArrayLike<number>,
  options: EnergyEfficiencyOptions,
): Promise<EnergyEfficiencyResult> {
  const { circuitPower, maxPower = Number.POSITIVE_INFINITY, start, ...settings } = checkObject('options', options);
  const h = checkVector('gains', gains, { lower: 0 });
  if (h.every((gain) => gain === 0)) throw new RangeError('gains: expected a number that is not 0');
  const fixed = checkNumber('circuitPower', circuitPower, { lower: 0, open: true });
  const most = checkNumbers('maxPower', maxPower, { lower: 0, infinite: true });
  if (typeof most !== 'number' && most.length !== h.length) {
    throw new RangeError(`maxPower: expected ${h.length} numbers, one for each gain, got ${most.length}`);
  }
  h.forEach((_, i) => {
    const place = typeof most === 'number' ? '' : `[${i}]`;
    if (!(at(most, i) > 0)) throw new RangeError(`maxPower${place} = ${at(most, i)}: expected a number > 0`);
  });
  const result = await minimizeRatio(
    {
      numerator: [affine(new Float64Array(h.length).fill(1), fixed), box(0, most)],
      denominator: sumLog(h),
      // A power of 1 / gain is one nat per channel or so; channels without gain only cost.
      start: start ?? h.map((gain, i) => (gain === 0 ? 0 : Math.min(at(most, i), 1 / gain))),
    },
    settings,
  );
  const { x: power, numerator: totalPower, denominator: rate } = result;
  return { ...result, power, totalPower, rate, efficiency: rate / totalPower };
}

// What they share -----------------------------------------------------------------------------------------------------

/** The ratio was of two halves. */
function timesTwo(result: FractionalResult): FractionalResult {
  return { ...result, numerator: 2 * result.numerator, denominator: 2 * result.denominator };
}

/** The same ratio of two quadratics at x / length. */
function rescaled(result: FractionalResult, length: number): FractionalResult {
  const { x, numerator, denominator } = result;
  return {
    ...result,
    x: x.map((value) => value / length),
    numerator: numerator / length ** 2,
    denominator: denominator / length ** 2,
  };
}
