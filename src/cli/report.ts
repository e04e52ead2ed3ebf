// A page about a path that needs nothing beside itself: no script, no network, colours for light and dark.
import { coefficientChart, escaped, validationChart } from './charts.js';
import {
  type Chosen,
  choosers,
  explained,
  interceptsOf,
  isConvex,
  nameOf,
  type PathRun,
  placesOf,
  preferred,
  shareExplained,
} from './pathRun.js';
import { figure } from './pathText.js';
import { title } from './title.js';

/** The most rows of the table of coefficients. */
const mostColumns = 1000;

const style = `
:root { color-scheme: light dark; --page: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #e4e7eb; --axis: #a3abb5; --line: #b4bbc4;
  --tint: #2a78d614; --tile: #f5f7f9;
  --c1: #2a78d6; --c2: #d9541f; --c3: #12875c; --c4: #b97d00; --c5: #c94f80; --c6: #5b46b8; --c7: #c23a38; --c8: #00808a; }
@media (prefers-color-scheme: dark) { :root { --page: #16191d; --ink: #e6e9ed; --soft: #9aa4af; --grid: #2b3138; --axis: #68727d; --line: #57616c;
  --tint: #5ba0f01f; --tile: #1e2329;
  --c1: #5ba0f0; --c2: #f0824f; --c3: #3fbf8c; --c4: #d9a32e; --c5: #e57fa9; --c6: #9c8bf0; --c7: #ef706d; --c8: #36b8c2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 20px 60px; max-width: 980px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; overflow-wrap: anywhere; } h2 { font-size: 17px; margin: 34px 0 4px; }
p { margin: 0 0 10px; max-width: 75ch; } .soft { color: var(--soft); }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0 0; padding: 0; list-style: none; }
.tiles li { background: var(--tile); border-radius: 8px; padding: 9px 14px; flex: 1 1 150px; }
.tiles b { display: block; font-size: 19px; font-variant-numeric: tabular-nums; } .tiles span { color: var(--soft); font-size: 13px; }
svg { display: block; width: 100%; height: auto; font-size: 12px; fill: var(--soft); }
.grid { stroke: var(--grid); } .axis, .tick { stroke: var(--axis); } .title { font-size: 12.5px; }
.convex rect { fill: var(--tint); } .mark { pointer-events: none; } .mark line { stroke: var(--soft); stroke-dasharray: 4 4; } .mark text { fill: var(--ink); paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
.series { --c: var(--line); } .series .line { fill: none; stroke: var(--c); stroke-width: 1.2; stroke-linejoin: round; }
.c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); } .c4 { --c: var(--c4); } .c5 { --c: var(--c5); }
.c6 { --c: var(--c6); } .c7 { --c: var(--c7); } .c8 { --c: var(--c8); } [class*="series c"] .line { stroke-width: 2; }
.series .hit { fill: none; stroke: transparent; stroke-width: 9; pointer-events: stroke; } .leader { fill: none; stroke: var(--c); opacity: .6; }
.name { fill: var(--ink); } .hidden { visibility: hidden; }
svg:has(.series:hover) .series { opacity: .18; } svg .series:hover { opacity: 1 !important; }
.series:hover .line { stroke-width: 3; } .series:hover .name { visibility: visible; font-weight: 600; }
.point path { stroke: var(--axis); fill: none; } .point circle { fill: var(--c1); } .point .hit { fill: transparent; }
.point:hover circle { r: 5px; } .point:hover path { stroke: var(--ink); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; min-width: 60%; }
th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; } th:first-child, td:first-child { text-align: left; }
td.column { white-space: normal; overflow-wrap: anywhere; min-width: 10ch; } td.none { color: var(--line); } td.by { text-align: left; }
summary { cursor: pointer; margin-top: 30px; font-size: 17px; font-weight: 600; }
`;

/** The page. What comes from the file is escaped, and the page may load and run nothing. */
export function reportPage(run: PathRun): string {
  const { file, data, chosen } = run;
  const { svg, left } = coefficientChart(run);
  const validation = validationChart(run);
  const name = `${file}: ${data.target}`;
  const more = left > 0 ? ` ${left} columns with smaller coefficients are not drawn.` : '';
  const parts = [
    `<h1>${escaped(name)}</h1>`,
    `<p class="soft">${escaped(about(run))}</p>`,
    tiles(run),
    '<h2>Coefficients</h2>',
    `<p class="soft">Each line is a column: its coefficient times its standard deviation. Hover over a line for its name.${more}${region(run)}</p>`,
    svg ?? '<p>There is no model at a lambda above 0.</p>',
    ...(validation ? ['<h2>Cross-validation</h2>', `<p class="soft">${validated(run)}</p>`, validation] : []),
    ...(chosen.length > 0
      ? ['<h2>Chosen models</h2>', `<p class="soft">Coefficients in the units of the columns.</p>`, supportTable(run)]
      : []),
    pathTable(run),
  ];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">`,
    `<title>${escaped(name)}</title><style>${style}</style></head><body>`,
    ...parts,
    `<p class="soft" style="margin-top:36px">${escaped(title)}</p>`,
    '</body></html>\n',
  ].join('\n');
}

