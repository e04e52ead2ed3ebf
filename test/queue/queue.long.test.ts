// A queue with a server and workers: answers, ends, refusals, faults.
import { getEventListeners } from 'node:events';
import { QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AnyKinds, type SolveJob, SolveQueue, type SolveWorker, startWorker } from '../../src/queue/index.js';
import { cases } from './jobs.js';
import * as own from './kinds.mjs';
import { Server, serverProgram, until, WorkerProcess } from './server.js';

/** A network that takes many seconds. */
const rows = Array.from({ length: 300 }, (_, i) => Array.from({ length: 4 }, (_, j) => Math.sin(i * (j + 1.3) + j)));
const endless: SolveJob = {
  kind: 'relu/trainReluNetwork',
  problem: {
    x: rows.map((row) => Float64Array.from(row)),
    y: Float64Array.from(rows, ([a = 0], i) => Math.sin(3 * a) + 0.1 * Math.cos(i * i)),
  },
  settings: { lambda: 1e-6, tolerance: 0, maxIterations: 2 ** 31 - 1 },
};
const portfolio = cases.maxSharpe?.job as SolveJob;
let names = 0;

describe.skipIf(!serverProgram)('a queue', () => {
  const server = new Server();
  const open: (SolveQueue<AnyKinds> | SolveWorker)[] = [];
  const processes: WorkerProcess[] = [];
  beforeAll(() => server.start());
  afterEach(async () => {
    for (const each of processes.splice(0)) each.child.kill('SIGKILL');
    for (const each of open.splice(0)) await each.close({ graceSeconds: 0 });
  });
  afterAll(() => server.remove());

  /** A queue of its own for each test, so that none finds the jobs of another. */
  const queueFor = (more: object = {}): { queue: SolveQueue<AnyKinds>; name: string } => {
    const name = `test${++names}`;
    const queue = new SolveQueue<AnyKinds>({ connection: server.url, queue: name, ...more });
    open.push(queue);
    return { queue, name };
  };
  const worker = async (queue: string, more: object = {}): Promise<SolveWorker> => {
    const started = await startWorker({ connection: server.url, queue, concurrency: 2, kinds: own.kinds, ...more });
    open.push(started);
    return started;
  };
  const workerProcess = async (queue: string, args: readonly string[] = []): Promise<WorkerProcess> => {
    const module = ['--module', new URL('kinds.mjs', import.meta.url).pathname];
    const started = new WorkerProcess(server.url, ['--queue', queue, '--lock-seconds', '1', ...module, ...args]);
    processes.push(started);
    await started.ready();
    return started;
  };

  it('answers jobs, before and after they are asked for, and equal ones once', async () => {
    const { queue, name } = queueFor();
    await worker(name);
    const id = await queue.add(portfolio);
    const first = (await queue.result(id)) as { weights: Float64Array };
    expect(await queue.add(portfolio)).toBe(id);
    expect(await queue.result(id)).toEqual(first);
    expect(await queue.counts()).toMatchObject({ completed: 1, waiting: 0 });
    expect(first.weights).toBeInstanceOf(Float64Array);
    await expect(queue.result('nothing')).rejects.toThrow("id = 'nothing': there is no such job");
    await expect(queue.add(portfolio, { id: '17' })).rejects.toThrow("id = '17': expected a text without colons");
  });

  it('has a large answer in the server once, and not in the events that all who ask read', async () => {
    const { queue, name } = queueFor();
    const numbers = Float64Array.from({ length: 3000 }, (_, k) => Math.sin(k));
    await worker(name, { kinds: { numbers: () => ({ numbers }) } });
    const id = await queue.add({ kind: 'numbers', problem: 1 });
    expect(await queue.result(id)).toEqual({ numbers });
    const another = new SolveQueue<AnyKinds>({ connection: server.url, queue: name });
    open.push(another);
    expect(await another.result(id)).toEqual({ numbers });
    const client = new Redis(server.url);
    const key = `bull:${name}:${id}`;
    const all = [await client.hgetall(key), await client.xrange(`bull:${name}:events`, '-', '+')];
    expect(JSON.stringify(all).length).toBeLessThan(1.2 * (4 / 3) * numbers.byteLength);
    await client.hdel(key, 'nonconvex:answer');
    await expect(another.result(id)).rejects.toThrow(/its answer of \d+ characters is not in the server/);
    client.disconnect();
    // Of a job that is not kept there is nothing to fetch.
    const brief = new SolveQueue<AnyKinds>({ connection: server.url, queue: name, keepSeconds: 0 });
    open.push(brief);
    expect(await brief.result(await brief.add({ kind: 'numbers', problem: 2 }, { delay: 0.2 }))).toEqual({ numbers });
  });

  it('hears of an answer that was there before it listened', async () => {
    const { queue, name } = queueFor();
    await worker(name);
    const { run } = QueueEvents.prototype;
    const late = vi.spyOn(QueueEvents.prototype, 'run').mockImplementation(async function (this: QueueEvents) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await run.call(this);
    });
    // It is looked for every five seconds in any case, but not here.
    const { setInterval: repeat } = globalThis;
    const looks = vi
      .spyOn(globalThis, 'setInterval')
      .mockImplementation(((f: () => void, milliseconds: number) =>
        repeat(milliseconds === 5000 ? () => {} : f, milliseconds)) as typeof setInterval);
    expect(await queue.result(await queue.add({ kind: 'wait', problem: 1 }))).toEqual({ status: 'solved' });
    expect(looks.mock.calls.map(([, milliseconds]) => milliseconds)).toContain(5000);
    looks.mockRestore();
    late.mockRestore();
  });

  it('says progress, at most five times a second', async () => {
    const { queue, name } = queueFor();
    await worker(name);
    const heard: object[] = [];
    const begin = performance.now();
    const id = await queue.add({ kind: 'wait', problem: 1e6 }, { delay: 0.1 });
    const stop = await queue.onProgress(id, (progress) => heard.push(progress));
    await until(() => heard.length > 5, 'it is heard');
    await queue.cancel(id);
    await queue.result(id);
    stop();
    expect(heard[0]).toEqual({ waited: true });
    // A fifth of a second between two of them, however slow the machine is, and one at the end.
    expect(heard.length).toBeLessThanOrEqual(2 + (performance.now() - begin) / 200);
  });

  it('goes on where a listener throws or rejects, and leaves nothing with a signal that lives on', async () => {
    const { queue, name } = queueFor();
    const warnings: string[] = [];
    const heard = (warning: Error) => warnings.push(warning.message);
    process.on('warning', heard);
    await worker(name);
    const id = await queue.add({ kind: 'wait', problem: 1000 }, { delay: 0.1 });
    const calls = [0, 0];
    await queue.onProgress(id, () => {
      calls[0] = (calls[0] ?? 0) + 1;
      throw new Error('first');
    });
    await queue.onProgress(id, async () => {
      calls[1] = (calls[1] ?? 0) + 1;
      throw new Error('second');
    });
    const service = new AbortController();
    const impatient = new AbortController();
    const given = expect(queue.result(id, { signal: impatient.signal })).rejects.toThrow('enough');
    const answer = queue.result(id, { signal: service.signal });
    impatient.abort(new Error('enough'));
    await given;
    expect(await answer).toEqual({ status: 'solved' });
    expect(getEventListeners(service.signal, 'abort')).toEqual([]);
    process.off('warning', heard);
    expect(calls).toEqual([1, 1]);
    expect(warnings).toEqual(['first', 'second'].map((each) => expect.stringMatching(`hears no more of it: ${each}`)));
  });

  it('ends listening with the job', async () => {
    const { queue, name } = queueFor();
    const failing = async (_: unknown, { onProgress }: { onProgress: (progress: object) => void }) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      onProgress({ waited: true });
      throw new TypeError('never');
    };
    await worker(name, { kinds: { failing } });
    const id = await queue.add({ kind: 'failing', problem: 1 }, { delay: 0.1 });
    const calls = { first: 0, late: 0, again: 0 };
    await queue.onProgress(id, () => ++calls.first);
    await expect(queue.result(id)).rejects.toThrow('never');
    await queue.onProgress(id, () => ++calls.late);
    await queue.retry(id);
    await queue.onProgress(id, () => ++calls.again);
    await expect(queue.result(id)).rejects.toThrow('never');
    expect(calls).toEqual({ first: 1, late: 0, again: 1 });
  });

  it('ends a solve that runs with its best iterate, and one that waits before it begins', async () => {
    const { queue, name } = queueFor();
    await worker(name, { concurrency: 1 });
    const id = await queue.add(endless);
    const waiting = await queue.add({ ...endless, timeLimit: 1000 });
    await until(async () => (await queue.counts()).active === 1, 'it runs');
    const never = expect(queue.result(waiting)).rejects.toMatchObject({ code: 'JOB_REMOVED' });
    expect(await queue.cancel(waiting)).toBe('removed');
    await never;
    expect(await queue.cancel(id)).toBe('aborted');
    expect(await queue.result(id)).toMatchObject({ status: 'aborted', network: { outputWeights: { columns: 1 } } });
    expect(await queue.cancel(id)).toBe('ended');
    expect(await queue.cancel('nothing')).toBe('ended');
  });

  it('fails at once what cannot succeed, and tries other errors again', async () => {
    const { queue, name } = queueFor();
    await worker(name);
    const unknown = await queue.add({ kind: 'nothing', problem: 1 });
    await expect(queue.result(unknown)).rejects.toMatchObject({
      ...{ code: 'JOB_FAILED', message: expect.stringContaining("TypeError: kind = 'nothing': this worker has none") },
    });
    const flaky = await queue.add({ kind: 'flaky', problem: 2 });
    expect(await queue.result(flaky)).toBe(2);
    // The server has the reason of the first try too.
    expect(await queue.result(flaky)).toBe(2);
    expect(await queue.failed()).toEqual([expect.objectContaining({ id: unknown, kind: 'nothing', attempts: 1 })]);
    await queue.retry(unknown);
    await expect(queue.result(unknown)).rejects.toThrow('this worker has none');
    await expect(queue.retry(flaky)).rejects.toThrow('expected that of a failed job');
  });

  it('refuses more than may wait', async () => {
    const { queue } = queueFor({ maxWaiting: 2 });
    const jobs = [1, 2, 3].map((problem): SolveJob => ({ kind: 'wait', problem }));
    await expect(queue.addAll(jobs)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await queue.addAll(jobs.slice(0, 2));
    await expect(queue.add(jobs[2] as SolveJob)).rejects.toThrow(/2 jobs wait in queue 'test\d+', of 2 that may/);
  });

  it('gives back what has not ended in time where a worker leaves', async () => {
    const { queue, name } = queueFor();
    const first = await worker(name);
    const id = await queue.add(endless);
    await until(() => first.running === 1, 'it runs');
    await first.close({ graceSeconds: 0.1 });
    const second = await worker(name);
    await until(() => second.running === 1, 'another has it');
    await queue.cancel(id);
    expect(await queue.result(id)).toMatchObject({ status: 'aborted' });
  });

  it('lets what runs end where a worker process is told to leave', async () => {
    const { queue, name } = queueFor();
    const leaving = await workerProcess(name);
    const id = await queue.add({ kind: 'wait', problem: 1000 });
    await until(async () => (await queue.counts()).active === 1, 'it runs');
    const code = await leaving.end('SIGTERM');
    expect({ code, errors: leaving.errors }).toEqual({ code: 0, errors: '' });
    expect(await queue.result(id)).toEqual({ status: 'solved' });
  });

  it('gives the job of a killed worker to another, and ends it there where it was cancelled between', async () => {
    const { queue, name } = queueFor();
    const killed = await workerProcess(name);
    const [id, cancelled] = await queue.addAll([{ kind: 'wait', problem: 700 }, endless]);
    await until(async () => (await queue.counts()).active === 1, 'it runs');
    await killed.end('SIGKILL');
    // The second one is taken by nobody yet, or was by the killed one.
    const third = await workerProcess(name, ['--concurrency', '2']);
    expect(await queue.result(id as string)).toEqual({ status: 'solved' });
    await until(async () => (await queue.counts()).active === 1, 'the other runs');
    await third.end('SIGKILL');
    expect(await queue.cancel(cancelled as string)).toBe('aborted');
    await workerProcess(name);
    expect(await queue.result(cancelled as string)).toMatchObject({ status: 'aborted' });
  });

  it('puts a job that takes its workers down into the failed set, and completes the others', async () => {
    const { queue, name } = queueFor();
    const poison = await queue.add({ kind: 'poison', problem: 0 });
    const others = await queue.addAll([1, 2, 3, 4, 5].map((problem) => ({ kind: 'wait', problem })));
    let workers = 0;
    const failed = until(async () => (await queue.counts()).failed === 1, 'it failed');
    let over = false;
    const keep = (async () => {
      while (!over) {
        const { child } = await workerProcess(name);
        ++workers;
        await until(() => child.signalCode !== null || over, 'it dies');
      }
    })();
    await failed;
    for (const id of others) expect(await queue.result(id)).toEqual({ status: 'solved' });
    over = true;
    await keep;
    await expect(queue.result(poison)).rejects.toThrow('job stalled more than allowable limit');
    expect(workers).toBeGreaterThan(2);
  });

  it('lets workers and who asks leave where the server is away, and has a job for another worker', async () => {
    const { queue, name } = queueFor();
    const [idle, busy] = [await workerProcess(`${name}idle`), await workerProcess(name, ['--grace', '0.1'])];
    const other = new SolveQueue<AnyKinds>({ connection: server.url, queue: name });
    const id = await other.add({ kind: 'wait', problem: 20_000 });
    await until(async () => (await queue.counts()).active === 1, 'it runs');
    await server.kill();
    const codes = await Promise.all([idle.end('SIGTERM'), busy.end('SIGTERM'), other.close()]);
    await server.start();
    expect(codes).toEqual([0, 0, undefined]);
    await worker(name, { lockDuration: 1000 });
    await until(async () => (await queue.counts()).active === 1, 'another has it');
    await queue.cancel(id);
    expect(await queue.result(id)).toEqual({ status: 'aborted' });
  });

  it('closes a queue whose server never was there, without a word on the console', async () => {
    const console_ = vi.spyOn(console, 'error');
    const none = new SolveQueue<AnyKinds>({ connection: 'redis://127.0.0.1:1' });
    const added = expect(none.add(portfolio)).rejects.toMatchObject({
      code: 'JOB_REMOVED',
      message: "queue 'nonconvex' was closed before its server answered",
    });
    await none.close();
    await added;
    expect(console_).not.toHaveBeenCalled();
    console_.mockRestore();
  });

  it('goes on where the server is started again', async () => {
    const { queue, name } = queueFor();
    await worker(name);
    const before = await queue.add({ kind: 'wait', problem: 300 });
    await until(async () => (await queue.counts()).active === 1, 'it runs');
    await server.kill();
    const during = queue.add(portfolio);
    await server.start();
    expect(await queue.result(before)).toEqual({ status: 'solved' });
    expect(await queue.result(await during)).toMatchObject({ weights: expect.anything() });
  });
});
