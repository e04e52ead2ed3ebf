// Costs of decisions: decisions that are found again, the optimum of the fit by code of its own, degenerate decisions, wrong arguments.
import { describe, expect, it } from 'vitest';
import { inverseLinearProgram, minimize, quadraticProgram } from '../../src/nlp/index.js';
import { costOf, type Observed, observed, type Rows, reducedAt } from './inverseJudge.js';

async function decided({ a, b }: Observed, c: readonly number[]): Promise<number[]> {
  const { x, status } = await minimize(quadraticProgram({ c, A: a, b, lower: 0 }), { method: 'simplex' });
  expect(status).toBe('solved');
  return Array.from(x);
}

const product = (c: readonly number[], x: ArrayLike<number>) =>
  c.reduce((sum, value, j) => sum + value * (x[j] as number), 0);

async function withSolutions(m: number, p: number, q: number, n: number, seed: number) {
  const all = observed(m, p, q, n, seed);
  const solutions: Rows = [];
  for (const z of all.contexts) solutions.push(await decided(all, costOf(all.theta, z)));
  return { ...all, solutions };
}

it('finds costs by which new decisions are nearly the best', async () => {
  const all = await withSolutions(4, 10, 3, 260, 5);
  const train = { contexts: all.contexts.slice(0, 160), solutions: all.solutions.slice(0, 160) };
  const fit = await inverseLinearProgram({ a: all.a, b: all.b, ...train }, { lambda: 1e-3 });
  expect(fit.status).toBe('solved');
  expect(fit.certificate.kind).toBe('global');
  let [regret, best, same] = [0, 0, 0];
  for (const [i, z] of all.contexts.slice(160).entries()) {
    const c = costOf(all.theta, z);
    const { x, status } = await fit.decide(z);
    expect(status).toBe('solved');
    const right = all.solutions[160 + i] as number[];
    regret += product(c, x) - product(c, right);
    best += Math.abs(product(c, right));
    if (right.every((value, j) => Math.abs(value - (x[j] as number)) < 1e-6)) ++same;
  }
  expect(regret / best).toBeLessThan(0.01);
  expect(same).toBeGreaterThan(75);
});

describe('the fit', () => {
  it.each([
    [3, 6, 2, 20, 1, 0.1],
    [4, 9, 3, 30, 2, 0.01],
    [2, 5, 1, 12, 3, 1],
  ])('of %i rows, %i columns, contexts of %i is the best one by code of its own', async (m, p, q, n, seed, lambda) => {
    const all = await withSolutions(m, p, q, n, seed);
    const { a, b, contexts, solutions } = all;
    const fit = await inverseLinearProgram({ a, b, contexts, solutions }, { lambda, tolerance: 1e-9 });
    const theta = Array.from({ length: p }, (_, j) => Array.from(fit.theta.data.slice(j * q, (j + 1) * q)));
    // The value at theta, by the basis of each decision.
    const loss = solutions.reduce((sum, x, i) => {
      const r = reducedAt(a, x, costOf(theta, contexts[i] as number[]));
      return sum + r.reduce((total, value) => total + Math.max(0, 1 - value), 0) / n;
    }, 0);
    const value = loss + (lambda / 2) * fit.theta.data.reduce((sum, v) => sum + v * v, 0);
    expect(fit.loss).toBeCloseTo(loss, 6);
    expect(fit.objective).toBeCloseTo(value, 7);
    // A bound by the multipliers: r is linear in theta, so that units of theta give its rows.
    let at = 0;
    const sums = new Float64Array(p * q);
    const total = fit.multipliers.reduce((sum, v) => sum + v, 0);
    for (const [i, x] of solutions.entries()) {
      const rows = Array.from({ length: p * q }, (_, k) => {
        const unit = Array.from({ length: p }, (__, j) =>
          Array.from({ length: q }, (___, l) => Number(j * q + l === k)),
        );
        return reducedAt(a, x, costOf(unit, contexts[i] as number[]));
      });
      const count = rows[0]?.length ?? 0;
      for (let k = 0; k < count; ++k) {
        const multiplier = fit.multipliers[at + k] as number;
        expect(multiplier).toBeGreaterThanOrEqual(0);
        expect(multiplier).toBeLessThanOrEqual(1 / n);
        for (const [j, row] of rows.entries()) sums[j] = (sums[j] as number) + multiplier * (row[k] as number);
      }
      at += count;
    }
    expect(at).toBe(fit.multipliers.length);
    const bound = total - sums.reduce((sum, v) => sum + v * v, 0) / (2 * lambda);
    expect(bound).toBeLessThanOrEqual(value + 1e-12);
    expect(value - bound).toBeLessThan(1e-6 * (1 + value));
  });
});

