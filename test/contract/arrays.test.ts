// Whatever a caller does to an array after the call, the solve does not see it: at once, and while the solve waits in the
// queue. A solve that read memory that is gone would end the process, so each family's are in a process of their own.
import { describe, expect, it } from 'vitest';
import { runInChild, source } from './child.js';
import { type Fixture, fixtures } from './fixtures.js';

/** Lines that define `arraysOf(data)`, the typed arrays in data, and `copied(data, make)`, a copy with `make(array)` in their places. */
const walks = `
  const plain = (value) => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
  const arraysOf = (data) => {
    if (ArrayBuffer.isView(data)) return [data];
    return plain(data) ? Object.values(data).flatMap(arraysOf) : [];
  };
  const copied = (data, make) => {
    if (ArrayBuffer.isView(data)) return make(data);
    if (Array.isArray(data)) return data.map((value) => copied(value, make));
    if (!plain(data)) return data;
    return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, copied(value, make)]));
  };
`;

/** Lines that define what is done to arrays: each on memory of its kind, and the mischief. */
const mischief = `
  const junk = (array) => (array instanceof Int32Array ? 1 << 30 : 1e300);
  const onto = (memory) => (array) => {
    const made = new array.constructor(memory(array.byteLength));
    made.set(array);
    return made;
  };
  const ordinary = onto((bytes) => new ArrayBuffer(bytes));
  const changes = {
    written: { make: ordinary, act: (array) => array.fill(junk(array)) },
    // Of the memory nothing is left once the copy is collected.
    transferred: { make: ordinary, act: ({ buffer }) => void structuredClone(buffer, { transfer: [buffer] }) },
    shrunk: {
      make: onto((bytes) => new ArrayBuffer(bytes, { maxByteLength: bytes })),
      act: ({ buffer }) => buffer.resize(0),
    },
  };
  const outcome = (promise) => promise.then(values, (error) => 'rejected: ' + error.message);
`;

describe.each(Object.entries(fixtures))('%s', (_, fixture: Fixture) => {
  const problems = Object.entries({ small: fixture.small, ...fixture.arrays });
  const run = (lines: string, problem: Fixture['small']) =>
    runInChild(walks + mischief + lines, problem, {
      flags: ['--expose-gc'],
      env: { NONCONVEX_THREADS: '1' }, // so that what waits does wait
    });

  it.each(problems)('%s: solves what the arrays were', async (_, problem) => {
    const lines = `
      const front = await solverOf(${source(fixture.endless)});
      const expected = values(await solve());
      const given = { data: problem.data, settings: problem.settings };
      const count = arraysOf(given).length;
      const solves = [];
      const begin = (queued) => {
        for (const [name, { make, act }] of Object.entries(changes)) {
          for (let k = 0; k < count; ++k) {
            const { data, settings } = copied(given, make);
            const array = arraysOf({ data, settings })[k];
            const promise = solve(settings, data);
            act(array);
            solves.push(outcome(promise).then((got) => [name + ', array ' + k + queued, got]));
          }
        }
        gc();
      };
      begin('');
      await Promise.all(solves);
      const blocking = front({ timeLimit: 0.2 });
      begin(', queued');
      gc();
      await blocking;
      const wrong = (await Promise.all(solves)).filter(([, got]) => got !== expected);
      console.log(JSON.stringify({ solves: solves.length, count, wrong }));
    `;
    const ended = await run(lines, problem);
    expect(ended).toMatchObject({ code: 0, signal: null, errors: '' });
    const { solves, count, wrong } = JSON.parse(ended.output);
    expect(wrong).toEqual([]);
    expect(solves).toBe(6 * count);
  });

  it.each(problems)('%s: survives a thread that writes into shared memory', async (_, problem) => {
    const lines = `
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      const front = await solverOf(${source(fixture.endless)});
      const shared = Array.from({ length: 20 }, () => copied(problem.data, onto((bytes) => new SharedArrayBuffer(bytes))));
      const workerData = shared.flatMap(arraysOf).map(({ buffer }) => buffer);
      const thread = new Worker(
        \`
          import { parentPort, workerData } from 'node:worker_threads';
          const arrays = workerData.map((buffer) => new Int32Array(buffer));
          parentPort.postMessage('begun');
          for (let value = 1; ; value = (value * 48271) % 2147483647) for (const array of arrays) array.fill(value);
        \`,
        { eval: true, workerData },
      );
      await once(thread, 'message');
      const blocking = front({ timeLimit: 0.1 });
      // Rejected, or with the answer for a mixture of numbers.
      const solves = shared.map(async (data) => solve({ timeLimit: 0.5 }, data));
      const ended = await Promise.allSettled([blocking, ...solves]);
      await thread.terminate();
      console.log(ended.length);
    `;
    expect(await run(lines, problem)).toMatchObject({ code: 0, signal: null, errors: '', output: '21\n' });
  });
});
