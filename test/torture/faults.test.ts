// Solves that are ended from outside: aborts and time limits at any moment, threads that are terminated, processes that are spawned.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { SolveResult } from '../../src/index.js';
import { preamble, runInChild } from '../contract/child.js';
import { fixtures, type Problem, solve, solverFixtures } from '../contract/fixtures.js';
import { Chance, cases, figure, full, minutes, notFinite, percentile, spread } from './torture.js';

/** Fixtures of each family, and in full of each solver. */
const families = Object.entries(fixtures);
const problems = full ? Object.entries(solverFixtures) : families;

describe.each(problems)('%s', (name, { small, endless }) => {
  it('aborted at any moment it gives its best point', { timeout: minutes(10) }, async () => {
    const chance = new Chance(name.length);
    const total = cases(12, Math.ceil(1000 / problems.length));
    const settled: number[] = [];
    let next = 0;
    const one = async (): Promise<void> => {
      while (next < total) {
        const problem = next++ % 4 === 0 ? small : endless;
        const controller = new AbortController();
        const solving = solve(problem, { signal: controller.signal });
        await new Promise((resolve) => setTimeout(resolve, chance.between(0, 50)));
        const begin = performance.now();
        controller.abort();
        const result = await solving;
        if (problem === endless) settled.push(performance.now() - begin);
        expect(problem === endless ? ['aborted'] : ['aborted', 'solved']).toContain(result.status);
        expect(notFinite(result)).toEqual([]);
      }
    };
    await Promise.all([one(), one()]);
    figure(`${name}: ${total} aborts at random, settled after ${spread(settled)}`);
  });

  // A measurement of the processor's time, which `npm test` has no use for.
  it.runIf(full)('spends little between an abort and its end', { timeout: minutes(5) }, async () => {
    const chance = new Chance(3 * name.length);
    const spent: number[] = [];
    for (let k = 0; k < 100; ++k) {
      const controller = new AbortController();
      const solving = solve(endless, { signal: controller.signal, threads: 1 });
      await new Promise((resolve) => setTimeout(resolve, chance.between(0, 100)));
      const before = process.cpuUsage();
      controller.abort();
      expect((await solving).status).toBe('aborted');
      const { user, system } = process.cpuUsage(before);
      spent.push((user + system) / 1000);
    }
    figure(`${name}: ${spent.length} aborts one at a time, processor ${spread(spent)}`);
    expect(percentile(spent, 0.5)).toBeLessThan(100);
  });

  it('aborted before its start it begins nothing', async () => {
    const times: number[] = [];
    for (let k = 0; k < cases(3, 20); ++k) {
      const begin = performance.now();
      const { status, iterations } = await solve(endless, { signal: AbortSignal.abort() });
      times.push(performance.now() - begin);
      expect({ status, iterations }).toEqual({ status: 'aborted', iterations: 0 });
    }
    figure(`${name}: aborted before its start, settled after ${spread(times)}`);
  });

  it('ends at any time limit', { timeout: minutes(5) }, async () => {
    const chance = new Chance(2 * name.length);
    const seconds: number[] = [];
    for (let k = 0; k < cases(4, 100); ++k) {
      const timeLimit = chance.between(0, 0.01);
      const begin = performance.now();
      const result: SolveResult = await solve(endless, { timeLimit });
      seconds.push(performance.now() - begin - 1000 * timeLimit);
      expect(result.status).toBe('timeLimit');
      expect(notFinite(result)).toEqual([]);
    }
    figure(`${name}: ${seconds.length} time limits up to 10 ms, late by ${spread(seconds)}`);
  });
});

/** Lines for a child process: `worker(code)` with the names of the preamble in it. */
const workers = (problem: Problem) => `
  import { Worker } from 'node:worker_threads';
  import { once } from 'node:events';
  const names = ${JSON.stringify(preamble(problem))}.replaceAll("'nonconvex'", JSON.stringify(import.meta.resolve('nonconvex')));
  const worker = (code) => new Worker(new URL('data:text/javascript,' + encodeURIComponent(
    names + "import { parentPort } from 'node:worker_threads';" + code)));
`;

describe.each(full ? families : families.slice(0, 1))('threads and processes: %s', (_, { small, endless }) => {
  const each = (all: number) => cases(Math.min(3, all), Math.ceil(all / families.length));

  it.runIf(full)('worker threads may be terminated in a solve', { timeout: minutes(5) }, async () => {
    const ended = await runInChild(
      `${workers(endless)}
      for (let k = 0; k < ${each(100)}; ++k) {
        const thread = worker("parentPort.postMessage(1); await solve({ onProgress: () => {} });");
        await once(thread, 'message');
        await new Promise((resolve) => setTimeout(resolve, 20 * Math.random()));
        await thread.terminate();
      }
      const { status } = await solve({ timeLimit: 0.01 });
      console.log(status);`,
      endless,
    );
    expect(ended).toMatchObject({ code: 0, signal: null, output: 'timeLimit\n' });
    figure(`${each(100)} worker threads terminated in a solve: code ${ended.code}, ${ended.seconds.toFixed(1)} s`);
  });

  it.runIf(full)('many worker threads give the same answer', { timeout: minutes(5) }, async () => {
    const ended = await runInChild(
      `${workers(small)}
      const threads = Array.from({ length: ${each(50)} }, () => worker("parentPort.postMessage(values(await solve()));"));
      const answers = await Promise.all(threads.map(async (thread) => (await once(thread, 'message'))[0]));
      console.log(new Set([...answers, values(await solve())]).size);`,
      small,
    );
    expect(ended).toMatchObject({ code: 0, signal: null, output: '1\n' });
    figure(`${each(50)} worker threads with the addon: one answer, ${ended.seconds.toFixed(1)} s`);
  });

  it('processes may be spawned while it solves', { timeout: minutes(5) }, async () => {
    const controller = new AbortController();
    const solving = [1, 2].map(() => solve(endless, { signal: controller.signal }));
    const codes: unknown[] = [];
    for (let k = 0; k < each(300); ++k) {
      const child = spawn('true', { stdio: 'ignore' });
      const [code] = await once(child, 'close');
      codes.push(code);
    }
    controller.abort();
    for (const { status } of await Promise.all(solving)) expect(status).toBe('aborted');
    expect(codes.filter((code) => code !== 0)).toEqual([]);
    figure(`${codes.length} processes spawned beside two solves: all of code 0`);
  });
});
