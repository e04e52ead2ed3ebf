// Charts as SVG, without scripts: colours by the page's variables, and on hovering the numbers of a place.
import { axes, diagonal, markup } from './axes.js';
import { curve, gapOf } from './curves.js';
import {
  type ChartOptions,
  drawable,
  extent,
  type Frame,
  margin,
  place,
  right,
  type Series,
  type Shown,
  scaleFor,
  text,
  thinned,
  width,
} from './frame.js';
import { escaped, figure } from './text.js';

/** The most places that say their numbers on hovering. */
const mostPlaces = 240;

/** An SVG element, with a legend where there are several series; `undefined` where no number can be drawn. */
export function chart(options: ChartOptions): string | undefined {
  const { series, logX, logY, marks = [], height = 300 } = options;
  const shown = series.map((each) => ({
    ...each,
    points: Array.from(each.x, (x, k) => ({ x, y: each.y[k] as number })).filter(
      ({ x, y }) => drawable(x, logX) && (each.as === 'line' || drawable(y, logY)),
    ),
  }));
  const points = shown.flatMap((each) => each.points).filter(({ y }) => drawable(y, logY));
  const xs = extent(points.map(({ x }) => x));
  const ys = extent([
    ...points.map(({ y }) => y),
    ...marks.map(({ y }) => y).filter((y) => drawable(y, logY)),
    ...(series.some(({ as }) => as === 'bars') ? [0] : []),
  ]);
  if (!xs || !ys) return undefined;
  const bottom = height - margin.bottom;
  const bars = shown.filter(({ as }) => as === 'bars');
  const ends: [number, number] = bars.length > 0 && !logX ? [xs[0] - 0.6 * gapOf(bars), xs[1] + 0.6 * gapOf(bars)] : xs;
  const y = scaleFor(options.yDomain ?? ys, [bottom, margin.top], logY).nice();
  const frame: Frame = { x: scaleFor(ends, [margin.left, right], logX), y, bottom, options };
  const curves = shown.map((each) => curve(frame, each)).join('\n');
  const body = [
    axes(frame),
    ...(options.diagonal ? [diagonal(frame)] : []),
    options.yDomain ? clipped(frame, curves) : curves,
    ...marks.filter(({ y: at }) => drawable(at, logY)).map((mark) => markup(frame, mark)),
    ...(series.some(({ as }) => as !== 'points') ? hovering(frame, shown) : []),
  ].join('\n');
  const { markup: named, above } = series.length > 1 ? legend(series) : { markup: '', above: 0 };
  return `<svg viewBox="0 ${-above} ${width} ${height + above}" role="img" aria-label="${escaped(options.name)}">\n${named}${body}\n</svg>`;
}

/** The parts of curves between the axes, where they run out of the chart. */
function clipped({ bottom }: Frame, curves: string): string {
  const [x, y, wide, tall] = [margin.left - 4, margin.top - 4, right - margin.left + 8, bottom - margin.top + 8];
  return `<svg x="${x}" y="${y}" width="${wide}" height="${tall}" viewBox="${x} ${y} ${wide} ${tall}">${curves}</svg>`;
}

/** The names of series with their colours, in lines above the chart, and the height of these. */
function legend(series: readonly Series[]): { markup: string; above: number } {
  const [letter, swatch, line] = [6.6, 24, 20]; // the width of a letter, that of a colour, and the height of a line
  let [x, row] = [margin.left, 0];
  const items = series.map(({ name, colour, dashed }) => {
    const wide = swatch + letter * name.length + 20;
    if (x + wide > right && x > margin.left) [x, row] = [margin.left, row + 1];
    const item = { name, colour, dashed, x, row };
    x += wide;
    return item;
  });
  const markup = items.map(({ name, colour, dashed, x, row: of }) => {
    const y = line * (of - row) - 8;
    const path = `<path class="line${dashed ? ' dashed' : ''}" d="M${place(x)} ${y - 4}h${swatch - 6}"/>`;
    return `<g class="curve c${colour}">${path}${text(x + swatch, y, name)}</g>`;
  });
  return { markup: `${markup.join('')}\n`, above: line * (row + 1) };
}

/** Upright lines at places along x with the numbers of all series there, which hovering shows. */
function hovering({ x, y, bottom, options }: Frame, series: readonly Shown[]): string[] {
  const { logY } = options;
  const at = new Map<number, { name: string; colour: number; y: number }[]>();
  for (const { name, colour, points } of series) {
    for (const point of points) {
      if (!drawable(point.y, logY)) continue;
      const here = at.get(point.x) ?? [];
      at.set(point.x, here);
      here.push({ name, colour, y: point.y });
    }
  }
  const places = thinned(
    [...at.keys()].sort((a, b) => a - b),
    mostPlaces,
  );
  return places.map((value, k) => {
    const centre = x(value);
    const from = k === 0 ? margin.left - 6 : (x(places[k - 1] as number) + centre) / 2;
    const to = k === places.length - 1 ? right + 6 : (x(places[k + 1] as number) + centre) / 2;
    const here = at.get(value) ?? [];
    const said = here.map((each) => `${each.name} ${figure(each.y, 6)}`).join(', ');
    const name = options.placeName?.(value) ?? `${options.x} ${figure(value, 6)}`;
    const dots = here
      .filter((each) => y(each.y) >= margin.top - 1 && y(each.y) <= bottom + 1)
      .map((each) => `<circle class="c${each.colour}" cx="${place(centre)}" cy="${place(y(each.y))}" r="4"/>`);
    return `<g class="at"><rect x="${place(from)}" y="${margin.top}" width="${place(Math.max(0.1, to - from))}" height="${bottom - margin.top}"/><g class="tip"><line x1="${place(centre)}" x2="${place(centre)}" y1="${margin.top}" y2="${bottom}"/>${dots.join('')}${text(margin.left, 16, `${name}: ${said}`)}</g></g>`;
  });
}
