// The bytes of a file, unpacked if it is gzip, and cut into blocks that end with a line or a word.
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { show } from '../core/check.js';
import { isBlank, LF, Scanner } from './scanner.js';

export type Chunks = AsyncIterable<Buffer>;

// What is parsed at a time, which holds up the event loop for a few milliseconds.
const chunkBytes = 1 << 17;
// Nothing that one wants to read has a longer line (a word, in LIBSVM), but a binary file may have no end of line at all.
const longest = 1 << 20;

/** What `parse` makes of a file, plain or gzip as its first bytes say. */
export async function parseFile<T>(
  path: string | URL,
  signal: AbortSignal | undefined,
  parse: (name: string, chunks: Chunks) => Promise<T>,
): Promise<T> {
  if (!(typeof path === 'string' || path instanceof URL)) {
    throw new TypeError(`path = ${show(path)}: expected a string or a URL`);
  }
  const name = typeof path === 'string' ? path : fileURLToPath(path);
  signal?.throwIfAborted();
  const file = await open(path);
  try {
    const first = await chunk(file);
    const chunks = chunksOf(first, file, signal);
    if (!(first[0] === 0x1f && first[1] === 0x8b)) return await parse(name, chunks);
    return await pipeline(chunks, createGunzip({ chunkSize: chunkBytes }), (text: Chunks) => parse(name, text));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('Z_')) throw error;
    throw Object.assign(new Error(`${name}: truncated or corrupt gzip (${message})`, { cause: error }), { code });
  } finally {
    await file.close();
  }
}

async function* chunksOf(first: Buffer, file: FileHandle, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for (let next = first; next.length > 0; next = await chunk(file)) {
    yield next;
    signal?.throwIfAborted();
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
  let rest: Buffer = Buffer.alloc(0);
  const advance = (block: Buffer) => {
    text.open(block);
    parse(text);
  };
  for await (const next of chunks) {
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
