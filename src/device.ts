// The one file that knows where binaries are.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SolverError } from './error.js';

export type Addon = Record<string, unknown>;

/** The oldest glibc that the prebuilt Linux binaries run with. */
const glibcNeeded = '2.34';

let addon: Addon | undefined;

/**
 * The native addon, loaded at the first call: the file that the environment variable `NONCONVEX_BINARY` names; without
 * it the local build; then the prebuilt binary for this platform.
 * @throws SolverError with code `ADDON_NOT_FOUND`, saying what was tried and what mends it.
 */
export function loadAddon(): Addon {
  addon ??= load();
  return addon;
}

function load(): Addon {
  const root = join(here(), '..'); // of src/ and of dist/ alike
  const named = process.env.NONCONVEX_BINARY;
  // A binary asked for by name is that one or none.
  const candidates = named ? [resolve(named)] : [...localBuilds(root), ...prebuilds(root)];
  // The same object for the ES module, the CommonJS copy and every bundle of this package in a thread.
  const require = createRequire(join(root, 'package.json'));
  const tried: string[] = [];
  for (const path of candidates) {
    try {
      if (!existsSync(path)) throw new Error('no such file');
      return require(path) as Addon;
    } catch (error) {
      tried.push(`  ${path}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new SolverError('ADDON_NOT_FOUND', failure(root, tried, Boolean(named)));
}

function here(): string {
  return typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url));
}

/** Where cmake-js and node-gyp put their results in a checkout. */
function localBuilds(root: string): string[] {
  return [join(root, 'build-cmake/Release/nonconvex.node'), join(root, 'build/Release/nonconvex.node')];
}

/** Prebuilt binaries for this platform, named as prebuildify names them: `nonconvex.node` or `nonconvex.glibc.node`. */
function prebuilds(root: string): string[] {
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  const libc = process.platform !== 'linux' ? undefined : glibcFound() ? 'glibc' : 'musl';
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.node')) : [];
  const fitting = names.filter((name) => {
    const tag = name.split('.').find((part) => part === 'glibc' || part === 'musl');
    return tag === undefined || tag === libc;
  });
  return fitting.length > 0 ? fitting.map((name) => join(folder, name)) : [join(folder, 'nonconvex.node')];
}

function glibcFound(): string | undefined {
  const report = process.report as (NodeJS.ProcessReport & { excludeNetwork?: boolean }) | undefined;
  if (report === undefined) return undefined;
  report.excludeNetwork = true; // looking up the names of open connections can take seconds
  return (report.getReport() as { header?: { glibcVersionRuntime?: string } }).header?.glibcVersionRuntime;
}

function failure(root: string, tried: string[], named: boolean): string {
  const glibc = process.platform === 'linux' ? (glibcFound() ?? 'none') : undefined;
  const platform = `${process.platform}-${process.arch}`;
  return [
    'The native part of nonconvex could not be loaded. Tried:',
    ...tried,
    `Platform: ${platform}, Node.js ${process.version}${
      glibc ? `, glibc ${glibc} found (prebuilt binaries need ${glibcNeeded} or later)` : ''
    }.`,
    remedy(root, platform, named, glibc),
  ].join('\n');
}

function remedy(root: string, platform: string, named: boolean, glibc: string | undefined): string {
  if (named) return 'To mend it: correct or unset the environment variable NONCONVEX_BINARY.';
  if (existsSync(join(root, 'CMakeLists.txt'))) return 'To mend it: npm run build';
  const build = 'build from source (npm run build in a checkout) and set NONCONVEX_BINARY=/path/to/nonconvex.node';
  if (!existsSync(join(root, 'prebuilds', platform))) {
    return `To mend it: there is no prebuilt binary for ${platform} in this package; ${build}.`;
  }
  if (glibc && older(glibc, glibcNeeded))
    return `To mend it: use a system with glibc ${glibcNeeded} or later, or ${build}.`;
  return `To mend it: npm install --force nonconvex; if that does not help, ${build}.`;
}

function older(version: string, than: string): boolean {
  return version === 'none' || version.localeCompare(than, 'en', { numeric: true }) < 0;
}
