// A function above forty lines is a step of an algorithm that has no name yet, or one that is better read in one piece: the
// comment above it then says why, with `Longer than most: ...`.
import { describe, expect, it } from 'vitest';
import { type FunctionOfFile, functionsOf } from './functions.js';
import { readSources } from './sources.js';

const mostLines = 40;
const reason = /\bLonger than most: \w+ \w+/;

const all = (sources: Map<string, string>): FunctionOfFile[] =>
  [...sources].flatMap(([file, text]) => functionsOf(file, text));

const long = (functions: FunctionOfFile[]) => functions.filter(({ lines }) => lines > mostLines);
const place = ({ file, line, name, lines }: FunctionOfFile) => `${file}:${line}: ${name}, ${lines} lines`;

describe('functions', () => {
  const sources = new Map(
    [
      ...['native', 'cuda'].flatMap((folder) => [...readSources(folder, ['.hpp', '.cpp', '.cu'])]),
      ...readSources('src', ['.ts']),
    ].filter(([file]) => !file.startsWith('src/generated/')),
  );
  const functions = all(sources);

  it(`have at most ${mostLines} lines, or a comment above that says why not`, () => {
    expect(functions.length).toBeGreaterThan(2000);
    const without = long(functions).filter(({ comment }) => !reason.test(comment));
    expect(without.map(place), 'name its steps, or write `Longer than most: ...` above it').toEqual([]);
  });

  it('give a reason only where they are longer', () => {
    const short = functions.filter(({ lines, comment }) => lines <= mostLines && reason.test(comment));
    expect(short.map(place)).toEqual([]);
  });
});

describe('finding functions', () => {
  const body = (lines: number, indent: string) => `${indent}  f();\n`.repeat(lines - 2);
  const found = (file: string, text: string) =>
    functionsOf(file, text).map(({ name, line, lines }) => [name, line, lines]);

  it('counts those of C++', () => {
    const text = [
      '#define OPEN {', // 1
      'namespace a {', // 2
      'namespace {',
      "constexpr char open = '{';  // {",
      'const char* const text = "{ \\" {";',
      'enum class Kind { one, two };',
      'constexpr int table[] = {', // 7
      '    1,',
      '};',
      '/// Long.',
      'template <class T>', // 11
      'int above(T x) {', // 12
      `${body(41, '')}}`,
      '}  // namespace', // 53
      'class B : public C {', // 54
      ' public:',
      '  explicit B(int a, Kind kind = {}) : a_{a}, b_(2) {', // 56
      `${body(45, '  ')}  }`,
      '  bool operator()(int i) const noexcept {', // 101
      `${body(40, '  ')}  }`,
      '  int of() const { return a_; }', // 141
      '  auto on() -> int {', // 142
      '    return [] {',
      '      return 1;',
      '    }();',
      '  }',
      '};',
      'const auto lambda = [](int i) {', // 148
      '  return i;',
      '};',
      'void B::after() {', // 151
      '}',
      '}  // namespace a',
    ].join('\n');
    expect(found('a.cpp', text)).toEqual([
      ['above', 12, 41],
      ['B', 56, 45],
      ['operator()', 101, 40],
      ['of', 141, 1],
      ['on', 142, 5],
      ['lambda', 148, 3],
      ['B::after', 151, 2],
    ]);
    expect(long(functionsOf('a.cpp', text)).map(place)).toEqual(['a.cpp:12: above, 41 lines', 'a.cpp:56: B, 45 lines']);
  });

  it('counts those of TypeScript', () => {
    const text = [
      'export function above(): void {', // 1
      `${body(41, '')}}`,
      'class B {', // 42
      '  step(): number {', // 43
      `${body(42, '  ')}  }`,
      '  get of() { return 1; }', // 85
      '}',
      "const arrow = () => { '}' };", // 87
      'function declared(): void;',
    ].join('\n');
    expect(found('a.ts', text)).toEqual([
      ['above', 1, 41],
      ['step', 43, 42],
      ['of', 85, 1],
      ['arrow', 87, 1],
    ]);
  });

  it('reads the reason above', () => {
    const commented = (...above: string[]) => functionsOf('a.hpp', [...above, 'void f() {', '}'].join('\n'));
    const given = (...above: string[]) => commented(...above).map(({ comment }) => reason.test(comment));
    expect(given('// Longer than most: a table of cases.')).toEqual([true]);
    expect(given('/// Steps.', '/// Longer than most: a table of cases.', 'template <class T>')).toEqual([true]);
    expect(given('// Longer than most: a table of cases.', '')).toEqual([false]);
    expect(given('// Longer than most: TODO')).toEqual([false]);
    expect(given('/// Steps.')).toEqual([false]);
  });
});
