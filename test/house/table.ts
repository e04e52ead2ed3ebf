// The sizes of a checkout that the rules of this folder are about, for `node scripts/house.mjs`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { classesOf } from './classes.js';
import { constantsOf } from './constants.js';
import { familiesOf } from './families.js';
import { includesOf, readSources, resolveIncludes } from './sources.js';

/** Numbers by name. */
export type Counts = Record<string, number>;

const cpp = ['.hpp', '.cpp', '.cu', '.def'];

/** Lines of files, by the first folders of their paths. */
function linesByFolder(sources: Map<string, string>, folderOf: (file: string) => string): Counts {
  const counts: Counts = {};
  for (const [file, text] of sources) {
    counts[folderOf(file)] = (counts[folderOf(file)] ?? 0) + text.split('\n').length - 1;
  }
  return counts;
}

const folder = (file: string) => file.split('/').slice(0, -1).join('/');
const nativeFolder = (file: string) => /^native\/(solvers\/\w+|\w+)/.exec(file)?.[0] ?? folder(file);
const typescriptFolder = (file: string) => /^src\/\w+(?=\/)/.exec(file)?.[0] ?? 'src';

/** Classes above the limits of classes.test.ts, and the largest one. */
function classes(sources: Map<string, string>): Counts {
  const all = [...sources].flatMap(([file, text]) => [...classesOf(file, text).values()]);
  return {
    'with more than 25 data members': all.filter(({ members }) => members > 25).length,
    'with more than 40 functions': all.filter(({ functions }) => functions > 40).length,
    'data members of the largest': Math.max(...all.map(({ members }) => members)),
  };
}

function constants(native: Map<string, string>): Counts {
  const all = [...native].flatMap(([file, text]) => constantsOf(file, text));
  const ofMethods = all.filter(({ place }) => /^native\/(methods|solvers)/.test(place));
  return {
    all: all.length,
    'without a comment': all.filter(({ comment }) => comment === '').length,
    'of methods and solvers in a Tuning': ofMethods.filter(({ inTuning }) => inTuning).length,
    'of methods and solvers outside of a Tuning': ofMethods.filter(({ inTuning }) => !inTuning).length,
  };
}

/** Headers of the rooms below the families, by the number of families that include them. */
function headers(native: Map<string, string>): Counts {
  const users = [...familiesOf(resolveIncludes(includesOf(native), ['native', '.'])).values()].map(
    ({ length }) => length,
  );
  const by = (count: (families: number) => boolean) => users.filter(count).length;
  return {
    'two or more families include': by((families) => families >= 2),
    'one family includes': by((families) => families === 1),
    'no family includes': by((families) => families === 0),
  };
}

/** Names of values that each subpath of the package exports, types left out. */
function exportedNames(checkout: string): Counts {
  const { exports } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const modules = Object.entries<{ import?: { default?: string } }>(exports)
    .map(([subpath, { import: target }]) => [
      subpath,
      target?.default?.replace('./dist/esm', 'src').replace(/\.js$/, '.ts'),
    ])
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([subpath, file]) => [subpath, join(checkout, file)] as const);
  const program = ts.createProgram(
    modules.map(([, file]) => file),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
    },
  );
  const checker = program.getTypeChecker();
  const values = (file: string) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile);
    return checker.getExportsOfModule(module as ts.Symbol).filter((symbol) => {
      const aliased = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return (aliased.flags & ts.SymbolFlags.Value) !== 0;
    });
  };
  return Object.fromEntries(
    modules.map(([subpath, file]) => [subpath.replace(/^\./, 'nonconvex'), values(file).length]),
  );
}

/** Settings at the top of each verb, beside the limits that all have. */
function settings(checkout: string): Counts {
  const place = join(checkout, 'docs/generated');
  const names = (page: string) =>
    [...readFileSync(join(place, page), 'utf8').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name as string);
  const limits = names('limits.md');
  const pages = existsSync(place) ? readdirSync(place).filter((page) => page.endsWith('-settings.md')) : [];
  return Object.fromEntries(
    pages.map((page) => [
      page.replace('-settings.md', ''),
      names(page).filter((name) => !limits.includes(name)).length,
    ]),
  );
}

/** Everything that the sources of a checkout tell, by subject. */
export function tableOf(checkout: string): Record<string, Counts> {
  const native = readSources('native', cpp, checkout);
  const typescript = readSources('src', ['.ts'], checkout);
  return {
    'Lines of C++': linesByFolder(native, nativeFolder),
    'Lines of TypeScript': linesByFolder(typescript, typescriptFolder),
    Classes: classes(new Map([...native, ...typescript])),
    'Numeric constants': constants(native),
    'Headers below the families': headers(native),
    'Exported values': exportedNames(checkout),
    'Settings at the top, without limits': settings(checkout),
  };
}
