// Systems with a positive definite matrix, solved beside JavaScript's thread.
import { expect, it } from 'vitest';
import { multiply } from '../../src/core/algebra.js';
import { rangeError } from '../../src/core/argumentError.js';
import type { Matrix } from '../../src/core/matrix.js';
import { solvePositiveDefinite } from '../../src/core/positiveDefinite.js';
import { countingTurns } from '../clock.js';

/** A diagonally dominant matrix of size n. */
function dominant(n: number): Matrix {
  const data = Float64Array.from({ length: n * n }, (_, k) => Math.cos(Math.floor(k / n) * (k % n)) / n);
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j < i; ++j) data[j * n + i] = data[i * n + j] as number;
    data[i * n + i] = 2 + i / n;
  }
  return { data, rows: n, columns: n };
}

it.each([1, 2, 40])('solves for each row, n = %i', async (n) => {
  const Q = dominant(n);
  const B = { data: Float64Array.from({ length: 3 * n }, (_, k) => Math.sin(k)), rows: 3, columns: n };
  const { data, rows, columns } = await solvePositiveDefinite(Q, B);
  expect([rows, columns]).toEqual([3, n]);
  for (let i = 0; i < 3; ++i) {
    const back = multiply(Q, data.slice(i * n, (i + 1) * n));
    back.forEach((value, j) => void expect(value).toBeCloseTo(B.data[i * n + j] as number, 12));
  }
});

it('takes sparse matrices and single precision', async () => {
  const Q = {
    format: 'csc',
    rows: 2,
    columns: 2,
    offsets: Int32Array.of(0, 1, 2),
    indices: Int32Array.of(0, 1),
  } as const;
  const B = { data: Float32Array.of(1, 1), rows: 1, columns: 2 };
  expect((await solvePositiveDefinite({ ...Q, values: Float64Array.of(4, 16) }, B)).data).toEqual(
    Float64Array.of(0.25, 0.0625),
  );
});

it('rejects where Q is not positive definite', async () => {
  const Q = { data: Float64Array.of(1, 2, 2, 1), rows: 2, columns: 2 };
  const solved = solvePositiveDefinite(Q, { data: Float64Array.of(1, 1), rows: 1, columns: 2 });
  await expect(solved).rejects.toThrow(rangeError('Q: expected a positive definite matrix'));
});

it('leaves the event loop free', async () => {
  const Q = dominant(1200);
  const { turns } = await countingTurns(() => solvePositiveDefinite(Q, Q));
  // Turns of nothing: thousands while another thread does 3 * 10^9 operations, one or two where this one does them.
  expect(turns).toBeGreaterThan(10);
});
