// The side of a queue that asks: adds jobs, waits for answers, hears progress, cancels, counts.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Job, JobType, Queue, QueueEvents } from 'bullmq';
import { rangeError, typeError } from '../core/argumentError.js';
import {
  checkFunction,
  checkInteger,
  checkMembers,
  checkNumber,
  checkObject,
  checkSignal,
  messageOf,
  show,
} from '../core/check.js';
import { SolverError } from '../core/error.js';
import { type Connection, closed, connect, copiesOf, libraries, type Redis } from './libraries.js';
import { idOf, messageOfJob, type SolveBatch, type SolveJob } from './messages.js';
import { answerField, cancelChannel, cancelledKey, checkName, type StoredAnswer } from './names.js';
import type { BatchOf, JobId, JobOf, KindMap, PackageKinds } from './types.js';
import { fromJson, type Json } from './values.js';

export interface SolveQueueOptions {
  /** The address of the queue's server. */
  connection: Connection;
  /** The queue's name. Default `'nonconvex'`. */
  queue?: string | undefined;
  /** Jobs that may wait before `add` refuses more. Default 100,000. */
  maxWaiting?: number | undefined;
  /** Seconds that answers, and jobs that have failed, are kept. Default: a day. */
  keepSeconds?: number | undefined;
  /** Reads what a worker's `storeResult` has stored. `file:` URLs are read without. */
  readResult?: ((href: string) => Promise<string>) | undefined;
}

export interface AddOptions {
  /** The job's id, without colons and no whole number. Default: a hash of the message, so that asking twice is one job. */
  id?: string | undefined;
  /** 1 comes before 2; jobs without come before all that have one. */
  priority?: number | undefined;
  /** Seconds before it may begin. Default 0. */
  delay?: number | undefined;
  /** Tries of a job that fails for a reason that may pass, with growing pauses, from a second on. Default 3. */
  attempts?: number | undefined;
}

/** How many jobs are in which state. */
export interface QueueCounts {
  /** Jobs that wait, with or without a priority. */
  waiting: number;
  /** Jobs that a worker has. */
  active: number;
  /** Jobs that wait for their time, or for their next try. */
  delayed: number;
  /** Jobs that were answered, as far as answers are kept. */
  completed: number;
  /** Jobs that are not tried any more. */
  failed: number;
}

/** A job that is not tried any more. */
export interface FailedJob {
  id: string;
  kind: string;
  /** Why. */
  reason: string;
  /** How often it was begun. */
  attempts: number;
}

interface Waiter {
  answer: Promise<unknown>;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

interface Ready {
  client: Redis;
  /** Connections that BullMQ has made of it. */
  copies: readonly Redis[];
  queue: Queue;
  events: QueueEvents;
}

/** Milliseconds for which a count of the jobs that wait is believed, as far as it left room. */
const countInterval = 1000;

/** Milliseconds after which an answer that was awaited is looked for, should the server's word of it have been lost. */
const lookInterval = 5000;

/**
 * A queue of solves: see docs/scale.md. Its jobs are of the kinds of the package; of others, too, where the map from a kind to its types says so:
 * `new SolveQueue<PackageKinds & { 'my/kind': { problem: P; settings: S; result: R } }>`, or of any, by `SolveQueue<AnyKinds>`.
 */
export class SolveQueue<Kinds extends KindMap<Kinds> = PackageKinds> {
  readonly #options: SolveQueueOptions & { queue: string; maxWaiting: number; keepSeconds: number };
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #listeners = new Map<string, Set<(progress: object) => unknown>>();
  /** Jobs that were added here and of whose end the server has not said anything yet. */
  readonly #going = new Set<string>();
  /** Half of the jobs that had room when they were counted last, less those that were added since. */
  #room = { jobs: 0, until: 0 };
  #client: Promise<Redis> | undefined;
  #ready: Promise<Ready> | undefined;
  #closed = false;

  /** @throws TypeError or RangeError */
  constructor(options: SolveQueueOptions) {
    const names = ['connection', 'queue', 'maxWaiting', 'keepSeconds', 'readResult'];
    checkMembers('options', checkObject('options', options), names, 'option');
    const { queue = 'nonconvex', maxWaiting = 100_000, keepSeconds = 86_400, readResult } = options;
    checkName(queue);
    checkInteger('maxWaiting', maxWaiting, 1);
    checkNumber('keepSeconds', keepSeconds, { lower: 0 });
    checkFunction('readResult', readResult, { optional: true });
    this.#options = { ...options, queue, maxWaiting, keepSeconds };
  }

