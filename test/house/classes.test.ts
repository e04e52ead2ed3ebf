// A class of many members does several things: its parts have no names yet.
import { describe, expect, it } from 'vitest';
import { classesOf } from './classes.js';
import { known } from './known.js';
import { readSources } from './sources.js';

const most = { members: 25, functions: 40 };

describe('classes', () => {
  const sources = [
    ...['native', 'cuda'].flatMap((folder) => [...readSources(folder, ['.hpp', '.cpp', '.cu'])]),
    ...readSources('src', ['.ts']),
  ];
  const all = new Map(sources.flatMap(([file, text]) => [...classesOf(file, text)]));

  it(`have at most ${most.members} data members and ${most.functions} functions`, () => {
    expect(all.size).toBeGreaterThan(300);
    const above = [...all].filter(
      ([name, { members, functions }]) =>
        members > (known.classes[name]?.members ?? most.members) ||
        functions > (known.classes[name]?.functions ?? most.functions),
    );
    expect(Object.fromEntries(above), 'give their parts names').toEqual({});
    const smaller = Object.entries(known.classes).filter(([name, { members, functions }]) => {
      const now = all.get(name) ?? { members: 0, functions: 0 };
      return now.members < members || now.functions < functions;
    });
    if (smaller.length > 0) console.warn(`smaller than before: ${smaller.map(([name]) => name).join(', ')}`);
  });

  it('are found with what they have', () => {
    const cpp = `
class Solver final : public Base<int> {
 public:
  explicit Solver(int a, std::function<void(int)> f = {}) : a_(a), b_{f} {}
  int a() const { return a_; }
  bool operator()(int i) const;
  template <class T>
  void set(T value) { struct Inner { int c_; }; }
  static constexpr int most = 3;
  struct Part { double x_ = 0; };
 private:
  std::map<int, Part> parts_;
  int a_ = 0, b_ = 2;
  std::vector<double> c_{1, 2};
};
class Declared;`;
    expect([...classesOf('a.hpp', cpp)]).toEqual([['a.hpp: Solver', { members: 4, functions: 4 }]]);
    const typescript = 'class A { #a = 1; b?: number; constructor() {} get c() { return 1; } d = () => 2; }';
    expect([...classesOf('a.ts', typescript)]).toEqual([['a.ts: A', { members: 3, functions: 2 }]]);
  });
});
