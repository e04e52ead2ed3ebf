import { rangeError } from '../core/argumentError.js';
import { checkVector, isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { looksLikeMatrix, toFloat64, toMatrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import {
  type Matrix,
  type MatrixLike,
  readData,
  readMatrix,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { TeachKernelOptions, TeachKernelSolution } from '../generated/teachKernel.js';
import { teachKernelKind } from '../predict/verbs/teachKernel.js';

export interface TeachKernelData {
  /** n x p, the rows that can be taught; for the kernel `'precomputed'` n x n, its values between them. */
  x: MatrixLike;
  /** The knowledge to reach at each row: n numbers, or n x d of d learners. */
  y: ArrayLike<number> | MatrixLike;
  /** d x d, A, symmetric and positive semidefinite: what each learner picks up from the others. Default: the identity. */
  learners?: MatrixLike | undefined;
}

export interface TeachKernelSettings extends TeachKernelOptions, SolveOptions {
  /** Coefficients to begin at, such as an earlier result. Default: zero. Change it when an earlier result is near. */
  warmStart?: { coefficients: MatrixLike } | undefined;
}

export interface TeachKernelResult extends SolveResult, TeachKernelSolution {
  /** The kernel's name. */
  kernel: 'gaussian' | 'linear' | 'precomputed';
  /** The rows that were taught; absent for the kernel `'precomputed'`. */
  points?: Matrix;
  /**
   * The learners' knowledge at rows x, m x d; for the kernel `'precomputed'` x has its values, m x n, between other rows and those
   * that were taught.
   */
  predict(x: MatrixLike): Matrix;
}

/**
 * Teaches learners a function by examples, one at a time: each step moves what they know, f, along the kernel at the row that was picked,
 *
 *     f := f - eta A (f - f*)(x_t) K(x_t, .)
 *
 * until the largest error at the rows of x is `tolerance` times the largest entry (norm of a row) of y.
 *
 * ```ts
 * const { sequence, predict } = await teachKernel({ x, y }, { kernelWidth: 0.5 });
 * ```
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function teachKernel(
  data: TeachKernelData,
  settings: TeachKernelSettings = {},
): Promise<TeachKernelResult> {
  const { x, y, learners } = readData(data, ['x', 'y', 'learners']);
  const { warmStart, ...others } = fixDeadline(settings);
  const read = readMatrix('x', x);
  const points = isPromise(read) ? await read : read;
  const targets = targetsOf(y, points.rows);
  const start = warmStart && checkWarmStart(warmStart);
  const request = {
    x: points,
    y: targets,
    learners: learners === undefined ? undefined : sized('learners', learners, targets.columns, targets.columns),
    start: start && sized('warmStart.coefficients', start.coefficients, points.rows, targets.columns),
  };
  const answer = await solveOnCpu('teachKernel', request, others);
  const { kernel = 'gaussian' } = others;
  const result = {
    ...answer,
    kernel,
    ...(kernel !== 'precomputed' && { points: { ...points, data: toFloat64(points) } }),
  };
  return withMethods(result as TeachKernelResult, teachKernelKind.functions);
}

function targetsOf(y: unknown, rows: number): Matrix {
  if (looksLikeMatrix(y)) return sized('y', y, rows);
  const values = checkVector('y', y as ArrayLike<number>, { length: rows, per: 'one for each row of x' });
  return { data: values, rows, columns: 1 };
}

/** A matrix of this size, in double precision. */
function sized(name: string, value: unknown, rows: number, columns?: number): Matrix {
  const found = toMatrix(name, value);
  if (found.rows !== rows || (columns !== undefined && found.columns !== columns)) {
    throw rangeError(
      `${name}: expected ${rows} x ${columns ?? 'any number of'} numbers, got ${found.rows} x ${found.columns}`,
    );
  }
  return { data: Float64Array.from(found.data), rows, columns: found.columns };
}
