// Counts of solves and the channels that say when one begins and ends.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { poolStats, type SolveEnd, type SolveStart } from '../../src/core/observe.js';
import { sparseRegression } from '../../src/sparse/index.js';

const x = [
  [1, 2],
  [2, 1],
  [3, 5],
];
const y = [1, 2, 4];
const heard: [string, SolveStart | SolveEnd][] = [];
const hear = (message: unknown, name: string | symbol): void => {
  heard.push([String(name), message as SolveEnd]);
};
afterEach(() => {
  for (const name of ['start', 'end']) unsubscribe(`nonconvex:solve:${name}`, hear);
});

it('solves are counted while they are open and by how they end', async () => {
  const before = poolStats();
  expect(before.workers).toBe(addon().threads());
  const promises = Array.from({ length: 5 }, () => sparseRegression({ x, y }, { lambda: 0.1 }));
  expect(poolStats().open).toBe(before.open + 5);
  expect(poolStats().waiting).toBe(Math.max(0, before.open + 5 - before.workers));
  await Promise.all(promises);
  await sparseRegression({ x, y }, { lambda: 0.1, signal: AbortSignal.abort() });
  const failing = sparseRegression({ x, y }, { lambda: 0.1, onProgress: () => Promise.reject(new Error('no')) });
  await expect(failing).rejects.toThrow();
  const after = poolStats();
  const grown = (how: 'solved' | 'aborted' | 'rejected'): number => (after.ended[how] ?? 0) - (before.ended[how] ?? 0);
  expect([grown('solved'), grown('aborted'), grown('rejected')]).toEqual([5, 1, 1]);
  expect(after.open).toBe(before.open);
  expect(after.seconds).toBeGreaterThan(before.seconds);
});

it('those of other threads are counted, and no longer open when their thread is ended', async () => {
  const before = poolStats();
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { sparse, trainReluNetwork } = require(workerData);
    const x = Array.from({ length: 300 }, (_, i) => Array.from({ length: 20 }, (_, j) => Math.sin(i * (j + 1.3))));
    const y = x.map((row, i) => (row[0] * row[1] + 0.3 * Math.sin(7 * i) > 0 ? 'a' : 'b'));
    sparse.sparseRegression({ x: [[1, 2], [2, 1], [3, 5]], y: [1, 2, 4] }, { lambda: 0.1 }).then(({ status }) => {
      trainReluNetwork({ x, y }, { loss: 'logistic', lambda: 1e-6, tolerance: 0, maxIterations: 2 ** 31 - 1 });
      parentPort.postMessage(status);
    });`;
  const worker = new Worker(code, { eval: true, workerData: join(import.meta.dirname, '../../dist/cjs/index.js') });
  const [status] = await once(worker, 'message');
  expect(status).toBe('solved');
  expect(poolStats().ended.solved).toBe((before.ended.solved ?? 0) + 1);
  expect(poolStats().open).toBe(before.open + 1);
  await worker.terminate();
  expect(poolStats().open).toBe(before.open);
});

it('channels have a message when a solve begins and one when it ends', async () => {
  for (const name of ['start', 'end']) subscribe(`nonconvex:solve:${name}`, hear);
  const { iterations, seconds } = await sparseRegression({ x, y }, { lambda: 0.1 });
  const [[, { id }]] = heard as [[string, SolveStart]];
  expect(heard).toEqual([
    ['nonconvex:solve:start', { id, solver: 'sparse' }],
    ['nonconvex:solve:end', { id, solver: 'sparse', status: 'solved', iterations, seconds }],
  ]);
});
