// Every block of JavaScript in the README and in docs/ runs, on the built package, and prints what the page says; and every block of
// Python, where its libraries are.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { blocksOf, programOf } from './codeBlocks.js';
import { patience } from './patience.js';
import { hasModules, python } from './reference/python.js';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true })
    .map((name) => `docs/${String(name).replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.md') && !name.startsWith('docs/site/')),
];
const separator = '--- the next block';
/** Within the repository, where `nonconvex` is the package itself. */
const folder = join(root, 'build-blocks');
mkdirSync(folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programs = pages
  .map((page) => ({ page, ...blocksOf(readFileSync(join(root, page), 'utf8')) }))
  .map(({ page, blocks, shared }) => ({ page, shared, blocks: blocks.filter(({ notRun }) => notRun === undefined) }))
  .map(({ blocks, ...page }) => ({
    ...page,
    blocks: blocks.filter(({ language }) => language === 'js'),
    inPython: blocks.filter(({ language }) => language === 'python'),
  }))
  .filter(({ blocks }) => blocks.length > 0);

const missing = hasModules('sklearn', 'scipy') ? '' : 'as python3-sklearn and python3-scipy are not installed';

describe.each(programs)('$page', ({ page, blocks, shared, inPython }) => {
  it('runs, and prints what it says', () => {
    const cwd = join(folder, page.replaceAll('/', '-'));
    mkdirSync(cwd, { recursive: true });
    const file = join(cwd, 'blocks.mjs');
    writeFileSync(file, programOf({ blocks, shared }, separator));
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      cwd,
      encoding: 'utf8',
      timeout: patience,
    });
    const printed = stdout.split(`${separator}\n`);
    const ended = blocks[printed.length - 1];
    if (status !== 0) throw new Error(`${page}:${ended?.line} ${stderr}`);
    for (const [k, { prints, line }] of blocks.entries()) {
      if (prints !== undefined) expect(printed[k], `${page}:${line}`).toBe(prints);
    }
  });

  if (inPython.length === 0) return;
  it.skipIf(missing)(missing ? `Python: skipped, ${missing}` : 'the programs in Python print the same', () => {
    for (const { code, prints, line } of inPython) {
      const { status, stdout, stderr } = spawnSync(python, ['-c', code], {
        encoding: 'utf8',
        timeout: patience,
      });
      if (status !== 0) throw new Error(`${page}:${line} ${stderr}`);
      expect(stdout, `${page}:${line}`).toBe(prints);
    }
  });
});

it('names in a comment what it leaves out', () => {
  const page =
    "<!-- on this page: const a = 1; -->\n<!-- before: const b = 2; -->\n```js\nimport { x } from 'p';\nf(a, b);\n```\n\n```\n3\n```\n<!-- not run: g is nowhere -->\n```js\ng();\n```\n";
  const found = blocksOf(page);
  expect(found.blocks.map(({ before, prints, notRun }) => ({ before, prints, notRun }))).toEqual([
    { before: 'const b = 2;', prints: '3\n', notRun: undefined },
    { before: '', prints: undefined, notRun: 'g is nowhere' },
  ]);
  const program = programOf(found, separator);
  const order = ['const a = 1;', 'const b = 2;', "const { x } = await import('p');", 'f(a, b);', separator];
  const places = order.map((text) => program.indexOf(text));
  expect(places.every((place, k) => place > (places[k - 1] ?? -1))).toBe(true);
});
