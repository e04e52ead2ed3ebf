// Small instances of every loss against cvxopt, and lower bounds of early stops against the same optima.
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReluResult } from '../../src/index.js';
import { trainReluNetwork } from '../flat.js';
import {
  convexPredictions,
  groupsOf,
  type Instance,
  type LossName,
  lossValue,
  networkObjective,
  neuronsOf,
  norm,
  normals,
  patternsOf,
  type Rows,
  table,
  targets,
  toMatrix,
  toRows,
  withOnes,
} from '../problems/relu.js';
import { optima, oracle } from '../reference/relu.js';

interface Case {
  name: string;
  x: Rows;
  gates: Rows;
  bias: boolean;
  instance: Instance;
}

const cases: Case[] = [];
for (const loss of ['squared', 'logistic', 'hinge', 'softmax', 'huber'] satisfies LossName[]) {
  for (const activation of ['relu', 'gated'] as const) {
    for (const [outputs, coupling] of [
      [1, 'oneVsAll'],
      [3, 'oneVsAll'],
      [3, 'frobenius'],
    ] as const) {
      if (loss === 'softmax' && outputs === 1) continue;
      const seed = cases.length + 1;
      const draw = normals(seed);
      const n = 14 + ((5 * seed) % 17); // 14 to 30
      const bias = seed % 2 === 0;
      const x = table(n, 3, draw);
      const all = bias ? withOnes(x) : x;
      const gates = table(bias ? 4 : 3, 5, draw);
      const delta = 0.4;
      const lambda = [0.1, 0.5, 1][seed % 3] as number;
      const y = targets(x, outputs, loss, draw);
      const instance = { loss, activation, coupling, x: all, y, patterns: patternsOf(all, gates), lambda, delta };
      cases.push({ name: `${loss}, ${activation}, ${outputs} outputs, ${coupling}`, x, gates, bias, instance });
    }
  }
}

function solve({ x, gates, bias, instance }: Case, more: object = {}): Promise<ReluResult> {
  const { loss, activation, coupling, lambda, delta, y } = instance;
  return trainReluNetwork(
    { x: toMatrix(x), y: toMatrix(y) },
    {
      ...{ loss, activation, coupling, lambda, bias, huberDelta: delta, patterns: { gates: toMatrix(gates) } },
      ...{ tolerance: 1e-8, maxIterations: 100_000 },
      ...more,
    },
  );
}

describe.skipIf(!oracle())('against cvxopt', () => {
  let expected: number[] = [];
  beforeAll(() => {
    expected = optima(cases.map(({ instance }) => instance));
  });

  it.each(cases.map((each, i) => [each.name, each, i] as const))('%s', async (_, each, i) => {
    const { instance } = each;
    const optimum = expected[i] as number;
    const result = await solve(each);
    expect(result.status).toBe('solved');
    expect(result.objective / optimum - 1).toBeLessThanOrEqual(1e-6);
    expect(result.objective / optimum - 1).toBeGreaterThanOrEqual(-1e-6);
    expect(result.lowerBound).toBeLessThanOrEqual(optimum * (1 + 1e-8));
    expect(Math.abs(result.networkObjective / result.objective - 1)).toBeLessThanOrEqual(1e-9);
    if (instance.activation === 'relu' && instance.coupling === 'oneVsAll') {
      expect(Math.abs(networkObjective(neuronsOf(result), instance) / result.objective - 1)).toBeLessThanOrEqual(1e-9);
    }
    // The convex weights have the objective that is reported.
    const outputs = instance.y[0]?.length as number;
    const groups = groupsOf(result, outputs);
    const patterns = patternsOf(instance.x, toRows(result.convex.gates));
    const blocks = new Map<string, number>();
    for (const { sign, output, pattern, weights } of groups) {
      const key = `${sign} ${pattern} ${instance.coupling === 'frobenius' ? '' : output}`;
      blocks.set(key, Math.hypot(blocks.get(key) ?? 0, norm(weights)));
    }
    const penalty = [...blocks.values()].reduce((sum, length) => sum + length, 0);
    const predictions = convexPredictions(groups, instance.x, patterns, outputs);
    const objective = lossValue(instance.loss, instance.delta, predictions, instance.y) + instance.lambda * penalty;
    expect(Math.abs(objective / result.objective - 1)).toBeLessThanOrEqual(1e-9);
  });

  it('has lower bounds below the optimum wherever a solve stops', async () => {
    for (const [i, each] of cases.entries()) {
      const optimum = expected[i] as number;
      let last = 0;
      for (const maxIterations of [0, 1, 3, 10, 40]) {
        const { lowerBound, objective } = await solve(each, { tolerance: 0, maxIterations, checkInterval: 1 });
        expect(lowerBound, each.name).toBeLessThanOrEqual(optimum * (1 + 1e-8));
        expect(objective, each.name).toBeGreaterThanOrEqual(optimum * (1 - 1e-6));
        expect(lowerBound, each.name).toBeGreaterThanOrEqual(last);
        last = lowerBound;
      }
      expect(last, each.name).toBeGreaterThan(0);
    }
  });
});
