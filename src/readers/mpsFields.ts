// The words of a line of an .mps file, and the fields of one whose names have blanks.
import { decimal } from './csvValues.js';

/** The words of a line of the free form, which is also how lines of the fixed form are read unless names have blanks. */
export const wordsOf = (line: string): string[] => line.split(/[ \t\r]+/).filter((word) => word !== '');

/** The fields of the fixed form: columns 2-3, 5-12, 15-22, 25-36, 40-47 and 50-61. */
const places = [
  [1, 3],
  [4, 12],
  [14, 22],
  [24, 36],
  [39, 47],
  [49, 61],
] as const;

/**
 * The fields of a line of the fixed form that are not empty, if one of them has a blank within it; undefined if none has, so that they
 * would be the line's words, or if there is text between the fields.
 */
export function fieldsOf(line: string): string[] | undefined {
  const text = line.trimEnd();
  const fields = places.map(([from, to]) => text.slice(from, to).trim());
  const between = places.map(([from], k) => text.slice(places[k - 1]?.[1] ?? 0, from)).join('') + text.slice(61);
  const found = fields.filter((field) => field !== '');
  return between.trim() === '' && found.some((field) => /[ \t]/.test(field)) ? found : undefined;
}

/** The number that a word stands for, Infinity for inf; undefined if it is none. */
export function numberOf(word: string): number | undefined {
  if (decimal.test(word)) return Number(word);
  const infinite = /^([+-]?)inf(inity)?$/i.exec(word);
  if (!infinite) return undefined;
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
