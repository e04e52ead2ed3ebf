// Deadlines: the moment by which a call is to have its answer, the same for all solves of the call.
import type { Outcome } from '../generated/solve.js';
import { rangeError } from './argumentError.js';
import { checkNumber, checkObject, refuseList } from './check.js';
import { SolverError } from './error.js';
import { watch } from './watch.js';

/** definition: the most milliseconds that Node's timers wait, 24 days. */
const longest = 2 ** 31 - 1;

/** The moment that lies so many milliseconds after this was made. */
export class Deadline {
  readonly #end: number;

  constructor(milliseconds: number) {
    this.#end = performance.now() + milliseconds;
  }

  /** Milliseconds until then; 0 afterwards. */
  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  get over(): boolean {
    return this.left === 0;
  }

  /** A limit of time of a solve that begins now, in seconds; one of the wrong type is left to be refused. */
  limit(timeLimit = Number.POSITIVE_INFINITY): number {
    return typeof timeLimit === 'number' ? Math.min(timeLimit, this.left / 1000) : timeLimit;
  }
}

/**
 * Settings, an object, whose `deadline` of milliseconds from now has become a moment: all solves that they are handed on to end then. A
 * function calls this before it waits for anything.
 * @throws TypeError or RangeError
 */
export function fixDeadline<T extends object>(settings: T): T {
  refuseList(settings, 'settings');
  const { deadline } = checkObject('settings', settings) as { deadline?: unknown };
  if (deadline === undefined || deadline instanceof Deadline) return settings;
  if (checkNumber('deadline', deadline, { lower: 0 }) > longest) {
    throw rangeError(`deadline = ${deadline}: expected a number of milliseconds <= ${longest}`);
  }
  return { ...settings, deadline: new Deadline(deadline as number) };
}

/** The moment in settings that {@link fixDeadline} has given. */
export const deadlineOf = ({ deadline }: Pick<Ends, 'deadline'>): Deadline | undefined =>
  deadline as unknown as Deadline | undefined;

/** Settings that end a call. */
export interface Ends {
  signal?: AbortSignal | undefined;
  deadline?: number | undefined;
}

/** Returns true if a call with these settings is to end. */
export const isOver = (ends: Ends): boolean => (ends.signal?.aborted ?? false) || (deadlineOf(ends)?.over ?? false);

/** Calls `work` with a signal that aborts when that of the settings does, or at their deadline. */
export async function untilDeadline<T>(
  ends: Ends,
  work: (signal: AbortSignal | undefined) => T | Promise<T>,
): Promise<T> {
  const { signal } = ends;
  const deadline = deadlineOf(ends);
  if (!deadline) return work(signal);
  const controller = new AbortController();
  const end = (): void => controller.abort();
  if (isOver(ends)) end();
  // Timers have whole milliseconds, and may be early by a part of one.
  const timer = setTimeout(end, Math.min(longest, Math.ceil(deadline.left) + 1));
  const unwatch = signal && watch(signal, end);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    unwatch?.();
  }
}

/** Says of an answer that was cut short by the deadline, not by the signal, that it was. */
export function nameDeadline(answer: Pick<Outcome, 'status' | 'message'>, ends: Ends): void {
  const { status, message } = answer;
  if (ends.signal?.aborted || !deadlineOf(ends)?.over) return;
  if (status !== 'aborted' && status !== 'timeLimit') return;
  answer.status = 'timeLimit';
  answer.message = message.replace(/^(Aborted|Stopped .*?)(?= after )/, 'Stopped at its deadline');
}

/** The answer of `solve`, which is called with a signal that aborts at the deadline; where it was cut short then, it says so. */
export async function answerByDeadline<Answer extends Pick<Outcome, 'status' | 'message'>>(
  ends: Ends,
  solve: (signal: AbortSignal | undefined) => Promise<Answer>,
): Promise<Answer> {
  const answer = await untilDeadline(ends, solve);
  nameDeadline(answer, ends);
  return answer;
}

/**
 * Ends a call that has no answer where its deadline cuts its work short.
 * @throws SolverError `DEADLINE_EXCEEDED`
 */
export function throwAtDeadline(ends: Ends, missing: string): void {
  if (deadlineOf(ends)?.over)
    throw new SolverError('DEADLINE_EXCEEDED', `the deadline came before there was ${missing}`);
}
