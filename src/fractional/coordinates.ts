// Coordinate descent on functions of JavaScript: slow, for problems that have no native terms yet.
import { rangeError, typeError } from '../core/argumentError.js';
import { boundsOfVariables } from '../core/bounds.js';
import {
  checkBoolean,
  checkFunction,
  checkMembers,
  checkNumber,
  checkSignal,
  checkVector,
  disown,
  show,
} from '../core/check.js';
import { iterate, type Monitor, type Report, type Solver } from '../core/iterate.js';
import { checkSettings } from '../core/settingNames.js';
import type { Certificate, Outcome, SolveOptions, Status } from '../core/solve.js';
import { type WarmStart, warmStartPoint } from '../core/warmStart.js';

export interface CoordinateProblem {
  /** n numbers, with a finite objective. */
  start: ArrayLike<number>;
  /** F(x). Request once a sweep, and for every step that has no `step` function to find it. */
  objective: (x: Float64Array) => number;
  /**
   * A global minimiser t of F(x + t e_i); 0 to stay. What would leave the bounds is cut off there. Default: {@link minimizeAlong}, which
   * asks `objective` some hundred times.
   */
  step?: ((x: Float64Array, i: number) => number) | undefined;
  /** Told after each step that x_i has grown by t: keep what `step` needs, such as residuals, up to date here. */
  moved?: ((x: Float64Array, i: number, t: number) => void) | undefined;
  /** Bounds of every coordinate, or one for each. Default: none. */
  lower?: number | ArrayLike<number> | undefined;
  upper?: number | ArrayLike<number> | undefined;
}

export interface CoordinateSettings extends Pick<SolveOptions, 'signal' | 'deadline' | 'onProgress' | 'verbose'> {
  /** A point to begin with instead of the problem's `start`, such as an earlier result. */
  warmStart?: WarmStart | undefined;
  /** Most sweeps. @defaultValue 1000 */
  maxIterations?: number | undefined;
  /** The relative decrease of F over a sweep, to the power 1/2, at which the solve ends. @defaultValue 1e-6 */
  tolerance?: number | undefined;
  /** Seconds. @defaultValue Infinity */
  timeLimit?: number | undefined;
}

export interface CoordinateResult extends Outcome {
  x: Float64Array;
  /** F(x). */
  objective: number;
  sweeps: number;
  /** Coordinates moved. */
  updates: number;
  /** The certificate of x: nothing, as nothing is known of the functions. */
  certificate: Certificate;
}

/**
 * Minimises F by one coordinate after the other, in plain JavaScript, with your own solution of the one-dimensional
 * problems. It runs on the calling thread, in slices of some milliseconds between which other events are served: a hundred
 * times slower than {@link minimizeRatio}, and meant for research.
 *
 * ```ts
 * // (x + 2)^2 / (|3 x + 2| + 1)
 * const { x } = await minimizeByCoordinates({ start: [5], objective: ([u = 0]) => (u + 2) ** 2 / (Math.abs(3 * u + 2) + 1) });
 * ```
 *
 * @throws (rejects) TypeError or RangeError that names the argument; what `objective`, `step` or `moved` throw.
 */
