// The C++ programs of bench/native: built when needed, run one at a time, each a list of JSON lines.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Root of the repository: a bundled bench lies one level below it. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'build-bench', 'native');

/** Builds bench/native/NAME.cpp for each name. */
export function buildPrograms(names: readonly string[]): void {
  const switches = ['-DNONCONVEX_ADDON=OFF', '-DNONCONVEX_TESTS=OFF', '-DNONCONVEX_BENCH=ON'];
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] };
  execFileSync('cmake', ['-S', root, '-B', folder, ...switches], quiet);
  const targets = names.map((name) => `bench_${name}`);
  const parallel = ['--parallel', String(availableParallelism())];
  execFileSync('cmake', ['--build', folder, ...parallel, '--target', ...targets], quiet);
}

const options = { encoding: 'utf8' as const, maxBuffer: 1 << 28 };

/** The output of the program, line by line. */
export function runProgram<Line>(name: string, args: readonly (string | number)[]): Line[] {
  const stdio = ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'];
  return parseLines(execFileSync(join(folder, `bench_${name}`), args.map(String), { ...options, stdio }));
}

/** Starts a program of bench/native beside other work. */
export async function startProgram<Line>(name: string, args: readonly (string | number)[]): Promise<Line[]> {
  const { stdout } = await promisify(execFile)(join(folder, `bench_${name}`), args.map(String), options);
  return parseLines(stdout);
}

function parseLines<Line>(output: string): Line[] {
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** Calls `body` with an empty folder that is gone afterwards. */
export async function withFolder<T>(body: (path: string) => Promise<T>): Promise<T> {
  const path = mkdtempSync(join(tmpdir(), 'nonconvex-bench-'));
  try {
    return await body(path);
  } finally {
    rmSync(path, { recursive: true });
  }
}
