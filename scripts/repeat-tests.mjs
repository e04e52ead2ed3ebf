// `npm run test:repeat`: shows that `npm test` passes whatever else the machine does. It runs the tests several times, beside processes that
// do nothing but take processors, and prints a line a run: whether it passed, its seconds, and the names of tests that failed.
//   npm run test:repeat                             ten runs on the machine as it is
//   npm run test:repeat -- --repeat 5 --beside 12   five runs beside twelve busy loops
//   npm run test:repeat -- --long test/core         further arguments are those of npm test
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { main, root, run } from './shared.mjs';

/** Computes until the process that started it ends: it hears of that between two pieces. */
const busyLoop = `
  process.on('disconnect', () => process.exit());
  const piece = () => {
    for (const end = performance.now() + 50; performance.now() < end; );
    setImmediate(piece);
  };
  piece();
`;

/** The arguments: `--repeat` and `--beside` as numbers, and what is left for the tests. */
function wanted() {
  const options = { repeat: { type: 'string', default: '10' }, beside: { type: 'string', default: '0' } };
  const { values, tokens } = parseArgs({ options, strict: false, tokens: true });
  const own = tokens.filter(({ kind, name }) => kind === 'option' && name in options);
  const taken = new Set(own.flatMap(({ index, inlineValue }) => (inlineValue ? [index] : [index, index + 1])));
  const rest = process.argv.slice(2).filter((_, index) => !taken.has(index));
  const count = (name, least) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < least) {
      throw new Error(`--${name} ${values[name]}: expected an integer >= ${least}`);
    }
    return value;
  };
  return { repeat: count('repeat', 1), beside: count('beside', 0), rest };
}

/** Runs the tests; resolves with their exit status and all that they printed. */
function runTests(args) {
  const child = spawn(process.execPath, [join(root, 'scripts/test.mjs'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      printed += text;
    });
  }
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, printed: stripVTControlCharacters(printed) }));
  });
}

/** The names of tests that failed, as vitest and ctest print them. */
function failedIn(printed) {
  const names = Array.from(printed.matchAll(/^ *FAIL +(.*)$|^\s*\d+ - (\S+ \(.*\))$/gm), ([, a, b]) => (a ?? b).trim());
  return [...new Set(names)];
}

await main(async () => {
  const { repeat, beside, rest } = wanted();
  run(process.execPath, ['scripts/setup.mjs', '--tests']);
  const logs = mkdtempSync(join(tmpdir(), 'nonconvex-tests-'));
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'];
  const loops = Array.from({ length: beside }, () => spawn(process.execPath, ['-e', busyLoop], { stdio }));
  console.log(`${repeat} runs beside ${beside} busy loops`);
  let passed = 0;
  for (let k = 1; k <= repeat; ++k) {
    const begin = performance.now();
    const { status, printed } = await runTests(rest);
    const took = `${((performance.now() - begin) / 1000).toFixed(0)} s`;
    const log = join(logs, `${k}.txt`);
    writeFileSync(log, printed);
    if (status === 0) ++passed;
    console.log(status === 0 ? `${k}: passed, ${took}` : `${k}: failed, ${took}, ${log}`);
    for (const name of failedIn(printed)) console.log(`   ${name}`);
  }
  for (const loop of loops) loop.disconnect();
  console.log(`${passed} of ${repeat} runs passed`);
  if (passed < repeat) process.exitCode = 1;
});
