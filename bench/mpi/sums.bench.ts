// A sum of 8 bytes over ranks of one machine, within a solve and by MPI alone: microseconds.
//
//   npm run bench -- mpi/sums [--ranks=2]
//
// Needs a compiler of an MPI library and its launcher. A sum of a solve is two messages: a head of 64 bytes, which says whether all go on, and the
// numbers. The least of 400 batches of 100 is what a machine takes that has nothing else to do.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { libraries } from '../../test/mpi/launch.js';
import { root } from '../shared/native.js';
import { describe, environment, table } from '../shared/report.js';

const size = process.argv.find((each) => each.startsWith('--ranks='))?.slice('--ranks='.length) ?? '2';
const folder = join(root, 'build-bench');
mkdirSync(folder, { recursive: true });

const rows: string[][] = [];
for (const { name, launcher, args } of libraries) {
  const flags = String(execFileSync(`mpicc.${name}`, ['-show']))
    .trim()
    .split(/\s+/)
    .slice(1);
  const [shim, program] = [join(folder, `shim-${name}.o`), join(folder, `sums-${name}`)];
  const include = ['-I', join(root, 'native/binding'), '-I', join(root, 'native')];
  execFileSync('cc', [
    '-std=c11',
    '-O2',
    '-c',
    '-o',
    shim,
    ...include,
    join(root, 'native/binding/mpi_shim.c'),
    ...flags,
  ]);
  const core = [
    'communicator',
    'monitor',
    'error',
    'fields',
    'threads',
    'control_group',
    'memory',
    'run',
    'late_release',
  ];
  const sources = [join(root, 'bench/mpi/sums.cpp'), ...core.map((each) => join(root, `native/core/${each}.cpp`))];
  execFileSync('c++', ['-std=c++20', '-O2', '-pthread', '-o', program, ...include, ...sources, shim, ...flags]);
  const env = {
    ...process.env,
    OMPI_MCA_hwloc_base_binding_policy: 'none',
    OMPI_MCA_rmaps_base_oversubscribe: '1',
    OMPI_MCA_btl: 'self,sm',
  };
  const said = JSON.parse(String(execFileSync(launcher, [...args, '-n', size, program], { env }))) as Record<
    'blocking' | 'begun' | 'ours',
    [least: number, median: number]
  >;
  const texts = [said.blocking, said.begun, said.ours].map((times) => times.map((each) => each.toFixed(2)).join(', '));
  rows.push([
    name,
    ...texts,
    (said.ours[0] - said.blocking[0]).toFixed(2),
    (said.ours[0] - 2 * said.begun[0]).toFixed(2),
  ]);
}
console.log(
  `${describe(environment())}\n\nMicroseconds of a sum of 8 bytes by ${size} ranks: least and median of 400 batches\n`,
);
const titles = [
  'library',
  'MPI_Allreduce',
  'MPI_Iallreduce',
  'a sum of a solve',
  'beyond the first',
  'beyond two of the second',
];
console.log(table(titles, rows));
