// `npm run build:gyp`: the addon by node-gyp, into build/Release. binding.gyp asks this script for its lists
// (--sources, --openblas, --flags), so that no list of files is kept twice.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { files, main, root, runTool } from './shared.mjs';

/** Writes the groups of files that cmake/groups.cmake has, the same to the letter; returns their paths. */
function groups(paths) {
  const place = join(root, 'build-groups');
  mkdirSync(place, { recursive: true });
  // The folders of a family's verbs count as one.
  const folderOf = (path) => {
    const folder = dirname(path);
    return existsSync(join(root, folder, 'problem.hpp'))
      ? folder.replace(/^(native\/solvers\/\w+)\/\w+$/, '$1/verbs')
      : folder;
  };
  return [...new Set(paths.map(folderOf))].flatMap((folder) => {
    const members = paths.filter((path) => folderOf(path) === folder);
    const count = Math.ceil(members.length / 12);
    return Array.from({ length: count }, (_, k) => {
      const [begin, end] = [k, k + 1].map((edge) => Math.floor((members.length * edge) / count));
      const included = ['cmake/group.hpp', ...members.slice(begin, end)];
      const text = included.map((path) => `#include "../${path}"\n`).join('');
      const file = join(place, `${folder.replaceAll('/', '-')}-${k}.cpp`);
      if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
      return `build-groups/${basename(file)}`;
    });
  });
}

function sources() {
  // Not grouped: the addon's own file, and one for each family of solvers, which differ from addon to addon.
  const alone = (path) => /^native\/binding\/(addon|entries\/\w+)\.cpp$/.test(path);
  const all = files('native', (path) => path.endsWith('.cpp'));
  const native = [...groups(all.filter((path) => !alone(path))), ...all.filter(alone)];
  if (process.platform !== 'linux') return native;
  const glibc = process.report.getReport().header.glibcVersionRuntime !== undefined;
  return [...native, 'cmake/openblas/memory.cpp', ...(glibc ? ['cmake/glibc-compat.c'] : [])];
}

/**
 * The compiler's flags of a release build as CMakeLists.txt has them, in the same order; errors for warnings only in CI. With the
 * flags for what reads files and values of others in all files, since node-gyp has one set of them a target.
 */
function flags(standard) {
  const cpp = standard.startsWith('c++');
  const inlines = cpp ? ['-fvisibility-inlines-hidden'] : [];
  const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', ...(process.env.CI ? ['-Werror'] : [])];
  const hardened = ['-fstack-protector-strong', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2'];
  const sections = ['-fno-math-errno', '-ffunction-sections', '-fdata-sections'];
  const folders = ['node-api-headers/include', 'node-addon-api'].map((name) => join(root, 'node_modules', name));
  const headers = cpp ? folders.flatMap((folder) => ['-isystem', folder]) : [];
  return [
    '-O3',
    `-std=${standard}`,
    '-fPIC',
    '-fvisibility=hidden',
    ...inlines,
    ...warnings,
    ...sections,
    ...headers,
    ...hardened,
  ];
}

/** NONCONVEX_OPENBLAS, or the distribution's serial libopenblas.a. */
function openblas() {
  if (process.platform !== 'linux') return '';
  const folders = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'openblas-serial/libopenblas.a'));
  const found = process.env.NONCONVEX_OPENBLAS ?? folders.find((path) => existsSync(path));
  if (!found) throw new Error('No serial OpenBLAS found: apt-get install libopenblas-serial-dev');
  return found;
}

/** Node's own headers where its installation brought them, so that node-gyp need not download any. */
function headers() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/common.gypi')) ? [`--nodedir=${prefix}`] : [];
}

main(() => {
  const [question, ...rest] = process.argv.slice(2);
  if (question === '--sources') console.log(sources().join('\n'));
  else if (question === '--openblas') console.log(openblas());
  else if (question === '--flags') console.log(flags(...rest).join('\n'));
  else runTool('node-gyp', 'bin/node-gyp.js', ['rebuild', '--jobs', String(availableParallelism()), ...headers()]);
});
