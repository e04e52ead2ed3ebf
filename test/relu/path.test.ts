// Cross-validation and paths of weights: against loops over folds written out here.
import { describe, expect, it } from 'vitest';
import { type Matrix, matrix } from '../../src/index.js';
import {
  crossValidate,
  decisionFunction,
  lambdaMax,
  predict,
  type ReluPathProgress,
  type ReluSettings,
  score,
  trainReluNetwork,
  trainReluPath,
} from '../../src/relu/index.js';
import { long } from '../long.js';
import { normals } from '../problems/relu.js';

function fail(): never {
  throw new Error('no more');
}

const normal = normals(12);
const n = 60;
const x = Array.from({ length: n }, () => [normal(), normal(), normal()]);
const values = x.map(([a, b]) => 40 + 9 * Math.max(0, (a as number) - (b as number)) + 3 * normal());
const labels = values.map((value) => (value > 43 ? 'up' : 'down'));
const three = values.map((value) => (value > 46 ? 'up' : value < 41 ? 'down' : 'middle'));

/** Mean of max(0, 1 - m), m the output of the right class less the largest other; classes in the order of their names. */
function hingeOf({ data, columns }: Matrix, y: readonly unknown[]): number {
  const names = [...new Set(y)].sort();
  const losses = y.map((label, i) => {
    const own = Array.from(data.subarray(i * columns, (i + 1) * columns));
    const f = columns === 1 ? [-(own[0] as number), own[0] as number] : own;
    const [right = 0] = f.splice(names.indexOf(label), 1);
    return Math.max(0, 1 - right + Math.max(...f));
  });
  return losses.reduce((sum, each) => sum + each, 0) / losses.length;
}

describe('crossValidate', () => {
  it.each([
    ['squared', values, {}],
    ['huber', values, { activation: 'gated' }],
    ['logistic', labels, {}],
    ['hinge', labels, { activation: 'gated' }],
    ['softmax', three, { activation: 'gated' }],
  ] as const)('gives outputs of networks that did not see the row: %s', async (loss, y, more) => {
    const settings = { loss, ...more } as ReluSettings;
    const folds = 4;
    const found = await crossValidate({ x, y: y as number[] }, { ...settings, folds });
    expect(found.losses).toHaveLength(folds);
    const mean = found.losses.reduce((s, v) => s + v, 0) / folds;
    expect(found.loss).toBeCloseTo(mean, 12);
    const variance = found.losses.reduce((s, v) => s + (v - mean) ** 2, 0) / (folds - 1);
    expect(found.standardError).toBeCloseTo(Math.sqrt(variance / folds), 12);
    // A row's output does not depend on its own target: with another one for row 5, what it gets stays.
    expect(found.outputs).toMatchObject({ rows: n, columns: loss === 'softmax' ? 3 : 1 });
    if (loss === 'squared' || loss === 'huber') expect(found.hinge).toBeUndefined();
    else expect(found.hinge).toBeCloseTo(hingeOf(found.outputs, y), 12);
    expect(found.score).toBeGreaterThan(loss === 'softmax' ? 0.5 : loss === 'squared' || loss === 'huber' ? 0.3 : 0.7);
  });

  it('leaves out each row once: row k of n folds is predicted by all others', async () => {
    const [few, targets] = [x.slice(0, 8), values.slice(0, 8)];
    const settings = { lambda: 0.5, patterns: { gates: matrix(4, 6, Array.from({ length: 24 }, normals(3))) } };
    const { outputs, losses, lambda } = await crossValidate({ x: few, y: targets }, { ...settings, folds: 8 });
    expect(lambda).toBe(0.5);
    const apart: number[] = [];
    for (let k = 0; k < 8; ++k) {
      const others = { x: few.filter((_, i) => i !== k), y: targets.filter((_, i) => i !== k) };
      const { network } = await trainReluNetwork(others, { ...settings, lambda: (0.5 * 7) / 8 });
      const f = decisionFunction(network, [few[k] as number[]]).data[0] as number;
      expect(outputs.data[k]).toBeCloseTo(f, 8);
      apart.push(((targets[k] as number) - f) ** 2 / 2);
    }
    const sorted = (list: ArrayLike<number>) => Array.from(list).sort((a, b) => a - b);
    sorted(losses).forEach((loss, k) => void expect(loss / (sorted(apart)[k] as number)).toBeCloseTo(1, 6));
  });

  it('has the same folds for the same seed, and its share of each class', async () => {
    const rare = x.map((_, i) => (i % 10 === 0 ? 'rare' : 'common'));
    const settings = { loss: 'logistic', folds: 8, seed: 3 } as const;
    const [a, b] = await Promise.all([
      crossValidate({ x, y: rare }, settings),
      crossValidate({ x, y: rare }, settings),
    ]);
    expect(a).toEqual(b);
    const other = await crossValidate({ x, y: rare }, { ...settings, seed: 4 });
    expect(other.outputs.data).not.toEqual(a.outputs.data);
  });

  it('refuses folds that cannot be', async () => {
    const wrong = (folds: number) => crossValidate({ x, y: values }, { folds });
    await expect(wrong(1)).rejects.toThrow('folds = 1: expected an integer >= 2');
    await expect(wrong(61)).rejects.toThrow('folds = 61: expected at most 60');
    await expect(crossValidate({ x, y: values }, { lambda: 'crossValidated' })).rejects.toThrow('trainReluPath');
  });
});

