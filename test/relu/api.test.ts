// The typed functions around the ReLU solver: arguments, results, networks. Its optima are tested elsewhere.
import { describe, expect, it } from 'vitest';
import { rangeError } from '../../src/core/argumentError.js';
import { type Matrix, matrix, type ReluNetwork, type ReluResult } from '../../src/index.js';
import {
  type AttackSettings,
  attack,
  decisionFunction,
  fromJSON,
  partialDependence,
  predict,
  predictProbabilities,
  score,
  summarize,
  toJSON,
} from '../../src/relu/index.js';
import { numbers } from '../contract/fixtures.js';
import { type ReluSettings, trainReluNetwork } from '../flat.js';
import { chosen } from '../long.js';

const n = 60;
const d = 3;
const x = matrix(n, d, numbers(n * d));
const xNew = matrix(500, d, numbers(500 * d, 7));
const row = (i: number, from = x): Float64Array =>
  (from.data as Float64Array).subarray(i * from.columns, (i + 1) * from.columns);
const truth = (r: ArrayLike<number>) => Math.max(0, (r[0] ?? 0) + (r[1] ?? 0)) - Math.max(0, (r[1] ?? 0) - (r[2] ?? 0));
const y = Array.from({ length: n }, (_, i) => truth(row(i)));
const two = y.map((value) => (value > 0.1 ? 'high' : 'low'));
const three = y.map((value) => (value > 0.3 ? 30 : value < -0.1 ? -5 : 7));
const quick: ReluSettings = { lambda: 0.05, patterns: { sample: 30 }, tolerance: 1e-4 };

/** f(x), by the formula in the documentation of ReluNetwork. */
function forward(network: ReluNetwork, inputs: Matrix): number[][] {
  const { hiddenWeights: U, outputWeights: A, biases, inputScale, gates, pattern, bias } = network;
  const at = ({ data, columns }: Matrix, i: number, j: number) => data[i * columns + j] as number;
  return Array.from({ length: inputs.rows }, (_, i) => {
    const z = Array.from({ length: inputs.columns }, (_, k) => at(inputs, i, k) / (inputScale[k] as number));
    const f = new Array<number>(A.columns).fill(0);
    for (let j = 0; j < U.columns; ++j) {
      const h = z.reduce((sum, zk, k) => sum + zk * at(U, k, j), biases[j] as number);
      let on = h > 0;
      if (network.activation === 'gated') {
        const p = pattern[j] as number;
        const g = gates as Matrix;
        on = z.reduce((sum, zk, k) => sum + zk * at(g, k, p), bias ? at(g, inputs.columns, p) : 0) >= 0;
      }
      for (let k = 0; on && k < A.columns; ++k) f[k] = (f[k] as number) + h * at(A, j, k);
    }
    return f;
  });
}

function close(actual: Matrix, expected: number[][], tolerance = 1e-11): void {
  expect(actual).toMatchObject({ rows: expected.length, columns: expected[0]?.length });
  const flat = expected.flat();
  const scale = Math.max(1, ...flat.map(Math.abs));
  flat.forEach((value, i) => {
    expect(Math.abs((actual.data[i] as number) - value)).toBeLessThanOrEqual(tolerance * scale);
  });
}

describe('integers y, which may be classes or values', () => {
  const rows = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
  const digits = rows.map(([a = 0], i) => (a > 0 ? 7 : i % 2 ? 3 : 5));
  const quick = { patterns: { sample: 5 }, maxIterations: 50 } as const;

  it('are refused where the loss does not say, with the two ways to say it', async () => {
    const solve = trainReluNetwork({ x: rows, y: digits }, quick);
    await expect(solve).rejects.toThrow(
      "y: 3 integers in 12 rows may be classes or values: expected task: 'classification' or task: 'regression' in the settings",
    );
    await expect(trainReluNetwork({ x: rows, y: digits }, { ...quick, loss: 'huber' })).rejects.toThrow('3 integers');
  });

  it('are what task says', async () => {
    const labels = await trainReluNetwork({ x: rows, y: digits }, { ...quick, task: 'classification' });
    expect(labels.network.classes).toEqual([3, 5, 7]);
    const values = await trainReluNetwork({ x: rows, y: digits }, { ...quick, task: 'regression' });
    expect(values.network.classes).toBeUndefined();
    expect(values.network.outputWeights.columns).toBe(1);
  });

  it('are values where they hardly repeat, and what is no integer is a value, too', async () => {
    for (const y of [rows.map((_, i) => i), rows.map((_, i) => (i % 2) / 2)]) {
      expect((await trainReluNetwork({ x: rows, y }, quick)).network.classes).toBeUndefined();
    }
  });

  it('task must go with the loss and y', async () => {
    const refused = (y: number[] | string[], settings: object) => trainReluNetwork({ x: rows, y }, settings);
    await expect(refused(digits, { loss: 'softmax', task: 'regression' })).rejects.toThrow(
      "task = 'regression': loss 'softmax' is for classes; 'squared' and 'huber' are for values",
    );
    await expect(refused(digits.map(String), { task: 'regression' })).rejects.toThrow('y are labels, not numbers');
    await expect(refused(digits, { task: 'ranking' })).rejects.toThrow("task = 'ranking': expected one of");
  });
});

