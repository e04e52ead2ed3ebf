// Two classes of one name in one namespace are one for the linker, which takes the functions of either for both.
import { expect, it } from 'vitest';
import { readSources } from './sources.js';

const declaration =
  /^(?:template <.*> )?(?:class|struct|enum class) (?:alignas\(\d+\) )?(\w+)(?: final)?(?: : .*)?(?: \{|$)/;

/** Classes of a file by their namespaces; those of a namespace without a name have the file's. */
function* namesOf(file: string, text: string): Generator<string> {
  const inside: string[] = [];
  let before = '';
  for (const line of text.split('\n')) {
    const opened = /^namespace ?([\w:]*) \{/.exec(line);
    if (opened) inside.push(opened[1] || file);
    else if (/^\} {2}\/\/ namespace/.test(line)) inside.pop();
    const [, name] = declaration.exec(line) ?? [];
    if (name && !line.endsWith(';')) {
      const template = line.startsWith('template') || before.startsWith('template');
      yield `${inside.join('::')}::${name}${template ? '<>' : ''}`;
    }
    before = line;
  }
}

function repeated(sources: Iterable<[string, string]>): string[] {
  const places = new Map<string, string[]>();
  for (const [file, text] of sources) {
    for (const name of namesOf(file, text)) places.set(name, [...(places.get(name) ?? []), file]);
  }
  return [...places]
    .filter(([, files]) => new Set(files).size > 1)
    .map(([name, files]) => `${name}: ${files.join(', ')}`);
}

it('classes of C++ have names of their own', () => {
  const sources = ['native', 'cuda'].flatMap((folder) => [...readSources(folder, ['.hpp', '.cpp', '.cu'])]);
  expect(sources.flatMap(([file, text]) => [...namesOf(file, text)]).length).toBeGreaterThan(500);
  expect(repeated(sources)).toEqual([]);
});

it('classes of one name are found', () => {
  const one = 'namespace nonconvex {\nclass Set {\n};\n}  // namespace nonconvex\n';
  const hidden = 'namespace nonconvex {\nnamespace {\nclass Set {\n};\n}  // namespace\n}  // namespace nonconvex\n';
  expect(
    repeated([
      ['a.hpp', one],
      ['b.hpp', one],
    ]),
  ).toEqual(['nonconvex::Set: a.hpp, b.hpp']);
  expect(
    repeated([
      ['a.hpp', one],
      ['b.cpp', hidden],
      ['c.cpp', hidden],
    ]),
  ).toEqual([]);
});
