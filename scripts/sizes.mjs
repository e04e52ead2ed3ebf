// Prints how large the machine code of the addon is, and of the objects of its entries: node scripts/sizes.mjs [FOLDER] [--check]
// `own` is the code of functions of the namespace nonconvex in the addon, each address once, as a constructor has several names.
// `entries` is that of the objects that entries are compiled to, with their constants. With --check it fails where an entry has grown:
// one is at most `most` kB large for each verb that it registers, but for those in `known`. Numbers are those of g++ 12 for x86-64.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { files, main, root } from './shared.mjs';

const most = 15;
/** Entries that are larger, in kB for each verb. A number grows with the members of an answer alone. Most of `nlp_prepared` and `relu-0` are functions of Node's headers, which the linker keeps once. */
const known = {
  'native-binding-entries-discrete-0': 20,
  'native-binding-entries-nlp-0': 22,
  'native-binding-entries-relu-0': 27,
  fit: 16,
  fractional: 27,
  nlp: 37,
  nlp_prepared: 21,
  relu: 29,
  relu_predict: 18,
  smooth: 22,
};

const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/** Bytes of code and constants, with those that are relocated. */
function sizeOf(path) {
  const [text, data] = run('size', path).split('\n')[1].trim().split(/\s+/).map(Number);
  return text + data;
}

/** Bytes of functions whose names have a pattern. */
function codeOf(path, pattern) {
  const lines = run('nm', '-CS', '--defined-only', path).split('\n');
  const functions = lines
    .map((line) => /^(\S+) (\S+) [tTwW] (.*)$/.exec(line))
    .filter((each) => each?.[3].match(pattern))
    .map(([, address, size]) => [address, Number.parseInt(size, 16)]);
  return [...new Map(functions).values()].reduce((sum, size) => sum + size, 0);
}

/** The file that an object was compiled from, relative to the folder. */
const sourceOf = (object) => /\.dir\/(.*)\.o$/.exec(object)[1];

/**
 * Counts the verbs that an object registers. The object of a group (cmake/groups.cmake) is compiled of the files that the group includes.
 */
function verbsOf(object, folder) {
  const source = (path) => readFileSync(join(folder, path), 'utf8');
  const path = sourceOf(object);
  const members = path.startsWith('build-groups/')
    ? Array.from(source(path).matchAll(/^#include "(.*\.cpp)"$/gm), ([, member]) => join(dirname(path), member))
    : [path];
  const registered = members.flatMap((member) => source(member).match(/^const RegisterSolver</gm) ?? []);
  return Math.max(1, registered.length);
}

main(() => {
  const [folder = root] = process.argv.slice(2).filter((each) => each !== '--check');
  const build = join(folder, 'build-cmake');
  const objects = files(relative(root, join(build, 'CMakeFiles')))
    .filter((name) => name.endsWith('.o') && /nonconvex\.dir.*binding.entries/.test(name))
    .map((name) => join(root, name))
    // An old build keeps objects of files that are gone.
    .filter((path) => existsSync(join(folder, sourceOf(path))));
  const grown = [];
  for (const path of objects) {
    const name = basename(path, '.cpp.o');
    const verbs = verbsOf(path, folder);
    console.log(`${name}: ${kilobytes(sizeOf(path))}${verbs > 1 ? ` for ${verbs} verbs` : ''}`);
    if (sizeOf(path) / verbs > 1000 * (known[name] ?? most)) grown.push(name);
  }
  console.log(`entries: ${kilobytes(objects.reduce((sum, path) => sum + sizeOf(path), 0))}`);
  const addon = join(build, 'Release', 'nonconvex.node');
  console.log(`addon: ${kilobytes(sizeOf(addon))}, own: ${kilobytes(codeOf(addon, /nonconvex/))}`);
  if (process.argv.includes('--check') && grown.length > 0) {
    throw new Error(`${grown.join(', ')}: larger than ${most} kB for each verb, or than scripts/sizes.mjs knows`);
  }
});
