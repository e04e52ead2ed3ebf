// Data that messages refer to: fetched, checked, read, and kept for the jobs after.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, isError, isList, show } from '../core/check.js';
import { SolverError } from '../core/error.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { readNl } from '../problems/nl.js';
import { readCsv } from '../readers/csv.js';
import { readLibsvm } from '../readers/libsvm.js';
import { readMatrixMarket } from '../readers/matrixMarket.js';
import { readNpy, readNpz } from '../readers/npy.js';
import { type DataFormat, type DataReference, formats } from './messages.js';
import { bytesOf, fromJson } from './values.js';

/** Gives the path of a file on this machine that has what `href` names. */
export type FetchData = (href: string, signal: AbortSignal) => string | Promise<string>;

const readers: Record<DataFormat, (path: string, options: object) => Promise<unknown>> = {
  libsvm: readLibsvm,
  csv: readCsv,
  matrixMarket: readMatrixMarket,
  npy: readNpy,
  npz: readNpz,
  nl: readNl,
  async f64(path) {
    const bytes = await readFile(path);
    if (bytes.length % 8 === 0) return new Float64Array(new Uint8Array(bytes).buffer);
    throw new SolverError('INVALID_FILE', `${path}: has ${bytes.length} bytes, which are no whole numbers of 8`);
  },
  json: async (path) => fromJson(JSON.parse(await readFile(path, 'utf8'))),
};

const members = ['href', 'format', 'sha256', 'rows', 'member', 'options'];

/** The data that were read, up to a number of bytes; those that were used last stay. */
export class DataCache {
  readonly #kept = new Map<string, { value: Promise<unknown>; bytes: number }>();
  readonly #fetchData: FetchData | undefined;
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(fetchData: FetchData | undefined, mostBytes: number) {
    this.#fetchData = fetchData;
    this.#mostBytes = mostBytes;
  }

  /**
   * The data that a reference, `name` in messages, stands for.
   * @throws TypeError or RangeError of one that is wrong, whatever fetching throws, and the reader's errors
   */
  async get(name: string, given: Record<string, unknown>, signal: AbortSignal): Promise<unknown> {
    const { href, format, sha256, rows, member, options } = checked(name, given);
    const path = await this.#pathOf(name, href, signal);
    const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
      throw new SolverError('FILE_NOT_FOUND', `${name}: ${isError(error) ? error.message : path}`);
    });
    const file = sha256?.toLowerCase() ?? [path, size, mtimeMs].join('\n');
    const key = [file, format, JSON.stringify(options ?? {})].join('\n');
    const whole = await this.#once(key, size, async () => {
      if (sha256 !== undefined) await checkHash(name, path, sha256);
      return readers[format](path, options ?? {});
    });
    const part = member === undefined ? whole : memberOf(name, whole, member);
    return rows === undefined ? part : rowsOf(name, part, rows[0], rows[1]);
  }

  async #pathOf(name: string, href: string, signal: AbortSignal): Promise<string> {
    if (href.startsWith('file:')) return fileURLToPath(href);
    const path = await this.#fetchData?.(href, signal);
    if (typeof path === 'string') return path;
    const why = this.#fetchData
      ? `fetchData gave ${show(path)}; expected a path`
      : 'the worker has no fetchData for it';
    throw typeError(`${name}.href = ${show(href)}: ${why}`);
  }

  #once(key: string, size: number, read: () => Promise<unknown>): Promise<unknown> {
    const before = this.#kept.get(key);
    // The order of a Map is that of use: the first is the one that was not used for longest.
    this.#kept.delete(key);
    const entry = before ?? { value: read(), bytes: 0 };
    this.#kept.set(key, entry);
    if (!before) this.#weigh(key, entry, size);
    return entry.value;
  }

  #weigh(key: string, entry: { value: Promise<unknown>; bytes: number }, size: number): void {
    const isKept = () => this.#kept.get(key) === entry;
    entry.value.then(
      (value) => {
        if (!isKept()) return;
        // Of a program the size of its file stands for what is in the addon.
        entry.bytes = Math.max(size, bytesOf(value));
        this.#bytes += entry.bytes;
        for (const [first, { bytes }] of this.#kept) {
          if (this.#bytes <= this.#mostBytes) break;
          this.#kept.delete(first);
          this.#bytes -= bytes;
        }
      },
      () => {
        if (isKept()) this.#kept.delete(key);
      },
    );
  }
}

function checked(name: string, given: Record<string, unknown>): DataReference {
  const { format, sha256, rows, member, options } = checkMembers(name, given, members);
  if (!formats.includes(format as DataFormat)) {
    throw typeError(`${name}.format = ${show(format)}: expected one of ${formats.join(', ')}`);
  }
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(String(sha256))) {
    throw typeError(`${name}.sha256 = ${show(sha256)}: expected 64 hexadecimal digits`);
  }
  if (rows !== undefined) {
    if (!isList(rows) || rows.length !== 2) throw typeError(`${name}.rows = ${show(rows)}: expected [from, to]`);
    checkInteger(`${name}.rows[1]`, rows[1], checkInteger(`${name}.rows[0]`, rows[0], 0) + 1);
  }
  if (member !== undefined && typeof member !== 'string') {
    throw typeError(`${name}.member = ${show(member)}: expected a name`);
  }
  if (options !== undefined && (typeof options !== 'object' || options === null)) {
    throw typeError(`${name}.options = ${show(options)}: expected an object`);
  }
  return given as unknown as DataReference;
}

async function checkHash(name: string, path: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  const found = hash.digest('hex');
  if (found === expected.toLowerCase()) return;
  throw new SolverError('INVALID_FILE', `${name}: the file's sha256 is ${found}, not ${expected}`);
}

function memberOf(name: string, value: unknown, member: string): unknown {
  const found = Object.hasOwn(Object(value), member) ? (value as Record<string, unknown>)[member] : undefined;
  if (found !== undefined) return found;
  throw rangeError(`${name}.member = ${show(member)}: expected one of ${Object.keys(Object(value)).join(', ')}`);
}

/** Rows [from, to) of a matrix or vector, or of those in an object. */
function rowsOf(name: string, value: unknown, from: number, to: number): unknown {
  const check = (rows: number) => {
    if (to > rows) throw rangeError(`${name}.rows = [${from}, ${to}]: there are ${rows} rows`);
  };
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const vector = value as Float64Array;
    check(vector.length);
    return vector.slice(from, to);
  }
  const { rows, columns, data, offsets, indices, values, format } = Object(value) as Matrix & SparseMatrix;
  if (data !== undefined) {
    check(rows);
    return { data: data.slice(from * columns, to * columns), rows: to - from, columns };
  }
  if (format === 'csr') {
    check(rows);
    const [first, last] = [offsets[from] as number, offsets[to] as number];
    return {
      ...{ format, rows: to - from, columns },
      offsets: offsets.slice(from, to + 1).map((offset) => offset - first),
      ...{ indices: indices.slice(first, last), values: values.slice(first, last) },
    };
  }
  if (format !== undefined) throw typeError(`${name}.rows: a matrix by columns; expected one by rows`);
  const { x, y, ...others } = Object(value) as { x?: unknown; y?: unknown };
  if (x === undefined) throw typeError(`${name}.rows: expected a format with rows`);
  return { ...others, x: rowsOf(name, x, from, to), ...(y !== undefined && { y: rowsOf(name, y, from, to) }) };
}