describe('result', () => {
  it('has every member, consistent with the others', async () => {
    const result = await trainReluNetwork({ x, y }, quick);
    expect(result).toMatchObject({
      status: 'solved',
      device: 'cpu',
      certificate: { kind: 'global', over: 'patterns' },
    });
    expect(result.message).toMatch(/^Solved after \d+ iterations: /);
    expect(result.lowerBound).toBeLessThanOrEqual(result.objective);
    expect(result.gap).toBeCloseTo((result.objective - result.lowerBound) / result.objective, 12);
    expect(result.gap).toBeLessThanOrEqual(1e-4);
    expect(Math.abs(result.networkObjective / result.objective - 1)).toBeLessThan(1e-9);
    expect(result.patterns).toBeLessThanOrEqual(30);
    expect(result.activeNeurons).toBe(result.network.hiddenWeights.columns);
    expect(result.history.length).toBeGreaterThan(0);
    expect(result.iterations).toBeGreaterThan(0);
    expect(result.rho).toBeGreaterThan(0);
    const { network, convex } = result;
    const m = result.activeNeurons;
    expect(network).toMatchObject({ activation: 'relu', loss: 'squared', bias: true });
    expect(network.hiddenWeights).toMatchObject({ rows: d, columns: m });
    expect(network.outputWeights).toMatchObject({ rows: m, columns: 1 });
    expect([network.biases.length, network.pattern.length, network.inputScale.length]).toEqual([m, m, d]);
    expect(network).not.toHaveProperty('gates');
    expect(network).not.toHaveProperty('classes');
    expect(convex.gates).toMatchObject({ rows: d + 1, columns: result.patterns });
    expect(convex.weights).toMatchObject({ rows: d + 1, columns: 2 * result.patterns });
    expect(convex.dual).toMatchObject({ rows: n, columns: 1 });
  });

  it('is global with all patterns, and no better with some of them', async () => {
    const few = matrix(8, 2, numbers(16));
    const target = y.slice(0, 8);
    const global = await trainReluNetwork({ x: few, y: target }, { lambda: 0.01, patterns: { exact: true } });
    expect(global).toMatchObject({ status: 'solved', certificate: { kind: 'global' } });
    const some = await trainReluNetwork({ x: few, y: target }, { lambda: 0.01, patterns: { sample: 5 } });
    expect(global.certificate).not.toHaveProperty('over');
    expect(some.certificate.over).toBe('patterns');
    expect(some.objective).toBeGreaterThanOrEqual(global.lowerBound);
  });

  it.each([
    { loss: 'squared', f: (v: number, t: number) => (v - t) ** 2 / 2 },
    {
      loss: 'huber',
      huberDelta: 0.2,
      f: (v: number, t: number) => {
        const r = Math.abs(v - t);
        return r <= 0.2 ? (r * r) / 2 : 0.2 * (r - 0.1);
      },
    },
    { loss: 'logistic', f: (v: number, t: number) => Math.log1p(Math.exp(-t * v)) },
    { loss: 'hinge', f: (v: number, t: number) => Math.max(0, 1 - t * v) },
  ] as const)('reports the objective of its network ($loss)', async ({ loss, f, ...more }) => {
    const classify = loss === 'logistic' || loss === 'hinge';
    const settings = { ...quick, loss, ...more, tolerance: 1e-3 };
    const { network, networkObjective } = await trainReluNetwork({ x, y: classify ? two : y }, settings);
    const outputs = decisionFunction(network, x).data;
    const targets = classify ? two.map((label) => (label === 'low' ? 1 : -1)) : y;
    const squares = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v * v, 0);
    const weights = squares(network.hiddenWeights.data) + squares(network.biases) + squares(network.outputWeights.data);
    const expected = targets.reduce((sum, t, i) => sum + f(outputs[i] as number, t), 0) + (0.05 / 2) * weights;
    expect(networkObjective / expected).toBeCloseTo(1, 9);
  });
});

