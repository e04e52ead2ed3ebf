// Builds the addon in a folder of its own, without ccache, and prints the processor seconds of each compiled file:
//   node scripts/compile-times.mjs [FOLDER] [--tests | --headers] [--jobs N] [--json]
// FOLDER is a checkout with node_modules, this one by default. Processor seconds count what the compiler works, so that other programs
// change them little. --tests also builds the C++ tests and toys, as `npm test` does. --headers builds nothing: it prints the seconds of
// files that include one header alone, that of the standard library or of a family's problem.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { main, root, run } from './shared.mjs';

/** The part of the build that an object belongs to, from its path in the build folder. */
function partOf(object) {
  if (object.includes('/cmake_pch.')) return 'precompiled headers';
  if (/\.(node|so|a)$/.test(object) || !/\.(o|obj)$/.test(object)) return 'links';
  if (/(^|\/)test[_/]|simulated|toys|substitutes/.test(object)) return 'tests';
  return /(native-solvers-\w+|native-\w+|native\/binding\/entries|native\/binding|cmake)/.exec(object)?.[1] ?? 'others';
}

const launcher = ['bash', join(root, 'scripts/timed.sh')];

/** Configures a build of the checkout `source` in `out`, calls `body(options)`, and returns `{ object, seconds }` for each timed command. */
function timed(source, out, body) {
  const log = join(out, 'times');
  const launched = ['C_COMPILER', 'CXX_COMPILER', 'C_LINKER', 'CXX_LINKER'].map(
    (of) => `-DCMAKE_${of}_LAUNCHER=${launcher.join(';')}`,
  );
  const options = {
    cwd: source,
    env: { ...process.env, NONCONVEX_TIMES: log },
    stdio: ['ignore', 'ignore', 'inherit'],
  };
  writeFileSync(log, '');
  run('cmake', ['-S', source, '-B', out, '-DNONCONVEX_CUDA=OFF', ...launched], options);
  body(options);
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([user, system, object]) => ({ object, seconds: Number(user) + Number(system) }));
}

/** Compiles a file for each header, without precompiled headers and without code, as the library's files are compiled. */
function compileHeaders(source, out, options) {
  const commands = JSON.parse(readFileSync(join(out, 'compile_commands.json'), 'utf8'));
  const { command } = commands.find(({ file }) => /native-solvers-/.test(file));
  const alone = command.replace(/ (-include|-o|-c) \S+/g, '');
  const flags = alone.split(' ').filter((flag) => flag !== '');
  const folders = readdirSync(join(source, 'native/solvers'));
  const problems = folders.map((family) => `solvers/${family}/problem.hpp`);
  const headers = problems.filter((header) => existsSync(join(source, 'native', header)));
  for (const header of ['../cmake/standard_library.hpp', ...headers]) {
    const file = join(out, 'header.cpp');
    writeFileSync(file, `#include "${header}"\n`);
    run(launcher[0], [launcher[1], ...flags, '-fsyntax-only', '-c', file, '-o', header], options);
  }
}

const sum = (times) => times.reduce((total, { seconds }) => total + seconds, 0);

/** The seconds of each part, the largest first. */
function byPart(times) {
  const parts = new Map();
  for (const time of times) parts.set(partOf(time.object), [...(parts.get(partOf(time.object)) ?? []), time]);
  return [...parts]
    .map(([part, members]) => ({ part, files: members.length, seconds: sum(members) }))
    .sort((a, b) => b.seconds - a.seconds);
}

function print(times, parts) {
  for (const { object, seconds } of times) console.log(`${seconds.toFixed(2).padStart(8)}  ${object}`);
  if (parts.length > 0) console.log('');
  for (const { part, files, seconds } of parts) console.log(`${seconds.toFixed(1).padStart(8)}  ${part} (${files})`);
  if (parts.length > 0) console.log(`${sum(times).toFixed(1).padStart(8)}  all (${times.length})`);
}

main(() => {
  const { values, positionals } = parseArgs({
    options: {
      tests: { type: 'boolean' },
      headers: { type: 'boolean' },
      json: { type: 'boolean' },
      jobs: { type: 'string' },
    },
    allowPositionals: true,
  });
  const source = resolve(positionals[0] ?? root);
  if (!existsSync(join(source, 'CMakeLists.txt')))
    throw new Error(`${source}: expected a checkout with a CMakeLists.txt`);
  const out = mkdtempSync(join(tmpdir(), 'nonconvex-compile-'));
  try {
    const target = values.tests ? [] : ['--target', 'nonconvex'];
    const jobs = String(values.jobs ?? availableParallelism());
    const times = timed(source, out, (options) => {
      if (values.headers) compileHeaders(source, out, options);
      else run('cmake', ['--build', out, '--parallel', jobs, ...target], options);
    });
    times.sort((a, b) => b.seconds - a.seconds);
    if (values.json) console.log(JSON.stringify({ seconds: sum(times), parts: byPart(times), files: times }, null, 2));
    else print(times, values.headers ? [] : byPart(times));
  } finally {
    rmSync(out, { recursive: true });
  }
});
