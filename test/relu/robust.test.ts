// Robust training against cvxopt, a grid of attacks, and what attacks find; and attacks on networks by hand.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { attack, decisionFunction, type ReluResult, trainReluNetwork } from '../../src/relu/index.js';
import { withCountedClock } from '../clock.js';
import { chosen, long } from '../long.js';
import { patience } from '../patience.js';
import { normals, patternsOf, type Rows, table, toMatrix, toRows, withOnes } from '../problems/relu.js';
import { oracle } from '../reference/relu.js';

type Loss = 'squared' | 'hinge' | 'logistic';
type Norm = 'inf' | 'two';

interface Case {
  loss: Loss;
  norm: Norm;
  radius: number;
  x: Rows;
  y: number[];
  gates: Rows;
  lambda: number;
}

const every: Case[] = [];
for (const loss of ['squared', 'hinge', 'logistic'] as const) {
  for (const norm of ['inf', 'two'] as const) {
    for (const radius of [0.05, 0.15]) {
      const draw = normals(every.length + 1);
      const x = table(12, 2, draw);
      const y = x.map(([a = 0, b = 0]) => {
        const f = Math.abs(a) - 0.5 * b - 0.3;
        return loss === 'squared' ? f + 0.1 * draw() : Math.sign(f);
      });
      every.push({ loss, norm, radius, x, y, gates: table(3, 6, draw), lambda: 0.1 });
    }
  }
}

/** Cases of each loss and norm with one radius; `npm run test:long` tries the other. */
const cases = chosen(every, 2);

function solve({ loss, norm, radius, x, y, gates, lambda }: Case, more: object = {}): Promise<ReluResult> {
  return trainReluNetwork(
    { x, y: toMatrix(y.map((value) => [value])) },
    {
      ...{ loss, lambda, adversary: { norm, radius }, patterns: { gates: toMatrix(gates) } },
      ...{ tolerance: 1e-7, maxIterations: 50_000 },
      ...more,
    },
  );
}

function lossOf(loss: Loss, f: number, y: number): number {
  if (loss === 'squared') return (f - y) ** 2 / 2;
  return loss === 'hinge' ? Math.max(0, 1 - y * f) : Math.log1p(Math.exp(-y * f));
}

/** The sum over the rows of the largest loss on a grid of perturbations, the corners or the circle among them. */
function worstOnGrid({ loss, norm, radius, x, y }: Case, { network }: ReluResult, steps = 24): number {
  const moves = Array.from({ length: (steps + 1) ** 2 }, (_, k) => {
    const [s, t] = [(k % (steps + 1)) / steps, Math.floor(k / (steps + 1)) / steps];
    if (norm === 'inf') return [radius * (2 * s - 1), radius * (2 * t - 1)];
    return [radius * s * Math.cos(2 * Math.PI * t), radius * s * Math.sin(2 * Math.PI * t)];
  });
  return x.reduce((sum, [a = 0, b = 0], k) => {
    const moved = moves.map(([s = 0, t = 0]) => [a + s, b + t]);
    const { data } = decisionFunction(network, moved);
    return sum + Math.max(...Array.from(data, (f) => lossOf(loss, f, y[k] as number)));
  }, 0);
}

function regulariser({ network: { hiddenWeights, biases, outputWeights } }: ReluResult, lambda: number): number {
  const squares = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value * value, 0);
  return (lambda / 2) * (squares(hiddenWeights.data) + squares(biases) + squares(outputWeights.data));
}

