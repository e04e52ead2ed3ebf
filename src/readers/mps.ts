// Linear and quadratic programs in .mps and .qps files, in the free and the fixed form.
import { closest } from '../core/check.js';
import { SolverError } from '../core/error.js';
import type { SparseMatrix } from '../core/matrix.js';
import { type Chunks, parseBlocks } from './file.js';
import { checkLimits } from './limits.js';
import type { ReadOptions } from './matrixMarket.js';
import { HeapMemory, Memory } from './memory.js';
import { fieldsOf, wordsOf } from './mpsFields.js';
import { MpsLine, quoted } from './mpsLine.js';
import { MpsEntries, type RefuseEntry } from './mpsMatrices.js';
import { Columns, Rows } from './mpsParts.js';
import { LF, type Scanner } from './scanner.js';
import { inSlices } from './slices.js';

export interface ReadMpsOptions extends ReadOptions {
  /** True if integer columns are read as any numbers between their bounds; otherwise they are refused. Default false. */
  relaxIntegers?: boolean | undefined;
}

/** min or max 1/2 x^T Q x + c^T x + constant, atLeast <= G x <= atMost, lower <= x <= upper, as a file states it. */
export interface MpsData {
  name: string;
  maximize: boolean;
  /** Absent for a linear program. */
  Q?: SparseMatrix;
  c: Float64Array;
  constant: number;
  G: SparseMatrix;
  atLeast: Float64Array;
  atMost: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  columnNames: string[];
  rowNames: string[];
  /** Parts that are left out, relaxed or set by a convention, in words. */
  notes: string[];
}

export async function parseMps(name: string, chunks: Chunks, options: ReadMpsOptions): Promise<MpsData> {
  const sections = new Sections(options);
  const text = await parseBlocks(name, chunks, 'line', (text) => sections.read(text));
  return sections.finish(text);
}

/** Numbers from here on are none, as everywhere in the package. */
const huge = 1e19;

/** The places of rows that are no constraints. */
const [objectiveRow, leftOut] = [-1, -2];

/** The most names: a Map has no more entries. */
const mostNames = 2 ** 24 - 1;

/** safeguard: names of sets that are noted. */
const mostSets = 10;

/** About the bytes of a name's entry in a Map and of the numbers in lists that belong to it. */
const bytesOfName = 128;

/** Sections that state what no quadratic program has, and what that is. */
const foreign: Readonly<Record<string, string>> = {
  SOS: 'special ordered sets',
  SOS1: 'special ordered sets',
  SOS2: 'special ordered sets',
  SETS: 'special ordered sets',
  QCMATRIX: 'quadratic constraints',
  CSECTION: 'cones',
  INDICATORS: 'indicator constraints',
  GENCONS: 'general constraints',
  PWLOBJ: 'a piecewise linear objective',
  LAZYCONS: 'lazy constraints',
  USERCUTS: 'cuts',
};

const known = [
  ...['NAME', 'OBJSENSE', 'OBJNAME', 'ROWS', 'COLUMNS', 'RHS', 'RANGES', 'BOUNDS'],
  ...['QUADOBJ', 'QSECTION', 'QMATRIX', 'ENDATA'],
];

type Take = (words: readonly string[]) => void;

class Sections {
  readonly #options: ReadMpsOptions;
  readonly #maxRows: number;
  readonly #maxColumns: number;
  readonly #line = new MpsLine();
  readonly #memory: Memory;
  readonly #heap: HeapMemory;
  readonly #rows = new Rows();
  readonly #columns = new Columns();
  readonly #entries: MpsEntries;
  readonly #quadratic: MpsEntries;
  #take: Take | undefined;
  #fixed = false;
  #ended = false;
  #name = '';
  #maximize = false;
  #objectiveName: string | undefined;
  #objectiveFound = false;
  #freeRows = 0;
  #constant: number | undefined;
  /** True in columns that are marked as integers. */
  #integers = false;
  /** The last column with a cost. */
  #costColumn = -1;
  #bothTriangles: boolean | undefined;
  /** The name of the set that counts in RHS, RANGES and BOUNDS, and those that do not. */
  readonly #sets = new Map<string, string>();
  readonly #otherSets = new Set<string>();

