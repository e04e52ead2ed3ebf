// Axes of charts with their ticks, and the lines across them.
import type { Scale } from 'd3-scale';
import { type Frame, margin, place, right, text, ticksOf, ticksOfX, ticksOfY } from './frame.js';
import { escaped, figure } from './text.js';

export function axes({ x, y, bottom, options }: Frame): string {
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

export function diagonal({ x, y }: Frame): string {
  const [low, high] = [Math.max(x.domain()[0], y.domain()[0]), Math.min(x.domain()[1], y.domain()[1])];
  if (low >= high) return '';
  return `<line class="axis" x1="${place(x(low))}" y1="${place(y(low))}" x2="${place(x(high))}" y2="${place(y(high))}"/>`;
}

export function markup({ y }: Frame, { y: value, label }: { y: number; label: string }): string {
  const at = place(y(value));
  return `<g class="mark"><line x1="${margin.left}" x2="${right}" y1="${at}" y2="${at}"/>${text(right - 4, y(value) - 5, label, ' text-anchor="end"')}</g>`;
}
