// Deadlines in solvers that are written in TypeScript, and what answers say of them.
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Deadline, fixDeadline, nameDeadline, untilDeadline } from '../../src/core/deadline.js';
import { iterate, Monitor, type Solver } from '../../src/core/iterate.js';
import { withCountedClock } from '../clock.js';

const endless: Solver = { step: () => undefined, progress: () => ({ objective: 1 }) };
const limits = { maxIterations: 2 ** 31, tolerance: 0, timeLimit: Number.POSITIVE_INFINITY };

it('iterate ends at the deadline', async () => {
  const outcome = await withCountedClock(1, () => iterate(endless, limits, fixDeadline({ deadline: 100 })));
  expect(outcome.status).toBe('timeLimit');
  expect(outcome.message).toMatch(/^Stopped at its deadline after \d+ iterations\.$/);
  expect(outcome.iterations).toBeGreaterThan(1);
});

it('a monitor inside another ends with the deadline of that', () => {
  const over = new Monitor(undefined, fixDeadline({ deadline: 0 })).child();
  expect(over.outOfTime).toBe(true);
  expect(new Monitor(undefined, fixDeadline({ deadline: 1e9 })).child().outOfTime).toBe(false);
});

it('the latest deadline that is taken is not one that is over', async () => {
  const aborted = await untilDeadline(fixDeadline({ deadline: 2 ** 31 - 1 }), async (signal) => {
    await wait(20);
    return signal?.aborted;
  });
  expect(aborted).toBe(false);
});

it('settings keep the moment that their deadline has become', () => {
  const fixed = fixDeadline({ deadline: 800, seed: 1 });
  expect(fixed).toMatchObject({ seed: 1, deadline: expect.any(Deadline) });
  expect(fixDeadline(fixed)).toBe(fixed);
  expect(fixDeadline({ ...fixed, seed: 2 }).deadline).toBe(fixed.deadline);
});

it('answers name the deadline where it has ended them, and nothing else has', () => {
  const named = (status: 'aborted' | 'timeLimit' | 'solved', deadline: number, signal?: AbortSignal) => {
    const message =
      status === 'solved' ? 'Solved after 2 iterations.' : 'Stopped at timeLimit = 0.8 s after 2 iterations.';
    const answer = { status, message };
    nameDeadline(answer, { ...fixDeadline({ deadline }), signal });
    return answer;
  };
  const atDeadline = { status: 'timeLimit', message: 'Stopped at its deadline after 2 iterations.' };
  expect(named('aborted', 0)).toEqual(atDeadline);
  expect(named('timeLimit', 0)).toEqual(atDeadline);
  expect(named('solved', 0).status).toBe('solved');
  expect(named('timeLimit', 1e9).message).toContain('timeLimit = 0.8 s');
  expect(named('aborted', 0, AbortSignal.abort()).status).toBe('aborted');
});
