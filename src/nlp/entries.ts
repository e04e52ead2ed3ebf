// Sparse matrices from entries.
import type { SparseMatrix } from '../core/matrix.js';

/** An entry of a sparse matrix. */
export type Entry = readonly [row: number, column: number, value: number];

/** A matrix by rows of entries, those of one place added up. */
export function toSparse(rows: number, columns: number, entries: readonly Entry[]): SparseMatrix {
  const byRow: Map<number, number>[] = Array.from({ length: rows }, () => new Map());
  for (const [i, j, value] of entries) {
    const row = byRow[i] as Map<number, number>;
    row.set(j, (row.get(j) ?? 0) + value);
  }
  const offsets = new Int32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  byRow.forEach((row, i) => {
    for (const [j, value] of [...row].sort(([a], [b]) => a - b)) {
      indices.push(j);
      values.push(value);
    }
    offsets[i + 1] = indices.length;
  });
  return {
    format: 'csr',
    rows,
    columns,
    offsets,
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}
