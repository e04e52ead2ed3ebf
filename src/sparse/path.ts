// Models along lambdas, and which of them criteria choose.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkNumber, checkOneOf, isPromise } from '../core/check.js';
import { inspectedAs } from '../core/inspected.js';
import type { SparseMatrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import type { Certificate, SolveResult } from '../core/solve.js';
import { pathText } from './inspect.js';
import { type Fitted, fitOf, modelOf, type SparseFit, type SparseModel, withFunctions } from './model.js';
import {
  checkModelSettings,
  inMemory,
  type LambdaSettings,
  type NativeSettings,
  type Origin,
  owned,
  type Prepared,
  prepare,
  type SparseAnswer,
  type SparseData,
  type SparseModelSettings,
  type SparseProgress,
  solvePrepared,
} from './problem.js';
import { blended, checkRelax, type Relax, relaxed } from './relaxed.js';
import { type Request, requestOfPath } from './request.js';

export interface SparsePathSettings extends SparseModelSettings, LambdaSettings {
  /**
   * The columns of each model are fitted again without penalty (`true`), or the models are mixed: this share, from 0 to 1, of the penalised
   * one. Default: false.
   */
  relax?: Relax | undefined;
}

/** A criterion by which a model of a path is chosen, the least being the best. */
export type SparseCriterion = 'aic' | 'bic' | 'ebic';

/** Models along lambdas that fall, or along sizes that grow. */
export interface SparsePath extends SolveResult<SparseProgress>, Origin {
  /** The lambdas that were fitted, falling; 0 for each size. */
  lambda: Float64Array;
  /** The sizes that were fitted, growing, where these were asked for. */
  sizes?: Int32Array;
  /** One for each lambda; K for K responses or classes. */
  intercepts: Float64Array;
  /** p x lambdas, by columns, in the units of x; p K x lambdas for K responses or classes. */
  coefficients: SparseMatrix;
  /** Coefficients that are not 0, for each lambda. */
  nonzeros: Int32Array;
  /** Degrees of freedom of the coefficients, without the intercept, for each lambda. */
  df: Float64Array;
  /** Mean loss and penalty, for each lambda; NaN of relaxed fits. */
  objectives: Float64Array;
  /** Twice the sum of the weighted losses less those of a perfect fit, for each lambda. */
  deviance: Float64Array;
  /** Objective less a lower bound of the optimum, over the mean loss of the null model less that of a perfect fit; NaN where there is none. */
  gap: Float64Array;
  /** The certificate of the model of each lambda. */
  certificate: Certificate[];
  /** The largest violation of the conditions of a coordinate-wise minimum, over lambdaMax, for each lambda. */
  violation: Float64Array;
  /** Nodes of branch and bound for each lambda, of best subsets. */
  nodes?: Float64Array;
  /** True if the objective is strictly convex near the solution, for each lambda. */
  locallyConvex: boolean[];
  /** The least lambda down to which no solution has left the region where the objective is convex; Infinity where the first has. */
  locallyConvexFrom: number;
  /** The least lambda at which all penalised coefficients are 0. */
  lambdaMax: number;
  nullDeviance: number;
  /** Why the path ended where it did: `'complete'`, or before its last lambda. */
  end: SparseAnswer['end'];
  /** The lambdas, or sizes, that were not fitted as the path ended before them. */
  notFitted: Float64Array;
  /** Columns that are constant: their coefficients are 0. */
  constantColumns: Int32Array;
  /** Model k of the path, from 0. */
  fit(k: number): SparseFit;
  /**
   * The model of any lambda within the path: that of the path, or between two lambdas the line through their coefficients.
   * @throws RangeError for lambdas below the smallest, and for those between the first of the path and lambdaMax; for a path of sizes.
   */
  at(lambda: number): SparseModel;
  /**
   * The best model by a criterion, of those with at most n / 2 coefficients and, for penalties that are not convex, of those before the
   * path leaves the region where the objective is convex.
   */
  select(criterion: SparseCriterion): SparseFit;
}

/**
 * Fits a path of lambdas, each begun at the solution before: regression with a penalty that selects columns,
 *
 *     minimise  sum_i w_i loss(o_i + b_0 + x_i^T b, y_i) / sum_i w_i  +  sum_j P(b_j; lambda f_j)
 *
 * ```ts
 * const path = await sparsePath({ x, y }, { family: 'binomial', penalty: mcp() });
 * const { support, coefficients } = path.select('ebic');
 * ```
 *
 * With `sizes` or `maxSize` instead of lambdas it has the best subset of at most so many columns for each of these: the minimum of mean
 * loss + ridge / 2 ||b||^2, for family `'gaussian'`.
 *
 * The path ends early where the model explains 0.999 of the deviance, where that hardly changes, or at `maxNonzeros`: `end` says so, and
 * `notFitted` which lambdas were left. An abort gives the path so far, as does a model that there is no memory for (`stalled`,
 * `'outOfMemory'`), unless it is the first one: then the path rejects.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError} `OUT_OF_MEMORY`,
 * `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function sparsePath(data: SparseData, settings: SparsePathSettings = {}): Promise<SparsePath> {
  const { relax, ...known } = checkModelSettings(settings, true, ['relax']);
  const share = checkRelax('relax', relax);
  // Without an await where there is nothing to wait for: a solve has begun when the call returns.
  const given = inMemory(data, known);
  const plain = prepare(isPromise(given) ? await given : given, known);
  const prepared = share === undefined ? plain : await owned(plain);
  const asked = requestOfPath(known, plain.about.columns);
  const answer = await solvePrepared(prepared, asked);
  if (share === undefined) return pathOf(answer, prepared, asked);
  const loose = await relaxed(prepared, answer);
  return pathOf(await blended(prepared, answer, loose, share), prepared, asked);
}

/** A path of what the addon answers. Member by member, since the rest of an object takes as long to copy as a small solve. */
export function pathOf(answer: SparseAnswer, { about, settings }: Prepared, wanted: Request): SparsePath {
  const { origin, convex, columns } = about;
  const { lambda, sizes, offsets, indices, values, locallyConvex, nodes } = answer;
  const { length } = lambda;
  const nonzeros = new Int32Array(length);
  for (let k = 0; k < length; ++k) nonzeros[k] = (offsets[k + 1] as number) - (offsets[k] as number);
  const convexAt = Array.from(locallyConvex, (is) => is !== 0);
  const within = convex || !convexAt.includes(false) ? length : convexAt.indexOf(false);
  const path: Omit<SparsePath, keyof PathFunctions> = {
    ...origin,
    status: answer.status,
    message: answer.message,
    iterations: answer.iterations,
    seconds: answer.seconds,
    history: answer.history,
    device: answer.device,
    lambda,
    intercepts: answer.intercepts,
    coefficients: { format: 'csc', rows: columns * (origin.responses ?? 1), columns: length, offsets, indices, values },
    nonzeros,
    df: answer.df,
    objectives: answer.objectives,
    deviance: answer.deviance,
    gap: answer.gap,
    certificate: answer.certificate,
    violation: answer.violation,
    locallyConvex: convexAt,
    locallyConvexFrom: within > 0 ? (lambda[within - 1] as number) : Number.POSITIVE_INFINITY,
    lambdaMax: answer.lambdaMax,
    nullDeviance: answer.nullDeviance,
    end: answer.end,
    notFitted: leftOf(lambda, wanted, settings),
    constantColumns: answer.constantColumns,
  };
  for (const name of unknownAtTimes) if (answer[name] !== undefined) path[name] = answer[name];
  if (nodes.length > 0) path.nodes = nodes;
  if (sizes.length > 0) path.sizes = sizes;
  fits.set(path, { answer, about });
  return withMethods(path, PathFunctions.prototype);
}

/** Members that some solves do not know. */
const unknownAtTimes = ['objective', 'lowerBound', 'residual', 'evaluations'] as const;

/** Arguments of the functions of a path beside the path. */
const fits = new WeakMap<object, Fitted>();

function fittedOf(path: object): Fitted {
  const fitted = fits.get(path);
  if (fitted) return fitted;
  throw typeError('expected to be called as a function of a path, such as path.at(lambda)');
}

/** The functions of paths, which are no part of them where they are copied or written as JSON. */
export class PathFunctions {
  fit(k: number): SparseFit {
    const fitted = fittedOf(this);
    const { length } = fitted.answer.lambda;
    if (Number.isInteger(k) && k >= 0 && k < length) return fitOf(fitted, k);
    const expected =
      length > 0 ? `expected an integer from 0 to ${length - 1}` : 'the path has no models, as it ended before';
    throw rangeError(`k = ${String(k)}: ${expected}`);
  }
  at(lambda: number): SparseModel {
    return modelAt(fittedOf(this), checkNumber('lambda', lambda, { lower: 0 }));
  }
  select(criterion: SparseCriterion): SparseFit {
    const fitted = fittedOf(this);
    checkOneOf('criterion', criterion, ['aic', 'bic', 'ebic']);
    return selected(this as never, fitted, criterion);
  }
  [inspectedAs](): string {
    return pathText(this as never);
  }
}

function modelAt(fitted: Fitted, lambda: number): SparseModel {
  const { lambda: lambdas, lambdaMax, sizes, scales } = fitted.answer;
  const { length } = lambdas;
  if (sizes.length > 0)
    throw rangeError(`lambda = ${lambda}: expected a path of lambdas, as there is no model between sizes`);
  if (length === 0) throw rangeError(`lambda = ${lambda}: no lambda was fitted: expected a path with a model`);
  const [first, last] = [lambdas[0] ?? Number.NaN, lambdas[length - 1] ?? Number.NaN];
  if (lambda > first) {
    if (first >= lambdaMax * (1 - 1e-9)) return withFunctions({ ...fitOf(fitted, 0), lambda }, scales);
    throw rangeError(`lambda = ${lambda}: expected at most ${first}, the largest lambda of the path`);
  }
  if (!(lambda >= last)) {
    throw rangeError(`lambda = ${lambda}: expected at least ${last}, the smallest lambda of the path`);
  }
  const k = lambdas.findIndex((each) => each <= lambda);
  if (lambdas[k] === lambda) return fitOf(fitted, k);
  const [above, below] = [fitOf(fitted, k - 1), fitOf(fitted, k)];
  const share = (above.lambda - lambda) / (above.lambda - below.lambda);
  const between = (a: number, b: number): number => a + share * (b - a);
  const { origin } = fitted.about;
  const [interceptsAt, interceptsBelow] = [above, below].map(
    (fit) => fit.intercepts ?? Float64Array.of(fit.intercept),
  ) as [Float64Array, Float64Array];
  const coefficients = above.coefficients.map((value, j) => between(value, below.coefficients[j] as number));
  return withFunctions(
    {
      ...origin,
      lambda,
      ...modelOf(
        coefficients,
        interceptsAt.map((value, r) => between(value, interceptsBelow[r] as number)),
        origin,
      ),
    },
    scales,
  );
}

function selected(path: SparsePath, fitted: Fitted, criterion: SparseCriterion): SparseFit {
  const { rows, convex, origin } = fitted.about;
  let best: SparseFit | undefined;
  for (const [k, lambda] of path.lambda.entries()) {
    if ((path.nonzeros[k] as number) > rows / 2 || (!convex && lambda < path.locallyConvexFrom)) continue;
    const fit = fitOf(fitted, k);
    if (!best || fit[criterion] < best[criterion]) best = fit;
  }
  if (best) return best;
  const where = `criterion = '${criterion}': `;
  if (path.lambda.length === 0) throw rangeError(`${where}no lambda was fitted: expected a path with a model`);
  if (!convex && path.locallyConvexFrom === Number.POSITIVE_INFINITY) {
    const unknown = `the objective is not known to be convex near any of the models, of family '${origin.family}'`;
    throw rangeError(`${where}${unknown}: expected a penalty that is convex, or crossValidate`);
  }
  throw rangeError(`${where}none of the models may be chosen: expected a path with a larger lambda`);
}

/** The lambdas, or sizes, behind those that were fitted: of those that were wanted, or the rest of even steps in the logarithm. */
function leftOf(fitted: Float64Array, { lambdas, sizes }: Request, { nLambda = 100 }: NativeSettings): Float64Array {
  const wanted = lambdas ?? sizes;
  if (wanted) return Float64Array.from(wanted).subarray(fitted.length);
  const [first, second] = fitted;
  if (first === undefined || second === undefined) return new Float64Array(0);
  const left = new Float64Array(Math.max(0, nLambda - fitted.length));
  for (let k = 0; k < left.length; ++k) left[k] = first * (second / first) ** (fitted.length + k);
  return left;
}
