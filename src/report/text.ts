// Text of pages and tables: numbers as short as they can be, and names from wherever they come.
import { visible } from '../core/check.js';

/** A number with some digits, as short as it can be: 0.0123, 1.2e-7; '-' where there is none. */
export function figure(value: number | undefined, digits = 4): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  const size = Math.abs(value);
  const rounded = Number(value.toPrecision(digits));
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? rounded.toExponential() : String(rounded);
}

/** Text that may stand in a page, wherever it comes from. */
export function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  // Besides what is markup, what turns the direction of the text around it.
  return visible(text)
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
    .replace(/[&<>"']/g, (c) => entities[c] as string);
}

/** '1 row', '2 rows'. */
export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** A name as much of which is shown as leaves room for other things. */
export function shortened(name: string, most: number): string {
  const shown = visible(name);
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}
