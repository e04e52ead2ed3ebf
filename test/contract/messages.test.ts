// Messages between the package and its addon, mutated at random: whatever stands in one, the addon throws, rejects or answers, and
// the process goes on. The messages are those that the problems of all fixtures send.
import { describe, expect, it } from 'vitest';
import { long } from '../long.js';
import { runInChild, source } from './child.js';
import { type Fixture, fixtures } from './fixtures.js';

/** Lines that define `mutated(args, random)`: a deep copy with one value in it, or more, replaced. */
const mutation = `
  const hostile = [
    undefined, null, true, '', 'csc', 'x'.repeat(300), NaN, Infinity, -1, 0, 1, 2, 0.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 1n, Symbol('s'),
    () => {}, [], {}, [{}], new Date(), Object.create(null), Promise.resolve(1), new Float64Array(0), new Float64Array(3), new Float32Array(3),
    new Int32Array(3).fill(-1), Int32Array.of(0, 2 ** 30, 1), new BigInt64Array(2), new DataView(new ArrayBuffer(8)), new ArrayBuffer(8),
    new Float64Array(new SharedArrayBuffer(64)), new Uint8Array(5), { data: new Float64Array(4), rows: 2, columns: 2 },
    { data: new Float64Array(4), rows: 65536, columns: 65536 }, { length: 2 ** 31 },
    { format: 'csr', rows: 2, columns: 2, offsets: Int32Array.of(0, 5, 1), indices: Int32Array.of(7), values: Float64Array.of(1) },
    new Proxy({}, { get: () => { throw new Error('get'); } }),
    { get data() { throw new Error('data'); } },
  ];
  const pick = (list, random) => list[Math.floor(random() * list.length)];
  const changedArray = (array, random) => {
    const made = array.slice(0, random() < 0.3 ? Math.floor(random() * array.length) : array.length);
    for (let k = Math.ceil(3 * random()); k > 0 && made.length > 0; --k) {
      const at = Math.floor(random() * made.length);
      made[at] = pick([-1, 0, 1, 2, made.length, made[at] + 1, 2 ** 30, -(2 ** 31), NaN, Infinity, 1e300], random);
    }
    if (random() < 0.1) structuredClone(made.buffer, { transfer: [made.buffer] });
    return made;
  };
  /** Objects of the addon's own, which cannot be copied. */
  const opaque = (value) => typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  const count = (value) => ArrayBuffer.isView(value) || opaque(value) ? 1 : 1 + Object.values(value).reduce((sum, each) => sum + count(each), 0);
  const replaced = (value, where, random) => {
    if (where.left-- === 0) {
      return ArrayBuffer.isView(value) && random() < 0.7 ? changedArray(value, random) : pick(hostile, random);
    }
    if (ArrayBuffer.isView(value) || opaque(value)) return value;
    if (Array.isArray(value)) return value.map((each) => replaced(each, where, random));
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, where, random)]));
  };
  const mutated = (args, random) => {
    let made = args;
    do made = replaced([...made], { left: 1 + Math.floor(random() * count(made)) }, random);
    while (Array.isArray(made) && random() < 0.2);
    return Array.isArray(made) ? made : [made];
  };
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
`;

describe.each(Object.entries(fixtures))('%s', (_, fixture: Fixture) => {
  it('survives any message', async () => {
    const problems = [fixture.small, ...Object.values(fixture.arrays ?? {})];
    const lines = `
      ${mutation}
      const { addon } = await import(new URL('core/addon.js', import.meta.resolve('nonconvex')));
      const native = addon();
      const messages = [];
      for (const [name, f] of Object.entries(native)) {
        if (typeof f !== 'function') continue;
        native[name] = (...args) => {
          messages.push([name, f, args]);
          return f(...args);
        };
      }
      for (const problem of ${source(problems)}) await (await solverOf(problem))({ maxIterations: 3 });
      const ends = { threw: 0, rejected: 0, answered: 0 };
      for (let k = 0; k < ${long ? 20_000 : 150}; ++k) {
        const [name, f, args] = pick(messages, random);
        try {
          const answer = f(...mutated(args, random));
          const promise = answer?.promise ?? answer;
          if (!(promise instanceof Promise)) {
            ++ends.answered;
            continue;
          }
          const abort = () => native.abort(args[5]);
          if (random() < 0.5) abort();
          else setTimeout(abort, 20).unref();
          await promise.then(() => ++ends.answered, () => ++ends.rejected);
        } catch {
          ++ends.threw;
        }
      }
      console.log(JSON.stringify({ ...ends, names: [...new Set(messages.map(([name]) => name))] }));
    `;
    const ended = await runInChild(lines, fixture.small);
    expect(ended).toMatchObject({ code: 0, signal: null, errors: '' });
    const { threw, answered, rejected, names } = JSON.parse(ended.output);
    expect(names).toContain('solve');
    expect(threw).toBeGreaterThan(20);
    expect(answered + rejected).toBeGreaterThan(10);
  });
});
