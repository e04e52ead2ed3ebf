// Matrices as pictures in PNG: blue for positive numbers, orange for negative ones, the stronger the larger; no number is transparent, so that
// the same picture suits light and dark pages.
import { encode } from 'fast-png';

const positive = [42, 120, 214] as const;
const negative = [217, 84, 31] as const;

/** An `src` of an image of width x height numbers, row after row; `most` is the size that has the full colour. */
export function picture(values: ArrayLike<number>, width: number, height: number, most: number): string {
  const data = new Uint8Array(4 * width * height);
  for (let k = 0; k < width * height; ++k) {
    const value = values[k] as number;
    data.set(value < 0 ? negative : positive, 4 * k);
    data[4 * k + 3] = most > 0 && Number.isFinite(value) ? Math.round(255 * Math.min(1, Math.abs(value) / most)) : 0;
  }
  return sourceOf(encode({ data, width, height, channels: 4, depth: 8 }));
}

/** An `src` of an image in colour: three numbers for each pixel, of which `most` away from 0 are white or black. */
export function colourPicture(values: ArrayLike<number>, width: number, height: number, most: number): string {
  const size = most > 0 ? most : 1;
  const data = Uint8Array.from({ length: 3 * width * height }, (_, k) =>
    Math.max(0, Math.min(255, Math.round(127.5 * (1 + (values[k] as number) / size)))),
  );
  return sourceOf(encode({ data, width, height, channels: 3, depth: 8 }));
}

function sourceOf(bytes: Uint8Array): string {
  const step = 0x8000;
  let text = '';
  for (let from = 0; from < bytes.length; from += step)
    text += String.fromCharCode(...bytes.subarray(from, from + step));
  return `data:image/png;base64,${btoa(text)}`;
}

/** The largest size of numbers. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let k = 0; k < values.length; ++k) {
    const size = Math.abs(values[k] as number);
    if (size > most && size < Number.POSITIVE_INFINITY) most = size;
  }
  return most;
}
