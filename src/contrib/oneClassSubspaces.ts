import { rangeError } from '../core/argumentError.js';
import { isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { toMatrix } from '../core/matrix.js';
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
import type { OneClassSubspacesOptions, OneClassSubspacesSolution } from '../generated/oneClassSubspaces.js';
import { oneClassSubspacesKind } from '../predict/verbs/oneClassSubspaces.js';

export interface OneClassSubspacesData {
  /** n x d, rows of the class. */
  x: MatrixLike;
}

export interface OneClassSubspacesSettings extends OneClassSubspacesOptions, SolveOptions {
  /**
   * Frames to begin at, such as those of an earlier result; offsets begin where they fit these. Default: drawn by `seed`. Change it
   * when an earlier result is near.
   */
  warmStart?: { lowerFrame: MatrixLike; upperFrame: MatrixLike } | undefined;
}

export interface OneClassSubspacesResult extends SolveResult, OneClassSubspacesSolution {
  /** Gives by how much each row is inside: the least of all W_1^T x + b_1 and -(W_2^T x + b_2), at least `margin` for most rows of the class. */
  decision(x: MatrixLike): Float64Array;
  /** Returns true if each row is of the class: where its decision is not below a threshold, 0 by default. */
  predict(x: MatrixLike, options?: { threshold?: number | undefined }): boolean[];
}

/**
 * Encloses rows of one class, to tell others, by two frames of orthonormal columns:
 *
 *     minimise  1/2 ||W_1 - W_2||^2 + ||b_1 - b_2||^2
 *               + violationWeight / (2 n) sum_i (margin - min_k (W_1^T x_i + b_1))_+^2 + (margin + max_k (W_2^T x_i + b_2))_+^2
 *
 * ```ts
 * const { predict } = await oneClassSubspaces({ x });
 * ```
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function oneClassSubspaces(
  data: OneClassSubspacesData,
  settings: OneClassSubspacesSettings = {},
): Promise<OneClassSubspacesResult> {
  const { x } = readData(data, ['x']);
  const { warmStart, ...others } = fixDeadline(settings);
  const read = readMatrix('x', x);
  const given = isPromise(read) ? await read : read;
  const request = { x: given, start: startOf(warmStart, given.columns) };
  const answer = await solveOnCpu('oneClassSubspaces', request, others);
  return withMethods(answer as OneClassSubspacesResult, oneClassSubspacesKind.functions);
}

/** Both frames side by side. */
function startOf(warmStart: OneClassSubspacesSettings['warmStart'], rows: number): Matrix | undefined {
  if (warmStart === undefined) return undefined;
  const { lowerFrame, upperFrame } = checkWarmStart(warmStart);
  const frames = [toMatrix('warmStart.lowerFrame', lowerFrame), toMatrix('warmStart.upperFrame', upperFrame)];
  const [{ columns }] = frames as [Matrix, Matrix];
  for (const [k, frame] of frames.entries()) {
    if (frame.rows === rows && frame.columns === columns) continue;
    throw rangeError(
      `warmStart.${['lowerFrame', 'upperFrame'][k]}: expected ${rows} x ${columns} numbers, got ${frame.rows} x ${frame.columns}`,
    );
  }
  const made = new Float64Array(rows * 2 * columns);
  for (let i = 0; i < rows; ++i) {
    for (const [k, frame] of frames.entries()) {
      made.set(frame.data.subarray(i * columns, (i + 1) * columns), (2 * i + k) * columns);
    }
  }
  return { data: made, rows, columns: 2 * columns };
}
