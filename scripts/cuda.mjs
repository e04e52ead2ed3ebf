// `npm run build:cuda`: nonconvex-cuda.node, the addon of the CUDA solvers, into build-cmake/ beside that of the CPU.
// Needs nvcc beside what `npm run build` needs, but no GPU. `--architectures LIST` as CMAKE_CUDA_ARCHITECTURES has them.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { main, output, root, run, runTool } from './shared.mjs';

/** The code that a binary holds after it was compiled for what CMake calls '80-real' or '90'. */
function codeFor(architecture) {
  const [capability, kind] = architecture.split('-');
  return [kind === 'virtual' ? [] : `sm_${capability}`, kind === 'real' ? [] : `ptx_${capability}`].flat();
}

main(() => {
  const nvcc = process.env.CUDACXX ?? 'nvcc';
  if (output(nvcc, ['--version']) === undefined && !existsSync('/usr/local/cuda/bin/nvcc')) {
    throw new Error('nvcc is missing: install the CUDA toolkit, 12.0 or later, or set CUDACXX to its nvcc');
  }
  if (!existsSync(join(root, 'node_modules'))) run('npm', ['ci', '--no-audit', '--no-fund']);
  const given = process.argv.indexOf('--architectures');
  const architectures = given < 0 ? '80-real;90' : process.argv[given + 1];
  const settings = ['--out', 'build-cmake', '-l', 'error', '--CDNONCONVEX_CUDA=ON'];
  settings.push(`--CDNONCONVEX_CUDA_ARCHITECTURES=${architectures}`);
  runTool('cmake-js', 'bin/cmake-js', ['configure', ...settings]);
  const parallel = ['--parallel', String(availableParallelism())];
  runTool('cmake-js', 'bin/cmake-js', ['build', ...settings, ...parallel, '--target', 'nonconvex-cuda']);
  const code = architectures.split(';').flatMap(codeFor).join(',');
  run(process.execPath, ['scripts/check-binary.mjs', 'build-cmake/Release/nonconvex-cuda.node', '--code', code]);
});
