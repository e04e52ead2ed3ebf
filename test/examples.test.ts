// The examples run, on the built package, and print what they say at their end: after `// prints: ` a line, or a regular
// expression between slashes that some line matches. One that ends with `// runs by itself: ` and a reason is left out.
// NONCONVEX_NODE is the command of another Node that is to run them, such as one for another platform: `wine node.exe`. With
// NONCONVEX_EXAMPLE_LIMIT one that takes more seconds is ended, and its test skipped: for emulators.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** The output of examples, run in one process, up to the first of them that takes longer than the limit. */
async function run(names: string[]): Promise<string[]> {
  const program = join(import.meta.dirname, 'examples.mjs');
  const paths = names.map((name) => join(folder, name));
  const [command = process.execPath, ...options] = process.env.NONCONVEX_NODE?.split(' ') ?? [];
  // Into files: Wine's programs cannot write to the sockets that Node has for pipes.
  const written = mkdtempSync(join(tmpdir(), 'nonconvex-examples-'));
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => join(written, name)) as [string, string];
  const child = spawn(command, [...options, program, ...paths], {
    stdio: ['ignore', openSync(stdout, 'w'), openSync(stderr, 'w')],
  });
  const printed = (): string[] => readFileSync(stdout, 'utf8').split('\n').slice(0, -1);
  let [ended, since] = [0, performance.now()];
  const watch = setInterval(() => {
    if (printed().length > ended) [ended, since] = [printed().length, performance.now()];
    else if (performance.now() - since > 1000 * limit) child.kill('SIGKILL');
  }, 500);
  const [status] = await once(child, 'close');
  clearInterval(watch);
  const [outputs, errors] = [printed().map((line) => JSON.parse(line)), readFileSync(stderr, 'utf8')];
  rmSync(written, { recursive: true });
  if (child.signalCode !== 'SIGKILL' || limit === Number.POSITIVE_INFINITY) {
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
  }
  return outputs;
}

const outputs: (string | undefined)[] = [];
beforeAll(async () => {
  while (outputs.length < examples.length) {
    outputs.push(...(await run(examples.slice(outputs.length).map(({ name }) => name))));
    if (outputs.length < examples.length) outputs.push(undefined);
  }
}, 3_600_000);

it('have a heading for the gallery', () => {
  const without = readdirSync(folder, { recursive: true })
    .map((name) => String(name).replaceAll('\\', '/'))
    .filter((name) => /^(?!mpi\/)\w+\/[\w-]+\.mjs$/.test(name))
    .filter((name) => !/^\/\/ heading: \S/m.test(readFileSync(join(folder, name), 'utf8')));
  expect(without).toEqual([]);
});

it('that the gallery shows are there', () => {
  const gallery = readFileSync(join(folder, '../docs/gallery.md'), 'utf8');
  const shown = Array.from(gallery.matchAll(/\(\.\.\/examples\/(.*\.mjs)\)/g), ([, name]) => name as string);
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
});

it.for(examples)('$name', ({ k, text }, { skip }) => {
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
