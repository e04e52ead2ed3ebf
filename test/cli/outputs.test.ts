// The outputs of commands are different from their inputs and from each other, whatever the names; models in other encodings.
import { spawnSync } from 'node:child_process';
import { linkSync, openSync, readdirSync, symlinkSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { patience } from '../patience.js';
import { nl } from './nl.js';
import { ended, Folder, program } from './program.js';

const folder = new Folder();
afterAll(() => folder.remove());

const lines = Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(i) + 0.1 * Math.cos(7 * i)]);
const csv = `a,b,y\n${lines.map((row) => row.join(',')).join('\n')}\n`;
const matrix = `%%MatrixMarket matrix array real general\n30 2\n${[0, 1].flatMap((j) => lines.map((row) => row[j])).join('\n')}\n`;
const problem = nl({ objective: 'o5 v0 n2', bounds: ['3'], start: [1] });
const regression = ['--model', 'regression', '--lambda', '0.01'];

/** The files before each test, and what they hold. */
const before: Record<string, string> = {
  'd.csv': csv,
  'x.mtx': matrix,
  'y.txt': lines.map((row) => row[2]).join('\n'),
  'names.txt': 'a\nb\n',
  'q.nl': problem,
  'q.col': 'x\n',
};

beforeEach(() => {
  for (const [name, text] of Object.entries(before)) folder.write(name, text);
});

async function refuses(args: readonly string[], message: RegExp): Promise<void> {
  const { code, output, errors } = await folder.run(args);
  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors).toMatch(message);
  for (const [name, text] of Object.entries(before)) expect(folder.read(name)).toBe(text);
}

const other = (name: string): string => `other-${name}`;

describe.each([
  ['its own name', (name: string) => name],
  ['another path', (name: string) => `../${folder.path.split('/').at(-1)}/./${name}`],
  [
    'a symbolic link',
    (name: string) => {
      if (!readdirSync(folder.path).includes(other(name))) symlinkSync(folder.file(name), folder.file(other(name)));
      return other(name);
    },
  ],
  [
    'a second name of the same file',
    (name: string) => {
      const second = `second-${name}`;
      if (!readdirSync(folder.path).includes(second)) linkSync(folder.file(name), folder.file(second));
      return second;
    },
  ],
])('a file that is read, by %s,', (_, named) => {
  it.each([
    ['path', ['path', 'd.csv', '--target', 'y'], '--report', 'd.csv'],
    ['path, of its responses', ['path', 'x.mtx', '--target', 'y.txt'], '--report', 'y.txt'],
    ['path, of its names', ['path', 'x.mtx', '--target', 'y.txt', '--names', 'names.txt'], '--report', 'names.txt'],
    ['train', ['train', 'd.csv', '--target', 'y', ...regression], '--output', 'd.csv'],
    ['train, its page', ['train', 'd.csv', '--target', 'y', ...regression], '--report', 'd.csv'],
    ['predict', ['predict', 'm.json', 'd.csv'], '--output', 'd.csv'],
    ['ratio', ['ratio', 'd.csv', '--target', 'y'], '--report', 'd.csv'],
    ['solve', ['solve', 'q'], '--report', 'q.nl'],
    ['solve, of its names', ['solve', 'q.nl'], '--report', 'q.col'],
  ])('is not written by %s', async (_, args, option, read) => {
    const name = named(read);
    await refuses([...args, option, name], /is the same file as \S+, which is read; expected another one/);
  });
});

it('a model that is read is not written', async () => {
  await folder.run(['train', 'd.csv', '--target', 'y', ...regression, '--output', 'm.json']);
  const model = folder.read('m.json');
  await refuses(
    ['predict', 'm.json', 'd.csv', '--output', './m.json'],
    /--output \.\/m\.json: is the same file as m\.json, which is read/,
  );
  expect(folder.read('m.json')).toBe(model);
});

it('two things are not written to one file, whether it is there or not', async () => {
  const args = ['train', 'd.csv', '--target', 'y', ...regression];
  await refuses(
    [...args, '--output', 'both', '--report', './both'],
    /--report \.\/both: is the same file as --output both; expected another one/,
  );
  await refuses([...args, '--report', 'model.json'], /--report model\.json: is the same file as --output model\.json/);
  await refuses(['solve', 'q', '--wantsol', '1', '--report', 'q.sol'], /the answer for AMPL, q\.sol: is the same file/);
  expect(readdirSync(folder.path)).not.toContain('both');
});

