// Promises of every solver to the process around it: threads, exit, memory, the event loop. `npm test` tries every second
// promise with one family, taking turns, since all run through the same binding; CI tries all with the family that is
// scaffolded, `npm run test:long` with all families and more delays.
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { nextTurns } from '../clock.js';
import { long } from '../long.js';
import { patience } from '../patience.js';
import { preamble, runInChild } from './child.js';
import { fixtures, solve } from './fixtures.js';

/** Lines that make `worker(code)`: a worker_thread with the same names in it. */
const workers = (preface: string) => `
  import { Worker } from 'node:worker_threads';
  import { once } from 'node:events';
  const worker = (code) => new Worker(
    new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(preface)}.replaceAll(
      "'nonconvex'", JSON.stringify(import.meta.resolve('nonconvex'))) +
      "import { parentPort } from 'node:worker_threads';" + code)));
`;

const families = Object.keys(fixtures);

describe.each(Object.entries(fixtures))('%s', (name, { small, endless }) => {
  let promises = 0;
  /** A test, skipped where it is not this family's turn: left out, a group of them might be empty, which fails. */
  const it = (promise: string, body: () => Promise<void>, options = {}): void => {
    const turn = long || promises++ % (2 * families.length) === 2 * families.indexOf(name);
    test.skipIf(!turn)(promise, options, body);
  };

  const child = (lines: string, options = {}) => runInChild(workers(preamble(small)) + lines, small, options);
  const endlessChild = (lines: string, options = {}) =>
    runInChild(workers(preamble(endless)) + lines, endless, options);
  const fine = { code: 0, signal: null, errors: '' };

  describe('the process', () => {
    it('ends by itself when nothing runs', async () => {
      const ended = await child(`console.log((await solve()).status);`);
      expect(ended).toMatchObject({ ...fine, output: 'solved\n' });
    });

    it('lives while a solve runs, though nobody waits for it', async () => {
      const ended = await child(`solve().then(({ status }) => console.log(status));`);
      expect(ended).toMatchObject({ ...fine, output: 'solved\n' });
    });

    it('can exit during a solve', async () => {
      for (const delay of long ? [0, 1, 50, 200] : [20]) {
        const ended = await endlessChild(`solve(); solve(); solve(); setTimeout(() => process.exit(7), ${delay});`);
        expect(ended).toMatchObject({ ...fine, code: 7 }); // one that waited for its solves would be killed in the end
      }
    });

    it('can exit from a progress listener', async () => {
      const ended = await endlessChild(`await solve({ onProgress: () => process.exit(7) });`);
      expect(ended).toMatchObject({ ...fine, code: 7 });
    });

    it('can die of an exception during a solve', async () => {
      const ended = await endlessChild(`solve(); setTimeout(() => { throw new Error('boom'); }, 50);`);
      expect(ended).toMatchObject({ code: 1, signal: null });
      expect(ended.errors).toContain('boom');
    });

    it('can start others during a solve', async () => {
      const controller = new AbortController();
      const running = [1, 2, 3].map(() => solve(endless, { signal: controller.signal }));
      for (let i = 0; i < (long ? 10 : 3); ++i) {
        const options = { encoding: 'utf8', timeout: patience } as const;
        const { status, stdout } = spawnSync(process.execPath, ['--version'], options);
        expect({ status, stdout }).toEqual({ status: 0, stdout: `${process.version}\n` });
      }
      controller.abort();
      for (const { status } of await Promise.all(running)) expect(status).toBe('aborted');
    });
  });

  describe('worker threads', () => {
    it('solve, alone and several at once', async () => {
      const ended = await child(`
        const answer = async () => (await once(worker('parentPort.postMessage(values(await solve()))'), 'message'))[0];
        const alone = await answer();
        const answers = await Promise.all(${long ? '[1, 2, 3, 4]' : '[1, 2]'}.map(answer));
        const expected = values(await solve());
        console.log([alone, ...answers].every((value) => value === expected));
      `);
      expect(ended).toMatchObject({ ...fine, output: 'true\n' });
    });

    it('can be the only ones to load the addon, one after another', async () => {
      const ended = await child(
        `
        for (let i = 0; i < 2; ++i) {
          const thread = worker('parentPort.postMessage((await solve()).status)');
          const exit = once(thread, 'exit'); // may come in one breath with the message
          const [status] = await once(thread, 'message');
          await exit;
          console.log(status);
        }
      `.replace('', 'globalThis.unused = nonconvex;'),
      );
      expect(ended).toMatchObject({ ...fine, output: 'solved\n'.repeat(2) });
    });

    it('can be terminated during a solve', async () => {
      const ended = await endlessChild(`
        for (const delay of ${long ? '[0, 5, 50, 100, 300]' : '[0, 20]'}) {
          const threads = [1, 2, 3].map(() => worker(\`
            for (let i = 0; i < 3; ++i) solve({ onProgress: (progress) => parentPort.postMessage(progress) });
            parentPort.postMessage('begun');
          \`));
          await Promise.all(threads.map((thread) => once(thread, 'message')));
          await new Promise((resolve) => setTimeout(resolve, delay));
          await Promise.all(threads.map((thread) => thread.terminate()));
        }
        console.log((await solve({ timeLimit: 0.1 })).status);
      `);
      expect(ended).toMatchObject({ ...fine, output: 'timeLimit\n' });
    });

    it('leave the solves of others alone when they end', async () => {
      const ended = await endlessChild(`
        const controller = new AbortController();
        let reports = 0;
        const mine = solve({ checkInterval: 1, signal: controller.signal, onProgress: () => ++reports });
        const thread = worker('solve(); parentPort.postMessage(0)');
        await once(thread, 'message');
        await thread.terminate();
        const before = reports;
        while (reports === before) await new Promise((resolve) => setTimeout(resolve, 1));
        controller.abort();
        console.log((await mine).status);
      `);
      expect(ended).toMatchObject({ ...fine, output: 'aborted\n' });
    });

    it('can exit during a solve, and the process too', async () => {
      const inside = await endlessChild(`
        const [code] = await once(worker('solve(); setTimeout(() => process.exit(3), 50)'), 'exit');
        console.log(code);
      `);
      expect(inside).toMatchObject({ ...fine, output: '3\n' });
      const outside = await endlessChild(`
        const thread = worker('solve(); parentPort.postMessage(0)');
        solve();
        await once(thread, 'message');
        setTimeout(() => process.exit(4), 50);
      `);
      expect(outside).toMatchObject({ ...fine, code: 4 });
    });
  });

  it('leaves the event loop and file I/O free while 200 solves wait', async () => {
    const controller = new AbortController();
    // None of them ends by itself: what a file is read with, or a timer, would never be free.
    const solves = Array.from({ length: 200 }, () => solve(endless, { signal: controller.signal }));
    const file = fileURLToPath(import.meta.url);
    for (let k = 0; k < 20; ++k) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect((await readFile(file)).length).toBeGreaterThan(1000);
    }
    controller.abort();
    for (const { status } of await Promise.all(solves)) expect(status).toBe('aborted');
  });

  it('settles many short solves over many turns of the event loop', async () => {
    let [turn, running] = [0, true];
    const settled = new Map<number, number>();
    const solves = Array.from({ length: 200 }, async () => {
      await solve(endless, { maxIterations: 1 });
      settled.set(turn, (settled.get(turn) ?? 0) + 1);
    });
    const all = Promise.all(solves).then(() => {
      running = false;
    });
    while (running) {
      await nextTurns();
      ++turn;
    }
    await all;
    expect(Math.max(...settled.values())).toBeLessThanOrEqual(32);
  });
});
