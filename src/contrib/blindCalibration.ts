import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkVector, isPromise, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { toFloat64, toMatrix } from '../core/matrix.js';
import {
  type Matrix,
  type MatrixLike,
  readData,
  readMatrix,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
  stacked,
} from '../core/readData.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { BlindCalibrationOptions, BlindCalibrationSolution } from '../generated/blindCalibration.js';

/** The reports of m sensors about a signal, A xi, times their gains. */
export interface Snapshot {
  /** m x n. */
  A: MatrixLike;
  /** m numbers, what they report. */
  y: ArrayLike<number>;
}

export interface BlindCalibrationData {
  /** Several snapshots of one signal by the same sensors. */
  snapshots: readonly Snapshot[];
  /** n x k, Z: the signal is Z z. Default: it may be anything. */
  signalBasis?: MatrixLike | undefined;
  /** m x h, B: the gains are B c; its range has the vector of ones. Default: they may be anything. */
  gainBasis?: MatrixLike | undefined;
}

export interface BlindCalibrationSettings extends BlindCalibrationOptions, SolveOptions {
  /**
   * Coefficients of the signal and gains to begin at, such as an earlier result. Default: back-projection, and ones. Change it when an
   * earlier result is near.
   */
  warmStart?: { coefficients: ArrayLike<number>; gains: ArrayLike<number> } | undefined;
}

export interface BlindCalibrationResult extends SolveResult, BlindCalibrationSolution {}

/**
 * Finds a signal xi and the gains gamma of the sensors that see it, y_l = gamma o (A_l xi) for snapshots l, both unknown:
 *
 *     minimise  sum_l ||gamma o (A_l xi) - y_l||^2 / (2 m p)   subject to  mean(gamma) = 1,  |gamma - 1| <= gainRange.
 *
 * ```ts
 * const { signal, gains } = await blindCalibration({ snapshots: [{ A: A1, y: y1 }, { A: A2, y: y2 }] });
 * ```
 *
 * The scale of both is fixed by the mean of the gains alone. `solved` says that the gradient vanishes; that this is the signal which
 * was seen is certain only for enough random snapshots and gains near 1.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function blindCalibration(
  data: BlindCalibrationData,
  settings: BlindCalibrationSettings = {},
): Promise<BlindCalibrationResult> {
  const { snapshots, signalBasis, gainBasis } = readData(data, ['snapshots', 'signalBasis', 'gainBasis']);
  const { warmStart, ...others } = fixDeadline(settings);
  const list = checkSnapshots(snapshots);
  const parts: Matrix[] = [];
  for (const [l, { A }] of list.entries()) {
    const part = readMatrix(`snapshots[${l}].A`, A);
    parts.push(isPromise(part) ? await part : part);
  }
  const reports = reportsOf(list, parts);
  const all = stacked(parts, (l) => `snapshots[${l}].A`);
  const sensors = (parts[0] as Matrix).rows;
  const Z = signalBasis === undefined ? undefined : basisOf('signalBasis', signalBasis, all.columns, 'columns of A');
  const B = gainBasis === undefined ? undefined : basisOf('gainBasis', gainBasis, sensors, 'sensors');
  const start = warmStart && checkWarmStart(warmStart);
  const unknowns = { length: Z ? Z.columns : all.columns, per: 'one for each coefficient of the signal' };
  const request = {
    A: all,
    y: reports,
    sensors,
    signalBasis: Z,
    gainBasis: B,
    startSignal: start && checkVector('warmStart.coefficients', start.coefficients, unknowns),
    startGains: start && checkVector('warmStart.gains', start.gains, { length: sensors, per: 'one for each sensor' }),
  };
  return solveOnCpu('blindCalibration', request, others);
}

function checkSnapshots(snapshots: unknown): readonly Snapshot[] {
  if (!Array.isArray(snapshots)) {
    throw typeError(`snapshots = ${show(snapshots)}: expected an array of snapshots { A, y }`);
  }
  if (snapshots.length === 0) throw rangeError('snapshots: expected at least one snapshot');
  return snapshots.map((snapshot: Snapshot, l) => checkMembers(`snapshots[${l}]`, snapshot, ['A', 'y']));
}

/** The reports of all sensors, one snapshot after the other. */
function reportsOf(snapshots: readonly Snapshot[], parts: readonly Matrix[]): Float64Array {
  const sensors = (parts[0] as Matrix).rows;
  const reports = new Float64Array(sensors * parts.length);
  for (const [l, { y }] of snapshots.entries()) {
    const rows = parts[l]?.rows;
    if (rows !== sensors) {
      throw rangeError(`rows of snapshots[${l}].A = ${rows}: expected as many as snapshots[0].A has: ${sensors}`);
    }
    const length = { length: sensors, per: `one for each row of snapshots[${l}].A` };
    reports.set(checkVector(`snapshots[${l}].y`, y, length), l * sensors);
  }
  return reports;
}

function basisOf(name: string, value: unknown, rows: number, per: string): Matrix {
  const found = toMatrix(name, value);
  if (found.rows !== rows || found.columns === 0) {
    throw rangeError(
      `${name}: expected ${rows} rows, as many as ${per}, and a column, got ${found.rows} x ${found.columns}`,
    );
  }
  return { ...found, data: toFloat64(found) };
}
