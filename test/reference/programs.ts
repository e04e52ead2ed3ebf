// Linear programs by HiGHS in scipy, and convex quadratic ones by cvxopt, which Debian packages as python3-scipy and python3-cvxopt.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hasModules, python } from './python.js';

const found = hasModules('scipy', 'cvxopt');
const foundHighs = found || hasModules('scipy');

/** Returns true if there is an oracle; says so where there is none. */
export function oracle(): boolean {
  if (!found)
    console.warn(`skipped: comparison with HiGHS and cvxopt, as ${python} with scipy and cvxopt is not installed`);
  return found;
}

/** Returns true if there is an oracle for linear programs; says so where there is none. */
export function linearOracle(): boolean {
  if (!foundHighs) console.warn(`skipped: comparison with HiGHS, as ${python} with scipy is not installed`);
  return foundHighs;
}

/** min 1/2 x^T Q x + c^T x subject to low <= A x <= high, lower <= x <= upper; infinite where there is no side. */
export interface Request {
  n: number;
  Q?: number[][] | undefined;
  c: number[];
  A: number[][];
  low: number[];
  high: number[];
  lower: number[];
  upper: number[];
}

export interface Answer {
  status: 'solved' | 'infeasible' | 'unbounded' | 'unknown';
  value: number;
}

/** Answers to all problems, in one run of Python. */
export function answers(problems: readonly Request[]): Answer[] {
  const script = fileURLToPath(new URL('programs.py', import.meta.url));
  const run = spawnSync(python, [script], {
    input: JSON.stringify(problems), // which writes null for what is infinite
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return (JSON.parse(run.stdout) as [Answer['status'], number | null][]).map(([status, value]) => ({
    status,
    value: value ?? Number.NaN,
  }));
}
