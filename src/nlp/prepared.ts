// Convex quadratic programs that are solved again and again with other vectors.

import { addon, type PreparedHandle, type PreparedRequest, type ProgramRequest, type Solvers } from '../core/addon.js';
import { typeError } from '../core/argumentError.js';
import { checkBounds } from '../core/bounds.js';
import { checkMembers, checkNumber, checkVector } from '../core/check.js';
import { deadlineOf, fixDeadline } from '../core/deadline.js';
import { fromNative } from '../core/error.js';
import type { Status } from '../core/solve.js';
import { partsOf, type QuadraticParts, type QuadraticProblem, QuadraticProgram } from '../problems/quadratic.js';
import { minimize, type NlpResult, type NlpSettings } from './solver.js';

/** Vectors of a solve that differ from those of the prepared program. */
export type QuadraticChanges = Pick<QuadraticProblem, 'c' | 'b' | 'atMost' | 'atLeast' | 'lower' | 'upper'>;

export interface SolveSyncSettings {
  /**
   * The largest violation, entry of the gradient of the Lagrangian, and duality gap beside 1 + |objective|, of a solution. Default 1e-8.
   */
  tolerance?: number | undefined;
  /** Seconds after which the solve ends with `'timeLimit'`. Default: none. */
  timeLimit?: number | undefined;
  /** Milliseconds from the call after which the solve ends with `'timeLimit'`. Default: none. */
  deadline?: number | undefined;
}

/** The answer of {@link PreparedQuadratic.solveSync}, with the signs of {@link NlpResult}. */
export interface QuadraticAnswer {
  status: Status;
  /** One sentence for people. */
  message: string;
  /** n numbers. */
  x: Float64Array;
  /** 1/2 x^T Q x + c^T x + constant. */
  objective: number;
  /** Multipliers of the rows of A and then of those of G: >= 0 at an upper side, <= 0 at a lower one. */
  multipliers: Float64Array;
  /** n numbers >= 0, of the lower bounds. */
  lowerMultipliers: Float64Array;
  /** n numbers >= 0, of the upper bounds. */
  upperMultipliers: Float64Array;
  /** Iterations: 0 where the active sides of the solve before are those of this one. */
  iterations: number;
}

const changeable = ['c', 'b', 'atMost', 'atLeast', 'lower', 'upper'];

/**
 * Checks a convex quadratic or linear program, scales it and finds its order of elimination, for solves with other vectors:
 *
 *     minimise  1/2 x^T Q x + c^T x  subject to  A x = b,  atLeast <= G x <= atMost,  lower <= x <= upper
 *
 * ```ts
 * const controller = await prepareQuadratic({ Q, c, A, b, lower: -1, upper: 1 });
 * const first = await controller.solve();
 * const next = controller.solveSync({ b: newState }, { timeLimit: 1e-3 });
 * ```
 *
 * A solve first tries the active sides of the one before, which one factorisation shows to be those of the solution or not.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, as {@link quadraticProgram}, and RangeError where Q is
 * not positive semidefinite.
 */
export async function prepareQuadratic(problem: QuadraticProblem): Promise<PreparedQuadratic> {
  const parts = partsOf(problem);
  const program = new QuadraticProgram(parts);
  const native = addon();
  await program.ahead(native);
  try {
    const handle = await native.prepareQuadratic(requestOf(program, native)).promise;
    return new PreparedQuadratic(parts, handle as PreparedHandle);
  } catch (error) {
    throw fromNative(error);
  }
}

const requestOf = (program: QuadraticProgram, native: Solvers): ProgramRequest =>
  program.toNative((_, f) => f as never, native) as ProgramRequest;

/** A program that {@link prepareQuadratic} has prepared. */
export class PreparedQuadratic {
  readonly #parts: QuadraticParts;
  readonly #handle: PreparedHandle;
  readonly #request: PreparedRequest;

  /** @internal */
  constructor(parts: QuadraticParts, handle: PreparedHandle) {
    this.#parts = parts;
    this.#handle = handle;
    this.#request = { prepared: handle, ...vectorsOf(parts), tolerance: 0, timeLimit: 0 };
  }

  /** Number of variables. */
  get n(): number {
    return this.#parts.linear.length;
  }

