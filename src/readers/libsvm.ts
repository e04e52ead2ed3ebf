import { checkMembers, show } from '../core/check.js';
import type { SparseMatrix } from '../core/matrix.js';
import { type Chunks, parseBlocks, parseFile } from './file.js';
import type { ReadOptions } from './matrixMarket.js';
import { isBlank, LF, type Scanner } from './scanner.js';
import { allocate } from './slices.js';

export interface ReadLibsvmOptions extends ReadOptions {
  /** Columns of x. Default: as many as the largest index needs. A larger index is refused. */
  columns?: number | undefined;
  /** Whether indices begin with 0. Default: with 1, and 0 is refused. */
  zeroBased?: boolean | undefined;
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
 * @throws SyntaxError or RangeError where the file is not as it should be, with its name, the line and the text there;
 * the error of Node where it cannot be read.
 */
export async function readLibsvm(path: string | URL, options: ReadLibsvmOptions = {}): Promise<LibsvmData> {
  checkOptions(options);
  return parseFile(path, options.signal, (name, chunks) => parseLibsvm(name, chunks, options));
}

export async function parseLibsvm(name: string, chunks: Chunks, options: ReadLibsvmOptions = {}): Promise<LibsvmData> {
  const examples = new Examples(options);
  const text = await parseBlocks(name, chunks, 'word', (text) => examples.read(text));
  examples.endLine(text);
  return examples.finish();
}

const HASH = 35;
const COLON = 58;
const COMMA = 44;
const largest = 0x7fffffff; // of what an Int32Array holds

function checkOptions(options: ReadLibsvmOptions): void {
  const { columns, zeroBased } = checkMembers('options', options, ['columns', 'zeroBased', 'signal'], 'option');
  if (columns !== undefined) {
    if (typeof columns !== 'number') throw new TypeError(`columns = ${show(columns)}: expected a number`);
    if (!Number.isInteger(columns) || columns < 0 || columns > largest) {
      throw new RangeError(`columns = ${columns}: expected an integer in [0, ${largest}]`);
    }
  }
  if (!(zeroBased === undefined || typeof zeroBased === 'boolean')) {
    throw new TypeError(`zeroBased = ${show(zeroBased)}: expected true or false`);
  }
}

class Examples {
  readonly #columns: number | undefined;
  readonly #base: number;
  readonly #limit: number;
  #y = new Float64Array(64);
  #offsets = new Int32Array(64); // where each row begins
  #indices = new Int32Array(1024);
  #values = new Float64Array(1024);
  /** Rows that have begun, and their entries. */
  #rows = 0;
  #count = 0;
  #width = 0;
  /** Says, with the next two, how a line goes on that is cut by the end of a block. */
  #inRow = false;
  #inComment = false;
  #ascending = true;

  constructor({ columns, zeroBased }: ReadLibsvmOptions) {
    this.#columns = columns;
    this.#base = zeroBased ? 0 : 1;
    this.#limit = columns ?? largest;
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
    if (this.#inRow && !this.#ascending) this.#sortRow(text);
    this.#inRow = false;
    this.#inComment = false;
  }

  finish(): LibsvmData {
    const [rows, count] = [this.#rows, this.#count];
    const offsets = new Int32Array(rows + 1).fill(count);
    offsets.set(this.#offsets.subarray(0, rows));
    const indices = this.#indices.slice(0, count);
    this.#indices = new Int32Array(0); // so that at most one array is in memory twice
    const values = this.#values.slice(0, count);
    const columns = this.#columns ?? this.#width;
    return { x: { format: 'csr', rows, columns, offsets, indices, values }, y: this.#y.slice(0, rows) };
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
    if (this.#rows === this.#y.length) {
      this.#y = grown(text, this.#y);
      this.#offsets = grown(text, this.#offsets);
    }
    this.#y[this.#rows] = label;
    this.#offsets[this.#rows++] = this.#count;
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
    const k = this.#count;
    if (k === this.#values.length) {
      this.#indices = grown(text, this.#indices);
      this.#values = grown(text, this.#values);
    }
    if (k > (this.#offsets[this.#rows - 1] as number) && index <= (this.#indices[k - 1] as number)) {
      this.#ascending = false;
    }
    this.#indices[k] = index;
    this.#values[k] = value;
    this.#count = k + 1;
    if (index >= this.#width) this.#width = index + 1;
  }

  #refuse(text: Scanner): never {
    const word = text.word();
    if (word.startsWith("'qid:")) throw new SyntaxError(`${text.place()}: ${word}: query ids are not supported`);
    const index = Number(/^'(\d+):/.exec(word)?.[1] ?? Number.NaN);
    const last = this.#limit - 1 + this.#base;
    if (index < this.#base || index > last) {
      const hint = index === 0 ? ', or from 0 with zeroBased' : '';
      throw new RangeError(`${text.place()}: ${word}: expected an index from ${this.#base} to ${last}${hint}`);
    }
    throw new SyntaxError(`${text.place()}: ${word}: expected index:value with a finite value`);
  }

  #sortRow(text: Scanner): void {
    const start = this.#offsets[this.#rows - 1] as number;
    const indices = this.#indices.subarray(start, this.#count);
    const values = this.#values.subarray(start, this.#count);
    const order = Uint32Array.from(indices.keys()).sort((a, b) => (indices[a] as number) - (indices[b] as number));
    const [oldIndices, oldValues] = [indices.slice(), values.slice()];
    order.forEach((source, k) => {
      indices[k] = oldIndices[source] as number;
      values[k] = oldValues[source] as number;
      if (k > 0 && indices[k] === indices[k - 1]) {
        throw new RangeError(`${text.place()}: index ${(indices[k] as number) + this.#base} is given twice`);
      }
    });
  }
}

/** Whether a word ends here. */
function atEnd({ bytes, position }: Scanner): boolean {
  const byte = bytes[position] as number;
  return byte === LF || isBlank(byte) || byte === HASH;
}

/** An array of twice the length with the same beginning. */
function grown<T extends Int32Array | Float64Array>(text: Scanner, array: T): T {
  const length = 2 * array.length;
  if (length > 2 ** 31) throw new RangeError(`${text.place()}: more than ${largest} entries`);
  const Kind = array.constructor as new (length: number) => T;
  const longer = allocate(text.place(), `${length} entries`, () => new Kind(length));
  longer.set(array);
  return longer;
}
