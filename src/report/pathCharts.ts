// Charts of a path as SVG: no script, colours by the page's variables, what belongs to a line on hovering over it.
import { type Scale, scaleLinear, scaleLog } from 'd3-scale';
import { visible } from '../core/check.js';
import { standardDeviations } from '../core/entries.js';
import { place, text } from './frame.js';
import {
  alongOf,
  type Chosen,
  isConvex,
  nameOf,
  type PathRun,
  parameterOf,
  parametersOf,
  preferred,
} from './pathRun.js';
import { escaped, figure, shortened } from './text.js';

const width = 920;
const height = 430;
const margin = { left: 64, right: 176, top: 40, bottom: 46 };
const [right, bottom] = [width - margin.right, height - margin.bottom];
/** The most lines of a chart, and the most that have a colour or a label at the end. */
const mostLines = 400;
const mostColoured = 8;
const mostLabelled = 14;
/** Pixels from one label to the next. */
const labelHeight = 14;

/** Places of lambdas, which fall to the right, or of sizes, which grow, and of other numbers. */
interface Axes {
  x: Scale;
  y: Scale;
}

/** The lambdas that have a logarithm, all but one that is 0; all sizes. */
const drawable = ({ path }: PathRun): number[] =>
  [...path.lambda.keys()].filter((k) => path.sizes !== undefined || (path.lambda[k] as number) > 0);

function axesOf(run: PathRun, low: number, high: number): Axes {
  const values = drawable(run).map((k) => parametersOf(run.path)[k] as number);
  const [first = 1, last = 1] = [values[0], values.at(-1)];
  const [from, to] = high > low ? [low, high] : [low - 1, high + 1];
  const ends: [number, number] = first > last ? [first, last] : [first * 1.5, first / 1.5];
  const x = run.path.sizes ? scaleLinear().domain([first, Math.max(last, first + 1)]) : scaleLog().domain(ends);
  return {
    x: x.range([margin.left, right]),
    y: scaleLinear().domain([from, to]).range([bottom, margin.top]).nice(),
  };
}

/** Round lambdas, or sizes, along the axis, so many that their labels have room. */
function ticksAlong(x: Scale, { sizes }: PathRun['path']): number[] {
  const all = x.ticks();
  if (sizes) return all.filter(Number.isInteger);
  const leading = (value: number): string => value.toExponential()[0] as string;
  const kept = [['1'], ['1', '3'], ['1', '2', '5']].map((digits) =>
    all.filter((value) => digits.includes(leading(value))),
  );
  const fitting = kept.filter((ticks) => ticks.length <= 10 && ticks.length >= 2).at(-1);
  return fitting ?? (kept[0]?.length ? (kept[0] as number[]) : all.slice(0, 8));
}

/** Grid, ticks and titles; at the top how many columns the models along the axis have. */
function frame(run: PathRun, { x, y }: Axes, title: string): string {
  const { nonzeros } = run.path;
  const along = parametersOf(run.path);
  const format = y.tickFormat(6);
  const rows = y.ticks(6).map((value) => {
    const at = place(y(value));
    return `<line class="grid" x1="${margin.left}" x2="${right}" y1="${at}" y2="${at}"/>${text(margin.left - 8, y(value) + 4, format(value), ' text-anchor="end"')}`;
  });
  const columns = ticksAlong(x, run.path).map((value) => {
    const at = place(x(value));
    return `<line class="tick" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 5}"/>${text(x(value), bottom + 19, figure(value), ' text-anchor="middle"')}`;
  });
  const named = run.path.sizes ? 'the most columns that the model may have' : 'lambda (logarithmic, falling)';
  const all = drawable(run);
  const step = Math.max(1, Math.round(all.length / 9));
  const counts = all
    .filter((_, place) => place % step === 0)
    .map((k) => text(x(along[k] as number), margin.top - 10, String(nonzeros[k]), ' text-anchor="middle"'));
  return [
    ...rows,
    ...columns,
    `<line class="axis" x1="${margin.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    ...counts,
    text(margin.left, 14, 'columns in the model'),
    text((margin.left + right) / 2, height - 6, named, ' text-anchor="middle" class="title"'),
    `<text class="title" transform="translate(14 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(title)}</text>`,
  ].join('\n');
}

