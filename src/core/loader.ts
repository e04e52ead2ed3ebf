// The one file that knows where binaries are.
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
// Not by the name of the function: webpack would take calls of it for its own.
import nodeModule from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BinaryReference, references } from './binaries.js';
import { messageOf, show } from './check.js';
import { SolverError, withOwnErrors } from './error.js';

export type Addon = Record<string, unknown>;

/** The oldest glibc that the prebuilt Linux binaries run with. */
const glibcNeeded = '2.28';

/** The most workers that NONCONVEX_THREADS may ask for. */
const mostThreads = 1024;

let addon: Addon | undefined;
let cudaAddon: Addon | SolverError | undefined;

/**
 * The native addon, loaded at the first call: the file that the environment variable `NONCONVEX_BINARY` names; without
 * it the local build; then the prebuilt binary for this platform.
 * @throws SolverError with code `ADDON_NOT_FOUND`, saying what was tried and what mends it; RangeError for a NONCONVEX_THREADS that is
 * no number of threads.
 */
export function loadAddon(): Addon {
  addon ??= load();
  return addon;
}

/**
 * The addon of the CUDA solvers, loaded beside the other at the first call: the file that NONCONVEX_CUDA_BINARY names;
 * without it that of the local build, or among the prebuilt binaries.
 * @throws SolverError with code `DEVICE_UNAVAILABLE` and a sentence for why there is none. It is not looked for again.
 */
export function loadCudaAddon(): Addon {
  cudaAddon ??= loadCuda();
  if (cudaAddon instanceof SolverError) throw cudaAddon;
  return cudaAddon;
}

function load(): Addon {
  checkThreads();
  const { found, tried, named } = search('nonconvex', 'NONCONVEX_BINARY');
  if (!found) throw new SolverError('ADDON_NOT_FOUND', failure(tried, named));
  return found;
}

/** The addon itself takes any number that it cannot use for none. */
function checkThreads(): void {
  const text = process.env.NONCONVEX_THREADS;
  if (!text || (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= mostThreads)) return;
  throw new RangeError(`NONCONVEX_THREADS = ${show(text)}: expected an integer in [1, ${mostThreads}]`);
}

function loadCuda(): Addon | SolverError {
  const { found, tried, named } = search('nonconvex-cuda', 'NONCONVEX_CUDA_BINARY');
  if (found) return found;
  // A missing file is no news, unless it was asked for by name.
  const broken = tried.filter(({ missing }) => named || !missing).map(({ path, why }) => `${path}: ${why}`);
  const sentence =
    broken.length > 0
      ? `the CUDA addon could not be loaded: ${broken.join('; ')}`
      : 'there is no CUDA addon, nonconvex-cuda.node: it is in the package nonconvex-cuda, or built by npm run build:cuda';
  return new SolverError('DEVICE_UNAVAILABLE', sentence);
}

interface Tried {
  path: string;
  why: string;
  missing: boolean;
}

/** A file that was tried for an addon. */
export interface BinaryTried {
  readonly path: string;
  /** Why it was not loaded; absent of the one that was. */
  readonly why?: string;
}

const outcomes = new Map<string, readonly BinaryTried[]>();

/** The attempts of the last call of {@link loadAddon} that looked for a file; the last one is the file that it took. */
export const binariesTried = (): readonly BinaryTried[] => outcomes.get('nonconvex') ?? [];

/** The version of glibc that this process runs with, `undefined` where there is none. */
export const glibcVersion = (): string | undefined => (process.platform === 'linux' ? glibcFound() : undefined);

/** Loads the first binary of that name that can be, or else says of each why not. */
function search(name: string, variable: string): { found?: Addon; tried: Tried[]; named: boolean } {
  const file = process.env[variable];
  const named = Boolean(file);
  // A binary asked for by name is that one or none.
  const candidates = file ? [resolve(file)] : [...localBuilds(name), ...prebuilds(name)];
  const tried: Tried[] = [];
  outcomes.set(name, tried);
  const attempt = (path: string, why: string | undefined, load: () => unknown): Addon | undefined => {
    try {
      if (why === undefined) {
        const found = withOwnErrors(load() as Addon);
        outcomes.set(name, [...tried, { path }]);
        return found;
      }
      tried.push({ path, why, missing: why === noFile });
    } catch (error) {
      tried.push({ path, why: messageOf(error), missing: false });
    }
    return undefined;
  };
  for (const path of candidates) {
    const found = attempt(path, unfit(path), () => requireBinary(path));
    if (found) return { found, tried, named };
  }
  for (const reference of named ? [] : bundledBinaries(name)) {
    const found = attempt(`${reference.file} of the bundle`, undefined, () => loadReference(reference));
    if (found) return { found, tried, named };
  }
  return { tried, named };
}

