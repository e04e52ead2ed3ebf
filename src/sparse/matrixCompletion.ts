// Matrices of low rank from some of their entries.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, checkOneOf, checkVector } from '../core/check.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import { type Certificate, type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { MatrixCompletionOptions } from '../generated/matrixCompletion.js';
import { completedMatrixKind, indices } from '../predict/matrices.js';
import { boundOf, checkLambdaSettings, fallingLambdas, type OneOrMoreLambdas } from './lambdas.js';

/** Known entries: value k is that of row `rowIndices[k]` and column `columnIndices[k]`. */
export interface KnownEntries {
  rows: number;
  columns: number;
  rowIndices: ArrayLike<number>;
  columnIndices: ArrayLike<number>;
  values: ArrayLike<number>;
}

export interface MatrixCompletionSettings extends MatrixCompletionOptions, OneOrMoreLambdas, SolveOptions {
  /** An earlier result to begin with. Change it when an earlier result is near. */
  warmStart?: Partial<CompletedMatrix> | undefined;
}

/** The matrix of one lambda, left diag(singularValues) right^T. */
export interface CompletedMatrix {
  lambda: number;
  rank: number;
  /** rows x rank, orthonormal columns. */
  left: Matrix;
  singularValues: Float64Array;
  /** columns x rank, orthonormal columns. */
  right: Matrix;
  objective: number;
  /** No matrix has a smaller objective. */
  lowerBound: number;
  /** Objective less the lower bound, over half the squares of the known entries. */
  gap: number;
  /** The certificate of the matrix. */
  certificate: Certificate;
  /**
   * Entries of the completed matrix, one for each pair of a row and a column.
   * @throws TypeError or RangeError that names the argument and the value.
   */
  predict(rowIndices: ArrayLike<number>, columnIndices: ArrayLike<number>): Float64Array;
}

export interface MatrixCompletionResult
  extends SolveResult,
    Omit<Partial<CompletedMatrix>, 'certificate'>,
    Pick<CompletedMatrix, 'certificate'> {
  /** A matrix for each lambda that was reached, from the largest on; the members of the last are also those of the result. */
  matrices: CompletedMatrix[];
  /** The least lambda at which the matrix is 0. */
  lambdaMax: number;
}

/**
 * Completes a matrix of which some entries are known, by one with small singular values:
 *
 *     minimise  sum over known entries (x_ij - z_ij)^2 / 2  +  lambda ||Z||_*,   the sum of the singular values
 *
 * ```ts
 * const completed = await matrixCompletion({ rows, columns, rowIndices, columnIndices, values }, { lambda: 2 });
 * const [entry] = completed.predict([0], [7]);
 * ```
 *
 * The stored entries of a sparse matrix are known ones, zeros among them. The matrix is never made: memory is that of the known entries and of
 * the factors. Take the mean from the entries first if it is not near 0.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError} `OUT_OF_MEMORY`,
 * `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function matrixCompletion(
  data: KnownEntries | SparseMatrix,
  settings: MatrixCompletionSettings,
): Promise<MatrixCompletionResult> {
  const entries = 'format' in Object(data) ? triplets(data as SparseMatrix) : known(data as KnownEntries);
  const { lambda, lambdas, warmStart, ...others } = checkLambdaSettings('matrixCompletion', settings);
  const asked = fallingLambdas({ lambda, lambdas }, true);
  const request = { ...entries, lambdas: asked, ...(warmStart !== undefined && startOf(warmStart, entries)) };
  const answer = await solve('matrixCompletion', request, others, {
    cpuOnly: 'matrix completion',
  });
  const { ranks, left, right, singularValues, objectives, certificate, lowerBound, ...rest } = answer;
  const { rows, columns } = entries;
  let before = 0;
  const matrices = Array.from(ranks, (rank, k): CompletedMatrix => {
    const from = before;
    before += rank;
    const completed = {
      ...{ lambda: asked[k] as number, rank },
      left: rowsOf(left.subarray(from * rows, before * rows), rows, rank),
      singularValues: singularValues.slice(from, before),
      right: rowsOf(right.subarray(from * columns, before * columns), columns, rank),
      objective: objectives[k] as number,
      ...boundOf(certificate[k] as Certificate),
    };
    return withMethods(completed, completedMatrixKind.functions);
  });
  const last = { certificate: { kind: 'none' } as Certificate, ...matrices.at(-1) };
  return withMethods({ ...rest, matrices, ...last }, completedMatrixKind.functions);
}

/** The factors of an earlier result, with the roots of the singular values in each. */
function startOf(warmStart: Partial<CompletedMatrix>, { rows, columns }: Entries): object {
  const { left, singularValues, right } = checkWarmStart(warmStart);
  if (!left || !right || !singularValues) throw typeError('warmStart: expected left, singularValues and right');
  if (left.rows !== rows || right.rows !== columns) {
    throw rangeError(`warmStart: expected a matrix of ${rows} x ${columns}, got ${left.rows} x ${right.rows}`);
  }
  const scaled = ({ data }: Matrix) =>
    Float64Array.from(data, (value, k) => value * Math.sqrt(singularValues[k % singularValues.length] as number));
  return singularValues.length > 0 ? { startRows: scaled(left), startColumns: scaled(right) } : {};
}

interface Entries {
  rows: number;
  columns: number;
  rowIndices: Int32Array;
  columnIndices: Int32Array;
  values: Float64Array;
}

function known(data: KnownEntries): Entries {
  const names = ['rows', 'columns', 'rowIndices', 'columnIndices', 'values'];
  const given = checkMembers('data', data, names);
  const rows = checkInteger('rows', given.rows, 1);
  const columns = checkInteger('columns', given.columns, 1);
  const values = checkVector('values', given.values);
  const { length } = values;
  return {
    ...{ rows, columns, values },
    rowIndices: indices('rowIndices', given.rowIndices, rows, length),
    columnIndices: indices('columnIndices', given.columnIndices, columns, length),
  };
}

/** The stored entries of a sparse matrix. */
function triplets(data: SparseMatrix): Entries {
  const names = ['format', 'rows', 'columns', 'offsets', 'indices', 'values'];
  const { format, offsets, ...given } = checkMembers('data', data, names);
  checkOneOf('format', format, ['csc', 'csr']);
  const lines = Int32Array.from({ length: given.indices.length });
  for (let line = 0; line + 1 < offsets.length; ++line) {
    lines.fill(line, offsets[line] as number, offsets[line + 1] as number);
  }
  const [rowIndices, columnIndices] = format === 'csc' ? [given.indices, lines] : [lines, given.indices];
  return known({ rows: given.rows, columns: given.columns, rowIndices, columnIndices, values: given.values });
}

/** Vectors one behind the other as the columns of a matrix by rows. */
function rowsOf(vectors: Float64Array, rows: number, columns: number): Matrix {
  const data = new Float64Array(rows * columns);
  for (let k = 0; k < columns; ++k) {
    for (let i = 0; i < rows; ++i) data[i * columns + k] = vectors[k * rows + i] as number;
  }
  return { data, rows, columns };
}
