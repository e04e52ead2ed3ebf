// Prepared quadratic programs: every answer is held to the conditions of optimality by plain loops, and to what minimize finds.
import { describe, expect, it, vi } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { minimize, prepareQuadratic, type QuadraticProblem, quadraticProgram } from '../../src/nlp/index.js';
import { uniforms } from '../problems/relu.js';
import { type Dense, drawn, residual } from './preparedClaims.js';

const problemOf = (program: Dense): QuadraticProblem => program as QuadraticProblem;

describe('a prepared program', () => {
  it('is solved again and again with other vectors, on this thread and beside it', async () => {
    for (let seed = 1; seed <= 6; ++seed) {
      const first = drawn(seed, 3 + 2 * seed, 1 + (seed % 3), 2 * seed);
      const prepared = await prepareQuadratic(problemOf(first));
      let [before, held] = [first, 0];
      for (let k = 0; k < 20; ++k) {
        const uniform = uniforms(100 * seed + k);
        const near = k % 2 === 0 ? 1e-3 : 1;
        const c = before.c.map((value) => value + near * (uniform() - 0.5));
        const atMost = (before.atMost as number[]).map((value) => value + 1e-2 * uniform());
        const program = { ...first, c, atMost };
        const answer = k % 5 === 4 ? await prepared.solve({ c, atMost }) : prepared.solveSync({ c, atMost });
        expect(answer.status).toBe('solved');
        expect(residual(program, answer)).toBeLessThan(1e-7);
        if ('iterations' in answer && answer.iterations === 0) ++held;
        before = program;
      }
      // Small changes mostly keep the active sides.
      expect(held).toBeGreaterThan(3);
    }
  });

  it('takes changes of every vector for one solve alone', async () => {
    const program = drawn(7, 8, 2, 4);
    const prepared = await prepareQuadratic(problemOf(program));
    expect([prepared.n, prepared.m]).toEqual([8, 6]);
    const changes = { c: program.c.map((v) => -v), lower: -2, upper: 0.5 };
    const other = prepared.solveSync(changes);
    const { x } = await minimize(quadraticProgram({ ...problemOf(program), ...changes }));
    other.x.forEach((value, j) => {
      expect(value).toBeCloseTo(x[j] as number, 7);
    });
    expect(residual(program, prepared.solveSync())).toBeLessThan(1e-8);
    expect(residual(program, await prepared.solve())).toBeLessThan(1e-8);
    const moved = (program.b as number[]).map((v) => v + 0.01);
    expect(residual({ ...program, b: moved }, prepared.solveSync({ b: moved }))).toBeLessThan(1e-8);
  });

  it('has the result of minimize, with its certificate', async () => {
    const prepared = await prepareQuadratic({
      Q: [
        [2, 0],
        [0, 2],
      ],
      A: [[1, 1]],
      b: [1],
      lower: 0,
    });
    const result = await prepared.solve();
    expect(result).toMatchObject({ status: 'solved', phase: 'quadratic', certificate: { kind: 'global' } });
    result.x.forEach((value) => {
      expect(value).toBeCloseTo(0.5, 12);
    });
  });

  it('serves several solves at once', async () => {
    const program = drawn(9, 6, 1, 3);
    const prepared = await prepareQuadratic(problemOf(program));
    const costs = Array.from({ length: 8 }, (_, k) => program.c.map((v) => v * (1 + k)));
    const results = await Promise.all(costs.map((c) => prepared.solve({ c })));
    results.forEach((result, k) => {
      expect(residual({ ...program, c: costs[k] as number[] }, result)).toBeLessThan(1e-7);
    });
  });

  it('says that there is no solution', async () => {
    const linear = await prepareQuadratic({ c: [1, 1], G: [[1, 1]], atLeast: 1, lower: 0 });
    expect(linear.solveSync()).toMatchObject({ status: 'solved', objective: 1 });
    expect(linear.solveSync({ upper: 0.25 }).status).toBe('infeasible');
    expect(linear.solveSync({ c: [-1, 1] }).status).toBe('unbounded');
    const result = await linear.solve({ upper: 0.25 });
    expect(result).toMatchObject({ status: 'infeasible', certificate: { proof: { kind: 'farkas' } } });
    expect(linear.solveSync()).toMatchObject({ status: 'solved', objective: 1 });
  });

  it('keeps its units: small rows and costs have answers as accurate as others', async () => {
    const program = drawn(11, 5, 1, 3);
    const small = 1e-9;
    const scaled = (rows: number[][]) => rows.map((row) => row.map((v) => small * v));
    const prepared = await prepareQuadratic({
      ...problemOf(program),
      Q: scaled(program.Q),
      c: program.c.map((v) => small * v),
    });
    const { x } = await minimize(quadraticProgram(problemOf(program)));
    prepared.solveSync().x.forEach((value, j) => {
      expect(value).toBeCloseTo(x[j] as number, 6);
    });
  });

  it('ends at its time limit', async () => {
    const prepared = await prepareQuadratic(problemOf(drawn(13, 70, 5, 130)));
    expect(prepared.solveSync({}, { timeLimit: 0 }).status).toBe('timeLimit');
  });

  it('refuses what does not fit, by name', async () => {
    await expect(
      prepareQuadratic({
        Q: [
          [1, 2],
          [2, 1],
        ],
      }),
    ).rejects.toThrow('Q: expected a positive semidefinite matrix');
    await expect(
      prepareQuadratic({
        Q: [
          [1, 2],
          [3, 1],
        ],
      }),
    ).rejects.toThrow('symmetric');
    const prepared = await prepareQuadratic({
      Q: [
        [1, 0],
        [0, 1],
      ],
      G: [[1, 1]],
      atMost: 1,
    });
    expect(() => prepared.solveSync({ c: [1] })).toThrow('c: expected 2 numbers');
    expect(() => prepared.solveSync({ c: [1, Number.NaN] })).toThrow('c[1] = NaN');
    expect(() => prepared.solveSync({ b: [1] })).toThrow('b: expected none');
    expect(() => prepared.solveSync({ atLeast: 2 })).toThrow('atLeast');
    expect(() => prepared.solveSync({ Q: 1 } as object)).toThrow('Q');
    expect(() => prepared.solveSync({}, { tolerance: 0 })).toThrow('tolerance = 0');
    expect(() => prepared.solveSync({}, { timeLimit: -1 })).toThrow('timeLimit = -1');
    await expect(prepared.solve({ lower: 3, upper: 2 })).rejects.toThrow('lower');
  });
});

it('solveSync has what is left of its deadline', async () => {
  const prepared = await prepareQuadratic({ Q: [[2]], c: [1] });
  const native = vi.spyOn(addon(), 'solvePrepared');
  const limits = [{ deadline: 800 }, { deadline: 0 }, { deadline: 800, timeLimit: 0.1 }, { timeLimit: 5 }].map(
    (settings) => {
      prepared.solveSync({}, settings);
      return native.mock.lastCall?.[0].timeLimit as number;
    },
  );
  native.mockRestore();
  expect(limits[0]).toBeLessThanOrEqual(0.8);
  expect(limits.slice(1)).toEqual([0, 0.1, 5]);
  expect(() => prepared.solveSync({}, { deadline: -1 })).toThrow('deadline = -1: expected a finite number >= 0');
});
