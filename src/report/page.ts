// The page around the parts of a report: one file that loads and runs nothing, with colours for light and dark.
import { escaped } from './text.js';

/** A part of a page: a heading with what stands below it, in HTML. */
export interface Part {
  title: string;
  body: string;
  /** True if the part is shown by a click on its heading alone. */
  folded?: boolean;
}

/** The colours of pages and charts, for light and dark. */
export const colours = `
:root { color-scheme: light dark; --page: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #e4e7eb; --axis: #a3abb5; --line: #b4bbc4;
  --tint: #2a78d614; --tile: #f5f7f9; --good: #12875c; --bad: #b35900;
  --c1: #2a78d6; --c2: #d9541f; --c3: #12875c; --c4: #b97d00; --c5: #c94f80; --c6: #5b46b8; --c7: #c23a38; --c8: #00808a; }
@media (prefers-color-scheme: dark) { :root { --page: #16191d; --ink: #e6e9ed; --soft: #9aa4af; --grid: #2b3138; --axis: #68727d; --line: #57616c;
  --tint: #5ba0f01f; --tile: #1e2329; --good: #3fbf8c; --bad: #e0a04a;
  --c1: #5ba0f0; --c2: #f0824f; --c3: #3fbf8c; --c4: #d9a32e; --c5: #e57fa9; --c6: #9c8bf0; --c7: #ef706d; --c8: #36b8c2; } }
`;

/** The rules for what is in charts. */
export const chartStyle = `
svg { display: block; width: 100%; height: auto; font-size: 12px; fill: var(--soft); }
.grid { stroke: var(--grid); } .axis, .tick { stroke: var(--axis); } .title { font-size: 12.5px; }
.convex rect { fill: var(--tint); } .mark { pointer-events: none; } .mark line { stroke: var(--soft); stroke-dasharray: 4 4; } .mark text { fill: var(--ink); paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
.c0 { --c: var(--line); } .series { --c: var(--line); } .series .line { fill: none; stroke: var(--c); stroke-width: 1.2; stroke-linejoin: round; }
.c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); } .c4 { --c: var(--c4); } .c5 { --c: var(--c5); }
.c6 { --c: var(--c6); } .c7 { --c: var(--c7); } .c8 { --c: var(--c8); } [class*="series c"] .line, .curve .line { stroke-width: 2; }
.curve .line { fill: none; stroke: var(--c); stroke-linejoin: round; stroke-linecap: round; } .curve .line.dashed { stroke-dasharray: 6 5; }
.shade { fill: var(--c); fill-opacity: .14; } .curve circle { fill: var(--c); fill-opacity: .65; } .curve circle.one { r: 3px; } .curve rect { fill: var(--c); }
.at rect { fill: transparent; } .at .tip { visibility: hidden; pointer-events: none; } .at:hover .tip { visibility: visible; }
.tip line { stroke: var(--axis); } .tip circle { fill: var(--c); stroke: var(--page); stroke-width: 1.5; } .tip text { fill: var(--ink); }
.series .hit { fill: none; stroke: transparent; stroke-width: 9; pointer-events: stroke; } .leader { fill: none; stroke: var(--c); opacity: .6; }
.heading { font-size: 13px; font-weight: 600; } .heading, .number, .name { fill: var(--ink); } .picture { font-size: 16px; font-weight: 600; fill: var(--ink); } .hidden { visibility: hidden; }
svg:has(.series:hover) .series { opacity: .18; } svg .series:hover { opacity: 1 !important; }
.series:hover .line { stroke-width: 3; } .series:hover .name { visibility: visible; font-weight: 600; }
.point path { stroke: var(--axis); fill: none; } .point circle { fill: var(--c1); } .point .hit { fill: transparent; }
.point:hover circle { r: 5px; } .point:hover path { stroke: var(--ink); }
.node rect { fill: var(--tile); stroke: var(--axis); } .node text { fill: var(--ink); text-anchor: middle; } .edge .head { fill: var(--c); }
.edge .way { fill: none; stroke: var(--c); opacity: .8; } .edge.open .way { stroke-dasharray: 6 5; } .edge:hover .way { stroke: var(--ink); opacity: 1; }
`;

