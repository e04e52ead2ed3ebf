// The same in a worker thread.
import { Worker } from 'node:worker_threads';

const worker = new Worker(new URL('solve.mjs', import.meta.url));
worker.on('exit', (code) => {
  process.exitCode = code;
});
