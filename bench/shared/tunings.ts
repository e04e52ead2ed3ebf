// The constants of a family's Tunings: read from the sources, and built as variables into an addon of its own.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { root } from './native.js';

export interface Tuned {
  /** FILE:NAME, the file relative to the folder of the family, or to native/ where it is one of native/methods. */
  name: string;
  kind: string;
  sentence: string;
}

const declaration = /^(\s*)(?:(?:static |inline )*constexpr )?(double|float|int|[\w:]+_t) (\w+ = [^;]+);(.*)$/;

/** Calls `each` with the lines of a file's Tunings that declare numbers, and puts what it gives in their places. */
function mapTunings(text: string, each: (line: string, above: string) => string): string {
  let tuning: string | undefined; // the indentation of the struct that is open
  let above = ''; // the comment above the line
  return text
    .replace(/(constexpr [\w:]+ \w+ =)\n\s+/g, '$1 ')
    .split('\n')
    .map((line) => {
      tuning ??= /^(\s*)struct (?:\w+(?:<\w+>)?::)*\w*Tuning \{/.exec(line)?.[1];
      if (tuning !== undefined && line.startsWith(`${tuning}};`)) tuning = undefined;
      const comment = /^\s*\/\/+ ?(.*)/.exec(line)?.[1];
      if (comment !== undefined)
        above = above && !/^(measured|safeguard|rounding):/.test(comment) ? `${above} ${comment}` : comment;
      return tuning !== undefined && declaration.test(line) ? each(line, above) : line;
    })
    .join('\n');
}

function declared(line: string): {
  indent: string;
  type: string;
  numbers: [name: string, value: string][];
  comment: string;
} {
  const [, indent = '', type = '', list = '', behind = ''] = declaration.exec(line) ?? [];
  const numbers = list.split(', ').map((each) => each.split(' = ') as [string, string]);
  return { indent, type, numbers, comment: /\/\/+<? ?(.*)/.exec(behind)?.[1] ?? '' };
}

const sourcesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[ch]pp$/.test(file))
    .sort();

/** The sources under native/solvers/FAMILY and in folders of native/methods, or of native where a name has a slash, with the names that their constants begin with. */
function tunedSources(family: string, methods: readonly string[]): [source: string, name: string][] {
  const own = `native/solvers/${family}`;
  return [
    ...sourcesOf(join(root, own)).map((file): [string, string] => [`${own}/${file}`, file]),
    ...methods.flatMap((name) => {
      const folder = name.includes('/') ? name : `methods/${name}`;
      return sourcesOf(join(root, 'native', folder)).map((file): [string, string] => [
        `native/${folder}/${file}`,
        `${folder}/${file}`,
      ]);
    }),
  ];
}

/** The constants of all Tunings under native/solvers/FAMILY and in folders of native/methods. */
export function tuningsOf(family: string, methods: readonly string[]): Tuned[] {
  const found: Tuned[] = [];
  for (const [source, file] of tunedSources(family, methods)) {
    mapTunings(readFileSync(join(root, source), 'utf8'), (line, above) => {
      const { numbers, comment } = declared(line);
      const [, kind = '', sentence = ''] = /^(\w+): (.*)/.exec(comment || above) ?? [];
      for (const [name] of numbers) found.push({ name: `${file}:${name}`, kind, sentence });
      return line;
    });
  }
  // Structs of one file may have constants of one name, which are set together.
  return [...new Map(found.map((tuned) => [tuned.name, tuned])).values()];
}

