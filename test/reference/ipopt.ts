// Minima by Ipopt as an AMPL solver, which Debian packages as coinor-ipopt.
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { patience } from '../patience.js';

const found = spawnSync('ipopt', ['-v']).status === 0;

/** Returns true if there is an oracle; says so where there is none. */
export function oracle(): boolean {
  if (!found) console.warn('skipped: comparison with Ipopt, as the program ipopt (coinor-ipopt) is not installed');
  return found;
}

export interface IpoptResult {
  solved: boolean;
  message: string;
  x: Float64Array;
  multipliers: Float64Array;
}

/** Runs Ipopt on an .nl file, whose .sol file it leaves beside it. */
export async function ipopt(path: string, options: readonly string[] = []): Promise<IpoptResult> {
  const stub = path.replace(/\.nl$/, '');
  await promisify(execFile)('ipopt', [stub, '-AMPL', 'print_level=0', 'sb=yes', 'tol=1e-9', ...options], {
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    timeout: patience,
  });
  return parseSolution(readFileSync(`${stub}.sol`, 'utf8'));
}

/** Ipopt's report about the first and second derivatives that AMPL's library computes for an .nl file, at its start. */
export async function checkDerivatives(path: string): Promise<string> {
  const options = ['derivative_test=second-order', 'max_iter=0', 'print_level=4', 'sb=yes'];
  const run = promisify(execFile)('ipopt', [path.replace(/\.nl$/, ''), '-AMPL', ...options], { timeout: patience });
  return (await run).stdout;
}

function parseSolution(text: string): IpoptResult {
  const lines = text.split('\n').map((line) => line.trim());
  let at = lines.indexOf('Options');
  const message = lines.slice(0, at).join(' ').trim();
  at += Number(lines[at + 1]) + 2;
  const [, duals, , primals] = lines.slice(at, at + 4).map(Number) as [number, number, number, number];
  const numbers = lines.slice(at + 4, at + 4 + duals + primals).map(Number);
  return {
    solved: message.includes('Optimal Solution Found'),
    message,
    // AMPL's are of f - lambda^T c.
    multipliers: Float64Array.from(numbers.slice(0, duals), (value) => -value),
    x: Float64Array.from(numbers.slice(duals)),
  };
}
