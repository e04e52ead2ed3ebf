// What is known of a solve while it runs, and how it ends.

/**
 * How a solve ended. `solved` is the only success; every other status comes with the best iterate so far.
 *
 * - `solved`: to the asked tolerance
 * - `iterationLimit`, `timeLimit`: `maxIterations` or `timeLimit` was met first
 * - `evaluationLimit`: `maxEvaluations` was, of a solver that has that setting
 * - `stalled`: no further progress is possible in floating point
 * - `infeasible`, `unbounded`: the problem has no solution
 * - `numericalError`: a number left the range of floating point
 * - `aborted`: by the `signal`
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
  iteration: number;
  objective?: number;
  /** No solution has a smaller objective. */
  lowerBound?: number;
  /** What `tolerance` is compared with. */
  residual?: number;
  /** Evaluations of the objective so far, of a solver that counts them. */
  evaluations?: number;
  /** Since the solve began to run; time in the queue does not count. */
  seconds: number;
}
