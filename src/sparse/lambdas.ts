// The lambda or lambdas of functions that are no regressions.
import { settingNames } from '../core/addon.js';
import { rangeError } from '../core/argumentError.js';
import { checkNumber, checkVector, show } from '../core/check.js';
import { callOptions, checkSettings } from '../core/settingNames.js';
import type { Certificate } from '../core/solve.js';

export interface OneOrMoreLambdas {
  /** Weight of the penalty. One of `lambda` and `lambdas` is to be there. */
  lambda?: number | undefined;
  /** Several, in any order, which are solved from the largest on. */
  lambdas?: ArrayLike<number> | undefined;
}

/** A certificate with the bound and the gap that stand beside it. */
export function boundOf(certificate: Certificate): { lowerBound: number; gap: number; certificate: Certificate } {
  const { lowerBound = Number.NaN, gap = Number.NaN } = certificate;
  return { lowerBound, gap, certificate };
}

/** Settings of a solver with its lambdas, whose names must be known. */
export function checkLambdaSettings<T extends object>(solver: string, settings: T): T {
  return checkSettings(settings, [...settingNames(solver), 'lambda', 'lambdas', ...callOptions]);
}

/** The lambdas that are asked for, falling, each once. */
export function fallingLambdas({ lambda, lambdas }: OneOrMoreLambdas, open: boolean): Float64Array {
  if (lambdas === undefined) return Float64Array.of(checkNumber('lambda', lambda, { lower: 0, open }));
  if (lambda !== undefined) throw rangeError(`lambda = ${show(lambda)}: expected none beside lambdas`);
  const given = checkVector('lambdas', lambdas, { lower: 0 });
  const zero = given.findIndex((each) => open && each === 0);
  if (zero >= 0) throw rangeError(`lambdas[${zero}] = 0: expected a number > 0`);
  return Float64Array.from(new Set(given)).sort((a, b) => b - a);
}
