// Refusals and promises of private steps, beside those that test/smooth/privacyClaims.ts draws.
import { expect, it } from 'vitest';
import { generalizedLinearModel, logisticRegression } from '../../src/nlp/index.js';
import { numbers } from '../contract/problem.js';
import { type MinimizeSumSettings, minimizeSum } from '../flat.js';
import { privacyClaims } from './privacyClaims.js';

const rows = 1000;
const x = Array.from({ length: rows }, (_, i) => (i === 0 ? [1, 0] : [0, 1]));
const y = Array.from({ length: rows }, (_, i) => (i === 1 ? 0 : 1));
const weight = Array.from({ length: rows }, (_, i) => (i === 0 ? 1e6 : 1));
const problem = logisticRegression({ x, y });
const plain = { method: 'dpSgd', noise: 0, insecureNoise: true, batchSize: 1000, maxEpochs: 1 } as const;

it.each<[MinimizeSumSettings, string]>([
  [{ tolerance: 1e-3 }, "tolerance = 0.001: expected 0 for method 'dpSgd'"],
  [{ target: 0.5 }, "target = 0.5: expected none for method 'dpSgd'"],
  [{ trackBest: true }, "trackBest = true: expected false for method 'dpSgd'"],
  [{ patience: 3 }, "patience = 3: expected none for method 'dpSgd'"],
  [{ validation: 0.2 }, "validation: expected none for method 'dpSgd'"],
  [{ privacyDelta: 1 }, 'privacyDelta = 1: expected below 1'],
  [{ privacyDelta: 0 }, 'privacyDelta = 0: expected a finite number > 0'],
  [{ method: 'adog', privacyDelta: 0.1 }, "method.privacyDelta: 'adog' does not read it; it belongs to dpSgd"],
  [{ clip: 1e-40 }, 'clip = 1e-40: expected noise * clip / batchSize of at least'],
])('%o is refused', async (settings, message) => {
  await expect(minimizeSum(problem, { method: 'dpSgd', ...settings })).rejects.toThrow(message);
});

it('problems in which rows depend on one another are refused', async () => {
  const weighted = logisticRegression({ x, y, sampleWeight: weight });
  await expect(minimizeSum(weighted, plain)).rejects.toThrow("problem.sampleWeight: expected none for method 'dpSgd'");
  const shares = logisticRegression({ x, y: y.map((each) => (each ? 0.8 : 0.2)) });
  await expect(minimizeSum(shares, plain)).rejects.toThrow('problem.y: expected 0 and 1');
  await expect(minimizeSum({ rows: 5, n: 1, gradient: () => 0 }, plain)).rejects.toThrow(
    'problem: expected a regression or a model of rows',
  );
});

it('a row without which there are fewer than a batch moves x by its own gradient alone', async () => {
  const others = logisticRegression({ x: x.slice(1), y: y.slice(1) });
  const [one, two] = [await minimizeSum(problem, plain), await minimizeSum(others, plain)];
  const apart = Math.hypot(...one.x.map((value, j) => value - (two.x[j] as number)));
  expect(apart).toBeCloseTo((0.5 * 0.5) / 1000, 9); // step times slope over the batch
});

it('a state of other steps is refused, whose privacy would be of both', async () => {
  const of = { method: 'dpSgd', noise: 0.1, batchSize: 100, maxEpochs: 2 } as const;
  const first = await minimizeSum(problem, { ...of, maxIterations: 1 });
  for (const [change, message] of [
    [{ noise: 10 }, 'warmStart.state: noise = 0.1: expected 10'],
    [{ batchSize: 10 }, 'warmStart.state: batchSize = 100: expected 10'],
    [{ insecureNoise: true }, 'warmStart.state: insecureNoise = 0: expected 1'],
  ] as const) {
    await expect(minimizeSum(problem, { ...of, ...change, warmStart: first })).rejects.toThrow(message);
  }
  const fewer = logisticRegression({ x: x.slice(0, 900), y: y.slice(0, 900) });
  await expect(minimizeSum(fewer, { ...of, warmStart: first })).rejects.toThrow('rows = 1000: expected 900');
  expect((await minimizeSum(problem, { ...of, warmStart: first })).counts.steps).toBe(20);
});

