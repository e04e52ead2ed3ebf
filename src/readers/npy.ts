// Arrays of NumPy: .npy files and the parts of .npz files.
import { setImmediate } from 'node:timers/promises';
import { rangeError } from '../core/argumentError.js';
import { checkMembers, show, visible } from '../core/check.js';
import { SolverError } from '../core/error.js';
import type { Matrix } from '../core/matrix.js';
import { checkPart, type Part } from '../core/ranks.js';
import { type Bytes, type Chunks, parseFile, parsePart } from './file.js';
import { checkLimits } from './limits.js';
import type { ReadOptions } from './matrixMarket.js';
import { Memory } from './memory.js';
import { inSlices } from './slices.js';
import { type Member, membersOf, unpacked, ZipError } from './zip.js';

export interface ReadNpyOptions extends ReadOptions {}

export interface ReadNpyPartOptions extends ReadNpyOptions {
  /** A part of the rows, of an array that NumPy keeps row after row: number `rank` of `size` parts of about as many, such as `await world()`. Default: all. */
  part?: Part | undefined;
}

/**
 * An array of NumPy as a matrix: of one dimension a column, of more than two a row for each entry of the first, as `a.reshape(len(a), -1)`
 * has it. `data` are the numbers, for y too.
 */
export interface NumpyArray extends Matrix {
  /** The sizes of its dimensions, `a.shape`. */
  readonly dimensions: readonly number[];
}

/**
 * The array of a .npy file, plain or gzip. Numbers of any type become double precision, but those of `float32`, which stay; integers
 * beyond 2^53, complex numbers, texts and objects are refused.
 *
 * ```js
 * const x = await readNpy('x.npy'); // np.save('x.npy', x)
 * const { data: y } = await readNpy('y.npy');
 * ```
 *
 * @throws SyntaxError or RangeError where the file is not as it should be, with its name; {@link SolverError} `OUT_OF_MEMORY` where
 * what it holds needs more than `maxBytes`; the error of Node where it cannot be read.
 */
export async function readNpy(path: string | URL, options: ReadNpyPartOptions = {}): Promise<NumpyArray> {
  const memory = checked(options, ['part']);
  const part = checkPart('part', options.part);
  if (part) return parsePart(path, part, options.signal, (name, bytes) => rowsOf(name, bytes, part, options, memory));
  return parseFile(path, options.signal, (name, chunks, size) => parseNpy(name, chunks, options, memory, size));
}

/**
 * The arrays of a .npz file by their names, as `np.savez` and `np.savez_compressed` write it.
 *
 * ```js
 * const { x, y } = await readNpz('data.npz'); // np.savez('data.npz', x=x, y=y)
 * ```
 *
 * @throws as {@link readNpy} does.
 */
export async function readNpz(path: string | URL, options: ReadNpyOptions = {}): Promise<Record<string, NumpyArray>> {
  const memory = checked(options);
  const { signal } = options;
  return parseFile(path, signal, async (name, chunks) => {
    const bytes = await allBytes(name, chunks, memory, signal);
    const arrays = new Map<string, NumpyArray>();
    // Work since the event loop was let run, in bytes; a member costs some thousands whatever it has.
    let work = 0;
    for (const member of members(name, bytes)) {
      work += 4096;
      if (work > 1 << 20) {
        await setImmediate();
        signal?.throwIfAborted();
        work = 0;
      }
      if (!member.name.endsWith('.npy')) continue;
      const place = partOf(name, member.name);
      const key = member.name.replace(/\.npy$/, '');
      if (arrays.has(key)) throw new SyntaxError(`${place}: two arrays have this name`);
      work += member.size;
      memory.take(place, 'an array', bytesOfArray);
      arrays.set(key, await memberArray(place, member, options, memory));
    }
    return Object.fromEntries(arrays);
  });
}

/** The bytes of an array beside its numbers, about. */
const bytesOfArray = 1024;

/** The members of an archive. */
function* members(name: string, bytes: Uint8Array): Generator<Member> {
  try {
    yield* membersOf(bytes);
  } catch (error) {
    throw error instanceof ZipError
      ? new SyntaxError(`${name}: no .npz file, or a damaged one: ${error.message}`, { cause: error })
      : error;
  }
}

async function memberArray(
  place: string,
  member: Member,
  options: ReadNpyOptions,
  memory: Memory,
): Promise<NumpyArray> {
  try {
    return await unpacked(member, (chunks) => parseNpy(place, chunks, options, memory, member.size));
  } catch (error) {
    throw error instanceof ZipError ? new SyntaxError(`${place}: ${error.message}`, { cause: error }) : error;
  }
}

/** A part of an archive in messages: its name may be any, and of any length. */
const partOf = (name: string, part: string): string => `${name}, ${visible(show(part))}`;

function checked(options: ReadNpyOptions, more: readonly string[] = []): Memory {
  checkLimits(checkMembers('options', options, ['signal', 'maxBytes', 'maxRows', 'maxColumns', ...more], 'option'));
  return new Memory(options.maxBytes);
}

