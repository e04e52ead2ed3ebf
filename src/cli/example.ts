// `nonconvex example`: programs to begin with, which come with the package.
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { closest } from '../core/check.js';
import { UsageError } from './keywords.js';
import { print } from './print.js';

interface Example {
  /** The path in the folder of examples, without its ending: a program, or a folder of a program of several files. */
  name: string;
  path: string;
  /** The first sentence of the program's first comment, or the heading of its README. */
  about: string;
}

/** Adds the command to the program; `ended` takes the exit status. */
export function addExample(program: Command, ended: (status: number) => void): void {
  program
    .command('example')
    .description('List programs to begin with, print one of them, or copy it.')
    .argument('[name]', 'an example of the list; without it, the list')
    .option('--output <path>', 'copy the example there: a new file or folder')
    .option('--json', 'print one JSON object')
    .action((name: string | undefined, options: { output?: string; json?: true }) => {
      if (name === undefined) printList(options);
      else show(named(name), options);
      ended(0);
    });
}

/** The folder of examples beside dist/, or beside src/ where the program is not built. */
function folder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = ['../examples', '../../examples'].map((path) => resolve(here, path)).find((path) => existsSync(path));
  if (found === undefined) throw new UsageError('there is no folder of examples beside the program');
  return found;
}

/** All examples, in order. A folder with a package.json is one. */
export function examples(root = folder(), below = ''): Example[] {
  const entries = readdirSync(join(root, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry): Example[] => {
    const path = join(root, below, entry.name);
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!existsSync(join(path, 'package.json'))) return examples(root, name);
      return [{ name, path, about: /^# (.*)$/m.exec(textOf(join(path, 'README.md')))?.[1] ?? '' }];
    }
    if (!entry.name.endsWith('.mjs')) return [];
    return [{ name: name.replace(/\.mjs$/, ''), path, about: headOf(readFileSync(path, 'utf8')) }];
  });
}

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** The first sentence of the comment that a program begins with, in one line. */
function headOf(text: string): string {
  const lines = text.split('\n');
  // Code within the comment is indented.
  const end = lines.findIndex((line) => !/^\/\/ \S/.test(line));
  const comment = lines.slice(0, end).map((line) => line.slice(3));
  return comment.join(' ').split(/(?<=\.)\s/, 1)[0] as string;
}

function named(name: string): Example {
  const all = examples();
  const found = all.find((each) => each.name === name.replace(/\.mjs$/, ''));
  if (found) return found;
  const names = all.map((each) => each.name);
  const last = (each: string): string => each.slice(each.lastIndexOf('/') + 1);
  const near = closest(name, names) ?? closest(last(name), names.map(last));
  const meant = names.find((each) => each === near || last(each) === near);
  throw new UsageError(
    `there is no example '${name}'${meant === undefined ? '' : `: did you mean '${meant}'?`}; nonconvex example lists them`,
  );
}

function printList({ json }: { json?: true }): void {
  const all = examples().map(({ name, about }) => ({ name, about }));
  if (json) {
    print(JSON.stringify(all));
    return;
  }
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, about } of all) print(`${name.padEnd(width)}  ${about}`);
  print('\nnonconvex example NAME prints an example, --output PATH copies it.');
}

function show({ name, path, about }: Example, { output, json }: { output?: string; json?: true }): void {
  const isFolder = statSync(path).isDirectory();
  if (output !== undefined) {
    if (existsSync(output)) throw new UsageError(`--output ${output}: it is there already`);
    cpSync(path, output, { recursive: true });
    print(json ? JSON.stringify({ name, output }) : `${name} is in ${output}.`);
    return;
  }
  const files = isFolder
    ? Object.fromEntries(filesIn(path).map((file) => [file, readFileSync(join(path, file), 'utf8')]))
    : { [`${name.split('/').at(-1)}.mjs`]: readFileSync(path, 'utf8') };
  if (json) print(JSON.stringify({ name, about, files }));
  else if (!isFolder) process.stdout.write(Object.values(files).join(''));
  else {
    print(`${name} has several files; --output FOLDER copies them:`);
    for (const file of Object.keys(files)) print(`  ${file}`);
  }
}

const filesIn = (path: string): string[] =>
  (readdirSync(path, { recursive: true }) as string[])
    .filter((file) => statSync(join(path, file)).isFile() && !file.startsWith('node_modules'))
    .sort();
