// Problems that memory does not hold are refused before any is taken, with the bytes and the name of the argument: systems promise more than
// they have, and then end the process.
import { describe, expect, it } from 'vitest';
import { SolverError } from '../../src/index.js';
import { type Fixture, fixtures, solve } from './fixtures.js';

const families = Object.entries(fixtures).filter(([, { huge = {} }]) => Object.keys(huge).length > 0);

describe.each(families)('%s', (_, { small, huge }: Fixture) => {
  it.each(Object.entries(huge ?? {}))('%s', async (_, problem) => {
    const before = process.memoryUsage().rss;
    const error: unknown = await solve(problem).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SolverError);
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY' });
    expect((error as SolverError).message).toMatch(/^.*[a-z].* needs? \d+ MB, of which \d+ MB are available/);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
    expect((await solve(small)).status).toBe('solved');
  });
});

it('has such problems of several families', () => {
  if (!process.env.NONCONVEX_FIXTURES) expect(families.length).toBeGreaterThan(3);
});
