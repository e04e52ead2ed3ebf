// The matrices of an .mps file, out of entries in the order of the file.
import type { SparseMatrix } from '../core/matrix.js';
import { type Place, sortBy } from './compress.js';
import { Growing } from './growing.js';
import type { Memory } from './memory.js';
import type { Scanner } from './scanner.js';
import { inSlices } from './slices.js';

/** Throws the error of an entry that is wrong, at its line. */
export type RefuseEntry = (what: 'twice' | 'asymmetric', line: number, row: number, column: number) => never;

/** Entries of a matrix, and the lines where they stand. */
export class MpsEntries {
  readonly #rows: Growing<Int32Array>;
  readonly #columns: Growing<Int32Array>;
  readonly #values: Growing<Float64Array>;
  readonly #lines: Growing<Int32Array>;

  constructor(memory: Memory) {
    const places = () => new Growing(Int32Array, 'entries', memory);
    [this.#rows, this.#columns, this.#lines] = [places(), places(), places()];
    this.#values = new Growing(Float64Array, 'entries', memory);
  }

  get length(): number {
    return this.#values.length;
  }

  push(text: Scanner, row: number, column: number, value: number): void {
    this.#rows.push(text, row);
    this.#columns.push(text, column);
    this.#values.push(text, value);
    this.#lines.push(text, text.line);
  }

  /**
   * The entries as a matrix by rows, columns ascending; nothing is left here. An entry that is given twice is refused, and, where both
   * triangles are there, one without an equal one in the other triangle.
   */
  async compressed(where: Place, sizes: Sizes, bothTriangles: boolean, refuse: RefuseEntry): Promise<SparseMatrix> {
    const { place, memory, signal } = where;
    const list: List = {
      rows: await this.#rows.joined(place, signal),
      columns: await this.#columns.joined(place, signal),
      values: await this.#values.joined(place, signal),
      lines: await this.#lines.joined(place, signal),
    };
    const count = list.values.length;
    const byColumn = await sortBy(list.columns, sizes.columns, undefined, count, where);
    const order = await sortBy(list.rows, sizes.rows, byColumn, count, where);
    if (bothTriangles) await checkSymmetric(where, sizes.rows, list, order, refuse);
    const matrix = await inOrder(where, sizes, list, order, refuse);
    memory.free(24 * count);
    return matrix;
  }
}

interface Sizes {
  rows: number;
  columns: number;
}

interface List {
  rows: Int32Array;
  columns: Int32Array;
  values: Float64Array;
  lines: Int32Array;
}

async function inOrder(
  { place, memory, signal }: Place,
  { rows, columns }: Sizes,
  list: List,
  order: Int32Array,
  refuse: RefuseEntry,
): Promise<SparseMatrix> {
  const count = order.length;
  const bytes = 4 * (rows + 1) + 12 * count;
  const [offsets, indices, values] = memory.allocate(
    place,
    `${count} entries in order`,
    bytes,
    () => [new Int32Array(rows + 1), new Int32Array(count), new Float64Array(count)] as const,
  );
  let [row, column] = [-1, -1];
  await inSlices(count, signal, (from, to) => {
    for (let k = from; k < to; ++k) {
      const source = order[k] as number;
      const [i, j] = [list.rows[source] as number, list.columns[source] as number];
      if (i === row && j === column) refuse('twice', list.lines[source] as number, i, j);
      while (row < i) offsets[++row] = k;
      column = j;
      indices[k] = j;
      values[k] = list.values[source] as number;
    }
  });
  offsets.fill(count, row + 1);
  return { format: 'csr', rows, columns, offsets, indices, values };
}

/** Refuses a matrix that is not symmetric. `order` is that of its rows; the order of its columns has the mirror image of each entry in the same place. */
async function checkSymmetric(
  where: Place,
  n: number,
  { rows, columns, values, lines }: List,
  order: Int32Array,
  refuse: RefuseEntry,
): Promise<void> {
  const count = order.length;
  const byRow = await sortBy(rows, n, undefined, count, where);
  const mirrored = await sortBy(columns, n, byRow, count, where);
  await inSlices(count, where.signal, (from, to) => {
    for (let k = from; k < to; ++k) {
      const [one, other] = [order[k] as number, mirrored[k] as number];
      const byRows = (rows[one] as number) - (columns[other] as number);
      const distance = byRows === 0 ? (columns[one] as number) - (rows[other] as number) : byRows;
      if (distance === 0 && near(values[one] as number, values[other] as number)) continue;
      const lonely = distance <= 0 ? one : other;
      refuse('asymmetric', lines[lonely] as number, rows[lonely] as number, columns[lonely] as number);
    }
  });
  where.memory.free(4 * count);
}

/** rounding: numbers that were written with ten digits or more. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-10 * (Math.abs(a) + Math.abs(b));
