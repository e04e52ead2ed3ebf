// What solves on a CUDA device promise: held to by the simulated device everywhere, and by a GPU where there is one.
import { describe, expect, it } from 'vitest';
import type * as nonconvex from '../../src/index.js';
import { type NlpResult, type Progress, type ReluResult, type SolveResult, SolverError } from '../../src/index.js';
import { type Fixture, fixtures, numbers, type Problem, regression, solve, timeless } from './fixtures.js';

export interface Kind {
  /** Of each sort that a GPU solves, one. */
  problems: Record<string, Problem>;
  /** One of them, soon solved. */
  problem: Problem;
  /** Not solved within many seconds. */
  endless: Problem;
  /** What 'auto' takes a GPU for, soon done. */
  large: Problem;
  /** Needs more than 600 MB of a device's memory. */
  wide: Problem;
  /** Settings and data that are wrong, the latter with what is said of them. */
  wrong: { settings: Record<string, unknown>[]; data: object; says: string };
  /** What only the CPU solves, and a part of the sentence that says so; before it is queued, or when it is its turn. */
  refused: [Problem, string][];
  refusedLater: [Problem, string][];
  /** Whether two results are of the same problem. */
  agree(cpu: SolveResult, cuda: SolveResult): void;
}

// ReLU networks ------------------------------------------------------------------------------------------------------

const { small } = fixtures.relu as Fixture;
const { x, y } = regression(60, 4);
const signs = y.map((value) => (value > 0 ? 1 : -1));
const classes = y.map((value) => (value > 0.3 ? 'high' : value < 0 ? 'low' : 'middle'));
const twoOutputs = { data: numbers(120, 3), rows: 60, columns: 2 };
const network = (data: object, settings: object): Problem => ({
  solver: 'trainReluNetwork',
  data,
  settings: { activation: 'gated', beta: 0.1, patterns: { sample: 12 }, tolerance: 1e-4, ...settings },
});
const gated: Problem = { ...small, settings: { ...small.settings, activation: 'gated' } };
/** In work, by gates that all make the same pattern. */
const gates = { data: new Float64Array(5 * 420_000).fill(1), rows: 5, columns: 420_000 };

const relu: Kind = {
  problems: {
    squared: network({ x, y }, {}),
    huber: network({ x, y }, { loss: 'huber', huberDelta: 0.2 }),
    logistic: network({ x, y: signs }, { loss: 'logistic' }),
    hinge: network({ x, y: signs }, { loss: 'hinge' }),
    softmax: network({ x, y: classes }, { loss: 'softmax' }),
    'two outputs, coupled': network({ x, y: twoOutputs }, { coupling: 'frobenius' }),
    'no bias, normalised': network({ x, y }, { bias: false, normalize: 'columns' }),
    'single precision': network({ x, y }, { precision: 'float32' }),
    'without factors': network({ x, y }, { inner: 'krylov' }),
    sampled: network({ x, y }, { method: 'sampled', activation: 'relu' }),
    slack: network({ x, y }, { splitting: 'slack', activation: 'relu' }),
  },
  problem: gated,
  endless: {
    ...gated,
    settings: { ...gated.settings, beta: 1e-6, tolerance: 0, maxIterations: 2 ** 31 - 1, checkInterval: 1 },
  },
  large: network({ x, y }, { patterns: { gates }, maxIterations: 2 }),
  // The matrix to factor alone, 9000 x 9000, has 648 MB.
  wide: network(regression(9000, 20), { patterns: { sample: 500 }, inner: 'exact' }),
  wrong: {
    settings: [{ beta: -1 }, { bta: 1 }, { loss: 'l2' }],
    data: { ...gated.data, y: new Array(40).fill(Number.NaN) },
    says: 'y[0]',
  },
  refused: [[small, "'slack'"]],
  refusedLater: [],
  agree(cpu, cuda) {
    // Each is within the tolerance of the optimum.
    expect(Math.abs(cuda.objective - cpu.objective)).toBeLessThanOrEqual(2e-4 * Math.abs(cpu.objective));
    expect((cuda as ReluResult).lowerBound).toBeLessThanOrEqual(cpu.objective * (1 + 1e-9));
  },
};

// Regressions --------------------------------------------------------------------------------------------------------

type Library = typeof nonconvex;
type Data = Parameters<Library['nlp']['generalizedLinearModel']>[0];

