// The members of a .zip file, by its directory: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
import { pipeline } from 'node:stream/promises';
import { createInflateRaw, inflateRawSync } from 'node:zlib';
import { crc32 } from './crc32.js';
import { type Chunks, rethrow } from './file.js';

export interface Member {
  name: string;
  /** Bytes when it is unpacked, as the directory has it. */
  size: number;
  /** How it is packed: 0 not at all, 8 by deflate. */
  method: number;
  checksum: number;
  packed: Uint8Array;
}

/** Why bytes are no .zip file, or a damaged one. */
export class ZipError extends Error {}

const [endOfDirectory, endOfDirectory64, locator64, inDirectory, beforeMember] = [
  ...[0x06054b50, 0x06064b50, 0x07064b50],
  ...[0x02014b50, 0x04034b50],
];

/** The members in the order of the directory. */
export function* membersOf(bytes: Uint8Array): Generator<Member> {
  const view = new View(bytes);
  const { count, offset, length } = directoryOf(view);
  let at = offset;
  for (let k = 0; k < count; ++k) {
    if (view.u32(at) !== inDirectory) throw new ZipError(`its directory has no entry ${k + 1} of ${count}`);
    const [nameLength, extraLength, commentLength] = [view.u16(at + 28), view.u16(at + 30), view.u16(at + 32)];
    const nameBytes = view.part(at + 46, nameLength);
    const name = new TextDecoder('utf-8').decode(nameBytes);
    const { packedSize, size, start } = sizesOf(view, at, at + 46 + nameLength, extraLength);
    if (view.u16(at + 8) & 1) throw new ZipError(`'${name}' is encrypted`);
    if (view.u32(start) !== beforeMember) throw new ZipError(`'${name}' is not where the directory says`);
    const ownName = view.part(start + 30, view.u16(start + 26));
    if (Buffer.compare(ownName, nameBytes) !== 0) throw new ZipError(`'${name}' has another name in front of it`);
    const begin = start + 30 + nameLength + view.u16(start + 28);
    const packed = view.part(begin, packedSize);
    yield { name, size, method: view.u16(at + 10), checksum: view.u32(at + 16), packed };
    at += 46 + nameLength + extraLength + commentLength;
  }
  if (at !== offset + length) throw new ZipError(`its directory has more than the ${count} entries that it counts`);
}

/** Little-endian numbers of bytes, and parts of them. */
class View {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#bytes.length;
  }

  u16 = (at: number): number => this.#view.getUint16(this.#inside(at, 2), true);
  u32 = (at: number): number => this.#view.getUint32(this.#inside(at, 4), true);
  u64 = (at: number): number => Number(this.#view.getBigUint64(this.#inside(at, 8), true));
  part = (at: number, length: number): Uint8Array => {
    this.#inside(at, length);
    return this.#bytes.subarray(at, at + length);
  };

  #inside(at: number, length: number): number {
    if (at >= 0 && at + length <= this.length) return at;
    throw new ZipError('it ends within what its directory names');
  }
}

/** How many members the directory has, where it begins, and its bytes. */
function directoryOf(view: View): { count: number; offset: number; length: number } {
  const longestComment = 0xffff;
  let end = view.length - 22;
  const first = Math.max(0, end - longestComment);
  while (end >= first && view.u32(end) !== endOfDirectory) --end;
  if (end < first) throw new ZipError('it has no directory');
  if (end < 20 || view.u32(end - 20) !== locator64) {
    return { count: view.u16(end + 10), offset: view.u32(end + 16), length: view.u32(end + 12) };
  }
  const wide = view.u64(end - 12);
  if (view.u32(wide) !== endOfDirectory64) throw new ZipError('it has no directory');
  return { count: view.u64(wide + 32), offset: view.u64(wide + 48), length: view.u64(wide + 40) };
}

/** Bytes of a member packed and unpacked, and where it begins: those that need more than 32 bits are in the extra field. */
function sizesOf(view: View, at: number, extra: number, extraLength: number) {
  const zip64 = 1;
  const known = [view.u32(at + 24), view.u32(at + 20), view.u32(at + 42)];
  for (let field = extra; field + 4 <= extra + extraLength; field += 4 + view.u16(field + 2)) {
    if (view.u16(field) !== zip64) continue;
    let next = field + 4;
    for (const [k, value] of known.entries()) {
      if (value !== 0xffffffff) continue;
      known[k] = view.u64(next);
      next += 8;
    }
  }
  const [size = 0, packedSize = 0, start = 0] = known;
  return { packedSize, size, start };
}

/** The bytes that are unpacked at a time. */
const chunkBytes = 1 << 17;

/** Parses a member, unpacked piece by piece; of all of its bytes the checksum must be that of the directory. */
export async function unpacked<T>(member: Member, parse: (chunks: Chunks) => Promise<T>): Promise<T> {
  const { method, packed, size } = member;
  if (method === 0) return parse(checked(member, piecesOf(packed)));
  if (method !== 8) throw new ZipError(`method ${method} of packing: expected 0 or 8, as NumPy writes them`);
  try {
    if (size <= chunkBytes) {
      // Other threads are not worth their while.
      return await parse(checked(member, [inflateRawSync(packed, { maxOutputLength: size + 1 })]));
    }
    const inflate = createInflateRaw({ chunkSize: chunkBytes });
    return await pipeline(piecesOf(packed), inflate, (text: Chunks) => parse(checked(member, text)).catch(rethrow));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_')) throw new ZipError(`truncated or corrupt (${message})`, { cause: error });
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(member);
    throw error;
  }
}

const tooLong = ({ size }: Member): ZipError => new ZipError(`has more than the ${size} bytes of the directory`);

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function* checked(member: Member, chunks: Chunks | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [length, checksum] = [0, 0];
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > member.size) throw tooLong(member);
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (length < member.size) throw new ZipError(`has ${length} of the ${member.size} bytes of the directory`);
  if (checksum !== member.checksum) throw new ZipError('its checksum is wrong: it is damaged');
}