  /** Number of rows of A and G. */
  get m(): number {
    const { rows, inequalities } = this.#parts;
    return (rows?.A.rows ?? 0) + (inequalities?.G.rows ?? 0);
  }

  /**
   * Solves the program with some vectors replaced, in this solve alone, as {@link minimize} does, beside JavaScript's thread. Solves of one
   * program at the same time do not wait for each other: the first has what was prepared.
   */
  async solve(changes: QuadraticChanges = {}, settings: NlpSettings = {}): Promise<NlpResult> {
    const program = new QuadraticProgram(changed(this.#parts, changes));
    program.prepared = this.#handle;
    return minimize(program, settings);
  }

  /**
   * Solves the program with some vectors replaced, in this solve alone, on this thread: for programs whose solve takes less than the way to
   * another thread and back.
   *
   * @throws TypeError or RangeError that names the argument and the value; RangeError while a `solve` of this program runs.
   */
  solveSync(changes: QuadraticChanges = {}, settings: SolveSyncSettings = {}): QuadraticAnswer {
    const limited = fixDeadline(checkMembers('settings', settings, ['tolerance', 'timeLimit', 'deadline'], 'setting'));
    const { tolerance = 1e-8, timeLimit = Number.POSITIVE_INFINITY } = limited;
    if (timeLimit !== Number.POSITIVE_INFINITY) checkNumber('timeLimit', timeLimit, { lower: 0 });
    const request = {
      ...this.#request,
      ...(Object.keys(changes).length > 0 && vectorsOf(changed(this.#parts, changes))),
      tolerance: checkNumber('tolerance', tolerance, { lower: 0, open: true }),
      timeLimit: deadlineOf(limited)?.limit(timeLimit) ?? timeLimit,
    };
    try {
      const { boundMultipliers, objective = Number.NaN, ...answer } = addon().solvePrepared(request);
      return {
        ...answer,
        objective: objective + this.#parts.constant,
        lowerMultipliers: boundMultipliers.map((z) => Math.max(0, -z)),
        upperMultipliers: boundMultipliers.map((z) => Math.max(0, z)),
      };
    } catch (error) {
      throw fromNative(error);
    }
  }
}

/** The parts with some vectors replaced. */
function changed(parts: QuadraticParts, changes: QuadraticChanges): QuadraticParts {
  checkMembers('changes', changes, changeable, 'member');
  const { c, b, atMost, atLeast, lower, upper } = changes;
  const next = { ...parts };
  const n = parts.linear.length;
  if (c !== undefined) next.linear = checkVector('c', c, { length: n, per: 'one for each unknown' });
  if (b !== undefined) {
    if (!parts.rows) throw typeError('b: expected none, as the prepared program has no A');
    const { A } = parts.rows;
    next.rows = { A, b: checkVector('b', b, { length: A.rows, per: 'one for each row of A' }) };
  }
  if (atMost !== undefined || atLeast !== undefined) {
    if (!parts.inequalities) throw typeError('atMost: expected none, as the prepared program has no G');
    const { G, ...sides } = parts.inequalities;
    const low = { name: 'atLeast', value: atLeast ?? sides.lower },
      high = { name: 'atMost', value: atMost ?? sides.upper };
    next.inequalities = { G, ...checkBounds(low, high, [G.rows]) };
  }
  if (lower !== undefined || upper !== undefined) {
    const low = { name: 'lower', value: lower ?? parts.lower },
      high = { name: 'upper', value: upper ?? parts.upper };
    Object.assign(next, checkBounds(low, high, [n]));
  }
  return next;
}

/** The vectors of parts as the addon takes them. */
function vectorsOf({ linear, lower, upper, rows, inequalities }: QuadraticParts) {
  const none = (value: number) => new Float64Array(linear.length).fill(value);
  const sides = (of: 'lower' | 'upper') => {
    const [b, side] = [rows?.b, inequalities?.[of]];
    if (!b || !side) return b ?? side ?? new Float64Array(0);
    const all = new Float64Array(b.length + side.length);
    all.set(b);
    all.set(side, b.length);
    return all;
  };
  return {
    c: linear,
    lower: lower ?? none(Number.NEGATIVE_INFINITY),
    upper: upper ?? none(Number.POSITIVE_INFINITY),
    constraintsLower: sides('lower'),
    constraintsUpper: sides('upper'),
  };
}
