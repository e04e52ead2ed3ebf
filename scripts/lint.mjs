// `npm run lint` checks format, lint rules and types; `npm run format` (--write) mends what can be mended.
// Names of files: only these, and all types.
import { files, main, output, run, runTool } from './shared.mjs';

main(() => {
  const write = process.argv.includes('--write');
  const given = process.argv.slice(2).filter((argument) => argument !== '--write');
  const native = (path) => /\.(cpp|hpp|cuh?|c)$/.test(path);
  const folders = ['native', 'cuda', 'cmake', 'test/native', 'test/cuda', 'bench/native'];
  const sources = given.length > 0 ? given.filter(native) : folders.flatMap((folder) => files(folder, native));
  const others = given.length > 0 ? ['--no-errors-on-unmatched', ...given] : ['.'];
  const format = write ? ['-i'] : ['--dry-run', '--Werror', '--ferror-limit=20'];
  const biome = ['check', '--error-on-warnings', ...(write ? ['--write'] : []), ...others];
  const checks = [() => runTool('@biomejs/biome', 'bin/biome', biome)];
  if (sources.length > 0) checks.unshift(() => run('clang-format', [...format, ...sources])); // of none it would read its input
  if (!write) checks.push(() => runTool('typescript', 'bin/tsc', ['--noEmit', '-p', '.']));
  if (output('clang-format', ['--version']) === undefined) {
    throw new Error('clang-format is missing: apt-get install clang-format');
  }

  const failures = [];
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new Error(failures.join('\n'));
});
