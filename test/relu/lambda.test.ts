// The weight above which the network without neurons is optimal, and the one chosen as a share of it.
import { describe, expect, it } from 'vitest';
import { type Matrix, matrix } from '../../src/index.js';
import {
  fromJSON,
  lambdaMax,
  partialDependence,
  predict,
  type ReluSettings,
  score,
  toJSON,
  trainReluNetwork,
} from '../../src/relu/index.js';
import { normals } from '../problems/relu.js';

const normal = normals(4);
const x = Array.from({ length: 60 }, () => [normal(), normal(), normal()]);
const values = x.map(
  ([a, b, c]) => Math.max(0, (a as number) - (b as number)) - Math.max(0, c as number) + 0.1 * normal(),
);
const two = values.map((value) => (value > 0 ? 'up' : 'down'));
const three = values.map((value) => (value > 0.4 ? 'up' : value < -0.4 ? 'down' : 'middle'));

describe('lambdaMax', () => {
  it('of the identity is the length of what is positive or negative of y', async () => {
    const y = [3, -1, 4, -2];
    const identity = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => Number(i === j)));
    const most = await lambdaMax({ x: identity, y }, { bias: false, task: 'regression' });
    expect(most).toBeCloseTo(5, 6);
    const turned = await lambdaMax(
      { x: identity, y: y.map((value) => -2 * value) },
      { bias: false, task: 'regression' },
    );
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
    const data = { x: x.slice(0, 40), y: y.slice(0, 40) as number[] };
    const most = await lambdaMax(data, { loss });
    const above = await trainReluNetwork(data, { ...settings, lambda: 1.01 * most });
    expect(above.activeNeurons).toBe(0);
    const below = await trainReluNetwork(data, { ...settings, lambda: 0.99 * most });
    expect(below.activeNeurons).toBeGreaterThan(0);
    expect(below.objective).toBeLessThan(above.objective);
  });

  it('is searched for where columns are many', async () => {
    const wide = x.map((row) => [...row, ...Array.from({ length: 9 }, normal)]);
    const most = await lambdaMax({ x: wide, y: values });
    // No direction of one neuron alone does better: a coordinate is one of them.
    const prices = wide[0]?.map((_, j) =>
      Math.abs(wide.reduce((s, row, k) => s + Math.max(0, row[j] as number) * (values[k] as number), 0)),
    );
    expect(most).toBeGreaterThanOrEqual(Math.max(...(prices as number[])));
    expect(most).toBeLessThanOrEqual(Math.hypot(...values) * Math.hypot(...wide.flat(), ...wide.map(() => 1)));
  });
});

