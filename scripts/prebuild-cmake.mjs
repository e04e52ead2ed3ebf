#!/usr/bin/env node
// The program that prebuildify calls instead of node-gyp, by its option nodeGyp or PREBUILD_NODE_GYP: builds the addon by cmake-js into build/Release
// of the current folder, for the platform of PREBUILD_PLATFORM, PREBUILD_ARCH and PREBUILD_LIBC, which prebuildify sets. With NONCONVEX_OPENBLAS,
// that libopenblas.a is linked; otherwise the one that scripts/openblas.sh makes. With NONCONVEX_CROSS, this platform's is made by Zig as well.
import { copyFileSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { hostPlatform, toolsFor } from './platforms.mjs';
import { main, root, run, runTool } from './shared.mjs';

main(() => {
  const { PREBUILD_PLATFORM: platform, PREBUILD_ARCH: arch, PREBUILD_LIBC: libc } = process.env;
  const musl = platform === 'linux' && libc === 'musl';
  const name = `${platform}-${arch}${musl ? '-musl' : ''}`;
  const parallel = String(availableParallelism());
  const settings = { NONCONVEX_TESTS: 'OFF', NONCONVEX_CUDA: 'OFF' };
  if (platform !== 'darwin') {
    const library = process.env.NONCONVEX_OPENBLAS ?? join(root, `build-openblas/${platform}-${arch}/libopenblas.a`);
    if (!process.env.NONCONVEX_OPENBLAS) run('bash', ['scripts/openblas.sh', parallel, `${platform}-${arch}`]);
    settings.NONCONVEX_OPENBLAS = library;
  }
  const cross = process.env.NONCONVEX_CROSS || name !== hostPlatform();
  if (cross) {
    settings.CMAKE_TOOLCHAIN_FILE = join(toolsFor(name), 'toolchain.cmake');
    settings.NONCONVEX_WERROR = 'OFF'; // Clang's warnings are others than g++'s
  }
  // Beside the folder of `npm run build`, so that paths are the same from there and ccache finds its objects.
  const out = cross ? join(process.cwd(), 'build') : join(root, 'build-prebuild');
  const definitions = Object.entries(settings).map(([option, value]) => `--CD${option}=${value}`);
  const cmake = ['--directory', root, '--out', out, '--arch', arch, '-l', 'error', ...definitions];
  const cwd = process.cwd(); // where Zig leaves a file that is named '-', the standard output that CMake asks for
  runTool('cmake-js', 'bin/cmake-js', ['configure', ...cmake], { cwd });
  runTool('cmake-js', 'bin/cmake-js', ['build', ...cmake, '--parallel', parallel], { cwd });
  if (cross) return;
  mkdirSync(join(cwd, 'build/Release'), { recursive: true }); // where prebuildify looks
  copyFileSync(join(out, 'Release/nonconvex.node'), join(cwd, 'build/Release/nonconvex.node'));
});
