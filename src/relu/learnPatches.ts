import { checkNumber, isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { toMatrix } from '../core/matrix.js';
import {
  type MatrixLike,
  readData,
  readMatrix,
  type SolveOptions,
  type SolveResult,
  solveOnCpu,
} from '../core/readData.js';
import { checkWarmStart } from '../core/warmStart.js';
import {
  type LearnPatchesOptions,
  type LearnPatchesSolution,
  learnPatchesDefaults,
} from '../generated/learnPatches.js';
import { checkCells, type PatchLayer, shapeOf } from './patchFeatures.js';

export interface LearnPatchesData {
  /** n x (height width channels): an image a row, its pixels row by row, each with its channels. */
  x: MatrixLike;
  /** Height and width of an image, and its channels if there are several. */
  shape: readonly number[];
}

export interface LearnPatchesSettings extends LearnPatchesOptions, SolveOptions {
  /** Parts along each side of the image that features are means over. Default: 4. Change it when what is on an image may be anywhere (fewer), or stands still (more). */
  cells?: number | undefined;
  /** The least product of a patch and a filter, which is at most 1, that makes a feature. Default: 0.25. Change it when features are to be few (larger). */
  threshold?: number | undefined;
  /** Filters to begin at, such as an earlier result. Default: random patches. Change it when an earlier result is near. */
  warmStart?: { layer: Pick<PatchLayer, 'filters'> } | undefined;
}

export interface LearnPatchesResult extends SolveResult, Omit<LearnPatchesSolution, 'filters' | 'contrast'> {
  /** The layer that `patchFeatures` takes, in plain numbers: `JSON.stringify` writes it. */
  layer: PatchLayer;
}

/**
 * Learns filters for patches of images, without their classes: the features that `patchFeatures` makes with them take the place of pixels. Over
 * filters w_f of length 1
 *
 *     minimise  (1/M) sum_i min_f (1 - w_f . p_i)
 *
 * for M random patches p_i, less their means, and divided by sqrt(||p||^2 + contrast); flat ones are drawn again. Spherical k-means: `solved` says
 * that neither other patches for the filters nor other filters for the patches that each one has lower the objective by more than `tolerance`, as a
 * share of it.
 *
 * ```ts
 * const { layer } = await learnPatches({ x: images, shape: [28, 28] });
 * const features = await patchFeatures(layer, images);
 * const result = await trainReluNetwork({ x: features, y }, { standardize: false });
 * ```
 *
 * A. Coates, H. Lee, A. Y. Ng, "An analysis of single-layer networks in unsupervised feature learning", AISTATS 2011.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument; {@link SolverError}
 * `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function learnPatches(
  data: LearnPatchesData,
  settings: LearnPatchesSettings = {},
): Promise<LearnPatchesResult> {
  const { x, shape } = readData(data, ['x', 'shape']);
  const { cells = 4, threshold = 0.25, warmStart, ...others } = fixDeadline(settings);
  const { size = learnPatchesDefaults.size } = others;
  const sides = shapeOf('shape', shape);
  const largest = Math.min(sides[0], sides[1]);
  if (Number.isInteger(size)) checkCells('cells', cells, sides, Math.min(size, largest));
  checkNumber('threshold', threshold, { lower: 0 });
  const read = readMatrix('x', x);
  const images = isPromise(read) ? await read : read;
  const start = warmStart && toMatrix('warmStart.layer.filters', checkWarmStart(warmStart).layer?.filters);
  const request = { x: images, shape: Int32Array.from(sides), start };
  const { filters, contrast, ...answer } = await solveOnCpu('learnPatches', request, others);
  const rows = Array.from({ length: filters.columns }, (_, f) =>
    Array.from({ length: filters.rows }, (_, j) => filters.data[j * filters.columns + f] as number),
  );
  return {
    ...answer,
    layer: { filters: rows, shape: sides, size: Math.min(size, largest), cells, threshold, contrast },
  };
}
