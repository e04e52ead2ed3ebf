// Entries of x that are missing, NaN, and the means of their columns in their places.
import { eachEntry } from '../core/algebra.js';
import { type Matrix, type MatrixLike, type SparseMatrix, toMatrix } from '../core/matrix.js';
import { isSparse, toOperand, toSizedOperand } from '../core/operand.js';

/** A matrix whose missing entries are 0, and where they are: places in its array of numbers. */
export interface WithMissing {
  x: Matrix | SparseMatrix;
  missing: Int32Array;
}

/**
 * A matrix argument, checked; entries that are NaN are missing if they are to be imputed, else refused: here, or, of what it is given
 * anyway (`solved`), by the addon.
 */
export function readMatrix(
  name: string,
  value: MatrixLike | SparseMatrix,
  { impute, solved = false }: { impute: boolean; solved?: boolean },
): WithMissing {
  if (!impute) return { x: solved ? toSizedOperand(name, value) : toOperand(name, value), missing: new Int32Array(0) };
  const found = isSparse(value) ? value : toMatrix(name, value);
  const numbers: ArrayLike<number> = ('data' in found ? found.data : found.values) ?? [];
  const places: number[] = [];
  for (let k = 0; k < numbers.length; ++k) if (Number.isNaN(numbers[k])) places.push(k);
  if (places.length === 0) return { x: toOperand(name, found), missing: new Int32Array(0) };
  const missing = Int32Array.from(places);
  return {
    x: toOperand(
      name,
      withEntries(found, missing, () => 0),
    ),
    missing,
  };
}

/** The means over the rows, by their weights, of what is not missing in each column; 0 where all is. */
export function columnMeans({ x, missing }: WithMissing, weights: Float64Array | undefined): Float64Array {
  const weightOf = (i: number): number => (weights ? (weights[i] as number) : 1);
  const [sums, counts] = [new Float64Array(x.columns), new Float64Array(x.columns)];
  eachEntry(x, (i, j, value) => {
    sums[j] = (sums[j] as number) + weightOf(i) * value;
  });
  counts.fill(weights ? weights.reduce((sum, weight) => sum + weight, 0) : x.rows);
  for (const [i, j] of placesOf(x, missing)) counts[j] = (counts[j] as number) - weightOf(i);
  return sums.map((sum, j) => ((counts[j] as number) > 0 ? sum / (counts[j] as number) : 0));
}

/** The matrix with the means of the columns in place of what is missing. */
export function filled({ x, missing }: WithMissing, means: Float64Array | undefined): Matrix | SparseMatrix {
  if (missing.length === 0 || !means) return x;
  const columns = placesOf(x, missing).map(([, j]) => j);
  return withEntries(x, missing, (k) => means[columns[k] as number] as number);
}

/** A copy with other numbers at some places. */
function withEntries<M extends Matrix | SparseMatrix>(x: M, places: Int32Array, entry: (k: number) => number): M {
  const numbers = 'data' in x ? x.data.slice() : (x as SparseMatrix).values.slice();
  places.forEach((place, k) => {
    numbers[place] = entry(k);
  });
  return { ...x, ['data' in x ? 'data' : 'values']: numbers };
}

/** Rows and columns of places in the array of numbers, which rise. */
function placesOf(x: Matrix | SparseMatrix, places: Int32Array): [row: number, column: number][] {
  if ('data' in x) return Array.from(places, (k) => [Math.floor(k / x.columns), k % x.columns]);
  let line = 0;
  return Array.from(places, (k) => {
    while ((x.offsets[line + 1] as number) <= k) ++line;
    const other = x.indices[k] as number;
    return x.format === 'csc' ? [other, line] : [line, other];
  });
}