/** A file in which these constants of Tunings are variables. */
function withVariables(file: string, text: string, variable: ReadonlySet<string>): string {
  const changed = mapTunings(text, (line) => {
    const { indent, type, numbers } = declared(line);
    if (!numbers.some(([name]) => variable.has(`${file}:${name}`))) return line;
    return numbers
      .map(
        ([name, value]) =>
          `${indent}static inline ${type}& ${name} = nonconvex::tunable<${type}>("${file}:${name}", ${value});`,
      )
      .join('\n');
  });
  return changed === text ? text : changed.replace(/^#include/m, '#include "binding/tunable.hpp"\n#include');
}

function writeChanged(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

interface Compiled {
  file: string;
  output: string;
  command: string;
}

/** The command that compiles a source of the repository from its copy instead, as an object there. */
function ofCopy({ file, output, command }: Compiled, copy: string): Compiled {
  const [from, to] = [join(copy, relative(root, file)), join(copy, 'objects', basename(output))];
  if (file.startsWith(join(root, 'build-groups'))) writeChanged(from, readFileSync(file, 'utf8'));
  const own = existsSync(from) ? from : file;
  const flags = `-I${copy}/native -MD -MF ${to}.d -Wno-error`;
  return {
    file: own,
    output: to,
    command: command.replace(` -I`, ` ${flags} -I`).replace(`-o ${output} -c ${file}`, `-o ${to} -c ${own}`),
  };
}

/** The objects of build-cmake that were compiled from one of these sources, by what the compiler has told Ninja. */
function objectsOf(sources: ReadonlySet<string>, build: string): Set<string> {
  const printed = execFileSync('ninja', ['-C', build, '-t', 'deps'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const found = new Set<string>();
  let object = '';
  for (const line of printed.split('\n')) {
    object = /^(\S+): #deps/.exec(line)?.[1] ?? object;
    if (/^\s/.test(line) && sources.has(relative(root, resolve(build, line.trim())))) found.add(object);
  }
  return found;
}

/**
 * Builds an addon in build-bench/FAMILY-ablation in which some constants, FILE:NAME, of the family and of these methods are variables:
 * from a copy of native/, with the objects of build-cmake that know none of them. Returns its path.
 */
export function buildTunable(family: string, methods: readonly string[], names: readonly string[]): string {
  const [copy, build] = [join(root, 'build-bench', `${family}-ablation`), join(root, 'build-cmake')];
  const [tuned, variable] = [new Map(tunedSources(family, methods)), new Set(names)];
  const changed = new Set<string>();
  for (const file of sourcesOf(join(root, 'native'))) {
    const [source, text] = [`native/${file}`, readFileSync(join(root, 'native', file), 'utf8')];
    const name = tuned.get(source);
    const own = name === undefined ? text : withVariables(name, text, variable);
    if (own !== text) changed.add(source);
    writeChanged(join(copy, source), own);
  }
  for (const [file, from] of [
    ['native/binding/tunable.hpp', 'bench/shared/ablation/tunable.hpp'],
    ['native/binding/tunables.cpp', 'bench/shared/ablation/tunables.cpp'],
    ['cmake/group.hpp', 'cmake/group.hpp'],
  ] as const) {
    writeChanged(join(copy, file), readFileSync(join(root, from), 'utf8'));
  }
  const all: Compiled[] = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'));
  const objectsToChange = objectsOf(changed, build);
  const own = all.filter(({ output }) => objectsToChange.has(output) && /nonconvex(_core)?\.dir/.test(output));
  const addon = all.find(
    ({ file, output }) => file.endsWith('/binding/addon.cpp') && output.includes('nonconvex.dir'),
  ) as Compiled;
  const objects = new Map(own.map((each) => [each.output, ofCopy(each, copy)]));
  const register = ofCopy(
    { ...addon, output: 'tunables.o', command: addon.command.replace(addon.output, 'tunables.o') },
    copy,
  );
  const source = join(copy, 'native/binding/tunables.cpp');
  objects.set('tunables.o', {
    ...register,
    file: source,
    command: register.command.replace(`-c ${register.file}`, `-c ${source}`),
  });
  const commands = execFileSync('ninja', ['-C', build, '-t', 'commands', 'Release/nonconvex.node'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const target = join(copy, 'nonconvex.node');
  const link = (commands.trim().split('\n').at(-1) as string)
    .replace('-o Release/nonconvex.node', `-o ${target} ${[...objects.values()].map(({ output }) => output).join(' ')}`)
    .split(' ')
    .filter((word) => !objects.has(word))
    .join(' ');
  const rules = [...objects.values()].map(
    ({ file, output, command }) =>
      `build ${output}: run ${file}\n  line = ${command}\n  depfile = ${output}.d\n  deps = gcc`,
  );
  const inputs = [...objects.values()].map(({ output }) => output).join(' ');
  const linking = `build ${target}: run ${inputs} ${join(build, 'libnonconvex_core.a')}\n  line = ${link}`;
  const rule = `rule run\n  command = cd ${build} && $line`;
  writeChanged(join(copy, 'build.ninja'), `${[rule, ...rules, linking].join('\n')}\n`);
  execFileSync('ninja', ['-C', copy, '--quiet'], { stdio: ['ignore', process.stderr, 'inherit'] });
  return target;
}
