// Mutated files: a reader refuses them in words that name the file, or gives what is valid and finite.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { types } from 'node:util';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import * as nonconvex from '../../src/index.js';
import { eachRow } from '../../src/readers/rows.js';
import { npyFile } from '../readers/files.js';
import { mutated } from './mutated.js';
import { Chance, cases, figure, minutes, spread } from './torture.js';

type Reader = (path: string, options?: object) => Promise<unknown>;

const arrays = [
  npyFile("'<f8'", '(2, 3)', Float64Array.of(1, 2, 3, 4, 5, 6).buffer, 'True'),
  npyFile("'<i8'", '(2,)', BigInt64Array.of(1n, -2n).buffer),
  npyFile("'<f4'", '(2, 2, 1)', Float32Array.of(1, 2, 3, 4).buffer),
];

/** Files that each reader takes, by its name. */
const samples: Record<string, (string | Uint8Array)[]> = {
  readMatrixMarket: [
    '%%MatrixMarket matrix coordinate real general\n% a comment\n3 4 4\n3 4 -1.5e1\n1 1 1\n2 3 0.25\n1 1 +2\n',
    '%%MatrixMarket matrix coordinate integer symmetric\n3 3 3\n1 1 4\n2 1 1\n3 3 2\n',
    '%%MatrixMarket matrix coordinate pattern general\n2 2 2\n1 1\n2 2\n',
    '%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n',
  ],
  readLibsvm: ['1 1:0.5 3:-2e-3 # first\n-1 2:1\n+1 1:1 2:2 3:3\n0\n', '3.5 4:1\r\n-2e0 1:7\r\n'],
  readCsv: ['a,b,"a name"\n1,2e-3,-4\n"5",6,7\n', 'x;y\r\n1;2\r\n3;4.5\r\n', 'u\tv\n0.1\t1e9\n2\t3\n'],
  readNpy: arrays,
  readNpz: [
    zipSync({ 'x.npy': arrays[0] as Buffer, 'y.npy': arrays[1] as Buffer }),
    zipSync({ 'x.npy': arrays[2] as Buffer, 'notes.txt': Buffer.from('not read') }, { level: 0 }),
  ],
  readMps: [
    `* a comment
NAME          SAMPLE
OBJSENSE
    MAX
ROWS
 N  COST
 L  LIM1
 G  LIM2
 E  MYEQN
COLUMNS
    X         COST               1.0   LIM1               1.0
    X         LIM2               1.0
    Y         COST               2.0   LIM1               1.0
    Y         MYEQN             -1.0
    Z         COST              -1.0   MYEQN              1.0
RHS
    RHS       COST              -3.0   LIM1               4.0
    RHS       LIM2               1.0   MYEQN              7.0
RANGES
    RNG       LIM1               2.5   MYEQN              -3.0
BOUNDS
 UP BND       X                  4.0
 LO BND       Y                 -1.0
 FR BND       Z
QUADOBJ
    X         X                 -2.0   Y                  0.5
    Y         Y                 -1.0
ENDATA
`,
    'OBJNAME\n g\nROWS\n N f\n N g\n G my_row\nCOLUMNS\n x g 1 my_row 2e0\n y my_row 1\nRHS\n my_row -1e30\nBOUNDS\n MI y\n UP y -1\nENDATA\n',
    'ROWS\n N f\nCOLUMNS\n    a b       f                  1.0\nENDATA\n',
    'NAME q\r\nROWS\r\n N f\r\nCOLUMNS\r\n x f 1\r\n y f 1\r\nQMATRIX\r\n x x 2\r\n x y 1\r\n y x 1\r\n y y 2\r\nENDATA\r\n',
  ],
  readNl: [
    `g3 1 1 0
 2 1 1 0 1
 1 1
 0 0
 2 2 2
 0 0 0 1
 0 0 0 0 0
 2 2
 0 0
 0 0 0 0 0
C0
o0
o5
v0
n2
o5
v1
n2
O0 0
o0
o16
v0
o41
v1
x2
0 1
1 -2
r
4 2
b
3
0 -10 10
k1
1
J0 2
0 0
1 0
G0 2
0 1
1 1
`,
  ],
};

