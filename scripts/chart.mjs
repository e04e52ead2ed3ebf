// Pictures of pages: a title above one chart of nonconvex/report, or above several of them, as an SVG file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { root } from './shared.mjs';

/** The modules of src/report that draw, which the package keeps to itself. */
async function drawing() {
  const contents = `
    export { chart, legend } from './chart.ts';
    export { dagDrawing } from './dag.ts';
    export { standalone } from './charts.ts';
    export { escaped } from './text.ts';`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(root, 'src/report'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** The widths of pictures and of the gaps in them, and heights of lines. */
const [usualWidth, gap, titleHeight, lineHeight] = [720, 16, 34, 17];

/** The text of an SVG file. */
export async function drawn({ title, subtitle = [], width = usualWidth, columns = 1, charts, ...only }) {
  const { chart, dagDrawing, legend, standalone, escaped } = await drawing();
  const panels = charts ?? [only];
  const wide = Math.floor((width - gap * (columns - 1)) / columns);
  const several = panels.some(({ series = [] }) => new Set(series.map(({ name }) => name)).size > 1);
  const lines = [subtitle].flat();
  const head = [`<text class="picture" x="14" y="24">${escaped(title)}</text>`];
  lines.forEach((line, k) => {
    head.push(`<text x="14" y="${24 + lineHeight * (k + 1)}">${escaped(line)}</text>`);
  });
  let top = titleHeight + lineHeight * lines.length;
  if (several) {
    const { markup, above } = legend(
      panels.flatMap(({ series = [] }) => series),
      { width },
    );
    top += above;
    head.push(`<g transform="translate(0 ${top})">${markup}</g>`);
  }
  const body = [];
  for (let from = 0; from < panels.length; from += columns) {
    const row = panels.slice(from, from + columns);
    row.forEach((panel, column) => {
      const name = panel.heading ?? title;
      const svg = panel.graph
        ? dagDrawing(panel.graph, { name, width: wide, height: panel.height ?? 300 })
        : chart({ x: '', y: '', name, ...panel, width: wide, plain: true });
      if (svg === undefined) throw new Error(`${title}, ${name}: no number can be drawn`);
      const place = `x="${column * (wide + gap)}" y="${top}" width="${wide}" height="${panel.height ?? 300}"`;
      body.push(svg.replace('<svg', `<svg ${place}`));
    });
    top += Math.max(...row.map(({ height = 300 }) => height));
  }
  const opening = `<svg viewBox="0 0 ${width} ${top}" role="img" aria-label="${escaped(title)}">`;
  return standalone([opening, ...head, ...body, '</svg>'].join('\n')).svg;
}

/** Draws a picture (chart.d.mts) and writes it as an SVG file. */
export async function writeChart(path, picture) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await drawn(picture));
}
