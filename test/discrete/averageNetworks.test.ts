// Means of networks whose units are in other orders.
import { expect, it } from 'vitest';
import { averageNetworks } from '../../src/discrete/index.js';
import { uniforms } from '../algebra.js';
import { asGiven, asLists, distance, drawnNetwork, inOrder, type Lists } from './alignJudge.js';

const widths = [4, 12, 9, 3];

/** The network with numbers a little off. */
function near({ layers }: Lists, seed: number, size: number): Lists {
  const uniform = uniforms(seed);
  const off = (value: number) => value + size * (uniform() - 0.5);
  return {
    layers: layers.map(({ weights, biases }) => ({
      weights: weights.map((row) => row.map(off)),
      biases: biases.map(off),
    })),
  };
}

const shuffled = (seed: number): number[][] => {
  const uniform = uniforms(seed);
  return [12, 9].map((units) => {
    const all = Array.from({ length: units }, (_, j) => ({ j, at: uniform() }));
    return all.sort((p, q) => p.at - q.at).map(({ j }) => j);
  });
};

it('has the mean of networks that are nearly the same', async () => {
  const first = drawnNetwork(widths, 5);
  const members = [first, near(first, 1, 0.1), near(first, 2, 0.1), near(first, 3, 0.1)];
  const orders = [[[], []], shuffled(1), shuffled(2), shuffled(3)];
  const given = members.map((each, k) => asGiven(k === 0 ? each : inOrder(each, orders[k] as number[][])));
  const { status, network, permutations, objective, sweeps } = await averageNetworks(given, { balance: false });
  expect(status).toBe('solved');
  expect(sweeps).toBeGreaterThan(0);
  for (const k of [1, 2, 3]) {
    expect(permutations[k]?.map((each, l) => Array.from(each, (j) => orders[k]?.[l]?.[j]))).toEqual(
      [12, 9].map((length) => Array.from({ length }, (_, i) => i)),
    );
  }
  const mean: Lists = {
    layers: first.layers.map(({ weights, biases }, l) => ({
      weights: weights.map((row, i) =>
        row.map((_, j) => members.reduce((sum, each) => sum + (each.layers[l]?.weights[i]?.[j] as number) / 4, 0)),
      ),
      biases: biases.map((_, j) => members.reduce((sum, each) => sum + (each.layers[l]?.biases[j] as number) / 4, 0)),
    })),
  };
  expect(distance(asLists(network), mean)).toBeLessThan(1e-25);
  expect(objective).toBeCloseTo(
    members.reduce((sum, each) => sum + distance(each, mean), 0),
    12,
  );
});

it('brings networks that have nothing in common nearer than their own orders', async () => {
  const members = [1, 2, 3].map((seed) => drawnNetwork(widths, seed));
  const rough = await averageNetworks(members.map(asGiven), { balance: false, maxSweeps: 0 });
  expect(rough.status).toBe('iterationLimit');
  const { objective, permutations } = await averageNetworks(members.map(asGiven), { balance: false });
  expect(objective).toBeLessThanOrEqual(rough.objective);
  expect(permutations[0]?.map((each) => Array.from(each))).toEqual(
    [12, 9].map((length) => Array.from({ length }, (_, i) => i)),
  );
});

it('refuses what is no list of networks', async () => {
  await expect(averageNetworks([])).rejects.toThrow('networks: expected a list of at least two networks');
  const one = asGiven(drawnNetwork([2, 3, 1], 1));
  await expect(averageNetworks([one, asGiven(drawnNetwork([2, 4, 1], 1))])).rejects.toThrow(
    'units of hidden layer 0 of b = 4',
  );
});