const readers = Object.entries({ ...nonconvex, ...nonconvex.nlp, ...nonconvex.data }).filter(([name]) =>
  /^read[A-Z]/.test(name),
) as unknown as [string, Reader][];

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-torture-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Results of readers: a matrix, data with a matrix x and labels y, or a program. */
interface Given extends Partial<nonconvex.SparseMatrix>, Partial<Pick<nonconvex.Matrix, 'data'>> {
  x?: Given;
  y?: Float64Array;
  bounds?: object;
  start?: Float64Array;
}

/** Returns the errors of an array of NumPy, whose numbers may be NaN, or several by their names. */
function invalidArrays(value: unknown): string[] {
  const { data, rows = -1, columns = -1 } = value as Given;
  if (!data) return Object.values(value as object).flatMap(invalidArrays);
  return ArrayBuffer.isView(data) && data.length === rows * columns ? [] : ['numbers'];
}

/** Returns the errors of a program of an .mps file: in its matrices, its numbers, or sides that cross. */
function invalidProgram({ data, variableNames, constraintNames }: nonconvex.nlp.MpsProgram): string[] {
  const {
    Q,
    c,
    G,
    atLeast = [],
    atMost = [],
    lower = [],
    upper = [],
  } = data as Record<string, Float64Array | undefined>;
  const sides = [
    ...Array.from(atLeast, (low, i) => [low, atMost[i]]),
    ...Array.from(lower, (low, j) => [low, upper[j]]),
  ];
  const inOrder = sides.every(([low = Number.NaN, high = Number.NaN]) => low <= high);
  const named = variableNames.length === c?.length && (G === undefined || constraintNames.length === atLeast.length);
  const matrices = [Q, G].filter((matrix) => matrix !== undefined).flatMap((matrix) => invalid('', matrix));
  return [...matrices, ...(c?.every(Number.isFinite) ? [] : ['c']), ...(inOrder && named ? [] : ['sides or names'])];
}

/** Returns the errors of the result of a reader. */
function invalid(name: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['no object'];
  if (name.startsWith('readNp')) return invalidArrays(value);
  if (name === 'readMps') return invalidProgram(value as nonconvex.nlp.MpsProgram);
  const given = value as Given;
  const { x, y, data, values, offsets, indices, rows = -1, columns = -1, bounds, start } = given;
  const finite = (list?: ArrayLike<number>) => list !== undefined && Array.prototype.every.call(list, Number.isFinite);
  if (y || x) return [...invalid(name, x), ...(!y || finite(y) ? [] : ['a label'])];
  // A number of an .nl file that is out of range is infinite, as C's strtod has it.
  if (bounds) return start?.every((value) => !Number.isNaN(value)) ? [] : ['start'];
  if (data) return data.length === rows * columns && finite(data) ? [] : ['numbers'];
  const [lines, others] = given.format === 'csc' ? [columns, rows] : [rows, columns];
  if (!offsets || !indices || !values) return ['no arrays'];
  const ascending = offsets.every((at, k) => k === 0 || at >= (offsets[k - 1] as number));
  const ends = offsets.length === lines + 1 && offsets[0] === 0 && offsets[lines] === indices.length;
  const inside = indices.length === values.length && indices.every((at) => at >= 0 && at < others);
  return ascending && ends && inside && finite(values) ? [] : ['a sparse matrix'];
}

/** Numbers of an array of NumPy that is drawn, with its file. */
function drawnArray(chance: Chance): { file: Buffer; data: number[]; dimensions: number[] } {
  const dimensions = Array.from({ length: chance.below(4) }, () => 1 + chance.below(5));
  const count = dimensions.reduce((product, each) => product * each, 1);
  const data = Array.from({ length: count }, () => chance.below(200) - 100);
  const byColumns = chance.below(2) === 0;
  // Where each number stands in the file: the first index runs fastest there.
  const places = data.map((_, k) => {
    let [left, place, stride] = [k, 0, 1];
    const index = [...dimensions].reverse().map((size) => {
      const each = left % size;
      left = Math.floor(left / size);
      return each;
    });
    index.reverse();
    for (const [axis, size] of dimensions.entries()) {
      place += (index[axis] as number) * stride;
      stride *= size;
    }
    return byColumns ? place : k;
  });
  const stored = new Array<number>(count);
  places.forEach((place, k) => {
    stored[place] = data[k] as number;
  });
  const [descr, Kind] = chance.of([
    ["'<f8'", Float64Array],
    ["'<f4'", Float32Array],
    ["'<i4'", Int32Array],
    ["'|i1'", Int8Array],
  ] as const);
  const shape = `(${dimensions.map((size) => `${size},`).join('')})`;
  const bytes = Kind.from(stored).buffer as ArrayBuffer;
  return { file: npyFile(descr, shape, bytes, byColumns ? 'True' : 'False'), data, dimensions };
}

