import { typeError } from '../core/argumentError.js';
import type { Bounds } from '../core/bounds.js';
import { checkMembers, checkNumber, checkObject, checkVector, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { seedOf } from '../core/random.js';
import { type MakeProblem, type SolveOptions, solve } from '../core/solve.js';
import { type WarmStart, warmStartPoint } from '../core/warmStart.js';
import type { Operand } from '../expressions/expression.js';
import { requireContinuous } from '../expressions/integers.js';
import { Model } from '../expressions/model.js';
import type { Program } from '../expressions/program.js';
import type { FitOptions, FitProblem } from '../generated/fit.js';
import { ResidualProgram } from '../problems/fromCallbacks.js';
import { solveConstrained } from './constrained.js';
import { errorsOf, type FitResult, type SquaresResult } from './result.js';

export interface FitSettings extends Omit<FitOptions, 'loss'>, SolveOptions {
  /**
   * The function of each residual r that is summed: `'squared'` (default), r^2 / 2, or a loss that grows more slowly beyond its scale, by
   * `huber(scale)`, `softL1(scale)`, `cauchy(scale)` or `tukey(scale)`, or by its name beside `lossScale`. Change it when some of the
   * data are outliers.
   */
  loss?: FitOptions['loss'] | ScaledLoss | undefined;
  /** A point to begin at instead of the starts of the variables, such as an earlier result. Change it when an earlier result is near. */
  warmStart?: WarmStart | undefined;
}

/** A robust loss with the residual from which it leaves squares, in place of `lossScale`. */
export interface ScaledLoss {
  readonly kind: 'huber' | 'softL1' | 'cauchy' | 'tukey';
  readonly lossScale: number;
}

const lossOf =
  (kind: ScaledLoss['kind']) =>
  (scale = 1): ScaledLoss =>
    Object.freeze({ kind, lossScale: checkNumber('scale', scale, { lower: 0, open: true }) });

/** Huber's loss: squares up to the scale, linear beyond. */
export const huber = lossOf('huber');
/** 2 (sqrt(1 + z) - 1), z = (r / scale)^2: squares that become linear. */
export const softL1 = lossOf('softL1');
/** log(1 + (r / scale)^2): residuals far away hardly count. */
export const cauchy = lossOf('cauchy');
/** Tukey's biweight, constant beyond the scale: residuals far away do not count. */
export const tukey = lossOf('tukey');

/** Settings as the addon takes them. */
function flat({ loss, ...others }: FitSettings): FitOptions & SolveOptions {
  if (typeof loss !== 'object' || loss === null) return { ...others, ...(loss !== undefined && { loss }) };
  if (!('kind' in loss))
    throw typeError(`loss = ${show(loss)}: expected a name or what a function such as huber(1) makes`);
  const { kind, lossScale } = checkMembers('loss', loss, ['kind', 'lossScale']);
  if (others.lossScale === undefined) return { ...others, loss: kind, lossScale };
  throw typeError(`lossScale = ${show(others.lossScale)}: expected none beside ${kind}(${lossScale})`);
}

/** A vector of residuals: an expression of the variables of a model, whose bounds and constraints hold. */
export interface SquaresProblem {
  model: Model;
  residuals: Operand;
}

/**
 * Minimises a sum of squares of residuals, or of a robust loss of them, within the bounds and under the constraints of a model:
 *
 *     minimise  1/2 sum_i rho(r_i(x)^2)  subject to  lower <= x <= upper,  cl <= c(x) <= cu
 *
 * ```ts
 * const model = new Model();
 * const a = model.variable({ start: 500 });
 * const k = model.variable({ start: 1e-4, lower: 0 });
 * const residuals = sub(mul(a, sub(1, exp(neg(mul(k, x))))), y);
 * const fit = await minimizeSquares({ model, residuals });
 * a.valueIn(fit);
 * fit.standardErrors;
 * ```
 *
 * Functions of your own are residuals by `fromCallbacks({ n, m, residuals, jacobian })`.
 *
 * Levenberg-Marquardt in MINPACK's scaling with exact derivatives, geodesic acceleration, and second derivatives where residuals are
 * large; parameters in which all residuals are affine are eliminated at first. `solved` is a point where no column of the Jacobian has a
 * cosine above `tolerance` with the residuals, a test without units, and where linear steps explain none of them; a saddle is `stalled`.
 * The objective of the model is not looked at. Matrices are dense but for 100 variables and more whose Jacobian is sparse.
 *
 * A model with constraints is solved by the methods of {@link minimize}, with the certificate and `tolerance` of these. Its covariance is
 * that of the directions which bounds and constraints leave free, s^2 Z (Z^T J^T J Z)^-1 Z^T: what is active is taken to stay so.
 *
 * J. J. More, "The Levenberg-Marquardt algorithm: implementation and theory", 1978. M. K. Transtrum, J. P. Sethna, "Improvements to the
 * Levenberg-Marquardt algorithm for nonlinear least-squares minimization", 2012.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value; {@link SolverError} `OUT_OF_MEMORY`, `TOO_LARGE`,
 * `DEVICE_UNAVAILABLE` or `ADDON_NOT_FOUND`.
 */
export async function minimizeSquares(
  problem: SquaresProblem | ResidualProgram,
  settings: FitSettings = {},
): Promise<SquaresResult> {
  if (problem instanceof ResidualProgram)
    return unconstrained(await solveResiduals(problem.residuals, settings, problem.bounds));
  const { model, residuals } = checkMembers('problem', problem, ['model', 'residuals']);
  if (!(model instanceof Model)) throw typeError(`model = ${show(model)}: expected a Model`);
  if (model.m > 0) return solveConstrained(model, residuals, flat(fixDeadline(checkObject('settings', settings))));
  const program = model.compileResiduals(residuals);
  requireContinuous(program, 'minimizeSquares');
  program.parts.parameters(); // throws where one has no value
  return unconstrained(await solveResiduals(program, settings, program.bounds));
}

const unconstrained = (fit: FitResult): SquaresResult =>
  Object.assign(fit, { multipliers: new Float64Array(0), activeConstraints: new Int32Array(0) });

/** Solves for the residuals that are the constraints of a program. */
export async function solveResiduals(
  program: Program,
  settings: FitSettings,
  { lower, upper }: Bounds,
): Promise<FitResult> {
  const { warmStart, ...given } = fixDeadline(checkObject('settings', settings));
  const warm = warmStartPoint(warmStart);
  const start = warm
    ? checkVector('warmStart.x', warm, { length: program.n, per: 'one for each variable' })
    : (program.startBy(seedOf(settings)) as Float64Array);
  const first = { start, ...(lower && { lower }), ...(upper && { upper }) };
  const toNative: MakeProblem<FitProblem> = (guard, native, leave) => {
    const made = () => Object.assign(program.toNative(guard, native), first);
    const ahead = program.ahead(native, leave);
    return ahead ? ahead.then((ready) => (ready ? made() : { ...first, unread: true })) : made();
  };
  const answer = await solve('fit', toNative, flat(given), { cpuOnly: 'least squares' });
  const standardErrors = errorsOf(answer.covariance);
  return { ...answer, objective: answer.objective ?? Number.NaN, standardErrors };
}
