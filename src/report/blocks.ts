// Numbers with names, by the blocks that their names tell: reserve[0] to reserve[23] are one.
import { chart } from './chart.js';
import type { Series } from './frame.js';
import { soft, table } from './page.js';
import { counted, escaped } from './text.js';

/** Numbers that follow one another and have the same name but for their places in it. */
export interface Block {
  /** Undefined where each has a name of its own, or none. */
  name?: string;
  places: number[];
}

/** The rows of a table that are shown, and those that are folded below them. */
const [rowsShown, rowsFolded] = [20, 500];
/** The most bars of a chart; more numbers are a line. */
const mostBars = 300;
/** The most points of a line; of more numbers the extremes of parts are drawn. */
const mostPoints = 5000;
/** Numbers below this share of the largest of their block count as 0. */
const rounding = 1e-12;
/** The share of the largest number of all that counts as the largest of a block, whose numbers may all be rounding. */
const leastScale = 1e-3;

export const nameIn = (names: readonly string[] | undefined, letter: string, k: number): string =>
  names?.[k] ?? `${letter}[${k}]`;

/** The blocks of so many numbers. */
export function blocksOf(names: readonly string[] | undefined, count: number): Block[] {
  const blocks: Block[] = [];
  for (let k = 0; k < count; ++k) {
    const name = names?.[k]?.match(/^(.+)\[[\d,]+\]$/)?.[1];
    const last = blocks.at(-1);
    if (last && last.name === name) last.places.push(k);
    else blocks.push({ ...(name !== undefined && { name }), places: [k] });
  }
  return blocks;
}

/** Numbers with 0 for those that are rounding beside the others of their block. */
export function withoutRounding(values: ArrayLike<number>, blocks: readonly Block[]): Float64Array {
  const all = Float64Array.from(values);
  const largest = (places: readonly number[]) =>
    places.reduce((most, k) => (Number.isFinite(all[k]) ? Math.max(most, Math.abs(all[k] as number)) : most), 0);
  const scales = blocks.map(({ places }) => largest(places));
  const overall = leastScale * Math.max(0, ...scales);
  for (const [b, { places }] of blocks.entries()) {
    const least = rounding * Math.max(scales[b] as number, overall);
    for (const k of places) if (Math.abs(all[k] as number) < least) all[k] = 0;
  }
  return all;
}

/** Places by the size of their numbers, the largest first. */
export function bySize(places: readonly number[], values: ArrayLike<number>): number[] {
  return [...places].sort((a, b) => Math.abs(values[b] as number) - Math.abs(values[a] as number));
}

/** A heading of a block of several. */
export function blockHeading({ name, places }: Block, noun: string, blocks: readonly Block[]): string {
  if (blocks.length === 1) return '';
  return `<h3>${escaped(name ?? 'others')}, ${counted(places.length, noun)}</h3>`;
}

/** A table whose first rows are shown, twenty or `most`, and whose others are folded. `row` makes the row of a place. */
export function foldedTable(
  head: readonly string[],
  places: readonly number[],
  row: (place: number) => readonly string[],
  { textual = [], most = rowsShown }: { textual?: number[]; most?: number } = {},
): string {
  const first = Math.min(most, rowsShown);
  const shown = first > 0 ? table(head, places.slice(0, first).map(row), textual) : '';
  const rest = places.slice(first, first + rowsFolded);
  if (rest.length === 0) return shown;
  const more = places.length - first;
  const left = more > rest.length ? soft(`The ${rest.length} largest of them:`) : '';
  return `${shown}<details class="more"><summary>${more} more</summary>${left}${table(head, rest.map(row), textual)}</details>`;
}

/** The places of the smallest and the largest number of each of so many parts that a chart can show: their line looks as that of all. */
function extremes(values: ArrayLike<number>): number[] {
  const parts = 1000;
  const places: number[] = [];
  for (let part = 0; part < parts; ++part) {
    const [from, to] = [part, part + 1].map((each) => Math.floor((each * values.length) / parts)) as [number, number];
    let [least, most] = [from, from];
    for (let k = from; k < to; ++k) {
      if ((values[k] as number) < (values[least] as number)) least = k;
      if ((values[k] as number) > (values[most] as number)) most = k;
    }
    places.push(...new Set([Math.min(least, most), Math.max(least, most)]));
  }
  return places;
}

/** A chart of numbers by their places. */
export function numbersChart(
  name: string,
  values: ArrayLike<number>,
  placeName: (place: number) => string,
  height = 220,
): string | undefined {
  const x = values.length <= mostPoints ? [...Array(values.length).keys()] : extremes(values);
  const y = x.map((k) => values[k] as number);
  const series: Series[] = [{ name, as: values.length <= mostBars ? 'bars' : 'line', x, y, colour: 1 }];
  return chart({ name, x: 'index', y: name, series, height, placeName });
}

/** A chart of a block, smaller where there are several. */
export function blockChart(
  title: string,
  values: ArrayLike<number>,
  { places }: Block,
  names: (place: number) => string,
  blocks: readonly Block[],
): string {
  if (places.length < 2) return '';
  const numbers = Float64Array.from(places, (k) => values[k] as number);
  const height = blocks.length > 1 ? 150 : 220;
  return numbersChart(title, numbers, (k) => names(places[k] as number), height) ?? '';
}
