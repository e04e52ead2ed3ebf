import { describe, expect, it } from 'vitest';
import { inSlices } from '../../src/readers/slices.js';

describe('inSlices', () => {
  it('covers all once, and lets others run between any two slices', async () => {
    let turns = 0;
    const turn = () => {
      ++turns;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    const seen: [number, number, number][] = [];
    await inSlices(200_000, undefined, (from, to) => seen.push([from, to, turns]));
    clearImmediate(next);
    expect(seen.map(([from]) => from)).toEqual([0, ...seen.slice(0, -1).map(([, to]) => to)]);
    expect(seen.at(-1)?.[1]).toBe(200_000);
    expect(seen.length).toBeGreaterThan(2);
    for (let k = 1; k < seen.length; ++k) expect(seen[k]?.[2]).toBeGreaterThan(seen[k - 1]?.[2] as number);
  });

  it('of nothing is nothing, and ends when it is told to', async () => {
    await inSlices(0, undefined, () => expect.unreachable());
    const controller = new AbortController();
    let slices = 0;
    const running = inSlices(1 << 30, controller.signal, () => {
      if (++slices === 3) controller.abort(new Error('enough'));
    });
    await expect(running).rejects.toThrow('enough');
    expect(slices).toBe(3);
  });
});
