// The cases, in parts GROUP/PART: files problems/GROUP/PART.mjs, and the honesty trials of test/GROUP. A new file is a new part.
//
// A case is { name, run, prepare, also, needs }: `run(library, given)` is timed, with `given` from `prepare(library)`, and
// `also(library, result)` gives further values to compare. A case that `needs` a file which does not exist is skipped.
// A file of cases exports `cases({ problems, data, module })`: two folders, and a function that loads a module of the tests.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { files, root } from '../shared.mjs';
import { trialCases } from './trials.mjs';

const folder = 'scripts/compare/problems';
const trialFile = /^test\/(\w+)\/(?:(\w+)\.)?honesty\.ts$/;

/** Each part with the file that has its cases. */
export function parts() {
  const groups = readdirSync(join(root, folder)).sort();
  const own = groups.flatMap((group) =>
    readdirSync(join(root, folder, group))
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => [`${group}/${basename(file, '.mjs')}`, `${folder}/${group}/${file}`]),
  );
  const trials = files('test', (file) => trialFile.test(file)).map((file) => {
    const [, group, verb] = trialFile.exec(file);
    return [`${group}/${verb ? `${verb}Honesty` : 'honesty'}`, file];
  });
  return new Map([...own, ...trials].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The parts that `only` names, with commas between: parts, or groups with all of theirs. */
export function chosenParts(only) {
  const all = [...parts().keys()];
  if (only === undefined) return all;
  const asked = only.split(',');
  const takes = (name, part) => part === name || part.startsWith(`${name}/`);
  const unknown = asked.find((name) => !all.some((part) => takes(name, part)));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: expected groups or parts of ${all.join(', ')}`);
  return all.filter((part) => asked.some((name) => takes(name, part)));
}

/** The cases of a part, for a side that solves them: { checkout, library, problems, data, module }. */
export async function casesOf(part, side) {
  const file = parts().get(part);
  if (trialFile.test(file)) return trialCases(file, side);
  const { cases } = await import(pathToFileURL(join(root, file)).href);
  return cases(side);
}
