// Whatever a caller does to an array after the call, the solve does not see it: at once, and while the solve waits in the
// queue. A solve that read memory that is gone would end the process, so each family's are in a process of their own.
import { describe, expect, it } from 'vitest';
import { long } from '../long.js';
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

describe.each(Object.entries(fixtures))('%s', (name, fixture: Fixture) => {
  const problems = Object.entries({ small: fixture.small, ...fixture.arrays });
  /** Runs lines that see `problems`, each with its name, and `front(more)`, which takes the only thread as long as it is told. */
  const run = (lines: string) => {
    const given = `
      const front = await solverOf(${source(fixture.endless)});
      const problems = ${source(problems.map(([name, problem]) => ({ name, ...problem })))};
    `;
    return runInChild(walks + mischief + given + lines, fixture.small, {
      flags: ['--expose-gc'],
      env: { NONCONVEX_THREADS: '1' }, // one thread makes the other solves wait
    });
  };

  it('solves what the arrays were', async () => {
    const lines = `
      const cases = [];
      for (const problem of problems) {
        const { name, data, settings } = problem;
        const solve = await solverOf(problem);
        const given = { data, settings };
        cases.push({ name, solve, given, expected: values(await solve()), count: arraysOf(given).length, solves: 0 });
      }
      const solves = [];
      const begin = (queued) => {
        for (const each of cases) {
          for (const [change, { make, act }] of Object.entries(changes)) {
            for (let k = 0; k < each.count; ++k) {
              const { data, settings } = copied(each.given, make);
              const array = arraysOf({ data, settings })[k];
              const promise = each.solve(settings, data);
              act(array);
              ++each.solves;
              const what = [each.name, change, 'array ' + k, queued].join(', ');
              solves.push(outcome(promise).then((got) => (got === each.expected ? [] : [[what, got]])));
            }
          }
        }
        gc();
      };
      begin('at once');
      await Promise.all(solves);
      const ahead = new AbortController();
      const blocking = front({ signal: ahead.signal });
      begin('queued');
      gc();
      ahead.abort();
      await blocking;
      const wrong = (await Promise.all(solves)).flat();
      console.log(JSON.stringify({ cases: cases.map(({ name, count, solves }) => ({ name, count, solves })), wrong }));
    `;
    const ended = await run(lines);
    expect(ended).toMatchObject({ code: 0, signal: null, errors: '' });
    const { cases, wrong } = JSON.parse(ended.output) as {
      cases: { name: string; count: number; solves: number }[];
      wrong: unknown[];
    };
    expect(wrong).toEqual([]);
    expect(cases.map(({ name }) => name)).toEqual(problems.map(([name]) => name));
    for (const { name, count, solves } of cases) {
      expect(count, name).toBeGreaterThan(0);
      expect(solves, name).toBe(6 * count);
    }
  });

  // One family in `npm test`: all copy their arrays by the same lines.
  it.runIf(long || name === Object.keys(fixtures)[0])('survives a thread that writes into shared memory', async () => {
    const copies = long ? 20 : 5;
    const lines = `
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      const cases = [];
      for (const problem of problems) {
        const solve = await solverOf(problem);
        for (let k = 0; k < ${copies}; ++k) {
          cases.push({ solve, data: copied(problem.data, onto((bytes) => new SharedArrayBuffer(bytes))) });
        }
      }
      const workerData = cases.flatMap(({ data }) => arraysOf(data)).map(({ buffer }) => buffer);
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
      const solves = cases.map(async ({ solve, data }) => solve({ timeLimit: ${long ? 0.5 : 0.1} }, data));
      const ended = await Promise.allSettled([blocking, ...solves]);
      await thread.terminate();
      console.log(ended.length);
    `;
    const output = `${1 + copies * problems.length}\n`;
    expect(await run(lines)).toMatchObject({ code: 0, signal: null, errors: '', output });
  });
});
