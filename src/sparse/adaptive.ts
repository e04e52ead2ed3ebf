// Penalty factors from an earlier fit: the adaptive lasso.
import { rangeError } from '../core/argumentError.js';
import { checkMembers, checkNumber, checkObject, checkVector } from '../core/check.js';
import { standardDeviations } from '../core/entries.js';
import type { MatrixLike, SparseMatrix } from '../core/matrix.js';
import { toOperand } from '../core/operand.js';

export interface AdaptiveOptions {
  /** The power of the coefficients, above 0. Default: 1. */
  nu?: number | undefined;
  /**
   * The matrix that the model was fitted to: coefficients then count times the standard deviations of their columns, so that the units of
   * these do not matter. Default: they count as they are.
   */
  x?: MatrixLike | SparseMatrix | undefined;
}

/**
 * Penalty factors 1 / |b_j|^nu for a second fit, from the coefficients of a first one such as ridge regression or the lasso: columns that
 * had large coefficients are penalised less, those that had none are left out.
 *
 * ```ts
 * const ridge = (await crossValidate({ x, y }, { penalty: elasticNet(0) })).best('min');
 * const cv = await crossValidate({ x, y, penaltyFactor: adaptiveFactors(ridge, { x }) });
 * ```
 *
 * H. Zou, "The adaptive lasso and its oracle properties", JASA 101, 2006.
 *
 * @returns p numbers, Infinity for coefficients that are 0.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function adaptiveFactors(
  fit: { coefficients: ArrayLike<number>; responses?: number },
  options: AdaptiveOptions = {},
): Float64Array {
  const { coefficients, responses = 1 } = checkObject('fit', fit);
  if (responses > 1) {
    throw rangeError(
      `fit.responses = ${responses}: expected a model of one response, which has a coefficient a column`,
    );
  }
  const sizes = checkVector('fit.coefficients', coefficients);
  const { nu = 1, x } = checkMembers('options', options, ['nu', 'x'], 'option');
  checkNumber('nu', nu, { lower: 0, open: true });
  const scales = x === undefined ? undefined : standardDeviations(toOperand('x', x));
  if (scales && scales.length !== sizes.length) {
    throw rangeError(`x: expected ${sizes.length} columns, as many as fit has coefficients, got ${scales.length}`);
  }
  return sizes.map((b, j) => Math.abs(b * (scales ? (scales[j] as number) : 1)) ** -nu);
}
