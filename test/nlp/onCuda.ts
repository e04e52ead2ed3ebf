// The problems under equality constraints that a GPU solves: regressions above all.
import { expect } from 'vitest';
import type { NlpResult } from '../../src/index.js';
import { type Kind, type Library, numbers, type Problem, regression } from '../contract/problem.js';
import { fixture } from './fixture.js';

const { x, y } = regression(60, 4);
type Data = Parameters<Library['nlp']['generalizedLinearModel']>[0];

const model = (data: object, settings: object = {}): Problem => ({
  solver: 'nlp/minimize',
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

export const kind: Kind = {
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
    krylov: {
      ...logistic,
      settings: { ...logistic.settings, method: { kind: 'exactAugmentedLagrangian', inner: 'krylov' } },
    },
    'krylov, lagged': {
      ...logistic,
      settings: {
        ...logistic.settings,
        method: { kind: 'exactAugmentedLagrangian', inner: 'krylov', preconditioner: 'lagged' },
      },
    },
    exact: {
      ...logistic,
      settings: { ...logistic.settings, method: { kind: 'exactAugmentedLagrangian', inner: 'exact' } },
    },
    'warm started': {
      ...logistic,
      settings: { ...logistic.settings, warmStart: { x: [0.4, -0.2, 0.3, 0.8], multipliers: [0.1, 0] } },
    },
    'a model of expressions': { ...fixture.small, settings: { tolerance: 1e-9 } },
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
      build: ({ model: { Model, sumSquares, sub, sum } }: Library, { n }: { n: number }) => {
        const made = new Model();
        const all = made.variable(n);
        made.minimize(sumSquares(sub(all, 1)));
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
    settings: [
      { beta: -1 },
      { bta: 1 },
      { method: { kind: 'exactAugmentedLagrangian', inner: 'lu' } },
      { warmStart: { x: [1] } },
    ],
    data: { ...logistic.data, y: [...labels.slice(1), Number.NaN] },
    says: 'y[59]',
  },
  refused: [
    [{ ...logistic, settings: { method: { kind: 'exactAugmentedLagrangian', inner: 'sketch' } } }, "'sketch'"],
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
        build: ({ model: { Model, sumSquares, sub } }: Library, { n }: { n: number }) => {
          const made = new Model();
          made.minimize(sumSquares(sub(made.variable(n), 1)));
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