it.each([
  ['solve', ['solve', 'link', '--wantsol', '1']],
  ['AMPL', ['link', '-AMPL']],
  ['-s', ['-s', 'link']],
])('a .sol file that is a link to the problem is not written by %s', async (_, args) => {
  if (!readdirSync(folder.path).includes('link.sol')) {
    symlinkSync(folder.file('q.nl'), folder.file('link.nl'));
    symlinkSync('q.nl', folder.file('link.sol'));
  }
  await refuses(args, /the answer for AMPL, link\.sol: is the same file as link\.nl, which is read/);
});

it('files with other names, columns of the name of a file, devices and names that begin with a dash are written and read', async () => {
  folder.write('y', 'a file that is called as a column is');
  const { code } = await folder.run(['path', 'd.csv', '--target', 'y', '--report', 'y', '--folds', '0', '--json']);
  expect(code).toBe(0);
  expect(folder.read('y')).toContain('<html');
  folder.write('-d.csv', csv);
  const ended = await folder.run(['ratio', '--target', 'y', '--report', '/dev/null', '--', '-d.csv']);
  expect(ended).toMatchObject({ code: 0, errors: '' });
  await refuses(['path', '--target', 'y', '--report=-d.csv', '--', '-d.csv'], /--report -d\.csv: is the same file as/);
  folder.write('-q.nl', problem);
  expect((await folder.run(['-s', '--', '-q'])).code).toBe(0);
  expect(folder.read('-q.sol')).toContain('objno 0 0');
});

it('standard input is no file of data, as its name does not say its form', async () => {
  for (const name of ['-', '/dev/stdin']) {
    await refuses(['path', name, '--target', 'y'], /expected a file named \.csv/);
    await refuses(['solve', name], /there is no file (-|\/dev\/stdin)\.nl/);
  }
});

it('a model may be written to a pipe, which nobody but its reader reads', () => {
  const args = ['train', 'd.csv', '--target', 'y', ...regression, '--outlev', '0', '--output', '/dev/stdout'];
  const { status, stdout, stderr } = spawnSync('sh', ['-c', '"$@" | cat', 'sh', process.execPath, program, ...args], {
    cwd: folder.path,
    encoding: 'utf8',
    timeout: patience,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^\{"target":"y".*\}$/m);
  expect(stdout).toMatch(/on these rows: .* The model is in \/dev\/stdout/);
});

it('standard output is no file that is read', async () => {
  const appended = await ended(folder.start(['predict', 'm.json', 'd.csv'], {}, openSync(folder.file('d.csv'), 'a')));
  expect(appended.code).toBe(2);
  expect(appended.errors).toMatch(/standard output is d\.csv, which is read; expected another file/);
  expect(folder.read('d.csv')).toBe(csv);
});

it('a model and names may have a byte order mark, of UTF-8 or UTF-16', async () => {
  await folder.run(['train', 'd.csv', '--target', 'y', ...regression, '--output', 'm.json']);
  const { output } = await folder.run(['predict', 'm.json', 'd.csv']);
  const text = `\ufeff${folder.read('m.json')}`;
  for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()]) {
    folder.write('marked.json', bytes);
    expect(await folder.run(['predict', 'marked.json', 'd.csv'])).toMatchObject({ code: 0, errors: '', output });
  }
  folder.write('q.col', '\ufeffheight\n');
  expect((await folder.run(['solve', 'q', '--wantsol', '2'])).output).toMatch(/^height /m);
  folder.write('names.txt', Buffer.from('\ufeffa\nb\n', 'utf16le'));
  const args = ['path', 'x.mtx', '--target', 'y.txt', '--names', 'names.txt', '--folds', '0'];
  expect((await folder.run(args)).output).toMatch(/^a /m);
});

it('a table of more columns than usual is refused, and read with --maxColumns', async () => {
  const wide = (value: string): string =>
    Array.from({ length: 65_540 }, (_, j) => value.replace('#', String(j))).join(',');
  folder.write('wide.csv', `y,${wide('c#')}\n1,${wide('0')}\n2,${wide('1')}\n3,${wide('0')}\n`);
  const args = ['train', 'wide.csv', '--target', 'y', '--model', 'regression', '--lambda', '100', '--json'];
  await refuses(args, /wide\.csv: more columns than maxColumns = 65536; --maxColumns raises that/);
  expect(await folder.run([...args, '--maxColumns', '70000'])).toMatchObject({ code: 0, errors: '' });
});
