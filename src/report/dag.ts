// A directed graph that was learned: drawn, as a table, and as the text of other programs that draw.
import { layoutOf } from './dagLayout.js';
import { place, text } from './frame.js';
import { type Part, soft, table } from './page.js';
import { counted, escaped, figure, shortened } from './text.js';

/** Members of the results of `learnDag`, as far as they are shown. */
export interface LearnedDag {
  names: readonly string[];
  edges: readonly { from: string; to: string; weight: number; gain?: number }[];
  /** Edges whose direction the data tell are directed. */
  pattern?: readonly { from: string; to: string; directed: boolean }[] | undefined;
  varsortability?: number | undefined;
}

/** Members that the parts of a graph show. */
export const dagMembers = ['edges', 'pattern', 'parents', 'order', 'weights', 'names', 'intercepts'];

/** Returns true if an edge has its direction in all graphs that the data do not tell from this one. */
function directedIn({ pattern }: LearnedDag): (edge: { from: string; to: string }) => boolean {
  if (!pattern) return () => true;
  const known = new Set(pattern.filter(({ directed }) => directed).map(({ from, to }) => JSON.stringify([from, to])));
  return ({ from, to }) => known.has(JSON.stringify([from, to]));
}

/**
 * The graph of a result of `learnDag` in the language of Graphviz. Edges whose direction the data do not tell are dashed.
 *
 * ```ts
 * writeFileSync('graph.dot', toDot(await learnDag({ x, names })));
 * ```
 */
export function toDot(result: LearnedDag): string {
  const directed = directedIn(result);
  const quoted = (name: string): string => `"${name.replace(/[\\"]/g, '\\$&').replace(/\s+/g, ' ')}"`;
  const nodes = result.names.map((name) => `  ${quoted(name)};`);
  const edges = result.edges.map((edge) => {
    const style = directed(edge) ? '' : ', style=dashed';
    return `  ${quoted(edge.from)} -> ${quoted(edge.to)} [label="${figure(edge.weight, 3)}"${style}];`;
  });
  return ['digraph dag {', ...nodes, ...edges, '}'].join('\n');
}

/**
 * The graph of a result of `learnDag` in the language of Mermaid, which pages of GitHub draw. Edges whose direction the data do not tell are dashed.
 *
 * ```ts
 * console.log(toMermaid(await learnDag({ x, names })));
 * ```
 */
export function toMermaid(result: LearnedDag): string {
  const directed = directedIn(result);
  const quoted = (name: string): string =>
    `"${name.replace(/\s+/g, ' ').replace(/[#"<>&]/g, (c) => `#${c.charCodeAt(0)};`)}"`;
  const numbers = new Map(result.names.map((name, j) => [name, `n${j}`]));
  const nodes = result.names.map((name, j) => `  n${j}[${quoted(name)}]`);
  const edges = result.edges.map((edge) => {
    const arrow = directed(edge) ? '-->' : '-.->';
    return `  ${numbers.get(edge.from)} ${arrow}|"${figure(edge.weight, 3)}"| ${numbers.get(edge.to)}`;
  });
  return ['flowchart TD', ...nodes, ...edges].join('\n');
}

/** Sizes of a drawing in pixels. */
const sizes = { width: 920, layer: 84, node: 26, margin: 14, letter: 7.2, widestNode: 150, arrow: 8 };

export interface DrawingOptions {
  name?: string;
  width?: number;
  height?: number;
}

