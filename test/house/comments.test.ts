// The comment rule of docs/developers/style.md, as far as a machine can see it: a doc comment begins with a verb or the thing
// itself. A first word that leaves the noun out ("Of a family.", "By the pivot.", "The same for rows.") breaks it.
import { describe, expect, it } from 'vitest';
import { readSources } from './sources.js';

const firstWords =
  /^(Of|By|As|With|Where|The same|Likewise|That|Those|Whose|So|In|On|At|To|From|For|Without|Not|Such|When|If)\b/;

/** How many comments still break the rule, by folder. The numbers only fall, and no folder is added. */
const known: Record<string, number> = {};

/** Line and text of the first line of each doc comment. */
function docComments(file: string, text: string): [number, string][] {
  const lines = text.split('\n');
  const found: [number, string][] = [];
  lines.forEach((line, index) => {
    const text = file.endsWith('.ts') ? typescript(lines, index) : cpp(line, lines[index - 1]);
    if (text !== undefined) found.push([index + 1, text]);
  });
  return found;
}

/** What begins at this line: `/// text` of which the line before is none, or `member;  ///< text`. */
function cpp(line: string, before = ''): string | undefined {
  const member = /\/\/\/< ?(.*)/.exec(line);
  if (member) return member[1];
  const block = /^\s*\/\/\/ ?(.*)/.exec(line);
  return block && !/^\s*\/\/\/(?!<)/.test(before) ? block[1] : undefined;
}

function typescript(lines: string[], index: number): string | undefined {
  const begin = /^\s*\/\*\* ?(.*)/.exec(lines[index] as string);
  if (!begin) return undefined;
  return begin[1] !== '' ? begin[1] : /^\s*\*? ?(.*)/.exec(lines[index + 1] ?? '')?.[1];
}

function breaking(sources: Map<string, string>): string[] {
  return [...sources].flatMap(([file, text]) =>
    docComments(file, text)
      .filter(([, comment]) => firstWords.test(comment))
      .map(([line, comment]) => `${file}:${line}: ${comment}`),
  );
}

/** The first three folders of the path in `path:line: comment`. */
const folderOf = (place: string) => place.split(':', 1).join().split('/').slice(0, -1).slice(0, 3).join('/');

describe('doc comments', () => {
  it('begin with a verb or the thing itself', () => {
    const sources = new Map(
      [
        ...['native', 'cuda', 'test/native', 'test/cuda', 'bench/native'].flatMap((folder) => [
          ...readSources(folder, ['.hpp', '.cpp', '.cu']),
        ]),
        ...['src', 'test', 'bench'].flatMap((folder) => [...readSources(folder, ['.ts'])]),
      ].filter(([file]) => !file.startsWith('src/generated/')),
    );
    const found = breaking(sources);
    const counts: Record<string, number> = {};
    for (const place of found) counts[folderOf(place)] = (counts[folderOf(place)] ?? 0) + 1;
    const more = found.filter((place) => (counts[folderOf(place)] ?? 0) > (known[folderOf(place)] ?? 0));
    expect(more, 'rewrite these, or those beside them that were there before').toEqual([]);
    const fewer = Object.keys(known).filter((folder) => (counts[folder] ?? 0) < (known[folder] ?? 0));
    if (fewer.length > 0) console.warn(`fewer than before: lower the numbers of ${fewer.join(', ')} in \`known\``);
  });

  it('are found where they begin', () => {
    const cpp = 'int a;  ///< of no use\n/// Of rows.\n/// By columns.\n\n/// Rows.\n  /// As b.';
    expect(breaking(new Map([['a.hpp', cpp]]))).toEqual(['a.hpp:2: Of rows.']);
    const typescript = '/** By columns. */\n  /**\n   * The same for rows.\n   * Of both.\n   */\n/** Rows. */';
    expect(breaking(new Map([['a.ts', typescript]]))).toEqual(['a.ts:1: By columns. */', 'a.ts:2: The same for rows.']);
  });
});
