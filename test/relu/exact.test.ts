// With all patterns the optimum is that of the network: brute force over the patterns, and local searches, agree.
// `npm test` searches a third of the cases; `npm run test:long` the others.
import { describe, expect, it } from 'vitest';
import { trainReluNetwork } from '../../src/index.js';
import { huber } from '../../src/relu/index.js';
import { chosen, long } from '../long.js';
import {
  column,
  dot,
  forward,
  gatesBySweep,
  type Instance,
  type LossName,
  type Neurons,
  negativeGradient,
  networkObjective,
  neuronsOf,
  normals,
  patternsOf,
  table,
  targets,
  toMatrix,
} from '../problems/relu.js';
import { optima, oracle } from '../reference/relu.js';

function instance(n: number, loss: LossName, seed: number): { gates: number[][]; program: Instance } {
  const draw = normals(seed);
  const x = table(n, 2, draw);
  if (seed % 2 === 0) x[1] = [...(x[0] as number[])]; // a row twice
  if (seed % 3 === 0) x[2] = (x[0] as number[]).map((value) => -2 * value); // and turned around
  const y = targets(x, 1, loss, draw);
  const gates = gatesBySweep(x);
  const patterns = patternsOf(x, gates);
  return {
    gates,
    program: { loss, activation: 'relu', coupling: 'oneVsAll', x, y, patterns, lambda: 0.2, delta: 0.5 },
  };
}

const cases = (['squared', 'logistic', 'huber', 'hinge'] as const).flatMap((loss, i) =>
  [5, 9, 12].map((n, j) => ({ name: `${loss}, ${n} rows`, ...instance(n, loss, 3 * i + j + 1) })),
);

const solve = ({ loss, delta, lambda, x, y }: Instance, patterns: object) =>
  trainReluNetwork(
    { x: toMatrix(x), y: toMatrix(y) },
    {
      ...{ loss: loss === 'huber' ? huber({ huberDelta: delta }) : loss, lambda },
      bias: false,
      patterns: patterns as { exact: true },
      tolerance: 1e-8,
      maxIterations: 100_000,
    },
  );

/** Adam from a random start on the non-convex objective; the best value on the way. */
function localSearch(program: Instance, seed: number, neurons = 10, steps = 1500): number {
  const { loss, delta, x, y, lambda } = program;
  const draw = normals(1000 + seed);
  const net: Neurons = { u: table(neurons, 2, draw), a: table(neurons, 1, draw) };
  const weights = [...net.u, ...net.a];
  const first = weights.map((row) => row.map(() => 0));
  const second = weights.map((row) => row.map(() => 0));
  let best = Number.POSITIVE_INFINITY;
  for (let t = 1; t <= steps; ++t) {
    const theta = column(negativeGradient(loss, delta, forward(net, x, 1), y), 0);
    const gradients = [
      ...net.u.map((u, j) => {
        const push = x.map((row, i) => (dot(row, u) > 0 ? (theta[i] as number) * (net.a[j]?.[0] as number) : 0));
        return u.map((value, k) => lambda * value - dot(push, column(x, k)));
      }),
      ...net.a.map(([a], j) => {
        const z = x.map((row) => Math.max(0, dot(row, net.u[j] as number[])));
        return [lambda * (a as number) - dot(theta, z)];
      }),
    ];
    const rate = 0.05 * (1 - t / (steps + 1));
    gradients.forEach((row, j) => {
      row.forEach((g, k) => {
        const m = (first[j] as number[])[k] as number;
        const v = (second[j] as number[])[k] as number;
        (first[j] as number[])[k] = 0.9 * m + 0.1 * g;
        (second[j] as number[])[k] = 0.999 * v + 0.001 * g * g;
        const step =
          (0.9 * m + 0.1 * g) / (1 - 0.9 ** t) / (Math.sqrt((0.999 * v + 0.001 * g * g) / (1 - 0.999 ** t)) + 1e-12);
        (weights[j] as number[])[k] = ((weights[j] as number[])[k] as number) - rate * step;
      });
    });
    if (t % 50 === 0 || t === steps) best = Math.min(best, networkObjective(net, program));
  }
  return best;
}

