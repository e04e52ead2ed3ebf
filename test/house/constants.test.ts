// A number that decides something says why it is what it is: a comment above it or behind it. A constant of a method lives in a
// `struct Tuning`, and its comment begins with its kind (docs/developers/style.md), unless it is a definition, which no other number
// would do better.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constantsOf } from './constants.js';
import { known, newPlaces } from './known.js';
import { readSources, root } from './sources.js';

const kinds = ['rounding', 'safeguard', 'published', 'measured'];

/** The constants, FILE:NAME, that bench/FAMILY/ablation.results.json have. */
function ablated(): Set<string> {
  const found = new Set<string>();
  for (const family of readdirSync(join(root, 'bench'))) {
    const file = join(root, 'bench', family, 'ablation.results.json');
    if (!existsSync(file)) continue;
    for (const name of Object.keys(JSON.parse(readFileSync(file, 'utf8')).constants))
      found.add(name.startsWith('methods/') ? `native/${name}` : `native/solvers/${family}/${name}`);
  }
  return found;
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
    const decides = outside.filter(({ comment }) => !comment.startsWith('definition: '));
    const more = newPlaces(
      decides.map(({ place }) => place),
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

  it('of the kind measured are in the table of an ablation', () => {
    const tables = ablated();
    const without = all
      .filter(({ place, comment }) => comment.startsWith('measured: ') && !tables.has(place.replace(/:\d+: /, ':')))
      .map(({ place }) => place);
    const more = newPlaces(without, known.measuredWithoutAblation);
    expect(more, 'measure these by npm run bench -- FAMILY/ablation, or those beside them').toEqual([]);
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
      '  int steps = 7;  ///< safeguard: of steps',
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
      { place: 'native/a/b.hpp:11: steps', name: 'steps', comment: 'safeguard: of steps', inTuning: true },
      { place: 'native/a/b.hpp:14: most', name: 'most', comment: 'safeguard: of steps', inTuning: true },
    ]);
  });
});
