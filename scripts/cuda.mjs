// `npm run build:cuda`: nonconvex-cuda.node, the addon of the CUDA solvers, into build-cmake/ beside that of the CPU.
// Needs nvcc beside what `npm run build` needs, but no GPU. `--architectures LIST` as CMAKE_CUDA_ARCHITECTURES has them;
// `--package` puts it, stripped, into packages/cuda as well. `--host-optimization=-O0`, to see only that everything compiles, takes a fifth less time.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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
  const { values } = parseArgs({
    options: {
      architectures: { type: 'string', default: '80-real;90' },
      'host-optimization': { type: 'string', default: '-O3' },
      package: { type: 'boolean' },
    },
  });
  const architectures = values.architectures;
  const settings = ['--out', 'build-cmake', '-l', 'error', '--CDNONCONVEX_CUDA=ON'];
  settings.push(`--CDNONCONVEX_CUDA_ARCHITECTURES=${architectures}`);
  settings.push(`--CDNONCONVEX_CUDA_HOST_OPTIMIZATION=${values['host-optimization']}`);
  runTool('cmake-js', 'bin/cmake-js', ['configure', ...settings]);
  const parallel = ['--parallel', String(availableParallelism())];
  runTool('cmake-js', 'bin/cmake-js', ['build', ...settings, ...parallel, '--target', 'nonconvex-cuda']);
  const code = architectures.split(';').flatMap(codeFor).join(',');
  const binary = 'build-cmake/Release/nonconvex-cuda.node';
  run(process.execPath, ['scripts/check-binary.mjs', binary, '--code', code]);
  if (values.package) {
    const folder = join(root, 'packages/cuda/prebuilds', `${process.platform}-${process.arch}`);
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(root, binary), join(folder, 'nonconvex-cuda.glibc.node'));
    run('strip', [join(folder, 'nonconvex-cuda.glibc.node')]);
  }
});