describe('all patterns', () => {
  it.each(cases)('are those that a sweep of angles finds: $name', async ({ gates, program }) => {
    const exact = await solve(program, { exact: true });
    const given = await solve(program, { gates: toMatrix(gates) });
    expect(exact.status).toBe('solved');
    expect(exact.certificate.kind).toBe('global');
    expect(exact.certificate.over).toBeUndefined();
    expect(given.certificate.over).toBe('patterns');
    expect(exact.patterns).toBe(given.patterns);
    expect(Math.abs(exact.objective / given.objective - 1)).toBeLessThanOrEqual(1e-7);
    expect(Math.abs(networkObjective(neuronsOf(exact), program) / exact.objective - 1)).toBeLessThanOrEqual(1e-9);
  });

  it.runIf(long && oracle())('give the optimum of the program with every pattern', async () => {
    const expected = optima(cases.map(({ program }) => program));
    for (const [i, { name, program }] of cases.entries()) {
      const { objective } = await solve(program, { exact: true });
      expect(Math.abs(objective / (expected[i] as number) - 1), name).toBeLessThanOrEqual(1e-6);
    }
  });

  // Of each loss another size.
  const smooth = cases.filter(({ program }) => program.loss !== 'hinge');
  it.each(chosen(smooth, 4))('no local search is better: $name', async ({ program }) => {
    const { objective, lowerBound } = await solve(program, { exact: true });
    const found = Array.from({ length: long ? 8 : 2 }, (_, seed) => localSearch(program, seed));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(lowerBound * (1 - 1e-12));
    expect(objective).toBeLessThanOrEqual(Math.min(...found) * (1 + 1e-7));
    expect(Math.min(...found)).toBeLessThanOrEqual(objective * 1.05); // the searches are not idle
  });

  it('may be far better than few of them, and no worse than any', async () => {
    const { gates, program } = instance(12, 'squared', 5);
    const { objective } = await solve(program, { exact: true });
    for (const keep of [1, 4, 9]) {
      const some = gates.map((row) => row.filter((_, i) => i % keep === 0));
      expect((await solve(program, { gates: toMatrix(some) })).objective).toBeGreaterThanOrEqual(
        objective * (1 - 2e-8),
      );
    }
    const one = await solve(program, { gates: toMatrix(gates.map((row) => row.slice(0, 1))) });
    expect(one.objective).toBeGreaterThan(objective * 1.05);
  });

  it('of x with a bias are those of (x, 1)', async () => {
    const draw = normals(4);
    const x = table(9, 1, draw);
    const y = targets(x, 1, 'squared', draw).flat();
    const settings = { lambda: 0.1, tolerance: 1e-8, maxIterations: 100_000 };
    const exact = await trainReluNetwork({ x: toMatrix(x), y }, { ...settings, patterns: { exact: true } });
    const gates = gatesBySweep(x.map((row) => [...row, 1]));
    const given = await trainReluNetwork({ x: toMatrix(x), y }, { ...settings, patterns: { gates: toMatrix(gates) } });
    expect(exact.certificate.kind).toBe('global');
    expect(exact.certificate.over).toBeUndefined();
    expect(exact.patterns).toBe(17); // 2 (1 + 8), less the one that is active nowhere
    expect(Math.abs(exact.objective / given.objective - 1)).toBeLessThanOrEqual(1e-7);
  });
});

it('columns that are nearly equal have the patterns of one of them, too', async () => {
  // To 1e-9, by which rows are taken for one line, some of these lines are one; a network of one column is among those of two.
  const x = [
    [-0.9191780754164872, -0.919178075670424],
    [-0.8211976214884159, -0.8211976218661652],
    [1.566993793005765, 1.5669937942781034],
    [0.1389665301713213, 0.13896653010560905],
    [-1.4094845468695145, -1.4094845469858792],
    [0.4488351527343453, 0.44883515347817016],
    [-1.1405168554747727, -1.1405168556487564],
    [0.7752016861662199, 0.7752016847178563],
  ];
  const y = [-1, -1, -1, 1, -1, -1, -1, 1];
  const settings = { loss: 'hinge', lambda: 0.019431730143455162, bias: false, patterns: { exact: true } } as const;
  const both = await trainReluNetwork({ x, y }, settings);
  const one = await trainReluNetwork({ x: x.map(([first = 0]) => [first]), y }, settings);
  expect(both.lowerBound).toBeLessThanOrEqual(one.objective);
});
