// The blocks of JavaScript and Python in a page of Markdown, and the former as a program that runs them.
// A comment `<!-- before: ... -->` right before a block holds what the block takes for granted, `<!-- on this page: ... -->` what all
// blocks of the page do; `<!-- not run: reason -->` leaves a block out. A block without a language right after one, or after several, is what each of them prints; one
// of `text` is what it may print.

export interface Block {
  /** The number of the block's first line. */
  line: number;
  language: 'js' | 'python';
  code: string;
  /** Statements that go before it. */
  before: string;
  /** Why it does not run. */
  notRun?: string;
  /** The output that the page shows. */
  prints?: string;
}

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;
const comment = /<!-- (before|not run):\s+((?:(?!-->)[\s\S])*?)\s*-->\s*$/;

/** Returns a page's blocks and the statements for all of them. */
export function blocksOf(page: string): { blocks: Block[]; shared: string } {
  const shared = Array.from(page.matchAll(/<!-- on this page:([\s\S]*?)-->/g), ([, text = '']) => text).join('\n');
  const blocks: Block[] = [];
  let adjacent: Block[] = []; // the blocks right before, with nothing between them
  let end = 0;
  for (const match of page.matchAll(fence)) {
    const [whole, language, code = ''] = match;
    if (page.slice(end, match.index).trim() !== '') adjacent = [];
    end = match.index + whole.length;
    if (language === 'js' || language === 'python') {
      const [, kind, told] = page.slice(0, match.index).match(comment) ?? [];
      const block: Block = { line: lineAt(page, match.index), language, code, before: '' };
      if (kind === 'before') block.before = told ?? '';
      if (kind === 'not run') block.notRun = told;
      blocks.push(block);
      adjacent.push(block);
    } else {
      if (language === '') for (const block of adjacent) block.prints = code;
      adjacent = [];
    }
  }
  return { blocks, shared };
}

/** A module that runs the blocks in turn, each in a scope of its own, and prints `separator` after each. */
export function programOf({ blocks, shared }: { blocks: Block[]; shared: string }, separator: string): string {
  const end = `console.log(${JSON.stringify(separator)});`;
  const scopes = blocks.map(({ before, code }) => `{\n${before}\n{\n${code}\n}\n}\n${end}`);
  return [shared, ...scopes].map(withoutImports).join('\n');
}

/** Imports as expressions, which blocks that share a file may have at any place. */
function withoutImports(code: string): string {
  return code.replace(/^import \{([^}]*)\} from '([^']+)';/gm, (_, names: string, from: string) => {
    return `const {${names.replace(/ as /g, ': ')}} = await import('${from}');`;
  });
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
