// Made by scripts/types.mjs from what the native library declares. Do not edit.

/**
 * How a solve ended. `solved` is the only success; every other status comes with the best iterate so far.
 *
 * - `solved`: Solved to the asked tolerance.
 * - `iterationLimit`: `maxIterations` was met first.
 * - `timeLimit`: `timeLimit` was met first.
 * - `evaluationLimit`: `maxEvaluations` was met first, by a solver that has that setting.
 * - `stalled`: No further progress is possible, in floating point or in the memory that is there.
 * - `infeasible`: No point satisfies the constraints.
 * - `unbounded`: The objective has no lower bound, or none that is attained.
 * - `numericalError`: A number left the range of floating point.
 * - `aborted`: The `signal` ended the solve.
 */
export type Status =
  | 'solved'
  | 'iterationLimit'
  | 'timeLimit'
  | 'evaluationLimit'
  | 'stalled'
  | 'infeasible'
  | 'unbounded'
  | 'numericalError'
  | 'aborted';

/**
 * How much is known of an answer, the least first.
 *
 * - `none`: Nothing is known of the answer.
 * - `stationary`: The first-order conditions of a minimum hold, up to `tolerance`. The point may be a saddle.
 * - `coordinateWise`: No change of a single coordinate lowers the objective, up to `tolerance`. Changes of several
 * may.
 * - `local`: The point is a strict local minimum, as far as second derivatives say.
 * - `bounded`: No admissible point has an objective below `lowerBound`. `gap` is above `tolerance`.
 * - `global`: No admissible point is better: `gap` is at most `tolerance`, or the theory of the problem says so
 * without a bound. With the status `infeasible`: there is no admissible point, as `proof` shows.
 */
export type CertificateKind =
  | 'none'
  | 'stationary'
  | 'coordinateWise'
  | 'local'
  | 'bounded'
  | 'global';

/** The certificate of an answer, in the same words for all solvers. Members that do not apply are absent. */
export interface Certificate {
  /** How much is known, the least first. */
  kind: CertificateKind;
  /**
   * The points that `global` and `bounded` are about where these are not all admissible ones, such as `patterns`: the
   * page of the solver says which.
   */
  over?: string;
  /** None of these points has a smaller objective. */
  lowerBound?: number;
  /** None of these points has a larger objective; of objectives that are maximised, instead of `lowerBound`. */
  upperBound?: number;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
  /** The size that the gap is relative to. */
  gapScale?: number;
  /**
   * Signs of the eigenvalues of the Hessian, under constraints that of the Lagrangian on the null space of the
   * gradients of what is active.
   */
  inertia?: {
    /** Positive eigenvalues. */
    positive: number;
    /** Negative eigenvalues. */
    negative: number;
    /** Eigenvalues that are zero. */
    zero: number;
  };
  /** Vectors that show the status `infeasible` or `unbounded`, which anyone can check. */
  proof?: {
    /**
     * `farkas`: linear constraints cannot be met within the bounds. `ray` and `curve`: the objective has no least
     * value, as far as numbers go. `hall`: rows have too few columns, or columns too few rows.
     */
    kind: 'farkas' | 'ray' | 'curve' | 'hall';
    /**
     * `farkas`: m numbers, multipliers of the constraints: >= 0 where their upper sides count, <= 0 where their lower
     * ones do. With d = A^T y of constraints A x + c(0), no x within the bounds makes y^T c(x) smaller than least = y^T
     * c(0) + sum_j min(d_j lower_j, d_j upper_j), and no values within the sides make it larger than most = sum_i
     * max(y_i constraintsLower_i, y_i constraintsUpper_i).
     */
    y?: Float64Array;
    /** `farkas`: n numbers >= 0: the positive part of d, multipliers of the lower bounds. */
    lower?: Float64Array;
    /** `farkas`: n numbers >= 0: the negative part of d, multipliers of the upper bounds. */
    upper?: Float64Array;
    /**
     * `farkas`: least - most, less what rounding may have done to it: above 0, so that there is no feasible point.
     * `hall`: how many more there are of the larger set.
     */
    margin?: number;
    /** `ray` and `curve`: n numbers, a feasible point. */
    x?: Float64Array;
    /**
     * `ray`: n numbers d. The points x + t d, t >= 0, are feasible, and the objective falls from t = max(1, ||x||_inf)
     * to 100 times that, and so on over eight decades or until it is -Infinity.
     */
    direction?: Float64Array;
    /**
     * `curve`: some feasible points of n numbers, one behind the other, each about a hundred times as far away as the
     * one before, with smaller and smaller objectives: two or more, or up to one where the objective is -Infinity.
     */
    points?: Float64Array;
    /**
     * `hall`: rows all of whose allowed pairs are with `columns`, which are fewer; or, where the columns are more, the
     * rows that all of their allowed pairs are with.
     */
    rows?: Int32Array;
    /** `hall`: the columns of that; absent where there are none. */
    columns?: Int32Array;
  };
  /** One sentence for people: why, or under which condition. */
  because?: string;
}

/** One report of a running solve. Members that the solver does not know are absent; a solver may have more of its own. */
export interface Progress {
  /** Iterations that were completed. */
  iteration: number;
  /** Objective of the best point so far; of a result, of the point that it has. */
  objective?: number;
  /** No solution has a smaller objective. */
  lowerBound?: number;
  /** What `tolerance` is compared with. */
  residual?: number;
  /** Evaluations of the objective, of a solver that counts them. */
  evaluations?: number;
  /** Seconds since the solve began to run; time in the queue does not count. */
  seconds: number;
}

/** Members of every result, wherever it was computed. Members that the solver does not know are absent. */
export interface Outcome<Report extends Progress = Progress> {
  /** How the solve ended. */
  status: Status;
  /** One sentence with the numbers. */
  message: string;
  /** Iterations that were completed. */
  iterations: number;
  /** Objective of the best point so far; of a result, of the point that it has. */
  objective?: number;
  /** No solution has a smaller objective. */
  lowerBound?: number;
  /** What `tolerance` is compared with. */
  residual?: number;
  /** Evaluations of the objective, of a solver that counts them. */
  evaluations?: number;
  /** Seconds since the solve began to run; time in the queue does not count. */
  seconds: number;
  /** Reports of progress over the solve, at most about a thousand. */
  history: Report[];
}
