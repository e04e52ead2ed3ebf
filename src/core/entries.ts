// Entries of matrices, dense or sparse, in plain JavaScript.
import type { Matrix, SparseMatrix } from './matrix.js';

/** Calls `visit` with row, column and value of every entry (that is stored). */
export function eachEntry(A: Matrix | SparseMatrix, visit: (i: number, j: number, value: number) => void): void {
  if ('data' in A) {
    for (let i = 0; i < A.rows; ++i) {
      for (let j = 0; j < A.columns; ++j) visit(i, j, A.data[i * A.columns + j] as number);
    }
    return;
  }
  const { format, offsets, indices, values } = A;
  for (let line = 0; line + 1 < offsets.length; ++line) {
    for (let k = offsets[line] as number; k < (offsets[line + 1] as number); ++k) {
      const other = indices[k] as number;
      if (format === 'csc') visit(other, line, values[k] as number);
      else visit(line, other, values[k] as number);
    }
  }
}

/** Standard deviations of the columns, dividing by the number of rows, of the entries that are no NaN. */
export function standardDeviations(x: Matrix | SparseMatrix): Float64Array {
  const zeros = (): Float64Array => new Float64Array(x.columns);
  const [sums, counts] = [zeros(), zeros().fill(x.rows)];
  eachEntry(x, (_, j, value) => {
    if (Number.isNaN(value)) counts[j] = (counts[j] as number) - 1;
    else sums[j] = (sums[j] as number) + value;
  });
  const means = sums.map((sum, j) => sum / Math.max(1, counts[j] as number));
  // Entries that a sparse matrix leaves out are 0: they come in as many as there are fewer entries than rows.
  const [squares, left] = [zeros(), counts.slice()];
  eachEntry(x, (_, j, value) => {
    if (Number.isNaN(value)) return;
    left[j] = (left[j] as number) - 1;
    squares[j] = (squares[j] as number) + (value - (means[j] as number)) ** 2;
  });
  return squares.map((sum, j) => {
    const all = sum + Math.max(0, left[j] as number) * (means[j] as number) ** 2;
    return Math.sqrt(all / Math.max(1, counts[j] as number));
  });
}
