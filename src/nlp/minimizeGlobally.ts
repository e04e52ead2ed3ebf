import { rangeError } from '../core/argumentError.js';
import { checkNumber, checkVector } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { type MakeProblem, type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { checkWarmStart } from '../core/warmStart.js';
import { type Model, toProgram } from '../expressions/model.js';
import { CompiledProgram, type Program } from '../expressions/program.js';
import type {
  MinimizeGloballyOptions,
  MinimizeGloballyProblem,
  MinimizeGloballyProgress,
  MinimizeGloballySolution,
} from '../generated/minimizeGlobally.js';
import { allNames, withNames } from './names.js';
import { maximized } from './solver.js';

export interface MinimizeGloballySettings
  extends Omit<MinimizeGloballyOptions, 'tolerance'>,
    SolveOptions<MinimizeGloballyProgress> {
  /**
   * The relative gap at which the solve ends with `'solved'`: (objective - lowerBound) <= gap |objective|. Default 1e-4. Change it when
   * the objective is needed more exactly, or a rough bound is enough.
   */
  gap?: number | undefined;
  /** A point to begin with, such as an earlier result. Change it when a good point is known. */
  warmStart?: { x: ArrayLike<number> } | undefined;
}

export interface MinimizeGloballyResult
  extends SolveResult<MinimizeGloballyProgress>,
    Omit<MinimizeGloballySolution, 'boundsAssumed'> {
  /** f(x); NaN where no admissible point is known. */
  objective: number;
  /** The bound of the objective in its own sense: a lower one of a minimisation, an upper one of a maximisation; infinite if there is none. */
  bound: number;
  /** The names of the variables whose infinite bounds `assumeBounds` has replaced. */
  boundsAssumed: string[];
}

/**
 * Minimises a function of expressions to a proved gap:
 *
 *     minimise  f(x)  subject to  xl <= x <= xu,  cl <= c(x) <= cu
 *
 * f and c made of the operations of {@link Model}, not convex. Boxes of x are split, and each is bounded by a linear relaxation of the
 * functions over it. All bounds hold in exact arithmetic: no admissible point has an objective below `lowerBound`, at every moment.
 *
 * ```ts
 * const model = new Model();
 * const x = model.variable({ lower: -2, upper: 2 });
 * model.minimize(x.square().square().sub(x.square()).add(x.mul(0.1)));
 *
 * const result = await minimizeGlobally(model);
 * result.objective - result.lowerBound; // at most 1e-4 |objective|
 * result.certificate.kind; // 'global'
 * ```
 *
 * `problem` is a {@link Model}, or what {@link readNl} gives. Variables need bounds, of their own or by constraints, for a finite
 * bound of the objective. Comparisons, `where` and `atan2` are refused. `x` satisfies constraints to 1e-8 max(1, |side|).
 *
 * E. M. B. Smith, C. C. Pantelides, "A symbolic reformulation/spatial branch-and-bound algorithm for the global optimisation of nonconvex
 * MINLPs", Comput. Chem. Eng. 23, 1999. A. Neumaier, O. Shcherbina, "Safe bounds in linear and mixed-integer linear programming", Math.
 * Program. 99, 2004.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError} `UNSUPPORTED` for operations
 * without a relaxation, `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE` or `ADDON_NOT_FOUND`.
 */
export async function minimizeGlobally(
  problem: Model | Program,
  settings: MinimizeGloballySettings = {},
): Promise<MinimizeGloballyResult> {
  const program = toProgram('problem', problem);
  if (!(program instanceof CompiledProgram)) {
    throw rangeError('problem: expected a Model or what readNl gives, as bounds are made from expressions');
  }
  const { gap, warmStart, ...others } = fixDeadline(settings);
  const tolerance = gap === undefined ? undefined : checkNumber('gap', gap, { lower: 0 });
  const start =
    warmStart === undefined
      ? program.knownStart
      : checkVector('warmStart.x', checkWarmStart(warmStart).x, { length: program.n, per: 'one for each variable' });
  const { bounds, integers } = program;
  const whole = integers.length > 0 && { integers };
  const first = { start, ...bounds, ...whole };
  const toNative: MakeProblem<MinimizeGloballyProblem> = (guard, native, leave) => {
    const made = () => Object.assign(program.toNative(guard, native), first);
    const ahead = program.ahead(native, leave);
    const unread = () => ({ ...first, start: first.start ?? program.givenStart, unread: true });
    return ahead ? ahead.then((ready) => (ready ? made() : unread())) : made();
  };
  const flat = tolerance === undefined ? others : { ...others, tolerance };
  const answer = await solve(
    'minimizeGlobally',
    toNative,
    flat,
    program.deviceSupport,
    program.sense === 'maximize' ? maximized : undefined,
  );
  if (answer.status !== 'solved') answer.message = withNames(answer.message, program);
  return presented(answer, program);
}

/** The answer with the bound in the sense of the objective, and names. */
function presented(
  answer: SolveResult<MinimizeGloballyProgress> & MinimizeGloballySolution,
  program: CompiledProgram,
): MinimizeGloballyResult {
  const names = allNames(program).variables;
  const { lowerBound, upperBound } = answer.certificate;
  const bound =
    program.sense === 'maximize' ? (upperBound ?? Number.POSITIVE_INFINITY) : (lowerBound ?? Number.NEGATIVE_INFINITY);
  return Object.assign(answer, {
    objective: answer.objective ?? Number.NaN,
    bound,
    boundsAssumed: Array.from(answer.boundsAssumed, (j) => names[j] as string),
  });
}
