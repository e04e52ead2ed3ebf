// The comment rule of docs/developers/style.md, as far as a machine can see it: a doc comment begins with a verb or the thing
// itself. A first word that leaves the noun out ("Of a family.", "By the pivot.", "The same for rows.") breaks it.
import { describe, expect, it } from 'vitest';
import { known, newPlaces } from './known.js';
import { readSources } from './sources.js';

const firstWords =
  /^(Of|By|As|With|Where|The same|Likewise|That|Those|Whose|So|In|On|At|To|From|For|Without|Not|Such|When|If)\b/;

/** The comments behind code that leave the noun out. */
function behindCodeBreaking(file: string, text: string): string[] {
  const leavesNounOut = new RegExp(firstWords, 'i');
  return text.split('\n').flatMap((line, index) => {
    const comment = /^\s*[^\s/*].*[^\s:'"`] +\/\/\/?<? (.*)/.exec(line)?.[1];
    return comment !== undefined && leavesNounOut.test(comment) ? [`${file}:${index + 1}: ${comment}`] : [];
  });
}

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

/** The comment that begins at this line: `/// text` of which the line before is none, or `member;  ///< text`. */
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

const readAll = () =>
  new Map(
    [
      ...['native', 'cuda', 'test/native', 'test/cuda', 'bench/native'].flatMap((folder) => [
        ...readSources(folder, ['.hpp', '.cpp', '.cu']),
      ]),
      ...['src', 'test', 'bench'].flatMap((folder) => [...readSources(folder, ['.ts'])]),
    ].filter(([file]) => !file.startsWith('src/generated/')),
  );

describe('doc comments', () => {
  it('begin with a verb or the thing itself', () => {
    const found = breaking(readAll());
    expect(found, 'rewrite these').toEqual([]);
  });

  it('are found where they begin', () => {
    const cpp = 'int a;  ///< of no use\n/// Of rows.\n/// By columns.\n\n/// Rows.\n  /// As b.';
    expect(breaking(new Map([['a.hpp', cpp]]))).toEqual(['a.hpp:2: Of rows.']);
    const typescript = '/** By columns. */\n  /**\n   * The same for rows.\n   * Of both.\n   */\n/** Rows. */';
    expect(breaking(new Map([['a.ts', typescript]]))).toEqual(['a.ts:1: By columns. */', 'a.ts:2: The same for rows.']);
  });
});

/** Lines of comments of TypeScript and JavaScript that begin with a question instead of the thing: "What rows have", "Whether x is inside". */
function questions(file: string, text: string): string[] {
  const question = /^(?:\s*(?:\/\/|\/\*\*?|\*)|.*[;,{)] +\/\/) *(?:@internal +)?((?:What|Whether)\b.*)/;
  return text.split('\n').flatMap((line, index) => {
    const found = question.exec(line)?.[1];
    return found === undefined ? [] : [`${file}:${index + 1}: ${found}`];
  });
}

describe('comments of TypeScript and JavaScript', () => {
  const sources = ['src', 'test', 'bench', 'scripts', 'examples'].flatMap((folder) => [
    ...readSources(folder, ['.ts', '.mts', '.mjs']),
  ]);

  it('name the thing instead of a question', () => {
    const found = sources
      .filter(([file]) => !file.startsWith('src/generated/'))
      .flatMap(([file, text]) => questions(file, text));
    expect(found, 'rewrite these: docs/developers/style.md').toEqual([]);
  });

  it('are found where they ask', () => {
    const what = 'What';
    const text = `/** ${what} rows have. */\n// Whether it is.\nlet a; // ${what} b is.\n/** Rows. */\n * @internal ${what} else.\n// See.`;
    expect(questions('a.ts', text).map((place) => place.split(':')[1])).toEqual(['1', '2', '3', '5']);
  });
});

describe('comments behind code', () => {
  it('name the thing that they tell of', () => {
    const found = [...readAll()].flatMap(([file, text]) => behindCodeBreaking(file, text));
    expect(
      newPlaces(found, known.commentsBehindCode),
      'rewrite these, or those beside them that were there before',
    ).toEqual([]);
  });

  it('are found', () => {
    const text =
      'int a;  // of a node\n// Of b.\nint b;  ///< By columns.\nint c;  // the node\nconst d = [1]; // so many';
    expect(behindCodeBreaking('a.hpp', text)).toEqual([
      'a.hpp:1: of a node',
      'a.hpp:3: By columns.',
      'a.hpp:5: so many',
    ]);
  });
});
