// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface BlindCalibrationProblem {
  /** Rows of what each sensor sees, one snapshot after the other. */
  A: Matrix;
  /** Reports of the sensors. */
  y: Float64Array;
  /** Sensors of each snapshot. */
  sensors: number;
  /** Basis of the signal, a column each. Default: the signal is any. */
  signalBasis?: Matrix | undefined;
  /** Basis of the gains, a column each. Default: the gains are any. */
  gainBasis?: Matrix | undefined;
  /** Signal to begin at, in its basis where there is one. Default: back-projection. */
  startSignal?: Float64Array | undefined;
  /** Gains to begin at. Default: 1 each. */
  startGains?: Float64Array | undefined;
}

export interface BlindCalibrationOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 100000
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 1e-10
   */
  tolerance?: number | undefined;
  /**
   * Gains are within 1 - gainRange and 1 + gainRange.
   *
   * Change it when bounds of the gains are known: without them signal and gains may be off by one factor.
   * Expected: a number > 0.
   * @defaultValue Infinity
   */
  gainRange?: number | undefined;
}

export const blindCalibrationDefaults = {
  ...limitDefaults,
  maxIterations: 100000,
  tolerance: 1e-10,
  gainRange: Infinity,
} as const satisfies BlindCalibrationOptions;

/** Members of a report of the solver beside those of all reports. */
export type BlindCalibrationProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface BlindCalibrationSolution {
  /** n numbers. */
  signal: Float64Array;
  /** m numbers, whose mean is 1. */
  gains: Float64Array;
  /** The signal's in its basis, or the signal itself where there is none. */
  coefficients: Float64Array;
  /** The certificate of the answer. */
  certificate: Certificate;
}
