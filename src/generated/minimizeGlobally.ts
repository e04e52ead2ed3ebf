// Made by scripts/types.mjs from what the native library declares. Do not edit.
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface MinimizeGloballyProblem {
  /** Point to begin at. Default: what the program computes. */
  start?: Float64Array | undefined;
  /** Points to begin at beside the start, n numbers each. */
  points?: Float64Array | undefined;
  /** A known solution, which the search follows. */
  debugSolution?: Float64Array | undefined;
  /** Lower bounds instead of those of the program. */
  lower?: Float64Array | undefined;
  /** Upper bounds instead of those of the program. */
  upper?: Float64Array | undefined;
  /** Lower sides instead of those of the program. */
  constraintsLower?: Float64Array | undefined;
  /** Upper sides instead of those of the program. */
  constraintsUpper?: Float64Array | undefined;
  /** Variables with integer values alone. */
  integers?: Int32Array | undefined;
}

export interface MinimizeGloballyOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 2147483647
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 0.0001
   */
  tolerance?: number | undefined;
  /**
   * The solve also ends where objective - lowerBound is at most this, whatever the objective.
   *
   * Change it when the objective is near 0, or in small units.
   * Expected: a number >= 0.
   * @defaultValue 0.000001
   */
  absoluteGap?: number | undefined;
  /**
   * Most boxes that are looked at before the solve ends with `iterationLimit`.
   *
   * Change it when the answer so far is enough after so much work.
   * Expected: a number >= 1.
   * @defaultValue Infinity
   */
  maxNodes?: number | undefined;
  /**
   * Bytes for open boxes, above which the search goes depth first.
   *
   * Change it when the process has less memory, or more.
   * Expected: a finite number > 0.
   * @defaultValue 1000000000
   */
  memoryLimit?: number | undefined;
  /**
   * Only points with an objective below this number are looked for.
   *
   * Change it when a point is known already, or worse ones are of no use.
   * Expected: a number >= -1000000000000000.
   * @defaultValue Infinity
   */
  cutoff?: number | undefined;
  /**
   * Stands in for infinite bounds: the answer is then about variables up to this size alone.
   *
   * Change it when the model lacks bounds, and the lower bound stays at -infinity.
   * Expected: a number >= 0.
   * @defaultValue Infinity
   */
  assumeBounds?: number | undefined;
  /**
   * When bounds of variables are tightened by linear programs: `none`, at the `root`, in each box (`always`), or in
   * those near the root (`auto`).
   *
   * @defaultValue 'auto'
   */
  tightening?: 'auto' | 'none' | 'root' | 'always' | undefined;
  /**
   * What boxes are bounded by: `linear` programs, which are for all functions, or `semidefinite` ones, which are for
   * quadratic programs in finite boxes. `auto` takes the better ones.
   *
   * @defaultValue 'auto'
   */
  relaxation?: 'auto' | 'linear' | 'semidefinite' | undefined;
  /**
   * Whether it is proved, at the end, that an exactly admissible point lies near x, whose objective is then bounded,
   * too.
   *
   * Change it when points that satisfy constraints to 1e-8 are not enough.
   * @defaultValue false
   */
  verify?: boolean | undefined;
}

export const minimizeGloballyDefaults = {
  ...limitDefaults,
  maxIterations: 2147483647,
  tolerance: 0.0001,
  absoluteGap: 0.000001,
  maxNodes: Infinity,
  memoryLimit: 1000000000,
  cutoff: Infinity,
  assumeBounds: Infinity,
  tightening: 'auto',
  relaxation: 'auto',
  verify: false,
} as const satisfies MinimizeGloballyOptions;

/** Members of a report of the solver beside those of all reports. */
export interface MinimizeGloballyProgress extends Progress {
  /** No solution of a maximisation has a larger objective. */
  upperBound?: number;
  /** Boxes that were looked at. */
  nodes?: number;
  /** Boxes that wait. */
  open?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface MinimizeGloballySolution {
  /** No solution of a maximisation has a larger objective. */
  upperBound?: number;
  /** Boxes that wait. */
  open?: number;
  /** n numbers: the best point. */
  x: Float64Array;
  /** m numbers c(x). */
  constraintValues: Float64Array;
  /**
   * m numbers lambda of L = f + lambda^T c, integers fixed; empty where x is no stationary point, or the solve has
   * ended early.
   */
  multipliers: Float64Array;
  /** n numbers >= 0, the multipliers of lower <= x; empty where others are. */
  lowerMultipliers: Float64Array;
  /** n numbers >= 0, the multipliers of x <= upper; empty where others are. */
  upperMultipliers: Float64Array;
  /**
   * How many eigenvalues of the Hessian of L on the null space of the gradients of what is active are positive,
   * negative and zero, integers fixed.
   */
  inertia?: {
    /** Positive eigenvalues. */
    positive: number;
    /** Negative eigenvalues. */
    negative: number;
    /** Eigenvalues that are zero. */
    zero: number;
  };
  /** True if x was refined by Newton steps on what is active. */
  polished: boolean;
  /** Largest violation of bounds and constraints as given. */
  feasibility?: number;
  /** Boxes that were looked at. */
  nodes: number;
  /** How much work was done. */
  counts: {
    /** Linear relaxations that were solved, those for bounds of variables included. */
    linearPrograms: number;
    /** Pivots of the simplex method. */
    pivots: number;
    /** Local solutions that were begun. */
    localSolves: number;
    /** Bounds of variables that were looked for by linear programs. */
    tightenings: number;
    /** Boxes that second derivatives of the Lagrange function have closed. */
    curved: number;
  };
  /** Indices of variables whose infinite bounds `assumeBounds` has replaced. */
  boundsAssumed: Int32Array;
  /** True if `verify` has proved that an exactly admissible point lies near x. */
  verified: boolean;
  /** How far that point is from x at most, in any entry. */
  verifiedRadius?: number;
  /** No worse objective has that point, in exact arithmetic. */
  verifiedObjective?: number;
  /** Boxes that are left where the search has ended early. */
  openBoxes?: {
    /** Lower bounds, n numbers a box. */
    lower: Float64Array;
    /** Upper bounds, n numbers a box. */
    upper: Float64Array;
    /** No admissible point of a box has an objective below its number. */
    bounds: Float64Array;
  };
  /** The lower bound and its gap. */
  certificate: Certificate;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
