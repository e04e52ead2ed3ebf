// The platforms that binaries are built for, and the compiler of those that this machine is not: Zig's Clang, which brings the C and C++
// libraries of each in the oldest version that is promised.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './shared.mjs';

/** By name: the platform of process.platform, then that of process.arch, then `musl` on Linux without glibc. */
export const platforms = {
  'linux-x64': { triple: 'x86_64-linux-gnu.2.28', system: 'Linux', processor: 'x86_64' },
  'linux-arm64': { triple: 'aarch64-linux-gnu.2.28', system: 'Linux', processor: 'aarch64' },
  'linux-x64-musl': { triple: 'x86_64-linux-musl', system: 'Linux', processor: 'x86_64' },
  'linux-arm64-musl': { triple: 'aarch64-linux-musl', system: 'Linux', processor: 'aarch64' },
  'win32-x64': { triple: 'x86_64-windows-gnu', system: 'Windows', processor: 'x86_64' },
  'darwin-arm64': { system: 'Darwin', processor: 'arm64' },
  'darwin-x64': { system: 'Darwin', processor: 'x86_64' },
};

/** The name of the platform that this process runs on. */
export function hostPlatform() {
  const musl = process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
  return `${process.platform}-${process.arch}${musl ? '-musl' : ''}`;
}

/** The parts of a name: { platform, arch, libc }, libc on Linux alone. */
export function partsOf(name) {
  if (!platforms[name]) throw new Error(`no platform '${name}'; there are: ${Object.keys(platforms).join(', ')}`);
  const [platform, arch, libc] = name.split('-');
  return { platform, arch, libc: platform === 'linux' ? (libc ?? 'glibc') : undefined };
}

/** Where the package has the binary for a platform, as prebuildify names it. */
export function binaryOf(name) {
  const { platform, arch, libc } = partsOf(name);
  return `prebuilds/${platform}-${arch}/nonconvex${libc ? `.${libc}` : ''}.node`;
}

/** The program of Zig: that of the variable ZIG, or the one in the PATH. */
function zig() {
  const found = [
    process.env.ZIG,
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'zig')),
  ].find((path) => path && existsSync(path));
  if (!found) throw new Error('No zig found: put it into the PATH, or set ZIG=/path/to/zig (docs/building.md)');
  return found;
}

/** Writes a file only if it says something else, so that what depends on it need not be built again. */
function write(file, text, mode = 0o644) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  chmodSync(file, mode);
}

/**
 * Writes the tools for another platform as programs (clang, clang++, ar, ranlib) and a toolchain file for CMake into
 * build-platforms/NAME/tools. Returns that folder.
 */
export function toolsFor(name) {
  const { triple, system, processor } = platforms[name];
  if (!triple) throw new Error(`${name} can be built on ${partsOf(name).platform} alone`);
  const folder = join(root, 'build-platforms', name, 'tools');
  const program = (tool) => join(folder, tool);
  mkdirSync(folder, { recursive: true });
  // Without link-time optimization and debug information, which are Zig's own wishes and clash with functions for several processors.
  const script = (line) => `#!/bin/sh\nexec "${zig()}" ${line} "$@"\n`;
  write(program('clang'), script(`cc -target ${triple} -fno-lto -g0`), 0o755);
  write(program('clang++'), script(`c++ -target ${triple} -fno-lto -g0`), 0o755);
  write(program('ar'), script('ar'), 0o755);
  write(program('ranlib'), script('ranlib'), 0o755);
  const settings = {
    CMAKE_SYSTEM_NAME: system,
    CMAKE_SYSTEM_PROCESSOR: processor,
    CMAKE_C_COMPILER: program('clang'),
    CMAKE_CXX_COMPILER: program('clang++'),
    CMAKE_AR: program('ar'),
    CMAKE_RANLIB: program('ranlib'),
    CMAKE_FIND_ROOT_PATH: folder,
    CMAKE_FIND_ROOT_PATH_MODE_PROGRAM: 'NEVER',
    CMAKE_FIND_ROOT_PATH_MODE_LIBRARY: 'ONLY',
    CMAKE_FIND_ROOT_PATH_MODE_INCLUDE: 'ONLY',
  };
  const lines = Object.entries(settings).map(([variable, value]) => `set(${variable} "${value}")\n`);
  write(join(folder, 'toolchain.cmake'), lines.join(''));
  return folder;
}
