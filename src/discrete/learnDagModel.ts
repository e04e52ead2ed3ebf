// Predictions by a graph: each column from its parents.
import type { Matrix, MatrixLike, SparseMatrix } from '../core/matrix.js';
import { logistic, rowsFor } from '../predict/products.js';

/** Members of a result that predictions are made of. */
export interface DagModel {
  /** d x d: the entry in row i and column j is the weight of the edge from i to j. */
  weights: SparseMatrix;
  intercepts: ArrayLike<number>;
  /** True if columns are 0 and 1, and predictions are the probabilities of 1. */
  binary: boolean;
}

function predicted({ weights, intercepts, binary }: DagModel, given: MatrixLike): Matrix & { data: Float64Array } {
  const d = weights.columns;
  const x = rowsFor(given, d);
  const data = new Float64Array(x.rows * d);
  for (let i = 0; i < x.rows; ++i) {
    for (let j = 0; j < d; ++j) {
      let sum = intercepts[j] as number;
      for (let k = weights.offsets[j] as number; k < (weights.offsets[j + 1] as number); ++k) {
        sum += (weights.values[k] as number) * (x.data[i * d + (weights.indices[k] as number)] as number);
      }
      data[i * d + j] = binary ? logistic(sum) : sum;
    }
  }
  return { data, rows: x.rows, columns: d };
}

/** The functions of results of `learnDag`. */
export const dagFunctions: object = class DagFunctions {
  predict(x: MatrixLike): Matrix & { data: Float64Array } {
    return predicted(this as unknown as DagModel, x);
  }
}.prototype;
