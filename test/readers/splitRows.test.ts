// Rows in two parts: which ones, of what, and what is refused.
import { describe, expect, it } from 'vitest';
import { type SparseMatrix, splitRows } from '../../src/data/index.js';

const rows = 40;
/** Row i of x is (i, -i), so that every entry says which row it is of. */
const x = { data: Float64Array.from({ length: 2 * rows }, (_, k) => (k % 2 ? -1 : 1) * (k >> 1)), rows, columns: 2 };
const y = Array.from({ length: rows }, (_, i) => (i < 8 ? 'rare' : 'usual'));

const numbersOf = ({ data }: { data: ArrayLike<number> }): number[] => Array.from(data).filter((_, k) => k % 2 === 0);

describe('splitRows', () => {
  it('gives each row to one part, in order, with all that belongs to it', () => {
    const data = { x, y, names: ['a', 'b'], sampleWeight: Float32Array.from(y.keys()), offset: undefined };
    const { train, test } = splitRows(data, { test: 0.3, seed: 5 });
    expect([train.x.rows, test.x.rows]).toEqual([28, 12]);
    const [ofTrain, ofTest] = [numbersOf(train.x), numbersOf(test.x)];
    expect([...ofTrain, ...ofTest].sort((a, b) => a - b)).toEqual([...y.keys()]);
    for (const [part, numbers] of [
      [train, ofTrain],
      [test, ofTest],
    ] as const) {
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(part.sampleWeight).toEqual(Float32Array.from(numbers));
      expect(part.y).toEqual(numbers.map((row) => y[row]));
      expect(part.names).toBe(data.names);
      expect(part.offset).toBeUndefined();
    }
  });

  it('is drawn by the seed', () => {
    const drawn = (seed: number) => numbersOf(splitRows({ x }, { seed }).test.x);
    expect(drawn(3)).toEqual(drawn(3));
    expect(new Set([0, 1, 2, 3, 4].map((seed) => drawn(seed).join())).size).toBe(5);
  });

  it.each([0, 1, 2, 3])('stratify keeps the shares of classes and of events, seed %i', (seed) => {
    const rare = (labels: readonly string[]) => labels.filter((label) => label === 'rare').length;
    const { test, train } = splitRows({ x, y }, { test: 0.25, seed, stratify: true });
    expect([rare(test.y), rare(train.y)]).toEqual([2, 6]);
    const times = { time: Float64Array.from(y.keys()), event: Uint8Array.from(y, (label) => Number(label === 'rare')) };
    const split = splitRows({ x, y: times }, { test: 0.25, seed, stratify: true });
    expect(split.test.y.event.reduce((sum, each) => sum + each, 0)).toBe(2);
    expect([...split.test.y.time]).toEqual(numbersOf(split.test.x));
  });

  it('takes arrays of rows, several responses and sparse matrices', () => {
    const lists = Array.from({ length: rows }, (_, i) => [i, i + 1]);
    const wide = { data: Float32Array.from({ length: 2 * rows }, (_, k) => k), rows, columns: 2 };
    const { test } = splitRows({ x: lists, y: wide }, { seed: 2 });
    expect(Array.from(test.y.data)).toEqual(test.x.flatMap(([i]) => [2 * (i as number), 2 * (i as number) + 1]));
    expect(test.y.data).toBeInstanceOf(Float32Array);
    const csr: SparseMatrix = {
      ...{ format: 'csr', rows, columns: 2, offsets: Int32Array.from({ length: rows + 1 }, (_, i) => i) },
      ...{ indices: Int32Array.from({ length: rows }, (_, i) => i % 2), values: Float64Array.from(y.keys()) },
    };
    const places = [0, 1].map((j) => Array.from(y.keys()).filter((i) => i % 2 === j));
    const csc: SparseMatrix = {
      ...{ format: 'csc', rows, columns: 2, offsets: Int32Array.of(0, rows / 2, rows) },
      ...{ indices: Int32Array.from(places.flat()), values: Float64Array.from(places.flat()) },
    };
    const [byRows, byColumns] = [csr, csc].map((each) => splitRows({ x: each }, { seed: 2 }).test.x);
    expect([...(byRows as SparseMatrix).values]).toEqual(test.x.map(([i]) => i));
    const even = test.x.filter(([i]) => (i as number) % 2 === 0).length;
    expect([...(byColumns as SparseMatrix).offsets]).toEqual([0, even, test.x.length]);
    const ofRows = (matrix: SparseMatrix) => Array.from(matrix.indices, (to) => test.x[to]?.[0]);
    expect(ofRows(byColumns as SparseMatrix)).toEqual([...(byColumns as SparseMatrix).values]);
  });

  it.each([
    [{ x }, { test: 1 }, /test = 1: expected a share between 0 and 1 that leaves rows of 40 in both parts/],
    [{ x }, { test: 0.001 }, /test = 0.001: expected a share/],
    [{ x }, { share: 0.5 }, /unknown option 'share'/],
    [{ x }, { seed: -1 }, /seed = -1: expected an integer >= 0/],
    [{ x }, { stratify: true }, /y = undefined: expected y to be classes .* with stratify: true/],
    [{ x, y: x.data.subarray(0, rows).map((v) => v / 3) }, { stratify: true }, /y\[2\] = .*: expected y to be classes/],
    [{ x, y: [1, 2] }, {}, /y: expected 40 entries, one for each row of x, got 2/],
    [{ x, y: { time: [1], event: [1] } }, {}, /y\.time: expected 40 entries, one for each row of x, got 1/],
  ])('refuses what is wrong: %#', (data, options, message) => {
    expect(() => splitRows(data, options as never)).toThrow(message);
  });
});