it('archives that are drawn are read as they were drawn; damaged ones too, or they are refused', {
  timeout: minutes(10),
}, async () => {
  const chance = new Chance(17);
  const complaints: string[] = [];
  const counts = { read: 0, refused: 0, same: 0 };
  for (let k = 0; k < cases(200, 10_000); ++k) {
    const arrays = Array.from({ length: chance.below(5) }, () => drawnArray(chance));
    const parts = arrays.map(({ file }, j) => [`${'é'.repeat(chance.below(3))}a${j}.npy`, file] as const);
    const others = chance.below(2) === 0 ? [['notes.txt', Buffer.from('not read')] as const] : [];
    const level = chance.of([0, 1, 9] as const);
    const archive = Buffer.from(zipSync(Object.fromEntries([...others, ...parts]), { level }));
    const comment = Buffer.from('a comment'.slice(0, chance.below(10)));
    archive.writeUInt16LE(comment.length, archive.length - 2);
    const whole = Buffer.concat([archive, comment]);
    const wanted = parts.map(([name], j) => [name.slice(0, -4), arrays[j]?.data, arrays[j]?.dimensions]);
    const path = join(folder, 'drawn.npz');
    const given = async (bytes: Uint8Array): Promise<string> => {
      writeFileSync(path, bytes);
      const found = await nonconvex.data.readNpz(path, { maxBytes: 1e8 });
      return JSON.stringify(Object.entries(found).map(([name, of]) => [name, Array.from(of.data), of.dimensions]));
    };
    const expected = JSON.stringify(wanted);
    if ((await given(whole)) !== expected) complaints.push(`${k}: another array than was drawn`);
    ++counts.read;
    const damaged = Buffer.from(whole);
    for (let times = chance.below(2); times >= 0; --times) damaged[chance.below(whole.length)] = chance.below(256);
    try {
      const said = await given(chance.below(8) === 0 ? damaged.subarray(0, chance.below(whole.length)) : damaged);
      if (said !== expected) complaints.push(`${k}: damaged, and read as ${said.slice(0, 100)}`);
      ++counts.same;
    } catch (error) {
      ++counts.refused;
      if (!/drawn\.npz/.test((error as Error).message)) complaints.push(`${k}: ${error}`);
    }
  }
  figure(
    `archives: ${counts.read} drawn and read; damaged, ${counts.refused} refused by name, ${counts.same} read as they were drawn`,
  );
  expect(complaints).toEqual([]);
});