const model = (data: object, settings: object = {}): Problem => ({
  solver: 'minimize',
  data,
  settings: { tolerance: 1e-9, ...settings },
  build: ({ nlp: { generalizedLinearModel } }: Library, data: Data) => generalizedLinearModel(data),
});
const rows = Array.from({ length: 60 }, (_, i) => Array.from(x.data.subarray(4 * i, 4 * i + 4)));
const labels = y.map((value) => Number(value > 0.2));
const counts = y.map((value) => Math.round(3 * Math.abs(value)));
const amounts = y.map((value) => 0.1 + Math.abs(value));
const under = { A: [[1, -1, 0, 2]], b: [0.5] };
const logistic = model({ loss: 'logistic', x, y: labels, ridge: 0.01, ...under, squaredNorm: 1 });
const quadratic: Problem = {
  ...logistic,
  build: ({ nlp: { quadraticProgram } }: Library, data: Parameters<Library['nlp']['quadraticProgram']>[0]) =>
    quadraticProgram(data),
};
/** x_(i + 1) = 2 x_i^2 - 1, Chebyshev's polynomials: a way that doubles in length with every unknown. */
const chain: Problem = {
  ...model({ n: 16 }, { tolerance: 0, maxIterations: 2 ** 31 - 1 }),
  build: ({ nlp: { generalizedLinearModel }, model: { mul, slice, square, sub } }: Library, { n }: { n: number }) =>
    generalizedLinearModel({
      loss: 'squared',
      x: [1, 0].map((first) => Array.from({ length: n }, (_, j) => (j === 0 ? first : 0))),
      y: [1, 0],
      start: [-1, ...new Array(n - 1).fill(1)],
      constraints: (all) => sub(slice(all, 1), sub(mul(2, square(slice(all, 0, -1))), 1)),
    }),
};

