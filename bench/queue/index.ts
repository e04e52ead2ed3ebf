// A queue costs beside the solves: processor time of a job beside that of BullMQ alone, throughput of two workers beside the package alone, time
// to cancel.
//
//   npm run bench -- queue [--jobs=2000] [--solves=400]
//
// Needs redis-server or valkey-server. Processor time is that of all: producer, workers and server.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type JobsOptions, Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { type AnyKinds, SolveQueue } from '../../src/queue/index.js';
import { toJson } from '../../src/queue/values.js';
import { Server, serverProgram, until, WorkerProcess } from '../../test/queue/server.js';
import { root } from '../shared/native.js';
import { describe, environment, median, table } from '../shared/report.js';
import { problem, settings, solve } from './kinds.mjs';

const option = (name: string, otherwise: number): number =>
  Number(process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);
const [jobs, solves] = [option('jobs', 2000), option('solves', 400)];
const rounds = [1, 2, 3];

/** Milliseconds of processor time that a process has taken. */
function processorTime({ pid }: { pid?: number | undefined }): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // In hundredths of a second.
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

if (!serverProgram) process.exit(1);
const server = new Server();
await server.start();
const module = join(root, 'bench/queue/kinds.mjs');
const workers = [1, 2].map(() => new WorkerProcess(server.url, ['--concurrency', '1', '--module', module], root));
await Promise.all(workers.map((each) => each.ready()));
const queue = new SolveQueue<AnyKinds>({ connection: server.url });

/** Adds jobs in hundreds and waits for all answers. */
async function ask(kind: string, problemOf: (k: number) => unknown, count: number, settings?: object): Promise<void> {
  const ids: string[] = [];
  for (let k = 0; k < count; k += 100) {
    const some = Array.from({ length: Math.min(100, count - k) }, (_, i) => ({
      kind,
      problem: problemOf(k + i),
      settings,
    }));
    ids.push(...(await queue.addAll(some)));
  }
  await Promise.all(ids.map((id) => queue.result(id)));
}

// The same by BullMQ alone, with the texts that nonconvex/queue would send.
const answer = toJson('answer', await solve({ from: 0, count: 1 }), 'leaveOut');
const message = (k: number) => ({ kind: 'answer', problem: toJson('problem', problem(k), 'refuse'), settings });
const plain = [
  ...[0, 5].map((pause) => ({ name: `empty${pause}`, answer: null, pause })),
  ...[0, 5].map((pause) => ({ name: `answer${pause}`, answer, pause })),
];
const plainWorkers = [1, 2].map((): ChildProcess => {
  const args = [join(root, 'bench/queue/bullmq.mjs'), server.url, JSON.stringify(plain)];
  return spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
});
await Promise.all(plainWorkers.map((each) => new Promise((resolve) => each.stdout?.once('data', resolve))));
const connection = new Redis(server.url, { maxRetriesPerRequest: null });
const waiting = new Map<string, () => void>();
const plainQueues = new Map(plain.map(({ name }) => [name, new Queue(name, { connection })]));
const events = plain.map(({ name }) => new QueueEvents(name, { connection, lastEventId: '0' }));
for (const heard of events) {
  heard.on('completed', ({ jobId }) => waiting.get(jobId)?.());
  await heard.waitUntilReady();
}
const kept: JobsOptions = { attempts: 3, removeOnComplete: { age: 86_400 }, removeOnFail: { age: 86_400 } };
let added = 0;

/** Adds jobs in hundreds and waits for their ends, which have the answers. */
async function askPlain(name: string, dataOf: (k: number) => unknown, count: number): Promise<void> {
  const ends: Promise<void>[] = [];
  for (let k = 0; k < count; k += 100) {
    const some = Array.from({ length: Math.min(100, count - k) }, (_, i) => {
      const jobId = `n${++added}`;
      ends.push(new Promise((resolve) => waiting.set(jobId, resolve)));
      return { name, data: dataOf(k + i), opts: { ...kept, jobId } };
    });
    await plainQueues.get(name)?.addBulk(some);
  }
  await Promise.all(ends);
}

/** Milliseconds of the processor: of who asks, of the server and of the workers. */
type Times = [asking: number, server: number, workers: number];
const times = (): Times => {
  const all = [...workers.map(({ child }) => child), ...plainWorkers];
  return [processorTime(process), processorTime(server), all.reduce((sum, each) => sum + processorTime(each), 0)];
};

/** Milliseconds on the clock, and of processor time of all, for each of so many. */
async function measured(
  count: number,
  body: () => Promise<unknown>,
): Promise<{ clock: number; processor: number; parts: Times }> {
  const [begin, before] = [performance.now(), times()];
  await body();
  const clock = (performance.now() - begin) / count;
  const parts = times().map((time, k) => (time - (before[k] as number)) / count) as Times;
  return { clock, processor: parts[0] + parts[1] + parts[2], parts };
}