export async function minimizeByCoordinates(
  problem: CoordinateProblem,
  settings: CoordinateSettings = {},
): Promise<CoordinateResult> {
  const members = ['start', 'objective', 'step', 'moved', 'lower', 'upper'];
  const { objective, step, moved } = checkMembers('problem', problem, members);
  checkFunctions({ objective, step, moved });
  const known = ['maxIterations', 'tolerance', 'timeLimit', 'signal', 'deadline', 'onProgress', 'verbose', 'warmStart'];
  const { warmStart, verbose = false, signal, deadline, onProgress, ...limits } = checkSettings(settings, known);
  checkSignal('signal', signal);
  checkFunction('onProgress', onProgress, { optional: true });
  const options = { signal, deadline, onProgress, verbose: checkBoolean('verbose', verbose) };
  const x = Float64Array.from(warmStartPoint(warmStart) ?? checkVector('start', problem.start));
  const unbounded = (infinity: number) => new Float64Array(x.length).fill(infinity);
  const { lower = unbounded(Number.NEGATIVE_INFINITY), upper = unbounded(Number.POSITIVE_INFINITY) } =
    boundsOfVariables(problem, x.length);
  x.forEach((u, i) => {
    if (u >= at(lower, i) && u <= at(upper, i)) return;
    throw rangeError(`start[${i}] = ${u}: expected a number in [${at(lower, i)}, ${at(upper, i)}]`);
  });
  const { maxIterations = 1000, tolerance = 1e-6, timeLimit = Number.POSITIVE_INFINITY } = limits;
  checkLimits({ maxIterations, tolerance, timeLimit });
  const first = objectiveAt(objective, x);
  if (!Number.isFinite(first)) throw rangeError(`objective(start) = ${show(first)}: expected a finite number`);
  const functions = { objective: (point: Float64Array) => objectiveAt(objective, point), step, moved };
  const descent = new CoordinateDescent(functions, x, first, lower, upper);
  const outcome = await iterate(descent, { maxIterations, tolerance, timeLimit }, options);
  return {
    ...outcome,
    objective: outcome.objective ?? Number.NaN,
    sweeps: outcome.iterations,
    updates: descent.updates,
    certificate: { kind: 'none' },
    x,
  };
}

function checkFunctions(functions: Pick<CoordinateProblem, 'objective' | 'step' | 'moved'>): void {
  for (const [name, f] of Object.entries(functions)) checkFunction(name, f, { optional: name !== 'objective' });
}

function checkLimits(limits: Record<string, number>): void {
  for (const [name, value] of Object.entries(limits)) {
    if (typeof value !== 'number') throw typeError(`${name} = ${show(value)}: expected a number`);
    if (!(value >= 0)) throw rangeError(`${name} = ${value}: expected a number >= 0`);
  }
}

/** The value of the objective, a number; NaN where it is not defined. */
function objectiveAt(objective: CoordinateProblem['objective'], x: Float64Array): number {
  return numberOf('objective', objective(x));
}

/** The number that a function of the user has returned. */
function numberOf(name: string, value: unknown): number {
  if (typeof value === 'number') return value;
  disown(value);
  throw typeError(`${name} = ${show(value)}: expected a number`);
}

/** One coordinate after the other, an iteration a sweep. */
class CoordinateDescent implements Solver {
  updates = 0;
  readonly #functions: Pick<CoordinateProblem, 'objective' | 'step' | 'moved'>;
  readonly #x: Float64Array;
  readonly #lower: ArrayLike<number>;
  readonly #upper: ArrayLike<number>;
  #objective: number;
  /** Coordinates have moved since `#objective` was computed. */
  #stale = false;
  #residual: number | undefined;

  constructor(
    functions: Pick<CoordinateProblem, 'objective' | 'step' | 'moved'>,
    x: Float64Array,
    first: number,
    lower: ArrayLike<number>,
    upper: ArrayLike<number>,
  ) {
    this.#functions = functions;
    this.#x = x;
    this.#objective = first;
    this.#lower = lower;
    this.#upper = upper;
  }

  async step(monitor: Monitor): Promise<Status | undefined> {
    const before = this.#objective;
    for (let i = 0; i < this.#x.length; ++i) {
      if (monitor.due) await monitor.pause();
      this.#moveCoordinate(i);
    }
    const now = this.#currentObjective();
    this.#residual = Math.sqrt(Math.max(0, before - now) / Math.max(Math.abs(now), Number.MIN_VALUE));
    return now === Number.NEGATIVE_INFINITY ? 'unbounded' : undefined;
  }

  progress(): Report {
    const objective = this.#currentObjective();
    return this.#residual === undefined ? { objective } : { objective, residual: this.#residual };
  }

