// The TypeScript build: every module of src/ by itself, as an ES module in dist/esm and as CommonJS in dist/cjs, with
// declarations beside each; and the command line program in one file, dist/cli.js.
// Modules are not bundled, so that whatever subpaths a program imports, there is one of each class and table, but for these: the subpaths
// nonconvex/predict and nonconvex/report, which are plain JavaScript without anything of Node, the latter with the libraries that draw,
// the messages of ONNX, the parser of .csv files and that of .zip files with the libraries that do it.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildSync, transformSync } from 'esbuild';
import { writeReferences } from './references.mjs';
import { files, main, root, runTool } from './shared.mjs';

const target = 'node20';
const dist = join(root, 'dist');
const ofTheProgram = (path) => path === 'src/cli.ts' || path.startsWith('src/cli/');
/** Modules that are part of the one file of nonconvex/report alone. */
const ofReports = (path) => path.startsWith('src/report/');
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

/** One module for one module; loader.ts uses __filename in CommonJS and import.meta.url elsewhere. */
function transform(path, format) {
  const source = readFileSync(join(root, path), 'utf8');
  const define = format === 'cjs' ? { 'import.meta.url': 'undefined' } : {};
  // A require where CommonJS loads on use: contexts of node:vm, as Jest has them, know no import().
  const supported = { 'dynamic-import': format === 'esm' };
  const { code } = transformSync(source, { loader: 'ts', format, target, define, supported, sourcefile: path });
  const to = join(dist, format, relative('src', path).replace(/\.ts$/, '.js'));
  mkdirSync(join(to, '..'), { recursive: true });
  writeFileSync(to, format === 'cjs' && handsOn.has(path) ? loadOnUse(code) : code);
}

/** One file of a module and all that it needs, for any JavaScript. What it loads on use stays beside it. */
function bundle(path, format, platform = 'neutral') {
  buildSync({
    entryPoints: [join(root, path)],
    outfile: join(dist, format, relative('src', path).replace(/\.ts$/, '.js')),
    bundle: true,
    platform,
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

main(() => {
  rmSync(dist, { recursive: true, force: true });
  for (const path of files(
    'src',
    (path) =>
      path.endsWith('.ts') && !path.endsWith('.d.ts') && !ofTheProgram(path) && !ofReports(path) && !ofWasm(path),
  )) {
    for (const format of ['esm', 'cjs']) transform(path, format);
  }
  writeReferences();
  for (const format of ['esm', 'cjs']) {
    for (const path of ['src/predict/index.ts', 'src/predict/onnxSchema.ts', 'src/report/index.ts'])
      bundle(path, format);
    for (const path of ['src/readers/dsv.ts', 'src/readers/zip.ts']) bundle(path, format, 'node');
  }
  runTool('typescript', 'bin/tsc', ['-p', 'tsconfig.declarations.json']);
  cpSync(join(dist, 'esm'), join(dist, 'cjs'), { recursive: true, filter: (path) => !path.endsWith('.js') });
  // What ends in .js in here, declarations of it too, is CommonJS.
  writeFileSync(join(dist, 'cjs/package.json'), '{ "type": "commonjs", "sideEffects": false }\n');
  buildSync({
    entryPoints: [join(root, 'src/cli.ts')],
    outfile: join(dist, 'cli.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target,
    // Those of queues are the user's to install.
    external: ['bullmq', 'ioredis'],
    // For the libraries in it that are CommonJS.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module';\nconst require = requireFor(import.meta.url);",
    },
  });
});
