// Fisher's linear discriminant of two classes.
import { centred, dot, eachEntry, meansOf, multiply, norm, squares, supportOf } from '../../core/algebra.js';
import { rangeError, typeError } from '../../core/argumentError.js';
import { checkMembers, checkNumber } from '../../core/check.js';
import type { MatrixLike } from '../../core/matrix.js';
import { toOperand } from '../../core/operand.js';
import { checkOptions } from '../../core/settingNames.js';
import { checkedValues, distinct, type Label } from '../../core/targets.js';
import { rescaled, timesTwo } from '../scale.js';
import { type FractionalResult, type FractionalSettings, minimizeRatio } from '../solver.js';
import { affineSquared, l1Squared, leastSquares } from '../terms.js';

export interface FisherDiscriminantData {
  /** m x n, dense: a row for each observation. */
  x: MatrixLike;
  /** m numbers, strings or booleans with two distinct values; the larger is the second class. */
  y: ArrayLike<number> | readonly string[] | readonly boolean[];
}

export interface FisherDiscriminantOptions extends FractionalSettings {
  /** Weight of ||w||_1^2 against the variance within the classes, >= 0. Default: 0, which needs at least n + 2 rows. */
  lambda?: number | undefined;
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
 * with S the pooled covariance within the classes (divided by m - 2), which is not formed.
 *
 * ```ts
 * const { direction, threshold, classes } = await fisherDiscriminant({ x, y }, { lambda: 0.02 });
 * const predicted = dot(row, direction) > threshold ? classes[1] : classes[0];
 * ```
 *
 * The square root of the numerator is a norm of w, so the ratio is that of a convex and a linear function, and the minimum is
 * global, with lambda too.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function fisherDiscriminant(
  data: FisherDiscriminantData,
  options: FisherDiscriminantOptions = {},
): Promise<FisherDiscriminantResult> {
  const { lambda = 0, ...settings } = checkOptions('fractional', options, ['lambda']);
  const { x, y } = checkMembers('data', data, ['x', 'y']);
  const given = toOperand('x', x);
  if (!('data' in given))
    throw typeError('x: expected a dense matrix; less its means, a sparse one is no longer sparse');
  const { rows: m, columns: n } = given;
  const weight = checkNumber('lambda', lambda, { lower: 0 });
  const { classes, classOf } = twoClasses(y, m);
  checkRows(m, n, weight);
  const means = [0, 1].map((each) => meansOf(given, (i) => classOf[i] === each)) as [Float64Array, Float64Array];
  const difference = means[1].map((value, j) => value - (means[0][j] as number));
  if (difference.every((value) => value === 0)) throw rangeError('x: expected classes with different means');
  const within = centred(given, means, (i) => classOf[i] as number, 1 / Math.sqrt(m - 2));
  const variances = squaresOfColumns(within, n);
  // By halves, as `leastSquares` has 1/2 in it.
  const result = await minimizeRatio(
    {
      numerator: [leastSquares(within, new Float64Array(m)), l1Squared(weight / 2)],
      denominator: affineSquared(difference.map((value) => value * Math.SQRT1_2)),
      start: difference.map((value, j) => value / ((variances[j] as number) + weight || 1)),
    },
    settings,
  );
  const scaled = rescaled(timesTwo(result), norm(result.x));
  const direction = scaled.x;
  return {
    ...scaled,
    direction,
    threshold: (dot(direction, means[0]) + dot(direction, means[1])) / 2,
    classes,
    means,
    withinScatter: squares(multiply(within, direction)),
    betweenScatter: dot(direction, difference) ** 2,
    support: supportOf(direction),
  };
}

/** The two labels, in order, and for each of m rows which of them it has. */
function twoClasses(y: FisherDiscriminantData['y'], m: number) {
  const of = Array.from(checkedValues(y, m));
  const classes = distinct(of);
  if (classes.length !== 2) throw rangeError(`y: expected two classes, got ${classes.length}`);
  return { classes: classes as [Label, Label], classOf: of.map((label) => Number(label === classes[1])) };
}

/** Squared length of each of n columns. */
function squaresOfColumns(matrix: Parameters<typeof eachEntry>[0], n: number): Float64Array {
  const sums = new Float64Array(n);
  eachEntry(matrix, (_, j, value) => {
    sums[j] = (sums[j] as number) + value ** 2;
  });
  return sums;
}

/** Returns true if m rows of n numbers are enough for a covariance within two classes. */
function checkRows(m: number, n: number, lambda: number): void {
  if (m < 3) throw rangeError(`x: expected at least 3 rows, got ${m}`);
  if (lambda === 0 && m - 2 < n) {
    throw rangeError(`lambda = 0: expected a number > 0, as x has fewer rows less 2 (${m - 2}) than columns (${n})`);
  }
}