describe("lambda: 'auto'", () => {
  it('is a share of lambdaMax, and the result says so', async () => {
    const most = await lambdaMax({ x, y: values }, { lambda: 'auto' });
    const relu = await trainReluNetwork({ x, y: values }, { lambda: 'auto' });
    expect([relu.lambda, relu.lambdaFrom, relu.lambdaMax]).toEqual([0.01 * most, 'auto', most]);
    const gated = await trainReluNetwork({ x, y: values }, { lambda: 'auto', activation: 'gated' });
    expect([gated.lambda, gated.lambdaFrom, gated.lambdaMax]).toEqual([0.05 * most, 'auto', most]);
    const same = await trainReluNetwork(
      { x, y: values },
      { lambda: 0.01 * most, standardize: true, standardizeTargets: true },
    );
    expect(same.objective).toBe(relu.objective);
    expect([same.lambda, same.lambdaFrom]).toEqual([relu.lambda, 'given']);
    expect(same).not.toHaveProperty('lambdaMax');
  });

  it('is a smaller share of many rows, each of which counts as often as it weighs', async () => {
    const data = { x, y: values, sampleWeights: x.map(() => 100) }; // 6,000 rows
    const most = await lambdaMax(data, { lambda: 'auto' });
    const shareOf = async (settings: ReluSettings) =>
      (await trainReluNetwork(data, { ...settings, maxIterations: 0 })).lambda / most;
    expect(await shareOf({ lambda: 'auto' })).toBeCloseTo((0.01 * 250) / 6000, 12);
    expect(await shareOf({ activation: 'gated' })).toBeCloseTo(0.05 * Math.sqrt(250 / 6000), 12);
    const refine = { rounds: 0, restarts: 0, estimate: false };
    const refined = await shareOf({ lambda: 'auto', patterns: { refine } });
    expect(refined).toBeCloseTo(0.01 * Math.sqrt(250 / 6000), 12);
  });

  it('takes the network without neurons for targets that do not vary', async () => {
    const { network, lambda, lambdaFrom, status } = await trainReluNetwork({ x, y: x.map(() => 7.5) });
    expect({ lambda, lambdaFrom, status, neurons: network.biases.length }).toEqual({
      lambda: 1,
      lambdaFrom: 'auto',
      status: 'solved',
      neurons: 0,
    });
    expect(predict(network, x)).toEqual(new Float64Array(60).fill(7.5));
  });

  it('leaves of the time limit what pricing took, and is aborted with it', async () => {
    const out = await trainReluNetwork({ x, y: values }, { timeLimit: 0 });
    expect(out.status).toBe('timeLimit');
    const signal = AbortSignal.abort();
    expect((await trainReluNetwork({ x, y: values }, { signal })).status).toBe('aborted');
  });

  it('is refused with other words', async () => {
    const wrong = trainReluNetwork({ x, y: values }, { lambda: 'automatic' as 'auto' });
    await expect(wrong).rejects.toThrow("lambda = 'automatic': expected a number > 0, 'auto' or 'crossValidated'");
  });
});

