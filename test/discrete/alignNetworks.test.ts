// Networks in another order of units: copies, balanced units, the loss between two networks, and what is said of wrong arguments.
import { describe, expect, it } from 'vitest';
import { alignNetworks } from '../../src/discrete/index.js';
import * as relu from '../../src/relu/index.js';
import { decisionFunction, type ReluNetwork, trainReluNetwork } from '../../src/relu/index.js';
import { uniforms } from '../algebra.js';
import { asGiven, asLists, distance, drawnNetwork, inOrder, type Lists, outputs } from './alignJudge.js';

/** Random orders of hidden units. */
function shuffled(widths: readonly number[], seed: number): number[][] {
  const uniform = uniforms(seed);
  return widths.slice(1, -1).map((units) =>
    Array.from({ length: units }, (_, j) => ({ j, at: uniform() }))
      .sort((p, q) => p.at - q.at)
      .map(({ j }) => j),
  );
}

describe('a shuffled copy', () => {
  it.each([[[5, 12, 3]], [[6, 30, 25, 4]], [[6, 20, 24, 16, 3]]])('of %j is put into order exactly', async (widths) => {
    for (let seed = 1; seed < 4; ++seed) {
      const a = drawnNetwork(widths, seed);
      const order = shuffled(widths, seed + 20);
      const b = asGiven(inOrder(a, order));
      const result = await alignNetworks({ a: asGiven(a), b }, { starts: 3 });
      expect(result.status).toBe('solved');
      expect(result.certificate.kind).toBe('global');
      expect(distance(asLists(result.network), a)).toBe(0);
      const back = result.permutations.map((each, l) => Array.from(each, (j) => order[l]?.[j]));
      expect(back).toEqual(widths.slice(1, -1).map((units) => Array.from({ length: units }, (_, j) => j)));
      // Units that no row turns on are all alike by their activations.
      const uniform = uniforms(seed);
      const x = Array.from({ length: 200 }, () => Array.from({ length: widths[0] as number }, () => 8 * uniform() - 4));
      const byRows = await alignNetworks({ a: asGiven(a), b, x, y: x.map(() => 1) }, { by: 'activations', points: 3 });
      expect(byRows.certificate.kind).toBe('global');
      expect((byRows.objective as number) / (byRows.certificate.gapScale as number)).toBeLessThan(1e-14);
      expect(byRows.barrier?.height).toBeLessThan(1e-12);
    }
  });

  it('is put into order where its units are scaled, too', async () => {
    const a = drawnNetwork([4, 10, 8, 2], 3);
    const order = shuffled([4, 10, 8, 2], 5);
    const moved = inOrder(a, order);
    const scales = [0, 1].map((l) => (moved.layers[l] as Lists['layers'][0]).biases.map((_, j) => 10 ** ((j % 5) - 2)));
    const b: Lists = {
      layers: moved.layers.map(({ weights, biases }, l) => ({
        weights: weights.map((row, k) => row.map((w, j) => (w * (scales[l]?.[j] ?? 1)) / (scales[l - 1]?.[k] ?? 1))),
        biases: biases.map((w, j) => w * (scales[l]?.[j] ?? 1)),
      })),
    };
    const result = await alignNetworks({ a: asGiven(a), b: asGiven(b) });
    expect(result.objective).toBeLessThan(1e-20);
    const row = [0.3, -1, 0.5, 2];
    const between = outputs(asLists(result.merged(0.3)), row);
    for (const [k, value] of outputs(a, row).entries()) {
      expect(between[k]).toBeCloseTo(value, 12);
      expect(outputs(asLists(result.network), row)[k]).toBeCloseTo(value, 10);
    }
  });
});

const rows = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(2.3 * i)]);
const classes = rows.map(([p = 0, q = 0]) => (p * q > 0 ? 2 : p > 0 ? 1 : 0));

