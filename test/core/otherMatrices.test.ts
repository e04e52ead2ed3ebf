// Matrices of other libraries, by objects with their members, and iterables of rows; test/core/otherMatrices.long.test.ts has the libraries.
import { describe, expect, it } from 'vitest';
import { checkVector } from '../../src/core/check.js';
import { type MatrixLike, toMatrix } from '../../src/core/matrix.js';
import { checkedValues, encodeTargets } from '../../src/core/targets.js';
import { sparseRegression } from '../../src/sparse/index.js';

const rows = [
  [1, 2, 3],
  [4, 5, 6],
];
const flat = rows.flat();
const at = (i: number, j: number): number => rows[i]?.[j] as number;

const byEntries = { rows: 2, columns: 3, get: at, data: rows.map((row) => Float64Array.from(row)) };
const ofColumns = (columns: readonly (readonly unknown[])[]) => ({
  numRows: columns[0]?.length ?? 0,
  numCols: columns.length,
  getChildAt: (j: number) => ({ length: columns[j]?.length ?? 0, get: (i: number) => columns[j]?.[i] }),
});
const table = ofColumns([
  [1, 4],
  [2n, 5n],
  [3, 6],
]);

const same: Record<string, MatrixLike> = {
  'an ndarray': { shape: [2, 3], stride: [3, 1], offset: 0, data: Float64Array.from(flat) },
  'an ndarray of columns': { shape: [2, 3], stride: [1, 2], offset: 0, data: [1, 4, 2, 5, 3, 6] },
  'an ndarray that goes backwards from an offset': {
    shape: [2, 3],
    stride: [-3, -1],
    offset: 6,
    data: [0, 6, 5, 4, 3, 2, 1].map((v) => v),
  },
  'an array with a shape alone': { shape: [2, 3], data: Float32Array.from(flat) },
  'a matrix of ml-matrix': byEntries,
  'a table of Arrow': table as never,
  'a set of rows': new Set(rows),
  'a generator': (function* () {
    yield* rows;
  })(),
};

it.each(Object.entries(same))('%s', (_, value) => {
  const { data, rows, columns } = toMatrix('x', value);
  expect([rows, columns]).toEqual([2, 3]);
  expect(Array.from(data)).toEqual(flat);
});

it('missing values of a table are NaN', () => {
  expect(Array.from(toMatrix('x', ofColumns([[1, null]])).data)).toEqual([1, Number.NaN]);
});

it.each([
  [
    { shape: [2, 3], data: [1, 2, 3] },
    'x: shape [2, 3] with stride [3, 1] and offset 0 reaches outside of its 3 numbers',
  ],
  [{ shape: [2, 3], stride: [0.5, 1], data: flat }, 'reaches outside'],
  [{ shape: [6], data: flat }, 'x.shape: expected two dimensions, got 1'],
  [{ shape: [-1, 3], data: flat }, 'x.shape[0]'],
  [{ shape: [1, 1], data: ['1'] }, "x[0,0] = '1': expected a number"],
  [{ rows: 1, columns: 1, get: () => undefined }, 'x[0,0] = undefined: expected a number'],
  [ofColumns([[1, 2], [3]]), 'x: column 1 has 1 values: expected 2'],
  [ofColumns([['a']]), "x[0,0] = 'a': expected a number"],
  [new Set([1]), 'x[0] = 1: expected a row of numbers'],
  ['text', "x = 'text': expected a matrix"],
])('refuses %o', (value, message) => {
  expect(() => toMatrix('x', value)).toThrow(message);
});

it('solvers take them', async () => {
  const x = [
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 1],
  ];
  const y = [1, 2, 3, 4];
  const exact = await sparseRegression({ x, y }, { lambda: 0.01 });
  for (const given of [
    new Set(x),
    { shape: [4, 2], data: x.flat() },
    ofColumns([0, 1].map((j) => x.map((row) => row[j]))),
  ]) {
    const { coefficients } = await sparseRegression({ x: given as MatrixLike, y }, { lambda: 0.01 });
    expect(coefficients).toEqual(exact.coefficients);
  }
});

describe('a vector of another library', () => {
  /** Members of Arrow's vectors. */
  const vector = (values: unknown[]): never =>
    ({ length: values.length, nullCount: 0, get: (i: number) => values[i], toArray: () => values }) as never;

  it('is taken for an array of numbers or labels', () => {
    expect(checkVector('y', vector([1, 2n, 3]))).toEqual(Float64Array.of(1, 2, 3));
    expect(Array.from(checkedValues(vector(['a', 'b']), 2))).toEqual(['a', 'b']);
    expect(encodeTargets(vector(['a', 'b', 'a']), 3, {})).toMatchObject({ classes: ['a', 'b'] });
  });

  it('may have no value that is missing', () => {
    expect(() => checkVector('y', vector([1, null]))).toThrow('y[1] = null: expected a value, as none may be missing');
    expect(() => checkedValues(vector([1, 2]), 3)).toThrow('y: expected 3 values');
  });
});
