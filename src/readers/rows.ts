// Rows of values out of text whose values are parted by a character (RFC 4180). The text comes in pieces, each of which is looked at once.
import { setImmediate } from 'node:timers/promises';
import { rangeError } from '../core/argumentError.js';
import { type Chunks, inUtf8 } from './file.js';
import { CR, LF } from './scanner.js';

/** The most columns unless `maxColumns` says more: what becomes of a row is computed in one turn of the event loop. */
export const usualColumns = 1 << 16;

export interface RowOptions {
  /** The character that parts values. Default: the one of comma, semicolon and tab that the first row has most. */
  delimiter?: string | undefined;
  /** A row with more values is refused. */
  maxColumns?: number | undefined;
}

/** Calls `take` with the values of each row, also of a line of names; empty lines are passed over. `hint` says what raises the usual limit on columns. */
export async function eachRow(
  name: string,
  chunks: Chunks,
  { delimiter, maxColumns }: RowOptions,
  hint: string,
  take: (values: string[]) => void,
): Promise<void> {
  const limit = maxColumns === undefined ? `${usualColumns}; ${hint}` : String(maxColumns);
  const row = new Row(name, maxColumns ?? usualColumns, limit, take);
  const decoder = new TextDecoder('utf-8'); // which drops a byte order mark
  const first = new FirstRow(name);
  row.delimiter = delimiter;
  const begin = async (): Promise<void> => {
    row.delimiter = first.delimiter();
    for (const piece of first.pieces.splice(0)) {
      row.read(piece);
      await setImmediate();
    }
  };
  for await (const chunk of inUtf8(chunks)) {
    const text = decoder.decode(chunk, { stream: true });
    if (row.delimiter !== undefined) row.read(text);
    else if (first.endsIn(text)) await begin();
  }
  if (row.delimiter === undefined) await begin();
  row.read(decoder.decode());
  row.end();
}

/** Refuses a row that is longer than any that one wants to read: a quote that is not closed has no end. */
function checkLength(name: string, length: number): void {
  const most = 1 << 24;
  if (length <= most) return;
  throw new SyntaxError(`${name}: a row of more than ${most} characters: is a quote not closed, or is it no text?`);
}

/** Keeps the pieces of text up to the end of the first row, and counts in it the characters that may part values. */
class FirstRow {
  readonly pieces: string[] = [];
  readonly #name: string;
  readonly #counts = new Map([',', ';', '\t'].map((each) => [each, 0]));
  #length = 0;
  #quoted = false;
  #begins = true;

  constructor(name: string) {
    this.#name = name;
  }

  /** Returns true if the row ends in the next piece of text. */
  endsIn(text: string): boolean {
    this.pieces.push(text);
    this.#length += text.length;
    for (const character of text) {
      if (character === '"' && (this.#quoted || this.#begins)) this.#quoted = !this.#quoted;
      if (this.#quoted) continue;
      if (character === '\n' || character === '\r') return true;
      const count = this.#counts.get(character);
      this.#begins = count !== undefined;
      if (count !== undefined) this.#counts.set(character, count + 1);
    }
    checkLength(this.#name, this.#length);
    return false;
  }

  delimiter(): string {
    return [...this.#counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
  }
}

const [QUOTE, BLANK, TAB] = [34, 32, 9];

/** The place in a value that the text has come to: before it, in one without quotes, in one with quotes, behind the quote that closes it. */
const [BEGIN, BARE, QUOTED, CLOSED] = [0, 1, 2, 3];

/** The row that has begun. A quote opens at the beginning of a value alone; elsewhere it stands for itself. */
class Row {
  delimiter: string | undefined;
  readonly #name: string;
  readonly #most: number;
  readonly #limit: string;
  readonly #take: (values: string[]) => void;
  #values: string[] = [];
  #state = BEGIN;
  /** The part of the value in the pieces before this one, and how many characters of the row. */
  #kept = '';
  #length = 0;
  /** True if the piece before has ended with a carriage return that ends a row, to which a line feed may belong. */
  #returned = false;
  /** The line of the file, and that where the last quote was opened. */
  #line = 1;
  #opened = 1;

  constructor(name: string, most: number, limit: string, take: (values: string[]) => void) {
    this.#name = name;
    this.#most = most;
    this.#limit = limit;
    this.#take = take;
  }

  /** Longer than most: one loop over characters, whose state is in local variables. */
  read(text: string): void {
    const delimiter = (this.delimiter as string).charCodeAt(0);
    let state = this.#state;
    let begin = this.#returned && text.charCodeAt(0) === LF ? 1 : 0; // begin of the row in this piece
    let from = begin; // begin of the value's part that is not kept yet
    let closed = -1; // place of the closing quote
    for (let at = begin; at < text.length; ++at) {
      const c = text.charCodeAt(at);
      if (state === QUOTED) {
        if (c === QUOTE) {
          state = CLOSED;
          closed = at;
        } else if (c === LF) ++this.#line;
      } else if (c === delimiter || c === LF || c === CR) {
        this.#endValue(text, from, state === CLOSED ? closed : at, state === CLOSED);
        state = BEGIN;
        if (c !== delimiter) {
          this.#endRow();
          if (c === CR && text.charCodeAt(at + 1) === LF) ++at;
          begin = at + 1;
        }
        from = at + 1;
        closed = -1;
      } else if (state === BEGIN) {
        state = c === QUOTE ? QUOTED : BARE;
        from = c === QUOTE ? at + 1 : at;
        if (c === QUOTE) this.#opened = this.#line;
      } else if (state === CLOSED && c === QUOTE) {
        // Two quotes stand for one. Where the first is of the piece before, the second is kept alone.
        if (closed < 0) from = at;
        state = QUOTED;
      } else if (state === CLOSED && c !== BLANK && c !== TAB) {
        throw this.#wrong(this.#line, 'text behind a value in quotes: expected the delimiter or the end of the row');
      }
    }
    if (text.length > 0) this.#returned = state === BEGIN && text.charCodeAt(text.length - 1) === CR;
    if (state !== BEGIN) this.#keep(text, from, state === CLOSED ? closed : text.length, state !== BARE);
    this.#state = state;
    this.#length += text.length - begin;
    checkLength(this.#name, this.#length);
  }

  /** Ends the last row, at the end of the text. */
  end(): void {
    if (this.#state === QUOTED) throw this.#wrong(this.#opened, 'a quote that is not closed');
    if (this.#state === BEGIN && this.#values.length === 0) return;
    this.#endValue('', 0, 0, false);
    this.#endRow();
  }

  /** Keeps what a piece of text has of the value, where two quotes stand for one if it is in quotes. */
  #keep(text: string, from: number, end: number, quoted: boolean): void {
    if (from >= end) return;
    const part = text.slice(from, end);
    this.#kept += quoted ? part.replaceAll('""', '"') : part;
  }

  #endValue(text: string, from: number, end: number, quoted: boolean): void {
    if (this.#values.length >= this.#most) {
      throw rangeError(`${this.#name}: more columns than maxColumns = ${this.#limit}`);
    }
    this.#keep(text, from, end, quoted);
    this.#values.push(this.#kept);
    this.#kept = '';
  }

  #endRow(): void {
    const values = this.#values;
    this.#values = [];
    this.#length = 0;
    ++this.#line;
    if (values.length > 1 || values[0]?.trim() !== '') this.#take(values);
  }

  #wrong(line: number, what: string): SyntaxError {
    return new SyntaxError(`${this.#name}, line ${line}: ${what}`);
  }
}
