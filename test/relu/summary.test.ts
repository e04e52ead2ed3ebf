// Neurons in the units of the user, and estimators as thin forms of the functions.
import { describe, expect, it } from 'vitest';
import {
  attack,
  decisionFunction,
  fromJSON,
  partialDependence,
  predict,
  predictProbabilities,
  ReluClassifier,
  ReluRegressor,
  score,
  summarize,
  toJSON,
  trainReluNetwork,
} from '../../src/relu/index.js';
import { long } from '../long.js';
import { normals } from '../problems/relu.js';

const normal = normals(21);
const featureNames = ['age', 'weight', 'noise'];
const x = Array.from({ length: 40 }, () => [40 + 12 * normal(), 3 * normal(), normal()]);
const values = x.map(([a, b]) => 100 + 2 * Math.max(0, (a as number) - 40) - 5 * (b as number) + normal());
const labels = values.map((value) => (value > 110 ? 'high' : 'low'));

describe('summarize', () => {
  it.each(['relu', 'gated'] as const)('has the network in the units of x and y: %s', async (activation) => {
    const { network } = await trainReluNetwork({ x, y: values, names: featureNames }, { activation });
    const { neurons, features } = summarize(network);
    expect(neurons).toHaveLength(network.biases.length);
    const at = (row: number[], weights: Record<string, number>) =>
      featureNames.reduce((sum, name, k) => sum + (weights[name] as number) * (row[k] as number), 0);
    const f = decisionFunction(network, x).data;
    x.forEach((row, i) => {
      const sum = neurons.reduce((total, { weights, bias, outputs, gate, gateBias }) => {
        const h = at(row, weights) + bias;
        const on = gate ? at(row, gate) + (gateBias as number) >= 0 : h > 0;
        return total + (on ? h * (outputs['0'] as number) : 0);
      }, network.targetShift?.[0] as number);
      expect(sum).toBeCloseTo(f[i] as number, 7);
    });
    const sizes = neurons.map(({ size }) => size);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(neurons.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(Object.values(features).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(Object.keys(features).at(-1)).toBe('noise');
  });

  it('is text with names, the largest neurons first', async () => {
    const { network } = await trainReluNetwork({ x, y: labels, names: featureNames }, { loss: 'logistic' });
    const { text, neurons } = summarize(network, 2);
    const lines = text.split('\n');
    expect(lines[0]).toBe(`${neurons.length} neurons`);
    expect(lines).toHaveLength(Math.min(2, neurons.length) + 1 + Number(neurons.length > 2));
    expect(lines[1]).toMatch(/^ *[\d.]+ % {2}\(.*(age|weight).*\)_\+ -> low: /);
    expect(Object.keys(neurons[0]?.outputs ?? {})).toEqual(['low']);
  });

  it('of a network without neurons, and without names', async () => {
    const { network } = await trainReluNetwork({ x, y: x.map(() => 3) });
    expect(summarize(network)).toEqual({ neurons: [], features: { x0: 0, x1: 0, x2: 0 }, text: '0 neurons' });
  });
});

it.runIf(long)('networks of very many columns are summarized and attacked', async () => {
  const d = 130_000; // more than a call takes arguments
  const wide = Array.from({ length: d }, () => 1);
  const network = fromJSON({
    format: 'nonconvex',
    kind: 'reluNetwork',
    version: 1,
    ...{ activation: 'relu', loss: 'squared', bias: false, inputScale: wide, biases: [0], pattern: [0] },
    hiddenWeights: { rows: d, columns: 1, data: wide },
    outputWeights: { rows: 1, columns: 1, data: [1] },
  });
  expect(summarize(network).neurons[0]?.size).toBeCloseTo(Math.sqrt(d), 8);
  const x = { data: new Float64Array(d).fill(1e-3), rows: 1, columns: d };
  const found = await attack({ network, x, y: [-1] }, { norm: 'two', radius: 1, steps: 1, restarts: 0 });
  expect(found.margins[0]).toBeCloseTo(-(1 + 1e-3 * d + Math.sqrt(d)), 6);
});

describe('names of columns', () => {
  it('are kept, and known by partialDependence', async () => {
    const { network } = await trainReluNetwork({ x, y: values, names: featureNames });
    const again = fromJSON(JSON.stringify(toJSON(network)));
    expect(again.featureNames).toEqual(featureNames);
    expect(partialDependence(again, x, 'weight')).toEqual(partialDependence(network, x, 1));
    expect(() => partialDependence(network, x, 'height')).toThrow(
      "column = 'height': expected one of 'age', 'weight', 'noise'",
    );
  });

  it('are no setting', async () => {
    await expect(trainReluNetwork({ x, y: values }, { featureNames } as never)).rejects.toThrow(
      "unknown setting 'featureNames': it belongs to the data: { x, y, names }",
    );
  });

  it('are refused where they do not fit', async () => {
    const wrong = (names: unknown) => trainReluNetwork({ x, y: values, names: names as string[] });
    await expect(wrong(['age'])).rejects.toThrow('names.length = 1: expected 3, one for each column of x');
    await expect(wrong([1, 2, 3])).rejects.toThrow('expected an array of strings');
  });
});

describe('estimators', () => {
  it.runIf(long)('are the functions in another form', async () => {
    const regressor = await new ReluRegressor({ lambda: 2 }).fit(x, values);
    const { network, objective } = await trainReluNetwork({ x, y: values }, { lambda: 2 });
    expect(regressor.result.objective).toBe(objective);
    expect(regressor.predict(x)).toEqual(predict(network, x));
    expect(regressor.decisionFunction(x)).toEqual(decisionFunction(network, x));
    expect(regressor.score(x, values)).toBe(score(network, x, values));
    const sampleWeights = x.map((_, i) => i % 3);
    const classifier = await new ReluClassifier({ loss: 'logistic' }).fit(x, labels, { sampleWeights });
    const data = { x, y: labels, sampleWeights };
    const other = await trainReluNetwork(data, { loss: 'logistic' });
    const { scores, chosen, affine, constant } = other.crossValidation as NonNullable<typeof other.crossValidation>;
    expect(other.lambda).toBe(scores[chosen]?.lambda);
    expect(classifier.result.crossValidation).toEqual(other.crossValidation);
    expect(scores.some(({ loss }) => loss < (affine?.loss as number))).toBe(true);
    expect(scores.some(({ loss }) => loss < (constant?.loss as number))).toBe(true);
    expect(classifier.predict(x)).toEqual(predict(other.network, x));
    expect(classifier.predictProbabilities(x)).toEqual(predictProbabilities(other.network, x));
    expect(classifier.score(x, labels)).toBe(score(other.network, x, labels));
  });

  it.runIf(long)('train an affine function where no network does better', async () => {
    const noise = normals(17);
    const y = x.map(([a, b]) => 7 + 2 * (a as number) - 3 * (b as number) + 8 * noise());
    const { network, crossValidation, lambda } = (await new ReluRegressor().fit(x, y)).result;
    expect(crossValidation?.affine?.lambda).toBe(lambda);
    expect(crossValidation?.scores.every(({ loss }) => loss > (crossValidation.affine?.loss as number))).toBe(true);
    // Affine everywhere: the value in the middle of two points far away is the mean of theirs.
    const far = [
      [100, -50, 3],
      [-300, 20, 8],
      [-100, -15, 5.5],
    ];
    const [one, other, middle] = predict(network, far) as unknown as [number, number, number];
    expect(middle).toBeCloseTo((one + other) / 2, 8);
    expect(score(network, x, y)).toBeGreaterThan(0.85);
  });

  it('take softmax for more than two classes', async () => {
    const corners = Array.from({ length: 15 }, (_, k) => [k % 3 === 0 ? 1 : 0, k % 3 === 1 ? 1 : 0, Math.sin(k) / 9]);
    const three = corners.map((_, k) => 'abc'[k % 3] as string);
    const classifier = await new ReluClassifier({ timeLimit: 0 }).fit(corners, three);
    expect(classifier.network.loss).toBe('softmax');
    expect(classifier.predictProbabilities(corners)).toMatchObject({ rows: 15, columns: 3 });
    const two = await new ReluClassifier({ timeLimit: 0 }).fit(
      corners,
      three.map((label) => label === 'a'),
    );
    expect(two.network.loss).toBe('squared');
  });

  it.runIf(long)('take integers for classes, or for values', async () => {
    const y = values.map((value) => Number(value > 110));
    expect((await new ReluClassifier().fit(x, y)).network.classes).toEqual([0, 1]);
    const gated = await new ReluRegressor({ activation: 'gated' }).fit(x, y);
    expect(gated.network.classes).toBeUndefined();
    expect(gated.result.lambdaFrom).toBe('crossValidated');
  });

  it.runIf(long)('cross-validate no large data', async () => {
    const wide = Array.from({ length: 12 }, (_, i) =>
      Float64Array.from({ length: 260_000 }, (_, j) => Math.sin(i * j + i)),
    );
    const { result } = await new ReluClassifier({ maxIterations: 1 }).fit(wide, labels.slice(0, 12));
    expect(result.lambdaFrom).toBe('auto');
    expect(result.crossValidation).toBeUndefined();
  });

  it('say that they are not fitted yet', () => {
    expect(() => new ReluRegressor().predict(x)).toThrow('not fitted yet: call fit(x, y), and wait for it');
  });
});
