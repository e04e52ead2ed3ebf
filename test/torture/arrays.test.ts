// Arrays that the caller changes, transfers or shrinks after a call, many times: the short form is test/contract/arrays.test.ts.
import { describe, expect, it } from 'vitest';
import { runInChild } from '../contract/child.js';
import { fixtures } from '../contract/fixtures.js';
import { figure, full, minutes } from './torture.js';

/** Changes of all typed arrays in `data`, for a child process: `attack({ network: array, x: owner, y: name })` before or after the call. */
const attacks: Record<string, { before?: string; after: string }> = {
  'huge indices': { after: 'array.fill(array instanceof Int32Array ? 1 << 30 : 1e300)' },
  'negative indices and NaN': { after: 'array.fill(array instanceof Int32Array ? -(2 ** 31) : NaN)' },
  transferred: { after: 'if (array.buffer.byteLength > 0) structuredClone(0, { transfer: [array.buffer] })' },
  shrunk: {
    before: `const buffer = new ArrayBuffer(array.byteLength, { maxByteLength: array.byteLength + 8 });
      const resizable = new array.constructor(buffer);
      resizable.set(array);
      return resizable;`,
    after: 'if (array.buffer.resizable) array.buffer.resize(0)',
  },
  'shared between threads': {
    before: `const shared = new array.constructor(new SharedArrayBuffer(array.byteLength));
      shared.set(array);
      return shared;`,
    after: 'array.fill(7)',
  },
};

const lines = ({ before = 'return array;', after }: { before?: string; after: string }, rounds: number) => `
  const found = [];
  const replaced = (value) => {
    if (ArrayBuffer.isView(value)) {
      const array = ((array) => { ${before} })(value.slice());
      found.push(array);
      return array;
    }
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaced(member)]));
  };
  const outcomes = {};
  for (let k = 0; k < ${rounds}; ++k) {
    // Others wait in front, so that this one is read late, or else at once.
    const controller = new AbortController();
    const front = k % 2 === 0 ? [] : Array.from({ length: 6 }, () => solve({ maxIterations: 2 }));
    found.length = 0;
    const solving = (async () => solve({ maxIterations: 20 }, replaced(problem.data)))();
    for (const array of found) { ${after}; }
    const outcome = await solving.then(({ status }) => status, (error) => error.name);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    await Promise.all(front);
  }
  console.log(JSON.stringify(outcomes));
`;

describe.skipIf(!full).each(Object.entries(fixtures))('%s', (name, { small, endless }) => {
  it.each(Object.entries(attacks))('%s', { timeout: minutes(5) }, async (what, attack) => {
    for (const problem of [small, endless]) {
      const ended = await runInChild(lines(attack, 40), problem);
      expect(ended).toMatchObject({ code: 0, signal: null, errors: '' });
      figure(`${name}, arrays ${what}: ${ended.output.trim()}`);
    }
  });
});