/** A table that is drawn, as a file in any form that is allowed, and what is to be read of it. */
function drawnTable(chance: Chance): { bytes: Uint8Array; rows: number[][]; y: string[] } {
  const columns = chance.below(20) === 0 ? 2000 + chance.below(3000) : chance.below(6);
  const rows = Array.from({ length: 1 + chance.below(6) }, () =>
    Array.from({ length: columns }, () => chance.of([0, -1.5, 2e-7, 123456, 0.1, chance.below(1e6) / 7])),
  );
  const delimiter = chance.of([',', ';', '\t']);
  const end = chance.of(['\n', '\r', '\r\n']);
  const letters = ['a', '"', '""', 'ü', '東', '😀', 'b', ',', ';', '\t', '\n', '\r', '\r\n', '1', ' z'];
  const y = rows.map(() => `k${Array.from({ length: chance.below(12) }, () => chance.of(letters)).join('')}w`);
  const quote = (text: string): string => {
    const needed = /[",;\t\r\n]/.test(text);
    return needed || chance.below(3) === 0 ? `"${text.replaceAll('"', '""')}"` : text;
  };
  // The first row decides the delimiter: that has most there.
  const names = ['response', ...Array.from({ length: columns }, (_, j) => `"c${',;\t'.repeat(chance.below(2))}${j}"`)];
  const lines = [
    names.join(delimiter),
    ...rows.map((row, i) =>
      [y[i] as string, ...row.map((value) => `${' '.repeat(chance.below(2))}${value}`)].map(quote).join(delimiter),
    ),
  ];
  const text = lines.join(end) + (chance.below(2) === 0 ? end : '');
  const mark = `\ufeff${text}`;
  const bytes = chance.of([
    () => Buffer.from(text),
    () => Buffer.from(mark),
    () => Buffer.from(mark, 'utf16le'),
    () => Buffer.from(mark, 'utf16le').swap16(),
  ])();
  return { bytes: chance.below(4) === 0 ? gzipSync(bytes, { level: 1 }) : bytes, rows, y };
}

it('tables that are drawn are read as they were drawn, in whatever pieces', { timeout: minutes(10) }, async () => {
  const chance = new Chance(19);
  const path = join(folder, 'drawn.csv');
  for (let k = 0; k < cases(400, 20_000); ++k) {
    const { bytes, rows, y } = drawnTable(chance);
    writeFileSync(path, bytes);
    const read = await nonconvex.data.readCsv(path, { target: 'response' });
    const { x } = read;
    const found = rows.map((_, i) => Array.from(x.data.subarray(i * x.columns, (i + 1) * x.columns)));
    if (JSON.stringify([found, read.y]) !== JSON.stringify([rows, y])) expect([k, found, read.y]).toEqual([k, rows, y]);
    if (bytes[0] === 0x1f) continue;
    const pieces: string[][] = [];
    const size = 1 + chance.below(40);
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    if (bytes.length < 4000) {
      await eachRow(path, chunks(), {}, '', (row) => pieces.push(row));
      expect(pieces.slice(1).map(([first]) => first)).toEqual(y);
    }
  }
  figure(`tables: ${cases(400, 20_000)} drawn and read as they were drawn`);
});

describe.each(readers)('%s', (name, read) => {
  it('has samples, which it reads', async () => {
    expect(samples[name], 'a reader without samples is not tested').toBeDefined();
    for (const [k, sample] of (samples[name] as (string | Uint8Array)[]).entries()) {
      const path = join(folder, `${name}-${k}`);
      writeFileSync(path, sample);
      expect(invalid(name, await read(path))).toEqual([]);
    }
  });

  it('refuses mutated files in words that name them, or gives what is valid', { timeout: minutes(20) }, async () => {
    const chance = new Chance(name.length);
    const times: number[] = [];
    const complaints: string[] = [];
    let refused = 0;
    for (let k = 0; k < cases(300, 20_000); ++k) {
      const text = mutated(Buffer.from(chance.of(samples[name] as (string | Uint8Array)[])), chance);
      const packed = name !== 'readNl' && chance.below(5) === 0;
      const bytes = packed ? gzipSync(text, { level: 1 }) : text;
      // Some archives are damaged themselves.
      if (packed && chance.below(3) === 0) bytes[chance.below(bytes.length)] = chance.below(256);
      const path = join(folder, `${name}.mutated`);
      writeFileSync(path, bytes);
      const begin = performance.now();
      try {
        const wrong = invalid(name, await read(path, { maxBytes: 1e8 }));
        if (wrong.length > 0) complaints.push(`${k}: ${wrong[0]} is not valid`);
      } catch (error) {
        ++refused;
        const { message } = error as Error;
        // There may be no such objective left, which is no matter of the file's form.
        const named = message.includes('.mutated') || /^objective = /.test(message);
        if (!types.isNativeError(error) || !named || message.length > 1000) complaints.push(`${k}: ${message}`);
      }
      times.push(performance.now() - begin);
    }
    figure(
      `${name}: ${times.length} mutated files: ${refused} refused by name, ${times.length - refused} read and valid; ${spread(times)}`,
    );
    expect(complaints).toEqual([]);
  });
});
