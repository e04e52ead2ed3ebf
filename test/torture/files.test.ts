// Mutated files: a reader refuses them in words that name the file, or gives what is valid and finite.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { types } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import * as nonconvex from '../../src/index.js';
import { mutated } from './mutated.js';
import { Chance, cases, figure, minutes, spread } from './torture.js';

type Reader = (path: string, options?: object) => Promise<unknown>;

/** Texts that each reader takes, by its name. */
const samples: Record<string, (string | Uint8Array)[]> = {
  readMatrixMarket: [
    '%%MatrixMarket matrix coordinate real general\n% a comment\n3 4 4\n3 4 -1.5e1\n1 1 1\n2 3 0.25\n1 1 +2\n',
    '%%MatrixMarket matrix coordinate integer symmetric\n3 3 3\n1 1 4\n2 1 1\n3 3 2\n',
    '%%MatrixMarket matrix coordinate pattern general\n2 2 2\n1 1\n2 2\n',
    '%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n',
  ],
  readLibsvm: ['1 1:0.5 3:-2e-3 # first\n-1 2:1\n+1 1:1 2:2 3:3\n0\n', '3.5 4:1\r\n-2e0 1:7\r\n'],
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

/** What is wrong with what a reader gave. */
function invalid(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['no object'];
  const given = value as Given;
  const { x, y, data, values, offsets, indices, rows = -1, columns = -1, bounds, start } = given;
  const finite = (list?: ArrayLike<number>) => list !== undefined && Array.prototype.every.call(list, Number.isFinite);
  if (y) return [...invalid(x), ...(finite(y) ? [] : ['a label'])];
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
    for (const [k, sample] of (samples[name] as string[]).entries()) {
      const path = join(folder, `${name}-${k}`);
      writeFileSync(path, sample);
      expect(invalid(await read(path))).toEqual([]);
    }
  });

  it('refuses mutated files in words that name them, or gives what is valid', { timeout: minutes(20) }, async () => {
    const chance = new Chance(name.length);
    const times: number[] = [];
    const complaints: string[] = [];
    let refused = 0;
    for (let k = 0; k < cases(300, 20_000); ++k) {
      const text = mutated(Buffer.from(chance.of(samples[name] as string[])), chance);
      const packed = name !== 'readNl' && chance.below(5) === 0;
      const bytes = packed ? gzipSync(text, { level: 1 }) : text;
      // Some archives are damaged themselves.
      if (packed && chance.below(3) === 0) bytes[chance.below(bytes.length)] = chance.below(256);
      const path = join(folder, `${name}.mutated`);
      writeFileSync(path, bytes);
      const begin = performance.now();
      try {
        const wrong = invalid(await read(path, { maxBytes: 1e8 }));
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
