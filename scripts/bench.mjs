// `npm run bench -- NAME [arguments]` runs bench/NAME.ts against the addon built here; without a name it lists them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { files, main, root, run } from './shared.mjs';

const [name, ...rest] = process.argv.slice(2);
const benches = files('bench', (path) => /^bench\/\w+\.ts$/.test(path)).map((path) =>
  path.slice('bench/'.length, -'.ts'.length),
);

if (!benches.includes(name)) {
  console.log(`npm run bench -- NAME, where NAME is one of: ${benches.join(' ')}`);
  process.exit(name === undefined ? 0 : 1);
}
run(process.execPath, ['scripts/setup.mjs']);
// esbuild comes with tsup. The bundle lies one level below the root, like src/ and dist/, so that it finds the addon.
const { build } = await import('esbuild');
mkdirSync(join(root, 'build-bench'), { recursive: true });
const outfile = join(root, 'build-bench', `${name}.mjs`);
await build({
  entryPoints: [join(root, 'bench', `${name}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
});
main(() => run(process.execPath, ['--enable-source-maps', outfile, ...rest]));
