// `npm run test:new`: in a copy of the repository, makes a family with scripts/new.mjs, builds it, and runs the tests that a
// family has to pass; --long: the long tests of its processes, too. Says which files a family is.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { files, main, output, root, run } from './shared.mjs';

const name = 'steepestDescent';
const parallel = ['--parallel', String(availableParallelism())];

main(() => {
  const copy = mkdtempSync(join(tmpdir(), 'nonconvex-new-'));
  try {
    const tracked = output('git', ['ls-files', '-co', '--exclude-standard', '-z']);
    if (tracked === undefined) throw new Error('git ls-files failed');
    for (const path of tracked.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    // The installed packages under paths of the copy: behind a link, ccache and the checker of types would know nothing of them.
    if (output('cp', ['-al', 'node_modules', copy]) === undefined) {
      cpSync(join(root, 'node_modules'), join(copy, 'node_modules'), { recursive: true });
    }
    // What was found about types here: only what is new has to be checked.
    if (existsSync(join(root, 'build-types'))) {
      cpSync(join(root, 'build-types'), join(copy, 'build-types'), { recursive: true });
    }
    // ccache finds what was compiled here in the copy, too: paths are relative to it.
    const here = { cwd: copy, env: { ...process.env, CCACHE_BASEDIR: copy, CCACHE_NOHASHDIR: '1' } };
    const node = (...args) => run(process.execPath, args, here);
    const git = (...args) => run('git', ['-c', 'user.name=test', '-c', 'user.email=test', ...args], here);
    git('init', '-q');
    git('add', '-A');
    git('commit', '-q', '-m', 'before');

    node('scripts/new.mjs', name);
    refuses('scripts/new.mjs', [name], 'exists', here);
    refuses('scripts/new.mjs', ['Not a name'], 'no name for a family', here);

    const cmakeJs = [
      'node_modules/cmake-js/bin/cmake-js',
      'configure',
      '--out',
      'build-cmake',
      '-l',
      'error',
      '--CDNONCONVEX_CUDA=OFF',
    ];
    run(process.execPath, cmakeJs, { ...here, stdio: ['ignore', 'ignore', 'inherit'] });
    const targets = ['--target', 'nonconvex', `test_solvers_${name}`];
    run('cmake', ['--build', 'build-cmake', ...parallel, ...targets], {
      ...here,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    node('scripts/types.mjs');
    node('scripts/build-ts.mjs');
    const changed = report(here);

    run('ctest', ['--test-dir', 'build-cmake', '--output-on-failure', '-R', `^solvers/${name}/`], here);
    node('scripts/lint.mjs', ...changed);
    const vitest = ['node_modules/vitest/vitest.mjs', 'run'];
    const solvers = files('src/generated').map((path) => basename(path, '.ts'));
    const others = `^(?!(${solvers.join('|')})\\b)`; // tests whose name begins with no other solver's
    node(
      ...vitest,
      'test/house',
      `test/${name}`,
      'test/package/subpaths',
      'test/contract',
      'test/examples',
      '-t',
      others,
    );
    if (process.argv.includes('--long')) {
      // The short tests of the process try each promise with one family.
      const long = { ...here, env: { ...here.env, NONCONVEX_TESTS: 'long' } };
      run(process.execPath, [...vitest, 'test/contract/process', '-t', name], long);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

/** Throws unless the script ends with an error that contains `says`. */
function refuses(script, args, says, { cwd }) {
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8' });
  if (status === 1 && stderr.includes(says)) return;
  throw new Error(`${script} ${args.join(' ')}: expected an error with '${says}', got status ${status}: ${stderr}`);
}

/** Shows and returns the files that a new family is. */
function report({ cwd }) {
  run('git', ['add', '-A'], { cwd });
  console.log(`\nA new family is, A added and M modified, generated files included:`);
  run('git', ['diff', '--cached', '--name-status', 'HEAD'], { cwd });
  return output('git', ['diff', '--cached', '--name-only', 'HEAD'], { cwd }).trim().split('\n');
}
