// The checksum of .zip files.
import * as zlib from 'node:zlib';

/** The change of the checksum by each byte. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The checksum of bytes that follow those whose checksum is `before`. */
export function slowCrc32(bytes: Uint8Array, before: number): number {
  let value = ~before;
  for (const byte of bytes) value = (table[(value ^ byte) & 255] as number) ^ (value >>> 8);
  return ~value >>> 0;
}

/** The checksum by zlib, which Node has from 20.15 and 22.2 on. */
export const crc32: typeof slowCrc32 = (zlib as { crc32?: typeof slowCrc32 }).crc32 ?? slowCrc32;
