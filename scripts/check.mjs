// `npm run check`: what a change needs before it is committed, in under two minutes. Formats and lints the files that
// changed, checks types, builds what is not up to date, and runs the tests of the folders that changed. CI runs
// everything (.ci/run).
//   npm run check             against where this branch left main
//   npm run check -- REVISION against another revision
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { output, root, run, runTool } from './shared.mjs';

/** Where this branch left main; without a main, or on it, the last commit. */
function usualBase() {
  for (const main of ['main', 'origin/main']) {
    const base = output('git', ['merge-base', 'HEAD', main])?.trim();
    if (base && base !== output('git', ['rev-parse', 'HEAD'])?.trim()) return base;
  }
  return 'HEAD';
}

const base = process.argv[2] ?? usualBase();
const lines = (text) => (text ?? '').split('\n').filter((line) => line !== '');
const diff = output('git', ['diff', '--name-only', '--diff-filter=d', base, '--']);
if (diff === undefined) {
  console.error(`\nnpm run check -- REVISION: git does not know '${base}'`);
  process.exit(1);
}
const changed = [...new Set([...lines(diff), ...lines(output('git', ['ls-files', '--others', '--exclude-standard']))])];
const under = (folder) => changed.some((file) => file.startsWith(`${folder}/`));
const folders = (parent) =>
  existsSync(join(root, parent))
    ? readdirSync(join(root, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
    : [];

// Changed files -----------------------------------------------------------------------------------------------------

const families = folders('native/solvers');
/** Folders that serve all families: when they change, so may every family. */
const shared = [
  'native/core',
  'native/linalg',
  'native/data',
  'native/binding',
  'src/core',
  'src/generated',
  'test/contract',
];
const everyFamily = shared.some(under);
const touched = families.filter((family) =>
  ['native/solvers', 'src', 'test', 'test/native/solvers', 'examples'].some((folder) => under(`${folder}/${family}`)),
);

/** Test programs of the C++ folders that changed. */
const nativeFolders = [
  ...folders('test/native').filter((folder) => folder !== 'solvers' && folder !== 'cuda'),
  ...families.map((family) => `solvers/${family}`),
].filter((folder) => under(`native/${folder}`) || under(`test/native/${folder}`));
if (under('cuda') || under('test/cuda') || under('test/native/cuda')) nativeFolders.push('cuda');

/** Tests in TypeScript: files and folders, and which problems of the contract tests. */
const typescriptTests = new Set(['test/house']);
for (const family of touched) typescriptTests.add(`test/${family}`);
for (const [source, tests] of [
  ['src/expressions', ['test/expressions', 'test/problems']],
  ['native/expressions', ['test/expressions', 'test/problems']],
  ['src/problems', ['test/problems']],
  ['native/problems', ['test/problems']],
  ['src/readers', ['test/readers']],
  ['src/cli', ['test/cli']],
  ['src/core', ['test/core', 'test/binding', 'test/readers', 'test/package/loader.test.ts']],
  ...families.map((family) => ['src/core', [`test/${family}/api`, `test/${family}/input`]]),
  ['native/binding', ['test/binding']],
  ['examples', ['test/examples.test.ts']],
]) {
  if (under(source)) for (const test of tests) typescriptTests.add(test);
}
for (const file of changed) if (file.endsWith('.test.ts') && !/\.long\.|packed/.test(file)) typescriptTests.add(file);
const contractOf = everyFamily ? families : touched;

// Steps -------------------------------------------------------------------------------------------------------------

const results = [];
/** Runs a step and notes how it ended; `body` returns false when there is nothing to do. */
function step(name, body) {
  const start = Date.now();
  let end = 'ok';
  console.log(`\n--- ${name}`);
  try {
    if (body() === false) end = 'nothing to do';
  } catch (error) {
    console.error(error.message);
    end = 'FAILED';
  }
  results.push({ name, end, seconds: (Date.now() - start) / 1000 });
  return end !== 'FAILED';
}

function format() {
  const formatted = changed.filter(
    (file) =>
      /^(native|cuda|cmake|test|bench)\/.*\.(cpp|hpp|cuh?|c)$/.test(file) ||
      /^(src|test|bench|examples|scripts)\/.*\.m?[jt]s$|^[\w.]+\.(json|ts)$/.test(file),
  );
  if (formatted.length === 0) return false;
  run(process.execPath, ['scripts/lint.mjs', '--write', ...formatted]);
}

/** The addon, dist/ and the test programs of what changed. */
function build() {
  run(process.execPath, ['scripts/setup.mjs']);
  const programs = nativeFolders.map((folder) => `test_${folder.replaceAll('/', '_')}`);
  if (programs.length === 0) return;
  const targets = programs.flatMap((program) => ['--target', program]);
  run('cmake', ['--build', 'build-cmake', '--parallel', String(availableParallelism()), ...targets]);
}

function nativeTests() {
  if (nativeFolders.length === 0) return false;
  const only = `^(${nativeFolders.join('|')})/`;
  const parallel = ['--parallel', String(availableParallelism())];
  run('ctest', ['--test-dir', 'build-cmake', '--output-on-failure', ...parallel, '-R', only, '-LE', '^long$']);
}

/** The promises that every solver keeps, on the problems of the families that changed. */
function contractTests() {
  if (contractOf.length === 0) return false;
  const names = `^(${contractOf.join('|')})`;
  runTool('vitest', 'vitest.mjs', ['run', 'test/contract/solve', 'test/contract/settings', '-t', names]);
}

console.log(
  `${changed.length} files changed since ${output('git', ['log', '-1', '--format=%h %s', base])?.trim() ?? base}` +
    `\nfamilies: ${everyFamily ? 'all' : touched.join(', ') || 'none'}; C++ tests: ${nativeFolders.join(', ') || 'none'}`,
);
const formatted = step('format and lint', format);
const built = step('build', build);
// After the build: some files import the package as its users do.
const typed = step('types', () => runTool('typescript', 'bin/tsc', ['--noEmit', '-p', '.']));
if (built) {
  step('generated files', () => run(process.execPath, ['scripts/types.mjs', '--check']));
  step('C++ tests', nativeTests);
  step('TypeScript tests', () => runTool('vitest', 'vitest.mjs', ['run', ...typescriptTests]));
  step('contract tests', contractTests);
}

console.log('');
for (const { name, end, seconds } of results)
  console.log(`${name.padEnd(18)} ${end.padEnd(14)} ${seconds.toFixed(1)} s`);
const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
const good = formatted && typed && results.every(({ end }) => end !== 'FAILED');
console.log(`${good ? 'All is well' : 'Something failed'} after ${total.toFixed(1)} s. .ci/run checks everything.`);
process.exitCode = good ? 0 : 1;
