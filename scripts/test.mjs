// `npm test`: builds what is not up to date, then runs vitest and the C++ tests side by side.
// `npm run test:long` (--long): what takes too long for that, *.long.test.ts and C++ tests that ask check::longRun().
// `npm run test:all` (--all): the same, with nothing left out.
// Further arguments are vitest's; the C++ tests are then left out: npm test -- test/relu.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, run } from './shared.mjs';

const all = process.argv.includes('--all');
const long = all || process.argv.includes('--long');
const given = process.argv.slice(2).filter((argument) => argument !== '--long' && argument !== '--all');

/** Starts a program; resolves with its exit status and, when it is held back, with what it printed. */
function start(command, args, options, hold = false) {
  const child = spawn(command, args, { cwd: root, stdio: hold ? ['ignore', 'pipe', 'pipe'] : 'inherit', ...options });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      printed += text;
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ status: 1, printed: `${command} did not start: ${error.message}\n` }));
    child.on('close', (status) => resolve({ status: status ?? 1, printed }));
  });
}

try {
  run(process.execPath, ['scripts/setup.mjs', '--tests']);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...given];
const env = { ...process.env, NONCONVEX_TESTS: all ? 'all' : long ? 'long' : '' };
const ctest = ['--test-dir', 'build-cmake', '--output-on-failure', '--no-tests=ignore', long ? '-L' : '-LE', '^long$'];
const [typescript, native] = await Promise.all([
  start(process.execPath, vitest, { env }),
  given.length > 0 ? { status: 0, printed: '' } : start('ctest', ctest, {}, true),
]);
process.stdout.write(native.printed);
process.exitCode = typescript.status || native.status;
