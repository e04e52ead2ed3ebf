import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LibsvmData, type ReadLibsvmOptions, readLibsvm } from '../../src/index.js';
import { parseLibsvm } from '../../src/readers/libsvm.js';
import { long } from '../long.js';
import { bytesOf, pieces, pythonHas, runPython, sharedData, temporaryFolder } from './files.js';

const { absent, write, writeGzip } = temporaryFolder();

async function parse(text: string, options: ReadLibsvmOptions = {}, size = 1 << 16): Promise<LibsvmData> {
  return parseLibsvm('a.libsvm', pieces(text, size), options);
}

const text = `# examples
+1 1:0.5 3:-2e1 # the first
-1

2.5 4:1 2:7 3:8\t
0 5:0#no more
`;
const expected: LibsvmData = {
  x: {
    format: 'csr',
    rows: 4,
    columns: 5,
    offsets: Int32Array.of(0, 2, 2, 5, 6),
    indices: Int32Array.of(0, 2, 1, 2, 3, 4),
    values: Float64Array.of(0.5, -20, 7, 8, 1, 0),
  },
  y: Float64Array.of(1, -1, 2.5, 0),
};

describe('LIBSVM files', () => {
  it('become sorted rows and labels, from plain files and gzip', async () => {
    expect(await readLibsvm(write('a.libsvm', text))).toEqual(expected);
    expect(await readLibsvm(writeGzip('a.libsvm.gz', text))).toEqual(expected);
  });

  it('may be cut anywhere, with CRLF or not, and need no end of the last line', async () => {
    for (let size = 1; size < text.length; ++size) {
      expect(await parse(text, {}, size)).toEqual(expected);
      expect(await parse(text.replaceAll('\n', '\r\n'), {}, size)).toEqual(expected);
      expect(await parse(text.slice(0, text.indexOf('#no')), {}, size)).toEqual(expected);
    }
    expect(await parse(`\ufeff${text}`)).toEqual(expected);
  });

  it('may have indices from 0, and more columns than indices', async () => {
    const { x } = await parse('1 0:1 2:3\n', { zeroBased: true });
    expect(x).toMatchObject({ columns: 3, indices: Int32Array.of(0, 2) });
    expect((await parse('1 1:1\n', { columns: 9 })).x.columns).toBe(9);
    expect((await parse('1 9:1\n', { columns: 9 })).x.indices).toEqual(Int32Array.of(8));
  });

  it('may have no examples', async () => {
    for (const nothing of ['', '\n\n', '# none']) {
      const { x, y } = await parse(nothing);
      expect([x.rows, x.columns, x.offsets, y.length]).toEqual([0, 0, Int32Array.of(0), 0]);
    }
  });

  it('may have long lines, and rows in any order', async () => {
    const n = 200_000;
    const backwards = Array.from({ length: n }, (_, k) => `${n - k}:${n - k}`).join(' ');
    const { x } = await parse(`1 ${backwards}\n2 7:7`, {}, 1 << 14);
    expect(x.offsets).toEqual(Int32Array.of(0, n, n + 1));
    expect(x.values.subarray(0, n).every((value, k) => value === k + 1 && x.indices[k] === k)).toBe(true);
  });

  it('come back as they were written', async () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
    const row = fc.tuple(finite, fc.uniqueArray(fc.tuple(fc.nat(30), finite), { selector: ([j]) => j }));
    const check = async (rows: [number, [number, number][]][], size: number) => {
      const lines = rows.map(([label, entries]) =>
        [label, ...entries.map(([j, value]) => `${j + 1}:${value}`)].join(' '),
      );
      const { x, y } = await parse(lines.join('\n'), {}, size);
      expect([...y]).toEqual(rows.map(([label]) => label));
      rows.forEach(([, entries], i) => {
        const sorted = [...entries].sort(([a], [b]) => a - b);
        const [from, to] = [x.offsets[i] as number, x.offsets[i + 1] as number];
        expect([...x.indices.subarray(from, to)]).toEqual(sorted.map(([j]) => j));
        expect([...x.values.subarray(from, to)]).toEqual(sorted.map(([, value]) => value));
      });
    };
    await fc.assert(fc.asyncProperty(fc.array(row), fc.integer({ min: 1, max: 40 }), check), {
      numRuns: long ? 300 : 60,
    });
  });
});

