// Matrices of many rows are copied in pieces, and are what they would be in one.
import { expect, it } from 'vitest';
import { hasManyRows, toMatrix, toMatrixInPieces } from '../../src/core/matrix.js';
import { countingTurns, withCountedClock } from '../clock.js';

const rows = Array.from({ length: 20_000 }, (_, i) => Array.from({ length: 100 }, (_, j) => i + j / 128));

it('many rows leave the event loop free', async () => {
  expect(hasManyRows(rows)).toBe(true);
  // By a clock that finds each row to have taken a millisecond: every tenth or so is followed by a turn.
  const { result: matrix, turns } = await withCountedClock(1, () => countingTurns(() => toMatrixInPieces('x', rows)));
  expect(turns).toBeGreaterThan(1000);
  const { data } = toMatrix('x', rows);
  expect([matrix.rows, matrix.columns]).toEqual([20_000, 100]);
  expect(matrix.data.every((value, k) => value === data[k])).toBe(true);
});

it('what is wrong with them is said as in one piece', async () => {
  expect(hasManyRows(rows.slice(0, 100))).toBe(false);
  expect(hasManyRows([1, 2])).toBe(false);
  expect(hasManyRows(undefined)).toBe(false);
  const broken = [...rows.slice(0, 50), [1, 2], ...rows.slice(50)];
  await expect(toMatrixInPieces('x', broken)).rejects.toThrow('x[50]: expected 100 numbers as in x[0], got 2');
  const text = [...rows.slice(0, 50), rows[0]?.map(String), ...rows.slice(50)];
  await expect(toMatrixInPieces('x', text)).rejects.toThrow("x[50][0] = '0': expected a number");
});

it('a sparse matrix is told what it lacks, and where none is taken', () => {
  const parts = { rows: 2, columns: 1, offsets: Int32Array.of(0, 1), indices: Int32Array.of(0), values: [1] };
  expect(() => toMatrix('x', parts)).toThrow("x.format = undefined: expected 'csc' (by columns) or 'csr' (by rows)");
  expect(() => toMatrix('x', { format: 'csr', ...parts })).toThrow(/^x: expected a matrix, .* got a sparse one$/);
});
