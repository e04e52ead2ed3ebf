import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Matrix, readMatrixMarket, SolverError, type SparseMatrix } from '../../src/index.js';
import { parseMatrixMarket } from '../../src/readers/matrixMarket.js';
import { countingTurns } from '../clock.js';
import { long as more } from '../long.js';
import { bytesOf, dense, pieces, pythonHas, runPython, sharedData, temporaryFolder } from './files.js';

const { absent, write, writeGzip } = temporaryFolder();

const banner = '%%MatrixMarket matrix';

async function parse(text: string, size = 1 << 16): Promise<SparseMatrix | Matrix> {
  return parseMatrixMarket('a.mtx', pieces(text, size));
}

async function table(text: string): Promise<number[][]> {
  return dense((await parse(text)) as SparseMatrix);
}

const general = `${banner} coordinate real general
% a comment

3 4 5
3 4 -1.5e1
1 1 1
2 3 0.25
% another
1 4 7

2 1 +2
`;
const expected: SparseMatrix = {
  format: 'csc',
  rows: 3,
  columns: 4,
  offsets: Int32Array.of(0, 2, 2, 3, 5),
  indices: Int32Array.of(0, 1, 1, 0, 2),
  values: Float64Array.of(1, 2, 0.25, 7, -15),
};

describe('MatrixMarket coordinates', () => {
  it('become sorted columns, from plain files and gzip, by path and URL', async () => {
    const plain = write('general.mtx', general);
    expect(await readMatrixMarket(plain)).toEqual(expected);
    expect(await readMatrixMarket(pathToFileURL(plain))).toEqual(expected);
    expect(await readMatrixMarket(writeGzip('general.mtx.gz', general))).toEqual(expected);
    expect(await readMatrixMarket(write('plain.gz', general))).toEqual(expected);
    const members = Buffer.concat([gzipSync(general.slice(0, 70)), gzipSync(general.slice(70))]);
    expect(await readMatrixMarket(write('members.mtx.gz', members))).toEqual(expected);
  });

  it('may be cut anywhere, and need no end of the last line', async () => {
    for (let size = 1; size < general.length; ++size) expect(await parse(general, size)).toEqual(expected);
    expect(await parse(general.trimEnd())).toEqual(expected);
    expect(await parse(general.trimEnd(), 1)).toEqual(expected);
  });

  it('may have CRLF, tabs, further blanks, a byte order mark and capitals', async () => {
    expect(await parse(general.replaceAll('\n', '\r\n'))).toEqual(expected);
    expect(await parse(general.replaceAll('\n', '\r\n').trimEnd(), 3)).toEqual(expected);
    expect(await parse(`\ufeff${general}`)).toEqual(expected);
    expect(await parse(general.replace('coordinate real general', ' Coordinate  REAL\tGeneral '))).toEqual(expected);
    expect(await parse(general.slice(1))).toEqual(expected); // %MatrixMarket, which others read too
    const [head, body] = [general.slice(0, general.indexOf('3 4 5')), general.slice(general.indexOf('3 4 5'))];
    expect(await parse(head + body.replaceAll(' ', ' \t ').replaceAll('\n', '  \n  '))).toEqual(expected);
  });

  it('have duplicates summed in their order', async () => {
    const text = `${banner} coordinate real general\n2 2 5\n2 1 1e100\n1 2 3\n2 1 1\n1 2 4\n2 1 -1e100\n`;
    const { values, indices, offsets } = (await parse(text)) as SparseMatrix;
    expect([offsets, indices, values]).toEqual([Int32Array.of(0, 1, 2), Int32Array.of(1, 0), Float64Array.of(0, 7)]);
    const sorted = `${banner} coordinate real general\n2 2 4\n1 1 1\n1 1 2\n2 2 3\n2 2 4\n`;
    expect(await parse(sorted)).toMatchObject({ offsets: Int32Array.of(0, 1, 2), values: Float64Array.of(3, 7) });
  });

  it('may be integers, a pattern, symmetric by either triangle, or skew-symmetric', async () => {
    expect(await table(`${banner} coordinate integer general\n2 2 2\n1 1 3\n2 1 -4\n`)).toEqual([
      [3, 0],
      [-4, 0],
    ]);
    expect(await table(`${banner} coordinate pattern general\n2 2 2\n1 2\n2 1\n`)).toEqual([
      [0, 1],
      [1, 0],
    ]);
    const whole = [
      [1, 2, 0],
      [2, 0, 3],
      [0, 3, 4],
    ];
    expect(await table(`${banner} coordinate real symmetric\n3 3 4\n1 1 1\n2 1 2\n3 2 3\n3 3 4\n`)).toEqual(whole);
    expect(await table(`${banner} coordinate real symmetric\n3 3 4\n1 1 1\n1 2 2\n2 3 3\n3 3 4\n`)).toEqual(whole);
    expect(await table(`${banner} coordinate pattern symmetric\n2 2 1\n2 1\n`)).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(await table(`${banner} coordinate real skew-symmetric\n2 2 1\n2 1 5\n`)).toEqual([
      [0, -5],
      [5, 0],
    ]);
  });

  it('may be none', async () => {
    for (const [m, n] of [
      [0, 0],
      [3, 2],
      [0, 5],
    ] as const) {
      const empty = await parse(`${banner} coordinate real general\n${m} ${n} 0\n`);
      expect(empty).toMatchObject({ rows: m, columns: n, offsets: new Int32Array(n + 1), indices: new Int32Array(0) });
    }
  });

  it('come back as they were written, in any order and cut anywhere', async () => {
    const entry = fc.record({
      i: fc.integer({ min: 0, max: 6 }),
      j: fc.integer({ min: 0, max: 8 }),
      value: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
    });
    const distinct = fc.uniqueArray(entry, { selector: ({ i, j }) => 9 * i + j, maxLength: 40 });
    const order = fc.constantFrom('as drawn', 'by rows', 'by columns');
    const check = async (entries: { i: number; j: number; value: number }[], by: string, size: number) => {
      if (by === 'by rows') entries.sort((a, b) => a.i - b.i || a.j - b.j);
      if (by === 'by columns') entries.sort((a, b) => a.j - b.j || a.i - b.i);
      const lines = entries.map(({ i, j, value }) => `${i + 1} ${j + 1} ${value}`);
      const result = (await parse(
        [`${banner} coordinate real general`, `7 9 ${lines.length}`, ...lines].join('\n'),
        size,
      )) as SparseMatrix;
      const sorted = [...entries].sort((a, b) => a.j - b.j || a.i - b.i);
      expect([...result.indices]).toEqual(sorted.map(({ i }) => i));
      expect([...result.values]).toEqual(sorted.map(({ value }) => (String(value) === '0' ? 0 : value)));
      for (let j = 0; j <= 9; ++j) expect(result.offsets[j]).toBe(sorted.filter((e) => e.j < j).length);
    };
    await fc.assert(fc.asyncProperty(distinct, order, fc.integer({ min: 1, max: 50 }), check), {
      numRuns: more ? 500 : 100,
    });
  });
});

