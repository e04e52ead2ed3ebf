// Series of charts as lines, circles and bars.
import type { Scale } from 'd3-scale';
import { drawable, extent, type Frame, mostCircles, place, type Shown, thinned } from './frame.js';
import { escaped, figure } from './text.js';

/** The points of a series, as many as `data-points` says. */
export function curve({ x, y, options }: Frame, { as, colour, dashed, points, name }: Shown): string {
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

/** The least distance of bars along x. */
export function gapOf(bars: readonly { points: readonly { x: number }[] }[]): number {
  const xs = bars.flatMap(({ points }) => points.map(({ x }) => x)).sort((a, b) => a - b);
  const gaps = xs.slice(1).map((x, k) => x - (xs[k] as number));
  return extent(gaps.filter((gap) => gap > 0))?.[0] ?? 1;
}
