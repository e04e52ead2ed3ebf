// Made by scripts/types.mjs from what the native library declares. Do not edit.

/** The limits that every solver takes. */
export interface Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 1000
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 0.000001
   */
  tolerance?: number | undefined;
  /**
   * Seconds after which the solve ends with status `timeLimit`.
   *
   * Change it when an answer has to be there by then, accurate or not.
   * Expected: a number >= 0.
   * @defaultValue Infinity
   */
  timeLimit?: number | undefined;
  /**
   * Iterations between two checks of progress, limits and the abort signal.
   *
   * Change it when reports or aborts come too late (smaller), or solves are so short that checks take much of their time (larger).
   * Expected: an integer in [1, 1000000].
   * @defaultValue 1
   */
  checkInterval?: number | undefined;
  /**
   * Most threads that this solve may use; 0 means all of the pool. Results do not depend on it.
   *
   * Change it when other work needs the processors at the same time.
   * Expected: an integer in [0, 1024].
   * @defaultValue 0
   */
  threads?: number | undefined;
  /**
   * Integer seed of everything random in the solve.
   *
   * Change it when the random choices are to be others, for example to see how much the answer depends on them.
   * Expected: an integer in [0, 9007199254740991].
   * @defaultValue 0
   */
  seed?: number | undefined;
}

export const limitDefaults = {
  maxIterations: 1000,
  tolerance: 0.000001,
  timeLimit: Infinity,
  checkInterval: 1,
  threads: 0,
  seed: 0,
} as const satisfies Limits;
