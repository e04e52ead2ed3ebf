// A worker: takes messages from the queue, solves them on the process's pool, and answers.
import type { Job, Worker } from 'bullmq';
import { checkFunction, checkInteger, checkMembers, checkNumber, checkObject, messageOf } from '../core/check.js';
import { SolverError } from '../core/error.js';
import { poolStats } from '../core/observe.js';
import { DataCache, type FetchData } from './data.js';
import { type Kind, packageKinds } from './kinds.js';
import { type Connection, closed, connect, copiesOf, libraries, type Redis } from './libraries.js';
import type { Message } from './messages.js';
import { answerField, cancelChannel, cancelledKey, checkName, mostInline, type StoredAnswer } from './names.js';
import { type Answer, JobSolver, type Reporter, type StoreResult } from './solver.js';
import { toJson } from './values.js';

export interface WorkerOptions {
  /** The address of the queue's server. */
  connection: Connection;
  /** The queue's name. Default `'nonconvex'`. */
  queue?: string | undefined;
  /** Solves at a time. Default: as many as the process's pool has threads. */
  concurrency?: number | undefined;
  /** Gives the path of a file that has what a reference's `href` names, where that is no `file:` URL: of S3, GCS, HTTP. */
  fetchData?: FetchData | undefined;
  /** Stores an answer that a message wants elsewhere than in the queue, where its `href` is no `file:` URL. */
  storeResult?: StoreResult | undefined;
  /** Kinds beside those of the package, by name; one of the same name takes its place. */
  kinds?: Readonly<Record<string, Kind>> | undefined;
  /** Most bytes of data that are kept for further jobs. Default 1 GiB. */
  cacheBytes?: number | undefined;
  /**
   * Milliseconds after which the job of a worker that is gone is given to another; a worker that lives renews its hold in half of it. The
   * search for such jobs is as often. Default 30,000.
   */
  lockDuration?: number | undefined;
  /** How often a job may lose its worker before it is put into the failed set. Default 2: three tries. */
  maxStalledCount?: number | undefined;
  /** Told of errors of the connection, which is tried again. */
  onError?: ((error: Error) => void) | undefined;
}

/** A worker that runs. */
export interface SolveWorker {
  /** Solves that run in it. */
  readonly running: number;
  /**
   * Takes nothing more and waits for what runs; what has not ended after `graceSeconds` (default: without end) is aborted and given back to
   * the queue for another worker, which takes it after `lockDuration` where the server is away. Resolves when all has left the process.
   */
  close(options?: { graceSeconds?: number }): Promise<void>;
}

const optionNames = [
  ...['connection', 'queue', 'concurrency', 'fetchData', 'storeResult', 'kinds', 'cacheBytes', 'lockDuration'],
  ...['maxStalledCount', 'onError'],
];
/** Milliseconds between reports of progress of a job. */
const reportInterval = 200;

/**
 * Starts a worker in this process, which solves what comes into the queue until it is closed. Solves run beside the event loop, so that a busy
 * worker keeps its hold on its jobs. What cannot succeed (TypeError, RangeError, SyntaxError) fails at once; other errors are tried again, as
 * the job says; a solve that ends at a limit is an answer.
 * @throws TypeError or RangeError, SolverError `LIBRARY_NOT_FOUND`
 */
export async function startWorker(options: WorkerOptions): Promise<SolveWorker> {
  checkMembers('options', checkObject('options', options), optionNames, 'option');
  const { connection, queue = 'nonconvex', fetchData, storeResult, kinds = {}, onError } = options;
  const { lockDuration = 30_000, maxStalledCount = 2, cacheBytes = 2 ** 30 } = options;
  checkName(queue);
  checkFunction('fetchData', fetchData, { optional: true });
  checkFunction('storeResult', storeResult, { optional: true });
  checkFunction('onError', onError, { optional: true });
  for (const [name, kind] of Object.entries(checkObject('kinds', kinds))) checkFunction(`kinds['${name}']`, kind);
  const solver = new JobSolver(
    { ...packageKinds, ...kinds },
    new DataCache(fetchData, checkNumber('cacheBytes', cacheBytes, { lower: 0 })),
    storeResult,
  );
  const settings = {
    concurrency: checkInteger('concurrency', options.concurrency ?? poolStats().workers, 1),
    lockDuration: checkInteger('lockDuration', lockDuration, 100),
    stalledInterval: lockDuration,
    maxStalledCount: checkInteger('maxStalledCount', maxStalledCount, 0),
  };
  const { Worker } = await libraries();
  const client = await connect(connection);
  const listener = await connect(connection);
  const running = new RunningWorker(client, listener, queue, solver);
  running.worker = new Worker(queue, (job, token) => running.process(job, token), {
    connection: client,
    ...settings,
    autorun: false,
  });
  running.worker.on('error', (error) => onError?.(error));
  await running.begin();
  return running;
}

