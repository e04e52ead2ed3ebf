// The outer loop of solvers that are written in TypeScript: limits, reports, history, statuses and messages are those of
// native/core/run.hpp, so that no user can tell where a solver runs.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Reports } from './callbacks.js';
import { type Deadline, deadlineOf, type Ends, nameDeadline } from './deadline.js';
import { iterationTable } from './iterationTable.js';
import type { Outcome, Progress, SolveOptions, Status } from './solve.js';

/** The limits of a solve; `maxEvaluations` for solvers that report `evaluations`. */
export interface Limits {
  maxIterations: number;
  tolerance: number;
  timeLimit: number;
  checkInterval?: number;
  maxEvaluations?: number;
}

/** Members of a report that a solver knows; the loop adds the rest. */
export type Report = Omit<Progress, 'iteration' | 'seconds'>;

type Awaitable<T> = T | Promise<T>;

/**
 * A solver that {@link iterate} runs. Its state is a valid answer from the beginning on, and after an {@link Interrupted} that
 * `monitor.pause()` throws inside `start` or `step`.
 */
export interface Solver {
  /** The set-up that may take long. A status ends the solve. */
  start?(monitor: Monitor): Awaitable<Status | undefined>;
  /** One iteration of the method. A status ends the solve: `'solved'`, or why it cannot go on. */
  step(monitor: Monitor): Awaitable<Status | undefined>;
  /** The report at a check; an objective or a residual that is not known is absent. */
  progress(): Report;
  /** Adds a sentence to the message of `'stalled'`. */
  explain?(): string;
  /** True if the solver alone says when it is solved. Else it is where `residual` <= `tolerance`. */
  decidesSolved?: boolean;
}

/** Thrown by {@link Monitor.pause} when the solve is to end. */
export class Interrupted extends Error {}

/** Tells a running solve when it is to end, and when the other events of its thread are due. */
export class Monitor {
  /** Milliseconds of computing between two turns of the event loop. */
  static readonly slice = 10;
  readonly #begin = performance.now();
  readonly #timeLimit: number;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: Deadline | undefined;
  readonly #parent: Monitor | undefined;
  #turn = this.#begin;

  constructor(timeLimit = Number.POSITIVE_INFINITY, ends: Ends = {}, parent?: Monitor) {
    this.#timeLimit = timeLimit;
    this.#signal = ends.signal;
    this.#deadline = deadlineOf(ends);
    this.#parent = parent;
  }

  /** A monitor for a solve inside this one: it ends when this one does, or after `timeLimit` seconds of its own. */
  child(timeLimit?: number): Monitor {
    return new Monitor(timeLimit, {}, this);
  }

  get isChild(): boolean {
    return this.#parent !== undefined;
  }

