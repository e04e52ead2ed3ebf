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

/** What every result has, wherever it was computed. Members that the solver does not know are absent. */
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
