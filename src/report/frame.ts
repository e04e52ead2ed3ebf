// Options of charts, their scales, and the frame that these make.
import { type Scale, scaleLinear, scaleLog } from 'd3-scale';
import { escaped } from './text.js';

/** Numbers that are drawn in one colour. */
export interface Series {
  name: string;
  /** Points are joined by a line, drawn as circles, or as bars from 0. Bars of several series stand side by side. */
  as: 'line' | 'points' | 'bars';
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** One of the colours of the page, 1 to 8, or 0 for a soft one. */
  colour: number;
  dashed?: boolean;
  /** A line with circles at its points. */
  dots?: boolean;
  /** A line that stays at each height up to the next place. */
  step?: boolean;
  /** Radii of circles in pixels. */
  radii?: ArrayLike<number>;
}

/** A matrix that is drawn behind curves: blue for positive numbers, orange for negative ones, the stronger the larger. */
export interface Field {
  /** Row after row, the first row at y[0]. */
  values: ArrayLike<number>;
  rows: number;
  columns: number;
  /** The ends of the matrix along the axes. */
  x: readonly [number, number];
  y: readonly [number, number];
  /** The size of the numbers that have the full colour. Default: the largest. */
  most?: number;
}

/** A shade between two heights along x. */
export interface Shade {
  x: ArrayLike<number>;
  low: ArrayLike<number>;
  high: ArrayLike<number>;
  /** One of the colours of the page. */
  colour: number;
  /** Heights stay the same up to the next place. */
  step?: boolean;
}

export interface ChartOptions {
  /** The description of the chart for those who cannot see it. */
  name: string;
  /** A heading above the axes. */
  heading?: string;
  x: string;
  y: string;
  series: readonly Series[];
  field?: Field;
  shades?: readonly Shade[];
  logX?: boolean;
  logY?: boolean;
  /** Numbers along x fall from left to right. */
  falling?: boolean;
  /** Horizontal lines with a label. */
  marks?: readonly { y: number; label: string }[];
  /** Upright lines with a label. */
  uprights?: readonly { x: number; label: string }[];
  /** The ends of the axes, where they do not have all numbers. */
  xDomain?: readonly [number, number];
  yDomain?: readonly [number, number];
  /** The numbers along x that have a label, or the texts that stand for 0, 1, ... */
  xTicks?: readonly number[] | readonly string[];
  /** Bars have their numbers above them. */
  labelled?: boolean;
  /** The name of a place along x in the text that hovering shows; x and the number if left out. */
  placeName?: (x: number) => string;
  /** A diagonal, on which both numbers of a point are equal. */
  diagonal?: boolean;
  width?: number;
  height?: number;
  /** A chart without a legend and without what hovering shows, for pictures that have several. */
  plain?: boolean;
}

const standardWidth = 920;
const margin = { top: 30, bottom: 46 };
/** The width below which the margins beside a chart are narrow. */
const narrow = 760;
/** The most circles that are drawn. */
export const mostCircles = 3000;
/** About so many pixels are between ticks. */
const [pixelsOfX, pixelsOfY] = [100, 50];
/** The least distance of the ends of an axis, relative to their size: digits beyond it are not shown. */
const leastRange = 1e-7;

/** The edges of the parts of a chart. */
export interface Box {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** About how many ticks the axes have. */
  ticks: { x: number; y: number };
}

export function boxOf({ width = standardWidth, height = 300 }: Pick<ChartOptions, 'width' | 'height'>): Box {
  const [left, beside] = width < narrow ? [62, 22] : [92, 24];
  const ticks = { x: Math.max(3, Math.round(width / pixelsOfX)), y: Math.max(3, Math.round(height / pixelsOfY)) };
  return { width, height, left, right: width - beside, top: margin.top, bottom: height - margin.bottom, ticks };
}

export interface Frame extends Box {
  x: Scale;
  y: Scale;
  /** The least distance of bars along x, and how many of them stand side by side. */
  bars: { gap: number; beside: number };
  options: ChartOptions;
}

export type Shown = Series & { points: readonly { x: number; y: number; radius?: number | undefined }[] };

export const place = (value: number): string => String(Math.round(value * 10) / 10);

export const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${place(x)}" y="${place(y)}"${more}>${escaped(content)}</text>`;

/** Returns true if a number can be drawn on an axis. */
export const drawable = (value: number | undefined, log: boolean | undefined): value is number =>
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
export function ticksOf(scale: Scale, log: boolean | undefined, count: number): number[] {
  if (!log) return scale.ticks(count);
  const all = scale.ticks();
  const powers = all.filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9);
  if (powers.length < 2) return thinned(all, count);
  const step = Math.ceil(powers.length / count);
  return powers.filter((_, k) => k % step === 0);
}

/** The series with the points that can be drawn; of lines also those that make a hole. */
export const shownOf = ({ series, logX, logY }: ChartOptions): Shown[] =>
  series.map((each) => ({
    ...each,
    points: Array.from(each.x, (x, k) => ({ x, y: each.y[k] as number, radius: each.radii?.[k] })).filter(
      ({ x, y }) => drawable(x, logX) && (each.as === 'line' || drawable(y, logY)),
    ),
  }));

/** The frame of a chart; `undefined` where no number can be drawn. */
export function frameOf(options: ChartOptions, shown: readonly Shown[]): Frame | undefined {
  const { logX, logY, field, marks = [], uprights = [] } = options;
  const points = shown.flatMap((each) => each.points).filter(({ y }) => drawable(y, logY));
  const bars = shown.filter(({ as }) => as === 'bars');
  const xs = extent([...points, ...uprights].map(({ x }) => x).concat(field?.x ?? []));
  const ys = extent(
    [...points, ...marks]
      .map(({ y }) => y)
      .concat(field?.y ?? [], bars.length > 0 ? [0] : [])
      .filter((y) => drawable(y, logY)),
  );
  if (!xs || !ys) return undefined;
  const box = boxOf(options);
  const gap = gapOf(bars);
  const ends: [number, number] = bars.length > 0 && !logX ? [xs[0] - 0.6 * gap, xs[1] + 0.6 * gap] : xs;
  const y = scaleFor(options.yDomain ?? ys, [box.bottom, box.top], logY).nice();
  const range: [number, number] = options.falling ? [box.right, box.left] : [box.left, box.right];
  const x = scaleFor(options.xDomain ?? ends, range, logX);
  return { ...box, x, y, bars: { gap, beside: bars.length }, options };
}

/** The least distance of bars along x. */
function gapOf(bars: readonly Shown[]): number {
  const xs = bars.flatMap(({ points }) => points.map(({ x }) => x)).sort((a, b) => a - b);
  const gaps = xs.slice(1).map((x, k) => x - (xs[k] as number));
  return extent(gaps.filter((gap) => gap > 0))?.[0] ?? 1;
}
