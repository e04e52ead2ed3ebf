// Probabilities of classes that are fitted to rows left out.
import { describe, expect, it } from 'vitest';
import {
  calibrate,
  fromJSON,
  predict,
  predictProbabilities,
  ReluClassifier,
  type ReluNetwork,
  toJSON,
  trainReluNetwork,
} from '../../src/relu/index.js';
import { normals } from '../problems/relu.js';

const normal = normals(11);
const rowsOf = (n: number) => Array.from({ length: n }, () => [normal(), normal(), normal()]);
const [x, xNew] = [rowsOf(200), rowsOf(400)];
/** Classes with noise, so that no probability is 0 or 1. */
const twoOf = (x: number[][]) =>
  x.map(([a, b]) => (Math.abs(a as number) - (b as number) + normal() > 0.5 ? 'up' : 'down'));
const threeOf = (x: number[][]) =>
  x.map(
    ([a, b]) =>
      ['low', 'middle', 'top'][
        Math.min(2, Math.max(0, Math.round(1 + (a as number) + 0.5 * (b as number) + 0.6 * normal())))
      ] as string,
  );
const [two, twoNew, three, threeNew] = [twoOf(x), twoOf(xNew), threeOf(x), threeOf(xNew)];

/** The mean of minus the logarithm of the probability of the right class. */
function logLoss(network: ReluNetwork, x: number[][], y: string[]): number {
  const { data, columns } = predictProbabilities(network, x);
  const classes = network.classes as readonly string[];
  return (
    y.reduce((sum, label, i) => sum - Math.log(data[i * columns + classes.indexOf(label)] as number), 0) / y.length
  );
}

const withTemperature = (network: ReluNetwork, temperature: number): ReluNetwork => ({ ...network, temperature });

describe('networks whose weight is chosen on rows left out', () => {
  it.each([
    ['squared', two, twoNew],
    ['hinge', two, twoNew],
    ['squared', three, threeNew],
    ['softmax', three, threeNew],
    ['logistic', three, threeNew],
  ] as const)('have probabilities that hold on new rows: %s', async (loss, y, yNew) => {
    const { network } = await trainReluNetwork({ x, y }, { loss, task: 'classification' });
    const { temperature = Number.NaN, classes = [] } = network;
    const probabilities = predict(network, xNew, { type: 'probability' });
    expect(probabilities).toEqual(predictProbabilities(network, xNew));
    expect([probabilities.rows, probabilities.columns]).toEqual([400, classes.length]);
    const labels = predict(network, xNew);
    for (let i = 0; i < 400; ++i) {
      const row = Array.from(probabilities.data.subarray(i * classes.length, (i + 1) * classes.length));
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(classes[row.indexOf(Math.max(...row))]).toBe(labels[i]);
    }
    // The best temperature for these rows, which nobody knows, is little better.
    const best = calibrate(network, xNew, yNew);
    expect(logLoss(network, xNew, yNew)).toBeLessThan(logLoss(best, xNew, yNew) + 0.02);
    expect(logLoss(withTemperature(network, 4 * temperature), xNew, yNew)).toBeGreaterThan(
      logLoss(network, xNew, yNew),
    );
  });

  it('of log odds has the least log loss, though its margins are worse', async () => {
    const other = normals(2);
    const x = Array.from({ length: 300 }, () => [other(), other(), other()]);
    const rings = x.map(([a, b]) => {
      const squared = (a as number) ** 2 + (b as number) ** 2 + 0.2 * other();
      return squared < 0.8 ? 'inner' : squared < 2 ? 'middle' : 'outer';
    });
    const { crossValidation } = (await new ReluClassifier({ loss: 'logistic' }).fit(x, rings)).result;
    const { scores = [], best } = crossValidation ?? {};
    expect(best?.loss).toBeLessThan(1.02 * Math.min(...scores.map(({ loss }) => loss)));
    expect(best?.hinge).toBeGreaterThan(1.02 * Math.min(...scores.map(({ hinge }) => hinge as number)));
  });
});

describe('calibrate', () => {
  it('finds the temperature of the least log loss, also of weighted rows', async () => {
    const { network } = await trainReluNetwork({ x, y: three }, { lambda: 1, task: 'classification' });
    expect(network.temperature).toBeUndefined();
    expect(() => predictProbabilities(network, x)).toThrow("network.loss = 'squared'");
    const best = calibrate(network, xNew, threeNew);
    const least = logLoss(best, xNew, threeNew);
    for (const factor of [0.8, 1.25]) {
      expect(logLoss(withTemperature(network, factor * (best.temperature as number)), xNew, threeNew)).toBeGreaterThan(
        least,
      );
    }
    expect(best.predict(xNew)).toEqual(predict(network, xNew));
    expect(best.predict(xNew, { type: 'probability' }).data[4]).toBeCloseTo(
      predictProbabilities(best, xNew).data[4] as number,
      12,
    );
    const some = calibrate(network, xNew.slice(0, 100), threeNew.slice(0, 100));
    const sampleWeights = xNew.map((_, i) => Number(i < 100));
    const weighted = calibrate(network, xNew, threeNew, { sampleWeights });
    expect(weighted.temperature).toBeCloseTo(some.temperature as number, 10);
    expect(fromJSON(JSON.stringify(toJSON(best))).temperature).toBe(best.temperature);
  });

  it('gives every class a probability where all rows are right', async () => {
    const y = x.map(([a]) => ((a as number) > 0 ? 'b' : 'a'));
    const sure = await trainReluNetwork({ x, y }, { lambda: 0.01, task: 'classification' });
    const { temperature, ...network } = calibrate(sure.network, x, y);
    expect(temperature).toBeGreaterThan(1e-3);
    expect(logLoss(withTemperature(network, temperature as number), x, y)).toBeLessThan(0.05);
  });

  it('names classes that it does not know', async () => {
    const { network } = await trainReluNetwork({ x, y: two }, { lambda: 1, task: 'classification' });
    expect(() => calibrate(network, x.slice(0, 2), ['up', 'left'])).toThrow(
      "y[1] = 'left': expected one of 'down', 'up'",
    );
    const values = await trainReluNetwork({ x, y: x.map(([a]) => a as number) }, { lambda: 1 });
    expect(() => calibrate(values, x, two)).toThrow('network.classes = undefined');
  });
});
