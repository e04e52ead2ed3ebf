// The weight above which the network without neurons is optimal, and the one chosen as a share of it.
import { describe, expect, it } from 'vitest';
import { betaMax, type ReluSettings, trainReluNetwork } from '../../src/relu/index.js';
import { normals } from '../problems/relu.js';

const normal = normals(4);
const x = Array.from({ length: 60 }, () => [normal(), normal(), normal()]);
const values = x.map(
  ([a, b, c]) => Math.max(0, (a as number) - (b as number)) - Math.max(0, c as number) + 0.1 * normal(),
);
const two = values.map((value) => (value > 0 ? 'up' : 'down'));
const three = values.map((value) => (value > 0.4 ? 'up' : value < -0.4 ? 'down' : 'middle'));

describe('betaMax', () => {
  it('of the identity is the length of what is positive or negative of y', async () => {
    const y = [3, -1, 4, -2];
    const identity = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => Number(i === j)));
    const most = await betaMax({ x: identity, y }, { bias: false, task: 'regression' });
    expect(most).toBeCloseTo(5, 6);
    const turned = await betaMax({ x: identity, y: y.map((value) => -2 * value) }, { bias: false, task: 'regression' });
    expect(turned).toBeCloseTo(10, 6);
  });

  it.each([
    ['squared', values],
    ['huber', values],
    ['logistic', two],
    ['hinge', two],
    ['softmax', three],
  ] as const)('is where neurons come, %s', async (loss, y) => {
    const settings: ReluSettings = { loss, patterns: { refine: { rounds: 3 } }, maxIterations: 2000 };
    const most = await betaMax({ x, y }, { loss });
    const above = await trainReluNetwork({ x, y }, { ...settings, beta: 1.01 * most });
    expect(above.activeNeurons).toBe(0);
    const below = await trainReluNetwork({ x, y }, { ...settings, beta: 0.99 * most });
    expect(below.activeNeurons).toBeGreaterThan(0);
    expect(below.objective).toBeLessThan(above.objective);
  });

  it('is searched for where columns are many', async () => {
    const wide = x.map((row) => [...row, ...Array.from({ length: 9 }, normal)]);
    const most = await betaMax({ x: wide, y: values });
    // No direction of one neuron alone does better: a coordinate is one of them.
    const prices = wide[0]?.map((_, j) =>
      Math.abs(wide.reduce((s, row, k) => s + Math.max(0, row[j] as number) * (values[k] as number), 0)),
    );
    expect(most).toBeGreaterThanOrEqual(Math.max(...(prices as number[])));
    expect(most).toBeLessThanOrEqual(Math.hypot(...values) * Math.hypot(...wide.flat(), ...wide.map(() => 1)));
  });
});

describe("beta: 'auto'", () => {
  it('is a share of betaMax, and the result says so', async () => {
    const most = await betaMax({ x, y: values });
    const relu = await trainReluNetwork({ x, y: values }, { beta: 'auto' });
    expect([relu.beta, relu.betaMax]).toEqual([0.01 * most, most]);
    const gated = await trainReluNetwork({ x, y: values }, { beta: 'auto', activation: 'gated' });
    expect([gated.beta, gated.betaMax]).toEqual([0.05 * most, most]);
    const same = await trainReluNetwork({ x, y: values }, { beta: 0.01 * most });
    expect(same.objective).toBe(relu.objective);
    expect(same.beta).toBe(relu.beta);
    expect(same).not.toHaveProperty('betaMax');
  });

  it('is refused where y is 0, and other words are', async () => {
    await expect(trainReluNetwork({ x, y: x.map(() => 0) }, { beta: 'auto' })).rejects.toThrow('y is 0');
    await expect(trainReluNetwork({ x, y: values }, { beta: 'automatic' as 'auto' })).rejects.toThrow('beta');
  });
});
