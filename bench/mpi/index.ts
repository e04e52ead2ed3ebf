// A regression over ranks of one machine: time and bytes of an iteration, beside those of f, gradient and Hessian.
//
//   npm run bench -- mpi [--rows=200000] [--columns=50]
//
// Needs npm run build:mpi. More ranks than processors share them.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { libraries } from '../../test/mpi/launch.js';
import { root } from '../shared/native.js';
import { describe, environment, median, table } from '../shared/report.js';

const option = (name: string, otherwise: number): number =>
  Number(process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);
const [rows, columns] = [option('rows', 200_000), option('columns', 50)];

interface Measured {
  size: number;
  iterations: number;
  milliseconds: number;
  bytes: number;
}

function measured(launcher: string, args: readonly string[], size: number): Measured {
  const program = join(root, 'bench/mpi/ranks.mjs');
  const env = { ...process.env, NONCONVEX_THREADS: '1', OMPI_MCA_hwloc_base_binding_policy: 'none' };
  const all = [1, 2, 3].map(() => {
    const line = execFileSync(
      launcher,
      [...args, '-n', String(size), process.execPath, program, String(rows), String(columns)],
      { env },
    );
    return JSON.parse(String(line)) as Measured;
  });
  const first = all[0] as Measured;
  return { ...first, milliseconds: median(all.map(({ milliseconds }) => milliseconds)) };
}

const found: string[][] = [];
for (const { name, launcher, args } of libraries) {
  for (const size of [1, 2, 4]) {
    const { iterations, milliseconds, bytes } = measured(launcher, args, size);
    found.push([name, String(size), String(iterations), milliseconds.toFixed(1), bytes.toFixed(0)]);
  }
}
// f, the gradient and the Hessian, once an iteration each at most.
const most = 8 + 8 * columns + 4 * columns * (columns + 1);
console.log(
  `${describe(environment())}\n\n${rows} rows, ${columns} columns, a thread a rank, ${availableParallelism()} processors\n`,
);
console.log(table(['library', 'ranks', 'iterations', 'ms an iteration', 'bytes an iteration'], found));
console.log(`\nf, gradient and Hessian have ${most} bytes`);
