// Ratios of rough data: in other units, far from zero, repeated, of low rank.
import type { Matrix } from '../../src/index.js';
import type { Claim, Trial } from '../contract/problem.js';
import { changes, roughened } from '../contract/rough.js';
import { judgedRatio, problemOf } from './judged.js';
import { Draw } from './values.js';

// A coordinate of which the numerator has nothing but a penalty stays, and nothing is claimed of it (docs/fractional.md).
const known = changes.filter((change) => change !== 'a column of zeros');

const ratios: Trial = async (seed) => {
  const draw = new Draw(seed + 7);
  for (let k = 0; k < 5; ++k) draw.uniform();
  const rough = ({ data, rows, columns }: Matrix): Matrix => {
    const table = Array.from({ length: rows }, (_, i) => Array.from(data.slice(i * columns, (i + 1) * columns)));
    const { x } = roughened(table, seed, () => draw.uniform(), known);
    return { data: Float64Array.from(x.flat()), rows, columns };
  };
  return judgedRatio(problemOf(draw, Math.floor(1000 * draw.uniform()), rough), seed);
};

export const roughClaims: Record<string, Claim> = { 'ratios of rough rows': { trial: ratios, cases: 2000 } };
