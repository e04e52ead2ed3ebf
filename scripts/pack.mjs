// `node scripts/pack.mjs`: the tarball of the package from dist/ and prebuilds/, with a README whose links lead to the repository, and a
// package.json that names it and has nothing that only developers need. Takes `--json` and
// `--pack-destination FOLDER` as `npm pack` does, and ends with the command that installs the tarball.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addressOf, fields } from './publication.mjs';
import { main, root } from './shared.mjs';

const folder = join(root, 'build-package');

/** Links of Markdown to files of the repository as addresses. */
export function withAddresses(markdown) {
  return markdown.replace(/\]\((?![a-z]+:|#)([^)\s]+)\)/g, (_, link) => {
    const [path, anchor] = link.split('#');
    if (!existsSync(join(root, path))) throw new Error(`README.md: ${link} is not there`);
    return `](${addressOf(path)}${anchor ? `#${anchor}` : ''})`;
  });
}

/** The published files, in a folder of their own. */
export function stage() {
  const { scripts, devDependencies, ...published } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const name of [...published.files, 'LICENSE']) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, 'README.md'), withAddresses(readFileSync(join(root, 'README.md'), 'utf8')));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...published, ...fields }, null, 2)}\n`);
  return folder;
}

if (process.argv[1] === import.meta.filename) {
  main(() => {
    const { values } = parseArgs({ options: { json: { type: 'boolean' }, 'pack-destination': { type: 'string' } } });
    const to = resolve(values['pack-destination'] ?? folder);
    const given = ['pack', '--json', '--pack-destination', to];
    const json = execFileSync('npm', given, { cwd: stage(), encoding: 'utf8' });
    if (values.json) return console.log(json);
    console.log(`npm install ${join(to, JSON.parse(json)[0].filename)}`);
  });
}
