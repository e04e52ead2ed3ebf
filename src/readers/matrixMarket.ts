import { rangeError } from '../core/argumentError.js';
import { checkMembers } from '../core/check.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { checkPart, type Part } from '../core/ranks.js';
import { type Place, Triplets } from './compress.js';
import { type Chunks, parseBlocks, parseFile } from './file.js';
import { checkLimits, type Limits } from './limits.js';
import { Memory } from './memory.js';
import { isBlank, LF, type Scanner } from './scanner.js';

export interface ReadOptions extends Limits {
  /** Ends the reading: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Most bytes of memory that reading may take. Default: nine tenths of what is available when it begins. */
  maxBytes?: number | undefined;
}

export interface ReadMatrixMarketOptions extends ReadOptions {
  /**
   * A part of the rows: number `rank` of `size` parts of about as many, such as `await world()`. The file is read whole, as entries are in any
   * order, and what is not of these rows passed over. Default: all.
   */
  part?: Part | undefined;
}

/**
 * The matrix of a MatrixMarket file, plain or gzip: `coordinate` as a {@link SparseMatrix} by columns, with rows ascending
 * and duplicates summed; `array` as a {@link Matrix}. Symmetric and skew-symmetric matrices come whole; a pattern has ones.
 *
 * ```js
 * const a = await readMatrixMarket('e2006.mtx.gz');
 * ```
 *
 * @throws SyntaxError or RangeError where the file is not as it should be, with its name, the line and the text there;
 * {@link SolverError} `OUT_OF_MEMORY` where what its header promises, or what it holds, needs more than `maxBytes`; the error of Node
 * where it cannot be read.
 */
export async function readMatrixMarket(
  path: string | URL,
  options: ReadMatrixMarketOptions = {},
): Promise<SparseMatrix | Matrix> {
  checkMembers('options', options, ['part', 'signal', 'maxBytes', 'maxRows', 'maxColumns'], 'option');
  checkPart('part', options.part);
  return parseFile(path, options.signal, (name, chunks) => parseMatrixMarket(name, chunks, options));
}

export async function parseMatrixMarket(
  name: string,
  chunks: Chunks,
  options: ReadMatrixMarketOptions = {},
): Promise<SparseMatrix | Matrix> {
  const { part, signal, maxBytes } = options;
  const memory = new Memory(maxBytes);
  const limits = checkLimits(options);
  let header: Header | undefined;
  let body: Coordinate | Dense | undefined;
  const text = await parseBlocks(name, chunks, 'line', (text) => {
    header ??= readHeader(text);
    while (text.position < text.bytes.length) {
      const byte = text.skipBlanks();
      if (byte === LF) {
        ++text.position;
        ++text.line;
      } else if (byte === PERCENT) {
        text.nextLine();
      } else {
        if (body === undefined) body = readSize(text, header, limits, part, { place: '', memory, signal });
        else body.readEntry(text);
        if (text.skipBlanks() !== LF) {
          throw new SyntaxError(`${text.place()}: ${text.wholeLine()}: ${text.word()} is one word too many`);
        }
        ++text.position;
        ++text.line;
      }
    }
  });
  if (header === undefined) throw new SyntaxError(`${text.place()}: the file is empty`);
  if (body === undefined) throw new SyntaxError(`${text.place()}: the file ends before its size line`);
  body.checkComplete(text);
  return body.finish();
}

const PERCENT = 37;
const largest = 0x7fffffff; // largest number of an Int32Array

interface Header {
  format: 'coordinate' | 'array';
  field: 'real' | 'integer' | 'pattern';
  symmetry: 'general' | 'symmetric' | 'skew-symmetric';
}

function readHeader(text: Scanner): Header {
  const line = text.wholeLine();
  const end = text.bytes.indexOf(LF, text.position);
  const words = text
    .text('latin1', text.position, Math.min(end, text.position + 1024))
    .trim()
    .toLowerCase()
    .split(/\s+/);
  const [banner, object, format, field, symmetry] = words;
  if (!(banner === '%%matrixmarket' || banner === '%matrixmarket') || words.length !== 5) {
    throw new SyntaxError(
      `${text.place()}: ${line}: expected a header such as '%%MatrixMarket matrix coordinate real general'`,
    );
  }
  const oneOf = <T extends string>(what: string, value: string | undefined, known: readonly T[]): T => {
    if (known.includes(value as T)) return value as T;
    throw new SyntaxError(
      `${text.place()}: ${line}: ${what} '${value}' is not supported: expected ${known.join(' or ')}`,
    );
  };
  oneOf('object', object, ['matrix']);
  const header = {
    format: oneOf('format', format, ['coordinate', 'array'] as const),
    field: oneOf('field', field, ['real', 'integer', 'pattern'] as const),
    symmetry: oneOf('symmetry', symmetry, ['general', 'symmetric', 'skew-symmetric'] as const),
  };
  if (header.field === 'pattern' && (header.format === 'array' || header.symmetry === 'skew-symmetric')) {
    throw new SyntaxError(
      `${text.place()}: ${line}: a pattern has no values, which ${header.format === 'array' ? 'an array' : 'skew symmetry'} needs`,
    );
  }
  text.nextLine();
  return header;
}

