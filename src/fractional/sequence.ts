// Several solves for one answer.
import { checkBoolean, checkFunction } from '../core/check.js';
import { type IterationTable, iterationTable } from '../core/iterationTable.js';
import type { Progress } from '../core/solve.js';
import {
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  type FractionalStart,
  minimizeRatio,
  naming,
} from './solver.js';

export type Limited = FractionalSettings & { maxIterations: number };

/** Solves one after the other, as if they were one: their limits, reports and history. */
export class Sequence {
  #iterations = 0;
  #seconds = 0;
  #updates = 0;
  readonly #history: Progress[] = [];
  readonly #starts: FractionalStart[] = [];
  readonly #settings: Omit<Limited, 'warmStart' | 'verbose'>;
  readonly #table: IterationTable | undefined;

  constructor({ warmStart, verbose, ...settings }: Limited) {
    checkFunction('onProgress', settings.onProgress, { optional: true });
    this.#settings = settings;
    this.#table = verbose !== undefined && checkBoolean('verbose', verbose) ? iterationTable('fractional') : undefined;
  }

  async next(problem: FractionalProblem): Promise<FractionalResult> {
    const [iterations, seconds] = [this.#iterations, this.#seconds];
    const { maxIterations, timeLimit = Number.POSITIVE_INFINITY, onProgress, ...others } = this.#settings;
    const shifted = (progress: Progress) => ({
      ...progress,
      iteration: progress.iteration + iterations,
      seconds: progress.seconds + seconds,
    });
    const limits = {
      maxIterations: rest(maxIterations, iterations),
      timeLimit: rest(timeLimit, seconds),
      onProgress: (progress: Progress) => {
        this.#table?.report(shifted(progress));
        return onProgress?.(shifted(progress));
      },
    };
    const result = await naming({ 'numerator[0]': 'Sigma' }, minimizeRatio(problem, { ...others, ...limits }));
    this.#iterations += result.iterations;
    this.#seconds += result.seconds;
    this.#updates += result.updates;
    this.#history.push(...result.history.map(shifted));
    this.#starts.push(...result.starts);
    return result;
  }

  /** The last result with the sums of all. */
  total(result: FractionalResult, message: string): FractionalResult {
    const iterations = this.#iterations;
    this.#table?.end(this.#history);
    return {
      ...result,
      message: result.status === 'solved' ? `Solved after ${iterations} iterations: ${message}` : message,
      iterations,
      sweeps: iterations,
      updates: this.#updates,
      seconds: this.#seconds,
      history: this.#history,
      starts: this.#starts,
    };
  }
}

/** The rest of a limit; the addon refuses a wrong one. */
function rest(limit: number, used: number): number {
  return typeof limit === 'number' && limit >= used ? limit - used : used === 0 ? limit : 0;
}