describe('standardised data', () => {
  // Columns and targets of very different units, one column that does not vary.
  const units = x.map(([a, b, c]) => [1e4 + 50 * (a as number), 1e-3 * (b as number), 3, c as number]);
  const far = values.map((value) => 152 + 77 * value);
  const standardized = (column: number[]): number[] => {
    const mean = column.reduce((s, v) => s + v, 0) / column.length;
    const deviation = Math.sqrt(column.reduce((s, v) => s + (v - mean) ** 2, 0) / column.length);
    return column.map((v) => (deviation > 1e-12 ? (v - mean) / deviation : 0));
  };
  const columns = [0, 1, 2, 3].map((j) => standardized(units.map((row) => row[j] as number)));
  const z = units.map((_, i) => columns.map((column) => column[i] as number));

  it.each([
    ['relu', 'squared'],
    ['relu', 'huber'],
    ['gated', 'squared'],
  ] as const)('are those standardised by hand: %s, %s', async (activation, loss) => {
    const settings = { activation, loss, tolerance: 1e-6, maxIterations: 20000 };
    const result = await trainReluNetwork({ x: units, y: far }, settings);
    const byHand = await trainReluNetwork({ x: z, y: standardized(far) }, { ...settings, lambda: result.lambda });
    expect(Math.abs(result.objective - byHand.objective)).toBeLessThan(1e-5 * byHand.objective);
    const { network } = result;
    const [shift, scale] = [network.targetShift?.[0] as number, network.targetScale?.[0] as number];
    expect(shift).toBeCloseTo(far.reduce((s, v) => s + v, 0) / far.length, 9);
    const undone = (predict(byHand.network, z) as Float64Array).map((f) => shift + scale * f);
    const predicted = predict(network, units) as Float64Array;
    predicted.forEach((f, i) => void expect(Math.abs(f - (undone[i] as number))).toBeLessThan(0.02 * scale));
    // The reported objective is loss + regulariser in standard deviations of y.
    if (loss === 'squared') {
      const squares = predicted.reduce((s, f, i) => s + ((f - (far[i] as number)) / scale) ** 2, 0) / 2;
      const norms = [...network.hiddenWeights.data, ...network.biases, ...network.outputWeights.data];
      const penalty = (result.lambda / 2) * norms.reduce((s, w) => s + w * w, 0);
      expect(squares + penalty).toBeCloseTo(result.networkObjective, 6);
    }
    expect(score(network, units, far)).toBeGreaterThan(0.9);
  });

  it('is undone by what is saved, and each output by its own', async () => {
    const both = matrix(
      60,
      2,
      far.flatMap((v, i) => [v, -1e-3 * (values[i] as number) ** 2]),
    );
    const { network } = await trainReluNetwork({ x: units, y: both });
    const again = fromJSON(JSON.stringify(toJSON(network)));
    expect(predict(again, units)).toEqual(predict(network, units));
    expect(again).toEqual(network);
    expect(score(network, units, both)).toBeGreaterThan(0.8);
    const { values: means } = partialDependence(network, units, 0, { grid: [1e4] });
    expect(Math.abs((means.data[0] as number) - 152)).toBeLessThan(77);
  });

  it('is what a warm start had, though lambda is a number', async () => {
    const first = await trainReluNetwork({ x: units, y: far }, { lambda: 'auto' });
    const next = await trainReluNetwork({ x: units, y: far }, { lambda: 0.9 * first.lambda, warmStart: first });
    expect(next.network.targetScale).toEqual(first.network.targetScale);
    expect(next.network.inputShift).toEqual(first.network.inputShift);
    expect(next.patterns).toBe(first.patterns);
    expect(next.objective).toBeLessThan(first.objective);
    const cold = await trainReluNetwork(
      { x: units, y: far },
      { lambda: 0.9 * first.lambda, standardize: true, standardizeTargets: true },
    );
    expect(Math.abs(next.objective - cold.objective)).toBeLessThan(3e-4 * cold.objective);
  });

  it('is not done with a lambda that is a number, nor to classes', async () => {
    const plain = await trainReluNetwork({ x, y: values }, { lambda: 0.1 });
    expect(plain.network).not.toHaveProperty('targetShift');
    expect(plain.network).not.toHaveProperty('inputShift');
    expect([...plain.network.inputScale]).toEqual([1, 1, 1]);
    const labels = await trainReluNetwork({ x, y: two });
    expect(labels.network).not.toHaveProperty('targetShift');
    expect(labels.network).toHaveProperty('inputShift');
    const wrong = trainReluNetwork({ x, y: two }, { standardizeTargets: true });
    await expect(wrong).rejects.toThrow('standardizeTargets = true: expected false, as y are classes');
  });

  it('subtracts nothing from x without a bias, and works in single precision', async () => {
    const { network } = await trainReluNetwork({ x, y: values }, { bias: false });
    expect([...(network.inputShift as Float64Array)]).toEqual([0, 0, 0]);
    const single = matrix(60, 4, Float32Array.from(units.flat()));
    const { network: of32 } = await trainReluNetwork({ x: single, y: far });
    expect(score(of32, single, far)).toBeGreaterThan(0.9);
  });

  it('keeps the patterns of gates that are given', async () => {
    const gates = matrix(5, 2, [1, 0, 0, 1e4, 0, 0, 0, -1, -1e4, 0.2]);
    const settings = { patterns: { gates }, activation: 'gated' } as const;
    const { network } = await trainReluNetwork({ x: units, y: far }, settings);
    const active = (i: number, row: readonly number[]): boolean =>
      [...row, 1].reduce((s, v, j) => s + v * (gates.data[2 * j + i] as number), 0) >= 0;
    // The network's gates act on standardised columns: the same rows are on.
    const g = network.gates as Matrix;
    const pattern = (i: number, row: readonly number[]): boolean =>
      [...row, 1].reduce((s, v, j) => s + v * (g.data[g.columns * j + i] as number), 0) >= 0;
    expect(g.columns).toBe(2);
    for (const i of [0, 1]) {
      expect(units.map((row) => active(i, row))).toEqual(z.map((row) => pattern(i, row)));
    }
  });
});