function about({ data, settings, path }: PathRun): string {
  const { penalty = 'lasso', alpha, gamma } = settings;
  const more = [...(alpha === undefined ? [] : [`alpha ${alpha}`]), ...(gamma === undefined ? [] : [`gamma ${gamma}`])];
  const kind = typeof penalty === 'string' ? penalty : penalty.kind;
  const classes =
    path.classes && !path.responses ? `; coefficients are for ${path.classes[1]} against ${path.classes[0]}` : '';
  const known = isConvex(path)
    ? `No model is further than ${figure(largest(path.gap), 2)} of the null model's loss from the optimum.`
    : `No coefficient by itself would lower an objective, up to ${figure(largest(path.violation), 2)} of lambdaMax.`;
  const ended = path.end === 'complete' ? '' : ` The path ended early: ${path.end}.`;
  const solved = path.status === 'solved' ? '' : ` ${path.status}: ${path.message}`;
  const shape = `${data.x.rows} rows, ${data.x.columns} columns`;
  return `${shape}; ${path.family}, ${[kind, ...more].join(', ')}${classes}. ${known}${ended}${solved}`;
}

/** The largest number of those that are known. */
const largest = (values: Float64Array): number => Math.max(0, ...values.filter((value) => !Number.isNaN(value)));

function tiles({ chosen }: PathRun): string {
  const items = preferred(chosen).map(
    ({ by, fit }) =>
      `<li><span>${by}</span><b>${figure(fit.lambda)}</b><span>${fit.support.length} columns, ${figure(100 * shareExplained(fit.deviance, fit.nullDeviance), 3)} % explained</span></li>`,
  );
  return `<ul class="tiles">${items.join('')}</ul>`;
}

function region({ path }: PathRun): string {
  if (isConvex(path)) return '';
  if (!Number.isFinite(path.locallyConvexFrom)) return ' The objective is not convex near any of the models.';
  if (!path.locallyConvex.includes(false)) return ' The objective is convex near each model.';
  return ` In the shaded region, down to lambda ${figure(path.locallyConvexFrom)}, the objective is convex near each model; below it models depend on where the path came from.`;
}

function validated({ path }: PathRun): string {
  const folds = path.fitted?.length ?? 0;
  return `Mean over ${folds} folds and one standard error on both sides. lambda.1se is the largest lambda whose mean is within one standard error of the best, that of lambda.min.`;
}

/** A row for each column that a chosen model has, the largest first, and the intercepts. */
function supportTable(run: PathRun): string {
  const all = preferred(run.chosen);
  const columns = [...new Set(all.flatMap(({ fit }) => placesOf(fit)))];
  const size = (j: number): number[] => all.map(({ fit }) => Math.abs(fit.coefficients[j] as number));
  const inMost = (j: number): number => size(j).filter((value) => value > 0).length;
  columns.sort((a, b) => inMost(b) - inMost(a) || (size(b)[0] as number) - (size(a)[0] as number) || a - b);
  const cell = (value: number): string => (value === 0 ? '<td class="none">·</td>' : `<td>${figure(value, 5)}</td>`);
  const row = (name: string, value: (each: Chosen) => number): string =>
    `<tr><td class="column">${name}</td>${all.map((each) => cell(value(each))).join('')}</tr>`;
  const rows = columns
    .slice(0, mostColumns)
    .map((j) => row(`<bdi>${escaped(nameOf(run, j))}</bdi>`, ({ fit }) => fit.coefficients[j] as number));
  const left =
    columns.length > mostColumns
      ? `<p class="soft">${columns.length - mostColumns} more columns are left out.</p>`
      : '';
  const head = all.map(({ by }) => `<th>${by}</th>`).join('');
  const intercepts = interceptsOf(run, (all[0] as Chosen).fit).map(({ name }, k) =>
    row(`<span class="soft">${escaped(name)}</span>`, ({ fit }) => interceptsOf(run, fit)[k]?.value as number),
  );
  return `<div class="scroll"><table><thead><tr><th>column</th>${head}</tr></thead><tbody>${intercepts.join('\n')}\n${rows.join('\n')}</tbody></table></div>${left}`;
}

function pathTable({ path, chosen }: PathRun): string {
  const share = explained(path);
  const convex = isConvex(path);
  const { mean, standardError, measure } = path;
  const validated = mean !== undefined && mean.length > 0;
  const head = [
    'lambda',
    'df',
    'explained',
    ...(convex ? ['gap'] : ['violation', 'convex']),
    ...(validated ? [`${measure}`, 's.e.'] : []),
    '',
  ];
  const rows = Array.from(path.lambda, (lambda, k) => {
    const known = convex
      ? [figure(path.gap[k], 2)]
      : [figure(path.violation[k], 2), path.locallyConvex[k] ? 'yes' : 'no'];
    const errors = validated ? [figure(mean[k]), figure(standardError?.[k], 2)] : [];
    const cells = [figure(lambda), figure(path.df[k]), (share[k] as number).toFixed(4), ...known, ...errors];
    return `<tr>${cells.map((text) => `<td>${text}</td>`).join('')}<td class="by">${choosers(chosen, k)}</td></tr>`;
  });
  const titles = head.map((text) => `<th>${text}</th>`).join('');
  return `<details><summary>All lambdas</summary><div class="scroll"><table><thead><tr>${titles}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div></details>`;
}
