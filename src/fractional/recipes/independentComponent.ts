// An independent component, by its kurtosis.
import { centred, meansOf, multiply, norm, pNorm } from '../../core/algebra.js';
import { typeError } from '../../core/argumentError.js';
import { checkBoolean, checkMembers } from '../../core/check.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../../core/matrix.js';
import { toOperand } from '../../core/operand.js';
import { checkOptions } from '../../core/settingNames.js';
import { longestRow } from '../longestRow.js';
import { type FractionalSettings, minimizeRatio } from '../solver.js';
import { leastSquares, lpNorm } from '../terms.js';
import { type LpPcaResult, lpPca } from './lpPca.js';

export interface IndependentComponentData {
  /** m x n: a row for each observation, a column for each mixture; sparse only if `whitened`. */
  x: MatrixLike | SparseMatrix;
}

/** The settings are those of {@link minimizeRatio}, but for `restarts`: 4, as they end at different points. */
export interface IndependentComponentOptions extends FractionalSettings {
  /** x has uncorrelated columns of mean 0 and equal variance already: it is taken as it is. Default: false. */
  whitened?: boolean | undefined;
}

export interface IndependentComponentResult extends LpPcaResult {
  /** The component's value for each row: (x - means) v. */
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
 * with G = x less the means of its columns, so that no whitening is needed. `whitened` data are taken as G, with v^T v = 1 in
 * place of the second.
 *
 * ```ts
 * const { component, kurtosis } = await independentComponent({ x });
 * ```
 *
 * @throws (rejects) as {@link lpPca}.
 */
export async function independentComponent(
  data: IndependentComponentData,
  options: IndependentComponentOptions = {},
): Promise<IndependentComponentResult> {
  const { whitened = false, restarts = 4, ...settings } = checkOptions('fractional', options, ['whitened']);
  const { x } = checkMembers('data', data, ['x']);
  const given = toOperand('x', x);
  const withKurtosis = (result: LpPcaResult, G: Matrix | SparseMatrix): IndependentComponentResult => {
    const component = multiply(G, result.v);
    const [squares, fourths] = [2, 4].map((power) => component.reduce((sum, value) => sum + value ** power, 0)) as [
      number,
      number,
    ];
    return { ...result, component, kurtosis: (G.rows * fourths) / squares ** 2 - 3 };
  };
  if (checkBoolean('whitened', whitened))
    return withKurtosis(await lpPca({ G: given, p: 4 }, { restarts, ...settings }), given);
  if (!('data' in given)) {
    throw typeError('x: expected a dense matrix, or whitened: true; less its means, a sparse one is no longer sparse');
  }
  const G = centred(given, [meansOf(given)], () => 0);
  const m = G.rows;
  // m / 2 times v^T C v with the covariance C = G^T G / m, which need not be formed.
  const result = await minimizeRatio(
    {
      numerator: [leastSquares(G, new Float64Array(m))],
      denominator: lpNorm(G, 4, { squared: true, scale: m / 2 }),
      start: (await longestRow(G, false, undefined)).x,
    },
    { ...settings, restarts },
  );
  const deviation = norm(multiply(G, result.x)) / Math.sqrt(m);
  const v = result.x.map((value) => value / deviation);
  const scaled = { numerator: (2 / m) * result.numerator, denominator: (2 / m) * result.denominator };
  return withKurtosis({ ...result, ...scaled, v, value: pNorm(multiply(G, v), 4) }, G);
}