const noFile = 'no such file';

/** Why a file cannot be loaded, as far as that is known before. */
function unfit(path: string): string | undefined {
  // Node would run it as JavaScript.
  if (!path.endsWith('.node')) return 'the name of a binary ends in .node';
  return existsSync(path) ? undefined : noFile;
}

/** Loads a file as one object for the ES module, the CommonJS copy and every bundle of this package in a thread. */
function requireBinary(path: string): unknown {
  return nodeModule.createRequire(join(root(), 'package.json'))(path);
}

/** The binaries that a bundler may have copied beside what it wrote. */
function bundledBinaries(name: string): BinaryReference[] {
  return isBundled() ? fitting(name, references, ({ file }) => file) : [];
}

/** The addon as a bundler hands it on: the addon itself, or the path of the file. */
function loadReference({ url, load }: BinaryReference): unknown {
  // A bundle that is no ES module has no address of its own, but perhaps one for the file.
  const copied = import.meta.url && url ? fileURLToPath(url()) : undefined;
  if (copied && existsSync(copied)) return requireBinary(copied);
  const given = load();
  return typeof given === 'string' ? requireBinary(resolve(here(), given)) : given;
}

/** The folder of this file, or of the bundle that it is in. */
function here(): string {
  // The CommonJS build has no URL. Not by __dirname alone: with `node -e` that is '.', in ES modules too.
  return dirname(import.meta.url ? fileURLToPath(import.meta.url) : __filename);
}

/** The folder of the nearest package.json above this file that has a name, which that of dist/cjs has not. */
function nearestPackage(): string | undefined {
  let folder = here();
  while (nameOf(folder) === undefined) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return folder;
}

function nameOf(folder: string): unknown {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).name : undefined;
}

/** Returns true if this file is part of a bundle, which lies in another package than this one or in none. */
function isBundled(): boolean {
  const folder = nearestPackage();
  return folder === undefined || nameOf(folder) !== 'nonconvex';
}

/** The folder of this package; of a bundle, its own. */
function root(): string {
  return isBundled() ? here() : (nearestPackage() as string);
}

/** Paths where cmake-js and node-gyp put their results in a checkout; an installed package has none. */
function localBuilds(name: string): string[] {
  if (!existsSync(join(root(), 'CMakeLists.txt'))) return [];
  return ['build-cmake', 'build'].map((folder) => join(root(), folder, 'Release', `${name}.node`));
}

/**
 * Prebuilt binaries for this platform, named as prebuildify names them: `nonconvex.node` or `nonconvex.glibc.node`; of this package
 * and of the one that is called like the binary, if it is installed.
 */
function prebuilds(name: string): string[] {
  const own = join(root(), 'prebuilds', `${process.platform}-${process.arch}`);
  const other = name === 'nonconvex' ? undefined : packageFolder(name);
  const folders = other ? [own, join(other, 'prebuilds', `${process.platform}-${process.arch}`)] : [own];
  const found = folders.flatMap((folder) =>
    fitting(name, existsSync(folder) ? readdirSync(folder) : [], (file) => file).map((file) => join(folder, file)),
  );
  return found.length > 0 ? found : [join(own, `${name}.node`)];
}

/** The shim for a library of MPI: of the environment, of this checkout, or of this package; undefined where there is none. */
export function mpiShim(library: string): string | undefined {
  const named = process.env.NONCONVEX_MPI;
  if (named) return resolve(named);
  const prebuilt = join('prebuilds', `${process.platform}-${process.arch}`, `mpi-${library}.so`);
  const candidates = [join('build-mpi', `${library}.so`), prebuilt].map((path) => join(root(), path));
  return candidates.find((path) => existsSync(path));
}

