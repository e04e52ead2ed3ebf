// `npm run release [-- --dry-run]`: publishes the package that scripts/pack.mjs makes, with provenance, unless something is missing: binaries of
// a platform, a clean work tree, a version for all changes. A dry run lists what is missing and what would be published, makes the tarballs of all
// packages in build-release/, and fails only on what no release job can mend: a package that is too large, or that names a file it does not have.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stage } from './pack.mjs';
import { binaryOf, platforms } from './platforms.mjs';
import { repository } from './publication.mjs';
import { main, output, root, run } from './shared.mjs';

const largest = 20e6; // bytes, packed, with the binaries of all platforms
const dry = process.argv.includes('--dry-run');

/** The reasons why this checkout cannot be published as it is. */
function obstacles() {
  const missing = Object.keys(platforms)
    .map(binaryOf)
    .filter((file) => !existsSync(join(root, file)));
  const changesets = readdirSync(join(root, '.changeset')).filter(
    (file) => file.endsWith('.md') && file !== 'README.md',
  );
  const changed = (output('git', ['status', '--porcelain']) ?? '').trim();
  return [
    ...missing.map((file) => `no ${file}`),
    ...(changesets.length > 0 ? [`${changesets.length} changesets that no version has: npx changeset version`] : []),
    ...(changed ? [`changes that are not committed:\n${changed}`] : []),
    ...(new URL(repository).hostname === 'example.org' ? ['no repository in scripts/publication.mjs'] : []),
    ...(process.env.GITHUB_ACTIONS ? [] : ['not in the release workflow, which alone can sign provenance']),
  ];
}

/** The files that package.json leads users to. */
function named({ bin, main, module, types, exports }) {
  const leaves = (value) => (typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(leaves));
  return [bin, main, module, types, exports].flatMap(leaves).map((path) => path.replace(/^\.\//, ''));
}

/** Packages beside the first one, with the command that builds their files. */
const others = { 'packages/cuda': 'npm run build:cuda -- --package', 'packages/wasm': 'npm run build:wasm' };

/** Makes the tarballs of all packages whose files are built. */
function makeTarballs(staged) {
  const to = join(root, 'build-release');
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  for (const [folder, command] of [[staged], ...Object.entries(others)]) {
    const from = resolve(root, folder);
    const { name, files } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
    const absent = command === undefined ? [] : files.filter((file) => !existsSync(join(from, file)));
    if (absent.length > 0) {
      console.log(`no tarball of ${name}: ${absent.join(', ')} not built (${command})`);
      continue;
    }
    const given = ['pack', '--json', '--ignore-scripts', '--pack-destination', to];
    const [{ filename, size }] = JSON.parse(execFileSync('npm', given, { cwd: from, encoding: 'utf8' }));
    console.log(`build-release/${filename}: ${(size / 1e6).toFixed(1)} MB`);
  }
}

main(() => {
  const folder = stage();
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder, encoding: 'utf8' }),
  )[0];
  const paths = new Set(packed.files.map(({ path }) => path));
  const absent = named(manifest).filter((path) => !paths.has(path));
  if (absent.length > 0) throw new Error(`package.json names files that the package has not: ${absent.join(', ')}`);
  if (packed.size > largest) throw new Error(`the package has ${packed.size} bytes, more than ${largest}`);
  console.log(`${packed.id}: ${packed.entryCount} files, ${(packed.size / 1e6).toFixed(1)} MB packed`);
  for (const name of Object.keys(platforms))
    console.log(`  ${paths.has(binaryOf(name)) ? 'has' : 'lacks'} ${binaryOf(name)}`);
  const found = obstacles();
  for (const obstacle of found) console.log(`in the way: ${obstacle}`);
  if (dry) {
    makeTarballs(folder);
    return console.log('dry run: nothing is published');
  }
  if (found.length > 0) throw new Error('not published');
  run('npm', ['publish', '--provenance', '--access', 'public'], { cwd: folder });
});
