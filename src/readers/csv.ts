// Tables of text, .csv and .tsv: numbers, categories and what is missing.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkBoolean, checkMembers, checkObject, checkOneOf, closest, isList, show, visible } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { checkPart, type Part } from '../core/ranks.js';
import { distinct } from '../core/targets.js';
import {
  checkTarget,
  columnsOfTarget,
  type Responses,
  responsesOf,
  type TableResponses,
  type TableTimes,
  type TimesTarget,
} from './csvResponses.js';
import { decimal, Values } from './csvValues.js';
import { type Chunks, firstLine, parseFile } from './file.js';
import { Growing } from './growing.js';
import { checkLimits } from './limits.js';
import type { ReadOptions } from './matrixMarket.js';
import { HeapMemory, Memory } from './memory.js';
import { eachRow, usualColumns } from './rows.js';

/** Levels of columns that are categories, by the names of the columns. */
export type Levels = Readonly<Record<string, readonly string[]>>;

export interface ReadCsvOptions extends ReadOptions {
  /** The character that parts values. Default: the one of comma, semicolon and tab that the first line has most. */
  delimiter?: string | undefined;
  /** True if the first line has the names of the columns (default), or their names where it has none: `false` names them x1, x2, ... */
  header?: boolean | readonly string[] | undefined;
  /**
   * The column that has the responses y, by its name; or those of times until an event, `{ time: 'days', event: 'status', eventIs: 2 }`, for
   * the family `cox`. Default: none.
   */
  target?: string | TimesTarget | undefined;
  /** The columns of x, by their names and in this order. Default: all but the target and those that are excluded. */
  columns?: readonly string[] | undefined;
  /** Columns that are left out. */
  exclude?: readonly string[] | undefined;
  /**
   * The treatment of missing values: `'refuse'` (default) ends the reading with an error, `'nan'` makes them NaN in x, and
   * `'dropRows'` leaves out rows that lack a value. A response that is missing is refused, or its row dropped.
   */
  missing?: 'refuse' | 'nan' | 'dropRows' | undefined;
  /** Texts that stand for a missing value, blanks around them and upper and lower case aside. Default: '', NA, N/A, NaN, null, ? and '.'. */
  missingTexts?: readonly string[] | undefined;
  /**
   * The treatment of columns of x with a value that is no number: `'refuse'` (default) ends the reading with an error, `'oneHot'` makes of
   * each level of the column a column of 0 and 1, named `column=level`, `'codes'` numbers the levels from 0. Levels are in the order of
   * their texts. The file is read twice then.
   */
  categories?: 'refuse' | 'oneHot' | 'codes' | undefined;
  /**
   * Columns of x that are categories though their values are numbers, such as codes of stages, by their names: one column of 0 and 1 for
   * each value, or with `categories: 'codes'` the numbers of the values.
   */
  categorical?: readonly string[] | undefined;
  /**
   * True if the first level of each category has no column of its own, so that columns of 0 and 1 do not add up to the intercept's: for fits
   * without a penalty. Default: false.
   */
  dropFirst?: boolean | undefined;
  /** Levels of an earlier file, so that columns are the same: a text that is none of them is refused. Needs `categories` or `categorical`. */
  levels?: Levels | undefined;
  /** The most levels of a column. Default 1000. */
  maxLevels?: number | undefined;
  /**
   * A part of the rows: those that begin in part `rank` of `size` of the file's bytes, such as `await world()`. Columns are those of the first line.
   * Categories need `levels`, which no part knows by itself; a value with an end of a line within quotes is refused. Default: all.
   */
  part?: Part | undefined;
}

export interface CsvData<Y extends TableResponses = Float64Array | string[]> {
  /** n x p. */
  x: Matrix & { data: Float64Array };
  /** The p names of the columns of x. */
  names: string[];
  /** The responses, where there is a target: numbers if all of them are, else texts; or times until an event. */
  y?: Y;
  /** The column of the file that each column of x comes from, numbered among those of x from 0: the groups of `groupLasso()`. */
  groups: Int32Array;
  /** The levels of the columns that are categories, to be given where other files are read for the same model. */
  levels: Record<string, string[]>;
  /** The rows of the file that were dropped, from 1 without the line of names. */
  dropped: number[];
}

/** Names of options in messages, where they differ from those here. */
export interface CsvHints {
  missing: string;
  categories: string;
  target: string;
  exclude: string;
  columns: string;
  categorical: string;
  maxColumns: string;
}

