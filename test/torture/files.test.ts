// Mutated files: a reader refuses them in words that name the file, or gives what is valid and finite.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { types } from 'node:util';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import * as nonconvex from '../../src/index.js';
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

/** What readers give: a matrix, data with a matrix x and labels y, or a program. */
interface Given extends Partial<nonconvex.SparseMatrix>, Partial<Pick<nonconvex.Matrix, 'data'>> {
  x?: Given;
  y?: Float64Array;
  bounds?: object;
  start?: Float64Array;
}

/** What is wrong with an array of NumPy, whose numbers may be NaN, or several by their names. */
function invalidArrays(value: unknown): string[] {
  const { data, rows = -1, columns = -1 } = value as Given;
  if (!data) return Object.values(value as object).flatMap(invalidArrays);
  return ArrayBuffer.isView(data) && data.length === rows * columns ? [] : ['numbers'];
}

/** What is wrong with what a reader gave. */
function invalid(name: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['no object'];
  if (name.startsWith('readNp')) return invalidArrays(value);
  const given = value as Given;
  const { x, y, data, values, offsets, indices, rows = -1, columns = -1, bounds, start } = given;
  const finite = (list?: ArrayLike<number>) => list !== undefined && Array.prototype.every.call(list, Number.isFinite);
  if (y || x) return [...invalid(name, x), ...(!y || finite(y) ? [] : ['a label'])];
  // A number that is out of range is infinite, as C's strtod has it.
  if (bounds) return start?.every((value) => !Number.isNaN(value)) ? [] : ['start'];
  if (data) return data.length === rows * columns && finite(data) ? [] : ['numbers'];
  const [lines, others] = given.format === 'csc' ? [columns, rows] : [rows, columns];
  if (!offsets || !indices || !values) return ['no arrays'];
  const ascending = offsets.every((at, k) => k === 0 || at >= (offsets[k - 1] as number));
  const ends = offsets.length === lines + 1 && offsets[0] === 0 && offsets[lines] === indices.length;
  const inside = indices.length === values.length && indices.every((at) => at >= 0 && at < others);
  return ascending && ends && inside && finite(values) ? [] : ['a sparse matrix'];
}

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
