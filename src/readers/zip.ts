// The parts of a .zip file: fflate finds and unpacks them. The build makes one file of this module and the library.
import { type UnzipFileInfo, unzip } from 'fflate';

export type PartInfo = Pick<UnzipFileInfo, 'name' | 'originalSize'>;

/** Unpacks the parts that `take` is true for, large ones on other threads. What `take` throws is thrown here. */
export function unzipped(
  bytes: Uint8Array,
  take: (part: PartInfo) => boolean,
  signal: AbortSignal | undefined,
): Promise<Record<string, Uint8Array>> {
  return new Promise((resolve, reject) => {
    const stop = unzip(bytes, { filter: take }, (error, parts) => {
      signal?.removeEventListener('abort', ended);
      if (error) reject(error);
      else resolve(parts);
    });
    function ended(): void {
      stop();
      reject(signal?.reason);
    }
    signal?.addEventListener('abort', ended, { once: true });
  });
}
