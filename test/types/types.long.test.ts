// Users' modules against the built declarations, as ES module and as CommonJS.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');

it('type-checks usage in both module systems', () => {
  const { config } = ts.readConfigFile(join(here, 'tsconfig.json'), ts.sys.readFile);
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, here);
  const program = ts.createProgram(fileNames, options);
  // Declarations of the package, too; those of Node and of the language take most of the time and are not ours.
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => /^(test|dist)\//.test(fileName.slice(root.length + 1)));
  for (const folder of ['test/types/', 'dist/esm/', 'dist/cjs/'])
    expect(ours.some(({ fileName }) => fileName.startsWith(join(root, folder)))).toBe(true);
  const diagnostics = [
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...ours.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  expect(
    diagnostics.map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    ),
  ).toEqual([]);
});

it('type-checks under TypeScript 7', () => {
  const tsc = join(root, 'node_modules/typescript-7/bin/tsc');
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, '-p', here], { encoding: 'utf8' });
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
});
