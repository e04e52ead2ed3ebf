// Linear equations with errors on both sides.
import { appendColumn, norm, residual, squares } from '../../core/algebra.js';
import { checkMembers, checkNumber } from '../../core/check.js';
import type { MatrixLike, SparseMatrix } from '../../core/matrix.js';
import { checkOptions } from '../../core/settingNames.js';
import { warmStartPoint } from '../../core/warmStart.js';
import { timesTwo } from '../scale.js';
import { type FractionalResult, type FractionalSettings, minimizeRatio } from '../solver.js';
import { type LeastSquares, l1 as l1Penalty, leastSquares, sumSquares } from '../terms.js';

export interface TotalLeastSquaresData {
  /** m x n, dense or sparse. */
  A: MatrixLike | SparseMatrix;
  /** m numbers. */
  b: ArrayLike<number>;
}

export interface TotalLeastSquaresOptions extends FractionalSettings {
  /** Weight of ||x||_1, >= 0. Default: 0. */
  lambda?: number | undefined;
}

export interface TotalLeastSquaresResult extends FractionalResult {
  /** ||A x - b|| / sqrt(||x||^2 + 1): the size ||[E e]||_F of the smallest change with (A + E) x = b + e. */
  distance: number;
}

/**
 * Solves A x = b where both A and b have errors (errors in variables), optionally with a sparse x:
 *
 *     minimise  (||A x - b||^2 + lambda ||x||_1) / (||x||^2 + 1)
 *
 * Without lambda the minimum is the square of the smallest singular value of [A b], and x is as close to a solution as changes of
 * equal size in all entries can tell.
 *
 * ```ts
 * const { x, distance } = await totalLeastSquares({ A, b });
 * ```
 *
 * G. H. Golub, C. F. Van Loan, "An analysis of the total least squares problem", SIAM J. Numer. Anal. 17(6), 1980.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function totalLeastSquares(
  data: TotalLeastSquaresData,
  options: TotalLeastSquaresOptions = {},
): Promise<TotalLeastSquaresResult> {
  const { lambda = 0, ...settings } = checkOptions('fractional', options, ['lambda']);
  const { A, b } = checkMembers('data', data, ['A', 'b']);
  const fit = leastSquares(A, b);
  const weight = checkNumber('lambda', lambda, { lower: 0 });
  const solved = await (weight === 0 ? smallestSingular(fit, settings) : sparseTotal(fit, weight, settings));
  return { ...solved, distance: norm(residual(fit.matrix, solved.x, fit.b)) / Math.hypot(norm(solved.x), 1) };
}

/**
 * Minimises, with x = -z / zeta, ||[A b] (z, zeta)||^2 / ||(z, zeta)||^2, where nothing lies at infinity: coordinate steps
 * in x can be drawn there, along columns of A that are small.
 */
async function smallestSingular(
  { matrix, b }: LeastSquares,
  { warmStart, ...settings }: FractionalSettings,
): Promise<FractionalResult> {
  const n = matrix.columns;
  const x0 = warmStartPoint(warmStart, { length: n, per: 'one for each column of A' }) ?? new Float64Array(n);
  const result = await minimizeRatio(
    {
      numerator: [leastSquares(appendColumn(matrix, b), new Float64Array(matrix.rows))],
      denominator: sumSquares({ weight: 0.5 }),
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
  const end = { status: 'unbounded', message, certificate: { kind: 'none' } } as const;
  return { ...result, x, numerator: result.objective * denominator, denominator, ...end };
}

async function sparseTotal(fit: LeastSquares, weight: number, settings: FractionalSettings): Promise<FractionalResult> {
  const denominator = sumSquares({ weight: 0.5, constant: 0.5 });
  return timesTwo(await minimizeRatio({ numerator: [fit, l1Penalty(weight / 2)], denominator }, settings));
}