/** Shades where the objective is convex, if that is not everywhere. */
function convexRegion(run: PathRun, { x }: Axes): string {
  const { locallyConvexFrom: from } = run.path;
  if (isConvex(run.path) || !Number.isFinite(from)) return '';
  const end = x(Math.max(from, x.domain()[1]));
  return [
    `<g class="convex"><title>${escaped(`Locally convex down to lambda ${figure(from)}`)}</title>`,
    `<rect x="${margin.left}" y="${margin.top}" width="${place(Math.max(1, end - margin.left))}" height="${bottom - margin.top}"/>`,
    `${text(margin.left + 8, bottom - 8, 'locally convex')}</g>`,
  ].join('');
}

/** Lines at the lambdas that cross-validation has chosen, or a criterion where there was none. */
function marks({ chosen }: PathRun, { x }: Axes): string {
  const validated = chosen.filter(({ by }) => /^(lambda|size)\./.test(by));
  const shown = validated.length > 0 ? validated : preferred(chosen).slice(0, 1);
  return shown
    .map(({ by, fit }, number) => {
      const at = x(alongOf(fit));
      // The label of the model that comes first stands to the left of its line where there is room.
      const before = by.endsWith('.1se') && at - margin.left > 70;
      const label = text(
        at + (before ? -5 : 5),
        margin.top + 12 + 14 * number,
        by,
        ` text-anchor="${before ? 'end' : 'start'}"`,
      );
      return `<g class="mark"><line x1="${place(at)}" x2="${place(at)}" y1="${margin.top}" y2="${bottom}"/>${label}</g>`;
    })
    .join('');
}

const svg = (name: string, body: string): string =>
  `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(name)}">\n${body}\n</svg>`;

/** A column along the path: its coefficients times its standard deviation. */
interface Line {
  column: number;
  values: Float64Array;
  size: number;
}

/** The columns that have a coefficient somewhere, the largest first: at the model that is chosen, then at the end. */
function linesOf(run: PathRun): Line[] {
  const { offsets, indices, values, columns: count } = run.path.coefficients;
  const scale = run.x ? standardDeviations(run.x) : [1];
  const found = new Map<number, Float64Array>();
  for (let k = 0; k < count; ++k) {
    for (let l = offsets[k] as number; l < (offsets[k + 1] as number); ++l) {
      const column = indices[l] as number;
      const line = found.get(column) ?? new Float64Array(count);
      found.set(column, line);
      line[k] = (values[l] as number) * (scale[column % scale.length] as number);
    }
  }
  const at = preferred(run.chosen)[0]?.k ?? count - 1;
  const largest = (line: Float64Array): number => line.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Array.from(found, ([column, values]) => ({ column, values, size: Math.abs(values[at] as number) }))
    .map((line) => ({ ...line, most: largest(line.values) }))
    .sort((a, b) => b.size - a.size || b.most - a.most);
}

/** Coefficients against the logarithm of lambda, or the size, and how many columns the chart leaves out. */
export function coefficientChart(run: PathRun): { svg?: string; left: number } {
  if (drawable(run).length === 0) return { left: 0 };
  const all = linesOf(run);
  const lines = all.slice(0, mostLines);
  const numbers = lines.flatMap(({ values }) => [...values]);
  const extent = (pick: (a: number, b: number) => number): number => numbers.reduce((a, b) => pick(a, b), 0);
  const axes = axesOf(run, extent(Math.min), extent(Math.max));
  const ends = endPlaces(run, lines, axes);
  // The first are drawn last, above the others.
  const series = lines.map((line, rank) => lineMarkup(run, line, rank, axes, ends[rank])).reverse();
  const zero = place(axes.y(0));
  const body = [
    convexRegion(run, axes),
    frame(run, axes, run.x ? 'coefficient x standard deviation' : 'coefficient'),
    `<line class="axis" x1="${margin.left}" x2="${right}" y1="${zero}" y2="${zero}"/>`,
    ...series,
    marks(run, axes),
  ].join('\n');
  return { svg: svg(`Coefficients against ${parameterOf(run.path)}`, body), left: all.length - lines.length };
}

