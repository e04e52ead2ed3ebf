// `npm run build:mpi`: the shims between the addon and libraries of MPI, native/binding/mpi_shim.c, into build-mpi/, one with each compiler that is there.
// For Debian: apt-get install libopenmpi-dev libmpich-dev.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { main, output, root, run } from './shared.mjs';

/** Compilers of each library, as distributions call them; plain mpicc is asked whose it is. */
const compilers = { openmpi: ['mpicc.openmpi', 'mpicc'], mpich: ['mpicc.mpich', 'mpicc'] };
const wraps = { openmpi: /-lmpi\b/, mpich: /-lmpich\b/ };

/** True if the headers and libraries for programs are there, which distributions have in a package of their own. */
const hasHeader = (name) => output(name, ['-E', '-include', 'mpi.h', '-x', 'c', '/dev/null']) !== undefined;

main(() => {
  mkdirSync(join(root, 'build-mpi'), { recursive: true });
  const built = Object.entries(compilers).filter(([library, names]) => {
    const compiler = names.find((name) => wraps[library].test(output(name, ['-show']) ?? '') && hasHeader(name));
    if (compiler === undefined) {
      console.log(`no shim for ${library}: its mpicc or mpi.h is not installed`);
      return false;
    }
    const to = join(root, 'build-mpi', `${library}.so`);
    run(compiler, [
      '-std=c11',
      '-O2',
      '-fPIC',
      '-shared',
      '-fvisibility=hidden',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-Inative/binding',
      '-o',
      to,
      'native/binding/mpi_shim.c',
    ]);
    return true;
  });
  console.log(`built: ${built.map(([library]) => `build-mpi/${library}.so`).join(', ') || 'none'}`);
});
