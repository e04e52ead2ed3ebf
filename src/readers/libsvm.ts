import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkPath, show } from '../core/check.js';
import type { SparseMatrix } from '../core/matrix.js';
import { checkPart, type Part } from '../core/ranks.js';
import { sortBy } from './compress.js';
import { type Chunks, parseBlocks, parseFile } from './file.js';
import { Growing } from './growing.js';
import { checkLimits } from './limits.js';
import type { ReadOptions } from './matrixMarket.js';
import { Memory } from './memory.js';
import { isBlank, LF, Scanner } from './scanner.js';
import { inSlices, slice } from './slices.js';

export interface ReadLibsvmOptions extends ReadOptions {
  /** Columns of x. Default: as many as the largest index needs. A larger index is refused. */
  columns?: number | undefined;
  /** True if indices begin with 0. Default: with 1, and 0 is refused. */
  zeroBased?: boolean | undefined;
  /**
   * The part that is read, such as that of a rank, `await world()`: of several files every size-th, from number `rank` on, where there are as
   * many as parts; else of each file the lines that begin in that part of its bytes. Needs `columns`. Default: all.
   */
  part?: Part | undefined;
}

export interface LibsvmData {
  /** The features by rows, indices ascending. */
  x: SparseMatrix;
  /** The label of each row. */
  y: Float64Array;
}

/**
 * The examples of a LIBSVM (svmlight) file, plain or gzip: one a line, `label index:value index:value ... # comment`.
 *
 * ```js
 * const { x, y } = await readLibsvm('a9a.libsvm.gz', { columns: 123 });
 * ```
 *
 * Several labels in a line, `qid:` and an index given twice are refused.
 *
 * Of several files the examples are those of one after the other.
 *
 * @throws SyntaxError or RangeError where the file is not as it should be, with its name, the line and the text there;
 * {@link SolverError} `OUT_OF_MEMORY` where what it holds needs more than `maxBytes`; the error of Node where it cannot be read.
 */
export async function readLibsvm(
  path: string | URL | readonly (string | URL)[],
  options: ReadLibsvmOptions = {},
): Promise<LibsvmData> {
  checkOptions(options);
  const examples = new Examples(options);
  const read = (name: string, chunks: Chunks): Promise<Scanner> => readExamples(name, chunks, examples);
  const { part, signal } = options;
  const paths = Array.isArray(path) ? (path as readonly (string | URL)[]) : [path as string | URL];
  const inTurn = part !== undefined && paths.length >= part.size;
  const names = paths.map((each) => checkPath('path', each));
  let text = new Scanner(String(names[0]));
  for (const [k, each] of names.entries()) {
    if (!inTurn) text = await parseFile(each, signal, read, part);
    else if (k % part.size === part.rank) text = await parseFile(each, signal, read);
  }
  return examples.finish(text);
}

export async function parseLibsvm(name: string, chunks: Chunks, options: ReadLibsvmOptions = {}): Promise<LibsvmData> {
  const examples = new Examples(options);
  return examples.finish(await readExamples(name, chunks, examples));
}

async function readExamples(name: string, chunks: Chunks, examples: Examples): Promise<Scanner> {
  const text = await parseBlocks(name, chunks, 'word', (text) => examples.read(text));
  examples.endLine(text);
  return text;
}

const HASH = 35;
const COLON = 58;
const COMMA = 44;
const largest = 0x7fffffff; // largest number of an Int32Array

function checkOptions(options: ReadLibsvmOptions): void {
  const known = ['columns', 'zeroBased', 'part', 'signal', 'maxBytes', 'maxRows', 'maxColumns'];
  const { columns, zeroBased, part } = checkMembers('options', options, known, 'option');
  if (columns !== undefined) {
    if (typeof columns !== 'number') throw typeError(`columns = ${show(columns)}: expected a number`);
    if (!Number.isInteger(columns) || columns < 0 || columns > largest) {
      throw rangeError(`columns = ${columns}: expected an integer in [0, ${largest}]`);
    }
  }
  if (checkPart('part', part) && columns === undefined) {
    throw typeError('columns = undefined: expected a number, as parts alone do not say how many there are');
  }
  const { maxColumns } = checkLimits(options);
  if (columns !== undefined && columns > maxColumns) {
    throw rangeError(`columns = ${columns}: expected at most maxColumns = ${maxColumns}`);
  }
  if (!(zeroBased === undefined || typeof zeroBased === 'boolean')) {
    throw typeError(`zeroBased = ${show(zeroBased)}: expected true or false`);
  }
}

