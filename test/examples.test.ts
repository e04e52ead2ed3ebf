// The examples run, on the built package, and print what they say at their end: after `// prints: ` a line, or a regular
// expression between slashes that some line matches. One that ends with `// runs by itself: ` and a reason is left out.
// NONCONVEX_NODE is the command of another Node that is to run them, such as one for another platform: `wine node.exe`. With
// NONCONVEX_EXAMPLE_LIMIT each has a process of its own, which is ended after so many seconds and its test is skipped: for emulators.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../examples');
const examples = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.mjs'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
  .filter(({ text }) => !/^\/\/ runs by itself: \S/m.test(text))
  .map((example, k) => ({ ...example, k }));

const limit = Number(process.env.NONCONVEX_EXAMPLE_LIMIT ?? Number.POSITIVE_INFINITY);

/** What each of some examples prints, run in one process; nothing where that takes longer than the limit. */
function run(names: string[]): string[] | undefined {
  const program = join(import.meta.dirname, 'examples.mjs');
  const paths = names.map((name) => join(folder, name));
  const [command = process.execPath, ...options] = process.env.NONCONVEX_NODE?.split(' ') ?? [];
  // Into files: Wine's programs cannot write to the sockets that Node has for pipes.
  const written = mkdtempSync(join(tmpdir(), 'nonconvex-examples-'));
  const files = ['stdout', 'stderr'].map((name) => join(written, name));
  const { status, error } = spawnSync(command, [...options, program, ...paths], {
    stdio: ['ignore', ...files.map((file) => openSync(file, 'w'))],
    ...(limit < Number.POSITIVE_INFINITY && { timeout: 1000 * limit, killSignal: 'SIGKILL' }),
  });
  const [stdout, stderr] = files.map((file) => readFileSync(file, 'utf8'));
  rmSync(written, { recursive: true });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') return undefined;
  expect({ names, status, stderr }).toEqual({ names, status: 0, stderr: '' });
  return JSON.parse(stdout as string);
}

let outputs: (string | undefined)[] = [];
const alone = limit < Number.POSITIVE_INFINITY;
beforeAll(() => {
  if (!alone) outputs = run(examples.map(({ name }) => name)) ?? [];
}, 600_000);

it('that the gallery shows are there', () => {
  const gallery = readFileSync(join(folder, '../docs/gallery.md'), 'utf8');
  const shown = Array.from(gallery.matchAll(/\(\.\.\/examples\/(.*\.mjs)\)/g), ([, name]) => name as string);
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
});

it.for(examples)('$name', { timeout: alone ? 1000 * (limit + 10) : 10_000 }, ({ k, name, text }, { skip }) => {
  if (alone) outputs[k] = run([name])?.[0];
  skip(outputs[k] === undefined, `it took more than ${limit} s`);
  const lines = Array.from(text.matchAll(/^\/\/ prints: (.*)$/gm), ([, line = '']) => line);
  expect(lines.length, 'lines that begin with // prints:').toBeGreaterThan(0);
  const printed = (outputs[k] as string).split('\n');
  for (const line of lines) {
    const expression = line.match(/^\/(.*)\/$/)?.[1];
    if (expression === undefined) expect(printed).toContain(line);
    else expect(printed).toContainEqual(expect.stringMatching(new RegExp(expression)));
  }
});