/** The folder of another package that this one, or the bundle that it is in, would load. */
function packageFolder(name: string): string | undefined {
  try {
    return dirname(nodeModule.createRequire(join(root(), 'package.json')).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** Filters files for binaries of that name and the C library at hand. */
function fitting<File>(name: string, files: readonly File[], nameOf: (file: File) => string): File[] {
  const parts = (file: File): string[] => nameOf(file).split('.');
  const binaries = files.filter((file) => parts(file)[0] === name && parts(file).at(-1) === 'node');
  const libc = process.platform !== 'linux' || binaries.length === 0 ? undefined : libcFound();
  return binaries.filter((file) => {
    const tag = parts(file).find((part) => part === 'glibc' || part === 'musl');
    return tag === undefined || tag === libc;
  });
}

/**
 * The C library of this process, by the loader that its program names in the first bytes of its file: a report takes five milliseconds, half of a
 * first solve.
 */
export function libcFound(program = process.execPath): 'glibc' | 'musl' {
  const loader = firstBytes(program).match(/\/ld-(linux|musl)-?[\w-]*\.so/)?.[1];
  return loader === undefined ? (glibcFound() ? 'glibc' : 'musl') : loader === 'musl' ? 'musl' : 'glibc';
}

function firstBytes(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(4096);
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

function glibcFound(): string | undefined {
  const report = process.report as (NodeJS.ProcessReport & { excludeNetwork?: boolean }) | undefined;
  if (report === undefined) return undefined;
  report.excludeNetwork = true; // looking up the names of open connections can take seconds
  return (report.getReport() as { header?: { glibcVersionRuntime?: string } }).header?.glibcVersionRuntime;
}

function failure(tried: Tried[], named: boolean): string {
  const glibc = process.platform === 'linux' ? (glibcFound() ?? 'none') : undefined;
  const platform = `${process.platform}-${process.arch}`;
  return [
    'The native part of nonconvex could not be loaded. Tried:',
    ...tried.map(({ path, why }) => `  ${path}: ${why}`),
    `Platform: ${platform}, Node.js ${process.version}${
      glibc ? `, glibc ${glibc} found (prebuilt binaries need ${glibcNeeded} or later)` : ''
    }.`,
    remedy(platform, named, glibc),
  ].join('\n');
}

function remedy(platform: string, named: boolean, glibc: string | undefined): string {
  if (named) return 'To mend it: correct or unset the environment variable NONCONVEX_BINARY.';
  if (isBundled()) return bundledRemedy;
  if (existsSync(join(root(), 'CMakeLists.txt'))) return 'To mend it: npm run build';
  const build = 'build from source (npm run build in a checkout) and set NONCONVEX_BINARY=/path/to/nonconvex.node';
  if (!existsSync(join(root(), 'prebuilds', platform))) {
    return `To mend it: there is no prebuilt binary for ${platform} in this package; ${build}.`;
  }
  if (glibc && older(glibc, glibcNeeded))
    return `To mend it: use a system with glibc ${glibcNeeded} or later, or ${build}.`;
  return `To mend it: npm install --force nonconvex; if that does not help, ${build}.`;
}

function older(version: string, than: string): boolean {
  return version === 'none' || version.localeCompare(than, 'en', { numeric: true }) < 0;
}

/** The remedy for a program in one file whose bundler did not bring the binary. */
const bundledRemedy = [
  'nonconvex was bundled, and its binary is not with the bundle. To mend it, leave the package out of the bundle and install it beside it:',
  '  esbuild: --external:nonconvex; webpack: externals: [/^nonconvex/], externalsType: "commonjs"; Rollup: external: [/^nonconvex/];',
  '  Vite: ssr.external: ["nonconvex"]; Next.js: serverExternalPackages: ["nonconvex"];',
  'or have the binary copied:',
  '  esbuild: --loader:.node=copy; webpack: a rule { test: /\\.node$/, type: "asset/resource" };',
  '  Rollup: the plugin @web/rollup-plugin-import-meta-assets; Vite: build.ssrEmitAssets, rolldownOptions.moduleTypes { ".node": "asset" };',
  'or put the folder prebuilds/ of the package beside the bundle; or set NONCONVEX_BINARY=/path/to/nonconvex.node.',
].join('\n');