it('how many rows are drawn decides neither the number of steps nor their lengths', async () => {
  const run = (seed: number) =>
    minimizeSum(generalizedLinearModel({ loss: 'squared', x: new Array(50).fill([0]), y: new Array(50).fill(1) }), {
      ...{ method: 'dpSgd', noise: 0, insecureNoise: true, batchSize: 3, maxEpochs: 2, schedule: 'linear', seed },
      ...{ warmStart: { x: [1] }, decay: 0.1, stepSize: 1 },
    });
  const all = await Promise.all([1, 2, 3, 4, 5].map(run));
  for (const { counts, x: found } of all) {
    expect(counts.steps).toBe(Math.ceil(100 / 3));
    expect(found).toEqual(all[0]?.x); // which decay alone moves, by the lengths of the steps
  }
});

it('a loss that is no number does not end private steps', async () => {
  const steep = { loss: 'poisson', x: [[1], [1e30], [1]], y: [1, 1, 2] } as const;
  const settings = { ...plain, batchSize: 3, maxEpochs: 5, warmStart: { x: [1] } };
  const { status, counts } = await minimizeSum(generalizedLinearModel(steep), settings);
  expect(status).toBe('epochLimit');
  expect(counts.steps).toBe(5);
});

it('noise has the deviation of the privacy', async () => {
  // No row has a gradient, so that x is the noise of one step.
  const n = 4000;
  const zero = { format: 'csr', rows: 2, columns: n, offsets: [0, 0, 0], indices: [], values: [] } as const;
  const none = {
    ...zero,
    offsets: Int32Array.from(zero.offsets),
    indices: new Int32Array(0),
    values: new Float64Array(0),
  };
  for (const precision of ['float32', 'float64'] as const) {
    const settings = { method: 'dpSgd', noise: 3, clip: 0.5, stepSize: 0.2, batchSize: 8, precision } as const;
    const { x: found } = await minimizeSum(generalizedLinearModel({ loss: 'squared', x: none, y: [1, 1] }), {
      ...settings,
      maxEpochs: 1,
    });
    const deviation = (0.2 * 3 * 0.5) / 8;
    const mean = found.reduce((sum, value) => sum + value / n, 0);
    const square = found.reduce((sum, value) => sum + value ** 2 / n, 0);
    // Six deviations of either estimate.
    expect(Math.abs(mean) / deviation).toBeLessThan(6 / Math.sqrt(n));
    expect(Math.abs(square / deviation ** 2 - 1)).toBeLessThan(6 * Math.sqrt(2 / n));
  }
});

it('rows are drawn with the rate of the privacy, each by itself', async () => {
  // Row i alone moves x_i, each time that it is drawn by the same.
  const [count, batch, steps] = [200, 20, 100];
  const identity = Array.from({ length: count }, (_, i) => Array.from({ length: count }, (__, j) => Number(i === j)));
  const { x: found } = await minimizeSum(
    generalizedLinearModel({ loss: 'squared', x: identity, y: new Array(count).fill(1e9) }),
    {
      method: 'dpSgd',
      noise: 0,
      stepSize: batch,
      batchSize: batch,
      maxEpochs: (steps * batch) / count,
      precision: 'float64',
    },
  );
  const [rate, draws] = [batch / count, count * steps];
  const drawn = found.reduce((sum, value) => sum + Math.round(value), 0);
  expect(Math.abs(drawn - rate * draws)).toBeLessThan(6 * Math.sqrt(draws * rate * (1 - rate)));
  const spread =
    found.reduce((sum, value) => sum + (value - rate * steps) ** 2, 0) / (count * steps * rate * (1 - rate));
  expect(Math.abs(spread - 1)).toBeLessThan(6 * Math.sqrt(2 / count));
});

it('nothing is certified of noise that is too small to promise anything', async () => {
  const { privacy } = await minimizeSum(problem, {
    ...plain,
    insecureNoise: false,
    noise: 1e-160,
    precision: 'float64',
  });
  expect(privacy).toBeUndefined();
});

it.each(Object.entries(privacyClaims))('%s: the first claims are true', async (_, { trial }) => {
  for (const seed of numbers(30, 5).map((value) => Math.floor(1e6 * Math.abs(value)))) {
    expect((await trial(seed)).wrong).toEqual([]);
  }
});
