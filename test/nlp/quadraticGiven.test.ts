// Given convex quadratic programs, degenerate ones among them, held to the residuals of a judge that shares nothing with the solver.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkOptimality, minimize, quadraticProgram } from '../../src/nlp/index.js';

const judge = new URL('../../../shared/problems/qp/read.mjs', import.meta.url);
const there = existsSync(judge);
if (!there) console.warn(`${judge.pathname} is not there: given quadratic programs are skipped`);

/** Programs that the general method has stalled on, or called solved with a gap, and small ones. */
const programs = [
  'HS76',
  'HS118',
  'HS268',
  'LISWET9',
  'LISWET10',
  'LISWET12',
  'QSHARE1B',
  'QPCBOEI2',
  'QADLITTL',
  'DUAL4',
  'CVXQP1_S',
];

describe.skipIf(!there)('given convex quadratic programs', () => {
  it.each(programs)('%s', async (name) => {
    const { readProblem, residuals } = await import(judge.href);
    const given = readProblem(name);
    const program = quadraticProgram(given.problem);
    const result = await minimize(program);
    expect(result).toMatchObject({ status: 'solved', phase: 'quadratic' });
    const z = result.upperMultipliers.map((value, j) => value - (result.lowerMultipliers[j] as number));
    const { primal, dual, gap } = residuals(given, result.x, result.multipliers, z);
    expect(Math.max(primal, dual)).toBeLessThan(1e-6);
    expect(gap).toBeLessThan(1e-6 * (1 + Math.abs(result.objective)));
    expect(checkOptimality(program, result.x, result).ok).toBe(true);
  });

  // Multipliers that could be of any size, gaps that rounding of x leaves, sums of 1e14 that cancel.
  it.each(['LISWET9', 'LISWET10', 'POWELL20', 'QBORE3D', 'QSCRS8', 'QSHIP04S'])('%s to 1e-9', async (name) => {
    const { readProblem, residuals } = await import(judge.href);
    const given = readProblem(name);
    const result = await minimize(quadraticProgram(given.problem));
    expect(result).toMatchObject({ status: 'solved', phase: 'quadratic' });
    const z = result.upperMultipliers.map((value, j) => value - (result.lowerMultipliers[j] as number));
    const { primal, dual, gap } = residuals(given, result.x, result.multipliers, z);
    expect(Math.max(primal, dual, gap)).toBeLessThan(1e-9);
  });
});
