// Assignments that are known, others beside enumeration and SciPy, and what is said of wrong arguments.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type AssignResult, assign } from '../../src/discrete/index.js';
import { uniforms } from '../algebra.js';
import { type Costs, leastSum, refutedAssignment } from './assignJudge.js';

const cost = [
  [4, 1, 3],
  [2, 0, 5],
  [3, 2, 2],
];

it('finds the assignment of the docs', async () => {
  const { status, objective, columnOf, rowOf, certificate } = await assign(cost);
  expect(status).toBe('solved');
  expect(objective).toBe(5);
  expect(Array.from(columnOf)).toEqual([1, 0, 2]);
  expect(Array.from(rowOf)).toEqual([1, 0, 2]);
  expect(certificate).toMatchObject({ kind: 'global', lowerBound: 5, gap: 0 });
});

it('maximises', async () => {
  const result = await assign(cost, { maximize: true });
  expect(result.objective).toBe(11);
  expect(result.certificate).toMatchObject({ kind: 'global', upperBound: 11, gap: 0 });
  expect(result.certificate.lowerBound).toBeUndefined();
  expect(refutedAssignment(cost, result, true)).toEqual([]);
});

/** Draws costs: integers with ties, or real numbers, some of them forbidden. */
function drawn(n: number, m: number, seed: number, { ties = false, forbidden = 0 } = {}): number[][] {
  const uniform = uniforms(seed);
  const one = () => (uniform() < forbidden ? Infinity : ties ? Math.floor(5 * uniform()) : uniform() - 0.5);
  return Array.from({ length: n }, () => Array.from({ length: m }, one));
}

describe('all assignments of up to seven rows', () => {
  const sizes = [1, 2, 3, 5, 7].flatMap((n) => [1, 4, 7].map((m) => [n, m] as const));
  it.each(sizes)('%i x %i', async (n, m) => {
    for (const [seed, options] of [
      [1, {}],
      [2, { ties: true }],
      [3, { forbidden: 0.4 }],
      [4, { ties: true, forbidden: 0.6 }],
    ] as const) {
      const costs = drawn(n, m, seed + 10 * n + m, options);
      const result = await assign(costs);
      expect(refutedAssignment(costs, result)).toEqual([]);
      const least = leastSum(costs);
      expect(result.status).toBe(least === Infinity ? 'infeasible' : 'solved');
      if (least < Infinity) expect(result.objective).toBeCloseTo(least, 12);
    }
  });
});

const python = `
import json, sys
import numpy as np
from scipy.optimize import linear_sum_assignment
answers = []
for each in json.load(sys.stdin):
    c = np.array([[np.inf if v is None else v for v in row] for row in each])
    try:
        rows, columns = linear_sum_assignment(c)
        answers.append(float(c[rows, columns].sum()))
    except ValueError:
        answers.append(None)
print(json.dumps(answers))
`;

/** Sums of SciPy's assignments, null where it finds none; undefined where it is not installed. */
function bySciPy(all: readonly Costs[]): (number | null)[] | undefined {
  const input = JSON.stringify(all.map((each) => each.map((row) => row.map((v) => (v === Infinity ? null : v)))));
  try {
    const text = execFileSync('/usr/bin/python3', ['-c', python], { input, stdio: ['pipe', 'pipe', 'ignore'] });
    return JSON.parse(text.toString());
  } catch {
    console.warn('skipped: assignments beside SciPy, which is not installed');
    return undefined;
  }
}

describe('assignments beside SciPy', () => {
  const sizes = [
    [40, 40],
    [31, 64],
    [64, 31],
    [150, 150],
    [1, 30],
  ] as const;
  const all = sizes.flatMap(([n, m], k) => [
    drawn(n, m, k + 1),
    drawn(n, m, k + 21, { ties: true }),
    drawn(n, m, k + 41, { forbidden: 0.9 }),
    drawn(n, m, k + 61, { ties: true, forbidden: 0.97 }),
  ]);
  const sums = bySciPy(all);
  it.skipIf(sums === undefined)('has the same sums, and proves them', async () => {
    for (const [k, costs] of all.entries()) {
      const result = await assign(costs);
      expect(refutedAssignment(costs, result)).toEqual([]);
      const sum = sums?.[k];
      expect(result.status).toBe(sum === null ? 'infeasible' : 'solved');
      if (typeof sum === 'number') expect(result.objective).toBeCloseTo(sum, 10);
    }
  });
});

it('names rows that have too few columns', async () => {
  const none = Infinity;
  const costs = [
    [1, none, none, 2],
    [3, none, none, none],
    [4, none, none, 1],
    [1, 1, 1, 1],
  ];
  const { status, certificate, message, objective } = await assign(costs);
  expect(status).toBe('infeasible');
  expect(objective).toBeUndefined();
  expect(certificate.kind).toBe('global');
  expect(certificate.proof).toMatchObject({ kind: 'hall', margin: 1 });
  expect([...(certificate.proof?.rows ?? [])].sort()).toEqual([0, 1, 2]);
  expect([...(certificate.proof?.columns ?? [])].sort()).toEqual([0, 3]);
  expect(message).toContain('infeasible');
});

