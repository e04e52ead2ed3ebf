// The bytes of a file, unpacked if it is gzip, and cut into blocks that end with a line or a word.
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { checkPath, checkSignal, isError } from '../core/check.js';
import { SolverError } from '../core/error.js';
import type { Part } from '../core/ranks.js';
import { CR, isBlank, LF, Scanner } from './scanner.js';

export type Chunks = AsyncIterable<Uint8Array>;

// The piece that is parsed at a time, which holds up the event loop for a few milliseconds.
const chunkBytes = 1 << 17;
// Nothing that one wants to read has a longer line (a word, in LIBSVM), but a binary file may have no end of line at all.
const longest = 1 << 20;

/** A reader of the bytes of a file; `size` is how many they are, where that is known before they are read. */
export type Parse<T> = (name: string, chunks: Chunks, size?: number) => Promise<T>;

/** Parses a file, plain or gzip as its first bytes say. */
export async function parseFile<T>(
  path: string | URL,
  signal: AbortSignal | undefined,
  parse: Parse<T>,
  part?: Part,
): Promise<T> {
  const name = checkPath('path', path);
  checkSignal('signal', signal);
  try {
    signal?.throwIfAborted();
    const parsed = await parseOpened(name, await open(name), signal, parse, part);
    signal?.throwIfAborted();
    return parsed;
  } catch (error) {
    // Whatever an abort has broken on its way, what it rejects with is its reason, which may be anything.
    throw signal?.aborted ? signal.reason : explained(name, error);
  }
}

async function parseOpened<T>(
  name: string,
  file: FileHandle,
  signal: AbortSignal | undefined,
  parse: Parse<T>,
  part: Part | undefined,
): Promise<T> {
  try {
    const first = await chunk(file);
    const packed = first[0] === 0x1f && first[1] === 0x8b;
    if (part) {
      if (packed) throw withoutParts(name, 'gzip');
      if (wideEncoding(first)) throw withoutParts(name, 'in UTF-16');
      return await parse(nameOfPart(name, part), linesOf(file, part, signal));
    }
    const chunks = chunksOf(first, file, signal);
    if (!packed) {
      const found = await file.stat();
      return await parse(name, chunks, found.isFile() ? found.size : undefined);
    }
    const parseText = (text: Chunks) => parse(name, watched(text, signal)).catch(rethrow);
    return await pipeline(chunks, createGunzip({ chunkSize: chunkBytes }), parseText);
  } finally {
    await file.close();
  }
}

const nameOfPart = (name: string, { rank, size }: Part): string => `${name}, part ${rank} of ${size}`;

const withoutParts = (name: string, form: 'gzip' | 'in UTF-16'): SolverError =>
  new SolverError(
    'UNSUPPORTED',
    `${name}: is ${form}, which has no parts; expected as many files as parts, or a plain one`,
  );

const utf16 = new Map([
  [0xfffe, 'utf-16le'],
  [0xfeff, 'utf-16be'],
]);

/** The encoding that a byte order mark of UTF-16 says, if there is one. */
const wideEncoding = ([first = 0, second = 0]: Uint8Array): string | undefined => utf16.get(256 * first + second);

/** The text of bytes in UTF-8, or in UTF-16 where a byte order mark says so; without that mark. */
export const decoded = (bytes: Uint8Array): string => new TextDecoder(wideEncoding(bytes) ?? 'utf-8').decode(bytes);

/** Text in UTF-8, also of a file in UTF-16, which its byte order mark tells. */
export async function* inUtf8(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let begin: Uint8Array | undefined = Buffer.alloc(0);
  let wide: InstanceType<typeof TextDecoder> | undefined;
  for await (let chunk of chunks) {
    if (begin) {
      chunk = begin.length === 0 ? chunk : Buffer.concat([begin, chunk]);
      begin = chunk.length < 2 ? chunk : undefined;
      if (begin) continue;
      const encoding = wideEncoding(chunk);
      wide = encoding === undefined ? undefined : new TextDecoder(encoding);
    }
    yield wide ? Buffer.from(wide.decode(chunk, { stream: true })) : chunk;
  }
  if (begin) yield begin;
  if (wide) yield Buffer.from(wide.decode());
}

/** Bytes of a file, wherever they are. */
export interface Bytes {
  readonly size: number;
  /** Reads so many from a place on; fewer where the file ends. */
  read(from: number, length: number): Promise<Uint8Array>;
  /** Reads so many, and gives them in pieces. */
  pieces(from: number, length: number): Chunks;
}