const style = `${colours}* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 20px 60px; max-width: 1240px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; overflow-wrap: anywhere; } h2 { font-size: 17px; margin: 34px 0 4px; } h3 { font-size: 14px; margin: 18px 0 2px; }
p { margin: 0 0 10px; max-width: 100ch; } .soft { color: var(--soft); }
.status { display: inline-block; border-radius: 6px; padding: 1px 9px; margin-right: 6px; color: var(--page); background: var(--bad); font-weight: 600; font-size: 13px; }
.status.solved { background: var(--good); }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0 0; padding: 0; list-style: none; }
.tiles li { background: var(--tile); border-radius: 8px; padding: 9px 14px; flex: 1 1 130px; }
.tiles b { display: block; font-size: 19px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; } .tiles span { color: var(--soft); font-size: 13px; }
${chartStyle}.scroll { overflow-x: auto; margin-bottom: 16px; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; } table:not(.confusion, :has(.text)) { width: 100%; }
th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; } th:first-child, td:first-child { text-align: left; }
td.column { white-space: normal; overflow-wrap: anywhere; min-width: 10ch; } td.none { color: var(--line); } th.text { text-align: left; } td.text { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.confusion td.cell { text-align: center; padding: 6px 10px; border: 2px solid var(--page); background: color-mix(in srgb, var(--c2) calc(var(--share) * 80%), var(--tile)); }
.confusion td.right { background: color-mix(in srgb, var(--c1) calc(var(--share) * 80%), var(--tile)); } .confusion th { padding: 4px 8px; text-align: center; }
.units { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0; } .units figure { margin: 0; background: var(--tile); border-radius: 6px; padding: 5px; }
.units img { display: block; width: 84px; height: auto; image-rendering: pixelated; } .units figcaption { font-size: 11px; color: var(--soft); text-align: center; font-variant-numeric: tabular-nums; }
img.heat { display: block; image-rendering: pixelated; background: var(--tile); width: 100%; border-radius: 4px; margin: 8px 0; }
summary { cursor: pointer; margin-top: 30px; font-size: 17px; font-weight: 600; }
.more { margin: -8px 0 16px; } .more summary { margin: 0; font-size: 14px; font-weight: 400; color: var(--soft); }
`;

/** The page. Its name is escaped here, what is in parts by who makes them. */
export function page(name: string, head: string, parts: readonly Part[], foot: string): string {
  const shown = parts.map(({ title, body, folded }) => {
    const heading = escaped(title);
    return folded
      ? `<details><summary>${heading}</summary>${body}</details>`
      : `<section><h2>${heading}</h2>${body}</section>`;
  });
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">`,
    `<title>${escaped(name)}</title><style>${style}</style></head><body>`,
    `<h1>${escaped(name)}</h1>`,
    head,
    ...shown,
    `<p class="soft" style="margin-top:36px">${escaped(foot)}</p>`,
    '</body></html>\n',
  ].join('\n');
}

/** A paragraph in the softer colour, of text that is escaped here. */
export const soft = (text: string): string => `<p class="soft">${escaped(text)}</p>`;

/** Numbers that are read first, each with what it is called and a remark. */
export function tiles(items: readonly { name: string; value: string; remark?: string }[]): string {
  const shown = items.map(
    ({ name, value, remark }) =>
      `<li><span>${escaped(name)}</span><b>${escaped(value)}</b>${remark ? `<span>${escaped(remark)}</span>` : ''}</li>`,
  );
  return `<ul class="tiles">${shown.join('')}</ul>`;
}

/** A table of texts, which are escaped here. The first column and `textual` ones begin at the left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], textual: number[] = []): string {
  const titles = head
    .map((text, c) => `<th${textual.includes(c) ? ' class="text"' : ''}>${escaped(text)}</th>`)
    .join('');
  const cell = (text: string, c: number): string => {
    const kind = textual.includes(c) ? ' class="text"' : c === 0 ? ' class="column"' : '';
    return `<td${kind}><bdi>${escaped(text)}</bdi></td>`;
  };
  const lines = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`);
  return `<div class="scroll"><table><thead><tr>${titles}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}