// Numbers that no job before had, as equal messages are one job.
let fresh = 0;
const take = (count: number): { from: number; count: number } => {
  const from = fresh + 1;
  fresh += count;
  return { from, count };
};
const numbers = (count: number) => () => ({ name: ++fresh, x: new Float64Array(count).fill(Math.PI) });
const network = () => problem(++fresh);
type Ask = (count: number) => Promise<void>;
const cases: [what: string, ask: Ask][] = [
  ['BullMQ alone, nothing', (count) => askPlain('empty0', () => ({}), count)],
  ['BullMQ alone, 6 and 13 kB', (count) => askPlain('answer0', () => message(++fresh), count)],
  ['a number there and back', (count) => ask('echo', numbers(1), count)],
  ['300 numbers there and back', (count) => ask('echo', numbers(300), count)],
  ['3,000 numbers there and back', (count) => ask('echo', numbers(3000), count)],
  ['6 and 13 kB', (count) => ask('answer', network, count, settings)],
];
const slowCases: typeof cases = [
  ['BullMQ alone, nothing', (count) => askPlain('empty5', () => ({}), count)],
  ['BullMQ alone, 6 and 13 kB', (count) => askPlain('answer5', () => message(++fresh), count)],
  ['6 and 13 kB', (count) => ask('slowAnswer', network, count, settings)],
];

/** Rows of the table of jobs without a solve. The rounds go over all of them, so that they have the same load beside them. */
async function without(some: typeof cases, count: number): Promise<string[][]> {
  for (const [, body] of some) await body(Math.ceil(count / 3));
  const found = some.map(() => [] as Awaited<ReturnType<typeof measured>>[]);
  for (const _ of rounds)
    for (const [k, [, body]] of some.entries()) found[k]?.push(await measured(count, () => body(count)));
  return found.map((each, k) => {
    const parts = [0, 1, 2].map((part) => median(each.map((one) => one.parts[part] as number)).toFixed(2));
    const processor = median(each.map((one) => one.processor)).toFixed(2);
    const perSecond = 1000 / median(each.map((one) => one.clock));
    return [some[k]?.[0] as string, processor, parts.join(' + '), perSecond.toFixed(0)];
  });
}
const atOnce = await without(cases, jobs);
const slow = await without(slowCases, solves);

const kind = 'relu/trainReluNetwork';
await ask(kind, network, 50, settings);
const rows: string[][] = [];
for (const _ of rounds) {
  const queued = await measured(solves, () => ask(kind, network, solves, settings));
  const some = () => take(solves / workers.length);
  // The same workers solve as many in one job each: what is beside the solves is beside these too, but for the queue.
  const together = await measured(solves, () => ask('solves', some, workers.length));
  // As many at a time as there are workers.
  const alone = await measured(solves, () => Promise.all(workers.map(() => solve(some()))));
  const beside = queued.processor - together.processor;
  const found = [queued.clock, alone.clock, queued.clock - alone.clock, beside, beside / availableParallelism()];
  rows.push(found.map((each) => each.toFixed(2)));
}

const cancelled: number[] = [];
const endless = { lambda: 1e-6, tolerance: 0, maxIterations: 2 ** 31 - 1 };
for (let k = 0; k < 20; ++k) {
  const id = await queue.add({ kind, problem: network(), settings: endless });
  let reports = 0;
  await queue.onProgress(id, () => ++reports);
  await until(() => reports > 0, 'it says progress');
  const begin = performance.now();
  await queue.cancel(id);
  await queue.result(id);
  cancelled.push(performance.now() - begin);
}

console.log(describe(environment()));
const titles = ['a message and its answer', 'processor ms a job', 'asking + server + workers', 'jobs a second'];
console.log(`\nJobs without a solve, ${jobs} at a time, two workers; medians of ${rounds.length} rounds:\n`);
console.log(table(titles, atOnce));
console.log(`\nAnswers that take 5 ms each, ${solves} at a time, so that all wait for each other as with solves:\n`);
console.log(table(titles, slow));
const head = [
  ...['queue, ms a solve', 'package alone', 'difference', 'processor ms beside the solve'],
  'these over the processors',
];
console.log(`\nSolves, ${solves} at a time, 6 and 13 kB:\n\n${table(head, rows)}`);
console.log(
  `\nCancelling: median ${median(cancelled).toFixed(0)}, longest ${Math.max(...cancelled).toFixed(0)} ms until the answer`,
);
for (const child of [...workers.map((each) => each.child), ...plainWorkers]) child.kill();
await queue.close();
await Promise.all(events.map((each) => each.close()));
connection.disconnect();
await server.remove();
