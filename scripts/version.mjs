// `npm run raise`: raises the version as the changesets say, moves their sentences to CHANGELOG.md, and writes the version everywhere else
// that it stands.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { main, root, run, runTool } from './shared.mjs';

/** Where the version of package.json stands beside it: a file, and what is around each of its places there. */
const places = [
  ['native/binding/registry.cpp', /(constexpr const char\* version = ")[^"]+(";)/g],
  ['packages/cuda/package.json', /("(?:version|nonconvex)": ")[^"]+(")/g],
  ['packages/wasm/package.json', /("version": ")[^"]+(")/g],
  ['package.json', /("nonconvex-cuda": ")[^"]+(")/g],
  ['CITATION.cff', /(^version: ).+()$/gm],
  ['docs/cli.md', /(^nonconvex )\d+\.\d+\.\d+(: )/gm],
  ['docs/deploying.md', /(nonconvex-)\d+\.\d+\.\d+(\.tgz)/g],
];

const read = (file) => readFileSync(join(root, file), 'utf8');

/** The version in package.json, and the files that have another. */
export function versions() {
  const { version } = JSON.parse(read('package.json'));
  const written = places.map(([file, pattern]) => {
    const before = read(file);
    if (before.search(pattern) < 0) throw new Error(`${file} has no place for the version: ${pattern}`);
    return { file, before, text: before.replace(pattern, `$1${version}$2`) };
  });
  return { version, differing: written.filter(({ before, text }) => before !== text) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  main(() => {
    runTool('@changesets/cli', 'bin.js', ['version']);
    for (const { file, text } of versions().differing) writeFileSync(join(root, file), text);
    run('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']);
    const lock = read('package-lock.json');
    writeFileSync(join(root, 'package-lock.json'), lock.replace(/^ *"resolved": .*\n/gm, ''));
  });
