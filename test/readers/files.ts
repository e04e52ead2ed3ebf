// Files for the tests of the readers: written ones, and the shared data where it is there.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import type { SparseMatrix } from '../../src/index.js';
import { hasModules, python } from '../reference/python.js';

/** A folder of the test file that calls this, which is removed after its tests. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'nonconvex-readers-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  /** The path of a file that is not written. */
  const absent = (name: string): string => join(folder, name);
  /** The path of a new file. */
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(absent(name), content);
    return absent(name);
  };
  const writeGzip = (name: string, content: string): string => write(name, gzipSync(content));
  return { absent, write, writeGzip };
}

/** A text in pieces of `size` bytes. */
export async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The path of a file of ../shared/data; undefined, after a line that says so, where it is not there. */
export function sharedData(name: string): string | undefined {
  const path = fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
  if (existsSync(path)) return path;
  console.warn(`skipped: reading ${name}, as ../shared/data does not have it`);
  return undefined;
}

/** Returns true if Python has the module; says so where it does not. */
export function pythonHas(module: string): boolean {
  const found = hasModules(module);
  if (!found) console.warn(`skipped: comparison of the readers with ${module}, as ${python} has no such module`);
  return found;
}

/** The bytes that a script of Python writes to `out`. */
export function runPython(script: string, ...args: string[]): Buffer {
  const run = spawnSync(python, ['-c', `import sys\nout = sys.stdout.buffer\n${script}`, ...args], {
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return run.stdout;
}

/** The arrays of a matrix as bytes, to be compared with those of another program. */
export function bytesOf({ offsets, indices, values }: SparseMatrix, ...more: Float64Array[]): Buffer {
  return Buffer.concat(
    [offsets, indices, values, ...more].map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)),
  );
}

/** Rows of numbers. */
export function dense({ format, rows, columns, offsets, indices, values }: SparseMatrix): number[][] {
  const table = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  for (let major = 0; major + 1 < offsets.length; ++major) {
    for (let k = offsets[major] as number; k < (offsets[major + 1] as number); ++k) {
      const minor = indices[k] as number;
      const [i, j] = format === 'csr' ? [major, minor] : [minor, major];
      (table[i] as number[])[j] = values[k] as number;
    }
  }
  return table;
}

/** A .npy file, version 1, whose type is `descr` as Python writes it. */
export function npyFile(descr: string, shape: string, bytes: ArrayBuffer, order = 'False'): Buffer {
  const text = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const header = `${text.padEnd(117)}\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(header.length, 0)}${header}`, 'latin1');
  return Buffer.concat([head, Buffer.from(bytes)]);
}
