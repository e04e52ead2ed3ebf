import { checkMembers, checkVector } from '../core/check.js';
import {
  hasManyRows,
  looksLikeMatrix,
  type Matrix,
  type MatrixLike,
  matrix,
  toMatrix,
  toMatrixInPieces,
} from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import { checkOptions } from '../core/settingNames.js';
import { type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { checkWarmStart } from '../core/warmStart.js';
import { type DeepLinearOptions, type DeepLinearSolution, deepLinearDefaults } from '../generated/deepLinear.js';
import { linearNetworkKind } from '../predict/matrices.js';

export interface LinearNetworkData {
  /** n x d: a row for each example. */
  x: MatrixLike;
  /** n x c: a row of numbers for each example, or n numbers for one output. */
  y: MatrixLike | ArrayLike<number>;
}

export interface LinearNetworkSettings extends DeepLinearOptions, SolveOptions {
  /**
   * An earlier result to begin with, for example for another `lambda`. A closed form has no use for it. Change it when an earlier
   * result is near.
   */
  warmStart?: Pick<LinearNetworkResult, 'product'> | undefined;
}

export interface LinearNetworkResult extends SolveResult, DeepLinearSolution {
  /** Loss and regulariser of the layers. */
  objective: number;
  /** No network of this kind, of any widths, has a smaller objective. */
  lowerBound: number;
  /** (objective - lowerBound) / objective. */
  gap: number;
  /**
   * W_1 (d x r), W_2, ..., W_{L-1} (r x r, diagonal), W_L (r x c), so that predictions are X W_1 ... W_L. For `parallel` the r branches
   * are the columns of W_1, entries on the diagonals and rows of W_L that belong together.
   */
  layers: Matrix[];
  /** Predictions X W_1 ... W_L for the rows of x. */
  predict(x: MatrixLike): Matrix;
}

/**
 * Trains a deep linear network with weight decay to the certified global optimum over networks of any widths.
 *
 * ```ts
 * const { layers, product, objective, lowerBound } = await trainLinearNetwork({ x, y }, { depth: 3, parallel: true, lambda: 0.1 });
 * ```
 *
 * One network of L = `depth` layers, or with `parallel` a sum of such networks (branches), each with a penalty of degree L:
 *
 *     minimise  1/2 ||X W_1 ... W_L - Y||_F^2 + (lambda / 2) sum_l ||W_l||_F^2
 *     minimise  1/2 ||X sum_j W_j1 ... W_jL - Y||_F^2 + (lambda / 2) sum_j sum_l ||W_jl||_F^L           (parallel)
 *
 * The regulariser of layers with a given product is at best (lambda L / 2) sum_k t_k^(2 / L), t its singular values; that of branches with a
 * given sum (lambda L / 2) sum_k t_k. So two layers and parallel networks are convex programs in the product with its nuclear norm: solved
 * for any X, without a duality gap. Three and more layers, not parallel, are not convex in the product: they are solved where X^T X = s^2 I
 * (columns orthogonal and of one length), one singular value after the other in closed form, and refused for another X. With several outputs
 * their dual has a smaller optimum: `dualOptimum` and `dualityGap` say by how much.
 *
 * Y. Wang, T. Ergen, M. Pilanci, "Parallel deep neural networks have zero duality gap", ICLR 2023.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument, or that this X has no closed form; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function trainLinearNetwork(
  data: LinearNetworkData,
  settings: LinearNetworkSettings = {},
): Promise<LinearNetworkResult> {
  const given = checkMembers('data', data, ['x', 'y']);
  const { warmStart, ...options } = checkOptions('deepLinear', settings, [], 'settings');
  const x = hasManyRows(given.x) ? await toMatrixInPieces('x', given.x) : toMatrix('x', given.x);
  const y = looksLikeMatrix(given.y) ? toMatrix('y', given.y) : asColumn(given.y);
  const depth = options.depth ?? deepLinearDefaults.depth;
  const start =
    warmStart === undefined
      ? {}
      : { warmStart: { product: toMatrix('warmStart.product', checkWarmStart(warmStart).product) } };
  const problem = { x, y, ...start };
  const answer = await solve('deepLinear', problem, options, { cpuOnly: 'linear networks' });
  const { left, singularValues, right } = answer;
  const result = {
    ...answer,
    objective: answer.objective ?? Number.NaN,
    lowerBound: answer.lowerBound ?? Number.NaN,
    gap: answer.gap ?? Number.NaN,
    layers: layersOf(left, singularValues, right, depth),
  };
  return withMethods(result, linearNetworkKind.functions);
}

function asColumn(y: unknown): Matrix {
  const values = checkVector('y', y);
  return matrix(values.length, 1, values);
}

/** U S^(1/L), S^(1/L), ..., S^(1/L) V^T: the layers of least norm for the product U S V^T. */
function layersOf(left: Matrix, values: ArrayLike<number>, right: Matrix, depth: number): Matrix[] {
  const roots = Array.from(values, (t) => t ** (1 / depth));
  const r = roots.length;
  const diagonal = Float64Array.from({ length: r * r }, (_, at) =>
    at % (r + 1) === 0 ? (roots[at % r] as number) : 0,
  );
  const columns = scaled(right, roots);
  const last = new Float64Array(r * right.rows);
  for (let k = 0; k < r; ++k) {
    for (let j = 0; j < right.rows; ++j) last[k * right.rows + j] = columns.data[j * r + k] as number;
  }
  const between = Array.from({ length: depth - 2 }, () => matrix(r, r, diagonal));
  return [scaled(left, roots), ...between, matrix(r, right.rows, last)];
}

/** A matrix with column k multiplied by factor k. */
function scaled({ data, rows, columns }: Matrix, factors: ArrayLike<number>): Matrix {
  return matrix(
    rows,
    columns,
    data.map((value, at) => value * (factors[at % columns] as number)),
  );
}