const nlp: Kind = {
  problems: {
    logistic,
    'without equations': model({ loss: 'logistic', x, y: labels, ridge: 0.01 }),
    'rows of numbers': model({ loss: 'logistic', x: rows, y: labels, ridge: 0.01, ...under }),
    squared: model({ loss: 'squared', x, y, intercept: true, sampleWeight: y.map((_, i) => 1 + (i % 3)), ...under }),
    poisson: model({ loss: 'poisson', x, y: counts, intercept: true, offset: y.map((_, i) => 0.1 * Math.sin(i)) }),
    gamma: model({ loss: 'gamma', x, y: amounts, ridge: [0, 0.1, 0.2, 0.3], squaredNorm: 0.5 }),
    'single precision': model({ loss: 'poisson', x: { ...x, data: Float32Array.from(x.data) }, y: counts, ...under }),
    'equations of its own': {
      ...model({ loss: 'squared', x, y }),
      build: ({ model: { at, mul, sub }, nlp: { generalizedLinearModel } }: Library, data: Data) =>
        generalizedLinearModel({
          ...data,
          constraints: (all) => [sub(at(all, 0), at(all, 1)), sub(mul(at(all, 2), at(all, 3)), 1)],
        }),
    },
    krylov: { ...logistic, settings: { ...logistic.settings, inner: 'krylov' } },
    'krylov, lagged': { ...logistic, settings: { ...logistic.settings, inner: 'krylov', preconditioner: 'lagged' } },
    exact: { ...logistic, settings: { ...logistic.settings, inner: 'exact' } },
    'warm started': {
      ...logistic,
      settings: { ...logistic.settings, warmStart: { x: [0.4, -0.2, 0.3, 0.8], multipliers: [0.1, 0] } },
    },
    'a model of expressions': { ...(fixtures.nlp as Fixture).small, settings: { tolerance: 1e-9 } },
    'a model with parameters': {
      ...model({ slope: 3 }),
      build: ({ model: { add, Model, mul, square, sub, sum } }: Library, { slope }: { slope: number }) => {
        const made = new Model();
        const [all, factor] = [made.variable(3, { start: 1 }), made.parameter({ value: slope - 1 })];
        made.minimize(add(sum(square(square(all))), mul(factor, square(sum(all)))));
        made.equal(sub(sum(square(all)), 1));
        factor.set(slope); // after the model may have been compiled
        return made;
      },
    },
    'a model that has grown since': {
      ...model({ n: 3 }),
      build: ({ model: { Model, norm2Squared, sub, sum } }: Library, { n }: { n: number }) => {
        const made = new Model();
        const all = made.variable(n);
        made.minimize(norm2Squared(sub(all, 1)));
        const before = made.compile();
        made.equal(sum(all), 1);
        return before;
      },
    },
    'functions of its own': {
      ...model({ Q: [3, 1, 1, 2] }),
      build: ({ nlp: { fromCallbacks } }: Library, { Q }: { Q: [number, number, number, number] }) =>
        fromCallbacks({
          n: 2,
          m: 1,
          objective: ([u = 0, v = 0]) => (Q[0] * u * u + 2 * Q[1] * u * v + Q[3] * v * v) / 2,
          gradient: ([u = 0, v = 0], g) => g.set([Q[0] * u + Q[1] * v, Q[2] * u + Q[3] * v]),
          constraints: ([u = 0, v = 0], c) => c.set([u * v - 1]),
          jacobian: ([u = 0, v = 0], J) => J.set([v, u]),
          hessian: (_, [lambda = 0], H) => H.set([Q[0], Q[1] + lambda, Q[2] + lambda, Q[3]]),
          start: [1, 2],
        }),
    },
    'a quadratic program': {
      ...quadratic,
      data: {
        Q: rows.slice(0, 4).map((_, i) => rows.slice(0, 4).map((_, j) => 1 / (1 + i + j))),
        c: [1, 2, 3, 4],
        ...under,
      },
    },
    'a quadratic program without equations': {
      ...quadratic,
      data: {
        Q: [
          [2, 1],
          [1, 3],
        ],
        c: [1, 1],
      },
    },
  },
  problem: logistic,
  endless: chain,
  large: model(
    { loss: 'squared', x: { data: numbers(1_200_000), rows: 600, columns: 2000 }, y: numbers(600) },
    { maxIterations: 0 },
  ),
  // The Hessian alone, 9000 x 9000, has 648 MB.
  wide: model({ loss: 'squared', x: { data: numbers(90_000), rows: 10, columns: 9000 }, y: numbers(10), ridge: 1 }),
  wrong: {
    settings: [{ beta: -1 }, { bta: 1 }, { inner: 'lu' }, { warmStart: { x: [1] } }],
    data: { ...logistic.data, y: [...labels.slice(1), Number.NaN] },
    says: 'y[59]',
  },
  refused: [
    [{ ...logistic, settings: { inner: 'sketch' } }, "'sketch'"],
    [
      model({
        ...logistic.data,
        x: {
          format: 'csr',
          rows: 60,
          columns: 4,
          offsets: Int32Array.from({ length: 61 }, (_, i) => 4 * i),
          indices: Int32Array.from({ length: 240 }, (_, k) => k % 4),
          values: x.data,
        },
      }),
      'sparse',
    ],
    [
      {
        ...model({ side: 3 }),
        build: ({ nlp: { poissonControl } }: Library, { side }: { side: number }) => poissonControl(side),
      },
      'control',
    ],
  ],
  refusedLater: [
    [
      {
        ...model({ n: 100 }),
        build: ({ model: { Model, norm2Squared, sub } }: Library, { n }: { n: number }) => {
          const made = new Model();
          made.minimize(norm2Squared(sub(made.variable(n), 1)));
          return made;
        },
      },
      'sparse Hessian',
    ],
  ],
  agree(cpu, cuda) {
    const [one, other] = [cpu as NlpResult, cuda as NlpResult];
    expect(other.inertia).toEqual(one.inertia);
    expect(other.objective).toBeCloseTo(one.objective, 10);
    expect(largestDifference(other.x, one.x)).toBeLessThan(1e-6);
    expect(largestDifference(other.multipliers, one.multipliers)).toBeLessThan(1e-6);
  },
};

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

export const kinds: Record<string, Kind> = { relu, nlp };

// Promises -----------------------------------------------------------------------------------------------------------

const onCuda = { device: 'cuda' };