  constructor(options: ReadMpsOptions) {
    this.#options = options;
    ({ maxRows: this.#maxRows, maxColumns: this.#maxColumns } = checkLimits(options));
    this.#memory = new Memory(options.maxBytes);
    this.#heap = new HeapMemory(options.maxBytes);
    this.#entries = new MpsEntries(this.#memory);
    this.#quadratic = new MpsEntries(this.#memory);
  }

  read(text: Scanner): void {
    this.#line.text = text;
    while (!this.#ended && text.position < text.bytes.length) {
      const line = text.text('utf8', text.position, text.bytes.indexOf(LF, text.position));
      if (!line.startsWith('*')) this.#readLine(line);
      if (!this.#ended) text.nextLine();
    }
  }

  #readLine(line: string): void {
    const words = wordsOf(line);
    if (words.length === 0) return;
    if (/^[^ \t\r]/.test(line)) this.#begin(words);
    else if (!this.#take)
      throw this.#line.wrong(`${quoted(line.trim())}: expected the name of a section, from column 1 on`);
    else if (this.#fixed) this.#take(fieldsOf(line) ?? words);
    else this.#takeEither(words, line);
  }

  /** Takes a line in the free form, or, where that fails, in the fixed one. */
  #takeEither(words: readonly string[], line: string): void {
    try {
      this.#take?.(words);
    } catch (error) {
      // Names with blanks are there in the fixed form alone, which all further lines have then.
      const fields = fieldsOf(line);
      if (!fields || !succeeds(() => this.#take?.(fields))) throw error;
      this.#fixed = true;
    }
  }

  #begin([word = '', ...rest]: readonly string[]): void {
    const section = word.toUpperCase();
    const takes: Record<string, Take> = {
      OBJSENSE: (words) => this.#takeSense(words),
      OBJNAME: (words) => this.#takeObjectiveName(words),
      ROWS: (words) => this.#takeRow(words),
      COLUMNS: (words) => this.#takeColumn(words),
      RHS: (words) => this.#takeRight(words),
      RANGES: (words) => this.#takeRange(words),
      BOUNDS: (words) => this.#takeBound(words),
      QUADOBJ: (words) => this.#takeQuadratic(words),
      QSECTION: (words) => this.#takeQuadratic(words),
      QMATRIX: (words) => this.#takeQuadratic(words),
    };
    this.#line.section = section;
    this.#take = Object.hasOwn(takes, section) ? takes[section] : undefined;
    if (section === 'NAME') this.#name = rest.join(' ');
    else if (section === 'ENDATA') this.#ended = true;
    else if (section === 'OBJSENSE' && rest.length > 0) this.#takeSense(rest);
    else if (section.startsWith('Q') && this.#take) this.#beginQuadratic(section, rest);
    else if (Object.hasOwn(foreign, section)) throw this.#line.unsupported(`${section}: ${foreign[section]}`);
    else if (!this.#take) {
      const near = closest(section, known);
      const hint = near === undefined ? '' : `; is ${near} meant?`;
      throw this.#line.wrong(`${quoted(word)}: is no section, and lines of data begin with a blank${hint}`);
    }
  }

  #beginQuadratic(section: string, [row]: readonly string[]): void {
    if (row !== undefined && this.#rowOf(row) !== objectiveRow)
      throw this.#line.unsupported(`${section} ${quoted(row)}: quadratic constraints`);
    const bothTriangles = section === 'QMATRIX';
    if (this.#quadratic.length > 0 && this.#bothTriangles !== bothTriangles)
      throw this.#line.wrong(`${section}: expected no second section of the matrix of the objective`);
    this.#bothTriangles = bothTriangles;
  }

  #takeSense(words: readonly string[]): void {
    const [word = ''] = words;
    const sense = /^(min|max)(imi[sz]e|imum)?$/i.exec(word)?.[1]?.toLowerCase();
    if (sense === undefined || words.length > 1)
      throw this.#line.wrong(`${quoted(words.join(' '))}: expected MIN or MAX`);
    this.#maximize = sense === 'max';
  }

  #takeObjectiveName(words: readonly string[]): void {
    if (words.length !== 1) throw this.#line.misfit('the name of a row');
    if (this.#rows.places.size > 0) throw this.#line.wrong('OBJNAME: expected it before ROWS');
    this.#objectiveName = words[0];
  }

  #takeRow(words: readonly string[]): void {
    const [type = '', name = ''] = [words[0]?.toUpperCase(), words[1]];
    if (words.length !== 2 || !/^[NLGE]$/.test(type)) throw this.#line.misfit('N, L, G or E and the name of a row');
    const { places, names } = this.#rows;
    if (places.has(name)) throw this.#line.wrong(`row ${quoted(name)}: is there twice`);
    if (names.length >= this.#maxRows) throw this.#line.tooMany('rows', 'maxRows', this.#maxRows);
    const own = this.#keep(places, name);
    if (type !== 'N') this.#rows.add(own, type);
    else if (this.#objectiveFound || (this.#objectiveName !== undefined && name !== this.#objectiveName)) {
      places.set(own, leftOut);
      ++this.#freeRows;
    } else {
      places.set(own, objectiveRow);
      this.#objectiveFound = true;
    }
  }

  #takeColumn(words: readonly string[]): void {
    if (words[1] === "'MARKER'") {
      this.#takeMarker(words);
      return;
    }
    const [name = '', ...rest] = words;
    const entries = this.#line
      .pairs(rest, 'the name of a column and one or two rows, each with a number')
      .map(([row, value]) => [this.#rowOf(row), this.#line.finite(row, value)] as const);
    const j = this.#columnFor(name);
    for (const [i, value] of entries) {
      if (i === objectiveRow) {
        if (this.#costColumn === j) throw this.#line.wrong(`column ${quoted(name)}: the objective is there twice`);
        this.#columns.costs[j] = value;
        this.#costColumn = j;
      } else if (i !== leftOut) this.#entries.push(this.#line.text, i, j, value);
    }
  }

  #takeMarker(words: readonly string[]): void {
    const kind = words[2];
    if (words.length !== 3 || (kind !== "'INTORG'" && kind !== "'INTEND'"))
      throw this.#line.unsupported(`${quoted(words.join(' '))}: markers other than 'INTORG' and 'INTEND'`);
    this.#integers = kind === "'INTORG'";
  }

  /** The place of the column that a line of COLUMNS is of: the last one, or a new one. */
  #columnFor(name: string): number {
    const { places, names, integer } = this.#columns;
    const last = names.length - 1;
    if (last >= 0 && names[last] === name) return last;
    if (places.has(name)) throw this.#line.wrong(`column ${quoted(name)}: goes on behind another column`);
    if (names.length >= this.#maxColumns) throw this.#line.tooMany('columns', 'maxColumns', this.#maxColumns);
    if (this.#integers) this.#requireRelaxed(name);
    const j = this.#columns.add(this.#keep(places, name));
    integer[j] = this.#integers;
    return j;
  }

  #takeRight(words: readonly string[]): void {
    const { types, right } = this.#rows;
    for (const [row, value] of this.#vector(words)) {
      const i = this.#rowOf(row);
      const before = i === objectiveRow ? this.#constant : right[i];
      if (before !== undefined) throw this.#line.wrong(`row ${quoted(row)}: is there twice`);
      if (i === objectiveRow) this.#constant = 0 - this.#line.finite(row, value);
      else if (i !== leftOut) {
        const none = types[i] === 'L' ? value >= huge : types[i] === 'G' && value <= -huge;
        if (!none && Math.abs(value) >= huge) throw this.#line.notFinite(row, value);
        right[i] = none ? value * Number.POSITIVE_INFINITY : value;
      }
    }
  }

  #takeRange(words: readonly string[]): void {
    const { ranges } = this.#rows;
    for (const [row, value] of this.#vector(words)) {
      const i = this.#rowOf(row);
      if (i === objectiveRow) throw this.#line.wrong(`row ${quoted(row)}: is the objective, which has no range`);
      if (i === leftOut) continue;
      if (ranges[i] !== undefined) throw this.#line.wrong(`row ${quoted(row)}: is there twice`);
      ranges[i] = Math.abs(value) < huge ? value : value * Number.POSITIVE_INFINITY;
    }
  }

  /** The rows and numbers of a line of RHS or RANGES, whose set may have a name; none of a set that does not count. */
  #vector(words: readonly string[]): [string, number][] {
    const named = words.length % 2;
    const pairs = this.#line.pairs(words.slice(named), 'one or two rows, each with a number');
    for (const [row] of pairs) this.#rowOf(row);
    return this.#counts(named ? (words[0] as string) : '') ? pairs : [];
  }

  #takeBound(words: readonly string[]): void {
    const kind = (words[0] as string).toUpperCase();
    const { set, column, value } = this.#boundOf(kind, words.slice(1));
    if (!this.#counts(set)) return;
    if (kind === 'SC') throw this.#line.unsupported(`column ${quoted(column)}: semi-continuous columns`);
    const { places, lower, upper, lowerGiven, upperGiven, integer } = this.#columns;
    const j = places.get(column) as number;
    if (/^(BV|LI|UI)$/.test(kind)) {
      this.#requireRelaxed(column);
      integer[j] = true;
    }
    if (/^(LO|LI|FX|FR|MI|BV)$/.test(kind)) {
      lower[j] = kind === 'BV' ? 0 : (value ?? Number.NEGATIVE_INFINITY);
      lowerGiven[j] = true;
    }
    if (/^(UP|UI|FX|FR|PL|BV)$/.test(kind)) {
      upper[j] = kind === 'BV' ? 1 : (value ?? Number.POSITIVE_INFINITY);
      upperGiven[j] = true;
    }
  }

  /** The set and the column of a line of BOUNDS, and its number where the kind of the bound has one. */
  #boundOf(kind: string, rest: readonly string[]): { set: string; column: string; value?: number } {
    const { places } = this.#columns;
    const valued = /^(UP|LO|FX|LI|UI|SC)$/.test(kind);
    if (!valued && !/^(FR|MI|PL|BV)$/.test(kind))
      throw this.#line.wrong(`${quoted(kind)}: expected one of UP, LO, FX, FR, MI, PL, BV, LI, UI`);
    // The set may have no name. A number behind FR, MI, PL or BV has no meaning.
    const named = valued ? rest.length > 2 : rest.length > 1 && places.has(rest[1] as string);
    const [column = '', word, ...more] = rest.slice(Number(named));
    if (more.length > 0 || (valued && word === undefined))
      throw this.#line.misfit(`${kind}, a column${valued ? ' and a number' : ''}`);
    if (!places.has(column)) throw this.#line.wrong(`column ${quoted(column)}: is not in COLUMNS`);
    const set = named ? (rest[0] as string) : '';
    if (!valued) return { set, column };
    const value = this.#line.number(column, word as string);
    const none = /^U/.test(kind) ? value >= huge : /^L/.test(kind) && value <= -huge;
    if (!none && Math.abs(value) >= huge) throw this.#line.notFinite(column, value);
    return { set, column, value };
  }

  #takeQuadratic([name = '', ...rest]: readonly string[]): void {
    const j = this.#columnOf(name);
    const entries = this.#line
      .pairs(rest, 'a column and one or two others, each with a number')
      .map(([other, value]) => [this.#columnOf(other), this.#line.finite(other, value)] as const);
    for (const [i, value] of entries) {
      this.#quadratic.push(this.#line.text, i, j, value);
      if (!this.#bothTriangles && i !== j) this.#quadratic.push(this.#line.text, j, i, value);
    }
  }

  async finish(text: Scanner): Promise<MpsData> {
    this.#line.text = text;
    const [rows, columns] = [this.#rows, this.#columns];
    if (!this.#ended) throw this.#line.wrong('ends without ENDATA, so that a part may be missing');
    if (columns.names.length === 0) throw this.#line.wrong('has no columns');
    if (this.#objectiveName !== undefined && !this.#objectiveFound)
      throw this.#line.wrong(`OBJNAME ${quoted(this.#objectiveName)}: there is no such row of type N`);
    const opened = columns.followConventions();
    const [atLeast, atMost] = await this.#sides('row', rows.names, (i) => rows.sides(i));
    const [lower, upper] = await this.#sides('column', columns.names, (j) => columns.bounds(j));
    const { signal } = this.#options;
    const where = { place: text.place(), memory: this.#memory, signal };
    const sizes = { rows: rows.names.length, columns: columns.names.length };
    const square = { rows: sizes.columns, columns: sizes.columns };
    return {
      name: this.#name,
      maximize: this.#maximize,
      ...(this.#quadratic.length > 0 && {
        Q: await this.#quadratic.compressed(where, square, this.#bothTriangles === true, (...given) =>
          this.#refuseQuadratic(...given),
        ),
      }),
      c: Float64Array.from(columns.costs),
      constant: this.#constant ?? 0,
      G: await this.#entries.compressed(where, sizes, false, (_, ...given) => this.#refuseEntry(...given)),
      ...{ atLeast, atMost, lower, upper },
      ...{ columnNames: columns.names, rowNames: rows.names },
      notes: this.#notes(opened),
    };
  }

  /** Lower and upper sides of all rows or columns, infinite from 1e19 on. */
  async #sides(
    kind: 'row' | 'column',
    names: readonly string[],
    sidesOf: (k: number) => readonly [number, number],
  ): Promise<[Float64Array, Float64Array]> {
    const { length } = names;
    const made = () => [new Float64Array(length), new Float64Array(length)] as [Float64Array, Float64Array];
    const sides = this.#memory.allocate(this.#line.text.place(), `sides of ${length} ${kind}s`, 16 * length, made);
    const [lower, upper] = sides;
    await inSlices(length, this.#options.signal, (from, to) => {
      for (let k = from; k < to; ++k) {
        const [low, high] = sidesOf(k);
        if (!(low <= high && low < huge && high > -huge))
          throw this.#line.wrong(`${kind} ${quoted(names[k] as string)}: its sides are ${low} and ${high}`);
        lower[k] = low <= -huge ? Number.NEGATIVE_INFINITY : low;
        upper[k] = high >= huge ? Number.POSITIVE_INFINITY : high;
      }
    });
    return sides;
  }

  #notes(opened: number): string[] {
    const integers = this.#columns.integer.filter(Boolean).length;
    return [
      ...(this.#freeRows > 0 ? [`${several(this.#freeRows, 'free row')} left out`] : []),
      ...[...this.#otherSets].map((set) => `${set} is left out, as another one is before it`),
      ...(integers > 0 ? [`${several(integers, 'integer column')} relaxed`] : []),
      ...(opened > 0
        ? [`${several(opened, 'column')} free below, with an upper bound below 0 and no lower one in the file`]
        : []),
    ];
  }

  #refuseEntry(line: number, row: number, column: number): never {
    const [i, j] = [quoted(this.#rows.names[row] as string), quoted(this.#columns.names[column] as string)];
    throw this.#line.wrong(`column ${j}: row ${i} is there twice`, line);
  }

  #refuseQuadratic(...[what, line, row, column]: Parameters<RefuseEntry>): never {
    const { names } = this.#columns;
    const entry = `${quoted(names[column] as string)} ${quoted(names[row] as string)}`;
    const expected = this.#bothTriangles
      ? 'expected both triangles, each entry once'
      : 'expected one triangle, each entry once';
    const found = what === 'twice' ? 'is there twice' : 'has no equal one in the other triangle';
    throw this.#line.wrong(`${entry}: ${found}; ${expected}`, line);
  }

  #rowOf(name: string): number {
    const place = this.#rows.places.get(name);
    if (place === undefined) throw this.#line.wrong(`row ${quoted(name)}: is not in ROWS`);
    return place;
  }

  #columnOf(name: string): number {
    const place = this.#columns.places.get(name);
    if (place === undefined) throw this.#line.wrong(`column ${quoted(name)}: is not in COLUMNS`);
    return place;
  }

  /** Returns true if a set of the present section counts: the first one does. */
  #counts(set: string): boolean {
    const first = this.#sets.get(this.#line.section);
    if (first === undefined) this.#sets.set(this.#line.section, set);
    const counts = first === undefined || first === set;
    if (!counts && this.#otherSets.size < mostSets) this.#otherSets.add(`${this.#line.section} ${quoted(set)}`);
    return counts;
  }

  /** A name to keep, with memory for it and its numbers. */
  #keep(places: ReadonlyMap<string, unknown>, name: string): string {
    const place = this.#line.text.place();
    if (places.size >= mostNames) throw new SolverError('TOO_LARGE', `${place}: more than ${mostNames} names`);
    this.#heap.take(place, 'names', bytesOfName);
    return this.#heap.keep(place, 'names', name);
  }

  #requireRelaxed(name: string): void {
    if (this.#options.relaxIntegers) return;
    const peer =
      'highs of npm solves integer programs; relaxIntegers takes integers for any numbers between their bounds';
    throw this.#line.unsupported(`column ${quoted(name)}: integers`, `; ${peer}`);
  }
}

const several = (count: number, what: string): string => `${count} ${what}${count === 1 ? ' is' : 's are'}`;

function succeeds(run: () => void): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
