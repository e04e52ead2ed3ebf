// `npm run test:new`: in a copy of the repository, makes one of each shelf with scripts/new.mjs, builds them, and runs the tests that they have
// to pass; --long: the long tests of their processes, too. Nothing but the README's row of a family and what `npm run types` writes may change.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { problems } from './new-problems.mjs';
import { files, main, output, root, run } from './shared.mjs';

const family = 'steepestDescent';
const recipe = 'leastOfSeeds';
/** The scaffolds that are made, with the families that get something. */
const made = [
  ['family', family],
  ['verb', 'deepLinear/geometricMedian'],
  ['contrib', 'weiszfeld'],
  ...[...Object.keys(problems), family].map((each) => ['recipe', `${each}/${recipe}`]),
];
const native = [family, 'deepLinear', 'contrib'];
const parallel = ['--parallel', String(availableParallelism())];

main(() => {
  const copy = mkdtempSync(join(tmpdir(), 'nonconvex-new-'));
  try {
    copyTo(copy);
    // ccache finds what was compiled here in the copy, too: paths are relative to it.
    const here = { cwd: copy, env: { ...process.env, CCACHE_BASEDIR: copy, CCACHE_NOHASHDIR: '1' } };
    commit(here, 'before');
    run('git', ['tag', 'before'], here);
    for (const asked of made) {
      run(process.execPath, ['scripts/new.mjs', ...asked], here);
      addsOnly(here, asked[0] === 'family' ? ['README.md'] : []);
    }
    refuses(['family', family], 'exists', here);
    refuses(['verb', 'sparse/trendFilter'], 'exists', here);
    refuses(['verb', 'contrib/other'], 'npm run new -- contrib NAME', here);
    refuses(['recipe', 'nowhere/other'], 'nowhere is no family', here);
    refuses(['family', 'Not a name'], 'no name for a family', here);
    refuses([family], 'family NAME | verb FAMILY/NAME', here);
    build(here);
    generatedOnly(here);
    test(here);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

function copyTo(copy) {
  const tracked = output('git', ['ls-files', '-co', '--exclude-standard', '-z']);
  if (tracked === undefined) throw new Error('git ls-files failed');
  for (const path of tracked.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  // The installed packages under paths of the copy: behind a link, ccache and the checker of types would know nothing of them.
  if (output('cp', ['-al', 'node_modules', copy]) === undefined) {
    cpSync(join(root, 'node_modules'), join(copy, 'node_modules'), { recursive: true });
  }
  // The cache of the types found here: only new files have to be checked.
  if (existsSync(join(root, 'build-types'))) {
    cpSync(join(root, 'build-types'), join(copy, 'build-types'), { recursive: true });
  }
  run('git', ['init', '-q'], { cwd: copy });
}

function commit({ cwd }, subject) {
  run('git', ['add', '-A'], { cwd });
  run('git', ['-c', 'user.name=test', '-c', 'user.email=test', 'commit', '-q', '-m', subject], { cwd });
}

/** Lines of git diff --name-status since a commit, such as ['M', 'README.md']. */
function changes({ cwd }, since = 'HEAD') {
  run('git', ['add', '-A'], { cwd });
  const lines = output('git', ['diff', '--cached', '--no-renames', '--name-status', since], { cwd }).trim().split('\n');
  return lines.map((line) => line.split('\t'));
}

/** Throws where a file has changed that was there before, but for these. */
function addsOnly(here, expected) {
  const touched = changes(here).filter(([status, path]) => status !== 'A' && !expected.includes(path));
  if (touched.length > 0) throw new Error(`npm run new touches ${touched.map(([, path]) => path).join(', ')}`);
  commit(here, 'made');
}

/** Throws unless the script ends with an error that contains `says`. */
function refuses(asked, says, { cwd }) {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/new.mjs', ...asked], { cwd, encoding: 'utf8' });
  if (status === 1 && stderr.includes(says)) return;
  throw new Error(`new.mjs ${asked.join(' ')}: expected an error with '${says}', got status ${status}: ${stderr}`);
}

/** Builds the two targets that a verb asks for, of each family that gets one. */
function build(here) {
  const quiet = { ...here, stdio: ['ignore', 'ignore', 'inherit'] };
  const configure = ['configure', '--out', 'build-cmake', '-l', 'error', '--CDNONCONVEX_CUDA=OFF'];
  run(process.execPath, ['node_modules/cmake-js/bin/cmake-js', ...configure], quiet);
  const targets = ['nonconvex', ...native.map((each) => `test_solvers_${each}`)];
  run('cmake', ['--build', 'build-cmake', ...parallel, '--target', ...targets], quiet);
}

/** Makes the generated files and throws where others have changed. */
function generatedOnly(here) {
  const said = output(process.execPath, ['scripts/types.mjs'], here);
  if (said === undefined) throw new Error('npm run types failed');
  const written = Array.from(said.matchAll(/^wrote (.*)$/gm), ([, path]) => path);
  const found = changes(here);
  console.log(`\nnpm run types has changed:\n${found.map((line) => line.join('  ')).join('\n')}`);
  const others = found.filter(([, path]) => !written.includes(path));
  if (others.length > 0) throw new Error(`not made by npm run types: ${others.map(([, path]) => path).join(', ')}`);
}

function test(here) {
  const node = (...args) => run(process.execPath, args, here);
  node('scripts/build-ts.mjs');
  run('ctest', ['--test-dir', 'build-cmake', '--output-on-failure', '-R', `^solvers/(${native.join('|')})/`], here);
  node('scripts/lint.mjs', ...changes(here, 'before').map(([, path]) => path));
  const vitest = ['node_modules/vitest/vitest.mjs', 'run'];
  const own = made.flatMap(
    ([, what]) => `test/${what.includes('/') ? what : what === family ? family : `contrib/${what}`}`,
  );
  node(...vitest, 'test/house', 'test/package/subpaths', ...own);
  node(...vitest, 'test/examples', '-t', `${family}|${recipe}`);
  // Tests of the contract whose names begin with no solver or family that was there before.
  const before = [...files('src/generated').map((path) => basename(path, '.ts')), ...Object.keys(problems)];
  const others = before.filter((name) => !native.includes(name));
  node(...vitest, 'test/contract', '-t', `^(?!(${others.join('|')})\\b)`);
  if (process.argv.includes('--long')) {
    // The short tests of the process try each promise with one family.
    const long = { ...here, env: { ...here.env, NONCONVEX_TESTS: 'long' } };
    run(process.execPath, [...vitest, 'test/contract/process', '-t', family], long);
  }
}
