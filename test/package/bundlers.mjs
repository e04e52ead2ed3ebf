// Bundles a program that uses the package, as its users would: node bundlers.mjs TOOL APPLICATION ENTRY OUTPUT. What is written is to be run
// by Node. In JavaScript, and in a process of its own, since some bundlers change into folders and keep what they have read.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [tool, application, entry, output] = process.argv.slice(2);
const input = join(application, entry);

const esbuildWith = (options) => async () => {
  const { build } = await import('esbuild');
  const outfile = join(output, options.format === 'esm' ? 'app.mjs' : 'app.cjs');
  await build({ entryPoints: [input], outfile, bundle: true, platform: 'node', logLevel: 'error', ...options });
};

const webpackWith = (options) => async () => {
  const { default: webpack } = await import('webpack');
  const files = { path: output, filename: 'app.cjs' };
  const config = {
    mode: 'production',
    target: 'node20',
    context: application,
    entry: input,
    output: files,
    ...options,
  };
  const stats = await new Promise((resolve, reject) =>
    webpack(config, (error, made) => (error ? reject(error) : resolve(made))),
  );
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString('errors-warnings'));
};

const rollupWith = (options, external) => async () => {
  const { rollup } = await import('rollup');
  const { nodeResolve } = await import('@rollup/plugin-node-resolve');
  const { importMetaAssets } = await import('@web/rollup-plugin-import-meta-assets');
  const warnings = [];
  const bundle = await rollup({
    input,
    external,
    plugins: [nodeResolve({ exportConditions: ['node'] }), importMetaAssets()],
    onLog: (level, log) => level === 'warn' && warnings.push(log.message),
  });
  await bundle.write({ dir: output, inlineDynamicImports: true, ...options });
  if (warnings.length > 0) throw new Error(warnings.join('\n'));
};

const viteWith = (ssr, options) => async () => {
  const { build } = await import('vite');
  const rolldownOptions = { output: { entryFileNames: 'app.mjs' }, ...options?.rolldownOptions };
  const settings = { ssr: input, outDir: output, emptyOutDir: true, ...options, rolldownOptions };
  await build({ root: application, configFile: false, logLevel: 'warn', ssr, build: settings });
};

/** By the bundler of the Bun that NONCONVEX_BUN names; with `compile` into one executable, which holds the binary. */
const bunWith = (compile) => () => {
  const kind = compile
    ? ['--compile', `--outfile=${join(output, 'app.exe')}`]
    : ['--target=node', `--outdir=${output}`];
  execFileSync(process.env.NONCONVEX_BUN, ['build', input, ...kind], { stdio: ['ignore', 'ignore', 'inherit'] });
  // Bun calls an ES module .js, of which Node has to be told.
  if (!compile) renameSync(join(output, 'app.js'), join(output, 'app.mjs'));
};

/** The files that a program needs, as serverless platforms find and copy them. */
async function trace() {
  const { nodeFileTrace } = await import('@vercel/nft');
  const { fileList, warnings } = await nodeFileTrace([input], { base: application });
  if (warnings.size > 0) throw new Error([...warnings].join('\n'));
  for (const file of fileList) {
    mkdirSync(dirname(join(output, file)), { recursive: true });
    cpSync(join(application, file), join(output, file));
  }
}

const copy = { '.node': 'copy' };
const file = { '.node': 'file' };
const asset = { module: { rules: [{ test: /\.node$/, type: 'asset/resource' }] } };
const js = "import module from 'node:module'; const require = module.createRequire(import.meta.url);";
const emitted = { ssrEmitAssets: true, rolldownOptions: { moduleTypes: { '.node': 'asset' } } };

const tools = {
  'esbuild, CommonJS, copy': esbuildWith({ format: 'cjs', loader: copy }),
  'esbuild, CommonJS, file': esbuildWith({ format: 'cjs', loader: file }),
  'esbuild, ES module, copy': esbuildWith({ format: 'esm', loader: copy, banner: { js } }),
  'esbuild, ES module, file': esbuildWith({ format: 'esm', loader: file }),
  'esbuild, external': esbuildWith({ format: 'esm', external: ['nonconvex'] }),
  'esbuild, without the binary': esbuildWith({ format: 'esm', external: ['*.node'] }),
  webpack: webpackWith({}),
  'webpack, asset': webpackWith(asset),
  'webpack, external': webpackWith({ externals: [/^nonconvex/], externalsType: 'commonjs' }),
  'Rollup, ES module': rollupWith({ format: 'es', entryFileNames: 'app.mjs' }),
  'Rollup, CommonJS': rollupWith({ format: 'cjs', entryFileNames: 'app.cjs' }),
  'Rollup, external': rollupWith({ format: 'es', entryFileNames: 'app.mjs' }, [/^nonconvex/]),
  Bun: bunWith(false),
  'Bun, one executable': bunWith(true),
  'Vite, external': viteWith({}),
  'Vite, asset': viteWith({ noExternal: true }, emitted),
  '@vercel/nft': trace,
};

await tools[tool]();