it('has the losses between the networks', async () => {
  const [a, b] = [drawnNetwork([2, 9, 7, 3], 1), drawnNetwork([2, 9, 7, 3], 2)];
  const data = { a: asGiven(a), b: asGiven(b), x: rows, y: classes };
  const { barrier, merged } = await alignNetworks(data, { points: 5, balance: false });
  if (!barrier) throw new Error('no barrier');
  expect(Array.from(barrier.t)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  const lossOf = (network: Lists): number =>
    rows.reduce((sum, row, i) => {
      const f = outputs(network, row);
      return (
        sum + (Math.log(f.reduce((total, v) => total + Math.exp(v), 0)) - (f[classes[i] as number] as number)) / 40
      );
    }, 0);
  for (const [k, t] of barrier.t.entries()) {
    expect(barrier.loss[k]).toBeCloseTo(lossOf(asLists(merged(t))), 12);
    const plain = {
      layers: a.layers.map(({ weights, biases }, l) => ({
        weights: weights.map((row, i) => row.map((w, j) => (1 - t) * w + t * (b.layers[l]?.weights[i]?.[j] as number))),
        biases: biases.map((w, j) => (1 - t) * w + t * (b.layers[l]?.biases[j] as number)),
      })),
    };
    expect(barrier.before.loss[k]).toBeCloseTo(lossOf(plain), 12);
  }
  const above = Array.from(
    barrier.loss,
    (loss, k) => loss - (1 - k / 4) * (barrier.loss[0] as number) - (k / 4) * (barrier.loss[4] as number),
  );
  expect(barrier.height).toBeCloseTo(Math.max(0, ...above), 12);
  expect(barrier.accuracy?.[0]).toBeGreaterThanOrEqual(0);
});

describe('networks of trainReluNetwork', () => {
  const y = rows.map(([p = 0, q = 0]) => (p * q > 0 ? 'same' : 'other'));
  const trained = async (lambda: number, standardize: boolean): Promise<ReluNetwork> => {
    const settings = { loss: 'logistic', lambda, standardize, patterns: { sample: 12 }, seed: 1 } as const;
    return (await trainReluNetwork({ x: rows, y }, settings)).network as ReluNetwork;
  };

  it('keep their outputs, and a copy in units of its own is found', async () => {
    const a = await trained(0.05, true);
    const m = a.biases.length;
    const order = shuffled([2, m, 1], 3)[0] as number[];
    const pick = (values: ArrayLike<number>) => order.map((j) => values[j] as number);
    const b = {
      ...a,
      hiddenWeights: {
        ...a.hiddenWeights,
        data: Float64Array.from([0, 1].flatMap((k) => pick(a.hiddenWeights.data.subarray(k * m, (k + 1) * m)))),
      },
      outputWeights: { ...a.outputWeights, data: Float64Array.from(pick(a.outputWeights.data)) },
      biases: Float64Array.from(pick(a.biases)),
    };
    const result = await relu.alignNetworks({ a: { network: a }, b, x: rows, y });
    const wanted = decisionFunction(a, rows);
    for (const network of [result.network, result.merged(), result.merged(0.2)]) {
      const found = decisionFunction(network as ReluNetwork, rows);
      for (const [i, value] of wanted.data.entries()) expect(found.data[i]).toBeCloseTo(value, 10);
    }
    expect(result.certificate.kind).toBe('global');
    expect(result.barrier?.height).toBeCloseTo(0, 10);
    expect(result.barrier?.accuracy?.[5]).toBe(result.barrier?.accuracy?.[0]);
  });
});

describe('wrong arguments', () => {
  const a = asGiven(drawnNetwork([2, 3, 2], 1));
  const wider = asGiven(drawnNetwork([2, 4, 2], 1));
  const deeper = asGiven(drawnNetwork([2, 3, 3, 2], 1));
  const x = [[1, 2]];
  it.each([
    [{ a, b: wider }, {}, 'units of hidden layer 0 of b = 4: expected 3, as a has'],
    [{ a, b: deeper }, {}, 'layers of b = 3: expected 2, as a has'],
    [{ a, b: 7 }, {}, 'b = 7: expected a network, a result with one, layers, or bytes of ONNX'],
    [{ a: { layers: [] }, b: a }, {}, 'a.layers = '],
    [{ a, b: a }, { by: 'activations' }, "by = 'activations': expected rows x with it"],
    [{ a, b: a, y: [1] }, {}, 'y: expected rows x with it'],
    [{ a, b: a, x: [[1]] }, {}, 'columns of x = 1: expected 2, as the networks have inputs'],
    [{ a, b: a, x, y: [2] }, {}, 'y[0] = 2: expected a class of the network'],
    [{ a, b: a, x, y: [1] }, { loss: 'logistic' }, "loss = 'logistic': expected one output, got 2"],
    [{ a, b: a, x, y: [1] }, { loss: 'hinge' }, 'loss'],
    [{ a, b: a }, { by: 'weight' }, 'by'],
    [
      { a, b: a },
      { warmStart: { permutations: [] } },
      'warmStart.permutations: expected 1 lists, one for each hidden layer',
    ],
    [
      { a, b: a },
      { warmStart: { permutations: [[0, 1, 1]] } },
      'warmStart.permutations[0]: expected each number from 0 to 2 once',
    ],
  ])('%#', async (data, settings, says) => {
    await expect(alignNetworks(data as never, settings as never)).rejects.toThrow(says);
  });

  it('of merged', async () => {
    const { merged } = await alignNetworks({ a, b: a });
    expect(() => merged(2)).toThrow('t = 2: expected a number in [0, 1]');
  });
});