/** The entries of a row that are not in order, and where it ends in the file. */
interface Unsorted {
  start: number;
  length: number;
  place: string;
}

class Examples {
  readonly #columns: number | undefined;
  readonly #base: number;
  readonly #limit: number;
  readonly #maxRows: number;
  readonly #signal: AbortSignal | undefined;
  readonly #y: Growing<Float64Array>;
  /** The place where each row begins. */
  readonly #offsets: Growing<Int32Array>;
  readonly #indices: Growing<Int32Array>;
  readonly #values: Growing<Float64Array>;
  /** The entries before the row that has begun, and the index of its last one. */
  #before = 0;
  #last = -1;
  #width = 0;
  /** Says, with the next two, how a line goes on that is cut by the end of a block. */
  #inRow = false;
  #inComment = false;
  #ascending = true;
  /** Rows that take too long to be sorted while others wait. */
  readonly #unsorted: Unsorted[] = [];
  readonly #memory: Memory;

  constructor(options: ReadLibsvmOptions) {
    const { columns, zeroBased, signal, maxBytes } = options;
    const { maxRows, maxColumns } = checkLimits(options);
    const memory = new Memory(maxBytes);
    this.#memory = memory;
    this.#y = new Growing(Float64Array, 'rows', memory);
    this.#offsets = new Growing(Int32Array, 'rows', memory);
    this.#indices = new Growing(Int32Array, 'entries', memory);
    this.#values = new Growing(Float64Array, 'entries', memory);
    this.#signal = signal;
    this.#columns = columns;
    this.#base = zeroBased ? 0 : 1;
    this.#limit = columns ?? Math.min(largest, Math.floor(maxColumns));
    this.#maxRows = maxRows;
  }

  read(text: Scanner): void {
    const { bytes } = text;
    while (text.position < bytes.length) {
      const byte = bytes[text.position] as number;
      if (byte === LF) {
        this.endLine(text);
        ++text.position;
        ++text.line;
      } else if (isBlank(byte) || this.#inComment) {
        ++text.position;
      } else if (byte === HASH) {
        this.#inComment = true;
      } else if (this.#inRow) {
        this.#readEntry(text);
      } else {
        this.#readLabel(text);
      }
    }
  }

