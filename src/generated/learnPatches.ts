// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface LearnPatchesProblem {
  /** Images, a row each: its pixels row by row, each with its channels. */
  x: Matrix;
  /** Height, width and channels of an image. */
  shape: Int32Array;
  /** Filters to begin at, a row each. Default: patches. */
  start?: Matrix | undefined;
}

export interface LearnPatchesOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 30
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 0.001
   */
  tolerance?: number | undefined;
  /**
   * Filters.
   *
   * Change it when scores are to be better (more), or features are too many (fewer).
   * Expected: an integer in [1, 100000].
   * @defaultValue 32
   */
  count?: number | undefined;
  /**
   * Height and width of a patch in pixels; the shorter side of an image where that is smaller.
   *
   * Change it when strokes and edges of the images are wider or narrower than a patch.
   * Expected: an integer in [1, 10000].
   * @defaultValue 5
   */
  size?: number | undefined;
  /**
   * Patches that filters are learned from.
   *
   * Change it when filters are many beside them (more), or learning takes too long (fewer).
   * Expected: an integer in [1, 10000000].
   * @defaultValue 20000
   */
  sample?: number | undefined;
}

export const learnPatchesDefaults = {
  ...limitDefaults,
  maxIterations: 30,
  tolerance: 0.001,
  count: 32,
  size: 5,
  sample: 20000,
} as const satisfies LearnPatchesOptions;

/** Members of a report of the solver beside those of all reports. */
export type LearnPatchesProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface LearnPatchesSolution {
  /** d x count, d = size^2 channels: a filter each column, of length 1. */
  filters: Matrix;
  /** Added to the square of a patch's length before the patch is divided by it. */
  contrast: number;
  /** What is known of the answer. */
  certificate: Certificate;
}
