// The documentation as a site: `npm run docs`. Pages are those of docs/, which read as well without it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { katex } from '@mdit/plugin-katex';
import { defineConfig } from 'vitepress';
import { addressOf, repository } from '../../../scripts/publication.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const docs = join(root, 'docs');
const pages = join(docs, 'site/pages'); // copies of docs/, made by scripts/docs.mjs
const titleOf = (name) => readFileSync(join(docs, `${name}.md`), 'utf8').match(/^# (.*)$/m)[1];
const page = (text, name) => ({ text, link: `/${name}` });

/** The rest of a page's name in docs/, or the address of what a link names elsewhere in the repository. */
function target(href, from) {
  if (/^[a-z]+:|^#|^\//.test(href)) return href;
  const [path, anchor] = href.split('#');
  const absolute = join(docs, dirname(from), path);
  if (!relative(docs, absolute).startsWith('..') && /\.md$|^$/.test(path)) return href;
  if (path === 'site/playground/index.html' && existsSync(join(pages, 'public/playground'))) return '/playground/index.html';
  if (!existsSync(absolute)) throw new Error(`docs/${from}: ${href} is not there`);
  return addressOf(relative(root, absolute)) + (anchor ? `#${anchor}` : '');
}

export default defineConfig({
  title: 'nonconvex',
  description: 'Non-convex problems that can be solved with a guarantee, in Node.js',
  srcDir: relative(join(docs, 'site'), pages),
  outDir: '../../build-site',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  cleanUrls: false,
  lastUpdated: false,
  markdown: {
    html: true,
    config(markdown) {
      // Formulas stand between dollars, which GitHub shows, too; a mistake in one ends the build.
      const transformer = (html) => html.replaceAll('{{', '&#123;&#123;');
      markdown.use(katex, { throwOnError: true, strict: 'error', transformer });
      // Pages have formulas and types in angle brackets and braces as plain text.
      const text = markdown.renderer.rules.text;
      markdown.renderer.rules.text = (...args) => text(...args).replaceAll('{{', '&#123;&#123;');
      const inline = markdown.renderer.rules.code_inline;
      markdown.renderer.rules.code_inline = (...args) => inline(...args).replace('<code', '<code v-pre');
      markdown.core.ruler.push('links-of-the-repository', ({ tokens, env }) => {
        for (const { children } of tokens) {
          for (const token of children ?? []) {
            if (token.type !== 'link_open') continue;
            token.attrSet('href', target(token.attrGet('href'), env.relativePath));
          }
        }
      });
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: repository }],
    nav: [page('Which solver', 'choosing'), page('It does not converge', 'troubleshooting'), page('Gallery', 'gallery')],
    sidebar: [
      {
        text: 'Questions',
        items: [
          page('The first ten minutes', 'tutorial'),
          page('Which solver?', 'choosing'),
          page('What is known of an answer', 'certificates'),
          page('I come from ...', 'moving'),
          page('Beside glmnet', 'glmnet'),
          page('It does not converge', 'troubleshooting'),
          page('Others ask', 'faq'),
          page('Pictures', 'gallery'),
        ],
      },
      {
        text: 'Solvers',
        items: [...readdirSync(join(root, 'native/solvers')), 'problems'].map((name) => page(titleOf(name), name)),
      },
      {
        text: 'Around them',
        items: [
          page('Command line', 'cli'),
          page('Pages about results', 'report'),
          page('Models as JSON and ONNX', 'exchange'),
          page('From a table to a model', 'tables'),
          page('Files of data', 'readers'),
          page('Deploying', 'deploying'),
          page('In the browser', 'wasm'),
          page('Beyond one machine', 'scale'),
          page('GPUs', 'cuda'),
          page('Benchmarks', 'benchmarks'),
          page('Reliability', 'reliability'),
          page('Building', 'building'),
          { text: 'API', link: '/api/index.html', target: '_self' },
        ],
      },
      {
        text: 'Mathematics',
        items: [
          page('ReLU networks', 'relu-methods'),
          page('Equations', 'nlp-methods'),
          page('Bounds and inequalities', 'nlp-inequalities'),
          page('Ratios', 'fractional-methods'),
          page('Sparse regression', 'sparse-methods'),
        ],
      },
      {
        text: 'Developers',
        items: readdirSync(join(docs, 'developers'))
          .filter((name) => name.endsWith('.md'))
          .map((name) => `developers/${name.slice(0, -3)}`)
          .map((name) => page(titleOf(name), name)),
      },
    ],
  },
});
