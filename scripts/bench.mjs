// `npm run bench -- NAME [arguments]` runs a benchmark against the addon built here; without a name it lists them. The
// name of a family runs bench/FAMILY/index.ts, FAMILY/QUESTION runs bench/FAMILY/QUESTION.bench.ts.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { files, main, root, run } from './shared.mjs';

const [name, ...rest] = process.argv.slice(2);
const benches = new Map(
  files('bench', (path) => /^bench\/\w+\/(index|\w+\.bench)\.ts$/.test(path)).map((path) => [
    path.slice('bench/'.length).replace(/(\/index|\.bench)\.ts$/, ''),
    path,
  ]),
);

if (!benches.has(name)) {
  console.log(`npm run bench -- NAME, where NAME is one of: ${[...benches.keys()].join(' ')}`);
  process.exit(name === undefined ? 0 : 1);
}
run(process.execPath, ['scripts/setup.mjs']);
// The bundle lies one level below the root, like src/ and dist/, so that it finds the addon.
const { build } = await import('esbuild');
mkdirSync(join(root, 'build-bench'), { recursive: true });
const outfile = join(root, 'build-bench', `${name.replace('/', '-')}.mjs`);
await build({
  entryPoints: [join(root, benches.get(name))],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
});
main(() => run(process.execPath, ['--enable-source-maps', outfile, ...rest]));
