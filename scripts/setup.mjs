// Makes a fresh clone ready, and an old one up to date: system packages, node_modules, the native build, dist/.
//   node scripts/setup.mjs [--tests] [--only native | --only typescript] [--force]
// --tests also builds the C++ tests and brings the programs and Python libraries that tests compare with. Well under a
// second when there is nothing to do.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { files, main, root, run, runTool } from './shared.mjs';

const options = process.argv.slice(2);
const tests = options.includes('--tests');
const force = options.includes('--force');
const only = options.includes('--only') ? options[options.indexOf('--only') + 1] : undefined;

function onPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
}

function step(title, body) {
  console.log(`setup: ${title} ...`);
  const start = Date.now();
  body();
  console.log(`setup: ${title}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

// System packages ---------------------------------------------------------------------------------------------------

/** Debian's names of what is missing. */
function missingPackages() {
  const missing = [];
  if (!onPath('c++') || !onPath('make')) missing.push('build-essential');
  if (!onPath('cmake')) missing.push('cmake');
  if (process.platform === 'linux' && !openblas()) missing.push('libopenblas-serial-dev');
  return missing;
}

function openblas() {
  const lib = '/usr/lib';
  const folders = existsSync(lib) ? readdirSync(lib).map((name) => join(lib, name)) : [];
  return [lib, ...folders].some((folder) => existsSync(join(folder, 'openblas-serial/libopenblas.a')));
}

/** Programs that some tests compare with; those tests are skipped without them. */
function missingOracles() {
  const python = ['numpy', 'scipy', 'cvxopt', 'sklearn', 'onnx']
    .filter((name) => !existsSync(join('/usr/lib/python3/dist-packages', name)))
    .map((name) => `python3-${name}`);
  return onPath('ipopt') ? python : ['coinor-ipopt', ...python];
}

function systemPackages() {
  const needed = missingPackages();
  const wanted = tests ? missingOracles() : [];
  if (needed.length + wanted.length === 0) return;
  const names = [...needed, ...wanted];
  const apt = onPath('apt-get');
  if (apt && process.getuid?.() === 0) {
    step(`installing ${names.join(' ')}`, () => {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
      run('apt-get', ['update', '-q'], quiet);
      run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], quiet);
    });
  } else if (needed.length > 0) {
    throw new Error(
      apt
        ? `Missing: ${needed.join(', ')}. Install what is missing, then run the same command again:\n` +
            `  sudo apt-get update && sudo apt-get install ${names.join(' ')}`
        : `Missing (by Debian's names): ${needed.join(', ')}. Needed are a C++20 compiler, make, CMake 3.25 or later and ` +
            'a static serial OpenBLAS; docs/building.md says how to build with another BLAS.',
    );
  } else if (apt) {
    console.log(`setup: some tests will be skipped; for all of them: sudo apt-get install ${wanted.join(' ')}`);
  }
}

// node_modules ------------------------------------------------------------------------------------------------------

function dependenciesInstalled() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(
    ([path, entry]) => path === '' || have[path]?.version === entry.version || (entry.optional && !have[path]),
  );
}

function dependencies() {
  if (!dependenciesInstalled()) step('npm ci', () => run('npm', ['ci', '--no-audit', '--no-fund']));
}

// Builds ------------------------------------------------------------------------------------------------------------

/** Names, sizes and times of files: changes whenever a build could come out differently. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * Calls `build` unless it ran before on the same inputs and its results still exist. `parts` are builds that this one
 * contains, which need not run after it: their names and inputs.
 */
function fresh(name, inputs, results, build, parts = {}) {
  const stampOf = (build) => join(root, 'node_modules/.cache/nonconvex', build);
  const current = (paths) => fingerprint([...paths, 'package-lock.json']);
  const stamp = stampOf(name);
  const done = existsSync(stamp) && readFileSync(stamp, 'utf8') === current(inputs);
  if (!force && done && results.every((path) => existsSync(join(root, path)))) return;
  step(name, build);
  mkdirSync(dirname(stamp), { recursive: true });
  for (const [part, paths] of Object.entries({ ...parts, [name]: inputs }))
    writeFileSync(stampOf(part), current(paths));
}

function native() {
  const inputs = ['CMakeLists.txt', ...files('cmake'), ...files('native')];
  const ofTests = ['cuda', 'test/cuda', 'test/native', 'test/toys'].flatMap((folder) =>
    files(folder, (path) => !path.endsWith('.ts')),
  );
  const addon = 'build-cmake/Release/nonconvex.node';
  const build = (target) => () => {
    const parallel = ['--parallel', String(availableParallelism())];
    runTool('cmake-js', 'bin/cmake-js', ['build', '--out', 'build-cmake', '-l', 'error', ...parallel, ...target]);
    if (process.platform === 'linux') run(process.execPath, ['scripts/check-binary.mjs', addon]);
  };
  const whole = tests || only === 'native';
  if (!whole) fresh('native build', inputs, [addon], build(['--target', 'nonconvex']));
  else fresh('native build with tests', [...inputs, ...ofTests], [addon], build([]), { 'native build': inputs });
}

function typescript() {
  const inputs = [
    'tsconfig.json',
    'tsconfig.declarations.json',
    'scripts/build-ts.mjs',
    'scripts/withoutNode.mjs',
    'package.json',
    ...files('src'),
  ];
  const results = [
    'dist/esm/index.js',
    'dist/esm/index.d.ts',
    'dist/cjs/index.js',
    'dist/cjs/index.d.ts',
    'dist/cli.js',
  ];
  fresh('TypeScript build', inputs, results, () => run(process.execPath, ['scripts/build-ts.mjs']));
}

main(() => {
  if (Number(process.versions.node.split('.')[0]) < 20) throw new Error(`Node.js 20 or later, not ${process.version}`);
  systemPackages();
  dependencies();
  if (only !== 'typescript') native();
  if (only !== 'native') typescript();
});
