// The one file that knows where binaries are.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, show } from './check.js';
import { SolverError, withOwnErrors } from './error.js';

export type Addon = Record<string, unknown>;

/** The oldest glibc that the prebuilt Linux binaries run with. */
const glibcNeeded = '2.34';

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
  // What does not exist is no news, unless it was asked for by name.
  const broken = tried.filter(({ missing }) => named || !missing).map(({ path, why }) => `${path}: ${why}`);
  const sentence =
    broken.length > 0
      ? `the CUDA addon could not be loaded: ${broken.join('; ')}`
      : 'there is no CUDA addon, nonconvex-cuda.node: it is not part of the package but built by npm run build:cuda';
  return new SolverError('DEVICE_UNAVAILABLE', sentence);
}

interface Tried {
  path: string;
  why: string;
  missing: boolean;
}

/** Loads the first binary of that name that can be, or else says of each why not. */
function search(name: string, variable: string): { found?: Addon; tried: Tried[]; named: boolean } {
  const file = process.env[variable];
  const named = Boolean(file);
  // A binary asked for by name is that one or none.
  const candidates = file ? [resolve(file)] : [...localBuilds(name), ...prebuilds(name)];
  // The same object for the ES module, the CommonJS copy and every bundle of this package in a thread.
  const require = createRequire(join(root(), 'package.json'));
  const tried: Tried[] = [];
  for (const path of candidates) {
    if (!path.endsWith('.node')) {
      // Node would run it as JavaScript.
      tried.push({ path, why: 'the name of a binary ends in .node', missing: false });
      continue;
    }
    try {
      if (existsSync(path)) return { found: withOwnErrors(require(path) as Addon), tried, named };
      tried.push({ path, why: 'no such file', missing: true });
    } catch (error) {
      tried.push({ path, why: messageOf(error), missing: false });
    }
  }
  return { tried, named };
}

/** The folder of this package: of the nearest package.json above this file that has a name, which that of dist/cjs has not. */
function root(): string {
  // The CommonJS build has no URL. Not by __dirname alone: with `node -e` that is '.', in ES modules too.
  const here = dirname(import.meta.url ? fileURLToPath(import.meta.url) : __filename);
  let folder = here;
  while (!isPackage(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) return dirname(here); // a bundle that was moved away from its package
    folder = parent;
  }
  return folder;
}

function isPackage(manifest: string): boolean {
  return existsSync(manifest) && 'name' in JSON.parse(readFileSync(manifest, 'utf8'));
}

/** Paths where cmake-js and node-gyp put their results in a checkout. */
function localBuilds(name: string): string[] {
  return ['build-cmake', 'build'].map((folder) => join(root(), folder, 'Release', `${name}.node`));
}

/** Prebuilt binaries for this platform, named as prebuildify names them: `nonconvex.node` or `nonconvex.glibc.node`. */
function prebuilds(name: string): string[] {
  const folder = join(root(), 'prebuilds', `${process.platform}-${process.arch}`);
  const files = existsSync(folder) ? readdirSync(folder).map((file) => file.split('.')) : [];
  const binaries = files.filter((parts) => parts[0] === name && parts.at(-1) === 'node');
  const libc = process.platform !== 'linux' || binaries.length === 0 ? undefined : glibcFound() ? 'glibc' : 'musl';
  const fitting = binaries.filter((parts) => {
    const tag = parts.find((part) => part === 'glibc' || part === 'musl');
    return tag === undefined || tag === libc;
  });
  return fitting.length > 0 ? fitting.map((parts) => join(folder, parts.join('.'))) : [join(folder, `${name}.node`)];
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
