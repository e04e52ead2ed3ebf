// Features of patches by their definition.
import type { PatchLayer } from '../../src/relu/index.js';

/** Patch (r, c) of an image, less its mean and divided by its length with contrast. */
export function patchOf(
  image: readonly number[],
  [, width = 0, channels = 1]: readonly number[],
  { size, contrast }: { size: number; contrast: number },
  [r, c]: readonly [number, number],
): number[] {
  const pixels: number[] = [];
  for (let i = r; i < r + size; ++i) {
    for (let j = c; j < c + size; ++j) {
      for (let k = 0; k < channels; ++k) pixels.push(image[(i * width + j) * channels + k] as number);
    }
  }
  const mean = pixels.reduce((a, b) => a + b) / pixels.length;
  const centred = pixels.map((value) => value - mean);
  const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, contrast));
  return centred.map((value) => (length > 0 ? value / length : 0));
}

export const product = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);

/** The features of an image: those of the parts row by row, one for each filter. */
export function featuresOf(layer: PatchLayer, image: readonly number[]): number[] {
  const { shape, size, cells, filters, threshold } = layer;
  const [down, along] = [shape[0] as number, shape[1] as number].map((side) => side - size + 1) as [number, number];
  const features: number[] = [];
  const ends = (cell: number, places: number) => [
    Math.floor((cell * places) / cells),
    Math.floor(((cell + 1) * places) / cells),
  ];
  for (let i = 0; i < cells; ++i) {
    for (let j = 0; j < cells; ++j) {
      const [[top, bottom], [left, right]] = [ends(i, down), ends(j, along)] as [[number, number], [number, number]];
      const sums = filters.map(() => 0);
      for (let r = top; r < bottom; ++r) {
        for (let c = left; c < right; ++c) {
          const patch = patchOf(image, shape, layer, [r, c]);
          filters.forEach((filter, f) => {
            (sums[f] as number) += Math.max(0, product(filter, patch) - threshold);
          });
        }
      }
      features.push(...sums.map((sum) => sum / ((bottom - top) * (right - left))));
    }
  }
  return features;
}