const hintsOfOptions: CsvHints = {
  missing: "missing: 'nan' or 'dropRows' takes such files",
  categories: "categories: 'oneHot' takes such columns, exclude leaves one out",
  target: 'target = ',
  exclude: 'exclude: ',
  columns: 'columns: ',
  categorical: 'categorical: ',
  maxColumns: 'maxColumns raises that',
};

const options = [
  ...[
    'delimiter',
    'header',
    'target',
    'columns',
    'exclude',
    'missing',
    'missingTexts',
    'categories',
    'categorical',
    'dropFirst',
    'levels',
    'maxLevels',
    'part',
  ],
  ...['signal', 'maxBytes', 'maxRows', 'maxColumns'],
];

/**
 * A table in a text file, plain or gzip: values parted by commas, semicolons or tabs, quoted where need be (RFC 4180).
 *
 * ```js
 * const train = await readCsv('train.csv', { target: 'price', categories: 'oneHot', missing: 'dropRows' });
 * const test = await readCsv('test.csv', { target: 'price', categories: 'oneHot', levels: train.levels });
 * ```
 *
 * Numbers are decimal, with a point. Rows are counted from 1 in messages, without the line of names.
 *
 * @throws SyntaxError or RangeError where the file is not as it should be, with its name, the row and the column; TypeError of an option;
 * {@link SolverError} `OUT_OF_MEMORY` where what it holds needs more than `maxBytes`; the error of Node where it cannot be read.
 */
export async function readCsv(
  path: string | URL,
  options: ReadCsvOptions & { target: TimesTarget },
): Promise<CsvData<TableTimes> & { y: TableTimes }>;
export async function readCsv(
  path: string | URL,
  options: ReadCsvOptions & { target: string },
): Promise<CsvData & Required<Pick<CsvData, 'y'>>>;
export async function readCsv(
  path: string | URL,
  options?: ReadCsvOptions & { target?: string | undefined },
): Promise<CsvData>;
export async function readCsv(path: string | URL, options?: ReadCsvOptions): Promise<CsvData<TableResponses>>;
export async function readCsv(path: string | URL, options: ReadCsvOptions = {}): Promise<CsvData<TableResponses>> {
  return readCsvWith(path, checked(options), hintsOfOptions);
}

/** {@link readCsv} for a caller whose options have other names; they are not checked. */
export async function readCsvWith(
  path: string | URL,
  options: ReadCsvOptions,
  hints: CsvHints,
): Promise<CsvData<TableResponses>> {
  const { part, signal } = options;
  let { levels } = options;
  if (hasCategories(options) && !levels) {
    levels = await parseFile(path, signal, (name, chunks) => findLevels(name, chunks, options, hints));
  }
  const first = part ? await firstLine(path, signal) : undefined;
  const parse = async (name: string, chunks: Chunks): Promise<CsvData<TableResponses>> => {
    const table = new TableReader(name, options, hints, levels);
    if (part && first) {
      const lines = linesOfPart(name, part.rank > 0 ? first : undefined, chunks);
      await eachRow(name, lines, options, hints.maxColumns, (row) => {
        if (row.some((text) => text.includes('\n'))) throw cutWithin(name);
        table.add(row, part.rank > 0);
      });
    } else {
      await eachRow(name, chunks, options, hints.maxColumns, (row) => table.add(row));
    }
    return table.finish();
  };
  return parseFile(path, signal, parse, part);
}

/** Returns true if columns may be categories. */
const hasCategories = ({ categories = 'refuse', categorical = [] }: ReadCsvOptions): boolean =>
  categories !== 'refuse' || categorical.length > 0;

/** Rows are cut at ends of lines, which are ends of rows only where no value has one. */
const cutWithin = (name: string): SyntaxError =>
  new SyntaxError(`${name}: a value has an end of a line within quotes: expected none in parts of a file`);

/** The lines of a part, behind the first one of the file if that is given. A quote that is open at the end is of a value that is cut. */
async function* linesOfPart(name: string, first: Uint8Array | undefined, chunks: Chunks): AsyncGenerator<Uint8Array> {
  let open = false;
  const look = (bytes: Uint8Array): Uint8Array => {
    for (const byte of bytes) if (byte === QUOTE) open = !open;
    return bytes;
  };
  if (first) yield look(first);
  if (open) throw cutWithin(name);
  for await (const chunk of chunks) yield look(chunk);
  if (open) throw cutWithin(name);
}

const QUOTE = 34;

