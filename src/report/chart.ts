// Charts as SVG, without scripts: colours by the page's variables, and on hovering the numbers of a place.
import { type Scale, scaleLinear, scaleLog } from 'd3-scale';
import { escaped, figure } from './text.js';

/** Numbers that are drawn in one colour. */
export interface Series {
  name: string;
  /** Points are joined by a line, drawn as circles, or as bars from 0. */
  as: 'line' | 'points' | 'bars';
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** One of the colours of the page, 1 to 8. */
  colour: number;
  dashed?: boolean;
}

export interface ChartOptions {
  /** The description of the chart for those who cannot see it. */
  name: string;
  x: string;
  y: string;
  series: readonly Series[];
  logX?: boolean;
  logY?: boolean;
  /** Horizontal lines with a label. */
  marks?: readonly { y: number; label: string }[];
  /** The ends of the vertical axis, where it does not have all numbers. */
  yDomain?: readonly [number, number];
  /** The name of a place along x in the text that hovering shows; x and the number if left out. */
  placeName?: (x: number) => string;
  /** A diagonal, on which both numbers of a point are equal. */
  diagonal?: boolean;
  height?: number;
}

const width = 920;
const margin = { left: 92, right: 24, top: 30, bottom: 46 };
const right = width - margin.right;
/** The most places that say their numbers on hovering, and circles that are drawn. */
const mostPlaces = 240;
export const mostCircles = 3000;
/** About how many ticks the axes have. */
const [ticksOfX, ticksOfY] = [9, 6];
/** The least distance of the ends of an axis, relative to their size: digits beyond it are not shown. */
const leastRange = 1e-7;

interface Frame {
  x: Scale;
  y: Scale;
  bottom: number;
  options: ChartOptions;
}

export const place = (value: number): string => String(Math.round(value * 10) / 10);

export const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${place(x)}" y="${place(y)}"${more}>${escaped(content)}</text>`;

/** Returns true if a number can be drawn on an axis. */
const drawable = (value: number | undefined, log: boolean | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && (!log || value > 0);

/** Every so many entries of a list that no more than `most` are left, evenly spread; the last is among them. */
export function thinned<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, k) => list[Math.round((k * (list.length - 1)) / (most - 1))] as T);
}

/** The ends of numbers; `undefined` where there are none. */
export function extent(values: Iterable<number>): [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

function scaleFor(ends: readonly [number, number], range: [number, number], log: boolean | undefined): Scale {
  const [low, high] = ends;
  const size = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const add = high - low > leastRange * size ? 0 : high === low && !log ? size / 2 : leastRange * size;
  const from: [number, number] = log && high === low ? [low / 2, high * 2] : [low - add, high + add];
  return (log ? scaleLog() : scaleLinear()).domain(from).range(range);
}

/** Round numbers along an axis, so many that their labels have room: of a logarithmic one powers of ten, if there are two. */
function ticksOf(scale: Scale, log: boolean | undefined, count: number): number[] {
  if (!log) return scale.ticks(count);
  const all = scale.ticks();
  const powers = all.filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9);
  if (powers.length < 2) return thinned(all, count);
  const step = Math.ceil(powers.length / count);
  return powers.filter((_, k) => k % step === 0);
}

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

