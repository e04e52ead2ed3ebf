// Figures about solves, for operators of a program: how many there are, how they ended, and a channel that says so.
import { channel } from 'node:diagnostics_channel';
import type { Status } from '../generated/solve.js';
import { addon } from './addon.js';

/** Solves of all threads of the process since the first of them loaded the package. */
export interface PoolStats {
  /** Workers that the solves of the process share: as many run at a time. */
  workers: number;
  /** Solves that were asked for and have not ended. */
  open: number;
  /** Solves among them that wait for a worker: those that are more than there are workers. */
  waiting: number;
  /** Solves that have ended by their status, and those whose promise was rejected. */
  ended: Partial<Record<Status | 'rejected', number>>;
  /** Seconds that solves have run, all together; time in the queue does not count. */
  seconds: number;
}

/** Messages of the channel `nonconvex:solve:start`. */
export interface SolveStart {
  /** A number for each solve of this thread. */
  id: number;
  solver: string;
}

/** Messages of the channel `nonconvex:solve:end`. */
export interface SolveEnd extends SolveStart {
  /** How the solve ended; `'rejected'` where its promise was, with the `error`. */
  status: Status | 'rejected';
  iterations?: number;
  /** Seconds that it has run, without those in the queue. */
  seconds?: number;
  error?: unknown;
}

const starts = channel('nonconvex:solve:start');
const ends = channel('nonconvex:solve:end');
let last = 0;

/**
 * How many solves this process has asked for, how many of them have not ended, and how the others did: for a page of health or metrics.
 * The channels `nonconvex:solve:start` and `nonconvex:solve:end` of `node:diagnostics_channel` have a {@link SolveStart} and a
 * {@link SolveEnd} for each.
 */
export function poolStats(): PoolStats {
  const workers = addon().threads();
  const { open, ended, seconds } = addon().solveCounts();
  return { workers, open, waiting: Math.max(0, open - workers), ended, seconds };
}

/** Counts a solve, and says it on the channels. */
export async function observed<Answer extends { status: Status; iterations: number; seconds: number }>(
  solver: string,
  solve: () => Promise<Answer>,
): Promise<Answer> {
  const id = ++last;
  addon().solveBegan();
  if (starts.hasSubscribers) starts.publish({ id, solver } satisfies SolveStart);
  try {
    const answer = await solve();
    const { status, iterations, seconds } = answer;
    addon().solveEnded(status, seconds);
    if (ends.hasSubscribers) ends.publish({ id, solver, status, iterations, seconds } satisfies SolveEnd);
    return answer;
  } catch (error) {
    addon().solveEnded('rejected', 0);
    if (ends.hasSubscribers) ends.publish({ id, solver, status: 'rejected', error } satisfies SolveEnd);
    throw error;
  }
}
