// Programs of .mps files as HiGHS reads and solves them, in the copy that scipy brings since 1.15, which Debian packages as python3-scipy.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hasModules, python } from './python.js';

const found = hasModules('scipy.optimize._highspy._core');

/** Returns true if HiGHS is there; says so where it is not. */
export function hasHighs(): boolean {
  if (!found) console.warn(`skipped: comparison with HiGHS, as ${python} with scipy 1.15 or later is not installed`);
  return found;
}

/** A matrix by columns. */
interface Columns {
  offsets: number[];
  indices: number[];
  values: number[];
}

/** A program as HiGHS has read it: null for no side, and no value where it is not solved. Of Q there is the lower triangle. */
export interface HighsProgram {
  maximize: boolean;
  c: number[];
  constant: number;
  lower: (number | null)[];
  upper: (number | null)[];
  atLeast: (number | null)[];
  atMost: (number | null)[];
  G: Columns;
  Q: Columns | null;
  columnNames: string[];
  rowNames: string[];
  value: number | null;
}

/** The programs of all files, in one run of Python. */
export function highsPrograms(paths: readonly string[]): HighsProgram[] {
  const script = fileURLToPath(new URL('mps.py', import.meta.url));
  const run = spawnSync(python, [script], { input: JSON.stringify(paths), encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as HighsProgram[];
}
