// Coefficients by scikit-learn and scipy, which Debian packages as python3-sklearn.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Instance } from '../problems/regression.js';
import { hasModules, python } from './python.js';

const found = hasModules('sklearn');

/** Returns true if there is an oracle; says so where there is none. */
export function oracle(): boolean {
  if (!found) console.warn(`skipped: comparison with scikit-learn, as ${python} with python3-sklearn is not installed`);
  return found;
}

export type Request = Omit<Instance, 'ridge'> & {
  ridge: number;
  intercept: boolean;
  start?: ArrayLike<number>;
  lower?: number;
  upper?: number;
  atMost?: { A: number[][]; b: number[] };
};

/** Coefficients of all instances, in one run of Python. */
export function coefficients(instances: readonly Request[]): number[][] {
  const script = fileURLToPath(new URL('regression.py', import.meta.url));
  const run = spawnSync(python, [script], {
    input: JSON.stringify(instances.map((each) => ({ ...each, ...(each.start && { start: Array.from(each.start) }) }))),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as number[][];
}