it('counts the steps of an iterative inner solver', async () => {
  const factored = await trainReluNetwork({ x, y }, { ...quick, inner: 'exact' });
  expect(factored.innerSteps).toBeUndefined();
  const { history, innerSteps } = await trainReluNetwork({ x, y }, { ...quick, inner: 'krylov' });
  const steps = history.map((report) => report.innerSteps as number);
  expect(innerSteps).toBeGreaterThan(0);
  expect(steps.at(-1)).toBe(innerSteps);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
});

describe('predict', () => {
  const variants: ReluSettings[] = [
    {},
    { bias: false },
    { standardize: 'norm' },
    { activation: 'gated' },
    { activation: 'gated', bias: false, standardize: 'norm' },
    { bias: 'light' },
    { method: 'sampled' },
    { splitting: 'slack', tolerance: 1e-2 },
    { coupling: 'frobenius' },
  ];
  it.each(variants)('is the formula of the documentation: %o', async (settings) => {
    const { network, status, networkObjective, objective } = await trainReluNetwork(
      { x, y },
      { ...quick, ...settings },
    );
    expect(['solved', 'stalled', 'iterationLimit']).toContain(status);
    expect(Math.abs(networkObjective / objective - 1)).toBeLessThan(1e-9);
    close(decisionFunction(network, xNew), forward(network, xNew));
    expect(predict(network, xNew)).toEqual(decisionFunction(network, xNew).data);
  });

  it('has no gated networks of fixed directions', async () => {
    await expect(trainReluNetwork({ x, y }, { method: 'sampled', activation: 'gated' })).rejects.toThrow(
      "activation = 'gated': expected 'relu' with method 'sampled'",
    );
  });

  it('gives numbers for numbers', async () => {
    const { network } = await trainReluNetwork({ x, y }, quick);
    const predicted: Float64Array = predict(network, x);
    const mean = y.reduce((a, b) => a + b) / n;
    const errors = y.reduce((sum, v, i) => sum + (v - (predicted[i] as number)) ** 2, 0);
    const deviations = y.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    expect(score(network, x, y)).toBeCloseTo(1 - errors / deviations, 12);
    expect(score(network, x, y)).toBeGreaterThan(0.8);
    expect(
      score(
        network,
        x,
        Array.from({ length: n }, () => 5),
      ),
    ).toBe(0);
  });

  it.each(['squared', 'huber', 'logistic', 'hinge', 'softmax'] as const)(
    'gives strings for strings (%s)',
    async (loss) => {
      const { network } = await trainReluNetwork({ x, y: two }, { ...quick, loss });
      expect(network.classes).toEqual(['high', 'low']);
      expect(network.outputWeights.columns).toBe(loss === 'softmax' ? 2 : 1);
      const predicted: string[] = predict(network, x);
      expect(score(network, x, two)).toBe(predicted.filter((label, i) => label === two[i]).length / n);
      expect(score(network, x, two)).toBeGreaterThan(0.9);
    },
  );

  it.each(chosen(['logistic', 'hinge', 'softmax'] as const, 3))(
    'gives integers for integer classes (%s)',
    async (loss) => {
      const { network } = await trainReluNetwork({ x, y: three }, { ...quick, loss });
      expect(network.classes).toEqual([-5, 7, 30]);
      expect(network.outputWeights.columns).toBe(3);
      const predicted: Float64Array = predict(network, x);
      expect(score(network, x, three)).toBe(three.filter((label, i) => label === predicted[i]).length / n);
      expect(score(network, x, three)).toBeGreaterThan(0.8);
      close(decisionFunction(network, xNew), forward(network, xNew));
    },
  );

  it('gives booleans for booleans', async () => {
    const { network } = await trainReluNetwork(
      { x, y: two.map((label) => label === 'high') },
      { ...quick, loss: 'hinge' },
    );
    expect(network.classes).toEqual([false, true]);
    const predicted: boolean[] = predict(network, x);
    expect(score(network, x, predicted)).toBe(1);
  });

  it('gives matrices for matrices', async () => {
    const targets = y.map((value) => [value, -value, 2 * value]);
    const { network } = await trainReluNetwork({ x, y: targets }, quick);
    const predicted = predict(network, xNew) as Matrix;
    close(predicted, forward(network, xNew));
    expect(score(network, x, targets)).toBeGreaterThan(0.8);
    const signs = y.map((value) => [value > 0 ? 1 : -1, value > 0.2 ? 1 : -1]);
    const yesOrNo = await trainReluNetwork({ x, y: signs }, { ...quick, loss: 'logistic' });
    const labels = predict(yesOrNo.network, x) as Matrix;
    expect(new Set(labels.data)).toEqual(new Set([-1, 1]));
    expect(score(yesOrNo.network, x, labels)).toBe(1);
    const chances = y.map((value) => (value > 0 ? [0.9, 0.1] : [0.2, 0.8]));
    const soft = await trainReluNetwork({ x, y: chances }, { ...quick, loss: 'softmax' });
    const probabilities = predict(soft.network, xNew) as Matrix;
    for (let i = 0; i < 20; ++i) expect(row(i, probabilities).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(score(soft.network, x, chances)).toBeGreaterThan(0.8);
  });

  it('is zero without neurons', async () => {
    const { network, status, activeNeurons } = await trainReluNetwork({ x, y }, { ...quick, lambda: 1e6 });
    expect({ status, activeNeurons }).toEqual({ status: 'solved', activeNeurons: 0 });
    expect(new Set(predict(network, xNew))).toEqual(new Set([0]));
  });

  it('takes arrays of rows, single precision and no rows', async () => {
    const { network } = await trainReluNetwork({ x, y }, quick);
    const expected = predict(network, x);
    expect(
      predict(
        network,
        Array.from({ length: n }, (_, i) => Array.from(row(i))),
      ),
    ).toEqual(expected);
    expect(predict(network, { ...x, data: Float32Array.from(x.data) })).toEqual(expected);
    expect(predict(network, matrix(0, d, []))).toEqual(new Float64Array(0));
  });

  it('refuses other inputs', async () => {
    const { network } = await trainReluNetwork({ x, y }, quick);
    const labels = (await trainReluNetwork({ x, y: two }, quick)).network;
    expect(() => predict(network, [[1, 2]])).toThrow(
      'columns of x = 2: expected as many as the network was trained on: 3',
    );
    expect(() => predict(network, [[1, 2, Number.NaN]])).toThrow('x[0][2] = NaN: expected a finite number');
    expect(() => score(network, x, [1])).toThrow('y: expected 60 values, one for each row of x, got 1');
    expect(() => score(network, x, two)).toThrow("y[0] = 'low': expected a number");
    expect(() =>
      score(
        network,
        x,
        y.map((v) => [v, v]),
      ),
    ).toThrow('y: expected 60 x 1 numbers, got 60 x 2');
    expect(score(labels, x, y)).toBe(0);
  });

  it('takes a result, and what has a network otherwise, for its network, which has functions of its own', async () => {
    const result = await trainReluNetwork({ x, y: two }, { ...quick, loss: 'logistic' });
    const { network } = result;
    for (const given of [result, { network }]) {
      expect(predict(given, xNew)).toEqual(predict(network, xNew));
      expect(score(given, x, two)).toBe(score(network, x, two));
      expect(decisionFunction(given, xNew)).toEqual(decisionFunction(network, xNew));
      expect(predictProbabilities(given, xNew)).toEqual(predictProbabilities(network, xNew));
      expect(partialDependence(given, x, 0)).toEqual(partialDependence(network, x, 0));
      expect(summarize(given)).toEqual(summarize(network));
      expect(toJSON(given)).toEqual(toJSON(network));
      const settings: AttackSettings = { norm: 'inf', radius: 0.1, method: 'fgsm' };
      expect(await attack({ network: given, x, y: two }, settings)).toEqual(
        await attack({ network, x, y: two }, settings),
      );
    }
    expect(network.predict(xNew)).toEqual(predict(network, xNew));
    expect(network.kind).toBe('reluNetwork');
    expect(Object.keys(network)).not.toContain('predict');
    expect(structuredClone(result)).toEqual(result);
    expect(() => predict({ network: 5 } as never, x)).toThrow('network = 5: expected an object');
  });

  it('refuses a network with what is no number in it, or that is none', async () => {
    const { network } = await trainReluNetwork({ x, y }, quick);
    const broken = { ...network, biases: network.biases.map(() => Number.NaN) };
    for (const call of [() => predict(broken, x), () => toJSON(broken), () => score(broken, x, y)]) {
      expect(call).toThrow(rangeError('network.biases[0] = NaN: expected a finite number'));
    }
    const { hiddenWeights } = network;
    const infinite = { ...network, hiddenWeights: { ...hiddenWeights, data: hiddenWeights.data.map(() => Infinity) } };
    expect(() => predict(infinite, x)).toThrow('network.hiddenWeights.data[0] = Infinity: expected a finite number');
    expect(() => toJSON({} as never)).toThrow('network.hiddenWeights = undefined: expected a matrix');
    expect(() => predict(null as never, x)).toThrow('network = null: expected an object');
  });

  it('a class may be named as what all objects have', async () => {
    const named = two.map((label) => (label === 'low' ? 'constructor' : '__proto__'));
    const { network } = await trainReluNetwork({ x, y: named, classWeights: { constructor: 2 } as never }, quick);
    expect(new Set(predict(network, x))).toEqual(new Set(['constructor', '__proto__']));
  });
});

describe('JSON', () => {
  it.each([
    { target: y, settings: {} },
    { target: two, settings: { loss: 'hinge' } },
    { target: three, settings: { loss: 'softmax', standardize: 'norm' } },
    { target: y, settings: { activation: 'gated' } },
    { target: y, settings: { lambda: 1e6 } },
  ] as const)('goes round ($settings)', async ({ target, settings }) => {
    const { network } = await trainReluNetwork({ x, y: target }, { ...quick, ...settings });
    const text = JSON.stringify(toJSON(network));
    const back = fromJSON(text);
    expect(back).toEqual(network);
    expect(fromJSON(toJSON(network))).toEqual(network);
    expect(predict(back, xNew)).toEqual(predict(network, xNew));
  });

  it('refuses what is not a network', async () => {
    const { network } = await trainReluNetwork({ x, y: three }, { ...quick, loss: 'softmax', activation: 'gated' });
    const json = toJSON(network);
    const wrong = (change: object) => () => fromJSON({ ...json, ...change });
    expect(() => fromJSON('{')).toThrow(SyntaxError);
    expect(() => fromJSON('5')).toThrow('network = 5: expected an object');
    expect(wrong({ format: 'x' })).toThrow("format = 'x': expected 'nonconvex'");
    expect(wrong({ version: 2 })).toThrow('version = 2: expected 1');
    expect(wrong({ activation: 'tanh' })).toThrow("activation = 'tanh': expected one of 'relu', 'gated'");
    expect(wrong({ loss: null })).toThrow('loss = null: expected one of');
    expect(wrong({ bias: 1 })).toThrow('bias = 1: expected a boolean');
    expect(wrong({ inputScale: [1] })).toThrow('inputScale.length = 1: expected 3');
    expect(wrong({ inputScale: [1, 0, 1] })).toThrow('inputScale[1] = 0: expected a number > 0');
    expect(wrong({ biases: 'x' })).toThrow("biases = 'x': expected an array of numbers");
    expect(wrong({ hiddenWeights: { ...json.hiddenWeights, rows: -1 } })).toThrow('hiddenWeights.rows = -1');
    expect(wrong({ outputWeights: { ...json.outputWeights, data: [null] } })).toThrow('outputWeights.data.length = 1');
    expect(wrong({ outputWeights: { rows: 1, columns: 1, data: [1] } })).toThrow('outputWeights.rows = 1: expected');
    expect(wrong({ biases: json.biases.map(() => null) })).toThrow('biases[0] = null: expected a finite number');
    expect(wrong({ gates: undefined })).toThrow('gates = undefined: expected an object');
    expect(wrong({ pattern: json.pattern.map(() => 1e6) })).toThrow(
      'pattern[0] = 1000000: expected an integer in [0, ',
    );
    expect(wrong({ classes: ['a', 1, true] })).toThrow(
      'classes: expected an array of numbers, of strings or of booleans',
    );
    expect(wrong({ classes: [1, 2] })).toThrow('classes.length = 2: expected 3');
  });
});

describe('warm start', () => {
  it('needs far fewer iterations', async () => {
    const settings = { ...quick, tolerance: 1e-6 };
    const cold = await trainReluNetwork({ x, y }, settings);
    const { patterns, ...others } = settings;
    const warm = await trainReluNetwork({ x, y }, { ...others, warmStart: cold });
    expect(warm).toMatchObject({ status: 'solved', patterns: cold.patterns });
    expect(warm.iterations).toBeLessThanOrEqual(Math.max(20, cold.iterations / 5));
    expect(warm.objective / cold.objective).toBeCloseTo(1, 5);
    const colder = await trainReluNetwork({ x, y }, { ...settings, lambda: 0.0495 });
    const warmer = await trainReluNetwork({ x, y }, { ...others, lambda: 0.0495, warmStart: cold });
    expect(warmer.objective / colder.objective).toBeCloseTo(1, 5);
    expect(warmer.iterations).toBeLessThan(colder.iterations);
  });

  it.each([{ standardize: 'norm' }, { activation: 'gated' }, { loss: 'huber' }, { bias: false }] as const)(
    'works with %o',
    async (more) => {
      const { patterns, ...others } = { ...quick, ...more };
      const cold = await trainReluNetwork({ x, y }, { ...others, patterns });
      const warm = await trainReluNetwork({ x, y }, { ...others, warmStart: cold });
      expect(warm).toMatchObject({ status: 'solved', patterns: cold.patterns });
      expect(warm.iterations).toBeLessThanOrEqual(Math.max(20, cold.iterations / 5));
    },
  );

  it('must fit', async () => {
    const warmStart = await trainReluNetwork({ x, y }, quick);
    const half = matrix(30, d, x.data.subarray(0, 30 * d));
    await expect(trainReluNetwork({ x: half, y: y.slice(0, 30) }, { warmStart })).rejects.toThrow(
      'warmStart: it had 60 rows and 1 output, this data has 30 rows and 1 output',
    );
    await expect(trainReluNetwork({ x, y }, { warmStart, bias: false })).rejects.toThrow(/expected 3/);
    await expect(trainReluNetwork({ x, y }, { warmStart, patterns: { sample: 5 } })).rejects.toThrow(/warmStart/);
    await expect(trainReluNetwork({ x, y }, { warmStart: {} as ReluResult })).rejects.toThrow('warmStart.convex');
  });
});

describe('patterns', () => {
  it('can be given, and are the same for x in other units', async () => {
    const gates = matrix(d + 1, 10, numbers(10 * (d + 1), 5));
    const a = await trainReluNetwork({ x, y }, { ...quick, patterns: { gates } });
    expect(a.patterns).toBeLessThanOrEqual(10);
    const again = await trainReluNetwork({ x, y }, { ...quick, patterns: { gates: a.convex.gates } });
    expect(again.objective).toBe(a.objective);
  });

  it.each([
    [{}, "patterns = {  }: expected 'refine', { refine }, { sample }, { gates } or { exact: true }"],
    [{ sample: 5, exact: true }, 'patterns = { sample, exact }: expected'],
    [{ smaple: 5 }, 'patterns = { smaple }: expected'],
    [{ sample: 0 }, 'patterns.sample = 0: expected at least 1'],
    [{ sample: 1.5 }, 'patterns.sample = 1.5: expected a 32-bit integer'],
    [{ sample: '5' }, "patterns.sample = '5': expected a number"],
    [{ exact: false }, 'patterns.exact = false: expected true'],
    [{ gates: 5 }, 'patterns.gates = 5: expected a matrix'],
    [[], 'patterns = an array: expected an object'],
    [5, 'patterns = 5: expected an object'],
    [{ gates: [[1], [1], [1]] }, /^rows of patterns.gates = 3: expected 4 \(.*bias\)/],
    [{ gates: [[1], [1], [1], [Number.NaN]] }, /^(patterns\.)?gates\[3\]\[0\] = NaN: expected a finite number/],
  ])('%o is refused', async (patterns, message) => {
    await expect(trainReluNetwork({ x, y }, { patterns: patterns as never })).rejects.toThrow(message);
  });

  it('are refused with their number where all are too many', async () => {
    await expect(trainReluNetwork({ x, y }, { patterns: { exact: true } })).rejects.toThrow(/\d{4,}|e\+/);
  });
});

describe('bad input', () => {
  const wide = matrix(n, d, x.data);
  const refused = async (data: unknown, message: string | RegExp, settings: ReluSettings = {}) =>
    expect(trainReluNetwork(data as { x: Matrix; y: number[] }, settings)).rejects.toThrow(message);
  const sensible = async (data: { x: Matrix; y: number[] }, settings: ReluSettings = quick) => {
    const result = await trainReluNetwork(data, settings);
    expect(result.status).toBe('solved');
    expect(Number.isFinite(result.objective)).toBe(true);
    expect(Array.from(predict(result.network, data.x)).every(Number.isFinite)).toBe(true);
    return result;
  };
  const changed = (index: number, value: number) => {
    const data = x.data.slice();
    data[index] = value;
    return { ...x, data };
  };

  it('x and y that are two arguments', async () => {
    const two = trainReluNetwork as unknown as (x: unknown, y: unknown) => Promise<unknown>;
    for (const given of [y, Float64Array.from(y)]) {
      await expect(two(x, given)).rejects.toThrow('data come first, as one object, such as { x, y }');
    }
    await expect(trainReluNetwork({ x, y }, { nonsense: 1 } as never)).rejects.toThrow(
      /^unknown setting 'nonsense'(?!.*warmStart.*warmStart)/,
    );
  });

  it('one row', async () => {
    const { network } = await sensible({ x: matrix(1, 2, [1, 2]), y: [3] });
    expect(predict(network, [[1, 2]])[0]).toBeCloseTo(3, 0);
  });

  it('a constant column, duplicate rows, a zero column', async () => {
    const constant = { ...x, data: x.data.map((v, at) => (at % d === 1 ? 7 : v)) };
    await sensible({ x: constant, y });
    await sensible({ x: constant, y }, { ...quick, standardize: 'norm' });
    const zero = { ...x, data: x.data.map((v, at) => (at % d === 1 ? 0 : v)) };
    await sensible({ x: zero, y }, { ...quick, standardize: 'norm' });
    const duplicate = { ...x, data: x.data.map((_, at) => x.data[at % (10 * d)] as number) };
    await sensible({ x: duplicate, y });
    await sensible({ x: matrix(n, d, new Float64Array(n * d)), y });
  });

  it('one class', async () => {
    const only = y.map(() => 'a');
    await refused({ x, y: only }, "y: expected at least two classes, got only 'a'");
    await refused({ x, y: y.map(() => 1) }, 'y: expected at least two classes, got only 1', { loss: 'hinge' });
  });

  it('numbers that are not finite', async () => {
    await refused(
      { x, y: y.map((v, i) => (i === 4 ? Number.NaN : v)) },
      /^y\[4\](\[0\])? = NaN: expected a finite number/,
    );
    await refused({ x, y: three.map((v, i) => (i === 4 ? Number.NaN : v)) }, 'y[4] = NaN: expected an integer class', {
      loss: 'softmax',
    });
    await refused({ x: changed(7, Number.POSITIVE_INFINITY), y }, 'x[2][1] = Infinity: expected a finite number');
    await refused({ x: changed(7, Number.NaN), y }, 'x[2][1] = NaN: expected a finite number');
  });

  it('lambda zero, negative, tiny and huge', async () => {
    await refused({ x, y }, 'lambda = 0: expected a finite number > 0', { lambda: 0 });
    await refused({ x, y }, 'lambda = -1: expected a finite number > 0', { lambda: -1 });
    await refused({ x, y }, 'lambda = Infinity: expected a finite number > 0', { lambda: Number.POSITIVE_INFINITY });
    const tiny = await trainReluNetwork({ x, y }, { ...quick, lambda: 1e-12, maxIterations: 500 });
    expect(tiny.lowerBound).toBeLessThanOrEqual(tiny.objective);
    expect((await sensible({ x, y }, { ...quick, lambda: 1e12 })).activeNeurons).toBe(0);
  });

  it('more patterns than exist', async () => {
    const { patterns } = await sensible(
      { x: matrix(4, 1, [-1, 0.5, 1, 2]), y: [1, 2, 3, 4] },
      { ...quick, patterns: { sample: 5000 } },
    );
    expect(patterns).toBeLessThanOrEqual(8);
  });

  it.each([1e-200, 1e-100, 1e-10, 1e10, 1e100, 1e200])('x in units of %f', async (unit) => {
    // In other units, x u is the same for u in the inverse unit, so lambda must follow: then so does everything.
    const scaled = { ...x, data: x.data.map((v) => v * unit) };
    const result = await trainReluNetwork({ x: scaled, y }, { ...quick, bias: false, lambda: 0.05 * unit });
    const plain = await trainReluNetwork({ x, y }, { ...quick, bias: false });
    expect(result.status).toBe('solved');
    expect(result.objective / plain.objective).toBeCloseTo(1, 3);
    expect(score(result.network, scaled, y)).toBeCloseTo(score(plain.network, x, y), 2);
  });

  it.each([1e-200, 1e200])('x in units of %f, other settings as they are', async (unit) => {
    const scaled = { ...x, data: x.data.map((v) => v * unit) };
    const outcome = await trainReluNetwork({ x: scaled, y }, { ...quick, maxIterations: 2000 }).catch(
      (error: unknown) => error,
    );
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(RangeError);
    else expect(Number.isFinite((outcome as ReluResult).objective)).toBe(true);
  });

  it('empty matrices', async () => {
    await refused({ x: matrix(0, 3, []), y: [] }, 'x: expected at least one row and one column, got 0 x');
    await refused({ x: [], y: [] }, 'x: expected at least one row and one column, got 0 x');
    await refused({ x: matrix(3, 0, []), y: [1, 2, 3] }, 'x: expected at least one row and one column, got 3 x 0');
    await refused({ x, y: matrix(n, 0, []) }, /^y: expected at least one row and one column, got 60 x 0/);
  });

  it('shapes that do not fit', async () => {
    await refused({ x, y: y.slice(1) }, 'y: expected 60 values, one for each row of x, got 59');
    await refused({ x, y: [[1]] }, 'y: expected 60 rows, as many as x, got 1');
    await refused({ x: { ...x, rows: n + 1 }, y }, 'x: expected 183 numbers for 61 x 3, got 180');
    await refused({ x: { ...x, columns: 2.5 }, y }, 'x.columns = 2.5: expected an integer in [0, 2147483647]');
    await refused({ x: { ...x, rows: '60' }, y }, "x.rows = '60': expected a number");
    await refused({ x: { ...x, data: [1, 2] }, y }, 'x.data = an array: expected a Float64Array or Float32Array');
    await refused({ x: [[1, 2], [3]], y: [1, 2] }, 'x[1]: expected 2 numbers as in x[0], got 1');
    await refused({ x: [[1, 2], 5], y: [1, 2] }, 'x[1] = 5: expected a row of numbers');
    await refused({ x: [[1, '2']], y: [1] }, "x[0][1] = '2': expected a number");
    await refused({ x: 'abc', y }, "x = 'abc': expected a matrix");
    await refused({ y }, 'x = undefined: expected a matrix');
    expect(() => matrix(2, 2, [1, 2, 3])).toThrow('matrix: expected 4 numbers for 2 x 2, got 3');
  });

  it('targets that do not fit the loss', async () => {
    await refused({ x }, 'y = undefined: expected an array');
    await refused({ x, y: 5 }, 'y = 5: expected an array');
    await refused({ x, y: y.map((v, i) => (i === 3 ? 'a' : v)) }, "y[3] = 'a': expected a number, as y[0] = ");
    await refused({ x, y: y.map((v, i) => (i === 3 ? null : v)) }, 'y[3] = null: expected a number, string or boolean');
    await refused({ x, y }, /^y\[\d+\] = .*: expected an integer class/, { loss: 'logistic' });
    await refused({ x, y: y.map(() => [0.5]) }, 'y[0] = 0.5: expected -1 or +1', { loss: 'hinge' });
    await refused({ x, y: y.map(() => [0.5, 0.4]) }, /^sum of y\[0\] = 0\.9: expected 1/, { loss: 'softmax' });
    await refused({ x, y: y.map(() => [1]) }, 'columns of y = 1: expected at least 2', { loss: 'softmax' });
  });

  it('too much memory', async () => {
    const rows = 1_000_000;
    const data = { x: matrix(rows, 1, new Float32Array(rows)), y: new Float64Array(rows) };
    const promise = trainReluNetwork(data, { splitting: 'slack', inner: 'exact', lambda: 1 });
    await expect(promise).rejects.toMatchObject({ name: 'SolverError', code: 'OUT_OF_MEMORY' });
    await expect(promise).rejects.toThrow(/1000000.*MB.*inner: 'krylov'/);
  });

  it('time that runs out inside a projection', async () => {
    const big = Array.from({ length: 300 }, (_, i) =>
      Array.from({ length: 30 }, (_, j) => Math.sin(1 + 37 * i + 11 * i * j)),
    );
    const data = { x: big, y: big.map(([first]) => Math.abs(first as number)) };
    // Whatever it is at, a report of a best network that is known among it.
    for (const timeLimit of [0.02, 0.03, 0.04, 0.05, 0.06, 0.07]) {
      const settings = { splitting: 'slack', timeLimit, tolerance: 0, checkInterval: 1 } as const;
      const result = await trainReluNetwork(data, settings);
      expect(result.status).toBe('timeLimit');
      expect(result.objective).toBeGreaterThanOrEqual(result.lowerBound);
    }
  });

  it('abort at once', async () => {
    const result = await trainReluNetwork({ x: wide, y }, { ...quick, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ status: 'aborted', iterations: 0 });
    expect(Array.from(predict(result.network, x)).every(Number.isFinite)).toBe(true);
  });
});

it('says which member is meant by a misspelt one', async () => {
  await expect(trainReluNetwork({ x, Y: y } as never)).rejects.toThrow(
    "unknown member 'Y': did you mean 'y'? Known members: x, y",
  );
});
