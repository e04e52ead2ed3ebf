// The charts of a page, each as a file of its own.
import { chartStyle, colours } from './page.js';

/** A chart of a result. */
export interface Chart {
  /** The description, such as 'Objective against iterations'. */
  name: string;
  /** The text of an SVG file with its style, for light and dark, which loads and runs nothing. */
  svg: string;
}

/** The element that the rules of a chart are for, so that they leave a page alone that the chart stands in. */
const own = 'svg.nonconvex';

/** Rules for what is in such an element. */
const within = chartStyle.replaceAll(/([^{}]+)\{/g, (_, selectors: string) => {
  const each = selectors.split(',').map((selector) => selector.trim());
  return `\n${each.map((selector) => (selector.startsWith('svg') ? selector.replace('svg', own) : `${own} ${selector}`)).join(', ')} {`;
});
const font = 'system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif';
const style = `<style>${colours.replaceAll(':root', own)}${own} { background: var(--page); font-family: ${font}; }${within}</style>`;

/** The charts of a page, in its order. Text of names is escaped there, so that a tag is one of ours. */
export function chartsOf(page: string): Chart[] {
  const charts: Chart[] = [];
  let [depth, begin] = [0, 0];
  for (const { 0: tag, index } of page.matchAll(/<svg [^>]*>|<\/svg>/g)) {
    if (tag !== '</svg>' && depth++ === 0) begin = index;
    if (tag === '</svg>' && --depth === 0) charts.push(standalone(page.slice(begin, index + tag.length)));
  }
  return charts;
}

/** A drawn chart as a file of its own. */
export function standalone(drawn: string): Chart {
  const [, wide, tall] = /^<svg viewBox="0 -?\d+ (\d+) (\d+)"/.exec(drawn) ?? [];
  const [, name = ''] = /aria-label="([^"]*)"/.exec(drawn) ?? [];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" class="nonconvex" width="${wide}" height="${tall}"`;
  return { name: unescaped(name), svg: `${drawn.replace('<svg', head).replace('>', `>${style}`)}\n` };
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const unescaped = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] as string);