async function allBytes(
  name: string,
  chunks: Chunks,
  memory: Memory,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    memory.take(name, 'its bytes', chunk.length);
    pieces.push(chunk);
    length += chunk.length;
  }
  const whole = memory.allocate(name, 'its bytes', length, () => Buffer.allocUnsafe(length));
  let at = 0;
  for (const [k, piece] of pieces.entries()) {
    whole.set(piece, at);
    at += piece.length;
    if (k % 64 < 63) continue;
    await setImmediate();
    signal?.throwIfAborted();
  }
  memory.free(length);
  return whole;
}

interface Header {
  /** Bytes before the numbers. */
  length: number;
  type: string;
  littleEndian: boolean;
  byColumns: boolean;
  dimensions: number[];
}

/** Sizes in bytes, and how a number is read, by NumPy's letters of types. */
const types: Record<
  string,
  { size: number; read(view: DataView, at: number, littleEndian: boolean): number | bigint }
> = {
  f8: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
  f4: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f2: { size: 2, read: (view, at, little) => halfPrecision(view.getUint16(at, little)) },
  i8: { size: 8, read: (view, at, little) => view.getBigInt64(at, little) },
  u8: { size: 8, read: (view, at, little) => view.getBigUint64(at, little) },
  i4: { size: 4, read: (view, at, little) => view.getInt32(at, little) },
  u4: { size: 4, read: (view, at, little) => view.getUint32(at, little) },
  i2: { size: 2, read: (view, at, little) => view.getInt16(at, little) },
  u2: { size: 2, read: (view, at, little) => view.getUint16(at, little) },
  i1: { size: 1, read: (view, at) => view.getInt8(at) },
  u1: { size: 1, read: (view, at) => view.getUint8(at) },
  b1: { size: 1, read: (view, at) => view.getUint8(at) },
};

