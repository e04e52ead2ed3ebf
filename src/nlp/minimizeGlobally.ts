import { rangeError, typeError } from '../core/argumentError.js';
import { checkNumber, checkVector, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { brief, counted, inspectedAs, oneLine } from '../core/inspected.js';
import { withMethods } from '../core/methods.js';
import { type Present, type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { checkWarmStart, type WarmStart } from '../core/warmStart.js';
import { type Model, toProgram } from '../expressions/model.js';
import { CompiledProgram, type Program } from '../expressions/program.js';
import type {
  MinimizeGloballyOptions,
  MinimizeGloballyProblem,
  MinimizeGloballyProgress,
  MinimizeGloballySolution,
} from '../generated/minimizeGlobally.js';
import { allNames, type ResultNames, withNames } from './names.js';
import { nativeProblem } from './nativeProblem.js';
import { maximized } from './solver.js';

/** A report of a running solve, and a row of `history`. */
export interface MinimizeGloballyReport extends MinimizeGloballyProgress {
  /** The bound of the objective in its own sense: a lower one of a minimisation, an upper one of a maximisation; absent while there is none. */
  bound?: number;
  /** How far the objective is from the bound, relative to the scale of the certificate: what `gap` of the settings is compared with. */
  gap?: number;
}

export interface MinimizeGloballySettings
  extends Omit<MinimizeGloballyOptions, 'tolerance'>,
    SolveOptions<MinimizeGloballyReport> {
  /**
   * The relative gap at which the solve ends with `'solved'`: (objective - lowerBound) <= gap |objective|. Default 1e-4. Change it when
   * the objective is needed more exactly, or a rough bound is enough.
   */
  gap?: number | undefined;
  /**
   * Only points with a better objective than this number are looked for: a smaller one, or a larger one where the model maximises.
   * Default: all points. Change it when a point is known already, or worse ones are of no use.
   */
  cutoff?: number | undefined;
  /**
   * A point to begin with, such as an earlier result, or a list of such. What is admissible among them counts as found from the start; what
   * is proved does not depend on them. Change it when good points are known.
   */
  warmStart?: WarmStart | readonly WarmStart[] | undefined;
  /**
   * A known solution to follow: boxes without it are left out, and the first step that loses it, or bounds it too high, is named by an
   * error. The result proves nothing: its status is at best `'stalled'`. Change it when a bound is doubted.
   */
  debugSolution?: WarmStart | undefined;
}

export interface MinimizeGloballyResult
  extends SolveResult<MinimizeGloballyReport>,
    Omit<MinimizeGloballySolution, 'boundsAssumed' | 'verifiedObjective' | 'upperBound' | 'openBoxes'> {
  /** f(x); NaN where no admissible point is known. */
  objective: number;
  /** The bound of the objective in its own sense: a lower one of a minimisation, an upper one of a maximisation; infinite if there is none. */
  bound: number;
  /**
   * The optimum is at most this number. A maximisation has it from its boxes; a minimisation where `verify` has proved that a point near x
   * is exactly admissible, whose objective is at most this.
   */
  upperBound?: number;
  /** The optimum is at least this number: of a minimisation by its boxes, of a maximisation by `verify`. */
  lowerBound?: number;
  /** The names of the variables whose infinite bounds `assumeBounds` has replaced. */
  boundsAssumed: string[];
  /** The names of variables and constraints. */
  readonly names: ResultNames;
  /**
   * The boxes that a search that has ended early leaves, those with the best bound first: each better point, by more than the gap, is in
   * one of them. None where the gap is closed.
   */
  boxes(): Promise<OpenBox[]>;
}

/** A box of the variables that may have a better point. */
export interface OpenBox {
  /** n lower bounds. */
  lower: Float64Array;
  /** n upper bounds. */
  upper: Float64Array;
  /** The bound of the objective in the box, in its own sense: no admissible point of the box has a better one. */
  bound: number;
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
 * model.minimize(add(square(sub(square(x), 1)), mul(0.1, x)));
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
 * without a relaxation, `DEBUG_SOLUTION_LOST`, `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE` or `ADDON_NOT_FOUND`.
 */
export async function minimizeGlobally(
  problem: Model | Program,
  settings: MinimizeGloballySettings = {},
): Promise<MinimizeGloballyResult> {
  const program = toProgram('problem', problem);
  if (!(program instanceof CompiledProgram)) {
    throw rangeError('problem: expected a Model or what readNl gives, as bounds are made from expressions');
  }
  const { gap, cutoff, warmStart, debugSolution, ...others } = fixDeadline(settings);
  const { bounds, integers } = program;
  const whole = integers.length > 0 && { integers };
  const followed = debugSolution !== undefined && { debugSolution: followedOf(debugSolution, program.n) };
  const first = { ...begin(program, warmStart), ...bounds, ...whole, ...followed };
  const flat = {
    ...others,
    ...(gap !== undefined && { tolerance: checkNumber('gap', gap, { lower: 0 }) }),
    ...(cutoff !== undefined && { cutoff: cutoffOf(cutoff, program) }),
  };
  const stated = nativeProblem<MinimizeGloballyProblem>(program, first);
  const answer = await solve('minimizeGlobally', stated, flat, program.deviceSupport, presentFor(program));
  if (answer.status !== 'solved') answer.message = withNames(answer.message, program);
  return presented(answer, program);
}

/** The points to begin at. */
function begin(
  program: CompiledProgram,
  warmStart: MinimizeGloballySettings['warmStart'],
): Pick<MinimizeGloballyProblem, 'start' | 'points'> {
  if (warmStart === undefined) return { start: program.knownStart };
  const points = pointsOf(warmStart, program.n);
  const [start = program.knownStart, ...more] = points;
  if (more.length === 0) return { start };
  const flat = new Float64Array(more.length * program.n);
  for (const [k, point] of more.entries()) flat.set(point, k * program.n);
  return { start, points: flat };
}

/** The point that is followed, n numbers. */
function followedOf(solution: WarmStart, n: number): Float64Array {
  const { x } = checkWarmStart(solution, 'debugSolution');
  return checkVector('debugSolution.x', x, { length: n, per: 'one for each variable' });
}

/** The points of a warm start, n numbers each. */
function pointsOf(warmStart: WarmStart | readonly WarmStart[], n: number): Float64Array[] {
  const length = { length: n, per: 'one for each variable' };
  if (!isListOfObjects(warmStart)) return [checkVector('warmStart.x', checkWarmStart(warmStart).x, length)];
  return warmStart.map((each, k) => {
    if (typeof each !== 'object' || each === null) {
      throw typeError(`warmStart[${k}] = ${show(each)}: expected an object, an earlier result or { x }`);
    }
    return checkVector(`warmStart[${k}].x`, each.x, length);
  });
}

const isListOfObjects = (given: WarmStart | readonly WarmStart[]): given is readonly WarmStart[] =>
  Array.isArray(given) && given.every((each) => typeof each !== 'number');

/** The number below which the objective is wanted as the solver has it, which minimises -f where f is maximised. */
function cutoffOf(cutoff: number, { sense }: CompiledProgram): number {
  if (sense === 'minimize') return cutoff;
  const largest = 1e15;
  if (typeof cutoff !== 'number') throw typeError(`cutoff = ${show(cutoff)}: expected a number`);
  if (cutoff <= largest) return -cutoff;
  throw rangeError(`cutoff = ${cutoff}: expected a number <= ${largest}, as the objective is maximised`);
}

/** Makes of a report what its user sees: objective and bound with the sign of the model's objective, and the gap. */
function presentFor({ sense }: CompiledProgram): Present {
  return (report) => {
    const { lowerBound, residual, gap = residual } = report as Partial<MinimizeGloballyReport>;
    const shown = sense === 'maximize' ? maximized(report) : report;
    const upperBound = lowerBound === undefined ? undefined : 0 - lowerBound;
    const bound = sense === 'maximize' ? upperBound : lowerBound;
    return Object.assign(
      shown,
      bound !== undefined && { bound },
      sense === 'maximize' && upperBound !== undefined && { upperBound },
      gap !== undefined && { gap },
    );
  };
}

const programs = new WeakMap<object, CompiledProgram>();
const openBoxes = new WeakMap<object, MinimizeGloballySolution['openBoxes']>();

/** The functions of results, which are no part of them where they are copied or written as JSON. */
const functions = class MinimizeGloballyResult {
  get names(): ResultNames {
    const program = programs.get(this);
    if (!program) throw typeError('expected to be asked of a result, as result.names');
    return allNames(program);
  }
  async boxes(): Promise<OpenBox[]> {
    const program = programs.get(this);
    if (!program) throw typeError('expected to be asked of a result, as result.boxes()');
    return boxesOf(openBoxes.get(this), program);
  }
  [inspectedAs](): string {
    return lineOf(this as unknown as Parameters<typeof lineOf>[0]);
  }
}.prototype;

/** The open boxes, those with the best bound first. */
function boxesOf(open: MinimizeGloballySolution['openBoxes'], { n, sense }: CompiledProgram): OpenBox[] {
  if (open === undefined) return [];
  const boxes = Array.from(open.bounds, (bound, k) => ({
    lower: open.lower.slice(k * n, (k + 1) * n),
    upper: open.upper.slice(k * n, (k + 1) * n),
    bound: sense === 'maximize' ? 0 - bound : bound,
  }));
  return boxes.sort((a, b) => (sense === 'maximize' ? b.bound - a.bound : a.bound - b.bound));
}

/** The line that the console shows for a result. */
function lineOf({ status, objective, bound, certificate, nodes }: MinimizeGloballyResult): string {
  const known = certificate.kind === 'none' ? undefined : certificate.kind;
  const facts = [`objective ${brief(objective, 9)}`, `bound ${brief(bound, 9)}`, known];
  return oneLine(status, [...facts, counted(nodes, 'node')]);
}

/** The answer with the bound in the sense of the objective, and names. */
function presented(
  {
    verifiedObjective,
    openBoxes: boxes,
    ...answer
  }: SolveResult<MinimizeGloballyReport> & MinimizeGloballySolution & { bound?: number },
  program: CompiledProgram,
): MinimizeGloballyResult {
  const names = allNames(program).variables;
  // No point has an objective below infinity where there is no point.
  const [none, all] = program.sense === 'maximize' ? [Infinity, -Infinity] : [-Infinity, Infinity];
  const verified = verifiedObjective !== undefined && {
    ...(program.sense === 'maximize' ? { lowerBound: 0 - verifiedObjective } : { upperBound: verifiedObjective }),
  };
  const result = Object.assign(answer, verified, {
    objective: answer.objective ?? Number.NaN,
    bound: answer.status === 'infeasible' ? all : (answer.bound ?? none),
    boundsAssumed: Array.from(answer.boundsAssumed, (j) => names[j] as string),
  });
  programs.set(result, program);
  openBoxes.set(result, boxes);
  return withMethods(result, functions);
}
