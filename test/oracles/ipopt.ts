// Minima by Ipopt as an AMPL solver, which Debian packages as coinor-ipopt.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const found = spawnSync('ipopt', ['-v']).status === 0;

/** Whether there is an oracle; says so where there is none. */
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

/** Runs Ipopt on the problem that `write` writes to the .nl file of the given name. */
export async function ipopt(
  write: (path: string) => void | Promise<void>,
  options: string[] = [],
): Promise<IpoptResult> {
  const folder = mkdtempSync(join(tmpdir(), 'nonconvex-ipopt-'));
  try {
    const stub = join(folder, 'problem');
    await write(`${stub}.nl`);
    const run = spawnSync(
      'ipopt',
      [stub, '-AMPL', 'print_level=0', 'sb=yes', 'tol=1e-9', 'max_iter=3000', ...options],
      {
        encoding: 'utf8',
        env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
        timeout: 60_000,
      },
    );
    if (run.status !== 0) throw new Error(`ipopt: ${run.stdout}${run.stderr}`);
    return parseSolution(readFileSync(`${stub}.sol`, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
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
    multipliers: Float64Array.from(numbers.slice(0, duals)),
    x: Float64Array.from(numbers.slice(duals)),
  };
}
