// How much a reader does between two turns of the event loop, counted in characters, entries or members, and where one that is hostile is refused.
import { deflateRawSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import { closest } from '../../src/core/check.js';
import { readCsv, readLibsvm, readNpy, readNpz } from '../../src/data/index.js';
import { eachRow } from '../../src/readers/rows.js';
import { patience } from '../patience.js';
import { npyFile, temporaryFolder } from './files.js';

const { write } = temporaryFolder();

/** The value of a promise, and how many turns the event loop made meanwhile. */
async function turnsOf<T>(run: () => Promise<T>): Promise<{ value: T; turns: number }> {
  let turns = 0;
  const turn = () => {
    ++turns;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  try {
    const value = await run();
    return { value, turns };
  } finally {
    clearImmediate(next);
  }
}

/** The rows of a text that comes in pieces, and how many characters had been asked for when the first of them was there. */
async function rowsOf(pieces: Iterable<string>, options = {}): Promise<{ rows: string[][]; firstAfter: number }> {
  let [given, firstAfter] = [0, -1];
  async function* chunks() {
    for (const piece of pieces) {
      given += piece.length;
      yield Buffer.from(piece);
    }
  }
  const rows: string[][] = [];
  await eachRow('a.csv', chunks(), options, 'hint', (row) => {
    if (firstAfter < 0) firstAfter = given;
    rows.push(row);
  });
  return { rows, firstAfter };
}

const inPieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, k) => text.slice(k * size, (k + 1) * size));

describe('a table', () => {
  it('of one row of many columns is refused once there are too many, or read where that is asked for', async () => {
    const text = `${'1,'.repeat(299_999)}1\n`;
    const path = write('wide.csv', text);
    await expect(readCsv(path, { header: false })).rejects.toThrow(
      /wide\.csv: more columns than maxColumns = 65536; maxColumns raises that$/,
    );
    const { x } = await readCsv(path, { header: false, maxColumns: 300_000 });
    expect(x.columns).toBe(300_000);
    let asked = 0;
    function* counted() {
      for (const piece of [',\n', ...inPieces(text, 1 << 14)]) {
        asked += piece.length;
        yield piece;
      }
    }
    await expect(rowsOf(counted())).rejects.toThrow(/more columns/);
    expect(asked).toBeLessThan(2 * 65_536 + 2 * (1 << 14));
  });

  it('has no more columns than that of categories, either', async () => {
    const levels = Array.from({ length: 900 }, (_, k) => `level ${k}`);
    const names = Array.from({ length: 80 }, (_, j) => `c${j}`);
    const text = [names, ...levels.map((level) => names.map(() => level))].map((row) => row.join(',')).join('\n');
    await expect(readCsv(write('levels.csv', text), { categories: 'oneHot' })).rejects.toThrow(
      /72000 columns are more than maxColumns = 65536; maxColumns raises that$/,
    );
  });

  it('is parted into rows as its text comes, by carriage returns alone, too', async () => {
    for (const end of ['\r', '\n', '\r\n']) {
      const text = `a,b${end}${`1,2${end}`.repeat(100_000)}`;
      const { rows, firstAfter } = await rowsOf(inPieces(text, 4096));
      expect(rows.length).toBe(100_001);
      expect(firstAfter).toBe(4096);
    }
    const { value, turns } = await turnsOf(() => readCsv(write('cr.csv', `a,b\r${'1,2\r'.repeat(500_000)}`)));
    expect([value.x.rows, value.x.columns]).toEqual([500_000, 2]);
    expect(turns).toBeGreaterThanOrEqual(2_000_000 / (1 << 17));
  });

  it('has a value of millions of quotes in pieces', async () => {
    const text = `a\n"${'""'.repeat(3_000_000)}"\n`;
    const replaced: number[] = [];
    for (const method of ['replace', 'replaceAll'] as const) {
      const own = String.prototype[method] as (...args: unknown[]) => string;
      vi.spyOn(String.prototype, method).mockImplementation(function (this: string, ...args: unknown[]) {
        replaced.push(this.length);
        return own.apply(this, args);
      } as never);
    }
    const reading = turnsOf(() => readCsv(write('quotes.csv', text), { target: 'a' }));
    const { value, turns } = await reading.finally(() => vi.restoreAllMocks());
    expect(replaced.reduce((most, each) => Math.max(most, each), 0)).toBeLessThanOrEqual(1 << 17);
    expect((value.y as string[])[0]?.length).toBe(3_000_000);
    expect(turns).toBeGreaterThanOrEqual(6_000_000 / (1 << 17));
  });

  // A pattern with two ways to read digits tries all of them: 2e11 steps here, and no end in sight.
  it('has numbers whose text is long and wrong, or right', { timeout: patience }, async () => {
    const digits = '1'.repeat(1_000_000);
    await expect(readCsv(write('digits.csv', `a\n${digits}x\n`))).rejects.toThrow(/'1{100}\.\.\.' is no number/);
    const { x } = await readCsv(write('long.csv', `a\n0.${digits}\n`));
    expect(x.data[0]).toBe(1 / 9);
  });

  it('has names that are long and many, of which one is meant', () => {
    const names = Array.from({ length: 300_000 }, (_, k) => `${'column '.repeat(40)}${k}`);
    expect(closest('prize', [...names, 'price'])).toBe('price');
    expect(closest('prize', names)).toBeUndefined();
  });

  it('counts what texts take', async () => {
    const many = write('texts.csv', `id,a\n${Array.from({ length: 20_000 }, (_, k) => `person ${k},1`).join('\n')}\n`);
    await expect(readCsv(many, { target: 'id', maxBytes: 500_000 })).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    await expect(readCsv(many, { categories: 'oneHot', maxLevels: 1e6, maxBytes: 500_000 })).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
    });
    const gaps = write('gaps.csv', `a\n${'NA\n'.repeat(20_000)}`);
    await expect(readCsv(gaps, { missing: 'dropRows', maxBytes: 50_000 })).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
    });
  });
});

