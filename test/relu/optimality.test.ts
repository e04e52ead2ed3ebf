// Optimality conditions of the convex program and of the network, checked by code that knows nothing of the solver.
import { describe, expect, it } from 'vitest';
import type { ReluResult } from '../../src/index.js';
import { trainReluNetwork } from '../flat.js';
import {
  column,
  convexPredictions,
  dot,
  forward,
  groupsOf,
  type Instance,
  type LossName,
  negativeGradient,
  networkObjective,
  neuronsOf,
  norm,
  normals,
  patternsOf,
  projection,
  table,
  targets,
  toMatrix,
  toRows,
} from '../problems/relu.js';

async function solved(
  loss: LossName,
  outputs: number,
  seed: number,
  { n = 26, sample = 12 } = {},
): Promise<{ result: ReluResult; program: Instance }> {
  const draw = normals(seed);
  const x = table(n, 3, draw);
  const y = targets(x, outputs, loss, draw);
  const lambda = 0.3;
  const delta = 0.6;
  const result = await trainReluNetwork(
    { x: toMatrix(x), y: toMatrix(y) },
    {
      loss,
      lambda,
      huberDelta: delta,
      bias: false,
      patterns: { sample },
      seed,
      tolerance: 1e-12,
      maxIterations: 100_000,
    },
  );
  const patterns = patternsOf(x, toRows(result.convex.gates));
  return { result, program: { loss, activation: 'relu', coupling: 'oneVsAll', x, y, patterns, lambda, delta } };
}

const smooth = [
  ['squared', 1],
  ['squared', 2],
  ['logistic', 1],
  ['softmax', 3],
  ['huber', 1],
] as const;

describe.each(smooth)('%s, %i outputs', (loss, outputs) => {
  it('meets the conditions of the convex program', async () => {
    const { result, program } = await solved(loss, outputs, 21);
    const { x, y, patterns, lambda, delta } = program;
    const groups = groupsOf(result, outputs);
    const theta = negativeGradient(loss, delta, convexPredictions(groups, x, patterns, outputs), y);
    expect(groups).toHaveLength(2 * outputs * result.patterns);
    let active = 0;
    for (const { sign, output, pattern, weights } of groups) {
      const on = column(patterns, pattern);
      const normalsOfCone = x.map((row, i) => row.map((value) => (2 * (on[i] as number) - 1) * value));
      const length = norm(weights);
      for (const normal of normalsOfCone) expect(dot(normal, weights)).toBeGreaterThanOrEqual(-1e-10 * length);
      // sign X^T D theta = lambda v / ||v|| - (normals times multipliers >= 0, complementary): projected, lambda v / ||v||.
      const pull = x[0]?.map(
        (_, j) =>
          sign *
          dot(
            column(x, j),
            on.map((d, i) => d * (theta[i]?.[output] as number)),
          ),
      ) as number[];
      const projected = projection(normalsOfCone, pull);
      expect(norm(projected)).toBeLessThanOrEqual(lambda * (1 + 1e-5));
      if (length < 1e-5) continue;
      ++active;
      projected.forEach((value, j) => {
        expect(Math.abs(value - (lambda * (weights[j] as number)) / length)).toBeLessThanOrEqual(1e-3 * lambda);
      });
    }
    expect(active).toBeGreaterThan(0);
    expect(active).toBeLessThan(groups.length);
    // The dual that comes with the result is this theta.
    toRows(result.convex.dual).forEach((row, i) => {
      row.forEach((value, k) => {
        expect(Math.abs(value - (theta[i]?.[k] as number))).toBeLessThanOrEqual(1e-4);
      });
    });
  });

  it('has a network whose gradients vanish where they must', async () => {
    let smoothNeurons = 0;
    for (const seed of [21, 22, 23]) {
      const { result, program } = await solved(loss, outputs, seed, { n: 12, sample: 60 });
      const { x, y, lambda, delta } = program;
      const neurons = neuronsOf(result);
      const theta = negativeGradient(loss, delta, forward(neurons, x, outputs), y);
      neurons.u.forEach((u, j) => {
        const a = neurons.a[j] as number[];
        if (norm(u) < 1e-2) return;
        const products = x.map((row) => dot(row, u));
        // In the output weight, and along u itself: always.
        const k = a.findIndex((value) => value !== 0);
        const gain = dot(
          column(theta, k),
          products.map((z) => Math.max(0, z)),
        );
        expect(Math.abs(lambda * (a[k] as number) - gain)).toBeLessThanOrEqual(1e-4);
        expect(Math.abs(lambda * dot(u, u) - (a[k] as number) * gain)).toBeLessThanOrEqual(1e-4);
        // In u: where no row sits at the kink. By the formula and by differences.
        if (Math.min(...products.map(Math.abs)) < 1e-3 * norm(u)) return;
        ++smoothNeurons;
        u.forEach((value, i) => {
          const push = products.map((z, row) => (z > 0 ? (theta[row]?.[k] as number) * (a[k] as number) : 0));
          expect(Math.abs(lambda * value - dot(push, column(x, i)))).toBeLessThanOrEqual(1e-3);
          const moved = (h: number) => {
            const others = neurons.u.map((each, m) => (m === j ? each.map((w, l) => (l === i ? w + h : w)) : each));
            return networkObjective({ u: others, a: neurons.a }, program);
          };
          const step = 1e-5 * norm(u);
          expect(Math.abs((moved(step) - moved(-step)) / (2 * step))).toBeLessThanOrEqual(1e-3);
        });
      });
    }
    expect(smoothNeurons).toBeGreaterThan(0);
  });
});

