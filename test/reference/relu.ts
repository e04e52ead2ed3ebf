// Optima by cvxopt, which Debian packages as python3-cvxopt.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Instance } from '../problems/relu.js';
import { hasModules, python } from './python.js';

const found = hasModules('cvxopt', 'numpy');

/** Returns true if there is an oracle; says so where there is none. */
export function oracle(): boolean {
  if (!found) console.warn(`skipped: comparison with cvxopt, as ${python} with python3-cvxopt is not installed`);
  return found;
}

/** The optimal values of convex programs, in one run of Python. */
export function optima(instances: readonly Instance[]): number[] {
  const script = fileURLToPath(new URL('relu.py', import.meta.url));
  const run = spawnSync(python, [script], {
    input: JSON.stringify(instances),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as number[];
}
