// The normal distribution against numbers of tables with 16 digits.
import { expect, it } from 'vitest';
import { upperQuantile, upperTail } from '../../src/core/normal.js';

const known: [x: number, tail: number][] = [
  [0, 0.5],
  [0.5, 0.3085375387259869],
  [1, 0.15865525393145705],
  [1.959963984540054, 0.025],
  [2.4999, 0.006211418374944594],
  [2.5, 0.006209665325776132],
  [3, 0.0013498980316300946],
  [5, 2.866515718791939e-7],
  [10, 7.619853024160527e-24],
  [30, 4.906713927148187e-198],
];

it.each(known)('has the tail above %d', (x, tail) => {
  expect(upperTail(x) / tail).toBeCloseTo(1, 12);
  expect(upperTail(-x)).toBeCloseTo(1 - tail, 14);
});

it.each(known)('has the quantile %d', (x, tail) => {
  expect(upperQuantile(tail)).toBeCloseTo(x, 12);
  if (tail > 1e-10) expect(upperQuantile(1 - tail)).toBeCloseTo(-x, 7);
});
