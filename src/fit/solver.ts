import { typeError } from '../core/argumentError.js';
import type { Bounds } from '../core/bounds.js';
import { checkMembers, checkVector, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import type { Matrix } from '../core/matrix.js';
import { seedOf } from '../core/random.js';
import { type MakeProblem, type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { type WarmStart, warmStartPoint } from '../core/warmStart.js';
import type { Operand } from '../expressions/expression.js';
import { Model } from '../expressions/model.js';
import type { Program } from '../expressions/program.js';
import type { FitOptions, FitProblem, FitSolution } from '../generated/fit.js';

export interface FitSettings extends FitOptions, SolveOptions {
  /** A point to begin at instead of the starts of the variables, such as an earlier result. Change it when an earlier result is near. */
  warmStart?: WarmStart | undefined;
}

/** A vector of residuals: an expression of the variables of a model without constraints. */
export interface SquaresProblem {
  model: Model;
  residuals: Operand;
}

/** The result of {@link minimizeSquares}. */
export interface SquaresResult extends SolveResult, FitSolution {
  /** sum_i rho(r_i^2) / 2, half the sum of squares for the squared loss. */
  objective: number;
  /** Square roots of the diagonal of `covariance`; undefined where there is none. */
  standardErrors: Float64Array | undefined;
}

/**
 * Minimises a sum of squares of residuals, or of a robust loss of them, within the bounds of a model's variables:
 *
 *     minimise  1/2 sum_i rho(r_i(x)^2)  subject to  lower <= x <= upper
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
 * Levenberg-Marquardt in MINPACK's scaling with exact derivatives, geodesic acceleration, and second derivatives where residuals are
 * large; parameters in which all residuals are affine are eliminated at first. `solved` is a point where no column of the Jacobian has a
 * cosine above `tolerance` with the residuals, a test without units, and where linear steps explain none of them; a saddle is `stalled`.
 * The model has no constraints; its objective is not looked at. Matrices are dense but for 100 variables and more whose Jacobian is sparse.
 *
 * J. J. More, "The Levenberg-Marquardt algorithm: implementation and theory", 1978. M. K. Transtrum, J. P. Sethna, "Improvements to the
 * Levenberg-Marquardt algorithm for nonlinear least-squares minimization", 2012.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value; {@link SolverError} `OUT_OF_MEMORY`, `TOO_LARGE`,
 * `DEVICE_UNAVAILABLE` or `ADDON_NOT_FOUND`.
 */
export async function minimizeSquares(problem: SquaresProblem, settings: FitSettings = {}): Promise<SquaresResult> {
  const { model, residuals } = checkMembers('problem', problem, ['model', 'residuals']);
  if (!(model instanceof Model)) throw typeError(`model = ${show(model)}: expected a Model`);
  const program = model.compileResiduals(residuals);
  program.parts.parameters(); // throws where one has no value
  return solveResiduals(program, settings, program.bounds);
}

/** Solves for the residuals that are the constraints of a program. */
export async function solveResiduals(
  program: Program,
  settings: FitSettings,
  { lower, upper }: Bounds,
): Promise<SquaresResult> {
  const { warmStart, ...others } = fixDeadline(settings);
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
  const answer = await solve('fit', toNative, others, { cpuOnly: 'least squares' });
  const standardErrors = errorsOf(answer.covariance);
  return { ...answer, objective: answer.objective ?? Number.NaN, standardErrors };
}

/** Square roots of the diagonal; undefined of a matrix without rows. */
export function errorsOf({ data, rows }: Matrix): Float64Array | undefined {
  if (rows === 0) return undefined;
  return Float64Array.from({ length: rows }, (_, j) => Math.sqrt(data[j * (rows + 1)] as number));
}
