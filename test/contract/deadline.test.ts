// The setting `deadline` of every function that solves: it ends the whole call, however many solves that has.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { Deadline } from '../../src/core/deadline.js';
import { solves } from '../../src/generated/kinds.js';
import { found, solve, solverFixtures } from './fixtures.js';
import type { Takes, Taking } from './takesOptions.js';

/** Each function with settings, as the contract of options calls it, or with the settings as an argument of their own. */
const given = await found<{ taking: Taking; rejecting?: readonly string[] }>('options');
const calls: Record<string, (settings: never) => unknown> = {
  ...Object.fromEntries(
    given.flatMap(({ module }) =>
      Object.entries(module.taking).map(([name, [, call]]: [string, Takes]) => [name, call]),
    ),
  ),
  ...Object.fromEntries(
    Object.values(solverFixtures)
      .filter(({ small }) => !small.direct)
      .map(({ small }) => [small.solver, (settings: object) => solve(small, settings as Record<string, unknown>)]),
  ),
};

/** Functions whose answer says nothing of work that was cut short. */
const rejecting = given.flatMap(({ module }) => module.rejecting ?? []);

/** Calls a function with a deadline, or another value. */
const withDeadline = async (kind: string, deadline: unknown): Promise<unknown> =>
  (calls[`${kind}, settings`] ?? calls[kind])?.({ deadline } as never);

afterEach(() => vi.restoreAllMocks());

describe.each(Object.keys(solves))('%s', (kind) => {
  it('has its answer at once where the deadline is over', async () => {
    if (rejecting.includes(kind)) {
      await expect(withDeadline(kind, 0)).rejects.toMatchObject({ name: 'SolverError', code: 'DEADLINE_EXCEEDED' });
      return;
    }
    const answer = (await withDeadline(kind, 0)) as { results?: object[] };
    const result = answer.results?.at(-1) ?? answer;
    expect(result).toMatchObject({ status: 'timeLimit' });
    if ('message' in result) expect(result.message).toMatch(/^Stopped at its deadline after 0 iterations/);
  });

  it('gives all its solves one deadline', async () => {
    const native = vi.spyOn(addon(), 'solve');
    const limit = vi.spyOn(Deadline.prototype, 'limit');
    await withDeadline(kind, 2 ** 31 - 1);
    expect(limit).toHaveBeenCalledTimes(native.mock.calls.length);
    expect(new Set(limit.mock.contexts).size).toBeLessThanOrEqual(1);
  });

  it('refuses what is no deadline', async () => {
    const refused = async (value: unknown) => withDeadline(kind, value).catch((error) => error as Error);
    for (const value of [-1, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY]) {
      const error = await refused(value);
      expect(error).toBeInstanceOf(RangeError);
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'deadline' });
    }
    expect(String(await refused('800'))).toBe("TypeError: deadline = '800': expected a number");
  });
});