  endLine(text: Scanner): void {
    if (this.#inRow && !this.#ascending) {
      const row = { start: this.#before, length: this.#values.length - this.#before, place: text.place() };
      if (row.length > slice) this.#unsorted.push(row);
      else this.#sort(row);
    }
    this.#inRow = false;
    this.#inComment = false;
  }

  async finish(text: Scanner): Promise<LibsvmData> {
    const rows = this.#y.length;
    const columns = this.#columns ?? this.#width;
    const place = text.place();
    for (const row of this.#unsorted) await this.#sortLong(row);
    this.#offsets.push(place, this.#values.length);
    const offsets = await this.#offsets.joined(place, this.#signal);
    const indices = await this.#indices.joined(place, this.#signal);
    const values = await this.#values.joined(place, this.#signal);
    const y = await this.#y.joined(place, this.#signal);
    return { x: { format: 'csr', rows, columns, offsets, indices, values }, y };
  }

  #readLabel(text: Scanner): void {
    const start = text.position;
    const label = text.number();
    if (Number.isNaN(label) || !atEnd(text)) {
      const next = text.bytes[text.position];
      text.position = start;
      const reason =
        next === COMMA
          ? 'more than one label is not supported'
          : 'expected a label, a finite number, to begin the line';
      throw new SyntaxError(`${text.place()}: ${text.word()}: ${reason}`);
    }
    if (this.#y.length >= this.#maxRows) {
      throw rangeError(`${text.place()}: more rows than maxRows = ${this.#maxRows}`);
    }
    this.#before = this.#values.length;
    this.#last = -1;
    this.#y.push(text, label);
    this.#offsets.push(text, this.#before);
    this.#inRow = true;
    this.#ascending = true;
  }

  #readEntry(text: Scanner): void {
    const start = text.position;
    const index = text.index() - this.#base;
    const colon = text.bytes[text.position] === COLON;
    if (colon) ++text.position;
    const value = text.number();
    if (!(colon && index >= 0 && index < this.#limit && !Number.isNaN(value) && atEnd(text))) {
      text.position = start;
      this.#refuse(text);
    }
    if (index <= this.#last) this.#ascending = false;
    this.#last = index;
    this.#indices.push(text, index);
    this.#values.push(text, value);
    if (index >= this.#width) this.#width = index + 1;
  }

  #refuse(text: Scanner): never {
    const word = text.word();
    if (word.startsWith("'qid:")) throw new SyntaxError(`${text.place()}: ${word}: query ids are not supported`);
    const index = Number(/^'(\d+):/.exec(word)?.[1] ?? Number.NaN);
    const last = this.#limit - 1 + this.#base;
    if (index < this.#base || index > last) {
      const hint = index === 0 ? ', or from 0 with zeroBased' : '';
      throw rangeError(`${text.place()}: ${word}: expected an index from ${this.#base} to ${last}${hint}`);
    }
    throw new SyntaxError(`${text.place()}: ${word}: expected index:value with a finite value`);
  }

  #sort(row: Unsorted): void {
    const { start, length } = row;
    const indices = Int32Array.from({ length }, (_, k) => this.#indices.get(start + k));
    const values = Float64Array.from({ length }, (_, k) => this.#values.get(start + k));
    const order = Uint32Array.from(indices.keys()).sort((a, b) => (indices[a] as number) - (indices[b] as number));
    this.#write(row, { indices, values, order }, 0, length);
  }

  /** Sorts a long row by counting, first by the lower half of the indices, with pauses. */
  async #sortLong(row: Unsorted): Promise<void> {
    const { start, length, place } = row;
    const where = { place, memory: this.#memory, signal: this.#signal };
    const bytes = 20 * length;
    const made = (): [Int32Array, Float64Array, Int32Array] => [
      new Int32Array(length),
      new Float64Array(length),
      new Int32Array(length),
    ];
    const [indices, values, keys] = this.#memory.allocate(place, `${length} entries in order`, bytes, made);
    await inSlices(length, this.#signal, (from, to) => {
      for (let k = from; k < to; ++k) {
        indices[k] = this.#indices.get(start + k);
        values[k] = this.#values.get(start + k);
        keys[k] = (indices[k] as number) & 0xffff;
      }
    });
    const byLower = await sortBy(keys, 1 << 16, undefined, length, where);
    await inSlices(length, this.#signal, (from, to) => {
      for (let k = from; k < to; ++k) keys[k] = (indices[k] as number) >>> 16;
    });
    const order = await sortBy(keys, 1 << 15, byLower, length, where);
    await inSlices(length, this.#signal, (from, to) => this.#write(row, { indices, values, order }, from, to));
    this.#memory.free(bytes + order.byteLength);
  }

  /** Writes a part of a row in order, and refuses an index that comes twice. */
  #write(
    { start, place }: Unsorted,
    entries: { indices: Int32Array; values: Float64Array; order: ArrayLike<number> },
    from: number,
    to: number,
  ): void {
    const { indices, values, order } = entries;
    for (let k = from; k < to; ++k) {
      const source = order[k] as number;
      const index = indices[source] as number;
      this.#indices.set(start + k, index);
      this.#values.set(start + k, values[source] as number);
      if (k > 0 && index === indices[order[k - 1] as number]) {
        throw rangeError(`${place}: index ${index + this.#base} is given twice`);
      }
    }
  }
}

/** Returns true if a word ends here. */
function atEnd({ bytes, position }: Scanner): boolean {
  const byte = bytes[position] as number;
  return byte === LF || isBlank(byte) || byte === HASH;
}
