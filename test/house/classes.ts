// How many data members and functions the classes of a file have.
import ts from 'typescript';
import { codeOf } from './functions.js';

export interface Counts {
  members: number;
  functions: number;
}

/** Data members and functions of each class and struct of a file that has private members, by `file: name`. */
export function classesOf(file: string, text: string): Map<string, Counts> {
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

/** The declarations of a body: a name that ends in `_` is a member, one before a list of parameters a function. */
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
