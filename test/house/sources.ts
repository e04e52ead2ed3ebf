// Source files of the package and the arrows between them: who includes or imports whom. Reads files, runs nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Text of every file under `folder` whose name ends in one of `endings`, by its path in the checkout. */
export function readSources(folder: string, endings: string[], checkout = root): Map<string, string> {
  const found = new Map<string, string>();
  if (!existsSync(join(checkout, folder))) return found;
  for (const entry of readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !endings.some((ending) => entry.name.endsWith(ending))) continue;
    const file = join(entry.parentPath, entry.name);
    found.set(relative(checkout, file).split(sep).join('/'), readFileSync(file, 'utf8'));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Files that each file includes or imports, as written there: `"core/run.hpp"`, `<napi.h>`, `./check.js`. */
export type Named = Map<string, string[]>;

/** `#include`s of C++ files, with their quotes or angle brackets. */
export function includesOf(sources: Map<string, string>): Named {
  return new Map(
    [...sources].map(([file, text]) => [
      file,
      [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*("[^"]+"|<[^>]+>)/gm)].map(([, name]) => name as string),
    ]),
  );
}

/** Names in `import`, `export ... from` and `import()` of TypeScript files. */
export function importsOf(sources: Map<string, string>): Named {
  const name = /^(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;
  return new Map(
    [...sources].map(([file, text]) => [
      file,
      [...text.matchAll(name)].map(([, from, bare, call]) => from ?? bare ?? (call as string)),
    ]),
  );
}

/** Arrows from a file to the files of the repository that it needs. */
export type Arrows = Map<string, string[]>;

/** Resolves quoted includes as the compiler does: beside the file, then in each of `folders`. Throws for one not found. */
export function resolveIncludes(named: Named, folders: string[]): Arrows {
  const resolve = (file: string, name: string): string => {
    const places = [posix.dirname(file), ...folders].map((folder) => posix.join(folder, name));
    const found = places.find((place) => named.has(place));
    if (!found) throw new Error(`${file} includes "${name}", which is none of ${places.join(', ')}`);
    return found;
  };
  return new Map(
    [...named].map(([file, names]) => [
      file,
      names.filter((name) => name.startsWith('"')).map((name) => resolve(file, name.slice(1, -1))),
    ]),
  );
}

/** Resolves relative imports of modules: './check.js' is check.ts beside the file. Throws for one not found. */
export function resolveImports(named: Named): Arrows {
  const resolve = (file: string, name: string): string => {
    const found = posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts');
    if (!named.has(found)) throw new Error(`${file} imports '${name}', and ${found} does not exist`);
    return found;
  };
  return new Map(
    [...named].map(([file, names]) => [
      file,
      names.filter((name) => /^\..*\.js$/.test(name)).map((name) => resolve(file, name)),
    ]),
  );
}

/** The arrows between translation units: x.hpp and x.cpp together are the one node x. */
export function betweenUnits(arrows: Arrows): Arrows {
  const unit = (file: string) => file.replace(/\.(cpp|hpp|cu|cuh)$/, '');
  const units: Arrows = new Map();
  for (const [file, needed] of arrows) {
    const all = units.get(unit(file)) ?? [];
    all.push(...needed.map(unit).filter((other) => other !== unit(file) && !all.includes(other)));
    units.set(unit(file), all);
  }
  return units;
}

/** The shortest way along the arrows from one of `from` to a node that `wanted` takes, both included. */
export function shortestPath(arrows: Arrows, from: string[], wanted: (node: string) => boolean): string[] | undefined {
  const before = new Map<string, string | undefined>(from.map((node) => [node, undefined]));
  const queue = [...from];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    if (wanted(node)) {
      const path = [node];
      for (let at = before.get(node); at !== undefined; at = before.get(at)) path.unshift(at);
      return path;
    }
    for (const next of arrows.get(node) ?? []) {
      if (before.has(next)) continue;
      before.set(next, node);
      queue.push(next);
    }
  }
  return undefined;
}

/** One shortest circle through each node that lies on one and on none of the circles before: [a, b, a]. */
export function circles(arrows: Arrows): string[][] {
  const found: string[][] = [];
  const seen = new Set<string>();
  for (const node of arrows.keys()) {
    if (seen.has(node)) continue;
    const back = shortestPath(arrows, arrows.get(node) ?? [], (other) => other === node);
    if (!back) continue;
    found.push([node, ...back]);
    for (const member of back) seen.add(member);
  }
  return found;
}
