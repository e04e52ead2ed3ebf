// What results say, recomputed by code that shares nothing with the solvers: every family has a `trial`.
import { describe, expect, it } from 'vitest';
import { fixtures, found } from '../contract/fixtures.js';
import type { Trial } from '../contract/problem.js';
import { cases, figure, full, minutes, seed } from './torture.js';

const trials = new Map((await found<{ trial: Trial }>('honesty.ts')).map(([name, { trial }]) => [name, trial]));

it('every family has a trial', () => {
  expect(Object.keys(fixtures).filter((name) => !trials.has(name))).toEqual([]);
});

describe.each([...trials])('%s', (name, trial) => {
  it('says what is true', { timeout: minutes(60) }, async () => {
    const counts: Record<string, number> = {};
    const wrong: string[] = [];
    const total = cases(12, 900);
    for (let k = 0; k < total; ++k) {
      const result = await trial(1000 * seed + k);
      counts[result.status] = (counts[result.status] ?? 0) + 1;
      wrong.push(...result.wrong.map((what) => `${1000 * seed + k}: ${what}`));
    }
    figure(`${name}: ${total} random problems: ${JSON.stringify(counts)}; ${wrong.length} claims that are not true`);
    expect(wrong).toEqual([]);
    // Trials that solve next to nothing would show nothing.
    expect(counts.solved ?? 0).toBeGreaterThan(full ? total / 3 : 0);
  });
});
