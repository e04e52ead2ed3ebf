// `npm run prebuild`: the binary that the published package carries for this platform, named as prebuildify names it.
// On Linux it contains the trimmed OpenBLAS of scripts/openblas.sh, or with `--openblas FILE` that library.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { writeReferences } from './references.mjs';
import { main, root, run, runTool } from './shared.mjs';

main(() => {
  const linux = process.platform === 'linux';
  const given = process.argv.indexOf('--openblas');
  const parallel = String(availableParallelism());
  const settings = ['--CDNONCONVEX_TESTS=OFF', '--CDNONCONVEX_CUDA=OFF'];
  if (linux) {
    if (given < 0) run('bash', ['scripts/openblas.sh', parallel]);
    const library = given < 0 ? join(root, 'build-openblas/libopenblas.a') : process.argv[given + 1];
    settings.push(`--CDNONCONVEX_OPENBLAS=${library}`);
  }
  const cmake = ['--out', 'build-prebuild', '-l', 'error', ...settings];
  runTool('cmake-js', 'bin/cmake-js', ['configure', ...cmake]);
  runTool('cmake-js', 'bin/cmake-js', ['build', ...cmake, '--parallel', parallel]);

  const glibc = linux && process.report.getReport().header.glibcVersionRuntime !== undefined;
  const libc = linux ? (glibc ? '.glibc' : '.musl') : '';
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  const file = join(folder, `nonconvex${libc}.node`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, 'build-prebuild/Release/nonconvex.node'), file);
  if (linux) run('strip', [file]);
  if (glibc) run(process.execPath, ['scripts/check-binary.mjs', file, given < 0 ? '8' : '40']);
  writeReferences();
});