describe('MatrixMarket arrays', () => {
  it('become row after row', async () => {
    const text = `${banner} array real general\n% c\n2 3\n1\n2\n\n3\n4\n5\n6`;
    for (const size of [1, 2, 1000]) {
      expect(await parse(text, size)).toEqual({ rows: 2, columns: 3, data: Float64Array.of(1, 3, 5, 2, 4, 6) });
    }
  });

  it('may be symmetric or skew-symmetric, or have nothing', async () => {
    const symmetric = await parse(`${banner} array integer symmetric\n3 3\n1\n2\n3\n4\n5\n6\n`);
    expect(symmetric).toMatchObject({ data: Float64Array.of(1, 2, 3, 2, 4, 5, 3, 5, 6) });
    const skew = await parse(`${banner} array real skew-symmetric\n3 3\n1\n2\n3\n`);
    expect(skew).toMatchObject({ data: Float64Array.of(0, -1, -2, 1, 0, -3, 2, 3, 0) });
    expect(await parse(`${banner} array real skew-symmetric\n1 1\n`)).toMatchObject({ data: Float64Array.of(0) });
    expect(await parse(`${banner} array real general\n0 3\n`)).toMatchObject({ rows: 0, columns: 3 });
  });
});

describe('MatrixMarket files that are not as they should be', () => {
  const coordinate = (body: string, header = 'coordinate real general') => `${banner} ${header}\n%\n${body}`;
  it.each([
    ['nothing', '', SyntaxError, /line 1: the file is empty/],
    ['no header', '1 2 3\n', SyntaxError, /line 1: '1 2 3': expected a header such as/],
    ['a short header', `${banner} coordinate\n`, SyntaxError, /line 1: '.* coordinate': expected a header/],
    [
      'complex',
      coordinate('1 1 0\n', 'coordinate complex general'),
      SyntaxError,
      /line 1.*field 'complex' is not supported/,
    ],
    [
      'hermitian',
      coordinate('', 'coordinate real hermitian'),
      SyntaxError,
      /line 1.*symmetry 'hermitian' is not supported/,
    ],
    ['a vector', `%%MatrixMarket vector array real general\n`, SyntaxError, /line 1.*object 'vector'/],
    ['a pattern array', coordinate('', 'array pattern general'), SyntaxError, /line 1.*a pattern has no values/],
    ['no size line', coordinate('% only\n'), SyntaxError, /line 4: the file ends before its size line/],
    ['two sizes', coordinate('3 3\n'), SyntaxError, /line 3: '3 3': expected rows, columns and number of entries/],
    [
      'three sizes of an array',
      coordinate('3 3 9\n', 'array real general'),
      SyntaxError,
      /line 3: '3 3 9': '9' is one word too many/,
    ],
    ['a negative size', coordinate('3 -3 1\n'), SyntaxError, /line 3: '3 -3 1': expected/],
    ['a size with a fraction', coordinate('3 3.5 1\n'), SyntaxError, /line 3: '3 3.5 1': expected/],
    ['a size of 2^31', coordinate('3 2147483648 1\n'), SyntaxError, /line 3: .*2147483647/],
    ['a symmetric oblong', coordinate('3 4 1\n', 'coordinate real symmetric'), RangeError, /line 3: '3 4 1': .*square/],
    [
      'row 0',
      coordinate('3 4 1\n0 1 5\n'),
      RangeError,
      /line 4: '0 1 5': expected a row in \[1, 3\] and a column in \[1, 4\]/,
    ],
    ['a row too large', coordinate('3 4 1\n4 1 5\n'), RangeError, /line 4: '4 1 5'/],
    ['a row much too large', coordinate('3 4 1\n99999999999 1 5\n'), RangeError, /line 4: '99999999999 1 5'/],
    ['a column too large', coordinate('3 4 1\n\n%\n3 5 5\n'), RangeError, /line 6: '3 5 5'/],
    ['a negative column', coordinate('3 4 1\n1 -2 5\n'), RangeError, /line 4: '1 -2 5'/],
    ['a row with a fraction', coordinate('3 4 1\n1.0 2 5\n'), SyntaxError, /line 4: '1.0 2 5'/],
    ['words', coordinate('3 4 1\none two 3\n'), SyntaxError, /line 4: 'one two 3'/],
    ['no value', coordinate('3 4 1\n1 2\n'), SyntaxError, /line 4: '1 2': expected a finite number/],
    ['a value stuck to the column', coordinate('3 4 1\n1 2.5\n'), SyntaxError, /line 4: '1 2.5'/],
    ['NaN', coordinate('3 4 2\n1 1 1\n1 2 nan\n'), SyntaxError, /line 5: '1 2 nan': expected a finite number/],
    ['infinity', coordinate('3 4 1\n1 2 -inf\n'), SyntaxError, /line 4: '1 2 -inf'/],
    ['an overflow', coordinate('3 4 1\n1 2 1e999\n'), SyntaxError, /line 4: '1 2 1e999'/],
    ['rubbish after the value', coordinate('3 4 1\n1 2 1.5x\n'), SyntaxError, /line 4: '1 2 1.5x'/],
    ['a fourth word', coordinate('3 4 1\n1 2 1.5 7\n'), SyntaxError, /line 4: '1 2 1.5 7': '7' is one word too many/],
    [
      'a value in a pattern',
      coordinate('3 4 1\n1 2 1\n', 'coordinate pattern general'),
      SyntaxError,
      /line 4: .*one word too many/,
    ],
    [
      'a fraction among integers',
      coordinate('3 4 1\n1 2 1.5\n', 'coordinate integer general'),
      SyntaxError,
      /line 4: .*an integer/,
    ],
    [
      'too many entries',
      coordinate('3 4 1\n1 2 1\n1 3 1\n'),
      RangeError,
      /line 5: '1 3 1': one more than the 1 entries/,
    ],
    ['too few entries', coordinate('3 4 3\n1 2 1\n1 3 1\n'), RangeError, /line 6: the file ends after 2 of 3 entries/],
    [
      'both triangles',
      coordinate('3 3 2\n2 1 1\n1 2 1\n', 'coordinate real symmetric'),
      RangeError,
      /line 5: '1 2 1': .*side/,
    ],
    [
      'a skew diagonal',
      coordinate('3 3 1\n2 2 1\n', 'coordinate real skew-symmetric'),
      RangeError,
      /line 4: '2 2 1': .*diagonal/,
    ],
    [
      'too few numbers',
      coordinate('2 2\n1\n2\n3\n', 'array real general'),
      RangeError,
      /line 7: the file ends after 3 of 4/,
    ],
    [
      'too many numbers',
      coordinate('1 1\n1\n2\n', 'array real general'),
      RangeError,
      /line 5: '2': one more than the 1/,
    ],
    [
      'more than memory',
      coordinate('2147483647 2147483647\n1\n', 'array real general'),
      SolverError,
      /line 3: out of memory: 2147483647 x 2147483647 numbers need /,
    ],
    ['control characters', coordinate('3 4 1\n1 2 \u0000\u001b[2J\n'), SyntaxError, /line 4: '1 2 \\x00\\x1b\[2J'/],
  ] as const)('%s', async (_, text, Kind, message) => {
    for (const size of [1, 5, 1000]) {
      const error = await parse(text, size).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(error).toBeInstanceOf(Kind);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message.startsWith('a.mtx, line ')).toBe(true);
    }
  });

  it('a matrix that says it is huge fails by its entries, not by its promise', async () => {
    const text = `${banner} coordinate real general\n10 10 100000000\n1 1 1\n`;
    await expect(parse(text)).rejects.toThrow('line 4: the file ends after 1 of 100000000 entries');
  });

  it('a long line is quoted in part, and one without end refused', async () => {
    const long = coordinate(`3 4 1\n1 2 ${'x'.repeat(5000)}\n`);
    await expect(parse(long)).rejects.toThrow(/^a.mtx, line 4: '1 2 x{56}\.\.\.': expected/);
    await expect(parse(`${banner}${'x'.repeat(3 << 20)}`)).rejects.toThrow(/line 1: a line of more than 1048576/);
  });

  it('are named by their path', async () => {
    const path = write('bad.mtx', coordinate('3 4 1\n1 2 y\n'));
    await expect(readMatrixMarket(path)).rejects.toThrow(`${path}, line 4: '1 2 y'`);
    await expect(readMatrixMarket(pathToFileURL(path))).rejects.toThrow(`${path}, line 4: '1 2 y'`);
  });
});