  /**
   * Adds a job, and gives its id. One that is there already is not added again, and not solved again.
   * @throws TypeError or RangeError; SolverError `QUEUE_FULL` where `maxWaiting` jobs wait
   */
  add<Name extends keyof Kinds & string>(
    job: JobOf<Kinds, Name>,
    options?: AddOptions,
  ): Promise<JobId<Kinds[Name]['result']>>;
  add<Name extends keyof Kinds & string>(
    job: BatchOf<Kinds, Name>,
    options?: AddOptions,
  ): Promise<JobId<Kinds[Name]['result'][]>>;
  async add(job: SolveJob | SolveBatch, options: AddOptions = {}): Promise<string> {
    const [id] = await this.#addAll([job], options);
    return id as string;
  }

  /** Adds jobs, all or none, in one message to the server; {@link SolveQueue.add}. */
  addAll<Name extends keyof Kinds & string>(
    jobs: readonly JobOf<Kinds, Name>[],
    options?: AddOptions,
  ): Promise<JobId<Kinds[Name]['result']>[]>;
  addAll<Name extends keyof Kinds & string>(
    jobs: readonly BatchOf<Kinds, Name>[],
    options?: AddOptions,
  ): Promise<JobId<Kinds[Name]['result'][]>[]>;
  async addAll(jobs: readonly (SolveJob | SolveBatch)[], options: AddOptions = {}): Promise<string[]> {
    return this.#addAll(jobs, options);
  }

  async #addAll(jobs: readonly (SolveJob | SolveBatch)[], options: AddOptions): Promise<string[]> {
    const {
      id: wanted,
      priority,
      delay = 0,
      attempts = 3,
    } = checkMembers('options', options, ['id', 'priority', 'delay', 'attempts'], 'option');
    if (wanted !== undefined && jobs.length > 1) throw typeError(`id = ${show(wanted)}: expected one job for it`);
    if (wanted !== undefined) checkId(wanted);
    if (priority !== undefined) checkInteger('priority', priority, 1);
    const given = {
      attempts: checkInteger('attempts', attempts, 1),
      backoff: { type: 'exponential', delay: 1000 },
      delay: 1000 * checkNumber('delay', delay, { lower: 0 }),
      ...(priority !== undefined && { priority }),
      removeOnComplete: { age: this.#options.keepSeconds },
      removeOnFail: { age: this.#options.keepSeconds },
    };
    const made = jobs.map((job) => {
      const { message, text } = messageOfJob(job);
      return { name: message.kind, data: message, opts: { ...given, jobId: wanted ?? idOf(text) } };
    });
    const { queue } = await this.#begin();
    await this.#makeRoom(made.length);
    const ids = made.map(({ opts }) => opts.jobId);
    for (const id of ids) this.#going.add(id);
    try {
      await (made.length === 1 && made[0] ? queue.add(made[0].name, made[0].data, made[0].opts) : queue.addBulk(made));
    } catch (error) {
      for (const id of ids) this.#going.delete(id);
      throw error;
    }
    return ids;
  }

  /** Refuses jobs for which there is no room. They are counted where there may be none: a program that adds one after the other asks seldom. */
  async #makeRoom(jobs: number): Promise<void> {
    if (performance.now() > this.#room.until || jobs > this.#room.jobs) {
      const { queue: name, maxWaiting } = this.#options;
      const { waiting, delayed } = await this.counts();
      const room = maxWaiting - waiting - delayed;
      if (jobs > room) {
        throw new SolverError(
          'QUEUE_FULL',
          `${waiting + delayed} jobs wait in queue '${name}', of ${maxWaiting} that may`,
        );
      }
      this.#room = { jobs: Math.floor(room / 2), until: performance.now() + countInterval };
    }
    this.#room.jobs -= jobs;
  }

