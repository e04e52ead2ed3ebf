// The built library of a checkout, and modules of the tests that call it.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../shared.mjs';

/** The files of subpaths of a checkout by their names, the package itself being `nonconvex`. */
function subpathsOf(checkout) {
  const { exports } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const files = Object.entries(exports).map(([subpath, target]) => [
    subpath === '.' ? 'nonconvex' : subpath.slice(2),
    target.import?.default?.replace(/^\.\//, ''),
  ]);
  return Object.fromEntries(files.filter(([, file]) => file?.endsWith('.js')));
}

/** Paths of the files by which two builds differ: the addon and the package's entry. Throws where one is missing. */
export function builtFiles(checkout) {
  if (!existsSync(join(checkout, 'package.json'))) throw new Error(`${checkout}: expected a checkout or a record`);
  const index = join(checkout, subpathsOf(checkout).nonconvex);
  if (!existsSync(index)) throw new Error(`${checkout} has no dist: npm run build:ts`);
  const folders = ['build-cmake', 'build'].map((folder) => join(checkout, folder, 'Release', 'nonconvex.node'));
  const addon = folders.find((path) => existsSync(path));
  if (!addon) throw new Error(`${checkout} has no addon: npm run build`);
  return { addon, index };
}

/** Loads all subpaths of a checkout as namespaces by their names. */
export async function loadLibrary(checkout) {
  const loaded = Object.entries(subpathsOf(checkout)).map(async ([name, file]) => [
    name,
    await import(pathToFileURL(join(checkout, file)).href),
  ]);
  return withFlatSettings(Object.fromEntries(await Promise.all(loaded)), checkout);
}

/** The solvers of a checkout's addon; none of a checkout in which all settings stand side by side. */
function solversOf(checkout) {
  if (!existsSync(join(checkout, 'src/core/makers.ts'))) return {};
  return createRequire(import.meta.url)(builtFiles(checkout).addon).schema().solvers;
}

/** The choices of a solver that has them; once only methods had settings of their own. */
const choicesIn = ({ choices, methods = [] } = {}) =>
  choices ?? methods.map((method) => ({ setting: 'method', ...method }));

/** A library whose functions take the settings of choices beside them, as cases have them. */
async function withFlatSettings(library, checkout) {
  if (!Object.values(solversOf(checkout)).some((solver) => choicesIn(solver).length > 0)) return library;
  const { flat } = await loadModule('test/flat.ts', checkout, library);
  return Object.fromEntries(Object.entries(library).map(([name, its]) => [name, { ...its, ...flat[name] }]));
}

/** Leaves imports of the subpaths and of the addon open, by their names; other files of src/ become part of the bundle. */
function openImports(subpaths) {
  const sources = join(root, 'src') + sep;
  const names = new Map(
    Object.entries(subpaths).map(([name, file]) => [file.replace(/^dist\/esm\/(.*)\.js$/, 'src/$1.ts'), name]),
  );
  names.set('src/core/addon.ts', 'addon');
  return {
    name: 'open imports',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const file = resolve(resolveDir, path).replace(/\.js$/, '.ts');
        const name = file.startsWith(sources) ? names.get(relative(root, file).split(sep).join('/')) : undefined;
        return name && { path: `library:${name}`, external: true };
      });
    },
  };
}

/**
 * Runs a TypeScript module of this repository with the library of another checkout in place of src/. `seen(name, namespace)` gives
 * what the module gets for a subpath.
 */
export async function loadModule(file, checkout, library, seen = (_, namespace) => namespace) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Modules of tests look for ../../../shared from their folders, which are all as deep as that of the first file.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, file)).href) },
    plugins: [openImports(subpathsOf(root))],
  });
  const requireHere = createRequire(join(root, file));
  const find = (name) => {
    if (name === 'library:addon') {
      const solvers = solversOf(checkout);
      const settingOf = (solver, name) => solvers[solver]?.settings.find((each) => each.name === name);
      return {
        addon: () => requireHere(builtFiles(checkout).addon),
        choicesOf: (solver) => choicesIn(solvers[solver]),
        defaultOfSetting: (solver, name) => settingOf(solver, name)?.default,
        namesOfSetting: (solver, name) => settingOf(solver, name)?.type ?? [],
      };
    }
    const subpath = /^library:(.*)/.exec(name)?.[1];
    return subpath === undefined ? requireHere(name) : seen(subpath, library[subpath]);
  };
  const module = { exports: {} };
  new Function('require', 'module', 'exports', outputFiles[0].text)(find, module, module.exports);
  return module.exports;
}
