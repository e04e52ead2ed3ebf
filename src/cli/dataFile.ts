// Data of a regression from files: .csv with names of columns, .libsvm, or .mtx and a file of responses.
import { basename } from 'node:path';
import { dsvFormat } from 'd3-dsv';
import { show, visible } from '../core/check.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import type { Label } from '../core/targets.js';
import { parseFile } from '../readers/file.js';
import { readLibsvm } from '../readers/libsvm.js';
import { readMatrixMarket } from '../readers/matrixMarket.js';
import { counted } from '../report/text.js';
import { UsageError } from './keywords.js';
import { title } from './title.js';

export interface DataFile {
  x: Matrix | SparseMatrix;
  y: readonly Label[];
  /** One for each column of x. Where the file has none: x1, x2 and so on. */
  names: readonly string[];
  /** What the responses are called. */
  target: string;
}

export interface DataOptions {
  /** The column that has the responses, or the file. */
  target?: string | undefined;
  /** Names of columns that are left out, parted by commas. */
  exclude?: string | undefined;
  /** A file with the names of the columns, one a line, for files that have none. */
  names?: string | undefined;
  /** Whether values may be missing: they become NaN. */
  missing: boolean;
  /** Whether there need be no responses. Default false, but for a model that is to predict. */
  withoutTarget?: boolean;
  /** Columns of x of a model that is to predict, with their names where they are known; responses then need not be there. */
  columns?: { count: number; names?: readonly string[] | undefined } | undefined;
  signal: AbortSignal;
}

/** The first line that a command prints of its data. */
export function headline(path: string, { x, target }: DataFile): string {
  const sizes = `${counted(x.rows, 'row')}, ${counted(x.columns, 'column')}`;
  return `${title}: ${basename(path)}, ${sizes}${target === '' ? '' : `, target ${visible(target)}`}`;
}

/** Reads the data of a regression from a file, plain or gzip, whose form its name says. */
export async function readData(path: string, options: DataOptions): Promise<DataFile> {
  const form = /\.(csv|tsv|libsvm|svmlight|svm|mtx)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  if (form === undefined)
    throw new UsageError(`${path}: expected a file named .csv, .tsv, .libsvm, .svm or .mtx, or one of these with .gz`);
  if (form === 'csv' || form === 'tsv') return readTable(path, options);
  const { target, exclude, signal } = options;
  if (exclude !== undefined) throw new UsageError('--exclude: only a .csv file has columns with names');
  if (form === 'mtx') {
    if (target === undefined && !mayLackTarget(options))
      throw new UsageError(`${path}: expected --target FILE with the responses, as a .mtx file has none`);
    const x = await readMatrixMarket(path, { signal });
    if (target === undefined) return { x, y: [], names: await namesOf(x.columns, options), target: '' };
    const y = await readResponses(target, signal);
    if (y.length !== x.rows) {
      throw new RangeError(`${target}: expected ${x.rows} responses, one for each row of ${path}, got ${y.length}`);
    }
    return { x, y, names: await namesOf(x.columns, options), target: basename(target) };
  }
  if (target !== undefined) throw new UsageError(`--target ${target}: expected none, as ${path} has labels`);
  const { x, y } = await readLibsvm(path, { signal, columns: options.columns?.count });
  return { x, y: Array.from(y), names: await namesOf(x.columns, options), target: 'label' };
}

const mayLackTarget = ({ withoutTarget, columns }: DataOptions): boolean => withoutTarget ?? columns !== undefined;