it('a row of LIBSVM of many entries that are not in order is sorted in pieces', async () => {
  const count = 400_000;
  const places = Array.from({ length: count }, (_, k) => 1 + ((k * 7919) % count) * 5000);
  const text = (of: number[]): string => `1 ${of.map((place) => `${place}:${place % 1000}`).join(' ')}\n`;
  const sort = vi.spyOn(Object.getPrototypeOf(Uint32Array.prototype), 'sort');
  const { value, turns } = await turnsOf(() => readLibsvm(write('long.libsvm', text(places))));
  const sorted = sort.mock.contexts.map((each) => (each as Uint32Array).length);
  sort.mockRestore();
  expect(sorted.filter((length) => length > 1 << 16)).toEqual([]);
  const { indices, values } = value.x;
  expect(indices.length).toBe(count);
  expect(indices.every((index, k) => index === 5000 * k && values[k] === (index + 1) % 1000)).toBe(true);
  // Some of them are of the file: those of sorting come on top.
  expect(turns).toBeGreaterThanOrEqual(text(places).length / (1 << 17) + (4 * count) / (1 << 16));
  places[count - 1] = places[0] as number;
  await expect(readLibsvm(write('twice.libsvm', `0\n${text(places)}`))).rejects.toThrow(
    /twice\.libsvm, line 2: index 1 is given twice/,
  );
});

describe('arrays of NumPy', () => {
  const one = npyFile("'<f8'", '(1,)', Float64Array.of(7).buffer);

  it('of an archive of many members are unpacked in pieces', async () => {
    const members = Object.fromEntries(Array.from({ length: 20_000 }, (_, k) => [`a${k}.npy`, one]));
    for (const level of [0, 6] as const) {
      const path = write('many.npz', Buffer.from(zipSync(members, { level })));
      // A header is decoded for each member: how many between two turns.
      let [decoded, most] = [0, 0];
      const decode = TextDecoder.prototype.decode;
      vi.spyOn(TextDecoder.prototype, 'decode').mockImplementation(function (
        this: InstanceType<typeof TextDecoder>,
        ...args
      ) {
        most = Math.max(most, ++decoded);
        return decode.apply(this, args);
      });
      const turn = () => {
        decoded = 0;
        next = setImmediate(turn);
      };
      let next = setImmediate(turn);
      const value = await readNpz(path).finally(() => {
        clearImmediate(next);
        vi.restoreAllMocks();
      });
      expect(Object.keys(value).length).toBe(20_000);
      expect(value.a19999?.data[0]).toBe(7);
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(600);
    }
  });

  it('that are shorter or longer than their header says are not unpacked', async () => {
    // The bytes behind the header are no packed text: a reader that unpacks them has another error.
    const header = npyFile("'<f8'", '(100000000,)', new ArrayBuffer(0));
    const archive = (size: number): Buffer => {
      const made = Buffer.from(zipSync({ 'x.npy': Buffer.concat([header, Buffer.alloc(1 << 20)]) }, { level: 9 }));
      made.writeUInt32LE(size, made.indexOf('PK\x01\x02', 0, 'latin1') + 24);
      return made;
    };
    for (const [size, got] of [
      [header.length + (1 << 20), 1 << 20],
      [header.length + 900_000_000, 900_000_000],
    ] as const) {
      await expect(readNpz(write('short.npz', archive(size)), { maxBytes: 1e7 })).rejects.toThrow(
        `short.npz, 'x.npy': expected 800000000 bytes for 100000000 of f8, got ${got} bytes`,
      );
    }
    await expect(readNpy(write('short.npy', header), { maxBytes: 1e7 })).rejects.toThrow(/got 0 bytes/);
  });

  it('have no more bytes than their header says, whatever the directory says', async () => {
    const zeros = Buffer.concat([npyFile("'<f8'", '(2,)', new ArrayBuffer(16)), Buffer.alloc(1 << 24)]);
    const made = Buffer.from(zipSync({ 'x.npy': zeros }));
    made.writeUInt32LE(zeros.length - (1 << 24), made.indexOf('PK\x01\x02', 0, 'latin1') + 24);
    await expect(readNpz(write('lying.npz', made))).rejects.toThrow(
      /lying\.npz, 'x\.npy': has more than the \d+ bytes of the directory/,
    );
    expect(deflateRawSync(zeros).length).toBeLessThan(1 << 17);
  });

  it('have no more dimensions than those of NumPy', async () => {
    const shape = `(${'1,'.repeat(200)})`;
    const text = `{'descr': '<f8', 'fortran_order': True, 'shape': ${shape}, }`;
    const head = Buffer.from(`\x93NUMPY\x02\x00\0\0\0\0${text}\n`, 'latin1');
    head.writeUInt32LE(text.length + 1, 8);
    const path = write('deep.npy', Buffer.concat([head, Buffer.alloc(8)]));
    await expect(readNpy(path)).rejects.toThrow(/200 dimensions: expected at most 64/);
    head.writeUInt32LE(2 ** 31, 8);
    await expect(readNpy(write('header.npy', head))).rejects.toThrow(/a header of 2147483660 bytes: expected at most/);
  });
});
