import { rangeError, typeError } from '../core/argumentError.js';
import type { Bounds } from '../core/bounds.js';
import { checkBoolean, checkNumber, checkOneOf, checkVector } from '../core/check.js';
import { flatSettings } from '../core/choices.js';
import { brief, counted, inspectedAs, oneLine } from '../core/inspected.js';
import { withMethods } from '../core/methods.js';
import { seedOf } from '../core/random.js';
import { type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { checkWarmStart } from '../core/warmStart.js';
import { type Dependence, dependences } from '../expressions/dependence.js';
import type { Operand } from '../expressions/expression.js';
import { requireContinuous } from '../expressions/integers.js';
import { type Model, toProgram } from '../expressions/model.js';
import type { Parameter } from '../expressions/parameter.js';
import { CompiledProgram, numbers, type Program, type UsedDerivatives } from '../expressions/program.js';
import type { Shape } from '../expressions/shape.js';
import type { NlpOptions, NlpProblem, NlpProgress, NlpSolution } from '../generated/nlp.js';
import type { Certificate } from '../generated/solve.js';
import { quadraticProgram } from '../problems/quadratic.js';
import { allNames, type Conflict, namedConflict, type ResultNames, withNames } from './names.js';
import { nativeProblem } from './nativeProblem.js';
import type { SolveQuadratic } from './oneSided.js';
import {
  checkParameter,
  type ParameterGradient,
  type Sensitivity,
  type SensitivityOf,
  SolutionSystem,
} from './sensitivity.js';
import { type TableRow, tableOf } from './table.js';

export type { NlpProgress };

export interface NlpSettings extends NlpOptions, SolveOptions<NlpProgress> {
  /**
   * A point to begin with instead of the problem's start, such as an earlier result, and its multipliers with the signs of results.
   * Those that are missing are estimated. Under bounds and inequalities the scales of the earlier solve are kept. Change it when an
   * earlier result is near, or a better start than that of the problem is known.
   */
  warmStart?:
    | {
        x: ArrayLike<number>;
        multipliers?: ArrayLike<number> | undefined;
        lowerMultipliers?: ArrayLike<number> | undefined;
        upperMultipliers?: ArrayLike<number> | undefined;
        objectiveScale?: number | undefined;
        constraintScales?: ArrayLike<number> | undefined;
      }
    | undefined;
  /** True if reports of progress have the point. Default false. Change it when listeners show or keep the points. */
  reportIterates?: boolean | undefined;
  /**
   * `'allow'`: a {@link Model} with functions that have kinks, such as `relu`, `abs` and `max`, is solved as if it had none. What is
   * found may be no minimum, and steps may end early at a kink. Default `'refuse'`. Change it when the kinks of a model are known to be
   * away from its solution.
   */
  nonsmooth?: 'refuse' | 'allow' | undefined;
}

/**
 * The result of {@link minimize}. Its multipliers are those of
 *
 *     L = f + multipliers^T c - lowerMultipliers^T (x - xl) - upperMultipliers^T (xu - x)
 *
 * In a minimisation `lowerMultipliers` and `upperMultipliers` are >= 0, and a multiplier of a constraint is >= 0 at its upper side, <= 0
 * at its lower one; all are 0 where the bound is not active. Where the objective f is maximised, `objective` is f itself and all
 * multipliers have the other sign: either way they tell by how much f changes with bounds and sides, d f / d xl = lowerMultipliers,
 * d f / d xu = -upperMultipliers, d f / d side = -multipliers.
 */
export interface NlpResult extends SolveResult<NlpProgress>, Omit<NlpSolution, 'conflict'> {
  /** f(x). */
  objective: number;
  /**
   * How the solution of a {@link Model} changes with a parameter, bounds and sides that are parameters included: derivatives, and how far
   * they may hold. One linear system for each of its numbers, at the values that the parameters had when the solve began.
   * Where x or the objective has a kink, `up` and `down` have the derivatives to both sides; what has no derivative is undefined, with a
   * `reason`.
   * @throws (rejects) TypeError for what is no parameter of the model, RangeError where the result is not `'solved'`.
   */
  sensitivity<S extends Shape>(parameter: Parameter<S>): Promise<SensitivityOf<S>>;
  /**
   * The derivatives of an expression of a {@link Model}, at the solution, in all parameters, as {@link NlpResult.sensitivity} but by one
   * linear system for all of them: `parameter.gradientIn(await result.gradient(expression))`.
   * @throws (rejects) RangeError also where x has no derivative in some parameter.
   */
  gradient(expression: Operand): Promise<ParameterGradient>;
  /** The names of variables and constraints. */
  readonly names: ResultNames;
  /**
   * All variables and constraints, with their names, values, bounds or sides, and multipliers: `console.table(result.table())`.
   */
  table(): TableRow[];
  /**
   * The origin of the derivatives of a problem of {@link fromCallbacks}. With `quasiNewton` there is no
   * `inertia`: the point may be a saddle.
   */
  derivatives?: UsedDerivatives;
  /**
   * Constraints and bounds that contradict one another, as few as were found, with their names; only with `'infeasible'`.
   */
  conflict?: Conflict;
}

/**
 * Minimises a smooth function under bounds, equations and inequalities:
 *
 *     minimise  f(x)  subject to  xl <= x <= xu,  cl <= c(x) <= cu,  over n numbers x, with m constraints
 *
 * f and c twice differentiable, neither of them convex; bounds and sides may be infinite, and where cl = cu there is an equation.
 * Without bounds and inequalities it is Newton's method on an exact augmented Lagrangian, otherwise a primal-dual interior-point method.
 *
 * ```ts
 * const model = new Model();
 * const w = model.variable(10, { lower: 0, upper: 0.3, start: 0.1 });
 * model.minimize(dot(w, matvec(covariance, w)));
 * model.equal(sum(w), 1);
 * const target = model.atLeast(dot(means, w), 0.08);
 *
 * const result = await minimize(model);
 * w.valueIn(result); // ten weights
 * target.activeIn(result); // true: a higher target would cost
 * target.multipliersIn(result); // minus by how much the objective grows with the target
 * ```
 *
 * `problem` is a {@link Model}, or what {@link readNl} or {@link fromCallbacks} gives. A model is compiled once; solves with new
 * starts and values of parameters begin at once, and several may run at the same time. Only for callbacks does a solve
 * come back to JavaScript. Problems with a dense Hessian may be solved on a GPU: `device`, docs/cuda.md.
 *
 * `solved` means a stationary point: a local minimum as far as second derivatives say where `inertia.negative` is 0. Saddles and
 * maxima are left where a lower point is found from them. `infeasible` comes with the point whose violation of constraints is stationary and least of those found.
 * {@link NlpResult} says what multipliers mean and which signs they have.
 *
 * I. Hong, S. Na, M. W. Mahoney, M. Kolar, "Constrained optimization via exact augmented Lagrangian and randomized iterative
 * sketching", ICML 2023. A. Waechter, L. T. Biegler, "On the implementation of an interior-point filter line-search algorithm for
 * large-scale nonlinear programming", Math. Program. 106, 2006. Both with what robustness asked for: docs/nlp-methods.md, docs/nlp-inequalities.md.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, such as bounds that cross; {@link SolverError}
 * `CALLBACK_FAILED`, `OUT_OF_MEMORY`, `TOO_LARGE`, `DEVICE_UNAVAILABLE` or `ADDON_NOT_FOUND`.
 */
export async function minimize(problem: Model | Program, settings: NlpSettings = {}): Promise<NlpResult> {
  const program = toProgram('problem', problem);
  const flat = flatSettings('nlp', settings);
  const { warmStart, reportIterates, nonsmooth } = flat;
  requireContinuous(program, 'minimize');
  requireSmooth(program, nonsmooth);
  const { bounds } = program;
  const parameters = program instanceof CompiledProgram ? program.parts.parameters() : new Float64Array(0);
  const first = {
    ...begin(program, warmStart, seedOf(settings)),
    m: program.m,
    ...bounds,
    reportIterates: reportIterates === undefined ? false : checkBoolean('reportIterates', reportIterates),
  };
  const present = program.sense === 'maximize' ? maximized : undefined;
  const answer = await solve('nlp', nativeProblem<NlpProblem>(program, first), flat, program.deviceSupport, present);
  answer.objective ??= Number.NaN;
  if (answer.status !== 'solved') answer.message = withNames(answer.message, program);
  if (program.derivatives) Object.assign(answer, { derivatives: program.derivatives });
  const { conflict } = answer;
  const named = Object.assign(
    answer as typeof answer & { objective: number },
    conflict && { conflict: namedConflict(conflict, program) },
  );
  const result = withDerivatives(named, { program, bounds, parameters });
  if (result.status === 'numericalError' && !program.shared) {
    result.message = whatIsNotFinite(program, within(bounds, first.start ?? result.x)) ?? result.message;
  }
  return result;
}

/** Refuses a model with kinks, unless they are allowed. */
function requireSmooth(program: Program, nonsmooth: NlpSettings['nonsmooth']): void {
  const allowed = nonsmooth !== undefined && checkOneOf('nonsmooth', nonsmooth, ['refuse', 'allow']) === 'allow';
  const kink = program instanceof CompiledProgram ? program.parts.kink : undefined;
  if (kink === undefined || allowed) return;
  throw rangeError(
    `problem: has a kink, of ${kink}: expected a smooth function, as methods of minimize take derivatives; nonsmooth: 'allow' tries it all the same`,
  );
}

/** The origin of the derivatives of a solution, and their system once it was asked for. */
interface Origin {
  program: Program;
  bounds: Bounds;
  parameters: Float64Array;
  made?: { dependence: Dependence; system: SolutionSystem };
}

const origins = new WeakMap<object, Origin>();

/** The functions of results, which are no part of them where they are copied or written as JSON. */
const functions = class NlpResult {
  async sensitivity(parameter: Parameter): Promise<Sensitivity | Sensitivity[]> {
    const { dependence, system } = derivativesOf(this);
    const { offset, size, shape } = checkParameter(dependence, parameter);
    const all = Array.from({ length: size }, (_, k) => system.derivative(offset + k));
    return shape.length === 0 ? (all[0] as Promise<Sensitivity>) : Promise.all(all);
  }
  async gradient(expression: Operand): Promise<ParameterGradient> {
    return derivativesOf(this).system.gradient(expression);
  }
  get names(): ResultNames {
    return allNames(originOf(this).program);
  }
  table(): TableRow[] {
    return tableOf(
      this as unknown as Parameters<typeof tableOf>[0],
      originOf(this).bounds,
      allNames(originOf(this).program),
    );
  }
  [inspectedAs](): string {
    return lineOf(this as unknown as Parameters<typeof lineOf>[0]);
  }
}.prototype;

/** The line that the console shows for a result. */
function lineOf({ status, objective, certificate, iterations }: NlpResult): string {
  const known = certificate.kind === 'none' ? undefined : certificate.kind;
  return oneLine(status, [`objective ${brief(objective, 9)}`, known, counted(iterations, 'iteration')]);
}

/**
 * A result with its functions. They are those of its prototype, as V8 takes some 20 microseconds to define two on an object of fifty members.
 */
function withDerivatives(
  result: Omit<NlpResult, 'sensitivity' | 'gradient' | 'names' | 'table'>,
  origin: Origin,
): NlpResult {
  origins.set(result, origin);
  return withMethods(result, functions);
}

/** @internal The program that a result is of. */
export function programOf(result: object): Program | undefined {
  return origins.get(result)?.program;
}

function originOf(given: object): Origin {
  const origin = origins.get(given);
  if (origin) return origin;
  throw typeError('expected to be called as a function of a result, such as result.sensitivity(parameter)');
}

function derivativesOf(given: object): NonNullable<Origin['made']> {
  const origin = originOf(given);
  if (origin.made) return origin.made;
  const { program, bounds, parameters } = origin;
  const result = given as NlpResult;
  const dependence = dependences.get(program);
  if (!dependence) throw typeError('expected the result of a Model, whose parameters are known');
  if (result.status !== 'solved') throw rangeError(`status = '${result.status}': expected 'solved'`);
  const sign = program.sense === 'maximize' ? -1 : 1;
  const weak = result.degenerate ? weakness(result) : 0;
  const about = {
    flat: (result.inertia?.zero ?? 0) > 0,
    convexQuadratic: result.phase === 'quadratic' || result.phase === 'simplex',
    sign,
    weak,
  } as const;
  const at = { ...result, ...(sign < 0 && turned(result)), ...about, bounds, parameters };
  origin.made = { dependence, system: new SolutionSystem(dependence, at, solveQuadratic) };
  return origin.made;
}

/** The size at which a multiplier and its slack count as 0 in a result: what Newton steps leave, or else the square root of the barrier. */
function weakness({ polished, barrier }: { polished: boolean; barrier?: number | undefined }): number {
  return polished ? 1e-6 : Math.max(1e-6, Math.sqrt(1000 * (barrier ?? 0)));
}

/** The solution of a quadratic program under equations, and weak inequalities, for derivatives of solutions. */
const solveQuadratic: SolveQuadratic = async ({ Q, c, A, b, weak, within }) => {
  if (A !== undefined && A.rows > A.columns) return 'infeasible';
  const box = within !== undefined && { lower: -within, upper: within };
  const { status, x, multipliers } = await minimize(quadraticProgram({ Q, c, ...(A && { A, b }), ...weak, ...box }));
  if (status === 'solved') return { x, multipliers };
  return status === 'infeasible' ? 'infeasible' : 'singular';
};

/** The names of multipliers in results, reports and warm starts. */
const multiplierNames = ['multipliers', 'lowerMultipliers', 'upperMultipliers'] as const;

type Scales = { objectiveScale?: number; constraintScales?: Float64Array };

type Multipliers = { [name in (typeof multiplierNames)[number]]?: Float64Array | undefined };

/** @internal A report of progress, or a result, with the sign of the objective that is maximised: a lower bound is an upper one then. */
export function maximized<Report extends { objective?: number; lowerBound?: number; certificate?: Certificate }>(
  report: Report,
): Report {
  const { lowerBound, ...others } = report;
  const { lowerBound: bound, ...certificate } = report.certificate ?? {};
  return {
    ...(others as Report),
    ...(report.certificate && { certificate: { ...certificate, ...(bound !== undefined && { upperBound: -bound }) } }),
    ...(report.objective !== undefined && { objective: -report.objective }),
    ...turned(report as Multipliers),
  };
}

/** The multipliers that are there, with the other sign. */
function turned(given: Multipliers): Multipliers {
  const other: Multipliers = {};
  for (const name of multiplierNames) {
    const values = given[name];
    if (values) other[name] = values.map((value) => 0 - value);
  }
  return other;
}

function begin(
  program: Program,
  warmStart: NlpSettings['warmStart'],
  seed: number,
): Multipliers & Scales & { start: Float64Array | undefined; fallbackStart?: Float64Array | undefined } {
  if (warmStart === undefined) {
    const { fallbackStart, multipliers, lowerMultipliers, upperMultipliers } = program;
    return { start: program.startBy(seed), fallbackStart, multipliers, lowerMultipliers, upperMultipliers };
  }
  const given = checkWarmStart(warmStart);
  const multipliers: Multipliers = {};
  for (const name of multiplierNames) {
    const values = given[name];
    const length = name === 'multipliers' ? program.m : program.n;
    if (values !== undefined) multipliers[name] = numbers(`warmStart.${name}`, values, length);
  }
  return {
    start: checkVector('warmStart.x', given.x, { length: program.n, per: 'one for each variable' }),
    ...(program.sense === 'maximize' ? turned(multipliers) : multipliers),
    ...scalesOf(given, program.m),
  };
}

/** The scales of an earlier result. */
function scalesOf({ objectiveScale, constraintScales }: NonNullable<NlpSettings['warmStart']>, m: number): Scales {
  return {
    ...(objectiveScale !== undefined && {
      objectiveScale: checkNumber('warmStart.objectiveScale', objectiveScale, { lower: 0, open: true }),
    }),
    ...(constraintScales !== undefined && {
      constraintScales: numbers('warmStart.constraintScales', constraintScales, m),
    }),
  };
}

/** A point, or the one nearest to it within the bounds, outside of which functions are not evaluated. */
function within({ lower, upper }: Bounds, x: Float64Array): Float64Array {
  const low = (j: number) => lower?.[j] ?? Number.NEGATIVE_INFINITY;
  const high = (j: number) => upper?.[j] ?? Number.POSITIVE_INFINITY;
  return x.map((value, j) => Math.min(Math.max(value, low(j)), high(j)));
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
