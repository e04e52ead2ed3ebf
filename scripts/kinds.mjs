// The functions of the families that a message may ask for: those that solve (those that give a promise and take a deadline), and
// those that make a program, which is no plain object, as TypeScript knows them.
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './shared.mjs';

/** The text of src/generated/kinds.ts. */
export function kindsModule(notice) {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const path = join(root, 'src/families.ts');
  const program = ts.createProgram([path], {
    ...options,
    noEmit: true,
    incremental: false,
    tsBuildInfoFile: undefined,
  });
  const checker = program.getTypeChecker();
  const target = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  const exportsOf = (symbol) => checker.getExportsOfModule(target(symbol));
  const [solves, makes] = [[], []];
  for (const family of exportsOf(checker.getSymbolAtLocation(program.getSourceFile(path)))) {
    for (const exported of exportsOf(family)) {
      const symbol = target(exported);
      const [signature] =
        symbol.flags & ts.SymbolFlags.Function ? checker.getTypeOfSymbol(symbol).getCallSignatures() : [];
      if (!signature) continue;
      const name = `${family.name}/${exported.name}`;
      const last = signature.parameters.at(-1);
      const type = last && checker.getNonNullableType(checker.getTypeOfSymbol(last));
      const takes = (member) => type?.getProperty(member) !== undefined;
      const given = signature.getReturnType();
      if (given.symbol?.name !== 'Promise') {
        if (given.getProperty('toNative')) makes.push(name);
      } else if (takes('deadline')) {
        if (signature.parameters.length !== 2)
          throw new Error(`${name}: expected data or a problem as one object, and then settings`);
        solves.push([name, takes('onProgress')]);
      }
    }
  }
  const quoted = (text) => `'${text}'`;
  return [
    `// ${notice}`,
    '',
    '/** Functions that solve a problem with settings, and whether these may have `onProgress`. */',
    'export const solves = {',
    ...solves.map(([name, progress]) => `  ${quoted(name)}: { progress: ${progress} },`),
    '} satisfies Record<string, { progress: boolean }>;',
    '',
    '/** The name of such a function. */',
    'export type SolveKind = keyof typeof solves;',
    '',
    '/** Functions that make programs, which are no plain objects. */',
    'export const makes: readonly string[] = [',
    ...makes.map((name) => `  ${quoted(name)},`),
    '];',
    '',
  ].join('\n');
}
