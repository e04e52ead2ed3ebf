// Series of charts as lines, circles and bars, and the matrix behind them.
import {
  drawable,
  type Field,
  type Frame,
  mostCircles,
  place,
  type Shade,
  type Shown,
  text,
  thinned,
} from './frame.js';
import { largest, picture } from './picture.js';
import { escaped, figure } from './text.js';

/** The widest bar, in pixels. */
const widestBar = 60;

/** The points of a series, as many as `data-points` says. `slot` is its place among the bars side by side. */
export function curve(frame: Frame, series: Shown, slot: number): string {
  const { as, colour, dashed, dots, points, name } = series;
  const all = points.filter((point) => drawable(point.y, frame.options.logY));
  const known = as === 'points' ? thinned(all, mostCircles) : all;
  let drawn: string;
  if (as === 'points') drawn = circles(frame, name, known, known.length > 500 ? 2 : 3.2);
  else if (as === 'bars') drawn = barsOf(frame, known, slot);
  else if (known.length === 1) drawn = circles(frame, name, known, 3);
  else {
    const path = `<path class="line${dashed ? ' dashed' : ''}" d="${linePath(frame, series)}"/>`;
    drawn = dots ? path + circles(frame, name, known, 3) : path;
  }
  return `<g class="curve c${colour}" data-series="${escaped(name)}" data-points="${known.length}">${drawn}</g>`;
}

function circles({ x, y, options }: Frame, name: string, points: Shown['points'], usual: number): string {
  return points
    .map((point) => {
      const said = options.plain ? '' : escaped(`${name}: ${figure(point.x)}, ${figure(point.y)}`);
      const title = said && `<title>${said}</title>`;
      const at = `cx="${place(x(point.x))}" cy="${place(y(point.y))}" r="${place(point.radius ?? usual)}"`;
      return title ? `<circle ${at}>${title}</circle>` : `<circle ${at}/>`;
    })
    .join('');
}

/** A path through the points of a line, with a hole where there is none. */
function linePath({ x, y, options }: Frame, { points, step }: Shown): string {
  const known = points.map((point) => drawable(point.y, options.logY));
  return points
    .map((point, k) => {
      if (!known[k]) return '';
      const at = [place(x(point.x)), place(y(point.y))];
      if (k === 0 || !known[k - 1]) return `M${at.join(' ')}`;
      return step ? `H${at[0]}L${at.join(' ')}` : `L${at.join(' ')}`;
    })
    .join('');
}

/** A shade between heights, behind curves. */
export function shadeOf({ x, y, options }: Frame, { x: places, low, high, colour, step }: Shade): string {
  const { logX, logY } = options;
  const known = [...Array(places.length).keys()].filter(
    (k) => drawable(places[k], logX) && drawable(low[k], logY) && drawable(high[k], logY),
  );
  if (known.length < 2) return '';
  const edge = (heights: ArrayLike<number>, order: readonly number[]) =>
    order.flatMap((k, i) => {
      const [at, height] = [place(x(places[k] as number)), place(y(heights[k] as number))];
      const before = order[i - 1];
      if (!step || before === undefined) return [`${at} ${height}`];
      // On the way back a height ends where the next one begins.
      const corner =
        k > before ? `${at} ${place(y(heights[before] as number))}` : `${place(x(places[before] as number))} ${height}`;
      return [corner, `${at} ${height}`];
    });
  const path = [...edge(high, known), ...edge(low, known.toReversed())].join('L');
  return `<path class="shade c${colour}" d="M${path}Z"/>`;
}

function barsOf({ x, y, bars: { gap, beside }, options }: Frame, points: Shown['points'], slot: number): string {
  const room = Math.max(1, 0.8 * Math.abs(x(gap) - x(0)));
  const wide = Math.min(room / beside, widestBar);
  const zero = y(0);
  return points
    .map((point) => {
      const [left, at] = [x(point.x) + wide * (slot - beside / 2), y(point.y)];
      const [top, tall] = [Math.min(at, zero), Math.max(0.8, Math.abs(at - zero))];
      const label = text(left + wide / 2, top - 4, figure(point.y, 3), ' text-anchor="middle" class="number"');
      return `<rect x="${place(left)}" y="${place(top)}" width="${place(wide)}" height="${place(tall)}"/>${options.labelled ? label : ''}`;
    })
    .join('');
}

/** The matrix behind curves as an image. */
export function fieldOf({ x, y }: Frame, { values, rows, columns, most, ...ends }: Field): string {
  const upwards = Float64Array.from({ length: rows * columns }, (_, k) => {
    const row = rows - 1 - Math.floor(k / columns);
    return values[row * columns + (k % columns)] as number;
  });
  const source = picture(upwards, columns, rows, most ?? largest(values));
  const [left, right] = [x(ends.x[0]), x(ends.x[1])];
  const [bottom, top] = [y(ends.y[0]), y(ends.y[1])];
  const at = `x="${place(left)}" y="${place(top)}" width="${place(right - left)}" height="${place(bottom - top)}"`;
  return `<image ${at} preserveAspectRatio="none" style="image-rendering: pixelated" href="${source}"/>`;
}
