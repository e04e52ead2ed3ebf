// Limits of readers: memory that a few bytes of a file promise to fill, aborts, and what is no file.
import { mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Model, sumSquares } from '../../src/expressions/index.js';
import { readLibsvm, readMatrixMarket, SolverError } from '../../src/index.js';
import { readNl, writeNl } from '../../src/nlp/index.js';
import { Memory } from '../../src/readers/memory.js';
import { temporaryFolder } from './files.js';

const { absent, write } = temporaryFolder();
const readers = { readMatrixMarket, readLibsvm };
const banner = '%%MatrixMarket matrix coordinate real general\n';

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (cause) => cause,
  );

describe('memory', () => {
  it('that is not there is an error with the place and the bytes', () => {
    const memory = new Memory(100);
    expect(memory.allocate('a, line 3', '5 entries', 40, () => 1)).toBe(1);
    const refused = () => memory.take('a, line 4', '9 rows', 72);
    expect(refused).toThrow(SolverError);
    expect(refused).toThrow('a, line 4: out of memory: 9 rows need 72 bytes, of which 60 are there');
    memory.free(40);
    expect(refused).not.toThrow();
    const huge = () => new Memory(2 ** 60).allocate('a', 'numbers', 2 ** 55, () => new Float64Array(2 ** 52));
    expect(huge).toThrow(
      expect.objectContaining({ code: 'OUT_OF_MEMORY', message: expect.stringContaining(`${2 ** 55}`) }),
    );
  });

  it.each([
    ['columns', `${banner}1 2147483647 0\n`],
    ['entries', `${banner}1 1 2000000000\n`],
    ['numbers', '%%MatrixMarket matrix array real general\n100000000 1000000\n'],
  ])('is not taken because a header promises many %s', async (what, text) => {
    const path = write(`${what}.mtx`, text);
    const before = process.memoryUsage.rss();
    for (const options of [{ maxBytes: 1e9 }, what === 'numbers' ? {} : { maxBytes: 4e9 }]) {
      const error = await errorOf(readMatrixMarket(path, options));
      expect(error).toMatchObject({ name: 'SolverError', code: 'OUT_OF_MEMORY' });
      expect((error as Error).message).toMatch(
        new RegExp(`${what}\\.mtx, line 2: out of memory: .* need \\d+ bytes, of which \\d+ are there`),
      );
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(2e8);
  });

  it('is limited while it grows, and is given back', async () => {
    const path = write('many.libsvm', '1 1:1 2:2 3:3\n'.repeat(300_000));
    expect(await errorOf(readLibsvm(path, { maxBytes: 5e6 }))).toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(/many\.libsvm, line \d+: out of memory: more than \d+ entries need \d+ bytes/),
    });
    const { x, y } = await readLibsvm(path, { maxBytes: 40e6 });
    expect([x.values.length, x.indices.length, x.offsets.length, y.length]).toEqual([
      900_000, 900_000, 300_001, 300_000,
    ]);
    for (let k = 0; k < 900_000; ++k) {
      if (x.values[k] !== (k % 3) + 1 || x.indices[k] !== k % 3) throw new Error(`entry ${k}`);
    }
    expect(x.offsets.every((offset, i) => offset === 3 * i)).toBe(true);
  });

  it.each(Object.entries(readers))('of %s is a number', async (_, read) => {
    await expect(read(write('tiny', banner), { maxBytes: 'x' as never })).rejects.toThrow(
      "maxBytes = 'x': expected a number",
    );
  });

  it('of a model is that of its file', async () => {
    const model = new Model();
    model.minimize(sumSquares(model.variable(3)));
    const path = absent('small.nl');
    await writeNl(model, path);
    expect(await errorOf(readNl(path, { maxBytes: 20 }))).toMatchObject({
      name: 'SolverError',
      code: 'OUT_OF_MEMORY',
      message: expect.stringContaining('small.nl'),
    });
    expect((await readNl(path, { maxBytes: 1e4 })).n).toBe(3);
  });
});

