// Data as they come: in other units, far from zero, repeated, of low rank.
import { type Change, uniforms } from '../algebra.js';
import type { Claim, Trial } from './problem.js';

type Rows = number[][];

export const changes = [
  'columns times powers of ten',
  'all times a power of ten',
  'columns plus a power of two',
  'repeated rows',
  'repeated columns',
  'columns that are nearly equal',
  'rank one',
  'a column of zeros',
] as const;

/** Changes after which rows are of about the size that they were. */
export const degenerate = [
  'repeated rows',
  'repeated columns',
  'columns that are nearly equal',
  'rank one',
  'a column of zeros',
];

/** The change of rows by `seed`, and its name; `uniform` draws from 0 to 1. */
export function roughened(
  x: Rows,
  seed: number,
  uniform: () => number,
  among: readonly string[] = changes,
): { x: Rows; how: string } {
  const how = among[seed % among.length] as (typeof changes)[number];
  const columns = x[0]?.length ?? 0;
  const powers = Array.from({ length: columns }, () => 10 ** Math.round(12 * uniform() - 6));
  const shifts = Array.from({ length: columns }, () => 2 ** Math.round(24 * uniform()));
  const all = 10 ** Math.round(16 * uniform() - 8);
  const last = columns - 1;
  const changed = x.map((row, i) => {
    switch (how) {
      case 'columns times powers of ten':
        return row.map((value, j) => value * (powers[j] as number));
      case 'all times a power of ten':
        return row.map((value) => value * all);
      case 'columns plus a power of two':
        return row.map((value, j) => value + (shifts[j] as number));
      case 'repeated rows':
        return [...(x[i - (i % 3)] as number[])];
      case 'repeated columns':
        return row.map((value, j) => (j === last ? (row[0] as number) : value));
      case 'columns that are nearly equal':
        return row.map((value, j) => (j === last && j > 0 ? (row[0] as number) * (1 + 1e-9 * value) : value));
      case 'rank one':
        return row.map((_, j) => (row[0] as number) * (j + 1));
      default: // a column of zeros
        return row.map((value, j) => (j === last ? 0 : value));
    }
  });
  return { x: changed, how };
}

/** The claims of a trial about rows that are repeated, of low rank or nearly so. */
export function degenerateRows(
  trial: (seed: number, changed: Change) => ReturnType<Trial>,
  among: readonly string[] = degenerate,
): Record<string, Claim> {
  const changed: Change = (x, seed) => roughened(x, seed, uniforms(seed + 11), among).x;
  return { 'degenerate rows': { trial: (seed) => trial(seed, changed), cases: 400 } };
}
