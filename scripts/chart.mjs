// Charts for people: a Vega-Lite specification to an SVG file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as vega from 'vega';
import * as vegaLite from 'vega-lite';

const theme = {
  aria: false, // a label for each mark, which makes files several times as large
  background: 'white',
  padding: 12,
  font: 'Helvetica, Arial, sans-serif',
  title: { fontSize: 15, subtitleFontSize: 12, subtitleColor: '#555', anchor: 'start', offset: 12, subtitlePadding: 4 },
  axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', gridColor: '#e8e8e8', domainColor: '#999' },
  legend: { labelLimit: 300, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', symbolStrokeWidth: 2.5 },
  header: { labelFontSize: 12 },
  view: { stroke: null },
};

/**
 * Draws a Vega-Lite specification and writes it as SVG.
 * @param {string} path where to
 * @param {object} specification without `$schema` and `config`, which are added
 */
export async function writeChart(path, specification) {
  const { spec } = vegaLite.compile({ ...specification, config: theme });
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await view.toSVG());
  view.finalize();
}