/** Parses the bytes of a file that is not packed, for a part of its contents. */
export async function parsePart<T>(
  path: string | URL,
  part: Part,
  signal: AbortSignal | undefined,
  parse: (name: string, bytes: Bytes) => Promise<T>,
): Promise<T> {
  const name = checkPath('path', path);
  checkSignal('signal', signal);
  try {
    signal?.throwIfAborted();
    const file = await open(name);
    try {
      const bytes = new BytesOf(file, (await file.stat()).size, signal);
      const [first, second] = await bytes.read(0, 2);
      if (first === 0x1f && second === 0x8b) throw withoutParts(name, 'gzip');
      return await parse(nameOfPart(name, part), bytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : explained(name, error);
  }
}

class BytesOf implements Bytes {
  readonly #file: FileHandle;
  readonly #signal: AbortSignal | undefined;
  readonly size: number;

  constructor(file: FileHandle, size: number, signal: AbortSignal | undefined) {
    this.#file = file;
    this.#signal = signal;
    this.size = size;
  }

  async read(from: number, length: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.pieces(from, length)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *pieces(from: number, length: number): AsyncGenerator<Uint8Array> {
    const end = Math.min(from + length, this.size);
    for (let at = from; at < end; ) {
      const wanted = Math.min(chunkBytes, end - at);
      const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
      if (this.#signal?.aborted) rethrow(this.#signal.reason);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }
}

/** The first line of a file, with its end. A line that ends with a carriage return alone has no place in a part, whose lines end with a line feed. */
export async function firstLine(path: string | URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const most = 1 << 24;
  return parseFile(path, signal, async (name, chunks) => {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of chunks) {
      const end = chunk.indexOf(LF);
      pieces.push(end < 0 ? chunk : chunk.subarray(0, end + 1));
      length += chunk.length;
      if (end >= 0) break;
      if (length > most) throw new SyntaxError(`${name}: a first line of more than ${most} characters`);
    }
    const line = Buffer.concat(pieces);
    const returned = line.indexOf(CR);
    if (returned >= 0 && line[returned + 1] !== LF)
      throw new SyntaxError(
        `${name}: a line ends with a carriage return alone: expected line feeds in parts of a file`,
      );
    return line;
  });
}

/** Throws an error instead of what is none: a pipeline that breaks with null, the reason of an abort, never settles. */
export function rethrow(cause: unknown): never {
  throw isError(cause) ? cause : new Error('reading was ended', { cause });
}

/** An error of zlib, or one that has no name of a file, with the name. */
function explained(name: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return error;
  const named = (what: string) => Object.assign(new Error(`${name}: ${what}`, { cause: error }), { code });
  if (code.startsWith('Z_')) return named(`truncated or corrupt gzip (${message})`);
  return code === 'EISDIR' ? named('is a directory') : error;
}

async function* chunksOf(first: Buffer, file: FileHandle, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for (let next = first; next.length > 0; next = await chunk(file)) {
    yield next;
    if (signal?.aborted) rethrow(signal.reason);
  }
}

/** The lines that begin in a part of the file's bytes. */
async function* linesOf(
  file: FileHandle,
  { rank, size }: Part,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { size: bytes } = await file.stat();
  const border = (k: number): number => Math.floor((bytes / size) * k);
  const end = border(rank + 1);
  // A line begins after the end of the one before, which is the last byte before the part where a line begins with it.
  let at = Math.max(0, border(rank) - 1);
  let begun = rank === 0;
  while (at < bytes) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
    if (signal?.aborted) rethrow(signal.reason);
    let [from, to] = [0, bytesRead];
    if (!begun) {
      const first = buffer.subarray(0, bytesRead).indexOf(LF);
      from = first < 0 ? bytesRead : first + 1;
      begun = first >= 0;
    }
    // None begins here any more once one has ended at the border.
    const last =
      at + bytesRead >= end ? buffer.subarray(0, bytesRead).indexOf(LF, Math.max(from - 1, end - 1 - at)) : -1;
    if (last >= 0) to = last + 1;
    if (begun && to > from) yield buffer.subarray(from, to);
    if (last >= 0 || bytesRead === 0) return;
    at += bytesRead;
  }
}

/** The unpacked bytes, until an abort: a little of a file may be very much of it. */
async function* watched(text: Chunks, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for await (const next of text) {
    if (signal?.aborted) rethrow(signal.reason);
    yield next;
  }
}

async function chunk(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
  return buffer.subarray(0, bytesRead);
}

/**
 * Calls `parse` with one block of text after the other, each of which ends with the end of a line, or of any word if `unit` is
 * `'word'`. The scanner counts the lines.
 */
export async function parseBlocks(
  name: string,
  chunks: Chunks,
  unit: 'line' | 'word',
  parse: (text: Scanner) => void,
): Promise<Scanner> {
  const text = new Scanner(name);
  let rest: Uint8Array = Buffer.alloc(0);
  const advance = (block: Uint8Array) => {
    text.open(block);
    parse(text);
  };
  for await (const next of inUtf8(chunks)) {
    const whole = rest.length === 0 ? next : Buffer.concat([rest, next]);
    let end = whole.length;
    while (end > rest.length && !endsUnit(whole[end - 1] as number, unit)) --end;
    if (end > rest.length) advance(whole.subarray(0, end));
    else end = 0;
    rest = whole.subarray(end);
    if (rest.length > longest) {
      throw new SyntaxError(
        `${text.place()}: a ${unit} of more than ${longest} characters, so this is not a text file`,
      );
    }
  }
  if (rest.length > 0) advance(Buffer.concat([rest, Buffer.of(LF)]));
  return text;
}

function endsUnit(byte: number, unit: 'line' | 'word'): boolean {
  return byte === LF || (unit === 'word' && isBlank(byte));
}
