// Weights of rows and classes: 2 is the row twice, 0 leaves it out.
import { describe, expect, it } from 'vitest';
import { matrix } from '../../src/index.js';
import { crossValidate, decisionFunction, lambdaMax } from '../../src/relu/index.js';
import { type ReluSettings, trainReluNetwork } from '../flat.js';
import { chosen } from '../long.js';
import { normals } from '../problems/relu.js';

const normal = normals(9);
const n = 50;
const x = Array.from({ length: n }, () => [normal(), normal(), normal()]);
const values = x.map(([a, b, c]) => Math.max(0, (a as number) - (b as number)) - (c as number) + 0.3 * normal());
const two = values.map((value) => (value > 0 ? 'up' : 'down'));
const three = values.map((value) => (value > 0.4 ? 'up' : value < -0.4 ? 'down' : 'middle'));
const weights = x.map((_, i) => [0, 1, 2, 3][i % 4] as number);
/** Each row as often as its weight says. */
const repeated = <T>(rows: readonly T[]): T[] => rows.flatMap((row, i) => new Array<T>(weights[i] as number).fill(row));
const accurate: ReluSettings = { tolerance: 1e-7, maxIterations: 50000 };
const gates = matrix(4, 12, Array.from({ length: 48 }, normal));

describe('sampleWeights', () => {
  it.each([
    ['squared', values, {}],
    ['squared', three, { task: 'classification' }],
    ['squared', values, { activation: 'gated' }],
    ['squared', values, { method: 'sampled' }],
    ['squared', values, { splitting: 'slack', tolerance: 1e-5 }],
    ['squared', values, { standardize: 'norm' }],
    ['squared', values, { bias: 'light', tolerance: 1e-5 }],
    ['huber', values, {}],
    ['logistic', two, {}],
    ['logistic', three, { activation: 'gated' }],
    ['hinge', two, { tolerance: 1e-4 }],
    ['softmax', three, { tolerance: 1e-5 }],
  ] as const)('are rows that often: %s, %#', async (loss, y: readonly (string | number)[], more) => {
    const settings = { ...accurate, loss, lambda: 0.3, patterns: { gates }, ...more } as ReluSettings;
    const train = (rows: number[][], targets: readonly (string | number)[], sampleWeights?: number[]) =>
      trainReluNetwork({ x: rows, y: targets as number[], sampleWeights }, settings);
    const weighted = await train(x, y, weights);
    const often = await train(repeated(x), repeated(y));
    const tolerance = 3 * (settings.tolerance as number) * often.objective;
    expect(weighted.status).toBe('solved');
    expect(Math.abs(weighted.objective - often.objective)).toBeLessThan(tolerance);
    expect(Math.abs(weighted.networkObjective - weighted.objective)).toBeLessThan(tolerance);
    // Each has a bound that the other's objective keeps to.
    expect(weighted.lowerBound).toBeLessThan(often.objective + 1e-9 * often.objective);
    expect(often.lowerBound).toBeLessThan(weighted.objective + 1e-9 * often.objective);
    const [f, g] = [decisionFunction(weighted.network, x), decisionFunction(often.network, x)];
    const largest = Math.max(...f.data.map(Math.abs));
    for (let at = 0; at < f.data.length; ++at) {
      const apart = Math.abs((f.data[at] as number) - (g.data[at] as number));
      expect(apart).toBeLessThan((loss === 'hinge' ? 0.1 : 0.02) * largest);
    }
  });

  it.each(chosen(['squared', 'logistic', 'softmax'] as const, 3))('are refined with: %s', async (loss) => {
    const few = 20;
    const y = (loss === 'squared' ? values : loss === 'logistic' ? two : three).slice(0, few) as number[];
    const rows = x.slice(0, few);
    const settings: ReluSettings = { loss, lambda: 1, patterns: 'refine', tolerance: 1e-4 };
    const weighted = await trainReluNetwork({ x: rows, y, sampleWeights: weights.slice(0, few) }, settings);
    const often = await trainReluNetwork({ x: repeated(rows), y: repeated(y) }, settings);
    expect(Math.abs(weighted.objective - often.objective)).toBeLessThan(2e-3 * often.objective);
    expect(weighted.lowerBound).toBeLessThan(often.objective * (1 + 1e-9));
    expect(often.lowerBound).toBeLessThan(weighted.objective * (1 + 1e-9));
  });

  it('count in lambdaMax and in what x and y are standardised by', async () => {
    const most = await lambdaMax({ x, y: values, sampleWeights: weights }, { lambda: 'auto' });
    const same = await lambdaMax({ x: repeated(x), y: repeated(values) }, { lambda: 'auto' });
    expect(Math.abs(most - same)).toBeLessThan(1e-3 * same);
    const weighted = await trainReluNetwork({ x, y: values, sampleWeights: weights }, { lambda: 'auto' });
    const often = await trainReluNetwork({ x: repeated(x), y: repeated(values) }, { lambda: 'auto' });
    for (const name of ['inputShift', 'inputScale', 'targetShift', 'targetScale'] as const) {
      (weighted.network[name] as Float64Array).forEach((value, k) => {
        expect(value).toBeCloseTo((often.network[name] as Float64Array)[k] as number, 10);
      });
    }
    expect(Math.abs(weighted.objective - often.objective)).toBeLessThan(3e-3 * often.objective);
  });

  it('are kept by a warm start', async () => {
    const data = { x, y: values, sampleWeights: weights.map((w) => w + 0.5) };
    const cold = await trainReluNetwork(data, { ...accurate, lambda: 0.3, patterns: { gates } });
    const warm = await trainReluNetwork(data, { ...accurate, lambda: 0.3, warmStart: cold });
    expect(warm.iterations).toBeLessThan(Math.max(20, cold.iterations / 2));
    expect(Math.abs(warm.objective - cold.objective)).toBeLessThan(1e-6 * cold.objective);
  });

  it('are refused with their place', async () => {
    const wrong = (sampleWeights: number[]) => trainReluNetwork({ x, y: values, sampleWeights });
    await expect(wrong([1, 2])).rejects.toThrow('sampleWeights: expected 50 numbers, one for each row of x, got 2');
    await expect(wrong(weights.map((w, i) => (i === 3 ? -1 : w)))).rejects.toThrow('sampleWeights[3] = -1');
    await expect(wrong(weights.map(() => 0))).rejects.toThrow('sum of sampleWeights = 0');
  });
});

