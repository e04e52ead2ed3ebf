// Arrays of NumPy, of bytes that are put together here by the description of the format, and of NumPy itself where Python has it.
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readNpy, readNpz } from '../../src/data/index.js';
import { crc32, slowCrc32 } from '../../src/readers/crc32.js';
import { npyFile, pythonHas, runPython, temporaryFolder } from './files.js';

const { absent, write } = temporaryFolder();

describe('a .npy file', () => {
  it.each([
    ["'<f8'", Float64Array.of(1, -2.5, 1e300)],
    ["'<f4'", Float32Array.of(1, -2.5, 3.25)],
    ["'<i4'", Int32Array.of(1, -2, 2 ** 31 - 1)],
    ["'<u2'", Uint16Array.of(1, 2, 65_535)],
    ["'<i8'", BigInt64Array.of(1n, -(2n ** 53n - 1n), 3n)],
    ["'|b1'", Uint8Array.of(1, 0, 1)],
    ["'<f2'", Uint16Array.of(0x3c00, 0xc000, 0x3555), [1, -2, 0.333251953125]],
  ])('of %s becomes a column', async (descr, numbers, wanted?: number[]) => {
    const read = await readNpy(write('a.npy', npyFile(descr, '(3,)', numbers.buffer as ArrayBuffer)));
    expect(read).toMatchObject({ rows: 3, columns: 1, dimensions: [3] });
    expect(Array.from(read.data)).toEqual(wanted ?? Array.from(numbers as Iterable<number>, Number));
    expect(read.data.constructor).toBe(descr === "'<f4'" ? Float32Array : Float64Array);
  });

  it('has its numbers row after row, however they are stored', async () => {
    const numbers = Float64Array.of(1, 2, 3, 4, 5, 6).buffer;
    expect(Array.from((await readNpy(write('c.npy', npyFile("'<f8'", '(2, 3)', numbers)))).data)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    const byColumns = await readNpy(write('f.npy', npyFile("'<f8'", '(2, 3)', numbers, 'True')));
    expect(byColumns).toMatchObject({ rows: 2, columns: 3 });
    expect(Array.from(byColumns.data)).toEqual([1, 3, 5, 2, 4, 6]);
    const images = await readNpy(write('three.npy', npyFile("'<f8'", '(2, 3, 1)', numbers)));
    expect(images).toMatchObject({ rows: 2, columns: 3, dimensions: [2, 3, 1] });
    const big = Buffer.from(numbers).swap64();
    const bigEndian = npyFile("'>f8'", '(6,)', Uint8Array.from(big).buffer);
    expect(Array.from((await readNpy(write('big.npy', bigEndian))).data)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  const six = Float64Array.of(1, 2, 3, 4, 5, 6).buffer;
  it.each([
    ['no file of NumPy', Buffer.from('a,b\n1,2\n1,2\n'), /wrong\.npy: no \.npy file/],
    ['objects', npyFile("'|O'", '(6,)', six), /type '\|O': expected numbers/],
    ['records', npyFile("[('a', '<f8')]", '(6,)', six), /type '\[\('a'.*expected numbers/],
    ['texts', npyFile("'<U5'", '(6,)', six), /type '<U5': expected numbers/],
    ['too few numbers', npyFile("'<f8'", '(7,)', six), /expected 56 bytes for 7 of f8, got 48 bytes/],
    ['a size beyond all', npyFile("'<f8'", '(4611686018427387904,)', six), /expected .* bytes/],
    [
      'large integers',
      npyFile("'<i8'", '(1,)', BigInt64Array.of(2n ** 53n).buffer),
      /entry 0, 9007199254740992, is beyond 2\^53/,
    ],
    ['half a header', npyFile("'<f8'", '(6,)', six).subarray(0, 40), /the file ends within its header/],
  ])('is refused that has %s', async (_, bytes, message) => {
    await expect(readNpy(write('wrong.npy', bytes))).rejects.toThrow(message);
  });

  it('has limits', async () => {
    const path = write('six.npy', npyFile("'<f8'", '(2, 3)', six));
    await expect(readNpy(path, { maxRows: 1 })).rejects.toThrow('2 rows are more than maxRows = 1');
    await expect(readNpy(path, { maxColumns: 2 })).rejects.toThrow('3 columns are more than maxColumns = 2');
    await expect(readNpy(path, { maxBytes: 20 })).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    await expect(readNpy(path, { rows: 1 } as never)).rejects.toThrow(/unknown option 'rows'/);
  });
});

describe('a .npz file', () => {
  const x = npyFile("'<f8'", '(2, 3)', Float64Array.of(1, 2, 3, 4, 5, 6).buffer);
  const y = npyFile("'<f8'", '(2,)', Float64Array.of(7, 8).buffer);

  it('has its arrays by their names, packed or not', async () => {
    for (const level of [0, 6] as const) {
      const read = await readNpz(write('data.npz', Buffer.from(zipSync({ 'x.npy': x, 'y.npy': y }, { level }))));
      expect(Object.keys(read)).toEqual(['x', 'y']);
      expect(read.x).toMatchObject({ rows: 2, columns: 3, data: Float64Array.of(1, 2, 3, 4, 5, 6) });
      expect(read.y?.data).toEqual(Float64Array.of(7, 8));
    }
  });

  it('unpacks large arrays on other threads, and no more than there is memory for', async () => {
    const numbers = new Float64Array(50_000).map((_, k) => k);
    const path = write('large.npz', Buffer.from(zipSync({ 'z.npy': npyFile("'<f8'", '(50000,)', numbers.buffer) })));
    const { z } = await readNpz(path);
    expect(z?.data).toEqual(numbers);
    await expect(readNpz(path, { maxBytes: 300_000 })).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
  });

  it('is refused that is none', async () => {
    const odd = `${'x'.repeat(2000)}\u001b[31m.npy`;
    const long = write(
      'odd.npz',
      Buffer.from(zipSync({ [odd]: npyFile("'<f8'", '(50000,)', new Float64Array(50_000).buffer) })),
    );
    const message = await readNpz(long, { maxBytes: 300_000 }).then(String, (error: Error) => error.message);
    expect(message).toMatch(/odd\.npz, 'x+\.\.\.': out of memory/);
    expect(message.length).toBeLessThan(400);
    const own = await readNpz(
      write('own.npz', Buffer.from(zipSync({ '__proto__.npy': npyFile("'<f8'", '(1,)', Float64Array.of(1).buffer) }))),
    );
    expect(Object.keys(own)).toEqual(['__proto__']);
    await expect(readNpz(write('none.npz', 'no zip file'))).rejects.toThrow(/none\.npz: no \.npz file/);
  });

  it.runIf(pythonHas('numpy'))('may be of NumPy', async () => {
    const path = absent('numpy.npz');
    const script =
      'a = np.arange(12.0).reshape(3, 4)\nnp.savez_compressed(sys.argv[1], a=a, f=np.asfortranarray(a), i=np.arange(3), g=a.astype("f4"))';
    runPython(`import numpy as np\n${script}`, path);
    const { a, f, i, g } = await readNpz(path);
    for (const each of [a, f, g]) {
      expect(each).toMatchObject({ rows: 3, columns: 4 });
      expect(Array.from(each?.data ?? [])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    }
    expect(g?.data.constructor).toBe(Float32Array);
    expect(Array.from(i?.data ?? [])).toEqual([0, 1, 2]);
  });
});

describe('an archive that is damaged', () => {
  const x = npyFile("'<f8'", '(2,)', Float64Array.of(1, 2).buffer);

  it('is refused by its checksum, where nothing else tells', async () => {
    for (const level of [0, 6] as const) {
      const archive = Buffer.from(zipSync({ 'x.npy': x }, { level }));
      const checksum = archive.indexOf('PK\x01\x02', 0, 'latin1') + 16;
      archive[checksum] = (archive[checksum] as number) ^ 1;
      await expect(readNpz(write('damaged.npz', archive))).rejects.toThrow(
        /damaged\.npz, 'x\.npy': its checksum is wrong: it is damaged$/,
      );
    }
    const stored = Buffer.from(zipSync({ 'x.npy': x }, { level: 0 }));
    const number = stored.indexOf(Buffer.from(Float64Array.of(2).buffer));
    stored[number + 7] = 0x41;
    await expect(readNpz(write('damaged.npz', stored))).rejects.toThrow(/its checksum is wrong/);
  });

  it('has a checksum that is that of zlib', () => {
    const bytes = Buffer.from('123456789');
    expect(slowCrc32(bytes, 0)).toBe(0xcbf43926);
    expect(slowCrc32(bytes.subarray(4), slowCrc32(bytes.subarray(0, 4), 0))).toBe(0xcbf43926);
    expect(crc32(bytes, 0)).toBe(0xcbf43926);
  });

  it('is refused that has two arrays of a name, is encrypted, or packed otherwise', async () => {
    const two = Buffer.from(zipSync({ 'x.npy': x, 'y.npy': x }));
    const twice = Buffer.from(two.toString('latin1').replaceAll('y.npy', 'x.npy'), 'latin1');
    await expect(readNpz(write('twice.npz', twice))).rejects.toThrow(/'x\.npy': two arrays have this name/);
    const entry = two.indexOf('PK\x01\x02', 0, 'latin1');
    const locked = Buffer.from(two);
    locked[entry + 8] = 1;
    await expect(readNpz(write('locked.npz', locked))).rejects.toThrow(/'x\.npy' is encrypted/);
    const other = Buffer.from(two);
    other[entry + 10] = 14;
    await expect(readNpz(write('other.npz', other))).rejects.toThrow(/'x\.npy': method 14 of packing: expected 0 or 8/);
  });

  it.runIf(pythonHas('numpy'))(
    'is none that Python writes with sizes of 64 bits, and more members than 16 bits count',
    async () => {
      const path = absent('wide.npz');
      runPython(
        [
          'import numpy as np, io, zipfile',
          'b = io.BytesIO(); np.save(b, np.arange(3.0)); b = b.getvalue()',
          'with zipfile.ZipFile(sys.argv[1], "w") as z:',
          '  for k in range(66000):',
          '    with z.open("a%d.npy" % k, "w", force_zip64=True) as f: f.write(b)',
        ].join('\n'),
        path,
      );
      const arrays = await readNpz(path);
      expect(Object.keys(arrays).length).toBe(66_000);
      expect(arrays.a65999?.data).toEqual(Float64Array.of(0, 1, 2));
    },
  );
});
