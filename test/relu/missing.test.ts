// Networks of data with missing entries: means of the training rows stand for them, in folds, in predictions and in files.
import { describe, expect, it } from 'vitest';
import { fromOnnx, modelFromJson, modelToJson, sparsePath, toOnnx } from '../../src/index.js';
import {
  crossValidate,
  decisionFunction,
  fromJSON,
  predict,
  predictProbabilities,
  toJSON,
  trainReluNetwork,
  trainReluPath,
} from '../../src/relu/index.js';
import { Draws } from '../sparse/values.js';

const [rows, columns] = [60, 3];
const draws = new Draws(3);
const whole = { data: draws.normals(rows * columns), rows, columns };
const y = Float64Array.from(
  { length: rows },
  (_, i) => Math.abs(whole.data[i * columns] as number) + 0.1 * draws.normal(),
);
const labels = Array.from(y, (value) => (value > 0.7 ? 'yes' : 'no'));
const names = ['age', 'platelet', 'stage'];

/** Every seventh entry is missing. */
const x = { ...whole, data: whole.data.map((value, k) => (k % 7 === 3 ? Number.NaN : value)) };

function meansOf(of: (row: number) => number): Float64Array {
  return Float64Array.from({ length: columns }, (_, j) => {
    let [sum, total] = [0, 0];
    for (let i = 0; i < rows; ++i) {
      const value = x.data[i * columns + j] as number;
      if (Number.isNaN(value)) continue;
      sum += of(i) * value;
      total += of(i);
    }
    return sum / total;
  });
}

const filledBy = (means: Float64Array) => ({
  ...x,
  data: x.data.map((value, k) => (Number.isNaN(value) ? (means[k % columns] as number) : value)),
});

const settings = { lambda: 0.05, patterns: { sample: 20 }, loss: 'logistic' } as const;

describe('impute', () => {
  it('trains on x with the means of its columns, by the weights of the rows, and keeps them', async () => {
    const sampleWeights = Float64Array.from({ length: rows }, (_, i) => (i % 3 ? 1 : 0.5));
    const means = meansOf((i) => sampleWeights[i] as number);
    const [one, other] = await Promise.all([
      trainReluNetwork({ x, y: labels, names, sampleWeights, impute: 'mean' }, settings),
      trainReluNetwork({ x: filledBy(means), y: labels, names, sampleWeights }, settings),
    ]);
    const { means: kept, ...rest } = one.network;
    kept?.forEach((mean, j) => {
      expect(mean).toBeCloseTo(means[j] as number, 12);
    });
    expect(other.network.means).toBeUndefined();
    expect(one.objective).toBeCloseTo(other.objective, 9);
    expect(rest.hiddenWeights.rows).toBe(columns);
    const predicted = predict(one.network, x);
    expect(predicted).toEqual(predict(one.network, filledBy(kept as Float64Array)));
    expect(() => predict(other.network, x)).toThrow(/x\[1\]\[0\] = NaN: expected a finite number/);
  });

  it('keeps means also where nothing is missing, for rows to come', async () => {
    const { network } = await trainReluNetwork({ x: whole, y: labels, impute: 'mean' }, settings);
    expect(network.means).toHaveLength(columns);
    expect(network.predict([[Number.NaN, 1, 1]])).toEqual(network.predict([[network.means?.[0] as number, 1, 1]]));
  });

  it.each(['relu', 'gated'] as const)('%s networks keep the means in JSON and in ONNX', async (activation) => {
    const { network } = await trainReluNetwork({ x, y: labels, impute: 'mean' }, { ...settings, activation });
    const expected = predictProbabilities(network, x);
    expect(predictProbabilities(fromJSON(JSON.stringify(toJSON(network))), x)).toEqual(expected);
    for (const model of [modelFromJson(modelToJson(network)), await fromOnnx(await toOnnx(network))]) {
      const { means, predictProbabilities: own } = model as typeof network;
      expect(means).toEqual(network.means);
      own(x).data.forEach((p, k) => {
        expect(p).toBeCloseTo(expected.data[k] as number, 12);
      });
    }
  });

  it('leaves rows out of the means with their fold', async () => {
    // The first row is far away, so that means with it are others than means without it.
    const far = { ...x, data: x.data.slice(), rows: 12 };
    far.data = far.data.subarray(0, 12 * columns);
    far.data[0] = 1000;
    const gates = { data: draws.normals(4 * (columns + 1)), rows: columns + 1, columns: 4 };
    const of = { patterns: { gates }, tolerance: 1e-8 };
    const { outputs } = await crossValidate(
      { x: far, y: y.subarray(0, 12), impute: 'mean' },
      { ...of, lambda: 0.1, folds: 12 },
    );
    const others = { rows: 11, columns, data: far.data.subarray(columns) };
    const alone = await trainReluNetwork(
      { x: others, y: y.subarray(1, 12), impute: 'mean' },
      { ...of, lambda: (0.1 * 11) / 12 },
    );
    expect(Math.abs(alone.network.means?.[0] as number)).toBeLessThan(3);
    const expected = decisionFunction(alone.network, { rows: 1, columns, data: far.data.subarray(0, columns) });
    expect((outputs.data[0] as number) / (expected.data[0] as number)).toBeCloseTo(1, 3);
  });

  it('is there for paths of weights and for weights that are chosen', async () => {
    const data = { x, y, impute: 'mean' } as const;
    const path = await trainReluPath(data, { lambdas: { count: 2 }, folds: 2, patterns: { sample: 5 } });
    const chosen = await trainReluNetwork(data, { lambda: 'crossValidated', patterns: { sample: 5 } });
    for (const { network } of [...path.results, chosen]) expect(network.means).toEqual(path.results[0]?.network.means);
  });

  it('is the mean alone', async () => {
    await expect(trainReluNetwork({ x, y: labels, impute: 'median' as never }, settings)).rejects.toThrow(
      "impute = 'median': expected one of 'mean'",
    );
  });
});

describe('without impute', () => {
  const remedy =
    "expected a finite number; impute: 'mean' in the data fills in the mean of the column, missing: 'dropRows' of readCsv";
  it('the entry is named by its column and row, with the remedy', async () => {
    await expect(trainReluNetwork({ x, y: labels, names }, settings)).rejects.toThrow(
      `x[1][0] = NaN: column 'age', row 2: ${remedy}`,
    );
    await expect(sparsePath({ x, y, names })).rejects.toThrow(`x[1][0] = NaN: column 'age', row 2: ${remedy}`);
    await expect(sparsePath({ x, y })).rejects.toThrow(`x[1][0] = NaN: row 2: ${remedy}`);
    const error = await sparsePath({ x, y, names }).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).stack).toContain("column 'age', row 2");
  });
});
