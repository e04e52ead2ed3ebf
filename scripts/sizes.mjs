// Prints how large the machine code of the addon is, and of the objects of its entries: node scripts/sizes.mjs [FOLDER]
// `own` is the code of functions of the namespace nonconvex in the addon, `entries` that in objects that entries are compiled to.
import { execFileSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { files, main, root } from './shared.mjs';

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
    .map((line) => /^\S+ (\S+) [tTwW] (.*)$/.exec(line))
    .filter((each) => each?.[2].match(pattern));
  return functions.reduce((sum, [, size]) => sum + Number.parseInt(size, 16), 0);
}

main(() => {
  const build = join(process.argv[2] ?? root, 'build-cmake');
  const objects = files(relative(root, join(build, 'CMakeFiles')))
    .filter((name) => name.endsWith('.o') && /binding.entries/.test(name))
    .map((name) => join(root, name));
  for (const path of objects) console.log(`${relative(build, path)}: ${kilobytes(sizeOf(path))}`);
  const addon = join(build, 'Release', 'nonconvex.node');
  console.log(`entries: ${kilobytes(objects.reduce((sum, path) => sum + sizeOf(path), 0))}`);
  console.log(`addon: ${kilobytes(sizeOf(addon))}, own: ${kilobytes(codeOf(addon, /nonconvex/))}`);
});