class RunningWorker implements SolveWorker {
  worker!: Worker;
  readonly #client: Redis;
  readonly #listener: Redis;
  readonly #copies: readonly Redis[];
  readonly #queue: string;
  readonly #solver: JobSolver;
  readonly #running = new Map<string, AbortController>();
  /** Ids that were cancelled a moment ago, of which this worker may be just taking the job. */
  readonly #cancelled = new Set<string>();
  #givingBack = false;
  #closing: Promise<void> | undefined;

  constructor(client: Redis, listener: Redis, queue: string, solver: JobSolver) {
    this.#client = client;
    this.#listener = listener;
    this.#copies = copiesOf(client);
    this.#queue = queue;
    this.#solver = solver;
  }

  get running(): number {
    return this.#running.size;
  }

  async begin(): Promise<void> {
    this.#listener.on('message', (_: string, id: string) => this.#cancel(id));
    await this.#listener.subscribe(cancelChannel(this.#queue));
    await this.worker.waitUntilReady();
    // Settles when the worker is closed.
    void this.worker.run().catch((error: Error) => this.worker.emit('error', error));
  }

  #cancel(id: string): void {
    const controller = this.#running.get(id);
    controller?.abort();
    if (controller) return;
    this.#cancelled.add(id);
    setTimeout(() => this.#cancelled.delete(id), 2000).unref();
  }

  async process(job: Job, token: string | undefined): Promise<StoredAnswer> {
    const { DelayedError, UnrecoverableError } = await libraries();
    const id = job.id as string;
    const controller = new AbortController();
    this.#running.set(id, controller);
    if (this.#cancelled.delete(id) || (await this.#wasCancelled(job))) controller.abort();
    try {
      const answer = await this.#solver.solve(job.data as Message, reporter(job, controller.signal), id);
      if (!this.#givingBack) return this.#keep(job, answer);
    } catch (error) {
      if (!this.#givingBack)
        throw isFinal(error) ? new UnrecoverableError(sentence(error)) : new Error(sentence(error));
    } finally {
      this.#running.delete(id);
    }
    await job.moveToDelayed(Date.now(), token);
    throw new DelayedError();
  }

  /** The job's value for BullMQ. An answer that is too large for that goes before it on the same connection, so that it is there first. */
  #keep(job: Job, answer: Answer): StoredAnswer {
    if ('href' in answer) return answer;
    const { json } = answer;
    if (json.length <= mostInline || !stays(job)) return { result: JSON.parse(json) };
    // A server that refuses it, as it has no memory, refuses the job's end too.
    this.#client.eval(keepAnswer, 1, this.worker.toKey(job.id as string), answerField, json).catch(() => undefined);
    return { characters: json.length };
  }

  /** Returns true if a job that comes again was cancelled while no worker had it. */
  async #wasCancelled(job: Job): Promise<boolean> {
    if (job.attemptsStarted <= 1) return false;
    return (await this.#client.exists(cancelledKey(this.#queue, job.id as string))) > 0;
  }

  close({ graceSeconds }: { graceSeconds?: number } = {}): Promise<void> {
    if (graceSeconds !== undefined) {
      const milliseconds = 1000 * checkNumber('graceSeconds', graceSeconds, { lower: 0 });
      const timer = setTimeout(() => {
        this.#givingBack = true;
        for (const controller of this.#running.values()) controller.abort();
      }, milliseconds);
      void this.#close().finally(() => clearTimeout(timer));
    }
    return this.#close();
  }

  #close(): Promise<void> {
    this.#closing ??= (async () => {
      // Where the server is away, the jobs go to another worker when their locks end.
      const mayGiveUp = () => this.running === 0 || this.#givingBack;
      await closed(this.worker.close(), [this.#client, this.#listener, ...this.#copies], mayGiveUp);
      this.#listener.disconnect();
      this.#client.disconnect();
    })();
    return this.#closing;
  }
}

/** Writes a field of a job that is there: a worker that comes back late must not make one anew. */
const keepAnswer = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end";

/** Returns true if the server has a job long enough after its end that its answer can be fetched. */
function stays({ opts: { removeOnComplete = false } }: Job): boolean {
  if (typeof removeOnComplete !== 'object') return removeOnComplete === false;
  const { age = 0, count } = removeOnComplete as { age?: number; count?: number };
  return count === undefined && age >= 60;
}

/** The newest report at most five times a second. */
function reporter(job: Job, signal: AbortSignal): Reporter {
  let last = performance.now();
  return {
    signal,
    report(progress) {
      const now = performance.now();
      if (now - last < reportInterval) return;
      last = now;
      // A report that does not arrive does no harm.
      job.updateProgress(toJson('progress', progress, 'leaveOut') as object).catch(() => undefined);
    },
  };
}

/** Returns true if trying again cannot help. */
function isFinal(error: unknown): boolean {
  if (error instanceof SolverError)
    return ['INVALID_FILE', 'TOO_LARGE', 'UNSUPPORTED', 'JOB_FAILED'].includes(error.code);
  return ['TypeError', 'RangeError', 'SyntaxError'].includes((error as Error | undefined)?.name ?? '');
}

/** The message of an error, with its name or code in front. */
function sentence(error: unknown): string {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  return `${error instanceof SolverError ? code : (name ?? 'Error')}: ${messageOf(error)}`;
}
