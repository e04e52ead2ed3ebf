// Tables of text: what is a name, a number, missing, a category.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readCsv, readLibsvm, readMatrixMarket } from '../../src/data/index.js';
import { logisticRegression } from '../../src/nlp/index.js';
import { trainReluNetwork } from '../../src/relu/index.js';
import { sparseRegression } from '../../src/sparse/index.js';
import { temporaryFolder } from './files.js';

const { write } = temporaryFolder();

const rowsOf = ({ x }: Awaited<ReturnType<typeof readCsv>>): number[][] =>
  Array.from({ length: x.rows }, (_, i) => Array.from(x.data.subarray(i * x.columns, (i + 1) * x.columns)));

describe('a table', () => {
  it('has names in its first line, and a target by its name', async () => {
    const path = write('plain.csv', '\ufeffa,b,y\r\n1,-2.5e1,+3\r\n.5, 4 ,5.\r\n\r\n');
    const read = await readCsv(path, { target: 'y' });
    expect(read).toMatchObject({ names: ['a', 'b'], y: Float64Array.of(3, 5), levels: {}, dropped: [] });
    expect(rowsOf(read)).toEqual([
      [1, -25],
      [0.5, 4],
    ]);
    expect((await sparseRegression({ x: read.x, y: read.y as Float64Array }, { lambda: 1 })).status).toBe('solved');
  });

  it('is data as it is, with the names of its columns', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${Math.sin(i)},${i % 3},${Math.sin(i) + (i % 2) / 2 > 0}`);
    const table = await readCsv(write('data.csv', `a,b,y\n${rows.join('\n')}\n`), { target: 'y' });
    const { network } = await trainReluNetwork(table, { loss: 'logistic', lambda: 1 });
    expect([network.featureNames, network.classes]).toEqual([
      ['a', 'b'],
      ['false', 'true'],
    ]);
    expect((await sparseRegression(table, { family: 'binomial', lambda: 0.01 })).status).toBe('solved');
    expect(logisticRegression(table).classes).toEqual(['false', 'true']);
    await expect(trainReluNetwork({ ...table, weights: [] } as never)).rejects.toThrow(
      "unknown member 'weights'. Known members: x, y, sampleWeights, classWeights",
    );
  });

  it('may be parted by semicolons or tabs, and have no names, or others', async () => {
    expect(await readCsv(write('semi.csv', 'a;"b;c"\n1;2\n'))).toMatchObject({ names: ['a', 'b;c'] });
    expect(rowsOf(await readCsv(write('tabs.tsv', '1\t2\n3\t4\n'), { header: false }))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const named = await readCsv(write('bars.txt', '1|2\n3|4'), { header: ['p', 'q'], delimiter: '|', columns: ['q'] });
    expect(named).toMatchObject({ names: ['q'], x: { data: Float64Array.of(2, 4) } });
  });

  it('may have quotes within a value, which stand for themselves', async () => {
    const { y } = await readCsv(write('inches.csv', 't,k\n5"" pipe,1\n"a ""b""",2\n7",3\n'), { target: 't' });
    expect(y).toEqual(['5"" pipe', 'a "b"', '7"']);
  });

  it('is read in pieces that end with a row, whatever is quoted', async () => {
    const text = (k: number): string => `"line one, ${k}\nsaid ""${'x'.repeat(k % 50)}"""`;
    const lines = Array.from({ length: 9000 }, (_, k) => `${text(k)},${k}`);
    const path = write('long.csv.gz', gzipSync(`text,k\n${lines.join('\n')}\n`));
    const { x } = await readCsv(path, { exclude: ['text'] });
    expect(x.rows).toBe(9000);
    expect(x.data.every((value, k) => value === k)).toBe(true);
    const { y } = await readCsv(path, { target: 'text' });
    expect((y as string[])[51]).toBe('line one, 51\nsaid "x"');
  });
});

describe('missing values', () => {
  const path = write('holes.csv', 'a,b,y\n1,,1\nNA,2,2\n3,4,\n5,6,4\n');
  it('are refused by name, become NaN, or their rows are dropped', async () => {
    await expect(readCsv(path)).rejects.toThrow(
      /holes\.csv, row 1: column 'b' has no value; missing: 'nan' or 'dropRows'/,
    );
    const read = await readCsv(path, { exclude: ['y'], missing: 'nan' });
    expect(rowsOf(read)).toEqual([
      [1, Number.NaN],
      [Number.NaN, 2],
      [3, 4],
      [5, 6],
    ]);
    const dropped = await readCsv(path, { target: 'y', missing: 'dropRows' });
    expect(dropped).toMatchObject({ dropped: [1, 2, 3], y: Float64Array.of(4) });
    await expect(readCsv(path, { target: 'y', missing: 'nan' })).rejects.toThrow(
      /row 3: column 'y', the target, has no value/,
    );
  });

  it('are what missingTexts says', async () => {
    const other = write('dashes.csv', 'a\n1\n-\n');
    await expect(readCsv(other, { missing: 'nan' })).rejects.toThrow(/row 2: column 'a': '-' is no number/);
    expect(rowsOf(await readCsv(other, { missing: 'nan', missingTexts: ['-'] }))).toEqual([[1], [Number.NaN]]);
  });
});

describe('categories', () => {
  const path = write('cities.csv', 'city,size,y\nParis,1,0\nRome,2,1\nParis,3,0\n,4,1\n');
  it('are refused, a column for each level, or numbers of levels', async () => {
    const settings = { target: 'y', missing: 'nan' } as const;
    await expect(readCsv(path, settings)).rejects.toThrow(
      /row 1: column 'city': 'Paris' is no number; categories: 'oneHot' takes such columns/,
    );
    const hot = await readCsv(path, { ...settings, categories: 'oneHot' });
    expect(hot).toMatchObject({ names: ['city=Paris', 'city=Rome', 'size'], levels: { city: ['Paris', 'Rome'] } });
    expect(rowsOf(hot)).toEqual([
      [1, 0, 1],
      [0, 1, 2],
      [1, 0, 3],
      [Number.NaN, Number.NaN, 4],
    ]);
    const codes = await readCsv(path, { ...settings, categories: 'codes' });
    expect(codes.names).toEqual(['city', 'size']);
    expect(rowsOf(codes).map(([code]) => code)).toEqual([0, 1, 0, Number.NaN]);
  });

  it('have the levels of an earlier file, and no others', async () => {
    const { levels } = await readCsv(path, { categories: 'oneHot', missing: 'dropRows' });
    const one = await readCsv(write('one.csv', 'size,city\n9,Rome\n'), {
      categories: 'oneHot',
      levels,
      columns: ['city', 'size'],
    });
    expect(rowsOf(one)).toEqual([[0, 1, 9]]);
    await expect(readCsv(write('new.csv', 'city,size\nOslo,1\n'), { categories: 'oneHot', levels })).rejects.toThrow(
      /new\.csv, row 1: column 'city': 'Oslo' is none of its levels, which are 'Paris', 'Rome'/,
    );
  });

  it('have no more levels than maxLevels', async () => {
    const many = write('ids.csv', `id\n${Array.from({ length: 30 }, (_, k) => `u${k}`).join('\n')}\n`);
    expect((await readCsv(many, { categories: 'oneHot' })).x.columns).toBe(30);
    await expect(readCsv(many, { categories: 'oneHot', maxLevels: 20 })).rejects.toThrow(
      /column 'id' has more than maxLevels = 20 levels/,
    );
  });
});

describe('what is wrong', () => {
  it.each([
    ['no file', '', {}, /wrong\.csv: the file is empty/],
    ['numbers for names', '1,2\n3,4\n', {}, /the first line has numbers: expected names.*header: false/],
    ['a short row', 'a,b\n1,2\n3\n', {}, /row 2: expected 2 values, as many as the first line has, got 1/],
    [
      'another column',
      'alpha,b\n1,2\n',
      { target: 'alhpa' },
      /target = alhpa: there is no such column; did you mean 'alpha'\?; the columns are 'alpha', 'b'/,
    ],
    ['two of a name', 'a,a\n1,2\n', { target: 'a' }, /has two columns of that name/],
    ['names too few', 'a,b\n', { header: ['x'] }, /header: expected 2 names, one for each column, got 1/],
    ['too many rows', 'a\n1\n2\n', { maxRows: 1 }, /row 2: more rows than maxRows = 1/],
    ['too many columns', 'a,b\n1,2\n', { maxColumns: 1 }, /more columns than maxColumns = 1$/],
    ['a hostile name', 'a\u001b[31m,b\nx,1\n', {}, /column 'a\\x1b\[31m': 'x' is no number/],
  ])('is said with its place: %s', async (_, text, options, message) => {
    await expect(readCsv(write('wrong.csv', text), options)).rejects.toThrow(message);
  });

  it.each([
    [{ delimiter: '::' }, /delimiter = '::': expected one character/],
    [{ missing: 'ignore' }, /missing = 'ignore': expected one of 'refuse', 'nan', 'dropRows'/],
    [{ columns: ['a', 1] }, /columns\[1\] = 1: expected a string/],
    [{ levels: { a: ['x'] } }, /levels: expected categories/],
    [{ targets: 'y' }, /unknown option 'targets': did you mean 'target'\?/],
  ])('of options is named: %j', async (options, message) => {
    await expect(readCsv('none.csv', options as never)).rejects.toThrow(message);
  });

  it('is an abort, and memory that is not there', async () => {
    const big = write('big.csv', `a\n${'1\n'.repeat(200_000)}`);
    const aborted = AbortSignal.abort('enough');
    await expect(readCsv(big, { signal: aborted })).rejects.toBe('enough');
    await expect(readCsv(big, { maxBytes: 100_000 })).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
  });
});

describe('a value in quotes', () => {
  it('is refused where it is not closed, or has text behind it, with the line', async () => {
    const open = write('open.csv', 'a,b\n1,2\n3,"4\n5,6\n');
    await expect(readCsv(open)).rejects.toThrow(/open\.csv, line 3: a quote that is not closed$/);
    const behind = write('behind.csv', 'a,b\n"1"m,2\n');
    await expect(readCsv(behind)).rejects.toThrow(/behind\.csv, line 2: text behind a value in quotes: expected/);
    expect(rowsOf(await readCsv(write('blank.csv', '"a" ,"b"\t\n"1" ,"2"\n')))).toEqual([[1, 2]]);
  });

  it('may have ends of lines of any kind', async () => {
    const read = await readCsv(write('lines.csv', 't,a\r"x\r\ny\rz\n",1\r\n"w","2"\n'), { target: 't' });
    expect([read.y, rowsOf(read)]).toEqual([
      ['x\r\ny\rz', 'w'],
      [[1], [2]],
    ]);
  });
});

describe('text in UTF-16', () => {
  const wide = (text: string, big = false): Buffer => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    return big ? bytes.swap16() : bytes;
  };
  const text = 'größe,ort,y\r\n1,Zürich,2\r\n3,東京,4\r\n';

  it.each([
    ['little endian', false],
    ['big endian', true],
  ])('is told by its byte order mark: %s', async (_, big) => {
    const settings = { target: 'y', categories: 'oneHot' } as const;
    for (const content of [wide(text, big), gzipSync(wide(text, big))]) {
      const read = await readCsv(write('wide.csv', content), settings);
      expect(read.names).toEqual(['größe', 'ort=Zürich', 'ort=東京']);
      expect(rowsOf(read)).toEqual([
        [1, 1, 0],
        [3, 0, 1],
      ]);
    }
    const { x, y } = await readLibsvm(write('wide.libsvm', wide('1 1:0.5 3:2\n-1 2:1\n', big)));
    expect([...x.values, ...y]).toEqual([0.5, 2, 1, 1, -1]);
    const banner = '%%MatrixMarket matrix array real general\n';
    expect(await readMatrixMarket(write('wide.mtx', wide(`${banner}2 1\n1\n2\n`, big)))).toMatchObject({
      data: Float64Array.of(1, 2),
    });
  });

  it('has no parts, nor have lines that end with a carriage return alone', async () => {
    const path = write('parts.csv', wide('a,b\n1,2\n3,4\n'));
    for (const rank of [0, 1]) {
      const part = { rank, size: 2 };
      await expect(readCsv(path, { part })).rejects.toThrow(/parts\.csv: is in UTF-16, which has no parts/);
      await expect(readCsv(write('cr.csv', 'a,b\r1,2\r3,4\r'), { part })).rejects.toThrow(
        /cr\.csv: a line ends with a carriage return alone: expected line feeds in parts of a file/,
      );
    }
  });
});

describe('roles of columns', () => {
  const path = write('stages.csv', 'days,status,stage,sex,age\n40,2,10,f,50\n45,0,9,m,56\n10,1,9,f,70\n19,2,11,f,54\n');
  const target = { time: 'days', event: 'status', eventIs: 2 } as const;

  it('categories may be numbers, in their order, and form groups with their column', async () => {
    const read = await readCsv(path, { categorical: ['stage', 'sex'], exclude: ['days', 'status'] });
    expect(read.names).toEqual(['stage=9', 'stage=10', 'stage=11', 'sex=f', 'sex=m', 'age']);
    expect(read.groups).toEqual(Int32Array.of(0, 0, 0, 1, 1, 2));
    expect(rowsOf(read)[3]).toEqual([0, 0, 1, 1, 0, 54]);
    const test = await readCsv(path, { categorical: ['stage', 'sex'], levels: read.levels, columns: ['sex', 'stage'] });
    expect(rowsOf(test)[0]).toEqual([1, 0, 0, 1, 0]);
    const codes = await readCsv(path, { categorical: ['stage'], categories: 'codes', exclude: ['sex'] });
    expect([codes.names, codes.groups]).toEqual([['days', 'status', 'stage', 'age'], Int32Array.of(0, 1, 2, 3)]);
    expect(rowsOf(codes).map((row) => row[2])).toEqual([1, 0, 0, 2]);
  });

  it('other columns with texts are refused still', async () => {
    await expect(readCsv(path, { categorical: ['stage'] })).rejects.toThrow(/column 'sex': 'f' is no number/);
    await expect(readCsv(path, { categorical: ['stge'] })).rejects.toThrow(
      /categorical: stge: there is no such column/,
    );
    await expect(readCsv(path, { categorical: ['sex'], exclude: ['sex'] })).rejects.toThrow(
      'categorical: sex: expected a column of x',
    );
  });

  it('dropFirst leaves the first level of each category out', async () => {
    const read = await readCsv(path, { categorical: ['stage', 'sex'], dropFirst: true, target });
    expect(read.names).toEqual(['stage=10', 'stage=11', 'sex=m', 'age']);
    expect(read.groups).toEqual(Int32Array.of(0, 0, 1, 2));
    expect(rowsOf(read).slice(0, 2)).toEqual([
      [1, 0, 0, 50],
      [0, 0, 1, 56],
    ]);
    expect(read.levels).toEqual({ stage: ['9', '10', '11'], sex: ['f', 'm'] });
  });

  it('times until an event are a target', async () => {
    const { y, names } = await readCsv(path, { target, categories: 'oneHot' });
    expect(y).toEqual({ time: Float64Array.of(40, 45, 10, 19), event: Float64Array.of(1, 0, 0, 1) });
    expect(names).not.toContain('status');
    const all = { time: 'days', event: 'dead', start: 'from', strata: 'site' };
    const more = write('sites.csv', 'site,from,days,dead,x\nA,0,3,TRUE,1\nB,1,2,0,2\n,1,2,0,2\n');
    const read = await readCsv(more, { target: all, missing: 'dropRows' });
    expect(read).toMatchObject({ names: ['x'], dropped: [3] });
    expect(read.y).toEqual({
      ...{ time: Float64Array.of(3, 2), event: Float64Array.of(1, 0), start: Float64Array.of(0, 1) },
      strata: ['A', 'B'],
    });
  });

  it.each([
    [{ time: 'days', event: 'status' }, /row 1: column 'status': '2': expected 0, 1, false or true; target\.eventIs/],
    [{ time: 'days', event: 'status', eventIs: 3 }, /column 'status': target\.eventIs = 3: no row has this value/],
    [{ time: 'sex', event: 'status', eventIs: 2 }, /row 1: column 'sex': 'f': expected a number/],
    [{ time: 'day', event: 'status' }, /target = day: there is no such column; did you mean 'days'\?/],
    [{ time: 'days' }, /target\.event = undefined: expected a string, the name of a column/],
    [{ time: 'days', event: 'status', evnetIs: 2 }, /unknown member 'evnetIs': did you mean 'eventIs'\?/],
    [3, /target = 3: expected a string, or \{ time, event \}/],
  ])('a wrong target is refused by name: %j', async (wrong, message) => {
    await expect(readCsv(path, { target: wrong as never, categories: 'oneHot' })).rejects.toThrow(message);
  });
});