  /**
   * The answer of a job, when there is one: what the function gives that solved it, as plain data, without functions; an array of those of a
   * batch. A cancelled solve answers with status `'aborted'` and its best iterate.
   * @throws SolverError `JOB_FAILED`, which says why; `JOB_REMOVED` where it was cancelled before it began; the reason of `signal`
   */
  result<Answer>(id: JobId<Answer>, options?: { signal?: AbortSignal | undefined }): Promise<Answer>;
  result<Answer = unknown>(id: string, options?: { signal?: AbortSignal | undefined }): Promise<Answer>;
  async result(id: string, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<unknown> {
    checkSignal('signal', signal);
    await this.#begin();
    signal?.throwIfAborted();
    const waiter = this.#wait(id);
    const give = () => waiter.reject(signal?.reason);
    signal?.addEventListener('abort', give, { once: true });
    const look = () => this.#look(id).catch((error: unknown) => this.#settle(id, (waiter) => waiter.reject(error)));
    // Request after it is waited for, so that no end is missed; not where the server will say it.
    if (!this.#going.has(id)) void look();
    const timer = setInterval(look, lookInterval);
    try {
      return await waiter.answer;
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', give);
      this.#forget(id, waiter);
    }
  }

  /**
   * Calls `listener` with reports of a job's progress, five a second at most, until the job has ended; gives the function that ends it before. A
   * listener that throws, or whose promise is rejected, hears no more, and a warning of the process says why.
   * @throws TypeError
   */
  async onProgress(id: string, listener: (progress: object) => unknown): Promise<() => void> {
    checkFunction('listener', listener);
    const { queue } = await this.#begin();
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    // Of a job that had ended before nothing will be heard that ends the listening.
    if (['completed', 'failed'].includes(await queue.getJobState(id))) this.#unlisten(id, listener);
    return () => this.#unlisten(id, listener);
  }

  /**
   * Ends a job: one that waits is removed, a solve that runs ends with its best iterate, which is its answer. Gives `'removed'`, `'aborted'`
   * (it was said to the worker), or `'ended'` where there is nothing to end.
   */
  async cancel(id: string): Promise<'removed' | 'aborted' | 'ended'> {
    const { client, queue } = await this.#begin();
    const job = (await queue.getJob(id)) as Job | undefined;
    const state = await job?.getState();
    if (!job || state === 'completed' || state === 'failed' || state === 'unknown') return 'ended';
    if (state !== 'active') {
      try {
        await job.remove();
        this.#settle(id, (waiter) => waiter.reject(removed(id)));
        return 'removed';
      } catch {
        // A worker has taken it meanwhile.
      }
    }
    await client.set(cancelledKey(this.#options.queue, id), '1', 'EX', 3600);
    await client.publish(cancelChannel(this.#options.queue), id);
    return 'aborted';
  }

  /** How many jobs are in which state. */
  async counts(): Promise<QueueCounts> {
    const { queue } = await this.#begin();
    const types: JobType[] = ['wait', 'prioritized', 'active', 'delayed', 'completed', 'failed'];
    const {
      wait = 0,
      prioritized = 0,
      active = 0,
      delayed = 0,
      completed = 0,
      failed = 0,
    } = await queue.getJobCounts(...types);
    return { waiting: wait + prioritized, active, delayed, completed, failed };
  }

  /** The last jobs that are not tried any more. */
  async failed({ most = 100 }: { most?: number } = {}): Promise<FailedJob[]> {
    const { queue } = await this.#begin();
    const jobs = await queue.getFailed(0, checkInteger('most', most, 1) - 1);
    return jobs.map(({ id = '', name, failedReason, attemptsStarted }) => ({
      ...{ id, kind: name, reason: failedReason, attempts: attemptsStarted },
    }));
  }

  /**
   * Tries a failed job again.
   * @throws RangeError where there is none of that id among them
   */
  async retry(id: string): Promise<void> {
    const { queue } = await this.#begin();
    const job = (await queue.getJob(id)) as Job | undefined;
    if (!job || !(await job.isFailed())) throw rangeError(`id = ${show(id)}: expected that of a failed job`);
    await job.retry('failed', { resetAttemptsMade: true });
  }

  /** Leaves the queue; jobs go on. Whoever waits for an answer is told so. */
  async close(): Promise<void> {
    this.#closed = true;
    const ready = await this.#opened();
    if (!ready) return;
    const { client, copies, queue, events } = ready;
    for (const id of this.#waiters.keys()) {
      this.#settle(id, (waiter) =>
        waiter.reject(new SolverError('JOB_REMOVED', `job ${id}: the queue was closed while it was waited for`)),
      );
    }
    await closed(Promise.all([queue.close(), events.close()]), [client, ...copies]);
    client.disconnect();
  }

  #begin(): Promise<Ready> {
    if (this.#closed) throw new SolverError('JOB_REMOVED', `queue '${this.#options.queue}' is closed`);
    this.#ready ??= this.#open().catch((error: unknown) => {
      if (!this.#closed) throw error;
      throw new SolverError('JOB_REMOVED', `queue '${this.#options.queue}' was closed before its server answered`);
    });
    return this.#ready;
  }

  /** The connection; undefined where none was opened, or its server is away, which is given up. */
  async #opened(): Promise<Ready | undefined> {
    const opening = this.#ready?.catch(() => undefined);
    const client = await this.#client?.catch(() => undefined);
    if (opening && client) await closed(opening, [client]);
    return opening;
  }

  async #open(): Promise<Ready> {
    const { connection, queue: name } = this.#options;
    this.#client = connect(connection);
    const { Queue, QueueEvents } = await libraries();
    const client = await this.#client;
    const copies = copiesOf(client);
    const queue = new Queue(name, { connection: client });
    // The connection is tried again, and answers are looked for.
    queue.on('error', () => undefined);
    // Events before the first listener are heard then.
    const [last] = await client.xrevrange(queue.toKey('events'), '+', '-', 'COUNT', 1);
    const events = new QueueEvents(name, { connection: client, lastEventId: last?.[0] ?? '0' });
    events.on('error', () => undefined);
    events.on('completed', ({ jobId, returnvalue }) => {
      this.#end(jobId);
      this.#answer(jobId, returnvalue);
    });
    events.on('failed', ({ jobId, failedReason }) => {
      this.#end(jobId);
      this.#fail(jobId, failedReason);
    });
    events.on('removed', ({ jobId }) => {
      this.#end(jobId);
      this.#settle(jobId, (waiter) => waiter.reject(removed(jobId)));
    });
    // Of one that was there before, and may have ended then.
    events.on('duplicated', ({ jobId }) => {
      this.#going.delete(jobId);
      if (this.#waiters.has(jobId)) void this.#look(jobId).catch(() => undefined);
    });
    events.on('progress', ({ jobId, data }) => {
      for (const listener of this.#listeners.get(jobId) ?? []) void this.#tell(jobId, listener, data as Json);
    });
    await events.waitUntilReady();
    return { client, copies, queue, events };
  }

  /** Settles the promises that wait for a job that has ended. Of the job only what says so is asked for, not its message. */
  async #look(id: string): Promise<void> {
    const { client, queue } = await this.#begin();
    const fields = ['timestamp', 'finishedOn', 'returnvalue', 'failedReason', answerField];
    const [added, ended, value, reason, answer] = await client.hmget(queue.toKey(id), ...fields);
    if (added == null) {
      this.#settle(id, (waiter) => waiter.reject(rangeError(`id = ${show(id)}: there is no such job`)));
    } else if (ended != null) {
      this.#end(id);
      // Of one that was answered at a later try, there is the reason of the first too.
      if (value == null) this.#fail(id, String(reason));
      else this.#answer(id, value, answer);
    }
  }

  /** Ends listening: of a job that has ended nothing more is heard. */
  #end(id: string): void {
    this.#going.delete(id);
    this.#listeners.delete(id);
  }

  #fail(id: string, reason: string): void {
    this.#settle(id, (waiter) => waiter.reject(new SolverError('JOB_FAILED', `job ${id}: ${reason}`)));
  }

  /** Settles with what is stored as the job's value. `json` is its field of answers, which is read where that is not known yet. */
  #answer(id: string, stored: StoredAnswer | string, json?: string | null): void {
    if (!this.#waiters.has(id)) return;
    const value = typeof stored === 'string' ? (JSON.parse(stored) as StoredAnswer) : stored;
    const settle = (answer: unknown) => this.#settle(id, (waiter) => waiter.resolve(answer));
    if ('result' in value) settle(fromJson(value.result));
    else if ('href' in value) {
      this.#read(value.href).then(settle, (error: unknown) => this.#settle(id, (waiter) => waiter.reject(error)));
    } else if (json === undefined) void this.#look(id).catch(() => undefined);
    else if (json === null) this.#fail(id, `its answer of ${value.characters} characters is not in the server`);
    else settle(fromJson(JSON.parse(json)));
  }

  async #read(href: string): Promise<unknown> {
    const { readResult } = this.#options;
    const isFile = href.startsWith('file:');
    if (!isFile && !readResult) return { href };
    const text = isFile ? await readFile(fileURLToPath(href), 'utf8') : await readResult?.(href);
    return fromJson(JSON.parse(text as string));
  }