/** Heights of the labels at the ends of the first lines, moved apart where they would overlap, as little as can be. */
function endPlaces(run: PathRun, lines: readonly Line[], { y }: Axes): (number | undefined)[] {
  const last = drawable(run).at(-1) ?? 0;
  const labelled = lines
    .map(({ values }, rank) => ({ rank, at: y(values[last] as number) }))
    .slice(0, mostLabelled)
    .sort((a, b) => a.at - b.at);
  // Heights less those of the labels above must not fall: neighbours that would are pooled at their mean.
  const pools: { mean: number; count: number }[] = [];
  labelled.forEach(({ at }, k) => {
    let pool = { mean: at - k * labelHeight, count: 1 };
    for (let above = pools.at(-1); above && above.mean > pool.mean; above = pools.at(-1)) {
      const count = above.count + pool.count;
      pool = { mean: (above.mean * above.count + pool.mean * pool.count) / count, count };
      pools.pop();
    }
    pools.push(pool);
  });
  const heights = pools.flatMap(({ mean, count }) => Array.from({ length: count }, () => mean));
  const most = bottom - (labelled.length - 1) * labelHeight;
  const places: (number | undefined)[] = [];
  labelled.forEach(({ rank }, k) => {
    places[rank] = Math.max(margin.top, Math.min(heights[k] as number, most)) + k * labelHeight;
  });
  return places;
}

function lineMarkup(
  run: PathRun,
  { column, values }: Line,
  rank: number,
  { x, y }: Axes,
  end: number | undefined,
): string {
  const along = parametersOf(run.path);
  const shown = drawable(run);
  // The line begins at the last lambda before the coefficient leaves 0.
  const first = Math.max(0, shown.findIndex((k) => values[k] !== 0) - 1);
  const points = shown.slice(first).map((k) => `${place(x(along[k] as number))} ${place(y(values[k] as number))}`);
  const path = `M${points.join('L')}`;
  const name = visible(nameOf(run, column));
  const short = shortened(name, 20);
  const last = y(values[shown.at(-1) ?? 0] as number);
  const leader =
    end === undefined ? '' : `<path class="leader" d="M${right} ${place(last)}L${right + 12} ${place(end)}"/>`;
  const kind = rank < mostColoured ? `series c${rank + 1}` : 'series';
  return [
    `<g class="${kind}"><title>${escaped(said(run, column, name))}</title>`,
    `<path class="hit" d="${path}"/><path class="line" d="${path}"/>${leader}`,
    text(right + 15, (end ?? last) + 4, short, ` class="${end === undefined ? 'name hidden' : 'name'}"`),
    '</g>',
  ].join('');
}

/** The text of hovering over a column's line: its coefficients in the models that are chosen. */
function said({ chosen }: PathRun, column: number, name: string): string {
  const of = ({ by, fit }: Chosen): string => `${by}: ${figure(fit.coefficients[column], 5)}`;
  return [name, ...preferred(chosen).map(of)].join('\n');
}

/** The measure on rows that were left out, with a standard error on both sides. */
export function validationChart(run: PathRun): string | undefined {
  const { mean, standardError, measure, nonzeros } = run.path;
  const along = parametersOf(run.path);
  if (!mean || !standardError) return undefined;
  const known = drawable(run).filter((k) => Number.isFinite(mean[k]));
  if (known.length === 0) return undefined;
  const error = (k: number): number => standardError[k] || 0;
  const axes = axesOf(
    run,
    Math.min(...known.map((k) => (mean[k] as number) - error(k))),
    Math.max(...known.map((k) => (mean[k] as number) + error(k))),
  );
  const { x, y } = axes;
  const points = known.map((k) => {
    const [at, centre] = [x(along[k] as number), mean[k] as number];
    const [top, low] = [y(centre + error(k)), y(centre - error(k))];
    const bar = `M${place(at)} ${place(top)}V${place(low)}M${place(at - 3)} ${place(top)}h6M${place(at - 3)} ${place(low)}h6`;
    const about = `${parameterOf(run.path)} ${figure(along[k])}: ${figure(centre)} ± ${figure(error(k), 2)}, ${nonzeros[k]} columns`;
    return `<g class="point"><title>${escaped(about)}</title><path d="${bar}"/><circle cx="${place(at)}" cy="${place(y(centre))}" r="3"/><rect class="hit" x="${place(at - 4)}" y="${margin.top}" width="8" height="${bottom - margin.top}"/></g>`;
  });
  const body = [convexRegion(run, axes), frame(run, axes, `${measure} of rows left out`), ...points, marks(run, axes)];
  return svg(`Cross-validation against ${parameterOf(run.path)}`, body.join('\n'));
}
