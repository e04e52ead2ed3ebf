// The way of every solver from its typed function to the addon and back.
import { AsyncResource } from 'node:async_hooks';
import type { Problems, Solutions } from '../generated/problems.js';
import type { Certificate, CertificateKind, Outcome, Progress, Status } from '../generated/solve.js';
import { addon, answersUnread, cudaAddon, type Solvers } from './addon.js';
import { withArrayCopies } from './arrayCopies.js';
import { Callbacks, type Guard, type Numeric } from './callbacks.js';
import { checkBoolean, checkFunction, checkSignal, isPromise } from './check.js';
import { answerByDeadline, deadlineOf, type Ends } from './deadline.js';
import { checkDevice, chooseDevice, type DeviceName, type DeviceSupport } from './device.js';
import { fromNative, SolverError } from './error.js';
import { iterationTable } from './iterationTable.js';
import { observed } from './observe.js';
import { unpack } from './packed.js';
import { checkNative } from './settingNames.js';
import { watch } from './watch.js';

export type { Certificate, CertificateKind, Guard, Numeric, Outcome, Progress, Status };

/** Settings that every solver takes beside its own. */
export interface SolveOptions<Report extends Progress = Progress> {
  /**
   * Device to compute on. `'auto'` (default): on a GPU if there is a usable one and the problem is large enough to gain by it,
   * else on the CPU. The environment variable NONCONVEX_DEVICE decides what `'auto'` takes; `'cpu'` and `'cuda'` are
   * taken at their word. {@link devices} lists what there is.
   */
  device?: DeviceName | undefined;
  /**
   * Aborts the solve: the promise resolves soon after, with status `'aborted'` and the best iterate, also where the solve
   * waits for its turn because as many as there are cores are running.
   */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds from the call after which it is to have its answer, the wait for its turn included: the promise resolves then, with status
   * `'timeLimit'` and the best iterate. It is for all solves of the call together. {@link SolverErrorCode} `DEADLINE_EXCEEDED` rejects the few
   * functions whose answer says nothing of work that was cut short.
   */
  deadline?: number | undefined;
  /**
   * Called now and then with the newest progress, and with the last one before the promise settles. A slow listener does
   * not slow the solve but sees fewer reports. If it throws, or gives a promise that is rejected while the solve runs, the
   * solve ends and the promise rejects with a {@link SolverError} of code `CALLBACK_FAILED`.
   */
  onProgress?: ((progress: Report) => void) | undefined;
  /** True: prints a table on the console, a line for each report of progress. Default false. */
  verbose?: boolean | undefined;
}

/** Members of the result of every solver. */
export interface SolveResult<Report extends Progress = Progress> extends Outcome<Report> {
  /** Device that it ran on. */
  device: 'cpu' | 'cuda';
}

/** Makes of a report of progress, or a result, what its user sees: for example with the sign of an objective that is maximised. */
export type Present = <Report extends { objective?: number }>(report: Report) => Report;

const asItIs: Present = (report) => report;

/** Makes a problem for the addon that solves it. Where `leave` aborts while that takes long, the problem's data must not be read. */
export type MakeProblem<Problem extends object = object> = (
  guard: Guard,
  native: Solvers,
  leave: AbortSignal | undefined,
) => Problem | Promise<Problem>;

/**
 * Runs a solver, in the addon of the CPU or of CUDA. Its answer has the members of {@link SolveResult}, those that are not
 * known left out, and the solver's own. A problem may be made for the addon that solves it, with a {@link Guard} for
 * functions in it.
 */
