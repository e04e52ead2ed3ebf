// `node scripts/pack.mjs`: the tarball of the package from dist/ and prebuilds/, with a README whose links lead to the repository, and a
// package.json that names it and has nothing that only developers need. Arguments are those of `npm pack`.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, fields } from './publication.mjs';
import { main, root, run } from './shared.mjs';

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
  main(() => run('npm', ['pack', ...process.argv.slice(2)], { cwd: stage() }));
}
