// Other members of a result: numbers and words in a table, arrays as charts, matrices as pictures.
import { isList } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { nameIn, numbersChart } from './blocks.js';
import { type Part, soft, table } from './page.js';
import { largest, picture } from './picture.js';
import { counted, escaped, figure } from './text.js';

/** The most numbers that a picture has for a matrix, the most rows of a table of objects, and the most texts of a list. */
const mostPixels = 1 << 18;
const mostRows = 60;
const mostTexts = 40;

type Row = [name: string, value: string];

/** Numbers, words and truth values of an object, those of objects in it by names with a point. */
export function facts(of: object, left: readonly string[] = [], prefix = ''): Row[] {
  return Object.entries(of).flatMap(([name, value]): Row[] => {
    if (left.includes(name)) return [];
    const path = `${prefix}${name}`;
    if (typeof value === 'number') return [[path, figure(value, 8)]];
    if (typeof value === 'boolean') return [[path, value ? 'yes' : 'no']];
    if (typeof value === 'string' || typeof value === 'bigint') return [[path, String(value)]];
    if (isPlain(value)) return facts(value, [], `${path}.`);
    return [];
  });
}

/** The text about settings: numbers and words, how long arrays are, that there is a function. */
export function settingRows(settings: object): Row[] {
  return Object.entries(settings).flatMap(([name, value]): Row[] => {
    if (value === undefined) return [];
    if (typeof value === 'function') return [[name, 'a function']];
    if (isList(value)) {
      const short = Array.from(value).slice(0, mostTexts);
      const simple = value.length <= 12 && short.every((each) => typeof each !== 'object');
      return [[name, simple ? `[${short.map(valueText).join(', ')}]` : counted(value.length, 'entry', 'entries')]];
    }
    if (isMatrix(value)) return [[name, `${value.rows} x ${value.columns} matrix`]];
    if (typeof value === 'object' && value !== null) {
      const inner = facts(value, [], `${name}.`);
      return inner.length > 0 ? inner : [[name, 'an object']];
    }
    return [[name, valueText(value)]];
  });
}

const valueText = (value: unknown): string => (typeof value === 'number' ? figure(value, 8) : String(value));

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isMatrix(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export function isMatrix(value: unknown): value is Matrix {
  if (typeof value !== 'object' || value === null) return false;
  const { data, rows, columns } = value as Partial<Matrix>;
  return isList(data) && typeof rows === 'number' && typeof columns === 'number' && data.length === rows * columns;
}

const isNumbers = (value: unknown): value is ArrayLike<number> =>
  isList(value) && value.length > 0 && Array.from(value).every((each) => typeof each === 'number');

/** The rest of a result: all its members but those that other parts of the page show. */
export function members(result: object, left: readonly string[]): Part[] {
  const rows = facts(result, left);
  const arrays = Object.entries(result)
    .filter(([name]) => !left.includes(name))
    .flatMap(([name, value]) => arrayParts(name, value));
  return [
    ...(rows.length > 0 ? [{ title: 'All numbers', body: table(['member', 'value'], rows, [1]), folded: true }] : []),
    ...(arrays.length > 0 ? [{ title: 'Arrays and matrices', body: arrays.join('\n'), folded: true }] : []),
  ];
}

function arrayParts(name: string, value: unknown): string[] {
  const heading = (about: string): string => `<h3>${escaped(name)} <span class="soft">${escaped(about)}</span></h3>`;
  if (isMatrix(value)) {
    const about = `${value.rows} x ${value.columns}, largest entry ${figure(largest(value.data))}`;
    if (value.data.length === 0 || value.data.length > mostPixels) return [heading(about)];
    return [heading(about), matrixPicture(name, value)];
  }
  if (isNumbers(value)) {
    const about = value.length === 1 ? figure(value[0], 8) : counted(value.length, 'number');
    return [
      heading(about),
      value.length > 1 ? (numbersChart(name, value, (k) => nameIn(undefined, name, k)) ?? '') : '',
    ];
  }
  if (!Array.isArray(value) || value.length === 0) return [];
  if (value.every(isMatrix)) return value.slice(0, 12).flatMap((each, k) => arrayParts(`${name}[${k}]`, each));
  if (value.every(isPlain)) {
    const all = value.slice(0, mostRows).map((each) => new Map(facts(each)));
    const names = [...new Set(all.flatMap((each) => [...each.keys()]))];
    if (names.length === 0) return [];
    const rows = all.map((each, k) => [String(k + 1), ...names.map((member) => each.get(member) ?? '-')]);
    return [heading(counted(value.length, 'row')), table(['', ...names], rows)];
  }
  const texts = value.slice(0, mostTexts).map((each) => String(Object(each) === each ? 'an object' : each));
  return [heading(`${value.length} in all`), soft(`${texts.join(', ')}${value.length > mostTexts ? ' ...' : ''}`)];
}

function matrixPicture(name: string, { data, rows, columns }: Matrix): string {
  const tall = Math.max(16, Math.min(360, 12 * rows));
  const wide = columns < 40 ? `width: ${24 * columns}px; ` : '';
  return `<img class="heat" src="${picture(data, columns, rows, largest(data))}" width="${columns}" height="${rows}" style="${wide}height: ${tall}px" alt="${escaped(name)}">`;
}
