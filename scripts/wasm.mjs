// `npm run build:wasm`: the package nonconvex-wasm in packages/wasm, by Emscripten: nonconvex.wasm, addon.js, which loads it, index.js, which is
// the whole of the package nonconvex for browsers, and its types.
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { output, root, run, runTool } from './shared.mjs';

const native = join(root, 'build-wasm');
const to = join(root, 'packages/wasm');

/** The toolchain file of the Emscripten in the PATH, 3.1.60 or later. */
function toolchain() {
  const version = output('emcc', ['--version'])?.match(/\d+\.\d+\.\d+/)?.[0];
  if (!version) throw new Error("No emcc found: install Emscripten (Debian's emscripten) or put it into the PATH");
  const folder = output('em-config', ['EMSCRIPTEN_ROOT']).trim();
  console.log(`Emscripten ${version}`);
  return join(folder, 'cmake/Modules/Platform/Emscripten.cmake');
}

function buildNative() {
  const ninja = output('ninja', ['--version']) ? ['-G', 'Ninja'] : [];
  const settings = ['-DNONCONVEX_TESTS=OFF', '-DNONCONVEX_WERROR=OFF', '-DNONCONVEX_CUDA=OFF'];
  // CMake takes no other toolchain and generator than those that a folder was made with.
  const made = existsSync(join(native, 'CMakeCache.txt'));
  const begin = made ? [] : [`-DCMAKE_TOOLCHAIN_FILE=${toolchain()}`, ...ninja];
  run('cmake', ['-S', '.', '-B', native, ...begin, ...settings], { stdio: ['ignore', 'ignore', 'inherit'] });
  run('cmake', ['--build', native, '--parallel', String(availableParallelism())]);
}

/** Imports that lead elsewhere than in the package with the native addon. */
const elsewhere = {
  name: 'elsewhere',
  setup({ onResolve }) {
    const source = (path) => join(root, path);
    onResolve({ filter: /^node:/ }, () => ({ path: source('scripts/withoutFiles.mjs'), sideEffects: false }));
    onResolve({ filter: /^nonconvex-wasm-module$/ }, () => ({ path: join(native, 'Release/nonconvex.mjs') }));
    onResolve({ filter: /\/loader\.js$/ }, ({ importer }) =>
      importer.endsWith('src/wasm/loader.ts') ? undefined : { path: source('src/wasm/loader.ts') },
    );
    onResolve({ filter: /\/addon\.js$/ }, ({ importer }) =>
      importer.endsWith('src/wasm/loader.ts') ? { path: './addon.js', external: true } : undefined,
    );
    onResolve({ filter: /\/onnxSchema\.js$/ }, () => ({ path: './onnxSchema.js', external: true }));
  },
};

/** Makes one file of packages/wasm from a module of src, by esbuild, whose options `more` are. */
export const bundle = (path, more = {}) =>
  build({
    entryPoints: [join(root, path)],
    outfile: join(to, basename(path).replace(/\.ts$/, '.js')),
    bundle: true,
    minify: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import', 'module'],
    format: 'esm',
    target: 'es2022',
    legalComments: 'inline',
    inject: [join(root, 'scripts/withoutProcess.mjs')],
    plugins: [elsewhere],
    ...more,
  });

/** Leaves the names of functions out of a module, by Binaryen's wasm-opt, which comes with Emscripten. The compiler has optimized it. */
function strip(from, path) {
  const features = ['bulk-memory', 'exception-handling', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int'];
  const enabled = [...features, 'reference-types', 'sign-ext', 'simd'].map((name) => `--enable-${name}`);
  run('wasm-opt', [from, '-o', path, '--strip-debug', ...enabled]);
}

async function buildPackage() {
  for (const name of ['addon.js', 'index.js', 'onnxSchema.js', 'nonconvex.wasm', 'types']) {
    rmSync(join(to, name), { recursive: true, force: true });
  }
  strip(join(native, 'Release/nonconvex.wasm'), join(to, 'nonconvex.wasm'));
  cpSync(join(root, 'LICENSE'), join(to, 'LICENSE'));
  const licence = (path) => readFileSync(join(root, path), 'utf8');
  const emnapi = `The files of this package contain code of emnapi and of Emscripten, both under the MIT licence:\n\n${licence('node_modules/emnapi/LICENSE')}`;
  writeFileSync(join(to, 'THIRD-PARTY-LICENSES.txt'), `${emnapi}\n${licence('THIRD-PARTY-LICENSES.txt')}`);
  await bundle('src/wasm/addon.ts');
  await bundle('src/wasm/index.ts');
  await bundle('src/predict/onnxSchema.ts', { plugins: [] });
  runTool('typescript', 'bin/tsc', ['-p', 'packages/wasm/tsconfig.json']);
  for (const name of ['nonconvex.wasm', 'addon.js', 'index.js']) {
    const file = join(to, name);
    const packed = gzipSync(readFileSync(file), { level: 9 }).length;
    console.log(`packages/wasm/${name}: ${statSync(file).size} bytes, ${packed} compressed by gzip`);
  }
}

if (process.argv[1] === import.meta.filename) {
  try {
    buildNative();
    await buildPackage();
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}