describe('what has no end or is no file', () => {
  it.each(['/dev/zero', '/dev/urandom'])('%s', async (path) => {
    for (const read of Object.values(readers)) expect(String(await errorOf(read(path)))).toContain(path);
    expect(await errorOf(readNl(path, { maxBytes: 1e7 }))).toMatchObject({ name: 'SolverError' });
  });

  it('a directory', async () => {
    const folder = absent('folder.nl');
    mkdirSync(folder);
    for (const read of Object.values(readers)) {
      expect(await errorOf(read(folder))).toMatchObject({ code: 'EISDIR', message: `${folder}: is a directory` });
    }
    expect(await errorOf(readNl(folder))).toMatchObject({
      code: 'INVALID_FILE',
      message: `'${folder}' is a directory`,
    });
    expect(await errorOf(writeNl(new Model(), folder))).toBeInstanceOf(Error);
  });

  it('a path that is too long, which messages quote in part', async () => {
    const error = await errorOf(readNl(`long${'y'.repeat(5000)}end.nl`));
    expect(error).toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringMatching(/^cannot open 'longy+\.\.\.y+end\.nl'$/),
    });
    expect((error as Error).message.length).toBeLessThan(300);
  });

  it('a path with a NUL, which native code would cut off there', async () => {
    const model = new Model();
    model.minimize(sumSquares(model.variable(1)));
    const path = absent('cut.nl');
    await writeNl(model, path);
    for (const cut of [`${path}\0.png`, new URL(`file://${path}%00.png`)]) {
      for (const call of [readNl, readMatrixMarket, readLibsvm, (to: string | URL) => writeNl(model, to)]) {
        await expect(call(cut)).rejects.toThrow(/expected a path without NUL$/);
      }
    }
  });
});

describe('an abort', () => {
  const text = `${banner}1000000 1000 1000000\n${'1 1 1\n'.repeat(1_000_000)}`;
  const files: [string, string][] = [
    ['plain', write('big.mtx', text)],
    ['gzip', write('big.mtx.gz', gzipSync(text, { level: 1 }))],
  ];

  it.each(files)('rejects with its reason, whatever that is: %s', async (_, path) => {
    const own = new Error('mine');
    for (const reason of [undefined, null, 'no', 7, own, { code: 5 }]) {
      const controller = new AbortController();
      const reading = readMatrixMarket(path, { signal: controller.signal });
      setImmediate(() => controller.abort(reason));
      const outcome = await reading.then(
        () => expect.unreachable(),
        (cause) => ({ cause }),
      );
      expect(outcome.cause).toBe(controller.signal.reason);
    }
    const timedOut = await errorOf(readMatrixMarket(path, { signal: AbortSignal.timeout(0) }));
    expect(timedOut).toMatchObject({ name: 'TimeoutError' });
    const early = await readLibsvm(path, { signal: AbortSignal.abort(null) }).then(
      () => expect.unreachable(),
      (cause) => ({
        cause,
      }),
    );
    expect(early).toEqual({ cause: null });
  });

  it.each(Object.entries(readers))('of %s needs a signal', async (_, read) => {
    for (const signal of [{}, 1, null]) {
      await expect(read(absent('any'), { signal: signal as never })).rejects.toThrow(
        /^signal = .*: expected an AbortSignal$/,
      );
    }
  });
});

describe('limits on rows and columns', () => {
  const sized = write('sized.mtx', `${banner}2 3 1\n1 1 1\n`);
  const examples = write('sized.libsvm', '1 1:1 3:2\n-1 2:1\n');

  it('are of what is read', async () => {
    for (const [read, path] of [[readMatrixMarket, sized] as const, [readLibsvm, examples] as const]) {
      await expect(read(path, { maxRows: 2, maxColumns: 3 })).resolves.toBeDefined();
      await expect(read(path, { maxRows: 1 })).rejects.toThrow(RangeError);
      await expect(read(path, { maxColumns: 2 })).rejects.toThrow(RangeError);
    }
  });

  it('are named by those that refuse', async () => {
    await expect(readMatrixMarket(sized, { maxColumns: 2 })).rejects.toThrow(
      /sized\.mtx, line 2: '2 3 1': 3 columns are more than maxColumns = 2$/,
    );
    await expect(readMatrixMarket(sized, { maxRows: 1 })).rejects.toThrow(/: 2 rows are more than maxRows = 1$/);
    await expect(readLibsvm(examples, { maxRows: 1 })).rejects.toThrow(
      /sized\.libsvm, line 2: more rows than maxRows = 1$/,
    );
    await expect(readLibsvm(examples, { maxColumns: 2 })).rejects.toThrow(
      /line 1: '3:2': expected an index from 1 to 2$/,
    );
    await expect(readLibsvm(examples, { columns: 5, maxColumns: 4 })).rejects.toThrow(
      /^columns = 5: expected at most maxColumns = 4$/,
    );
  });

  it.each(Object.entries(readers))('of %s are numbers', async (_, read) => {
    for (const name of ['maxRows', 'maxColumns']) {
      await expect(read(sized, { [name]: '1' as never })).rejects.toThrow(`${name} = '1': expected a number`);
      await expect(read(sized, { [name]: -1 })).rejects.toThrow(`${name} = -1: expected a finite number >= 0`);
    }
  });
});
