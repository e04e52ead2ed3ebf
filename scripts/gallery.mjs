// `node scripts/gallery.mjs`: docs/gallery.md and its pictures, from what the examples export as `picture` (scripts/chart.d.mts), below what each of
// them has after `// heading: `.
//   node scripts/gallery.mjs FAMILY/NAME    only the picture of one
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeChart } from './chart.mjs';
import { files, main, root } from './shared.mjs';

/** The sentences at the top of an example, without the commands below them. */
function aboutOf(text) {
  const lines = text.split('\n');
  return lines
    .slice(
      0,
      lines.findIndex((line) => !/^\/\/ \S/.test(line)),
    )
    .map((line) => line.slice(3))
    .join(' ');
}

/** Draws the picture of an example, whose output is left out. */
async function draw(name, image) {
  const log = console.log;
  console.log = () => {};
  const { picture } = await import(pathToFileURL(join(root, `examples/${name}.mjs`)));
  console.log = log;
  await writeChart(join(root, 'docs', image), picture);
  console.log(`wrote docs/${image}`);
}

/** The part of the page about an example. */
async function section(name, asked) {
  const text = readFileSync(join(root, `examples/${name}.mjs`), 'utf8');
  const image = `images/gallery/${name.replace('/', '-')}.svg`;
  const drawn = /^export const picture = /m.test(text);
  if (drawn && (asked.length === 0 || asked.includes(name))) await draw(name, image);
  const [, heading] = /^\/\/ heading: (.*)$/m.exec(text) ?? [];
  if (heading === undefined) throw new Error(`examples/${name}.mjs: expected a line that begins with // heading:`);
  const shown = drawn ? `\n![${heading}](${image})\n` : '';
  return `## ${heading}\n\n${aboutOf(text)}\n${shown}\n[examples/${name}.mjs](../examples/${name}.mjs)\n`;
}

main(async () => {
  const asked = process.argv.slice(2);
  const names = files('examples', (path) => /^examples\/(?!mpi\/)\w+\/[\w-]+\.mjs$/.test(path)).map((path) =>
    path.slice('examples/'.length, -'.mjs'.length),
  );
  // From the last family to the first: regressions and networks stand before what fewer need.
  const families = [...new Set(names.map((name) => name.split('/')[0]))].reverse();
  const sections = [];
  for (const family of families) {
    for (const name of names.filter((each) => each.startsWith(`${family}/`))) sections.push(await section(name, asked));
  }
  if (asked.length > 0) return;
  const ports = readdirSync(join(root, 'examples'))
    .map((family) => `examples/${family}/ports`)
    .filter((path) => existsSync(join(root, path)));
  const intro = `Every example is a program that runs, \`node\` and its name, as the tests do. Those of other packages, each with the
answer of the original, are in ${ports.map((path) => `[${path}](../${path})`).join(', ')}.`;
  const made = '<!-- Made by scripts/gallery.mjs from the examples. Do not edit. -->';
  writeFileSync(join(root, 'docs/gallery.md'), `${made}\n# Gallery\n\n${intro}\n\n${sections.join('\n')}`);
});