describe('files that cannot be read', () => {
  it('reject as Node does', async () => {
    await expect(readMatrixMarket(absent('absent.mtx'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(readMatrixMarket(absent('.'))).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('with truncated or corrupt gzip reject with their name', async () => {
    const lines = Array.from({ length: 50_000 }, (_, k) => `${(k % 97) + 1} ${(k % 89) + 1} ${Math.sin(k)}`);
    const packed = gzipSync([`${banner} coordinate real general`, '97 89 50000', ...lines].join('\n'));
    const cut = write('cut.mtx.gz', packed.subarray(0, packed.length >> 1));
    await expect(readMatrixMarket(cut)).rejects.toThrow(`${cut}: truncated or corrupt gzip`);
    const bare = write('bare.mtx.gz', packed.subarray(0, 5));
    await expect(readMatrixMarket(bare)).rejects.toThrow(`${bare}: truncated or corrupt gzip`);
    const crc = Buffer.from(packed);
    crc[crc.length - 6] = (crc[crc.length - 6] as number) ^ 1;
    const wrong = write('crc.mtx.gz', crc);
    await expect(readMatrixMarket(wrong)).rejects.toThrow(`${wrong}: truncated or corrupt gzip (incorrect data check)`);
    const hurt = Buffer.from(packed).fill(0xff, 2000, 2100);
    await expect(readMatrixMarket(write('hurt.mtx.gz', hurt))).rejects.toThrow(/hurt.mtx.gz/);
  });

  it('are a TypeError if their path is none', async () => {
    await expect(readMatrixMarket(3 as unknown as string)).rejects.toThrow(TypeError);
    await expect(readMatrixMarket('x', null as unknown as object)).rejects.toThrow(TypeError);
  });
});

describe('a large file', () => {
  const rows = 20_000;
  const columns = 3_000;
  const count = 600_000;
  // Every pair at most once, in an order that is that of neither rows nor columns.
  const at = (k: number) => (k * 48_271) % (rows * columns);
  const lines = Array.from(
    { length: count },
    (_, k) => `${Math.floor(at(k) / columns) + 1} ${(at(k) % columns) + 1} ${k}`,
  );
  const path = writeGzip(
    'large.mtx.gz',
    [`${banner} coordinate real general`, `${rows} ${columns} ${count}`, ...lines].join('\n'),
  );

  it('leaves the event loop free', async () => {
    const { result, turns } = await countingTurns(() => readMatrixMarket(path));
    const { offsets, indices, values } = result as SparseMatrix;
    // A piece of 128 kB of text between two of them, of 3 MB.
    expect(turns).toBeGreaterThan(20);
    expect(values.length).toBe(count);
    for (let j = 0; j < columns; ++j) {
      for (let k = offsets[j] as number; k < (offsets[j + 1] as number); ++k) {
        const sorted = k === offsets[j] || (indices[k] as number) > (indices[k - 1] as number);
        const right = at(values[k] as number) === (indices[k] as number) * columns + j;
        if (!(sorted && right)) throw new Error(`entry ${k}`);
      }
    }
  });

  it('can be left off', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const reading = readMatrixMarket(path, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(reading).rejects.toBe(reason);
    await expect(readMatrixMarket(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

const e2006 = sharedData('e2006-5000x10000.mtx.gz');
const scipy = pythonHas('scipy');

describe('e2006', () => {
  it.skipIf(!e2006)('has the size and entries that it should', async () => {
    const x = (await readMatrixMarket(e2006 as string)) as SparseMatrix;
    expect([x.rows, x.columns, x.values.length, x.offsets[10000]]).toEqual([5000, 10000, 389_554, 389_554]);
    expect(readFileSync(e2006 as string).subarray(0, 2)).toEqual(Buffer.of(0x1f, 0x8b));
  });

  it.runIf(more && e2006 && scipy)('is bit for bit what scipy reads', async () => {
    const script = `
import scipy.io
a = scipy.io.mmread(sys.argv[1]).tocsc()
a.sort_indices()
for part in (a.indptr.astype('i4'), a.indices.astype('i4'), a.data): out.write(part.tobytes())`;
    const theirs = runPython(script, e2006 as string);
    expect(theirs.equals(bytesOf((await readMatrixMarket(e2006 as string)) as SparseMatrix))).toBe(true);
  });

  it.runIf(more && scipy)('and files that scipy writes come back', async () => {
    const names = ['general', 'symmetric', 'skew-symmetric'];
    const paths = names.map((name) => absent(`scipy-${name}.mtx`));
    const script = `
import scipy.io, scipy.sparse
a = scipy.sparse.random(40, 60, 0.2, random_state=7, format='csc')
square = a[:, :40]
for name, path, a in zip(${JSON.stringify(names)}, sys.argv[1:], (
    a, a @ a.T, scipy.sparse.tril(square - square.T) - scipy.sparse.tril(square - square.T).T)):
  scipy.io.mmwrite(path, scipy.sparse.csc_matrix(a), precision=17, symmetry=name)
  a = scipy.io.mmread(path).tocsc()
  a.sort_indices()
  for part in (a.indptr.astype('i4'), a.indices.astype('i4'), a.data): out.write(part.tobytes())`;
    const theirs = runPython(script, ...paths);
    const ours = await Promise.all(paths.map((path) => readMatrixMarket(path)));
    expect(theirs.equals(Buffer.concat(ours.map((matrix) => bytesOf(matrix as SparseMatrix))))).toBe(true);
  });
});
