// `node scripts/gallery.mjs`: docs/gallery.md and its pictures, from what the examples export as `picture` (scripts/chart.d.mts).
//   node scripts/gallery.mjs FAMILY/NAME    only the picture of one
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeChart } from './chart.mjs';
import { files, main, root } from './shared.mjs';

/** Headings of the examples, in the order of the page. */
const headings = {
  'sparse/first': 'Which columns matter',
  'sparse/sizes': 'Best subsets of columns, proven',
  'sparse/classes': 'Classes by factors of several levels',
  'sparse/survival': 'Columns that raise a risk',
  'fit/first': 'A curve through measurements',
  'relu/quickstart': 'A network trained to its global optimum',
  'relu/refine': 'Activation patterns found by refinement',
  'relu/robust': 'A network that is certified against attacks',
  'relu/mnist': 'Ten-class MNIST with a certificate',
  'smooth/digits': 'Digits without a learning rate to tune',
  'smooth/recommender': 'A recommender of films',
  'smooth/private': 'What privacy costs',
  'smooth/stream': 'A stream whose solution moves',
  'smooth/system': 'A linear system learned from its outputs',
  'nlp/model': 'Charges on a sphere and a hanging chain',
  'nlp/rolling-horizon': 'A house that is heated when it is cheap',
  'nlp/controller': 'A controller, solved every tenth of a second',
  'nlp/power-flow': 'Optimal power flow',
  'nlp/structured': 'A regression, a portfolio and a membrane',
  'nlp/callbacks': 'Functions of your own, with derivatives checked',
  'nlp/nl-file': "A model in AMPL's format",
  'fractional/sparse-recovery': 'A sparse signal from few measurements',
  'fractional/max-sharpe': 'Portfolios with the largest Sharpe ratio',
  'fractional/energy-efficiency': 'Radio powers that use energy well',
  'fractional/total-least-squares': 'A line through points with errors in both coordinates',
  'fractional/lp-pca': 'A principal direction that outliers do not turn',
  'fractional/sparse-eigenvector': 'A principal component of few entries',
  'fractional/independent-component': 'One source out of a mixture',
  'fractional/fisher-discriminant': 'A direction that parts two classes',
  'deepLinear/layers': 'The optimum of a deep linear network',
  'contrib/tasks': 'Tasks that are learned one after the other',
  'contrib/unlearn': 'A regression that forgets rows',
};

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
  const heading = headings[name];
  const shown = drawn ? `\n![${heading}](${image})\n` : '';
  return `## ${heading}\n\n${aboutOf(text)}\n${shown}\n[examples/${name}.mjs](../examples/${name}.mjs)\n`;
}

main(async () => {
  const asked = process.argv.slice(2);
  const names = files('examples', (path) => /^examples\/(?!mpi\/)\w+\/[\w-]+\.mjs$/.test(path)).map((path) =>
    path.slice('examples/'.length, -'.mjs'.length),
  );
  const without = names.filter((name) => headings[name] === undefined);
  if (without.length > 0) throw new Error(`without a heading in scripts/gallery.mjs: ${without.join(', ')}`);
  const sections = [];
  for (const name of Object.keys(headings)) sections.push(await section(name, asked));
  if (asked.length > 0) return;
  const ports = readdirSync(join(root, 'examples'))
    .map((family) => `examples/${family}/ports`)
    .filter((path) => existsSync(join(root, path)));
  const intro = `Every example is a program that runs, \`node\` and its name, as the tests do. Those of other packages, each with the
answer of the original, are in ${ports.map((path) => `[${path}](../${path})`).join(', ')}.`;
  const made = '<!-- Made by scripts/gallery.mjs from the examples. Do not edit. -->';
  writeFileSync(join(root, 'docs/gallery.md'), `${made}\n# Gallery\n\n${intro}\n\n${sections.join('\n')}`);
});
