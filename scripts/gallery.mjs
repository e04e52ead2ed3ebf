// `node scripts/gallery.mjs`: docs/gallery.md and its pictures, from what the examples export as `picture`, in Vega-Lite.
//   node scripts/gallery.mjs FAMILY/NAME    only the picture of one
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeChart } from './chart.mjs';
import { root } from './shared.mjs';

const folder = join(root, 'examples');
const asked = process.argv.slice(2);

/** The sentences at the top of an example. */
function aboutOf(text) {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.slice(3))
    .join(' ');
}

const examples = readdirSync(folder, { recursive: true })
  .map((name) =>
    String(name)
      .replaceAll('\\', '/')
      .replace(/\.mjs$/, ''),
  )
  .filter(
    (name) =>
      /^\w+\/[\w-]+$/.test(name) && readdirSync(join(folder, name.split('/')[0])).includes(`${name.split('/')[1]}.mjs`),
  )
  .sort();

const ports = readdirSync(folder)
  .map((family) => `examples/${family}/ports`)
  .filter((path) => existsSync(join(root, path)));
const sections = [];
const log = console.log;
for (const name of examples) {
  const text = readFileSync(join(folder, `${name}.mjs`), 'utf8');
  const image = `images/gallery/${name.replace('/', '-')}.svg`;
  const drawn = /^export const picture = /m.test(text);
  if (drawn && (asked.length === 0 || asked.includes(name))) {
    console.log = () => {};
    const { picture } = await import(pathToFileURL(join(folder, `${name}.mjs`)));
    console.log = log;
    await writeChart(join(root, 'docs', image), picture);
    console.log(`wrote docs/${image}`);
  }
  const heading = name.replace('/', ': ').replaceAll('-', ' ');
  const shown = drawn ? `\n![${heading}](${image})\n` : '';
  sections.push(`## ${heading}\n\n${aboutOf(text)}\n${shown}\n[examples/${name}.mjs](../examples/${name}.mjs)\n`);
}
const intro = `Every example is a program that runs, \`node\` and its name, as the tests do. Those of other packages, each with the
answer of the original, are in ${ports.map((path) => `[${path}](../${path})`).join(', ')}.`;
if (asked.length === 0) {
  const made = '<!-- Made by scripts/gallery.mjs from the examples. Do not edit. -->';
  writeFileSync(join(root, 'docs/gallery.md'), `${made}\n# Gallery\n\n${intro}\n\n${sections.join('\n')}`);
}