describe('degenerate decisions', () => {
  // Two plants with 5 each, two shops with 5 each: a plan has two positive entries instead of three.
  const a = [
    [1, 1, 0, 0],
    [0, 0, 1, 1],
    [1, 0, 1, 0],
    [0, 1, 0, 1],
  ];
  const b = [5, 5, 5, 5];

  it('have costs by which they are the best ones', async () => {
    for (const x of [
      [5, 0, 0, 5],
      [0, 5, 5, 0],
    ]) {
      const fit = await inverseLinearProgram({ a, b, solutions: [x] }, { lambda: 1e-3 });
      expect(fit.status).toBe('solved');
      expect(fit.loss).toBeLessThan(1e-3);
      const decision = await fit.decide();
      expect(Array.from(decision.x, Math.round)).toEqual(x);
      // Costs of length t that differ by t along the circuit lose max(0, 2 - 2 t) at the best multipliers, where ||theta||^2 = t^2.
      expect(fit.objective).toBeCloseTo(5e-4 * fit.theta.data.reduce((sum, v) => sum + v * v, 0) + fit.loss, 6);
      const [p = 0, q = 0, r = 0, s = 0] = fit.cost();
      const circuit = x[0] === 5 ? q + r - p - s : p + s - q - r;
      expect(circuit).toBeCloseTo(2, 3);
      expect(fit.theta.data.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 3);
    }
  });

  it('follow contexts', async () => {
    const contexts = [[1], [2], [-1], [-3]];
    const solutions = contexts.map(([z = 0]) => (z > 0 ? [5, 0, 0, 5] : [0, 5, 5, 0]));
    const { decide } = await inverseLinearProgram({ a, b, contexts, solutions }, { lambda: 1e-3 });
    for (const [i, z] of contexts.entries()) expect(Array.from((await decide(z)).x, Math.round)).toEqual(solutions[i]);
  });
});

describe('wrong arguments', () => {
  const a = [[1, 1, 1]];
  const solutions = [[2, 0, 0]];
  it.each([
    [{ a, b: [2], solutions: [[1, 1, 0]] }, {}, 'solutions[0]: expected a vertex, but the columns of A'],
    [{ a, b: [2], solutions: [[1, 0, 0]] }, {}, 'solutions[0]: expected A x = b, but row 0 of A x is 1, and b[0] is 2'],
    [{ a, b: [2], solutions: [[3, -1, 0]] }, {}, 'solutions[0][1] = -1: expected a number >= 0'],
    [{ a, b: [2], solutions: [[2, 0]] }, {}, 'columns of solutions = 2: expected 3, as a has'],
    [{ a, b: [2], solutions, contexts: [[1], [2]] }, {}, 'rows of contexts = 2: expected 1, as solutions has'],
    [{ a, b: [2, 3], solutions }, {}, 'b'],
    [{ a, b: [2], solutions: [[2, Number.NaN, 0]] }, {}, 'solutions[0][1] = NaN'],
    [{ a, b: [2], solutions }, { lambda: 0 }, 'lambda = 0: expected a number > 0'],
    [{ a, b: [2], solutions }, { method: 'basis' }, 'method'],
    [{ a, b: [2], solutions, x: 1 }, {}, 'x'],
  ])('%#', async (data, settings, says) => {
    await expect(inverseLinearProgram(data as never, settings as never)).rejects.toThrow(says);
  });

  it('of cost and decide', async () => {
    const { cost, decide } = await inverseLinearProgram({ a, b: [2], solutions, contexts: [[1, 2]] });
    expect(() => cost([1])).toThrow('z');
    await expect(decide()).rejects.toThrow('z');
  });
});
