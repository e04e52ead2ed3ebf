// `npm run docs`: the documentation as a site, in build-site/: the pages of docs/ and those of the API.
//   npm run docs -- --serve    and shows it at an address that it prints
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { main, root, run, runTool } from './shared.mjs';

/** The page where the solvers run as WebAssembly, if npm run build:wasm has built them. */
function copyPlayground(to) {
  const built = join(root, 'packages/wasm');
  if (!existsSync(join(built, 'nonconvex.wasm')))
    return console.log('without the playground: npm run build:wasm builds what it needs');
  cpSync(join(root, 'docs/site/playground'), to, { recursive: true });
  for (const name of ['index.js', 'addon.js', 'onnxSchema.js', 'nonconvex.wasm'])
    cpSync(join(built, name), join(to, name));
}

main(() => {
  const site = join(root, 'docs/site');
  const pages = join(site, 'pages');
  if (!existsSync(join(site, 'node_modules/vitepress'))) run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: site });
  rmSync(pages, { recursive: true, force: true });
  for (const name of readdirSync(join(root, 'docs')).filter((name) => name !== 'site')) {
    cpSync(join(root, 'docs', name), join(pages, name), { recursive: true });
  }
  copyPlayground(join(pages, 'public/playground'));
  runTool('typedoc', 'bin/typedoc', ['--out', join(pages, 'public/api')]);
  const vitepress = (...args) =>
    run(process.execPath, [join(site, 'node_modules/vitepress/bin/vitepress.js'), ...args]);
  vitepress('build', site);
  if (process.argv.includes('--serve')) vitepress('serve', site);
});
