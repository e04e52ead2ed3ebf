// The parts of a page about a path of models.
import { type Part, soft, table } from './page.js';
import { coefficientChart, validationChart } from './pathCharts.js';
import {
  alongOf,
  type Chosen,
  choosers,
  explained,
  interceptsOf,
  isConvex,
  nameOf,
  type PathRun,
  parameterOf,
  parametersOf,
  placesOf,
  preferred,
  shareExplained,
} from './pathRun.js';
import { counted, escaped, figure } from './text.js';

/** The most rows of the table of coefficients. */
const mostColumns = 1000;

/** A number that is read first, with what it is called and a remark. */
export interface Tile {
  name: string;
  value: string;
  remark?: string;
}

/** The text about a path: its charts, the models that are chosen, and all lambdas. */
export function pathParts(run: PathRun): { about: string; tiles: Tile[]; parts: Part[] } {
  const { chosen } = run;
  const { svg, left } = coefficientChart(run);
  const validation = validationChart(run);
  const more = left > 0 ? ` ${left} columns with smaller coefficients are not drawn.` : '';
  const times = run.x ? ' times its standard deviation' : '';
  const drawn = `Each line is a column: its coefficient${times}. Hover over a line for its name.${more}${region(run)}`;
  return {
    about: about(run),
    tiles: preferred(chosen).map(({ by, fit }) => ({
      name: by,
      value: figure(alongOf(fit)),
      remark: `${counted(fit.support.length, 'column')}, ${figure(100 * shareExplained(fit.deviance, fit.nullDeviance), 3)} % explained`,
    })),
    parts: [
      { title: 'Coefficients', body: `${soft(drawn)}${svg ?? '<p>There is no model at a lambda above 0.</p>'}` },
      ...(validation ? [{ title: 'Cross-validation', body: `${soft(validated(run))}${validation}` }] : []),
      ...(chosen.length > 0
        ? [{ title: 'Chosen models', body: `${soft('Coefficients in the units of the columns.')}${supportTable(run)}` }]
        : []),
      { title: `All ${parameterOf(run.path)}s`, body: pathTable(run), folded: true },
    ],
  };
}

function about({ path }: PathRun): string {
  const classes =
    path.classes && !path.responses ? `; coefficients are for ${path.classes[1]} against ${path.classes[0]}` : '';
  const known = isConvex(path)
    ? `No model is further than ${figure(largest(path.gap), 2)} of the null model's loss from the optimum.`
    : `No coefficient by itself would lower an objective, up to ${figure(largest(path.violation), 2)} of lambdaMax.`;
  const ended = path.end === 'complete' ? '' : ` The path ended early: ${path.end}.`;
  return `${counted(path.lambda.length, parameterOf(path))}, family ${path.family}${classes}. ${known}${ended}`;
}

/** The largest number of those that are known. */
const largest = (values: Float64Array): number => Math.max(0, ...values.filter((value) => !Number.isNaN(value)));

function region({ path }: PathRun): string {
  if (isConvex(path)) return '';
  if (!Number.isFinite(path.locallyConvexFrom)) return ' The objective is not convex near any of the models.';
  if (!path.locallyConvex.includes(false)) return ' The objective is convex near each model.';
  return ` In the shaded region, down to lambda ${figure(path.locallyConvexFrom)}, the objective is convex near each model; below it models depend on where the path came from.`;
}

function validated({ path }: PathRun): string {
  const folds = path.fitted?.length ?? 0;
  const [kind, most] = path.sizes ? ['size', 'least'] : ['lambda', 'largest'];
  return `Mean over ${folds} folds and one standard error on both sides. ${kind}.1se is the ${most} ${kind} whose mean is within one standard error of the best, that of ${kind}.min.`;
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
    ...[parameterOf(path), 'df', 'explained', ...(convex ? ['gap'] : ['violation', 'convex'])],
    ...(validated ? [`${measure}`, 's.e.'] : []),
    '',
  ];
  const rows = Array.from(parametersOf(path), (value, k) => {
    const known = convex
      ? [figure(path.gap[k], 2)]
      : [figure(path.violation[k], 2), path.locallyConvex[k] ? 'yes' : 'no'];
    const errors = validated ? [figure(mean[k]), figure(standardError?.[k], 2)] : [];
    const numbers = [figure(value), figure(path.df[k]), (share[k] as number).toFixed(4)];
    return [...numbers, ...known, ...errors, choosers(chosen, k)];
  });
  return table(head, rows, [head.length - 1]);
}
