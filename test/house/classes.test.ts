// A class of many members does several things: its parts have no names yet.
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { codeOf } from './functions.js';
import { known } from './known.js';
import { readSources } from './sources.js';

const most = { members: 25, functions: 40 };

interface Counts {
  members: number;
  functions: number;
}

/** Data members and functions of each class and struct of a file that has private members, by `file: name`. */
function classesOf(file: string, text: string): Map<string, Counts> {
  return file.endsWith('.ts') ? inTypescript(file, text) : inCpp(file, text);
}

function inCpp(file: string, text: string): Map<string, Counts> {
  const code = codeOf(text);
  const found = new Map<string, Counts>();
  for (const match of code.matchAll(/\bclass (\w+)(?: final)?(?:\s*:[^;{]*)?\s*\{/g)) {
    found.set(`${file}: ${match[1]}`, countsOf(bodyFrom(code, match.index + match[0].length)));
  }
  return found;
}

/** The text up to the brace that closes the one before `begin`, with what stands in inner braces left out. */
function bodyFrom(code: string, begin: number): string {
  let depth = 0;
  let body = '';
  for (let at = begin; at < code.length; ++at) {
    if (code[at] === '{') ++depth;
    if (depth === 0) {
      if (code[at] === '}') break;
      body += code[at];
    }
    // A body ends a declaration; the value of a member or of an argument does not.
    if (code[at] === '}' && --depth === 0 && !/^\s*[,{)]/.test(code.slice(at + 1, at + 80))) body += ';';
  }
  return body;
}

/** What a body declares: a name that ends in `_` is a member, one before a list of parameters a function. */
function countsOf(body: string): Counts {
  const declarations = body
    .replaceAll(/\b(public|private|protected)\s*:(?!:)/g, ';')
    .split(';')
    .map((part) => part.trim());
  const counts = { members: 0, functions: 0 };
  for (const part of declarations) {
    if (/^(using|friend|typedef|template\s*<[^>]*>\s*(struct|class)|struct|class|enum|static_assert)\b/.test(part))
      continue;
    const plain = part.replaceAll(/\([^()]*\)/g, '()').replaceAll(/\([^()]*\)/g, '()');
    if (/^[^=]*[\w\]>=]\s*\(\)/.test(plain)) ++counts.functions;
    else if (!/\bstatic\b/.test(plain))
      counts.members += plain.replaceAll(/<[^;]*>/g, '').match(/\b[a-zA-Z]\w*_\b/g)?.length ?? 0;
  }
  return counts;
}

function inTypescript(file: string, text: string): Map<string, Counts> {
  const found = new Map<string, Counts>();
  const visit = (node: ts.Node): void => {
    if (ts.isClassLike(node)) {
      const members = node.members.filter(ts.isPropertyDeclaration).length;
      found.set(`${file}: ${node.name?.text ?? 'class'}`, { members, functions: node.members.length - members });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

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
    expect([...inCpp('a.hpp', cpp)]).toEqual([['a.hpp: Solver', { members: 4, functions: 4 }]]);
    const typescript = 'class A { #a = 1; b?: number; constructor() {} get c() { return 1; } d = () => 2; }';
    expect([...inTypescript('a.ts', typescript)]).toEqual([['a.ts: A', { members: 3, functions: 2 }]]);
  });
});
