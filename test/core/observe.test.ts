// Counts of solves and the channels that say when one begins and ends.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
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

it('channels have a message when a solve begins and one when it ends', async () => {
  for (const name of ['start', 'end']) subscribe(`nonconvex:solve:${name}`, hear);
  const { iterations, seconds } = await sparseRegression({ x, y }, { lambda: 0.1 });
  const [[, { id }]] = heard as [[string, SolveStart]];
  expect(heard).toEqual([
    ['nonconvex:solve:start', { id, solver: 'sparse' }],
    ['nonconvex:solve:end', { id, solver: 'sparse', status: 'solved', iterations, seconds }],
  ]);
});
