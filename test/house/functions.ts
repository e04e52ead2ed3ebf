// Functions of the package and how long they are. Reads text, runs nothing.
import ts from 'typescript';

export interface FunctionOfFile {
  file: string;
  name: string;
  /** Line of its first word, counted from 1. */
  line: number;
  /** Lines from its first word to its closing brace. */
  lines: number;
  /** Comment right above it, without the marks. */
  comment: string;
}

/** Every function that is not inside of another one. */
export function functionsOf(file: string, text: string): FunctionOfFile[] {
  return file.endsWith('.ts') ? inTypescript(file, text) : inCpp(file, text);
}

/** C++ text with blanks instead of comments, literals and lines of the preprocessor, so that braces are code. */
export function codeOf(text: string): string {
  const other =
    /\/\/.*|\/\*[\s\S]*?\*\/|R"(\w*)\([\s\S]*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:.*\\\n)*.*/gm;
  return text.replaceAll(other, (found) => found.replaceAll(/[^\n]/g, ' '));
}

/** Text before a brace of C++ when it opens something in which functions may stand. */
const opensScope =
  /^(inline\s+)?namespace\b|^(template\s*<.*>\s*)?(typedef\s+)?(struct|class|union)\b(?!.*\)\s*(const)?$)|^extern\s*$/s;
/** A list of parameters, and what may follow it: qualifiers, a result, initialisers of members. */
const opensFunction =
  /^(?!enum\b).*(\)\s*(const|noexcept|override|final|mutable|&|\s)*(->.*|requires\b.*|:[^:].*)?$|\[[^\]]*\]$|\boperator\b)/s;

function inCpp(file: string, text: string): FunctionOfFile[] {
  const code = codeOf(text);
  const lines = text.split('\n');
  const found: FunctionOfFile[] = [];
  let head = 0; // begin of the declaration that is being read
  for (let at = 0; at < code.length; ++at) {
    if (code[at] === ';' || code[at] === '}') head = at + 1;
    if (code[at] !== '{') continue;
    const before = code.slice(head, at).replace(/^(\s|(public|private|protected)\s*:(?!:))*/, '');
    const begin = at - before.length;
    const declaration = before.trim();
    if (opensScope.test(declaration)) {
      head = at + 1;
      continue;
    }
    const end = closing(code, at);
    if (opensFunction.test(declaration) && !isInitialiser(declaration, code.slice(end + 1))) {
      found.push({
        file,
        name: nameOf(declaration),
        ...extent(code, begin, end),
        comment: commentAbove(lines, lineAt(code, begin)),
      });
      head = end + 1;
    }
    at = end; // the end of a value in braces: the declaration goes on
  }
  return found;
}

/** Returns true if a brace opens the value of a member, as in `Name() : member_{1}, other_(2) {`. */
const isInitialiser = (declaration: string, after: string) =>
  /\)[^;{}]*:[^:][^;]*\w$/.test(declaration) && /^\s*[,{]/.test(after);

/** Place of the brace that closes the one at `at`. */
function closing(code: string, at: number): number {
  for (let depth = 0; at < code.length; ++at) {
    if (code[at] === '{') ++depth;
    if (code[at] === '}' && --depth === 0) return at;
  }
  throw new Error('a brace is not closed');
}

function nameOf(declaration: string): string {
  const plain = declaration
    .replace(/^(template\s*<[^;{}]*?>\s*\n\s*)+/, '')
    .replaceAll(/__attribute__\s*\(\(.*?\)\)/g, '');
  const name = /operator[^\w\s]+(?=\()|[\w:~]+(<[^<>()]*>::\w+)?(?=\s*\()|\w+(?=\s*=\s*\[)/.exec(plain)?.[0] ?? '?';
  return name;
}

const lineAt = (code: string, at: number) => code.slice(0, at).split('\n').length;

/** A line `template <...>` above does not count. */
function extent(code: string, begin: number, end: number): { line: number; lines: number } {
  const template = /^(template\s*<.*>\s*\n\s*)+/.exec(code.slice(begin, end))?.[0] ?? '';
  const line = lineAt(code, begin + template.length);
  return { line, lines: lineAt(code, end) - line + 1 };
}

function commentAbove(lines: string[], line: number): string {
  const comment: string[] = [];
  for (let above = line - 2; /^\s*(\/\/|\/\*|\*)/.test(lines[above] ?? ''); --above) {
    comment.unshift((lines[above] as string).replace(/^\s*(\/\/+|\/?\*+\/?)\s*/, ''));
  }
  return comment.join(' ');
}

function inTypescript(file: string, text: string): FunctionOfFile[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n');
  const found: FunctionOfFile[] = [];
  const visit = (node: ts.Node): void => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) {
      ts.forEachChild(node, visit);
      return;
    }
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const last = source.getLineAndCharacterOfPosition(node.end).line + 1;
    const name = node.name?.getText() ?? node.parent.getChildAt(0).getText().split('\n', 1).join();
    found.push({ file, name, line, lines: last - line + 1, comment: commentAbove(lines, line) });
  };
  visit(source);
  return found;
}
