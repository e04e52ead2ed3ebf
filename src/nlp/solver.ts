import { checkBoolean, checkObject, checkVector } from '../core/check.js';
import { type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { checkWarmStart } from '../core/warmStart.js';
import { type Model, toProgram } from '../expressions/model.js';
import { numbers, type Program } from '../expressions/program.js';
import type { NlpOptions, NlpProgress, NlpSolution } from '../generated/nlp.js';

export type { NlpProgress };

export interface NlpSettings extends NlpOptions, SolveOptions<NlpProgress> {
  /** A point to begin with instead of the problem's start, such as an earlier result. Without multipliers they are estimated. */
  warmStart?: { x: ArrayLike<number>; multipliers?: ArrayLike<number> | undefined } | undefined;
  /** Whether reports of progress have the point. Default false. */
  reportIterates?: boolean | undefined;
}

export interface NlpResult extends SolveResult<NlpProgress>, NlpSolution {
  /** f(x). */
  objective: number;
}

/**
 * Minimises a smooth function under equality constraints by Newton's method on an exact augmented Lagrangian:
 *
 *     minimise  f(x)  subject to  c(x) = 0,  over n numbers x, with m <= n equations
 *
 * f and c twice differentiable, neither of them convex.
 *
 * ```ts
 * const model = new Model();
 * const x = model.variable(2, { start: [1, 1] });
 * model.minimize(sum(x));
 * const circle = model.equal(sumSquares(x), 2);
 *
 * const result = await minimize(model);
 * x.valueIn(result); // [-1, -1]
 * circle.multipliersIn(result); // 0.5
 * ```
 *
 * `problem` is a {@link Model}, or what {@link readNl} or {@link fromCallbacks} gives. A model is compiled once; solves with new
 * starts and values of parameters begin at once, and several may run at the same time. Only for callbacks does a solve
 * come back to JavaScript. Problems with a dense Hessian may be solved on a GPU: `device`, docs/cuda.md.
 *
 * `solved` means a stationary point without negative curvature: a local minimum as far as second derivatives say. Saddles and
 * maxima are left. `infeasible` comes with the point where ||c|| is stationary and least of those found.
 *
 * I. Hong, S. Na, M. W. Mahoney, M. Kolar, "Constrained optimization via exact augmented Lagrangian and randomized iterative
 * sketching", ICML 2023, with what robustness asked for: docs/nlp.md.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, such as m > n; {@link SolverError}
 * `CALLBACK_FAILED`, `OUT_OF_MEMORY`, `TOO_LARGE`, `DEVICE_UNAVAILABLE` or `ADDON_NOT_FOUND`.
 */
export async function minimize(problem: Model | Program, settings: NlpSettings = {}): Promise<NlpResult> {
  const program = toProgram('problem', problem);
  const { warmStart, reportIterates } = checkObject('settings', settings);
  const first = {
    ...begin(program, warmStart),
    ...program.bounds,
    reportIterates: reportIterates === undefined ? false : checkBoolean('reportIterates', reportIterates),
  };
  const toNative = (...to: Parameters<Program['toNative']>) => ({ ...program.toNative(...to), ...first });
  const present = program.sense === 'maximize' ? maximized : undefined;
  const answer = await solve<NlpSolution>('nlp', toNative, settings, program.deviceSupport, present);
  const result = { ...answer, objective: answer.objective ?? Number.NaN };
  if (result.status === 'numericalError') {
    result.message = whatIsNotFinite(program, first.start ?? result.x) ?? result.message;
  }
  return result;
}

/** A report of progress, or a result, with the sign of the objective that is maximised. */
function maximized<Report extends { objective?: number; multipliers?: Float64Array }>(report: Report): Report {
  return {
    ...report,
    ...(report.objective !== undefined && { objective: -report.objective }),
    ...(report.multipliers && { multipliers: negative(report.multipliers) }),
  };
}

const negative = (numbers: Float64Array): Float64Array => numbers.map((value) => 0 - value);

function begin(
  program: Program,
  warmStart: NlpSettings['warmStart'],
): {
  start: Float64Array | undefined;
  fallbackStart?: Float64Array | undefined;
  multipliers: Float64Array | undefined;
} {
  if (warmStart === undefined) {
    return { start: program.knownStart, fallbackStart: program.fallbackStart, multipliers: program.multipliers };
  }
  const { x, multipliers } = checkWarmStart(warmStart);
  const given = multipliers === undefined ? undefined : numbers('warmStart.multipliers', multipliers, program.m);
  return {
    start: checkVector('warmStart.x', x, { length: program.n, per: 'one for each variable' }),
    multipliers: given && (program.sense === 'maximize' ? negative(given) : given),
  };
}

/** A message for a problem that cannot begin. */
function whatIsNotFinite(program: Program, start: Float64Array): string | undefined {
  const values = {
    objective: () => Float64Array.of(program.objective(start)),
    constraints: () => program.constraints(start),
    gradient: () => program.gradient(start),
    jacobian: () => program.jacobian(start).values,
  };
  for (const [name, evaluate] of Object.entries(values)) {
    const found = evaluate();
    const k = found.findIndex((value) => !Number.isFinite(value));
    if (k < 0) continue;
    const place = name === 'objective' ? '' : name === 'jacobian' ? '' : `[${k}]`;
    return `Not finite at the start: ${name}${place} = ${found[k]}.`;
  }
  return undefined;
}
