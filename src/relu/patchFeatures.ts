import { addon } from '../core/addon.js';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, checkNumber, checkObject, checkSignal, isPromise } from '../core/check.js';
import { type Matrix, type MatrixLike, toMatrix } from '../core/matrix.js';
import { readMatrix } from '../core/readData.js';
import { finishedInTurns, type Steps } from '../core/yieldingLoops.js';

/** Filters for patches of images, and numbers that make features of their products: a result of `learnPatches`, or numbers of your own. */
export interface PatchLayer {
  /** A filter a row, size^2 channels numbers each, for pixels row by row. */
  filters: readonly (readonly number[])[];
  /** Height, width and channels of an image. */
  shape: readonly number[];
  /** Height and width of a patch. */
  size: number;
  /** Parts along each side of the image that features are means over. */
  cells: number;
  /** The least product that makes a feature. */
  threshold: number;
  /** Added to the square of a patch's length before the patch is divided by it. */
  contrast: number;
}

const members = ['filters', 'shape', 'size', 'cells', 'threshold', 'contrast'] as const;

/** Height, width and channels. */
export function shapeOf(name: string, value: unknown): [number, number, number] {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3)
    throw typeError(`${name}: expected [height, width] or [height, width, channels]`);
  const [height, width, channels = 1] = value.map((side, k) => checkInteger(`${name}[${k}]`, side, 1));
  return [height as number, width as number, channels];
}

/** Refuses more parts than there are patches along a side. */
export function checkCells(name: string, cells: unknown, [height, width]: readonly number[], size: number): void {
  const most = Math.min(height as number, width as number) - size + 1;
  checkInteger(name, cells, 1, Math.max(1, most));
}

/** The layer as the addon takes it. */
function read(layer: PatchLayer): Omit<PatchLayer, 'filters' | 'shape'> & { filters: Matrix; shape: Int32Array } {
  checkObject('layer', layer);
  const { filters, shape, size, cells, threshold, contrast } = checkMembers('layer', layer, members, 'member');
  const sides = shapeOf('layer.shape', shape);
  checkInteger('layer.size', size, 1, Math.min(...sides.slice(0, 2)));
  checkCells('layer.cells', cells, sides, size);
  for (const [name, value] of Object.entries({ threshold, contrast }))
    checkNumber(`layer.${name}`, value, { lower: 0 });
  const matrix = toMatrix('layer.filters', filters as unknown as MatrixLike);
  const length = size * size * sides[2];
  if (matrix.columns !== length)
    throw rangeError(`layer.filters: expected rows of size^2 channels = ${length} numbers, got ${matrix.columns}`);
  return { filters: matrix, shape: Int32Array.from(sides), size, cells, threshold, contrast };
}

/**
 * Makes the features of images by a layer of {@link learnPatches}, a row for each image, for each of the cells^2 parts of it one number for each
 * filter w_f:
 *
 *     mean over the patches p of the part of (w_f . p / sqrt(||p||^2 + contrast) - threshold)_+
 *
 * with patches less their means. Other events run in between; an abort rejects with the reason of the signal.
 *
 * ```ts
 * const features = await patchFeatures(layer, images); // n x (filters cells^2)
 * ```
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument
 */
export async function patchFeatures(
  layer: PatchLayer,
  x: MatrixLike,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Matrix> {
  const { signal } = checkMembers('options', options, ['signal'], 'option');
  const given = read(layer);
  checkSignal('signal', signal)?.throwIfAborted();
  const reading = readMatrix('x', x);
  const images = isPromise(reading) ? await reading : reading;
  return finishedInTurns(inPieces(given, images, signal));
}

function* inPieces(layer: ReturnType<typeof read>, images: Matrix, signal: AbortSignal | undefined): Steps<Matrix> {
  const columns = layer.filters.rows * layer.cells ** 2;
  const data = new Float64Array(images.rows * columns);
  const [height, width] = layer.shape as unknown as [number, number];
  // Some milliseconds at 1e9 products a second.
  const work = height * width * layer.filters.rows * layer.filters.columns;
  const rows = Math.max(1, Math.floor(5e6 / work));
  for (let from = 0; from < images.rows; from += rows) {
    if (from > 0) yield;
    signal?.throwIfAborted();
    const to = Math.min(images.rows, from + rows);
    const piece = images.data.subarray(from * images.columns, to * images.columns);
    const x = { data: piece, rows: to - from, columns: images.columns } as Matrix;
    data.set(addon().patchFeatures(layer, { x }), from * columns);
  }
  return { data, rows: images.rows, columns };
}
