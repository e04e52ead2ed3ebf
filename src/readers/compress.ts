import type { SparseMatrix } from '../core/matrix.js';
import type { Memory } from './memory.js';
import { inSlices } from './slices.js';

/** The place in a file that needs memory, for messages, and how much there is. */
export interface Place {
  place: string;
  memory: Memory;
  signal?: AbortSignal | undefined;
}

/** Entries (rows[k], columns[k], values[k]) in any order. */
export class Triplets {
  /** Bytes of an entry. */
  static readonly bytes = 2 * Int32Array.BYTES_PER_ELEMENT + Float64Array.BYTES_PER_ELEMENT;
  rows: Int32Array;
  columns: Int32Array;
  values: Float64Array;
  count = 0;
  /** True if each entry's row is no smaller than that of the one before; and the same of (column, row). */
  #rowsAscend = true;
  #ascend = true;
  #row = 0;
  #column = 0;

  /** Memory that is not written costs nothing: the system gives it page by page. */
  constructor(capacity: number) {
    this.rows = new Int32Array(capacity);
    this.columns = new Int32Array(capacity);
    this.values = new Float64Array(capacity);
  }

  get capacity(): number {
    return this.values.length;
  }

  grow(capacity: number): void {
    const longer = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.rows = longer(this.rows, new Int32Array(capacity));
    this.columns = longer(this.columns, new Int32Array(capacity));
    this.values = longer(this.values, new Float64Array(capacity));
  }

  push(row: number, column: number, value: number): void {
    const k = this.count++;
    this.rows[k] = row;
    this.columns[k] = column;
    this.values[k] = value;
    if (row < this.#row) {
      this.#rowsAscend = false;
      if (column <= this.#column) this.#ascend = false;
    } else if (column < this.#column) {
      this.#ascend = false;
    }
    this.#row = row;
    this.#column = column;
  }

  /**
   * Compresses by columns, rows ascending, duplicates summed in the order in which they came. Two counting sorts at most, in time
   * proportional to entries, rows and columns. Uses up the triplets: the matrix may have their memory.
   */
  async compress(where: Place, m: number, n: number): Promise<SparseMatrix> {
    const { place, memory, signal } = where;
    const { rows, columns, values, count } = this;
    const offsets = memory.allocate(place, `${n} columns`, 4 * (n + 1), () => new Int32Array(n + 1));
    const order = await this.#order(where, m, n);
    const indices = order ? new Int32Array(count) : rows;
    const summed = order ? new Float64Array(count) : values;
    let last = -1; // the entry written last
    let lastColumn = -1;
    await inSlices(count, signal, (from, to) => {
      for (let k = from; k < to; ++k) {
        const source = order ? (order[k] as number) : k;
        const row = rows[source] as number;
        const column = columns[source] as number;
        const value = values[source] as number;
        if (column === lastColumn && row === indices[last]) {
          summed[last] = (summed[last] as number) + value;
          continue;
        }
        indices[++last] = row;
        summed[last] = value;
        lastColumn = column;
        offsets[column + 1] = (offsets[column + 1] as number) + 1;
      }
    });
    await accumulate(offsets, signal);
    const nonzeros = last + 1;
    return {
      format: 'csc',
      rows: m,
      columns: n,
      offsets,
      indices: nonzeros === indices.length ? indices : indices.slice(0, nonzeros),
      values: nonzeros === summed.length ? summed : summed.slice(0, nonzeros),
    };
  }

  /** The numbers of the entries in the order of their columns and rows; undefined where they came in it. */
  async #order(where: Place, m: number, n: number): Promise<Int32Array | undefined> {
    const { rows, columns, count } = this;
    if (this.#ascend) return undefined;
    const byRow = this.#rowsAscend ? undefined : await sortBy(rows, m, undefined, count, where);
    const order = await sortBy(columns, n, byRow, count, where);
    where.memory.take(where.place, `${count} entries in order`, 12 * count);
    return order;
  }
}

/** `order` (from 0 up, if undefined) sorted by `keys` below `bound`; equal keys stay as they were. */
export async function sortBy(
  keys: Int32Array,
  bound: number,
  order: Int32Array | undefined,
  count: number,
  { place, memory, signal }: Place,
): Promise<Int32Array> {
  const counters = 4 * (bound + 1);
  const next = memory.allocate(place, `${bound} rows or columns`, counters, () => new Int32Array(bound + 1));
  await inSlices(count, signal, (from, to) => {
    for (let k = from; k < to; ++k) {
      const key = (keys[k] as number) + 1;
      next[key] = (next[key] as number) + 1;
    }
  });
  await accumulate(next, signal);
  const sorted = memory.allocate(place, `${count} entries`, 4 * count, () => new Int32Array(count));
  await inSlices(count, signal, (from, to) => {
    for (let k = from; k < to; ++k) {
      const source = order ? (order[k] as number) : k;
      const key = keys[source] as number;
      const target = next[key] as number;
      sorted[target] = source;
      next[key] = target + 1;
    }
  });
  memory.free(counters + (order ? 4 * count : 0));
  return sorted;
}

/** Running sums, in place. */
async function accumulate(counts: Int32Array, signal: AbortSignal | undefined): Promise<void> {
  let sum = 0;
  await inSlices(counts.length, signal, (from, to) => {
    for (let k = from; k < to; ++k) {
      sum += counts[k] as number;
      counts[k] = sum;
    }
  });
}
