// `npm run lint` checks format, lint rules and types; `npm run format` (--write) mends what can be mended.
import { files, main, output, run, runTool } from './shared.mjs';

main(() => {
  const write = process.argv.includes('--write');
  const sources = ['native', 'cuda', 'cmake', 'test/native', 'bench/native'].flatMap((folder) =>
    files(folder, (path) => /\.(cpp|hpp|cuh?|c)$/.test(path)),
  );
  if (output('clang-format', ['--version']) === undefined)
    throw new Error('clang-format is missing: apt-get install clang-format');
  run('clang-format', [...(write ? ['-i'] : ['--dry-run', '--Werror', '--ferror-limit=20']), ...sources]);
  runTool('@biomejs/biome', 'bin/biome', ['check', ...(write ? ['--write'] : []), '.']);
  if (!write) runTool('typescript', 'bin/tsc', ['--noEmit', '-p', '.']);
});
