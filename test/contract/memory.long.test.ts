// Memory of the process over many solves, for every solver.
import { describe, expect, it } from 'vitest';
import { runInChild } from './child.js';
import { fixtures } from './fixtures.js';

describe.each(Object.entries(fixtures))('%s', (_, { small, endless }) => {
  const fine = { code: 0, signal: null, errors: '' };

  it('does not grow in 1,000 solves', async () => {
    const lines = `
      /** Resident MiB after so many solves. */
      const after = async (count, more) => {
        for (let i = 0; i < count; ++i) {
          await solve({ onProgress: () => {}, signal: new AbortController().signal, ...more });
          if (i % 10 === 0) await solve({ tolerance: -1 }).catch(() => {});
        }
        for (let i = 0; i < 5; ++i) {
          gc();
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        return process.memoryUsage().rss / 2 ** 20;
      };
      const growth = async (count, more) => {
        const before = await after(count, more); // caches grow at first
        return (await after(count, more)) - before;
      };
    `;
    // Small solves leak by their number, large ones by their size; the allocator's own steps are a few MiB.
    const many = await runInChild(`${lines} console.log(await growth(1000));`, small, { flags: ['--expose-gc'] });
    expect(many).toMatchObject(fine);
    expect(Number(many.output)).toBeLessThan(25);
    const large = await runInChild(`${lines} console.log(await growth(100, { maxIterations: 2 }));`, endless, {
      flags: ['--expose-gc'],
    });
    expect(large).toMatchObject(fine);
    expect(Number(large.output)).toBeLessThan(40);
  });
});
