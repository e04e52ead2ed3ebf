import type { SparseMatrix } from '../core/matrix.js';
import { allocate, inSlices } from './slices.js';

/** Entries (rows[k], columns[k], values[k]) in any order. */
export class Triplets {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
  count = 0;
  /** Whether each entry's row is no smaller than that of the one before; and the same of (column, row). */
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
  async compress(place: string, m: number, n: number, signal?: AbortSignal): Promise<SparseMatrix> {
    const { rows, columns, values, count } = this;
    let order: Int32Array | undefined;
    const offsets = allocate(place, `${n} columns`, () => new Int32Array(n + 1));
    if (!this.#ascend) {
      if (!this.#rowsAscend) order = await sortBy(rows, m, undefined, count, signal, place);
      order = await sortBy(columns, n, order, count, signal, place);
    }
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
}

/** `order` (from 0 up, if undefined) sorted by `keys` below `bound`; equal keys stay as they were. */
async function sortBy(
  keys: Int32Array,
  bound: number,
  order: Int32Array | undefined,
  count: number,
  signal: AbortSignal | undefined,
  place: string,
): Promise<Int32Array> {
  const next = allocate(place, `${bound} rows or columns`, () => new Int32Array(bound + 1));
  await inSlices(count, signal, (from, to) => {
    for (let k = from; k < to; ++k) {
      const key = (keys[k] as number) + 1;
      next[key] = (next[key] as number) + 1;
    }
  });
  await accumulate(next, signal);
  const sorted = new Int32Array(count);
  await inSlices(count, signal, (from, to) => {
    for (let k = from; k < to; ++k) {
      const source = order ? (order[k] as number) : k;
      const key = keys[source] as number;
      const target = next[key] as number;
      sorted[target] = source;
      next[key] = target + 1;
    }
  });
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
