// Principal components by p-norms.
import { dot, multiply, pNorm } from '../../core/algebra.js';
import { rangeError } from '../../core/argumentError.js';
import { checkBoolean, checkMembers } from '../../core/check.js';
import type { MatrixLike, SparseMatrix } from '../../core/matrix.js';
import { toOperand, toSymmetric } from '../../core/operand.js';
import { checkOptions } from '../../core/settingNames.js';
import { longestRow } from '../longestRow.js';
import { timesTwo } from '../scale.js';
import { type FractionalResult, type FractionalSettings, minimizeRatio, naming } from '../solver.js';
import { lpNorm, quadratic, sumSquares } from '../terms.js';

export interface LpPcaData {
  /** m x n, dense or sparse, taken as it is: subtract the means of the columns first if they should not count. */
  G: MatrixLike | SparseMatrix;
  /** The norm: 1, 2, 4 or Infinity. */
  p: number;
}

/** The settings are those of {@link minimizeRatio}, but for `restarts`: 4 unless p is 2 or Infinity, as they end at different points. */
export interface LpPcaOptions extends FractionalSettings {
  /** n x n, symmetric and positive definite, dense or sparse. Default: the identity. */
  Q?: MatrixLike | SparseMatrix | undefined;
  /** Which of the two ratios is minimised; both have the same best v. Default: true. */
  squared?: boolean | undefined;
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
 * as the minimum over x of x^T Q x / ||G x||_p^2 or, if not `squared`, of (x^T Q x + 1) / ||G x||_p; v = x / sqrt(x^T Q x).
 *
 * ```ts
 * const { v, value } = await lpPca({ G, p: 1 });   // robust principal component
 * ```
 *
 * With p = Infinity the best v is Q^-1 g / sqrt(g^T Q^-1 g) for the row g with the largest g^T Q^-1 g. The solve begins there,
 * and so ends at the global optimum (`certificate.kind` is `'global'`), unless a `warmStart` is given or a large Q makes that row too costly to
 * find (n^3 / 3 + m n^2 > 10^8 operations). With p = 2 this is an eigenvalue problem, for which eigenvalue solvers are faster.
 *
 * G. Yuan, "Coordinate descent methods for fractional minimization", ICML 2023, section 3.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function lpPca(data: LpPcaData, options: LpPcaOptions = {}): Promise<LpPcaResult> {
  const { G, p } = checkMembers('data', data, ['G', 'p']);
  const {
    Q,
    squared = true,
    restarts = p === 1 || p === 4 ? 4 : 0,
    ...settings
  } = checkOptions('fractional', options, ['Q', 'squared']);
  const rows = toOperand('G', G);
  const metric = Q === undefined ? undefined : toSymmetric('Q', Q);
  if (metric && metric.rows !== rows.columns) {
    throw rangeError(
      `Q: expected ${rows.columns} x ${rows.columns} as G has ${rows.columns} columns, got ${metric.rows}`,
    );
  }
  const constant = checkBoolean('squared', squared) ? 0 : 0.5;
  const begin =
    settings.warmStart === undefined ? await longestRow(rows, p === Number.POSITIVE_INFINITY, metric) : undefined;
  // Numerator and denominator by halves, as `quadratic` has 1/2 in it.
  const ratio = {
    numerator: [metric ? quadratic(metric, { constant }) : sumSquares({ weight: 0.5, constant })],
    denominator: lpNorm(rows, p, { squared, scale: 0.5 }),
    start: begin?.x,
  };
  const result = await naming({ 'numerator[0]': 'Q' }, minimizeRatio(ratio, { ...settings, restarts }));
  const { x } = result;
  const length = Math.sqrt(dot(x, metric ? multiply(metric, x) : x));
  if (!(length > 0)) throw rangeError('Q: expected a positive definite matrix');
  const v = x.map((value) => value / length);
  return {
    ...timesTwo(result),
    certificate: begin?.optimal && result.status === 'solved' ? { kind: 'global' } : result.certificate,
    v,
    value: pNorm(multiply(rows, v), p),
  };
}