function readSize(
  text: Scanner,
  header: Header,
  limits: Required<Limits>,
  part: Part | undefined,
  where: Place,
): Coordinate | Dense {
  const sparse = header.format === 'coordinate';
  const rows = integerField(text);
  const columns = integerField(text);
  const count = sparse ? integerField(text) : 0;
  if (rows < 0 || columns < 0 || count < 0) {
    const expected = sparse ? 'rows, columns and number of entries' : 'rows and columns';
    throw new SyntaxError(
      `${text.place()}: ${text.wholeLine()}: expected ${expected}, integers in [0, ${largest}], as the size line`,
    );
  }
  checkSize(text, { rows, columns }, limits);
  if (header.symmetry !== 'general' && rows !== columns) {
    throw rangeError(`${text.place()}: ${text.wholeLine()}: a ${header.symmetry} matrix is square`);
  }
  const border = (k: number): number => (part ? Math.floor((rows / part.size) * k) : k * rows);
  const rank = part?.rank ?? 0;
  const size = { rows, columns, count, first: border(rank), end: border(rank + 1), share: 1 / (part?.size ?? 1) };
  const here = { ...where, place: text.place() };
  return sparse ? new Coordinate(here, header, size) : new Dense(here, header, size);
}

/** Refuses a header that promises more than the caller allows. */
function checkSize(text: Scanner, size: { rows: number; columns: number }, limits: Required<Limits>): void {
  for (const [name, count, limit] of [
    ['rows', size.rows, 'maxRows'],
    ['columns', size.columns, 'maxColumns'],
  ] as const) {
    const most = limits[limit] as number;
    if (count > most) {
      throw rangeError(`${text.place()}: ${text.wholeLine()}: ${count} ${name} are more than ${limit} = ${most}`);
    }
  }
}

/** An integer field; -1 where it is something else. */
function integerField(text: Scanner): number {
  text.skipBlanks();
  const value = text.index();
  return atEnd(text) ? value : -1;
}

/** A value field. */
function valueField(text: Scanner, field: Header['field']): number {
  if (field === 'pattern') return 1;
  text.skipBlanks();
  const value = text.number();
  if (Number.isNaN(value) || !atEnd(text)) {
    throw new SyntaxError(`${text.place()}: ${text.wholeLine()}: expected a finite number as the value`);
  }
  if (field === 'integer' && !Number.isInteger(value)) {
    throw new SyntaxError(
      `${text.place()}: ${text.wholeLine()}: expected an integer, as the header says, got ${value}`,
    );
  }
  return value;
}

/** Returns true if a field ends here. */
function atEnd({ bytes, position }: Scanner): boolean {
  const byte = bytes[position] as number;
  return byte === LF || isBlank(byte);
}

/** The number of entries, and how many of them were read. */
class Entries {
  readonly expected: number;
  read = 0;

  constructor(expected: number) {
    this.expected = expected;
  }

  next(text: Scanner): void {
    if (this.read === this.expected) {
      throw rangeError(`${text.place()}: ${text.wholeLine()}: one more than the ${this.expected} entries expected`);
    }
    ++this.read;
  }

  checkComplete(text: Scanner): void {
    if (this.read < this.expected) {
      throw rangeError(`${text.place()}: the file ends after ${this.read} of ${this.expected} entries`);
    }
  }
}

interface Size {
  rows: number;
  columns: number;
  /** The rows that are wanted: from the first up to the end, and about which share of all they are. */
  first: number;
  end: number;
  share: number;
  /** Entries in the file. */
  count: number;
}

class Coordinate extends Entries {
  readonly #where: Place;
  readonly #header: Header;
  readonly #rows: number;
  readonly #columns: number;
  readonly #first: number;
  readonly #end: number;
  readonly #entries: Triplets;
  /** The sign of row - column for entries off the diagonal of a symmetric matrix: which triangle the file has. */
  #triangle = 0;