/** A number of IEEE 754 in 16 bits. */
function halfPrecision(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The most bytes of a header, and the most dimensions of an array: NumPy writes a few hundred, and has 64. */
const [longestHeader, mostDimensions] = [1 << 20, 64];

/** How long the header is, by its first 12 bytes. */
function headerLength(name: string, bytes: Uint8Array): number {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic !== '\x93NUMPY' || bytes.length < 12)
    throw new SyntaxError(`${name}: no .npy file: it does not begin with \\x93NUMPY`);
  const version = bytes[6] as number;
  if (version < 1 || version > 3)
    throw new SyntaxError(`${name}: version ${version} of .npy files: expected 1, 2 or 3`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (length <= longestHeader) return length;
  throw new SyntaxError(`${name}: a header of ${length} bytes: expected at most ${longestHeader}`);
}

/** Reads the header: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function readHeader(name: string, bytes: Uint8Array): Header {
  const length = headerLength(name, bytes);
  if (length > bytes.length) throw new SyntaxError(`${name}: the file ends within its header`);
  const text = new TextDecoder('utf-8').decode(bytes.subarray(10, length));
  const member = (pattern: string): string | undefined => new RegExp(`['"]${pattern}`).exec(text)?.[1];
  const type = member(`descr['"]\\s*:\\s*['"]([^'"]*)['"]`);
  const order = member(`fortran_order['"]\\s*:\\s*(True|False)`);
  const shape = member(`shape['"]\\s*:\\s*\\(([\\d,\\sL]*)\\)`);
  if (type === undefined || !(type.slice(1) in types)) {
    const found = type ?? /['"]descr['"]\s*:\s*(.{0,40})/.exec(text)?.[1] ?? '';
    throw new SyntaxError(`${name}: type ${show(found)}: expected numbers, one of ${Object.keys(types).join(', ')}`);
  }
  if (order === undefined || shape === undefined)
    throw new SyntaxError(`${name}: ${show(text.trim())} is no header of a .npy file`);
  const dimensions = shape.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number.parseInt(size, 10)]));
  if (dimensions.length > mostDimensions)
    throw new SyntaxError(`${name}: ${dimensions.length} dimensions: expected at most ${mostDimensions}`);
  return { length, type: type.slice(1), littleEndian: type[0] !== '>', byColumns: order === 'True', dimensions };
}

/** A part of the rows of an array. */
async function rowsOf(
  name: string,
  bytes: Bytes,
  { rank, size }: Part,
  options: ReadNpyOptions,
  memory: Memory,
): Promise<NumpyArray> {
  const header = readHeader(name, await bytes.read(0, longestHeader));
  const [all = 1, ...rest] = header.dimensions;
  if (header.byColumns && rest.length > 0) {
    throw new SolverError(
      'UNSUPPORTED',
      `${name}: is kept column after column; expected rows, as np.ascontiguousarray(a)`,
    );
  }
  const whole = sizesOf(name, header, {});
  checkBytes(name, header, bytes.size - header.length);
  const border = (k: number): number => Math.floor((all / size) * k);
  const [from, to] = [border(rank), border(rank + 1)];
  const row = whole.size * whole.columns;
  const own = { ...header, length: 0, dimensions: [to - from, ...rest] };
  return numbersOf(name, bytes.pieces(header.length + row * from, row * (to - from)), own, options, memory);
}

/** The array in bytes that come piece by piece; `size` is how many there are, where that is known. */
async function parseNpy(
  name: string,
  chunks: Chunks,
  options: ReadNpyOptions,
  memory: Memory,
  size?: number,
): Promise<NumpyArray> {
  const pieces = chunks[Symbol.asyncIterator]();
  let begin: Uint8Array = Buffer.alloc(0);
  const fill = async (length: number): Promise<void> => {
    const parts = [begin];
    let missing = length - begin.length;
    while (missing > 0) {
      const { value, done } = await pieces.next();
      if (done) break;
      parts.push(value);
      missing -= value.length;
    }
    if (parts.length > 1) begin = Buffer.concat(parts);
  };
  await fill(12);
  await fill(headerLength(name, begin));
  const header = readHeader(name, begin);
  if (size !== undefined) checkBytes(name, header, size - header.length);
  async function* numbers(): AsyncGenerator<Uint8Array> {
    yield begin.subarray(header.length);
    yield* { [Symbol.asyncIterator]: () => pieces };
  }
  return numbersOf(name, numbers(), header, options, memory);
}

/** Bytes of a number, rows and columns of an array. */
function sizesOf(name: string, { dimensions, type }: Header, options: ReadNpyOptions) {
  const { size } = types[type] as (typeof types)[string];
  const [rows = 1, ...rest] = dimensions;
  const columns = rest.reduce((product, each) => product * each, 1);
  const { maxRows, maxColumns } = checkLimits(options);
  if (rows > maxRows) throw rangeError(`${name}: ${rows} rows are more than maxRows = ${maxRows}`);
  if (columns > maxColumns) throw rangeError(`${name}: ${columns} columns are more than maxColumns = ${maxColumns}`);
  return { size, rows, columns };
}

/** Refuses another number of bytes than the header needs, or a beginning of more. */
function checkBytes(name: string, header: Header, bytes: number, { more = false } = {}): void {
  const { dimensions, type } = header;
  const { size, rows, columns } = sizesOf(name, header, {});
  if (bytes === size * rows * columns) return;
  const wanted = `${size * rows * columns} bytes for ${dimensions.join(' x ') || 'one number'} of ${type}`;
  throw new SyntaxError(`${name}: expected ${wanted}, got ${bytes} bytes${more ? ' and more' : ''}`);
}

async function numbersOf(
  name: string,
  chunks: Chunks,
  header: Header,
  options: ReadNpyOptions,
  memory: Memory,
): Promise<NumpyArray> {
  const { dimensions, type } = header;
  const { size, rows, columns } = sizesOf(name, header, options);
  const count = rows * columns;
  const Kind = type === 'f4' ? Float32Array : Float64Array;
  const data = memory.allocate(name, `${count} numbers`, Kind.BYTES_PER_ELEMENT * count, () => new Kind(count));
  const placeOf = header.byColumns && dimensions.length > 1 ? placeByColumns(dimensions) : undefined;
  let [done, rest]: [number, Uint8Array] = [0, Buffer.alloc(0)];
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const got = done * size + bytes.length;
    if (got > count * size) checkBytes(name, header, got, { more: true });
    const whole = Math.floor(bytes.length / size);
    await copyNumbers(name, bytes, header, { data, first: done, count: whole, placeOf }, options.signal);
    done += whole;
    rest = bytes.subarray(whole * size);
  }
  checkBytes(name, header, done * size + rest.length);
  return { data, rows, columns, dimensions };
}

/** The array that numbers go to: from the first on, by their places if these are others. */
interface Target {
  data: Float64Array | Float32Array;
  first: number;
  count: number;
  placeOf: ((k: number) => number) | undefined;
}

async function copyNumbers(
  name: string,
  bytes: Uint8Array,
  { type, littleEndian }: Header,
  { data, first, count, placeOf }: Target,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { size, read } = types[type] as (typeof types)[string];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  await inSlices(count, signal, (from, to) => {
    for (let k = from; k < to; ++k) {
      const value = read(view, k * size, littleEndian);
      const number = Number(value);
      const at = first + k;
      if (typeof value === 'bigint' && !Number.isSafeInteger(number)) {
        throw rangeError(`${name}: entry ${at}, ${value}, is beyond 2^53: double precision does not have it`);
      }
      data[placeOf ? placeOf(at) : at] = number;
    }
  });
}

/** Gives where an entry stands row after row that is the k-th of an array whose first index runs fastest. */
function placeByColumns(dimensions: readonly number[]): (k: number) => number {
  const strides = dimensions.map((_, axis) => dimensions.slice(axis + 1).reduce((product, each) => product * each, 1));
  return (k) => {
    let [left, place] = [k, 0];
    dimensions.forEach((size, axis) => {
      place += (left % size) * (strides[axis] as number);
      left = Math.floor(left / size);
    });
    return place;
  };
}
