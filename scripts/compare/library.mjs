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

/** What a checkout's addon says of its solvers whose methods have settings; nothing of a checkout in which all stand beside the method. */
function solversWithMethods(checkout) {
  if (!existsSync(join(checkout, 'src/core/makers.ts'))) return [];
  const { solvers } = createRequire(import.meta.url)(builtFiles(checkout).addon).schema();
  return Object.entries(solvers).filter(([, { methods }]) => methods);
}

/** A library whose functions take the settings of a method beside it, as cases have them. */
function withFlatSettings(library, checkout) {
  const changed = { ...library };
  for (const [solver, { family = solver, methods, settings, claims }] of solversWithMethods(checkout)) {
    const names = new Set(methods.flatMap((method) => method.settings));
    const usual = settings.find(({ name }) => name === 'method').default;
    const verbs = claims.verbs.filter((verb) => verb in library[family]);
    const flat = verbs.map((verb) => [
      verb,
      (data, given) => library[family][verb](data, grouped(given, names, usual)),
    ]);
    changed[family] = { ...changed[family], ...Object.fromEntries(flat) };
  }
  return changed;
}

/** Settings with those of these names within the method; where none is named, it is the `usual` one. */
function grouped(settings = {}, names, usual) {
  const its = Object.entries(settings).filter(([name]) => names.has(name));
  if (its.length === 0) return settings;
  const others = Object.entries(settings).filter(([name]) => !names.has(name));
  const { method = usual } = settings;
  const named = typeof method === 'string' ? { kind: method } : method;
  return { ...Object.fromEntries(others), method: { ...named, ...Object.fromEntries(its) } };
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
      const solverOf = (solver) => Object.fromEntries(solversWithMethods(checkout))[solver];
      const methodsOf = (solver) => solverOf(solver)?.methods ?? [];
      const defaultOfSetting = (solver, name) => solverOf(solver)?.settings.find((each) => each.name === name).default;
      return { addon: () => requireHere(builtFiles(checkout).addon), methodsOf, defaultOfSetting };
    }
    const subpath = /^library:(.*)/.exec(name)?.[1];
    return subpath === undefined ? requireHere(name) : seen(subpath, library[subpath]);
  };
  const module = { exports: {} };
  new Function('require', 'module', 'exports', outputFiles[0].text)(find, module, module.exports);
  return module.exports;
}