describe.skipIf(!oracle())('against cvxopt', () => {
  let results: ReluResult[] = [];
  let optima: number[] = [];
  let published: number[] = [];
  beforeAll(async () => {
    results = await Promise.all(cases.map((each) => solve(each)));
    const instances = cases.map(({ loss, norm, radius, x, y, lambda }, k) => ({
      ...{ loss, norm, radius, y, lambda, inputs: 2, x: withOnes(x) },
      patterns: patternsOf(withOnes(x), toRows((results[k] as ReluResult).convex.gates)),
    }));
    const both = optimaOf([false, true].flatMap((as) => instances.map((each) => ({ ...each, published: as }))));
    [optima, published] = [both.slice(0, cases.length), both.slice(cases.length)];
  }, patience);

  function optimaOf(instances: readonly object[]): number[] {
    const script = fileURLToPath(new URL('../reference/robust.py', import.meta.url));
    const run = spawnSync('/usr/bin/python3', [script], { input: JSON.stringify(instances), encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
    return JSON.parse(run.stdout) as number[];
  }

  it.each(cases.map(({ loss, norm, radius }, k) => [loss, norm, radius, k] as const))(
    '%s, %s, radius %d',
    (...each) => {
      const k = each[3];
      const [result, optimum] = [results[k] as ReluResult, optima[k] as number];
      expect(result.status, result.message).toBe('solved');
      expect(Math.abs(result.objective / optimum - 1)).toBeLessThan(1e-5);
      expect(result.lowerBound).toBeLessThanOrEqual(optimum * (1 + 1e-8));
      expect(result.activeNeurons).toBeGreaterThan(0);
      // Constraints at fewer rows: never worse than as published, and the same for the squared loss.
      const full = published[k] as number;
      expect(optimum / full).toBeLessThan(1 + 1e-6);
      if (result.network.loss === 'squared') expect(optimum / full).toBeGreaterThan(1 - 1e-6);
    },
  );
});

describe('the worst case', () => {
  it.each(cases.map((each) => [each.loss, each.norm, each.radius, each] as const))(
    'of %s, %s, radius %d, is no more than certified on a grid of attacks, and that for the squared loss',
    async (loss, norm, radius, each) => {
      const result = await solve(each);
      const { robustness, objective } = result;
      const worst = robustness?.worstCaseLoss as number;
      expect(worst + regulariser(result, each.lambda)).toBeCloseTo(objective, 7);
      const grid = worstOnGrid(each, result);
      expect(grid).toBeLessThanOrEqual(worst + 1e-9);
      // Margins have an upper bound, that of numbers is reached.
      if (loss === 'squared') expect(grid).toBeGreaterThan((norm === 'inf' ? 1 - 1e-7 : 0.98) * worst - 1e-6);
      // Steps reach the corners that a grid of the disk only comes near to.
      const labels = toMatrix(each.y.map((value) => [value]));
      const found = await attack(
        { network: result.network, x: each.x, y: labels },
        { norm, radius, steps: 100, restarts: 2 },
      );
      const attacked = Array.from(decisionFunction(result.network, found.x).data);
      const loss0 = attacked.reduce((sum, f, k) => sum + lossOf(loss, f, each.y[k] as number), 0);
      expect(loss0).toBeLessThanOrEqual(worst + 1e-9);
      if (loss === 'squared') expect(loss0).toBeGreaterThan((1 - 1e-3) * worst - 1e-6);
    },
  );

  it('is no better than without an adversary, and the same as that for radius 0', async () => {
    const [each] = cases as [Case];
    const without = await solve(each, { adversary: undefined });
    const zero = await solve({ ...each, radius: 0 });
    const some = await solve(each);
    // The pattern of all rows is one more than without.
    expect(zero.objective).toBeLessThanOrEqual(without.objective * (1 + 1e-6));
    expect(some.objective).toBeGreaterThan(zero.objective);
  });
});

it('is certified row by row, between what is proved and what an attack finds', async () => {
  const draw = normals(21);
  const x = table(40, 2, draw);
  const y = x.map(([a = 0, b = 0]) => (a + b * b > 0.5 ? 'out' : 'in'));
  const adversary = { norm: 'two', radius: 0.2, certify: true } as const;
  const settings = { loss: 'hinge', lambda: 0.05, patterns: { sample: 20 }, tolerance: 1e-3 } as const;
  const { network, robustness, status } = await trainReluNetwork({ x, y }, { ...settings, adversary });
  expect(status).toBe('solved');
  const { certified = Number.NaN, attacked } = robustness ?? {};
  expect(certified + (attacked as number)).toBe(40);
  const { margins } = await attack({ network, x, y }, { norm: 'two', radius: 0.2, steps: 200, restarts: 5 });
  // In two dimensions these attacks find what there is.
  expect(certified).toBe(margins.filter((margin) => margin > 0).length);
  expect(certified).toBeGreaterThan(10);
  expect(attacked).toBeGreaterThan(0);
  const plain = await trainReluNetwork({ x, y }, { ...settings, adversary: { norm: 'two', radius: 0.2 } });
  expect(plain.robustness).not.toHaveProperty('certified');
  const numbers = trainReluNetwork({ x, y: x.map(([a]) => a as number) }, { loss: 'squared', adversary });
  await expect(numbers).rejects.toThrow('adversary.certify = true: expected false, as y are numbers');
});

describe('patterns without room', () => {
  it.runIf(long)('are counted, and where none is left the zero network is explained', async () => {
    const draw = normals(40);
    const x = table(20, 3, draw);
    const y = x.map(([a = 0]) => (a > 0 ? 'yes' : 'no'));
    const adversary = { norm: 'inf', radius: 0.5 } as const;
    const settings = { loss: 'squared', lambda: 0.1, adversary, patterns: { sample: 25 } } as const;
    const { robustness, status } = await trainReluNetwork({ x, y }, settings);
    expect(status).toBe('solved');
    expect(robustness?.patternsFound).toBeGreaterThan(10);
    expect(robustness?.patternsWithRoom).toBeGreaterThan(0);
    expect(robustness?.patternsWithRoom).toBeLessThan(10);
    const none = await trainReluNetwork({ x, y }, { ...settings, bias: false });
    expect(none.activeNeurons).toBe(0);
    expect(none.robustness?.patternsWithRoom).toBe(0);
    expect(none.message).toContain('has a neuron that keeps it under every perturbation');
    const large = await trainReluNetwork({ x, y }, { ...settings, lambda: 1e3 });
    expect(large.activeNeurons).toBe(0);
    expect(large.message).toContain('The network without neurons is optimal');
  });
});

describe('refuses', () => {
  const x = table(6, 2, normals(3));
  const y = ['a', 'b', 'a', 'b', 'a', 'b'];
  const adversary = { norm: 'inf', radius: 0.1 };
  it.each([
    [{ adversary: { norm: 'one', radius: 0.1 } }, "adversary.norm = 'one': expected one of 'inf', 'two'"],
    [{ adversary: { norm: 'inf', radius: -1 } }, 'adversary.radius = -1: expected a finite number >= 0'],
    [{ adversary: { norm: 'inf', radius: 1, size: 2 } }, 'size'],
    [{ adversary, activation: 'gated' }, "activation = 'gated': expected, with an adversary, 'relu'"],
    [{ adversary, loss: 'softmax' }, "loss = 'softmax': expected, with an adversary, 'squared', 'hinge' or 'logistic'"],
    [{ adversary, standardize: 'norm' }, "standardize = 'norm': expected, with an adversary, false"],
    [{ adversary, patterns: 'refine' }, "patterns = 'refine': expected, with an adversary, { sample }"],
  ])('%j', async (settings, message) => {
    const train = trainReluNetwork({ x, y }, { lambda: 0.1, ...settings } as never);
    await expect(train).rejects.toThrow(message);
  });

  it('attacks that make no sense', async () => {
    const { network } = await trainReluNetwork({ x, y }, { lambda: 0.01 });
    const run = (settings: object) => attack({ network, x, y }, { norm: 'inf', radius: 0.1, ...settings });
    await expect(run({ norm: 'max' })).rejects.toThrow("norm = 'max': expected one of 'inf', 'two'");
    await expect(run({ radius: -1 })).rejects.toThrow('radius = -1: expected a finite number >= 0');
    await expect(run({ steps: 0 })).rejects.toThrow('steps = 0: expected an integer >= 1');
    await expect(run({ steps: 1e12 })).rejects.toThrow('steps = 1000000000000: expected an integer in [1, 10000]');
    await expect(run({ restarts: 1e6 })).rejects.toThrow('restarts = 1000000: expected an integer in [0, 10000]');
    await expect(run({ timeLimit: -1 })).rejects.toThrow('timeLimit = -1: expected a finite number >= 0');
    await expect(run({ signal: 1 })).rejects.toThrow('signal = 1: expected an AbortSignal');
    await expect(run({ range: [1, 0] })).rejects.toThrow('range = [1, 0]: expected the smaller number first');
    await expect(run({ method: 'bim' })).rejects.toThrow("method = 'bim'");
    await expect(attack({ network, x, y: ['a', 'c', 'a', 'b', 'a', 'b'] }, { norm: 'inf', radius: 1 })).rejects.toThrow(
      "y[1] = 'c': expected a class of the network",
    );
    await expect(attack({ network, x: table(6, 3, normals(1)), y }, { norm: 'inf', radius: 1 })).rejects.toThrow(
      'columns of x = 3',
    );
  });
});

describe('attacks', () => {
  const x = table(40, 3, normals(8));
  const labels = x.map(([a = 0, b = 0]) => (a > 0.6 ? 'up' : b > 0 ? 'right' : 'left'));

  it.each(['relu', 'gated'] as const)(
    'stay within the radius and the range, and make scores of %s worse',
    async (activation) => {
      const { network } = await trainReluNetwork({ x, y: labels }, { activation, loss: 'softmax' });
      for (const norm of ['inf', 'two'] as const) {
        const pgd = await attack({ network, x, y: labels }, { norm, radius: 0.3, range: [-3, 3], seed: 5 });
        const fgsm = await attack({ network, x, y: labels }, { norm, radius: 0.3, range: [-3, 3], method: 'fgsm' });
        const clean = await attack({ network, x, y: labels }, { norm, radius: 0 });
        const moves = toRows(pgd.x).map((row, k) => row.map((value, i) => value - (x[k]?.[i] as number)));
        const sizes = moves.map((move) => (norm === 'inf' ? Math.max(...move.map(Math.abs)) : Math.hypot(...move)));
        expect(Math.max(...sizes)).toBeLessThanOrEqual(0.3 * (1 + 1e-12));
        expect(pgd.score).toBeLessThanOrEqual(fgsm.score);
        expect(pgd.score).toBeLessThan(clean.score);
        for (let k = 0; k < 40; ++k) {
          expect(pgd.margins[k] as number).toBeLessThanOrEqual((clean.margins[k] as number) + 1e-12);
        }
        expect(await attack({ network, x, y: labels }, { norm, radius: 0.3, range: [-3, 3], seed: 5 })).toEqual(pgd);
      }
    },
  );

  it('end by an abort or a time limit with what they have found', async () => {
    const { network } = await trainReluNetwork({ x, y: labels }, { loss: 'softmax' });
    // Steps so short that none is the last to move anything.
    const endless = { norm: 'two', radius: 0.3, steps: 10_000, restarts: 10_000, stepSize: 1e-5 } as const;
    const clean = await attack({ network, x, y: labels }, { norm: 'two', radius: 0 });
    const controller = new AbortController();
    const running = attack({ network, x, y: labels }, { ...endless, signal: controller.signal });
    setImmediate(() => controller.abort());
    const aborted = await running;
    const limited = await withCountedClock(1, () => attack({ network, x, y: labels }, { ...endless, timeLimit: 1 }));
    expect([aborted.status, limited.status]).toEqual(['aborted', 'timeLimit']);
    for (const { margins, x: moved } of [aborted, limited]) {
      expect(margins[0]).toBeLessThan(clean.margins[0] as number);
      expect(margins[39]).toBe(clean.margins[39]);
      expect(toRows(moved)[39]).toEqual(x[39]);
    }
    const none = await attack({ network, x, y: labels }, { ...endless, signal: AbortSignal.abort() });
    expect(none).toEqual({ ...clean, status: 'aborted' });
    expect(clean.status).toBe('complete');
  });

  it('of one linear neuron are known: y f falls by the radius times the dual norm', async () => {
    const y = x.map(([a = 0, b = 0]) => 5 + a - 2 * b);
    const { network } = await trainReluNetwork(
      { x, y },
      { lambda: 1e-3, patterns: { gates: [[0], [0], [0], [1]] }, adversary: { norm: 'inf', radius: 0.01 } },
    );
    const outputs = Array.from(network.outputWeights.data);
    const slope = toRows(network.hiddenWeights).map((row) =>
      row.reduce((sum, u, j) => sum + u * (outputs[j] as number), 0),
    );
    for (const norm of ['inf', 'two'] as const) {
      const { margins } = await attack({ network, x, y }, { norm, radius: 0.01, method: 'fgsm' });
      const f = decisionFunction(network, x).data;
      const size = norm === 'inf' ? slope.reduce((sum, each) => sum + Math.abs(each), 0) : Math.hypot(...slope);
      margins.forEach((margin, k) => {
        expect(margin).toBeCloseTo(-Math.abs((f[k] as number) - (y[k] as number)) - 0.01 * size, 9);
      });
    }
  });
});
