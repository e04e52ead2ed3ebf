// Many solves at once: nothing is lost, nothing is mixed up, memory does not grow, and the event loop stays free.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import type { SolveResult } from '../../src/index.js';
import { fixtures, solve, solverFixtures, timeless } from '../contract/fixtures.js';
import { cases, figure, full, minutes, spread } from './torture.js';

/** Fixtures of each family; in full, of each solver. */
const problems = Object.entries(full ? solverFixtures : fixtures);
const seeds = [1, 2, 3];
const callers = 64;

it('answers among 64 callers are those of one, to the last bit', { timeout: minutes(20) }, async () => {
  const expected = new Map<string, object>();
  for (const [name, { small }] of problems) {
    for (const seed of seeds) expected.set(`${name} ${seed}`, timeless(await solve(small, { seed })));
  }
  const [rounds, perRound] = [cases(1, 10), cases(240, 1000)];
  const wrong: string[] = [];
  const milliseconds: number[] = [];
  const memory: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  for (let round = 0; round < rounds; ++round) {
    const results: [name: string, result: SolveResult][] = [];
    let next = round * perRound;
    const caller = async (): Promise<void> => {
      while (next < (round + 1) * perRound) {
        const k = next++;
        const [name, { small }] = problems[k % problems.length] as (typeof problems)[number];
        const seed = seeds[Math.floor(k / problems.length) % seeds.length] as number;
        const begin = performance.now();
        results.push([`${name} ${seed}`, await solve(small, { seed })]);
        milliseconds.push(performance.now() - begin);
      }
    };
    delay.enable();
    await Promise.all(Array.from({ length: callers }, caller));
    delay.disable();
    // Compared when nothing is measured.
    for (const [of, result] of results) if (!isDeepStrictEqual(timeless(result), expected.get(of))) wrong.push(of);
    memory.push(process.memoryUsage.rss() / 2 ** 20);
  }
  const total = rounds * perRound;
  expect(wrong).toEqual([]);
  expect(milliseconds).toHaveLength(total);
  figure(
    `${total} small solves of ${problems.length} solvers from ${callers} callers: 0 wrong, 0 lost; a solve ${spread(milliseconds)}`,
  );
  figure(
    `event loop meanwhile: p99 ${(delay.percentile(99) / 1e6).toFixed(1)}, max ${(delay.max / 1e6).toFixed(1)} ms`,
  );
  figure(`resident MB by tenths: ${memory.map((each) => each.toFixed(0)).join(', ')}`);
  // Warm after a third; what a leak of a kilobyte a solve would add since then is a tenth of this.
  if (full) expect((memory.at(-1) as number) - (memory[3] as number)).toBeLessThan(60);
});

it('solves that wait in the queue leave the event loop free', { timeout: minutes(2) }, async () => {
  const controller = new AbortController();
  const waiting = problems.flatMap(([, { endless }]) =>
    Array.from({ length: cases(2, 10) }, () => solve(endless, { signal: controller.signal })),
  );
  const turns: number[] = [];
  for (let k = 0; k < cases(100, 1000); ++k) {
    const begin = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1));
    turns.push(performance.now() - begin);
  }
  const begin = performance.now();
  controller.abort();
  const results = await Promise.all(waiting);
  expect(results.map(({ status }) => status)).toEqual(waiting.map(() => 'aborted'));
  figure(
    `a timer of 1 ms beside ${waiting.length} solves without an end: ${spread(turns)}; all aborted within ${(performance.now() - begin).toFixed(0)} ms`,
  );
});