/** `memory` tells how many bytes of the device are in use. */
function describeKind(kind: Kind, memory: () => Promise<number>): void {
  const { problem, endless } = kind;

  it.each(Object.entries(kind.problems))('%s: the same as on the CPU', async (_, each) => {
    const [cpu, cuda] = [await solve(each, { device: 'cpu' }), await solve(each, onCuda)];
    expect(cpu).toMatchObject({ status: 'solved', device: 'cpu' });
    expect(cuda).toMatchObject({ status: 'solved', device: 'cuda' });
    expect(Object.keys(cuda).sort()).toEqual(Object.keys(cpu).sort());
    kind.agree(cpu, cuda);
  });

  it('the same twice', async () => {
    const [first, second] = [await solve(problem, onCuda), await solve(problem, onCuda)];
    expect(timeless(first)).toEqual(timeless(second));
  });

  it("says what is for the CPU, which 'auto' takes", async () => {
    for (const [each, why] of [...kind.refused, ...kind.refusedLater]) {
      const error: unknown = await solve(each, onCuda).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SolverError);
      expect(error).toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringMatching(/^device = 'cuda': /) });
      expect((error as Error).message).toContain(why);
      expect((await solve(each)).device).toBe('cpu');
    }
  });

  it('refuses wrong input as the CPU does', async () => {
    for (const more of kind.wrong.settings) {
      const [cpu, cuda] = await Promise.all(
        ['cpu', 'cuda'].map((device) => solve(problem, { ...more, device }).catch((reason: unknown) => reason)),
      );
      expect(cuda).toBeInstanceOf(Error);
      expect(String(cuda)).toBe(String(cpu));
    }
    const attempt = async () => solve({ ...problem, data: kind.wrong.data }, onCuda);
    await expect(attempt()).rejects.toThrow(kind.wrong.says);
  });

  it('reports progress, ending with the result', async () => {
    const reports: Progress[] = [];
    const result = await solve(problem, {
      ...onCuda,
      checkInterval: 1,
      onProgress: (now: Progress) => reports.push(now),
    });
    const iterations = reports.map(({ iteration }) => iteration);
    expect(iterations).toEqual([...new Set(iterations)].sort((a, b) => a - b));
    expect(reports.at(-1)).toMatchObject({ iteration: result.iterations, objective: result.objective });
  });

  it('stops at limits', async () => {
    expect(await solve(endless, { ...onCuda, maxIterations: 3 })).toMatchObject({
      status: 'iterationLimit',
      iterations: 3,
      device: 'cuda',
    });
    expect(await solve(endless, { ...onCuda, timeLimit: 0.2 })).toMatchObject({ status: 'timeLimit', device: 'cuda' });
  });

  it('can be aborted, before, at once and during', async () => {
    const before = await solve(endless, { ...onCuda, signal: AbortSignal.abort() });
    expect(before).toMatchObject({ status: 'aborted', device: 'cuda', iterations: 0 });
    expect(Number.isFinite(before.objective)).toBe(true);
    const controller = new AbortController();
    const atOnce = solve(endless, { ...onCuda, signal: controller.signal });
    controller.abort();
    expect((await atOnce).status).toBe('aborted');
    const later = new AbortController();
    const onProgress = ({ iteration }: Progress) => iteration >= 3 && later.abort();
    const during = await solve(endless, { ...onCuda, signal: later.signal, onProgress });
    expect(during).toMatchObject({ status: 'aborted', device: 'cuda' });
    expect(Number.isFinite(during.objective)).toBe(true);
  });

  it('ends with what a listener throws', async () => {
    const onProgress = () => {
      throw new Error('enough');
    };
    await expect(solve(endless, { ...onCuda, onProgress })).rejects.toMatchObject({ code: 'CALLBACK_FAILED' });
  });

  it('solves several at once, beside the CPU', async () => {
    const alone = [await solve(problem, onCuda), await solve(problem, { device: 'cpu' })];
    const runs = Array.from({ length: 6 }, (_, i) => solve(problem, { device: i % 3 < 2 ? 'cuda' : 'cpu' }));
    for (const result of await Promise.all(runs)) {
      expect(timeless(result)).toEqual(timeless(alone[result.device === 'cuda' ? 0 : 1] as SolveResult));
    }
  });

  it('gives all memory back', async () => {
    await solve(problem, onCuda);
    const before = await memory();
    for (let i = 0; i < 100; ++i) {
      await solve(problem, { ...onCuda, maxIterations: 20 });
      if (i % 10 === 0) await solve(problem, { ...onCuda, signal: AbortSignal.abort() });
    }
    expect(await memory()).toBe(before);
  });
}

/** The same in `describe`; where `reason` says why that cannot be, it is skipped with a line. */
export function describeDevice(title: string, reason: string | undefined, memory: () => Promise<number>): void {
  if (reason !== undefined) console.log(`skipped: solves on ${title}: ${reason}`);
  describe.skipIf(reason !== undefined).each(Object.entries(kinds))(`${title}, %s`, (_, kind) => {
    describeKind(kind, memory);
  });
}