/** The text of a file, plain or gzip. */
function readText(path: string, signal: AbortSignal): Promise<string> {
  return parseFile(path, signal, async (name, chunks) => {
    const parts: Buffer[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    const bytes = Buffer.concat(parts);
    // Of a few bytes of gzip may come more than a string can be long.
    if (bytes.length > 2 ** 29)
      throw new RangeError(`${name}: more than ${2 ** 29} bytes; .libsvm and .mtx files may be longer`);
    return bytes.toString('utf8').replace(/^\ufeff/, '');
  });
}

async function readLines(path: string, signal: AbortSignal): Promise<string[]> {
  const lines = (await readText(path, signal)).split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

async function namesOf(columns: number, { names: path, signal }: DataOptions): Promise<string[]> {
  if (path === undefined) return Array.from({ length: columns }, (_, j) => `x${j + 1}`);
  const names = await readLines(path, signal);
  if (names.length === columns) return names;
  throw new RangeError(`${path}: expected ${columns} names, one a line, for each column of x, got ${names.length}`);
}

/** Responses from a file: a .mtx file of one column, or one a line, numbers or labels. */
async function readResponses(path: string, signal: AbortSignal): Promise<Label[]> {
  if (!/\.mtx(\.gz)?$/i.test(path)) return labels(await readLines(path, signal));
  const read = await readMatrixMarket(path, { signal });
  if (read.columns !== 1) throw new RangeError(`${path}: expected one column, got ${read.columns}`);
  if ('data' in read) return Array.from(read.data);
  const y = new Array<number>(read.rows).fill(0);
  read.indices.forEach((row, k) => {
    y[row] = read.values[k] as number;
  });
  return y;
}

/** Numbers if all of them are, else texts. */
function labels(texts: readonly string[]): Label[] {
  const numbers = texts.map(numberOf);
  return numbers.some((value) => value === undefined || Number.isNaN(value)) ? [...texts] : (numbers as number[]);
}

/** A number; NaN for what stands for a missing one, undefined for other text. */
function numberOf(text: string): number | undefined {
  const word = text.trim();
  if (/^(|NA|N\/A|NaN|null|\?|\.)$/i.test(word)) return Number.NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : undefined;
}

/** Columns of a .csv file: which of them are x, and which is y. */
interface Head {
  all: string[];
  /** The place of the target; -1 where there is none. */
  target: number;
  features: number[];
}

async function readTable(path: string, options: DataOptions): Promise<DataFile> {
  if (options.names !== undefined)
    throw new UsageError(`--names: expected none, as ${path} has names in its first line`);
  const text = await readText(path, options.signal);
  const end = text.search(/[\r\n]/);
  let head: Head | undefined;
  const texts: string[] = [];
  const rows = dsvFormat(delimiterOf(end < 0 ? text : text.slice(0, end))).parseRows(text, (values, line) => {
    if (head === undefined) {
      head = headOf(path, values, options);
      return undefined;
    }
    if (values.length === 1 && values[0]?.trim() === '') return undefined; // an empty line
    const place = `${path}, row ${line}`;
    if (values.length !== head.all.length) {
      throw new SyntaxError(
        `${place}: expected ${head.all.length} values, as many as the first line has, got ${values.length}`,
      );
    }
    const response = values[head.target]?.trim();
    if (response !== undefined && Number.isNaN(numberOf(response))) {
      throw new RangeError(
        `${place}: column ${show(visible(head.all[head.target] as string))}, the target, has no value`,
      );
    }
    if (response !== undefined) texts.push(response);
    return rowOf(place, values, head, options.missing);
  });
  if (head === undefined) throw new SyntaxError(`${path}: the file is empty`);
  const { all, target, features } = head;
  const columns = features.length;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    data.set(row, i * columns);
  });
  const x = { data, rows: rows.length, columns };
  return { x, y: labels(texts), names: features.map((j) => all[j] as string), target: all[target] ?? '' };
}

/** The character of the first line that parts most values. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const count = (character: string): number => bare.split(character).length;
  return [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best));
}

function headOf(path: string, values: readonly string[], options: DataOptions): Head {
  const { target, exclude, columns } = options;
  const all = values.map((name) => name.trim());
  const known = (): string => `the columns are ${shortList(all)}`;
  if (target === undefined && !mayLackTarget(options))
    throw new UsageError(`${path}: expected --target NAME, the column with the responses; ${known()}`);
  const placeOf = (option: string, name: string): number => {
    const place = all.indexOf(name);
    if (place < 0) throw new UsageError(`${option} ${name}: there is no such column; ${known()}`);
    if (all.indexOf(name, place + 1) >= 0)
      throw new UsageError(`${option} ${name}: ${path} has two columns of that name`);
    return place;
  };
  const at = target === undefined ? -1 : placeOf('--target', target);
  if (columns?.names) {
    return { all, target: at, features: columns.names.map((name) => placeOf('the column of the model', name)) };
  }
  const out = exclude === undefined ? [] : exclude.split(',').map((name) => placeOf('--exclude', name.trim()));
  const features = [...all.keys()].filter((j) => j !== at && !out.includes(j));
  return { all, target: at, features };
}

function shortList(names: readonly string[]): string {
  const most = 12;
  const shown = names.slice(0, most).map((name) => show(visible(name)));
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
}

function rowOf(place: string, values: readonly string[], { all, features }: Head, missing: boolean): Float64Array {
  return Float64Array.from(features, (j) => {
    const text = values[j] as string;
    const value = numberOf(text);
    if (value !== undefined && (missing || !Number.isNaN(value))) return value;
    const column = `${place}: column ${show(visible(all[j] as string))}`;
    if (value === undefined)
      throw new SyntaxError(`${column}: ${show(visible(text))} is no number; --exclude leaves a column out`);
    throw new RangeError(`${column} has no value; --impute mean puts the mean of the column there`);
  });
}