describe('trainReluPath', () => {
  it('goes from half of lambdaMax down, with one set of patterns, each as good as a solve of its own', async () => {
    const path = await trainReluPath({ x, y: values }, { lambdas: { count: 5, ratio: 0.01 } });
    const most = await lambdaMax({ x, y: values }, { lambda: 'auto' });
    expect(path.lambdaMax).toBe(most);
    path.lambdas.forEach((lambda, k) => void expect(lambda / (most * 0.5 * 0.02 ** (k / 4))).toBeCloseTo(1, 12));
    expect(path.scores).toEqual([]);
    expect(path.chosen).toBe(4);
    const { gates } = (path.results[0] as (typeof path.results)[0]).convex;
    for (const [k, { status, objective, convex, lambda }] of path.results.entries()) {
      expect([status, lambda]).toEqual(['solved', path.lambdas[k]]);
      expect(convex.gates.columns).toBe(gates.columns);
      const alone = await trainReluNetwork({ x, y: values }, { lambda, standardize: true, standardizeTargets: true });
      expect(Math.abs(objective - alone.objective)).toBeLessThan(3e-4 * alone.objective);
    }
  });

  it.each(['minimum', 'oneSe'] as const)('chooses by folds: %s', async (rule) => {
    const heard: ReluPathProgress[] = [];
    const path = await trainReluPath(
      { x, y: values },
      { folds: 4, lambdas: { rule }, onProgress: (report) => heard.push(report) },
    );
    const losses = path.scores.map(({ loss }) => loss);
    const least = losses.indexOf(Math.min(...losses));
    const limit = (losses[least] as number) + (path.scores[least]?.standardError as number);
    const expected = rule === 'minimum' ? least : losses.findIndex((loss) => loss <= limit);
    expect(path.chosen).toBe(expected);
    expect(heard.map(({ done, lambda }) => [done, lambda])).toEqual(path.lambdas.map((lambda, k) => [k + 1, lambda]));
    expect(heard.map((report) => report.score)).toEqual(path.scores);
    // It ends where three in a row were no better.
    expect(path.lambdas.length === 10 || losses.length - 1 - least === 3).toBe(true);
    // The score of a weight is that of cross-validation with it alone, up to where solves end.
    const { loss } = await crossValidate(
      { x, y: values },
      {
        lambda: path.lambdas[2] as number,
        standardize: true,
        standardizeTargets: true,
        folds: 4,
        tolerance: 1e-6,
        patterns: { gates: rawGates(path.results[0] as Trained) },
      },
    );
    expect(Math.abs(loss / (losses[2] as number) - 1)).toBeLessThan(0.02);
  });

  it('has the weights and the networks of lambda crossValidated, whose folds are solved to a hundredth', async () => {
    const path = await trainReluPath({ x, y: labels }, { loss: 'logistic', folds: 5 });
    const result = await trainReluNetwork({ x, y: labels }, { loss: 'logistic', lambda: 'crossValidated' });
    expect(result).toMatchObject({
      lambda: path.lambdas[path.chosen],
      lambdaFrom: 'crossValidated',
      lambdaMax: path.lambdaMax,
      crossValidation: { chosen: path.chosen },
      status: 'solved',
    });
    const scores = result.crossValidation?.scores ?? [];
    scores.forEach(({ lambda, loss, standardError }, k) => {
      expect(lambda).toBe(path.scores[k]?.lambda);
      expect(Math.abs(loss - (path.scores[k]?.loss ?? 0))).toBeLessThan(standardError);
    });
    expect(scores.length).toBeGreaterThan(path.chosen);
    expect(result).not.toHaveProperty('leftOut');
    const { networkObjective, certificate } = path.results[path.chosen] as (typeof path.results)[0];
    expect(result.networkObjective).toBeGreaterThanOrEqual((certificate.lowerBound as number) * (1 - 1e-9));
    expect(result.networkObjective).toBeLessThan(1.01 * networkObjective);
    expect(score(result.network, x, labels)).toBeGreaterThan(0.75);
  });

  it.runIf(long)(
    'compares weights for refined patterns with networks of a descent, and refines at the end',
    async () => {
      const heard: number[] = [];
      const onProgress = ({ iteration }: { iteration: number }) => heard.push(iteration);
      const patterns = { refine: { rounds: 1, restarts: 0 } };
      const refined = await trainReluNetwork({ x, y: values }, { lambda: 'crossValidated', patterns, onProgress });
      const { scores, chosen } = refined.crossValidation as NonNullable<typeof refined.crossValidation>;
      expect(refined.lambdaFrom).toBe('crossValidated');
      expect(scores.map(({ lambda }) => lambda)).toEqual(scores.map(({ lambda }) => lambda).sort((a, b) => b - a));
      expect(refined.lambda).toBe(scores[chosen]?.lambda);
      expect(refined.crossValidation?.best).toEqual(scores[chosen]);
      // Both neighbours of the least loss were tried, half a decade away, unless it is at an end.
      expect(scores.length).toBeGreaterThanOrEqual(3);
      const descent = { standardize: true, standardizeTargets: true, tolerance: 1e-2 } as const;
      const of = {
        ...descent,
        lambda: refined.lambda,
        patterns: { refine: { rounds: 0, restarts: 0, estimate: false, program: false, neurons: 50, iterations: 60 } },
      };
      expect((await crossValidate({ x, y: values }, of)).loss).toBe(scores[chosen]?.loss);
      expect(refined.estimate).toBeDefined();
      // Reports are those of the refinement alone.
      expect(heard).toEqual([...heard].sort((a, b) => a - b));
      expect(heard.length).toBeGreaterThan(0);
    },
  );

  it.runIf(long)('goes along refined patterns', async () => {
    const lambdas = { count: 2, ratio: 0.01 };
    const settings = { patterns: { refine: { rounds: 1, restarts: 0 } }, lambdas, folds: 2 } as const;
    const { results, scores } = await trainReluPath({ x, y: values }, settings);
    expect(results).toHaveLength(2);
    expect(results.every(({ estimate }) => estimate !== undefined)).toBe(true);
    expect(scores.at(-1)?.score).toBeGreaterThan(0.3);
  });

  it('ends with a signal or when time is out, with what there is', async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const path = await trainReluPath({ x, y: values }, { folds: 3, signal: stop.signal, onProgress });
    expect(path.lambdas.length).toBeLessThanOrEqual(2);
    expect(path.lambdas.length).toBeGreaterThan(0);
    const late = await trainReluNetwork({ x, y: values }, { lambda: 'crossValidated', timeLimit: 0 });
    expect(late.status).toBe('timeLimit');
  });

  it.each([
    ['throws', fail],
    ['rejects', async () => fail()],
  ])('ends with CALLBACK_FAILED where a listener %s', async (_, listener) => {
    const failing = trainReluPath({ x, y: values }, { folds: 2, lambdas: { count: 3 }, onProgress: listener });
    await expect(failing).rejects.toMatchObject({ code: 'CALLBACK_FAILED', message: 'onProgress threw: no more' });
  });

  it('takes targets that do not vary', async () => {
    const { lambdas, results } = await trainReluPath({ x, y: x.map(() => 5) }, { folds: 2 });
    expect(lambdas).toEqual([1]);
    expect([...predict((results[0] as Trained).network, x.slice(0, 2))]).toEqual([5, 5]);
  });

  it.each([
    [{ lambdas: { count: 0 } }, 'lambdas.count = 0: expected an integer in [1, 10000]'],
    [{ lambdas: { count: 2 ** 40 } }, 'lambdas.count = 1099511627776: expected an integer in [1, 10000]'],
    [{ lambdas: { ratio: 0 } }, 'lambdas.ratio = 0: expected a finite number > 0'],
    [{ lambdas: { ratio: 0.7 } }, 'lambdas.ratio = 0.7: expected a number in (0, 0.5]'],
    [{ lambdas: { rule: 'best' } }, "lambdas.rule = 'best': expected one of 'minimum', 'oneSe'"],
    [{ count: 5 }, "unknown setting 'count': it belongs to the lambdas: lambdas: { count: 20 }"],
    [{ onProgress: 3 }, 'onProgress = 3: expected a function'],
    [{ fold: 3 }, 'fold'],
  ])('refuses %o', async (settings, message) => {
    await expect(trainReluPath({ x, y: values }, settings as object)).rejects.toThrow(message);
  });
});

type Trained = Awaited<ReturnType<typeof trainReluNetwork<number[]>>>;

/** Gates on (x, 1) of a result whose x was standardised. */
function rawGates({ convex, network }: Pick<Trained, 'convex' | 'network'>): Matrix {
  const { data, rows, columns } = convex.gates;
  const raw = data.map((g, at) => g / (network.inputScale[Math.floor(at / columns)] ?? 1));
  for (let k = 0; k < rows - 1; ++k) {
    for (let i = 0; i < columns; ++i) {
      const at = (rows - 1) * columns + i;
      raw[at] = (raw[at] as number) - (raw[k * columns + i] as number) * (network.inputShift?.[k] as number);
    }
  }
  return { data: raw, rows, columns };
}
