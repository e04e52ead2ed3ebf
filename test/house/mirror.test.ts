// A family of solvers is a folder of native/solvers, and has the same name in every other place; no file outside of these
// places names it, but those listed here with a reason.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionsOf } from '../../scripts/shelves.mjs';
import { addon } from '../../src/core/addon.js';
import * as nonconvex from '../../src/index.js';
import { readSources, root } from './sources.js';

const families = readdirSync(join(root, 'native/solvers'));

/** Families that have verbs alone, and no solver of their own. */
const ofVerbs = ['contrib', 'discrete'];

type Places = [folder: string, file: RegExp][];

/** The parts of a family. A folder has at least one file that matches. */
function placesOf(family: string): Places {
  const own: Places = [
    [`native/solvers/${family}`, /^problem\.hpp$/],
    [`native/solvers/${family}`, /^solver\.hpp$/],
    ['native/binding/entries', new RegExp(`^${family}\\.cpp$`)],
    [`src/${family}`, /^solver\.ts$/],
    [`test/${family}`, /^(\w+\.)?fixture\.ts$/],
    [`test/${family}`, /^honesty\.ts$/],
  ];
  return [
    ...(ofVerbs.includes(family) ? [] : own),
    [`native/solvers/${family}`, /^README\.md$/],
    [`src/${family}`, /^index\.ts$/],
    [`test/${family}`, /\.test\.ts$/],
    [`test/native/solvers/${family}`, /\.cpp$/],
    [`bench/${family}`, /^index\.ts$/],
    [`examples/${family}`, /\.mjs$/],
    ['docs', new RegExp(`^${family}\\.md$`)],
  ];
}

/** The parts of a verb with a folder of its own. */
function placesOfVerb(family: string, verb: string): Places {
  const named = (ending: string) => new RegExp(`^${verb}\\.${ending}$`);
  return [
    [`native/solvers/${family}/${verb}`, /^problem\.hpp$/],
    [`native/solvers/${family}/${verb}`, /^solver\.hpp$/],
    [`native/binding/entries/${family}`, named('cpp')],
    [`src/${family}`, named('ts')],
    [`test/${family}`, named('fixture\\.ts')],
    [`test/${family}`, named('honesty\\.ts')],
    [`test/${family}`, named('test\\.ts')],
    [`docs/${family}`, named('md')],
  ];
}

const missing = (places: Places): string[] =>
  places.flatMap(([folder, file]) => {
    const path = join(root, folder);
    const found = existsSync(path) && readdirSync(path).some((name) => file.test(name));
    return found ? [] : [`${folder}/${file.source.replaceAll(/[\\^$]/g, '')}`];
  });

/** Files outside the places of families that may name one, and why. */
const mayName: Record<string, string> = {
  'src/families.ts': 'made by npm run types',
  'src/index.ts': 'the common verbs stand at the top of the package',
  'src/expressions/losses.ts': 'an activation of networks has the name of a family',
  'src/predict/': 'an activation of networks has the name of a family',
  'src/report/pathRun.ts': 'a path, whose type is its family’s',
  'src/cli/': 'the command line program solves nonlinear programs and fits paths of regressions',
  'cuda/check/': 'measures what a GPU gains for the families that it solves',
  'test/contract/device.test.ts': 'a problem large enough for a GPU, where there is none',
  'test/contract/simulated.test.ts': 'what a regression shows on the way',
};

/** A family as part of a path or as a string of its own; methods/nlp, problems/nlp and linalg/sparse are rooms, not families. */
const naming = (family: string) => new RegExp(`(?<!methods|problems|linalg)[/'"\`]${family}[/'"\`]`);

function named(sources: Map<string, string>, family: string): string[] {
  const own = new RegExp(
    `^(native/solvers|native/binding/entries|src|test|scripts/compare/problems)/${family}/|^native/binding/entries/${family}(_\\w+)?\\.|^cuda/solvers/${family}\\.`,
  );
  const lines = [...sources].flatMap(([file, text]) =>
    own.test(file) ? [] : text.split('\n').map((line, at) => ({ file, line, at: at + 1 })),
  );
  return lines.filter(({ line }) => naming(family).test(line)).map(({ file, at }) => `${file}:${at}`);
}

