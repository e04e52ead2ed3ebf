import { expect, it } from 'vitest';
import { reportsOf } from '../../src/core/history.js';

it('makes reports of columns, without the members that a report lacks', () => {
  const columns = {
    iteration: { values: Float64Array.of(0, 5, 10) },
    residual: { values: Float64Array.of(0, Number.NaN, 1), known: Float64Array.of(0, 1, 1) },
    phase: { values: Float64Array.of(1, 0, 1), known: Float64Array.of(1, 0, 1), names: ['first', 'second'] },
    exact: { values: [false, true, false] },
    x: { values: [undefined, Float64Array.of(1, 2), undefined], known: Float64Array.of(0, 1, 0) },
  };
  expect(reportsOf({ length: 3, columns })).toStrictEqual([
    { iteration: 0, phase: 'second', exact: false },
    { iteration: 5, residual: Number.NaN, exact: true, x: Float64Array.of(1, 2) },
    { iteration: 10, residual: 1, phase: 'second', exact: false },
  ]);
  expect(reportsOf({ length: 0, columns: {} })).toEqual([]);
});