function checked(given: ReadCsvOptions): ReadCsvOptions {
  const { delimiter, header, target, missing, categories, dropFirst, levels, maxLevels } = checkMembers(
    'options',
    given,
    options,
    'option',
  );
  checkLimits({ ...given, ...(maxLevels !== undefined && { maxRows: maxLevels }) });
  if (
    delimiter !== undefined &&
    (typeof delimiter !== 'string' || delimiter.length !== 1 || /["\r\n]/.test(delimiter))
  ) {
    throw typeError(`delimiter = ${show(delimiter)}: expected one character, no quote and no end of a line`);
  }
  if (header !== undefined && typeof header !== 'boolean') checkTexts('header', header);
  if (target !== undefined) checkTarget(target);
  for (const name of ['columns', 'exclude', 'missingTexts', 'categorical'] as const) {
    if (given[name] !== undefined) checkTexts(name, given[name]);
  }
  if (dropFirst !== undefined) checkBoolean('dropFirst', dropFirst);
  if (missing !== undefined) checkOneOf('missing', missing, ['refuse', 'nan', 'dropRows']);
  if (categories !== undefined) checkOneOf('categories', categories, ['refuse', 'oneHot', 'codes']);
  if (levels !== undefined) {
    for (const [name, value] of Object.entries(checkObject('levels', levels))) checkTexts(`levels.${name}`, value);
    if (!hasCategories(given))
      throw typeError("levels: expected categories: 'oneHot' or 'codes', or categorical, with them");
  }
  if (checkPart('part', given.part) && hasCategories(given) && levels === undefined) {
    throw typeError('levels = undefined: expected those of all parts, of which a part knows its own alone');
  }
  return given;
}

function checkTexts(name: string, value: unknown): asserts value is readonly string[] {
  if (!isList(value)) throw typeError(`${name} = ${show(value)}: expected an array of strings`);
  const k = Array.from(value).findIndex((each) => typeof each !== 'string');
  if (k >= 0) throw typeError(`${name}[${k}] = ${show(value[k])}: expected a string`);
}

/** The columns of a file: their names, which are y, and which are x. */
interface Head {
  all: string[];
  target: number[];
  features: number[];
  /** True if the line it was read from is also a row. */
  isRow: boolean;
}

/** The places of columns by their names, the first of each, and the names that several have. */
function placesOf(names: readonly string[]): { places: ReadonlyMap<string, number>; twice: ReadonlySet<string> } {
  const places = new Map<string, number>();
  const twice = new Set<string>();
  for (const [j, name] of names.entries()) {
    if (places.has(name)) twice.add(name);
    else places.set(name, j);
  }
  return { places, twice };
}

/** The names of all columns by the first line and the options, and if that line is also a row. */
function namesOf(file: string, first: readonly string[], given: ReadCsvOptions): Pick<Head, 'all' | 'isRow'> {
  const { header = true } = given;
  const values = new Values(given);
  const isRow = header !== true;
  if (!isRow && first.every((text) => values.number(text) !== undefined)) {
    throw new SyntaxError(
      `${file}: the first line has numbers: expected names of columns; header: false is for files without`,
    );
  }
  const all = isRow
    ? header === false
      ? first.map((_, j) => `x${j + 1}`)
      : Array.from(header as readonly string[])
    : first.map((name) => name.trim());
  if (all.length !== first.length) {
    throw rangeError(`${file}: header: expected ${first.length} names, one for each column, got ${all.length}`);
  }
  return { all, isRow };
}

/** The columns by the first line and the options. */
function headOf(file: string, first: readonly string[], given: ReadCsvOptions, hints: CsvHints): Head {
  const { columns, exclude = [] } = given;
  const { all, isRow } = namesOf(file, first, given);
  const { places, twice } = placesOf(all);
  const placeOf = (option: string, name: string): number => {
    const place = places.get(name);
    if (place === undefined) {
      const meant = closest(name, all);
      const hint = meant === undefined ? '' : `; did you mean ${quoted(meant)}?`;
      throw rangeError(`${option}${visible(name)}: there is no such column${hint}; the columns are ${shortList(all)}`);
    }
    if (twice.has(name)) {
      throw rangeError(`${option}${visible(name)}: ${file} has two columns of that name`);
    }
    return place;
  };
  const target = columnsOfTarget(given.target).map((name) => placeOf(hints.target, name));
  const out = new Set([...target, ...exclude.map((name) => placeOf(hints.exclude, name))]);
  const features = columns
    ? columns.map((name) => placeOf(hints.columns, name))
    : [...all.keys()].filter((j) => !out.has(j));
  const other = given.categorical?.find((name) => !features.includes(placeOf(hints.categorical, name)));
  if (other !== undefined) throw rangeError(`${hints.categorical}${visible(other)}: expected a column of x`);
  return { all, target, features, isRow };
}

/** A text of a file in a message: of any length, and with any characters. */
const quoted = (text: string): string => visible(show(text));

/** The first names of columns, for messages. */
export function shortList(names: readonly string[]): string {
  const most = 12;
  const shown = names.slice(0, most).map((name) => quoted(name));
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
}

/** The levels of the columns that have a text, in order. */
async function findLevels(file: string, chunks: Chunks, given: ReadCsvOptions, hints: CsvHints): Promise<Levels> {
  const { maxLevels = 1000, categories = 'refuse', categorical: named = [] } = given;
  const values = new Values(given);
  const memory = new HeapMemory(given.maxBytes);
  let head: Head | undefined;
  const texts = new Map<number, Set<string>>();
  const categorical = new Set<number>();
  await eachRow(file, chunks, given, hints.maxColumns, (row) => {
    if (head === undefined) {
      head = headOf(file, row, given, hints);
      for (const j of head.features) if (named.includes(head.all[j] as string)) categorical.add(j);
      if (!head.isRow) return;
    }
    for (const j of head.features) {
      if (categories === 'refuse' && !categorical.has(j)) continue;
      const text = row[j];
      if (text === undefined || values.isMissing(text)) continue;
      const found = texts.get(j) ?? new Set();
      texts.set(j, found);
      const level = text.trim();
      if (found.size <= maxLevels && !found.has(level)) found.add(memory.keep(file, 'levels', level));
      if (!categorical.has(j) && values.number(text) === undefined) categorical.add(j);
      if (categorical.has(j) && found.size > maxLevels) {
        const column = quoted(head.all[j] as string);
        throw rangeError(
          `${file}: column ${column} has more than maxLevels = ${maxLevels} levels; ${hints.exclude}leaves it out`,
        );
      }
    }
  });
  const { all = [] } = head ?? {};
  return Object.fromEntries([...categorical].map((j) => [all[j] as string, inOrder(texts.get(j))]));
}

/** Levels by their numbers if all of them are numbers, else by their texts. */
function inOrder(texts: Iterable<string> = []): string[] {
  const levels = distinct([...texts]) as string[];
  return levels.every((text) => decimal.test(text)) ? levels.sort((a, b) => Number(a) - Number(b)) : levels;
}

/** A column of x as it is read. */
interface Column {
  at: number;
  name: string;
  /** Places of the levels; `undefined` of a column of numbers. */
  places: ReadonlyMap<string, number> | undefined;
}

class TableReader {
  readonly #file: string;
  readonly #given: ReadCsvOptions;
  readonly #hints: CsvHints;
  readonly #levels: Levels;
  readonly #values: Values;
  readonly #memory: Memory;
  readonly #data: Growing<Float64Array>;
  readonly #maxRows: number;
  #head: Head | undefined;
  #columns: Column[] = [];
  #width = 0;
  #row = 0;
  #responses: Responses | undefined;
  readonly #dropped: number[] = [];
  /** The bytes of the responses and of the numbers of dropped rows. */
  readonly #lists: HeapMemory;

  constructor(file: string, given: ReadCsvOptions, hints: CsvHints, levels: Levels = {}) {
    this.#file = file;
    this.#given = given;
    this.#hints = hints;
    this.#levels = levels;
    this.#values = new Values(given);
    this.#memory = new Memory(given.maxBytes);
    this.#data = new Growing(Float64Array, 'values', this.#memory);
    this.#lists = new HeapMemory(given.maxBytes);
    this.#maxRows = checkLimits(given).maxRows;
  }

  /** `ofHead`: the first row is here for its columns alone. */
  add(row: readonly string[], ofHead = false): void {
    const head = this.#head ?? this.#begin(row);
    // The first row may be the line of names.
    if (this.#head === undefined) {
      this.#head = head;
      if (!head.isRow || ofHead) return;
    }
    const { all, target } = head;
    const place = `${this.#file}, row ${++this.#row}`;
    if (row.length !== all.length) {
      throw new SyntaxError(
        `${place}: expected ${all.length} values, as many as the first line has, got ${row.length}`,
      );
    }
    if (this.#row - this.#dropped.length > this.#maxRows) {
      throw rangeError(`${place}: more rows than maxRows = ${this.#maxRows}`);
    }
    const lacks = this.#lacking(row);
    if (lacks >= 0 && this.#given.missing === 'dropRows') {
      this.#dropped.push(this.#row);
      this.#lists.take(place, 'rows that are dropped', 8);
      return;
    }
    if (lacks >= 0 && (target.includes(lacks) || this.#given.missing !== 'nan')) this.#refuseMissing(place, lacks);
    this.#responses?.add(place, row);
    for (const column of this.#columns) this.#push(place, column, row[column.at] as string);
  }

  async finish(): Promise<CsvData<TableResponses>> {
    if (this.#head === undefined) throw new SyntaxError(`${this.#file}: the file is empty`);
    const rows = this.#row - this.#dropped.length;
    const data = await this.#data.joined(this.#file, this.#given.signal);
    const names = this.#columns.flatMap((column) =>
      this.#isOneHot(column)
        ? [...column.places.keys()].slice(this.#first).map((level) => `${column.name}=${level}`)
        : [column.name],
    );
    const levels = this.#columns.flatMap(({ name, places }) => (places ? [[name, [...places.keys()]] as const] : []));
    return {
      ...{
        x: { data, rows, columns: this.#width },
        names,
        groups: Int32Array.from(this.#columns.flatMap((column, k) => new Array<number>(this.#widthOf(column)).fill(k))),
        levels: Object.fromEntries(levels) as Record<string, string[]>,
        dropped: this.#dropped,
      },
      ...(this.#responses && { y: await this.#responses.finish(this.#file, this.#given.signal) }),
    };
  }

  /** Takes the columns from the first line: names, or a row. */
  #begin(row: readonly string[]): Head {
    const head = headOf(this.#file, row, this.#given, this.#hints);
    const { target } = this.#given;
    if (target !== undefined) {
      const tools = { values: this.#values, memory: this.#memory, lists: this.#lists };
      this.#responses = responsesOf(target, head.target, tools);
    }
    this.#columns = head.features.map((at) => {
      const name = head.all[at] as string;
      const levels = Object.hasOwn(this.#levels, name) ? this.#levels[name] : undefined;
      return { at, name, places: levels && new Map(levels.map((level, k) => [level, k])) };
    });
    this.#width = this.#columns.reduce((total, column) => total + this.#widthOf(column), 0);
    const { maxColumns = usualColumns } = this.#given;
    if (this.#width > maxColumns) {
      const hint = this.#given.maxColumns === undefined ? `; ${this.#hints.maxColumns}` : '';
      throw rangeError(`${this.#file}: ${this.#width} columns are more than maxColumns = ${maxColumns}${hint}`);
    }
    return head;
  }

  /** Returns true if each level of a column has a column of its own, but the first where it is dropped. */
  #isOneHot(column: Column): column is Column & { places: ReadonlyMap<string, number> } {
    return column.places !== undefined && this.#given.categories !== 'codes';
  }

  /** The first level that has a column. */
  get #first(): 0 | 1 {
    return this.#given.dropFirst ? 1 : 0;
  }

  /** How many columns of x a column of the file becomes. */
  #widthOf(column: Column): number {
    return this.#isOneHot(column) ? Math.max(0, column.places.size - this.#first) : 1;
  }

  /** The first column that is read and has no value in a row; -1 where there is none. */
  #lacking(row: readonly string[]): number {
    const lacks = (this.#head as Head).target.find((at) => this.#values.isMissing(row[at] as string));
    if (lacks !== undefined) return lacks;
    return this.#columns.find(({ at }) => this.#values.isMissing(row[at] as string))?.at ?? -1;
  }

  #refuseMissing(place: string, at: number): never {
    const { all, target } = this.#head as Head;
    const column = `${place}: column ${quoted(all[at] as string)}`;
    if (target.includes(at)) throw rangeError(`${column}, the target, has no value`);
    throw rangeError(`${column} has no value; ${this.#hints.missing}`);
  }

  /** Adds what a value becomes: a number, or those of the columns of its levels. */
  #push(place: string, column: Column, text: string): void {
    const { name, places } = column;
    if (places === undefined) {
      const value = this.#values.number(text);
      if (value === undefined) {
        const said = `column ${quoted(name)}: ${quoted(text)} is no number`;
        throw new SyntaxError(`${place}: ${said}; ${this.#hints.categories}`);
      }
      this.#data.push(place, value);
      return;
    }
    const missing = this.#values.isMissing(text);
    const level = missing ? Number.NaN : places.get(text.trim());
    if (level === undefined) {
      const said = `column ${quoted(name)}: ${quoted(text)} is none of its levels`;
      throw rangeError(`${place}: ${said}, which are ${shortList([...places.keys()])}`);
    }
    if (!this.#isOneHot(column)) this.#data.push(place, level);
    else
      for (let k = this.#first; k < places.size; ++k) {
        this.#data.push(place, missing ? Number.NaN : Number(k === level));
      }
  }
}
