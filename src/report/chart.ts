// Charts as SVG, without scripts: colours by the page's variables, and on hovering the numbers of a place.
import { axes, diagonal, markup } from './axes.js';
import { curve, fieldOf, shadeOf } from './curves.js';
import {
  boxOf,
  type ChartOptions,
  drawable,
  type Frame,
  frameOf,
  place,
  type Series,
  type Shown,
  shownOf,
  text,
  thinned,
} from './frame.js';
import { escaped, figure } from './text.js';

/** The most places that say their numbers on hovering. */
const mostPlaces = 240;

/** An SVG element, with a legend where there are several series; `undefined` where no number can be drawn. */
export function chart(options: ChartOptions): string | undefined {
  const { series, plain, heading, field } = options;
  const shown = shownOf(options);
  const frame = frameOf(options, shown);
  if (!frame) return undefined;
  const bars = shown.filter(({ as }) => as === 'bars');
  const shades = (options.shades ?? []).map((each) => shadeOf(frame, each));
  const curves = [...shades, ...shown.map((each) => curve(frame, each, bars.indexOf(each)))].join('\n');
  const body = [
    ...(heading ? [text(frame.left, 18, heading, ' class="heading"')] : []),
    ...(field ? [fieldOf(frame, field)] : []),
    axes(frame),
    ...(options.diagonal ? [diagonal(frame)] : []),
    options.yDomain || options.xDomain ? clipped(frame, curves) : curves,
    ...markup(frame),
    ...(!plain && series.some(({ as }) => as !== 'points') ? hovering(frame, shown) : []),
  ].join('\n');
  const { markup: named, above } = series.length > 1 && !plain ? legend(series, options) : { markup: '', above: 0 };
  const { width, height } = frame;
  return `<svg viewBox="0 ${-above} ${width} ${height + above}" role="img" aria-label="${escaped(options.name)}">\n${named}${body}\n</svg>`;
}

/** The parts of curves between the axes, where they run out of the chart. */
function clipped({ left, right, top, bottom }: Frame, curves: string): string {
  const [x, y, wide, tall] = [left - 4, top - 4, right - left + 8, bottom - top + 8];
  return `<svg x="${x}" y="${y}" width="${wide}" height="${tall}" viewBox="${x} ${y} ${wide} ${tall}">${curves}</svg>`;
}

/** The names of series with their colours, in lines above y = 0, and the height of these. Series of one name have one. */
export function legend(series: readonly Series[], size: { width?: number }): { markup: string; above: number } {
  const [letter, swatch, line] = [6.6, 24, 20]; // the width of a letter, that of a colour, and the height of a line
  const { left, right } = boxOf(size);
  let [x, row] = [left, 0];
  const items = [...new Map(series.map((each) => [each.name, each])).values()].map((each) => {
    const wide = swatch + letter * each.name.length + 20;
    if (x + wide > right && x > left) [x, row] = [left, row + 1];
    const item = { each, at: x, row };
    x += wide;
    return item;
  });
  const markup = items.map(({ each, at, row: of }) => {
    const y = line * (of - row) - 8;
    return `<g class="curve c${each.colour}">${swatchOf(each, at, y - 4, swatch - 6)}${text(at + swatch, y, each.name)}</g>`;
  });
  return { markup: `${markup.join('')}\n`, above: line * (row + 1) };
}

/** The sample of a series in a legend. */
function swatchOf({ as, dashed }: Series, x: number, y: number, wide: number): string {
  if (as === 'points') return `<circle cx="${place(x + wide / 2)}" cy="${y}" r="4"/>`;
  if (as === 'bars') return `<rect x="${place(x)}" y="${y - 5}" width="${wide}" height="10"/>`;
  return `<path class="line${dashed ? ' dashed' : ''}" d="M${place(x)} ${y}h${wide}"/>`;
}

/** Upright lines at places along x with the numbers of all series there, which hovering shows. */
function hovering({ x, y, left, right, top, bottom, options }: Frame, series: readonly Shown[]): string[] {
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
    const from = k === 0 ? left - 6 : (x(places[k - 1] as number) + centre) / 2;
    const to = k === places.length - 1 ? right + 6 : (x(places[k + 1] as number) + centre) / 2;
    const here = at.get(value) ?? [];
    const said = here.map((each) => `${each.name} ${figure(each.y, 6)}`).join(', ');
    const name = options.placeName?.(value) ?? `${options.x} ${figure(value, 6)}`;
    const dots = here
      .filter((each) => y(each.y) >= top - 1 && y(each.y) <= bottom + 1)
      .map((each) => `<circle class="c${each.colour}" cx="${place(centre)}" cy="${place(y(each.y))}" r="4"/>`);
    return `<g class="at"><rect x="${place(from)}" y="${top}" width="${place(Math.max(0.1, to - from))}" height="${bottom - top}"/><g class="tip"><line x1="${place(centre)}" x2="${place(centre)}" y1="${top}" y2="${bottom}"/>${dots.join('')}${text(left, 16, `${name}: ${said}`)}</g></g>`;
  });
}