describe('LIBSVM files that are not as they should be', () => {
  it.each([
    ['no label', '1 1:1\n 1:1 2:2\n', {}, SyntaxError, /line 2: '1:1': expected a label/],
    ['a word for a label', 'spam 1:1\n', {}, SyntaxError, /line 1: 'spam': expected a label/],
    ['NaN for a label', '\n#\nnan 1:1\n', {}, SyntaxError, /line 3: 'nan': expected a label/],
    ['two labels', '1 1:1\n1,2 1:1\n', {}, SyntaxError, /line 2: '1,2': more than one label/],
    ['a query', '1 1:1\n3 qid:7 1:1\n', {}, SyntaxError, /line 2: 'qid:7': query ids are not supported/],
    ['index 0', '1 0:1\n', {}, RangeError, /line 1: '0:1': expected an index from 1 .*zeroBased/],
    ['a negative index', '1 -3:1\n', {}, SyntaxError, /line 1: '-3:1': expected index:value/],
    ['a huge index', '1 2147483648:1\n', {}, RangeError, /line 1: '2147483648:1'/],
    ['an index beyond the columns', '1 1:1\n1 1:1 4:1\n', { columns: 3 }, RangeError, /line 2: '4:1': .* from 1 to 3/],
    ['the same from 0', '1 3:1\n', { columns: 3, zeroBased: true }, RangeError, /line 1: '3:1': .* from 0 to 2/],
    ['a fraction as index', '1 1.5:1\n', {}, SyntaxError, /line 1: '1.5:1'/],
    ['no colon', '1 1:1 7\n', {}, SyntaxError, /line 1: '7': expected index:value/],
    ['no value', '1 7: 8:1\n', {}, SyntaxError, /line 1: '7:'/],
    ['no value at the end', '1 1:1\n\n1 7:', {}, SyntaxError, /line 3: '7:'/],
    ['a value of letters', '1 7:x\n', {}, SyntaxError, /line 1: '7:x'/],
    ['NaN', '1 1:1 7:nan\n', {}, SyntaxError, /line 1: '7:nan': .*finite/],
    ['an overflow', '1 7:1e999\n', {}, SyntaxError, /line 1: '7:1e999'/],
    ['rubbish after the value', '1 7:1.5x\n', {}, SyntaxError, /line 1: '7:1.5x'/],
    ['two colons', '1 7:1:2\n', {}, SyntaxError, /line 1: '7:1:2'/],
    ['an index twice', '1 1:1\n1 3:1 3:2\n', {}, RangeError, /line 2: index 3 is given twice/],
    ['an index twice, apart', '1 4:1 3:1 4:2', {}, RangeError, /line 1: index 4 is given twice/],
    ['bytes', `1 1:1\n\u0000\u0001`, {}, SyntaxError, /line 2: '\\x00\\x01'/],
  ] as const)('%s', async (_, bad, options, Kind, message) => {
    for (const size of [1, 4, 1000]) {
      const error = await parse(bad, options, size).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(error).toBeInstanceOf(Kind);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message.startsWith('a.libsvm, line ')).toBe(true);
    }
  });

  it('such as one without a blank', async () => {
    await expect(parse('1'.repeat(3 << 20))).rejects.toThrow(/line 1: a word of more than 1048576/);
  });

  it('and options', async () => {
    const read = (options: unknown) => readLibsvm('x', options as ReadLibsvmOptions);
    await expect(read({ columns: -1 })).rejects.toThrow('columns = -1: expected an integer in [0, 2147483647]');
    await expect(read({ columns: 1.5 })).rejects.toThrow(RangeError);
    await expect(read({ columns: '3' })).rejects.toThrow(TypeError);
    await expect(read({ zeroBased: 1 })).rejects.toThrow(TypeError);
    await expect(read(7)).rejects.toThrow(TypeError);
  });

  it('and files that cannot be read', async () => {
    await expect(readLibsvm(absent('absent'))).rejects.toMatchObject({ code: 'ENOENT' });
    const packed = gzipSync(text);
    const cut = write('cut.libsvm.gz', packed.subarray(0, packed.length - 9));
    await expect(readLibsvm(cut)).rejects.toThrow(`${cut}: truncated or corrupt gzip`);
  });
});

const sklearn = long && pythonHas('sklearn');

describe('shared data', () => {
  const data = [
    ['mushrooms', 8124, 112, 170_604],
    ['phishing', 11_055, 68, 331_650],
    ['a9a', 32_561, 123, 451_592],
  ] as const;
  for (const [name, rows, columns, nonzeros] of data) {
    const path = sharedData(`${name}.libsvm.gz`);
    it.skipIf(!path)(`${name} has the size that it should`, async () => {
      const { x, y } = await readLibsvm(path as string);
      expect([x.rows, x.columns, x.values.length, y.length]).toEqual([rows, columns, nonzeros, rows]);
    });
  }

  const paths = data.map(([name]) => sharedData(`${name}.libsvm.gz`)).filter((path) => path !== undefined);
  it.runIf(long && paths.length > 0 && sklearn)('is bit for bit what scikit-learn reads', async () => {
    const script = `
import sklearn.datasets
for path in sys.argv[1:]:
  a, y = sklearn.datasets.load_svmlight_file(path)
  a.sort_indices()
  for part in (a.indptr.astype('i4'), a.indices.astype('i4'), a.data, y): out.write(part.tobytes())`;
    const ours = await Promise.all(paths.map((path) => readLibsvm(path)));
    expect(runPython(script, ...paths).equals(Buffer.concat(ours.map(({ x, y }) => bytesOf(x, y))))).toBe(true);
  });
});

it('refuses what is no path in words', async () => {
  await expect(readLibsvm(Object.create(null) as string)).rejects.toThrow(
    /^path = an object: expected a string or a URL$/,
  );
  await expect(readLibsvm(['a', 7 as never])).rejects.toThrow(/^path = 7: expected a string or a URL$/);
});