  #moveCoordinate(i: number): void {
    const { objective, step, moved } = this.#functions;
    const x = this.#x;
    const along = (t: number) => {
      const u = at(x, i);
      x[i] = u + t;
      const value = objective(x);
      x[i] = u;
      return value;
    };
    const u = at(x, i);
    const [lower, upper] = [at(this.#lower, i), at(this.#upper, i)];
    const t = step ? step(x, i) : minimizeAlong(along, { lower: lower - u, upper: upper - u }).t;
    disown(t);
    if (!Number.isFinite(t)) throw rangeError(`step(x, ${i}) = ${show(t)}: expected a finite number`);
    x[i] = Math.min(upper, Math.max(lower, u + t));
    if (x[i] === u) return;
    this.#stale = true;
    ++this.updates;
    disown(moved?.(x, i, at(x, i) - u));
  }

  #currentObjective(): number {
    if (this.#stale) this.#objective = this.#functions.objective(this.#x);
    this.#stale = false;
    return this.#objective;
  }
}

/**
 * A global minimiser of f over an interval around 0, by brute force: a grid that is fine near 0 and reaches `scale` times
 * 2^40 far, then golden sections. Slow, and blind to what lies between grid points: to check a formula with, or where
 * there is none.
 */
export function minimizeAlong(
  f: (t: number) => number,
  interval: { lower?: number; upper?: number; scale?: number } = {},
): { t: number; value: number } {
  const known = ['lower', 'upper', 'scale'];
  const {
    lower = Number.NEGATIVE_INFINITY,
    upper = Number.POSITIVE_INFINITY,
    scale = 1,
  } = checkMembers('interval', interval, known, 'option');
  checkFunction('f', f);
  for (const [name, bound] of Object.entries({ lower, upper })) {
    if (typeof bound !== 'number') throw typeError(`${name} = ${show(bound)}: expected a number`);
    if (Number.isNaN(bound)) throw rangeError(`${name} = NaN: expected a number`);
  }
  checkNumber('scale', scale, { lower: 0, open: true });
  const grid = [0, lower, upper];
  for (let power = -40; power <= 40; ++power) {
    for (const mantissa of [1, 1.25, 1.5, 1.75])
      grid.push(scale * mantissa * 2 ** power, -scale * mantissa * 2 ** power);
  }
  const points = grid.filter((t) => Number.isFinite(t) && t >= lower && t <= upper).sort((a, b) => a - b);
  const valueAt = (t: number): number => numberOf(`f(${t})`, f(t));
  const values = points.map(valueAt);
  let best = { t: 0, value: valueAt(0) };
  const consider = (t: number, value: number) => {
    if (value < best.value) best = { t, value };
  };
  values.forEach((value, k) => {
    consider(at(points, k), value);
    const [left, right] = [values[k - 1] ?? Number.POSITIVE_INFINITY, values[k + 1] ?? Number.POSITIVE_INFINITY];
    if (!(value <= left && value <= right)) return;
    const t = goldenSection(valueAt, points[k - 1] ?? at(points, k), points[k + 1] ?? at(points, k));
    consider(t, valueAt(t));
  });
  return best;
}

function goldenSection(f: (t: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [from, to];
  let [left, right] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [atLeft, atRight] = [f(left), f(right)];
  for (let k = 0; k < 100 && b - a > 1e-16 * (Math.abs(a) + Math.abs(b)); ++k) {
    if (atLeft <= atRight) {
      [b, right, atRight] = [right, left, atLeft];
      left = b - ratio * (b - a);
      atLeft = f(left);
    } else {
      [a, left, atLeft] = [left, right, atRight];
      right = a + ratio * (b - a);
      atRight = f(right);
    }
  }
  return (a + b) / 2;
}

const at = (values: ArrayLike<number>, i: number): number => values[i] ?? Number.NaN;
