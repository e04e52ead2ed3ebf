// The simplex method beside HiGHS: the same status and the same value on hundreds of programs, cold and from the solution of another one.
import { beforeAll, describe, expect, it } from 'vitest';
import { minimize, type NlpResult, type NlpSettings, quadraticProgram } from '../../src/nlp/index.js';
import { all, long } from '../long.js';
import { type Answer, answers, linearOracle } from '../reference/programs.js';
import { changedProgram, type LinearProgram, linearProgram, membersOf } from './linearPrograms.js';

const count = all ? 10_000 : long ? 3000 : 400;

interface Case {
  seed: number;
  program: LinearProgram;
  result: NlpResult;
}

const solveBy = (program: LinearProgram, warmStart?: NlpSettings['warmStart']) =>
  minimize(quadraticProgram(membersOf(program)), { method: 'simplex', ...(warmStart && { warmStart }) });

/** Answers of HiGHS to all cases. */
const asked = (cases: readonly Case[]): Answer[] =>
  answers(cases.map(({ program }) => ({ n: program.c.length, ...program })));

/** Texts of the results that HiGHS contradicts. */
function disagreements(cases: readonly Case[], found: readonly Answer[]): string[] {
  return cases.flatMap(({ seed, result }, k) => {
    const { status, value } = found[k] as Answer;
    if (status === 'unknown') return [];
    if (result.status !== status) return [`${seed}: ${result.status}, but ${status} there (${result.message})`];
    if (status !== 'solved') return [];
    const size = Math.max(1, Math.abs(value));
    const wrong: string[] = [];
    if (!(Math.abs(result.objective - value) <= 1e-9 * size)) wrong.push(`${seed}: ${result.objective} for ${value}`);
    const { kind, over, lowerBound } = result.certificate;
    if (kind === 'global' && over === undefined && !((lowerBound as number) <= value + 1e-9 * size))
      wrong.push(`${seed}: bound ${lowerBound} above ${value}`);
    return wrong;
  });
}

describe.skipIf(!linearOracle())('linear programs at random, by HiGHS', () => {
  const cold: Case[] = [];
  const warm: Case[] = [];

  beforeAll(async () => {
    for (let seed = 0; seed < count; ++seed) {
      const program = linearProgram(seed);
      const result = await solveBy(program);
      cold.push({ seed, program, result });
      if (result.status !== 'solved') continue;
      const next = changedProgram(program, result.x, seed);
      const { x, lowerMultipliers, upperMultipliers } = result;
      const multipliers = Float64Array.of(...result.multipliers, 0);
      const from = { x, multipliers, lowerMultipliers, upperMultipliers };
      warm.push({ seed, program: next, result: await solveBy(next, from) });
    }
  }, 600_000);

  it('are of all kinds', () => {
    for (const status of ['solved', 'infeasible', 'unbounded'])
      expect(cold.filter(({ result }) => result.status === status).length, status).toBeGreaterThan(count / 100);
    for (const status of ['solved', 'infeasible'])
      expect(warm.filter(({ result }) => result.status === status).length, status).toBeGreaterThan(count / 100);
  });

  it('have the same status and value', { timeout: 600_000 }, () => {
    const found = asked(cold);
    expect(disagreements(cold, found)).toEqual([]);
    expect(found.filter(({ status }) => status === 'unknown').length).toBeLessThan(count / 20);
  });

  it('have them from the solution of a program with other bounds and one row less', { timeout: 600_000 }, () => {
    expect(disagreements(warm, asked(warm))).toEqual([]);
  });
});
