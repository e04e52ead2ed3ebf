// Entries that are missing, read at once and in pieces.
import { describe, expect, it } from 'vitest';
import { columnMeans, filled, filledInPieces, readInPieces, readMatrix } from '../../src/core/missing.js';
import { type Matrix, matrix, type SparseMatrix } from '../../src/index.js';
import { numbers } from '../contract/problem.js';
import { sparseRegression } from '../flat.js';
import { long } from '../long.js';

const [rows, columns] = [40, 7];

/** Numbers of which every ninth is missing, and the whole last column. */
function holes(data: Float64Array | Float32Array): Matrix {
  for (let k = 0; k < data.length; k += 9) data[k] = Number.NaN;
  for (let k = columns - 1; k < data.length; k += columns) data[k] = Number.NaN;
  return { data, rows, columns };
}

/** Every third number, stored line by line. */
function asSparse({ data }: Matrix, format: 'csc' | 'csr'): SparseMatrix {
  const [lines, width] = format === 'csr' ? [rows, columns] : [columns, rows];
  const [offsets, indices, values]: [number[], number[], number[]] = [[0], [], []];
  for (let line = 0; line < lines; ++line) {
    for (let k = line % 3; k < width; k += 3) {
      indices.push(k);
      values.push(data[format === 'csr' ? line * columns + k : k * columns + line] as number);
    }
    offsets.push(values.length);
  }
  const of = { offsets: Int32Array.from(offsets), indices: Int32Array.from(indices) };
  return { format, rows, columns, ...of, values: Float64Array.from(values) };
}

const dense = holes(numbers(rows * columns));
const given: [string, Matrix | SparseMatrix][] = [
  ['dense', dense],
  ['in single precision', holes(Float32Array.from(numbers(rows * columns)))],
  ['by rows', asSparse(dense, 'csr')],
  ['by columns', asSparse(dense, 'csc')],
];
const weights = Float64Array.from({ length: rows }, (_, i) => 1 + (i % 4));

describe.each(given)('%s', (_, x) => {
  it.each([undefined, weights])('in pieces it is what it is at once', async (sampleWeight) => {
    const once = readMatrix('x', x, { impute: true });
    const copy = await readInPieces('x', x, sampleWeight);
    const found = readMatrix('x', copy, { impute: true });
    expect(found.x).toBe(copy);
    expect(found.x).toEqual(once.x);
    expect(found.missing).toEqual(once.missing);
    expect(found.missing.length).toBeGreaterThan(0);
    const means = columnMeans(once, sampleWeight);
    expect(found.means).toEqual(means);
    expect(await filledInPieces(found, means)).toEqual(filled(once, means));
  });

  it('is not changed', async () => {
    const before = structuredClone(x);
    const copy = await readInPieces('x', x, undefined);
    await filledInPieces(readMatrix('x', copy, { impute: true }), new Float64Array(columns).fill(9));
    expect(x).toEqual(before);
  });
});

it('names a number that is neither finite nor missing', async () => {
  const infinite = { ...dense, data: dense.data.slice() };
  infinite.data[columns + 2] = Number.POSITIVE_INFINITY;
  await expect(readInPieces('x', infinite, undefined)).rejects.toThrow('x[1][2] = Infinity: expected a finite number');
  const sparse = asSparse(dense, 'csr');
  sparse.values[1] = Number.NEGATIVE_INFINITY;
  await expect(readInPieces('x', sparse, undefined)).rejects.toThrow('x.values[1] = -Infinity: expected a finite');
});

it.runIf(long)('a large matrix gives the model of the one with its means', async () => {
  const many = 180_000;
  const data = numbers(many * 3);
  const y = Float64Array.from({ length: many }, (_, i) => (data[3 * i] as number) - 2 * (data[3 * i + 1] as number));
  const full = data.slice();
  for (let k = 1; k < data.length; k += 50) data[k] = Number.NaN;
  for (let j = 0; j < 3; ++j) {
    let [sum, count] = [0, 0];
    for (let k = j; k < data.length; k += 3) {
      if (Number.isNaN(data[k])) continue;
      sum += data[k] as number;
      ++count;
    }
    for (let k = j; k < data.length; k += 3) if (Number.isNaN(data[k])) full[k] = sum / count;
  }
  const settings = { lambda: 0.01 };
  const imputed = await sparseRegression({ x: { data, rows: many, columns: 3 }, y, impute: 'mean' }, { ...settings });
  const expected = await sparseRegression({ x: { data: full, rows: many, columns: 3 }, y }, settings);
  expect(imputed.status).toBe('solved');
  imputed.coefficients.forEach((b, j) => {
    expect(b).toBeCloseTo(expected.coefficients[j] as number, 8);
  });
});

it('is left where the solve is aborted', async () => {
  const x = matrix(2, 2, Float64Array.of(1, Number.NaN, 3, 4));
  const left = (await readInPieces('x', x, undefined, AbortSignal.abort())) as Matrix;
  expect([...left.data]).toEqual([0, 0, 0, 0]);
  const data = { x, missing: Int32Array.of(1) };
  const unfilled = (await filledInPieces(data, Float64Array.of(2, 4), AbortSignal.abort())) as Matrix;
  expect([...unfilled.data]).toEqual([0, 0, 0, 0]);
});
