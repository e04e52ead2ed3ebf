// The result of least squares.
import type { Matrix } from '../core/matrix.js';
import type { SolveResult } from '../core/solve.js';
import type { FitSolution } from '../generated/fit.js';

/** A fit, with constraints or without. */
export interface FitResult extends SolveResult, FitSolution {
  /** sum_i rho(r_i^2) / 2, half the sum of squares for the squared loss. */
  objective: number;
  /** Square roots of the diagonal of `covariance`; undefined where there is none. */
  standardErrors: Float64Array | undefined;
}

/** The result of minimizeSquares. */
export interface SquaresResult extends FitResult {
  /** One sentence for people: why there is no covariance of a model with constraints. */
  because?: string;
  /** The number of residuals minus that of directions in which bounds and constraints leave the parameters free. Absent without constraints. */
  degreesOfFreedom?: number;
  /** The largest violation of bounds and constraints. Absent without constraints. */
  feasibility?: number;
  /** Multipliers of the constraints of the model, those of L = objective + multipliers^T c; empty where there are none. */
  multipliers: Float64Array;
  /** Indices of the inequalities that are at one of their sides. */
  activeConstraints: Int32Array;
}

/** Square roots of the diagonal; undefined of a matrix without rows. */
export function errorsOf({ data, rows }: Matrix): Float64Array | undefined {
  if (rows === 0) return undefined;
  return Float64Array.from({ length: rows }, (_, j) => Math.sqrt(data[j * (rows + 1)] as number));
}