/** The least distance of bars along x. */
function gapOf(bars: readonly { points: readonly { x: number }[] }[]): number {
  const xs = bars.flatMap(({ points }) => points.map(({ x }) => x)).sort((a, b) => a - b);
  const gaps = xs.slice(1).map((x, k) => x - (xs[k] as number));
  return extent(gaps.filter((gap) => gap > 0))?.[0] ?? 1;
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

function axes({ x, y, bottom, options }: Frame): string {
  const { logX, logY } = options;
  const format = (scale: Scale, log: boolean | undefined, count: number): ((value: number) => string) =>
    log ? (value) => figure(value) : (value) => tickText(scale, value, count);
  const whole = options.series.every((each) => Array.from(each.x).every(Number.isInteger));
  const formatX = whole && !logX ? String : format(x, logX, ticksOfX);
  const formatY = format(y, logY, ticksOfY);
  const rows = ticksOf(y, logY, ticksOfY).map((value) => {
    const at = place(y(value));
    return `<line class="grid" x1="${margin.left}" x2="${right}" y1="${at}" y2="${at}"/>${text(margin.left - 8, y(value) + 4, formatY(value), ' text-anchor="end"')}`;
  });
  const alongX = ticksOf(x, logX, ticksOfX).filter((value) => !whole || Number.isInteger(value));
  const columns = alongX.map((value) => {
    const at = place(x(value));
    return `<line class="tick" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 5}"/>${text(x(value), bottom + 19, formatX(value), ' text-anchor="middle"')}`;
  });
  return [
    ...rows,
    ...columns,
    `<line class="axis" x1="${margin.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    text((margin.left + right) / 2, bottom + 40, options.x, ' text-anchor="middle" class="title"'),
    `<text class="title" transform="translate(14 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(options.y)}</text>`,
  ].join('\n');
}

/** The label of a tick: with as many digits as neighbours need to differ, and powers of ten for large and small numbers. */
function tickText(scale: Scale, value: number, count: number): string {
  const [low, high] = scale.domain();
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (size < 1e6 && size >= 1e-3) return scale.tickFormat(count)(value);
  const digits = Math.max(2, Math.ceil(Math.log10(size / Math.abs(high - low))) + 3);
  return value === 0 ? '0' : figure(value, Math.min(digits, 12));
}

function diagonal({ x, y }: Frame): string {
  const [low, high] = [Math.max(x.domain()[0], y.domain()[0]), Math.min(x.domain()[1], y.domain()[1])];
  if (low >= high) return '';
  return `<line class="axis" x1="${place(x(low))}" y1="${place(y(low))}" x2="${place(x(high))}" y2="${place(y(high))}"/>`;
}

type Shown = Series & { points: readonly { x: number; y: number }[] };

/** The points of a series, as many as `data-points` says. */
function curve({ x, y, options }: Frame, { as, colour, dashed, points, name }: Shown): string {
  const { logY } = options;
  const all = points.filter((point) => drawable(point.y, logY));
  const known = as === 'points' ? thinned(all, mostCircles) : all;
  const circles = (radius: number): string =>
    known
      .map(
        (point) =>
          `<circle cx="${place(x(point.x))}" cy="${place(y(point.y))}" r="${radius}"><title>${escaped(`${name}: ${figure(point.x)}, ${figure(point.y)}`)}</title></circle>`,
      )
      .join('');
  let drawn: string;
  if (as === 'points') drawn = circles(known.length > 500 ? 2 : 3.2);
  else if (as === 'bars') drawn = barsOf(x, y, known);
  else if (known.length === 1) drawn = circles(3);
  else {
    const path = linePath(
      points.map((point) => drawable(point.y, logY) && `${place(x(point.x))} ${place(y(point.y))}`),
    );
    drawn = `<path class="line${dashed ? ' dashed' : ''}" d="${path}"/>`;
  }
  return `<g class="curve c${colour}" data-series="${escaped(name)}" data-points="${known.length}">${drawn}</g>`;
}

/** A path through places, with a hole where there is none. */
function linePath(places: readonly (string | false)[]): string {
  return places.map((at, k) => (at === false ? '' : `${k > 0 && places[k - 1] !== false ? 'L' : 'M'}${at}`)).join('');
}

function barsOf(x: Scale, y: Scale, points: readonly { x: number; y: number }[]): string {
  const wide = Math.max(1, 0.8 * Math.abs(x(gapOf([{ points }])) - x(0)));
  const zero = y(0);
  return points
    .map((point) => {
      const at = y(point.y);
      const [top, tall] = [Math.min(at, zero), Math.max(0.8, Math.abs(at - zero))];
      return `<rect x="${place(x(point.x) - wide / 2)}" y="${place(top)}" width="${place(Math.min(wide, 60))}" height="${place(tall)}"/>`;
    })
    .join('');
}

function markup({ y }: Frame, { y: value, label }: { y: number; label: string }): string {
  const at = place(y(value));
  return `<g class="mark"><line x1="${margin.left}" x2="${right}" y1="${at}" y2="${at}"/>${text(right - 4, y(value) - 5, label, ' text-anchor="end"')}</g>`;
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
