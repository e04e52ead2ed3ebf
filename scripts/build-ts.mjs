// The TypeScript build: the subpaths of the package as ES modules in dist/esm, which share what they need in some tens of files, and every
// module of src/ by itself as CommonJS in dist/cjs, which loads on use; with declarations beside each; and the command line program in one
// file, dist/cli.js. Whatever subpaths a program imports, there is one of each class and table, but for these: the subpaths nonconvex/predict and
// nonconvex/report, which are plain JavaScript without anything of Node, the latter with the libraries that draw, and the messages of
// ONNX.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, buildSync, transformSync } from 'esbuild';
import { writeReferences } from './references.mjs';
import { files, main, root, runTool } from './shared.mjs';

const target = 'node20';
const dist = join(root, 'dist');
const ofTheProgram = (path) => path === 'src/cli.ts' || path.startsWith('src/cli/');
/** Modules that are part of the one file of nonconvex/report alone. */
const ofReports = (path) => path.startsWith('src/report/');
/** Subpaths in one file each, without anything of Node. */
const alone = ['src/predict/index.ts', 'src/report/index.ts'];
/** Libraries of queues, which are the user's to install. */
const external = ['bullmq', 'ioredis'];
/** Modules of the package nonconvex-wasm, which scripts/wasm.mjs builds. */
const ofWasm = (path) => path.startsWith('src/wasm/');

/** Modules that only hand on others. */
const handsOn = new Set(['src/index.ts', 'src/families.ts']);

/** Lets such a module, as CommonJS, load each of the others when something of it is asked for: most programs need one solver. */
function loadOnUse(code) {
  const names = [];
  const declared = code.replace(/^var (\w+) = ((?:__toESM\()?require\("[^"]+"\)\)?);$/gm, (_, name, load) => {
    names.push(name);
    return `var ${name}_, ${name} = () => ${name}_ ??= ${load};`;
  });
  return declared.replace(new RegExp(`=> (${names.join('|')})\\b`, 'g'), '=> $1()');
}

/** One module for one module, as CommonJS; loader.ts uses __filename there and import.meta.url elsewhere. */
function transform(path) {
  const source = readFileSync(join(root, path), 'utf8');
  const define = { 'import.meta.url': 'undefined' };
  // A require where CommonJS loads on use: contexts of node:vm, as Jest has them, know no import().
  const supported = { 'dynamic-import': false };
  const { code } = transformSync(source, { loader: 'ts', format: 'cjs', target, define, supported, sourcefile: path });
  const to = join(dist, 'cjs', relative('src', path).replace(/\.ts$/, '.js'));
  mkdirSync(join(to, '..'), { recursive: true });
  writeFileSync(to, handsOn.has(path) ? loadOnUse(code) : code);
}

/**
 * Modules that stay files of their own, as seen from a folder of dist/esm: what scripts/references.mjs writes, and one of nonconvex/predict; and, as
 * the package itself sees them, the subpaths, which are its namespaces.
 */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/binaries\.js$/ }, () => ({ path: '../core/binaries.js', external: true }));
    onResolve({ filter: /^\.\/\w+\/index\.js$/ }, ({ path, importer }) => ({
      path: importer.endsWith('families.ts') ? `.${path}` : path, // which queues share with the package
      external: true,
    }));
    onResolve({ filter: /\/onnxSchema\.js$/ }, () => ({ path: '../predict/onnxSchema.js', external: true }));
  },
};

/** Undoes `var Model = class _Model`, as esbuild writes a class that names itself: stack traces have the inner name. */
function keepClassNames(path) {
  const code = readFileSync(path, 'utf8');
  const names = Array.from(code.matchAll(/^var (\w+) = class _\1\b/gm), ([, name]) => name);
  if (names.length > 0) writeFileSync(path, code.replace(new RegExp(`\\b_(${names.join('|')})\\b`, 'g'), '$1'));
}

/** The subpaths as ES modules. What several of them need is in files of dist/esm/core, so that an import reads few files and no code twice. Returns the check that what they import is there. */
async function bundleSubpaths() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const paths = Object.values(exports).flatMap((each) => each.import?.default ?? []);
  const entries = paths.map((path) => path.replace('./dist/esm/', 'src/').replace(/\.js$/, '.ts'));
  const { metafile } = await build({
    // Tests look at messages to the addon on their way.
    entryPoints: [...entries.filter((path) => !alone.includes(path)), 'src/core/addon.ts'],
    absWorkingDir: root,
    outbase: 'src',
    outdir: join(dist, 'esm'),
    chunkNames: 'core/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target,
    external,
    plugins: [apart],
    metafile: true,
  });
  for (const file of Object.keys(metafile.outputs)) keepClassNames(join(root, file));
  return () => {
    for (const [file, { imports }] of Object.entries(metafile.outputs))
      for (const { path, external } of imports)
        if (external && path.startsWith('.') && !existsSync(join(root, file, '..', path)))
          throw new Error(`${file} imports ${path}, which is not there`);
  };
}

/** One file of a module and all that it needs, for any JavaScript. What it loads on use stays beside it. */
function bundle(path, format) {
  buildSync({
    entryPoints: [join(root, path)],
    outfile: join(dist, format, relative('src', path).replace(/\.ts$/, '.js')),
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format,
    target: 'es2022',
    supported: { 'dynamic-import': format === 'esm' },
    minify: true,
    external: ['./onnxSchema.js'],
    alias: { 'node:util': join(root, 'scripts/withoutNode.mjs'), 'node:url': join(root, 'scripts/withoutNode.mjs') },
    legalComments: 'inline',
  });
}

main(async () => {
  rmSync(dist, { recursive: true, force: true });
  for (const path of files(
    'src',
    (path) =>
      path.endsWith('.ts') && !path.endsWith('.d.ts') && !ofTheProgram(path) && !ofReports(path) && !ofWasm(path),
  )) {
    transform(path);
  }
  const check = await bundleSubpaths();
  for (const format of ['esm', 'cjs']) {
    for (const path of [...alone, 'src/predict/onnxSchema.ts']) bundle(path, format);
  }
  writeReferences();
  check();
  runTool('typescript', 'bin/tsc', ['-p', 'tsconfig.declarations.json']);
  cpSync(join(dist, 'esm'), join(dist, 'cjs'), { recursive: true, filter: (path) => !path.endsWith('.js') });
  // Files that end in .js in here, also their declarations, are CommonJS.
  writeFileSync(join(dist, 'cjs/package.json'), '{ "type": "commonjs", "sideEffects": false }\n');
  buildSync({
    entryPoints: [join(root, 'src/cli.ts')],
    outfile: join(dist, 'cli.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target,
    external,
    // For the libraries in it that are CommonJS.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module';\nconst require = requireFor(import.meta.url);",
    },
  });
});
