// A number that decides something says why it is what it is: a comment above it or behind it. A constant of a method lives in a
// `struct Tuning`, and its comment begins with its kind (docs/developers/style.md).
import { describe, expect, it } from 'vitest';
import { known, newPlaces } from './known.js';
import { readSources } from './sources.js';

const kinds = ['rounding', 'safeguard', 'measured'];

interface Constant {
  place: string;
  name: string;
  comment: string;
  inTuning: boolean;
}

const declaration =
  /^(\s*)(?:static |inline )*constexpr (?:double|float|int|long|unsigned|std::u?int\d+_t|std::size_t|auto) (\w+) ?(?:=|\{) ?-?[\d.]/;

/**
 * The constants of a file of C++ that are given by a number, outside of functions, with the comment that each has. Constants of a Tuning on
 * consecutive lines share the comment above the first one.
 */
function constantsOf(file: string, text: string): Constant[] {
  const lines = text.split('\n');
  const found: Constant[] = [];
  let tuning: string | undefined; // the indentation of the struct that is open
  lines.forEach((line, index) => {
    tuning ??= /^(\s*)struct (?:\w+::)*Tuning \{/.exec(line)?.[1];
    if (tuning !== undefined && line.startsWith(`${tuning}};`)) tuning = undefined;
    const [, indent, name] = declaration.exec(line) ?? [];
    const inFunction = indent !== '' && tuning === undefined && !line.includes('static ');
    if (name === undefined || inFunction) return;
    const before = found.at(-1);
    const shared = tuning !== undefined && declaration.test(lines[index - 1] ?? '') ? before?.comment : undefined;
    const comment = commentOf(lines, index) || (shared ?? '');
    found.push({ place: `${file}:${index + 1}: ${name}`, name, comment, inTuning: tuning !== undefined });
  });
  return found;
}

/** The comment behind a declaration, on lines of the declaration, or above it. */
function commentOf(lines: string[], index: number): string {
  let last = index;
  while (!/;/.test(lines[last] ?? ';')) ++last;
  const behind = /\/\/\/?<? ?(.*)/.exec(lines.slice(index, last + 1).join(' '))?.[1];
  if (behind) return behind;
  const above: string[] = [];
  for (let at = index - 1; /^\s*\/\//.test(lines[at] ?? ''); --at) {
    above.unshift((lines[at] as string).replace(/^\s*\/\/+ ?/, ''));
  }
  return above.join(' ');
}

describe('constants', () => {
  const sources = ['native', 'cuda'].flatMap((folder) => [...readSources(folder, ['.hpp', '.cpp', '.cu'])]);
  const all = sources.flatMap(([file, text]) => constantsOf(file, text));

  it('have a comment', () => {
    expect(all.length).toBeGreaterThan(500);
    const without = all.filter(({ comment }) => comment === '').map(({ place }) => place);
    const more = newPlaces(without, known.constantsWithoutComment);
    expect(more, 'say why these are what they are, or those beside them that were there before').toEqual([]);
  });

  it('of methods and solvers are members of a Tuning', () => {
    const outside = all.filter(({ place, inTuning }) => /^native\/(methods|solvers)/.test(place) && !inTuning);
    const more = newPlaces(
      outside.map(({ place }) => place),
      known.constantsOutsideTuning,
    );
    expect(more, 'move these into a struct Tuning, or those beside them that were there before').toEqual([]);
  });

  it('of a Tuning have a kind', () => {
    const kind = new RegExp(`^(${kinds.join('|')}): \\S+ \\S+`);
    const without = all.filter(({ inTuning, comment }) => inTuning && !kind.test(comment));
    expect(
      without.map(({ place }) => place),
      `begin the comment with ${kinds.join(', ')}`,
    ).toEqual([]);
  });

  it('are found with their comments', () => {
    const text = [
      'constexpr double a = 1e-3;',
      '/// Why.',
      'constexpr int b = 2;  // of rows',
      '/// Why it',
      '/// is so.',
      'inline constexpr double c = 1e-9;',
      'struct Tuning {',
      '  /// measured: a share.',
      '  static constexpr double share = 0.5;',
      '  static constexpr int more = 2;',
      '  double of = 2;',
      '};',
      'struct Solver::Tuning {',
      '  static constexpr int most{3};  ///< safeguard: of steps',
      '};',
      'void f() {',
      '  constexpr double inside = 2;',
      '}',
    ].join('\n');
    expect(constantsOf('native/a/b.hpp', text)).toEqual([
      { place: 'native/a/b.hpp:1: a', name: 'a', comment: '', inTuning: false },
      { place: 'native/a/b.hpp:3: b', name: 'b', comment: 'of rows', inTuning: false },
      { place: 'native/a/b.hpp:6: c', name: 'c', comment: 'Why it is so.', inTuning: false },
      { place: 'native/a/b.hpp:9: share', name: 'share', comment: 'measured: a share.', inTuning: true },
      { place: 'native/a/b.hpp:10: more', name: 'more', comment: 'measured: a share.', inTuning: true },
      { place: 'native/a/b.hpp:14: most', name: 'most', comment: 'safeguard: of steps', inTuning: true },
    ]);
  });
});