  #settle(id: string, how: (waiter: Waiter) => void): void {
    const waiters = this.#waiters.get(id);
    this.#waiters.delete(id);
    for (const waiter of waiters ?? []) how(waiter);
  }

  #wait(id: string): Waiter {
    let resolve: Waiter['resolve'] = () => undefined;
    let reject: Waiter['reject'] = resolve;
    const answer = new Promise<unknown>((...both) => {
      [resolve, reject] = both;
    });
    const waiter = { answer, resolve, reject };
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, waiters.add(waiter));
    return waiter;
  }

  /** Whoever waits no longer is not told; others who wait for the same job are. */
  #forget(id: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(id);
  }

  /** Tells a listener. One that fails is told no more, and does not end the process. */
  async #tell(id: string, listener: (progress: object) => unknown, data: Json): Promise<void> {
    try {
      await listener(fromJson(data) as object);
    } catch (cause) {
      this.#unlisten(id, listener);
      const sentence = `a listener to the progress of job ${id} failed, and hears no more of it: ${messageOf(cause)}`;
      process.emitWarning(sentence, 'SolverWarning');
    }
  }

  #unlisten(id: string, listener: (progress: object) => unknown): void {
    const listeners = this.#listeners.get(id);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(id);
  }
}

function removed(id: string): SolverError {
  return new SolverError('JOB_REMOVED', `job ${id}: was cancelled before it began`);
}

function checkId(id: unknown): void {
  if (typeof id === 'string' && id !== '' && !id.includes(':') && !/^\d+$/.test(id)) return;
  throw typeError(`id = ${show(id)}: expected a text without colons that is no whole number`);
}