export async function solve<Solver extends keyof Problems>(
  solver: Solver,
  problem: Problems[Solver] | MakeProblem<Problems[Solver]>,
  settings: SolveOptions,
  support: DeviceSupport,
  present: Present = asItIs,
): Promise<Solutions[Solver] & SolveResult> {
  const { device: wanted, ends, onProgress, verbose, own } = splitOptions(solver, settings);
  const table = verbose ? iterationTable(solver) : undefined;
  const { device, asked } = chooseDevice(wanted, support);
  const callbacks = new Callbacks();
  let reported = false;
  const listen = (news: Progress): void => {
    if (callbacks.failure) return;
    reported = true;
    const progress = present(news);
    table?.report(progress);
    callbacks.hear(() => onProgress?.(progress));
  };
  // Bound, so that the listener finds the AsyncLocalStorage of the caller.
  const report = onProgress || table ? AsyncResource.bind(listen) : undefined;
  const task = { solver, problem, own, present, report, table, callbacks };
  const run = (signal: AbortSignal | undefined): Promise<Solutions[Solver] & SolveResult> =>
    runOn(device, asked, { ...task, signal }, () => reported);
  // A promise less where there is no deadline: small solves take some tens of microseconds.
  return observed(solver, () => (ends.deadline === undefined ? run(ends.signal) : answerByDeadline(ends, run)));
}

/** Runs a task on its device; on the CPU if a GPU was not asked for and is not there. */
async function runOn<Answer>(
  device: 'cpu' | 'cuda',
  asked: string | undefined,
  task: Task,
  reported: () => boolean,
): Promise<Answer & SolveResult> {
  if (device === 'cpu') return run(task, 'cpu');
  try {
    return await run(task, 'cuda');
  } catch (error) {
    const missing = error instanceof SolverError && error.code === 'DEVICE_UNAVAILABLE';
    if (missing && asked) throw new SolverError(error.code, `${asked}: ${error.message}`);
    const noRoom = error instanceof SolverError && error.code === 'OUT_OF_MEMORY';
    // A listener that has heard of this solve is not told of another.
    if (asked || reported() || !(missing || noRoom)) throw error;
  }
  return run(task, 'cpu');
}

/** The subject of one call of {@link solve}, on whatever device. */
interface Task {
  solver: string;
  problem: object | MakeProblem;
  own: object;
  signal: AbortSignal | undefined;
  present: Present;
  report: ((news: Progress) => void) | undefined;
  table: ReturnType<typeof iterationTable> | undefined;
  callbacks: Callbacks;
}

/** The number of the last solve. */
let last = 0;

async function run<Answer>(task: Task, on: 'cpu' | 'cuda'): Promise<Answer & SolveResult> {
  const { solver, problem, own, signal, present, report, table, callbacks } = task;
  const solvers = on === 'cuda' ? cudaAddon() : addon();
  const number = ++last;
  let unwatch: (() => void) | undefined;
  try {
    const leave = signal && answersUnread(solver) ? signal : undefined;
    const made = typeof problem === 'function' ? problem(callbacks.guard, solvers, leave) : problem;
    // Without an await where there is nothing to wait for: a solve has begun when the call returns.
    const begun = withArrayCopies(
      solvers,
      isPromise(made) ? await made : made,
      (given) => ({ packed: solvers.solve(solver, given, own, report, signal?.aborted ?? false, number) }),
      leave,
    );
    const { packed } = isPromise(begun) ? await begun : begun;
    callbacks.abort = () => solvers.abort(number);
    unwatch = signal && watch(signal, callbacks.abort);
    const answer = unpack(await packed, solvers) as unknown as Answer & Outcome;
    await callbacks.end();
    const history = present === asItIs ? answer.history : answer.history.map(present);
    table?.end(history);
    // Written into the answer, which is ours alone: a copy of its members, or one member more, takes as long as a small solve.
    const shown = present(answer);
    shown.history = history;
    return shown as Answer & SolveResult;
  } catch (error) {
    throw callbacks.failure ?? fromNative(error);
  } finally {
    unwatch?.();
  }
}

/** The options of every call, checked, and the solver's own settings, whose names are known. */
function splitOptions(solver: string, settings: SolveOptions) {
  const checked = checkNative(solver, settings);
  const { device = 'auto', signal, deadline, onProgress, verbose = false, ...given } = checked;
  const ends: Ends = { signal, deadline };
  const timeLimit = deadlineOf(ends)?.limit((given as { timeLimit?: number }).timeLimit);
  const own = timeLimit === undefined ? given : { ...given, timeLimit };
  checkSignal('signal', signal);
  checkFunction('onProgress', onProgress, { optional: true });
  checkBoolean('verbose', verbose);
  return { device: checkDevice('device', device), ends, onProgress, verbose, own };
}
