// The input of the contract tests: test/<family>/fixture.ts, or test/<family>/<verb>.fixture.ts of a further solver, exports a `fixture`,
// and test/<family>/onCuda.ts a `kind` if a GPU solves the family's problems, too.
import type * as nonconvex from '../../src/index.js';
import type { Certificate, Matrix, SolveResult, SparseMatrix, Status } from '../../src/index.js';

export type Library = typeof nonconvex;

export interface Problem {
  /** The subpath and the name in it of the function that solves the problem. */
  solver: `${string}/${string}`;
  /** Plain objects, arrays, typed arrays, numbers, strings and booleans. */
  data: object;
  settings: Record<string, unknown>;
  /** Makes what is solved of the data, and refers to nothing else: its text goes to child processes, too. */
  build?: (library: Library, data: never) => object;
  /** Members of the data that choices, by their names, need to be others. */
  dataOf?: Record<string, object>;
  /** The addon has the solver, but the package no function for it: the data are handed over as they are. */
  direct?: boolean;
}

/**
 * A random problem, solved, and what of its result is not true by code that shares nothing with the solver: test/<family>/honesty.ts
 * and test/<family>/<verb>.honesty.ts export a `trial`, which test/torture runs by the hundreds.
 */
export type Trial = (seed: number) => Promise<{ status: Shown; wrong: string[] }>;

/** The status of a trial, or the kind of certificate of a solved problem: trials are counted by it. */
export type Shown = Status | Certificate['kind'];

/**
 * A further generator of problems, about one claim: a file with a `trial` may export `claims` by name, and test/torture
 * runs each `cases` times.
 */
export interface Claim {
  trial: Trial;
  /** How many problems `npm run torture` draws. */
  cases: number;
  /** The status or kind that at least a third of them has, so that the claim is made at all. Default `'solved'`. */
  shows?: Shown;
}

export interface Fixture {
  /** Solved within milliseconds, with random numbers inside so that the seed matters. */
  small: Problem;
  /** A problem that takes many seconds. */
  endless: Problem;
  /** Data that only the addon finds wrong. */
  wrong: object;
  /** Problems that little memory states and no machine has the memory to solve; none where it grows with the data alone. */
  huge?: Record<string, Problem>;
  /** Further problems, solved within milliseconds, that bring arrays of other kinds: sparse matrices, indices, weights, starts. */
  arrays?: Record<string, Problem>;
  /** True if nothing in it is random, so that no seed matters. Default false. */
  deterministic?: boolean;
  /** True if its settings have `ranks`, as several starts may be shared out. Default false. */
  sharesStarts?: boolean;
  /** True if its data have `ranks`, as they may be some rows of all. Default false. */
  splitsRows?: boolean;
  /** How often its solver knows an objective: always (default), at some checks, or never. */
  objective?: 'always' | 'sometimes' | 'never';
}

/** Problems of a family that a GPU solves. */
export interface Kind {
  /** One problem of each sort that a GPU solves. */
  problems: Record<string, Problem>;
  /** One of them, soon solved. */
  problem: Problem;
  /** A problem that takes many seconds. */
  endless: Problem;
  /** A problem for which 'auto' takes a GPU, soon done. */
  large: Problem;
  /** Needs more than 600 MB of a device's memory. */
  wide: Problem;
  /** Settings and data that are wrong, the latter with what is said of them. */
  wrong: { settings: Record<string, unknown>[]; data: object; says: string };
  /** A problem that only the CPU solves, and a part of the sentence that says so; before it is queued, or when it is its turn. */
  refused: [Problem, string][];
  refusedLater: [Problem, string][];
  /** Checks that two results are of the same problem. */
  agree(cpu: SolveResult, cuda: SolveResult): void;
}

/** No limits but what a test sets. */
export const limitless = { maxIterations: 2 ** 31 - 1, tolerance: 0 };

/** Lambdas that fall so slowly that their path takes many seconds. */
export const countless = Float64Array.from({ length: 40_000 }, (_, k) => 0.3 * 0.9999 ** k);

/** Numbers in (-1, 1) that single precision holds exactly. */
export function numbers(count: number, seed = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return Math.fround((2 * state) / 2147483647 - 1);
  });
}

/** A row of as many columns as can be counted. */
export const wide = {
  format: 'csr',
  rows: 1,
  columns: 2 ** 31 - 1,
  offsets: Int32Array.of(0, 1),
  indices: Int32Array.of(5),
  values: Float64Array.of(1),
} as const;

/** A matrix with two entries a line, or one where there is one only. */
export function sparse(format: 'csc' | 'csr', rows: number, columns: number): SparseMatrix {
  const [lines, width] = format === 'csc' ? [columns, rows] : [rows, columns];
  const each = Math.min(2, width);
  return {
    format,
    rows,
    columns,
    offsets: Int32Array.from({ length: lines + 1 }, (_, line) => each * line),
    indices: Int32Array.from({ length: each * lines }, (_, k) => (Math.floor(k / each) + (k % each)) % width),
    values: numbers(each * lines, 7),
  };
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