describe('classWeights', () => {
  const uneven = x.map(([a], i) => ((a as number) + 0.8 * Math.sin(7 * i) > 1.2 ? 'rare' : 'common'));
  const rare = uneven.filter((label) => label === 'rare').length;

  it("are 'balanced' or by label, and weigh the rows", async () => {
    const settings: ReluSettings = { loss: 'logistic', lambda: 0.3, patterns: { gates } };
    const balanced = await trainReluNetwork({ x, y: uneven, classWeights: 'balanced' }, settings);
    const byHand = { rare: n / (2 * rare), common: n / (2 * (n - rare)) };
    const named = await trainReluNetwork({ x, y: uneven, classWeights: byHand }, settings);
    expect(named.objective).toBe(balanced.objective);
    const sampleWeights = uneven.map((label) => byHand[label as keyof typeof byHand]);
    expect((await trainReluNetwork({ x, y: uneven, sampleWeights }, settings)).objective).toBe(balanced.objective);
    const found = (f: { data: ArrayLike<number> }) =>
      uneven.filter((label, i) => label === 'rare' && (f.data[i] as number) > 0 === uneven.indexOf('rare') >= 0).length;
    const plain = await trainReluNetwork({ x, y: uneven }, settings);
    expect(found(decisionFunction(balanced.network, x))).toBeGreaterThanOrEqual(
      found(decisionFunction(plain.network, x)),
    );
  });

  it('are refused where y are values, and for classes that there are not', async () => {
    await expect(trainReluNetwork({ x, y: values, classWeights: 'balanced' })).rejects.toThrow('classWeights');
    await expect(trainReluNetwork({ x, y: two, classWeights: { left: 2 } })).rejects.toThrow(
      "there is no class 'left'; expected of 'down', 'up'",
    );
    await expect(trainReluNetwork({ x, y: two, classWeights: { up: -1 } })).rejects.toThrow("classWeights['up']");
    const word = 'even' as 'balanced';
    await expect(trainReluNetwork({ x, y: two, classWeights: word })).rejects.toThrow("expected 'balanced'");
  });

  it('count in cross-validation', async () => {
    const { outputs, losses } = await crossValidate({ x, y: uneven, classWeights: 'balanced' }, { folds: 3 });
    expect(losses).toHaveLength(3);
    expect(outputs.rows).toBe(n);
  });
});
