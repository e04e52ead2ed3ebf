// Promises of every solver about the certificates of its answers: docs/certificates.md.
import { describe, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import type { SolveResult } from '../../src/index.js';
import * as nonconvex from '../../src/index.js';
import { refutedCertificates } from './certificate.js';
import { type Problem, solve, solverFixtures } from './fixtures.js';

const { solvers } = addon().schema();
const toys = Boolean(process.env.NONCONVEX_FIXTURES);

describe.each(Object.entries(solverFixtures))('%s', (name, { small, endless, arrays = {} }) => {
  const { claims, settings: declared, family = name } = solvers[name] as (typeof solvers)[string];

  const refuted = (problem: Problem, result: SolveResult): string[] => {
    const usual = declared.find((setting) => setting.name === 'tolerance')?.default;
    const { tolerance = usual } = problem.settings as { tolerance?: number };
    return refutedCertificates(result, claims, tolerance as number);
  };

  it('has a certificate of a solved problem, and says something in it', async () => {
    const result = await solve(small);
    expect(refuted(small, result)).toEqual([]);
    const { certificate } = result as unknown as { certificate: { kind: string } | { kind: string }[] };
    const kinds = [certificate].flat().map(({ kind }) => kind);
    expect(kinds.length).toBeGreaterThan(0);
    expect(kinds).not.toContain('none');
  });

  it.each([
    ['that was aborted before it began', () => ({ signal: AbortSignal.abort() })],
    ['without an iteration', () => ({ maxIterations: 0 })],
    ['after some iterations', () => ({ maxIterations: 5 })],
    ['without time', () => ({ timeLimit: 0 })],
  ])('has a certificate of a solve %s', async (_, limits) => {
    const result = await solve(endless, limits());
    expect(result.status).not.toBe('solved');
    expect(refuted(endless, result)).toEqual([]);
  });

  it.each(Object.keys(arrays))('has a certificate with %s', async (which) => {
    const problem = arrays[which] as Problem;
    expect(refuted(problem, await solve(problem))).toEqual([]);
  });

  it.skipIf(toys)('names functions of the package that give it', () => {
    const functions = (nonconvex as unknown as Record<string, Record<string, unknown>>)[family];
    expect(claims.verbs.length).toBeGreaterThan(0);
    for (const verb of claims.verbs) expect([verb, typeof functions?.[verb]]).toEqual([verb, 'function']);
  });
});

describe('the judge of certificates', () => {
  const claims = {
    ...{ verbs: [], kinds: ['bounded' as const, 'global' as const], over: [], gapScale: 'the objective', remark: '' },
  };
  const certificate = { kind: 'bounded', lowerBound: 3, gap: 0.25, gapScale: 4 } as const;
  const result = { status: 'iterationLimit', objective: 4, lowerBound: 3, gap: 0.25, certificate };
  const judged = (changes: object, own: object = {}) =>
    refutedCertificates({ ...result, ...changes, certificate: { ...certificate, ...own } } as never, claims, 1e-6);

  it('finds what is not true', () => {
    expect(judged({})).toEqual([]);
    expect(judged({ objective: 5 })).toHaveLength(1);
    expect(judged({ gap: 0.2 })).toHaveLength(1);
    expect(judged({}, { kind: 'global' })).toHaveLength(1);
    expect(judged({}, { kind: 'local' }).length).toBeGreaterThan(0);
    expect(judged({}, { over: 'patterns' })).toHaveLength(1);
    expect(judged({ objective: 2, gap: -0.25 }, { kind: 'global', gap: -0.25 })).toHaveLength(1);
    expect(
      judged({ lowerBound: undefined, gap: undefined }, { lowerBound: undefined, gap: undefined }).length,
    ).toBeGreaterThan(1);
    expect(refutedCertificates({ status: 'solved' } as never, claims, 1)).toEqual(['no certificate']);
  });
});
