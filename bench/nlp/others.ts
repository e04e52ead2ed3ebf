// The programs that we are compared with: Ipopt through its C API, beside our solver in one C++ program; Debian's program `ipopt`; scipy.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runProgram } from '../shared/native.js';
import { Python } from '../shared/python.js';
import { median } from '../shared/report.js';

/** Medians of many solves in C++. */
export interface Native {
  n: number;
  m: number;
  solved: boolean;
  objective: number;
  /** ||(grad L, c)||_inf of the problem as given, computed alike for both. */
  residual: number;
  iterations: number;
  hessians: number;
  /** Known of ours alone, as is `linearAlgebra`. */
  factorizations: number;
  seconds: number;
  /** Seconds in callbacks, or in our evaluations. */
  derivatives: number;
  linearAlgebra: number;
}

export interface Pair {
  ours: Native;
  ipopt: Native;
}

/** Returns true if CMake found Ipopt's library when it made the programs. */
export function hasIpoptLibrary(): boolean {
  const cache = readFileSync(join(root, 'build-bench', 'native', 'CMakeCache.txt'), 'utf8');
  return /^NONCONVEX_IPOPT:FILEPATH=.*(?<!-NOTFOUND)$/m.test(cache);
}

/** Each model in turn by both, for about so many seconds. */
export function raceNative(models: readonly string[], seconds: number, threads: number): Pair[] {
  type Line = Record<Exclude<keyof Native, 'solved'>, number> & { model: number; ours: number; solved: number };
  const pairs: Partial<Pair>[] = models.map(() => ({}));
  for (const { model, ours, solved, ...line } of runProgram<Line>('ipopt_nl', [seconds, threads, ...models])) {
    const pair = pairs[model];
    if (pair) pair[ours === 1 ? 'ours' : 'ipopt'] = { ...line, solved: solved === 1 };
  }
  return pairs as Pair[];
}

export interface Program {
  /** Seconds of the whole process. */
  seconds: number;
  /** Seconds as it prints them, to the millisecond. */
  reported: number;
  iterations: number;
  solved: boolean;
}

/** "3.14.17", or undefined where there is no program `ipopt`. */
export function ipoptVersion(): string | undefined {
  const { status, stdout } = spawnSync('ipopt', ['-v'], { encoding: 'utf8' });
  return status === 0 ? /Ipopt ([\d.]*\d)/.exec(stdout)?.[1] : undefined;
}

export function runIpopt(path: string, folder: string): Program {
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  const begin = performance.now();
  const { stdout } = spawnSync('ipopt', [path, 'tol=1e-8'], { cwd: folder, encoding: 'utf8', env });
  const seconds = (performance.now() - begin) / 1e3;
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
  return {
    seconds,
    reported: number(/Total seconds in IPOPT\s*=\s*([\d.]+)/),
    iterations: number(/Number of Iterations\.*:\s*(\d+)/),
    solved: stdout.includes('EXIT: Optimal Solution Found'),
  };
}

export const scipyMethods = ['trust-constr', 'SLSQP'] as const;
export type ScipyMethod = (typeof scipyMethods)[number];

export interface Scipy {
  seconds: number;
  iterations: number;
  objective: number;
  feasibility: number;
  success: boolean;
}

export interface ScipyRace {
  version: string;
  models: string[];
  results: Record<string, Record<ScipyMethod, Scipy>>;
}

/** Undefined where there is no Python with scipy. */
export async function raceScipy(rounds: number): Promise<ScipyRace | undefined> {
  const python = await Python.start('bench/nlp/scipy_methods.py', ['python3', '/usr/bin/python3']);
  if (!python) return undefined;
  const { version, models } = python.greeting as { version: string; models: string[] };
  const results: ScipyRace['results'] = {};
  try {
    for (const model of models) {
      const runs: Record<ScipyMethod, Scipy[]> = { 'trust-constr': [], SLSQP: [] };
      for (let round = 0; round < rounds; ++round) {
        for (const method of scipyMethods) runs[method].push((await python.ask({ model, method })) as unknown as Scipy);
      }
      const middle = (list: Scipy[]) =>
        ({ ...list.at(-1), seconds: median(list.map(({ seconds }) => seconds)) }) as Scipy;
      results[model] = { 'trust-constr': middle(runs['trust-constr']), SLSQP: middle(runs.SLSQP) };
    }
  } finally {
    python.end();
  }
  return { version, models, results };
}
