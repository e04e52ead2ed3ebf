// Axes of charts with their ticks, and the lines across them.
import type { Scale } from 'd3-scale';
import { drawable, type Frame, place, text, ticksOf } from './frame.js';
import { escaped, figure } from './text.js';

/** The width of a letter below a tick, and the pixels from one line of text to the next. */
const [letter, lineHeight] = [7, 13];

export function axes(frame: Frame): string {
  const { y, left, right, top, bottom, ticks, options } = frame;
  const formatY = formatOf(y, options.logY, ticks.y);
  const rows = ticksOf(y, options.logY, ticks.y).map((value) => {
    const at = place(y(value));
    return `<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/>${text(left - 8, y(value) + 4, formatY(value), ' text-anchor="end"')}`;
  });
  return [
    ...rows,
    ...columns(frame),
    `<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    text((left + right) / 2, bottom + 40, options.x, ' text-anchor="middle" class="title"'),
    `<text class="title" transform="translate(14 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(options.y)}</text>`,
  ].join('\n');
}

/** The ticks along x with their labels: numbers, or the texts that stand for 0, 1, ... */
function columns({ x, bottom, ticks, options }: Frame): string[] {
  const { logX, xTicks, series } = options;
  const whole = !logX && series.length > 0 && series.every((each) => Array.from(each.x).every(Number.isInteger));
  const format = whole ? String : formatOf(x, logX, ticks.x);
  const room = Math.abs(x(1) - x(0)) / letter;
  const all = xTicks
    ? xTicks.map((tick, k) => ({ value: typeof tick === 'number' ? tick : k, lines: linesOf(tick, room) }))
    : ticksOf(x, logX, ticks.x)
        .filter((value) => !whole || Number.isInteger(value))
        .map((value) => ({ value, lines: [format(value)] }));
  let end = Number.NEGATIVE_INFINITY; // the right edge of the last label
  return all.map(({ value, lines }) => {
    const [at, half] = [x(value), (letter * Math.max(...lines.map((line) => line.length))) / 2];
    const shown = typeof xTicks?.[0] === 'string' || options.falling || at - half >= end + letter ? lines : [];
    if (shown.length > 0) end = at + half;
    const labels = shown.map((line, row) => text(at, bottom + 19 + lineHeight * row, line, ' text-anchor="middle"'));
    return `<line class="tick" x1="${place(at)}" x2="${place(at)}" y1="${bottom}" y2="${bottom + 5}"/>${labels.join('')}`;
  });
}

/** A number, or the words of a text in lines of so many letters. */
function linesOf(tick: number | string, room: number): string[] {
  if (typeof tick === 'number') return [String(tick)];
  const lines: string[] = [];
  for (const word of tick.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const formatOf = (scale: Scale, log: boolean | undefined, count: number): ((value: number) => string) =>
  log ? (value) => figure(value) : (value) => tickText(scale, value, count);

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

/** The horizontal and upright lines with a label. */
export function markup({ x, y, left, right, top, bottom, options }: Frame): string[] {
  const { marks = [], uprights = [], logX, logY } = options;
  const across = marks
    .filter((mark) => drawable(mark.y, logY))
    .map((mark) => {
      const at = place(y(mark.y));
      return `<g class="mark"><line x1="${left}" x2="${right}" y1="${at}" y2="${at}"/>${text(right - 4, y(mark.y) - 5, mark.label, ' text-anchor="end"')}</g>`;
    });
  const up = uprights
    .filter((upright) => drawable(upright.x, logX))
    .map((upright) => {
      const at = place(x(upright.x));
      const beside = x(upright.x) > (left + right) / 2 ? [-5, ' text-anchor="end"'] : [5, ''];
      return `<g class="mark"><line x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/>${text(x(upright.x) + (beside[0] as number), top + 12, upright.label, beside[1] as string)}</g>`;
    });
  return [...across, ...up];
}
