// `nonconvex worker --redis URL`: solves what comes into a queue, until it is told to leave.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { messageOf } from '../core/check.js';
import type { FetchData, Kind, WorkerOptions } from '../queue/index.js';
import { UsageError } from './keywords.js';

interface Texts {
  redis: string;
  queue: string;
  concurrency?: string;
  grace?: string;
  cache?: string;
  lockSeconds?: string;
  module?: string;
}

/** Exports of a module of `--module`. */
interface WorkerModule {
  kinds?: Record<string, Kind>;
  fetchData?: FetchData;
  storeResult?: WorkerOptions['storeResult'];
}

/** Adds the command to the program; `ended` takes the exit status. */
export function addWorker(program: Command, signal: AbortSignal, ended: (status: number) => void): void {
  program
    .command('worker')
    .description(
      'Solve what comes into a queue on Redis or Valkey (npm install bullmq ioredis), until SIGTERM or an interrupt.',
    )
    .requiredOption('--redis <url>', 'address of the server, redis://user:password@host:port/database or rediss://')
    .option('--queue <name>', 'name of the queue', 'nonconvex')
    .option('--concurrency <n>', 'solves at a time; default: the threads of the pool')
    .option('--grace <seconds>', 'when told to leave: seconds for what runs, before it is given back; default 20')
    .option('--cache <bytes>', 'most bytes of data that are kept for further jobs; default 1 GiB')
    .option(
      '--lock-seconds <seconds>',
      'after so long the job of a worker that is gone is given to another; default 30',
    )
    .option('--module <file>', 'an ES module that exports kinds, fetchData or storeResult of startWorker')
    .action(async (texts: Texts) => ended(await work(texts, signal)));
}

async function work(texts: Texts, signal: AbortSignal): Promise<number> {
  const { startWorker } = await import('../queue/index.js');
  const graceSeconds = number('grace', texts.grace) ?? 20;
  const lockSeconds = number('lock-seconds', texts.lockSeconds);
  let said = '';
  const onError = (error: Error): void => {
    // A server that is away is said once, not at each attempt.
    if (error.message === said) return;
    said = error.message;
    console.error(`nonconvex worker: ${error.message}`);
  };
  const leave = leaving(signal);
  const worker = await startWorker({
    connection: texts.redis,
    queue: texts.queue,
    concurrency: number('concurrency', texts.concurrency),
    cacheBytes: number('cache', texts.cache),
    lockDuration: lockSeconds === undefined ? undefined : Math.round(1000 * lockSeconds),
    ...(await loadModule(texts.module)),
    onError,
  });
  console.log(`worker of queue '${texts.queue}' is ready`);
  await leave;
  console.log(`leaving; ${worker.running} solves run`);
  await worker.close({ graceSeconds });
  return 0;
}

/** Resolves at SIGTERM, or when the program is interrupted. */
function leaving(signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    process.once('SIGTERM', () => settle());
    if (signal.aborted) settle();
    signal.addEventListener('abort', () => settle(), { once: true });
  });
}

async function loadModule(path: string | undefined): Promise<WorkerModule> {
  if (path === undefined) return {};
  try {
    const { kinds, fetchData, storeResult } = (await import(pathToFileURL(resolve(path)).href)) as WorkerModule;
    return { ...(kinds && { kinds }), ...(fetchData && { fetchData }), ...(storeResult && { storeResult }) };
  } catch (error) {
    throw new UsageError(`--module ${path}: ${messageOf(error)}`);
  }
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`--${name} ${text}: expected a number >= 0`);
}