it('no small change of the network lowers its objective', async () => {
  const { result, program } = await solved('squared', 1, 24);
  const neurons = neuronsOf(result);
  const draw = normals(1);
  const least = networkObjective(neurons, program);
  // Within its patterns: a step towards any other network of the same patterns, convex weights mixed.
  expect(Math.abs(least / result.objective - 1)).toBeLessThanOrEqual(1e-9);
  for (let trial = 0; trial < 200; ++trial) {
    const scale = 10 ** -(1 + (trial % 4));
    const factor = neurons.u.map(() => 1 + scale * draw());
    const moved = {
      u: neurons.u.map((u, j) => u.map((value) => value * (factor[j] as number))),
      a: neurons.a.map((a) => a.map((value) => value * (1 + scale * draw()))),
    };
    expect(networkObjective(moved, program)).toBeGreaterThanOrEqual(least * (1 - 1e-12));
  }
});

describe('columns from 1e-3 to 1e3', () => {
  it.each([
    ['relu', 0.1],
    ['gated', 0.1],
    ['gated', 0.001],
  ] as const)('%s, lambda of a row %f: solved to a gap of 1e-6 without standardize', async (activation, perRow) => {
    const draw = normals(5);
    const x = table(150, 12, draw).map((row) => row.map((value, j) => value * 10 ** (-3 + (6 * j) / 11)));
    const y = Float64Array.from(x, (row) => Math.sign(row[0] as number));
    const result = await trainReluNetwork(
      { x: toMatrix(x), y },
      {
        task: 'regression',
        lambda: perRow * y.length,
        activation,
        bias: false,
        patterns: { sample: 40 },
        tolerance: 1e-6,
      },
    );
    expect(result.status, result.message).toBe('solved');
    expect(result.gap).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(result.networkObjective - result.objective)).toBeLessThanOrEqual(1e-9 * result.objective);
  });
});

describe('outputs that share nothing', () => {
  it('objective and bound are the sums of solves of each, at any iteration', async () => {
    const draw = normals(12);
    const x = table(60, 4, draw);
    const y = targets(x, 3, 'squared', draw);
    const solve = (outputs: number[][], maxIterations: number) =>
      trainReluNetwork(
        { x: toMatrix(x), y: toMatrix(outputs) },
        { lambda: 0.4, bias: false, patterns: { sample: 15 }, rho: 1, maxIterations, tolerance: 1e-14 },
      );
    for (const iterations of [20, 60]) {
      const together = await solve(y, iterations);
      let objective = 0;
      let lowerBound = 0;
      for (let k = 0; k < 3; ++k) {
        const one = await solve(
          y.map((row) => [row[k] as number]),
          iterations,
        );
        objective += one.objective;
        lowerBound += one.lowerBound;
      }
      expect(together.iterations).toBe(iterations);
      // Several outputs extrapolate, and solve the first of their systems, in single precision.
      expect(Math.abs(together.objective / objective - 1)).toBeLessThan(1e-6);
      expect(Math.abs(together.lowerBound / lowerBound - 1)).toBeLessThan(1e-6);
    }
  });
});
