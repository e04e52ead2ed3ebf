import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkVector, isList, isPromise, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { withMethods } from '../core/methods.js';
import {
  type Label,
  type Matrix,
  type MatrixLike,
  readData,
  readMatrix,
  readSigns,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
  stacked,
} from '../core/readData.js';
import { checkWarmStart } from '../core/warmStart.js';
import { finishedInTurns, inPieces, type Steps } from '../core/yieldingLoops.js';
import type {
  SequentialMaxMarginOptions,
  SequentialMaxMarginProgress,
  SequentialMaxMarginSolution,
} from '../generated/sequentialMaxMargin.js';
import { sequentialMaxMarginKind } from '../predict/verbs/sequentialMaxMargin.js';

/** Rows of one task, and a label of two classes for each. */
export interface MarginTask {
  x: MatrixLike;
  y: ArrayLike<number> | readonly Label[];
}

export interface SequentialMaxMarginData {
  /** Tasks in their order, at least one, all with the same columns and the same two classes. */
  tasks: readonly MarginTask[];
}

export interface SequentialMaxMarginSettings
  extends SequentialMaxMarginOptions,
    SolveOptions<SequentialMaxMarginProgress> {
  /**
   * Weights to begin at, such as an earlier result. Default: zero. Change it when more tasks follow an earlier result.
   */
  warmStart?: { w: ArrayLike<number> } | undefined;
}

export interface SequentialMaxMarginResult
  extends SolveResult<SequentialMaxMarginProgress>,
    SequentialMaxMarginSolution {
  /** The two classes, in order: x^T w is positive for the second. */
  classes: readonly [Label, Label];
  /** x^T w for each row. */
  decision(x: MatrixLike): Float64Array;
  /** The class of each row. */
  predict(x: MatrixLike): Label[];
}

/**
 * Learns linear classifications one after the other, each by the least change of the weights w that gives its rows a margin,
 *
 *     w := argmin ||u - w||  subject to  y_i x_i^T u >= 1 for the rows i of a task,
 *
 * over and over, until w has all margins.
 *
 * ```ts
 * const { w, margins } = await sequentialMaxMargin({ tasks: [{ x: x1, y: y1 }, { x: x2, y: y2 }] });
 * ```
 *
 * There is no intercept: give x a column of ones. `infeasible` means that a task cannot be separated, `stalled` that it was not in
 * `maxSweeps`.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function sequentialMaxMargin(
  data: SequentialMaxMarginData,
  settings: SequentialMaxMarginSettings = {},
): Promise<SequentialMaxMarginResult> {
  const { tasks } = readData(data, ['tasks']);
  const { warmStart, ...others } = fixDeadline(settings);
  if (!Array.isArray(tasks)) throw typeError(`tasks = ${show(tasks)}: expected an array of tasks { x, y }`);
  if (tasks.length === 0) throw rangeError('tasks: expected at least one task');
  const offsets = new Int32Array(tasks.length + 1);
  const parts: Matrix[] = [];
  const labels: Label[] = [];
  for (const [k, task] of tasks.entries()) {
    const { x, y } = checkMembers(`tasks[${k}]`, task as MarginTask, ['x', 'y']);
    const part = readMatrix(`tasks[${k}].x`, x);
    parts.push(isPromise(part) ? await part : part);
    const added = finishedInTurns(addLabels(labels, `tasks[${k}]`, y, parts[k] as Matrix));
    if (isPromise(added)) await added;
    offsets[k + 1] = labels.length;
  }
  const all = stacked(parts, (k) => `tasks[${k}].x`);
  const signs = readSigns(labels, all.rows);
  const { values, classes } = isPromise(signs) ? await signs : signs;
  const start = warmStart && checkWarmStart(warmStart);
  const length = { length: all.columns, per: 'one for each column of x' };
  const request = {
    x: all,
    y: values,
    tasks: offsets,
    start: start && checkVector('warmStart.w', start.w, length),
  };
  const answer = await solveOnCpu('sequentialMaxMargin', request, others as SolveOptions);
  return withMethods({ ...answer, classes } as SequentialMaxMarginResult, sequentialMaxMarginKind.functions);
}

function* addLabels(labels: Label[], task: string, y: unknown, { rows }: Matrix): Steps<void> {
  if (!isList(y)) throw typeError(`${task}.y = ${show(y)}: expected an array of labels`);
  if (rows === 0) throw rangeError(`${task}.x: expected at least one row`);
  if (y.length !== rows) {
    throw rangeError(`${task}.y: expected ${rows} labels, one for each row of ${task}.x, got ${y.length}`);
  }
  yield* inPieces(rows, (from, to) => {
    for (let i = from; i < to; ++i) labels.push(y[i] as Label);
  });
}
