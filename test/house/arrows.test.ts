// Includes and imports point down the lists below, never up, and never in a circle (docs/developers/architecture.md).
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Arrows,
  betweenUnits,
  circles,
  importsOf,
  includesOf,
  readSources,
  resolveImports,
  resolveIncludes,
  root,
  shortestPath,
} from './sources.js';

/** Rooms from the bottom to the top: a file needs files of its own room and of those before it. */
const nativeRooms = [
  'native/core',
  'native/linalg',
  'native/linalg/sparse',
  'native/data',
  'native/sketching',
  'native/functions',
  'native/problems',
  'native/expressions',
  'native/methods',
  'native/solvers',
  'native/binding',
  'cuda',
];
const nativeFamilies = existsSync(join(root, 'native/solvers')) ? readdirSync(join(root, 'native/solvers')) : [];
/** Methods of one paper each, none of which needs another. */
const papers = readdirSync(join(root, 'native/solvers/contrib')).filter((name) => !name.includes('.'));
const families = 'a family';
/** Rooms of src/; those in one line stand side by side and may need each other's files. */
const sourceRooms = [
  ['src/core', 'src/generated'],
  ['src/predict'],
  ['src/exchange'],
  ['src/data', 'src/readers'],
  ['src/expressions'],
  ['src/problems'],
  [families],
  ['src/report'],
  ['src/families.ts'],
  ['src/queue'],
  ['src/index.ts', 'src/cli.ts', 'src/cli'],
  ['src/wasm'],
];

/** Arrows that are still to be mended. An entry that is no longer needed fails the test, so that the list only shrinks. */
const known: Record<'upward' | 'headers' | 'units' | 'imports', string[][]> = {
  upward: [],
  headers: [],
  units: [],
  imports: [],
};

