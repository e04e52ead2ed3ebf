// Parts of files, as ranks read them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { SparseMatrix } from '../../src/core/matrix.js';
import { type LibsvmData, type Matrix, readCsv, readLibsvm, readMatrixMarket, readNpy } from '../../src/index.js';

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

/** The rows that were read, each an array. */
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

const ranksOf = (size: number) => Array.from({ length: size }, (_, rank) => ({ rank, size }));

describe('parts of tables', () => {
  const row = (i: number) => `${i},${i % 7 === 3 ? '"a, ""b"""' : `c${i % 5}`},${(i * i) % 11}`;
  const text = ['id,kind,value', ...Array.from({ length: 500 }, (_, i) => row(i))].join('\n');
  const path = file('table.csv', text);
  const options = { target: 'kind' };

  it.each([1, 2, 3, 8])('are all of its rows, each once and in order, %i parts', async (size) => {
    const all = await readCsv(path, options);
    const parts = await Promise.all(ranksOf(size).map((part) => readCsv(path, { ...options, part })));
    for (const { names, x } of parts) expect([names, x.columns]).toEqual([all.names, all.x.columns]);
    expect(parts.flatMap(({ x }) => Array.from(x.data))).toEqual(Array.from(all.x.data));
    expect(parts.flatMap(({ y = [] }) => Array.from(y as string[]))).toEqual(all.y);
  });

  it('have the columns of the first line where that is a row, and none of its values', async () => {
    const bare = file('bare.csv', text.slice(text.indexOf('\n') + 1));
    const parts = await Promise.all(
      ranksOf(40).map((part) => readCsv(bare, { header: ['id', 'kind', 'value'], exclude: ['kind'], part })),
    );
    expect(parts.reduce((total, { x }) => total + x.rows, 0)).toBe(500);
    expect(parts.flatMap(({ x }) => Array.from(x.data).filter((_, k) => k % 2 === 0))).toEqual([...Array(500).keys()]);
  });

  it('take levels that are given, and refuse what is cut within a value', async () => {
    const part = { rank: 0, size: 2 };
    await expect(readCsv(path, { categories: 'codes', part })).rejects.toThrow(
      'levels = undefined: expected those of all',
    );
    const { levels } = await readCsv(path, { categories: 'codes' });
    const all = await readCsv(path, { categories: 'codes', levels });
    const parts = await Promise.all(
      ranksOf(3).map((each) => readCsv(path, { categories: 'codes', levels, part: each })),
    );
    expect(parts.flatMap(({ x }) => Array.from(x.data))).toEqual(Array.from(all.x.data));
    for (const [value, where] of [
      ['"1\n2"', 'within'],
      [`"${'\n'.repeat(100)}"`, 'at the border'],
    ]) {
      const broken = file(`${where}.csv`, `a,b\n1,2\n3,${value}\n`);
      await expect(Promise.all(ranksOf(2).map((each) => readCsv(broken, { target: 'b', part: each })))).rejects.toThrow(
        'a value has an end of a line within quotes',
      );
    }
  });
});

describe('parts of arrays of NumPy', () => {
  const npy = (shape: string, data: Float64Array | Int32Array, order = 'False', type = '<f8') => {
    const head = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
    const padded = `${head.padEnd(117)}\n`;
    return Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Buffer.of(118, 0),
      Buffer.from(padded),
      Buffer.from(data.buffer),
    ]);
  };
  const numbers = Float64Array.from({ length: 11 * 6 }, (_, k) => k / 3);

  it.each([1, 2, 3, 16])('are all of its rows, %i parts', async (size) => {
    const path = file('a.npy', npy('11, 2, 3', numbers));
    const parts = await Promise.all(ranksOf(size).map((part) => readNpy(path, { part })));
    expect(parts.flatMap(({ data }) => Array.from(data))).toEqual(Array.from(numbers));
    expect(parts.map(({ rows, columns, dimensions }) => [rows, columns, dimensions])).toEqual(
      parts.map(({ rows }) => [rows, 6, [rows, 2, 3]]),
    );
    const y = file(
      'y.npy',
      npy(
        '11,',
        Int32Array.from({ length: 11 }, (_, k) => k),
        'True',
        '<i4',
      ),
    );
    const responses = await Promise.all(ranksOf(size).map((part) => readNpy(y, { part })));
    expect(responses.flatMap(({ data }) => Array.from(data))).toEqual([...Array(11).keys()]);
  });

  it('are of rows, and of files that are whole', async () => {
    const part = { rank: 1, size: 2 };
    await expect(readNpy(file('f.npy', npy('11, 6', numbers, 'True')), { part })).rejects.toThrow(
      'is kept column after column',
    );
    await expect(readNpy(file('z.npy', gzipSync(npy('11, 6', numbers))), { part })).rejects.toThrow(
      'is gzip, which has no parts',
    );
    const short = file('short.npy', npy('12, 6', numbers));
    await expect(readNpy(short, { part })).rejects.toThrow(
      'short.npy, part 1 of 2: expected 576 bytes for 12 x 6 of f8, got 528',
    );
  });
});

describe('parts of MatrixMarket files', () => {
  const dense = (m: SparseMatrix | Matrix): number[][] =>
    Array.from({ length: m.rows }, (_, i) =>
      Array.from({ length: m.columns }, (_, j) => {
        if (!('format' in m)) return (m as Matrix).data[i * m.columns + j] as number;
        const { offsets, indices, values } = m;
        let sum = 0;
        for (let k = offsets[j] as number; k < (offsets[j + 1] as number); ++k)
          if (indices[k] === i) sum += values[k] as number;
        return sum;
      }),
    );
  const entries = Array.from({ length: 40 }, (_, k) => `${((k * 7) % 9) + 1} ${((k * 5) % 9) + 1} ${k + 1}`);
  const lower = entries.filter((line) => Number(line.split(' ')[0]) >= Number(line.split(' ')[1]));
  const sums = (count: number) => Array.from({ length: count }, (_, k) => k + 0.5).join('\n');

  it.each([
    ['coordinate real general', `9 9 40\n${entries.join('\n')}`],
    ['coordinate real symmetric', `9 9 ${lower.length}\n${lower.join('\n')}`],
    ['array real general', `5 3\n${sums(15)}`],
    ['array real symmetric', `4 4\n${sums(10)}`],
    // All entries in one part, which has been thought to have a fifth of them.
    ['coordinate pattern general', `9 3000 3000\n${Array.from({ length: 3000 }, (_, k) => `1 ${k + 1}`).join('\n')}`],
  ])('%s: all rows', async (kind, body) => {
    const path = file(`${kind.replaceAll(' ', '-')}.mtx`, `%%MatrixMarket matrix ${kind}\n${body}\n`);
    const all = dense(await readMatrixMarket(path));
    for (const size of [1, 2, 5, 12]) {
      const parts = await Promise.all(ranksOf(size).map((part) => readMatrixMarket(path, { part })));
      expect(parts.flatMap(dense)).toEqual(all);
    }
  });
});
