// Options of charts, their scales, and the frame that these make.
import { type Scale, scaleLinear, scaleLog } from 'd3-scale';
import { escaped } from './text.js';

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

export const width = 920;
export const margin = { left: 92, right: 24, top: 30, bottom: 46 };
export const right = width - margin.right;
/** The most circles that are drawn. */
export const mostCircles = 3000;
/** About how many ticks the axes have. */
export const [ticksOfX, ticksOfY] = [9, 6];
/** The least distance of the ends of an axis, relative to their size: digits beyond it are not shown. */
const leastRange = 1e-7;

export interface Frame {
  x: Scale;
  y: Scale;
  bottom: number;
  options: ChartOptions;
}

export type Shown = Series & { points: readonly { x: number; y: number }[] };

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

export function scaleFor(ends: readonly [number, number], range: [number, number], log: boolean | undefined): Scale {
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