/** The room of a file: the longest of `rooms` that it lies in. */
function roomOf(file: string, rooms: string[]): string {
  const room = rooms
    .filter((name) => file === name || file.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (room === undefined) throw new Error(`${file} lies in none of the rooms ${rooms.join(', ')}`);
  return room;
}

/** Chains in `found` that are not in `allowed`, and those in `allowed` that are not found, in words. */
function unexpected(what: string, found: string[], allowed: string[]): string[] {
  return [
    ...found.filter((chain) => !allowed.includes(chain)).map((chain) => `${what}: ${chain}`),
    ...allowed.filter((chain) => !found.includes(chain)).map((chain) => `mended, take it out of 'known': ${chain}`),
  ];
}

/** Arrows that point up the list, but for those in `allowed`. */
function upward(arrows: Arrows, rank: (file: string) => number, allowed: string[][] = []): string[] {
  const found = [...arrows].flatMap(([file, needed]) =>
    needed.filter((other) => rank(other) > rank(file)).map((other) => `${file} -> ${other}`),
  );
  return unexpected(
    'points up the list',
    found,
    allowed.map((arrow) => arrow.join(' -> ')),
  );
}

/** Arrows between two of the names in a folder, which are folders or files there, in words. */
function across(arrows: Arrows, folder: string, names: string[]): string[] {
  const owner = (file: string) =>
    names.find((name) => file.startsWith(`${folder}/${name}/`) || file === `${folder}/${name}.ts`);
  return [...arrows].flatMap(([file, needed]) =>
    needed
      .filter((other) => owner(file) && owner(other) && owner(file) !== owner(other))
      .map((other) => `${file} -> ${other} goes from ${owner(file)} to ${owner(other)}`),
  );
}

/** A circle without a direction of reading: the same for [a, b, a] and [b, a, b]. */
function normalised(circle: string[]): string {
  const nodes = circle.slice(0, -1);
  const first = nodes.indexOf([...nodes].sort()[0] as string);
  const turned = [...nodes.slice(first), ...nodes.slice(0, first)];
  return [...turned, turned[0]].join(' -> ');
}

/** Circles, but for those in `allowed`. */
function unexpectedCircles(arrows: Arrows, allowed: string[][]): string[] {
  return unexpected(
    'circle',
    circles(arrows).map(normalised),
    allowed.map((nodes) => normalised([...nodes, nodes[0] as string])),
  );
}

describe('includes of native/ and cuda/', () => {
  const named = includesOf(
    new Map([
      ...readSources('native', ['.hpp', '.cpp', '.def']),
      ...readSources('cuda', ['.hpp', '.cpp', '.cu', '.cuh']),
    ]),
  );
  const arrows = resolveIncludes(named, ['native', '.']);
  const includers = (header: RegExp) => [...named].filter(([, names]) => names.some((name) => header.test(name)));

  it('are read', () => {
    expect(arrows.get('native/core/run.cpp')).toContain('native/core/run.hpp');
    expect(arrows.size).toBeGreaterThan(150);
  });

  it('point down the list of rooms', () => {
    expect(upward(arrows, (file) => nativeRooms.indexOf(roomOf(file, nativeRooms)))).toEqual([]);
  });

  it('never go from one family to another', () => {
    expect(across(arrows, 'native/solvers', nativeFamilies)).toEqual([]);
  });

  it('never go from one paper to another', () => {
    expect(across(arrows, 'native/solvers/contrib', papers)).toEqual([]);
  });

  it('keep BLAS, CUDA and Node out of native/core', () => {
    const foreign = [...named].flatMap(([file, names]) =>
      names
        .filter((name) => file.startsWith('native/core/') && /napi|node_api|blas|lapack|cuda|uv\.h/i.test(name))
        .map((name) => `${file} -> ${name}`),
    );
    expect(foreign).toEqual([]);
  });

  it('keep napi.h in native/binding and the entry of the CUDA addon, out of sight of nvcc', () => {
    const users = includers(/napi\.h|node_api/).map(([file]) => file);
    expect(users).not.toEqual([]);
    expect(users.filter((file) => !/^native\/binding\/|^cuda\/addon\./.test(file))).toEqual([]);
    const kernels = [...arrows.keys()].filter((file) => file.endsWith('.cu'));
    const seen = kernels.map((file) => shortestPath(arrows, [file], (other) => users.includes(other))?.join(' -> '));
    expect(seen.filter((chain) => chain !== undefined)).toEqual([]);
  });

  it('form no circle of headers', () => {
    const headers = new Map([...arrows].filter(([file]) => file.endsWith('.hpp')));
    expect(unexpectedCircles(headers, known.headers)).toEqual([]);
  });

  it('form no circle of translation units', () => {
    expect(unexpectedCircles(betweenUnits(arrows), known.units)).toEqual([]);
  });
});

describe('imports of src/', () => {
  const arrows = resolveImports(importsOf(readSources('src', ['.ts'])));
  const rooms = [
    ...sourceRooms.flat().filter((room) => room !== families),
    ...nativeFamilies.map((name) => `src/${name}`),
  ];
  const rank = (file: string) => {
    const room = roomOf(file, rooms);
    return sourceRooms.findIndex((side) => side.includes(nativeFamilies.includes(room.slice(4)) ? families : room));
  };

  it('are read', () => {
    expect(arrows.get('src/core/solve.ts')).toContain('src/core/error.ts');
    expect(arrows.size).toBeGreaterThan(40);
  });

  it('point down the list of rooms', () => {
    expect(upward(arrows, rank, known.upward)).toEqual([]);
  });

  it('never go from one family to another', () => {
    // Beside `attack` people look for the proof that there is none, and beside trainings for the mean of networks.
    const handedOn = [
      'src/relu/certified.ts -> src/discrete/certifyNetwork.ts goes from relu to discrete',
      'src/relu/index.ts -> src/discrete/alignNetworks.ts goes from relu to discrete',
      'src/relu/index.ts -> src/discrete/certifyNetwork.ts goes from relu to discrete',
      'src/relu/index.ts -> src/discrete/recipes/certifiedRadius.ts goes from relu to discrete',
    ];
    expect(across(arrows, 'src', nativeFamilies)).toEqual(handedOn);
  });

  it('never go from one paper to another', () => {
    expect(papers.length).toBeGreaterThan(0);
    expect(across(arrows, 'src/contrib', papers)).toEqual([]);
  });

  it('form no circle', () => {
    expect(unexpectedCircles(arrows, known.imports)).toEqual([]);
  });
});

describe('the check itself', () => {
  const includes = (text: Record<string, string>) =>
    resolveIncludes(includesOf(new Map(Object.entries(text))), ['native']);

  it('finds an arrow that points up, from one family to another, and circles of headers and of units', () => {
    const arrows = includes({
      'native/core/a.hpp': '#include "linalg/b.hpp"',
      'native/linalg/b.hpp': '#include <napi.h>',
      'native/linalg/c.cpp': '#include "linalg/c.hpp"\n#include "d.hpp"',
      'native/linalg/c.hpp': '',
      'native/linalg/d.hpp': '#include "linalg/c.hpp"',
      'native/solvers/relu/e.hpp': '#include "solvers/nlp/f.hpp"',
      'native/solvers/nlp/f.hpp': '#include "solvers/relu/e.hpp"',
    });
    expect(upward(arrows, (file) => nativeRooms.indexOf(roomOf(file, nativeRooms)))).toEqual([
      'points up the list: native/core/a.hpp -> native/linalg/b.hpp',
    ]);
    expect(across(arrows, 'native/solvers', ['nlp', 'relu'])).toHaveLength(2);
    expect(unexpectedCircles(betweenUnits(arrows), [['native/linalg/c', 'native/linalg/d']])).toEqual([
      'circle: native/solvers/nlp/f -> native/solvers/relu/e -> native/solvers/nlp/f',
    ]);
    expect(unexpectedCircles(includes({ 'native/a.hpp': '' }), [['native/a.hpp', 'native/b.hpp']])).toHaveLength(1);
  });

  it('reads every way to import', () => {
    const named = importsOf(
      new Map([
        [
          'a.ts',
          "import {\n  type B,\n  c,\n} from './b.js';\nimport './c.js';\nexport * from './d.js';\nconst e = await import('./e.js');",
        ],
      ]),
    );
    expect(named.get('a.ts')).toEqual(['./b.js', './c.js', './d.js', './e.js']);
  });

  it('refuses a file outside of all rooms', () => {
    expect(() => roomOf('native/misc/x.hpp', nativeRooms)).toThrow('native/misc/x.hpp lies in none of the rooms');
  });
});