  get seconds(): number {
    return (performance.now() - this.#begin) / 1000;
  }

  get aborted(): boolean {
    return (this.#signal?.aborted ?? false) || (this.#parent?.aborted ?? false);
  }

  get outOfTime(): boolean {
    if (performance.now() - this.#begin >= this.#timeLimit * 1000 || this.#deadline?.over) return true;
    return this.#parent?.outOfTime ?? false;
  }

  /** Returns true if other events have waited for a slice: then call {@link pause}. Cheap enough for an inner loop. */
  get due(): boolean {
    return performance.now() - this.#turn > Monitor.slice;
  }

  /** Lets other events be served; throws {@link Interrupted} if the solve is to end after that. */
  async pause(): Promise<void> {
    await nextTurn();
    this.#turn = performance.now();
    if (this.aborted || this.outOfTime) throw new Interrupted();
  }
}

/** Reports of a solve, thinned to every second one whenever there are too many: bounded memory however long it runs. */
export class History {
  static readonly capacity = 1024;
  reports: Progress[] = [];
  #count = 0;
  #stride = 1;

  add(report: Progress): void {
    if (this.#count++ % this.#stride !== 0) return;
    if (this.reports.length === History.capacity) {
      this.reports = this.reports.filter((_, i) => i % 2 === 0);
      this.#stride *= 2;
      if ((this.#count - 1) % this.#stride !== 0) return;
    }
    this.reports.push(report);
  }
}

/** Runs a solver until it is solved or a limit is met. A solve inside another one takes `monitor.child()`. */
export async function iterate(
  solver: Solver,
  limits: Limits,
  { onProgress, verbose = false, ...ends }: Pick<SolveOptions, 'signal' | 'deadline' | 'onProgress' | 'verbose'> = {},
  monitor = new Monitor(limits.timeLimit, ends),
): Promise<Outcome> {
  const table = verbose ? iterationTable() : undefined;
  const listen = (progress: Progress): unknown => {
    table?.report(progress);
    return onProgress?.(progress);
  };
  const outcome = await new OuterLoop(solver, limits, monitor, listen).run();
  table?.end(outcome.history);
  nameDeadline(outcome, ends);
  return outcome;
}

/** One run of {@link iterate}. */
class OuterLoop {
  readonly #solver: Solver;
  readonly #limits: Required<Limits>;
  readonly #monitor: Monitor;
  readonly #listen: (progress: Progress) => unknown;
  readonly #reports = new Reports();
  readonly #history = new History();
  #iteration = 0;
  #outOfTime = false; // the time was over at the last check
  #now: Progress = { iteration: 0, seconds: 0 };

  constructor(solver: Solver, limits: Limits, monitor: Monitor, listen: (progress: Progress) => unknown) {
    this.#solver = solver;
    this.#limits = { checkInterval: 1, maxEvaluations: Number.POSITIVE_INFINITY, ...limits };
    this.#monitor = monitor;
    this.#listen = listen;
  }

  async run(): Promise<Outcome> {
    const status = await this.#status();
    await this.#reports.end();
    return this.#end(status);
  }

  async #status(): Promise<Status> {
    try {
      return await this.#loop();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      this.#look();
      return this.#interruption();
    }
  }

  async #loop(): Promise<Status> {
    const { checkInterval, maxIterations } = this.#limits;
    const monitor = this.#monitor;
    // Even a solve aborted before its start reports the point that it returns.
    if (monitor.aborted || monitor.outOfTime) return this.#check() ?? this.#interruption();
    const first = await this.#solver.start?.(monitor);
    if (first) return this.#lastCheck(first);
    for (; ; ++this.#iteration) {
      if (this.#iteration % checkInterval === 0 || this.#iteration >= maxIterations) {
        const status = this.#check();
        if (status) return status;
      }
      if (monitor.due) await monitor.pause();
      const status = await this.#solver.step(monitor);
      if (!status && !monitor.aborted) continue;
      ++this.#iteration;
      return status ? this.#lastCheck(status) : (this.#check() ?? 'aborted');
    }
  }

  #look(): void {
    const report = this.#solver.progress();
    this.#outOfTime = this.#monitor.outOfTime; // before, so that a solve that stops for it has taken its time
    this.#now = { iteration: this.#iteration, ...report, seconds: this.#monitor.seconds };
  }

  /** Reports, and says whether the solve is to end. */
  #check(): Status | undefined {
    this.#look();
    const { objective, residual, evaluations = 0 } = this.#now;
    if (!this.#monitor.isChild) {
      this.#reports.report(() => this.#listen(this.#now));
      this.#history.add(this.#now);
    }
    if (objective !== undefined && !Number.isFinite(objective)) return 'numericalError';
    if (residual !== undefined && Number.isNaN(residual)) return 'numericalError';
    if (!this.#solver.decidesSolved && residual !== undefined && residual <= this.#limits.tolerance) return 'solved';
    if (this.#monitor.aborted) return 'aborted';
    if (this.#outOfTime) return 'timeLimit';
    if (this.#iteration >= this.#limits.maxIterations) return 'iterationLimit';
    return evaluations >= this.#limits.maxEvaluations ? 'evaluationLimit' : undefined;
  }

  /** The status that the solver gave itself, after a last report; solved where that is within the tolerance. */
  #lastCheck(status: Status): Status {
    return this.#check() === 'solved' ? 'solved' : status;
  }

  #interruption(): Status {
    return this.#monitor.aborted ? 'aborted' : 'timeLimit';
  }

  #end(status: Status): Outcome {
    const { iteration, ...rest } = this.#now;
    const sentence = describe(status, this.#now, this.#limits);
    const explained = status === 'stalled' ? this.#solver.explain?.() : undefined;
    const message = explained === undefined ? sentence : `${sentence} ${explained}`;
    return { ...rest, status, message, iterations: iteration, history: this.#history.reports };
  }
}

/** One sentence with the numbers, for people: that of `describe` in native/core/run.cpp. */
export function describe(status: Status, progress: Progress, { tolerance, timeLimit }: Limits): string {
  const { iteration, objective, residual = Number.NaN, evaluations } = progress;
  const known = Number.isNaN(residual) ? '' : `: residual ${digits(residual)}, tolerance ${digits(tolerance)}`;
  const iterations = `${iteration} ${iteration === 1 ? 'iteration' : 'iterations'}${known}.`;
  const where = ` after ${iterations}`;
  switch (status) {
    case 'solved':
      return `Solved${where}`;
    case 'iterationLimit':
      return `Stopped at maxIterations${where}`;
    case 'timeLimit':
      return `Stopped at timeLimit = ${digits(timeLimit)} s${where}`;
    case 'evaluationLimit':
      return `Stopped at maxEvaluations after ${digits(evaluations ?? Number.NaN)} evaluations in ${iterations}`;
    case 'stalled':
      return `No further progress${where}`;
    case 'infeasible':
      return `The problem is infeasible; least infeasible point returned${where}`;
    case 'unbounded':
      return `The problem is unbounded${where}`;
    case 'numericalError': {
      const broken = progress.residual !== undefined && Number.isNaN(residual);
      const which = broken ? ' (residual NaN)' : objective === undefined ? '' : ` (objective ${digits(objective)})`;
      return `A number left the range of floating point${which}${where}`;
    }
    case 'aborted':
      return `Aborted${where}`;
  }
}

/** A number as C++ shows it in messages: integers without a point, else six digits as printf's %g has them, but for ties. */
function digits(value: number): string {
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < 1e15)) return String(value);
  const [mantissa = '', power = ''] = value.toExponential(5).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(Number(value.toPrecision(6)));
  const sign = exponent < 0 ? '-' : '+';
  return `${Number(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
