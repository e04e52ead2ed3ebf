// Parts of LIBSVM files, as ranks read them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type LibsvmData, readLibsvm } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-part-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Lines of all lengths, some of them blank or a comment. */
const lines = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, k) => {
    const i = from + k;
    if (i % 11 === 7) return i % 2 ? '' : '# a comment';
    const entries = Array.from({ length: i % 5 }, (_, j) => `${2 * j + 1}:${(i * (j + 1)) % 97}`);
    return [i, ...entries].join(' ');
  }).join('\n');

/** What was read, a row an array. */
const rowsOf = ({ x, y }: LibsvmData): number[][] =>
  Array.from(y, (label, i) => [
    label,
    ...x.indices.slice(x.offsets[i], x.offsets[i + 1]),
    ...x.values.slice(x.offsets[i], x.offsets[i + 1]),
  ]);

const read = async (paths: string | string[], size: number): Promise<number[][]> => {
  const parts = await Promise.all(
    Array.from({ length: size }, (_, rank) => readLibsvm(paths, { columns: 9, part: { rank, size } })),
  );
  return parts.flatMap(rowsOf);
};

describe('parts of a file', () => {
  const short = file('short', `${lines(40)}\n`);
  // Longer than what is read at a time.
  const long = file('long', lines(20_000));
  const one = file('one', '7 1:2 3:4');

  it.each([short, long, one])('are all of its lines, each once and in order', async (path) => {
    const all = rowsOf(await readLibsvm(path, { columns: 9 }));
    expect(all.length).toBeGreaterThan(0);
    for (const size of path === long ? [3] : [1, 2, 3, 7, 64]) expect(await read(path, size)).toEqual(all);
  });

  it('are whole files where there are as many', async () => {
    const paths = [0, 1, 2, 3, 4].map((k) => file(`part${k}`, lines(10, 10 * k)));
    const whole = rowsOf(await readLibsvm(paths, { columns: 9 }));
    expect(whole).toEqual(rowsOf(await readLibsvm(file('whole', lines(50)), { columns: 9 })));
    const of = async (rank: number, size: number) =>
      rowsOf(await readLibsvm(paths, { columns: 9, part: { rank, size } }));
    expect(await of(1, 2)).toEqual(rowsOf(await readLibsvm([paths[1] as string, paths[3] as string], { columns: 9 })));
    expect((await Promise.all([0, 1, 2, 3, 4, 5, 6].map((rank) => of(rank, 7)))).flat().sort()).toEqual(whole.sort());
  });

  it('need columns, integers, and text', async () => {
    const part = { rank: 0, size: 2 };
    await expect(readLibsvm(short, { part })).rejects.toThrow('columns = undefined: expected a number');
    await expect(readLibsvm(short, { columns: 9, part: { rank: 2, size: 2 } })).rejects.toThrow(
      'part = { rank: 2, size: 2 }: expected integers with 0 <= rank < size',
    );
    const packed = file('packed', gzipSync(lines(9)));
    await expect(readLibsvm(packed, { columns: 9, part })).rejects.toThrow('packed: is gzip, which has no parts');
    expect(await read([packed, short], 2)).toEqual(rowsOf(await readLibsvm([packed, short], { columns: 9 })));
  });
});
