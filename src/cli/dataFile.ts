// Data of a regression from files: .csv with names of columns, .libsvm, or .mtx and a file of responses.
import { basename } from 'node:path';
import { Option } from 'commander';
import type { SettingSchema } from '../core/addon.js';
import { rangeError } from '../core/argumentError.js';
import { visible } from '../core/check.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import type { Label } from '../core/targets.js';
import { type CsvHints, type Levels, type ReadCsvOptions, readCsvWith, shortList } from '../readers/csv.js';
import type { TableTimes } from '../readers/csvResponses.js';
import { decimal } from '../readers/csvValues.js';
import { decoded, parseFile } from '../readers/file.js';
import { readLibsvm } from '../readers/libsvm.js';
import { readMatrixMarket } from '../readers/matrixMarket.js';
import { usualColumns } from '../readers/rows.js';
import { counted } from '../report/text.js';
import { UsageError } from './keywords.js';
import { title } from './title.js';

export interface DataFile {
  x: Matrix | SparseMatrix;
  y: readonly Label[];
  /** Times until an event, in place of y. */
  times?: TableTimes;
  /** The groups of the columns of x, of a table: those that come from one of its columns. */
  groups?: Int32Array;
  /** One for each column of x. Where the file has none: x1, x2 and so on. */
  names: readonly string[];
  /** Texts of columns that have become a column for each of them, by the names of those. */
  levels?: Levels;
  /** The name of the responses. */
  target: string;
}

export interface DataOptions {
  /** The column that has the responses, or the file. */
  target?: string | undefined;
  /** The column that says if the event came at the time that is the target, and with which value. */
  event?: { column: string; is: string | undefined } | undefined;
  /** Names of columns that are left out, parted by commas. */
  exclude?: string | undefined;
  /** Names of columns that are categories though they have numbers, parted by commas. */
  categorical?: string | undefined;
  /** A file with the names of the columns, one a line, for files that have none. */
  names?: string | undefined;
  /** True if values may be missing: they become NaN. */
  missing: boolean;
  /** True if there need be no responses. Default false, but for a model that is to predict. */
  withoutTarget?: boolean;
  /** Columns of x of a model that is to predict, with their names where they are known; responses then need not be there. */
  columns?: { count: number; names?: readonly string[] | undefined; levels?: Levels | undefined } | undefined;
  /** The treatment of columns with texts. */
  categories?: 'refuse' | 'oneHot' | undefined;
  /** The most columns. Default: as the readers have it. */
  maxColumns?: number | undefined;
  signal: AbortSignal;
}

export const maxColumnsSetting: SettingSchema = {
  name: 'maxColumns',
  type: 'integer',
  lower: 0,
  doc: `The most columns of a file: one with more is refused. Default ${usualColumns} of a .csv file, else no limit.`,
};

export const categoriesOption = (): Option =>
  new Option('--categories <policy>', 'what becomes of columns of a .csv file with texts').choices([
    'refuse',
    'oneHot',
  ]);

/** The first line that a command prints of its data. */
export function headline(path: string, { x, target }: DataFile): string {
  const sizes = `${counted(x.rows, 'row')}, ${counted(x.columns, 'column')}`;
  return `${title}: ${basename(path)}, ${sizes}${target === '' ? '' : `, target ${visible(target)}`}`;
}

/** The form of a file of data that its name says, in small letters: csv, mtx and so on; undefined for another file. */
export function dataForm(path: string): string | undefined {
  return /\.(csv|tsv|libsvm|svmlight|svm|mtx)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
}

/** The files that {@link readData} reads for such options. */
export function inputsOf(
  path: string,
  { target, names }: Pick<DataOptions, 'target' | 'names'>,
): (string | undefined)[] {
  return [path, names, dataForm(path) === 'mtx' ? target : undefined];
}

/** Reads the data of a regression from a file, plain or gzip, whose form its name says. */
export async function readData(path: string, options: DataOptions): Promise<DataFile> {
  const form = dataForm(path);
  if (form === undefined)
    throw new UsageError(`${path}: expected a file named .csv, .tsv, .libsvm, .svm or .mtx, or one of these with .gz`);
  if (form === 'csv' || form === 'tsv') return readTable(path, options);
  const { target, exclude, categorical, event, maxColumns, signal } = options;
  for (const [name, value] of Object.entries({ exclude, categorical, event })) {
    if (value !== undefined) throw new UsageError(`--${name}: only a .csv file has columns with names`);
  }
  if (form === 'mtx') {
    if (target === undefined && !mayLackTarget(options))
      throw new UsageError(`${path}: expected --target FILE with the responses, as a .mtx file has none`);
    const x = await readMatrixMarket(path, { signal, maxColumns });
    if (target === undefined) return { x, y: [], names: await namesOf(x.columns, options), target: '' };
    const y = await readResponses(target, signal);
    if (y.length !== x.rows) {
      throw rangeError(`${target}: expected ${x.rows} responses, one for each row of ${path}, got ${y.length}`);
    }
    return { x, y, names: await namesOf(x.columns, options), target: basename(target) };
  }
  if (target !== undefined) throw new UsageError(`--target ${target}: expected none, as ${path} has labels`);
  const { x, y } = await readLibsvm(path, { signal, maxColumns, columns: options.columns?.count });
  return { x, y: Array.from(y), names: await namesOf(x.columns, options), target: 'label' };
}

