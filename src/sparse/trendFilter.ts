// Trends of a signal in pieces of polynomials.
import { checkMembers, checkVector, isList } from '../core/check.js';
import { type Certificate, type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { TrendFilterOptions } from '../generated/trendFilter.js';
import { boundOf, checkLambdaSettings, fallingLambdas, type OneOrMoreLambdas } from './lambdas.js';

export interface TrendFilterData {
  /** n numbers in order, evenly apart. */
  y: ArrayLike<number>;
  /** n weights > 0 of the squares. Default: 1 each. */
  sampleWeight?: ArrayLike<number> | undefined;
}

export interface TrendFilterSettings extends TrendFilterOptions, OneOrMoreLambdas, SolveOptions {
  /**
   * An earlier result: it is checked, and nothing begins there, as neither method would gain from it. Change it when a program gives
   * one to every solve.
   */
  warmStart?: object | undefined;
}

/** The trend of one lambda. */
export interface Trend {
  lambda: number;
  /** n numbers. */
  fitted: Float64Array;
  /** Places behind which a new piece begins, in order. */
  knots: Int32Array;
  objective: number;
  /** No trend has a smaller objective. */
  lowerBound: number;
  /** Objective less the lower bound, over the objective of the trend of one piece. */
  gap: number;
  /** The certificate of the trend. */
  certificate: Certificate;
}

export interface TrendFilterResult
  extends SolveResult,
    Omit<Partial<Trend>, 'certificate'>,
    Pick<Trend, 'certificate'> {
  /** A trend for each lambda that was reached, from the largest on; the members of the last are also those of the result. */
  trends: Trend[];
  /** The least lambda at which the trend has one piece. */
  lambdaMax: number;
}

/**
 * Finds the trend of a signal in pieces that are constant (`degree` 0: fused lasso, total variation), linear (1) or quadratic (2):
 *
 *     minimise  sum_i w_i (y_i - u_i)^2 / 2  +  lambda ||D u||_1,   D the differences of order `degree` + 1
 *
 * ```ts
 * const { fitted, knots, gap } = await trendFilter(y, { degree: 1, lambda: 50 });
 * ```
 *
 * Order 0 is exact, in time of the length of y; the others are minimised until the duality gap is at most `tolerance`.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError} `OUT_OF_MEMORY`,
 * `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function trendFilter(
  data: ArrayLike<number> | TrendFilterData,
  settings: TrendFilterSettings,
): Promise<TrendFilterResult> {
  const given = isList(data) ? { y: data as ArrayLike<number> } : checkMembers('data', data, ['y', 'sampleWeight']);
  const { lambda, lambdas, warmStart, ...others } = checkLambdaSettings('trendFilter', settings);
  if (warmStart !== undefined) checkWarmStart(warmStart);
  const y = checkVector('y', given.y);
  const weights = (given as TrendFilterData).sampleWeight;
  const asked = fallingLambdas({ lambda, lambdas }, false);
  const request = {
    y,
    ...(weights !== undefined && {
      sampleWeight: checkVector('sampleWeight', weights, {
        length: y.length,
        per: 'one for each number of y',
        lower: 0,
      }),
    }),
    lambdas: asked,
  };
  const answer = await solve('trendFilter', request, others, { cpuOnly: 'trend filtering' });
  const { fitted, knotOffsets, knots, objectives, certificate, lowerBound, ...rest } = answer;
  const trends = Array.from(
    objectives,
    (objective, k): Trend => ({
      lambda: asked[k] as number,
      fitted: fitted.slice(k * y.length, (k + 1) * y.length),
      knots: knots.slice(knotOffsets[k], knotOffsets[k + 1]),
      objective,
      ...boundOf(certificate[k] as Certificate),
    }),
  );
  return { ...rest, trends, certificate: { kind: 'none' }, ...trends.at(-1) };
}
