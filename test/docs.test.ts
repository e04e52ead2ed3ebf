// Pages of the documentation are short, and their links lead somewhere. Reads text, runs nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
/** Bytes of a page, at most: a reader should reach its end. */
const mostBytes = 15_000;

const read = (page: string) => readFileSync(join(root, page), 'utf8');
const pagesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => normalize(join(folder, String(name))).replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md') && !name.startsWith('docs/site/'));
const pages = [...pagesIn('docs'), ...pagesIn('native'), 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'];

/** The names that links may give behind `#`: those of headings, as GitHub makes them, and those of anchors. */
function anchorsOf(text: string): Set<string> {
  const headings = Array.from(text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/^#+ (.*)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...Array.from(text.matchAll(/<a id="([^"]+)">/g), ([, id = '']) => id)]);
}

it('links of pages lead to files and headings that exist', () => {
  const broken = pages.flatMap((page) =>
    Array.from(read(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        if (!existsSync(join(root, file))) return true;
        return anchor !== undefined && file.endsWith('.md') && !anchorsOf(read(file)).has(anchor);
      })
      .map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

/** The most characters of a line of code: more have a scroll bar on the site. */
const mostCharacters = 84;

it(`lines of code on pages for users have at most ${mostCharacters} characters`, () => {
  const users = pages.filter((page) => page.startsWith('docs/') && !page.startsWith('docs/developers/'));
  const long = users.flatMap((page) =>
    Array.from(read(page).matchAll(/^```(?:js|ts|python|sh)\n([\s\S]*?)^```$/gm), ([, code = '']) => code.split('\n'))
      .flat()
      .filter((line) => line.length > mostCharacters)
      .map((line) => `${page}: ${line}`),
  );
  expect(long).toEqual([]);
});

it(`pages for users have at most ${mostBytes} bytes`, () => {
  const long = readdirSync(join(root, 'docs')).filter(
    (name) => name.endsWith('.md') && Buffer.byteLength(read(`docs/${name}`)) > mostBytes,
  );
  expect(long).toEqual([]);
});