/** An SVG element: nodes in layers, arrows downwards, thicker where the edge gains more; negative weights have another colour. */
export function dagDrawing(result: LearnedDag, options: DrawingOptions = {}): string {
  const { name = 'Learned graph', width = sizes.width } = options;
  const { layers, widest, nodes, paths } = layoutOf(result.names, result.edges);
  const height = options.height ?? layers * sizes.layer + 2 * sizes.margin;
  const step = (height - 2 * sizes.margin) / layers;
  const inner = width - 2 * sizes.margin;
  const at = ({ x, layer }: { x: number; layer: number }): [number, number] => [
    sizes.margin + x * inner,
    sizes.margin + (layer + 0.5) * step,
  ];
  const most = Math.min(sizes.widestNode, inner / widest - 8);
  const directed = directedIn(result);
  const gains = Math.max(...result.edges.map(({ gain = 1 }) => gain), Number.MIN_VALUE);
  const edges = result.edges.map((edge, k) => {
    const thick = 1 + 2 * Math.sqrt(Math.max(0, edge.gain ?? 1) / gains);
    const about = `${edge.from} to ${edge.to}: weight ${figure(edge.weight)}, gain ${figure(edge.gain)}`;
    const kind = `edge c${edge.weight < 0 ? 2 : 1}${directed(edge) ? '' : ' open'}`;
    return `<g class="${kind}">${arrow((paths[k] ?? []).map(at), thick)}<title>${escaped(about)}</title></g>`;
  });
  const boxes = nodes.map((node) => {
    const [x, y] = at(node);
    const label = shortened(node.name, Math.max(2, Math.floor((most - 8) / sizes.letter)));
    const wide = Math.min(most, sizes.letter * label.length + 16);
    const box = `<rect x="${place(x - wide / 2)}" y="${place(y - sizes.node / 2)}" width="${place(wide)}" height="${sizes.node}" rx="6"/>`;
    return `<g class="node">${box}${text(x, y + 4, label)}<title>${escaped(node.name)}</title></g>`;
  });
  const body = [...edges, ...boxes].join('\n');
  return `<svg viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" role="img" aria-label="${escaped(name)}">\n${body}\n</svg>`;
}

/** A curve through places with the head of an arrow at the last one. */
function arrow(places: readonly [number, number][], thick: number): string {
  const [first, ...others] = places.map(([x, y], k): [number, number] => {
    if (k === 0) return [x, y + sizes.node / 2];
    return k === places.length - 1 ? [x, y - sizes.node / 2 - sizes.arrow] : [x, y];
  });
  if (!first) return '';
  let [x, y] = first;
  let path = `M${place(x)} ${place(y)}`;
  for (const [nextX, nextY] of others) {
    const bend = (nextY - y) / 2;
    path += `C${place(x)} ${place(y + bend)} ${place(nextX)} ${place(nextY - bend)} ${place(nextX)} ${place(nextY)}`;
    [x, y] = [nextX, nextY];
  }
  const [half, long] = [sizes.arrow / 2, sizes.arrow];
  const head = `M${place(x - half)} ${place(y)}L${place(x + half)} ${place(y)}L${place(x)} ${place(y + long)}Z`;
  return `<path class="way" d="${path}" stroke-width="${place(thick)}"/><path class="head" d="${head}"/>`;
}

/** The parts of a page about a graph; none where there is no graph. */
export function dagParts(result: LearnedDag | undefined): Part[] {
  if (!result) return [];
  const { edges, pattern = [], varsortability, names } = result;
  const open = pattern.filter(({ directed }) => !directed).length;
  const about =
    `${counted(names.length, 'column')}, ${counted(edges.length, 'edge')}, ` +
    `${open === 0 ? 'all with a direction that the data tell' : `${counted(open, 'edge')} whose direction the data do not tell (dashed)`}. ` +
    `Blue for positive weights, orange for negative ones; thicker where the score would rise more without the edge. Varsortability ${figure(varsortability, 3)}.`;
  const directed = directedIn(result);
  const rows = edges.map((edge) => [
    edge.from,
    edge.to,
    figure(edge.weight, 5),
    figure(edge.gain, 5),
    directed(edge) ? 'yes' : 'no',
  ]);
  const texts = [
    ['Graphviz', toDot(result)],
    ['Mermaid', toMermaid(result)],
  ].map(
    ([title, lines = '']) =>
      `<details><summary>As text for ${title}</summary><pre>${lines.split('\n').map(escaped).join('\n')}</pre></details>`,
  );
  const list =
    edges.length > 0 ? [table(['from column', 'to column', 'weight', 'gain', 'direction is told'], rows)] : [];
  return [
    { title: 'Graph', body: [soft(about), dagDrawing(result), ...texts].join('\n') },
    ...(list.length > 0 ? [{ title: 'Edges', body: list.join('\n') }] : []),
  ];
}
