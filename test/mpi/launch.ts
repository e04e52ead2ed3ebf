// Programs over ranks by the MPI libraries of the machine.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { patience } from '../patience.js';

/** The repository, also where this is part of a benchmark's bundle, which lies one level below. */
const root = ['..', '../..']
  .map((up) => join(import.meta.dirname, up))
  .find((folder) => existsSync(join(folder, 'package.json'))) as string;

export interface Library {
  name: 'openmpi' | 'mpich';
  launcher: string;
  args: readonly string[];
}

/** Libraries whose launcher is installed and whose shim is built. */
export const libraries: Library[] = (
  [
    { name: 'openmpi', launcher: 'mpirun.openmpi', args: ['--allow-run-as-root', '--oversubscribe'] },
    { name: 'mpich', launcher: 'mpirun.mpich', args: [] },
  ] satisfies Library[]
).filter(({ name, launcher }) => {
  const found = existsSync(join(root, 'build-mpi', `${name}.so`)) && spawnSync(launcher, ['--version']).status === 0;
  if (!found)
    console.log(`not run: tests of ranks by ${name}, whose launcher or shim (npm run build:mpi) is not there`);
  return found;
});

export interface Run {
  code: number | null;
  /** Seconds from when the last rank has begun to the end of all of them. */
  seconds: number;
  errors: string;
  /** Their output. */
  output: string;
  /** The messages of the ranks. */
  said: Record<string, unknown>[];
  /** Processes of the job that are still there. */
  left: number;
}

/** Runs one of test/mpi/programs over ranks, whose memory may be limited to so many kilobytes each. */
export async function launch(
  { launcher, args }: Library,
  size: number,
  program: string,
  rest: readonly string[] = [],
  more: Record<string, string> = {},
  kilobytes?: number,
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'nonconvex-mpi-'));
  const out = join(folder, 'said');
  writeFileSync(out, '');
  const path = join(root, 'test/mpi/programs', program);
  const begin = Date.now();
  // Processes are bound to none of the processors, of which there may be fewer.
  const env = {
    ...process.env,
    OMPI_MCA_hwloc_base_binding_policy: 'none',
    OMPI_MCA_rmaps_base_oversubscribe: '1',
    OMPI_MCA_btl: 'self,sm',
    SAID: out,
    ...more,
  };
  const limited = kilobytes === undefined ? [] : ['bash', '-c', `ulimit -v ${kilobytes}; exec "$0" "$@"`];
  const child = spawn(launcher, [...args, '-n', String(size), ...limited, process.execPath, path, ...rest], {
    env,
    cwd: root,
  });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const code: number | null = await new Promise((resolve) => child.on('close', resolve));
  const end = Date.now();
  let left = processesWith(out);
  for (
    const after = performance.now();
    left > 0 && performance.now() - after < patience / 10;
    left = processesWith(out)
  )
    await new Promise((resolve) => setTimeout(resolve, 100));
  const said = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  rmSync(folder, { recursive: true, force: true });
  const begun = said.flatMap(({ begun }) => (typeof begun === 'number' ? [begun] : []));
  const seconds = (end - Math.max(begin, ...begun)) / 1000;
  return { code, seconds, errors, output, said: said.filter((each) => !('begun' in each)), left };
}

/** How many processes have a text in their environment. */
function processesWith(text: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
    } catch {
      return false; // it has ended meanwhile
    }
  }).length;
}