  constructor(where: Place, header: Header, { rows, columns, count, first, end, share }: Size) {
    super(count);
    this.#where = where;
    this.#header = header;
    this.#rows = rows;
    this.#columns = columns;
    const { place, memory } = where;
    [this.#first, this.#end] = [first, end];
    const all = header.symmetry === 'general' ? count : 2 * count;
    const capacity = Math.ceil(share * all);
    if (capacity > largest) throw rangeError(`${place}: ${capacity} entries are more than ${largest}`);
    // The columns will need it, so a header that promises too many is refused before its entries are read.
    memory.take(place, `${columns} columns`, 4 * (columns + 1));
    memory.free(4 * (columns + 1));
    this.#entries = memory.allocate(
      place,
      `${capacity} entries`,
      Triplets.bytes * capacity,
      () => new Triplets(capacity),
    );
  }

  readEntry(text: Scanner): void {
    this.next(text);
    const row = integerField(text);
    const column = integerField(text);
    if (!(row >= 1 && row <= this.#rows && column >= 1 && column <= this.#columns)) this.#refuse(text);
    const value = valueField(text, this.#header.field);
    this.#push(row - 1, column - 1, value);
    if (this.#header.symmetry !== 'general') this.#mirror(text, row, column, value);
  }

  finish(): Promise<SparseMatrix> {
    return this.#entries.compress(this.#where, this.#end - this.#first, this.#columns);
  }

  /** Adds an entry of a row that is wanted. */
  #push(row: number, column: number, value: number): void {
    if (row < this.#first || row >= this.#end) return;
    const { count, capacity } = this.#entries;
    if (count === capacity) {
      const more = Math.ceil(capacity / 2) + 1024;
      if (count + more > largest) throw rangeError(`${this.#where.place}: more than ${largest} entries`);
      this.#where.memory.take(this.#where.place, `${count + more} entries`, Triplets.bytes * more);
      this.#entries.grow(count + more);
    }
    this.#entries.push(row - this.#first, column, value);
  }

  #mirror(text: Scanner, row: number, column: number, value: number): void {
    const skew = this.#header.symmetry === 'skew-symmetric';
    if (row === column) {
      if (!skew || value === 0) return;
      throw rangeError(`${text.place()}: ${text.wholeLine()}: the diagonal of a skew-symmetric matrix is zero`);
    }
    const triangle = Math.sign(row - column);
    if (this.#triangle === 0) this.#triangle = triangle;
    if (triangle !== this.#triangle) {
      throw rangeError(
        `${text.place()}: ${text.wholeLine()}: on the other side of the diagonal than the entries before, though a ` +
          `${this.#header.symmetry} file has one side only`,
      );
    }
    this.#push(column - 1, row - 1, skew ? -value : value);
  }

  #refuse(text: Scanner): never {
    const line = text.wholeLine();
    const Kind = /^'[+-]?\d+\s+[+-]?\d+[\s']/.test(line) ? RangeError : SyntaxError;
    throw new Kind(
      `${text.place()}: ${line}: expected a row in [1, ${this.#rows}] and a column in [1, ${this.#columns}]`,
    );
  }
}

/** Column after column in the file, row after row in memory; of symmetric matrices the lower triangle. */
class Dense extends Entries {
  readonly #header: Header;
  readonly #matrix: Matrix;
  readonly #first: number;
  readonly #end: number;
  readonly #rows: number;
  #row: number;
  #column = 0;

  constructor({ place, memory }: Place, header: Header, { rows, columns, first, end }: Size) {
    const { symmetry } = header;
    const diagonal = symmetry === 'skew-symmetric' ? -1 : 1;
    super(symmetry === 'general' ? rows * columns : (rows * (rows + diagonal)) / 2);
    this.#header = header;
    [this.#first, this.#end, this.#rows] = [first, end, rows];
    const own = end - first;
    const numbers = own * columns;
    const data = memory.allocate(place, `${own} x ${columns} numbers`, 8 * numbers, () => new Float64Array(numbers));
    this.#matrix = { data, rows: own, columns };
    this.#row = this.#top(0);
  }

  readEntry(text: Scanner): void {
    this.next(text);
    const value = valueField(text, this.#header.field);
    const { data, columns } = this.#matrix;
    const set = (row: number, column: number, entry: number): void => {
      if (row >= this.#first && row < this.#end) data[(row - this.#first) * columns + column] = entry;
    };
    const [i, j] = [this.#row, this.#column];
    set(i, j, value);
    if (this.#header.symmetry === 'symmetric') set(j, i, value);
    if (this.#header.symmetry === 'skew-symmetric') set(j, i, -value);
    if (++this.#row === this.#rows) this.#row = this.#top(++this.#column);
  }

  async finish(): Promise<Matrix> {
    return this.#matrix;
  }

  /** The first row of a column in the file. */
  #top(column: number): number {
    if (this.#header.symmetry === 'general') return 0;
    return this.#header.symmetry === 'symmetric' ? column : column + 1;
  }
}
