// Tables of settings say what a user can give: settings of the native library, and those that TypeScript declares beside them or
// anew.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { declaredSettings } from '../../scripts/declaredSettings.mjs';
import { callOptions } from '../../src/core/settingNames.js';

const table = readFileSync('docs/generated/relu-settings.md', 'utf8');
const rowsOf = (name: string): string[] => table.split('\n').filter((line) => line.startsWith(`| \`${name}\` |`));

it('has settings that only TypeScript declares, with their choices and members', () => {
  expect(rowsOf('patterns')).toHaveLength(1);
  expect(rowsOf('patterns')[0]).toContain("| `'refine'`, `{ refine: ReluRefinement }`, `{ sample: number }`,");
  expect(rowsOf('patterns.refine.rounds')[0]).toContain('| `number` | 30 |');
});

it('has the default and the choices of a setting that TypeScript declares anew, once', () => {
  expect(rowsOf('standardize')).toHaveLength(1);
  expect(rowsOf('standardize')[0]).toContain("| `boolean`, `'norm'` | `true` unless `lambda` is a number;");
  expect(rowsOf('lambda')[0]).toMatch(
    /^\| `lambda` \| `number`, `'auto'`, `'crossValidated'` \| the best on .*; else `'auto'` \|/,
  );
});

it('finds nothing where an interface declares nothing, or there is none', () => {
  expect(declaredSettings('relu', 'NoSuchOptions')).toEqual({ rows: [], omitted: [] });
});

it('says when to change a setting, and puts those for experts last', () => {
  expect(rowsOf('activation')[0]).toMatch(/ \| training takes too long and a gated network will do\. \|$/);
  const choices = readFileSync('docs/generated/relu-choices.md', 'utf8');
  const ends = [...choices.matchAll(/^\| `\w+` \|.*\| (.*) \|$/gm)].map(([, end]) => end as string);
  const first = ends.indexOf('for experts');
  expect(first).toBeGreaterThan(0);
  expect(ends.slice(first, first + 3)).toEqual(Array(3).fill('for experts'));
});

/** Most settings of a verb beside its limits, what every call has and what belongs to its choices. */
const most = 12;

const namesIn = (page: string): string[] =>
  [...readFileSync(`docs/generated/${page}.md`, 'utf8').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name as string);

/** Limits, and what every call has: `ranks` say where it runs, as `device` does. */
const shared = new Set([...namesIn('limits'), 'maxEvaluations', 'ranks', ...callOptions]);

/** The settings at the top of each function of the families that solves: its last argument, by the types. */
function settingsOfVerbs(): Map<string, string[]> {
  const indexes = readdirSync('src').flatMap((family) => (existsSync(`src/${family}/verbs.ts`) ? [family] : []));
  const files = indexes.map((family) => `src/${family}/index.ts`);
  const options = { strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, skipLibCheck: true };
  const resolved = { ...options, moduleResolution: ts.ModuleResolutionKind.Bundler, types: ['node'] };
  const program = ts.createProgram(files, resolved);
  const types = program.getTypeChecker();
  const found = new Map<string, string[]>();
  for (const [k, file] of files.entries()) {
    const source = program.getSourceFile(file) as ts.SourceFile;
    for (const symbol of types.getExportsOfModule(types.getSymbolAtLocation(source) as ts.Symbol)) {
      const target = symbol.flags & ts.SymbolFlags.Alias ? types.getAliasedSymbol(symbol) : symbol;
      if (!target.valueDeclaration) continue;
      for (const signature of types.getTypeOfSymbol(target).getCallSignatures()) {
        const last = signature.parameters.at(-1);
        const solves = types.typeToString(signature.getReturnType()).startsWith('Promise<');
        if (!solves || !last || signature.parameters.length < 2) continue;
        const type = types.getNonNullableType(types.getTypeOfSymbol(last));
        const names = types.getPropertiesOfType(type).map(({ name }) => name);
        found.set(
          `${indexes[k]}.${symbol.name}`,
          names.filter((name) => !shared.has(name)),
        );
      }
    }
  }
  return found;
}

it('has at most twelve settings at the top of a verb', { timeout: 300_000 }, () => {
  const pages = readdirSync('docs/generated').filter((name) => name.endsWith('-settings.md'));
  const inTables = pages.map((page): [string, string[]] => [
    page,
    namesIn(page.replace('.md', '')).filter((each) => !shared.has(each)),
  ]);
  const verbs = settingsOfVerbs();
  expect([...verbs.keys()]).toEqual(
    expect.arrayContaining(['sparse.crossValidate', 'relu.trainReluPath', 'smooth.minimizeSum', 'nlp.minimize']),
  );
  const many = [...inTables, ...verbs].filter(([, names]) => names.length > most);
  expect(Object.fromEntries(many)).toEqual({});
});
