// Prints how large the house is, a column for each checkout: lines, classes, constants, shared headers, exported names, settings.
//   node scripts/house.mjs [FOLDER ...] [--compile]
// Where a checkout has an addon in build-cmake, its size and those of its entries are among the rows. --compile builds the addon of each
// checkout once more, for the processor seconds (scripts/compile-times.mjs). Each checkout needs node_modules.
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { main, output, root } from './shared.mjs';

/** The module test/house/table.ts. */
async function loadTable() {
  mkdirSync(join(root, 'build-bench'), { recursive: true });
  const outfile = join(root, 'build-bench', 'house.mjs');
  const entryPoints = [join(root, 'test/house/table.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  return import(pathToFileURL(outfile).href);
}

/** The commit of a checkout, or the name of its folder. */
function titleOf(checkout) {
  return output('git', ['-C', checkout, 'rev-parse', '--short=8', 'HEAD'])?.trim() ?? basename(checkout);
}

/** Sizes of machine code in kB. */
function sizesOf(checkout) {
  if (!existsSync(join(checkout, 'build-cmake/Release/nonconvex.node'))) return {};
  const printed = output(process.execPath, [join(root, 'scripts/sizes.mjs'), checkout]) ?? '';
  const sizes = [...printed.matchAll(/(entries|addon|own): ([\d.]+) kB/g)];
  return Object.fromEntries(sizes.map(([, name, size]) => [name, Math.round(Number(size))]));
}

function compileTimesOf(checkout) {
  const printed = output(process.execPath, [join(root, 'scripts/compile-times.mjs'), checkout, '--json']);
  if (printed === undefined) throw new Error(`${checkout}: the addon did not compile`);
  const { seconds, files } = JSON.parse(printed);
  return { 'processor seconds': Math.round(seconds), files: files.length };
}

main(async () => {
  const { values, positionals } = parseArgs({ options: { compile: { type: 'boolean' } }, allowPositionals: true });
  const checkouts = (positionals.length > 0 ? positionals : [root]).map((path) => resolve(path));
  const { tableOf } = await loadTable();
  const columns = checkouts.map((checkout) => ({
    ...tableOf(checkout),
    'Machine code, kB': sizesOf(checkout),
    ...(values.compile ? { 'Compiling the addon': compileTimesOf(checkout) } : {}),
  }));
  console.log(`| | ${checkouts.map(titleOf).join(' | ')} |\n| --- |${' ---: |'.repeat(columns.length)}`);
  for (const subject of Object.keys(columns[0]))
    printSubject(
      subject,
      columns.map((column) => column[subject]),
    );
});

function printSubject(subject, counts) {
  const row = (name, numbers) => console.log(`| ${name} | ${numbers.map((number) => number ?? '').join(' | ')} |`);
  row(
    `**${subject}**`,
    counts.map((of) => (/^Lines/.test(subject) ? Object.values(of).reduce((a, b) => a + b, 0) : '')),
  );
  for (const name of new Set(counts.flatMap((of) => Object.keys(of))))
    row(
      name,
      counts.map((of) => of[name]),
    );
}