const solvers = Object.entries(addon().schema().solvers).map(([name, { family = name }]) => ({ name, family }));

it('is a solver of the addon, or several', () => {
  expect([...new Set(solvers.map(({ family }) => family))].sort()).toEqual([...families].sort());
});

describe.each(families)('%s', (family) => {
  const { verbs, recipes } = functionsOf(family);

  it('has all its places', () => {
    expect(missing(placesOf(family))).toEqual([]);
  });

  it('has verbs that are solvers of the addon, each with all its places', () => {
    const named = solvers.filter((solver) => solver.family === family).map(({ name }) => name);
    expect(verbs.filter((verb) => !named.includes(verb))).toEqual([]);
    if (ofVerbs.includes(family)) expect(verbs).toEqual(named);
    expect(verbs.flatMap((verb) => missing(placesOfVerb(family, verb)))).toEqual([]);
  });

  it('has recipes in TypeScript alone that are short, each with a known answer and an example', () => {
    const text = (folder: string, ending: string) =>
      [...readSources(`${folder}/${family}`, [ending]).values()].join('\n');
    const [tests, examples] = [text('test', '.test.ts'), text('examples', '.mjs')];
    const owed = recipes.flatMap((name) => {
      const lines = readFileSync(join(root, `src/${family}/recipes/${name}.ts`), 'utf8').split('\n').length - 1;
      const called = new RegExp(`\\b${name}\\(`);
      return [
        ...(lines > 150 ? [`${name}: at most 150 lines`] : []),
        ...(called.test(tests) ? [] : [`${name}: a known answer`]),
        ...(called.test(examples) ? [] : [`${name}: an example`]),
      ];
    });
    expect(owed).toEqual([]);
  });

  it('has a row in the README', () => {
    const table = readFileSync(join(root, 'README.md'), 'utf8').match(/\| --- [\s\S]*?\n\n/)?.[0] ?? '';
    const named = Array.from(table.matchAll(/`(\w+)`/g), ([, name = '']) => name);
    const exported = Object.keys((nonconvex as unknown as Record<string, object>)[family] ?? {});
    expect(named.some((name) => exported.includes(name))).toBe(true);
  });
});

describe('other files', () => {
  const sources = new Map(
    ['native', 'cuda', 'src', 'scripts', 'cmake', 'test/contract'].flatMap((folder) => [
      ...readSources(folder, ['.cpp', '.hpp', '.cu', '.ts', '.mjs', '.cmake']),
    ]),
  );
  const allowed = Object.keys(mayName);
  // Generated files, and the family that `npm run test:new` makes in a copy.
  const shared = new Map([...sources].filter(([file]) => !/^(src\/generated\/|scripts\/(test-)?new)/.test(file)));

  it('name no family', () => {
    const found = families.flatMap((family) => {
      const others = families.filter((name) => name !== family).join('|');
      const withoutFamilies = new Map(
        [...shared].filter(
          ([file]) =>
            !new RegExp(`^(native/solvers|native/binding/entries|src|test|scripts/compare/problems)/(${others})/`).test(
              file,
            ),
        ),
      );
      return named(withoutFamilies, family);
    });
    expect(found.filter((place) => !allowed.some((file) => place.startsWith(file)))).toEqual([]);
    // An exception that is no longer needed is to go.
    expect(allowed.filter((file) => !found.some((place) => place.startsWith(file)))).toEqual([]);
  });

  it('would be found if they did', () => {
    const [family = ''] = families;
    const text = `#include "solvers/${family}/solver.hpp"\nsolve('${family}');\n// ${family}\n`;
    expect(named(new Map([['native/core/run.hpp', text]]), family)).toEqual([
      'native/core/run.hpp:1',
      'native/core/run.hpp:2',
    ]);
    expect(named(new Map([[`src/${family}/solver.ts`, text]]), family)).toEqual([]);
    const [places, ofVerb] = [placesOf('noFamily'), placesOfVerb('noFamily', 'noVerb')];
    expect(missing(places)).toHaveLength(places.length);
    expect(missing(ofVerb)).toHaveLength(ofVerb.length);
    expect([places.length, ofVerb.length]).toEqual([13, 8]);
  });
});
