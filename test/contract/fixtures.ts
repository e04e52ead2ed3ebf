// One small problem a solver, as its users write it. The contract tests hold every solver of the addon to the same
// promises through these; a solver without a fixture fails them.

import { differenceOfConvex, logistic, lpNorm, squaredNorm } from '../../src/fractional/index.js';
import * as nonconvex from '../../src/index.js';
import {
  type Matrix,
  matrix,
  minimize,
  minimizeRatio,
  type Progress,
  type SolveResult,
  trainReluNetwork,
} from '../../src/index.js';

/** The functions that solve, by their exported names. */
export const solvers = { trainReluNetwork, minimizeRatio, differenceOfConvex, minimize };

export interface Problem {
  /** The name of the function that solves it. */
  solver: keyof typeof solvers;
  /** Plain objects, arrays, typed arrays, numbers, strings and booleans. */
  data: object;
  settings: Record<string, unknown>;
  /** Makes what is solved of the data, and refers to nothing else: its text goes to child processes, too. */
  build?: (library: typeof nonconvex, data: never) => object;
}

export interface Fixture {
  /** Solved within milliseconds, with random numbers inside so that the seed matters. */
  small: Problem;
  /** Not solved within many seconds. */
  endless: Problem;
  /** Data that only the addon finds wrong. */
  wrong: object;
}

const separable = { data: numbers(8000), rows: 400, columns: 20 };
const limitless = { maxIterations: 2 ** 31 - 1, tolerance: 0 };

export const fixtures: Record<string, Fixture> = {
  relu: {
    small: {
      solver: 'trainReluNetwork',
      data: regression(40, 3),
      settings: { beta: 0.1, patterns: { sample: 20 }, tolerance: 1e-3 },
    },
    endless: {
      solver: 'trainReluNetwork',
      data: regression(400, 20),
      settings: { beta: 1e-6, patterns: { sample: 200 }, checkInterval: 1, ...limitless },
    },
    wrong: { ...regression(40, 3), y: new Array(40).fill(Number.NaN) },
  },
  fractional: {
    small: {
      solver: 'minimizeRatio',
      data: { numerator: [squaredNorm()], denominator: lpNorm(matrix(30, 4, numbers(120)), 4, { squared: true }) },
      settings: { restarts: 4, order: 'shuffled' },
    },
    // Classes that a plane separates: the losses approach 0 for ever.
    endless: {
      solver: 'differenceOfConvex',
      data: {
        convex: [logistic(separable, separable.data.filter((_, k) => k % separable.columns === 0).map(Math.sign))],
      },
      settings: { checkInterval: 1, ...limitless },
    },
    wrong: { numerator: [squaredNorm()], denominator: lpNorm([[1, 1]], 4), start: [0, 0] },
  },
  nlp: {
    small: {
      solver: 'minimize',
      data: { A: matrix(12, 4, numbers(48)), sums: 1 },
      settings: {},
      // The first constraint has its least violation nearby at the start: other starts are tried.
      build: (
        { model: { Model, add, matvec, mul, norm2Squared, pow, square, sub, sum } },
        { A, sums }: { A: Matrix; sums: number },
      ) => {
        const model = new Model();
        const x = model.variable();
        const y = model.variable(4);
        model.minimize(add(norm2Squared(sub(matvec(A, y), 1)), square(x)));
        model.equal(sub(square(x), mul(50, pow(x, 4))), -1e-3);
        for (let i = 0; i < sums; ++i) model.equal(sum(y), 1);
        return model;
      },
    },
    // Nesterov's variant of Rosenbrock's function: a way that doubles in length with every unknown.
    endless: {
      solver: 'minimize',
      data: { n: 16 },
      settings: limitless,
      build: ({ model: { Model, add, at, mul, norm2Squared, slice, square, sub } }, { n }: { n: number }) => {
        const model = new Model();
        const x = model.variable(n, { start: [-1, ...new Array(n - 1).fill(1)] });
        const off = sub(slice(x, 1), sub(mul(2, square(slice(x, 0, -1))), 1));
        model.minimize(add(mul(0.25, square(sub(at(x, 0), 1))), norm2Squared(off)));
        return model;
      },
    },
    // More equations than unknowns.
    wrong: { A: matrix(12, 4, numbers(48)), sums: 5 },
  },
};

/** Solves a fixture in this thread, with further settings. */
export async function solve(problem: Problem, more: Record<string, unknown> = {}): Promise<SolveResult> {
  const { solver, data, settings, build } = problem;
  const call = solvers[solver] as (data: object, settings: object) => Promise<SolveResult>;
  return call(build ? build(nonconvex, data as never) : data, { ...settings, ...more });
}

/** A result without what may differ from run to run. */
export function timeless(result: SolveResult): object {
  const { seconds, time, history, ...rest } = result as SolveResult & { time?: unknown };
  return { ...rest, history: history.map(({ seconds, ...report }: Progress) => report) };
}

/** Numbers in (-1, 1) that single precision holds exactly. */
export function numbers(count: number, seed = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return Math.fround((2 * state) / 2147483647 - 1);
  });
}

export function regression(rows: number, columns: number): { x: Matrix; y: number[] } {
  const data = numbers(rows * columns);
  const noise = numbers(rows, 2);
  const y = Array.from({ length: rows }, (_, i) => {
    const [a = 0, b = 0] = data.subarray(i * columns, (i + 1) * columns);
    return Math.max(0, a + b) - Math.max(0, a - 2 * b) + 0.1 * (noise[i] ?? 0);
  });
  return { x: { data, rows, columns }, y };
}
