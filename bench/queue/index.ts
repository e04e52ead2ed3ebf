// A queue costs beside the solves: processor time of a job, throughput of two workers beside the package alone, time to cancel.
//
//   npm run bench -- queue [--jobs=3000] [--solves=400]
//
// Needs redis-server or valkey-server. Processor time is that of all: producer, workers and server.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainReluNetwork } from '../../src/index.js';
import { SolveQueue } from '../../src/queue/index.js';
import { Server, serverProgram, until, WorkerProcess } from '../../test/queue/server.js';
import { root } from '../shared/native.js';
import { describe, environment, median, table } from '../shared/report.js';

const option = (name: string, otherwise: number): number =>
  Number(process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);
const [jobs, solves] = [option('jobs', 3000), option('solves', 400)];

/** Milliseconds of processor time that a process has taken. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // In hundredths of a second.
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Times of who asks, of the server and of the workers. */
type Times = [asking: number, server: number, workers: number];

if (!serverProgram) process.exit(1);
const server = new Server();
await server.start();
const module = join(tmpdir(), `nonconvex-bench-${process.pid}.mjs`);
writeFileSync(module, 'export const kinds = { nothing: (problem) => problem };\n');
const workers = [1, 2].map(() => new WorkerProcess(server.url, ['--concurrency', '1', '--module', module], root));
await Promise.all(workers.map((each) => each.ready()));
const times = (): Times => [
  processorTime(process.pid),
  processorTime(server.pid),
  workers.reduce((sum, { child }) => sum + processorTime(child.pid as number), 0),
];
const queue = new SolveQueue({ connection: server.url });

/** Adds jobs in hundreds and waits for all answers. */
async function ask(kind: string, problem: (k: number) => unknown, count: number, settings?: object): Promise<void> {
  const ids: string[] = [];
  for (let k = 0; k < count; k += 100) {
    const some = Array.from({ length: Math.min(100, count - k) }, (_, i) => ({
      kind,
      problem: problem(k + i),
      settings,
    }));
    ids.push(...(await queue.addAll(some)));
  }
  await Promise.all(ids.map((id) => queue.result(id)));
}

/** Milliseconds on the clock, and of processor time of all, for each of so many. */
async function measured(
  count: number,
  body: () => Promise<void>,
): Promise<{ clock: number; processor: number; parts: Times }> {
  const [begin, before] = [performance.now(), times()];
  await body();
  const clock = (performance.now() - begin) / count;
  const parts = times().map((time, k) => (time - (before[k] as number)) / count) as Times;
  return { clock, processor: parts[0] + parts[1] + parts[2], parts };
}

let rounds = 0;
/** Problems that no round before had, as equal ones are one job. */
const fresh = (): ((k: number) => unknown) => {
  const round = ++rounds;
  return (k) => [round, k];
};
/** Jobs without a solve, whose messages have so many numbers. */
async function without(numbers: number): Promise<string[]> {
  const found: Awaited<ReturnType<typeof measured>>[] = [];
  for (let round = 0; round < 3; ++round) {
    const name = fresh();
    const of = (k: number) => ({ name: name(k), x: new Float64Array(numbers).fill(Math.PI) });
    found.push(await measured(jobs, () => ask('nothing', of, jobs)));
  }
  const [clock, processor] = [median(found.map((each) => each.clock)), median(found.map((each) => each.processor))];
  const parts = [0, 1, 2].map((k) => median(found.map((each) => each.parts[k] as number)).toFixed(2));
  return [numbers.toFixed(0), processor.toFixed(2), parts.join(' + '), (1000 / clock).toFixed(0)];
}

await ask('nothing', fresh(), 300);
const empty = [await without(1), await without(300), await without(3000)];

// A network that takes some ten milliseconds of one thread.
const x = Array.from({ length: 80 }, (_, i) => Float64Array.from({ length: 3 }, (_, j) => Math.sin(i * (j + 1.3) + j)));
const y = (k: number) => Float64Array.from(x, ([a = 0], i) => Math.sin(3 * a + 1e-3 * k) + 0.1 * Math.cos(i * i));
const settings = { beta: 0.02, tolerance: 1e-5 };
await ask('relu/trainReluNetwork', (k) => ({ x, y: y(-k - 1) }), 20, settings);
const rows: string[][] = [];
for (let round = 0; round < 3; ++round) {
  const number = (k: number) => round * solves + k;
  const queued = await measured(solves, () =>
    ask('relu/trainReluNetwork', (k) => ({ x, y: y(number(k)) }), solves, settings),
  );
  const alone = (callers: number) =>
    measured(solves, async () => {
      let next = 0;
      const caller = async (): Promise<void> => {
        while (next < solves) await trainReluNetwork({ x, y: y(number(next++)) }, settings);
      };
      await Promise.all(Array.from({ length: callers }, caller));
    });
  // By the clock as many at a time as there are workers. One at a time, as a worker solves, takes more of the processors.
  const [clock, processor] = [(await alone(2)).clock, (await alone(1)).processor];
  const beside = queued.processor - processor;
  const numbers = [queued.clock, clock, queued.clock - clock, beside, beside / availableParallelism()];
  rows.push(numbers.map((each) => each.toFixed(2)));
}

const cancelled: number[] = [];
const endless = { beta: 1e-6, tolerance: 0, maxIterations: 2 ** 31 - 1 };
for (let k = 0; k < 20; ++k) {
  const id = await queue.add({ kind: 'relu/trainReluNetwork', problem: { x, y: y(1e6 + k) }, settings: endless });
  let reports = 0;
  await queue.onProgress(id, () => ++reports);
  await until(() => reports > 0, 'it says progress');
  const begin = performance.now();
  await queue.cancel(id);
  await queue.result(id);
  cancelled.push(performance.now() - begin);
}

console.log(describe(environment()));
console.log(`\nJobs without a solve, ${jobs} at a time, two workers:\n`);
const titles = ['numbers there and back', 'processor ms a job', 'asking + server + workers', 'jobs a second'];
console.log(`${table(titles, empty)}\n`);
const head = [
  ...['queue, ms a solve', 'package alone', 'difference', 'processor ms beside the solve'],
  'these over the processors',
];
console.log(table(head, rows));
console.log(
  `\nCancelling: median ${median(cancelled).toFixed(0)}, longest ${Math.max(...cancelled).toFixed(0)} ms until the answer`,
);
for (const { child } of workers) child.kill();
await queue.close();
await server.remove();