const mayLackTarget = ({ withoutTarget, columns }: DataOptions): boolean => withoutTarget ?? columns !== undefined;

/** The text of a file, plain or gzip. */
function readText(path: string, signal: AbortSignal): Promise<string> {
  return parseFile(path, signal, async (name, chunks) => {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    const bytes = Buffer.concat(parts);
    // Of a few bytes of gzip may come more than a string can be long.
    if (bytes.length > 2 ** 29)
      throw rangeError(`${name}: more than ${2 ** 29} bytes; .libsvm and .mtx files may be longer`);
    return decoded(bytes);
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
  throw rangeError(`${path}: expected ${columns} names, one a line, for each column of x, got ${names.length}`);
}

/** Responses from a file: a .mtx file of one column, or one a line, numbers or labels. */
async function readResponses(path: string, signal: AbortSignal): Promise<Label[]> {
  if (!/\.mtx(\.gz)?$/i.test(path)) return labels(await readLines(path, signal));
  const read = await readMatrixMarket(path, { signal });
  if (read.columns !== 1) throw rangeError(`${path}: expected one column, got ${read.columns}`);
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
  return decimal.test(word) ? Number(word) : undefined;
}

/** Names, in messages of the reader, of the options of the commands that fit models. */
export const fitHints: CsvHints = {
  missing: '--impute mean puts the mean of the column there',
  categories: '--exclude leaves a column out, --categories oneHot makes a column of each of its texts',
  target: '--target ',
  exclude: '--exclude ',
  columns: 'the column of the model ',
  categorical: '--categorical ',
  maxColumns: '--maxColumns raises that',
};

/** Names, in the same messages, for those who predict by a model, whose columns are given. */
const predictHints = ({ count, names }: NonNullable<DataOptions['columns']>): CsvHints => ({
  ...fitHints,
  missing: 'the model was fitted without missing values',
  categories: names
    ? 'the model was fitted to numbers there'
    : `the model has no names of columns, and takes ${counted(count, 'column')} of numbers`,
});

async function readTable(path: string, options: DataOptions): Promise<DataFile> {
  const { target, event, exclude, categorical, missing, categories, columns, maxColumns, signal } = options;
  if (options.names !== undefined)
    throw new UsageError(`--names: expected none, as ${path} has names in its first line`);
  const hints = columns ? predictHints(columns) : fitHints;
  if (target === undefined && !mayLackTarget(options)) {
    const { names } = await readCsvWith(path, { signal, maxColumns, categories: 'codes', missing: 'nan' }, hints);
    const known = `the columns are ${shortList(names)}`;
    throw new UsageError(`${path}: expected --target NAME, the column with the responses; ${known}`);
  }
  const csv: ReadCsvOptions = {
    ...{ target, signal, maxColumns, missing: missing ? 'nan' : 'refuse', categories },
    ...(event && { target: { time: target as string, event: event.column, eventIs: numberOrText(event.is) } }),
    ...(exclude !== undefined && { exclude: listed(exclude) }),
    ...(categorical !== undefined && { categorical: listed(categorical) }),
    ...(columns?.levels && { levels: columns.levels, categories: 'oneHot' }),
    ...(columns?.names && { columns: columnsBefore(columns.names, columns.levels) }),
  };
  const { x, y = [], ...others } = await readCsvWith(path, csv, hints);
  const read = { x, ...others, target: target ?? '' };
  return 'time' in y ? { ...read, y: [], times: y } : { ...read, y: Array.from<Label>(y) };
}

/** A value of a column: a number if it is one. */
const numberOrText = (text: string | undefined): string | number | undefined =>
  text !== undefined && decimal.test(text) ? Number(text) : text;

/** Names that are parted by commas. */
const listed = (names: string): string[] => names.split(',').map((name) => name.trim());

/** The columns of a file whose names with their levels are those of a model. */
function columnsBefore(names: readonly string[], levels: Levels = {}): string[] {
  const made = new Map<string, string>(
    Object.entries(levels).flatMap(([name, texts]) => texts.map((text) => [`${name}=${text}`, name] as const)),
  );
  return [...new Set(names.map((name) => made.get(name) ?? name))];
}