it('has bounds that hold in exact arithmetic, of costs of many sizes', async () => {
  for (let seed = 1; seed < 20; ++seed) {
    const uniform = uniforms(seed);
    const costs = Array.from({ length: 9 }, () =>
      Array.from({ length: 9 + (seed % 3) }, () => (uniform() - 0.4) * 10 ** Math.round(20 * uniform() - 10)),
    );
    const result: AssignResult = await assign(costs);
    expect(refutedAssignment(costs, result)).toEqual([]);
  }
});

it('solves a hundred rows of products, whose paths go through all of them', async () => {
  const n = 100;
  const costs = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i + 1) * (j + 1)));
  const result = await assign(costs);
  expect(refutedAssignment(costs, result)).toEqual([]);
  // The largest row gets the smallest column.
  expect(Array.from(result.columnOf)).toEqual(Array.from({ length: n }, (_, i) => n - 1 - i));
});

it('returns an assignment with a bound where it is cut short', async () => {
  const n = 60;
  const costs = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i + 1) * (j + 1)));
  const result = await assign(costs, { maxIterations: 3 });
  expect(result.status).toBe('iterationLimit');
  expect(result.certificate.kind).toBe('bounded');
  expect(refutedAssignment(costs, result)).toEqual([]);
  const least = (await assign(costs)).objective as number;
  expect(result.certificate.lowerBound).toBeLessThanOrEqual(least);
  expect(result.objective).toBeGreaterThanOrEqual(least);
});

it('takes numbers of single precision', async () => {
  const data = Float32Array.of(0.1, 0.2, 0.3, 0.1);
  const { objective } = await assign({ data, rows: 2, columns: 2 });
  expect(objective).toBe(2 * Math.fround(0.1));
});

describe('a warm start', () => {
  it.each([
    [40, 40],
    [25, 40],
    [40, 25],
  ])('of %i x %i leaves nothing to do', async (n, m) => {
    const costs = drawn(n, m, n + m);
    const first = await assign(costs);
    const again = await assign(costs, { warmStart: first });
    expect(again.objective).toBe(first.objective);
    expect(again.history[0]?.waiting).toBe(0);
    expect(refutedAssignment(costs, again)).toEqual([]);
  });

  it.each([
    [30, 30],
    [20, 30],
    [30, 20],
  ])('of %i x %i other costs gives what no start gives', async (n, m) => {
    for (let seed = 1; seed < 8; ++seed) {
      const before = await assign(drawn(n, m, seed), { maximize: true });
      const costs = drawn(n, m, seed + 50, { ties: seed % 2 === 0 });
      const result = await assign(costs, { maximize: true, warmStart: before });
      expect(refutedAssignment(costs, result, true)).toEqual([]);
      expect(result.objective).toBeCloseTo((await assign(costs, { maximize: true })).objective as number, 10);
    }
  });

  it('stands for a better assignment where the solve is cut short', async () => {
    const costs = drawn(80, 80, 5);
    const { columnOf, objective } = await assign(costs);
    const cut = await assign(costs, { warmStart: { columnOf }, maxIterations: 0 });
    expect(cut.objective).toBe(objective);
  });

  it.each([
    [{ columnOf: [0, 0] }, 'warmStart.columnOf[1] = 0: expected a column that no row before it has'],
    [{ columnOf: [0, 2] }, 'warmStart.columnOf[1] = 2: expected -1 or a column from 0 to 1'],
    [{ columnOf: [0] }, 'warmStart.columnOf'],
    [{ columnOf: [0, 1], rowMultipliers: [1] }, 'warmStart.rowMultipliers'],
  ])('refuses %j', async (warmStart, says) => {
    await expect(
      assign(
        [
          [1, 2],
          [3, 4],
        ],
        { warmStart },
      ),
    ).rejects.toThrow(says);
  });
});

describe('wrong arguments', () => {
  it.each([
    [
      [[1, Number.NaN]],
      {},
      'cost[0][1] = NaN: expected a number of at most 1e290 in size, or Infinity where a pair is forbidden',
    ],
    [[[1], [-Infinity]], {}, 'cost[1][0] = -Infinity: expected a number'],
    [[[1], [Infinity]], { maximize: true }, 'or -Infinity where a pair is forbidden'],
    [[[1, 1e300]], {}, 'cost[0][1] = 1e+300: expected'],
    [[[1, 2], [3]], {}, 'cost[1]: expected 2 numbers as in cost[0], got 1'],
    [[], {}, 'cost'],
    ['costs', {}, 'cost'],
    [[[1]], { maximise: true }, 'maximize'],
  ])('%j %j', async (wrong, settings, says) => {
    await expect(assign(wrong as never, settings as never)).rejects.toThrow(says);
  });
});
