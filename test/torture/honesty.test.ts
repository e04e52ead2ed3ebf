// Claims of results, recomputed by code that shares nothing with the solvers: every family has a `trial`.
import { describe, expect, it } from 'vitest';
import { fixtures, found } from '../contract/fixtures.js';
import type { Claim, Trial } from '../contract/problem.js';
import { cases, figure, full, minutes, seed } from './torture.js';

const trials = await found<{ trial: Trial; claims?: Record<string, Claim> }>('honesty');
/** Problems that `npm run torture` draws by the trial of a family, and by that of a verb. */
const [ofFamily, ofVerb] = [900, 300];
const claims = trials.flatMap(({ family, name, module: { trial, claims = {} } }): [string, Claim][] => {
  const title = name === family ? family : `${family}/${name}`;
  return [
    [title, { trial, cases: name === family ? ofFamily : ofVerb }],
    ...Object.entries(claims).map(([claim, its]): [string, Claim] => [`${title}: ${claim}`, its]),
  ];
});

it('every family has a trial', () => {
  const tried = new Set(trials.map(({ family }) => family));
  expect(Object.keys(fixtures).filter((name) => !tried.has(name))).toEqual([]);
});

describe.each(claims)('%s', (name, { trial, cases: all, shows = 'solved' }) => {
  it('says what is true', { timeout: minutes(60) }, async () => {
    const counts: Record<string, number> = {};
    const wrong: string[] = [];
    const total = cases(12, all);
    for (let k = 0; k < total; ++k) {
      const result = await trial(100_000 * seed + k);
      counts[result.status] = (counts[result.status] ?? 0) + 1;
      wrong.push(...result.wrong.map((what) => `${100_000 * seed + k}: ${what}`));
    }
    figure(`${name}: ${total} random problems: ${JSON.stringify(counts)}; ${wrong.length} claims that are not true`);
    expect(wrong).toEqual([]);
    // Trials that make next to no claim would show nothing.
    expect(counts[shows] ?? 0).toBeGreaterThan(full ? total / 3 : 0);
  });
});
